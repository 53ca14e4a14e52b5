/*
 * send_requests.c
 *		Messages go out: requests as JSON come in, and results go back.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "pg/composite.h"
#include "registry/http_load.h"
#include "registry/jsonb_parts.h"
#include "registry/message.h"
#include "registry/snapshots.h"

static List *
ReadMessages(Jsonb *requests)
{
	List *channels = NIL;
	List *messages = NIL;

	if (!JB_ROOT_IS_ARRAY(requests) || JB_ROOT_IS_SCALAR(requests))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("requests must be a JSON array")));
	for (uint32 i = 0; i < JB_ROOT_COUNT(requests); i++)
		messages = lappend(
			messages, MessageRead(JsonbValueToJsonb(getIthJsonbValueFromContainer(&requests->root, i)), &channels));
	return messages;
}

static Jsonb *
DescribeMessages(List *messages)
{
	JsonbParseState *state = NULL;
	ListCell *cell;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	foreach (cell, messages)
		MessageDescribe(&state, lfirst(cell));
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL));
}

/*
 * All that is in the catalog is read first; then the snapshot goes. Who sends
 * must have told so before, in a transaction that is committed: this one is
 * not to wait for a network with what it has locked.
 */
PG_FUNCTION_INFO_V1(drift_send_requests);
Datum
drift_send_requests(PG_FUNCTION_ARGS)
{
	TupleDesc type = ReturnedRowType(fcinfo, 1);
	bool isnull = false;
	List *messages;
	Datum results;

	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("requests must not be NULL")));
	if (!MayCommit(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION), errmsg("messages cannot be sent within a transaction block"),
				 errdetail("A transaction does not wait for a network, and what was sent cannot be rolled back."),
				 errhint("CALL drift.deliver_alerts() outside of transaction blocks sends what waits.")));
	messages = ReadMessages(PG_GETARG_JSONB_P(0));
	(void) HttpLibraryGet();
	LetGoOfSnapshots(fcinfo);
	MessagesSend(messages);
	results = JsonbPGetDatum(DescribeMessages(messages));
	PG_RETURN_DATUM(RowDatum(type, &results, &isnull));
}

PG_FUNCTION_INFO_V1(drift_transport);
Datum
drift_transport(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(HttpLibraryGet()->version));
}

PG_FUNCTION_INFO_V1(drift_close_connections);
Datum
drift_close_connections(PG_FUNCTION_ARGS)
{
	if (HttpLibraryLoaded() != NULL)
		HttpLibraryLoaded()->close();
	PG_RETURN_VOID();
}
