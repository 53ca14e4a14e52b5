#include "stats/sample.h"

#include <math.h>

#define SORT_INSERTION 32 /* below this many keys moving them one by one is fastest */
#define SORT_NARROW 4096  /* below this many keys narrow digits are */
#define SORT_DIGIT 11
#define SORT_PASSES 8
#define FIT_KEYS 1024 /* keys looked at to fit the buckets */
#define LATE_PASSES 8 /* buckets fetched one by one before all are */

static void
sort_insertion(uint64_t *keys, int64_t n)
{
	for (int64_t i = 1; i < n; i++)
	{
		uint64_t key = keys[i];
		int64_t j = i;

		for (; j > 0 && keys[j - 1] > key; j--)
			keys[j] = keys[j - 1];
		keys[j] = key;
	}
}

/* The bits in which keys differ; 0 also says that they need no sorting. */
static uint64_t
differing_bits(const uint64_t *keys, int64_t n)
{
	uint64_t bits = 0;
	bool ascending = true;

	for (int64_t i = 1; i < n; i++)
	{
		bits |= keys[i] ^ keys[0];
		ascending &= keys[i - 1] <= keys[i];
	}
	return ascending ? 0 : bits;
}

/* Moves the keys of from to to, in the order of one digit. */
static void
sort_digit(const uint64_t *from, uint64_t *to, int64_t n, uint32_t shift, uint32_t mask, int64_t *counts)
{
	int64_t start = 0;

	for (uint32_t d = 0; d <= mask; d++)
	{
		int64_t rows = counts[d];

		counts[d] = start;
		start += rows;
	}
	for (int64_t i = 0; i < n; i++)
		to[counts[(from[i] >> shift) & mask]++] = from[i];
}

/* Sorts n keys by the bits in which some of them differ, those of bits; equal ones keep their order. */
static void
sort_bits(uint64_t *keys, int64_t n, uint64_t bits, uint64_t *scratch, void (*poll)(void))
{
	int64_t counts[SORT_PASSES][1 << SORT_DIGIT];
	uint64_t *from = keys;
	uint64_t *to = scratch;
	uint32_t low = 0;
	uint32_t high = 64;
	uint32_t width = n < SORT_NARROW ? 8 : SORT_DIGIT;
	uint32_t mask = (1U << width) - 1;
	uint32_t passes;

	while ((bits >> low & 1) == 0)
		low++;
	while ((bits >> (high - 1) & 1) == 0)
		high--;
	passes = (high - low + width - 1) / width;

	if (poll)
		poll();
	for (uint32_t p = 0; p < passes; p++)
		memset(counts[p], 0, sizeof(counts[p][0]) * (mask + 1));
	for (int64_t i = 0; i < n; i++)
		for (uint32_t p = 0; p < passes; p++)
			counts[p][(keys[i] >> (low + p * width)) & mask]++;

	for (uint32_t p = 0; p < passes; p++)
	{
		uint32_t shift = low + p * width;
		uint64_t *swap = from;

		if (counts[p][(from[0] >> shift) & mask] == n)
			continue;
		if (poll)
			poll();
		sort_digit(from, to, n, shift, mask, counts[p]);
		from = to;
		to = swap;
	}
	if (from != keys)
		memcpy(keys, from, sizeof(uint64_t) * (size_t) n);
}

void
drift_sort_keys(uint64_t *keys, int64_t n, uint64_t *scratch, void (*poll)(void))
{
	uint64_t bits;

	if (n <= SORT_INSERTION)
	{
		sort_insertion(keys, n);
		return;
	}
	bits = differing_bits(keys, n);
	if (bits != 0)
		sort_bits(keys, n, bits, scratch, poll);
}

/* ------------------------------------------------------------------------
 * The order of rows
 * ------------------------------------------------------------------------ */

#define ROW_BITS DRIFT_ROW_BITS
#define ROW_MASK UINT64_C(0xFFFFFFFF)

