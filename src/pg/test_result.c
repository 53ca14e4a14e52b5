#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"

#include "compat.h"
#include "pg/test_result.h"

Datum
ReturnTestResult(FunctionCallInfo fcinfo, const TestResult *result)
{
	TupleDesc tupdesc;
	Datum values[7];
	bool nulls[7] = {false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != lengthof(values))
		elog(ERROR, "unexpected result type of a test");
	values[0] = Float8GetDatum(result->statistic);
	values[1] = Float8GetDatum(result->p_value);
	values[2] = Int64GetDatum(result->n_reference);
	values[3] = Int64GetDatum(result->n_current);
	values[4] = Float8GetDatum(result->statistic_error);
	values[5] = Float8GetDatum(result->p_value_low);
	values[6] = Float8GetDatum(result->p_value_high);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls));
}

Datum
ReturnExactTest(FunctionCallInfo fcinfo, const int64 n[2], DriftTest test)
{
	TestResult result = {.statistic = test.statistic,
						 .p_value = test.p_value,
						 .n_reference = n[0],
						 .n_current = n[1],
						 .statistic_error = 0,
						 .p_value_low = test.p_value,
						 .p_value_high = test.p_value};

	return ReturnTestResult(fcinfo, &result);
}
