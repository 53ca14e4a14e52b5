/*
 * binary_decisions.c
 *		Metrics of decisions: how many rows, or how much weight, were right and wrong.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/typcache.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/binary.h"
#include "pg/composite.h"
#include "pg/constant_argument.h"
#include "pg/flat_state.h"

/* Rows by prediction and actual value. Whether values agree is counted in two of the cells. */
typedef struct DecisionCounts
{
	int64 rows[2][2];
	DriftSum weight[2][2];
	bool weighted;
	double beta;
} DecisionCounts;

static DecisionCounts *
CreateCounts(FunctionCallInfo fcinfo)
{
	return MemoryContextAllocZero(AggregateContext(fcinfo), sizeof(DecisionCounts));
}

static inline DecisionCounts *
Counts(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(0) ? CreateCounts(fcinfo) : (DecisionCounts *) PG_GETARG_POINTER(0);
}

/* Count a row whose weight, if it is given one, is an argument */
static inline void
CountRow(FunctionCallInfo fcinfo, DecisionCounts *counts, bool prediction, bool actual, int weight_number)
{
	double weight;

	if (weight_number == 0)
	{
		counts->rows[prediction][actual]++;
		return;
	}
	counts->weighted = true;
	if (!BinaryWeight(fcinfo, weight_number, &weight))
		return;
	counts->rows[prediction][actual]++;
	drift_sum_add(&counts->weight[prediction][actual], weight);
}

/* (prediction, actual [, weight]) */
PG_FUNCTION_INFO_V1(drift_decisions_accum);
Datum
drift_decisions_accum(PG_FUNCTION_ARGS)
{
	DecisionCounts *counts = Counts(fcinfo);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		CountRow(fcinfo, counts, PG_GETARG_BOOL(1), PG_GETARG_BOOL(2), PG_NARGS() > 3 ? 3 : 0);
	PG_RETURN_POINTER(counts);
}

/* (prediction, actual, beta [, weight]) */
PG_FUNCTION_INFO_V1(drift_decisions_beta_accum);
Datum
drift_decisions_beta_accum(PG_FUNCTION_ARGS)
{
	DecisionCounts *counts = Counts(fcinfo);
	double beta = PG_ARGISNULL(3) ? NAN : PG_GETARG_FLOAT8(3);

	if (PG_ARGISNULL(0))
		counts->beta = beta;
	if (beta != counts->beta)
		RefuseArgument("beta");
	if (beta < 0 || isinf(beta))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("beta must be finite and not negative"),
						errdetail("It is %g.", beta)));
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		CountRow(fcinfo, counts, PG_GETARG_BOOL(1), PG_GETARG_BOOL(2), PG_NARGS() > 4 ? 4 : 0);
	PG_RETURN_POINTER(counts);
}

/* ------------------------------------------------------------------------
 * Values of any type
 * ------------------------------------------------------------------------ */

/* How to compare the values of a call */
typedef struct Comparison
{
	bool floats;  /* may be NaN, which is missing */
	bool by_bits; /* equal values are equal Datums */
	Oid type;
	FmgrInfo equal;
} Comparison;

static Comparison *
PrepareComparison(FunctionCallInfo fcinfo)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 1);
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO);
	Comparison *comparison = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Comparison));

	if (!OidIsValid(entry->eq_opr_finfo.fn_oid))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
						errmsg("values of type %s cannot be compared", format_type_be(type)),
						errhint("Cast both to a type that has an equality operator, such as text or jsonb.")));
	comparison->type = type;
	comparison->floats = type == FLOAT8OID || type == FLOAT4OID || type == NUMERICOID;
	comparison->by_bits = entry->typbyval && (type == BOOLOID || type == INT4OID || type == INT8OID || type == INT2OID);
	fmgr_info_copy(&comparison->equal, &entry->eq_opr_finfo, fcinfo->flinfo->fn_mcxt);
	fcinfo->flinfo->fn_extra = comparison;
	return comparison;
}

static bool
IsNaN(const Comparison *comparison, Datum value)
{
	switch (comparison->type)
	{
		case FLOAT8OID:
			return isnan(DatumGetFloat8(value));
		case FLOAT4OID:
			return isnan(DatumGetFloat4(value));
		default:
			return numeric_is_nan(DatumGetNumeric(value));
	}
}

/* (prediction, actual [, weight]) of one type */
PG_FUNCTION_INFO_V1(drift_accuracy_accum);
Datum
drift_accuracy_accum(PG_FUNCTION_ARGS)
{
	DecisionCounts *counts = Counts(fcinfo);
	Comparison *comparison = fcinfo->flinfo->fn_extra;
	Datum prediction = PG_GETARG_DATUM(1);
	Datum actual = PG_GETARG_DATUM(2);
	bool equal;

	if (unlikely(comparison == NULL))
		comparison = PrepareComparison(fcinfo);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_POINTER(counts);
	if (comparison->floats && (IsNaN(comparison, prediction) || IsNaN(comparison, actual)))
		PG_RETURN_POINTER(counts);
	if (comparison->by_bits)
		equal = prediction == actual;
	else
		equal = DatumGetBool(FunctionCall2Coll(&comparison->equal, PG_GET_COLLATION(), prediction, actual));
	CountRow(fcinfo, counts, true, equal, PG_NARGS() > 3 ? 3 : 0);
	PG_RETURN_POINTER(counts);
}

