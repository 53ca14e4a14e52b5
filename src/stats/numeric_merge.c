#include "stats/numeric_merge.h"

#include <math.h>
#include <string.h>

#include "stats/numeric_parts.h"

uint32_t
drift_numeric_union_count(const DriftNumeric *p, const DriftKeys *other)
{
	const double *a = drift_numeric_keys(p);
	const double *b = other->keys;
	uint32_t i = 0;
	uint32_t j = 0;
	uint32_t count = 0;

	while (i < p->key_count && j < other->key_count)
	{
		double x = a[i];
		double y = b[j];

		i += (uint32_t) (x <= y);
		j += (uint32_t) (y <= x);
		count++;
	}
	return count + (p->key_count - i) + (other->key_count - j);
}

/* One side of a merge, walked from its last key to its first. */
typedef struct Walk
{
	DriftKeys side;
	uint32_t left;      /* keys not yet passed */
	int64_t below;      /* rows counted below the last passed key, all rows at the start */
	int64_t below_high; /* most rows that can truly lie below it */
	double passed;      /* that key; +Infinity at the start */
} Walk;

/* What one side knows about a key of the union. */
typedef struct KeyFacts
{
	int64_t point; /* rows equal to it for certain */
	int64_t below; /* rows counted below it */
	int64_t slack_low;
	int64_t slack_high;
} KeyFacts;

static void
walk_start(Walk *walk, const DriftKeys *side)
{
	walk->side = *side;
	walk->left = side->key_count;
	walk->below = side->n;
	walk->below_high = side->n;
	walk->passed = INFINITY;
}

static inline int64_t
slack_at(const int64_t *slack, uint32_t j)
{
	return slack != NULL ? slack[j] : 0;
}

/* Facts about key, which is the side's next key; passes it. */
static KeyFacts
walk_pass(Walk *walk)
{
	uint32_t j = walk->left - 1;
	KeyFacts facts;

	facts.point = walk->side.counts[2 * j + 1];
	facts.below = walk->below - walk->side.counts[2 * j + 2] - facts.point;
	facts.slack_low = slack_at(walk->side.slack_low, j);
	facts.slack_high = slack_at(walk->side.slack_high, j);
	walk->left = j;
	walk->below = facts.below;
	walk->below_high = facts.below + facts.slack_high;
	walk->passed = walk->side.keys[j];
	return facts;
}

/*
 * Facts about a key that lies in a gap of the side: it can have all of the
 * gap's rows below it or none. They are counted in proportion to the distance,
 * which is the better guess, and the slacks say that it is one.
 */
static KeyFacts
walk_gap(const Walk *walk, double key)
{
	KeyFacts facts = {0, 0, 0, 0};
	int64_t upto = 0;
	int64_t certain = 0;
	int64_t gap;
	double share = 0.5;

	if (walk->left > 0)
	{
		uint32_t j = walk->left - 1;
		double from = walk->side.keys[j];
		double fraction = (key - from) / (walk->passed - from);

		upto = walk->below - walk->side.counts[2 * j + 2];
		certain = upto - slack_at(walk->side.slack_low, j);
		if (fraction >= 0.0 && fraction <= 1.0)
			share = fraction;
	}
	gap = walk->below - upto;
	facts.below = upto + (int64_t) ((double) gap * share);
	if (facts.below > walk->below)
		facts.below = walk->below;
	facts.slack_low = facts.below - certain;
	facts.slack_high = walk->below_high - facts.below;
	return facts;
}

static KeyFacts
walk_facts(Walk *walk, double key)
{
	if (walk->left > 0 && walk->side.keys[walk->left - 1] == key)
		return walk_pass(walk);
	return walk_gap(walk, key);
}

