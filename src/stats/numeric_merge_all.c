#include "stats/numeric_merge_all.h"

#include <math.h>
#include <string.h>

#include "stats/numeric_merge.h"

/* Counts the keys that are there; answers how many are not. */
static uint32_t
count_present(DriftKeyUnion *u, const double *keys, uint32_t count)
{
	uint32_t missing = 0;
	uint32_t i = 0;

	for (uint32_t j = 0; j < count; j++)
	{
		while (i < u->count && u->keys[i] < keys[j])
			i++;
		if (i < u->count && u->keys[i] == keys[j])
			u->parts[i++]++;
		else
			missing++;
	}
	return missing;
}

/* Inserts the keys that are not there, from the last to the first. */
static void
insert_missing(DriftKeyUnion *u, const double *keys, uint32_t count, uint32_t missing)
{
	uint32_t i = u->count;
	uint32_t j = count;

	u->count += missing;
	for (uint32_t out = u->count; out > i;)
	{
		double a = i > 0 ? u->keys[i - 1] : -INFINITY;
		double b = keys[j - 1];
		bool old = i > 0 && a >= b;

		j -= !old || a == b;
		i -= old;
		out--;
		u->parts[out] = old ? u->parts[i] : 1;
		u->keys[out] = old ? a : b;
	}
}

static DriftStatus
add_keys(DriftKeyUnion *u, const double *keys, uint32_t count)
{
	uint32_t missing;

	if (count > DRIFT_MERGE_KEYS || u->count > DRIFT_MERGE_KEYS - count)
		return DRIFT_NO_SPACE;
	missing = count_present(u, keys, count);
	if (missing > 0)
		insert_missing(u, keys, count, missing);
	return DRIFT_OK;
}

DriftStatus
drift_key_union_add(DriftKeyUnion *u, const DriftNumeric *part)
{
	const double *keys = drift_numeric_keys(part);

	if (part->exact)
		return add_keys(u, keys, part->key_count);
	return part->key_count > 2 ? add_keys(u, keys + 1, part->key_count - 2) : DRIFT_OK;
}

DriftStatus
drift_key_union_add_range(DriftKeyUnion *u, const DriftNumeric *const *parts, uint32_t count)
{
	double low = INFINITY;
	double high = -INFINITY;
	DriftStatus status;
	bool any = false;

	for (uint32_t i = 0; i < count; i++)
	{
		const double *keys = drift_numeric_keys(parts[i]);

		if (parts[i]->key_count == 0)
			continue;
		any = true;
		low = fmin(low, keys[0]);
		high = fmax(high, keys[parts[i]->key_count - 1]);
	}
	if (!any)
		return DRIFT_OK;
	status = add_keys(u, &low, 1);
	return status == DRIFT_OK ? add_keys(u, &high, 1) : status;
}

/* Adds what a part knows about a key in one of its gaps: see walk_gap() in numeric_merge.c. */
static void
add_uncertain(int64_t *below_sum, int64_t *slack_low, int64_t *slack_high, const DriftNumeric *part, uint32_t j,
			  int64_t below, double key)
{
	const double *keys = drift_numeric_keys(part);
	int64_t gap = drift_numeric_counts(part)[2 * j];
	int64_t certain = below - gap - drift_numeric_slack_low(part)[j - 1];
	int64_t most = below + drift_numeric_slack_high(part)[j];
	double fraction = (key - keys[j - 1]) / (keys[j] - keys[j - 1]);
	double share = fraction >= 0.0 && fraction <= 1.0 ? fraction : 0.5;
	int64_t estimate = below - gap + (int64_t) ((double) gap * share);

	if (estimate > below)
		estimate = below;
	*below_sum += estimate;
	*slack_low += estimate - certain;
	*slack_high += most - estimate;
}

/* Adds a part. While this goes on the even counts of dst are the rows below the next key, not those of a gap. */
static void
add_part(DriftNumeric *dst, const DriftNumeric *part)
{
	const double *keys = drift_numeric_keys(dst);
	int64_t *counts = drift_numeric_counts(dst);
	int64_t *slack_low = drift_numeric_slack_low(dst);
	int64_t *slack_high = drift_numeric_slack_high(dst);
	const double *part_keys = drift_numeric_keys(part);
	const int64_t *part_counts = drift_numeric_counts(part);
	int64_t below = 0;
	uint32_t j = 0;

	for (uint32_t i = 0; i < dst->key_count; i++)
	{
		for (; j < part->key_count && part_keys[j] < keys[i]; j++)
			below += part_counts[2 * j + 1] + part_counts[2 * j + 2];
		if (j < part->key_count && part_keys[j] == keys[i])
		{
			counts[2 * i] += below;
			counts[2 * i + 1] += part_counts[2 * j + 1];
			slack_low[i] += drift_numeric_slack_low(part)[j];
			slack_high[i] += drift_numeric_slack_high(part)[j];
		}
		else if (j == 0 || j == part->key_count)
			counts[2 * i] += below;
		else
			add_uncertain(&counts[2 * i], &slack_low[i], &slack_high[i], part, j, below, keys[i]);
	}
}

static void
start_keys(DriftNumeric *dst, const DriftKeyUnion *u)
{
	dst->key_count = u->count;
	memcpy(drift_numeric_keys(dst), u->keys, u->count * sizeof(double));
	memset(drift_numeric_counts(dst), 0, (2 * (size_t) u->count + 1) * sizeof(int64_t));
	memset(drift_numeric_slack_low(dst), 0, u->count * sizeof(int64_t));
	memset(drift_numeric_slack_high(dst), 0, u->count * sizeof(int64_t));
}

/* Makes gaps of the rows below each key. */
static void
finish_keys(DriftNumeric *dst)
{
	int64_t *counts = drift_numeric_counts(dst);
	int64_t upto = 0;

	for (uint32_t i = 0; i < dst->key_count; i++)
	{
		int64_t below = counts[2 * i];

		counts[2 * i] = below - upto;
		upto = below + counts[2 * i + 1];
	}
	counts[2 * dst->key_count] = 0;
}

DriftStatus
drift_numeric_merge_all(DriftNumeric *dst, const DriftKeyUnion *u, const DriftNumeric *const *parts, uint32_t count)
{
	int64_t finite = 0;

	for (uint32_t i = 0; i < count; i++)
	{
		DriftStatus status = drift_numeric_merge_check(dst, parts[i]);

		if (status != DRIFT_OK)
			return status;
		drift_numeric_merge_facts(dst, finite, parts[i]);
		finite += drift_numeric_finite_rows(parts[i]);
	}
	start_keys(dst, u);
	for (uint32_t i = 0; i < count; i++)
		add_part(dst, parts[i]);
	finish_keys(dst);
	return DRIFT_OK;
}

uint32_t
drift_key_union_common(DriftKeyUnion *u, uint32_t most)
{
	uint32_t least = 1;
	uint32_t common;
	uint32_t kept = 0;

	do
	{
		common = 0;
		for (uint32_t i = 0; i < u->count; i++)
			common += (uint32_t) (u->parts[i] >= least);
		if (common > most)
			least++;
	} while (common > most);
	for (uint32_t i = 0; i < u->count; i++)
		if (u->parts[i] >= least)
			u->keys[kept++] = u->keys[i];
	return kept;
}
