/*
 * reconstruction.c
 *		Rows as standardised numbers, their principal components, and how well
 *		these give rows back.
 *
 * An encoding says how a column becomes a number: (x - center) / scale of
 * numbers, a code of each label of categories, and what stands for missing and
 * for unknown values.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/array_argument.h"
#include "pg/composite.h"
#include "pg/flat_state.h"
#include "pg/label.h"
#include "pg/labelled.h"
#include "pg/labels.h"
#include "stats/pca.h"

typedef struct Encoding
{
	ValueReader reader;
	double center;
	double scale;
	double missing;
	double unknown;
	SortedLabels labels;
	const double *codes;
} Encoding;

typedef struct EncodingPlan
{
	Datum last_seen[2];
	ArrayType *encodings;
	ArrayType *components; /* NULL: none are needed */
	const double *component;
	int count; /* components */
	int columns;
	double *row;  /* room */
	double *rest; /* room */
	Encoding encoding[FLEXIBLE_ARRAY_MEMBER];
} EncodingPlan;

/* Sums of products of encoded columns, or errors and squares of what is left of them. */
typedef struct RowState
{
	Size size;
	int64 columns;
	int64 n;
	double mean; /* of the error, and the sum of squares about it */
	double squares;
	double sum[FLEXIBLE_ARRAY_MEMBER];
} RowState;

/* ------------------------------------------------------------------------
 * Encodings
 * ------------------------------------------------------------------------ */

static double
ReadPart(HeapTupleHeader tuple, int number)
{
	bool isnull;
	Datum part = GetAttributeByNum(tuple, number, &isnull);
	double value = isnull ? NAN : DatumGetFloat8(part);

	if (!isfinite(value))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("an encoding is NULL or not finite")));
	return value;
}

static void
ReadCodes(Encoding *encoding, HeapTupleHeader tuple)
{
	bool nulls[2];
	Datum labels = GetAttributeByNum(tuple, 5, &nulls[0]);
	Datum codes = GetAttributeByNum(tuple, 6, &nulls[1]);
	uint32 n;

	if (nulls[0] || nulls[1])
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("an encoding of categories has no labels")));
	encoding->labels = ReadSortedLabels(DatumGetArrayTypePCopy(labels));
	encoding->codes = ArrayNumbers(DatumGetArrayTypePCopy(codes), &n);
	if (n != encoding->labels.count)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("an encoding has another number of codes than labels")));
}

static void
ReadEncoding(Encoding *encoding, Datum datum)
{
	HeapTupleHeader tuple = DatumGetHeapTupleHeader(datum);

	encoding->center = ReadPart(tuple, 1);
	encoding->scale = ReadPart(tuple, 2);
	encoding->missing = ReadPart(tuple, 3);
	encoding->unknown = ReadPart(tuple, 4);
	if (!(encoding->scale > 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a scale must be above 0")));
	if (!ReaderIsNumeric(encoding->reader))
		ReadCodes(encoding, tuple);
}

/* The plan of a query, whose columns begin with the argument `first` */
static EncodingPlan *
StartPlan(FunctionCallInfo fcinfo, int first)
{
	MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	int columns = PG_NARGS() - first;
	EncodingPlan *plan = palloc0(offsetof(EncodingPlan, encoding) + sizeof(Encoding) * columns);
	Datum *encodings;
	bool *nulls;
	int given;
	uint32 numbers;

	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("columns must be given one by one, not as an array")));
	for (int i = 1; i < first; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("encodings and components must not be NULL")));
		plan->last_seen[i - 1] = PG_GETARG_DATUM(i);
	}
	plan->columns = columns;
	plan->row = palloc(sizeof(double) * columns);
	plan->rest = palloc(sizeof(double) * columns);
	plan->encodings = PG_GETARG_ARRAYTYPE_P_COPY(1);
	deconstruct_array(plan->encodings, ARR_ELEMTYPE(plan->encodings), -1, false, TYPALIGN_DOUBLE, &encodings, &nulls,
					  &given);
	if (given != columns)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%d encodings were given for %d columns", given, columns)));
	for (int i = 0; i < columns; i++)
	{
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("an encoding is NULL")));
		plan->encoding[i].reader = ReaderOfType(get_fn_expr_argtype(fcinfo->flinfo, i + first));
		ReadEncoding(&plan->encoding[i], encodings[i]);
	}
	if (first > 2)
	{
		plan->components = PG_GETARG_ARRAYTYPE_P_COPY(2);
		plan->component = ArrayNumbers(plan->components, &numbers);
		plan->count = (int) numbers / columns;
		if (numbers % columns != 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("components do not suit the columns")));
	}
	MemoryContextSwitchTo(old);
	return plan;
}

