/*
 * test_metrics.c
 *		Metrics of classes, numbers and rankings against scikit-learn, river and trec_eval, merged sums, and hostile input.
 */
#include "stats/multiclass.h"
#include "stats/regression_metrics.h"
#include "stats/top_places.h"

#include "golden.h"

#define MAX_ROWS 400
#define MAX_CLASSES 50

/* ------------------------------------------------------------------------
 * Classes
 * ------------------------------------------------------------------------ */

static void
sum_classes(const DriftClass *classes, double beta, DriftMulticlass *m)
{
	drift_multiclass_init(m, beta);
	for (int i = 0; i < MAX_CLASSES; i++)
		drift_multiclass_add(m, &classes[i]);
}

/* Counts the rows of a case. */
static void
read_classes(const Golden *g, DriftClass *classes)
{
	double prediction[MAX_ROWS];
	double actual[MAX_ROWS];
	double weight[MAX_ROWS];
	int n = golden_numbers(g, 1, prediction, MAX_ROWS);
	int weights = golden_numbers(g, 3, weight, MAX_ROWS);

	golden_numbers(g, 2, actual, MAX_ROWS);
	memset(classes, 0, sizeof(DriftClass) * MAX_CLASSES);
	for (int i = 0; i < n; i++)
	{
		double w = weights > 0 ? weight[i] : 1;

		classes[(int) prediction[i]].predicted += w;
		classes[(int) actual[i]].actual += w;
		if (prediction[i] == actual[i])
			classes[(int) actual[i]].hits += w;
	}
}

/* What is undetermined is an empty field, and NaN of ours. */
static double
wanted(const Golden *g, int column)
{
	return g->field[column][0] == '\0' ? (double) NAN : golden_double(g, column);
}

static void
test_multiclass(int argc, char **argv)
{
	Golden g;
	Worst worst = {0};

	golden_open(&g, argc, argv, "multiclass.csv");
	while (golden_next(&g))
	{
		DriftClass classes[MAX_CLASSES];
		DriftMulticlass f1;
		DriftMulticlass f2;

		read_classes(&g, classes);
		sum_classes(classes, 1, &f1);
		sum_classes(classes, 2, &f2);
		worst_add(&worst, drift_multiclass_accuracy(&f1), wanted(&g, 4), &g);
		worst_add(&worst, drift_multiclass_balanced_accuracy(&f1), wanted(&g, 5), &g);
		for (int average = 0; average < 3; average++)
		{
			worst_add(&worst, drift_multiclass_precision(&f1, average), wanted(&g, 6 + 4 * average), &g);
			worst_add(&worst, drift_multiclass_recall(&f1, average), wanted(&g, 7 + 4 * average), &g);
			worst_add(&worst, drift_multiclass_f(&f1, average), wanted(&g, 8 + 4 * average), &g);
			worst_add(&worst, drift_multiclass_f(&f2, average), wanted(&g, 9 + 4 * average), &g);
		}
		worst_add(&worst, drift_multiclass_mcc(&f1), wanted(&g, 18), &g);
		worst_add(&worst, drift_multiclass_kappa(&f1), wanted(&g, 19), &g);
	}
	golden_close(&g, "multiclass.csv", 18);
	worst_report(&worst, 1e-12, "classes");
}

static void
test_many_rows(void)
{
	/* 2^40 rows of each class that are predicted by chance but for one row */
	const double n = 1099511627776.0;
	DriftClass classes[MAX_CLASSES] = {{n / 2 + 1, n, n}, {n / 2 + 1, n, n}};
	DriftMulticlass m;

	sum_classes(classes, 1, &m);
	is_close(drift_multiclass_mcc(&m), 2 / n, 1e-12, "a correlation of a millionth of a millionth");
	is_close(drift_multiclass_kappa(&m), 2 / n, 1e-12, "and such a kappa");
	memset(classes, 0, sizeof(classes));
	sum_classes(classes, 1, &m);
	ok(isnan(drift_multiclass_accuracy(&m)) && isnan(drift_multiclass_precision(&m, DRIFT_MACRO)) &&
		   isnan(drift_multiclass_balanced_accuracy(&m)) && isnan(drift_multiclass_mcc(&m)) &&
		   isnan(drift_multiclass_kappa(&m)),
	   "nothing is known of no rows");
}

/* ------------------------------------------------------------------------
 * Numbers
 * ------------------------------------------------------------------------ */

