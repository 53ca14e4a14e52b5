/*
 * test_performance.c
 *		Metrics of profiles of outcomes: of exact ones against scikit-learn and
 *		definitions, of summaries within the bounds they state.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/class_pairs.h"
#include "stats/profile_auc.h"
#include "unit/golden.h"
#include "unit/numeric_owner.h"
#include "unit/random.h"
#include "unit/tap.h"

#define MOST 40000

static double side[2][MOST];

static DriftProfileAuc
auc_of(uint32_t key_limit, const size_t rows[2])
{
	DriftNumeric *negative = numeric_of(key_limit, side[0], rows[0]);
	DriftNumeric *positive = numeric_of(key_limit, side[1], rows[1]);
	DriftProfileAuc result;

	if (drift_profile_auc(positive, negative, &result) != DRIFT_OK)
		abort();
	free(negative);
	free(positive);
	return result;
}

static void
test_scores(int argc, char **argv)
{
	Golden g;
	Worst auc = {0};
	Worst error = {0};
	Worst ks = {0};
	Worst precision = {0};
	Worst calibration = {0};
	bool exact = true;

	golden_open(&g, argc, argv, "profile_auc.csv");
	while (golden_next(&g))
	{
		double score[200];
		int n = golden_numbers(&g, 0, score, 200);
		size_t rows[2] = {0, 0};
		DriftProfileAuc m;

		for (int i = 0; i < n; i++)
		{
			int class = g.field[1][i] == '1';

			side[class][rows[class]++] = score[i];
		}
		m = auc_of(DRIFT_DEFAULT_KEYS, rows);
		worst_add(&auc, m.auc.value, golden_double(&g, 2), &g);
		worst_add(&error, m.auc_standard_error, golden_double(&g, 3), &g);
		worst_add(&ks, m.ks.value, golden_double(&g, 4), &g);
		worst_add(&precision, m.average_precision, golden_double(&g, 5), &g);
		worst_add(&calibration, m.calibration_error, golden_double(&g, 6), &g);
		exact = exact && fabs(m.auc.low - m.auc.value) < 1e-12 && fabs(m.auc.high - m.auc.value) < 1e-12;
	}
	golden_close(&g, "profile_auc.csv", 60);
	worst_report(&auc, 1e-12, "roc_auc");
	worst_report(&error, 1e-9, "its standard error");
	worst_report(&ks, 1e-12, "ks");
	worst_report(&precision, 1e-12, "average precision");
	worst_report(&calibration, 1e-9, "calibration error");
	ok(exact, "exact profiles leave no doubt");
}

/* Scores of both classes, also with ties, masses and infinities. */
static double
random_score(int kind, int class)
{
	double x = normal() + class * 1.2;

	if (kind == 1)
		return round(x * 3);
	if (kind == 2 && uniform() < 0.2)
		return uniform() < 0.5 ? INFINITY : -INFINITY;
	if (kind == 3)
		return 1 / (1 + exp(-x));
	return x;
}

static void
test_summaries(void)
{
	int outside = 0;
	double widest = 0;
	double farthest[3] = {0, 0, 0};

	for (int round = 0; round < 24; round++)
	{
		size_t rows[2] = {(size_t) (20 + uniform() * (round % 2 ? 300 : 6000)),
						  (size_t) (20 + uniform() * (round % 3 ? 300 : 6000))};
		DriftProfileAuc exact;
		DriftProfileAuc small;

		for (int class = 0; class < 2; class ++)
			for (size_t i = 0; i < rows[class]; i++)
				side[class][i] = random_score(round % 4, class);
		exact = auc_of(DRIFT_MAX_KEYS, rows);
		small = auc_of(128, rows);
		outside += !(small.auc.low <= exact.auc.value + 1e-12 && exact.auc.value <= small.auc.high + 1e-12 &&
					 small.auc.low <= small.auc.value && small.auc.value <= small.auc.high);
		outside += !(small.ks.low <= exact.ks.value + 1e-12 && exact.ks.value <= small.ks.high + 1e-12);
		widest = fmax(widest, small.auc.high - small.auc.low);
		farthest[0] = fmax(farthest[0], fabs(small.auc.value - exact.auc.value));
		farthest[1] = fmax(farthest[1], fabs(small.auc_standard_error / exact.auc_standard_error - 1));
		farthest[2] = fmax(farthest[2], fabs(small.average_precision - exact.average_precision));
		ok(isnan(small.calibration_error) == (round % 4 != 3), "calibration is for probabilities");
	}
	ok(outside == 0, "bounds hold: %d outside", outside);
	ok(widest < 0.05, "and are narrow: %.4f", widest);
	ok(farthest[0] < 0.003 && farthest[1] < 0.05 && farthest[2] < 0.02,
	   "values are near: %.5f, standard errors %.4f, precision %.4f", farthest[0], farthest[1], farthest[2]);
}

static void
test_ends(void)
{
	size_t rows[2] = {1, 1};
	size_t none[2] = {0, 1};
	DriftProfileAuc m;
	DriftNumeric *empty = numeric_of(DRIFT_DEFAULT_KEYS, side[0], none[0]);
	DriftNumeric *one = numeric_of(DRIFT_DEFAULT_KEYS, side[1], 1);

	side[0][0] = 0;
	side[1][0] = 1;
	m = auc_of(DRIFT_DEFAULT_KEYS, rows);
	ok(m.auc.value == 1 && isnan(m.auc_standard_error) && m.average_precision == 1 && m.calibration_error == 0,
	   "one row of each");
	ok(drift_profile_auc(one, empty, &m) == DRIFT_EMPTY_CURRENT, "no negative row");
	ok(drift_profile_auc(empty, one, &m) == DRIFT_EMPTY_REFERENCE, "no positive row");
	free(empty);
	free(one);
}

static void
test_pairs(int argc, char **argv)
{
	Golden g;
	Worst value = {0};
	Worst error = {0};

	golden_open(&g, argc, argv, "class_pairs.csv");
	while (golden_next(&g))
	{
		int64_t counts[64];
		double scratch[24];
		DriftPairMetrics m;

		golden_counts(&g, 1, counts, 64);
		drift_class_pair_metrics(counts, (uint32_t) golden_int(&g, 0), 0, scratch, &m);
		for (int i = 0; i < DRIFT_PAIR_METRICS; i++)
		{
			worst_add(&value, m.value[i] + 1, golden_double(&g, 2 + i) + 1, &g);
			worst_add(&error, m.standard_error[i] + 1, golden_double(&g, 2 + DRIFT_PAIR_METRICS + i) + 1, &g);
		}
	}
	golden_close(&g, "class_pairs.csv", 40);
	worst_report(&value, 1e-12, "metrics of pairs of classes");
	worst_report(&error, 1e-9, "and their standard errors");
}

int
main(int argc, char **argv)
{
	test_scores(argc, argv);
	test_summaries();
	test_ends();
	test_pairs(argc, argv);
	return done_testing();
}
