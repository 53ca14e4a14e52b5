/*
 * relation.c
 *		Statistics of two columns: transition and final functions.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "compat.h"
#include "pg/constant_argument.h"
#include "pg/labelled.h"
#include "pg/relation.h"
#include "stats/bins.h"
#include "stats/sample.h"

#define DEFAULT_PERMUTATIONS 999
#define MAX_PERMUTATIONS 10000000

/* ------------------------------------------------------------------------
 * Arguments
 * ------------------------------------------------------------------------ */

static const char *const method_names[] = {
	[RELATION_PEARSON] = "pearson",
	[RELATION_SPEARMAN] = "spearman",
	[RELATION_KENDALL] = "kendall",
	[RELATION_CRAMERS_V] = "cramers_v",
};

static RelationMethod
MethodOfName(const char *name)
{
	for (int method = 0; method < lengthof(method_names); method++)
		if (strcmp(name, method_names[method]) == 0)
			return method;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no correlation named \"%s\"", name),
					errhint("Use pearson, spearman, kendall or cramers_v.")));
}

static text *
MethodArgument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(3))
		RefuseArgument("method");
	return PG_GETARG_TEXT_PP(3);
}

static inline void
CheckSameMethod(FunctionCallInfo fcinfo, const RelationState *relation)
{
	text *name = MethodArgument(fcinfo);
	Size length = VARSIZE_ANY_EXHDR(name);

	if (unlikely(length != VARSIZE_ANY_EXHDR(relation->method_name) ||
				 memcmp(VARDATA_ANY(name), VARDATA_ANY(relation->method_name), length) != 0))
		RefuseArgument("method");
}

static inline void
CheckSameNumbers(FunctionCallInfo fcinfo, const RelationState *relation)
{
	CheckSameInt32(fcinfo, 3, "bins", relation->bins);
	CheckSameInt32(fcinfo, 4, "permutations", relation->permutations);
	CheckSameInt64(fcinfo, 5, "seed", relation->seed);
}

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

/* Close what the memory context does not */
static void
ReleaseFile(Datum arg)
{
	ClosePairs(&((RelationState *) DatumGetPointer(arg))->pairs);
}

/* Columns of numbers only, and booleans as 0 and 1; or of categories too */
static void
ReadColumnType(FunctionCallInfo fcinfo, RelationState *relation, int side)
{
	RelationColumn *column = &relation->column[side];

	column->type = get_fn_expr_argtype(fcinfo->flinfo, side + 1);
	column->reader = ReaderOfType(column->type);
	if (ReaderIsNumeric(column->reader) || column->reader == READ_BOOL)
		return;
	if (relation->method < RELATION_CRAMERS_V)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("correlation needs numbers, not values of type %s", format_type_be(column->type)),
						errhint("Categories have correlation(x, y, 'cramers_v') and mutual_information(x, y).")));
	column->codes = CategoryCodesCreate(relation->context);
}

static RelationState *
CreateRelation(FunctionCallInfo fcinfo, RelationMethod method)
{
	MemoryContext context;
	RelationState *relation;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "an aggregate's transition function called in non-aggregate context");
	relation = MemoryContextAllocZero(context, sizeof(RelationState));
	relation->context = context;
	relation->pairs = (PairStore){.context = context, .stores = 1};
	relation->method = method;
	relation->bins = DRIFT_DEFAULT_BINS;
	ReadColumnType(fcinfo, relation, 0);
	ReadColumnType(fcinfo, relation, 1);
	/* sums need no file, and a moving window has no callbacks */
	if (method != RELATION_PEARSON)
		AggRegisterCallback(fcinfo, ReleaseFile, PointerGetDatum(relation));
	return relation;
}

/* Create the state of correlation(x, y, method) at the first row */
static pg_noinline RelationState *
CreateCorrelation(FunctionCallInfo fcinfo)
{
	text *name = MethodArgument(fcinfo);
	RelationState *relation = CreateRelation(fcinfo, MethodOfName(text_to_cstring(name)));

	relation->method_name = MemoryContextAlloc(relation->context, VARSIZE_ANY(name));
	memcpy(relation->method_name, name, VARSIZE_ANY(name));
	return relation;
}

