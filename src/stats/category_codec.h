/*
 * category_codec.h
 *		Categorical profiles as bytes.
 *
 * After the header that all packed profiles share (bytes.h), as varints:
 *
 *	 category_limit, count_error, absent_error, number of categories,
 *
 * and for each category, the largest count first and equal counts by label:
 *
 *	 count, length of the label, the label.
 *
 * One profile has one packed form, whatever the order of its rows was.
 */
#ifndef DRIFT_STATS_CATEGORY_CODEC_H
#define DRIFT_STATS_CATEGORY_CODEC_H

#include "stats/category.h"

/* Bytes of the packed form, the host's four included. */
size_t drift_category_packed_size(const DriftCategory *p);

/*
 * Writes drift_category_packed_size() bytes but leaves the host's four as they
 * are; DRIFT_NO_SPACE if size is smaller. order is scratch for p->used numbers.
 */
DriftStatus drift_category_pack(const DriftCategory *p, uint8_t *bytes, size_t size, uint32_t *order);

/*
 * Drops the lightest categories until the packed form has at most max_bytes,
 * or none is left (drift_category_keep()). order is scratch for p->used numbers.
 */
void drift_category_compact(DriftCategory *p, size_t max_bytes, uint32_t *order);

/*
 * How much memory drift_category_unpack() needs, at most a small multiple of
 * length whatever the bytes are. Fails as that does, but checks the lengths only.
 */
DriftStatus drift_category_unpacked_size(const uint8_t *bytes, size_t length, size_t *size);

/*
 * The working profile of packed bytes, which may come from anybody. memory is
 * aligned to eight bytes; its host_length is not written. Gives
 * DRIFT_TRUNCATED, DRIFT_TRAILING_BYTES, DRIFT_BAD_VERSION, DRIFT_CORRUPT,
 * DRIFT_KIND_MISMATCH (a numeric profile) or DRIFT_NO_SPACE, and leaves no
 * usable profile then.
 */
DriftStatus drift_category_unpack(const uint8_t *bytes, size_t length, void *memory, size_t size);

#endif
