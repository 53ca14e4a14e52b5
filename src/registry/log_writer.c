#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "registry/log_writer.h"
#include "registry/table.h"

/* Columns of drift.prediction_logs and drift.prediction_log_features */
#define LOGS_ID 1
#define LOGS_LOG 3
#define FEATURES_LOG 1
#define FEATURES_FEATURE 2
#define FEATURES_COLUMN 3

/* Columns that every log has, and what is put into them, in the order of LogAnswerValues() */
static const struct
{
	const char *name;
	Oid type;
} answer_columns[LOG_ANSWER_COLUMNS] = {
	{"prediction_id", UUIDOID}, {"predicted_at", TIMESTAMPTZOID},
	{"model_version", INT4OID}, {"arm", TEXTOID},
	{"entity_key", TEXTOID},    {"score", FLOAT8OID},
	{"label", TEXTOID},         {"probabilities", FLOAT8ARRAYOID},
	{"latency_ms", FLOAT8OID},  {"status", TEXTOID},
	{"error", TEXTOID},         {"shadow_of", UUIDOID},
};

typedef struct WriterEntry
{
	Oid log; /* key of the hash table */
	LogWriter *writer;
} WriterEntry;

static HTAB *writers = NULL;
static uint64 last_number = 0;

/* Writers that others have replaced, and that wait for the end of a statement that they run */
static slist_head retired = SLIST_STATIC_INIT(retired);

/* What changed is a log, the table of features, or all if it is no relation */
static void
Invalidate(Oid relation)
{
	HASH_SEQ_STATUS scan;
	WriterEntry *entry;

	hash_seq_init(&scan, writers);
	while ((entry = hash_seq_search(&scan)) != NULL)
		if (entry->writer != NULL &&
			(!OidIsValid(relation) || entry->log == relation || entry->writer->features == relation))
			entry->writer->valid = false;
}

static void
RelationChanged(Datum arg, Oid relation)
{
	Invalidate(relation);
}

/* The plan's text names the log by its schema */
static void
SchemaChanged(Datum arg, int cache, uint32 hash)
{
	Invalidate(InvalidOid);
}

