/*
 * profile_statistics.h
 *		What functions of two profiles share.
 */
#ifndef DRIFT_PG_PROFILE_STATISTICS_H
#define DRIFT_PG_PROFILE_STATISTICS_H

#include "fmgr.h"

#include "stats/bounded_divergence.h"
#include "stats/category.h"
#include "stats/contingency.h"
#include "stats/interval.h"
#include "stats/numeric.h"
#include "stats/numeric_statistics.h"

/* Two profiles of one kind */
typedef struct Sides
{
	const DriftProfile *reference;
	const DriftProfile *current;
} Sides;

#define REFERENCE_NUMBERS(sides) ((const DriftNumeric *) (sides).reference)
#define CURRENT_NUMBERS(sides) ((const DriftNumeric *) (sides).current)
#define REFERENCE_CATEGORIES(sides) ((const DriftCategory *) (sides).reference)
#define CURRENT_CATEGORIES(sides) ((const DriftCategory *) (sides).current)

/* Two arguments, and the first two of a function; 42804 where one is numeric and the other categorical. */
extern Sides SidesOf(Datum reference, Datum current);
extern Sides GetSides(FunctionCallInfo fcinfo);

static inline bool
SidesAreNumeric(Sides sides)
{
	return sides.reference->kind == DRIFT_NUMERIC;
}

/* Does the profile count every value? */
extern bool ProfileIsExact(const DriftProfile *profile);

/* 42804 unless both sides are numeric. */
extern void RequireNumbers(Sides sides);

/* Scratch for a walk over the categories of both sides. */
extern void *PairScratch(Sides sides);

/* PSI and its relatives, with bins = 0 over the bins that were counted or the default ones. */
extern DriftInterval DivergenceOf(Sides sides, DriftDivergenceKind kind, uint32 bins, double floor);

/* Kolmogorov-Smirnov, Wasserstein and Mann-Whitney; 42804 for categories. */
extern DriftNumericDistance Distance(Sides sides);

/* Population deviation of the reference, by which the Wasserstein distance is normalised. */
extern double ReferenceDeviation(const DriftNumeric *p);

/* For what a summary cannot answer: both sides have values of one type (22023, 42804), and count each of them (0A000). */
extern void RequireExactProfiles(Sides sides, const char *statistic);

/*
 * A test_result whose p-value falls from that of the low end to that of the
 * high end of the statistic; and one without error.
 */
extern Datum BoundedResult(FunctionCallInfo fcinfo, Sides sides, DriftInterval statistic, double p_value,
						   double p_at_low, double p_at_high);
extern Datum ExactResult(FunctionCallInfo fcinfo, Sides sides, double statistic, double p_value);

/*
 * profile_category_tests.c: a statistic of the table of both sides by category
 * or distinct number, 0A000 for summaries of numbers; and which of them that are
 * no tests has this name, -1 for none.
 */
extern DriftIntervalTest ProfilesTable(Sides sides, DriftTableStatistic kind);
extern int TableDistanceNamed(const char *name);

/* The energy distance and its bounds, for drift.bounds() too: profile_edf.c */
extern DriftInterval EnergyDistance(Sides sides);

#endif
