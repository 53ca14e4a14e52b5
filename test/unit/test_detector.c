/*
 * test_detector.c
 *		Detectors against river on streams with and without changes, their packed form at any time of a
 *		stream, and what is no detector.
 */
#include "stats/detector.h"

#include "golden.h"
#include "stats/counter_random.h"

#define LONGEST 100000
#define MAX_FOUND 2000

/* The streams of generate_detectors.py. */
static double
progress(const char *shape, int64_t i, int64_t n)
{
	double share = ((double) i - 0.4 * (double) n) / (0.2 * (double) n);

	if (strcmp(shape, "none") == 0)
		return 0;
	if (strcmp(shape, "abrupt") == 0)
		return i >= n / 2;
	return fmin(fmax(share, 0), 1);
}

static void
fill(double *x, const char *stream, const char *shape, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
	{
		double far = progress(shape, i, n);
		uint64_t row = (uint64_t) i;

		if (strcmp(stream, "errors") == 0)
			x[i] = drift_counter_uniform(7, 0, row) < 0.2 + 0.1 * far;
		else
			x[i] = (drift_counter_uniform(7, 1, row) + drift_counter_uniform(7, 2, row) +
					drift_counter_uniform(7, 3, row) + drift_counter_uniform(7, 4, row) - 2) *
					   1.75 +
				   0.5 * far;
	}
}

/* "name=value name=value" over what the kind has by itself. */
static void
read_params(int kind, const char *text, double *params)
{
	int count;
	const DriftDetectorParam *known = drift_detector_params(kind, &count);

	for (int i = 0; i < count; i++)
	{
		size_t length = strlen(known[i].name);
		const char *at = text;

		params[i] = known[i].otherwise;
		while ((at = strstr(at, known[i].name)) != NULL && at[length] != '=')
			at += length;
		if (at != NULL)
			params[i] = strtod(at + length + 1, NULL);
	}
}

static DriftDetector *
make(const char *name, const char *text)
{
	double params[DRIFT_DETECTOR_PARAMS];
	int kind = drift_detector_kind(name, strlen(name));
	DriftDetector *d;

	read_params(kind, text, params);
	if (drift_detector_bad_param(kind, params) >= 0)
		return NULL;
	d = malloc(drift_detector_size(kind, params));
	if (d != NULL)
		drift_detector_init(d, kind, params);
	return d;
}

/* The detector packed and unpacked, in memory of exactly its size. */
static DriftDetector *
travelled(DriftDetector *d)
{
	size_t length = drift_detector_packed_size(d);
	uint8_t *bytes = malloc(length);
	size_t size = 0;
	DriftDetector *copy;

	if (bytes == NULL || drift_detector_pack(d, bytes, length) != DRIFT_OK ||
		drift_detector_pack(d, bytes, length - 1) != DRIFT_NO_SPACE ||
		drift_detector_peek(bytes, length, &size) != DRIFT_OK || (copy = malloc(size)) == NULL)
		exit(1);
	if (drift_detector_unpack(copy, bytes, length) != DRIFT_OK)
		printf("# not its own packed form: %s\n", drift_detector_kind_name(drift_detector_kind_of(d)));
	free(bytes);
	free(d);
	return copy;
}

typedef struct Found
{
	int64_t drifts[MAX_FOUND];
	int64_t warnings[MAX_FOUND];
	int n_drifts;
	int n_warnings;
} Found;

/* Many values at a time where travels is 0, else one at a time and packed once in so many. */
static void
run_stream(DriftDetector *d, const double *x, size_t n, size_t travels, Found *found)
{
	size_t done = 0;

	found->n_drifts = 0;
	found->n_warnings = 0;
	while (done < n)
	{
		size_t left = travels == 0 || n - done < travels ? n - done : travels;
		bool was_warned = d->warning && !d->drift;
		size_t warned = left;
		size_t took;

		if (travels == 0)
			took = drift_detector_run(d, x + done, left, &warned);
		else
		{
			drift_detector_add(d, x[done]);
			took = 1;
			warned = d->warning && !was_warned ? 0 : left;
			if ((done + 1) % travels == 0)
				d = travelled(d);
		}
		if (warned < left && found->n_warnings < MAX_FOUND)
			found->warnings[found->n_warnings++] = (int64_t) (done + warned + 1);
		done += took;
		if (d->drift && found->n_drifts < MAX_FOUND)
			found->drifts[found->n_drifts++] = (int64_t) done;
	}
	free(d);
}

static bool
same(const int64_t *got, int n, const char *want, const char *what, const Golden *g)
{
	char *end;

	for (int i = 0; i < n; i++)
	{
		int64_t next = strtoll(want, &end, 10);

		if (end == want || next != got[i])
		{
			printf("# %s %s %s %s: %s %d is at %" PRId64 ", not %.20s\n", g->field[0], g->field[1], g->field[2],
				   g->field[3], what, i + 1, got[i], want);
			return false;
		}
		want = end;
	}
	if (want[strspn(want, " ")] == '\0')
		return true;
	printf("# %s %s %s %s: %s missing: %.20s\n", g->field[0], g->field[1], g->field[2], g->field[3], what, want);
	return false;
}

