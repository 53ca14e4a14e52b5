/*
 * binary.h
 *		Metrics of binary models: what their aggregates share.
 *
 * Three states: counts of decisions, sums of losses, and the scores of both
 * classes, which are kept. Side 0 are the rows whose actual value is no, side 1
 * those whose is yes: the value itself. Rows without a prediction, an actual
 * value or a weight are left out, as are those of weight 0 where scores are kept.
 */
#ifndef DRIFT_PG_BINARY_H
#define DRIFT_PG_BINARY_H

#include "fmgr.h"

#include "pg/sorted_keys.h"
#include "stats/binary_loss.h"
#include "stats/binary_separation.h"

struct BufFile;
struct Tuplesortstate;

/* Arguments: binary_arguments.c */

/* Refuse a weight that is negative or infinite */
pg_noreturn extern void BinaryRefuseWeight(double weight);

/* The sum of weights; an error when it is infinite */
extern double BinaryWeightTotal(const DriftSum *weight);

/* Refuse a score that is no probability */
pg_noreturn extern void BinaryRefuseScore(double score);

/* Read a weight; false when the row is left out */
static inline bool
BinaryWeight(FunctionCallInfo fcinfo, int number, double *weight)
{
	if (PG_ARGISNULL(number))
		return false;
	*weight = PG_GETARG_FLOAT8(number);
	if (likely(*weight >= 0 && *weight <= DBL_MAX))
		return true;
	if (*weight != *weight)
		return false;
	BinaryRefuseWeight(*weight);
}

/* Scores: binary_scores.c */

typedef struct BinaryScores
{
	MemoryContext context; /* lives as long as the state */
	bool weighted;
	bool spilled;
	bool sorted;      /* the arrays are, or the files exist */
	bool separated;   /* separation is filled in */
	double threshold; /* arguments of those aggregates that have them; else NaN, 0 and none */
	int32 count;
	int32 metric;
	struct varlena *map; /* of aggregates that calibrate; or NULL */
	int64 n[2];
	int64 decided[2];  /* those of them that were predicted to be positive, of aggregates that are told */
	int64 capacity[2]; /* of the arrays; 0 once spilled */
	DriftSum weight[2];
	uint64 *keys[2];                /* of stats/sample.h */
	uint64 *weights[2];             /* the bits of each, where weighted */
	struct Tuplesortstate *sort[2]; /* spilled and not sorted yet */
	struct BufFile *file[2];        /* spilled and sorted */
	struct BufFile *weight_file[2];
	DriftSeparation separation;
} BinaryScores;

#define BINARY_NO_METRIC (-1)

/* A pass over the distinct scores, highest first */
typedef struct ScoreWalk
{
	bool weighted;
	int64 left[2];
	SortedKeys keys[2];
	SortedKeys weights[2];
} ScoreWalk;

/* For transition functions of other arguments: an empty state, and a row without a weight for it */
extern BinaryScores *BinaryScoresCreate(FunctionCallInfo fcinfo);
extern void BinaryScoresAdd(BinaryScores *scores, int side, double score);

/* The state of a final function; NULL when there is no row */
extern BinaryScores *BinaryScoresFinished(FunctionCallInfo fcinfo);

/* Rows of a class, or the sum of their weights */
extern double BinaryScoresTotal(const BinaryScores *scores, int side);

/* Begin a pass, which sorts at the first time; the caller frees it */
extern ScoreWalk *BeginScoreWalk(BinaryScores *scores);

/* Get the next score and the rows of both classes that have it */
extern bool NextScore(ScoreWalk *walk, double *score, double rows[2]);

/* The lowest and the highest score */
extern void BinaryScoresRange(ScoreWalk *walk, double *low, double *high);

/* Metrics that a threshold can be chosen for: binary_curves.c */
extern int32 BinaryMetricOfName(const text *name);

#endif
