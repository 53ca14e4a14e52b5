#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/typcache.h"

#include "compat.h"
#include "pg/verdict.h"

/* Columns of drift.thresholds, in its order */
enum
{
	FIELD_RULE = 3,
	FIELD_ALPHA,
	FIELD_CORRECTION,
	FIELD_MINIMUM_EFFECT,
	FIELD_PSI_WARNING,
	FIELD_PSI_CRITICAL,
	FIELD_PSI_ALPHA,
	FIELD_INCLUSIVE,
	FIELD_CRITICAL_NEEDS_BOTH,
	FIELD_POINT_FINDINGS,
	FIELD_MINIMUM_SHARE,
	LIMIT_FIELDS
};

static const char *const severity_names[] = {[SEVERITY_OK] = "ok",
											 [SEVERITY_WARNING] = "warning",
											 [SEVERITY_CRITICAL] = "critical",
											 [SEVERITY_INSUFFICIENT_DATA] = "insufficient_data",
											 [SEVERITY_SKIPPED] = "skipped"};

const char *
SeverityName(Severity severity)
{
	return severity_names[severity];
}

void
ReadFields(Datum row, int count, Datum *values, bool *nulls)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(row);
	TupleDesc descriptor = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};

	if (descriptor->natts < count)
		elog(ERROR, "unexpected type of a row");
	for (int i = 0; i < count; i++)
		values[i] = heap_getattr(&tuple, i + 1, descriptor, &nulls[i]);
	ReleaseTupleDesc(descriptor);
}

static ThresholdRule
RuleOf(const char *name)
{
	if (strcmp(name, "test") == 0)
		return RULE_TEST;
	if (strcmp(name, "psi") == 0)
		return RULE_PSI;
	return strcmp(name, "test_or_psi") == 0 ? RULE_TEST_OR_PSI : RULE_LIBRARY;
}

Limits
ReadLimits(Datum thresholds)
{
	Datum values[LIMIT_FIELDS];
	bool nulls[LIMIT_FIELDS];

#define NUMBER(field) (nulls[field] ? NAN : DatumGetFloat8(values[field]))
#define FLAG(field) (!nulls[field] && DatumGetBool(values[field]))
#define NAME(field) (nulls[field] ? "" : TextDatumGetCString(values[field]))

	ReadFields(thresholds, LIMIT_FIELDS, values, nulls);
	return (Limits){.rule = nulls[FIELD_RULE] ? RULE_TEST_OR_PSI : RuleOf(NAME(FIELD_RULE)),
					.alpha = NUMBER(FIELD_ALPHA),
					.corrected = strcmp(NAME(FIELD_CORRECTION), "none") != 0,
					.minimum_effect = NUMBER(FIELD_MINIMUM_EFFECT),
					.psi_warning = NUMBER(FIELD_PSI_WARNING),
					.psi_critical = NUMBER(FIELD_PSI_CRITICAL),
					.psi_alpha = NUMBER(FIELD_PSI_ALPHA),
					.inclusive = FLAG(FIELD_INCLUSIVE),
					.critical_needs_both = nulls[FIELD_CRITICAL_NEEDS_BOTH] || FLAG(FIELD_CRITICAL_NEEDS_BOTH),
					.point_findings = FLAG(FIELD_POINT_FINDINGS),
					.minimum_share = NUMBER(FIELD_MINIMUM_SHARE)};
}

/* NaN is the largest number, as it is in SQL */
static bool
Reaches(double value, double bound, bool inclusive)
{
	return value > bound || (inclusive && value == bound) || (isnan(value) && !isnan(bound));
}

Severity
PsiSeverity(double psi, double psi_p_value, const Limits *limits)
{
	if (limits->rule == RULE_TEST || limits->rule == RULE_LIBRARY)
		return SEVERITY_OK;
	if (limits->psi_alpha < 1 && !(psi_p_value < limits->psi_alpha))
		return SEVERITY_OK;
	if (Reaches(psi, limits->psi_critical, limits->inclusive))
		return SEVERITY_CRITICAL;
	return Reaches(psi, limits->psi_warning, limits->inclusive) ? SEVERITY_WARNING : SEVERITY_OK;
}

Severity
ColumnSeverity(bool test_finding, bool point_finding, Severity psi_band, const Limits *limits)
{
	if (psi_band == SEVERITY_CRITICAL && (test_finding || !limits->critical_needs_both))
		return SEVERITY_CRITICAL;
	if (psi_band != SEVERITY_OK || point_finding || (test_finding && limits->rule != RULE_PSI))
		return SEVERITY_WARNING;
	return SEVERITY_OK;
}

static Limits
LimitsArgument(FunctionCallInfo fcinfo, int argument)
{
	static const Limits unknown = {.rule = RULE_TEST_OR_PSI,
								   .critical_needs_both = true,
								   .psi_warning = NAN,
								   .psi_critical = NAN,
								   .psi_alpha = NAN};

	return PG_ARGISNULL(argument) ? unknown : ReadLimits(PG_GETARG_DATUM(argument));
}

/* psi_severity(psi, psi_p_value, limits) */
PG_FUNCTION_INFO_V1(drift_psi_severity);
Datum
drift_psi_severity(PG_FUNCTION_ARGS)
{
	Limits limits = LimitsArgument(fcinfo, 2);
	Severity severity = SEVERITY_OK;

	if (!PG_ARGISNULL(0))
		severity = PsiSeverity(PG_GETARG_FLOAT8(0), PG_ARGISNULL(1) ? NAN : PG_GETARG_FLOAT8(1), &limits);

	PG_RETURN_TEXT_P(cstring_to_text(SeverityName(severity)));
}

static Severity
BandNamed(const char *name)
{
	if (strcmp(name, "critical") == 0)
		return SEVERITY_CRITICAL;
	return strcmp(name, "ok") == 0 ? SEVERITY_OK : SEVERITY_WARNING;
}

/* column_severity(test_finding, point_finding, psi_band, limits) */
PG_FUNCTION_INFO_V1(drift_column_severity);
Datum
drift_column_severity(PG_FUNCTION_ARGS)
{
	Limits limits = LimitsArgument(fcinfo, 3);
	Severity severity =
		ColumnSeverity(!PG_ARGISNULL(0) && PG_GETARG_BOOL(0), !PG_ARGISNULL(1) && PG_GETARG_BOOL(1),
					   PG_ARGISNULL(2) ? SEVERITY_OK : BandNamed(text_to_cstring(PG_GETARG_TEXT_PP(2))), &limits);

	PG_RETURN_TEXT_P(cstring_to_text(SeverityName(severity)));
}