void
drift_numeric_merge_keys(DriftNumeric *p, int64_t n, const DriftKeys *other)
{
	double *keys = drift_numeric_keys(p);
	int64_t *counts = drift_numeric_counts(p);
	int64_t *slack_low = drift_numeric_slack_low(p);
	int64_t *slack_high = drift_numeric_slack_high(p);
	DriftKeys own = {keys, counts, slack_low, slack_high, p->key_count, n};
	uint32_t out = drift_numeric_union_count(p, other);
	int64_t above = n + other->n; /* rows counted below the key written before */
	Walk a;
	Walk b;

	/* from the last key down, so that the union can be written over p's own keys */
	walk_start(&a, &own);
	walk_start(&b, other);
	p->key_count = out;
	while (out > 0)
	{
		double next_a = a.left > 0 ? a.side.keys[a.left - 1] : -INFINITY;
		double next_b = b.left > 0 ? b.side.keys[b.left - 1] : -INFINITY;
		double key = next_a > next_b ? next_a : next_b;
		KeyFacts in_a = walk_facts(&a, key);
		KeyFacts in_b = walk_facts(&b, key);
		int64_t below = in_a.below + in_b.below;
		int64_t point = in_a.point + in_b.point;

		out--;
		keys[out] = key;
		counts[2 * out + 2] = above - below - point;
		counts[2 * out + 1] = point;
		slack_low[out] = in_a.slack_low + in_b.slack_low;
		slack_high[out] = in_a.slack_high + in_b.slack_high;
		above = below;
	}
	counts[0] = above;
}

/* A key and the rows counted below it, while keys are thinned out. */
typedef struct Kept
{
	uint32_t j;
	int64_t below;
	int64_t certain; /* rows certainly at or below it */
} Kept;

/*
 * Walks the keys with as few stops as possible such that the span of ranks
 * between two stops is at most `span` (or the stops are neighbours): from each
 * stop to that key in reach which has most rows certainly at or below it. The
 * last key is always a stop, and so are the smallest and the largest value and the
 * keys that last. Writes the stops over the keys if asked to; answers their
 * number.
 */
static uint32_t
keep_keys(DriftNumeric *p, int64_t span, DriftLasting lasting, bool write)
{
	double *keys = drift_numeric_keys(p);
	int64_t *counts = drift_numeric_counts(p);
	int64_t *slack_low = drift_numeric_slack_low(p);
	int64_t *slack_high = drift_numeric_slack_high(p);
	uint32_t last = p->key_count - 1;
	uint32_t first_seen;
	uint32_t end_seen;
	uint32_t kept = 0;
	uint32_t lasts = 0; /* lasting keys not above the stop */
	int64_t upto = 0;   /* rows counted up to the stop before */
	Kept stop = {0, counts[0], counts[0] + counts[1] - slack_low[0]};

	drift_numeric_range(p, &first_seen, &end_seen);
	for (;;)
	{
		int64_t point = counts[2 * stop.j + 1];
		int64_t below = stop.below + point + counts[2 * stop.j + 2];
		Kept best = {last + 1, 0, 0};

		if (write)
		{
			keys[kept] = keys[stop.j];
			slack_low[kept] = slack_low[stop.j];
			slack_high[kept] = slack_high[stop.j];
		}
		while (lasts < lasting.count && lasting.keys[lasts] <= keys[stop.j])
			lasts++;
		for (uint32_t j = stop.j + 1; j <= last; j++)
		{
			Kept here = {j, below, below + counts[2 * j + 1] - slack_low[j]};

			if (best.j <= last && below + slack_high[j] - stop.certain > span)
				break;
			while (lasts < lasting.count && lasting.keys[lasts] < keys[j])
				lasts++;
			if ((lasts < lasting.count && lasting.keys[lasts] == keys[j]) || j == first_seen || j + 1 == end_seen)
			{
				best = here;
				break;
			}
			if (best.j > last || here.certain >= best.certain || j == last)
				best = here;
			below += counts[2 * j + 1] + counts[2 * j + 2];
		}
		if (write)
		{
			counts[2 * kept] = stop.below - upto;
			counts[2 * kept + 1] = point;
		}
		upto = stop.below + point;
		kept++;
		if (best.j > last)
			break;
		stop = best;
	}
	/* nothing lies above the last key */
	if (write)
		counts[2 * kept] = 0;
	return kept;
}

