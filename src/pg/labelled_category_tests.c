/*
 * labelled_category_tests.c
 *		Statistics over labelled rows that take each value as a category, be it
 *		a label or a number.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "pg/labelled.h"
#include "stats/contingency.h"
#include "stats/fisher.h"
#include "stats/hypothesis.h"

/* ------------------------------------------------------------------------
 * The table of both sides by category
 * ------------------------------------------------------------------------ */

static DriftTableResult
TableOf(Labelled *state, DriftTableStatistic kind)
{
	DriftTable table;
	LabelledValues scan;
	int64 rows[2];

	drift_table_init(&table, kind, state->n[0], state->n[1]);
	LabelledValuesScan(state, &scan);
	while (LabelledNextValue(&scan, rows))
		drift_table_step(&table, rows[0], rows[1]);
	return drift_table_finish(&table);
}

static Datum
TableTest(FunctionCallInfo fcinfo, DriftTableStatistic kind)
{
	Labelled *state = LabelledFinished(fcinfo);
	DriftTableResult test = TableOf(state, kind);

	return LabelledResult(fcinfo, state, test.statistic, test.p_value);
}

PG_FUNCTION_INFO_V1(drift_labelled_chi_square_test);
Datum
drift_labelled_chi_square_test(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(TableTest(fcinfo, DRIFT_CHI_SQUARE));
}

PG_FUNCTION_INFO_V1(drift_labelled_g_test);
Datum
drift_labelled_g_test(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(TableTest(fcinfo, DRIFT_G));
}

PG_FUNCTION_INFO_V1(drift_labelled_chi_square_goodness_of_fit_test);
Datum
drift_labelled_chi_square_goodness_of_fit_test(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(TableTest(fcinfo, DRIFT_GOODNESS_OF_FIT));
}

PG_FUNCTION_INFO_V1(drift_labelled_cramers_v);
Datum
drift_labelled_cramers_v(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(TableOf(LabelledFinished(fcinfo), DRIFT_CRAMERS_V).statistic);
}

PG_FUNCTION_INFO_V1(drift_labelled_cramers_v_corrected);
Datum
drift_labelled_cramers_v_corrected(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(TableOf(LabelledFinished(fcinfo), DRIFT_CRAMERS_V_CORRECTED).statistic);
}

PG_FUNCTION_INFO_V1(drift_labelled_l_infinity);
Datum
drift_labelled_l_infinity(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(TableOf(LabelledFinished(fcinfo), DRIFT_L_INFINITY).statistic);
}

/* ------------------------------------------------------------------------
 * Two proportions
 * ------------------------------------------------------------------------ */

static void
RefuseThirdValue(const Labelled *state, const char *test)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s needs two distinct values", test),
		 errdetail("The values of type %s have more.", format_type_be(state->type)),
		 errhint("Use chi_square_test, or test whether a value is the one of interest: %s(value = ..., is_current).",
				 test)));
}

/* Decide whether the last value of a scan is the largest so far, which is remembered */
static bool
IsLargest(const LabelledValues *scan, text **largest)
{
	text *label;

	if (scan->numbers)
		return true;
	label = LabelledCategoryLabel(scan->state, &scan->category);
	if (*largest && LabelledCompareLabels(label, *largest) < 0)
		return false;
	*largest = label;
	return true;
}

/* Count the rows of the larger of at most two values */
static void
CountLargerOfTwo(Labelled *state, const char *test, int64 success[2])
{
	LabelledValues scan;
	int64 rows[2];
	text *largest = NULL;

	LabelledValuesScan(state, &scan);
	for (int distinct = 1; LabelledNextValue(&scan, rows); distinct++)
	{
		if (distinct > 2)
			RefuseThirdValue(state, test);
		if (IsLargest(&scan, &largest))
			memcpy(success, rows, sizeof(rows));
	}
}

PG_FUNCTION_INFO_V1(drift_labelled_z_test);
Datum
drift_labelled_z_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinished(fcinfo);
	int64 success[2];
	DriftTest test;

	CountLargerOfTwo(state, "z_test", success);
	test = drift_two_proportion_z(success[0], state->n[0], success[1], state->n[1]);
	PG_RETURN_DATUM(LabelledResult(fcinfo, state, test.statistic, test.p_value));
}

PG_FUNCTION_INFO_V1(drift_labelled_fisher_exact_test);
Datum
drift_labelled_fisher_exact_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinished(fcinfo);
	int64 success[2];
	DriftTest test;

	CountLargerOfTwo(state, "fisher_exact_test", success);
	test = drift_fisher_exact(success[0], state->n[0], success[1], state->n[1], LabelledPoll);
	PG_RETURN_DATUM(LabelledResult(fcinfo, state, test.statistic, test.p_value));
}
