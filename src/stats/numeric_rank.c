#include "stats/numeric_rank.h"

#include <math.h>

void
drift_rank_cursor_init(DriftRankCursor *cursor, const DriftNumeric *p)
{
	cursor->p = p;
	cursor->next = 0;
	cursor->below = drift_numeric_counts(p)[0];
}

static void
step(DriftRankCursor *cursor)
{
	const int64_t *counts = drift_numeric_counts(cursor->p);

	cursor->below += counts[2 * cursor->next + 1] + counts[2 * cursor->next + 2];
	cursor->next++;
}

DriftRanks
drift_rank_cursor_at(DriftRankCursor *cursor, double x)
{
	const DriftNumeric *p = cursor->p;
	const double *keys = drift_numeric_keys(p);
	const int64_t *counts = drift_numeric_counts(p);
	const int64_t *slack_low = drift_numeric_slack_low(p);
	const int64_t *slack_high = drift_numeric_slack_high(p);
	DriftRanks ranks;
	uint32_t j;

	while (cursor->next < p->key_count && keys[cursor->next] < x)
		step(cursor);
	j = cursor->next;

	if (j < p->key_count && keys[j] == x)
	{
		int64_t point = counts[2 * j + 1];

		ranks.below.low = cursor->below - slack_low[j];
		ranks.below.high = cursor->below + slack_high[j];
		ranks.upto.low = ranks.below.low + point;
		ranks.upto.high = ranks.below.high + point;
		return ranks;
	}
	ranks.below.low = j > 0 ? cursor->below - counts[2 * j] - slack_low[j - 1] : 0;
	ranks.below.high = j < p->key_count ? cursor->below + slack_high[j] : drift_profile_n(&p->profile);
	ranks.upto = ranks.below;
	return ranks;
}

DriftRank
drift_numeric_rows_upto(const DriftNumeric *p, double x)
{
	DriftRankCursor cursor;

	drift_rank_cursor_init(&cursor, p);
	return drift_rank_cursor_at(&cursor, x).upto;
}

double
drift_numeric_rank_error(const DriftNumeric *p)
{
	const int64_t *counts = drift_numeric_counts(p);
	const int64_t *slack_low = drift_numeric_slack_low(p);
	const int64_t *slack_high = drift_numeric_slack_high(p);
	int64_t n = drift_profile_n(&p->profile);
	int64_t widest = 0;

	if (p->exact || n == 0)
		return 0.0;
	for (uint32_t j = 0; j < p->key_count; j++)
	{
		int64_t after = j + 1 < p->key_count ? slack_high[j + 1] : 0;
		int64_t at = slack_low[j] + slack_high[j];
		int64_t span = slack_low[j] + counts[2 * j + 2] + after;

		widest = span > widest ? span : widest;
		widest = at > widest ? at : widest;
	}
	return (double) widest / 2 / (double) n;
}

/* Whether row k, given the rows counted below key j, lies past the middle of where that key's rows may be. */
static bool
past_middle(const DriftNumeric *p, uint32_t j, int64_t below, int64_t k)
{
	int64_t width = drift_numeric_counts(p)[2 * j + 1] + drift_numeric_slack_high(p)[j] - drift_numeric_slack_low(p)[j];

	return width <= 2 * (k - below) + 1;
}

/*
 * Moves to the last key whose middle row k is past, and answers it or the next
 * one: that which can be fewer rows away. Between them the two can be no more
 * away than the span that drift_numeric_rank_error() halves.
 */
static double
value_at(void *ctx, int64_t k)
{
	DriftRankCursor *walk = ctx;
	const DriftNumeric *p = walk->p;
	const int64_t *counts = drift_numeric_counts(p);
	uint32_t j;
	int64_t next_below;

	if (!past_middle(p, walk->next, walk->below, k))
		drift_rank_cursor_init(walk, p);
	for (;;)
	{
		j = walk->next;
		next_below = walk->below + counts[2 * j + 1] + counts[2 * j + 2];
		if (j + 1 >= p->key_count || !past_middle(p, j + 1, next_below, k))
			break;
		step(walk);
	}
	if (j + 1 < p->key_count)
	{
		int64_t above_key = k + 1 - (walk->below + counts[2 * j + 1] - drift_numeric_slack_low(p)[j]);
		int64_t below_next = next_below + drift_numeric_slack_high(p)[j + 1] - k;

		j += (uint32_t) (above_key > below_next);
	}
	return drift_numeric_keys(p)[j];
}

static int64_t
count_equal(void *ctx, double value)
{
	DriftRankCursor walk;
	DriftRanks ranks;

	drift_rank_cursor_init(&walk, ((DriftRankCursor *) ctx)->p);
	ranks = drift_rank_cursor_at(&walk, value);
	return ranks.upto.low - ranks.below.low;
}

static int64_t
count_less(void *ctx, double value)
{
	DriftRankCursor walk;

	drift_rank_cursor_init(&walk, ((DriftRankCursor *) ctx)->p);
	drift_rank_cursor_at(&walk, value);
	return walk.below;
}

static uint32_t
distinct(void *ctx, uint32_t cap, double *values)
{
	const DriftNumeric *p = ((DriftRankCursor *) ctx)->p;

	if (!p->exact || p->key_count > cap)
		return cap + 1;
	for (uint32_t j = 0; j < p->key_count; j++)
		values[j] = drift_numeric_keys(p)[j];
	return p->key_count;
}

DriftRanked
drift_numeric_ranked(DriftRankCursor *walk, const DriftNumeric *p)
{
	DriftRanked ranked = {walk, drift_profile_n(&p->profile), value_at, count_equal, count_less, distinct};

	drift_rank_cursor_init(walk, p);
	return ranked;
}

double
drift_numeric_quantile(const DriftNumeric *p, double q)
{
	DriftRankCursor walk;
	int64_t n = drift_profile_n(&p->profile);
	double position = q * (double) (n - 1);
	double whole = floor(position);
	double below;

	if (n == 0 || !(q >= 0.0 && q <= 1.0))
		return NAN;
	drift_rank_cursor_init(&walk, p);
	if (!p->exact)
		return value_at(&walk, (int64_t) floor(position + 0.5));
	below = value_at(&walk, (int64_t) whole);
	if (position == whole)
		return below;
	return drift_interpolate(below, value_at(&walk, (int64_t) whole + 1), position - whole);
}

double
drift_numeric_share_outside(const DriftNumeric *p, double low, double high)
{
	const double *keys = drift_numeric_keys(p);
	double n = (double) drift_profile_n(&p->profile);
	double share = 0;

	if (p->key_count == 0)
		return 0;
	/* the rows up to a value include it */
	if (keys[0] < low)
		share += drift_rank_middle(drift_numeric_rows_upto(p, nextafter(low, -INFINITY))) / n;
	if (keys[p->key_count - 1] > high)
		share += 1 - drift_rank_middle(drift_numeric_rows_upto(p, high)) / n;
	return share;
}

double
drift_numeric_share_surely_outside(const DriftNumeric *p, double low, double high)
{
	const double *keys = drift_numeric_keys(p);
	int64_t n = drift_profile_n(&p->profile);
	int64_t rows = 0;

	if (p->key_count == 0)
		return 0;
	if (keys[0] < low)
		rows += drift_numeric_rows_upto(p, nextafter(low, -INFINITY)).low;
	if (keys[p->key_count - 1] > high)
		rows += n - drift_numeric_rows_upto(p, high).high;
	return (double) rows / (double) n;
}
