#include "stats/window.h"

#include <math.h>
#include <string.h>

#include "stats/numeric_codec.h"
#include "stats/numeric_parts.h"

/* Keys that an anchor has beside those that are edges only. */
#define FEWEST_KEYS 16

/* A reference with so few rows per distinct value is a sample of a continuous column. */
#define ROWS_PER_VALUE 4

size_t
drift_anchor_plain_size(uint32_t key_count, uint32_t edge_count)
{
	return sizeof(DriftAnchor) + ((size_t) key_count + edge_count) * sizeof(double);
}

size_t
drift_anchor_size(uint32_t key_count, uint32_t edge_count)
{
	return drift_anchor_plain_size(key_count, edge_count) + sizeof(DriftGuide);
}

static DriftGuide *
guide_of(const DriftAnchor *anchor)
{
	return (DriftGuide *) (void *) (drift_anchor_edges(anchor) + anchor->edge_count);
}

/* Keys an anchor takes from the reference. */
static uint32_t
keys_beside(uint32_t edge_count)
{
	return edge_count + FEWEST_KEYS < DRIFT_ANCHOR_KEYS ? DRIFT_ANCHOR_KEYS - edge_count : FEWEST_KEYS;
}

uint32_t
drift_anchor_capacity(uint32_t edge_count)
{
	return keys_beside(edge_count) + edge_count;
}

/* Writes the ascending union of two ascending lists. */
static uint32_t
unite(const double *a, uint32_t a_count, const double *b, uint32_t b_count, double *out)
{
	uint32_t i = 0;
	uint32_t j = 0;
	uint32_t count = 0;

	while (i < a_count || j < b_count)
	{
		double x = i < a_count ? a[i] : INFINITY;
		double y = j < b_count ? b[j] : INFINITY;

		/* + 0.0 makes one zero of the two */
		out[count++] = (x < y ? x : y) + 0.0;
		i += (uint32_t) (i < a_count && x <= y);
		j += (uint32_t) (j < b_count && y <= x);
	}
	return count;
}

/* The largest share of the rows in one gap, at least the even share. */
static double
widest_gap(const DriftNumeric *p)
{
	const int64_t *counts = drift_numeric_counts(p);
	double n = (double) drift_profile_n(&p->profile);
	double widest = 1.0 / p->key_count;

	for (uint32_t j = 0; j < p->key_count; j++)
		widest = fmax(widest, (double) counts[2 * j + 2] / n);
	return widest;
}

void
drift_anchor_init(DriftAnchor *anchor, DriftNumeric *reference, const double *edges, uint32_t edge_count)
{
	uint32_t room = keys_beside(edge_count);
	int64_t n = drift_profile_n(&reference->profile);

	memset(anchor, 0, sizeof(*anchor));
	anchor->value_type = reference->profile.value_type;
	anchor->edge_count = edge_count;
	anchor->exact = reference->exact && reference->key_count <= room && n / reference->key_count >= ROWS_PER_VALUE;
	if (anchor->exact)
	{
		anchor->key_count = reference->key_count;
		memcpy(drift_anchor_keys(anchor), drift_numeric_keys(reference), reference->key_count * sizeof(double));
	}
	else
	{
		drift_numeric_prune(reference, room);
		anchor->key_count =
			unite(drift_numeric_keys(reference), reference->key_count, edges, edge_count, drift_anchor_keys(anchor));
	}
	anchor->widest = widest_gap(reference);
	memcpy(drift_anchor_edges(anchor), edges, edge_count * sizeof(double));
	drift_guide_build(guide_of(anchor), drift_anchor_keys(anchor), anchor->key_count);
	anchor->guided = true;
}

static inline uint32_t *
counts_of(const DriftWindow *w)
{
	return (uint32_t *) (w + 1);
}

size_t
drift_window_size(const DriftAnchor *anchor)
{
	return sizeof(DriftWindow) + (2 * (size_t) anchor->key_count + 1) * sizeof(uint32_t);
}

void
drift_window_init(DriftWindow *w, const DriftAnchor *anchor)
{
	memset(w, 0, drift_window_size(anchor));
	w->low = INFINITY;
	w->high = -INFINITY;
}

