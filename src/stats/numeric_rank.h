/*
 * numeric_rank.h
 *		What a numeric profile knows about ranks and quantiles.
 */
#ifndef DRIFT_STATS_NUMERIC_RANK_H
#define DRIFT_STATS_NUMERIC_RANK_H

#include "stats/bins.h"
#include "stats/numeric.h"

/* Between which ends a number of rows lies for certain. */
typedef struct DriftRank
{
	int64_t low;
	int64_t high;
} DriftRank;

/* The number of rows below a value and the number of rows up to and including it. */
typedef struct DriftRanks
{
	DriftRank below;
	DriftRank upto;
} DriftRanks;

/* Walks a flushed profile upwards; each question must be about a value no smaller than the one before. */
typedef struct DriftRankCursor
{
	const DriftNumeric *p;
	uint32_t next; /* first key not below the last value asked for */
	int64_t below; /* rows counted below that key */
} DriftRankCursor;

void drift_rank_cursor_init(DriftRankCursor *cursor, const DriftNumeric *p);
DriftRanks drift_rank_cursor_at(DriftRankCursor *cursor, double x);

/* The estimate that is never further from the truth than half of the interval. */
static inline double
drift_rank_middle(DriftRank rank)
{
	return (double) rank.low + (double) (rank.high - rank.low) / 2;
}

/* Bounds on the number of rows <= x, O(keys). */
DriftRank drift_numeric_rows_upto(const DriftNumeric *p, double x);

/* Estimated share of the values that are below low or above high; 0 without values. */
double drift_numeric_share_outside(const DriftNumeric *p, double low, double high);

/* The share that lies outside for certain: what the summary is wrong by, at either end, is not counted. */
double drift_numeric_share_surely_outside(const DriftNumeric *p, double low, double high);

/*
 * Worst-case error of every rank, cdf and quantile the profile answers, as a
 * share of its rows with a value: half of the widest span of ranks between
 * neighbouring keys. 0 when exact.
 */
double drift_numeric_rank_error(const DriftNumeric *p);

/*
 * The profile as a ranked sample: its rows in order when it is exact; else the
 * key whose rank is nearest stands for each row. *walk is the memory it works in.
 */
DriftRanked drift_numeric_ranked(DriftRankCursor *walk, const DriftNumeric *p);

/* q-quantile, q in [0, 1]: numpy's 'linear' when exact, else the key with the nearest rank. NaN without values. */
double drift_numeric_quantile(const DriftNumeric *p, double q);

#endif