/* ------------------------------------------------------------------------
 * Parallel counts
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_decisions_combine);
Datum
drift_decisions_combine(PG_FUNCTION_ARGS)
{
	DecisionCounts *into;
	const DecisionCounts *from = PG_ARGISNULL(1) ? NULL : (const DecisionCounts *) PG_GETARG_POINTER(1);

	if (from == NULL && PG_ARGISNULL(0))
		PG_RETURN_NULL();
	into = Counts(fcinfo);
	if (from == NULL)
		PG_RETURN_POINTER(into);
	into->weighted |= from->weighted;
	into->beta = from->beta;
	for (int prediction = 0; prediction < 2; prediction++)
		for (int actual = 0; actual < 2; actual++)
		{
			into->rows[prediction][actual] += from->rows[prediction][actual];
			drift_sum_merge(&into->weight[prediction][actual], &from->weight[prediction][actual]);
		}
	PG_RETURN_POINTER(into);
}

PG_FUNCTION_INFO_V1(drift_decisions_serialize);
Datum
drift_decisions_serialize(PG_FUNCTION_ARGS)
{
	return FlatStateBytes(PG_GETARG_POINTER(0), sizeof(DecisionCounts));
}

PG_FUNCTION_INFO_V1(drift_decisions_deserialize);
Datum
drift_decisions_deserialize(PG_FUNCTION_ARGS)
{
	return FlatStateOfBytes(fcinfo);
}

/* ------------------------------------------------------------------------
 * Final functions
 * ------------------------------------------------------------------------ */

static double
Cell(const DecisionCounts *counts, bool prediction, bool actual)
{
	return counts->weighted ? BinaryWeightTotal(&counts->weight[prediction][actual])
							: (double) counts->rows[prediction][actual];
}

/* Get the cells; false when there is no row */
static bool
FinishedDecisions(FunctionCallInfo fcinfo, DriftDecisions *d)
{
	const DecisionCounts *counts = PG_ARGISNULL(0) ? NULL : (const DecisionCounts *) PG_GETARG_POINTER(0);

	if (counts == NULL)
		return false;
	*d = (DriftDecisions){Cell(counts, true, true), Cell(counts, true, false), Cell(counts, false, true),
						  Cell(counts, false, false)};
	return d->tp + d->fp + d->fn + d->tn > 0;
}

static Datum
FinishWith(FunctionCallInfo fcinfo, double (*measure)(const DriftDecisions *d))
{
	DriftDecisions d;

	if (!FinishedDecisions(fcinfo, &d))
		PG_RETURN_NULL();
	return NumberResult(fcinfo, measure(&d));
}

/* The rows of accuracy are all called positive, and are so where the values agree: their precision */
PG_FUNCTION_INFO_V1(drift_accuracy);
Datum
drift_accuracy(PG_FUNCTION_ARGS)
{
	return FinishWith(fcinfo, drift_decisions_precision);
}

PG_FUNCTION_INFO_V1(drift_precision);
Datum
drift_precision(PG_FUNCTION_ARGS)
{
	return FinishWith(fcinfo, drift_decisions_precision);
}

PG_FUNCTION_INFO_V1(drift_recall);
Datum
drift_recall(PG_FUNCTION_ARGS)
{
	return FinishWith(fcinfo, drift_decisions_recall);
}

PG_FUNCTION_INFO_V1(drift_specificity);
Datum
drift_specificity(PG_FUNCTION_ARGS)
{
	return FinishWith(fcinfo, drift_decisions_specificity);
}

PG_FUNCTION_INFO_V1(drift_balanced_accuracy);
Datum
drift_balanced_accuracy(PG_FUNCTION_ARGS)
{
	return FinishWith(fcinfo, drift_decisions_balanced_accuracy);
}

PG_FUNCTION_INFO_V1(drift_mcc);
Datum
drift_mcc(PG_FUNCTION_ARGS)
{
	return FinishWith(fcinfo, drift_decisions_mcc);
}

PG_FUNCTION_INFO_V1(drift_f1);
Datum
drift_f1(PG_FUNCTION_ARGS)
{
	DriftDecisions d;

	if (!FinishedDecisions(fcinfo, &d))
		PG_RETURN_NULL();
	return NumberResult(fcinfo, drift_decisions_f_beta(&d, 1));
}

PG_FUNCTION_INFO_V1(drift_f_beta);
Datum
drift_f_beta(PG_FUNCTION_ARGS)
{
	DriftDecisions d;

	if (!FinishedDecisions(fcinfo, &d))
		PG_RETURN_NULL();
	return NumberResult(fcinfo, drift_decisions_f_beta(&d, ((const DecisionCounts *) PG_GETARG_POINTER(0))->beta));
}

PG_FUNCTION_INFO_V1(drift_confusion);
Datum
drift_confusion(PG_FUNCTION_ARGS)
{
	DriftDecisions d;
	Datum values[4];
	bool nulls[4] = {false};

	if (!FinishedDecisions(fcinfo, &d))
		PG_RETURN_NULL();
	NumberField(values, nulls, 0, d.tp);
	NumberField(values, nulls, 1, d.fp);
	NumberField(values, nulls, 2, d.fn);
	NumberField(values, nulls, 3, d.tn);
	return RowDatum(ReturnedRowType(fcinfo, 4), values, nulls);
}