/* Puts the rows of few elements in order, by whole keys; equal keys keep their order. */
static void
order_insertion(const uint64_t *keys, uint64_t *order, int64_t n)
{
	for (int64_t i = 1; i < n; i++)
	{
		uint64_t element = order[i];
		uint64_t key = keys[drift_row_of(element)];
		int64_t j = i;

		for (; j > 0 && keys[drift_row_of(order[j - 1])] > key; j--)
			order[j] = order[j - 1];
		order[j] = element;
	}
}

/* The span of some keys without what lies between the last below zero and the first above, often most of it. */
typedef struct KeySpan
{
	uint64_t low;
	uint64_t range;
	uint64_t hole; /* keys left out */
} KeySpan;

static KeySpan
span_of(const uint64_t *keys, const uint64_t *order, int64_t n)
{
	/* the two halves, below zero and from zero on */
	uint64_t low[2] = {UINT64_MAX, UINT64_MAX};
	uint64_t high[2] = {0, 0};
	KeySpan span = {0, 0, 0};

	for (int64_t i = 0; i < n; i++)
	{
		uint64_t key = keys[drift_row_of(order[i])];
		uint32_t half = key >= DRIFT_KEY_ZERO;

		low[half] = key < low[half] ? key : low[half];
		high[half] = key > high[half] ? key : high[half];
	}
	if (low[0] <= high[0] && low[1] <= high[1])
		span.hole = low[1] - high[0] - 1;
	span.low = low[0] <= high[0] ? low[0] : low[1];
	span.range = (low[1] <= high[1] ? high[1] - span.hole : high[0]) - span.low;
	return span;
}

/* Sorts elements by the leading bits of their keys; gives the number of bits that they left out. */
static uint32_t
order_by_lead(const uint64_t *keys, uint64_t *order, int64_t n, uint64_t *scratch, void (*poll)(void))
{
	KeySpan span = span_of(keys, order, n);
	uint64_t bits;
	uint32_t shift = 0;

	while (span.range >> shift > ROW_MASK)
		shift++;
	for (int64_t i = 0; i < n; i++)
	{
		uint64_t key = keys[drift_row_of(order[i])];
		uint64_t place = key - (key >= DRIFT_KEY_ZERO ? span.hole : 0) - span.low;

		order[i] = place >> shift << ROW_BITS | drift_row_of(order[i]);
	}
	bits = differing_bits(order, n) & ~ROW_MASK;
	if (bits != 0)
		sort_bits(order, n, bits, scratch, poll);
	return shift;
}

/* Puts elements of the same lead in order; they keep it. */
static void
order_same_lead(const uint64_t *keys, uint64_t *order, int64_t n, uint64_t *scratch, void (*poll)(void))
{
	uint64_t lead = order[0] & ~ROW_MASK;

	if (n <= SORT_INSERTION)
	{
		order_insertion(keys, order, n);
		return;
	}
	/* their keys span less than 32 bits: the lead among themselves is all of them */
	order_by_lead(keys, order, n, scratch, poll);
	for (int64_t i = 0; i < n; i++)
		order[i] = lead | drift_row_of(order[i]);
}

static int64_t
end_of_lead(const uint64_t *order, int64_t first, int64_t n)
{
	uint64_t lead = order[first] >> ROW_BITS;
	int64_t end = first + 1;

	while (end < n && order[end] >> ROW_BITS == lead)
		end++;
	return end;
}

void
drift_sort_rows(const uint64_t *keys, int64_t n, uint64_t *order, uint64_t *scratch, void (*poll)(void))
{
	for (int64_t i = 0; i < n; i++)
		order[i] = (uint64_t) i;
	if (order_by_lead(keys, order, n, scratch, poll) == 0)
		return;
	for (int64_t first = 0, end; first < n; first = end)
	{
		end = end_of_lead(order, first, n);
		if (end - first > 1)
			order_same_lead(keys, order + first, end - first, scratch, poll);
	}
}

