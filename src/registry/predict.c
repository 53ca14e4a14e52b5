/*
 * predict.c
 *		Predictions: route, score, log, answer.
 *
 * One call is one prediction, however the function is called: it returns its
 * row at once and has nothing to say when it is asked for more.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#include "registry/features.h"
#include "registry/predict.h"
#include "registry/prediction_id.h"

const PredictForm predict_json_form = {ScoreFillJson, ReadJsonFeatures};
const PredictForm predict_row_form = {ScoreFillRow, ReadRowFeatures};

PredictCall *
PredictCreateCall(FunctionCallInfo fcinfo)
{
	MemoryContext owner = fcinfo->flinfo->fn_mcxt;
	PredictCall *call = MemoryContextAllocZero(owner, sizeof(PredictCall));
	MemoryContext old;
	TupleDesc descriptor;

	call->reader = RouteReaderCreate(owner, RIGHT_PREDICT);
	call->features = FeatureReaderCreate(owner);
	old = MemoryContextSwitchTo(owner);
	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "predictions are rows");
	call->descriptor = BlessTupleDesc(descriptor);
	MemoryContextSwitchTo(old);
	return call;
}

void
PredictRequire(FunctionCallInfo fcinfo, int argument, const char *name)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be NULL", name)));
}

bool
PredictKeepsErrors(const text *on_error)
{
	Size length = VARSIZE_ANY_EXHDR(on_error);

	if (length == strlen("log") && memcmp(VARDATA_ANY(on_error), "log", length) == 0)
		return true;
	if (length != strlen("raise") || memcmp(VARDATA_ANY(on_error), "raise", length) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("on_error must be raise or log"),
				 errdetail("With log a row that the champion cannot score is answered, and logged, as an error.")));
	return false;
}

static void
ReadArguments(FunctionCallInfo fcinfo, PredictArguments *arguments)
{
	PredictRequire(fcinfo, 0, "model");
	PredictRequire(fcinfo, 1, "features");
	PredictRequire(fcinfo, 3, "log");
	PredictRequire(fcinfo, 4, "on_error");
	arguments->model = PG_GETARG_TEXT_PP(0);
	arguments->entity_key = PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2);
	arguments->log = PG_GETARG_BOOL(3);
	arguments->keeps_errors = PredictKeepsErrors(PG_GETARG_TEXT_PP(4));
}

static void
RequireLog(const Route *route, const text *model)
{
	if (XactReadOnly)
		ereport(ERROR, (errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
						errmsg("cannot log a prediction in a read-only transaction"),
						errhint("With log => false the model answers and nothing is logged.")));
	if (!OidIsValid(route->model.log))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("model \"%s\" has no prediction log", text_to_cstring(model)),
						errhint("drift.create_prediction_log() makes one; log => false predicts without.")));
}

void
PredictRoute(PredictCall *call, PredictArguments *arguments)
{
	call->route = RouteRead(call->reader, arguments->model);
	if (arguments->log)
		RequireLog(call->route, arguments->model);
	arguments->predicted_at = GetCurrentTimestamp();
}

static void
KeepNumbers(FunctionCallInfo fcinfo, PredictCall *call, const ScoreCall *score)
{
	if (score->n_inputs > call->room)
	{
		call->numbers = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(double) * score->n_inputs);
		call->room = score->n_inputs;
	}
	memcpy(call->numbers, score->numbers, sizeof(double) * score->n_inputs);
}

/* Score the row with an arm */
static void
ScoreArm(FunctionCallInfo fcinfo, PredictCall *call, const PredictForm *form, ArmPlace place, LoggedAnswer *answer)
{
	const Route *route = call->route;
	ScoreCall *score = call->scores[place];

	if (score == NULL)
		call->scores[place] = score = ScoreCreate(fcinfo->flinfo->fn_mcxt);
	RouteHold(route, &route->arms[place], score);
	form->fill(fcinfo, score);
	KeepNumbers(fcinfo, call, score);
	ScoreMargins(score);
	ScoreAnswerWhole(score, &answer->answer);
}

/* An error as the log has it; cancelled queries are not errors of a model */
static text *
DescribeError(const ErrorData *error)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, error->message);
	if (error->detail != NULL)
		appendStringInfo(&text, " (%s)", error->detail);
	return cstring_to_text_with_len(text.data, text.len);
}

/* Score the row with an arm, and keep the error if that fails */
static void
TryArm(FunctionCallInfo fcinfo, PredictCall *call, const PredictForm *form, ArmPlace place, LoggedAnswer *answer)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		ScoreArm(fcinfo, call, form, place, answer);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED)
			PG_RE_THROW();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		answer->error = DescribeError(error);
		FreeErrorData(error);
	}
	PG_END_TRY();
}

static void
StartAnswer(const PredictCall *call, const PredictArguments *arguments, ArmPlace place, LoggedAnswer *answer)
{
	const RouteArm *arm = &call->route->arms[place];

	memset(answer, 0, sizeof(LoggedAnswer));
	answer->predicted_at = arguments->predicted_at;
	answer->version = arm->version;
	answer->arm = arm->name;
	answer->entity_key = arguments->entity_key;
}

