/*
 * bytes.c
 *		Bounded reading and writing of packed profiles.
 */
#include "stats/bytes.h"

#include <string.h>

#define HOST_LENGTH_SIZE 4

void
drift_reader_init(DriftReader *r, const uint8_t *bytes, size_t length)
{
	r->next = bytes;
	r->end = bytes + length;
	r->status = DRIFT_OK;
}

DriftStatus
drift_reader_fail(DriftReader *r, DriftStatus status)
{
	if (r->status == DRIFT_OK)
		r->status = status;
	r->next = r->end;
	return r->status;
}

const uint8_t *
drift_reader_bytes(DriftReader *r, size_t length)
{
	const uint8_t *bytes = r->next;

	if (r->status != DRIFT_OK || drift_reader_left(r) < length)
	{
		drift_reader_fail(r, DRIFT_TRUNCATED);
		return NULL;
	}
	r->next += length;
	return bytes;
}

/* An unsigned number of size bytes, the lowest first. */
static uint64_t
read_fixed(DriftReader *r, size_t size)
{
	const uint8_t *bytes = drift_reader_bytes(r, size);
	uint64_t value = 0;

	if (bytes == NULL)
		return 0;
	for (size_t i = 0; i < size; i++)
		value |= (uint64_t) bytes[i] << (8 * i);
	return value;
}

uint8_t
drift_reader_u8(DriftReader *r)
{
	return (uint8_t) read_fixed(r, 1);
}

/* Written out, so that compilers make one load of it. */
static inline double
load_double(const uint8_t *bytes)
{
	uint64_t bits = (uint64_t) bytes[0] | (uint64_t) bytes[1] << 8 | (uint64_t) bytes[2] << 16 |
					(uint64_t) bytes[3] << 24 | (uint64_t) bytes[4] << 32 | (uint64_t) bytes[5] << 40 |
					(uint64_t) bytes[6] << 48 | (uint64_t) bytes[7] << 56;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

double
drift_reader_double(DriftReader *r)
{
	const uint8_t *bytes = drift_reader_bytes(r, sizeof(double));

	return bytes == NULL ? 0.0 : load_double(bytes);
}

void
drift_reader_doubles(DriftReader *r, double *values, size_t count)
{
	const uint8_t *bytes = drift_reader_bytes(r, count * sizeof(double));

	for (size_t i = 0; i < count; i++)
		values[i] = bytes == NULL ? 0.0 : load_double(bytes + i * sizeof(double));
}

uint64_t
drift_reader_varint(DriftReader *r)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < DRIFT_MAX_VARINT; i++)
	{
		uint8_t byte = drift_reader_u8(r);

		if (r->status != DRIFT_OK)
			return 0;
		/* the tenth byte has room for one bit */
		if (i == DRIFT_MAX_VARINT - 1 && byte > 1)
			break;
		value |= (uint64_t) (byte & 0x7f) << (7 * i);
		if ((byte & 0x80) == 0)
		{
			/* a last byte of zero could have been left out */
			if (byte == 0 && i > 0)
				break;
			return value;
		}
	}
	drift_reader_fail(r, DRIFT_CORRUPT);
	return 0;
}

int64_t
drift_reader_count(DriftReader *r, int64_t limit)
{
	uint64_t value = drift_reader_varint(r);

	if (limit < 0 || value > (uint64_t) limit)
	{
		drift_reader_fail(r, DRIFT_CORRUPT);
		return 0;
	}
	return (int64_t) value;
}

void
drift_reader_counts(DriftReader *r, int64_t *counts, size_t count, size_t step)
{
	const uint8_t *next = r->next;
	const uint8_t *end = r->end;

	for (size_t i = 0; i < count; i++)
	{
		if (next < end && *next < 0x80)
		{
			counts[i * step] = *next++;
			continue;
		}
		r->next = next;
		counts[i * step] = drift_reader_count(r, DRIFT_MAX_COUNT);
		next = r->next;
		end = r->end;
	}
	r->next = next;
}