/* What is known of a block of rows by looking at the values alone. */
typedef struct Block
{
	double sum;
	double low;
	double high;
} Block;

/* In four lanes, which the compiler can keep in vector registers. x is padded with its last value. */
static Block
look_at(const double *x, uint32_t n)
{
	double sum[4] = {0, 0, 0, 0};
	double low[4] = {x[0], x[0], x[0], x[0]};
	double high[4] = {x[0], x[0], x[0], x[0]};
	uint32_t whole = n & ~UINT32_C(3);
	Block block;

	for (uint32_t i = 0; i < whole; i += 4)
		for (uint32_t lane = 0; lane < 4; lane++)
		{
			double v = x[i + lane];

			sum[lane] += v;
			low[lane] = v < low[lane] ? v : low[lane];
			high[lane] = v > high[lane] ? v : high[lane];
		}
	for (uint32_t i = whole; i < n; i++)
	{
		sum[0] += x[i];
		low[0] = x[i] < low[0] ? x[i] : low[0];
		high[0] = x[i] > high[0] ? x[i] : high[0];
	}
	for (uint32_t lane = 1; lane < 4; lane++)
	{
		low[0] = low[lane] < low[0] ? low[lane] : low[0];
		high[0] = high[lane] > high[0] ? high[lane] : high[0];
	}
	block.sum = (sum[0] + sum[1]) + (sum[2] + sum[3]);
	block.low = low[0] + 0.0;
	block.high = high[0] + 0.0;
	return block;
}

static double
squares_about(const double *x, uint32_t n, double mean)
{
	double square[4] = {0, 0, 0, 0};
	uint32_t whole = n & ~UINT32_C(3);

	for (uint32_t i = 0; i < whole; i += 4)
		for (uint32_t lane = 0; lane < 4; lane++)
		{
			double d = x[i + lane] - mean;

			square[lane] += d * d;
		}
	for (uint32_t i = whole; i < n; i++)
		square[0] += (x[i] - mean) * (x[i] - mean);
	return (square[0] + square[1]) + (square[2] + square[3]);
}

static uint32_t
rows_equal_to(const double *x, uint32_t n, double value)
{
	uint32_t rows = 0;

	for (uint32_t i = 0; i < n; i++)
		rows += (uint32_t) (x[i] == value);
	return rows;
}

static void
widen_range(DriftWindow *w, const double *x, uint32_t n, const Block *block)
{
	if (block->low <= w->low)
	{
		w->low_rows = (block->low == w->low ? w->low_rows : 0) + rows_equal_to(x, n, block->low);
		w->low = block->low;
	}
	if (block->high >= w->high)
	{
		w->high_rows = (block->high == w->high ? w->high_rows : 0) + rows_equal_to(x, n, block->high);
		w->high = block->high;
	}
}

static void
add_moments(DriftWindow *w, int64_t count, double mean, double m2)
{
	drift_add_moments(&w->mean, &w->m2, (int64_t) w->n - w->infinite, count, mean, m2);
}

/* The careful way, for blocks with an infinity or with sums past the range of a double. */
static void
add_moments_slowly(DriftWindow *w, const double *x, uint32_t n)
{
	int64_t before = (int64_t) w->n - w->infinite;

	for (uint32_t i = 0; i < n; i++)
		if (isfinite(x[i]))
			drift_add_moments(&w->mean, &w->m2, before++, 1, x[i], 0.0);
		else
			w->infinite++;
}

/*
 * Most rows a gap may gather: well above what the reference has in any, and
 * above what chance brings together: a Poisson variable passes it less than
 * once in ten million times.
 */
static uint32_t
gap_limit(const DriftAnchor *anchor, uint32_t n)
{
	return anchor->exact ? 0 : (uint32_t) (2.5 * anchor->widest * n) + 8;
}

/* Counts each row in its slot. False, and nothing was counted, if a gap has got more than limit rows. */
static bool
count_slots(uint32_t *counts, const uint16_t *slots, uint32_t n, uint32_t limit)
{
	uint32_t over = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t slot = slots[i];
		uint32_t rows = ++counts[slot];

		over |= (uint32_t) (rows > limit) & ~slot;
	}
	if ((over & 1) == 0)
		return true;
	for (uint32_t i = 0; i < n; i++)
		counts[slots[i]]--;
	return false;
}

