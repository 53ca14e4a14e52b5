/*
 * labelled.c
 *		Statistics over labelled rows: the shared transition function, and one
 *		final function per statistic.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "pg/labelled.h"
#include "pg/test_result.h"
#include "stats/hypothesis.h"

/* Half of work_mem: sorting may take the other half */
Size
LabelledBudget(void)
{
	return (Size) work_mem * 1024 / 2;
}

void
LabelledPoll(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* Compare two arguments that should not change from row to row */
bool
LabelledSameText(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		   memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

/* Get the number of bins, for the form that takes it */
static int32
BinsArgument(FunctionCallInfo fcinfo)
{
	int32 bins;

	if (PG_ARGISNULL(3))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bins must not be NULL")));
	bins = PG_GETARG_INT32(3);
	if (bins < DRIFT_MIN_BINS || bins > DRIFT_MAX_BINS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("bins must be between %d and %d", DRIFT_MIN_BINS, DRIFT_MAX_BINS),
						errdetail("It is %d.", bins)));
	return bins;
}

/* Create the state for the type of argument 1, at the first row */
Labelled *
LabelledCreate(FunctionCallInfo fcinfo)
{
	MemoryContext context;
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 1);
	ValueReader reader = ReaderOfType(type);
	Labelled *state;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "labelled_accum called in non-aggregate context");
	if (ReaderIsNumeric(reader))
		state = LabelledNumbersCreate(fcinfo, context);
	else
		state = LabelledCategoriesCreate(fcinfo, context);
	state->reader = reader;
	state->type = type;
	state->bins = DRIFT_DEFAULT_BINS;
	return state;
}

/* Create the state of the transition function, which may take a number of bins */
static Labelled *
CreateState(FunctionCallInfo fcinfo)
{
	Labelled *state = LabelledCreate(fcinfo);

	if (PG_NARGS() > 3 && !ReaderIsNumeric(state->reader))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("values of type %s cannot be cut into bins", format_type_be(state->type)),
						errhint("Each category is a bin of its own. Leave out the number of bins.")));
	if (PG_NARGS() > 3)
		state->bins = BinsArgument(fcinfo);
	return state;
}

/* Ensure that the number of bins does not change from row to row */
static inline void
CheckSameBins(FunctionCallInfo fcinfo, const Labelled *state)
{
	if (unlikely(PG_ARGISNULL(3) || PG_GETARG_INT32(3) != state->bins))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bins must be the same for all rows")));
}

/* Add the row of arguments 1 and 2 */
static inline void
AddRow(FunctionCallInfo fcinfo, Labelled *state)
{
	int side;

	if (unlikely(PG_ARGISNULL(2)))
	{
		state->unlabelled++;
		return;
	}
	side = PG_GETARG_BOOL(2) ? 1 : 0;
	if (PG_ARGISNULL(1))
		state->missing[side]++;
	else if (likely(ReaderIsNumeric(state->reader)))
	{
		double value = ReadNumber(state->reader, PG_GETARG_DATUM(1));

		if (unlikely(isnan(value)))
			state->missing[side]++;
		else
			LabelledNumbersAdd(state, side, value);
	}
	else
	{
		CategoryBytes category;

		ReadCategory(state->reader, PG_GETARG_DATUM(1), &category);
		LabelledCategoriesAdd(state, side, &category);
	}
}

void
LabelledAddRow(FunctionCallInfo fcinfo, Labelled *state)
{
	AddRow(fcinfo, state);
}

PG_FUNCTION_INFO_V1(drift_labelled_accum);
Datum
drift_labelled_accum(PG_FUNCTION_ARGS)
{
	Labelled *state;

	if (unlikely(PG_ARGISNULL(0)))
		state = CreateState(fcinfo);
	else
		state = (Labelled *) PG_GETARG_POINTER(0);
	if (PG_NARGS() > 3)
		CheckSameBins(fcinfo, state);
	AddRow(fcinfo, state);
	PG_RETURN_POINTER(state);
}

/* ------------------------------------------------------------------------
 * Final functions
 * ------------------------------------------------------------------------ */

/* Get the state, both sides of which have values */
Labelled *
LabelledFinished(FunctionCallInfo fcinfo)
{
	Labelled *state;
	int empty;

	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the reference side is empty"),
						errdetail("There are no rows."), errhint(SIDES_HINT)));
	state = (Labelled *) PG_GETARG_POINTER(0);
	if (state->n[0] > 0 && state->n[1] > 0)
		return state;

	empty = state->n[0] == 0 ? 0 : 1;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the %s side is empty", empty == 0 ? "reference" : "current"),
					errdetail("It has no value and " INT64_FORMAT " missing values; the other side has " INT64_FORMAT
							  " values and " INT64_FORMAT " missing ones; the flag of " INT64_FORMAT " rows is NULL.",
							  state->missing[empty], state->n[1 - empty], state->missing[1 - empty], state->unlabelled),
					errhint(SIDES_HINT)));
}

