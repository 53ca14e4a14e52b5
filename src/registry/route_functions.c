/*
 * route_functions.c
 *		Where a key goes, for people and programs to ask.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "compat.h"
#include "registry/bucket.h"
#include "registry/route.h"

typedef struct RouteCall
{
	RouteReader *reader;
	TupleDesc descriptor;
} RouteCall;

static RouteCall *
GetCall(FunctionCallInfo fcinfo)
{
	MemoryContext owner = fcinfo->flinfo->fn_mcxt;
	MemoryContext old;
	RouteCall *call = fcinfo->flinfo->fn_extra;
	TupleDesc descriptor;

	if (call != NULL)
		return call;
	call = MemoryContextAllocZero(owner, sizeof(RouteCall));
	call->reader = RouteReaderCreate(owner, RIGHT_SCORE);
	old = MemoryContextSwitchTo(owner);
	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "routes are rows");
	call->descriptor = BlessTupleDesc(descriptor);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = call;
	return call;
}

static int32
BucketOf(const Route *route, const text *key)
{
	return RouteBucket(route->salt, route->salt_length, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
}

PG_FUNCTION_INFO_V1(drift_route);
Datum
drift_route(PG_FUNCTION_ARGS)
{
	RouteCall *call = GetCall(fcinfo);
	const Route *route = RouteRead(call->reader, PG_GETARG_TEXT_PP(0));
	const text *key = PG_GETARG_TEXT_PP(1);
	const RouteArm *arm = &route->arms[RouteChoose(route, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key))];
	Datum values[] = {CStringGetTextDatum(arm->name), Int32GetDatum(arm->version),
					  Int32GetDatum(route->is_direct ? 0 : BucketOf(route, key))};
	bool nulls[] = {false, false, route->is_direct};

	return HeapTupleGetDatum(heap_form_tuple(call->descriptor, values, nulls));
}

static char *
ExplainArm(const Route *route, ArmPlace place, bool answers, int32 bucket)
{
	const RouteArm *arm = &route->arms[place];

	if (route->is_direct)
		return psprintf("version %d is asked for by its %s, whatever the key", arm->version,
						strcmp(arm->name, "version") == 0 ? "number" : "alias");
	if (place == ARM_SHADOW)
		return psprintf("version %d is scored beside the answer and logged", arm->version);
	if (!RouteSplits(route))
		return psprintf("version %d answers all keys", arm->version);
	return psprintf("version %d %s: bucket %d of the key is %s %d to %d", arm->version,
					answers ? "answers" : "does not answer", bucket, answers ? "among" : "not among", arm->first_bucket,
					arm->end_bucket - 1);
}

static void
PutArm(ReturnSetInfo *result, const Route *route, ArmPlace place, const text *key)
{
	const RouteArm *arm = &route->arms[place];
	bool answers = place == RouteChoose(route, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
	int32 bucket = BucketOf(route, key);
	bool is_ranged = !route->is_direct && place != ARM_SHADOW;
	Datum values[] = {
		CStringGetTextDatum(arm->name),
		Int32GetDatum(arm->version),
		BoolGetDatum(answers),
		Int32GetDatum(bucket),
		Int32GetDatum(arm->first_bucket),
		Int32GetDatum(arm->end_bucket),
		route->salt == NULL ? (Datum) 0 : PointerGetDatum(cstring_to_text_with_len(route->salt, route->salt_length)),
		CStringGetTextDatum(ExplainArm(route, place, answers, bucket)),
	};
	bool nulls[] = {false, false, false, route->is_direct, !is_ranged, !is_ranged, route->salt == NULL, false};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(drift_explain_route);
Datum
drift_explain_route(PG_FUNCTION_ARGS)
{
	RouteReader *reader = RouteReaderCreate(CurrentMemoryContext, RIGHT_SCORE);
	const Route *route = RouteRead(reader, PG_GETARG_TEXT_PP(0));
	const text *key = PG_GETARG_TEXT_PP(1);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < ARM_PLACES; i++)
		if (route->arms[i].version != 0)
			PutArm((ReturnSetInfo *) fcinfo->resultinfo, route, i, key);
	return (Datum) 0;
}
