/*
 * concept_drift.c
 *		Tables of features by score by target on both sides, in one pass, and
 *		what they say about a change of the relation.
 *
 * drift_internal.concept_agg(is_current, cuts, target, score, f1, ..., fn):
 * cuts say how each column becomes a whole number; a NULL cut of the score
 * means that there are no strata.
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
#include "utils/typcache.h"

#include "compat.h"
#include "errors.h"
#include "pg/aggregate.h"
#include "pg/array_argument.h"
#include "pg/composite.h"
#include "pg/flat_state.h"
#include "pg/label.h"
#include "pg/labelled.h"
#include "pg/labels.h"
#include "stats/bins.h"
#include "stats/concept_drift.h"
#include "stats/correlation.h"

#define FIRST_COLUMN 3  /* argument */
#define FIRST_FEATURE 2 /* column */

/* How a column becomes a whole number: bins of numbers, or categories and one more for all others. */
typedef struct Cut
{
	ValueReader reader;
	bool given;
	double *edges;
	uint32 edge_count;
	SortedLabels labels;
	int values;
	double middle; /* of numbers, subtracted before they are summed */
} Cut;

typedef struct ConceptPlan
{
	Datum last_seen;
	ArrayType *cuts;
	int columns;
	Cut cut[FLEXIBLE_ARRAY_MEMBER];
} ConceptPlan;

/* What one feature counts; all of a state lies in one block. */
typedef struct ConceptFeature
{
	int64 values;
	int64 is_number;
	int64 counts; /* offsets from the state: [side][value][stratum][class] */
	int64 sums;   /* [side][value][stratum] */
	DriftComoments raw[2];
	double middle;
} ConceptFeature;

typedef struct ConceptState
{
	Size size;
	int64 features;
	int64 strata;
	int64 classes;
	int64 target_is_number;
	int64 class_rows; /* offsets: [class] */
	int64 class_sums;
	double target_middle;
	ConceptFeature feature[FLEXIBLE_ARRAY_MEMBER];
} ConceptState;

/* ------------------------------------------------------------------------
 * Cuts
 * ------------------------------------------------------------------------ */

static void
ReadEdges(Cut *cut, ArrayType *edges)
{
	cut->edges = ArrayNumbers(edges, &cut->edge_count);
	DriftCheck(drift_check_edges(cut->edges, cut->edge_count));
	cut->values = (int) cut->edge_count + 1;
	if (cut->edge_count > 0)
		cut->middle = cut->edges[cut->edge_count / 2];
	if (isinf(cut->middle))
		cut->middle = 0;
}

static void
ReadCut(Cut *cut, Datum datum)
{
	HeapTupleHeader tuple = DatumGetHeapTupleHeader(datum);
	bool isnull;
	Datum part;

	cut->given = true;
	if (ReaderIsNumeric(cut->reader))
	{
		part = GetAttributeByNum(tuple, 1, &isnull);
		if (!isnull)
			ReadEdges(cut, DatumGetArrayTypePCopy(part));
	}
	else
	{
		part = GetAttributeByNum(tuple, 2, &isnull);
		if (!isnull)
		{
			cut->labels = ReadSortedLabels(DatumGetArrayTypePCopy(part));
			cut->values = cut->labels.count + 1;
		}
	}
	if (isnull)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("a cut does not suit the type of its column")));
	if (cut->values > DRIFT_CONCEPT_VALUES)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a cut has too many values")));
}

static ConceptPlan *
StartPlan(FunctionCallInfo fcinfo)
{
	MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	int columns = PG_NARGS() - FIRST_COLUMN;
	ConceptPlan *plan = palloc0(offsetof(ConceptPlan, cut) + sizeof(Cut) * columns);
	Datum *cuts;
	bool *nulls;
	int given;

	if (get_fn_expr_variadic(fcinfo->flinfo) || columns <= FIRST_FEATURE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("concept_agg takes a target, a score and features one by one")));
	if (PG_ARGISNULL(2))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("cuts are NULL")));
	plan->columns = columns;
	plan->last_seen = PG_GETARG_DATUM(2);
	plan->cuts = PG_GETARG_ARRAYTYPE_P_COPY(2);
	deconstruct_array(plan->cuts, ARR_ELEMTYPE(plan->cuts), -1, false, TYPALIGN_DOUBLE, &cuts, &nulls, &given);
	if (given != columns)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%d cuts were given for %d columns", given, columns)));
	for (int i = 0; i < columns; i++)
	{
		plan->cut[i].reader = ReaderOfType(get_fn_expr_argtype(fcinfo->flinfo, i + FIRST_COLUMN));
		if (!nulls[i])
			ReadCut(&plan->cut[i], cuts[i]);
		else if (i == 1)
			plan->cut[i].values = 1;
		else
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a cut is NULL")));
	}
	MemoryContextSwitchTo(old);
	return plan;
}

