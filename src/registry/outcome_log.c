#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "registry/outcome_log.h"
#include "registry/table.h"

/* Columns of drift.models and drift.prediction_logs */
#define MODELS_ID 1
#define MODELS_NAME 2
#define LOGS_ID 1
#define LOGS_MODEL 2
#define LOGS_LOG 3
#define LOGS_OUTCOMES 4

#define ANY_COLUMN_PRIVILEGE(relation, mode) \
	(pg_class_aclcheck(relation, GetUserId(), mode) == ACLCHECK_OK || \
	 pg_attribute_aclcheck_all(relation, GetUserId(), mode, ACLMASK_ANY) == ACLCHECK_OK)

/* ------------------------------------------------------------------------
 * Statements
 * ------------------------------------------------------------------------ */

#define IS " OPERATOR(pg_catalog.=) "
#define BETWEEN_TIMES "predicted_at OPERATOR(pg_catalog.>=) $2 AND predicted_at OPERATOR(pg_catalog.<=) $3"

typedef struct StatementText
{
	const char *text; /* %s is the table */
	bool about_log;
	/* Planned for its values each time, so that partitions it does not need are not even locked */
	bool plan_each_time;
	int argument_count;
	Oid types[7];
} StatementText;

/* Operators are named whole: triggers of the tables are to see the caller's search_path */
static const StatementText statements[OUTCOME_STATEMENTS] = {
	[FIND_PREDICTION] = {"SELECT predicted_at, shadow_of FROM %s WHERE prediction_id" IS "$1 AND " BETWEEN_TIMES,
						 true,
						 true,
						 3,
						 {UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID}},
	[FIND_ENTITY] = {"SELECT prediction_id, predicted_at FROM %s WHERE entity_key" IS "$1 AND " BETWEEN_TIMES
					 " AND shadow_of IS NULL AND status" IS "'ok' ORDER BY predicted_at DESC",
					 true,
					 true,
					 3,
					 {TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID}},
	[FIND_OUTCOME] = {"SELECT outcome_id FROM (SELECT outcome_id, actual FROM %s WHERE ($1 IS NULL OR prediction_id" IS
					  "$1) AND ($1 IS NOT NULL OR entity_key" IS "$4 AND prediction_id IS NULL)"
					  " AND observed_at OPERATOR(pg_catalog.<=) $2 AND (predicted_at IS NULL)" IS "($5 IS NULL)"
					  " ORDER BY observed_at DESC, outcome_id DESC LIMIT 1) AS known"
					  " WHERE actual" IS "$3 OR actual IS NULL AND $3 IS NULL",
					  false,
					  true,
					  5,
					  {UUIDOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}},
	[ADD_OUTCOME] = {
		"INSERT INTO %s (prediction_id, observed_at, actual, entity_key, predicted_at, actual_value, source)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING outcome_id",
		false,
		false,
		7,
		{UUIDOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, FLOAT8OID, TEXTOID}}};

uint64
RunOutcomeStatement(OutcomeLog *log, OutcomeStatement statement, Datum *values, const char *nulls, long limit)
{
	const StatementText *text = &statements[statement];
	int result;

	if (log->plans[statement] == NULL)
	{
		SPIPlanPtr plan = SPI_prepare_cursor(psprintf(text->text, text->about_log ? log->log_name : log->outcomes_name),
											 text->argument_count, (Oid *) text->types,
											 text->plan_each_time ? CURSOR_OPT_CUSTOM_PLAN : 0);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "cannot prepare a statement about outcomes: %s", SPI_result_code_string(SPI_result));
		log->plans[statement] = plan;
	}
	result = SPI_execute_plan(log->plans[statement], values, nulls, false, limit);
	if (result < 0)
		elog(ERROR, "cannot run a statement about outcomes: %s", SPI_result_code_string(result));
	return SPI_processed;
}

/* ------------------------------------------------------------------------
 * Logs
 * ------------------------------------------------------------------------ */

static HTAB *logs;

static char *
WholeName(Oid relation)
{
	char *name = get_rel_name(relation);

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE), errmsg("the prediction log or its table of outcomes was dropped")));
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), name);
}

