/*
 * category_codec.c
 *		Categorical profiles as bytes.
 */
#include "stats/category_codec.h"

#include <string.h>

#include "stats/bytes.h"

/* What comes before the categories. */
static void
write_start(DriftWriter *w, const DriftCategory *p)
{
	drift_packed_header_write(w, &p->profile);
	drift_writer_varint(w, p->category_limit);
	drift_writer_varint(w, (uint64_t) p->count_error);
	drift_writer_varint(w, (uint64_t) p->absent_error);
	drift_writer_varint(w, p->used);
}

static void
write_entry(DriftWriter *w, const DriftCategory *p, const DriftCategoryEntry *entry)
{
	drift_writer_varint(w, (uint64_t) entry->count);
	drift_writer_varint(w, entry->length);
	drift_writer_bytes(w, drift_category_label(p, entry), entry->length);
}

static size_t
start_size(const DriftCategory *p)
{
	DriftWriter w;

	drift_writer_init(&w, NULL, 0);
	write_start(&w, p);
	return w.length;
}

static size_t
entry_size(const DriftCategoryEntry *entry)
{
	return drift_varint_size((uint64_t) entry->count) + drift_varint_size(entry->length) + entry->length;
}

size_t
drift_category_packed_size(const DriftCategory *p)
{
	size_t size = start_size(p);

	for (uint32_t i = 0; i < p->used; i++)
		size += entry_size(drift_category_entry(p, i));
	return size;
}

DriftStatus
drift_category_pack(const DriftCategory *p, uint8_t *bytes, size_t size, uint32_t *order)
{
	DriftWriter w;

	drift_writer_init(&w, bytes, size);
	write_start(&w, p);
	drift_category_sorted_order(p, order);
	for (uint32_t i = 0; i < p->used; i++)
		write_entry(&w, p, drift_category_entry(p, order[i]));
	return drift_writer_finish(&w);
}

void
drift_category_compact(DriftCategory *p, size_t max_bytes, uint32_t *order)
{
	size_t size;
	uint32_t kept = 0;

	if (drift_category_packed_size(p) <= max_bytes)
		return;
	drift_category_sorted_order(p, order);
	/* dropping categories raises absent_error, to no more than n */
	size = start_size(p) + drift_varint_size((uint64_t) drift_profile_n(&p->profile));
	while (kept < p->used)
	{
		size += entry_size(drift_category_entry(p, order[kept]));
		if (size > max_bytes)
			break;
		kept++;
	}
	drift_category_keep(p, order, kept);
}

/* Fills the facts that come before the categories; what is allowed to be in the counts is checked after them. */
static DriftStatus
read_start(DriftReader *r, DriftCategory *p)
{
	int64_t n;

	if (drift_packed_header_read(r, &p->profile) != DRIFT_OK)
		return r->status;
	if (p->profile.kind != DRIFT_CATEGORICAL)
		return drift_reader_fail(r, DRIFT_KIND_MISMATCH);
	if (p->profile.value_type != DRIFT_VALUE_TEXT && p->profile.value_type != DRIFT_VALUE_BOOLEAN)
		return drift_reader_fail(r, DRIFT_CORRUPT);
	if (p->profile.flags != 0)
		return drift_reader_fail(r, DRIFT_CORRUPT);

	n = drift_profile_n(&p->profile);
	p->category_limit = (uint32_t) drift_reader_count(r, DRIFT_MAX_CATEGORY_LIMIT);
	p->count_error = drift_reader_count(r, n);
	p->absent_error = drift_reader_count(r, n);
	p->used = (uint32_t) drift_reader_count(r, p->category_limit);
	if (r->status == DRIFT_OK && (p->category_limit < DRIFT_MIN_CATEGORY_LIMIT || p->count_error > p->absent_error))
		drift_reader_fail(r, DRIFT_CORRUPT);
	/* a category has at least its count and its length */
	if (drift_reader_left(r) / 2 < p->used)
		drift_reader_fail(r, DRIFT_TRUNCATED);
	return r->status;
}

DriftStatus
drift_category_unpacked_size(const uint8_t *bytes, size_t length, size_t *size)
{
	DriftReader r;
	DriftCategory p;
	size_t labels;
	uint32_t capacity;

	drift_reader_init(&r, bytes, length);
	if (read_start(&r, &p) != DRIFT_OK)
		return r.status;

	labels = drift_reader_left(&r) - 2 * (size_t) p.used;
	if (labels > (size_t) p.category_limit * DRIFT_LABEL_BYTES + 10 * (size_t) p.used)
		return DRIFT_CORRUPT;
	capacity = (uint32_t) (labels / DRIFT_LABEL_BYTES + 1);
	if (capacity < p.used)
		capacity = p.used;
	if (capacity < DRIFT_CATEGORY_START)
		capacity = DRIFT_CATEGORY_START;
	*size = drift_category_size(capacity);
	return DRIFT_OK;
}

/* Reads the next category, which has to come after the one before in sorted order. */
static DriftStatus
read_entry(DriftReader *r, DriftCategory *p, int64_t *before)
{
	int64_t rest = drift_category_rest(p);
	int64_t count = drift_reader_count(r, rest < *before ? rest : *before);
	size_t length = (size_t) drift_reader_count(r, DRIFT_MAX_LABEL);
	const uint8_t *label = drift_reader_bytes(r, length);
	DriftStatus status;

	if (r->status != DRIFT_OK)
		return r->status;
	if (count == 0)
		return drift_reader_fail(r, DRIFT_CORRUPT);
	status = drift_category_append(p, (const char *) label, (uint32_t) length, count);
	if (status != DRIFT_OK)
		return drift_reader_fail(r, status);
	*before = count;
	return DRIFT_OK;
}

DriftStatus
drift_category_unpack(const uint8_t *bytes, size_t length, void *memory, size_t size)
{
	DriftReader r;
	DriftCategory start;
	DriftCategory *p = memory;
	int64_t before = DRIFT_MAX_COUNT;
	DriftStatus status;

	drift_reader_init(&r, bytes, length);
	if (read_start(&r, &start) != DRIFT_OK)
		return r.status;
	status = drift_category_init(memory, size, (DriftValueType) start.profile.value_type, start.category_limit);
	if (status != DRIFT_OK)
		return status;
	p->profile.row_count = start.profile.row_count;
	p->profile.missing_count = start.profile.missing_count;
	p->count_error = start.count_error;
	p->absent_error = start.absent_error;

	for (uint32_t i = 0; i < start.used; i++)
		if (read_entry(&r, p, &before) != DRIFT_OK)
			return r.status;
	if (drift_reader_finish(&r) != DRIFT_OK)
		return r.status;

	/* category.h: no error is more than the rest, and all are zero when one of these two is */
	if (p->absent_error > drift_category_rest(p) || (p->absent_error == 0) != drift_category_is_exact(p))
		return DRIFT_CORRUPT;
	return DRIFT_OK;
}