static void
CreateWriters(void)
{
	HASHCTL control = {.keysize = sizeof(Oid), .entrysize = sizeof(WriterEntry), .hcxt = TopMemoryContext};

	writers = hash_create("drift log writers", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	CacheRegisterRelcacheCallback(RelationChanged, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, SchemaChanged, (Datum) 0);
}

static LogKind
KindOfType(Oid type)
{
	switch (getBaseType(type))
	{
		case FLOAT4OID:
		case FLOAT8OID:
			return LOG_FLOAT;
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case NUMERICOID:
			return LOG_NUMERIC;
		case BOOLOID:
			return LOG_BOOL;
		default:
			return LOG_TEXT;
	}
}

static Oid
TypeOfKind(LogKind kind)
{
	static const Oid types[] = {
		[LOG_FLOAT] = FLOAT8OID, [LOG_NUMERIC] = NUMERICOID, [LOG_BOOL] = BOOLOID, [LOG_TEXT] = TEXTOID};

	return types[kind];
}

/* Text goes into text as it is, and has to be cast to all else */
static void
AppendParameter(StringInfo values, int number, LogKind kind, Oid type)
{
	appendStringInfo(values, ", $%d", number);
	if (kind == LOG_TEXT && get_element_type(type) == InvalidOid &&
		TypeCategory(getBaseType(type)) != TYPCATEGORY_STRING)
		appendStringInfo(values, "::%s", format_type_extended(type, -1, FORMAT_TYPE_FORCE_QUALIFY));
}

typedef struct Statement
{
	StringInfoData columns;
	StringInfoData values;
	Oid *types;
	int n;
} Statement;

static void
StartStatement(Statement *statement, int room)
{
	initStringInfo(&statement->columns);
	initStringInfo(&statement->values);
	statement->types = palloc(sizeof(Oid) * room);
	for (statement->n = 0; statement->n < LOG_ANSWER_COLUMNS; statement->n++)
	{
		const char *comma = statement->n > 0 ? ", " : "";

		appendStringInfo(&statement->columns, "%s%s", comma, quote_identifier(answer_columns[statement->n].name));
		appendStringInfo(&statement->values, "%s$%d", comma, statement->n + 1);
		statement->types[statement->n] = answer_columns[statement->n].type;
	}
}

/* A feature, unless its column is gone, which is for the owner of the log to decide */
static void
AddFeature(LogWriter *writer, Statement *statement, const TableScan *scan)
{
	const text *feature = DatumGetTextPP(TableScanValue(scan, FEATURES_FEATURE));
	char *column = TextDatumGetCString(TableScanValue(scan, FEATURES_COLUMN));
	AttrNumber number = get_attnum(writer->log, column);
	char *name;
	Oid type;
	LogKind kind;

	if (number <= 0)
		return;
	type = get_atttype(writer->log, number);
	kind = KindOfType(type);
	name = MemoryContextAlloc(writer->context, VARSIZE_ANY_EXHDR(feature) + 1);
	memcpy(name, VARDATA_ANY(feature), VARSIZE_ANY_EXHDR(feature));
	writer->columns[writer->n_columns++] = (LogColumn){{name, VARSIZE_ANY_EXHDR(feature)}, kind};
	appendStringInfo(&statement->columns, ", %s", quote_identifier(column));
	AppendParameter(&statement->values, statement->n + 1, kind, type);
	statement->types[statement->n++] = TypeOfKind(kind);
}

static int32
FindLogId(Oid log, Snapshot snapshot)
{
	ScanKeyData key;
	TableScan scan;
	int32 log_id = 0;

	ScanKeyInit(&key, LOGS_LOG, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(log));
	TableScanBegin(&scan, "prediction_logs", "prediction_logs_log_key", snapshot, 1, &key);
	if (TableScanNext(&scan))
		log_id = DatumGetInt32(TableScanValue(&scan, LOGS_ID));
	TableScanEnd(&scan);
	return log_id;
}

/* What is committed now, and not what a long transaction sees, is what the columns of the table go with */
static void
AddFeatures(LogWriter *writer, Statement *statement)
{
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	ScanKeyData key = IntegerKey(FEATURES_LOG, FindLogId(writer->log, snapshot));
	TableScan scan;

	TableScanBegin(&scan, "prediction_log_features", "prediction_log_features_pkey", snapshot, 1, &key);
	writer->features = RelationGetRelid(scan.table);
	while (TableScanNext(&scan))
		if (writer->n_columns < MaxHeapAttributeNumber)
			AddFeature(writer, statement, &scan);
	TableScanEnd(&scan);
	UnregisterSnapshot(snapshot);
}

static SPIPlanPtr
PreparePlan(const LogWriter *writer, const Statement *statement)
{
	StringInfoData query;
	SPIPlanPtr plan;

	initStringInfo(&query);
	appendStringInfo(
		&query, "INSERT INTO %s (%s) VALUES (%s)",
		quote_qualified_identifier(get_namespace_name(get_rel_namespace(writer->log)), get_rel_name(writer->log)),
		statement->columns.data, statement->values.data);
	plan = SPI_prepare_cursor(query.data, statement->n, statement->types, CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "cannot prepare \"%s\": %s", query.data, SPI_result_code_string(SPI_result));
	return plan;
}

static LogWriter *
CreateWriter(Oid log)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "drift log writer", ALLOCSET_SMALL_SIZES);
	LogWriter *writer = MemoryContextAllocZero(context, sizeof(LogWriter));

	writer->log = log;
	writer->context = context;
	writer->number = ++last_number;
	writer->columns = MemoryContextAlloc(context, sizeof(LogColumn) * MaxHeapAttributeNumber);
	return writer;
}

/* The log is locked meanwhile, so that its columns stay */
static LogWriter *
Build(Oid log)
{
	Relation relation = try_relation_open(log, AccessShareLock);
	LogWriter *writer;
	Statement statement;

	if (relation == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("the prediction log of the model is gone"),
						errhint("drift.create_prediction_log() makes another one; log => false predicts without.")));
	writer = CreateWriter(log);
	SPI_connect();
	StartStatement(&statement, LOG_ANSWER_COLUMNS + MaxHeapAttributeNumber);
	AddFeatures(writer, &statement);
	writer->plan = PreparePlan(writer, &statement);
	SPI_finish();
	relation_close(relation, AccessShareLock);
	MemoryContextSetParent(writer->context, TopMemoryContext);
	writer->valid = true;
	return writer;
}

