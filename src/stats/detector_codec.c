/*
 * detector_codec.c
 *		The packed form of detectors.
 *
 * Version, kind and flags, a byte each; values, changes and the last change as
 * varints; parameters and fields as doubles; then ADWIN's rows, each with its
 * number of buckets (buckets of one value have no variance), or KSWIN's window
 * and generator, which is left out while nothing was drawn.
 */
#include "stats/bytes.h"
#include "stats/detector_kind.h"
#include "stats/mersenne.h"

#define FORMAT 1
#define FLAG_DRIFT 1
#define FLAG_WARNING 2

static void
write_word(DriftWriter *w, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		drift_writer_u8(w, (uint8_t) (word >> (8 * i)));
}

static void
write_adwin(DriftWriter *w, const DriftDetector *d)
{
	int rows = drift_adwin_rows(d);

	drift_writer_varint(w, (uint64_t) rows);
	for (int row = 0; row < rows; row++)
	{
		const double *totals;
		const double *variances;
		int count = drift_adwin_row(d, row, &totals, &variances);

		drift_writer_varint(w, (uint64_t) count);
		for (int k = 0; k < count; k++)
		{
			drift_writer_double(w, totals[k]);
			if (row > 0)
				drift_writer_double(w, variances[k]);
		}
	}
}

static void
write_kswin(DriftWriter *w, const DriftDetector *d)
{
	int length = drift_kswin_length(d);
	int place;
	const uint32_t *words = drift_kswin_random(d, &place);

	drift_writer_varint(w, (uint64_t) length);
	for (int i = 0; i < length; i++)
		drift_writer_double(w, drift_kswin_value(d, i));
	drift_writer_u8(w, words != NULL);
	if (words == NULL)
		return;
	drift_writer_varint(w, (uint64_t) place);
	for (int i = 0; i < DRIFT_MERSENNE_WORDS; i++)
		write_word(w, words[i]);
}

static void
write_all(DriftWriter *w, const DriftDetector *d)
{
	drift_writer_u8(w, FORMAT);
	drift_writer_u8(w, (uint8_t) d->type->kind);
	drift_writer_u8(w, (uint8_t) ((d->drift ? FLAG_DRIFT : 0) | (d->warning ? FLAG_WARNING : 0)));
	drift_writer_varint(w, (uint64_t) d->seen);
	drift_writer_varint(w, (uint64_t) d->drifts);
	drift_writer_varint(w, (uint64_t) d->drifted);
	for (int i = 0; i < d->type->param_count; i++)
		drift_writer_double(w, d->param[i]);
	for (int i = 0; i < d->type->field_count; i++)
		drift_writer_double(w, d->field[i]);
	if (d->type->kind == DRIFT_ADWIN)
		write_adwin(w, d);
	if (d->type->kind == DRIFT_KSWIN)
		write_kswin(w, d);
}

size_t
drift_detector_packed_size(const DriftDetector *d)
{
	DriftWriter w;

	drift_writer_init(&w, NULL, 0);
	write_all(&w, d);
	return w.length;
}

DriftStatus
drift_detector_pack(const DriftDetector *d, uint8_t *bytes, size_t size)
{
	DriftWriter w;

	drift_writer_init(&w, bytes, size);
	write_all(&w, d);
	return drift_writer_finish(&w);
}

/* What stands before the fields. */
typedef struct Head
{
	uint8_t kind;
	uint8_t flags;
	int64_t seen;
	int64_t drifts;
	int64_t drifted;
	double param[DRIFT_DETECTOR_PARAMS];
} Head;

