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

#include "stats/detector_kind.h"

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
	{"delta", DRIFT_PARAM_NUMBER, 0.002, 1e-300, 1},  {"clock", DRIFT_PARAM_WHOLE, 32, 1, 1e9},
	{"max_buckets", DRIFT_PARAM_WHOLE, 5, 2, 100},    {"min_window_length", DRIFT_PARAM_WHOLE, 5, 1, 1e9},
	{"grace_period", DRIFT_PARAM_WHOLE, 10, 1, 1e15}, {"reset", DRIFT_PARAM_FLAG, 1, 0, 1}};

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

/* Takes the oldest buckets from a row. */
static inline void
drop_oldest(DriftDetector *d, int row, size_t buckets)
{
	double *totals = totals_of(d, row);
	size_t left = (size_t) window_of(d)->count[row] - buckets;

	for (size_t i = 0; i < left; i++)
	{
		totals[i] = totals[i + buckets];
		totals[i + row_room(d)] = totals[i + buckets + row_room(d)];
	}
	window_of(d)->count[row] = (int32_t) left;
}

static inline void
put(DriftDetector *d, int row, double total, double variance)
{
	double *totals = totals_of(d, row);
	int32_t at = window_of(d)->count[row]++;

	totals[at] = total;
	totals[(size_t) at + row_room(d)] = variance;
}

/* The two oldest buckets of each row that has one too many become one of the next row. */
static inline void
compress(DriftDetector *d)
{
	Window *w = window_of(d);

	for (int row = 0; w->count[row] > (int32_t) d->param[MAX_BUCKETS] && row + 1 < DRIFT_ADWIN_MAX_ROWS; row++)
	{
		const double *totals = totals_of(d, row);
		const double *variances = totals + row_room(d);
		double n = values_in(row);
		double apart = totals[0] / n - totals[1] / n;
		double squares = n * 0.5 * apart * apart;

		if (row + 1 == w->rows)
			w->count[w->rows++] = 0;
		put(d, row + 1, totals[0] + totals[1], variances[0] + variances[1] + squares);
		drop_oldest(d, row, 2);
	}
}

static inline void
insert(DriftDetector *d, double x)
{
	double *f = d->field;

	put(d, 0, x, 0);
	f[WIDTH] += 1;
	if (f[WIDTH] > 1)
	{
		double apart = x - f[TOTAL] / (f[WIDTH] - 1);

		f[VARIANCE] += (f[WIDTH] - 1) * apart * apart / f[WIDTH];
	}
	f[TOTAL] += x;
	compress(d);
}

/* Takes the oldest bucket from the window. */
static void
forget(DriftDetector *d)
{
	Window *w = window_of(d);
	double *f = d->field;
	int last = w->rows - 1;
	const double *totals = totals_of(d, last);
	double n = values_in(last);
	double mean = totals[0] / n;
	double apart;

	f[WIDTH] -= n;
	f[TOTAL] -= totals[0];
	apart = mean - f[TOTAL] / f[WIDTH];
	f[VARIANCE] -= totals[row_room(d)] + n * f[WIDTH] * apart * apart / (n + f[WIDTH]);
	drop_oldest(d, last, 1);
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
 * Whether a cut is surely none, without a division: multiply the difference
 * of the means and its bound by n0 n1 / width, and take 1/n0 + 1/n1 for the
 * larger sum in the bound. slack is for rounding in either form.
 */
static inline bool
is_no_cut(const Cuts *c, double n0, double u0, double n1, double slack)
{
	double beyond = fabs(u0 - n0 * c->mean) + slack - c->margin;

	return beyond <= 0 || beyond * beyond <= c->room * n0 * n1;
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

		for (int32_t k = 0; k < cuts; k++)
		{
			n0 += size;
			n1 -= size;
			u0 += totals[k];
			u1 -= totals[k];
			sums += fabs(totals[k]);
			if (is_no_cut(&c, n0, u0, n1, 1e-12 * sums))
				continue;
			if (n1 >= c.least && n0 >= c.least && differ(&c, n0, u0, n1, u1))
				return true;
		}
	}
	return false;
}

static inline void
step(DriftDetector *d, double x)
{
	double *f = d->field;

	d->drift = false;
	insert(d, x);
	f[TICK] += 1;
	if (f[TICK] < d->param[CLOCK])
		return;
	f[TICK] = 0;
	if (f[WIDTH] <= d->param[GRACE_PERIOD])
		return;
	while (has_cut(d))
	{
		d->drift = true;
		forget(d);
	}
}

DRIFT_DETECTOR_LOOPS(reset, step)

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
	put(d, w->rows - 1, total, variance);
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
