#include "stats/numeric_codec.h"

#include "stats/bins.h"
#include "stats/bytes.h"
#include "stats/numeric_parts.h"

/* Fewer keys than this say too little to be worth the bytes saved. */
#define FEWEST_KEYS 16

static void
write_doubles(DriftWriter *w, const double *values, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		drift_writer_double(w, values[i]);
}

/* Every step-th of count counters. */
static void
write_counts(DriftWriter *w, const int64_t *counts, uint32_t count, uint32_t step)
{
	for (uint32_t i = 0; i < count; i++)
		drift_writer_small(w, (uint64_t) counts[i * step]);
}

DriftCertainty
drift_numeric_certainty(const DriftNumeric *p)
{
	const int64_t *slack_low = drift_numeric_slack_low(p);
	const int64_t *slack_high = drift_numeric_slack_high(p);
	int64_t slack = 0;

	for (uint32_t j = 0; j < p->key_count; j++)
		slack |= slack_low[j] | slack_high[j];
	if (p->exact)
		return DRIFT_EXACT;
	return slack == 0 ? DRIFT_WITHOUT_SLACKS : DRIFT_WITH_SLACKS;
}

static void
write_profile(DriftWriter *w, const DriftNumeric *p)
{
	DriftCertainty certainty = drift_numeric_certainty(p);
	const int64_t *counts = drift_numeric_counts(p);
	DriftProfile header = p->profile;

	header.form = DRIFT_PACKED;
	drift_packed_header_write(w, &header);
	drift_writer_u8(w, (uint8_t) certainty);
	drift_writer_varint(w, p->key_limit);
	drift_writer_varint(w, p->key_count);
	drift_writer_varint(w, p->edge_count);
	drift_writer_double(w, p->mean);
	drift_writer_double(w, p->m2);
	write_doubles(w, drift_numeric_keys(p), p->key_count);
	write_counts(w, counts + 1, p->key_count, 2);
	if (certainty != DRIFT_EXACT)
		write_counts(w, counts + 2, p->key_count - 1, 2);
	if (certainty == DRIFT_WITH_SLACKS)
	{
		write_counts(w, drift_numeric_slack_low(p), p->key_count, 1);
		write_counts(w, drift_numeric_slack_high(p), p->key_count, 1);
	}
	write_doubles(w, drift_numeric_edges(p), p->edge_count);
	if (p->edge_count > 0)
		write_counts(w, drift_numeric_bins(p), p->edge_count + 1, 1);
}

size_t
drift_numeric_packed_size(const DriftNumeric *p)
{
	DriftWriter w;

	drift_writer_init(&w, NULL, 0);
	write_profile(&w, p);
	return w.length;
}

DriftStatus
drift_numeric_pack(const DriftNumeric *p, uint8_t *bytes, size_t size)
{
	DriftWriter w;

	drift_writer_init(&w, bytes, size);
	write_profile(&w, p);
	return drift_writer_finish(&w);
}

/* Reads all that stands before the arrays. */
static DriftStatus
read_start(DriftReader *r, DriftNumeric *p, DriftCertainty *certainty)
{
	drift_packed_header_read(r, &p->profile);
	*certainty = (DriftCertainty) drift_reader_u8(r);
	p->exact = *certainty == DRIFT_EXACT;
	p->key_limit = (uint32_t) drift_reader_count(r, DRIFT_MAX_KEYS);
	p->key_count = (uint32_t) drift_reader_count(r, p->key_limit);
	p->edge_count = (uint32_t) drift_reader_count(r, DRIFT_MAX_EDGES);
	p->mean = drift_reader_double(r);
	p->m2 = drift_reader_double(r);
	if (r->status == DRIFT_OK && (p->profile.form != DRIFT_PACKED || p->profile.kind != DRIFT_NUMERIC ||
								  *certainty > DRIFT_WITHOUT_SLACKS || p->key_limit < DRIFT_MIN_KEYS))
		drift_reader_fail(r, DRIFT_CORRUPT);
	/* nobody gets to ask for more memory than the bytes can fill */
	if (r->status == DRIFT_OK && drift_reader_left(r) < (size_t) p->key_count * 9 + (size_t) p->edge_count * 9)
		drift_reader_fail(r, DRIFT_TRUNCATED);
	return r->status;
}

DriftStatus
drift_numeric_peek(const uint8_t *bytes, size_t length, uint32_t *key_count, uint32_t *edge_count)
{
	DriftReader r;
	DriftNumeric start;
	DriftCertainty certainty;
	DriftStatus status;

	drift_reader_init(&r, bytes, length);
	status = read_start(&r, &start, &certainty);
	*key_count = start.key_count;
	*edge_count = start.edge_count;
	return status;
}

