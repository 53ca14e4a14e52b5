/*
 * detector_adwin.c
 *		Adaptive windowing, ADWIN2 (Bifet and Gavalda 2007).
 *
 * The window is kept as buckets of 1, 2, 4, ... values, at most max_buckets of
 * each size, oldest last; a bucket has the sum and the sum of squared
 * deviations of its values. Every clock values all cuts between buckets are
 * tried. Older releases of river, scikit-multiflow and Frouros leave out the
 * last bucket of every row. After a change river begins anew; without "reset"
 * the window goes on from the cut as in the paper, MOA and scikit-multiflow.
 */
#include <math.h>
#include <string.h>

#include "stats/detector_kind.h"

/* Values that are added at once, and what max_buckets is at most. */
#define BATCH 64
#define MOST_BUCKETS 100

enum
{
	DELTA,
	CLOCK,
	MAX_BUCKETS,
	MIN_WINDOW_LENGTH,
	GRACE_PERIOD,
	RESET
};

static const DriftDetectorParam params[] = {
	{"delta", DRIFT_PARAM_NUMBER, 0.002, 1e-300, 1},        {"clock", DRIFT_PARAM_WHOLE, 32, 1, 1e9},
	{"max_buckets", DRIFT_PARAM_WHOLE, 5, 2, MOST_BUCKETS}, {"min_window_length", DRIFT_PARAM_WHOLE, 5, 1, 1e9},
	{"grace_period", DRIFT_PARAM_WHOLE, 10, 1, 1e15},       {"reset", DRIFT_PARAM_FLAG, 1, 0, 1}};

enum
{
	WIDTH,
	TOTAL,
	VARIANCE,
	TICK
};

static const DriftDetectorField fields[] = {{"width", 0, DRIFT_MAX_STREAM},
											{"total", -DRIFT_MAX_SUM, DRIFT_MAX_SUM},
											{"variance", -DRIFT_MAX_SQUARES, DRIFT_MAX_SQUARES},
											{"tick", 0, 1e9}};

/* The tail. Row i has its sums and then its variances, max_buckets + 1 of each. */
typedef struct Window
{
	int32_t rows;
	int32_t count[DRIFT_ADWIN_MAX_ROWS];
	double bucket[];
} Window;

static inline Window *
window_of(const DriftDetector *d)
{
	return (Window *) (uintptr_t) d->tail;
}

static inline size_t
row_room(const DriftDetector *d)
{
	return (size_t) d->param[MAX_BUCKETS] + 1;
}

static inline double *
totals_of(const DriftDetector *d, int row)
{
	return window_of(d)->bucket + (size_t) row * 2 * row_room(d);
}

static size_t
tail_size(const double *param)
{
	return offsetof(Window, bucket) + DRIFT_ADWIN_MAX_ROWS * 2 * sizeof(double) * ((size_t) param[MAX_BUCKETS] + 1);
}

static void
reset(DriftDetector *d)
{
	if (d->param[RESET] == 0 && d->field[WIDTH] > 0)
		return;
	for (int i = 0; i <= TICK; i++)
		d->field[i] = 0;
	window_of(d)->rows = 1;
	window_of(d)->count[0] = 0;
}

static inline double
values_in(int row)
{
	return (double) (INT64_C(1) << row);
}

/* Puts buckets behind those of a row, which has room for them. */
static inline void
put(DriftDetector *d, int row, const double *totals, const double *variances, int32_t count)
{
	double *to = totals_of(d, row) + window_of(d)->count[row];

	memcpy(to, totals, sizeof(double) * (size_t) count);
	memcpy(to + row_room(d), variances, sizeof(double) * (size_t) count);
	window_of(d)->count[row] += count;
}

/* Sum and sum of squared deviations of the window (Welford 1962). */
static inline void
add_moments(double *f, const double *x, int32_t count)
{
	double width = f[WIDTH];
	double total = f[TOTAL];
	double variance = f[VARIANCE];

	for (int32_t i = 0; i < count; i++)
	{
		double apart = width > 0 ? x[i] - total / width : 0;

		variance += width * apart * apart / (width + 1);
		width += 1;
		total += x[i];
	}
	f[WIDTH] = width;
	f[TOTAL] = total;
	f[VARIANCE] = variance;
}

/*
 * Adds at most BATCH values. In a row that has one bucket too many the two
 * oldest become one of the next row; so for many values at once the oldest
 * pairs of a row do, as many as there must be. With n a power of two,
 * n/2 (a/n - b/n)^2 is (a - b)^2 / 2n to the last bit.
 */