static pg_noinline void
CheckCuts(ConceptPlan *plan, FunctionCallInfo fcinfo)
{
	ArrayType *cuts = PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2);

	if (cuts == NULL || VARSIZE(cuts) != VARSIZE(plan->cuts) || memcmp(cuts, plan->cuts, VARSIZE(cuts)) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cuts must be the same in every row")));
	plan->last_seen = PG_GETARG_DATUM(2);
}

/* Read a value: its place, -1 if it is missing, and its number if it has one */
static inline int
PlaceOf(const Cut *cut, const NullableDatum *value, double *number)
{
	Label label;

	if (value->isnull)
		return -1;
	if (ReaderIsNumeric(cut->reader))
	{
		*number = ReadNumber(cut->reader, value->value);
		return isnan(*number) ? -1 : (int) drift_bin_of(cut->edges, cut->edge_count, *number);
	}
	ReadLabel(cut->reader, value->value, &label);
	return PlaceOfLabel(&cut->labels, label.bytes, (int) label.length);
}

/* ------------------------------------------------------------------------
 * State
 * ------------------------------------------------------------------------ */

static ConceptState *
CreateState(MemoryContext context, const ConceptPlan *plan)
{
	int64 features = plan->columns - FIRST_FEATURE;
	int64 strata = plan->cut[1].values;
	int64 classes = plan->cut[0].values;
	Size size = MAXALIGN(offsetof(ConceptState, feature) + sizeof(ConceptFeature) * features);
	Size start = size;
	ConceptState *state;

	size += sizeof(int64) * classes * 2;
	for (int64 i = 0; i < features; i++)
	{
		int64 values = plan->cut[i + FIRST_FEATURE].values;

		if (drift_concept_room((int32) values, (int32) strata, (int32) classes, DRIFT_CONCEPT_MIN_DRAWS) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a table of features has too many cells")));
		size += sizeof(int64) * 2 * values * strata * (classes + 1);
	}
	state = MemoryContextAllocZero(context, size);
	*state = (ConceptState){.size = size,
							.features = features,
							.strata = strata,
							.classes = classes,
							.target_is_number = ReaderIsNumeric(plan->cut[0].reader),
							.class_rows = start,
							.class_sums = start + sizeof(int64) * classes,
							.target_middle = plan->cut[0].middle};
	start += sizeof(int64) * classes * 2;
	for (int64 i = 0; i < features; i++)
	{
		const Cut *cut = &plan->cut[i + FIRST_FEATURE];

		state->feature[i] = (ConceptFeature){.values = cut->values,
											 .is_number = ReaderIsNumeric(cut->reader),
											 .counts = start,
											 .sums = start + sizeof(int64) * 2 * cut->values * strata * classes,
											 .middle = cut->middle};
		start += sizeof(int64) * 2 * cut->values * strata * (classes + 1);
	}
	return state;
}

static inline void *
Inside(const ConceptState *state, int64 offset)
{
	return (char *) state + offset;
}

/* Do two labels stand for 0 and 1? */
static inline bool
IsBinary(const ConceptState *state)
{
	/* the third class is that of all other labels */
	return !state->target_is_number && state->classes == 3;
}

static void
CountFeature(ConceptState *state, ConceptFeature *feature, int side, int place, int stratum, int class, double x,
			 double y)
{
	int64 group = (side * feature->values + place) * state->strata + stratum;

	((int64 *) Inside(state, feature->counts))[group * state->classes + class]++;
	if (!feature->is_number)
		return;
	((double *) Inside(state, feature->sums))[group] += x - feature->middle;
	if (!isnan(y))
		drift_comoments_add(&feature->raw[side], x, y);
}

/* concept_accum(state, is_current, cuts, target, score, features) */
PG_FUNCTION_INFO_V1(drift_concept_accum);
Datum
drift_concept_accum(PG_FUNCTION_ARGS)
{
	ConceptPlan *plan = fcinfo->flinfo->fn_extra;
	ConceptState *state;
	double y = NAN;
	double score;
	int class;
	int stratum = 0;

	if (unlikely(plan == NULL))
		fcinfo->flinfo->fn_extra = plan = StartPlan(fcinfo);
	if (unlikely(PG_GETARG_DATUM(2) != plan->last_seen))
		CheckCuts(plan, fcinfo);
	state = PG_ARGISNULL(0) ? CreateState(AggregateContext(fcinfo), plan) : (ConceptState *) PG_GETARG_POINTER(0);
	if (PG_ARGISNULL(1) || (class = PlaceOf(&plan->cut[0], &fcinfo->args[FIRST_COLUMN], &y)) < 0)
		PG_RETURN_POINTER(state);
	if (plan->cut[1].given && (stratum = PlaceOf(&plan->cut[1], &fcinfo->args[FIRST_COLUMN + 1], &score)) < 0)
		PG_RETURN_POINTER(state);
	if (IsBinary(state))
		y = class < 2 ? class : NAN;
	((int64 *) Inside(state, state->class_rows))[class]++;
	if (state->target_is_number)
		((double *) Inside(state, state->class_sums))[class] += y - state->target_middle;

	for (int i = 0; i < state->features; i++)
	{
		double x = NAN;
		int place = PlaceOf(&plan->cut[i + FIRST_FEATURE], &fcinfo->args[FIRST_COLUMN + FIRST_FEATURE + i], &x);

		if (place >= 0)
			CountFeature(state, &state->feature[i], PG_GETARG_BOOL(1), place, stratum, class, x, y);
	}
	PG_RETURN_POINTER(state);
}

static void
AddCounts(ConceptState *dst, const ConceptState *src, int64 offset, int64 n)
{
	int64 *to = Inside(dst, offset);
	const int64 *from = Inside(src, offset);

	for (int64 i = 0; i < n; i++)
		to[i] += from[i];
}

static void
AddSums(ConceptState *dst, const ConceptState *src, int64 offset, int64 n)
{
	double *to = Inside(dst, offset);
	const double *from = Inside(src, offset);

	for (int64 i = 0; i < n; i++)
		to[i] += from[i];
}

/* All states of a query have the same plan, and so the same places */
PG_FUNCTION_INFO_V1(drift_concept_combine);
Datum
drift_concept_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = AggregateContext(fcinfo);
	ConceptState *dst = PG_ARGISNULL(0) ? NULL : (ConceptState *) PG_GETARG_POINTER(0);
	const ConceptState *src = PG_ARGISNULL(1) ? NULL : (const ConceptState *) PG_GETARG_POINTER(1);

	if (src == NULL)
	{
		if (dst == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(dst);
	}
	if (dst == NULL)
		PG_RETURN_POINTER(CopyFlatState(context, src, src->size));
	AddCounts(dst, src, dst->class_rows, dst->classes);
	AddSums(dst, src, dst->class_sums, dst->classes);
	for (int i = 0; i < dst->features; i++)
	{
		ConceptFeature *feature = &dst->feature[i];

		AddCounts(dst, src, feature->counts, 2 * feature->values * dst->strata * dst->classes);
		AddSums(dst, src, feature->sums, 2 * feature->values * dst->strata);
		drift_comoments_merge(&feature->raw[0], &src->feature[i].raw[0]);
		drift_comoments_merge(&feature->raw[1], &src->feature[i].raw[1]);
	}
	PG_RETURN_POINTER(dst);
}

PG_FUNCTION_INFO_V1(drift_concept_serialize);
Datum
drift_concept_serialize(PG_FUNCTION_ARGS)
{
	const ConceptState *state = (const ConceptState *) PG_GETARG_POINTER(0);

	(void) AggregateContext(fcinfo);
	return FlatStateBytes(state, state->size);
}

PG_FUNCTION_INFO_V1(drift_concept_deserialize);
Datum
drift_concept_deserialize(PG_FUNCTION_ARGS)
{
	(void) AggregateContext(fcinfo);
	return FlatStateOfBytes(fcinfo);
}

/* ------------------------------------------------------------------------
 * Tables
 * ------------------------------------------------------------------------ */

/* Number of each class: the mean of its values, or 0 and 1 of two labels; 0 where there is none */
static Datum
ClassNumbers(const ConceptState *state, bool *isnull)
{
	double *numbers = palloc(sizeof(double) * state->classes);
	const int64 *rows = Inside(state, state->class_rows);
	const double *sums = Inside(state, state->class_sums);

	*isnull = !state->target_is_number && !(IsBinary(state) && rows[2] == 0);
	for (int64 k = 0; k < state->classes && !*isnull; k++)
	{
		if (state->target_is_number)
			numbers[k] = rows[k] > 0 ? sums[k] / rows[k] + state->target_middle : 0;
		else
			numbers[k] = (double) k;
		*isnull = !isfinite(numbers[k]);
	}
	return *isnull ? (Datum) 0 : MakeFloat8Array(numbers, (int) state->classes);
}

/* Mean of the feature in each group of both sides; 0 where it has no rows */
static Datum
GroupMeans(const ConceptState *state, const ConceptFeature *feature, bool *isnull)
{
	int64 groups = 2 * feature->values * state->strata;
	double *means = palloc(sizeof(double) * groups);
	const int64 *counts = Inside(state, feature->counts);
	const double *sums = Inside(state, feature->sums);

	*isnull = !feature->is_number;
	for (int64 g = 0; g < groups && !*isnull; g++)
	{
		int64 rows = 0;

		for (int64 k = 0; k < state->classes; k++)
			rows += counts[g * state->classes + k];
		means[g] = rows > 0 ? sums[g] / rows + feature->middle : 0;
		*isnull = !isfinite(means[g]);
	}
	return *isnull ? (Datum) 0 : MakeFloat8Array(means, (int) groups);
}

static Datum
TableOfFeature(const ConceptState *state, const ConceptFeature *feature, TupleDesc tupdesc)
{
	int64 side = feature->values * state->strata * state->classes;
	const int64 *counts = Inside(state, feature->counts);
	int32 shape[3] = {(int32) feature->values, (int32) state->strata, (int32) state->classes};
	int64 rows[2] = {0, 0};
	Datum values[8];
	bool nulls[8] = {false};

	for (int64 i = 0; i < 2 * side; i++)
		rows[i >= side] += counts[i];
	values[0] = MakeInt4Array(shape, 3);
	values[1] = MakeInt8Array(counts, (int) (2 * side));
	values[2] = GroupMeans(state, feature, &nulls[2]);
	values[3] = ClassNumbers(state, &nulls[3]);
	for (int i = 0; i < 2; i++)
	{
		values[4 + i] = Int64GetDatum(rows[i]);
		NumberField(values, nulls, 6 + i, feature->is_number ? drift_pearson(&feature->raw[i]) : NAN);
	}
	return RowDatum(tupdesc, values, nulls);
}

PG_FUNCTION_INFO_V1(drift_concept_tables);
Datum
drift_concept_tables(PG_FUNCTION_ARGS)
{
	TupleDesc tupdesc;
	ConceptState *state;
	Datum *tables;

	(void) AggregateContext(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (ConceptState *) PG_GETARG_POINTER(0);
	tupdesc = ReturnedElementType(fcinfo, 8);
	tables = palloc(sizeof(Datum) * state->features);
	for (int i = 0; i < state->features; i++)
		tables[i] = TableOfFeature(state, &state->feature[i], tupdesc);
	return RowsDatum(tupdesc, tables, (int) state->features);
}

/* ------------------------------------------------------------------------
 * What tables say
 * ------------------------------------------------------------------------ */

pg_noreturn static void
BadTable(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a table of a feature and the target is wrong"),
					errdetail("%s", what)));
}

