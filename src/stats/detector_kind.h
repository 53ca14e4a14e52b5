/*
 * detector_kind.h
 *		What each kind of detector gives to detector.c.
 */
#ifndef DRIFT_STATS_DETECTOR_KIND_H
#define DRIFT_STATS_DETECTOR_KIND_H

#include "stats/detector.h"

/* Counts are whole numbers in doubles. */
#define DRIFT_MAX_STREAM 9007199254740992.0

/* More than a sum of so many allowed values, or of their squares, ever is. */
#define DRIFT_MAX_SUM 1e120
#define DRIFT_MAX_SQUARES 1e240

struct DriftDetectorType
{
	const char *name;
	DriftDetectorKind kind;
	int param_count;
	int field_count;
	const DriftDetectorParam *params;
	const DriftDetectorField *fields;
	double lowest; /* values that it takes */
	double highest;
	bool whole;                                /* it takes whole numbers only */
	size_t (*tail_size)(const double *params); /* bytes behind the fields; NULL: none */
	int (*bad_param)(const double *params);    /* which does not go with the others; NULL: all do */
	void (*derive)(DriftDetector *d);          /* fills derived; NULL: nothing */
	void (*reset)(DriftDetector *d);           /* fields and tail of a detector that has seen nothing */
	void (*add)(DriftDetector *d, double x);   /* sets drift and warning */
	bool (*valid)(const DriftDetector *d);     /* NULL: fields in their ranges are enough */
	size_t (*run)(DriftDetector *d, const double *x, size_t count, size_t *warned);
};

extern const DriftDetectorType drift_ddm;
extern const DriftDetectorType drift_eddm;
extern const DriftDetectorType drift_hddm_a;
extern const DriftDetectorType drift_hddm_w;
extern const DriftDetectorType drift_page_hinkley;
extern const DriftDetectorType drift_cusum;
extern const DriftDetectorType drift_adwin;
extern const DriftDetectorType drift_kswin;

/*
 * What every detector does with a value. The kinds' own steps are inlined
 * into this, so that many values cost no call each.
 */
static inline void
drift_detector_step(DriftDetector *d, double x, void (*reset)(DriftDetector *), void (*step)(DriftDetector *, double))
{
	if (d->drift)
	{
		reset(d);
		d->drift = false;
		d->warning = false;
	}
	step(d, x);
	d->seen++;
	if (d->drift)
	{
		d->drifts++;
		d->drifted = d->seen;
	}
}

static inline size_t
drift_detector_steps(DriftDetector *d, const double *x, size_t count, size_t *warned, void (*reset)(DriftDetector *),
					 void (*step)(DriftDetector *, double))
{
	size_t i = 0;

	*warned = count;
	while (i < count)
	{
		bool before = d->warning && !d->drift;

		drift_detector_step(d, x[i], reset, step);
		if (d->warning && !before && *warned == count)
			*warned = i;
		i++;
		if (d->drift)
			break;
	}
	return i;
}

/* The functions add and run of a kind that has reset() and step(). */
#define DRIFT_DETECTOR_LOOPS(reset, step) \
	static void add(DriftDetector *d, double x) \
	{ \
		drift_detector_step(d, x, reset, step); \
	} \
	static size_t run(DriftDetector *d, const double *x, size_t count, size_t *warned) \
	{ \
		return drift_detector_steps(d, x, count, warned, reset, step); \
	}

#define DRIFT_COUNT_OF(array) ((int) (sizeof(array) / sizeof((array)[0])))

#endif
