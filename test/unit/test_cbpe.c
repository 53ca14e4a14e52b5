/*
 * test_cbpe.c
 *		Calibration and confidence-based estimates of performance against NannyML and scikit-learn, and on hostile input.
 */
#include "stats/cbpe.h"

#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "samples.h"
#include "stats/sample.h"

#define MOST_ROWS 4000
#define MOST_POOLS 8192

/* Rows of a case, as generate_cbpe.py makes them. */
typedef struct Rows
{
	int n;
	double score[MOST_ROWS];
	int actual[MOST_ROWS];
	int prediction[MOST_ROWS];
	int rank[MOST_ROWS]; /* among the rows of its class by score */
	double side[2][MOST_ROWS];
	int side_n[2];
	DriftExpectedCells cells;
} Rows;

static double
truth(const char *name, double s)
{
	if (strcmp(name, "square") == 0)
		return s * s;
	if (strcmp(name, "fourth") == 0)
		return s * s * (s * s);
	if (strcmp(name, "mirrored") == 0)
		return 1 - (1 - s) * (1 - s);
	return s;
}

typedef struct Ordered
{
	double score;
	int row;
} Ordered;

static int
by_score(const void *a, const void *b)
{
	const Ordered *x = a;
	const Ordered *y = b;

	return (x->score > y->score) - (x->score < y->score);
}

/* Fields of a golden file from the first on: case, n, m, stream, distinct, truth, threshold */
static void
make_rows(Rows *rows, const Golden *g, bool current)
{
	static Ordered order[MOST_ROWS];
	uint64_t stream = (uint64_t) golden_int(g, 3) + (current ? 5 : 0);
	double distinct = golden_double(g, 4);
	double threshold = golden_double(g, 6) / 100;

	memset(rows, 0, sizeof(*rows));
	rows->n = (int) golden_int(g, current ? 2 : 1);
	for (int i = 0; i < rows->n; i++)
	{
		double s = sample_uniform((uint64_t) i + 1, stream);

		if (distinct > 0)
			s = floor(s * distinct) / distinct;
		rows->score[i] = s;
		rows->actual[i] = sample_uniform((uint64_t) i + 1, stream + 1) < truth(g->field[5], s);
		rows->prediction[i] = s >= threshold;
		order[i] = (Ordered){s, i};
	}
	qsort(order, (size_t) rows->n, sizeof(Ordered), by_score);
	for (int i = 0; i < rows->n; i++)
	{
		int row = order[i].row;
		int class = rows->actual[row];

		rows->rank[row] = rows->side_n[class];
		rows->side[class][rows->side_n[class]++] = order[i].score;
		rows->cells.tp += class && rows->prediction[row];
		rows->cells.fn += class && !rows->prediction[row];
		rows->cells.fp += !class && rows->prediction[row];
		rows->cells.tn += !class && !rows->prediction[row];
	}
}

static double
side_at(void *ctx, int64_t k)
{
	return ((const double *) ctx)[k];
}

static DriftScored
scored_of(Rows *rows)
{
	DriftScored scored = {{{.ctx = rows->side[0], .n = rows->side_n[0], .at = side_at},
						   {.ctx = rows->side[1], .n = rows->side_n[1], .at = side_at}},
						  NULL};

	return scored;
}

typedef struct Map
{
	double scores[2 * MOST_POOLS];
	double probabilities[2 * MOST_POOLS];
	DriftCalibration map;
} Map;

static void
fit_map(Rows *rows, Map *map)
{
	static DriftPool pools[MOST_POOLS];
	DriftScored scored = scored_of(rows);
	DriftIsotonic fit;

	drift_isotonic_init(&fit, pools, MOST_POOLS);
	ok(drift_scored_fit(&scored, &fit) == DRIFT_OK, "a fit of %d rows", rows->n);
	map->map = (DriftCalibration){map->scores, map->probabilities, 0};
	map->map.n = drift_isotonic_knots(&fit, map->scores, map->probabilities);
}