/*
 * What the session keeps of a log. Plans of other names are worth nothing, but
 * they are not freed: a trigger that renames a table runs inside one of them.
 */
static OutcomeLog *
KeepLog(Oid log_relation, Oid outcomes)
{
	char *log_name = WholeName(log_relation);
	char *outcomes_name = WholeName(outcomes);
	OutcomeLog *log;
	bool found;

	if (logs == NULL)
	{
		HASHCTL control = {.keysize = sizeof(Oid), .entrysize = sizeof(OutcomeLog)};

		logs = hash_create("drift outcome logs", 8, &control, HASH_ELEM | HASH_BLOBS);
	}
	log = hash_search(logs, &log_relation, HASH_ENTER, &found);
	if (!found)
		memset((char *) log + sizeof(Oid), 0, sizeof(OutcomeLog) - sizeof(Oid));
	if (found && log->log_name != NULL && log->outcomes == outcomes && strcmp(log->log_name, log_name) == 0 &&
		strcmp(log->outcomes_name, outcomes_name) == 0)
		return log;

	memset(log->plans, 0, sizeof(log->plans));
	log->outcomes = outcomes;
	log->log_name = MemoryContextStrdup(TopMemoryContext, log_name);
	log->outcomes_name = MemoryContextStrdup(TopMemoryContext, outcomes_name);
	return log;
}

/* The log whose row has this number in a column that an index is about */
static bool
FindLogRow(const char *index, AttrNumber column, int32 number, Oid *log, Oid *outcomes)
{
	ScanKeyData key = IntegerKey(column, number);
	TableScan scan;
	bool found;

	TableScanBegin(&scan, "prediction_logs", index, GetActiveSnapshot(), 1, &key);
	found = TableScanNext(&scan);
	if (found)
	{
		*log = DatumGetObjectId(TableScanValue(&scan, LOGS_LOG));
		*outcomes = DatumGetObjectId(TableScanValue(&scan, LOGS_OUTCOMES));
	}
	TableScanEnd(&scan);
	return found;
}

static bool
FindLogRowOfModel(const char *model, Oid *log, Oid *outcomes)
{
	ScanKeyData key = TextKey(MODELS_NAME, model, strlen(model));
	TableScan scan;
	int32 model_id = 0;

	TableScanBegin(&scan, "models", "models_name_key", GetActiveSnapshot(), 1, &key);
	if (TableScanNext(&scan))
		model_id = DatumGetInt32(TableScanValue(&scan, MODELS_ID));
	TableScanEnd(&scan);
	return model_id != 0 && FindLogRow("prediction_logs_model_id_key", LOGS_MODEL, model_id, log, outcomes);
}

/* Who may not add outcomes learns of a model only what it may see */
OutcomeLog *
FindLogOfModel(char *model)
{
	Oid log;
	Oid outcomes = InvalidOid;
	Oid types[] = {TEXTOID};
	Datum values[] = {CStringGetTextDatum(model)};

	if (FindLogRowOfModel(model, &log, &outcomes) && ANY_COLUMN_PRIVILEGE(outcomes, ACL_INSERT))
		return KeepLog(log, outcomes);

	/* Says which it is: no such model, or no log, or not allowed */
	SPI_execute_with_args("SELECT drift_internal.find_log($1, 'read')", 1, types, values, NULL, true, 0);
	aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(outcomes));
	return NULL;
}

OutcomeLog *
FindLogOfId(const pg_uuid_t *id, int32 log_id)
{
	Oid log;
	Oid outcomes;

	if (log_id == 0 || !FindLogRow("prediction_logs_pkey", LOGS_ID, log_id, &log, &outcomes))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("prediction id %s does not tell which prediction log it is of",
						DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)))),
				 log_id == 0 ? errdetail("Only ids that drift made carry the number of their log.")
							 : errdetail("There is no prediction log with the number that it carries, %d.", log_id),
				 errhint("Give the model as well: model => '...'.")));
	return KeepLog(log, outcomes);
}
