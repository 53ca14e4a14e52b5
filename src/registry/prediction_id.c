#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "registry/prediction_id.h"

#define EPOCH_MICROSECONDS ((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)
#define VERSION_BITS 0x80
#define MILLISECOND_VERSION_BITS 0x70
#define VARIANT_BITS 0x80

pg_uuid_t
PredictionId(TimestampTz predicted_at, int32 log_id)
{
	uint64 time = (uint64) (predicted_at + EPOCH_MICROSECONDS);
	pg_uuid_t id;

	for (int i = 0; i < 6; i++)
		id.data[i] = (uint8) (time >> (52 - 8 * i));
	id.data[6] = VERSION_BITS | ((time >> 8) & 0x0F);
	id.data[7] = (uint8) time;
	id.data[8] = VARIANT_BITS | (log_id >> 16 & 0x3F);
	id.data[9] = (uint8) (log_id >> 8);
	id.data[10] = (uint8) log_id;
	if (!pg_strong_random(id.data + 11, 5))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("no random bits for a prediction id")));
	return id;
}

PredictionIdParts
ReadPredictionId(const pg_uuid_t *id)
{
	const uint8 *bytes = id->data;
	PredictionIdParts parts = {0};
	int64 time = 0;

	for (int i = 0; i < 6; i++)
		time = time << 8 | bytes[i];

	if ((bytes[8] & 0xC0) != VARIANT_BITS)
		return parts;
	if ((bytes[6] & 0xF0) == VERSION_BITS)
	{
		parts.log_id = (bytes[8] & 0x3F) << 16 | bytes[9] << 8 | bytes[10];
		time = time << 12 | (bytes[6] & 0x0F) << 8 | bytes[7];
	}
	else if ((bytes[6] & 0xF0) == MILLISECOND_VERSION_BITS)
		time *= 1000;
	else
		return parts;
	parts.time = time - EPOCH_MICROSECONDS;
	parts.has_time = IS_VALID_TIMESTAMP(parts.time);
	return parts;
}

PG_FUNCTION_INFO_V1(drift_prediction_time);
Datum
drift_prediction_time(PG_FUNCTION_ARGS)
{
	PredictionIdParts parts = ReadPredictionId(PG_GETARG_UUID_P(0));

	if (!parts.has_time)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(parts.time);
}
