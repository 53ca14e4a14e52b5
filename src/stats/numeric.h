/*
 * numeric.h
 *		The working profile of a numeric column.
 *
 * The distribution is kept as up to key_limit values ("keys") in ascending
 * order and, for each key, how many rows equal it (its point) and how many lie
 * between it and the next (its gap). While there are no more distinct values
 * than keys every value is a key, every gap is empty and the profile is exact.
 * Beyond that a row either hits a key or is counted in a gap, so the place of
 * a gap's rows is known only to lie between two keys.
 *
 * A key that enters later splits a gap whose rows nobody can place any more.
 * Two slacks per key say how far its rank can be off: with A rows counted
 * below key k, the true number of rows below it lies in
 * [A - slack_low, A + slack_high]. These are the rank bounds of Greenwald and
 * Khanna, "Power-conserving computation of order-statistics over sensor
 * networks" (PODS 2004), kept in a form that lets a row be added in O(1) after
 * its search. Every bound the profile reports is computed from them.
 *
 * The smallest and the largest value are always keys, so the outer gaps are
 * empty. Rows are collected in a buffer and counted a buffer at a time: that
 * keeps one column's arrays in the L1 cache and lets searches overlap.
 *
 * One flat block; arrays follow the struct in the order of the accessors.
 */
#ifndef DRIFT_STATS_NUMERIC_H
#define DRIFT_STATS_NUMERIC_H

#include <math.h>

#include "stats/profile.h"

#define DRIFT_DEFAULT_KEYS 1000
#define DRIFT_MIN_KEYS 16
#define DRIFT_MAX_KEYS 16000
#define DRIFT_BUFFER 1024 /* most rows counted at a time; buffers hold a multiple of four */

typedef struct DriftNumeric
{
	DriftProfile profile;
	double mean;           /* of the finite values */
	double m2;             /* sum of squared deviations of the finite values */
	uint32_t key_limit;    /* most keys kept between two flushes */
	uint32_t key_capacity; /* keys this block has room for */
	uint32_t key_count;
	uint32_t edge_count; /* bin edges given at birth, counted exactly */
	uint32_t buffer_capacity;
	uint32_t buffer_count;
	uint32_t settled; /* flushes since the keys changed */
	uint8_t exact;    /* every distinct value is a key */
	uint8_t unused[3];
} DriftNumeric;

static inline double *
drift_numeric_keys(const DriftNumeric *p)
{
	return (double *) (p + 1);
}

/* counts[2 * j + 1] is the point of key j, counts[2 * j + 2] the gap after it, counts[0] the (empty) gap before the first. */
static inline int64_t *
drift_numeric_counts(const DriftNumeric *p)
{
	return (int64_t *) (drift_numeric_keys(p) + p->key_capacity);
}

static inline int64_t *
drift_numeric_slack_low(const DriftNumeric *p)
{
	return drift_numeric_counts(p) + 2 * (size_t) p->key_capacity + 1;
}

static inline int64_t *
drift_numeric_slack_high(const DriftNumeric *p)
{
	return drift_numeric_slack_low(p) + p->key_capacity;
}

static inline double *
drift_numeric_edges(const DriftNumeric *p)
{
	return (double *) (drift_numeric_slack_high(p) + p->key_capacity);
}

/* Rows per bin; bin i is (edge[i-1], edge[i]], the first and the last are open. Meaningful when edge_count > 0. */
static inline int64_t *
drift_numeric_bins(const DriftNumeric *p)
{
	return (int64_t *) (drift_numeric_edges(p) + p->edge_count);
}

static inline double *
drift_numeric_buffer(const DriftNumeric *p)
{
	return (double *) (drift_numeric_bins(p) + p->edge_count + 1);
}

/* Rows that are -Infinity (always the first key) and +Infinity (always the last). */
static inline int64_t
drift_numeric_negative_infinities(const DriftNumeric *p)
{
	return p->key_count > 0 && drift_numeric_keys(p)[0] == -INFINITY ? drift_numeric_counts(p)[1] : 0;
}

static inline int64_t
drift_numeric_positive_infinities(const DriftNumeric *p)
{
	uint32_t last = p->key_count - 1;

	return p->key_count > 0 && drift_numeric_keys(p)[last] == INFINITY ? drift_numeric_counts(p)[2 * last + 1] : 0;
}

/* Rows with a finite value. */
int64_t drift_numeric_finite_rows(const DriftNumeric *p);

/* Bytes of a block with that much room. */
size_t drift_numeric_size(uint32_t key_capacity, uint32_t buffer_capacity, uint32_t edge_count);

/* Keys that a block needs so that a flush never answers DRIFT_NO_SPACE. */
uint32_t drift_numeric_full_capacity(uint32_t key_limit, uint32_t buffer_capacity);

/* Starts an empty profile in memory of drift_numeric_size(...) bytes. edges may be NULL when edge_count is 0. */
void drift_numeric_init(DriftNumeric *p, DriftValueType type, uint32_t key_limit, uint32_t key_capacity,
						uint32_t buffer_capacity, const double *edges, uint32_t edge_count);

/* Copies src into a block with at least as much room; dst is uninitialised memory of that size. */
void drift_numeric_copy(DriftNumeric *dst, uint32_t key_capacity, uint32_t buffer_capacity, const DriftNumeric *src);

/* Adds a row with a value that is not NaN. The caller flushes when drift_numeric_full(); until then the row is not counted. */
static inline void
drift_numeric_add(DriftNumeric *p, double x)
{
	drift_numeric_buffer(p)[p->buffer_count++] = x;
}

static inline DriftStatus
drift_numeric_add_missing(DriftNumeric *p)
{
	return drift_profile_add_missing(&p->profile, 1);
}

static inline bool
drift_numeric_full(const DriftNumeric *p)
{
	return p->buffer_count == p->buffer_capacity;
}

/*
 * Counts the buffered rows. DRIFT_NO_SPACE: nothing was done, the block must
 * first be copied into a larger one (of drift_numeric_full_capacity at most).
 */
DriftStatus drift_numeric_flush(DriftNumeric *p);

/* Keys, ascending, that are to stay where keys are dropped. */
typedef struct DriftLasting
{
	const double *keys;
	uint32_t count;
} DriftLasting;

/* Keys that stay where keys are dropped, whatever their rows: the outermost, the smallest and the largest value. */
#define DRIFT_OUTER_KEYS 4

/* The same; keys that last stay if there is room for all of them. */
DriftStatus drift_numeric_flush_lasting(DriftNumeric *p, DriftLasting lasting);

/*
 * Adds src to dst; both flushed. Counts, points and bins add exactly, rank
 * bounds add, moments follow Chan, Golub and LeVeque (1983). Bins that differ
 * are dropped and DRIFT_FLAG_BINS_DROPPED set. DRIFT_NO_SPACE: dst is
 * unchanged and needs room for the keys of both.
 */
DriftStatus drift_numeric_merge(DriftNumeric *dst, const DriftNumeric *src);
DriftStatus drift_numeric_merge_lasting(DriftNumeric *dst, const DriftNumeric *src, DriftLasting lasting);

/*
 * Drops keys until at most target (>= 2) are left, so that the widest span of
 * ranks between neighbouring keys becomes as small as possible.
 */
void drift_numeric_prune(DriftNumeric *p, uint32_t target);
void drift_numeric_prune_lasting(DriftNumeric *p, uint32_t target, DriftLasting lasting);

/* Mean and sample deviation as avg() and stddev() give them; NaN where those are NULL. */
double drift_numeric_mean(const DriftNumeric *p);
double drift_numeric_stddev(const DriftNumeric *p);

#endif