/* Takes up to room keys at even distances, first and last included. */
static int64_t
spread(const uint64_t *keys, int64_t n, uint64_t *picked, int64_t room)
{
	if (n <= room)
	{
		memcpy(picked, keys, sizeof(uint64_t) * (size_t) n);
		return n;
	}
	for (int64_t i = 0; i < room; i++)
		picked[i] = keys[(int64_t) ((double) i * (double) (n - 1) / (double) (room - 1))];
	return room;
}

/* Fits 2^bits buckets to n sorted keys, leaving out the widest hole between two of them. */
static void
fit_buckets(DriftBuckets *b, const uint64_t *sorted, int64_t n, uint32_t bits)
{
	b->low = sorted[0];
	b->hole_low = b->hole_high = sorted[0];
	for (int64_t i = 1; i < n; i++)
		if (sorted[i] - sorted[i - 1] > b->hole_high - b->hole_low)
		{
			b->hole_low = sorted[i - 1];
			b->hole_high = sorted[i];
		}
	b->hole = b->hole_high - b->hole_low;
	if (b->hole > 0)
		b->hole--; /* the key after the hole stays above the one before it */
	b->range = sorted[n - 1] - sorted[0] - b->hole;
	b->shift = 0;
	while (b->range >> b->shift >= UINT64_C(1) << bits)
		b->shift++;
	b->count = (uint32_t) (b->range >> b->shift) + 1;
}

/* Enough buckets that a bucket holds few keys, not so many that clearing them counts. */
static uint32_t
bucket_bits(int64_t n)
{
	uint32_t bits = 8;

	while (bits < DRIFT_BUCKET_BITS && n >> (bits + 2) > 0)
		bits++;
	return bits;
}

void
drift_buckets_count(const DriftBuckets *buckets, const uint64_t *keys, int64_t n, uint32_t *rows)
{
	const DriftBuckets b = *buckets; /* a copy that stores to rows cannot touch */

	for (int64_t i = 0; i < n; i++)
		rows[drift_bucket_of(&b, keys[i])]++;
}

void
drift_buckets_fit(DriftBuckets *b, const uint64_t *reference, int64_t n, const uint64_t *current, int64_t m,
				  uint32_t bits)
{
	uint64_t sorted[2 * FIT_KEYS];
	uint64_t scratch[2 * FIT_KEYS];
	int64_t picked = spread(reference, n, sorted, FIT_KEYS);

	picked += spread(current, m, sorted + picked, FIT_KEYS);
	drift_sort_keys(sorted, picked, scratch, NULL);
	fit_buckets(b, sorted, picked, bits);
}

/* ------------------------------------------------------------------------
 * Kolmogorov-Smirnov distance
 * ------------------------------------------------------------------------ */

__extension__ typedef __int128 Wide;

/* The rows of both sides below some point, and what they mean for the distance. */
typedef struct Gap
{
	int64_t below[2];
	int64_t n[2];
} Gap;

static Wide
gap_signed(const Gap *g)
{
	return (Wide) g->below[0] * g->n[1] - (Wide) g->below[1] * g->n[0];
}

static Wide
gap_size(const Gap *g)
{
	Wide gap = gap_signed(g);

	return gap < 0 ? -gap : gap;
}

/* The most that the gap can become among the next rows: all of one side first. */
static Wide
gap_limit(const Gap *g, const uint32_t rows[2])
{
	Wide up = gap_signed(g) + (Wide) rows[0] * g->n[1];
	Wide down = (Wide) rows[1] * g->n[0] - gap_signed(g);

	return up > down ? up : down;
}

static void
gap_pass(Gap *g, const uint32_t rows[2])
{
	g->below[0] += rows[0];
	g->below[1] += rows[1];
}

/* The largest gap so far. */
static Wide
ks_best(const DriftKsSearch *s)
{
	Gap peak = {{s->peak[0], s->peak[1]}, {s->n[0], s->n[1]}};

	return gap_size(&peak);
}

