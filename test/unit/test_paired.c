/*
 * test_paired.c
 *		Tests of two models on the same rows against statsmodels, exact integers and likelihoods, and on hostile input.
 */
#include "stats/paired.h"

#include "golden.h"

static void
test_mcnemar(int argc, char **argv)
{
	Golden g;
	Worst exact = {0};
	Worst mid_p = {0};
	Worst asymptotic = {0};

	golden_open(&g, argc, argv, "mcnemar.csv");
	while (golden_next(&g))
	{
		DriftMcNemar test = drift_mcnemar(golden_int(&g, 0), golden_int(&g, 1));

		worst_add(&exact, test.exact, golden_double(&g, 2), &g);
		worst_add(&mid_p, test.mid_p, golden_double(&g, 3), &g);
		worst_add(&asymptotic, test.chi2.statistic, golden_double(&g, 4), &g);
		worst_add(&asymptotic, test.chi2.p_value, golden_double(&g, 5), &g);
		worst_add(&asymptotic, test.edwards.statistic, golden_double(&g, 6), &g);
		worst_add(&asymptotic, test.edwards.p_value, golden_double(&g, 7), &g);
	}
	golden_close(&g, "mcnemar.csv", 190);
	worst_report(&exact, 1e-9, "mcnemar exact");
	worst_report(&mid_p, 1e-9, "mcnemar mid-p");
	worst_report(&asymptotic, 1e-9, "mcnemar chi-square and Edwards");

	is_close(drift_mcnemar(5, 15).mid_p, 0.02660369873046875, 1e-13, "mid-p of 5 and 15");
	is_close(drift_mcnemar(1, 0).mid_p, 0.5, 1e-14, "mid-p of a single row");
	is_close(drift_mcnemar(0, 6).exact, 0.03125, 1e-14, "six against none");
}

static void
test_paired_shares(int argc, char **argv)
{
	Golden g;
	Worst worst = {0};

	golden_open(&g, argc, argv, "paired_shares.csv");
	while (golden_next(&g))
	{
		DriftTest test =
			drift_paired_shares(golden_int(&g, 0), golden_int(&g, 1), golden_int(&g, 2), golden_double(&g, 3));

		worst_add(&worst, test.statistic, golden_double(&g, 4), &g);
		worst_add(&worst, test.p_value, golden_double(&g, 5), &g);
	}
	golden_close(&g, "paired_shares.csv", 200);
	worst_report(&worst, 1e-9, "paired_shares");

	is_close(drift_paired_shares(5, 15, 100, 0).statistic, sqrt(5), 1e-14, "against no difference it is McNemar's");
	is_close(drift_paired_shares(0, 0, 100, -0.02).statistic, sqrt(2 / 0.98), 1e-14,
			 "rows that all agree prove no more than their number");
}

static void
test_mean(void)
{
	is_close(drift_mean_above(1, 0.5, 9, 0).p_value, 0.03827641188535046, 1e-12, "t = 2 with 9 degrees of freedom");
	is_close(drift_mean_above(1, 0, 9, 0).p_value, 0, 0, "a certain mean above the value");
	is_close(drift_mean_above(0, 0, 9, 1).p_value, 1, 0, "a certain mean below it");
	is_close(drift_mean_above(1, 0, 9, 1).p_value, 0.5, 1e-15, "a certain mean that is the value");
}

static void
test_binomial(void)
{
	is_close(drift_binomial_sf(3, 10, 0.1), 0.0701908264, 1e-12, "three or more of ten at a tenth");
	is_close(drift_binomial_sf(0, 10, 0.1), 1, 0, "none or more");
	is_close(drift_binomial_sf(11, 10, 0.1), 0, 0, "more than there are");
	is_close(drift_binomial_sf(10, 10, 0.5), 1 / 1024.0, 1e-14, "all of ten");
}

static void
test_power(void)
{
	double rows = drift_power_rows(0.1, 0.08, 0.05, 0.8);

	is_close(drift_power(0.1, 0.05, 0.05), 0.6387600313123353, 1e-9, "two standard errors at 5 %");
	is_close(drift_power(0.1, 0.08 / sqrt(rows), 0.05), 0.8, 1e-9, "the rows for a power of 80 % give it");
	is_close(drift_power(0.1, 0, 0.05), 1, 0, "without spread every effect is found");
}

static void
test_hostile(void)
{
	static const int64_t counts[] = {INT64_MIN,        -1,       0, 1, 2, 100, 1000000, INT64_C(1) << 53,
									 INT64_C(1) << 62, INT64_MAX};
	static const double values[] = {
		(double) NAN, (double) INFINITY, -(double) INFINITY, -1, -0.5, -0.0, 0, 5e-324, 0.5, 1, 1e308};
	int wrong = 0;

	for (int i = 0; i < 9 * 9 * 9 * 11; i++)
	{
		int64_t b = counts[i % 9];
		int64_t c = counts[i / 9 % 9];
		int64_t n = counts[i / 81 % 9];
		double x = values[i / 729];
		DriftMcNemar m = drift_mcnemar(b, c);
		double p[] = {m.exact,
					  m.mid_p,
					  m.chi2.p_value,
					  m.edwards.p_value,
					  drift_paired_shares(b, c, n, x).p_value,
					  drift_mean_above(x, (double) b, (double) c, (double) n).p_value,
					  drift_binomial_sf(b, n, x),
					  drift_power(x, (double) b, 0.05),
					  drift_power(0.1, (double) b, x)};

		for (int j = 0; j < 9; j++)
			wrong += !isnan(p[j]) && !(p[j] >= 0 && p[j] <= 1);
	}
	ok(wrong == 0, "every p-value and power is NaN or a probability for any arguments");
	ok(isnan(drift_mcnemar(-1, 3).mid_p) && isnan(drift_paired_shares(3, 3, 5, 0).p_value),
	   "impossible counts are NaN");
	ok(isnan(drift_power_rows(0, 1, 0.05, 0.8)) && isnan(drift_power(-1, 1, 0.05)), "no effect has no power");
}

int
main(int argc, char **argv)
{
	test_mcnemar(argc, argv);
	test_paired_shares(argc, argv);
	test_mean();
	test_binomial();
	test_power();
	test_hostile();
	return done_testing();
}