/* Estimate of rows by descending score */
static void
estimate_rows(const Rows *rows, const DriftCalibration *map, double metrics[DRIFT_ESTIMATED_METRICS])
{
	static Ordered order[MOST_ROWS];
	DriftCbpe estimate = {0};

	for (int i = 0; i < rows->n; i++)
		order[i] = (Ordered){rows->score[i], i};
	qsort(order, (size_t) rows->n, sizeof(Ordered), by_score);
	for (int i = rows->n; i > 0;)
	{
		double score = order[i - 1].score;
		int64_t count = 0;
		int64_t predicted = 0;

		for (; i > 0 && order[i - 1].score == score; i--, count++)
			predicted += rows->prediction[order[i - 1].row];
		drift_cbpe_add(&estimate, score, drift_calibrate(map, score), count, predicted);
	}
	drift_cbpe_metrics(&estimate, metrics);
}

static int
metric_named(const char *name)
{
	static const char *const names[] = {"roc_auc", "average_precision", "accuracy", "precision",
										"recall",  "specificity",       "f1"};

	for (int i = 0; i < (int) (sizeof(names) / sizeof(names[0])); i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

static void
test_estimates(int argc, char **argv)
{
	static Rows reference;
	static Rows current;
	static Map map;
	double metrics[DRIFT_ESTIMATED_METRICS];
	DriftSamplingError errors[DRIFT_ESTIMATED_METRICS];
	char last[64] = "";
	Golden g;
	Worst curves = {0};
	Worst cells = {0};
	Worst chance = {0};
	double precision_ratio = 1;

	golden_open(&g, argc, argv, "cbpe.csv");
	while (golden_next(&g))
	{
		int metric = metric_named(g.field[7]);
		double error;

		if (strcmp(last, g.field[0]) != 0)
		{
			DriftScored scored;

			make_rows(&reference, &g, false);
			make_rows(&current, &g, true);
			fit_map(&reference, &map);
			estimate_rows(&current, &map.map, metrics);
			scored = scored_of(&reference);
			drift_sampling_errors(&scored, &reference.cells, errors);
			snprintf(last, sizeof(last), "%s", g.field[0]);
		}
		worst_add(metric < DRIFT_ESTIMATED_ACCURACY ? &curves : &cells, metrics[metric], golden_double(&g, 8), &g);
		error = errors[metric].deviation / sqrt(current.n * errors[metric].share);
		if (metric != DRIFT_ESTIMATED_AVERAGE_PRECISION && strcmp(g.field[0], "ties") != 0)
			worst_add(&chance, error, golden_double(&g, 9), &g);
		if (metric == DRIFT_ESTIMATED_AVERAGE_PRECISION)
			precision_ratio = fmax(precision_ratio, fmax(error / golden_double(&g, 9), golden_double(&g, 9) / error));
	}
	golden_close(&g, "cbpe.csv", 42);
	/* NannyML rounds the sums of its curves to five digits */
	worst_report(&curves, 2e-7, "areas below curves as NannyML's");
	worst_report(&cells, 1e-12, "metrics of cells as NannyML's");
	worst_report(&chance, 1e-12, "sampling errors as NannyML's");
	ok(precision_ratio < 1.4,
	   "that of the average precision within the chance of two bootstraps of 50: a factor of %.2f", precision_ratio);
}

static void
test_knots(int argc, char **argv)
{
	static Rows reference;
	static Map map;
	char last[64] = "";
	int64_t at = 0;
	Golden cases;
	Golden g;
	Worst scores = {0};
	Worst probabilities = {0};
	int wrong = 0;

	golden_open(&cases, argc, argv, "cbpe.csv");
	golden_open(&g, argc, argv, "cbpe_knots.csv");
	while (golden_next(&g))
	{
		if (strcmp(last, g.field[0]) != 0)
		{
			wrong += at != (last[0] ? map.map.n : 0);
			while (golden_next(&cases) && strcmp(cases.field[0], g.field[0]) != 0)
				continue;
			make_rows(&reference, &cases, false);
			fit_map(&reference, &map);
			at = 0;
			snprintf(last, sizeof(last), "%s", g.field[0]);
		}
		if (at < map.map.n)
		{
			worst_add(&scores, map.scores[at], golden_double(&g, 1), &g);
			worst_add(&probabilities, map.probabilities[at], golden_double(&g, 2), &g);
		}
		at++;
	}
	ok(wrong == 0 && at == map.map.n, "as many knots as scikit-learn's");
	golden_close(&cases, "cbpe.csv", 0);
	golden_close(&g, "cbpe_knots.csv", 300);
	worst_report(&scores, 0, "scores of knots");
	worst_report(&probabilities, 1e-14, "probabilities of knots");
}

/* Rows that a fold tests, by class and rank, as the file lists them. */
typedef struct Given
{
	bool tests[DRIFT_CALIBRATION_FOLDS][2][MOST_ROWS];
} Given;

static bool
given_tests(const void *ctx, int fold, int side, int64_t rank)
{
	return ((const Given *) ctx)->tests[fold][side][rank];
}

static void
fold_errors(Rows *rows, const DriftFolds *folds, double *before, double *after)
{
	static DriftPool pools[MOST_POOLS];
	static double scores[2 * MOST_POOLS];
	static double probabilities[2 * MOST_POOLS];
	DriftFoldRoom room = {pools, scores, probabilities, MOST_POOLS};
	DriftScored scored = scored_of(rows);

	ok(drift_fold_errors(&scored, folds, &room, before, after) == DRIFT_OK, "errors of folds of %d rows", rows->n);
}

static void
check_given(Rows *rows, Given *given, const char *name, const double want[2])
{
	DriftFolds folds = {DRIFT_CALIBRATION_FOLDS, given_tests, given};
	double before;
	double after;

	fold_errors(rows, &folds, &before, &after);
	ok(relative_error(before, want[0]) < 1e-12, "%s: error before calibration, of scikit-learn's folds", name);
	ok(relative_error(after, want[1]) < 1e-12, "%s: error after calibration, of scikit-learn's folds", name);
}

static void
test_folds(int argc, char **argv)
{
	static Rows rows;
	static Given given;
	static int64_t tested[MOST_ROWS];
	double want[2] = {0};
	double before;
	double after;
	Golden g;
	Golden lines;

	golden_open(&lines, argc, argv, "cbpe_folds.csv");
	g = lines;
	while (golden_next(&g))
	{
		int fold = (int) golden_int(&g, 7);
		int count;

		if (g.field[9][0] != '\0')
		{
			make_rows(&rows, &g, false);
			want[0] = golden_double(&g, 8);
			want[1] = golden_double(&g, 9);
			memset(&given, 0, sizeof(given));
			fold_errors(&rows, &drift_own_folds, &before, &after);
			ok((before > after) == (fold == 1), "%s: whether calibration is needed, of folds of its own (%g, %g)",
			   g.field[0], before, after);
			continue;
		}
		count = golden_counts(&g, 8, tested, MOST_ROWS);
		for (int i = 0; i < count; i++)
			given.tests[fold][rows.actual[tested[i]]][rows.rank[tested[i]]] = true;
		if (fold == DRIFT_CALIBRATION_FOLDS - 1)
			check_given(&rows, &given, g.field[0], want);
	}
	golden_close(&g, "cbpe_folds.csv", 36);
}

static void
test_calibration_error(void)
{
	DriftCalibrationError e;

	ok(!drift_calibration_error_init(&e, 3, 10), "three rows cannot fill two bins");
	ok(drift_calibration_error_init(&e, 4, 10), "four can");
	drift_calibration_error_add(&e, 0.1, 0, 1);
	drift_calibration_error_add(&e, 0.2, 1, 1);
	drift_calibration_error_add(&e, 0.8, 1, 1);
	drift_calibration_error_add(&e, 0.9, 1, 1);
	is_close(drift_calibration_error(&e), (0.7 + 0.3) / 4, 1e-15, "error of two bins of two");
	drift_calibration_error_init(&e, 23, 10);
	ok(e.width == 2 && e.last == 20, "what is left goes to the last bin: of 23 rows %d in each and the last from %d on",
	   (int) e.width, (int) e.last);
	drift_calibration_error_init(&e, 1000, 10);
	drift_calibration_error_add(&e, 0.3, 300, 1000);
	is_close(drift_calibration_error(&e) + 1, 1, 1e-15, "rows of one probability are shared among the bins");
}

static void
test_map(void)
{
	double scores[] = {0.25, 0.5, 0.75};
	double probabilities[] = {0.125, 0.25, 0.75};
	DriftCalibration map = {scores, probabilities, 3};
	DriftCalibration none = {NULL, NULL, 0};
	DriftPool pools[2];
	DriftIsotonic fit;
	int64_t near = 0;
	int same = 0;

	is_close(drift_calibrate(&map, 0), 0.125, 0, "below the first knot");
	is_close(drift_calibrate(&map, 1), 0.75, 0, "above the last knot");
	is_close(drift_calibrate(&map, (double) INFINITY), 0.75, 0, "an infinite score");
	is_close(drift_calibrate(&map, 0.5), 0.25, 0, "on a knot");
	is_close(drift_calibrate(&map, 0.375), 0.1875, 1e-15, "between two knots");
	is_close(drift_calibrate(&none, 0.3), 0.3, 0, "without a map");
	for (int i = 100; i >= 0; i--)
		same += drift_calibrate_near(&map, &near, i / 100.0) == drift_calibrate(&map, i / 100.0);
	ok(same == 101, "a walk finds what a search finds");

	drift_isotonic_init(&fit, pools, 2);
	ok(drift_isotonic_add(&fit, 0.1, 0, 2) == DRIFT_OK && drift_isotonic_add(&fit, 0.2, 1, 2) == DRIFT_OK,
	   "two scores");
	ok(drift_isotonic_add(&fit, 0.3, 2, 2) == DRIFT_OK && drift_isotonic_add(&fit, 0.4, 2, 2) == DRIFT_NO_SPACE &&
		   fit.count == 2 && fit.open.first == 0.3,
	   "no room for a third pool: nothing is added");
	drift_isotonic_init(&fit, pools, 2);
	for (int i = 0; i < 100; i++)
		drift_isotonic_add(&fit, i, i < 50, 1);
	ok(drift_isotonic_end(&fit) == DRIFT_OK && fit.count == 1 && fit.pools[0].last == 99 &&
		   drift_pool_share(fit.pools) == 0.5,
	   "a falling relation is one pool");
}

/* One score, one class, nothing. */
static void
test_hostile(void)
{
	DriftCbpe c = {0};
	double metrics[DRIFT_ESTIMATED_METRICS];
	double steps = 0;

	drift_cbpe_metrics(&c, metrics);
	for (int i = 0; i < DRIFT_ESTIMATED_METRICS; i++)
		ok(isnan(metrics[i]), "no rows do not determine metric %d", i);
	drift_cbpe_add(&c, 1, 1, 10, 10);
	drift_cbpe_metrics(&c, metrics);
	ok(isnan(metrics[DRIFT_ESTIMATED_ROC_AUC]) && metrics[DRIFT_ESTIMATED_AVERAGE_PRECISION] == 1 &&
		   metrics[DRIFT_ESTIMATED_F1] == 1 && isnan(metrics[DRIFT_ESTIMATED_SPECIFICITY]),
	   "all rows certainly positive");
	is_close(metrics[DRIFT_ESTIMATED_LOG_LOSS], 2.220446049250313e-16, 1e-9, "a certain score is clipped");

	c = (DriftCbpe){0};
	drift_cbpe_add(&c, 0.25, 0.25, INT64_C(1000000000000), 0);
	drift_cbpe_metrics(&c, metrics);
	is_close(metrics[DRIFT_ESTIMATED_ROC_AUC], 0.5, 1e-12, "one score for 10^12 rows");
	is_close(metrics[DRIFT_ESTIMATED_AVERAGE_PRECISION], 0.25, 1e-9, "and its average precision");
	ok(isnan(metrics[DRIFT_ESTIMATED_PRECISION]), "no positive predictions do not determine the precision");

	/* rows of a score at once and one by one */
	c = (DriftCbpe){0};
	drift_cbpe_add(&c, 0.9, 0.8, 7, 7);
	drift_cbpe_add(&c, 0.6, 0.3, 1000, 1000);
	drift_cbpe_metrics(&c, metrics);
	c = (DriftCbpe){0};
	for (int i = 0; i < 1007; i++)
		drift_cbpe_add(&c, i < 7 ? 0.9 : 0.6, i < 7 ? 0.8 : 0.3, 1, 1);
	steps = metrics[DRIFT_ESTIMATED_AVERAGE_PRECISION];
	is_close(drift_sum_total(&c.precision) / drift_sum_total(&c.positives), steps, 1e-12,
			 "rows of a score at once are as one by one");
}

int
main(int argc, char **argv)
{
	test_estimates(argc, argv);
	test_knots(argc, argv);
	test_folds(argc, argv);
	test_calibration_error();
	test_map();
	test_hostile();
	return done_testing();
}
