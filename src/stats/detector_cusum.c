/*
 * detector_cusum.c
 *		The tabular CUSUM chart of Page (1954): two sums of deviations that never fall below 0.
 *
 * Mean and deviation are those of the first min_instances values and stay;
 * slack and threshold are multiples of that deviation. Frouros has one sum of
 * deviations from the running mean, with slack and threshold in units of the
 * values, and finds increases only.
 */
#include <math.h>

#include "stats/detector_kind.h"

enum
{
	MIN_INSTANCES,
	SLACK,
	THRESHOLD,
	MODE
};

static const DriftDetectorParam params[] = {
	{"min_instances", DRIFT_PARAM_WHOLE, 30, 1, 1e15},
	{"slack", DRIFT_PARAM_NUMBER, 0.5, 0, 1e6},
	{"threshold", DRIFT_PARAM_NUMBER, 5, 1e-6, 1e9},
	{"mode", DRIFT_PARAM_MODE, DRIFT_MODE_BOTH, DRIFT_MODE_UP, DRIFT_MODE_BOTH}};

enum
{
	N,
	MEAN,
	M2,
	SIGMA,
	INCREASE,
	DECREASE
};

static const DriftDetectorField fields[] = {{"n", 0, DRIFT_MAX_STREAM},         {"mean", -DRIFT_MAX_SUM, DRIFT_MAX_SUM},
											{"m2", 0, DRIFT_MAX_SQUARES},       {"sigma", 0, DRIFT_MAX_SUM},
											{"sum_increase", 0, DRIFT_MAX_SUM}, {"sum_decrease", 0, DRIFT_MAX_SUM}};

static void
reset(DriftDetector *d)
{
	for (int i = 0; i <= DECREASE; i++)
		d->field[i] = 0;
}

/* One of the values that mean and deviation are taken of (Welford 1962). */
static inline void
learn(double *f, double x)
{
	double old = f[MEAN];

	f[MEAN] += 1 / f[N] * (x - old);
	f[M2] += (x - old) * (x - f[MEAN]);
	f[SIGMA] = f[N] > 1 ? sqrt(f[M2] / (f[N] - 1)) : 0;
}

static inline void
step(DriftDetector *d, double x)
{
	double *f = d->field;
	int mode = (int) d->param[MODE];
	double slack;
	double limit;
	double deviation;

	f[N] += 1;
	if (f[N] <= d->param[MIN_INSTANCES])
		learn(f, x);
	if (f[N] < d->param[MIN_INSTANCES])
		return;
	slack = d->param[SLACK] * f[SIGMA];
	limit = d->param[THRESHOLD] * f[SIGMA];
	deviation = x - f[MEAN];
	f[INCREASE] = f[INCREASE] + deviation - slack;
	f[INCREASE] = f[INCREASE] > 0 ? f[INCREASE] : 0;
	f[DECREASE] = f[DECREASE] - deviation - slack;
	f[DECREASE] = f[DECREASE] > 0 ? f[DECREASE] : 0;
	d->drift = ((mode & DRIFT_MODE_UP) && f[INCREASE] > limit) || ((mode & DRIFT_MODE_DOWN) && f[DECREASE] > limit);
}

DRIFT_DETECTOR_LOOPS(reset, step)

const DriftDetectorType drift_cusum = {.name = "cusum",
									   .kind = DRIFT_CUSUM,
									   .param_count = DRIFT_COUNT_OF(params),
									   .field_count = DRIFT_COUNT_OF(fields),
									   .params = params,
									   .fields = fields,
									   .lowest = -DRIFT_DETECTOR_MAX_VALUE,
									   .highest = DRIFT_DETECTOR_MAX_VALUE,
									   .reset = reset,
									   .add = add,
									   .run = run};
