/*
 * test_result.h
 *		drift.test_result, which every test returns.
 */
#ifndef DRIFT_PG_TEST_RESULT_H
#define DRIFT_PG_TEST_RESULT_H

#include "fmgr.h"

#include "stats/hypothesis.h"

/* The fields of the SQL type, in its order; without a summary the error is 0 and the three p-values are one. */
typedef struct TestResult
{
	double statistic;
	double p_value;
	int64 n_reference;
	int64 n_current;
	double statistic_error;
	double p_value_low;
	double p_value_high;
} TestResult;

extern Datum ReturnTestResult(FunctionCallInfo fcinfo, const TestResult *result);

/* The result of a test that was made from all rows, n of the reference and of the current side. */
extern Datum ReturnExactTest(FunctionCallInfo fcinfo, const int64 n[2], DriftTest test);

#endif