DriftStatus
drift_reader_finish(DriftReader *r)
{
	if (r->status == DRIFT_OK && r->next != r->end)
		drift_reader_fail(r, DRIFT_TRAILING_BYTES);
	return r->status;
}

void
drift_writer_init(DriftWriter *w, uint8_t *bytes, size_t size)
{
	w->bytes = bytes;
	w->size = size;
	w->length = 0;
}

void
drift_writer_bytes(DriftWriter *w, const void *bytes, size_t length)
{
	if (length > 0 && w->length <= w->size && length <= w->size - w->length)
		memcpy(w->bytes + w->length, bytes, length);
	w->length += length;
}

static void
write_fixed(DriftWriter *w, uint64_t value, size_t size)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t) (value >> (8 * i));
	drift_writer_bytes(w, bytes, size);
}

void
drift_writer_u8(DriftWriter *w, uint8_t value)
{
	write_fixed(w, value, 1);
}

void
drift_writer_double(DriftWriter *w, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	write_fixed(w, bits, 8);
}

void
drift_writer_varint(DriftWriter *w, uint64_t value)
{
	uint8_t bytes[DRIFT_MAX_VARINT];
	size_t length = 0;

	while (value > 0x7f)
	{
		bytes[length++] = (uint8_t) (value | 0x80);
		value >>= 7;
	}
	bytes[length++] = (uint8_t) value;
	drift_writer_bytes(w, bytes, length);
}

DriftStatus
drift_writer_finish(const DriftWriter *w)
{
	return w->length <= w->size ? DRIFT_OK : DRIFT_NO_SPACE;
}

size_t
drift_varint_size(uint64_t value)
{
	size_t size = 1;

	while (value > 0x7f)
	{
		value >>= 7;
		size++;
	}
	return size;
}

DriftStatus
drift_packed_header_read(DriftReader *r, DriftProfile *p)
{
	uint8_t version;

	drift_reader_bytes(r, HOST_LENGTH_SIZE);
	p->host_length = 0;
	p->form = drift_reader_u8(r);
	p->kind = drift_reader_u8(r);
	p->value_type = drift_reader_u8(r);
	p->flags = drift_reader_u8(r);
	version = drift_reader_u8(r);
	if (r->status != DRIFT_OK)
		return r->status;

	if (p->form != DRIFT_PACKED)
		return drift_reader_fail(r, DRIFT_CORRUPT);
	if (version != DRIFT_PROFILE_VERSION)
		return drift_reader_fail(r, DRIFT_BAD_VERSION);
	if (p->kind != DRIFT_NUMERIC && p->kind != DRIFT_CATEGORICAL)
		return drift_reader_fail(r, DRIFT_CORRUPT);
	if (p->value_type < DRIFT_VALUE_NUMBER || p->value_type > DRIFT_VALUE_BOOLEAN)
		return drift_reader_fail(r, DRIFT_CORRUPT);
	if ((p->flags & ~DRIFT_FLAG_BINS_DROPPED) != 0)
		return drift_reader_fail(r, DRIFT_CORRUPT);

	p->row_count = drift_reader_count(r, DRIFT_MAX_COUNT);
	p->missing_count = drift_reader_count(r, p->row_count);
	return r->status;
}

void
drift_packed_header_write(DriftWriter *w, const DriftProfile *p)
{
	/* the host's length word is counted and left as it is */
	w->length += HOST_LENGTH_SIZE;
	drift_writer_u8(w, DRIFT_PACKED);
	drift_writer_u8(w, p->kind);
	drift_writer_u8(w, p->value_type);
	drift_writer_u8(w, p->flags);
	drift_writer_u8(w, DRIFT_PROFILE_VERSION);
	drift_writer_varint(w, (uint64_t) p->row_count);
	drift_writer_varint(w, (uint64_t) p->missing_count);
}
