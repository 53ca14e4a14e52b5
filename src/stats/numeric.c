#include "stats/numeric.h"

#include <math.h>
#include <string.h>

#include "stats/numeric_parts.h"
#include "stats/numeric_search.h"

size_t
drift_numeric_size(uint32_t key_capacity, uint32_t buffer_capacity, uint32_t edge_count)
{
	size_t words = (size_t) key_capacity * 5 + 1 /* key, point, gap, two slacks */
				   + (size_t) edge_count * 2 + 1 + buffer_capacity;

	return sizeof(DriftNumeric) + words * 8 + (buffer_capacity >= DRIFT_BUFFER ? sizeof(DriftGuide) : 0);
}

uint32_t
drift_numeric_full_capacity(uint32_t key_limit, uint32_t buffer_capacity)
{
	return key_limit + buffer_capacity;
}

void
drift_numeric_forget_guide(DriftNumeric *p)
{
	p->settled = 0;
	if (drift_numeric_guide(p) != NULL)
		drift_numeric_guide(p)->kind = DRIFT_GUIDE_NONE;
}

void
drift_numeric_init(DriftNumeric *p, DriftValueType type, uint32_t key_limit, uint32_t key_capacity,
				   uint32_t buffer_capacity, const double *edges, uint32_t edge_count)
{
	uint32_t host_length = p->profile.host_length;

	memset(p, 0, sizeof(*p));
	p->profile.host_length = host_length;
	p->profile.form = DRIFT_WORKING;
	p->profile.kind = DRIFT_NUMERIC;
	p->profile.value_type = (uint8_t) type;
	p->key_limit = key_limit;
	p->key_capacity = key_capacity;
	p->buffer_capacity = buffer_capacity;
	p->edge_count = edge_count;
	p->exact = true;
	drift_numeric_forget_guide(p);
	drift_numeric_counts(p)[0] = 0;
	memset(drift_numeric_bins(p), 0, ((size_t) edge_count + 1) * sizeof(int64_t));
	if (edge_count > 0)
		memcpy(drift_numeric_edges(p), edges, edge_count * sizeof(double));
}

void
drift_numeric_copy(DriftNumeric *dst, uint32_t key_capacity, uint32_t buffer_capacity, const DriftNumeric *src)
{
	uint32_t host_length = dst->profile.host_length;
	size_t keys = src->key_count;

	*dst = *src;
	dst->profile.host_length = host_length;
	dst->key_capacity = key_capacity;
	dst->buffer_capacity = buffer_capacity;
	drift_numeric_forget_guide(dst);
	memcpy(drift_numeric_keys(dst), drift_numeric_keys(src), keys * sizeof(double));
	memcpy(drift_numeric_counts(dst), drift_numeric_counts(src), (2 * keys + 1) * sizeof(int64_t));
	memcpy(drift_numeric_slack_low(dst), drift_numeric_slack_low(src), keys * sizeof(int64_t));
	memcpy(drift_numeric_slack_high(dst), drift_numeric_slack_high(src), keys * sizeof(int64_t));
	memcpy(drift_numeric_edges(dst), drift_numeric_edges(src), src->edge_count * sizeof(double));
	memcpy(drift_numeric_bins(dst), drift_numeric_bins(src), ((size_t) src->edge_count + 1) * sizeof(int64_t));
	memcpy(drift_numeric_buffer(dst), drift_numeric_buffer(src), src->buffer_count * sizeof(double));
}

void
drift_add_moments(double *mean, double *m2, int64_t before, int64_t count, double other_mean, double other_m2)
{
	double n = (double) (before + count);
	double delta = other_mean - *mean;

	if (count == 0)
		return;
	if (before == 0)
	{
		*mean = other_mean;
		*m2 = other_m2;
		return;
	}
	if (isfinite(delta))
		*mean += delta * ((double) count / n);
	else
		*mean = *mean * ((double) before / n) + other_mean * ((double) count / n);
	*m2 += other_m2 + delta * delta * ((double) before * ((double) count / n));
}

void
drift_numeric_add_moments(DriftNumeric *p, int64_t before, int64_t count, double mean, double m2)
{
	drift_add_moments(&p->mean, &p->m2, before, count, mean, m2);
}

void
drift_numeric_range(const DriftNumeric *p, uint32_t *first, uint32_t *end)
{
	const int64_t *counts = drift_numeric_counts(p);

	*first = 0;
	*end = p->key_count;
	while (*first < *end && counts[2 * *first + 1] == 0)
		(*first)++;
	while (*end > *first && counts[2 * *end - 1] == 0)
		(*end)--;
}

int64_t
drift_numeric_finite_rows(const DriftNumeric *p)
{
	return drift_profile_n(&p->profile) - drift_numeric_negative_infinities(p) - drift_numeric_positive_infinities(p);
}

double
drift_numeric_mean(const DriftNumeric *p)
{
	if (drift_profile_n(&p->profile) == 0)
		return NAN;
	if (drift_numeric_finite_rows(p) == drift_profile_n(&p->profile))
		return p->mean;
	if (drift_numeric_negative_infinities(p) == 0)
		return INFINITY;
	return drift_numeric_positive_infinities(p) == 0 ? -INFINITY : NAN;
}

double
drift_numeric_stddev(const DriftNumeric *p)
{
	int64_t n = drift_profile_n(&p->profile);

	if (n < 2 || drift_numeric_finite_rows(p) < n)
		return NAN;
	return sqrt(p->m2 / (double) (n - 1));
}
