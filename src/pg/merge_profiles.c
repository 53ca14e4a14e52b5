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
#include "stats/numeric_merge_all.h"
#include "stats/window.h"

/* The elements that are not NULL, ready to read; answers their number. */
static int
ReadParts(ArrayType *array, const DriftProfile ***parts)
{
	Datum *profiles;
	bool *nulls;
	int count;
	int present = 0;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &profiles, &nulls, &count);
	*parts = palloc(sizeof(DriftProfile *) * (count + 1));
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!nulls[i])
			(*parts)[present++] = ProfileRead(profiles[i]);
	}
	return present;
}

/* One after another, whatever they are. */
static struct varlena *
MergeInTurn(const DriftProfile *const *parts, int count)
{
	DriftProfile *merged = ProfileCopy(PointerGetDatum(parts[0]));

	for (int i = 1; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		merged = ProfileMerge(merged, parts[i]);
	}
	return PackWindowProfile(merged);
}

/* The union of the keys of numeric profiles; NULL if that is not what they are or there are too many. */
static DriftKeyUnion *
UniteKeys(const DriftProfile *const *parts, int count)
{
	DriftKeyUnion *all = palloc(sizeof(DriftKeyUnion));

	all->count = 0;
	for (int i = 0; i < count; i++)
		if (parts[i]->kind != DRIFT_NUMERIC || drift_key_union_add(all, (const DriftNumeric *) parts[i]) != DRIFT_OK)
			return NULL;
	if (drift_key_union_add_range(all, (const DriftNumeric *const *) parts, count) != DRIFT_OK)
		return NULL;
	return all;
}

/* All at once. */
static struct varlena *
MergeTogether(const DriftNumeric *const *parts, int count, DriftKeyUnion *all)
{
	const DriftNumeric *first = parts[0];
	DriftNumeric *merged = ProfileAllocate(drift_numeric_size(all->count, 0, first->edge_count));
	DriftLasting lasting = {NULL, 0};

	drift_numeric_init(merged, first->profile.value_type, first->key_limit, all->count, 0, drift_numeric_edges(first),
					   first->edge_count);
	DriftCheck(drift_numeric_merge_all(merged, all, parts, count));
	if (!merged->exact)
	{
		lasting.count = drift_key_union_common(all, DRIFT_ANCHOR_KEYS);
		lasting.keys = all->keys;
	}
	drift_window_finish(merged, lasting);
	return ProfilePack(&merged->profile);
}

PG_FUNCTION_INFO_V1(drift_merge_profiles);
Datum
drift_merge_profiles(PG_FUNCTION_ARGS)
{
	const DriftProfile **parts;
	int count = ReadParts(PG_GETARG_ARRAYTYPE_P(0), &parts);
	DriftKeyUnion *all;

	if (count == 0)
		PG_RETURN_NULL();
	all = count > 1 ? UniteKeys(parts, count) : NULL;
	if (all == NULL)
		PG_RETURN_POINTER(MergeInTurn(parts, count));
	PG_RETURN_POINTER(MergeTogether((const DriftNumeric *const *) parts, count, all));
}