/* Create the state of mutual information at the first row */
static pg_noinline RelationState *
CreateInformation(FunctionCallInfo fcinfo)
{
	RelationState *relation = CreateRelation(fcinfo, RELATION_INFORMATION);

	relation->bins = CountArgument(fcinfo, 3, "bins", DRIFT_DEFAULT_BINS, DRIFT_MIN_BINS, DRIFT_MAX_BINS);
	relation->permutations = CountArgument(fcinfo, 4, "permutations", DEFAULT_PERMUTATIONS, 1, MAX_PERMUTATIONS);
	relation->seed = SeedArgument(fcinfo, 5);
	return relation;
}

static inline double
ReadColumn(ValueReader reader, Datum value)
{
	return unlikely(reader == READ_BOOL) ? (double) DatumGetBool(value) : ReadNumber(reader, value);
}

/* Take a pair with a value that is NaN or infinite */
static pg_noinline void
AddUnusual(RelationState *relation, double x, double y)
{
	if (isnan(x) || isnan(y))
		return;
	relation->infinite = true;
	relation->pairs.n++;
}

static inline void
AddToComoments(FunctionCallInfo fcinfo, RelationState *relation)
{
	double x = ReadColumn(relation->column[0].reader, PG_GETARG_DATUM(1));
	double y = ReadColumn(relation->column[1].reader, PG_GETARG_DATUM(2));

	/* 0 if and only if both are finite */
	if (unlikely(!((x - x) + (y - y) == 0)))
	{
		AddUnusual(relation, x, y);
		return;
	}
	relation->pairs.n++;
	drift_comoments_add(&relation->comoments, x, y);
}

/* Get the key of a value; false when it is NaN */
static inline bool
ReadKey(RelationColumn *column, Datum value, uint64 *key)
{
	CategoryBytes category;
	double number;

	if (column->codes)
	{
		ReadCategory(column->reader, value, &category);
		*key = CategoryCode(column->codes, &category);
		return true;
	}
	number = ReadColumn(column->reader, value);
	*key = drift_key_of(number);
	return !isnan(number);
}

static inline void
AddToPairs(FunctionCallInfo fcinfo, RelationState *relation)
{
	uint64 x;
	uint64 y;

	/* a value whose partner is missing must not become a category */
	if (relation->column[0].codes == NULL ? ReadKey(&relation->column[0], PG_GETARG_DATUM(1), &x) &&
												ReadKey(&relation->column[1], PG_GETARG_DATUM(2), &y)
										  : ReadKey(&relation->column[1], PG_GETARG_DATUM(2), &y) &&
												ReadKey(&relation->column[0], PG_GETARG_DATUM(1), &x))
		AddPair(&relation->pairs, x, y);
}

PG_FUNCTION_INFO_V1(drift_correlation_accum);
Datum
drift_correlation_accum(PG_FUNCTION_ARGS)
{
	RelationState *relation;

	if (unlikely(PG_ARGISNULL(0)))
		relation = CreateRelation(fcinfo, RELATION_PEARSON);
	else
		relation = (RelationState *) PG_GETARG_POINTER(0);
	if (likely(!PG_ARGISNULL(1) && !PG_ARGISNULL(2)))
		AddToComoments(fcinfo, relation);
	PG_RETURN_POINTER(relation);
}

PG_FUNCTION_INFO_V1(drift_correlation_method_accum);
Datum
drift_correlation_method_accum(PG_FUNCTION_ARGS)
{
	RelationState *relation;

	if (unlikely(PG_ARGISNULL(0)))
		relation = CreateCorrelation(fcinfo);
	else
		relation = (RelationState *) PG_GETARG_POINTER(0);
	CheckSameMethod(fcinfo, relation);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_POINTER(relation);
	if (relation->method == RELATION_PEARSON)
		AddToComoments(fcinfo, relation);
	else
		AddToPairs(fcinfo, relation);
	PG_RETURN_POINTER(relation);
}

