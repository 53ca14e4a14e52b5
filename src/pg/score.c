#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "pg/model.h"
#include "pg/score.h"

ScoreCall *
ScoreCreate(MemoryContext owner)
{
	ScoreCall *call = MemoryContextAllocZero(owner, sizeof(ScoreCall));

	call->reference = ModelRefer(owner);
	call->context = AllocSetContextCreate(owner, "drift score", ALLOCSET_SMALL_SIZES);
	return call;
}

/* The reference holds a model: forget what is bound to the one before, if it was another */
static void
TakeModel(ScoreCall *call, const CachedModel *before)
{
	const CachedModel *held = call->reference->held;

	if (held != before)
	{
		call->bound = NULL;
		MemoryContextReset(call->context);
		call->model = held->model;
		call->scorer = held->scorer;
		call->n_inputs = drift_model_count(held->model, DRIFT_SECTION_INPUTS);
		call->n_outputs = drift_model_outputs(held->model);
		call->numbers = drift_scorer_numbers(held->scorer);
		call->margins = MemoryContextAlloc(call->context, sizeof(double) * held->model->groups);
		call->outputs = MemoryContextAlloc(call->context, sizeof(double) * call->n_outputs);
		call->bound_context = AllocSetContextCreate(call->context, "drift score binding", ALLOCSET_SMALL_SIZES);
	}
	call->ready = true;
}

void
ScoreHold(ScoreCall *call, Datum model)
{
	const CachedModel *before = call->ready ? call->reference->held : NULL;

	call->ready = false;
	ModelHold(call->reference, model);
	TakeModel(call, before);
}

bool
ScoreHoldDigest(ScoreCall *call, const uint8 *digest)
{
	const CachedModel *before = call->ready ? call->reference->held : NULL;

	call->ready = false;
	if (!ModelHoldDigest(call->reference, digest))
		return false;
	TakeModel(call, before);
	return true;
}

ScoreCall *
ScorePrepare(FunctionCallInfo fcinfo)
{
	ScoreCall *call = fcinfo->flinfo->fn_extra;

	if (call == NULL)
		fcinfo->flinfo->fn_extra = call = ScoreCreate(fcinfo->flinfo->fn_mcxt);
	ScoreHold(call, PG_GETARG_DATUM(0));
	return call;
}

void
ScoreRefuse(const ScoreCall *call, const DriftScoreProblem *problem)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the row cannot be scored"),
					errdetail("Feature \"%s\": %s.", ModelInputName(call->model, problem->input), problem->reason)));
}

void
ScoreRaiseCount(const ScoreCall *call, int64 wanted, int64 given)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the model wants " INT64_FORMAT " features, and " INT64_FORMAT " are given", wanted, given),
					errhint("drift.describe() lists the inputs of the model, and the columns that it is bound to.")));
}

MemoryContext
ScoreStartBinding(ScoreCall *call)
{
	call->bound = NULL;
	MemoryContextReset(call->bound_context);
	return call->bound_context;
}

ScoreColumn
ScoreBindColumn(ScoreCall *call, uint32 place, uint32 input, Oid type)
{
	const DriftInput *inputs = drift_model_section(call->model, DRIFT_SECTION_INPUTS);
	bool is_text = inputs[input].kind == DRIFT_INPUT_TEXT;
	ScoreColumn column = {place, input, FindReader(type), NULL};
	bool fits;

	if (is_text)
		fits = column.reader == READ_TEXT || column.reader == READ_BPCHAR || column.reader == READ_NAME ||
			   column.reader == READ_ENUM;
	else
		fits = column.reader <= READ_NUMERIC || column.reader == READ_BOOL;
	/* a NULL that nobody gave a type is missing, whatever it would have been; other literals have one to be given */
	if (!fits && type != UNKNOWNOID)
		ereport(
			ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("feature \"%s\" cannot be of type %s", ModelInputName(call->model, input), format_type_be(type)),
			 is_text ? errdetail("The model knows it as text.") : errdetail("The model knows it as a number."),
			 is_text ? errhint("Cast it to text, spelled as in training.")
					 : errhint("Give a number, or a boolean for 0 and 1.")));
	if (is_text || !fits)
		column.label = MemoryContextAlloc(call->bound_context, sizeof(Label));
	return column;
}

void
ScorePutMissing(ScoreCall *call, uint32 input)
{
	const DriftInput *inputs = drift_model_section(call->model, DRIFT_SECTION_INPUTS);

	if (inputs[input].kind == DRIFT_INPUT_TEXT)
		drift_scorer_labels(call->scorer)[input] = (DriftLabel){NULL, 0};
	else
		call->numbers[input] = NAN;
}