static const double *
ReadMeans(FunctionCallInfo fcinfo, int argument, int64 wanted)
{
	uint32 n;
	double *numbers;

	if (PG_ARGISNULL(argument))
		return NULL;
	numbers = ArrayNumbers(PG_GETARG_ARRAYTYPE_P(argument), &n);
	if (n != wanted)
		BadTable("There are too few or too many means.");
	for (uint32 i = 0; i < n; i++)
		if (!isfinite(numbers[i]))
			BadTable("A mean is not finite.");
	return numbers;
}

/* Read (shape, counts, means, class_numbers, draws) and make room */
static double *
ReadTable(FunctionCallInfo fcinfo, DriftConceptTable *table)
{
	uint32 shape_size;
	uint32 count_size;
	const int32 *shape;
	const int64 *counts;
	int64 side;
	int64 room;
	int64 rows = 0;

	for (int i = 0; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i) && i != 2 && i != 3)
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("an argument is NULL")));
	shape = ArrayNumbers(PG_GETARG_ARRAYTYPE_P(0), &shape_size);
	if (shape_size != 3)
		BadTable("A shape is three numbers.");
	room = drift_concept_room(shape[0], shape[1], shape[2], PG_GETARG_INT32(4));
	if (room == 0)
		BadTable("Its shape, or the number of draws, is out of range.");
	side = (int64) shape[0] * shape[1] * shape[2];
	counts = ArrayNumbers(PG_GETARG_ARRAYTYPE_P(1), &count_size);
	if (count_size != 2 * side)
		BadTable("There are too few or too many counts.");
	for (uint32 i = 0; i < count_size; i++)
	{
		if (counts[i] < 0 || counts[i] > INT64CONST(1) << 52 || (rows += counts[i]) > INT64CONST(1) << 52)
			BadTable("A count is negative, or there are too many rows.");
	}
	*table = (DriftConceptTable){.features = shape[0],
								 .strata = shape[1],
								 .classes = shape[2],
								 .reference = counts,
								 .current = counts + side,
								 .mean_reference = ReadMeans(fcinfo, 2, 2 * (int64) shape[0] * shape[1]),
								 .class_number = ReadMeans(fcinfo, 3, shape[2])};
	if (table->mean_reference)
		table->mean_current = table->mean_reference + (int64) shape[0] * shape[1];
	return MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * room);
}

