/*
 * online_codec.c
 *		The packed form of learners.
 *
 * The version; parameters; features with their names; labels of the classes;
 * labels of the columns behind those of numbers, each with its feature; the
 * front arm, and behind a flag the one that learns since a warning; the
 * detector behind its length, 0 if there is none; counts and tallies.
 */
#include <math.h>
#include <string.h>

#include "stats/bytes.h"
#include "train/online_parts.h"

#define FORMAT 1

#define FLAG_INVERSE 1
#define FLAG_STANDARDISE 2
#define FLAG_INTERCEPT 4
#define FLAG_BEHIND 8
#define FLAGS 15

/* Rows that a learner can count */
#define MAX_ROWS ((int64_t) 1 << 53)

#define MAX_TEXT 65536

static void
write_doubles(DriftWriter *w, const double *values, size_t count)
{
	for (size_t i = 0; values != NULL && i < count; i++)
		drift_writer_double(w, values[i]);
}

static void
write_text(DriftWriter *w, DriftText text)
{
	drift_writer_varint(w, text.length);
	drift_writer_bytes(w, text.bytes, text.length);
}

static void
write_params(DriftWriter *w, const DriftOnline *o)
{
	const DriftOnlineParams *p = &o->params;

	drift_writer_u8(w, p->optimiser);
	drift_writer_u8(w, p->policy);
	drift_writer_u8(w, (uint8_t) ((p->inverse_scaling ? FLAG_INVERSE : 0) | (p->standardise ? FLAG_STANDARDISE : 0) |
								  (p->intercept ? FLAG_INTERCEPT : 0) | (o->has_behind ? FLAG_BEHIND : 0)));
	drift_writer_varint(w, p->max_categories);
	write_doubles(w, (const double[]){p->learning_rate, p->power, p->l1, p->l2, p->beta, p->fading, p->raise_by}, 7);
}

static void
write_names(DriftWriter *w, const DriftOnline *o)
{
	uint32_t numbers = 0;

	drift_writer_varint(w, o->n_features);
	for (uint32_t f = 0; f < o->n_features; f++)
	{
		drift_writer_u8(w, o->features[f].categorical);
		write_text(w, o->features[f].name);
		numbers += !o->features[f].categorical;
	}
	drift_writer_varint(w, o->n_classes);
	for (uint32_t c = 0; c < o->n_classes; c++)
		write_text(w, o->classes[c]);
	drift_writer_varint(w, o->n_columns - 1 - numbers);
	for (uint32_t c = 1 + numbers; c < o->n_columns; c++)
	{
		drift_writer_varint(w, o->columns[c].feature);
		write_text(w, o->columns[c].label);
	}
}

static void
write_arm(DriftWriter *w, const DriftOnline *o, const DriftOnlineArm *arm)
{
	size_t count = (size_t) o->n_columns * o->n_groups;

	drift_writer_varint(w, (uint64_t) arm->rows);
	drift_writer_double(w, arm->boost);
	write_doubles(w, arm->weights, count);
	write_doubles(w, arm->squares, count);
	write_doubles(w, arm->counts, o->n_features);
	write_doubles(w, arm->means, o->n_features);
	write_doubles(w, arm->deviations, o->n_features);
}

static void
write_detector(DriftWriter *w, const DriftOnline *o)
{
	size_t size = o->detector != NULL ? drift_detector_packed_size(o->detector) : 0;
	size_t left;

	drift_writer_varint(w, size);
	left = w->length < w->size ? w->size - w->length : 0;
	if (size > 0 && size <= left)
		drift_detector_pack(o->detector, w->bytes + w->length, size);
	w->length += size;
}

static void
write_tally(DriftWriter *w, const DriftOnlineTally *t)
{
	write_doubles(w, (const double[]){t->n, t->right, t->loss, t->squares}, 4);
}

static void
write_all(DriftWriter *w, const DriftOnline *o)
{
	drift_writer_u8(w, FORMAT);
	write_params(w, o);
	write_names(w, o);
	write_arm(w, o, &o->front);
	if (o->has_behind)
		write_arm(w, o, &o->behind);
	write_detector(w, o);
	drift_writer_varint(w, (uint64_t) o->seen);
	drift_writer_varint(w, (uint64_t) o->changes);
	drift_writer_varint(w, (uint64_t) o->changed);
	write_doubles(w, (const double[]){o->errors.n, o->errors.sum, o->errors.recent_n, o->errors.recent}, 4);
	write_tally(w, &o->faded);
	write_tally(w, &o->total);
}

