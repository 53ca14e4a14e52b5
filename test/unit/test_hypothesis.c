/*
 * test_hypothesis.c
 *		p-values of the two-sample tests against scipy, and on hostile input.
 */
#include "stats/hypothesis.h"

#include "golden.h"

static void
test_ks(int argc, char **argv)
{
	Golden g;
	Worst worst = {0};

	golden_open(&g, argc, argv, "ks_p.csv");
	while (golden_next(&g))
		worst_add(&worst, drift_ks_p_value(golden_double(&g, 2), golden_int(&g, 0), golden_int(&g, 1)),
				  golden_double(&g, 3), &g);
	golden_close(&g, "ks_p.csv", 500);
	worst_report(&worst, 1e-9, "ks_p_value");

	is_close(drift_ks_p_value(0.375, 8, 8), 0.6601398601398599, 1e-14, "the documented glucose values");
	is_close(drift_ks_p_value(0, 10, 20), 1, 0, "identical samples have p = 1");
	is_close(drift_ks_p_value(0.3, 11, 7), drift_ks_p_value(0.3, 7, 11), 0, "the sides may be exchanged");
}

static void
test_mann_whitney(int argc, char **argv)
{
	Golden g;
	Worst worst = {0};

	golden_open(&g, argc, argv, "mannwhitney.csv");
	while (golden_next(&g))
	{
		DriftTest test =
			drift_mann_whitney(golden_double(&g, 2), golden_int(&g, 0), golden_int(&g, 1), golden_double(&g, 3));

		worst_add(&worst, test.p_value, golden_double(&g, 4), &g);
		worst_add(&worst, test.statistic, golden_double(&g, 2), &g);
	}
	golden_close(&g, "mannwhitney.csv", 90);
	worst_report(&worst, 1e-9, "mann_whitney");
}

/* For k rows against m there are C(m + k, k) orders; the lowest has one of them, the next as well. */
static void
test_mann_whitney_large(void)
{
	double orders = 1;
	int64_t m = 10000000;

	for (int i = 1; i <= 8; i++)
		orders *= (double) (m + i) / i;
	is_close(drift_mann_whitney(0, 8, m, 0).p_value, 2 / orders, 1e-13, "exact with 8 against 10^7 rows: U = 0");
	is_close(drift_mann_whitney(3, m, 8, 0).p_value, 2 * 7 / orders, 1e-13, "exact with 10^7 against 8 rows: U = 3");
	is_close(drift_mann_whitney(4e7, 8, m, 0).p_value, 1, 1e-6, "exact with 8 against 10^7 rows: the middle");
	is_close(drift_mann_whitney(12345, 1, m, 0).p_value, 2 * 12346.0 / ((double) m + 1), 1e-14,
			 "exact with one row: uniform");
}

/* The exact distribution's two halves are the same, so they meet at one half of what is not in the middle. */
static void
test_mann_whitney_symmetry(void)
{
	int wrong = 0;

	for (int k = 1; k <= DRIFT_U_EXACT_MAX; k++)
		for (int64_t m = 1; m <= 60; m++)
		{
			int64_t middle = k * m / 2;
			double below = drift_u_exact_cdf(middle - (k * m % 2 == 0), k, m);
			double centre = k * m % 2 == 0 ? drift_u_exact_cdf(middle, k, m) - below : 0;

			wrong += fabs(2 * below + centre - 1) > 1e-13;
		}
	ok(wrong == 0, "the exact distribution of U sums to one");
}

static void
test_welch(int argc, char **argv)
{
	Golden g;
	Worst statistic = {0};
	Worst p_value = {0};

	golden_open(&g, argc, argv, "welch.csv");
	while (golden_next(&g))
	{
		DriftTest test = drift_welch_t(golden_double(&g, 0), golden_double(&g, 1), golden_int(&g, 2),
									   golden_double(&g, 3), golden_double(&g, 4), golden_int(&g, 5));

		worst_add(&statistic, test.statistic, golden_double(&g, 6), &g);
		if (g.field[7][0] != '\0')
			worst_add(&p_value, test.p_value, golden_double(&g, 7), &g);
	}
	golden_close(&g, "welch.csv", 45);
	worst_report(&statistic, 1e-12, "welch_t statistic");
	worst_report(&p_value, 1e-9, "welch_t p-value");
}