/* Moves the rows with a value to the front, the others behind them; answers how many have one. */
static uint32_t
put_missing_last(double *x, uint32_t n)
{
	uint32_t present = 0;

	for (uint32_t i = 0; i < n; i++)
		if (!isnan(x[i]))
		{
			double v = x[i];

			x[i] = x[present];
			x[present++] = v;
		}
	return present;
}

/* Finds the slots of the rows that have a value; what stands behind them stays. */
static void
find_slots(const DriftAnchor *anchor, double *x, uint32_t present, uint32_t n, uint16_t *slots)
{
	drift_find_slots(anchor->guided ? guide_of(anchor) : NULL, drift_anchor_keys(anchor), anchor->key_count, x, present,
					 slots);
	for (uint32_t i = present; i < n && i < present + 3; i++)
		x[i] = NAN;
}

DriftStatus
drift_window_add(DriftWindow *w, const DriftAnchor *anchor, double *x, uint32_t n)
{
	uint16_t slots[DRIFT_WINDOW_ROWS];
	uint32_t present = n;
	Block block = look_at(x, n);
	double mean;
	double squares;

	if (w->missing > DRIFT_MAX_COUNT - (int64_t) n || w->n > UINT32_MAX - n)
		return DRIFT_OVERFLOW;
	if (!isfinite(block.sum))
		present = put_missing_last(x, n);
	if (present > 0)
	{
		if (present < n)
			block = look_at(x, present);
		find_slots(anchor, x, present, n, slots);
		if (!count_slots(counts_of(w), slots, present, gap_limit(anchor, w->n + present)))
			return DRIFT_NO_SPACE;
		widen_range(w, x, present, &block);
		mean = block.sum / present;
		squares = squares_about(x, present, mean);
		if (isfinite(squares))
			add_moments(w, present, mean, squares);
		else
			add_moments_slowly(w, x, present);
	}
	w->n += present;
	w->missing += n - present;
	return DRIFT_OK;
}

DriftStatus
drift_window_merge(DriftWindow *dst, const DriftAnchor *anchor, const DriftWindow *src)
{
	uint32_t *counts = counts_of(dst);
	const uint32_t *others = counts_of(src);

	if (dst->missing > DRIFT_MAX_COUNT - src->missing || dst->n > UINT32_MAX - src->n)
		return DRIFT_OVERFLOW;
	for (uint32_t i = 0; i <= 2 * anchor->key_count; i++)
		counts[i] += others[i];
	if (src->low <= dst->low)
	{
		dst->low_rows = (src->low == dst->low ? dst->low_rows : 0) + src->low_rows;
		dst->low = src->low;
	}
	if (src->high >= dst->high)
	{
		dst->high_rows = (src->high == dst->high ? dst->high_rows : 0) + src->high_rows;
		dst->high = src->high;
	}
	add_moments(dst, (int64_t) src->n - src->infinite, src->mean, src->m2);
	dst->n += src->n;
	dst->infinite += src->infinite;
	dst->missing += src->missing;
	return DRIFT_OK;
}

/* Bins of the anchor: rows up to an edge are those up to the keys that are not above it. */
static void
count_bins(const DriftWindow *w, const DriftAnchor *anchor, int64_t *bins)
{
	const double *keys = drift_anchor_keys(anchor);
	const double *edges = drift_anchor_edges(anchor);
	const uint32_t *counts = counts_of(w);
	int64_t upto = counts[0];
	int64_t below = 0;
	uint32_t j = 0;

	for (uint32_t i = 0; i < anchor->edge_count; i++)
	{
		for (; j < anchor->key_count && keys[j] <= edges[i]; j++)
			upto += (int64_t) counts[2 * j + 1] + counts[2 * j + 2];
		bins[i] = upto - below - (int64_t) counts[2 * j];
		below += bins[i];
	}
	bins[anchor->edge_count] = w->n - below;
}

