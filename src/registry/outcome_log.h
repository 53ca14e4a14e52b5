/*
 * outcome_log.h
 *		The prediction log that an outcome belongs to, and statements about it.
 *
 * Statements run as the caller, so that privileges, row level security and
 * triggers of the tables hold. Their plans are kept for the session.
 */
#ifndef DRIFT_REGISTRY_OUTCOME_LOG_H
#define DRIFT_REGISTRY_OUTCOME_LOG_H

#include "executor/spi.h"
#include "utils/uuid.h"

typedef enum OutcomeStatement
{
	/* $1 prediction, $2 and $3 between which times it was made: predicted_at, shadow_of */
	FIND_PREDICTION,
	/* $1 entity, $2 and $3 times: prediction_id, predicted_at of its answers, the latest first */
	FIND_ENTITY,
	/* $1 to $5 as below: outcome_id of what is known for that time, if it says the same */
	FIND_OUTCOME,
	/* $1 prediction, $2 observed_at, $3 actual, $4 entity, $5 predicted_at, $6 actual_value, $7 source: outcome_id */
	ADD_OUTCOME,
	OUTCOME_STATEMENTS
} OutcomeStatement;

typedef struct OutcomeLog
{
	Oid log; /* first: the key */
	Oid outcomes;
	char *log_name;
	char *outcomes_name;
	SPIPlanPtr plans[OUTCOME_STATEMENTS];
} OutcomeLog;

/* The log of a model, or the log that ids name; an error if there is none that the caller may add outcomes to. */
extern OutcomeLog *FindLogOfModel(char *model);
extern OutcomeLog *FindLogOfId(const pg_uuid_t *id, int32 log_id);

/* Runs a statement inside SPI; rows are in SPI_tuptable. */
extern uint64 RunOutcomeStatement(OutcomeLog *log, OutcomeStatement statement, Datum *values, const char *nulls,
								  long limit);

#endif