/* Get the state of a statistic that only numbers have */
Labelled *
LabelledFinishedNumbers(FunctionCallInfo fcinfo, const char *statistic)
{
	Labelled *state = LabelledFinished(fcinfo);

	if (state->kind != LABELLED_NUMBERS)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("%s needs numbers, not values of type %s", statistic, format_type_be(state->type)),
						errhint("Statistics of categories too: psi, kl_divergence, js_distance, hellinger_distance, "
								"total_variation, l_infinity, cramers_v, chi_square_test, g_test; z_test and "
								"fisher_exact_test of two.")));
	return state;
}

/* Compare the shares of both sides in bins or categories */
static DriftDivergence
Divergence(FunctionCallInfo fcinfo, bool pool)
{
	Labelled *state = LabelledFinished(fcinfo);
	DriftDivergence divergence;

	switch (state->kind)
	{
		case LABELLED_NUMBERS:
			LabelledNumbersDivergence(state, &divergence);
			break;
		case LABELLED_CATEGORIES:
			LabelledCategoriesDivergence(state, pool, &divergence);
			break;
		case LABELLED_BINS:
			LabelledBinsDivergence(state, &divergence);
			break;
	}
	return divergence;
}

PG_FUNCTION_INFO_V1(drift_labelled_psi);
Datum
drift_labelled_psi(PG_FUNCTION_ARGS)
{
	DriftDivergence divergence = Divergence(fcinfo, true);

	PG_RETURN_FLOAT8(drift_psi(&divergence));
}

PG_FUNCTION_INFO_V1(drift_labelled_kl_divergence);
Datum
drift_labelled_kl_divergence(PG_FUNCTION_ARGS)
{
	DriftDivergence divergence = Divergence(fcinfo, true);

	PG_RETURN_FLOAT8(drift_kl_divergence(&divergence));
}

PG_FUNCTION_INFO_V1(drift_labelled_js_distance);
Datum
drift_labelled_js_distance(PG_FUNCTION_ARGS)
{
	DriftDivergence divergence = Divergence(fcinfo, false);

	PG_RETURN_FLOAT8(drift_js_distance(&divergence));
}

PG_FUNCTION_INFO_V1(drift_labelled_hellinger_distance);
Datum
drift_labelled_hellinger_distance(PG_FUNCTION_ARGS)
{
	DriftDivergence divergence = Divergence(fcinfo, false);

	PG_RETURN_FLOAT8(drift_hellinger_distance(&divergence));
}

PG_FUNCTION_INFO_V1(drift_labelled_total_variation);
Datum
drift_labelled_total_variation(PG_FUNCTION_ARGS)
{
	DriftDivergence divergence = Divergence(fcinfo, false);

	PG_RETURN_FLOAT8(drift_total_variation(&divergence));
}

PG_FUNCTION_INFO_V1(drift_labelled_wasserstein_distance);
Datum
drift_labelled_wasserstein_distance(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "wasserstein_distance");

	PG_RETURN_FLOAT8(drift_two_sample_wasserstein(LabelledNumbersCompare(state)));
}

/* In units of the reference's population deviation; a constant reference has none */
PG_FUNCTION_INFO_V1(drift_labelled_normalized_wasserstein_distance);
Datum
drift_labelled_normalized_wasserstein_distance(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "normalized_wasserstein_distance");
	const DriftMoments *reference = &LabelledNumbersMoments(state)[0];
	double distance = drift_two_sample_wasserstein(LabelledNumbersCompare(state));

	PG_RETURN_FLOAT8(distance / sqrt(reference->m2 / (double) reference->n));
}

/* Form a test_result; the row forms are exact */
Datum
LabelledResult(FunctionCallInfo fcinfo, const Labelled *state, double statistic, double p_value)
{
	return ReturnExactTest(fcinfo, state->n, (DriftTest){statistic, p_value});
}

PG_FUNCTION_INFO_V1(drift_labelled_ks_test);
Datum
drift_labelled_ks_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "ks_test");
	double distance = LabelledNumbersKs(state);

	PG_RETURN_DATUM(LabelledResult(fcinfo, state, distance, drift_ks_p_value(distance, state->n[0], state->n[1])));
}

PG_FUNCTION_INFO_V1(drift_labelled_mann_whitney_test);
Datum
drift_labelled_mann_whitney_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "mann_whitney_test");
	const DriftTwoSample *pair = LabelledNumbersCompare(state);
	DriftTest test =
		drift_mann_whitney(drift_two_sample_u(pair), state->n[0], state->n[1], drift_two_sample_tie_term(pair));

	PG_RETURN_DATUM(LabelledResult(fcinfo, state, test.statistic, test.p_value));
}

/* Sample variance; of a single value there is none */
static double
SampleVariance(const DriftMoments *moments)
{
	return moments->n > 1 ? moments->m2 / (double) (moments->n - 1) : NAN;
}

PG_FUNCTION_INFO_V1(drift_labelled_t_test);
Datum
drift_labelled_t_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "t_test");
	const DriftMoments *moments = LabelledNumbersMoments(state);
	DriftTest test = drift_welch_t(moments[0].mean, SampleVariance(&moments[0]), state->n[0], moments[1].mean,
								   SampleVariance(&moments[1]), state->n[1]);

	PG_RETURN_DATUM(LabelledResult(fcinfo, state, test.statistic, test.p_value));
}
