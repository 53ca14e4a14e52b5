/*
 * numeric_flush.c
 *		Counting the buffered rows of a numeric profile.
 */
#include <math.h>

#include "stats/bins.h"
#include "stats/numeric_merge.h"
#include "stats/numeric_parts.h"
#include "stats/numeric_search.h"

/* A guide costs about as much as it saves in this many flushes. */
#define FLUSHES_TO_SETTLE 8

/* Makes a guide once the keys have lasted long enough to hope that it will pay. */
static void
settle(DriftNumeric *p)
{
	if (++p->settled == FLUSHES_TO_SETTLE && drift_numeric_guide(p) != NULL)
		drift_guide_build(drift_numeric_guide(p), drift_numeric_keys(p), p->key_count);
}

/* The careful way, for buffers with an infinity or with sums past the range of a double. */
static void
add_moments_slowly(DriftNumeric *p, int64_t before)
{
	const double *x = drift_numeric_buffer(p);

	for (uint32_t i = 0; i < p->buffer_count; i++)
		if (isfinite(x[i]))
			drift_numeric_add_moments(p, before++, 1, x[i], 0.0);
}

/* Moments of the buffer; sums in four lanes, which the compiler can keep in vector registers. */
static void
add_buffer_moments(DriftNumeric *p, int64_t before)
{
	const double *x = drift_numeric_buffer(p);
	uint32_t n = p->buffer_count;
	uint32_t whole = n & ~UINT32_C(3);
	double sum[4] = {0, 0, 0, 0};
	double square[4] = {0, 0, 0, 0};
	double mean;

	for (uint32_t i = 0; i < whole; i += 4)
		for (uint32_t lane = 0; lane < 4; lane++)
			sum[lane] += x[i + lane];
	for (uint32_t i = whole; i < n; i++)
		sum[0] += x[i];
	mean = ((sum[0] + sum[1]) + (sum[2] + sum[3])) / n;

	for (uint32_t i = 0; i < whole; i += 4)
		for (uint32_t lane = 0; lane < 4; lane++)
		{
			double d = x[i + lane] - mean;

			square[lane] += d * d;
		}
	for (uint32_t i = whole; i < n; i++)
		square[0] += (x[i] - mean) * (x[i] - mean);

	square[0] = (square[0] + square[1]) + (square[2] + square[3]);
	if (isfinite(square[0]))
		drift_numeric_add_moments(p, before, n, mean, square[0]);
	else
		add_moments_slowly(p, before);
}

static void
count_bins(DriftNumeric *p)
{
	const double *edges = drift_numeric_edges(p);
	const double *x = drift_numeric_buffer(p);
	int64_t *bins = drift_numeric_bins(p);
	uint32_t edge_count = p->edge_count;

	if (edge_count == 0)
		return;
	for (uint32_t i = 0; i < p->buffer_count; i++)
		bins[drift_bin_of(edges, edge_count, x[i])]++;
}

/* Most rows a gap of a summary may gather before the keys are adapted: well above the even share. */
static int64_t
gap_limit(const DriftNumeric *p)
{
	return drift_profile_n(&p->profile) / p->key_limit * 5 / 2 + 1;
}

/*
 * Rows that cannot stay where the present keys put them: those that would make
 * an exact profile inexact, that lie outside of the range, or whose gap is
 * overfull. They come back in ascending order as a small profile of their own.
 */
typedef struct Misfits
{
	double values[DRIFT_BUFFER];
	uint16_t slots[DRIFT_BUFFER];
	uint32_t n;
	double keys[DRIFT_BUFFER];
	int64_t counts[2 * DRIFT_BUFFER + 1];
} Misfits;

/* Is there a row of an exact profile that is in a gap? */
static bool
any_in_gap(const uint16_t *slots, uint32_t n)
{
	uint32_t gaps = 0;

	for (uint32_t i = 0; i < n; i++)
		gaps |= ~(uint32_t) slots[i];
	return gaps & 1;
}

