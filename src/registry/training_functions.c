/*
 * training_functions.c
 *		Training sets and fits of the session, for procedures that commit
 *		between slices.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "registry/jsonb_parts.h"
#include "registry/owner.h"
#include "registry/snapshots.h"
#include "registry/trainer.h"
#include "registry/training_session.h"

static void
RequireArguments(FunctionCallInfo fcinfo, int n)
{
	for (int i = 0; i < n; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("no argument of a training can be NULL")));
}

/* A row of these columns, as the function declares it */
static Datum
MakeRow(FunctionCallInfo fcinfo, Datum *values)
{
	bool nulls[2] = {false};
	TupleDesc descriptor;

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

PG_FUNCTION_INFO_V1(drift_open_training_set);
Datum
drift_open_training_set(PG_FUNCTION_ARGS)
{
	OwnerScope scope;
	TrainingSet *set;
	TrainingOptions *options;

	RequireArguments(fcinfo, 5);
	OwnerCheck(PG_GETARG_OID(3));
	options = TrainingOptionsRead(PG_GETARG_JSONB_P(2));
	OwnerEnter(&scope, PG_GETARG_OID(3), text_to_cstring(PG_GETARG_TEXT_PP(4)));
	set = TrainingSetRead(text_to_cstring(PG_GETARG_TEXT_PP(0)), text_to_cstring(PG_GETARG_TEXT_PP(1)), options,
						  CurrentMemoryContext);
	OwnerLeave(&scope);
	PG_RETURN_JSONB_P(TrainingSetDescribe(set, SessionKeepSet(set)->handle));
}

PG_FUNCTION_INFO_V1(drift_close_training_set);
Datum
drift_close_training_set(PG_FUNCTION_ARGS)
{
	SessionCloseSet(SessionFindSet(PG_GETARG_INT32(0)));
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(drift_open_fit);
Datum
drift_open_fit(PG_FUNCTION_ARGS)
{
	SessionSet *set = SessionFindSet(PG_GETARG_INT32(0));
	const FitMethod *method = TrainerMethod(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	FitRun *run = FitRunOpen(set->set, method, PG_GETARG_JSONB_P(2), CurrentMemoryContext);

	PG_RETURN_INT32(SessionKeepFit(set, run)->handle);
}

/*
 * Goes on with the fit, and turns an error into one that is remembered. That
 * needs no subtransaction: fits touch nothing but memory, which goes with
 * them. A cancellation is such an error, raised where the fit asks for it.
 */
static void
AdvanceFit(SessionFit *fit, int milliseconds)
{
	MemoryContext context = CurrentMemoryContext;

	if (fit->run == NULL)
		return;
	PG_TRY();
	{
		(void) FitRunAdvance(fit->run, milliseconds);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		SessionFailFit(fit);
		FlushErrorState();
	}
	PG_END_TRY();
}

static Jsonb *
DescribeState(const SessionFit *fit)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	if (fit->run != NULL)
	{
		JsonbAddText(&state, "status", fit->run->done ? "done" : "running");
		FitRunAddProgress(&state, fit->run);
	}
	else
	{
		JsonbAddText(&state, "status", fit->error->sqlerrcode == ERRCODE_QUERY_CANCELED ? "cancelled" : "failed");
		JsonbAddText(&state, "error", fit->error->message);
		JsonbAddText(&state, "sqlstate", unpack_sql_state(fit->error->sqlerrcode));
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

PG_FUNCTION_INFO_V1(drift_continue_fit);
Datum
drift_continue_fit(PG_FUNCTION_ARGS)
{
	SessionFit *fit;
	Datum state;

	RequireArguments(fcinfo, 2);
	fit = SessionFindFit(PG_GETARG_INT32(0));
	LetGoOfSnapshots(fcinfo);
	AdvanceFit(fit, Max(PG_GETARG_INT32(1), 1));
	state = JsonbPGetDatum(DescribeState(fit));
	PG_RETURN_DATUM(MakeRow(fcinfo, &state));
}

static Jsonb *
DescribeFit(const FitRun *run)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	JsonbAddText(&state, "algorithm", run->method->algorithm);
	JsonbAddText(&state, "task", TrainingSetTask(run->set));
	JsonbAddObject(&state, "parameters", FitParamsDescribe(run->params));
	JsonbAddInteger(&state, "rounds", run->progress.done);
	if (run->progress.metric != NULL)
	{
		JsonbAddText(&state, "metric", run->progress.metric);
		JsonbAddNumber(&state, "train", run->progress.train);
		JsonbAddNumber(&state, "valid", run->progress.valid);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

PG_FUNCTION_INFO_V1(drift_close_fit);
Datum
drift_close_fit(PG_FUNCTION_ARGS)
{
	SessionFit *fit = SessionFindFit(PG_GETARG_INT32(0));
	Datum values[2];

	if (fit->run == NULL || !fit->run->done)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("fit %d is not done", PG_GETARG_INT32(0)),
				 fit->run == NULL ? errdetail("It ended with: %s", fit->error->message) : 0));
	values[0] = PointerGetDatum(FitRunFinish(fit->run));
	values[1] = JsonbPGetDatum(DescribeFit(fit->run));
	SessionCloseFit(fit);
	PG_RETURN_DATUM(MakeRow(fcinfo, values));
}