static void
ks_note(DriftKsSearch *s, const Gap *gap)
{
	if (gap_size(gap) > ks_best(s))
	{
		s->peak[0] = gap->below[0];
		s->peak[1] = gap->below[1];
	}
}

static double
ks_distance(const DriftKsSearch *s)
{
	return (double) ks_best(s) / ((double) s->n[0] * (double) s->n[1]);
}

/* Notes the gap at every edge between buckets. */
static void
ks_edges(DriftKsSearch *s)
{
	Gap gap = {{0, 0}, {s->n[0], s->n[1]}};

	for (uint32_t b = 0; b < s->buckets.count; b++)
	{
		uint32_t rows[2] = {s->rows[0][b], s->rows[1][b]};

		gap_pass(&gap, rows);
		ks_note(s, &gap);
	}
}

/* Gives a place to the rows of each bucket that may hide a larger gap, reference before current. */
static void
ks_choose(DriftKsSearch *s)
{
	Gap gap = {{0, 0}, {s->n[0], s->n[1]}};
	Wide best = ks_best(s);
	int64_t used[2] = {0, 0};

	for (uint32_t b = 0; b < s->buckets.count; b++)
	{
		uint32_t rows[2] = {s->rows[0][b], s->rows[1][b]};
		bool open = rows[0] > 0 && rows[1] > 0 && gap_limit(&gap, rows) > best;

		for (int side = 0; side < 2; side++)
		{
			s->cursor[side][b] = open ? (uint32_t) used[side] : UINT32_MAX;
			used[side] += open ? rows[side] : 0;
		}
		gap_pass(&gap, rows);
	}
	s->candidates = used[0] + used[1];
}

void
drift_ks_start(DriftKsSearch *s, const uint64_t *reference, int64_t n, const uint64_t *current, int64_t m,
			   void (*poll)(void))
{
	s->keys[0] = reference;
	s->keys[1] = current;
	s->n[0] = n;
	s->n[1] = m;
	s->peak[0] = s->peak[1] = 0;
	s->poll = poll;
	drift_buckets_fit(&s->buckets, reference, n, current, m, bucket_bits(n + m));
	for (int side = 0; side < 2; side++)
	{
		if (poll)
			poll();
		memset(s->rows[side], 0, sizeof(s->rows[side][0]) * s->buckets.count);
		drift_buckets_count(&s->buckets, s->keys[side], s->n[side], s->rows[side]);
	}
	ks_edges(s);
	ks_choose(s);
	s->distance = ks_distance(s);
}

/* Copies the candidates of one side to their places. */
static void
ks_gather(DriftKsSearch *s, int side, uint64_t *to)
{
	const DriftBuckets b = s->buckets;
	const uint64_t *keys = s->keys[side];
	uint32_t *cursor = s->cursor[side];

	for (int64_t i = 0; i < s->n[side]; i++)
	{
		uint32_t *place = &cursor[drift_bucket_of(&b, keys[i])];

		if (*place != UINT32_MAX)
			to[(*place)++] = keys[i];
	}
}

static bool
all_equal(const uint64_t *keys, int64_t n, uint64_t key)
{
	uint64_t bits = 0;

	for (int64_t i = 0; i < n; i++)
		bits |= keys[i] ^ key;
	return bits == 0;
}

/* Notes the gap after every distinct key of one bucket, given sorted. */
static void
ks_merge(DriftKsSearch *s, Gap gap, const uint64_t *reference, int64_t n, const uint64_t *current, int64_t m)
{
	int64_t i = 0;
	int64_t j = 0;
	Gap at = gap;

	while (i < n && j < m)
	{
		uint64_t key = reference[i] < current[j] ? reference[i] : current[j];

		while (i < n && reference[i] == key)
			i++;
		while (j < m && current[j] == key)
			j++;
		at.below[0] = gap.below[0] + i;
		at.below[1] = gap.below[1] + j;
		ks_note(s, &at);
	}
	/* after the end of one side the gap moves straight to the bucket's edge */
}