static void
test_river(int argc, char **argv)
{
	static double x[LONGEST];
	static Found found;
	Golden g;
	int wrong_changes = 0;
	int wrong_warnings = 0;
	int wrong_runs = 0;

	golden_open(&g, argc, argv, "detectors.csv");
	while (golden_next(&g))
	{
		size_t n = (size_t) golden_int(&g, 4);

		fill(x, g.field[2], g.field[3], (int64_t) n);
		run_stream(make(g.field[0], g.field[1]), x, n, 0, &found);
		wrong_runs += !same(found.drifts, found.n_drifts, g.field[5], "change", &g);
		run_stream(make(g.field[0], g.field[1]), x, n, n / 50, &found);
		wrong_changes += !same(found.drifts, found.n_drifts, g.field[5], "change", &g);
		wrong_warnings += !same(found.warnings, found.n_warnings, g.field[6], "warning", &g);
	}
	golden_close(&g, "detectors.csv", 60);
	ok(wrong_runs == 0, "the changes of river, many values at a time");
	ok(wrong_changes == 0, "the changes of river, one value at a time and packed 50 times on the way");
	ok(wrong_warnings == 0, "the warnings of river");
}

/* Where a run says that a warning began, with the values up to it and no more. */
static void
test_warned(void)
{
	static double x[LONGEST];
	DriftDetector *d = make("ddm", "");
	DriftDetector *again = make("ddm", "");
	size_t warned;
	size_t took;

	fill(x, "errors", "abrupt", LONGEST);
	took = drift_detector_run(d, x, LONGEST, &warned);
	ok(warned < took, "a run says where a warning began");
	for (size_t i = 0; i <= warned; i++)
	{
		if (again->warning)
			break;
		drift_detector_add(again, x[i]);
	}
	ok(again->warning && again->seen == (int64_t) warned + 1, "it is the first value with one");
	free(d);
	free(again);
}

/* With "reset" off the window goes on from the cut. */
static void
test_kept_window(void)
{
	static double x[LONGEST];
	DriftDetector *d = make("adwin", "reset=0");
	size_t warned;
	size_t took;
	double width;

	fill(x, "numbers", "abrupt", LONGEST);
	took = drift_detector_run(d, x, LONGEST, &warned);
	width = d->field[0];
	ok(d->drift && width > 0 && width < (double) took, "the window is shorter after a change");
	drift_detector_add(d, x[took]);
	ok(!d->drift && d->field[0] == width + 1, "and goes on");
	free(d);
}

static void
test_refusals(void)
{
	double params[DRIFT_DETECTOR_PARAMS];
	DriftDetector *d = make("hddm_a", "");

	ok(drift_detector_kind("ddm ", 4) == 0 && drift_detector_kind("", 0) == 0 && drift_detector_kind("dd", 2) == 0,
	   "names of no kind");
	ok(drift_detector_kind_name(0) == NULL && drift_detector_kind_name(9) == NULL, "numbers of no kind");
	ok(!drift_detector_takes(d, 1.5) && !drift_detector_takes(d, -0.1) && !drift_detector_takes(d, (double) NAN) &&
		   drift_detector_takes(d, 0.5),
	   "hddm_a takes numbers from 0 to 1");
	free(d);
	d = make("eddm", "");
	ok(!drift_detector_takes(d, 0.5) && drift_detector_takes(d, 1), "eddm takes 0 and 1");
	free(d);
	d = make("adwin", "");
	ok(!drift_detector_takes(d, (double) INFINITY) && !drift_detector_takes(d, 1e101) &&
		   drift_detector_takes(d, -1e100),
	   "adwin takes what has a square");
	free(d);
	read_params(DRIFT_KSWIN, "stat_size=51", params);
	ok(drift_detector_bad_param(DRIFT_KSWIN, params) == 2, "a sample must fit twice into the window");
	read_params(DRIFT_ADWIN, "clock=1.5", params);
	ok(drift_detector_bad_param(DRIFT_ADWIN, params) == 1, "a clock is whole");
	read_params(DRIFT_DDM, "drift_threshold=nan", params);
	ok(drift_detector_bad_param(DRIFT_DDM, params) == 2, "NaN is no threshold");
}

/* Every byte of a packed detector changed in turn gives a valid detector or none. */
static void
test_bytes(void)
{
	static double x[LONGEST];
	int refused = 0;
	int read = 0;

	fill(x, "errors", "abrupt", LONGEST);
	for (int kind = 1; kind <= DRIFT_DETECTOR_KINDS; kind++)
	{
		DriftDetector *d = make(drift_detector_kind_name(kind), "");
		uint8_t bytes[8192];
		size_t length;
		size_t warned;

		drift_detector_run(d, x, 400, &warned);
		length = drift_detector_packed_size(d);
		if (length > sizeof(bytes) || drift_detector_pack(d, bytes, length) != DRIFT_OK)
			exit(1);
		free(d);
		for (size_t i = 0; i <= length && i < 1200; i++)
		{
			size_t size = 0;

			if (i < length)
				bytes[i] ^= 0xff;
			if (drift_detector_peek(bytes, i < length ? length : length - 1, &size) != DRIFT_OK)
				refused++;
			else
			{
				DriftDetector *copy = malloc(size);

				if (copy == NULL)
					exit(1);
				if (drift_detector_unpack(copy, bytes, i < length ? length : length - 1) == DRIFT_OK)
				{
					read++;
					for (int k = 0; k < 70; k++)
						drift_detector_add(copy, x[k]);
				}
				else
					refused++;
				free(copy);
			}
			if (i < length)
				bytes[i] ^= 0xff;
		}
	}
	ok(refused > 200 && read > 500, "%d changed forms were refused and %d were detectors", refused, read);
}

int
main(int argc, char **argv)
{
	test_river(argc, argv);
	test_warned();
	test_kept_window();
	test_refusals();
	test_bytes();
	return done_testing();
}
