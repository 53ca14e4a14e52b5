/*
 * relation.h
 *		State of the statistics of two columns, (x, y).
 *
 * A row whose x or y is NULL or NaN is no pair and left out. Pearson's
 * correlation keeps sums; the others keep all pairs, as two arrays of keys or
 * past the memory budget in a temporary file that is read as often as needed.
 */
#ifndef DRIFT_PG_RELATION_H
#define DRIFT_PG_RELATION_H

#include "fmgr.h"

#include "pg/category_codes.h"
#include "pg/pair_store.h"
#include "pg/value.h"
#include "stats/kendall.h"
#include "stats/mutual_information.h"

struct Tuplesortstate;

typedef enum RelationMethod
{
	RELATION_PEARSON,
	RELATION_SPEARMAN,
	RELATION_KENDALL,
	RELATION_CRAMERS_V,
	RELATION_INFORMATION
} RelationMethod;

/* A column is one of numbers, whose keys are those of stats/sample.h, or of categories, whose keys count from 0. */
typedef struct RelationColumn
{
	ValueReader reader;
	Oid type;
	CategoryCodes *codes; /* NULL for numbers */
} RelationColumn;

typedef struct RelationState
{
	MemoryContext context; /* lives as long as the state */
	RelationMethod method;
	RelationColumn column[2];
	text *method_name; /* the argument, to compare with; or NULL */
	int32 bins;
	int32 permutations;
	int64 seed;
	PairStore pairs; /* only their number for Pearson's correlation */
	bool infinite;   /* a value of Pearson's pairs is */
	DriftComoments comoments;
	bool tested; /* test is filled in */
	DriftTest test;
	bool counted; /* table and totals are filled in */
	DriftCrosstab table;
	DriftTotals totals;
} RelationState;

/* Both columns by rank: relation_ranks.c and relation_kendall.c */
extern DriftTest RelationSpearman(RelationState *relation);
extern DriftTest RelationKendall(RelationState *relation);

/* Count pairs that come sorted by x and y */
extern void CountSortedPairs(struct Tuplesortstate *sort, DriftKendall *k);

/* The table of both columns, once for all statistics of the state: relation_table.c */
extern const DriftCrosstab *RelationTable(RelationState *relation);

#endif