PG_FUNCTION_INFO_V1(drift_information_accum);
Datum
drift_information_accum(PG_FUNCTION_ARGS)
{
	RelationState *relation;

	if (unlikely(PG_ARGISNULL(0)))
		relation = CreateInformation(fcinfo);
	else
		relation = (RelationState *) PG_GETARG_POINTER(0);
	CheckSameNumbers(fcinfo, relation);
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		AddToPairs(fcinfo, relation);
	PG_RETURN_POINTER(relation);
}

/* ------------------------------------------------------------------------
 * Parallel sums
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_correlation_combine);
Datum
drift_correlation_combine(PG_FUNCTION_ARGS)
{
	RelationState *into = PG_ARGISNULL(0) ? NULL : (RelationState *) PG_GETARG_POINTER(0);
	const RelationState *from = PG_ARGISNULL(1) ? NULL : (const RelationState *) PG_GETARG_POINTER(1);
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "an aggregate's combine function called in non-aggregate context");
	if (from == NULL)
	{
		if (into == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(into);
	}
	if (into == NULL)
		into = MemoryContextAllocZero(context, sizeof(RelationState));
	into->pairs.n += from->pairs.n;
	into->infinite |= from->infinite;
	drift_comoments_merge(&into->comoments, &from->comoments);
	PG_RETURN_POINTER(into);
}

PG_FUNCTION_INFO_V1(drift_correlation_serialize);
Datum
drift_correlation_serialize(PG_FUNCTION_ARGS)
{
	const RelationState *relation = (const RelationState *) PG_GETARG_POINTER(0);
	StringInfoData bytes;

	pq_begintypsend(&bytes);
	pq_sendint64(&bytes, relation->pairs.n);
	pq_sendbyte(&bytes, relation->infinite);
	pq_sendbytes(&bytes, (const char *) &relation->comoments, sizeof(relation->comoments));
	PG_RETURN_BYTEA_P(pq_endtypsend(&bytes));
}

PG_FUNCTION_INFO_V1(drift_correlation_deserialize);
Datum
drift_correlation_deserialize(PG_FUNCTION_ARGS)
{
	bytea *bytes = PG_GETARG_BYTEA_PP(0);
	RelationState *relation = palloc0(sizeof(RelationState));
	StringInfoData message;

	initStringInfo(&message);
	appendBinaryStringInfo(&message, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	relation->pairs.n = pq_getmsgint64(&message);
	relation->infinite = pq_getmsgbyte(&message) != 0;
	pq_copymsgbytes(&message, (char *) &relation->comoments, sizeof(relation->comoments));
	pq_getmsgend(&message);
	PG_RETURN_POINTER(relation);
}

/* ------------------------------------------------------------------------
 * Final functions
 * ------------------------------------------------------------------------ */

/* With an infinity there is no number; squares that are too large are an error, as in corr() */
static DriftTest
TestPearson(const RelationState *relation)
{
	const DriftComoments *sums = &relation->comoments;
	DriftTest test = {NAN, NAN};

	if (relation->infinite)
		return test;
	if (!isfinite(sums->xx) || !isfinite(sums->yy))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("value out of range: overflow"),
						errdetail("The squares of the values are too large for double precision."),
						errhint("Divide the column by a large number, or use method 'spearman'.")));
	test.statistic = drift_pearson(sums);
	test.p_value = drift_pearson_p_value(test.statistic, relation->pairs.n);
	return test;
}

/* Do the test; where that takes long, once for all statistics of the state */
static DriftTest
TestRelation(RelationState *relation)
{
	/* in a window the state goes on */
	if (relation->method == RELATION_PEARSON)
		return TestPearson(relation);
	if (!relation->tested)
	{
		switch (relation->method)
		{
			case RELATION_SPEARMAN:
				relation->test = RelationSpearman(relation);
				break;
			case RELATION_KENDALL:
				relation->test = RelationKendall(relation);
				break;
			default:
				relation->test.statistic = drift_crosstab_cramers_v(RelationTable(relation));
				relation->test.p_value = drift_crosstab_cramers_v_p_value(RelationTable(relation));
				break;
		}
		relation->tested = true;
	}
	return relation->test;
}

