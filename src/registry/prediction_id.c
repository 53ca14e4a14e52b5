#include "postgres.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "registry/prediction_id.h"

#define EPOCH_MICROSECONDS ((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)
#define VERSION_BITS 0x80
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
