/*
 * profile.h
 *		The header every profile starts with, and what belongs to both kinds.
 *
 * A profile is the mergeable summary of one column. It exists in two forms:
 *
 *	 working	one flat block without pointers, grown by its owner, that rows
 *				are added to (numeric.h, category.h);
 *	 packed		the same facts as a short, endian-neutral byte string with a
 *				version, which is what is stored and sent (codec.h).
 *
 * Both begin with the four bytes that the host may use for its own length word
 * and one byte that tells which form it is.
 */
#ifndef DRIFT_STATS_PROFILE_H
#define DRIFT_STATS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/status.h"

#define DRIFT_PROFILE_VERSION 1

/* No counter may pass this, so that sums of two never overflow. */
#define DRIFT_MAX_COUNT (INT64_C(1) << 62)

typedef enum DriftForm
{
	DRIFT_WORKING = 1,
	DRIFT_PACKED = 2
} DriftForm;

typedef enum DriftKind
{
	DRIFT_NUMERIC = 1,
	DRIFT_CATEGORICAL = 2
} DriftKind;

/* How numbers are to be read by people: timestamps are seconds and dates are days since 1970-01-01. */
typedef enum DriftValueType
{
	DRIFT_VALUE_NUMBER = 1,
	DRIFT_VALUE_DATE = 2,
	DRIFT_VALUE_TIMESTAMP = 3,
	DRIFT_VALUE_TEXT = 4,
	DRIFT_VALUE_BOOLEAN = 5
} DriftValueType;

typedef struct DriftProfile
{
	uint32_t host_length;  /* the host's; the kernel neither reads nor writes it */
	uint8_t form;          /* DriftForm */
	uint8_t kind;          /* DriftKind */
	uint8_t value_type;    /* DriftValueType */
	uint8_t flags;         /* DRIFT_FLAG_* */
	int64_t row_count;     /* rows seen, missing ones included */
	int64_t missing_count; /* NULL and NaN */
} DriftProfile;

/* Bin counts were dropped because profiles with different bins were merged. */
#define DRIFT_FLAG_BINS_DROPPED 0x01

/* Rows with a value. */
static inline int64_t
drift_profile_n(const DriftProfile *p)
{
	return p->row_count - p->missing_count;
}

/* Counts rows without a value, alike in both kinds. DRIFT_OVERFLOW: nothing was counted. */
static inline DriftStatus
drift_profile_add_missing(DriftProfile *p, int64_t rows)
{
	if (p->row_count > DRIFT_MAX_COUNT - rows)
		return DRIFT_OVERFLOW;
	p->row_count += rows;
	p->missing_count += rows;
	return DRIFT_OK;
}

/* DRIFT_OK if two profiles are of columns of one type and each has values. */
static inline DriftStatus
drift_profile_check_sides(const DriftProfile *reference, const DriftProfile *current)
{
	if (reference->value_type != current->value_type)
		return DRIFT_TYPE_MISMATCH;
	if (drift_profile_n(reference) == 0)
		return DRIFT_EMPTY_REFERENCE;
	if (drift_profile_n(current) == 0)
		return DRIFT_EMPTY_CURRENT;
	return DRIFT_OK;
}

#endif
