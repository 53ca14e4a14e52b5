/*
 * prediction_id.h
 *		Ids of predictions: UUIDs of version 8 that carry when and in which log.
 */
#ifndef DRIFT_REGISTRY_PREDICTION_ID_H
#define DRIFT_REGISTRY_PREDICTION_ID_H

#include "datatype/timestamp.h"
#include "utils/uuid.h"

/* 60 bits of microseconds since 1970 UTC, 22 bits of the log's number, 40 random bits. */
extern pg_uuid_t PredictionId(TimestampTz predicted_at, int32 log_id);

/* What an id tells: version 8 time and log, version 7 the time; a log that it does not tell is 0. */
typedef struct PredictionIdParts
{
	int32 log_id;
	bool has_time;
	TimestampTz time;
} PredictionIdParts;

extern PredictionIdParts ReadPredictionId(const pg_uuid_t *id);

#endif
