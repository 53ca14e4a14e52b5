/*
 * detector_hddm_w.c
 *		McDiarmid's bounds with weighted moving averages, HDDM-W (Frias-Blanco and others 2015).
 *
 * An exponentially weighted mean up to a cut is held against the one of the
 * values after it; the cut is where the mean and its bound were least (or
 * greatest). Means begin with their first value and cuts are bounded by
 * drift_confidence, as in river. Frouros begins with 0 and bounds cuts by
 * lambda; in scikit-multiflow decreases are never found.
 */
#include <math.h>

#include "stats/detector_kind.h"

enum
{
	DRIFT_CONFIDENCE,
	WARNING_CONFIDENCE,
	LAMBDA,
	TWO_SIDED_TEST
};

static const DriftDetectorParam params[] = {{"drift_confidence", DRIFT_PARAM_NUMBER, 0.001, 1e-300, 1},
											{"warning_confidence", DRIFT_PARAM_NUMBER, 0.005, 1e-300, 1},
											{"lambda", DRIFT_PARAM_NUMBER, 0.05, 0, 1},
											{"two_sided_test", DRIFT_PARAM_FLAG, 0, 0, 1}};

/* A weighted mean: its value and the sum of its squared weights, the independent bound condition. -1: no value yet. */
enum
{
	TOTAL_MEAN,
	TOTAL_IBC,
	UP_MEAN,
	UP_IBC,
	UP_NEW_MEAN,
	UP_NEW_IBC,
	DOWN_MEAN,
	DOWN_IBC,
	DOWN_NEW_MEAN,
	DOWN_NEW_IBC,
	UP_CUT,
	DOWN_CUT
};

static const DriftDetectorField fields[] = {{"mean", -1, 1},
											{"ibc", 0, 1},
											{"increase_before", -1, 1},
											{"increase_before_ibc", 0, 1},
											{"increase_after", -1, 1},
											{"increase_after_ibc", 0, 1},
											{"decrease_before", -1, 1},
											{"decrease_before_ibc", 0, 1},
											{"decrease_after", -1, 1},
											{"decrease_after_ibc", 0, 1},
											{"increase_cut", -(double) INFINITY, (double) INFINITY},
											{"decrease_cut", -(double) INFINITY, (double) INFINITY}};

enum
{
	LOG_DRIFT,
	LOG_WARNING,
	SQUARED_LAMBDA,
	SQUARED_REST
};

static void
derive(DriftDetector *d)
{
	double rest = 1 - d->param[LAMBDA];

	d->derived[LOG_DRIFT] = log(1 / d->param[DRIFT_CONFIDENCE]);
	d->derived[LOG_WARNING] = log(1 / d->param[WARNING_CONFIDENCE]);
	d->derived[SQUARED_LAMBDA] = d->param[LAMBDA] * d->param[LAMBDA];
	d->derived[SQUARED_REST] = rest * rest;
}

static inline void
empty(double *mean)
{
	mean[0] = -1;
	mean[1] = 1;
}

static void
reset(DriftDetector *d)
{
	for (int i = TOTAL_MEAN; i < UP_CUT; i += 2)
		empty(d->field + i);
	d->field[UP_CUT] = (double) INFINITY;
	d->field[DOWN_CUT] = -(double) INFINITY;
}

static inline void
weigh(const DriftDetector *d, double *mean, double x)
{
	mean[0] = mean[0] < 0 ? x : d->param[LAMBDA] * x + (1 - d->param[LAMBDA]) * mean[0];
	mean[1] = d->derived[SQUARED_LAMBDA] + d->derived[SQUARED_REST] * mean[1];
}

/* Whether the second mean is above the first. */
static inline bool
above(const double *first, const double *second, double log_confidence)
{
	if (first[0] < 0 || second[0] < 0)
		return false;
	return second[0] - first[0] > sqrt((first[1] + second[1]) * log_confidence / 2);
}

/* Moves a cut to where it is now if that is better, or adds the value to what comes after the cut. */
static inline void
move_cut(DriftDetector *d, double *cut, double now, bool better, double *before, double x)
{
	if (better)
	{
		*cut = now;
		before[0] = d->field[TOTAL_MEAN];
		before[1] = d->field[TOTAL_IBC];
		empty(before + 2);
	}
	else
		weigh(d, before + 2, x);
}

static inline void
step(DriftDetector *d, double x)
{
	double *f = d->field;
	double bound;

	weigh(d, f + TOTAL_MEAN, x);
	bound = sqrt(f[TOTAL_IBC] * d->derived[LOG_DRIFT] / 2);
	move_cut(d, f + UP_CUT, f[TOTAL_MEAN] + bound, f[TOTAL_MEAN] + bound < f[UP_CUT], f + UP_MEAN, x);
	d->drift = above(f + UP_MEAN, f + UP_NEW_MEAN, d->derived[LOG_DRIFT]);
	d->warning = !d->drift && above(f + UP_MEAN, f + UP_NEW_MEAN, d->derived[LOG_WARNING]);
	move_cut(d, f + DOWN_CUT, f[TOTAL_MEAN] - bound, f[TOTAL_MEAN] - bound > f[DOWN_CUT], f + DOWN_MEAN, x);
	if (d->param[TWO_SIDED_TEST] == 0)
		return;
	if (above(f + DOWN_NEW_MEAN, f + DOWN_MEAN, d->derived[LOG_DRIFT]))
		d->drift = true;
	else if (above(f + DOWN_NEW_MEAN, f + DOWN_MEAN, d->derived[LOG_WARNING]))
		d->warning = true;
}

DRIFT_DETECTOR_LOOPS(reset, step)

/* A mean without a value is marked by -1 and nothing else below 0. */
static bool
valid(const DriftDetector *d)
{
	for (int i = TOTAL_MEAN; i < UP_CUT; i += 2)
		if (d->field[i] < 0 && d->field[i] != -1)
			return false;
	return true;
}

const DriftDetectorType drift_hddm_w = {.name = "hddm_w",
										.kind = DRIFT_HDDM_W,
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