double
drift_ks_finish(DriftKsSearch *s, uint64_t *scratch)
{
	Gap gap = {{0, 0}, {s->n[0], s->n[1]}};
	uint64_t *gathered[2] = {scratch, scratch};
	uint64_t *spare = scratch + s->candidates;

	if (s->candidates == 0)
		return s->distance;
	for (uint32_t b = 0; b < s->buckets.count; b++)
		if (s->cursor[0][b] != UINT32_MAX)
			gathered[1] += s->rows[0][b];
	for (int side = 0; side < 2; side++)
	{
		if (s->poll)
			s->poll();
		ks_gather(s, side, gathered[side]);
	}
	for (uint32_t b = 0; b < s->buckets.count; b++)
	{
		uint32_t rows[2] = {s->rows[0][b], s->rows[1][b]};

		/* what the buckets before it showed may have ruled this one out */
		if (s->cursor[0][b] != UINT32_MAX && gap_limit(&gap, rows) > ks_best(s))
		{
			uint64_t *reference = gathered[0] + s->cursor[0][b] - rows[0];
			uint64_t *current = gathered[1] + s->cursor[1][b] - rows[1];

			if (!all_equal(reference, rows[0], *current) || !all_equal(current, rows[1], *current))
			{
				drift_sort_keys(reference, rows[0], spare, s->poll);
				drift_sort_keys(current, rows[1], spare, s->poll);
				ks_merge(s, gap, reference, rows[0], current, rows[1]);
			}
		}
		gap_pass(&gap, rows);
	}
	s->candidates = 0;
	s->distance = ks_distance(s);
	return s->distance;
}

/* ------------------------------------------------------------------------
 * Order statistics
 * ------------------------------------------------------------------------ */

#define NOWHERE UINT32_MAX

