/*
 * read_as.c
 *		Running the text that somebody stored, as that somebody.
 *
 * All of its rows are there before any goes to the caller.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tstoreReceiver.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "pg/query.h"
#include "registry/owner.h"

static TimeoutId reading_timeout = MAX_TIMEOUTS;
static volatile sig_atomic_t reading_timed_out = false;

static void
ReadingTimedOut(void)
{
	reading_timed_out = true;
	InterruptPending = true;
	QueryCancelPending = true;
}

/* What the text of another reading reads is part of the time of that one */
static bool
IsTimed(void)
{
	return reading_timeout != MAX_TIMEOUTS && get_timeout_active(reading_timeout);
}

/* Again and again, since the text may catch what cancels it */
static void
StartTimeout(int milliseconds)
{
	if (milliseconds <= 0)
		return;
	reading_timed_out = false;
	if (reading_timeout == MAX_TIMEOUTS)
		reading_timeout = RegisterTimeout(USER_TIMEOUT, ReadingTimedOut);
	enable_timeout_every(reading_timeout, TimestampTzPlusMilliseconds(GetCurrentTimestamp(), milliseconds),
						 milliseconds);
}

static void
StopTimeout(int milliseconds)
{
	if (milliseconds > 0)
		disable_timeout(reading_timeout, false);
}

static void
RunQuery(const char *query, Datum profiles, bool profiles_are_null, Oid profiles_type, ReturnSetInfo *rsinfo)
{
	SPIExecuteOptions options = {.params = makeParamList(1), .read_only = false, .must_return_tuples = true};
	int result;

	options.params->params[0] = (ParamExternData){
		.value = profiles, .isnull = profiles_are_null, .pflags = PARAM_FLAG_CONST, .ptype = profiles_type};
	options.dest = CreateDestReceiver(DestTuplestore);
	SetTuplestoreDestReceiverParams(options.dest, rsinfo->setResult, rsinfo->econtext->ecxt_per_query_memory, false,
									rsinfo->setDesc, "the query does not return the columns that were expected");

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	result = SPI_execute_extended(query, &options);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not run a query: %s", SPI_result_code_string(result));
	options.dest->rDestroy(options.dest);
	SPI_finish();
	/* The time may be up only now, and then the cancellation must not hit another statement */
	CHECK_FOR_INTERRUPTS();
}

/* As RunQuery(), where running out of time is no cancellation by a user */
static void
RunQueryInTime(const char *query, Datum profiles, bool profiles_are_null, Oid profiles_type, ReturnSetInfo *rsinfo,
			   int milliseconds)
{
	MemoryContext context = CurrentMemoryContext;

	PG_TRY();
	{
		StartTimeout(milliseconds);
		RunQuery(query, profiles, profiles_are_null, profiles_type, rsinfo);
		StopTimeout(milliseconds);
	}
	PG_CATCH();
	{
		StopTimeout(milliseconds);
		MemoryContextSwitchTo(context);
		if (milliseconds <= 0 || !reading_timed_out || geterrcode() != ERRCODE_QUERY_CANCELED)
			PG_RE_THROW();
		FlushErrorState();
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("reading took longer than %d ms", milliseconds),
						errdetail("That is the statement_timeout of the monitor."),
						errhint("Raise it, read a sample, or let drift.backfill_windows() read in steps.")));
	}
	PG_END_TRY();
}

PG_FUNCTION_INFO_V1(drift_read_as);
Datum
drift_read_as(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	OwnerScope scope;
	const char *query;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(4))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("only the profiles can be NULL")));
	OwnerCheck(PG_GETARG_OID(0));
	query = text_to_cstring(PG_GETARG_TEXT_PP(1));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);

	OwnerEnter(&scope, PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(2)));
	CheckQuery(query);
	ereport(DEBUG1, (errmsg_internal("drift reads as \"%s\": %s", GetUserNameFromId(PG_GETARG_OID(0), false), query)));

	RunQueryInTime(query, PG_ARGISNULL(3) ? (Datum) 0 : PG_GETARG_DATUM(3), PG_ARGISNULL(3),
				   get_fn_expr_argtype(fcinfo->flinfo, 3), rsinfo, IsTimed() ? 0 : PG_GETARG_INT32(4));
	OwnerLeave(&scope);
	return (Datum) 0;
}