/* Is there a gap with more than limit rows? */
static bool
any_overfull(const DriftNumeric *p, int64_t limit)
{
	const int64_t *counts = drift_numeric_counts(p);
	int64_t most = 0;

	for (uint32_t j = 0; j <= p->key_count; j++)
		most = counts[2 * j] > most ? counts[2 * j] : most;
	return most > limit;
}

/*
 * May there be misfits in the buffer, which has been counted? Looking at all
 * gaps takes time, so that once there are many rows it is done now and then
 * only: no gap can have grown by much in between.
 */
static bool
look_for_misfits(const DriftNumeric *p, const uint16_t *slots, int64_t limit)
{
	const int64_t *counts = drift_numeric_counts(p);

	if (counts[0] > 0 || counts[2 * p->key_count] > 0)
		return true;
	/* keys outside of the range, which began with other keys: the range is to be looked after */
	if (p->key_count > 0 && (counts[1] == 0 || counts[2 * p->key_count - 1] == 0))
		return true;
	if (p->exact)
		return any_in_gap(slots, p->buffer_count);
	if (limit > DRIFT_BUFFER && p->settled % 8 != 0)
		return false;
	return any_overfull(p, limit);
}

/* Counts the buffer among the present keys and takes the misfits out again. */
static void
count_in_place(DriftNumeric *p, const uint16_t *slots, Misfits *misfits)
{
	const double *x = drift_numeric_buffer(p);
	int64_t *counts = drift_numeric_counts(p);
	int64_t limit = p->exact ? 0 : gap_limit(p);
	uint32_t first;
	uint32_t end;
	double low;
	double high;

	misfits->n = 0;
	drift_numeric_range(p, &first, &end);
	low = first < end ? drift_numeric_keys(p)[first] : INFINITY;
	high = first < end ? drift_numeric_keys(p)[end - 1] : -INFINITY;
	for (uint32_t i = 0; i < p->buffer_count; i++)
		counts[slots[i]]++;
	if (!look_for_misfits(p, slots, limit))
		return;
	for (uint32_t i = 0; i < p->buffer_count; i++)
	{
		uint16_t slot = slots[i];

		if (slot % 2 == 0 && (counts[slot] > limit || x[i] < low || x[i] > high))
		{
			/* + 0.0 makes one zero of the two */
			misfits->values[misfits->n] = x[i] + 0.0;
			misfits->slots[misfits->n++] = slot;
		}
	}
	for (uint32_t i = 0; i < misfits->n; i++)
		counts[misfits->slots[i]]--;
}

/* Takes back what count_in_place() did. */
static void
uncount(DriftNumeric *p, const uint16_t *slots, const uint16_t *misfit_slots, uint32_t misfits)
{
	int64_t *counts = drift_numeric_counts(p);

	for (uint32_t i = 0; i < p->buffer_count; i++)
		counts[slots[i]]--;
	for (uint32_t i = 0; i < misfits; i++)
		counts[misfit_slots[i]]++;
}

static bool
is_ascending(const double *x, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		if (x[i] < x[i - 1])
			return false;
	return true;
}

/* Shell sort with Ciura's gaps: short, in place, and quick enough on at most DRIFT_BUFFER values. */
static void
sort_with_slots(double *x, uint16_t *slots, uint32_t n)
{
	static const uint32_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};

	/* times and serial numbers arrive in order */
	if (is_ascending(x, n))
		return;
	for (uint32_t g = 0; g < sizeof(gaps) / sizeof(gaps[0]); g++)
		for (uint32_t i = gaps[g]; i < n; i++)
		{
			double v = x[i];
			uint16_t slot = slots[i];
			uint32_t j = i;

			for (; j >= gaps[g] && x[j - gaps[g]] > v; j -= gaps[g])
			{
				x[j] = x[j - gaps[g]];
				slots[j] = slots[j - gaps[g]];
			}
			x[j] = v;
			slots[j] = slot;
		}
}

