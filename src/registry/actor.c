#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"

PG_FUNCTION_INFO_V1(drift_actor);
Datum
drift_actor(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(GetOuterUserId());
}
