/*
 * detector_page_hinkley.c
 *		The test of Page (1954) and Hinkley (1971): fading sums of deviations from the running mean.
 *
 * Changes are sums that rose from their minimum, or fell from their maximum,
 * by more than the threshold. scikit-multiflow and earlier releases of river have one
 * sum that never falls below 0; Frouros holds the sum itself against the
 * threshold, without its minimum.
 */
#include <math.h>

#include "stats/detector_kind.h"

enum
{
	MIN_INSTANCES,
	DELTA,
	THRESHOLD,
	ALPHA,
	MODE
};

static const DriftDetectorParam params[] = {
	{"min_instances", DRIFT_PARAM_WHOLE, 30, 0, 1e15},
	{"delta", DRIFT_PARAM_NUMBER, 0.005, 0, 1e100},
	{"threshold", DRIFT_PARAM_NUMBER, 50, 0, 1e100},
	{"alpha", DRIFT_PARAM_NUMBER, 1 - 0.0001, 0, 1},
	{"mode", DRIFT_PARAM_MODE, DRIFT_MODE_BOTH, DRIFT_MODE_UP, DRIFT_MODE_BOTH}};

enum
{
	N,
	MEAN,
	INCREASE,
	DECREASE,
	MIN_INCREASE,
	MAX_DECREASE
};

static const DriftDetectorField fields[] = {{"n", 0, DRIFT_MAX_STREAM},
											{"mean", -DRIFT_MAX_SUM, DRIFT_MAX_SUM},
											{"sum_increase", -DRIFT_MAX_SUM, DRIFT_MAX_SUM},
											{"sum_decrease", -DRIFT_MAX_SUM, DRIFT_MAX_SUM},
											{"min_increase", -DRIFT_MAX_SUM, (double) INFINITY},
											{"max_decrease", -DRIFT_MAX_SUM, DRIFT_MAX_SUM}};

static void
reset(DriftDetector *d)
{
	for (int i = 0; i < MIN_INCREASE; i++)
		d->field[i] = 0;
	d->field[MIN_INCREASE] = (double) INFINITY;
	d->field[MAX_DECREASE] = -1;
}

static inline void
step(DriftDetector *d, double x)
{
	double *f = d->field;
	int mode = (int) d->param[MODE];
	double deviation;

	f[N] += 1;
	f[MEAN] += 1 / f[N] * (x - f[MEAN]);
	deviation = x - f[MEAN];
	f[INCREASE] = d->param[ALPHA] * f[INCREASE] + deviation - d->param[DELTA];
	f[DECREASE] = d->param[ALPHA] * f[DECREASE] + deviation + d->param[DELTA];
	if (f[INCREASE] < f[MIN_INCREASE])
		f[MIN_INCREASE] = f[INCREASE];
	if (f[DECREASE] > f[MAX_DECREASE])
		f[MAX_DECREASE] = f[DECREASE];
	if (f[N] >= d->param[MIN_INSTANCES])
		d->drift = ((mode & DRIFT_MODE_UP) && f[INCREASE] - f[MIN_INCREASE] > d->param[THRESHOLD]) ||
				   ((mode & DRIFT_MODE_DOWN) && f[MAX_DECREASE] - f[DECREASE] > d->param[THRESHOLD]);
}

DRIFT_DETECTOR_LOOPS(reset, step)

const DriftDetectorType drift_page_hinkley = {.name = "page_hinkley",
											  .kind = DRIFT_PAGE_HINKLEY,
											  .param_count = DRIFT_COUNT_OF(params),
											  .field_count = DRIFT_COUNT_OF(fields),
											  .params = params,
											  .fields = fields,
											  .lowest = -DRIFT_DETECTOR_MAX_VALUE,
											  .highest = DRIFT_DETECTOR_MAX_VALUE,
											  .reset = reset,
											  .add = add,
											  .run = run};
