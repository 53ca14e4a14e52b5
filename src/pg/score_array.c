/*
 * score_array.c
 *		Scores of arrays: the features by position, in the order of the model's
 *		inputs or of the columns that it is bound to.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "pg/model.h"
#include "pg/score.h"

/* Where the elements of arrays go. */
typedef struct BoundArray
{
	uint32 n;
	uint32 inputs[FLEXIBLE_ARRAY_MEMBER]; /* or DRIFT_NO_INPUT */
} BoundArray;

static void
RefuseText(const ScoreCall *call)
{
	const DriftInput *inputs = drift_model_section(call->model, DRIFT_SECTION_INPUTS);

	for (uint32 i = 0; i < call->n_inputs; i++)
		if (inputs[i].kind == DRIFT_INPUT_TEXT)
			ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
							errmsg("feature \"%s\" is text, and the array has numbers", ModelInputName(call->model, i)),
							errhint("Use drift.score_columns(), drift.score_row() or drift.score_json().")));
}

static BoundArray *
BindArray(ScoreCall *call)
{
	const DriftColumn *columns = drift_model_section(call->model, DRIFT_SECTION_COLUMNS);
	uint32 n_columns = drift_model_count(call->model, DRIFT_SECTION_COLUMNS);
	uint32 n = n_columns > 0 ? n_columns : call->n_inputs;
	BoundArray *bound;

	RefuseText(call);
	bound = MemoryContextAlloc(ScoreStartBinding(call), offsetof(BoundArray, inputs) + sizeof(uint32) * n);
	bound->n = n;
	for (uint32 i = 0; i < n; i++)
		bound->inputs[i] = n_columns > 0 ? columns[i].input : i;
	call->bound = bound;
	return bound;
}

static const BoundArray *
GetBoundArray(ScoreCall *call, const ArrayType *array)
{
	const BoundArray *bound = call->bound;

	if (unlikely(bound == NULL))
		bound = BindArray(call);
	if (unlikely(ARR_NDIM(array) > 1))
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("features must be an array of one dimension")));
	if (unlikely((ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0]) != bound->n))
		ScoreRaiseCount(call, bound->n, ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0]);
	return bound;
}

static inline bool
IsNull(const bits8 *present, uint32 i)
{
	return present != NULL && !(present[i / 8] & (1 << (i % 8)));
}

/* Elements are as wide as their type; what is NULL takes no room */
static inline void
FillArray(FunctionCallInfo fcinfo, ScoreCall *call, bool single)
{
	const ArrayType *array = PG_GETARG_ARRAYTYPE_P(1);
	const BoundArray *bound = GetBoundArray(call, array);
	const bits8 *present = ARR_NULLBITMAP(array);
	const char *next = ARR_DATA_PTR(array);

	for (uint32 i = 0; i < bound->n; i++)
	{
		double x = NAN;

		if (!IsNull(present, i))
		{
			x = single ? (double) *(const float4 *) next : *(const float8 *) next;
			next += single ? sizeof(float4) : sizeof(float8);
		}
		if (bound->inputs[i] != DRIFT_NO_INPUT)
			call->numbers[bound->inputs[i]] = x;
	}
}

void
ScoreFillDoubles(FunctionCallInfo fcinfo, ScoreCall *call)
{
	FillArray(fcinfo, call, false);
}

void
ScoreFillSingles(FunctionCallInfo fcinfo, ScoreCall *call)
{
	FillArray(fcinfo, call, true);
}

SCORE_FUNCTIONS(, ScoreFillDoubles)
SCORE_FUNCTIONS(_array, ScoreFillSingles)
SCORE_FUNCTION(drift_explain_array, ScoreFillDoubles, ANSWER_CONTRIBUTIONS)