static void
insert(DriftDetector *d, const double *x, int32_t count)
{
	Window *w = window_of(d);
	int32_t most = (int32_t) d->param[MAX_BUCKETS];
	double totals[BATCH];
	double variances[BATCH] = {0};
	double all_totals[BATCH + MOST_BUCKETS];
	double all_variances[BATCH + MOST_BUCKETS];
	double half = 0.5;

	add_moments(d->field, x, count);
	memcpy(totals, x, sizeof(double) * (size_t) count);
	for (int row = 0; count > 0 && row < DRIFT_ADWIN_MAX_ROWS; row++, half /= 2)
	{
		size_t kept;
		int32_t all;
		int32_t pairs;

		if (row == w->rows)
			w->count[w->rows++] = 0;
		kept = (size_t) w->count[row];
		all = w->count[row] + count;
		pairs = all > most ? (all - most + 1) / 2 : 0;
		if (pairs == 0)
		{
			put(d, row, totals, variances, count);
			return;
		}
		memcpy(all_totals, totals_of(d, row), sizeof(double) * kept);
		memcpy(all_variances, totals_of(d, row) + row_room(d), sizeof(double) * kept);
		memcpy(all_totals + kept, totals, sizeof(double) * (size_t) count);
		memcpy(all_variances + kept, variances, sizeof(double) * (size_t) count);
		w->count[row] = 0;
		put(d, row, all_totals + 2 * pairs, all_variances + 2 * pairs, all - 2 * pairs);
		for (int32_t i = 0; i < pairs; i++)
		{
			double apart = all_totals[2 * i] - all_totals[2 * i + 1];

			totals[i] = all_totals[2 * i] + all_totals[2 * i + 1];
			variances[i] = all_variances[2 * i] + all_variances[2 * i + 1] + apart * apart * half;
		}
		count = pairs;
	}
}

/* Takes the oldest bucket from the window. */
static void
forget(DriftDetector *d)
{
	Window *w = window_of(d);
	double *f = d->field;
	int last = w->rows - 1;
	double *totals = totals_of(d, last);
	double n = values_in(last);
	double mean = totals[0] / n;
	double apart;

	f[WIDTH] -= n;
	f[TOTAL] -= totals[0];
	apart = mean - f[TOTAL] / f[WIDTH];
	f[VARIANCE] -= totals[row_room(d)] + n * f[WIDTH] * apart * apart / (n + f[WIDTH]);
	w->count[last]--;
	memmove(totals, totals + 1, sizeof(double) * (size_t) w->count[last]);
	memmove(totals + row_room(d), totals + row_room(d) + 1, sizeof(double) * (size_t) w->count[last]);
	if (w->count[last] == 0 && last > 0)
		w->rows--;
}

/* What cuts of one window have in common. */
typedef struct Cuts
{
	double least;     /* min_window_length */
	double log_delta; /* ln(2 ln(width) / delta) */
	double spread;    /* variance / width */
	double mean;
	double margin; /* 2/3 log_delta */
	double room;   /* 2 spread log_delta / width, a little less */
} Cuts;

/* The test, in river's order of operations. */
static bool
differ(const Cuts *c, double n0, double u0, double n1, double u1)
{
	double m = 1 / (n0 - c->least + 1) + 1 / (n1 - c->least + 1);
	double bound = sqrt(2 * m * c->spread * c->log_delta) + 2.0 / 3.0 * c->log_delta * m;

	return fabs(u0 / n0 - u1 / n1) > bound;
}

/*
 * Whether a cut is not surely none, without a division: multiply the difference
 * of the means and its bound by n0 n1 / width, and take 1/n0 + 1/n1 for the
 * larger sum in the bound. slack is for rounding in either form.
 */
static inline bool
may_be_cut(const Cuts *c, double n0, double u0, double n1, double slack)
{
	double beyond = fabs(u0 - n0 * c->mean) + (slack - c->margin);

	beyond = beyond > 0 ? beyond : 0;
	return !(beyond * beyond <= c->room * n0 * n1);
}

