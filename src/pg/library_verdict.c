#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/library_verdict.h"

Datum
ReturnLibraryVerdict(FunctionCallInfo fcinfo, const LibraryVerdict *verdict)
{
	TupleDesc tupdesc;
	Datum values[10] = {0};
	bool nulls[10] = {false};
	bool untested = verdict->method == NULL;

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != lengthof(values))
		elog(ERROR, "unexpected result type of a verdict");
	nulls[0] = verdict->kind == NULL;
	if (!nulls[0])
		values[0] = CStringGetTextDatum(verdict->kind);
	nulls[1] = nulls[2] = nulls[4] = nulls[5] = untested;
	nulls[3] = untested || isnan(verdict->p_value);
	if (!untested)
	{
		values[1] = CStringGetTextDatum(verdict->method);
		values[2] = Float8GetDatum(verdict->statistic);
		values[3] = Float8GetDatum(verdict->p_value);
		values[4] = Float8GetDatum(verdict->threshold);
		values[5] = BoolGetDatum(verdict->drifted);
	}
	values[6] = Int64GetDatum(verdict->n[0]);
	values[7] = Int64GetDatum(verdict->n[1]);
	values[8] = CStringGetTextDatum(verdict->state);
	values[9] = CStringGetTextDatum(verdict->reason);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls));
}

AskedMethods
ReadAskedMethods(FunctionCallInfo fcinfo, int first, MemoryContext context)
{
	const char *names[3];

	for (int i = 0; i < 3; i++)
		names[i] = PG_ARGISNULL(first + i)
					   ? NULL
					   : MemoryContextStrdup(context, text_to_cstring(PG_GETARG_TEXT_PP(first + i)));
	return (AskedMethods){.column = names[0], .numeric = names[1], .categorical = names[2]};
}

const char *
AskedMethod(const AskedMethods *asked, bool numeric)
{
	if (asked->column)
		return asked->column;
	return numeric ? asked->numeric : asked->categorical;
}