/* Score with an arm and take the time */
static void
AnswerArm(FunctionCallInfo fcinfo, PredictCall *call, const PredictForm *form, const PredictArguments *arguments,
		  ArmPlace place, LoggedAnswer *answer)
{
	instr_time start;
	instr_time end;

	StartAnswer(call, arguments, place, answer);
	INSTR_TIME_SET_CURRENT(start);
	if (place != ARM_CHAMPION || arguments->keeps_errors)
		TryArm(fcinfo, call, form, place, answer);
	else
		ScoreArm(fcinfo, call, form, place, answer);
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_SUBTRACT(end, start);
	answer->latency = INSTR_TIME_GET_MILLISEC(end);
}

/* Without a key the prediction is an entity of its own: its id decides */
static ArmPlace
ChooseArm(const Route *route, const PredictArguments *arguments, const pg_uuid_t *id)
{
	const text *key = arguments->entity_key;
	char *written;

	if (!RouteSplits(route))
		return ARM_CHAMPION;
	if (key != NULL)
		return RouteChoose(route, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
	written = DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)));
	return RouteChoose(route, written, strlen(written));
}

void
PredictAnswer(FunctionCallInfo fcinfo, PredictCall *call, const PredictForm *form, const PredictArguments *arguments,
			  PredictAnswers *answers)
{
	pg_uuid_t id = PredictionId(arguments->predicted_at, call->route->model.log_id);

	answers->n_beside = 0;
	answers->place = ChooseArm(call->route, arguments, &id);
	AnswerArm(fcinfo, call, form, arguments, answers->place, &answers->answer);
	if (answers->place == ARM_CHALLENGER && answers->answer.error != NULL)
	{
		answers->beside[answers->n_beside++] = answers->answer;
		answers->place = ARM_CHAMPION;
		AnswerArm(fcinfo, call, form, arguments, answers->place, &answers->answer);
	}
	answers->answer.id = id;
}

void
PredictBeside(FunctionCallInfo fcinfo, PredictCall *call, const PredictForm *form, const PredictArguments *arguments,
			  PredictAnswers *answers)
{
	if (call->route->arms[ARM_SHADOW].version != 0)
		AnswerArm(fcinfo, call, form, arguments, ARM_SHADOW, &answers->beside[answers->n_beside++]);
	for (int i = 0; i < answers->n_beside; i++)
	{
		answers->beside[i].id = PredictionId(arguments->predicted_at, call->route->model.log_id);
		answers->beside[i].shadow_of = &answers->answer.id;
	}
}

/* Log the answer and what is beside it. The features are read while those of the answer are there. */
static void
LogAnswers(FunctionCallInfo fcinfo, PredictCall *call, const PredictForm *form, const PredictArguments *arguments,
		   PredictAnswers *answers)
{
	LogWriter *writer = LogWriterFind(call->route->model.log);
	const DriftModel *model = answers->answer.error == NULL ? call->scores[answers->place]->model : NULL;
	Datum *values = palloc(sizeof(Datum) * (writer->n_columns + 1));
	bool *missing = palloc(sizeof(bool) * (writer->n_columns + 1));

	form->read(fcinfo, call->features, writer, model, call->numbers, values, missing);
	PredictBeside(fcinfo, call, form, arguments, answers);
	LogWrite(writer, &answers->answer, values, missing);
	for (int i = 0; i < answers->n_beside; i++)
		LogWrite(writer, &answers->beside[i], values, missing);
}

static Datum
MakeAnswer(const PredictCall *call, const PredictArguments *arguments, const LoggedAnswer *answer)
{
	bool is_error = answer->error != NULL;
	Datum values[] = {
		UUIDPGetDatum(&answer->id),
		Int32GetDatum(answer->version),
		CStringGetTextDatum(answer->arm),
		Float8GetDatum(answer->answer.score),
		answer->answer.label,
		answer->answer.probabilities,
		TimestampTzGetDatum(answer->predicted_at),
		CStringGetTextDatum(is_error ? "error" : "ok"),
		PointerGetDatum(answer->error),
	};
	bool nulls[] = {
		!arguments->log,
		false,
		false,
		is_error || !answer->answer.has_score,
		is_error || answer->answer.label == (Datum) 0,
		is_error || answer->answer.probabilities == (Datum) 0,
		false,
		false,
		!is_error,
	};

	return HeapTupleGetDatum(heap_form_tuple(call->descriptor, values, nulls));
}

static Datum
Predict(FunctionCallInfo fcinfo, const PredictForm *form)
{
	PredictCall *call = fcinfo->flinfo->fn_extra;
	PredictArguments arguments;
	PredictAnswers answers;

	ReadArguments(fcinfo, &arguments);
	if (call == NULL)
		fcinfo->flinfo->fn_extra = call = PredictCreateCall(fcinfo);
	PredictRoute(call, &arguments);
	PredictAnswer(fcinfo, call, form, &arguments, &answers);
	if (arguments.log)
		LogAnswers(fcinfo, call, form, &arguments, &answers);
	return MakeAnswer(call, &arguments, &answers.answer);
}

PG_FUNCTION_INFO_V1(drift_predict);
Datum
drift_predict(PG_FUNCTION_ARGS)
{
	return Predict(fcinfo, &predict_json_form);
}

PG_FUNCTION_INFO_V1(drift_predict_row);
Datum
drift_predict_row(PG_FUNCTION_ARGS)
{
	return Predict(fcinfo, &predict_row_form);
}
