/*
 * verdict.h
 *		Thresholds, and the severity that follows from them.
 */
#ifndef DRIFT_PG_VERDICT_H
#define DRIFT_PG_VERDICT_H

#include "fmgr.h"

typedef enum ThresholdRule
{
	RULE_TEST,
	RULE_PSI,
	RULE_TEST_OR_PSI,
	RULE_LIBRARY /* of another one: drift's own thresholds do not count */
} ThresholdRule;

typedef enum Severity
{
	SEVERITY_OK,
	SEVERITY_WARNING,
	SEVERITY_CRITICAL,
	SEVERITY_INSUFFICIENT_DATA,
	SEVERITY_SKIPPED
} Severity;

/* A row of drift.thresholds; a number that is NULL is NaN, which nothing reaches. */
typedef struct Limits
{
	ThresholdRule rule;
	double alpha;
	bool corrected;
	double minimum_effect;
	double psi_warning;
	double psi_critical;
	double psi_alpha;
	bool inclusive;
	bool critical_needs_both;
	bool point_findings;
	double minimum_share;
} Limits;

extern Limits ReadLimits(Datum thresholds);

extern const char *SeverityName(Severity severity);

/* The band of a PSI, or ok where chance explains it, or its p-value is not known (NaN). */
extern Severity PsiSeverity(double psi, double psi_p_value, const Limits *limits);

/* Of a column, from its test, its point findings and the band of its PSI. */
extern Severity ColumnSeverity(bool test_finding, bool point_finding, Severity psi_band, const Limits *limits);

/* The fields of a composite value, at most count. */
extern void ReadFields(Datum row, int count, Datum *values, bool *nulls);

#endif
