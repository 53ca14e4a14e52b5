/*
 * bytes.h
 *		Bounded reading and writing of packed profiles.
 *
 * Everything is little-endian whatever the machine. Numbers that are usually
 * small are varints: LEB128, seven bits a byte, lowest first, at most ten
 * bytes, and always the shortest form, so that equal profiles are equal bytes.
 *
 * A reader or writer that fails stays failed: reads after that give zeros and
 * writes do nothing, so that a codec checks the status once where it matters
 * and not after every field. A reader never looks past its end.
 */
#ifndef DRIFT_STATS_BYTES_H
#define DRIFT_STATS_BYTES_H

#include "stats/profile.h"

#define DRIFT_MAX_VARINT 10

typedef struct DriftReader
{
	const uint8_t *next;
	const uint8_t *end;
	DriftStatus status; /* the first failure, or DRIFT_OK */
} DriftReader;

typedef struct DriftWriter
{
	uint8_t *bytes; /* may be NULL when size is 0 */
	size_t size;
	size_t length; /* bytes asked for so far, also those that did not fit */
} DriftWriter;

void drift_reader_init(DriftReader *r, const uint8_t *bytes, size_t length);

/* Bytes not read yet. */
static inline size_t
drift_reader_left(const DriftReader *r)
{
	return (size_t) (r->end - r->next);
}

/* The first failure stays; always returns the reader's status. */
DriftStatus drift_reader_fail(DriftReader *r, DriftStatus status);

/* Each gives zero (or NULL) and fails with DRIFT_TRUNCATED when the bytes end too early. */
uint8_t drift_reader_u8(DriftReader *r);
double drift_reader_double(DriftReader *r);

/* Count doubles; all are zero where that fails. */
void drift_reader_doubles(DriftReader *r, double *values, size_t count);

/* Fails with DRIFT_CORRUPT on a form that is not the shortest or passes 64 bits. */
uint64_t drift_reader_varint(DriftReader *r);

/* A varint that has to be in [0, limit]; fails with DRIFT_CORRUPT otherwise. */
int64_t drift_reader_count(DriftReader *r, int64_t limit);

/* Count of those, each step-th of counts, up to DRIFT_MAX_COUNT; quick where they are below 128. */
void drift_reader_counts(DriftReader *r, int64_t *counts, size_t count, size_t step);

/* The next length bytes, in place. */
const uint8_t *drift_reader_bytes(DriftReader *r, size_t length);

/* The status at the end: DRIFT_TRAILING_BYTES when bytes are left. */
DriftStatus drift_reader_finish(DriftReader *r);

/*
 * Writes past the end are counted and not made: a writer over no bytes
 * measures what a packed profile will need.
 */
void drift_writer_init(DriftWriter *w, uint8_t *bytes, size_t size);
void drift_writer_u8(DriftWriter *w, uint8_t value);
void drift_writer_double(DriftWriter *w, double value);
void drift_writer_varint(DriftWriter *w, uint64_t value);

/* The same, quick for numbers below 128. */
static inline void
drift_writer_small(DriftWriter *w, uint64_t value)
{
	if (value > 0x7f || w->length >= w->size)
		drift_writer_varint(w, value);
	else
		w->bytes[w->length++] = (uint8_t) value;
}

void drift_writer_bytes(DriftWriter *w, const void *bytes, size_t length);

/* DRIFT_OK, or DRIFT_NO_SPACE when not everything fitted. */
DriftStatus drift_writer_finish(const DriftWriter *w);

/* Bytes of the shortest varint of value. */
size_t drift_varint_size(uint64_t value);

/*
 * The start of every packed profile, at the places of the DriftProfile struct:
 * four bytes of the host's that are not touched (skipped in reading), then
 * form, kind, value type, flags, version, row count and missing count.
 * Reading checks each of them but the kind against the value type, and that
 * missing <= rows <= DRIFT_MAX_COUNT; it fills all of *p but host_length,
 * which becomes 0.
 */
DriftStatus drift_packed_header_read(DriftReader *r, DriftProfile *p);
void drift_packed_header_write(DriftWriter *w, const DriftProfile *p);

#endif