void
ScorePutOther(ScoreCall *call, const ScoreColumn *column, Datum value, bool isnull)
{
	if (isnull)
	{
		ScorePutMissing(call, column->input);
		return;
	}
	if (column->reader == READ_NOTHING)
		ereport(ERROR, (errcode(ERRCODE_INDETERMINATE_DATATYPE),
						errmsg("feature \"%s\" has no type", ModelInputName(call->model, column->input)),
						errhint("Cast the literal.")));
	ReadLabel(column->reader, value, column->label);
	drift_scorer_labels(call->scorer)[column->input] =
		(DriftLabel){column->label->bytes, (uint32) column->label->length};
}

/* An answer as an array of doubles */
static Datum
NumbersAsArray(const double *numbers, uint32 n)
{
	Size size = ARR_OVERHEAD_NONULLS(1) + sizeof(double) * n;
	ArrayType *array = palloc0(size);

	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->elemtype = FLOAT8OID;
	ARR_DIMS(array)[0] = n;
	ARR_LBOUND(array)[0] = 1;
	memcpy(ARR_DATA_PTR(array), numbers, sizeof(double) * n);
	return PointerGetDatum(array);
}

static void
RaiseNoClasses(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the model has no %s", what),
					errdetail("It is not a classifier, or it was saved without its objective."),
					errhint("drift.score() gives its output, drift.score_raw() its margins.")));
}

static void
RequireClasses(const ScoreCall *call)
{
	if (drift_model_count(call->model, DRIFT_SECTION_LABELS) == 0)
		RaiseNoClasses("classes");
}

/* The probabilities of a model with classes; 0 if it has none */
static Datum
Probabilities(ScoreCall *call)
{
	uint32 n_labels = drift_model_count(call->model, DRIFT_SECTION_LABELS);
	double *probabilities = palloc(sizeof(double) * (Max(n_labels, call->n_outputs) + 1));
	uint32 n = drift_score_probabilities(call->scorer, call->margins, call->outputs, probabilities);

	return n == 0 ? (Datum) 0 : NumbersAsArray(probabilities, n);
}

static Datum
RequireProbabilities(ScoreCall *call)
{
	Datum probabilities;

	RequireClasses(call);
	probabilities = Probabilities(call);
	if (probabilities == (Datum) 0)
		RaiseNoClasses("probabilities");
	return probabilities;
}

/* The class that a model with classes decides for */
static Datum
ClassLabel(ScoreCall *call)
{
	const uint32 *labels = drift_model_section(call->model, DRIFT_SECTION_LABELS);
	uint32 length;
	const char *bytes;

	bytes =
		drift_model_string(call->model, labels[drift_score_class(call->scorer, call->margins, call->outputs)], &length);
	return PointerGetDatum(cstring_to_text_with_len(bytes, length));
}

/* The output where it is one, of two classes that of the second; else NULL */
static const double *
OneOutput(const ScoreCall *call)
{
	if (call->n_outputs == 1)
		return &call->outputs[0];
	if (call->model->task == DRIFT_TASK_BINARY && call->n_outputs == 2)
		return &call->outputs[1];
	return NULL;
}

/* That output, or an error: which of several is meant is not for us to say */
static Datum
RequireOneOutput(ScoreCall *call)
{
	bool classifies = drift_model_count(call->model, DRIFT_SECTION_LABELS) > 0;
	const double *output = OneOutput(call);

	if (output != NULL)
		return Float8GetDatum(*output);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the model has %u outputs, and drift.score() gives one", call->n_outputs),
					classifies ? errhint("drift.score_proba() gives the probability of each class, drift.score_label() "
										 "the class.")
							   : errhint("drift.score_raw() gives all margins.")));
}

Datum
ScoreAnswerOther(ScoreCall *call, ScoreAnswer answer)
{
	if (answer == ANSWER_RAW)
		return NumbersAsArray(call->margins, call->model->groups);
	if (answer == ANSWER_EXPLANATION)
		return ScoreExplanation(call);
	if (answer == ANSWER_CONTRIBUTIONS)
		return ScoreContributions(call);
	drift_score_outputs(call->scorer, call->margins, call->outputs);
	switch (answer)
	{
		case ANSWER_PROBABILITIES:
			return RequireProbabilities(call);
		case ANSWER_LABEL:
			RequireClasses(call);
			return ClassLabel(call);
		default:
			return RequireOneOutput(call);
	}
}

void
ScoreAnswerWhole(ScoreCall *call, ScoreWhole *whole)
{
	bool classifies = drift_model_count(call->model, DRIFT_SECTION_LABELS) > 0;
	const double *output;

	drift_score_outputs(call->scorer, call->margins, call->outputs);
	output = OneOutput(call);
	if (output == NULL && !classifies)
		RequireOneOutput(call);
	whole->has_score = output != NULL;
	whole->score = output != NULL ? *output : 0;
	whole->label = classifies ? ClassLabel(call) : (Datum) 0;
	whole->probabilities = classifies ? Probabilities(call) : (Datum) 0;
}
