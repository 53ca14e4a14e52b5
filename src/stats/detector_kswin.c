/*
 * detector_kswin.c
 *		Kolmogorov-Smirnov windowing, KSWIN (Raab, Heusinger and Schleif 2020).
 *
 * The newest stat_size values of a window are held against as many of the
 * older ones, drawn without replacement, by the exact two-sample test. The
 * draws are those of Python's random.Random(seed), seeded anew after each
 * change, as in river. Frouros has alpha 0.0001, no min_distance, and numpy's
 * generator. The test is passed by its statistic: the least one whose p-value
 * is at most alpha is found once.
 */
#include <math.h>

#include "stats/detector_kind.h"
#include "stats/hypothesis.h"
#include "stats/mersenne.h"

enum
{
	ALPHA,
	WINDOW_SIZE,
	STAT_SIZE,
	SEED,
	MIN_DISTANCE
};

static const DriftDetectorParam params[] = {{"alpha", DRIFT_PARAM_NUMBER, 0.005, 1e-300, 1},
											{"window_size", DRIFT_PARAM_WHOLE, 100, 2, 10000},
											{"stat_size", DRIFT_PARAM_WHOLE, 30, 1, 5000},
											{"seed", DRIFT_PARAM_WHOLE, 1, 0, DRIFT_MAX_STREAM},
											{"min_distance", DRIFT_PARAM_NUMBER, 0.1, 0, 1}};

/* The tail. Behind the window: the two samples, and what drawing needs. */
typedef struct Window
{
	int32_t length;
	int32_t oldest; /* where the oldest value is once the window is full */
	bool drawn;     /* whether anything was drawn since the seed */
	DriftMersenne random;
	double value[];
} Window;

enum
{
	LEAST /* least difference of counts that is a change */
};

static inline Window *
window_of(const DriftDetector *d)
{
	return (Window *) (uintptr_t) d->tail;
}

static size_t
tail_size(const double *param)
{
	size_t window = (size_t) param[WINDOW_SIZE];
	size_t sample = (size_t) param[STAT_SIZE];
	size_t size = offsetof(Window, value) + sizeof(double) * (window + 2 * sample) + sizeof(uint32_t) * sample +
				  sizeof(uint16_t) * window;

	return (size + sizeof(double) - 1) / sizeof(double) * sizeof(double);
}

static int
bad_param(const double *param)
{
	return param[STAT_SIZE] * 2 > param[WINDOW_SIZE] ? STAT_SIZE : -1;
}

/* p-values fall with the difference. */
static void
derive(DriftDetector *d)
{
	int64_t n = (int64_t) d->param[STAT_SIZE];
	int64_t low = 1;
	int64_t high = n + 1;

	while (low < high)
	{
		int64_t middle = (low + high) / 2;
		double distance = (double) middle / (double) n;

		if (distance > d->param[MIN_DISTANCE] && drift_ks_p_value(distance, n, n) <= d->param[ALPHA])
			high = middle;
		else
			low = middle + 1;
	}
	d->derived[LEAST] = (double) low;
}

static void
reset(DriftDetector *d)
{
	window_of(d)->length = 0;
	window_of(d)->oldest = 0;
	window_of(d)->drawn = false;
}

double
drift_kswin_value(const DriftDetector *d, int i)
{
	const Window *w = window_of(d);
	int32_t size = (int32_t) d->param[WINDOW_SIZE];
	int32_t at = w->oldest + i;

	return w->value[at < size ? at : at - size];
}

/* Insertion by falling gaps (Ciura 2001): samples are small. */
static void
sort(double *x, int32_t n)
{
	static const int32_t gaps[] = {1750, 701, 301, 132, 57, 23, 10, 4, 1};

	for (int g = 0; g < DRIFT_COUNT_OF(gaps); g++)
		for (int32_t i = gaps[g]; i < n; i++)
		{
			double moving = x[i];
			int32_t at = i;

			for (; at >= gaps[g] && x[at - gaps[g]] > moving; at -= gaps[g])
				x[at] = x[at - gaps[g]];
			x[at] = moving;
		}
}

/* Whether the largest difference of the counts of n sorted values each, up to any value, is at least so large. */
static bool
far_apart(const double *a, const double *b, int32_t n, double least)
{
	int32_t i = 0;
	int32_t j = 0;

	while (i < n && j < n)
	{
		double x = a[i] < b[j] ? a[i] : b[j];

		while (i < n && a[i] <= x)
			i++;
		while (j < n && b[j] <= x)
			j++;
		if (i - j >= least || j - i >= least)
			return true;
	}
	return false;
}

static bool
window_changed(DriftDetector *d)
{
	Window *w = window_of(d);
	int32_t size = (int32_t) d->param[WINDOW_SIZE];
	int32_t n = (int32_t) d->param[STAT_SIZE];
	double *older = w->value + size;
	double *newest = older + n;
	uint32_t *sample = (uint32_t *) (newest + n);

	if (!w->drawn)
		drift_mersenne_seed(&w->random, (uint64_t) d->param[SEED]);
	w->drawn = true;
	drift_mersenne_sample(&w->random, (uint32_t) (size - n), (uint32_t) n, sample, (uint16_t *) (sample + n));
	for (int32_t i = 0; i < n; i++)
	{
		older[i] = drift_kswin_value(d, (int) sample[i]);
		newest[i] = drift_kswin_value(d, size - n + i);
	}
	sort(older, n);
	sort(newest, n);
	return far_apart(older, newest, n, d->derived[LEAST]);
}

static inline void
step(DriftDetector *d, double x)
{
	Window *w = window_of(d);
	int32_t size = (int32_t) d->param[WINDOW_SIZE];

	if (w->length < size)
		w->value[w->length++] = x;
	else
	{
		w->value[w->oldest] = x;
		w->oldest = w->oldest + 1 < size ? w->oldest + 1 : 0;
	}
	d->drift = w->length == size && window_changed(d);
}

DRIFT_DETECTOR_LOOPS(reset, step)

static bool
valid(const DriftDetector *d)
{
	const Window *w = window_of(d);

	for (int32_t i = 0; i < w->length; i++)
		if (isnan(w->value[i]))
			return false;
	return !w->drawn || (w->length == (int32_t) d->param[WINDOW_SIZE] && w->random.place <= DRIFT_MERSENNE_WORDS);
}

int
drift_kswin_length(const DriftDetector *d)
{
	return window_of(d)->length;
}

void
drift_kswin_put(DriftDetector *d, double x)
{
	if (window_of(d)->length < (int32_t) d->param[WINDOW_SIZE])
		window_of(d)->value[window_of(d)->length++] = x;
}

const uint32_t *
drift_kswin_random(const DriftDetector *d, int *place)
{
	const Window *w = window_of(d);

	*place = (int) w->random.place;
	return w->drawn ? w->random.word : NULL;
}

void
drift_kswin_set_random(DriftDetector *d, const uint32_t *words, int place)
{
	Window *w = window_of(d);

	for (int i = 0; i < DRIFT_MERSENNE_WORDS; i++)
		w->random.word[i] = words[i];
	w->random.place = (uint32_t) place;
	w->drawn = true;
}

const DriftDetectorType drift_kswin = {.name = "kswin",
									   .kind = DRIFT_KSWIN,
									   .param_count = DRIFT_COUNT_OF(params),
									   .field_count = 0,
									   .params = params,
									   .lowest = -(double) INFINITY,
									   .highest = (double) INFINITY,
									   .tail_size = tail_size,
									   .bad_param = bad_param,
									   .derive = derive,
									   .reset = reset,
									   .add = add,
									   .valid = valid,
									   .run = run};