static DriftStatus
read_head(DriftReader *r, Head *head)
{
	int count;

	if (drift_reader_u8(r) != FORMAT)
		return drift_reader_fail(r, DRIFT_BAD_VERSION);
	head->kind = drift_reader_u8(r);
	head->flags = drift_reader_u8(r);
	head->seen = drift_reader_count(r, (int64_t) DRIFT_MAX_STREAM);
	head->drifts = drift_reader_count(r, (int64_t) DRIFT_MAX_STREAM);
	head->drifted = drift_reader_count(r, (int64_t) DRIFT_MAX_STREAM);
	if (drift_detector_kind_name(head->kind) == NULL || head->flags > (FLAG_DRIFT | FLAG_WARNING))
		return drift_reader_fail(r, DRIFT_CORRUPT);
	drift_detector_params(head->kind, &count);
	drift_reader_doubles(r, head->param, (size_t) count);
	if (r->status == DRIFT_OK && drift_detector_bad_param(head->kind, head->param) >= 0)
		return drift_reader_fail(r, DRIFT_CORRUPT);
	return r->status;
}

DriftStatus
drift_detector_peek(const uint8_t *bytes, size_t length, size_t *size)
{
	DriftReader r;
	Head head;
	DriftStatus status;

	drift_reader_init(&r, bytes, length);
	status = read_head(&r, &head);
	if (status == DRIFT_OK)
		*size = drift_detector_size(head.kind, head.param);
	return status;
}

static void
read_adwin(DriftReader *r, DriftDetector *d)
{
	int64_t rows = drift_reader_count(r, DRIFT_ADWIN_MAX_ROWS);

	if (rows == 0)
		drift_reader_fail(r, DRIFT_CORRUPT);
	for (int64_t row = 0; row < rows && r->status == DRIFT_OK; row++)
	{
		int64_t count = drift_reader_count(r, (int64_t) (drift_reader_left(r) / sizeof(double)));

		if (row > 0 && count == 0)
			drift_reader_fail(r, DRIFT_CORRUPT);
		for (int64_t k = 0; k < count && r->status == DRIFT_OK; k++)
		{
			double total = drift_reader_double(r);
			double variance = row > 0 ? drift_reader_double(r) : 0;

			if (!drift_adwin_add_bucket(d, row > 0 && k == 0, total, variance))
				drift_reader_fail(r, DRIFT_CORRUPT);
		}
	}
}

static void
read_kswin(DriftReader *r, DriftDetector *d, double window_size)
{
	int64_t length = drift_reader_count(r, (int64_t) window_size);
	uint32_t words[DRIFT_MERSENNE_WORDS];
	const uint8_t *bytes;
	uint8_t drawn;
	int place;

	for (int64_t i = 0; i < length; i++)
		drift_kswin_put(d, drift_reader_double(r));
	drawn = drift_reader_u8(r);
	if (drawn > 1)
		drift_reader_fail(r, DRIFT_CORRUPT);
	if (drawn == 0)
		return;
	place = (int) drift_reader_count(r, DRIFT_MERSENNE_WORDS);
	bytes = drift_reader_bytes(r, sizeof(words));
	if (bytes == NULL)
		return;
	for (int i = 0; i < DRIFT_MERSENNE_WORDS; i++, bytes += 4)
		words[i] = bytes[0] | (uint32_t) bytes[1] << 8 | (uint32_t) bytes[2] << 16 | (uint32_t) bytes[3] << 24;
	drift_kswin_set_random(d, words, place);
}

DriftStatus
drift_detector_unpack(DriftDetector *d, const uint8_t *bytes, size_t length)
{
	DriftReader r;
	Head head;

	drift_reader_init(&r, bytes, length);
	if (read_head(&r, &head) != DRIFT_OK)
		return r.status;
	drift_detector_init(d, head.kind, head.param);
	d->drift = head.flags & FLAG_DRIFT;
	d->warning = head.flags & FLAG_WARNING;
	d->seen = head.seen;
	d->drifts = head.drifts;
	d->drifted = head.drifted;
	drift_reader_doubles(&r, d->field, (size_t) d->type->field_count);
	if (d->type->kind == DRIFT_ADWIN)
		read_adwin(&r, d);
	if (d->type->kind == DRIFT_KSWIN)
		read_kswin(&r, d, (double) d->param[1]);
	if (drift_reader_finish(&r) != DRIFT_OK)
		return r.status;
	return drift_detector_valid(d) ? DRIFT_OK : DRIFT_CORRUPT;
}