static bool
has_cut(const DriftDetector *d)
{
	const Window *w = window_of(d);
	const double *f = d->field;
	Cuts c = {.least = d->param[MIN_WINDOW_LENGTH], .spread = f[VARIANCE] / f[WIDTH], .mean = f[TOTAL] / f[WIDTH]};
	double n0 = 0;
	double n1 = f[WIDTH];
	double u0 = 0;
	double u1 = f[TOTAL];
	double sums = fabs(f[TOTAL]);

	c.log_delta = log(2 * log(f[WIDTH]) / d->param[DELTA]);
	c.margin = 2.0 / 3.0 * c.log_delta * (1 - 1e-9);
	c.room = 2 * c.spread * c.log_delta / f[WIDTH] * (1 - 1e-9);
	for (int row = w->rows - 1; row >= 0; row--)
	{
		const double *totals = totals_of(d, row);
		double size = values_in(row);
		/* there is no cut behind the newest value */
		int32_t cuts = row > 0 ? w->count[row] : w->count[row] - 1;

		for (int32_t k = 0; k < w->count[row]; k++)
			sums += fabs(totals[k]);
		for (int32_t k = 0; k < cuts; k++)
		{
			n0 += size;
			n1 -= size;
			u0 += totals[k];
			u1 -= totals[k];
			if (may_be_cut(&c, n0, u0, n1, 1e-12 * sums) && n1 >= c.least && n0 >= c.least &&
				differ(&c, n0, u0, n1, u1))
				return true;
		}
	}
	return false;
}

/* Cuts are tried when the clock has gone round. */
static size_t
run(DriftDetector *d, const double *x, size_t count, size_t *warned)
{
	double *f = d->field;
	size_t done = 0;

	*warned = count;
	while (done < count)
	{
		double left;

		if (d->drift)
			reset(d);
		d->drift = false;
		left = fmin(fmin((double) (count - done), d->param[CLOCK] - f[TICK]), BATCH);
		insert(d, x + done, (int32_t) left);
		done += (size_t) left;
		d->seen += (int64_t) left;
		f[TICK] += left;
		if (f[TICK] < d->param[CLOCK])
			continue;
		f[TICK] = 0;
		if (f[WIDTH] <= d->param[GRACE_PERIOD])
			continue;
		while (has_cut(d))
		{
			d->drift = true;
			forget(d);
		}
		if (!d->drift)
			continue;
		d->drifts++;
		d->drifted = d->seen;
		break;
	}
	return done;
}

static void
add(DriftDetector *d, double x)
{
	size_t warned;

	run(d, &x, 1, &warned);
}

/* The width is that of the buckets, and no row but the first is empty or too full. */
static bool
valid(const DriftDetector *d)
{
	const Window *w = window_of(d);
	double width = 0;

	if (w->rows < 1 || w->rows >= DRIFT_ADWIN_MAX_ROWS || d->field[TICK] >= d->param[CLOCK])
		return false;
	for (int row = 0; row < w->rows; row++)
	{
		const double *totals = totals_of(d, row);

		if (w->count[row] < (w->rows > 1) || w->count[row] > (int32_t) d->param[MAX_BUCKETS])
			return false;
		width += w->count[row] * values_in(row);
		for (int32_t k = 0; k < w->count[row]; k++)
			if (!(fabs(totals[k]) <= DRIFT_MAX_SUM) || !(totals[(size_t) k + row_room(d)] >= 0) ||
				!(totals[(size_t) k + row_room(d)] <= DRIFT_MAX_SQUARES))
				return false;
	}
	return width == d->field[WIDTH];
}

int
drift_adwin_rows(const DriftDetector *d)
{
	return window_of(d)->rows;
}

int
drift_adwin_row(const DriftDetector *d, int row, const double **totals, const double **variances)
{
	*totals = totals_of(d, row);
	*variances = *totals + row_room(d);
	return window_of(d)->count[row];
}

bool
drift_adwin_add_bucket(DriftDetector *d, bool next, double total, double variance)
{
	Window *w = window_of(d);

	if (next)
	{
		if (w->rows == DRIFT_ADWIN_MAX_ROWS)
			return false;
		w->count[w->rows++] = 0;
	}
	if (w->count[w->rows - 1] >= (int32_t) d->param[MAX_BUCKETS])
		return false;
	put(d, w->rows - 1, &total, &variance, 1);
	return true;
}

const DriftDetectorType drift_adwin = {.name = "adwin",
									   .kind = DRIFT_ADWIN,
									   .param_count = DRIFT_COUNT_OF(params),
									   .field_count = DRIFT_COUNT_OF(fields),
									   .params = params,
									   .fields = fields,
									   .lowest = -DRIFT_DETECTOR_MAX_VALUE,
									   .highest = DRIFT_DETECTOR_MAX_VALUE,
									   .tail_size = tail_size,
									   .reset = reset,
									   .add = add,
									   .valid = valid,
									   .run = run};
