/*
 * score_json.c
 *		Scores of JSON objects, whose keys are the names of the inputs.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "pg/model.h"
#include "pg/json_number.h"
#include "pg/model_names.h"
#include "pg/score.h"

/* What inputs are called and what they are. */
typedef struct BoundInput
{
	DriftLabel name;
	bool is_text;
} BoundInput;

static BoundInput *
BindInputs(ScoreCall *call)
{
	const DriftInput *inputs = drift_model_section(call->model, DRIFT_SECTION_INPUTS);
	BoundInput *bound = MemoryContextAlloc(ScoreStartBinding(call), sizeof(BoundInput) * call->n_inputs);

	ModelRequireNames(call->model);
	for (uint32 i = 0; i < call->n_inputs; i++)
		bound[i] = (BoundInput){ModelInputLabel(call->model, i), inputs[i].kind == DRIFT_INPUT_TEXT};
	call->bound = bound;
	return bound;
}

/* A key is missing: say which are and which are there */
static void
RaiseMissingKeys(ScoreCall *call, JsonbContainer *object)
{
	uint32 n = 0;
	DriftLabel *keys = palloc(sizeof(DriftLabel) * (JsonContainerSize(object) + 1));
	uint32 *places = palloc(sizeof(uint32) * call->n_inputs);
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue value;

	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
		if (token == WJB_KEY)
			keys[n++] = (DriftLabel){value.val.string.val, value.val.string.len};
	ModelFindInputs(call->model, "object", keys, n, places);
}

static void
RaiseWrongValue(const ScoreCall *call, uint32 input, bool is_text, JsonbValue *value)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("feature \"%s\" cannot be a JSON %s", ModelInputName(call->model, input), JsonbTypeName(value)),
			 is_text ? errdetail("The model knows it as text.") : errdetail("The model knows it as a number.")));
}

static inline void
PutJson(ScoreCall *call, uint32 input, bool is_text, JsonbValue *value)
{
	if (value->type == jbvNull)
		ScorePutMissing(call, input);
	else if (is_text && value->type == jbvString)
		drift_scorer_labels(call->scorer)[input] = (DriftLabel){value->val.string.val, value->val.string.len};
	else if (is_text || !ReadJsonNumber(value, &call->numbers[input]))
		RaiseWrongValue(call, input, is_text, value);
}

void
ScoreFillJson(FunctionCallInfo fcinfo, ScoreCall *call)
{
	Jsonb *features = PG_GETARG_JSONB_P(1);
	const BoundInput *bound = call->bound;

	if (!JB_ROOT_IS_OBJECT(features))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("features must be a JSON object"),
						errdetail("Its keys are the names of the model's inputs.")));
	if (unlikely(bound == NULL))
		bound = BindInputs(call);
	for (uint32 i = 0; i < call->n_inputs; i++)
	{
		JsonbValue value;

		if (getKeyJsonValueFromContainer(&features->root, bound[i].name.bytes, bound[i].name.length, &value) == NULL)
			RaiseMissingKeys(call, &features->root);
		PutJson(call, i, bound[i].is_text, &value);
	}
}

SCORE_FUNCTIONS(_json, ScoreFillJson)
SCORE_FUNCTION(drift_explain, ScoreFillJson, ANSWER_EXPLANATION)