size_t
drift_online_packed_size(const DriftOnline *o)
{
	DriftWriter w;

	drift_writer_init(&w, NULL, 0);
	write_all(&w, o);
	return w.length;
}

DriftStatus
drift_online_pack(const DriftOnline *o, uint8_t *bytes, size_t size)
{
	DriftWriter w;

	drift_writer_init(&w, bytes, size);
	write_all(&w, o);
	return drift_writer_finish(&w);
}

static bool
all_good(const double *values, size_t count, double least)
{
	for (size_t i = 0; i < count; i++)
		if (!isfinite(values[i]) || values[i] < least)
			return false;
	return true;
}

/* Doubles of at least `least`, all finite. */
static void
read_doubles(DriftReader *r, double *values, size_t count, double least)
{
	drift_reader_doubles(r, values, count);
	if (!all_good(values, count, least))
		drift_reader_fail(r, DRIFT_CORRUPT);
}

static DriftText
read_text(DriftReader *r, int64_t most)
{
	uint32_t length = (uint32_t) drift_reader_count(r, most);

	return (DriftText){(const char *) drift_reader_bytes(r, length), length};
}

static void
read_params(DriftReader *r, DriftOnlineParams *p, uint8_t *flags)
{
	double values[7];

	p->optimiser = drift_reader_u8(r);
	p->policy = drift_reader_u8(r);
	*flags = drift_reader_u8(r);
	p->inverse_scaling = *flags & FLAG_INVERSE;
	p->standardise = *flags & FLAG_STANDARDISE;
	p->intercept = *flags & FLAG_INTERCEPT;
	p->max_categories = (uint32_t) drift_reader_count(r, DRIFT_ONLINE_MAX_COLUMNS);
	read_doubles(r, values, 7, 0);
	p->learning_rate = values[0];
	p->power = values[1];
	p->l1 = values[2];
	p->l2 = values[3];
	p->beta = values[4];
	p->fading = values[5];
	p->raise_by = values[6];
	if (r->status == DRIFT_OK && (*flags > FLAGS || !drift_online_params_good(p)))
		drift_reader_fail(r, DRIFT_CORRUPT);
}

/* Features and classes; NULL where the bytes are bad. Each takes a byte at least, so that counts cannot ask for much. */
static DriftOnline *
read_frame(DriftReader *r, const DriftHost *host, const DriftOnlineParams *params)
{
	uint32_t n_features = (uint32_t) drift_reader_count(r, DRIFT_ONLINE_MAX_FEATURES);
	DriftText *names = drift_online_zeroed(host, n_features, sizeof(DriftText));
	bool *categorical = drift_online_zeroed(host, n_features, sizeof(bool));
	uint32_t n_classes;
	DriftText *classes;

	for (uint32_t f = 0; f < n_features; f++)
	{
		uint8_t kind = drift_reader_u8(r);

		if (kind > 1)
			drift_reader_fail(r, DRIFT_CORRUPT);
		categorical[f] = kind == 1;
		names[f] = read_text(r, MAX_TEXT);
	}
	n_classes = (uint32_t) drift_reader_count(r, DRIFT_ONLINE_MAX_CLASSES);
	classes = drift_online_zeroed(host, n_classes, sizeof(DriftText));
	for (uint32_t c = 0; c < n_classes; c++)
		classes[c] = read_text(r, MAX_TEXT);
	if (n_classes == 1 || n_features == 0)
		drift_reader_fail(r, DRIFT_CORRUPT);
	if (r->status != DRIFT_OK)
		return NULL;
	return drift_online_frame(host, params, names, categorical, n_features, classes, n_classes);
}

