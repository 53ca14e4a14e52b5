/*
 * binary_arguments.c
 *		Arguments and results of the metrics of binary models.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "compat.h"
#include "pg/binary.h"

void
BinaryRefuseChange(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must be the same for all rows, and not NULL", name)));
}

int32
BinaryCountArgument(FunctionCallInfo fcinfo, int number, const char *name, int32 low, int32 high)
{
	int32 count;

	if (PG_ARGISNULL(number))
		BinaryRefuseChange(name);
	count = PG_GETARG_INT32(number);
	if (count < low || count > high)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be between %d and %d", name, low, high), errdetail("It is %d.", count)));
	return count;
}

void
BinaryRefuseWeight(double weight)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a weight must be finite and not negative"),
					errdetail("It is %g.", weight), errhint("Rows of weight NULL are left out.")));
}

double
BinaryWeightTotal(const DriftSum *weight)
{
	double total = drift_sum_total(weight);

	if (!isfinite(total))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("value out of range: overflow"),
						errdetail("The sum of the weights is too large for double precision."),
						errhint("Divide all weights by a large number.")));
	return total;
}

void
BinaryRefuseScore(double score)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a score must be a probability, 0 to 1"),
			 errdetail("It is %g.", score),
			 errhint("Log loss, Brier's score and calibration are of probabilities; roc_auc, average_precision and "
					 "ks_statistic take any score.")));
}

Datum
BinaryNumber(FunctionCallInfo fcinfo, double number)
{
	if (isnan(number))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(number);
}

BinaryRows
BinaryRowsBegin(FunctionCallInfo fcinfo, int fields)
{
	BinaryRows rows = {.type = get_element_type(get_fn_expr_rettype(fcinfo->flinfo))};

	rows.desc = lookup_rowtype_tupdesc_copy(rows.type, -1);
	if (rows.desc->natts != fields)
		elog(ERROR, "unexpected result type of a curve");
	rows.rows = initArrayResult(rows.type, CurrentMemoryContext, true);
	return rows;
}

void
BinaryRowsAdd(BinaryRows *rows, Datum *values, bool *nulls)
{
	HeapTuple tuple = heap_form_tuple(rows->desc, values, nulls);

	accumArrayResult(rows->rows, HeapTupleGetDatum(tuple), false, rows->type, CurrentMemoryContext);
	heap_freetuple(tuple);
}

Datum
BinaryRowsEnd(FunctionCallInfo fcinfo, BinaryRows *rows)
{
	PG_RETURN_DATUM(makeArrayResult(rows->rows, CurrentMemoryContext));
}

Datum
BinaryRow(FunctionCallInfo fcinfo, Datum *values, bool *nulls, int fields)
{
	TupleDesc desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != fields)
		elog(ERROR, "unexpected result type of a metric");
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
