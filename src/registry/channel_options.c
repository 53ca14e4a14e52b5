/*
 * channel_options.c
 *		Validator of the foreign-data wrapper drift_channel.
 */
#include "postgres.h"

#include "fmgr.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(drift_channel_options);
Datum
drift_channel_options(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(true);
}
