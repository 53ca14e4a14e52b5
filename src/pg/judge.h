/*
 * judge.h
 *		What the steps of a comparison of columns hand to each other.
 *
 * judge_measure.c measures a column, judge_findings.c finds what else changed
 * in it, judge_words.c puts it into a sentence; judge.c corrects the p-values
 * of all columns together and decides.
 */
#ifndef DRIFT_PG_JUDGE_H
#define DRIFT_PG_JUDGE_H

#include "pg/bin_pairs.h"
#include "pg/chance.h"
#include "pg/test_result.h"
#include "pg/verdict.h"
#include "pg/words.h"

/* drift_internal.column_plan: how a column is compared. Strings may be NULL. */
typedef struct ColumnPlan
{
	char *column_name;
	char *type_reference;
	char *type_current;
	char *kind;
	char *value_type;
	char *method;
	bool requested;
	char *obstacle;
} ColumnPlan;

extern ColumnPlan ReadColumnPlan(Datum plan);

static inline bool
PlanIsNumeric(const ColumnPlan *plan)
{
	return plan->kind != NULL && strcmp(plan->kind, "numeric") == 0;
}

/* A number that may be NULL. */
typedef struct MaybeNumber
{
	bool known;
	double value;
} MaybeNumber;

typedef struct MaybeChance
{
	bool known;
	DriftChance chance;
} MaybeChance;

/* A test: its statistic, and the p-values NaN where they are not known. */
typedef struct TestedValue
{
	MaybeNumber statistic;
	double p_value;
	double p_value_high;
	double error;
} TestedValue;

/* drift_internal.column_statistics: what was read from the rows. */
typedef struct ColumnStatistics
{
	double psi;
	TestedValue ks;
	TestedValue chi_square;
	double total_variation;
	TestedValue requested;
	MaybeNumber tied_ks_p_value;
	MaybeChance psi_chance;
	MaybeChance total_variation_chance;
} ColumnStatistics;

/* The name of the column, and its statistics. */
extern char *ReadColumnStatistics(Datum row, ColumnStatistics *statistics);

typedef enum ColumnState
{
	STATE_TESTED,
	STATE_SKIPPED,
	STATE_INSUFFICIENT_DATA,
	STATE_ABSENT_IN_CURRENT,
	STATE_ABSENT_IN_REFERENCE,
	STATE_TYPE_CHANGED
} ColumnState;

/* What was measured on a column, before any verdict. */
typedef struct Measure
{
	const char *method;
	const char *method_reason;
	MaybeNumber statistic;
	MaybeChance statistic_chance;
	double p_value; /* NaN: none */
	double psi;
	DriftChance psi_chance;
	double effect;
	double effect_low;
	DriftChance effect_chance;
	double error_bound;
} Measure;

/* The two profiles of a column, as they came and as they are read; NULL for a side without rows. */
typedef struct ColumnProfiles
{
	Datum packed[2];
	Oid type;
	Sides sides;
} ColumnProfiles;

/* What KS distances of so many rows are by chance, which is the same for many columns; all zero: not known yet. */
typedef struct KsChance
{
	int64 n;
	int64 m;
	DriftChance chance;
} KsChance;

/* How columns are measured: exact says that profiles or statistics of the rows tell all, quick that KS p-values need not be exact. */
typedef struct MeasureMode
{
	bool exact;
	bool quick;
	KsChance ks_chance;
} MeasureMode;

/* A column with values on both sides; statistics is NULL where the profiles tell them. */
extern Measure MeasureColumn(const ColumnPlan *plan, const ColumnProfiles *profiles, const BinPairs *bins,
							 const ColumnStatistics *statistics, MeasureMode *mode);

/* One thing that may have changed in a column. */
typedef struct Finding
{
	const char *name;
	double p_value; /* NaN: none, and nothing is found */
	double size;
	const char *note; /* or NULL */
	double corrected;
	bool holds;
} Finding;

#define MOST_FINDINGS 5

/* Appends what may have changed besides the distribution to findings, and returns their number; few: only missing values count. */
extern int FindPoints(const ColumnPlan *plan, Sides sides, const BinPairs *bins, bool few, Finding *findings);

/* A side of a column, as far as the verdict tells of it. */
typedef struct ColumnSide
{
	bool present;
	int64 n;
	int64 missing;
	Location location; /* of numbers */
} ColumnSide;

typedef struct JudgedColumn
{
	ColumnPlan plan;
	Limits limits;
	ColumnState state;
	bool identifier;
	int64 minimum_rows; /* more than the current side has, or 0 */
	bool reference_is_exact;
	ColumnSide sides[2];
	BinPairs bins;
	Measure measure;
	Finding findings[MOST_FINDINGS];
	int finding_count;
} JudgedColumn;

/* Why the column is not compared, or NULL: its values are of no known type, or they identify rows. */
extern const char *SkipReason(const ColumnPlan *plan, bool identifier);

/* The sentence on a column; shifted: its distribution is what drifted. */
extern char *ExplainTested(const JudgedColumn *column, bool drifted, bool shifted);
extern char *ExplainUntested(const JudgedColumn *column);

#endif