DriftStatus
drift_numeric_unpack(const uint8_t *bytes, size_t length, DriftNumeric *p, uint32_t key_capacity,
					 uint32_t buffer_capacity)
{
	DriftReader r;
	DriftNumeric start;
	DriftCertainty certainty;
	DriftStatus status;

	drift_reader_init(&r, bytes, length);
	status = read_start(&r, &start, &certainty);
	if (status != DRIFT_OK)
		return status;
	if (start.key_count > key_capacity)
		return DRIFT_NO_SPACE;
	start.profile.form = DRIFT_WORKING;
	start.profile.host_length = p->profile.host_length;
	start.key_capacity = key_capacity;
	start.buffer_capacity = buffer_capacity;
	start.buffer_count = 0;
	*p = start;
	drift_numeric_forget_guide(p);

	drift_reader_doubles(&r, drift_numeric_keys(p), p->key_count);
	for (uint32_t i = 0; i <= 2 * p->key_count; i++)
		drift_numeric_counts(p)[i] = 0;
	drift_reader_counts(&r, drift_numeric_counts(p) + 1, p->key_count, 2);
	for (uint32_t j = 0; j < p->key_count; j++)
	{
		drift_numeric_slack_low(p)[j] = 0;
		drift_numeric_slack_high(p)[j] = 0;
	}
	if (!p->exact && p->key_count > 0)
		drift_reader_counts(&r, drift_numeric_counts(p) + 2, p->key_count - 1, 2);
	if (certainty == DRIFT_WITH_SLACKS)
	{
		drift_reader_counts(&r, drift_numeric_slack_low(p), p->key_count, 1);
		drift_reader_counts(&r, drift_numeric_slack_high(p), p->key_count, 1);
	}
	drift_reader_doubles(&r, drift_numeric_edges(p), p->edge_count);
	drift_numeric_bins(p)[0] = 0;
	if (p->edge_count > 0)
		drift_reader_counts(&r, drift_numeric_bins(p), p->edge_count + 1, 1);
	/* slacks that are all zero could have been left out */
	if (r.status == DRIFT_OK && drift_numeric_certainty(p) != certainty)
		drift_reader_fail(&r, DRIFT_CORRUPT);
	status = drift_reader_finish(&r);
	return status == DRIFT_OK ? drift_numeric_check(p) : status;
}

/*
 * Keys ascend, and the rows add up. Every key was seen, but those of a summary
 * that began with the keys of another profile; the outermost were always.
 */
static bool
keys_agree(const DriftNumeric *p)
{
	const double *keys = drift_numeric_keys(p);
	const int64_t *counts = drift_numeric_counts(p);
	int64_t n = drift_profile_n(&p->profile);
	int64_t below = 0;

	if (p->key_count == 0)
		return n == 0 && p->exact;
	for (uint32_t j = 0; j < p->key_count; j++)
	{
		int64_t point = counts[2 * j + 1];
		int64_t gap = counts[2 * j + 2];

		if (isnan(keys[j]) || (keys[j] == 0.0 && signbit(keys[j])))
			return false;
		if (j > 0 && !(keys[j] > keys[j - 1]))
			return false;
		/* n bounds every term, and n is at most 2^62, so nothing overflows */
		if (point < (p->exact || j == 0 || j == p->key_count - 1) || point > n - below || gap < 0 ||
			gap > n - below - point)
			return false;
		if (drift_numeric_slack_low(p)[j] < 0 || drift_numeric_slack_low(p)[j] > below)
			return false;
		if (drift_numeric_slack_high(p)[j] < 0 || drift_numeric_slack_high(p)[j] > n - below - point)
			return false;
		below += point + gap;
	}
	return below == n && counts[0] == 0 && counts[2 * p->key_count] == 0;
}

static bool
bins_agree(const DriftNumeric *p)
{
	int64_t left = drift_profile_n(&p->profile);

	if (p->edge_count == 0)
		return true;
	if (drift_check_edges(drift_numeric_edges(p), p->edge_count) != DRIFT_OK)
		return false;
	for (uint32_t i = 0; i <= p->edge_count; i++)
	{
		int64_t rows = drift_numeric_bins(p)[i];

		if (rows < 0 || rows > left)
			return false;
		left -= rows;
	}
	return left == 0;
}

DriftStatus
drift_numeric_check(const DriftNumeric *p)
{
	if (p->profile.value_type != DRIFT_VALUE_NUMBER && p->profile.value_type != DRIFT_VALUE_DATE &&
		p->profile.value_type != DRIFT_VALUE_TIMESTAMP)
		return DRIFT_CORRUPT;
	if (p->profile.flags & ~DRIFT_FLAG_BINS_DROPPED)
		return DRIFT_CORRUPT;
	if (!isfinite(p->mean) || !(p->m2 >= 0.0) || !keys_agree(p) || !bins_agree(p))
		return DRIFT_CORRUPT;
	return DRIFT_OK;
}

void
drift_numeric_compact(DriftNumeric *p, size_t max_bytes)
{
	drift_numeric_compact_lasting(p, max_bytes, (DriftLasting){NULL, 0});
}

void
drift_numeric_compact_lasting(DriftNumeric *p, size_t max_bytes, DriftLasting lasting)
{
	uint32_t fewest = lasting.count + DRIFT_OUTER_KEYS > FEWEST_KEYS ? lasting.count + DRIFT_OUTER_KEYS : FEWEST_KEYS;

	while (p->key_count > fewest && drift_numeric_packed_size(p) > max_bytes)
	{
		uint32_t target = p->key_count - p->key_count / 8;

		drift_numeric_prune_lasting(p, target > fewest ? target : fewest, lasting);
	}
}
