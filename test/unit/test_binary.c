/*
 * test_binary.c
 *		Metrics of binary models against scikit-learn, and the area without sorting against the area of sorted scores.
 */
#include "stats/binary_auc.h"
#include "stats/binary_decisions.h"
#include "stats/binary_loss.h"
#include "stats/binary_separation.h"

#include "golden.h"
#include "random.h"

#define MOST_ROWS 400
#define BINS 10

typedef struct Row
{
	double score;
	double weight;
	bool actual;
} Row;

typedef struct Sample
{
	char name[32];
	int n;
	Row rows[MOST_ROWS];
} Sample;

static int
higher_first(const void *a, const void *b)
{
	double x = ((const Row *) a)->score;
	double y = ((const Row *) b)->score;

	return x > y ? -1 : x < y;
}

/* Reads the rows of a sample, highest score first. */
static void
read_sample(Sample *s, int argc, char **argv, const char *name)
{
	Golden g;

	s->n = 0;
	snprintf(s->name, sizeof(s->name), "%s", name);
	golden_open(&g, argc, argv, "binary_samples.csv");
	while (golden_next(&g))
		if (strcmp(g.field[0], name) == 0 && s->n < MOST_ROWS)
			s->rows[s->n++] = (Row){golden_double(&g, 1), golden_double(&g, 3), g.field[2][0] == 't'};
	fclose(g.file);
	qsort(s->rows, (size_t) s->n, sizeof(Row), higher_first);
}

/* What the kernel says of a sample. */
typedef struct Measured
{
	DriftSeparation separation;
	DriftDecisions decisions;
	DriftCalibrationBin bins[BINS];
	double log_loss;
	double brier;
	double rows;
} Measured;

static void
measure(const Sample *s, bool weighted, Measured *m)
{
	double total[2] = {0, 0};
	DriftSum losses[2] = {{0, 0}, {0, 0}};

	memset(m, 0, sizeof(*m));
	for (int i = 0; i < s->n; i++)
		total[s->rows[i].actual] += weighted ? s->rows[i].weight : 1;
	m->rows = total[0] + total[1];
	drift_separation_init(&m->separation, total[1], total[0]);
	for (int first = 0, end; first < s->n; first = end)
	{
		double score = s->rows[first].score;
		double here[2] = {0, 0};

		for (end = first; end < s->n && s->rows[end].score == score; end++)
			here[s->rows[end].actual] += weighted ? s->rows[end].weight : 1;
		drift_separation_step(&m->separation, here[1], here[0]);
		if (score >= 0.5)
			m->decisions = drift_separation_decisions(&m->separation);
		if (!(score >= 0 && score <= 1))
			continue;
		drift_calibration_add(&m->bins[drift_calibration_bin(score, BINS)], score, here[1], here[0]);
		for (int actual = 0; actual < 2; actual++)
		{
			drift_sum_add(&losses[0], here[actual] * drift_log_loss(score, actual));
			drift_sum_add(&losses[1], here[actual] * drift_brier(score, actual));
		}
	}
	if (s->rows[0].score < 0.5)
		m->decisions = (DriftDecisions){0, 0, total[1], total[0]};
	m->log_loss = drift_sum_total(&losses[0]) / m->rows;
	m->brier = drift_sum_total(&losses[1]) / m->rows;
}

static double
metric_of(const Measured *m, const char *name)
{
	const DriftDecisions *d = &m->decisions;

	if (strcmp(name, "roc_auc") == 0)
		return drift_separation_auc(&m->separation);
	if (strcmp(name, "gini") == 0)
		return 2 * drift_separation_auc(&m->separation) - 1;
	if (strcmp(name, "roc_auc_error") == 0)
		return drift_separation_auc_error(&m->separation);
	if (strcmp(name, "ks_statistic") == 0)
		return drift_separation_ks(&m->separation);
	if (strcmp(name, "average_precision") == 0)
		return drift_separation_average_precision(&m->separation);
	if (strcmp(name, "accuracy") == 0)
		return drift_decisions_accuracy(d);
	if (strcmp(name, "precision") == 0)
		return drift_decisions_precision(d);
	if (strcmp(name, "recall") == 0)
		return drift_decisions_recall(d);
	if (strcmp(name, "specificity") == 0)
		return drift_decisions_specificity(d);
	if (strcmp(name, "f1") == 0)
		return drift_decisions_f_beta(d, 1);
	if (strcmp(name, "f_beta") == 0)
		return drift_decisions_f_beta(d, 2);
	if (strcmp(name, "balanced_accuracy") == 0)
		return drift_decisions_balanced_accuracy(d);
	if (strcmp(name, "mcc") == 0)
		return drift_decisions_mcc(d);
	if (strcmp(name, "log_loss") == 0)
		return m->log_loss;
	if (strcmp(name, "brier") == 0)
		return m->brier;
	if (strcmp(name, "ece") == 0)
		return drift_expected_calibration_error(m->bins, BINS);
	return (double) INFINITY;
}

