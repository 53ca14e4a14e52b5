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

#endif
