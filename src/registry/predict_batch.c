/*
 * predict_batch.c
 *		Predictions of a set of rows, which one statement adds to the log.
 *
 * The rows of the log that a prediction makes are what this returns; their
 * features the statement takes from its source.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "registry/predict.h"
#include "registry/table.h"

/* Rows that wait to be returned, the next one last */
typedef struct BatchCall
{
	PredictCall *predict;
	MemoryContext context; /* of the rows */
	int n_waiting;
	Datum waiting[2];
	bool is_registered; /* that they are forgotten when the caller stops asking */
} BatchCall;

static BatchCall *
CreateCall(FunctionCallInfo fcinfo)
{
	BatchCall *call = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(BatchCall));

	call->predict = PredictCreateCall(fcinfo);
	call->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "drift batch", ALLOCSET_SMALL_SIZES);
	fcinfo->flinfo->fn_extra = call;
	return call;
}

static Datum
MakeRow(const BatchCall *call, const LoggedAnswer *answer)
{
	Datum values[LOG_ANSWER_COLUMNS];
	bool nulls[LOG_ANSWER_COLUMNS];

	LogAnswerValues(answer, values, nulls);
	return HeapTupleGetDatum(heap_form_tuple(call->predict->descriptor, values, nulls));
}

static void
Forget(Datum call)
{
	BatchCall *batch = (BatchCall *) DatumGetPointer(call);

	batch->n_waiting = 0;
	batch->is_registered = false;
}

static void
KeepRows(FunctionCallInfo fcinfo, BatchCall *call, const PredictAnswers *answers)
{
	MemoryContext old;

	MemoryContextReset(call->context);
	old = MemoryContextSwitchTo(call->context);
	for (int i = answers->n_beside; i > 0; i--)
		call->waiting[answers->n_beside - i] = MakeRow(call, &answers->beside[i - 1]);
	MemoryContextSwitchTo(old);
	call->n_waiting = answers->n_beside;
	if (!call->is_registered)
		RegisterExprContextCallback(((ReturnSetInfo *) fcinfo->resultinfo)->econtext, Forget, PointerGetDatum(call));
	call->is_registered = true;
}

static Datum
FirstRow(FunctionCallInfo fcinfo, BatchCall *call)
{
	PredictArguments arguments = {.log = true};
	PredictAnswers answers;

	PredictRequire(fcinfo, 0, "model");
	PredictRequire(fcinfo, 1, "features");
	PredictRequire(fcinfo, 3, "on_error");
	arguments.model = PG_GETARG_TEXT_PP(0);
	arguments.entity_key = PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2);
	arguments.keeps_errors = PredictKeepsErrors(PG_GETARG_TEXT_PP(3));
	PredictRoute(call->predict, &arguments);
	PredictAnswer(fcinfo, call->predict, &predict_row_form, &arguments, &answers);
	PredictBeside(fcinfo, call->predict, &predict_row_form, &arguments, &answers);
	if (answers.n_beside > 0)
		KeepRows(fcinfo, call, &answers);
	return MakeRow(call, &answers.answer);
}

PG_FUNCTION_INFO_V1(drift_predicted_rows);
Datum
drift_predicted_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	BatchCall *call = fcinfo->flinfo->fn_extra;
	Datum row;

	if (result == NULL || !IsA(result, ReturnSetInfo))
		elog(ERROR, "predicted rows are asked for where there can be none");
	if (call == NULL)
		call = CreateCall(fcinfo);
	row = call->n_waiting > 0 ? call->waiting[--call->n_waiting] : FirstRow(fcinfo, call);
	result->isDone = call->n_waiting > 0 ? ExprMultipleResult : ExprSingleResult;
	return row;
}

/* Columns of drift.prediction_log_features */
#define FEATURES_LOG 1
#define FEATURES_FEATURE 2
#define FEATURES_COLUMN 3

PG_FUNCTION_INFO_V1(drift_log_columns);
Datum
drift_log_columns(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	PredictCall call = {.reader = RouteReaderCreate(CurrentMemoryContext, RIGHT_PREDICT)};
	PredictArguments arguments = {.model = PG_GETARG_TEXT_PP(0), .log = true};
	ScanKeyData key;
	TableScan scan;

	PredictRoute(&call, &arguments);
	key = IntegerKey(FEATURES_LOG, call.route->model.log_id);
	InitMaterializedSRF(fcinfo, 0);
	TableScanBegin(&scan, "prediction_log_features", "prediction_log_features_pkey", GetActiveSnapshot(), 1, &key);
	while (TableScanNext(&scan))
	{
		Datum values[] = {ObjectIdGetDatum(call.route->model.log), TableScanValue(&scan, FEATURES_FEATURE),
						  TableScanValue(&scan, FEATURES_COLUMN)};
		bool nulls[lengthof(values)] = {false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	TableScanEnd(&scan);
	return (Datum) 0;
}