void
drift_numeric_prune(DriftNumeric *p, uint32_t target)
{
	drift_numeric_prune_lasting(p, target, (DriftLasting){NULL, 0});
}

void
drift_numeric_prune_lasting(DriftNumeric *p, uint32_t target, DriftLasting lasting)
{
	int64_t low = 0; /* keeps too many keys */
	int64_t high;

	if (p->key_count <= target)
		return;
	if (lasting.count + DRIFT_OUTER_KEYS > target)
		lasting.count = 0;
	high = drift_profile_n(&p->profile) / target + 1;
	while (keep_keys(p, high, lasting, false) > target)
	{
		low = high;
		high *= 2;
	}
	/* a span within 2 % of the smallest is as good */
	while (high - low > 1 + high / 64)
	{
		int64_t middle = low + (high - low) / 2;

		if (keep_keys(p, middle, lasting, false) > target)
			low = middle;
		else
			high = middle;
	}
	p->key_count = keep_keys(p, high, lasting, true);
	p->exact = false;
}

/* Bins survive a merge only if both sides counted the same ones. */
static void
merge_bins(DriftNumeric *dst, const DriftNumeric *src)
{
	size_t bytes = dst->edge_count * sizeof(double);
	int64_t *bins = drift_numeric_bins(dst);
	const int64_t *others = drift_numeric_bins(src);

	dst->profile.flags |= src->profile.flags;
	if (dst->edge_count == src->edge_count && memcmp(drift_numeric_edges(dst), drift_numeric_edges(src), bytes) == 0)
	{
		for (uint32_t i = 0; dst->edge_count > 0 && i <= dst->edge_count; i++)
			bins[i] += others[i];
		return;
	}
	dst->edge_count = 0;
	dst->profile.flags |= DRIFT_FLAG_BINS_DROPPED;
}

DriftStatus
drift_numeric_merge_check(const DriftNumeric *dst, const DriftNumeric *src)
{
	if (dst->profile.value_type != src->profile.value_type)
		return DRIFT_TYPE_MISMATCH;
	if (dst->profile.row_count > DRIFT_MAX_COUNT - src->profile.row_count)
		return DRIFT_OVERFLOW;
	return DRIFT_OK;
}

void
drift_numeric_merge_facts(DriftNumeric *dst, int64_t finite, const DriftNumeric *src)
{
	merge_bins(dst, src);
	drift_numeric_add_moments(dst, finite, drift_numeric_finite_rows(src), src->mean, src->m2);
	dst->profile.row_count += src->profile.row_count;
	dst->profile.missing_count += src->profile.missing_count;
	dst->key_limit = src->key_limit > dst->key_limit ? src->key_limit : dst->key_limit;
	dst->exact = dst->exact && src->exact;
}

DriftStatus
drift_numeric_merge(DriftNumeric *dst, const DriftNumeric *src)
{
	return drift_numeric_merge_lasting(dst, src, (DriftLasting){NULL, 0});
}

DriftStatus
drift_numeric_merge_lasting(DriftNumeric *dst, const DriftNumeric *src, DriftLasting lasting)
{
	DriftKeys other = {drift_numeric_keys(src),
					   drift_numeric_counts(src),
					   drift_numeric_slack_low(src),
					   drift_numeric_slack_high(src),
					   src->key_count,
					   drift_profile_n(&src->profile)};

	int64_t n = drift_profile_n(&dst->profile);
	DriftStatus status = drift_numeric_merge_check(dst, src);

	if (status != DRIFT_OK)
		return status;
	if (drift_numeric_union_count(dst, &other) > dst->key_capacity)
		return DRIFT_NO_SPACE;

	drift_numeric_forget_guide(dst);
	drift_numeric_merge_facts(dst, drift_numeric_finite_rows(dst), src);
	drift_numeric_merge_keys(dst, n, &other);
	if (dst->key_count > dst->key_limit)
		drift_numeric_prune_lasting(dst, dst->key_limit / 4 * 3, lasting);
	return DRIFT_OK;
}
