/*
 * test_model_tests.c
 *		Tests of two models or two arms against naive sums, scipy and statsmodels, and on hostile input.
 */
#include "stats/beta_posterior.h"
#include "stats/bootstrap.h"
#include "stats/delong.h"
#include "stats/paired_metric.h"
#include "stats/proportions.h"
#include "stats/sample.h"
#include "stats/sequential.h"
#include "stats/sign_flips.h"
#include "stats/wilcoxon.h"

#include "golden.h"

#define MOST_ROWS 1000

/* The rows of generate_model_tests.py */
typedef struct Rows
{
	int64_t n;
	int64_t positive;
	double x[MOST_ROWS];
	double y[MOST_ROWS];
	bool truth[MOST_ROWS];
} Rows;

static double
score(int64_t i, int which, int64_t modulus)
{
	return (double) ((i * i * (which == 1 ? 37 : 53) + i * (which == 1 ? 11 : 29)) % modulus) / 64;
}

static void
make_rows(Rows *rows, int64_t n, int64_t modulus)
{
	rows->n = n;
	rows->positive = 0;
	for (int64_t i = 1; i <= n; i++)
	{
		bool truth = (i * i * 5 + i * 3) % 7 < 3;

		rows->truth[i - 1] = truth;
		rows->positive += truth;
		rows->x[i - 1] = score(i, 1, modulus) + (truth ? (double) (modulus / 4) / 64 : 0);
		rows->y[i - 1] = score(i, 2, modulus) + (truth ? (double) (modulus / 8) / 64 : 0);
	}
}

static DriftDelong
delong_of(const Rows *rows)
{
	static uint64_t x[MOST_ROWS], y[MOST_ROWS], order[MOST_ROWS], scratch[MOST_ROWS];
	static int64_t place[MOST_ROWS];
	DriftDelong d = {.n = {rows->n - rows->positive, rows->positive}};
	int64_t at[2] = {rows->positive, 0};

	for (int64_t i = 0; i < rows->n; i++)
	{
		int64_t row = at[rows->truth[i]]++;

		x[row] = drift_key_of(rows->x[i]);
		y[row] = drift_key_of(rows->y[i]);
	}
	drift_delong_rows(&d, x, y, order, scratch, place, NULL);
	return d;
}

static int
compare_distance(const void *a, const void *b)
{
	double x = fabs(*(const double *) a);
	double y = fabs(*(const double *) b);

	return x < y ? -1 : x > y;
}

/* Sorts differences by their distance from zero and takes groups of them */
static DriftWilcoxonResult
wilcoxon_of(double *d, int64_t n, DriftWilcoxon *w, int64_t *zeros)
{
	*w = (DriftWilcoxon){0};
	*zeros = 0;
	qsort(d, (size_t) n, sizeof(double), compare_distance);
	for (int64_t i = 0, end; i < n; i = end)
	{
		int64_t count[2] = {0, 0};

		for (end = i; end < n && fabs(d[end]) == fabs(d[i]); end++)
			count[d[end] > 0]++;
		if (d[i] == 0)
			*zeros = end - i;
		else
			drift_wilcoxon_group(w, count[1], count[0]);
	}
	return drift_wilcoxon(w, *zeros);
}

static void
test_rows(int argc, char **argv)
{
	static Rows rows;
	static double d[MOST_ROWS];
	Golden g;
	Worst delong = {0};
	Worst wilcoxon = {0};
	Worst flips = {0};

	golden_open(&g, argc, argv, "model_tests.csv");
	while (golden_next(&g))
	{
		DriftDelongResult areas;
		DriftWilcoxonResult ranks;
		DriftWilcoxon w;
		int64_t zeros;
		double total = 0;
		DriftDelong sums;

		make_rows(&rows, golden_int(&g, 0), golden_int(&g, 1));
		sums = delong_of(&rows);
		areas = drift_delong(&sums);
		worst_add(&delong, areas.auc[0], golden_double(&g, 2), &g);
		worst_add(&delong, areas.auc[1], golden_double(&g, 3), &g);
		worst_add(&delong, areas.standard_error, golden_double(&g, 4), &g);
		worst_add(&delong, areas.test.statistic, golden_double(&g, 5), &g);
		worst_add(&delong, areas.test.p_value, golden_double(&g, 6), &g);
		for (int64_t i = 0; i < rows.n; i++)
			total += d[i] = rows.x[i] - rows.y[i];
		if (g.field[12][0] != '\0')
			worst_add(&flips, drift_sign_flips_exact(d, rows.n, total, 1e-9), golden_double(&g, 12), &g);
		ranks = wilcoxon_of(d, rows.n, &w, &zeros);
		worst_add(&wilcoxon, ranks.statistic, golden_double(&g, 7), &g);
		worst_add(&wilcoxon, ranks.p_value, golden_double(&g, 8), &g);
		worst_add(&wilcoxon, ranks.rank_biserial, golden_double(&g, 9), &g);
		worst_add(&wilcoxon, (double) w.n, golden_double(&g, 10), &g);
		worst_add(&wilcoxon, (double) zeros, golden_double(&g, 11), &g);
	}
	golden_close(&g, "model_tests.csv", 21);
	worst_report(&delong, 1e-9, "DeLong");
	worst_report(&wilcoxon, 1e-9, "Wilcoxon");
	worst_report(&flips, 1e-9, "all signs");
}

