/*
 * labelled_bins.c
 *		Labelled rows counted in bins of given edges: no memory beyond the
 *		counts, and a row costs little more than reading it.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "compat.h"
#include "pg/labelled.h"

#define MAX_GIVEN_EDGES 1024

typedef struct LabelledBins
{
	Labelled head;
	ArrayType *given; /* the argument, to compare with when it may change; or NULL */
	uint32 edge_count;
	uint64 *edges; /* as keys (stats/sample.h): integers compare in fewer instructions */
	int64 *counts[2];
} LabelledBins;

/* Ensure that the argument is an array of at most 1024 ascending numbers */
static void
CheckEdges(ArrayType *array)
{
	int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	const float8 *edges = (const float8 *) ARR_DATA_PTR(array);

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("edges must be a one-dimensional array"),
						errdetail("The array has %d dimensions.", ARR_NDIM(array))));
	if (array_contains_nulls(array))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("edges must not be NULL"),
						errdetail("The array contains a NULL.")));
	if (count < 1 || count > MAX_GIVEN_EDGES)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("there must be between 1 and %d edges", MAX_GIVEN_EDGES),
						errdetail("The array has %d elements.", count)));
	for (int i = 0; i < count; i++)
	{
		if (isnan(edges[i]))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("edges must be numbers"),
							errdetail("Edge %d is NaN.", i + 1)));
		if (i > 0 && !(edges[i] > edges[i - 1]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("edges must be in strictly ascending order"),
					 errdetail("Edge %d is %g and edge %d is %g.", i, edges[i - 1], i + 1, edges[i])));
	}
}

/* Take over the edges; infinite ones go, since the outer bins are open anyway */
static void
SetEdges(LabelledBins *bins, ArrayType *array)
{
	int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	const float8 *edges = (const float8 *) ARR_DATA_PTR(array);

	if (isinf(edges[count - 1]))
		count--;
	if (count > 0 && isinf(edges[0]))
	{
		edges++;
		count--;
	}
	bins->edge_count = count;
	bins->edges = MemoryContextAlloc(bins->head.context, sizeof(uint64) * Max(count, 1));
	for (int i = 0; i < count; i++)
		bins->edges[i] = drift_key_of(edges[i]);
	for (int side = 0; side < 2; side++)
		bins->counts[side] = MemoryContextAllocZero(bins->head.context, sizeof(int64) * (count + 1));
}

static ArrayType *
EdgesArgument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(3))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("edges must not be NULL")));
	return PG_GETARG_ARRAYTYPE_P(3);
}

/* Are the edges a constant of the query? get_fn_expr_arg_stable() cannot tell in a transition function. */
static bool
EdgesAreConstant(FunctionCallInfo fcinfo)
{
	Aggref *aggref = AggGetAggref(fcinfo);

	return aggref != NULL && IsA(((TargetEntry *) list_nth(aggref->args, 2))->expr, Const);
}

/* Create the state at the first row */
static pg_noinline LabelledBins *
CreateBins(FunctionCallInfo fcinfo)
{
	MemoryContext context;
	LabelledBins *bins;
	ArrayType *array;
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 1);
	ValueReader reader = ReaderOfType(type);

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "labelled_accum called in non-aggregate context");
	if (!ReaderIsNumeric(reader))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("values of type %s cannot be cut at edges", format_type_be(type)),
						errhint("Each category is a bin of its own. Leave out the edges.")));

	array = EdgesArgument(fcinfo);
	CheckEdges(array);

	bins = MemoryContextAllocZero(context, sizeof(LabelledBins));
	bins->head.kind = LABELLED_BINS;
	bins->head.reader = reader;
	bins->head.type = type;
	bins->head.context = context;
	SetEdges(bins, array);
	if (!EdgesAreConstant(fcinfo))
	{
		bins->given = MemoryContextAlloc(context, VARSIZE(array));
		memcpy(bins->given, array, VARSIZE(array));
	}
	return bins;
}

/* Ensure that edges which are computed for each row are the same for all */
static pg_noinline void
CheckSameEdges(FunctionCallInfo fcinfo, const LabelledBins *bins)
{
	ArrayType *array = EdgesArgument(fcinfo);

	if (VARSIZE(array) != VARSIZE(bins->given) || memcmp(array, bins->given, VARSIZE(array)) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("edges must be the same for all rows")));
}

/* Get the number of edges below a key, that is its bin */
static inline uint32
BinOfKey(const LabelledBins *bins, uint64 key)
{
	const uint64 *edges = bins->edges;
	uint32 bin = 0;

	if (likely(bins->edge_count <= DRIFT_LINEAR_EDGES))
	{
		for (uint32 i = 0; i < bins->edge_count; i++)
			bin += edges[i] < key;
		return bin;
	}
	for (uint32 left = bins->edge_count; left > 0;)
	{
		uint32 half = left / 2;

		bin += edges[bin + half] < key ? left - half : 0;
		left = half;
	}
	return bin;
}

PG_FUNCTION_INFO_V1(drift_labelled_bins_accum);
Datum
drift_labelled_bins_accum(PG_FUNCTION_ARGS)
{
	LabelledBins *bins;
	int side;
	double value;

	if (unlikely(PG_ARGISNULL(0)))
		bins = CreateBins(fcinfo);
	else
		bins = (LabelledBins *) PG_GETARG_POINTER(0);
	if (unlikely(bins->given != NULL))
		CheckSameEdges(fcinfo, bins);

	if (unlikely(PG_ARGISNULL(2)))
	{
		bins->head.unlabelled++;
		PG_RETURN_POINTER(bins);
	}
	side = PG_GETARG_BOOL(2) ? 1 : 0;
	value = PG_ARGISNULL(1) ? NAN : ReadNumber(bins->head.reader, PG_GETARG_DATUM(1));
	if (unlikely(isnan(value)))
	{
		bins->head.missing[side]++;
		PG_RETURN_POINTER(bins);
	}
	bins->head.n[side]++;
	bins->counts[side][BinOfKey(bins, drift_key_of(value))]++;
	PG_RETURN_POINTER(bins);
}

/* Compare the shares of both sides in the bins */
void
LabelledBinsDivergence(Labelled *state, DriftDivergence *divergence)
{
	LabelledBins *bins = (LabelledBins *) state;

	drift_divergence_init(divergence, state->n[0], state->n[1], DRIFT_DEFAULT_FLOOR);
	for (uint32 bin = 0; bin <= bins->edge_count; bin++)
		drift_divergence_step(divergence, bins->counts[0][bin], bins->counts[1][bin]);
}
