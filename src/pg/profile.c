#include "postgres.h"

#include <math.h>

#include "access/detoast.h"
#include "utils/memutils.h"

#include "compat.h"
#include "errors.h"
#include "guc.h"
#include "pg/profile.h"
#include "stats/bins.h"
#include "stats/category_codec.h"
#include "stats/numeric_codec.h"
#include "stats/numeric_statistics.h"

void *
ProfileAllocate(Size size)
{
	DriftProfile *p;

	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("profile is too large")));
	p = palloc(size);
	SET_VARSIZE(p, size);
	return p;
}

static DriftNumeric *
CopyNumeric(const DriftNumeric *src, uint32 key_capacity, uint32 buffer_capacity)
{
	DriftNumeric *dst = ProfileAllocate(drift_numeric_size(key_capacity, buffer_capacity, src->edge_count));

	drift_numeric_copy(dst, key_capacity, buffer_capacity, src);
	return dst;
}

static DriftCategory *
CopyCategory(const DriftCategory *src, Size size)
{
	DriftCategory *dst = ProfileAllocate(size);

	DriftCheck(drift_category_copy(dst, size, src));
	return dst;
}

/* Make a larger copy: of the keys' room, the buffer's, or both */
static DriftNumeric *
GrowNumeric(const DriftNumeric *p, bool keys)
{
	uint32 buffer_capacity = Min(p->buffer_capacity * 4, DRIFT_BUFFER);
	uint32 full = drift_numeric_full_capacity(p->key_limit, DRIFT_BUFFER);
	uint32 key_capacity = keys ? Min(Max(p->key_capacity * 4, START_KEYS), full) : p->key_capacity;

	return CopyNumeric(p, key_capacity, Max(buffer_capacity, START_BUFFER));
}

/* Go on with the larger copy; the block that the caller gave is the caller's to free */
static DriftNumeric *
Replace(DriftNumeric *p, DriftNumeric *larger, const DriftNumeric *given)
{
	if (p != given)
		pfree(p);
	return larger;
}

DriftNumeric *
ProfileFlush(DriftNumeric *given)
{
	return ProfileFlushLasting(given, (DriftLasting){NULL, 0});
}

DriftNumeric *
ProfileFlushLasting(DriftNumeric *given, DriftLasting lasting)
{
	DriftNumeric *p = given;
	DriftStatus status;

	while ((status = drift_numeric_flush_lasting(p, lasting)) == DRIFT_NO_SPACE)
		p = Replace(p, GrowNumeric(p, true), given);
	DriftCheck(status);
	if (p->buffer_capacity < DRIFT_BUFFER)
		p = Replace(p, GrowNumeric(p, false), given);
	return p;
}

/* Unpack into a working profile; with a buffer it can also take rows */
static DriftProfile *
Unpack(const struct varlena *packed, uint32 buffer_capacity)
{
	const uint8 *bytes = (const uint8 *) packed;
	Size length = VARSIZE(packed);
	Size size;
	void *p;

	if (((const DriftProfile *) packed)->kind == DRIFT_CATEGORICAL)
	{
		DriftCheck(drift_category_unpacked_size(bytes, length, &size));
		p = ProfileAllocate(size);
		DriftCheck(drift_category_unpack(bytes, length, p, size));
	}
	else
	{
		uint32 key_count;
		uint32 edge_count;

		DriftCheck(drift_numeric_peek(bytes, length, &key_count, &edge_count));
		size = drift_numeric_size(key_count, buffer_capacity, edge_count);
		p = ProfileAllocate(size);
		DriftCheck(drift_numeric_unpack(bytes, length, p, key_count, buffer_capacity));
	}
	return p;
}

/* Detoast; a packed profile shorter than its shortest header is not one */
static const DriftProfile *
Detoast(Datum datum)
{
	const DriftProfile *p = (const DriftProfile *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(p) < offsetof(DriftProfile, row_count))
		DriftRaise(DRIFT_TRUNCATED);
	return p;
}

static bool
NeedsFlush(const DriftProfile *p)
{
	return p->kind == DRIFT_NUMERIC && ((const DriftNumeric *) p)->buffer_count > 0;
}

static DriftProfile *
CopyWorking(const DriftProfile *p)
{
	if (p->kind == DRIFT_CATEGORICAL)
		return &CopyCategory((const DriftCategory *) p, VARSIZE(p))->profile;
	else
	{
		const DriftNumeric *numeric = (const DriftNumeric *) p;
		DriftNumeric *copy = CopyNumeric(numeric, numeric->key_capacity, numeric->buffer_capacity);

		return &(copy->buffer_count > 0 ? ProfileFlush(copy) : copy)->profile;
	}
}

const DriftProfile *
ProfileRead(Datum profile)
{
	const DriftProfile *p = Detoast(profile);

	if (p->form != DRIFT_WORKING)
		return Unpack((const struct varlena *) p, 0);
	return NeedsFlush(p) ? CopyWorking(p) : p;
}

const DriftNumeric *
ProfileReadNumeric(Datum profile)
{
	const DriftProfile *p = ProfileRead(profile);

	if (p->kind != DRIFT_NUMERIC)
		DriftRaise(DRIFT_KIND_MISMATCH);
	return (const DriftNumeric *) p;
}

DriftProfile *
ProfileCopy(Datum profile)
{
	const DriftProfile *p = Detoast(profile);

	return p->form == DRIFT_WORKING ? CopyWorking(p) : Unpack((const struct varlena *) p, START_BUFFER);
}