static void
test_flips(void)
{
	double d[200];
	double whole[99] = {0};
	double parts[99] = {0};
	double total = 0;
	int different = 0;

	for (int i = 0; i < 200; i++)
		total += d[i] = (double) (i % 13) - 5.5;
	drift_sign_flips_add(whole, 99, 7, d, 0, 200, NULL);
	drift_sign_flips_add(parts, 99, 7, d, 0, 64, NULL);
	drift_sign_flips_add(parts, 99, 7, d + 64, 64, 136, NULL);
	for (int p = 0; p < 99; p++)
		different += whole[p] != parts[p];
	ok(different == 0, "signs do not depend on the parts in which rows come");
	ok(drift_sign_flips_p_value(whole, 99, total, 0) > drift_sign_flips_p_value(whole, 99, 400, 0),
	   "larger sums are rarer");
	is_close(drift_sign_flips_p_value(whole, 99, 1e9, 0), 0.01, 1e-15, "the observed signs count as one of them");
	is_close(drift_sign_flips_p_value(whole, 99, 0, 0), 1, 0, "no difference is reached by all");
}

static void
test_bootstrap(void)
{
	double d[100];
	double whole[199] = {0};
	double parts[199] = {0};
	uint64_t scratch[398];
	int different = 0;
	DriftBootstrap b;

	for (int i = 0; i < 100; i++)
		d[i] = (double) (i * i % 37);
	drift_bootstrap_add(whole, 199, 3, 100, d, 0, 100, NULL);
	drift_bootstrap_add(parts, 199, 3, 100, d, 0, 41, NULL);
	drift_bootstrap_add(parts, 199, 3, 100, d + 41, 41, 59, NULL);
	for (int i = 0; i < 199; i++)
		different += whole[i] != parts[i];
	ok(different == 0, "draws do not depend on the parts in which rows come");
	for (int i = 0; i < 199; i++)
		parts[i] = i % 2 ? (double) NAN : 5;
	b = drift_bootstrap(5, 0, parts, 199, scratch, 0, 0.95);
	ok(b.replicates == 100 && b.low == 5 && b.high == 5 && b.standard_error == 0,
	   "replicates without a value are left out");
	b = drift_bootstrap(7, 0, parts, 0, scratch, 0, 0.95);
	ok(b.replicates == 0 && isnan(b.low) && isnan(b.p_value), "no replicates say nothing");
}

static void
test_arms(int argc, char **argv)
{
	Golden g;
	Worst shares = {0};
	Worst sequential = {0};
	Worst beta = {0};

	golden_open(&g, argc, argv, "arms.csv");
	while (golden_next(&g))
	{
		int64_t x1 = golden_int(&g, 0);
		int64_t n1 = golden_int(&g, 1);
		int64_t x2 = golden_int(&g, 2);
		int64_t n2 = golden_int(&g, 3);
		DriftTest z = drift_two_proportion_z(x1, n1, x2, n2);
		DriftInterval newcombe = drift_newcombe(x1, n1, x2, n2, 0.95);
		DriftSequential msprt = drift_msprt_shares(x1, n1, x2, n2, 0.01, 0.95);
		DriftBetaTest bayes = drift_beta_test((DriftBeta){1 + (double) x1, 1 + (double) (n1 - x1)},
											  (DriftBeta){1 + (double) x2, 1 + (double) (n2 - x2)});

		worst_add(&shares, z.statistic, golden_double(&g, 4), &g);
		worst_add(&shares, z.p_value, golden_double(&g, 5), &g);
		worst_add(&shares, 1 + newcombe.low, 1 + golden_double(&g, 6), &g);
		worst_add(&shares, 1 + newcombe.high, 1 + golden_double(&g, 7), &g);
		worst_add(&sequential, msprt.likelihood_ratio, golden_double(&g, 8), &g);
		worst_add(&sequential, msprt.p_value, golden_double(&g, 9), &g);
		worst_add(&beta, bayes.chance[1], golden_double(&g, 10), &g);
		worst_add(&beta, bayes.loss[0], golden_double(&g, 11), &g);
		worst_add(&beta, bayes.loss[1], golden_double(&g, 12), &g);
	}
	golden_close(&g, "arms.csv", 12);
	worst_report(&shares, 1e-12, "two proportions");
	worst_report(&sequential, 1e-11, "sequential test of two proportions");
	worst_report(&beta, 1e-9, "Beta-binomial");
}