/*
 * Makes keys of the sorted misfits: of every distinct value while the profile
 * is exact, later of the first and the last in each gap and of about one in
 * every stride rows between them. No misfit between two of these keys has one
 * of the profile's keys beside it, so their ranks among all rows stay exact.
 */
static DriftKeys
keys_of_misfits(Misfits *misfits, uint32_t stride)
{
	const double *x = misfits->values;
	const uint16_t *slots = misfits->slots;
	uint32_t n = misfits->n;
	uint32_t key_count = 0;
	uint32_t next = 0;
	DriftKeys keys = {misfits->keys, misfits->counts, NULL, NULL, 0, n};

	misfits->counts[0] = 0;
	for (uint32_t i = 0; i < n;)
	{
		uint32_t j = i + 1;

		while (j < n && x[j] == x[i])
			j++;
		if (j > next || j == n || slots[j] != slots[i] || i == 0 || slots[i - 1] != slots[i])
		{
			misfits->keys[key_count] = x[i];
			misfits->counts[2 * key_count + 1] = j - i;
			misfits->counts[2 * key_count + 2] = 0;
			key_count++;
			next = j + stride - 1;
		}
		else
			misfits->counts[2 * key_count] += j - i;
		i = j;
	}
	keys.key_count = key_count;
	return keys;
}

/* Rows per new key: few enough that the keys stay well below the gap limit, and not so few that each flush brings many. */
static uint32_t
misfit_stride(const DriftNumeric *p, uint32_t misfits)
{
	int64_t stride = p->exact ? 1 : gap_limit(p) / 4;

	if (stride > misfits / 16)
		stride = misfits / 16;
	return stride < 1 ? 1 : (uint32_t) stride;
}

static DriftStatus
count_buffer(DriftNumeric *p, DriftLasting lasting)
{
	uint16_t slots[DRIFT_BUFFER];
	Misfits misfits;
	DriftKeys keys;

	drift_find_slots(drift_numeric_guide(p), drift_numeric_keys(p), p->key_count, drift_numeric_buffer(p),
					 p->buffer_count, slots);
	count_in_place(p, slots, &misfits);
	if (misfits.n == 0)
	{
		settle(p);
		return DRIFT_OK;
	}

	sort_with_slots(misfits.values, misfits.slots, misfits.n);
	keys = keys_of_misfits(&misfits, misfit_stride(p, misfits.n));
	if (drift_numeric_union_count(p, &keys) > p->key_capacity)
	{
		uncount(p, slots, misfits.slots, misfits.n);
		return DRIFT_NO_SPACE;
	}
	drift_numeric_forget_guide(p);
	drift_numeric_merge_keys(p, drift_profile_n(&p->profile) - misfits.n, &keys);
	if (p->key_count > p->key_limit)
		drift_numeric_prune_lasting(p, p->key_limit / 4 * 3, lasting);
	return DRIFT_OK;
}

DriftStatus
drift_numeric_flush(DriftNumeric *p)
{
	return drift_numeric_flush_lasting(p, (DriftLasting){NULL, 0});
}

DriftStatus
drift_numeric_flush_lasting(DriftNumeric *p, DriftLasting lasting)
{
	int64_t before = drift_numeric_finite_rows(p);
	DriftStatus status;

	if (p->buffer_count == 0)
		return DRIFT_OK;
	if (p->profile.row_count > DRIFT_MAX_COUNT - (int64_t) p->buffer_count)
		return DRIFT_OVERFLOW;

	p->profile.row_count += p->buffer_count;
	status = count_buffer(p, lasting);
	if (status != DRIFT_OK)
	{
		p->profile.row_count -= p->buffer_count;
		return status;
	}
	count_bins(p);
	add_buffer_moments(p, before);
	p->buffer_count = 0;
	return DRIFT_OK;
}
