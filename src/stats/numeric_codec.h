/*
 * numeric_codec.h
 *		The packed form of a numeric profile.
 *
 * After the header that all packed profiles share (bytes.h):
 *		u8 1: exact, 0: a summary, 2: a summary whose slacks are all zero,
 *		varint key limit, varint keys, varint edges,
 *		double mean, double m2,
 *		keys as doubles, points as varints,
 *		if not exact: the inner gaps, and unless they are all zero the low and
 *		the high slacks, as varints,
 *		edges as doubles, and if there are any, rows per bin as varints.
 */
#ifndef DRIFT_STATS_NUMERIC_CODEC_H
#define DRIFT_STATS_NUMERIC_CODEC_H

#include "stats/numeric.h"

/* The byte that stands for exact, and says which arrays there are. */
typedef enum DriftCertainty
{
	DRIFT_WITH_SLACKS,
	DRIFT_EXACT,
	DRIFT_WITHOUT_SLACKS
} DriftCertainty;

/* Whether a profile is exact, and if it is not, whether all of its slacks are zero. */
DriftCertainty drift_numeric_certainty(const DriftNumeric *p);

/* What a compact profile should need, and what it may need when its bins take much room. */
#define DRIFT_COMPACT_BYTES 2048

/* Bytes of the packed form of a flushed profile. */
size_t drift_numeric_packed_size(const DriftNumeric *p);

/* Writes exactly drift_numeric_packed_size() bytes; DRIFT_NO_SPACE if size is smaller. */
DriftStatus drift_numeric_pack(const DriftNumeric *p, uint8_t *bytes, size_t size);

/* How many keys and edges an unpacked profile needs room for; looks at no more than the first fields. */
DriftStatus drift_numeric_peek(const uint8_t *bytes, size_t length, uint32_t *key_count, uint32_t *edge_count);

/*
 * Unpacks into memory of drift_numeric_size(key_capacity, buffer_capacity,
 * edge count) bytes, with room for at least the keys there are. The bytes may
 * come from anyone: whatever contradicts itself is refused with
 * DRIFT_TRUNCATED, DRIFT_TRAILING_BYTES, DRIFT_BAD_VERSION or DRIFT_CORRUPT.
 */
DriftStatus drift_numeric_unpack(const uint8_t *bytes, size_t length, DriftNumeric *p, uint32_t key_capacity,
								 uint32_t buffer_capacity);

/* DRIFT_OK if the facts of a flushed profile do not contradict each other: what unpacking checks. */
DriftStatus drift_numeric_check(const DriftNumeric *p);

/*
 * Drops keys until the packed form needs at most max_bytes, or few keys are
 * left. Bins, moments, counts, smallest and largest value stay exact.
 */
void drift_numeric_compact(DriftNumeric *p, size_t max_bytes);

/* The same; keys that last stay in any case. */
void drift_numeric_compact_lasting(DriftNumeric *p, size_t max_bytes, DriftLasting lasting);

#endif