/* The constant arguments must be those that the plan was made for */
static pg_noinline void
CheckConstants(EncodingPlan *plan, FunctionCallInfo fcinfo, int first)
{
	for (int i = 1; i < first; i++)
	{
		ArrayType *was = i == 1 ? plan->encodings : plan->components;
		ArrayType *is = PG_ARGISNULL(i) ? NULL : PG_GETARG_ARRAYTYPE_P(i);

		if (is == NULL || VARSIZE(is) != VARSIZE(was) || memcmp(is, was, VARSIZE(is)) != 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("encodings and components must be the same in every row")));
		plan->last_seen[i - 1] = PG_GETARG_DATUM(i);
	}
}

static double
EncodeNumber(const Encoding *encoding, Datum value)
{
	double x = ReadNumber(encoding->reader, value);

	if (isnan(x))
		return encoding->missing;
	if (isinf(x))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("an infinite value cannot be reconstructed"),
						errhint("Leave such rows out of the query, or turn the value into NULL.")));
	return (x - encoding->center) / encoding->scale;
}

static double
EncodeCategory(const Encoding *encoding, Datum value)
{
	Label label;
	int place;

	ReadLabel(encoding->reader, value, &label);
	place = PlaceOfLabel(&encoding->labels, label.bytes, (int) label.length);
	return place < encoding->labels.count ? encoding->codes[place] : encoding->unknown;
}

/* Encode a row into the room of the plan */
static EncodingPlan *
EncodeRow(FunctionCallInfo fcinfo, int first)
{
	EncodingPlan *plan = fcinfo->flinfo->fn_extra;

	if (unlikely(plan == NULL))
		fcinfo->flinfo->fn_extra = plan = StartPlan(fcinfo, first);
	for (int i = 1; i < first; i++)
		if (unlikely(PG_GETARG_DATUM(i) != plan->last_seen[i - 1]))
			CheckConstants(plan, fcinfo, first);
	for (int i = 0; i < plan->columns; i++)
	{
		const Encoding *encoding = &plan->encoding[i];
		const NullableDatum *value = &fcinfo->args[first + i];

		if (value->isnull)
			plan->row[i] = encoding->missing;
		else if (ReaderIsNumeric(encoding->reader))
			plan->row[i] = EncodeNumber(encoding, value->value);
		else
			plan->row[i] = EncodeCategory(encoding, value->value);
	}
	return plan;
}

/* ------------------------------------------------------------------------
 * States
 * ------------------------------------------------------------------------ */

static RowState *
CreateState(MemoryContext context, int64 columns, int64 sums)
{
	Size size = offsetof(RowState, sum) + sizeof(double) * sums;
	RowState *state = MemoryContextAllocZero(context, size);

	state->size = size;
	state->columns = columns;
	return state;
}

/* products_accum(state, encodings, columns): the half of the products on and below the diagonal */
PG_FUNCTION_INFO_V1(drift_products_accum);
Datum
drift_products_accum(PG_FUNCTION_ARGS)
{
	EncodingPlan *plan = EncodeRow(fcinfo, 2);
	int64 columns = plan->columns;
	RowState *state = PG_ARGISNULL(0) ? CreateState(AggregateContext(fcinfo), columns, columns * (columns + 1) / 2)
									  : (RowState *) PG_GETARG_POINTER(0);
	double *sum = state->sum;

	for (int i = 0; i < columns; i++)
		for (int j = 0; j <= i; j++)
			*sum++ += plan->row[i] * plan->row[j];
	state->n++;
	PG_RETURN_POINTER(state);
}

