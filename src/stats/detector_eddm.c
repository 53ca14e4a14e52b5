/*
 * detector_eddm.c
 *		Early Drift Detection Method (Baena-Garcia and others 2006).
 *
 * The distance between errors, its mean and twice its deviation, is held
 * against its maximum. The deviation is that of a sample, as in river;
 * ddof 0 is that of Frouros, MOA and scikit-multiflow. A warning is not taken
 * back by a drift, only by the next value.
 */
#include <math.h>

#include "stats/detector_kind.h"

enum
{
	WARM_START,
	ALPHA,
	BETA,
	DDOF
};

static const DriftDetectorParam params[] = {{"warm_start", DRIFT_PARAM_WHOLE, 30, 0, 1e15},
											{"alpha", DRIFT_PARAM_NUMBER, 0.95, 0, 1},
											{"beta", DRIFT_PARAM_NUMBER, 0.9, 0, 1},
											{"ddof", DRIFT_PARAM_WHOLE, 1, 0, 1}};

enum
{
	N,
	LAST_ERROR,
	ERRORS,
	MEAN,
	M2,
	MAXIMUM
};

static const DriftDetectorField fields[] = {{"n", 0, DRIFT_MAX_STREAM},      {"last_error", 0, DRIFT_MAX_STREAM},
											{"errors", 0, DRIFT_MAX_STREAM}, {"mean", 0, DRIFT_MAX_STREAM},
											{"m2", 0, DRIFT_MAX_SUM},        {"maximum", -1, DRIFT_MAX_SUM}};

static int
bad_param(const double *param)
{
	return param[BETA] > param[ALPHA] ? BETA : -1;
}

static void
reset(DriftDetector *d)
{
	for (int i = 0; i < MAXIMUM; i++)
		d->field[i] = 0;
	d->field[MAXIMUM] = -1;
}

/* The distance to the error before this one enters mean and variance (Welford 1962). */
static inline double
add_distance(double *f, double ddof)
{
	double distance = f[N] - f[LAST_ERROR];
	double old = f[MEAN];

	f[ERRORS] += 1;
	f[MEAN] += 1 / f[ERRORS] * (distance - old);
	f[M2] += (distance - old) * (distance - f[MEAN]);
	f[LAST_ERROR] = f[N];
	return f[MEAN] + 2 * (f[ERRORS] > ddof ? sqrt(f[M2] / (f[ERRORS] - ddof)) : 0);
}

static inline void
step(DriftDetector *d, double x)
{
	double *f = d->field;
	double now;

	f[N] += 1;
	if (x != 1)
		return;
	now = add_distance(f, d->param[DDOF]);
	if (f[N] <= d->param[WARM_START])
		return;
	if (now > f[MAXIMUM])
		f[MAXIMUM] = now;
	else if (f[ERRORS] > d->param[WARM_START])
	{
		double level = now / f[MAXIMUM];

		if (level < d->param[BETA])
			d->drift = true;
		else
			d->warning = level < d->param[ALPHA];
	}
}

DRIFT_DETECTOR_LOOPS(reset, step)

const DriftDetectorType drift_eddm = {.name = "eddm",
									  .kind = DRIFT_EDDM,
									  .param_count = DRIFT_COUNT_OF(params),
									  .field_count = DRIFT_COUNT_OF(fields),
									  .params = params,
									  .fields = fields,
									  .lowest = 0,
									  .highest = 1,
									  .whole = true,
									  .bad_param = bad_param,
									  .reset = reset,
									  .add = add,
									  .run = run};
