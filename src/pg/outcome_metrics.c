/*
 * outcome_metrics.c
 *		Metrics of a model from profiles of what its outcomes are kept as.
 */
#include "postgres.h"

#include <math.h>

#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "compat.h"
#include "errors.h"
#include "pg/profile.h"
#include "stats/class_pairs.h"
#include "stats/profile_auc.h"

/* A table of more classes would take longer than all else of a check */
#define MOST_CLASSES 256

/* With fewer rows of a class the error of the area under the curve says little */
#define LEAST_ROWS_OF_CLASS 10

/* What is not determined gives no row. */
static void
PutMetric(FunctionCallInfo fcinfo, const char *metric, double value, double standard_error, double value_error, int64 n)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum values[5] = {CStringGetTextDatum(metric), Float8GetDatum(value), Float8GetDatum(standard_error),
					   Float8GetDatum(value_error), Int64GetDatum(n)};
	bool nulls[5] = {false, false, isnan(standard_error), isnan(value_error), false};

	if (!isnan(value))
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static double
HalfWidth(DriftInterval interval)
{
	return Max(interval.high - interval.value, interval.value - interval.low);
}

PG_FUNCTION_INFO_V1(drift_score_metrics);
Datum
drift_score_metrics(PG_FUNCTION_ARGS)
{
	const DriftNumeric *positive = ProfileReadNumeric(PG_GETARG_DATUM(0));
	const DriftNumeric *negative = ProfileReadNumeric(PG_GETARG_DATUM(1));
	DriftProfileAuc m;
	int64 n;

	InitMaterializedSRF(fcinfo, 0);
	if (drift_profile_n(&positive->profile) == 0 || drift_profile_n(&negative->profile) == 0)
		PG_RETURN_NULL();
	DriftCheck(drift_profile_auc(positive, negative, &m));
	n = m.positives + m.negatives;
	if (Min(m.positives, m.negatives) < LEAST_ROWS_OF_CLASS)
		m.auc_standard_error = NAN;
	PutMetric(fcinfo, "roc_auc", m.auc.value, m.auc_standard_error, HalfWidth(m.auc), n);
	PutMetric(fcinfo, "gini", 2 * m.auc.value - 1, 2 * m.auc_standard_error, 2 * HalfWidth(m.auc), n);
	PutMetric(fcinfo, "ks_statistic", m.ks.value, NAN, HalfWidth(m.ks), n);
	PutMetric(fcinfo, "average_precision", m.average_precision, NAN, NAN, n);
	PutMetric(fcinfo, "ece", m.calibration_error, NAN, NAN, n);
	PG_RETURN_NULL();
}

/* The end of the JSON string that starts here, or NULL; its quotes are part of it. */
static const char *
StringEnd(const char *at, const char *end)
{
	if (at >= end || *at++ != '"')
		return NULL;
	while (at < end && *at != '"')
		at += *at == '\\' ? 2 : 1;
	return at < end ? at + 1 : NULL;
}

typedef struct Token
{
	const char *at;
	Size length;
} Token;

/* A label that was cut since it is too long is no pair any more. */
static bool
ReadPair(const char *label, Size length, Token pair[2])
{
	const char *end = label + length;
	const char *at = label + 1;

	if (length < 2 || label[0] != '[' || end[-1] != ']')
		return false;
	for (int i = 0; i < 2; i++)
	{
		const char *string_end;

		while (at < end && (*at == ' ' || *at == ','))
			at++;
		if ((string_end = StringEnd(at, end)) == NULL)
			return false;
		pair[i].at = at;
		pair[i].length = string_end - at;
		at = string_end;
	}
	return at == end - 1;
}

/* The place of a class among those that were met, where it is put if it is new; MOST_CLASSES if there are too many. */
static int
ClassOf(Token *classes, int *count, Token wanted)
{
	int i = 0;

	while (i < *count && (classes[i].length != wanted.length || memcmp(classes[i].at, wanted.at, wanted.length) != 0))
		i++;
	if (i == *count && *count < MOST_CLASSES)
		classes[(*count)++] = wanted;
	return i;
}

/* The table of predicted and actual classes; NULL where the profile does not know it. */
static int64 *
ReadCells(const DriftCategory *profile, Token *classes, int *count)
{
	int(*places)[2] = palloc(sizeof(int[2]) * (profile->used + 1));
	int64 *cells;

	if (!drift_category_is_exact(profile))
		return NULL;
	for (uint32 i = 0; i < profile->used; i++)
	{
		const DriftCategoryEntry *entry = drift_category_entry(profile, i);
		Token pair[2];

		if (!ReadPair(drift_category_label(profile, entry), entry->length, pair))
			return NULL;
		for (int side = 0; side < 2; side++)
			if ((places[i][side] = ClassOf(classes, count, pair[side])) == MOST_CLASSES)
				return NULL;
	}
	cells = palloc0(sizeof(int64) * (*count + 1) * (*count + 1));
	for (uint32 i = 0; i < profile->used; i++)
		cells[places[i][0] * *count + places[i][1]] += drift_category_entry(profile, i)->count;
	return cells;
}

PG_FUNCTION_INFO_V1(drift_confusion_metrics);
Datum
drift_confusion_metrics(PG_FUNCTION_ARGS)
{
	static const char *const names[DRIFT_PAIR_METRICS] = {
		"accuracy", "balanced_accuracy", "macro_precision", "macro_recall", "macro_f1",
		"mcc",      "precision",         "recall",          "specificity",  "f1"};
	const DriftProfile *profile = PG_ARGISNULL(0) ? NULL : ProfileRead(PG_GETARG_DATUM(0));
	Token classes[MOST_CLASSES];
	int count = 0;
	int positive = -1;
	int64 *cells;
	DriftPairMetrics metrics;

	InitMaterializedSRF(fcinfo, 0);
	if (profile == NULL || profile->kind == DRIFT_NUMERIC || drift_profile_n(profile) == 0)
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(1))
	{
		StringInfoData quoted;

		initStringInfo(&quoted);
		escape_json(&quoted, text_to_cstring(PG_GETARG_TEXT_PP(1)));
		positive = ClassOf(classes, &count, (Token){quoted.data, quoted.len});
	}
	cells = ReadCells((const DriftCategory *) profile, classes, &count);
	if (cells == NULL)
		PG_RETURN_NULL();

	drift_class_pair_metrics(cells, count, positive, palloc(sizeof(double) * 3 * count), &metrics);
	for (int i = 0; i < DRIFT_PAIR_METRICS; i++)
		PutMetric(fcinfo, names[i], metrics.value[i], metrics.standard_error[i], 0, metrics.rows[i]);
	PG_RETURN_NULL();
}

PG_FUNCTION_INFO_V1(drift_ewma_accum);
Datum
drift_ewma_accum(PG_FUNCTION_ARGS)
{
	double alpha = PG_ARGISNULL(2) ? NAN : PG_GETARG_FLOAT8(2);

	if (!(alpha > 0 && alpha <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("alpha must be above 0 and at most 1"),
						errhint("It is the weight of the newest value.")));
	if (PG_ARGISNULL(1) || isnan(PG_GETARG_FLOAT8(1)))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	if (PG_ARGISNULL(0))
		PG_RETURN_FLOAT8(PG_GETARG_FLOAT8(1));
	PG_RETURN_FLOAT8(PG_GETARG_FLOAT8(0) + alpha * (PG_GETARG_FLOAT8(1) - PG_GETARG_FLOAT8(0)));
}