struct varlena *
ProfilePack(const DriftProfile *working)
{
	const DriftProfile *p = NeedsFlush(working) ? CopyWorking(working) : working;
	Size size;
	struct varlena *packed;

	if (p->kind == DRIFT_CATEGORICAL)
	{
		const DriftCategory *category = (const DriftCategory *) p;
		uint32 *order = palloc(sizeof(uint32) * (category->used + 1));

		size = drift_category_packed_size(category);
		packed = palloc(size);
		DriftCheck(drift_category_pack(category, (uint8 *) packed, size, order));
		pfree(order);
	}
	else
	{
		const DriftNumeric *numeric = (const DriftNumeric *) p;

		size = drift_numeric_packed_size(numeric);
		packed = palloc(size);
		DriftCheck(drift_numeric_pack(numeric, (uint8 *) packed, size));
	}
	SET_VARSIZE(packed, size);
	return packed;
}

static DriftProfile *
CreateNumeric(DriftValueType type, const DriftProfile *anchor)
{
	double edges[DRIFT_MAX_EDGES];
	uint32 edge_count = 0;
	DriftNumeric *p;

	if (anchor != NULL)
	{
		const DriftNumeric *reference = (const DriftNumeric *) anchor;

		if (anchor->kind != DRIFT_NUMERIC)
			DriftRaise(DRIFT_KIND_MISMATCH);
		if (anchor->value_type != type)
			DriftRaise(DRIFT_TYPE_MISMATCH);
		DriftCheck(drift_numeric_common_edges(reference, reference, 0, edges, &edge_count));
	}
	p = ProfileAllocate(drift_numeric_size(START_KEYS, START_BUFFER, edge_count));
	drift_numeric_init(p, type, drift_profile_keys, START_KEYS, START_BUFFER, edges, edge_count);
	return &p->profile;
}

static DriftProfile *
CreateCategory(DriftValueType type, const DriftProfile *anchor)
{
	Size size = drift_category_size(DRIFT_CATEGORY_START);
	DriftProfile *p;

	if (anchor != NULL && anchor->kind != DRIFT_CATEGORICAL)
		DriftRaise(DRIFT_KIND_MISMATCH);
	if (anchor != NULL && anchor->value_type != type)
		DriftRaise(DRIFT_TYPE_MISMATCH);
	p = ProfileAllocate(size);
	DriftCheck(drift_category_init(p, size, type, drift_profile_keys));
	return p;
}

DriftProfile *
ProfileCreate(ValueReader reader, const DriftProfile *anchor)
{
	switch (reader)
	{
		case READ_DATE:
			return CreateNumeric(DRIFT_VALUE_DATE, anchor);
		case READ_TIMESTAMP:
			return CreateNumeric(DRIFT_VALUE_TIMESTAMP, anchor);
		case READ_BOOL:
			return CreateCategory(DRIFT_VALUE_BOOLEAN, anchor);
		default:
			return ReaderIsNumeric(reader) ? CreateNumeric(DRIFT_VALUE_NUMBER, anchor)
										   : CreateCategory(DRIFT_VALUE_TEXT, anchor);
	}
}

DriftProfile *
ProfileAddLabel(DriftProfile *p, const char *label, size_t length)
{
	DriftCategory *category = (DriftCategory *) p;
	DriftStatus status;

	while ((status = drift_category_add(category, label, length)) == DRIFT_NO_SPACE)
		category = CopyCategory(category, drift_category_grown_size(category));
	DriftCheck(status);
	return &category->profile;
}

DriftProfile *
ProfileAddValue(DriftProfile *p, ValueReader reader, Datum value)
{
	if (ReaderIsNumeric(reader))
	{
		double x = ReadNumber(reader, value);

		if (!isnan(x))
			return ProfileAddNumber(p, x);
		ProfileAddMissing(p, 1);
		return p;
	}
	else
	{
		Label label;

		ReadLabel(reader, value, &label);
		return ProfileAddLabel(p, label.bytes, label.length);
	}
}

DriftNumeric *
ProfileMergeNumeric(DriftNumeric *dst, const DriftNumeric *src, DriftLasting lasting)
{
	DriftStatus status;

	if (dst->buffer_count > 0)
		dst = ProfileFlush(dst);
	while ((status = drift_numeric_merge_lasting(dst, src, lasting)) == DRIFT_NO_SPACE)
	{
		/* room for the keys of both, and for later ones */
		uint32 limit = Max(dst->key_limit, src->key_limit);

		dst = CopyNumeric(dst, Max(drift_numeric_full_capacity(limit, DRIFT_BUFFER), dst->key_count + src->key_count),
						  Max(dst->buffer_capacity, START_BUFFER));
	}
	DriftCheck(status);
	return dst;
}

static DriftCategory *
MergeCategory(DriftCategory *dst, const DriftCategory *src)
{
	DriftStatus status;

	while ((status = drift_category_merge(dst, src)) == DRIFT_NO_SPACE)
		dst = CopyCategory(dst, drift_category_merged_size(dst, src));
	DriftCheck(status);
	return dst;
}

DriftProfile *
ProfileMerge(DriftProfile *dst, const DriftProfile *src)
{
	if (dst->kind != src->kind)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("cannot merge a numeric and a categorical profile")));
	if (NeedsFlush(src))
		src = CopyWorking(src);
	if (dst->kind == DRIFT_CATEGORICAL)
		return &MergeCategory((DriftCategory *) dst, (const DriftCategory *) src)->profile;
	return &ProfileMergeNumeric((DriftNumeric *) dst, (const DriftNumeric *) src, (DriftLasting){NULL, 0})->profile;
}
