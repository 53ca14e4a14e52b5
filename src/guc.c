#include "postgres.h"

#include "utils/guc.h"

#include "guc.h"
#include "stats/numeric.h"

int drift_profile_keys = DRIFT_DEFAULT_KEYS;

void
DriftInitSettings(void)
{
	DefineCustomIntVariable(
		"drift.profile_keys", "Distinct values that a new profile counts exactly before it becomes a summary.",
		"The rank error of a summary is about 1.2 divided by this number; its size grows with it.", &drift_profile_keys,
		DRIFT_DEFAULT_KEYS, DRIFT_MIN_KEYS, DRIFT_MAX_KEYS, PGC_USERSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("drift");
}