/* Puts a key after the others, whose rows are then complete but for the gap behind it. */
static void
put_key(DriftNumeric *p, double key, int64_t point)
{
	uint32_t j = p->key_count++;

	drift_numeric_keys(p)[j] = key;
	drift_numeric_counts(p)[2 * j + 1] = point;
	drift_numeric_counts(p)[2 * j + 2] = 0;
	drift_numeric_slack_low(p)[j] = 0;
	drift_numeric_slack_high(p)[j] = 0;
}

/*
 * The gap behind the last key that was put, with the rows of a gap of the
 * anchor. The smallest and the largest value become keys where they lie in it;
 * NaN is the end that an outer gap does not have.
 */
static void
put_gap(DriftNumeric *p, const DriftWindow *w, double below, double above, int64_t rows)
{
	if (!(w->low <= below) && !(w->low >= above))
	{
		put_key(p, w->low, w->low_rows);
		rows -= w->low_rows;
	}
	if (!(w->high <= below) && !(w->high >= above) && w->high > w->low)
	{
		drift_numeric_counts(p)[2 * p->key_count] = rows - w->high_rows;
		put_key(p, w->high, w->high_rows);
		return;
	}
	drift_numeric_counts(p)[2 * p->key_count] = rows;
}

static void
put_keys(const DriftWindow *w, const DriftAnchor *anchor, bool all_keys, DriftNumeric *p)
{
	const double *keys = drift_anchor_keys(anchor);
	const uint32_t *counts = counts_of(w);
	uint32_t last = anchor->key_count - 1;

	if (w->n > 0)
		put_gap(p, w, NAN, keys[0], counts[0]);
	for (uint32_t j = 0; j <= last; j++)
	{
		if (all_keys || (keys[j] >= w->low && keys[j] <= w->high))
			put_key(p, keys[j], counts[2 * j + 1]);
		if (w->n > 0)
			put_gap(p, w, keys[j], j < last ? keys[j + 1] : NAN, counts[2 * j + 2]);
	}
}

void
drift_window_profile(const DriftWindow *w, const DriftAnchor *anchor, DriftNumeric *p)
{
	p->profile.row_count = w->missing + w->n;
	p->profile.missing_count = w->missing;
	p->mean = w->mean;
	p->m2 = w->m2;
	count_bins(w, anchor, drift_numeric_bins(p));
	put_keys(w, anchor, !anchor->exact, p);
	p->exact = false;
	if (anchor->exact)
		drift_window_trim(p);
}

/* Is every row at a key? */
static bool
is_certain(const DriftNumeric *p)
{
	const int64_t *counts = drift_numeric_counts(p);
	int64_t uncertain = 0;

	for (uint32_t j = 0; j < p->key_count; j++)
		uncertain |= counts[2 * j + 2] | drift_numeric_slack_low(p)[j] | drift_numeric_slack_high(p)[j];
	return uncertain == 0;
}

/* Drops the keys outside of the range, and if asked to all without rows. */
static void
drop_keys(DriftNumeric *p, bool without_rows)
{
	double *keys = drift_numeric_keys(p);
	int64_t *counts = drift_numeric_counts(p);
	int64_t *slack_low = drift_numeric_slack_low(p);
	int64_t *slack_high = drift_numeric_slack_high(p);
	uint32_t first;
	uint32_t end;
	uint32_t kept = 0;

	drift_numeric_range(p, &first, &end);
	for (uint32_t j = first; j < end; j++)
	{
		if (without_rows && counts[2 * j + 1] == 0)
			continue;
		keys[kept] = keys[j];
		slack_low[kept] = slack_low[j];
		slack_high[kept] = slack_high[j];
		counts[2 * kept + 1] = counts[2 * j + 1];
		counts[2 * kept + 2] = counts[2 * j + 2];
		kept++;
	}
	p->key_count = kept;
	drift_numeric_forget_guide(p);
}

void
drift_window_trim(DriftNumeric *p)
{
	p->exact = is_certain(p);
	drop_keys(p, p->exact);
}

void
drift_window_finish(DriftNumeric *p, DriftLasting lasting)
{
	/* keys without rows go last: while they are there, what is dropped instead cannot be what stands for them */
	drop_keys(p, false);
	drift_numeric_compact_lasting(p, DRIFT_WINDOW_BYTES, lasting);
	drift_window_trim(p);
}
