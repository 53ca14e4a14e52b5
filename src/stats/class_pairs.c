#include "stats/class_pairs.h"

#include <math.h>
#include <string.h>

/* All metrics are functions of these. */
typedef struct Margins
{
	uint32_t classes;
	int32_t positive;
	double rows;
	double *predicted;
	double *actual;
	double *right;
} Margins;

/* 0 / 0 is NaN */
static double
share(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

static double
or_zero(double x)
{
	return isnan(x) ? 0 : x;
}

static void
measure_averages(const Margins *m, double *value)
{
	double right = 0;
	double expected = 0;
	double predicted_squares = 0;
	double actual_squares = 0;
	double precision = 0;
	double recall = 0;
	double f1 = 0;
	double occurring = 0;
	double actual_classes = 0;

	for (uint32_t k = 0; k < m->classes; k++)
	{
		double sum = m->predicted[k] + m->actual[k];

		right += m->right[k];
		expected += m->predicted[k] * m->actual[k];
		predicted_squares += m->predicted[k] * m->predicted[k];
		actual_squares += m->actual[k] * m->actual[k];
		precision += or_zero(share(m->right[k], m->predicted[k]));
		recall += or_zero(share(m->right[k], m->actual[k]));
		f1 += or_zero(share(2 * m->right[k], sum));
		occurring += sum > 0;
		actual_classes += m->actual[k] > 0;
	}
	value[DRIFT_PAIR_ACCURACY] = share(right, m->rows);
	value[DRIFT_PAIR_BALANCED_ACCURACY] = share(recall, actual_classes);
	value[DRIFT_PAIR_MACRO_PRECISION] = share(precision, occurring);
	value[DRIFT_PAIR_MACRO_RECALL] = share(recall, occurring);
	value[DRIFT_PAIR_MACRO_F1] = share(f1, occurring);
	value[DRIFT_PAIR_MCC] = share(right * m->rows - expected, sqrt(m->rows * m->rows - predicted_squares) *
																  sqrt(m->rows * m->rows - actual_squares));
}

static void
measure(const Margins *m, double *value)
{
	int32_t k = m->positive;

	measure_averages(m, value);
	for (int metric = DRIFT_PAIR_PRECISION; metric < DRIFT_PAIR_METRICS; metric++)
		value[metric] = NAN;
	if (k < 0)
		return;
	value[DRIFT_PAIR_PRECISION] = share(m->right[k], m->predicted[k]);
	value[DRIFT_PAIR_RECALL] = share(m->right[k], m->actual[k]);
	value[DRIFT_PAIR_SPECIFICITY] =
		share(m->rows - m->predicted[k] - m->actual[k] + m->right[k], m->rows - m->actual[k]);
	value[DRIFT_PAIR_F1] = share(2 * m->right[k], m->predicted[k] + m->actual[k]);
}

static void
add_rows(Margins *m, uint32_t predicted, uint32_t actual, double rows)
{
	m->rows += rows;
	m->predicted[predicted] += rows;
	m->actual[actual] += rows;
	if (predicted == actual)
		m->right[predicted] += rows;
}

/* From the values without one row of each cell; sums of differences to the value of all rows, which are small. */
static void
jackknife(Margins *m, const int64_t *counts, const double *value, double *standard_error)
{
	double rows = m->rows;
	double sum[DRIFT_PAIR_METRICS] = {0};
	double squares[DRIFT_PAIR_METRICS] = {0};
	double without[DRIFT_PAIR_METRICS];

	for (uint32_t predicted = 0; predicted < m->classes; predicted++)
		for (uint32_t actual = 0; actual < m->classes; actual++)
		{
			double count = (double) counts[(size_t) predicted * m->classes + actual];

			if (count <= 0)
				continue;
			add_rows(m, predicted, actual, -1);
			measure(m, without);
			add_rows(m, predicted, actual, 1);
			for (int metric = 0; metric < DRIFT_PAIR_METRICS; metric++)
			{
				double difference = without[metric] - value[metric];

				sum[metric] += count * difference;
				squares[metric] += count * difference * difference;
			}
		}
	for (int metric = 0; metric < DRIFT_PAIR_METRICS; metric++)
	{
		double variance = (rows - 1) / rows * (squares[metric] - sum[metric] * sum[metric] / rows);

		/* rounding may leave less than nothing; what is not determined stays so */
		standard_error[metric] = rows < 2 ? NAN : sqrt(variance < 0 ? 0 : variance);
	}
}

void
drift_class_pair_metrics(const int64_t *counts, uint32_t classes, int32_t positive, double *scratch,
						 DriftPairMetrics *result)
{
	Margins m = {classes, positive, 0, scratch, scratch + classes, scratch + 2 * (size_t) classes};

	memset(scratch, 0, 3 * (size_t) classes * sizeof(double));
	for (uint32_t predicted = 0; predicted < classes; predicted++)
		for (uint32_t actual = 0; actual < classes; actual++)
			add_rows(&m, predicted, actual, (double) counts[(size_t) predicted * classes + actual]);
	measure(&m, result->value);
	jackknife(&m, counts, result->value, result->standard_error);

	for (int metric = 0; metric < DRIFT_PAIR_METRICS; metric++)
		result->rows[metric] = (int64_t) m.rows;
	if (positive >= 0)
	{
		result->rows[DRIFT_PAIR_PRECISION] = (int64_t) m.predicted[positive];
		result->rows[DRIFT_PAIR_RECALL] = (int64_t) m.actual[positive];
		result->rows[DRIFT_PAIR_SPECIFICITY] = (int64_t) (m.rows - m.actual[positive]);
	}
}