/* Is a statistic that is no number one that there is none of? */
static bool
IsUndefined(const RelationState *relation, double statistic)
{
	return isnan(statistic) && !relation->infinite;
}

/* Get the state, NULL when there is no pair */
static RelationState *
FinishedRelation(FunctionCallInfo fcinfo)
{
	RelationState *relation = PG_ARGISNULL(0) ? NULL : (RelationState *) PG_GETARG_POINTER(0);

	return relation && relation->pairs.n > 0 ? relation : NULL;
}

/* Form a drift.association */
static Datum
ReturnAssociation(FunctionCallInfo fcinfo, const RelationState *relation, DriftTest test)
{
	TupleDesc tupdesc;
	Datum values[3];
	bool nulls[3] = {false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != lengthof(values))
		elog(ERROR, "unexpected result type of an association");
	values[0] = Float8GetDatum(test.statistic);
	values[1] = Float8GetDatum(test.p_value);
	values[2] = Int64GetDatum(relation ? relation->pairs.n : 0);
	nulls[0] = relation == NULL || IsUndefined(relation, test.statistic);
	nulls[1] = relation == NULL || IsUndefined(relation, test.p_value);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls));
}

PG_FUNCTION_INFO_V1(drift_correlation);
Datum
drift_correlation(PG_FUNCTION_ARGS)
{
	RelationState *relation = FinishedRelation(fcinfo);
	double statistic;

	if (relation == NULL)
		PG_RETURN_NULL();
	statistic = TestRelation(relation).statistic;
	if (IsUndefined(relation, statistic))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(statistic);
}

PG_FUNCTION_INFO_V1(drift_correlation_test);
Datum
drift_correlation_test(PG_FUNCTION_ARGS)
{
	RelationState *relation = FinishedRelation(fcinfo);
	DriftTest test = {NAN, NAN};

	if (relation)
		test = TestRelation(relation);
	PG_RETURN_DATUM(ReturnAssociation(fcinfo, relation, test));
}

PG_FUNCTION_INFO_V1(drift_mutual_information);
Datum
drift_mutual_information(PG_FUNCTION_ARGS)
{
	RelationState *relation = FinishedRelation(fcinfo);

	if (relation == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(drift_mutual_information_corrected(RelationTable(relation)));
}

/* Permute one column against the other */
static double
PermutedShare(RelationState *relation)
{
	DriftTotals *totals = &relation->totals;
	int64 reached;

	if (totals->values_x > DRIFT_PERMUTED_CELLS / totals->values_y)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many cells for a permutation test"),
						errdetail("The columns have " INT64_FORMAT " and " INT64_FORMAT
								  " distinct values or bins; their product must not pass %d.",
								  totals->values_x, totals->values_y, DRIFT_PERMUTED_CELLS),
						errhint("Group rare categories into one, or use fewer bins.")));
	totals->left = palloc(sizeof(int64) * totals->values_y);
	reached = drift_information_reached(&relation->table, totals, relation->permutations, (uint64) relation->seed,
										LabelledPoll);
	pfree(totals->left);
	return ((double) reached + 1) / ((double) relation->permutations + 1);
}

PG_FUNCTION_INFO_V1(drift_mutual_information_test);
Datum
drift_mutual_information_test(PG_FUNCTION_ARGS)
{
	RelationState *relation = FinishedRelation(fcinfo);
	DriftTest test = {NAN, NAN};

	if (relation)
	{
		test.statistic = drift_mutual_information_plugin(RelationTable(relation));
		test.p_value = PermutedShare(relation);
	}
	PG_RETURN_DATUM(ReturnAssociation(fcinfo, relation, test));
}
