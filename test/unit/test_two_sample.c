/*
 * test_two_sample.c
 *		The pass over two sorted samples, and the tests fed from it, against
 *		scipy on samples of every shape and size.
 */
#include "stats/two_sample.h"

#include "stats/hypothesis.h"

#include "sample_sides.h"

/* Further columns of statistics.csv. */
enum
{
	WASSERSTEIN = 20,
	KS_D = 22,
	KS_P,
	MANN_WHITNEY_U,
	MANN_WHITNEY_P
};

static DriftTwoSample
merge(const Side side[2])
{
	DriftTwoSample t;
	int64_t at[2] = {0, 0};
	int64_t rows[2];
	double value;

	drift_two_sample_init(&t, side[0].n, side[1].n);
	while (next_value(side, at, &value, rows))
		drift_two_sample_step(&t, value, rows[0], rows[1]);
	return t;
}

static void
test_golden(int argc, char **argv)
{
	Golden g;
	Worst sizes = {0};
	Worst ks = {0};
	Worst area = {0};
	Worst u = {0};
	Worst p = {0};

	golden_open(&g, argc, argv, "statistics.csv");
	ok(strstr(g.header,
			  "wasserstein_distance,normalized_wasserstein_distance,ks_d,ks_p,mann_whitney_u,mann_whitney_p") != NULL,
	   "statistics.csv has the expected columns");
	while (golden_next(&g))
	{
		Side side[] = {make_side(&g, 0), make_side(&g, 1)};
		DriftTwoSample t = merge(side);
		DriftTest test =
			drift_mann_whitney(drift_two_sample_u(&t), t.n_reference, t.n_current, drift_two_sample_tie_term(&t));

		worst_add(&sizes, (double) t.n_reference, golden_double(&g, N_REFERENCE), &g);
		worst_add(&sizes, (double) t.n_current, golden_double(&g, N_CURRENT), &g);
		worst_add(&ks, drift_two_sample_ks(&t), golden_double(&g, KS_D), &g);
		worst_add(&area, drift_two_sample_wasserstein(&t), golden_double(&g, WASSERSTEIN), &g);
		worst_add(&u, test.statistic, golden_double(&g, MANN_WHITNEY_U), &g);
		worst_add(&p, test.p_value, golden_double(&g, MANN_WHITNEY_P), &g);
		if (golden_double(&g, KS_P) > 1e-300)
			worst_add(&p, drift_ks_p_value(drift_two_sample_ks(&t), t.n_reference, t.n_current),
					  golden_double(&g, KS_P), &g);
		free(side[0].value);
		free(side[1].value);
	}
	golden_close(&g, "statistics.csv", 250);
	worst_report(&sizes, 0, "rows with a value");
	worst_report(&ks, 1e-12, "ks D");
	worst_report(&area, 1e-9, "wasserstein_distance");
	worst_report(&u, 0, "Mann-Whitney U");
	worst_report(&p, 1e-9, "p-values of ks and Mann-Whitney");
}

static void
test_documented(void)
{
	double before[] = {80, 90, 100, 110, 120, 130, 140, 150};
	double after[] = {100, 110, 130, 140, 150, 160, 170, 180};
	Side side[] = {{before, 8}, {after, 8}};
	DriftTwoSample t = merge(side);

	is_close(drift_two_sample_ks(&t), 0.375, 0, "D of the documented glucose values");
	is_close(drift_ks_p_value(drift_two_sample_ks(&t), 8, 8), 0.6601398601398599, 1e-14,
			 "p of the documented glucose values");
	is_close(drift_two_sample_wasserstein(&t), 27.5, 1e-15,
			 "their Wasserstein distance is the difference of the means");
}

static DriftTwoSample
pass(const double *value, const int64_t *reference, const int64_t *current, int steps, int64_t n, int64_t m)
{
	DriftTwoSample t;

	drift_two_sample_init(&t, n, m);
	for (int i = 0; i < steps; i++)
		drift_two_sample_step(&t, value[i], reference[i], current[i]);
	return t;
}

static void
test_infinities(void)
{
	static const double value[] = {-(double) INFINITY, 0, (double) INFINITY};
	static const int64_t one[] = {1, 1, 0};
	static const int64_t other[] = {0, 1, 1};
	static const int64_t both[] = {0, 1, 1};
	DriftTwoSample t = pass(value, one, other, 3, 2, 2);
	DriftTwoSample same = pass(value, both, both, 3, 2, 2);

	ok(drift_two_sample_ks(&t) == 0.5 && drift_two_sample_u(&t) == 0.5, "infinities order like other values");
	ok(drift_two_sample_wasserstein(&t) == (double) INFINITY, "an infinity on one side is infinitely far");
	ok(isnan(drift_two_sample_wasserstein(&same)), "infinities on both sides have no distance");
}

static bool
all_nan(const DriftTwoSample *t)
{
	return isnan(drift_two_sample_ks(t)) && isnan(drift_two_sample_wasserstein(t)) && isnan(drift_two_sample_u(t)) &&
		   isnan(drift_two_sample_tie_term(t));
}

static void
test_hostile(void)
{
	static const double falling[] = {2, 1};
	static const double missing[] = {1, (double) NAN};
	static const double rising[] = {1, 2};
	static const int64_t ones[] = {1, 1};
	static const int64_t negative[] = {3, -1};
	static const int64_t many[] = {INT64_MAX, INT64_MAX};
	DriftTwoSample t = pass(falling, ones, ones, 2, 2, 2);

	ok(all_nan(&t), "values that do not ascend");
	t = pass(missing, ones, ones, 2, 2, 2);
	ok(all_nan(&t), "NaN");
	t = pass(rising, negative, ones, 2, 2, 2);
	ok(all_nan(&t), "a negative count");
	t = pass(rising, many, many, 2, INT64_MAX, INT64_MAX);
	ok(all_nan(&t), "more rows than announced");
	t = pass(rising, ones, ones, 1, 2, 2);
	ok(all_nan(&t), "fewer rows than announced");
	t = pass(rising, ones, ones, 0, 0, 2);
	ok(all_nan(&t), "an empty side");
}

/* Differences of one row in 2^62 must not be lost: D is the nearest double. */
static void
test_exact(void)
{
	int64_t n = INT64_C(1) << 62;
	DriftTwoSample t;

	drift_two_sample_init(&t, n, n - 1);
	drift_two_sample_step(&t, 0, n / 2, n / 2);
	drift_two_sample_step(&t, 1, n / 2, n / 2 - 1);
	is_close(drift_two_sample_ks(&t), 0x1p-63, 1e-15, "D is exact for huge samples");
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_documented();
	test_infinities();
	test_hostile();
	test_exact();
	return done_testing();
}
