/*
 * bin_pairs.h
 *		Rows of two profiles side by side: in the bins of the reference, or by
 *		category.
 */
#ifndef DRIFT_PG_BIN_PAIRS_H
#define DRIFT_PG_BIN_PAIRS_H

#include "pg/profile_statistics.h"

typedef struct BinPair
{
	int32 bin;    /* place on the reference, or on the current side for what the reference lacks; from 1 */
	double lower; /* of numbers: (lower, upper] */
	double upper;
	const char *label; /* of categories; NULL for numbers */
	bool others;       /* categories that share this bin */
	int64 n_reference;
	int64 n_current;
} BinPair;

typedef struct BinPairs
{
	BinPair *pairs;
	uint32 count;
	int64 n_reference; /* sums */
	int64 n_current;
} BinPairs;

/*
 * Every bin, or every category in the order of the reference and then those
 * that only the current side has. Categories that a summary no longer lists
 * are one, "(other)". Nothing for a reference of numbers that has no values.
 */
extern BinPairs PairBins(Sides sides);

/*
 * The bins of drift.psi(): categories with less than 1 % of the reference, and those not listed, share one; in order of
 * place and label. rest_apart: those not listed stay apart from rare ones if they are many.
 */
extern BinPairs PoolRarePairs(const BinPairs *all, bool reference_is_exact, bool rest_apart);

/* What one of them adds to the PSI, with its shares of both sides. */
typedef struct BinShare
{
	double reference;
	double current;
	double contribution;
} BinShare;

extern BinShare ShareOfPair(const BinPairs *bins, uint32 i);

/* Half the sum of the differences of the shares; both sides have rows. */
extern double TotalVariationOfPairs(const BinPairs *bins);

/* Rows of another profile of the same column in each of the bins; what no bin takes is left out. */
extern void RowsInPairs(const BinPairs *bins, const DriftProfile *profile, int64 *rows);

/* drift_pooled_chi_square() of them. */
extern DriftTableResult PooledChiSquareOfPairs(const BinPairs *bins);

#endif