/* The bucket that holds rank k. */
static uint32_t
bucket_of_rank(const DriftSelector *s, int64_t k)
{
	uint32_t low = 0;
	uint32_t high = s->buckets.count - 1;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (s->first[middle + 1] > k)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Reserves room for a bucket's keys, to be filled by the next fetch(). */
static void
want(DriftSelector *s, uint32_t b)
{
	if (s->place[b] != NOWHERE)
		return;
	s->place[b] = s->cursor[b] = (uint32_t) s->used;
	s->used += s->first[b + 1] - s->first[b];
}

/* Sorts the keys of the wanted buckets into their room, in one pass over the sample. */
static void
fetch(DriftSelector *s)
{
	const DriftBuckets buckets = s->buckets;
	uint32_t *cursor = s->cursor;

	if (s->poll)
		s->poll();
	for (int64_t i = 0; i < s->n; i++)
	{
		uint32_t *next = &cursor[drift_bucket_of(&buckets, s->keys[i])];

		if (*next != NOWHERE)
			s->room[(*next)++] = s->keys[i];
	}
	for (uint32_t b = 0; b < buckets.count; b++)
		if (cursor[b] != NOWHERE)
		{
			drift_sort_keys(s->room + s->place[b], s->first[b + 1] - s->first[b], s->scratch, s->poll);
			cursor[b] = NOWHERE;
		}
}

/* Counts the rows of each bucket, in the cursors, which are not needed yet. */
static void
count_sample(DriftSelector *s)
{
	uint64_t sorted[FIT_KEYS];
	uint64_t scratch[FIT_KEYS];
	int64_t picked = spread(s->keys, s->n, sorted, FIT_KEYS);
	int64_t below = 0;

	drift_sort_keys(sorted, picked, scratch, NULL);
	fit_buckets(&s->buckets, sorted, picked, bucket_bits(s->n));
	memset(s->cursor, 0, sizeof(s->cursor[0]) * s->buckets.count);
	if (s->poll)
		s->poll();
	drift_buckets_count(&s->buckets, s->keys, s->n, s->cursor);
	for (uint32_t b = 0; b < s->buckets.count; b++)
	{
		s->first[b] = below;
		below += s->cursor[b];
		s->place[b] = s->cursor[b] = NOWHERE;
	}
	s->first[s->buckets.count] = below;
}

static void
want_rank(DriftSelector *s, double rank)
{
	int64_t k = (int64_t) rank;

	if (k >= 0 && k < s->n)
		want(s, bucket_of_rank(s, k));
}

/* Counts, and fetches the buckets that the quantiles of the bins will ask for. */
static void
prepare(DriftSelector *s)
{
	count_sample(s);
	for (uint32_t i = 0; i <= s->bins; i++)
	{
		double share = (double) i / (double) s->bins;

		want_rank(s, share * (double) s->n);
		want_rank(s, share * (double) (s->n - 1));
		want_rank(s, share * (double) (s->n - 1) + 1);
	}
	fetch(s);
	s->counted = true;
}

/* The sorted keys of a bucket. After a few that were not foreseen all are fetched. */
static const uint64_t *
bucket_keys(DriftSelector *s, uint32_t b)
{
	if (s->place[b] == NOWHERE)
	{
		want(s, b);
		if (++s->late_passes == LATE_PASSES)
			for (uint32_t other = 0; other < s->buckets.count; other++)
				want(s, other);
		fetch(s);
	}
	return s->room + s->place[b];
}

static double
selector_at(void *ctx, int64_t k)
{
	DriftSelector *s = ctx;
	uint32_t b;

	if (!s->counted)
		prepare(s);
	b = bucket_of_rank(s, k);
	return drift_key_value(bucket_keys(s, b)[k - s->first[b]]);
}

/* How many of n sorted keys are < key. */
static int64_t
keys_below(const uint64_t *keys, int64_t n, uint64_t key)
{
	int64_t low = 0;

	while (n > 0)
	{
		int64_t half = n / 2;

		if (keys[low + half] < key)
		{
			low += half + 1;
			n -= half + 1;
		}
		else
			n = half;
	}
	return low;
}

static int64_t
rank_of_key(DriftSelector *s, uint64_t key)
{
	uint32_t b;

	if (!s->counted)
		prepare(s);
	b = drift_bucket_of(&s->buckets, key);
	return s->first[b] + keys_below(bucket_keys(s, b), s->first[b + 1] - s->first[b], key);
}

static int64_t
selector_count_less(void *ctx, double value)
{
	return rank_of_key(ctx, drift_key_of(value));
}

static int64_t
selector_count_equal(void *ctx, double value)
{
	uint64_t key = drift_key_of(value);

	/* the key of +Infinity is far from the largest integer */
	return rank_of_key(ctx, key + 1) - rank_of_key(ctx, key);
}

/* Open addressing with more slots than values can be asked for twice over. */
#define DISTINCT_SLOTS 256

static uint32_t
selector_distinct(void *ctx, uint32_t cap, double *values)
{
	const DriftSelector *s = ctx;
	uint64_t slots[DISTINCT_SLOTS] = {0}; /* 0 is the key of no value */
	uint64_t found[DISTINCT_SLOTS / 2];
	uint32_t count = 0;

	for (int64_t i = 0; i < s->n; i++)
	{
		uint64_t key = s->keys[i];
		uint32_t slot = (uint32_t) ((key * UINT64_C(0x9E3779B97F4A7C15)) >> 56);

		while (slots[slot] != key && slots[slot] != 0)
			slot = (slot + 1) % DISTINCT_SLOTS;
		if (slots[slot] == key)
			continue;
		if (count == cap || count == DISTINCT_SLOTS / 2)
			return cap + 1;
		slots[slot] = key;
		found[count++] = key;
	}
	sort_insertion(found, count);
	for (uint32_t i = 0; i < count; i++)
		values[i] = drift_key_value(found[i]);
	return count;
}

void
drift_selector_init(DriftSelector *s, const uint64_t *keys, int64_t n, uint32_t bins, uint64_t *room, uint64_t *scratch,
					void (*poll)(void))
{
	s->keys = keys;
	s->n = n;
	s->counted = false;
	s->bins = bins;
	s->late_passes = 0;
	s->poll = poll;
	s->room = room;
	s->used = 0;
	s->scratch = scratch;
}

DriftRanked
drift_selector_ranked(DriftSelector *s)
{
	DriftRanked ranked = {s, s->n, selector_at, selector_count_equal, selector_count_less, selector_distinct};

	return ranked;
}

/* ------------------------------------------------------------------------
 * Counts per bin
 * ------------------------------------------------------------------------ */

#define COUNT_BITS 12

/* Bins by table: a bucket tells how many edges are below it, the rest is a short walk. */
typedef struct BinTable
{
	DriftBuckets buckets;
	uint64_t edges[DRIFT_MAX_EDGES + 1]; /* as keys, and a last one above all values */
	uint16_t first[1 << COUNT_BITS];     /* bin of the lowest key of a bucket */
	uint32_t most;                       /* edges in the fullest bucket */
} BinTable;

static void
bin_table_init(BinTable *t, const uint64_t *spread_keys, int64_t spread_count, const double *edges, uint32_t edge_count)
{
	uint32_t e = 0;

	for (uint32_t i = 0; i < edge_count; i++)
		t->edges[i] = drift_key_of(edges[i]);
	t->edges[edge_count] = UINT64_MAX;
	fit_buckets(&t->buckets, spread_keys, spread_count, COUNT_BITS);
	t->most = 0;
	for (uint32_t b = 0; b < t->buckets.count; b++)
	{
		uint32_t start = e;

		t->first[b] = (uint16_t) e;
		while (e < edge_count && drift_bucket_of(&t->buckets, t->edges[e]) == b)
			e++;
		if (e - start > t->most)
			t->most = e - start;
	}
}

/* Two counters in turn, because one cannot be added to twice in quick succession. */
static void
count_by_table(const BinTable *t, const uint64_t *keys, int64_t n, uint32_t edge_count, int64_t *counts)
{
	const DriftBuckets buckets = t->buckets;
	const bool crowded = t->most > 1;
	int64_t turns[2][DRIFT_MAX_EDGES + 1];

	memset(turns[0], 0, sizeof(int64_t) * (edge_count + 1));
	memset(turns[1], 0, sizeof(int64_t) * (edge_count + 1));
	for (int64_t i = 0; i < n; i++)
	{
		uint32_t bin = t->first[drift_bucket_of(&buckets, keys[i])];

		/* with at most one edge in the bucket a single step is enough, and takes no branch */
		bin += (uint32_t) (keys[i] > t->edges[bin]);
		while (crowded && keys[i] > t->edges[bin])
			bin++;
		turns[i & 1][bin]++;
	}
	for (uint32_t b = 0; b <= edge_count; b++)
		counts[b] += turns[0][b] + turns[1][b];
}

void
drift_count_bins(const uint64_t *keys, int64_t n, const double *edges, uint32_t edge_count, int64_t *counts)
{
	uint64_t sorted[FIT_KEYS];
	uint64_t scratch[FIT_KEYS];
	BinTable table;

	if (n >= DRIFT_SAMPLE_SMALL)
	{
		spread(keys, n, sorted, FIT_KEYS);
		drift_sort_keys(sorted, FIT_KEYS, scratch, NULL);
		bin_table_init(&table, sorted, FIT_KEYS, edges, edge_count);
		if (table.most <= DRIFT_LINEAR_EDGES)
		{
			count_by_table(&table, keys, n, edge_count, counts);
			return;
		}
	}
	for (int64_t i = 0; i < n; i++)
		counts[drift_bin_of(edges, edge_count, drift_key_value(keys[i]))]++;
}
