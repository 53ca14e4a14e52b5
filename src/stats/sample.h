/*
 * sample.h
 *		Exact statistics of unsorted samples without sorting all of them.
 *
 * A value is kept as its key: a uint64 that orders as the doubles do. Keys
 * fall into buckets by their leading bits, counted after the part of the key
 * space that the data uses. One counting pass then answers most of a question
 * about ranks exactly, and only the few buckets that can still matter are
 * sorted: those that hold an asked rank, or those in which the distance of two
 * cumulative distributions could pass the largest one seen at a bucket's edge.
 *
 * NaN is missing and never becomes a key. The two zeros have one key.
 *
 * Passes over all keys call poll() (may be NULL) before they start, so that a
 * host can be interrupted; poll may leave by a jump, nothing here needs undoing.
 */
#ifndef DRIFT_STATS_SAMPLE_H
#define DRIFT_STATS_SAMPLE_H

#include "stats/bins.h"

#include <stdbool.h>
#include <string.h>

#define DRIFT_BUCKET_BITS 16
#define DRIFT_BUCKETS (1 << DRIFT_BUCKET_BITS)

/* Smaller samples are better sorted than counted. */
#define DRIFT_SAMPLE_SMALL 4096

/* Counters of a bucket are 32 bits wide: a larger sample has to be sorted. */
#define DRIFT_SAMPLE_LARGE INT64_C(0xFFFFFFFE)

#define DRIFT_KEY_ZERO UINT64_C(0x8000000000000000)

/* Order-preserving key of a value that is not NaN. */
static inline uint64_t
drift_key_of(double value)
{
	uint64_t bits;

	value += 0.0; /* turns -0 into 0 */
	memcpy(&bits, &value, sizeof(bits));
	return bits ^ ((uint64_t) - (int64_t) (bits >> 63) | DRIFT_KEY_ZERO);
}