static void
test_golden(int argc, char **argv)
{
	static Sample sample;
	static Measured measured;
	Golden g;
	Worst worst = {0};
	char read[64] = "";
	int zeros = 0;

	golden_open(&g, argc, argv, "binary_metrics.csv");
	while (golden_next(&g))
	{
		char key[64];
		double want = golden_double(&g, 3);
		double got;

		snprintf(key, sizeof(key), "%s %s", g.field[0], g.field[1]);
		if (strcmp(key, read) != 0)
		{
			read_sample(&sample, argc, argv, g.field[0]);
			measure(&sample, g.field[1][0] == 't', &measured);
			snprintf(read, sizeof(read), "%s", key);
		}
		got = metric_of(&measured, g.field[2]);
		/* next to zero only the absolute error says something */
		if (fabs(want) < 1e-3 && fabs(got - want) < 1e-15)
			zeros++;
		else
			worst_add(&worst, got, want, &g);
	}
	golden_close(&g, "binary_metrics.csv", 400);
	worst_report(&worst, 1e-12, "metrics of scikit-learn");
	ok(zeros > 0 && zeros < 100, "%d values are next to zero", zeros);
}

/* ------------------------------------------------------------------------
 * The area without sorting
 * ------------------------------------------------------------------------ */

static double
area_by_counting(const uint64_t *negatives, int64_t n, const uint64_t *positives, int64_t m)
{
	DriftAuc *a = malloc(sizeof(DriftAuc));
	uint64_t *scratch;
	double area;

	drift_auc_start(a, negatives, n, positives, m, NULL);
	scratch = malloc(sizeof(uint64_t) * (size_t) (n + m + a->fullest));
	area = drift_auc_finish(a, scratch);
	free(scratch);
	free(a);
	return area;
}

static double
area_by_sorting(uint64_t *negatives, int64_t n, uint64_t *positives, int64_t m)
{
	uint64_t *scratch = malloc(sizeof(uint64_t) * (size_t) (n > m ? n : m));
	DriftSeparation s;

	drift_sort_keys(negatives, n, scratch, NULL);
	drift_sort_keys(positives, m, scratch, NULL);
	free(scratch);
	drift_separation_init(&s, (double) m, (double) n);
	while (n > 0 || m > 0)
	{
		uint64_t key = n == 0 || (m > 0 && positives[m - 1] > negatives[n - 1]) ? positives[m - 1] : negatives[n - 1];
		int64_t before[2] = {n, m};

		while (n > 0 && negatives[n - 1] == key)
			n--;
		while (m > 0 && positives[m - 1] == key)
			m--;
		drift_separation_step(&s, (double) (before[1] - m), (double) (before[0] - n));
	}
	return drift_separation_auc(&s);
}

enum
{
	UNIFORM,
	NORMAL,
	FAR_APART,
	ROUNDED,
	ONE_VALUE,
	TWO_VALUES,
	WILD,
	SHAPES
};

static double
draw(int shape)
{
	static const double wild[] = {
		(double) INFINITY, -(double) INFINITY, 0, -0.0, 5e-324, -5e-324, 1e308, -1e308, 1, 1e-300};
	double u = uniform();

	switch (shape)
	{
		case NORMAL:
			return normal();
		case FAR_APART:
			return exp(1000 * (u - 0.5));
		case ROUNDED:
			return floor(u * 50) / 50;
		case ONE_VALUE:
			return 0.5;
		case TWO_VALUES:
			return u < 0.9 ? 0 : 1e300;
		case WILD:
			return wild[(int) (u * 10)];
		default:
			return u;
	}
}

