/*
 * merge_profiles.c
 *		drift_internal.merge_profiles: the windows of one column as one.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "compat.h"
#include "pg/window_profiles.h"

PG_FUNCTION_INFO_V1(drift_merge_profiles);
Datum
drift_merge_profiles(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	DriftProfile *merged = NULL;
	Datum *profiles;
	bool *nulls;
	int count;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &profiles, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!nulls[i])
			merged = merged == NULL ? ProfileCopy(profiles[i]) : ProfileMerge(merged, ProfileRead(profiles[i]));
	}
	if (merged == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(PackWindowProfile(merged));
}