static void
test_proportion(int argc, char **argv)
{
	Golden g;
	Worst worst = {0};

	golden_open(&g, argc, argv, "proportion.csv");
	while (golden_next(&g))
	{
		DriftTest test =
			drift_two_proportion_z(golden_int(&g, 0), golden_int(&g, 1), golden_int(&g, 2), golden_int(&g, 3));

		worst_add(&worst, test.statistic, golden_double(&g, 4), &g);
		worst_add(&worst, test.p_value, golden_double(&g, 5), &g);
	}
	golden_close(&g, "proportion.csv", 7);
	worst_report(&worst, 1e-9, "two_proportion_z");
}

static bool
is_nan_test(DriftTest test)
{
	return isnan(test.statistic) && isnan(test.p_value);
}

static void
test_hostile(void)
{
	static const int64_t sizes[] = {INT64_MIN, -1, 0, 1, 2, 7, 8, 9, 10000, 10001, INT64_C(1) << 62, INT64_MAX};
	static const double values[] = {
		(double) NAN, (double) INFINITY, -(double) INFINITY, -1, 0, 1e-300, 0.25, 0.5, 1, 3, 1e18, 1.7e308};
	int wrong = 0;

	for (size_t i = 0; i < 12 * 12 * 12 * 12; i++)
	{
		int64_t n = sizes[i % 12];
		int64_t m = sizes[i / 12 % 12];
		double a = values[i / 144 % 12];
		double b = values[i / 1728];
		double p[] = {drift_mann_whitney(a, n, m, b).p_value, drift_welch_t(a, b, n, 1, a, m).p_value,
					  drift_two_proportion_z(n / 2, n, m / 3, m).p_value, i < 1728 ? drift_ks_p_value(a, n, m) : 0};

		for (int j = 0; j < 4; j++)
			wrong += !isnan(p[j]) && !(p[j] >= 0 && p[j] <= 1);
	}
	ok(wrong == 0, "every p-value is NaN or a probability for any arguments");
	ok(is_nan_test(drift_mann_whitney(0, 0, 5, 0)) && is_nan_test(drift_mann_whitney(7, 2, 3, 0)),
	   "mann_whitney of an empty side or an impossible U is NaN");
	ok(is_nan_test(drift_welch_t(0, 1, 1, 0, 1, 5)) && is_nan_test(drift_welch_t(0, -1, 5, 0, 1, 5)),
	   "welch_t of one row or a negative variance is NaN");
	ok(is_nan_test(drift_two_proportion_z(6, 5, 0, 5)), "more successes than rows are NaN");
	ok(isnan(drift_ks_p_value(0.5, 0, 5)) && isnan(drift_ks_p_value((double) NAN, 5, 5)),
	   "ks of an empty side or NaN is NaN");
}

/* Exact for few rows, and close to it for many */
static void
test_ks_quick(void)
{
	static const int64_t sizes[][2] = {{500, 500}, {500, 701}, {1000, 1000}, {3000, 500}, {2000, 1014}, {8000, 1500}};
	double worst = 0;

	for (int i = 0; i < (int) (sizeof(sizes) / sizeof(sizes[0])); i++)
		for (double k = 0.8; k < 2.6; k += 0.3)
		{
			int64_t n = sizes[i][0];
			int64_t m = sizes[i][1];
			double d = k / sqrt((double) n * (double) m / (double) (n + m));
			double exact = drift_ks_p_value(d, n, m);

			if (exact > 1e-6)
				worst = fmax(worst, fabs(drift_ks_p_value_quick(d, n, m) / exact - 1));
		}
	ok(worst > 0 && worst < 0.15, "quick p-values are within 15 %% of the exact ones (%.2g)", worst);
	ok(drift_ks_p_value_quick(0.1, 300, 200) == drift_ks_p_value(0.1, 300, 200), "of few rows they are exact");
	ok(isnan(drift_ks_p_value_quick(0.1, 0, 200)), "and of none there is none");
}

int
main(int argc, char **argv)
{
	test_ks(argc, argv);
	test_mann_whitney(argc, argv);
	test_mann_whitney_large();
	test_mann_whitney_symmetry();
	test_welch(argc, argv);
	test_proportion(argc, argv);
	test_hostile();
	test_ks_quick();
	return done_testing();
}