/* The value that a key stands for. */
static inline double
drift_key_value(uint64_t key)
{
	uint64_t bits = key ^ (((key >> 63) - 1) | DRIFT_KEY_ZERO);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* Sorts n keys ascending, in O(n); scratch has room for n keys. */
void drift_sort_keys(uint64_t *keys, int64_t n, uint64_t *scratch, void (*poll)(void));

/* An element of an order of rows: leading bits of the row's key above its number. */
#define DRIFT_ROW_BITS 32

static inline uint32_t
drift_row_of(uint64_t element)
{
	return (uint32_t) element;
}

/*
 * Orders the rows 0 .. n - 1 by their keys, equal keys by row: order[i] is the
 * element of the i-th row. keys stay as they are; order and scratch have room
 * for n, n is at most DRIFT_SAMPLE_LARGE.
 */
void drift_sort_rows(const uint64_t *keys, int64_t n, uint64_t *order, uint64_t *scratch, void (*poll)(void));

/* Do two elements of an order have the same key? As a rule that is known without a look at the keys. */
static inline bool
drift_same_key(const uint64_t *keys, uint64_t a, uint64_t b)
{
	return a >> DRIFT_ROW_BITS == b >> DRIFT_ROW_BITS && keys[drift_row_of(a)] == keys[drift_row_of(b)];
}

/* The end of the group of equal keys that begins at first. */
static inline int64_t
drift_group_end(const uint64_t *keys, const uint64_t *order, int64_t first, int64_t n)
{
	int64_t end = first + 1;

	while (end < n && drift_same_key(keys, order[first], order[end]))
		end++;
	return end;
}

/*
 * A monotone map of keys to buckets, fitted to a spread of the keys. One hole
 * in the key space is left out: the two halves of a sample that straddles zero
 * are a thousand octaves apart, as are times and a zero that stands for none.
 * Keys outside the fitted range fall in the first and the last bucket.
 */
typedef struct DriftBuckets
{
	uint64_t low;       /* smallest fitted key */
	uint64_t range;     /* largest fitted key, after the hole is cut, minus low */
	uint64_t hole_low;  /* largest key before the hole */
	uint64_t hole_high; /* smallest key after it */
	uint64_t hole;      /* keys cut out */
	uint32_t shift;     /* low bits that a bucket ignores */
	uint32_t count;     /* buckets in use, at most DRIFT_BUCKETS */
} DriftBuckets;

/* Where a key stands between the fitted ones, 0 to range. */
static inline uint64_t
drift_place_of(const DriftBuckets *b, uint64_t key)
{
	uint64_t above = (key > b->hole_high ? key : b->hole_high) - b->hole;
	uint64_t place = key > b->hole_low ? above : key;

	place = place > b->low ? place - b->low : 0;
	return place < b->range ? place : b->range;
}

static inline uint32_t
drift_bucket_of(const DriftBuckets *b, uint64_t key)
{
	return (uint32_t) (drift_place_of(b, key) >> b->shift);
}

/* Fits at most 2^bits buckets to the keys of two samples, not both empty. */
void drift_buckets_fit(DriftBuckets *b, const uint64_t *reference, int64_t n, const uint64_t *current, int64_t m,
					   uint32_t bits);

/* Adds to rows[] how many keys fall in each bucket. */
void drift_buckets_count(const DriftBuckets *b, const uint64_t *keys, int64_t n, uint32_t *rows);

/* Room that a search for the KS distance needs besides its candidates. */
typedef struct DriftKsSearch
{
	const uint64_t *keys[2]; /* reference, current */
	int64_t n[2];
	double distance;    /* exact when candidates is 0 */
	int64_t candidates; /* keys that have to be looked at closer */
	void (*poll)(void);
	int64_t peak[2]; /* rows i, j below the point of the largest |i * n[1] - j * n[0]| so far */
	DriftBuckets buckets;
	uint32_t rows[2][DRIFT_BUCKETS];
	uint32_t cursor[2][DRIFT_BUCKETS];
} DriftKsSearch;

/*
 * Two-sample Kolmogorov-Smirnov distance max |F(x) - G(x)| of two unsorted
 * samples of 1 to DRIFT_SAMPLE_LARGE keys: start() counts and says how many
 * candidates are left, finish() settles them in scratch with room for twice as
 * many keys and returns the distance. The largest |i * m - j * n| is exact, the
 * distance is that over n * m, equal to drift_two_sample_ks() to the last bit.
 */
void drift_ks_start(DriftKsSearch *search, const uint64_t *reference, int64_t n, const uint64_t *current, int64_t m,
					void (*poll)(void));
double drift_ks_finish(DriftKsSearch *search, uint64_t *scratch);

/* Order statistics of an unsorted sample, see drift_selector_init(). */
typedef struct DriftSelector
{
	const uint64_t *keys;
	int64_t n;
	bool counted; /* the buckets below are filled in */
	uint32_t bins;
	uint32_t late_passes; /* passes made for a single bucket */
	void (*poll)(void);
	uint64_t *room; /* sorted keys of the buckets that were asked for */
	int64_t used;
	uint64_t *scratch;
	DriftBuckets buckets;
	int64_t first[DRIFT_BUCKETS + 1]; /* rank of a bucket's first key */
	uint32_t place[DRIFT_BUCKETS];    /* where its sorted keys are in room */
	uint32_t cursor[DRIFT_BUCKETS];   /* where the next of them goes while they are fetched */
} DriftSelector;

/*
 * Prepares to answer the questions of drift_reference_edges() for that many
 * bins about 1 to DRIFT_SAMPLE_LARGE keys. room and scratch hold n keys each;
 * as a rule only a few percent of them are touched.
 */
void drift_selector_init(DriftSelector *s, const uint64_t *keys, int64_t n, uint32_t bins, uint64_t *room,
						 uint64_t *scratch, void (*poll)(void));

/* The selector as the interface of bins.h; valid as long as the selector. */
DriftRanked drift_selector_ranked(DriftSelector *s);

/* Adds to counts[0..edge_count] how many keys fall in each bin of the edges (bins.h). */
void drift_count_bins(const uint64_t *keys, int64_t n, const double *edges, uint32_t edge_count, int64_t *counts);

/* Mean and sum of squared deviations, updated value by value (Welford 1962). */
typedef struct DriftMoments
{
	int64_t n;
	double mean;
	double m2;
} DriftMoments;

static inline void
drift_moments_add(DriftMoments *m, double value)
{
	double delta = value - m->mean;

	m->n++;
	m->mean += delta / (double) m->n;
	m->m2 += delta * (value - m->mean);
}

#endif
