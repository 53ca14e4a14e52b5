/*
 * words.h
 *		Numbers and verdicts in words, for sentences.
 *
 * All return a string of their own, or a constant, the same in every session.
 */
#ifndef DRIFT_PG_WORDS_H
#define DRIFT_PG_WORDS_H

#include "stats/numeric.h"

/* A share as a percentage with one decimal. */
extern char *PercentText(double share);

/* A number with four significant digits. */
extern char *ShortNumber(double value);

/* A number of a profile as a reader knows it; value_type is the SQL type that the profile was made of, or NULL. */
extern char *ShownValue(double value, const char *value_type);

/* The bin (lower, upper] in words, infinite ends being open. */
extern char *RangeText(double lower, double upper, const char *value_type);

/* A severity in words, and what to do about it, also about "unusable"; NULL for what is none. agreed: the test and the PSI agree on a warning. */
extern const char *SeverityText(const char *severity);
extern const char *ActionText(const char *severity, bool agreed);

/* What a sentence on a shift needs; NaN where it is not known. */
typedef struct Location
{
	double mean;
	double stddev;
	double median;
} Location;

/* Where the values of a profile lie; NULL for one without values. */
extern Location LocationOf(const DriftNumeric *p);

/* How mean and median moved. Both sides have values. */
extern char *ShiftText(const char *value_type, const Location *reference, const Location *current);

#endif