typedef struct Numbers
{
	int n;
	double prediction[MAX_ROWS];
	double actual[MAX_ROWS];
	double weight[MAX_ROWS];
} Numbers;

#define ALL_PARTS (DRIFT_REGRESSION_ERRORS | DRIFT_REGRESSION_PERCENTAGE | DRIFT_REGRESSION_LOGARITHMS)

static void
read_numbers(const Golden *g, Numbers *numbers)
{
	numbers->n = golden_numbers(g, 1, numbers->prediction, MAX_ROWS);
	golden_numbers(g, 2, numbers->actual, MAX_ROWS);
	if (golden_numbers(g, 3, numbers->weight, MAX_ROWS) == 0)
		for (int i = 0; i < numbers->n; i++)
			numbers->weight[i] = 1;
}

static DriftRegression
add_numbers(const Numbers *numbers, int from, int to)
{
	DriftRegression r;

	memset(&r, 0, sizeof(r));
	for (int i = from; i < to; i++)
		drift_regression_add(&r, ALL_PARTS, numbers->prediction[i], numbers->actual[i], numbers->weight[i]);
	return r;
}

static double
pinball(const Numbers *numbers, double quantile)
{
	DriftWeightedMean mean;

	memset(&mean, 0, sizeof(mean));
	for (int i = 0; i < numbers->n; i++)
		drift_weighted_mean_add(&mean, drift_pinball(numbers->prediction[i], numbers->actual[i], quantile),
								numbers->weight[i]);
	return drift_weighted_mean(&mean);
}

static void
compare_numbers(Worst *worst, const DriftRegression *r, const Golden *g)
{
	worst_add(worst, drift_mae(r), wanted(g, 4), g);
	worst_add(worst, drift_mse(r), wanted(g, 5), g);
	worst_add(worst, drift_rmse(r), wanted(g, 6), g);
	worst_add(worst, drift_mape(r), wanted(g, 7), g);
	worst_add(worst, drift_smape(r), wanted(g, 8), g);
	worst_add(worst, drift_msle(r), wanted(g, 9), g);
	worst_add(worst, drift_rmsle(r), wanted(g, 10), g);
	worst_add(worst, drift_r2(r), wanted(g, 11), g);
	worst_add(worst, drift_bias(r), wanted(g, 12), g);
	worst_add(worst, drift_max_error(r), wanted(g, 13), g);
}

static void
test_regression(int argc, char **argv)
{
	Golden g;
	Worst whole = {0};
	Worst merged = {0};
	Worst quantiles = {0};

	golden_open(&g, argc, argv, "regression.csv");
	while (golden_next(&g))
	{
		Numbers numbers;
		DriftRegression r;
		DriftRegression rest;

		read_numbers(&g, &numbers);
		r = add_numbers(&numbers, 0, numbers.n);
		compare_numbers(&whole, &r, &g);
		r = add_numbers(&numbers, 0, numbers.n / 3);
		rest = add_numbers(&numbers, numbers.n / 3, numbers.n);
		drift_regression_merge(&r, &rest);
		compare_numbers(&merged, &r, &g);
		worst_add(&quantiles, pinball(&numbers, 0.1), golden_double(&g, 14), &g);
		worst_add(&quantiles, pinball(&numbers, 0.5), golden_double(&g, 15), &g);
		worst_add(&quantiles, pinball(&numbers, 0.95), golden_double(&g, 16), &g);
	}
	golden_close(&g, "regression.csv", 16);
	worst_report(&whole, 1e-12, "numbers");
	worst_report(&merged, 1e-12, "numbers in two parts");
	worst_report(&quantiles, 1e-12, "quantiles");
}

static void
test_odd_numbers(void)
{
	Numbers infinite = {2, {INFINITY, 1}, {INFINITY, 3}, {1, 1}};
	Numbers far = {2, {-INFINITY, 1}, {0, 3}, {1, 1}};
	DriftRegression r = add_numbers(&infinite, 0, 2);
	DriftWeightedMean mean;

	is_close(drift_mae(&r), 1, 0, "equal infinities do not differ");
	r = add_numbers(&far, 0, 2);
	ok(isinf(drift_mae(&r)) && isinf(drift_max_error(&r)) && isinf(drift_bias(&r)), "an infinity is infinitely far");
	ok(isnan(drift_msle(&r)), "and has no logarithm");
	r = add_numbers(&far, 0, 0);
	ok(isnan(drift_mae(&r)) && isnan(drift_r2(&r)) && isnan(drift_max_error(&r)), "nothing is known of no rows");
	memset(&mean, 0, sizeof(mean));
	ok(isnan(drift_weighted_mean(&mean)), "nor the mean of none");
	memset(&r, 0, sizeof(r));
	for (int i = 0; i < 1000000; i++)
		drift_regression_add(&r, DRIFT_REGRESSION_ERRORS, 1e15 + 0.1, 1e15 - (i & 1), 0.1);
	is_close(drift_mae(&r), 0.625, 1e-15, "a million rows lose nothing");
}