/* Columns of labels, as they were added; each must be new. */
static void
read_columns(DriftReader *r, DriftOnline *o)
{
	int64_t count = drift_reader_count(r, DRIFT_ONLINE_MAX_COLUMNS);

	for (int64_t i = 0; i < count && r->status == DRIFT_OK; i++)
	{
		uint32_t before = o->n_columns;
		uint32_t feature = (uint32_t) drift_reader_count(r, (int64_t) o->n_features - 1);
		DriftText label = read_text(r, DRIFT_ONLINE_MAX_LABEL);

		if (r->status == DRIFT_OK &&
			(!o->features[feature].categorical || drift_online_column(o, feature, label, true) != before))
			drift_reader_fail(r, DRIFT_CORRUPT);
	}
}

static void
read_arm(DriftReader *r, DriftOnline *o, DriftOnlineArm *arm)
{
	size_t count = (size_t) o->n_columns * o->n_groups;

	int64_t rows = drift_reader_count(r, MAX_ROWS);
	double boost = 1;

	read_doubles(r, &boost, 1, 1);
	if (r->status == DRIFT_OK && (boost > o->params.raise_by || count > drift_reader_left(r) / sizeof(double)))
		drift_reader_fail(r, DRIFT_CORRUPT);
	if (r->status != DRIFT_OK)
		return;
	drift_online_arm_init(o, arm);
	arm->boost = boost;
	arm->rows = rows;
	read_doubles(r, arm->weights, count, -INFINITY);
	if (arm->squares != NULL)
		read_doubles(r, arm->squares, count, 0);
	if (arm->counts == NULL)
		return;
	read_doubles(r, arm->counts, o->n_features, 0);
	read_doubles(r, arm->means, o->n_features, -INFINITY);
	read_doubles(r, arm->deviations, o->n_features, 0);
}

/* Kinds that watch errors of 0 and 1 cannot be fed with errors of numbers. */
static void
read_detector(DriftReader *r, DriftOnline *o)
{
	size_t length = (size_t) drift_reader_count(r, (int64_t) drift_reader_left(r));
	const uint8_t *bytes = drift_reader_bytes(r, length);
	size_t size = 0;

	if (r->status != DRIFT_OK || length == 0)
		return;
	if (drift_detector_peek(bytes, length, &size) != DRIFT_OK)
	{
		drift_reader_fail(r, DRIFT_CORRUPT);
		return;
	}
	o->detector = drift_online_zeroed(o->host, 1, size);
	if (drift_detector_unpack(o->detector, bytes, length) != DRIFT_OK ||
		(o->n_classes == 0 && !drift_detector_takes(o->detector, DRIFT_ONLINE_MAX_NUMBER)))
		drift_reader_fail(r, DRIFT_CORRUPT);
}

static void
read_tally(DriftReader *r, DriftOnlineTally *t)
{
	double values[4];

	read_doubles(r, values, 4, 0);
	*t = (DriftOnlineTally){values[0], values[1], values[2], values[3]};
}

static void
read_state(DriftReader *r, DriftOnline *o, uint8_t flags)
{
	double errors[4];

	read_columns(r, o);
	read_arm(r, o, &o->front);
	o->has_behind = flags & FLAG_BEHIND;
	if (o->has_behind)
		read_arm(r, o, &o->behind);
	read_detector(r, o);
	o->seen = drift_reader_count(r, MAX_ROWS);
	o->changes = drift_reader_count(r, MAX_ROWS);
	o->changed = drift_reader_count(r, MAX_ROWS);
	read_doubles(r, errors, 4, 0);
	o->errors = (DriftOnlineErrors){errors[0], errors[1], errors[2], errors[3]};
	read_tally(r, &o->faded);
	read_tally(r, &o->total);
}

DriftStatus
drift_online_unpack(const DriftHost *host, const uint8_t *bytes, size_t length, DriftOnline **result)
{
	DriftReader r;
	DriftOnlineParams params = {0};
	DriftOnline *o;
	uint8_t flags = 0;

	drift_reader_init(&r, bytes, length);
	if (drift_reader_u8(&r) != FORMAT)
		return drift_reader_fail(&r, DRIFT_BAD_VERSION);
	read_params(&r, &params, &flags);
	if (r.status != DRIFT_OK)
		return r.status;
	o = read_frame(&r, host, &params);
	if (o == NULL)
		return r.status;
	read_state(&r, o, flags);
	if (drift_reader_finish(&r) == DRIFT_OK)
		*result = o;
	return r.status;
}
