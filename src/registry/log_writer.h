/*
 * log_writer.h
 *		Adding rows to prediction logs.
 *
 * A log is a table of its user. Rows are added by a statement of SQL as the
 * user who predicts, so that its privileges, policies, triggers and checks are
 * what they are with a plain INSERT. The plan of that statement is kept by the
 * backend until something about the log changes.
 */
#ifndef DRIFT_REGISTRY_LOG_WRITER_H
#define DRIFT_REGISTRY_LOG_WRITER_H

#include "datatype/timestamp.h"
#include "lib/ilist.h"
#include "utils/uuid.h"

#include "pg/score.h"

/* What a column of a feature takes. */
typedef enum LogKind
{
	LOG_FLOAT,
	LOG_NUMERIC, /* integers too */
	LOG_BOOL,
	LOG_TEXT /* all other types, by what they are as text */
} LogKind;

typedef struct LogColumn
{
	DriftLabel feature; /* in UTF-8 or what the server has */
	LogKind kind;
} LogColumn;

typedef struct LogWriter
{
	Oid log;
	Oid features; /* the table that names them, which another installation has another one of */
	bool valid;
	uint64 number;      /* of no other writer */
	int uses;           /* of the plan by statements that run */
	slist_node retired; /* in the list of those that are replaced */
	MemoryContext context;
	struct _SPI_plan *plan;
	int n_columns;
	LogColumn *columns; /* of features */
} LogWriter;

/* What a log says of a prediction. Text is NULL where there is none. */
typedef struct LoggedAnswer
{
	pg_uuid_t id;
	TimestampTz predicted_at;
	int32 version;
	const char *arm;
	text *entity_key;
	ScoreWhole answer; /* if there is no error */
	double latency;    /* in milliseconds */
	text *error;
	const pg_uuid_t *shadow_of; /* or NULL */
} LoggedAnswer;

/* The writer of a log, which stays what it is until its number changes. */
extern LogWriter *LogWriterFind(Oid log);

/* Columns of a log that are of the answer: how many, and their values. */
#define LOG_ANSWER_COLUMNS 12
extern void LogAnswerValues(const LoggedAnswer *logged, Datum *values, bool *nulls);

/* Adds a row with these features, one for each column of the writer. */
extern void LogWrite(LogWriter *writer, const LoggedAnswer *answer, const Datum *features, const bool *are_missing);

#endif