static void
test_area(void)
{
	static const int64_t sizes[][2] = {{1, 1},       {1, 5000},    {5000, 1},  {300, 20},
									   {6000, 6000}, {40000, 200}, {30, 50000}};
	int64_t most = 50000;
	uint64_t *keys[2] = {malloc(sizeof(uint64_t) * (size_t) most), malloc(sizeof(uint64_t) * (size_t) most)};

	for (int shape = 0; shape < SHAPES; shape++)
	{
		int wrong = 0;

		for (size_t size = 0; size < sizeof(sizes) / sizeof(sizes[0]); size++)
		{
			double counted;

			for (int class = 0; class < 2; class ++)
				for (int64_t i = 0; i < sizes[size][class]; i++)
					keys[class][i] = drift_key_of(draw(shape) + (shape == NORMAL ? class : 0));
			counted = area_by_counting(keys[0], sizes[size][0], keys[1], sizes[size][1]);
			wrong += counted != area_by_sorting(keys[0], sizes[size][0], keys[1], sizes[size][1]);
			/* now they are sorted */
			wrong += counted != area_by_counting(keys[0], sizes[size][0], keys[1], sizes[size][1]);
		}
		ok(wrong == 0, "the area of unsorted scores is that of sorted ones, shape %d", shape);
	}
	free(keys[1]);
	free(keys[0]);
}

/* ------------------------------------------------------------------------
 * Edges
 * ------------------------------------------------------------------------ */

static void
test_calibration_bins(void)
{
	int wrong = 0;

	for (uint32_t bins = 1; bins <= DRIFT_MAX_CALIBRATION_BINS; bins++)
		for (uint32_t i = 0; i <= 2 * bins; i++)
		{
			double score = i <= bins ? drift_calibration_edge(i, bins) : uniform();
			uint32_t bin = drift_calibration_bin(score, bins);

			wrong += bin >= bins || score > drift_calibration_edge(bin + 1, bins) ||
					 (bin > 0 && score <= drift_calibration_edge(bin, bins));
		}
	ok(wrong == 0, "every score is in the bin whose edges are around it");
	ok(drift_calibration_bin(0.3, 10) == 2 && drift_calibration_bin(0.30000000000000004, 10) == 2 &&
		   drift_calibration_bin(0.30000000000000009, 10) == 3,
	   "edges are those of numpy, 0.30000000000000004 among them");
}

static void
test_losses(void)
{
	is_close(drift_log_loss(0, true), -log(DBL_EPSILON), 1e-15, "what was impossible and happened");
	is_close(drift_log_loss(1, false), -log(DBL_EPSILON), 1e-15, "what was certain and did not");
	is_close(drift_log_loss(1, true), DBL_EPSILON, 1e-9, "what was certain and happened");
	is_close(drift_log_loss(1e-12, false), 1e-12, 1e-12, "small losses keep their digits");
	is_close(drift_brier(0.25, true), 0.5625, 0, "a squared error");
}

static void
test_merge(void)
{
	DriftCalibrationBin whole[4] = {0};
	DriftCalibrationBin part[2][4] = {0};

	for (int i = 0; i < 1000; i++)
	{
		double score = uniform();
		bool actual = uniform() < score;
		uint32_t bin = drift_calibration_bin(score, 4);

		drift_calibration_add(&whole[bin], score, actual, !actual);
		drift_calibration_add(&part[i % 2][bin], score, actual, !actual);
	}
	drift_calibration_merge(part[0], part[1], 4);
	is_close(drift_expected_calibration_error(part[0], 4), drift_expected_calibration_error(whole, 4), 1e-14,
			 "calibration of merged bins");
	ok(isnan(drift_expected_calibration_error(part[0], 0)), "no rows have no calibration");
}

static void
test_large(void)
{
	DriftDecisions d = {4e15, 3e15, 2e15, 1e15};
	DriftDecisions nothing = {0, 0, 0, 0};
	DriftSeparation s;

	is_close(drift_decisions_mcc(&d), -0.08908708063747480, 1e-12,
			 "correlation of counts whose products are past 2^53");
	is_close(drift_decisions_mcc(&(DriftDecisions){5, 0, 0, 5}), 1, 0, "a perfect correlation is 1");
	is_close(drift_decisions_mcc(&(DriftDecisions){4e300, 3e300, 2e300, 1e300}), -0.08908708063747480, 1e-12,
			 "correlation of weights whose products overflow");
	ok(isnan(drift_decisions_mcc(&nothing)) && isnan(drift_decisions_accuracy(&nothing)) &&
		   isnan(drift_decisions_f_beta(&nothing, 1)),
	   "nothing has no metric");

	/* ten million rows of each class in blocks of one score */
	drift_separation_init(&s, 1e7, 1e7);
	for (int i = 0; i < 10; i++)
		drift_separation_step(&s, i < 5 ? 1.8e6 : 0.2e6, i < 5 ? 0.2e6 : 1.8e6);
	is_close(drift_separation_auc(&s), 0.9, 1e-15, "the area of twenty million rows");
	ok(drift_separation_auc_error(&s) > 6e-5 && drift_separation_auc_error(&s) < 8e-5, "and its error");
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_area();
	test_calibration_bins();
	test_losses();
	test_merge();
	test_large();
	return done_testing();
}
