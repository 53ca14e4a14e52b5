/*
 * profile.h
 *		drift.profile as a varlena.
 *
 * Stored and sent profiles are packed. The state of an aggregate is a working
 * profile, also a varlena, that is changed in place. Whatever takes a profile
 * accepts both.
 */
#ifndef DRIFT_PG_PROFILE_H
#define DRIFT_PG_PROFILE_H

#include "fmgr.h"

#include "lib/stringinfo.h"
#include "errors.h"
#include "pg/label.h"
#include "pg/value.h"
#include "stats/category.h"
#include "stats/numeric.h"

/* Rows that a new profile buffers and keys it has room for; both grow fourfold. */
#define START_BUFFER 32
#define START_KEYS 32

/* A flushed working profile to read, which may be the datum itself. */
extern const DriftProfile *ProfileRead(Datum profile);

/* The same as DriftNumeric; an error for a categorical profile. */
extern const DriftNumeric *ProfileReadNumeric(Datum profile);

/* A flushed working profile to change, in the current memory context. */
extern DriftProfile *ProfileCopy(Datum profile);

/* The packed form of a working profile, flushed or not. */
extern struct varlena *ProfilePack(const DriftProfile *working);

/* A new working profile for values that the reader reads; bins are those of the anchor if there is one. */
extern DriftProfile *ProfileCreate(ValueReader reader, const DriftProfile *anchor);

/* Each adds a row and returns the profile, which is another one in the current memory context if it had to grow. */
extern DriftProfile *ProfileAddValue(DriftProfile *p, ValueReader reader, Datum value);
extern DriftProfile *ProfileAddLabel(DriftProfile *p, const char *label, size_t length);
extern DriftNumeric *ProfileFlush(DriftNumeric *p);

/* The same where some keys last. */
extern DriftNumeric *ProfileFlushLasting(DriftNumeric *p, DriftLasting lasting);

static inline DriftProfile *
ProfileAddNumber(DriftProfile *p, double x)
{
	DriftNumeric *numeric = (DriftNumeric *) p;

	drift_numeric_add(numeric, x);
	if (unlikely(drift_numeric_full(numeric)))
		numeric = ProfileFlush(numeric);
	return &numeric->profile;
}

static inline void
ProfileAddMissing(DriftProfile *p, int64 rows)
{
	DriftCheck(drift_profile_add_missing(p, rows));
}

/* Adds src to dst, both working profiles; dst grows if it must. */
extern DriftProfile *ProfileMerge(DriftProfile *dst, const DriftProfile *src);

/* The same for numeric profiles that are flushed, where some keys last. */
extern DriftNumeric *ProfileMergeNumeric(DriftNumeric *dst, const DriftNumeric *src, DriftLasting lasting);

/* A block for a working profile, with its length word set. */
extern void *ProfileAllocate(Size size);

/* Text form, and packed bytes from it. */
extern void ProfileToJson(const DriftProfile *working, StringInfo out);
extern struct varlena *ProfileFromJson(const char *text, fmNodePtr escontext);

#endif
