/*
 * count_tests.c
 *		Tests of two or more arms from counts that a query already has.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "compat.h"
#include "pg/composite.h"
#include "pg/constant_argument.h"
#include "pg/labelled.h"
#include "pg/test_result.h"
#include "stats/beta_posterior.h"
#include "stats/fisher.h"
#include "stats/proportions.h"
#include "stats/sequential.h"

/* Sums of counts stay far from overflow */
#define MAX_COUNT (INT64_C(1) << 53)

/* ------------------------------------------------------------------------
 * Arguments
 * ------------------------------------------------------------------------ */

/* Two arms, of x rows among n each */
typedef struct Arms
{
	int64 x[2];
	int64 n[2];
} Arms;

static Arms
ReadArms(FunctionCallInfo fcinfo)
{
	Arms arms;

	for (int arm = 0; arm < 2; arm++)
	{
		arms.x[arm] = PG_GETARG_INT64(2 * arm);
		arms.n[arm] = PG_GETARG_INT64(2 * arm + 1);
		if (arms.x[arm] < 0 || arms.x[arm] > arms.n[arm] || arms.n[arm] > MAX_COUNT)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("arm %d cannot have %lld successes in %lld rows", arm + 1, (long long) arms.x[arm],
								   (long long) arms.n[arm]),
							errhint("The arguments are successes and rows of the first arm, then of the second.")));
	}
	return arms;
}

static void
CheckTau(float8 tau)
{
	if (!(tau > 0) || isinf(tau))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("tau must be positive and finite"),
						errdetail("It is %g.", tau), errhint("It is about the size of a difference that matters.")));
}

/* A table of counts, row by row; dimensions says how many it must have */
static const int64 *
ReadCounts(ArrayType *array, int dimensions)
{
	int n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	const int64 *counts = (const int64 *) ARR_DATA_PTR(array);

	if (ARR_NDIM(array) != dimensions)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg(dimensions == 2 ? "counts must be a table, an array of two dimensions"
											   : "counts must be an array of one dimension"),
						errdetail("The array has %d.", ARR_NDIM(array)),
						errhint(dimensions == 2 ? "As in '{{120,880},{150,850}}'." : "As in '{5000,5200}'.")));
	if (array_contains_nulls(array))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("counts must not be NULL")));
	for (int i = 0; i < n; i++)
		if (counts[i] < 0 || counts[i] > MAX_COUNT)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("counts must not be negative, and at most 2^53"),
					 errdetail("One is %lld.", (long long) counts[i])));
	return counts;
}

/* Form a row of numbers, NaN as NULL */
static Datum
ReturnNumbers(FunctionCallInfo fcinfo, const double *numbers, int count)
{
	Datum *values = palloc(sizeof(Datum) * count);
	bool *nulls = palloc(sizeof(bool) * count);

	for (int i = 0; i < count; i++)
		NumberField(values, nulls, i, numbers[i]);
	return RowDatum(ReturnedRowType(fcinfo, count), values, nulls);
}

/* ------------------------------------------------------------------------
 * Two shares
 * ------------------------------------------------------------------------ */

/* two_proportion_test(x1, n1, x2, n2, confidence) */
PG_FUNCTION_INFO_V1(drift_two_proportion_test);
Datum
drift_two_proportion_test(PG_FUNCTION_ARGS)
{
	Arms arms = ReadArms(fcinfo);
	float8 confidence = PG_GETARG_FLOAT8(4);
	DriftInterval difference;
	DriftTest test;

	CheckConfidence(confidence);
	difference = drift_newcombe(arms.x[0], arms.n[0], arms.x[1], arms.n[1], confidence);
	test = drift_two_proportion_z(arms.x[0], arms.n[0], arms.x[1], arms.n[1]);
	PG_RETURN_DATUM(
		ReturnNumbers(fcinfo,
					  (double[]){(double) arms.x[0] / (double) arms.n[0], (double) arms.x[1] / (double) arms.n[1],
								 difference.value, difference.low, difference.high, test.statistic, test.p_value},
					  7));
}

static Datum
ReturnSequential(FunctionCallInfo fcinfo, DriftSequential test)
{
	return ReturnNumbers(fcinfo, (double[]){test.difference, test.low, test.high, test.likelihood_ratio, test.p_value},
						 5);
}

/* msprt_test(x1, n1, x2, n2, tau, confidence) */
PG_FUNCTION_INFO_V1(drift_msprt_shares_test);
Datum
drift_msprt_shares_test(PG_FUNCTION_ARGS)
{
	Arms arms = ReadArms(fcinfo);

	CheckTau(PG_GETARG_FLOAT8(4));
	CheckConfidence(PG_GETARG_FLOAT8(5));
	PG_RETURN_DATUM(ReturnSequential(fcinfo, drift_msprt_shares(arms.x[0], arms.n[0], arms.x[1], arms.n[1],
																PG_GETARG_FLOAT8(4), PG_GETARG_FLOAT8(5))));
}

/* msprt_mean_test(mean_1, variance_1, n1, mean_2, variance_2, n2, tau, confidence) */
PG_FUNCTION_INFO_V1(drift_msprt_mean_test);
Datum
drift_msprt_mean_test(PG_FUNCTION_ARGS)
{
	float8 variance[2] = {PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(4)};
	int64 n[2] = {PG_GETARG_INT64(2), PG_GETARG_INT64(5)};

	for (int arm = 0; arm < 2; arm++)
		if (variance[arm] < 0 || n[arm] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("variances and numbers of rows must not be negative"),
					 errdetail("Arm %d has %lld rows and variance %g.", arm + 1, (long long) n[arm], variance[arm])));
	CheckTau(PG_GETARG_FLOAT8(6));
	CheckConfidence(PG_GETARG_FLOAT8(7));
	PG_RETURN_DATUM(
		ReturnSequential(fcinfo, drift_msprt_means(PG_GETARG_FLOAT8(0), variance[0], n[0], PG_GETARG_FLOAT8(3),
												   variance[1], n[1], PG_GETARG_FLOAT8(6), PG_GETARG_FLOAT8(7))));
}