static void
test_sequential(void)
{
	DriftSequential shares = drift_msprt_shares(450, 900, 60, 100, 0.02, 0.95);
	DriftSequential equal = drift_msprt_means(0.5, 0.25, 180, 0.6, 0.24, 180, 0.02, 0.95);
	DriftSequential unequal = drift_msprt_means(0, 1, 900, 0.3, 9, 100, 0.1, 0.95);

	is_close(shares.likelihood_ratio, equal.likelihood_ratio, 1e-12, "arms of 900 and 100 are worth two of 180");
	is_close(unequal.likelihood_ratio, drift_msprt(-0.3, 1.0 / 900 + 9.0 / 100, 0.1, 0.95).likelihood_ratio, 1e-14,
			 "the larger variance of a small arm counts in full");
	shares = drift_msprt(0.02, 1e-5, 0.01, 0.95);
	is_close(drift_msprt(0.02 - shares.low, 1e-5, 0.01, 0.95).p_value, 0.05, 1e-9,
			 "the interval ends where the p-value is one less the level");
	ok(drift_msprt(0.3, 0, 0.01, 0.95).p_value == 1, "without variance there is no evidence");
}

static void
test_hostile(void)
{
	static const int64_t counts[] = {INT64_MIN, -1, 0, 1, 2, 7, 1000000, INT64_C(1) << 53, INT64_MAX};
	static const double values[] = {
		(double) NAN, (double) INFINITY, -(double) INFINITY, -1, -0.0, 5e-324, 1e-3, 0.5, 1, 1e6, 1e308};
	int wrong = 0;

	for (int i = 0; i < 9 * 9 * 9 * 11; i++)
	{
		int64_t a = counts[i % 9];
		int64_t b = counts[i / 9 % 9];
		int64_t c = counts[i / 81 % 9];
		double x = values[i / 729];
		double y = values[i % 11];
		int64_t table[4] = {a < 0 ? 0 : a, b < 0 ? 0 : b, c < 0 ? 0 : c, 3};
		double room[4];
		double df;
		double p[] = {drift_msprt(x, y, (double) a, 0.95).p_value,
					  drift_msprt_shares(a < 0 ? 0 : a, b, c < 0 ? 0 : c, b, x, 0.95).p_value,
					  drift_table_test(table, 2, 2, room).test.p_value,
					  drift_arms_test(table, (double[]){fabs(x), 1, 2, 0}, 4, &df).p_value,
					  drift_wilson(a, b, 1.96).value};

		for (int j = 0; j < 5; j++)
			wrong += !isnan(p[j]) && !(p[j] >= 0 && p[j] <= 1);
	}
	ok(wrong == 0, "every p-value is NaN or a probability for any arguments");
	for (int i = 0; i < 121; i++)
	{
		DriftBetaTest beta = drift_beta_test((DriftBeta){values[i % 11], 2}, (DriftBeta){3, values[i / 11]});
		double chance = beta.chance[0] + beta.chance[1];

		wrong += !isnan(chance) && !(fabs(chance - 1) < 1e-8 && beta.loss[0] >= 0 && beta.loss[1] >= 0);
	}
	ok(wrong == 0, "chances to win are NaN or add up to one");
	ok(isnan(drift_delong(&(DriftDelong){.n = {0, 5}}).auc[0]), "one class has no area");
}

int
main(int argc, char **argv)
{
	test_rows(argc, argv);
	test_flips();
	test_bootstrap();
	test_arms(argc, argv);
	test_sequential();
	test_hostile();
	return done_testing();
}