static void
Free(LogWriter *writer)
{
	SPI_freeplan(writer->plan);
	MemoryContextDelete(writer->context);
}

/* Forget writers that are of no use any more, also of logs that are gone */
static void
Sweep(void)
{
	HASH_SEQ_STATUS scan;
	WriterEntry *entry;
	slist_mutable_iter it;

	hash_seq_init(&scan, writers);
	while ((entry = hash_seq_search(&scan)) != NULL)
		if (entry->writer != NULL && !entry->writer->valid)
		{
			slist_push_head(&retired, &entry->writer->retired);
			entry->writer = NULL;
		}
	slist_foreach_modify(it, &retired)
	{
		LogWriter *writer = slist_container(LogWriter, retired, it.cur);

		if (writer->uses > 0)
			continue;
		slist_delete_current(&it);
		Free(writer);
	}
}

LogWriter *
LogWriterFind(Oid log)
{
	WriterEntry *entry;
	bool found;

	if (writers == NULL)
		CreateWriters();
	entry = hash_search(writers, &log, HASH_FIND, NULL);
	if (entry != NULL && entry->writer != NULL && entry->writer->valid)
		return entry->writer;
	Sweep();
	{
		LogWriter *writer = Build(log);

		entry = hash_search(writers, &log, HASH_ENTER, &found);
		entry->writer = writer;
		return writer;
	}
}

static void
EndUse(void *writer)
{
	((LogWriter *) writer)->uses--;
}

/* The use ends with the memory context, however that ends */
static void
Use(LogWriter *writer, MemoryContext context)
{
	MemoryContextCallback *end = MemoryContextAlloc(context, sizeof(MemoryContextCallback));

	end->func = EndUse;
	end->arg = writer;
	MemoryContextRegisterResetCallback(context, end);
	writer->uses++;
}

static void
PutPointer(Datum *value, bool *null, const void *pointer)
{
	*null = pointer == NULL;
	*value = PointerGetDatum(pointer);
}

void
LogAnswerValues(const LoggedAnswer *logged, Datum *values, bool *nulls)
{
	bool answers = logged->error == NULL;

	memset(nulls, false, sizeof(bool) * LOG_ANSWER_COLUMNS);
	values[0] = UUIDPGetDatum(&logged->id);
	values[1] = TimestampTzGetDatum(logged->predicted_at);
	values[2] = Int32GetDatum(logged->version);
	values[3] = CStringGetTextDatum(logged->arm);
	PutPointer(&values[4], &nulls[4], logged->entity_key);
	values[5] = Float8GetDatum(logged->answer.score);
	nulls[5] = !answers || !logged->answer.has_score;
	PutPointer(&values[6], &nulls[6], answers ? DatumGetPointer(logged->answer.label) : NULL);
	PutPointer(&values[7], &nulls[7], answers ? DatumGetPointer(logged->answer.probabilities) : NULL);
	values[8] = Float8GetDatum(logged->latency);
	values[9] = CStringGetTextDatum(answers ? "ok" : "error");
	PutPointer(&values[10], &nulls[10], logged->error);
	PutPointer(&values[11], &nulls[11], logged->shadow_of);
}

void
LogWrite(LogWriter *writer, const LoggedAnswer *answer, const Datum *features, const bool *are_missing)
{
	int n = LOG_ANSWER_COLUMNS + writer->n_columns;
	Datum *values;
	bool *missing;
	char *nulls;
	int result;

	SPI_connect();
	Use(writer, CurrentMemoryContext);
	values = palloc(sizeof(Datum) * n);
	missing = palloc(sizeof(bool) * n);
	nulls = palloc(n + 1);
	LogAnswerValues(answer, values, missing);
	memcpy(values + LOG_ANSWER_COLUMNS, features, sizeof(Datum) * writer->n_columns);
	memcpy(missing + LOG_ANSWER_COLUMNS, are_missing, sizeof(bool) * writer->n_columns);
	for (int i = 0; i < n; i++)
		nulls[i] = missing[i] ? 'n' : ' ';
	result = SPI_execute_plan(writer->plan, values, nulls, false, 0);
	if (result < 0)
		elog(ERROR, "cannot add to the prediction log: %s", SPI_result_code_string(result));
	SPI_finish();
}
