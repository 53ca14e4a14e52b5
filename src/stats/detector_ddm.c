/*
 * detector_ddm.c
 *		Drift Detection Method (Gama, Medas, Castillo and Rodrigues 2004).
 *
 * The error rate p and its deviation s are held against where p + s was
 * least. MOA and scikit-multiflow begin at value warm_start and not after it,
 * as does Frouros, which also takes a new minimum only where it is smaller
 * and stays in the state of drift until it is reset.
 */
#include <math.h>

#include "stats/detector_kind.h"

enum
{
	WARM_START,
	WARNING_THRESHOLD,
	DRIFT_THRESHOLD
};

static const DriftDetectorParam params[] = {{"warm_start", DRIFT_PARAM_WHOLE, 30, 0, 1e15},
											{"warning_threshold", DRIFT_PARAM_NUMBER, 2, 0, 1e6},
											{"drift_threshold", DRIFT_PARAM_NUMBER, 3, 0, 1e6}};

enum
{
	N,
	P,
	P_MIN,
	S_MIN,
	PS_MIN
};

static const DriftDetectorField fields[] = {
	{"n", 0, DRIFT_MAX_STREAM}, {"p", 0, 1}, {"p_min", 0, 1}, {"s_min", 0, 1}, {"ps_min", 0, (double) INFINITY}};

static void
reset(DriftDetector *d)
{
	for (int i = 0; i < PS_MIN; i++)
		d->field[i] = 0;
	d->field[PS_MIN] = (double) INFINITY;
}

static inline void
step(DriftDetector *d, double x)
{
	double *f = d->field;
	double n = f[N] + 1;
	double p = f[P] + 1 / n * (x - f[P]);
	double s;

	f[N] = n;
	f[P] = p;
	if (n <= d->param[WARM_START])
		return;
	s = sqrt(p * (1 - p) / n);
	if (p + s <= f[PS_MIN])
	{
		f[P_MIN] = p;
		f[S_MIN] = s;
		f[PS_MIN] = p + s;
	}
	d->drift = p + s > f[P_MIN] + d->param[DRIFT_THRESHOLD] * f[S_MIN];
	d->warning = !d->drift && p + s > f[P_MIN] + d->param[WARNING_THRESHOLD] * f[S_MIN];
}

DRIFT_DETECTOR_LOOPS(reset, step)

const DriftDetectorType drift_ddm = {.name = "ddm",
									 .kind = DRIFT_DDM,
									 .param_count = DRIFT_COUNT_OF(params),
									 .field_count = DRIFT_COUNT_OF(fields),
									 .params = params,
									 .fields = fields,
									 .lowest = 0,
									 .highest = 1,
									 .reset = reset,
									 .add = add,
									 .run = run};