/* reconstruction_accum(state, encodings, components, columns) */
PG_FUNCTION_INFO_V1(drift_reconstruction_accum);
Datum
drift_reconstruction_accum(PG_FUNCTION_ARGS)
{
	EncodingPlan *plan = EncodeRow(fcinfo, 3);
	RowState *state = PG_ARGISNULL(0) ? CreateState(AggregateContext(fcinfo), plan->columns, plan->columns)
									  : (RowState *) PG_GETARG_POINTER(0);
	double error = drift_reconstruction_error(plan->row, plan->columns, plan->component, plan->count, plan->rest);
	double difference = error - state->mean;

	state->mean += difference / (double) ++state->n;
	state->squares += difference * (error - state->mean);
	for (int i = 0; i < plan->columns; i++)
		state->sum[i] += plan->rest[i] * plan->rest[i];
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_rows_combine);
Datum
drift_rows_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = AggregateContext(fcinfo);
	RowState *dst = PG_ARGISNULL(0) ? NULL : (RowState *) PG_GETARG_POINTER(0);
	const RowState *src = PG_ARGISNULL(1) ? NULL : (const RowState *) PG_GETARG_POINTER(1);
	double difference;
	double n;

	if (src == NULL)
	{
		if (dst == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(dst);
	}
	if (dst == NULL)
		PG_RETURN_POINTER(CopyFlatState(context, src, src->size));
	difference = src->mean - dst->mean;
	n = (double) (dst->n + src->n);
	dst->squares += src->squares + difference * difference * (double) dst->n * (double) src->n / n;
	dst->mean += difference * (double) src->n / n;
	dst->n += src->n;
	for (Size i = 0; i < (dst->size - offsetof(RowState, sum)) / sizeof(double); i++)
		dst->sum[i] += src->sum[i];
	PG_RETURN_POINTER(dst);
}

PG_FUNCTION_INFO_V1(drift_rows_serialize);
Datum
drift_rows_serialize(PG_FUNCTION_ARGS)
{
	const RowState *state = (const RowState *) PG_GETARG_POINTER(0);

	(void) AggregateContext(fcinfo);
	return FlatStateBytes(state, state->size);
}

PG_FUNCTION_INFO_V1(drift_rows_deserialize);
Datum
drift_rows_deserialize(PG_FUNCTION_ARGS)
{
	(void) AggregateContext(fcinfo);
	return FlatStateOfBytes(fcinfo);
}

/* ------------------------------------------------------------------------
 * Results
 * ------------------------------------------------------------------------ */

/* The mean products of all pairs of columns, line by line */
PG_FUNCTION_INFO_V1(drift_mean_products);
Datum
drift_mean_products(PG_FUNCTION_ARGS)
{
	const RowState *state;
	const double *sum;
	double *matrix;

	(void) AggregateContext(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (const RowState *) PG_GETARG_POINTER(0);
	matrix = palloc(sizeof(double) * state->columns * state->columns);
	sum = state->sum;
	for (int64 i = 0; i < state->columns; i++)
		for (int64 j = 0; j <= i; j++)
			matrix[i * state->columns + j] = matrix[j * state->columns + i] = *sum++ / (double) state->n;
	PG_RETURN_DATUM(MakeFloat8Array(matrix, (int) (state->columns * state->columns)));
}

/* (n, mean, sample deviation, mean squares left of each column) */
PG_FUNCTION_INFO_V1(drift_reconstruction_of_rows);
Datum
drift_reconstruction_of_rows(PG_FUNCTION_ARGS)
{
	const RowState *state;
	double *means;
	Datum values[4];
	bool nulls[4] = {false};

	(void) AggregateContext(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (const RowState *) PG_GETARG_POINTER(0);
	means = palloc(sizeof(double) * state->columns);
	for (int64 i = 0; i < state->columns; i++)
		means[i] = state->sum[i] / (double) state->n;
	values[0] = Int64GetDatum(state->n);
	values[1] = Float8GetDatum(state->mean);
	nulls[2] = state->n < 2;
	values[2] = Float8GetDatum(nulls[2] ? 0 : sqrt(state->squares / (double) (state->n - 1)));
	values[3] = MakeFloat8Array(means, (int) state->columns);
	return RowDatum(ReturnedRowType(fcinfo, lengthof(values)), values, nulls);
}

/* principal_components(matrix, share): those that explain more than the share, one after the other */
PG_FUNCTION_INFO_V1(drift_principal_components);
Datum
drift_principal_components(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P_COPY(0);
	double share = PG_GETARG_FLOAT8(1);
	uint32 numbers;
	double *matrix = ArrayNumbers(array, &numbers);
	int32 n = (int32) sqrt((double) numbers);
	double *values;
	double *vectors;

	if (n < 1 || n > 1000 || (uint32) n * n != numbers)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a matrix of products has as many columns as lines, one to 1000")));
	if (!(share > 0 && share <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a share of the variance is above 0 and at most 1")));
	for (uint32 i = 0; i < numbers; i++)
		if (!isfinite(matrix[i]))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a matrix of products must be finite")));
	values = palloc(sizeof(double) * n);
	vectors = palloc(sizeof(double) * n * n);
	drift_symmetric_eigen(matrix, n, values, vectors, LabelledPoll);
	PG_RETURN_DATUM(MakeFloat8Array(vectors, n * drift_components_for_share(values, n, share)));
}
