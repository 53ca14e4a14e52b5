/*
 * detector_hddm_a.c
 *		Hoeffding's bounds with moving averages, HDDM-A (Frias-Blanco and others 2015).
 *
 * The mean of all values z is held against the mean x of the first of them
 * that was, with its bound, least (or greatest, where decreases count too).
 * The bound of the test has ln(2 / confidence) as in river and MOA; Frouros
 * has ln(1 / confidence) and waits for 30 values. MOA begins anew without a
 * word after a decrease.
 */
#include <math.h>

#include "stats/detector_kind.h"

enum
{
	DRIFT_CONFIDENCE,
	WARNING_CONFIDENCE,
	TWO_SIDED_TEST
};

static const DriftDetectorParam params[] = {{"drift_confidence", DRIFT_PARAM_NUMBER, 0.001, 1e-300, 1},
											{"warning_confidence", DRIFT_PARAM_NUMBER, 0.005, 1e-300, 1},
											{"two_sided_test", DRIFT_PARAM_FLAG, 0, 0, 1}};

enum
{
	N,
	MEAN,
	N_MIN,
	MEAN_MIN,
	N_MAX,
	MEAN_MAX
};

static const DriftDetectorField fields[] = {{"n", 0, DRIFT_MAX_STREAM},     {"mean", 0, 1},
											{"n_min", 0, DRIFT_MAX_STREAM}, {"mean_min", 0, 1},
											{"n_max", 0, DRIFT_MAX_STREAM}, {"mean_max", 0, 1}};

enum
{
	LOG_CUT,
	LOG_DRIFT,
	LOG_WARNING
};

static void
derive(DriftDetector *d)
{
	d->derived[LOG_CUT] = log(1 / d->param[DRIFT_CONFIDENCE]);
	d->derived[LOG_DRIFT] = log(2 / d->param[DRIFT_CONFIDENCE]);
	d->derived[LOG_WARNING] = log(2 / d->param[WARNING_CONFIDENCE]);
}

static void
reset(DriftDetector *d)
{
	for (int i = 0; i <= MEAN_MAX; i++)
		d->field[i] = 0;
}

static inline double
bound(const DriftDetector *d, double n)
{
	return sqrt(1 / (2 * n) * d->derived[LOG_CUT]);
}

/* Whether the mean of all n values moved by so much from that of the first n_cut. */
static inline bool
moved(double change, double n_cut, double n, double log_confidence)
{
	double m;

	if (n_cut == n)
		return false;
	m = (n - n_cut) / n_cut * (1 / n);
	return change >= sqrt(m / 2 * log_confidence);
}

static inline void
move_cuts(DriftDetector *d)
{
	double *f = d->field;
	double eps = bound(d, f[N]);

	if (f[N_MIN] == 0 || f[MEAN_MIN] + bound(d, f[N_MIN]) >= f[MEAN] + eps)
	{
		f[N_MIN] = f[N];
		f[MEAN_MIN] = f[MEAN];
	}
	if (f[N_MAX] == 0 || f[MEAN_MAX] - bound(d, f[N_MAX]) <= f[MEAN] - eps)
	{
		f[N_MAX] = f[N];
		f[MEAN_MAX] = f[MEAN];
	}
}

static inline void
step(DriftDetector *d, double x)
{
	double *f = d->field;
	double up;
	double down;

	f[N] += 1;
	f[MEAN] += 1 / f[N] * (x - f[MEAN]);
	move_cuts(d);
	up = f[MEAN] - f[MEAN_MIN];
	d->drift = moved(up, f[N_MIN], f[N], d->derived[LOG_DRIFT]);
	d->warning = !d->drift && moved(up, f[N_MIN], f[N], d->derived[LOG_WARNING]);
	if (d->param[TWO_SIDED_TEST] == 0)
		return;
	down = f[MEAN_MAX] - f[MEAN];
	if (moved(down, f[N_MAX], f[N], d->derived[LOG_DRIFT]))
		d->drift = true;
	else if (moved(down, f[N_MAX], f[N], d->derived[LOG_WARNING]))
		d->warning = true;
}

DRIFT_DETECTOR_LOOPS(reset, step)

static bool
valid(const DriftDetector *d)
{
	const double *f = d->field;

	return f[N_MIN] <= f[N] && f[N_MAX] <= f[N];
}

const DriftDetectorType drift_hddm_a = {.name = "hddm_a",
										.kind = DRIFT_HDDM_A,
										.param_count = DRIFT_COUNT_OF(params),
										.field_count = DRIFT_COUNT_OF(fields),
										.params = params,
										.fields = fields,
										.lowest = 0,
										.highest = 1,
										.derive = derive,
										.reset = reset,
										.add = add,
										.valid = valid,
										.run = run};