/* ------------------------------------------------------------------------
 * Rankings
 * ------------------------------------------------------------------------ */

/* Reads rows from the largest value on, those of one value together. */
static void
read_ranking(const double *value, const double *relevance, int n, bool exponential, DriftTopPlaces *r)
{
	double above = (double) INFINITY;

	for (;;)
	{
		double next = (double) -INFINITY;
		double gains = 0;
		int rows = 0;
		int relevant = 0;

		for (int i = 0; i < n; i++)
			if (value[i] < above && value[i] > next)
				next = value[i];
		if (next == (double) -INFINITY)
			return;
		for (int i = 0; i < n; i++)
			if (value[i] == next)
			{
				rows++;
				relevant += relevance[i] > 0;
				gains += exponential ? exp2(relevance[i]) - 1 : relevance[i];
			}
		drift_top_add(r, rows, relevant, gains);
		above = next;
	}
}

static double
ndcg(const double *score, const double *relevance, int n, int64_t k, bool exponential)
{
	DriftTopPlaces r;
	DriftTopPlaces best;

	drift_top_init(&r, k, NULL);
	drift_top_init(&best, k, NULL);
	read_ranking(score, relevance, n, exponential, &r);
	read_ranking(relevance, relevance, n, exponential, &best);
	return drift_top_ndcg(&r, &best);
}

static void
test_ranking(int argc, char **argv)
{
	Golden g;
	Worst gains = {0};
	Worst places = {0};

	golden_open(&g, argc, argv, "ranking.csv");
	while (golden_next(&g))
	{
		double score[MAX_ROWS];
		double relevance[MAX_ROWS];
		int n = golden_numbers(&g, 1, score, MAX_ROWS);
		int64_t k = golden_int(&g, 3);
		DriftTopPlaces r;

		golden_numbers(&g, 2, relevance, MAX_ROWS);
		drift_top_init(&r, k, NULL);
		read_ranking(score, relevance, n, false, &r);
		worst_add(&gains, ndcg(score, relevance, n, k, false), wanted(&g, 4), &g);
		worst_add(&gains, ndcg(score, relevance, n, k, true), wanted(&g, 5), &g);
		worst_add(&places, drift_top_average_precision(&r), wanted(&g, 6), &g);
		worst_add(&places, drift_top_precision(&r), wanted(&g, 7), &g);
		worst_add(&places, drift_top_recall(&r), wanted(&g, 8), &g);
		worst_add(&places, drift_top_hit_rate(&r), wanted(&g, 9), &g);
		worst_add(&places, drift_top_reciprocal_rank(&r), wanted(&g, 10), &g);
	}
	golden_close(&g, "ranking.csv", 70);
	worst_report(&gains, 1e-12, "gains");
	worst_report(&places, 1e-12, "first places");
}

static int polled;

static void
count_poll(void)
{
	polled++;
}

static void
test_long_ranking(void)
{
	DriftTopPlaces r;

	drift_top_init(&r, INT64_MAX, count_poll);
	drift_top_add(&r, 1000000, 1, 1);
	ok(polled > 100, "a long ranking can be interrupted");
	is_close(drift_top_hit_rate(&r), 1, 1e-12, "the relevant row is somewhere");
	is_close(drift_top_reciprocal_rank(&r), 1.4392726722865723631e-5, 1e-12,
			 "at any place: the harmonic number over n");
	drift_top_init(&r, 5, NULL);
	ok(isnan(drift_top_precision(&r)) && isnan(drift_top_recall(&r)), "nothing is known of no rows");
}

int
main(int argc, char **argv)
{
	test_multiclass(argc, argv);
	test_many_rows();
	test_regression(argc, argv);
	test_odd_numbers();
	test_ranking(argc, argv);
	test_long_ranking();
	return done_testing();
}