/* beta_binomial_test(x1, n1, x2, n2, prior_a, prior_b) */
PG_FUNCTION_INFO_V1(drift_beta_binomial_test);
Datum
drift_beta_binomial_test(PG_FUNCTION_ARGS)
{
	Arms arms = ReadArms(fcinfo);
	float8 a = PG_GETARG_FLOAT8(4);
	float8 b = PG_GETARG_FLOAT8(5);
	DriftBeta posterior[2];
	DriftBetaTest test;

	if (!(a >= DRIFT_BETA_MIN && b >= DRIFT_BETA_MIN && a + b <= DRIFT_BETA_MAX / 2))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("parameters of the prior must be between %g and %g", DRIFT_BETA_MIN, DRIFT_BETA_MAX / 2),
						errdetail("They are %g and %g.", a, b), errhint("1 and 1 hold every share for as likely.")));
	for (int arm = 0; arm < 2; arm++)
	{
		posterior[arm] = (DriftBeta){a + (double) arms.x[arm], b + (double) (arms.n[arm] - arms.x[arm])};
		if (posterior[arm].a + posterior[arm].b > DRIFT_BETA_MAX)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many rows for a Beta-binomial test"),
							errdetail("Arm %d has %lld rows.", arm + 1, (long long) arms.n[arm])));
	}
	test = drift_beta_test(posterior[0], posterior[1]);
	PG_RETURN_DATUM(ReturnNumbers(fcinfo,
								  (double[]){posterior[0].a / (posterior[0].a + posterior[0].b),
											 posterior[1].a / (posterior[1].a + posterior[1].b), test.chance[0],
											 test.chance[1], test.loss[0], test.loss[1]},
								  6));
}

/* ------------------------------------------------------------------------
 * Tables
 * ------------------------------------------------------------------------ */

/* chi_square_test(counts) */
PG_FUNCTION_INFO_V1(drift_table_chi_square_test);
Datum
drift_table_chi_square_test(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	const int64 *counts = ReadCounts(array, 2);
	int rows = ARR_DIMS(array)[0];
	int columns = ARR_DIMS(array)[1];
	double *room = palloc(sizeof(double) * ((Size) rows + columns));
	DriftTableTest test = drift_table_test(counts, rows, columns, room);

	PG_RETURN_DATUM(ReturnNumbers(fcinfo,
								  (double[]){test.test.statistic, test.df, test.test.p_value, test.yates.statistic,
											 test.yates.p_value, test.least_expected},
								  6));
}

/* fisher_exact_test(counts) */
PG_FUNCTION_INFO_V1(drift_table_fisher_test);
Datum
drift_table_fisher_test(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	const int64 *counts = ReadCounts(array, 2);
	int64 rows[2];

	if (ARR_DIMS(array)[0] != 2 || ARR_DIMS(array)[1] != 2)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("Fisher's exact test needs a table of 2 x 2"),
						errdetail("The table is %d x %d.", ARR_DIMS(array)[0], ARR_DIMS(array)[1]),
						errhint("Larger tables have chi_square_test(counts).")));
	rows[0] = counts[0] + counts[1];
	rows[1] = counts[2] + counts[3];
	if (rows[0] == 0 || rows[1] == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(
		ReturnExactTest(fcinfo, rows, drift_fisher_exact(counts[0], rows[0], counts[2], rows[1], LabelledPoll)));
}

/* Weights of arms; all alike where there is no such argument */
static const double *
ReadWeights(FunctionCallInfo fcinfo, int number, int arms)
{
	ArrayType *array = PG_ARGISNULL(number) ? NULL : PG_GETARG_ARRAYTYPE_P(number);
	double *alike = palloc(sizeof(double) * arms);
	const double *weights;
	double total = 0;

	for (int i = 0; i < arms; i++)
		alike[i] = 1;
	if (array == NULL)
		return alike;
	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != arms || array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("there must be a weight for each of %d arms", arms)));
	weights = (const double *) ARR_DATA_PTR(array);
	for (int i = 0; i < arms; i++)
	{
		total += weights[i];
		if (!(weights[i] >= 0))
			total = NAN;
	}
	if (!(total > 0) || isinf(total))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("weights of arms must not be negative, and some must be positive")));
	return weights;
}

/* srm_test(counts, weights, alpha) */
PG_FUNCTION_INFO_V1(drift_srm_test);
Datum
drift_srm_test(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	const int64 *counts;
	float8 alpha;
	double df;
	DriftTest test;
	Datum values[4];
	bool nulls[4] = {false};

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	array = PG_GETARG_ARRAYTYPE_P(0);
	counts = ReadCounts(array, 1);
	alpha = PG_GETARG_FLOAT8(2);
	if (!(alpha > 0 && alpha < 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("alpha must be between 0 and 1"),
						errdetail("It is %g.", alpha)));
	test = drift_arms_test(counts, ReadWeights(fcinfo, 1, ARR_DIMS(array)[0]), ARR_DIMS(array)[0], &df);
	NumberField(values, nulls, 0, test.statistic);
	values[1] = Float8GetDatum(df);
	NumberField(values, nulls, 2, test.p_value);
	values[3] = BoolGetDatum(test.p_value < alpha);
	nulls[3] = nulls[2];
	PG_RETURN_DATUM(RowDatum(ReturnedRowType(fcinfo, lengthof(values)), values, nulls));
}