static Datum
ReturnNumbers(FunctionCallInfo fcinfo, const double *numbers, int n)
{
	Datum values[16];
	bool nulls[16];

	for (int i = 0; i < n; i++)
		NumberField(values, nulls, i, numbers[i]);
	return RowDatum(ReturnedRowType(fcinfo, n), values, nulls);
}

/* concept_change(shape, counts, means, class_numbers, draws, enough, seed) */
PG_FUNCTION_INFO_V1(drift_concept_change_of_table);
Datum
drift_concept_change_of_table(PG_FUNCTION_ARGS)
{
	DriftConceptTable table;
	double *room = ReadTable(fcinfo, &table);
	DriftConcept r;

	drift_concept_change(&table, PG_GETARG_INT32(4), PG_GETARG_INT32(5), PG_GETARG_INT64(6), room, LabelledPoll, &r);
	{
		double numbers[] = {r.entropy_reference,    r.entropy_current,       r.information.reference,
							r.information.current,  r.information.expected,  r.information.change,
							r.information.p_value,  r.correlation.reference, r.correlation.current,
							r.correlation.expected, r.correlation.change,    r.correlation.p_value,
							(double) r.draws};

		return ReturnNumbers(fcinfo, numbers, lengthof(numbers));
	}
}

/* concept_prior(shape, counts, means, class_numbers, draws, enough, seed) */
PG_FUNCTION_INFO_V1(drift_concept_prior_of_table);
Datum
drift_concept_prior_of_table(PG_FUNCTION_ARGS)
{
	DriftConceptTable table;
	double *room = ReadTable(fcinfo, &table);
	DriftConceptChange r;

	drift_concept_prior(&table, PG_GETARG_INT32(4), PG_GETARG_INT32(5), PG_GETARG_INT64(6), room, LabelledPoll, &r);
	{
		double numbers[] = {r.current, r.expected, r.change, r.p_value};

		return ReturnNumbers(fcinfo, numbers, lengthof(numbers));
	}
}
