/*
 * labelled.h
 *		State of the statistics over labelled rows, (value, is_current).
 *
 * One transition function feeds one of three states, chosen at the first row:
 * numbers and categories keep what any statistic may ask for, so aggregates of
 * the same arguments share a state; bins only count, for edges given by the
 * user. All start with Labelled. Side 0 is the reference, side 1 the current
 * one: the flag itself.
 */
#ifndef DRIFT_PG_LABELLED_H
#define DRIFT_PG_LABELLED_H

#include "fmgr.h"

#include "pg/sorted_keys.h"
#include "pg/value.h"
#include "stats/divergence.h"
#include "stats/edf.h"
#include "stats/hypothesis.h"
#include "stats/sample.h"
#include "stats/two_sample.h"

typedef enum LabelledKind
{
	LABELLED_NUMBERS,
	LABELLED_CATEGORIES,
	LABELLED_BINS
} LabelledKind;

typedef struct Labelled
{
	LabelledKind kind;
	ValueReader reader;
	Oid type;              /* of the values, for messages */
	MemoryContext context; /* lives as long as the state */
	int32 bins;            /* how many to cut the reference into */
	int64 n[2];            /* rows with a value */
	int64 missing[2];      /* rows whose value is NULL or NaN */
	int64 unlabelled;      /* rows whose flag is NULL, ignored */
	void *constants;       /* further arguments, of those final functions that need them; or NULL */
} Labelled;

/* For errors about a side without rows */
#define SIDES_HINT "Rows with is_current false are the reference, rows with is_current true the current side."

/* Memory that a state may use before it spills; as much again is left for sorting. */
extern Size LabelledBudget(void);

/* For loops of the kernel */
extern void LabelledPoll(void);

/* Whether two text arguments are alike */
extern bool LabelledSameText(const text *a, const text *b);

/* Transition functions: labelled.c and labelled_bins.c */
extern Datum drift_labelled_accum(PG_FUNCTION_ARGS);
extern Datum drift_labelled_bins_accum(PG_FUNCTION_ARGS);

/* For transition functions of other arguments: the state of an aggregate, and a row (value, is_current) for it. */
extern Labelled *LabelledCreate(FunctionCallInfo fcinfo);
extern void LabelledAddRow(FunctionCallInfo fcinfo, Labelled *state);

/*
 * For final functions: the state, both sides of which have values (22023
 * otherwise); the same for a statistic that only numbers have (42804 for
 * others); and a test_result without error bounds, since row forms are exact.
 */
extern Labelled *LabelledFinished(FunctionCallInfo fcinfo);
extern Labelled *LabelledFinishedNumbers(FunctionCallInfo fcinfo, const char *statistic);
extern Datum LabelledResult(FunctionCallInfo fcinfo, const Labelled *state, double statistic, double p_value);

/* numbers: labelled_numeric.c */

typedef struct LabelledNumbers LabelledNumbers;

/* A pass over the distinct numbers of both sides, ascending. */
typedef struct NumberScan
{
	SortedKeys side[2];
	int64 at[2];
} NumberScan;

extern Labelled *LabelledNumbersCreate(FunctionCallInfo fcinfo, MemoryContext context);
extern void LabelledNumbersAdd(Labelled *state, int side, double value);
extern void LabelledNumbersScan(Labelled *state, NumberScan *scan);
extern bool LabelledNextNumber(NumberScan *scan, double *value, int64 rows[2]);
extern const DriftTwoSample *LabelledNumbersCompare(Labelled *state);
extern const DriftEdf *LabelledNumbersDifference(Labelled *state);
extern double LabelledNumbersKs(Labelled *state);

/* Whether the reference may have at most that many distinct values: true for certain if it has, else seldom. */
extern bool LabelledNumbersMayRepeat(Labelled *state, int64 most_distinct);

/* The keys of both sides as they arrived, where what asks for no order is faster from them; else false. */
extern bool LabelledNumbersUnsorted(Labelled *state, const uint64 *keys[2]);
extern const DriftMoments *LabelledNumbersMoments(Labelled *state);
extern uint32 LabelledNumbersCountBins(Labelled *state, int64 *counts[2]);
extern void LabelledNumbersDivergence(Labelled *state, DriftDivergence *divergence);

/* Epps and Singleton's test: sample_tests.c */
extern DriftTest LabelledEppsSingleton(Labelled *state);

/* categories: labelled_category.c */

typedef struct CategoryScan
{
	Labelled *state;
	int64 at;              /* in memory: the next category */
	struct varlena *ahead; /* spilled: the first record of the next category */
	struct varlena *last;  /* spilled: the record that the last answer points into */
} CategoryScan;

extern Labelled *LabelledCategoriesCreate(FunctionCallInfo fcinfo, MemoryContext context);
extern void LabelledCategoriesAdd(Labelled *state, int side, const CategoryBytes *category);
extern void LabelledCategoriesScan(Labelled *state, CategoryScan *scan);
extern bool LabelledNextCategory(CategoryScan *scan, CategoryBytes *category, int64 rows[2]);
extern void LabelledCategoriesDivergence(Labelled *state, bool pool, DriftDivergence *divergence);

/* either, each distinct value for itself: labelled_values.c */

typedef struct LabelledValues
{
	Labelled *state;
	NumberScan *numbers; /* or NULL */
	CategoryScan categories;
	double number;          /* the last one, of numbers, which ascend */
	CategoryBytes category; /* the last one, of categories */
} LabelledValues;

extern void LabelledValuesScan(Labelled *state, LabelledValues *scan);
extern bool LabelledNextValue(LabelledValues *scan, int64 rows[2]);
extern text *LabelledCategoryLabel(const Labelled *state, const CategoryBytes *category);
extern int LabelledCompareLabels(const text *a, const text *b);

/* bins of given edges: labelled_bins.c */

extern void LabelledBinsDivergence(Labelled *state, DriftDivergence *divergence);

#endif
