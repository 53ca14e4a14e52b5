#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "guc.h"

PG_MODULE_MAGIC_EXT(.name = "drift", .version = DRIFT_VERSION);

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	DriftInitSettings();
}
