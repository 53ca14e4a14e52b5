#include "stats/multiclass.h"

#include <string.h>

static double
ratio(double part, double whole)
{
	return whole > 0 ? part / whole : (double) NAN;
}

double
drift_class_precision(const DriftClass *c)
{
	return ratio(c->hits, c->predicted);
}

double
drift_class_recall(const DriftClass *c)
{
	return ratio(c->hits, c->actual);
}

double
drift_class_f(const DriftClass *c, double beta)
{
	double square = beta * beta;

	return ratio((1 + square) * c->hits, square * c->actual + c->predicted);
}

void
drift_multiclass_init(DriftMulticlass *m, double beta)
{
	memset(m, 0, sizeof(*m));
	m->beta = beta;
}

static void
add_value(DriftSum *sums, double value, double weight)
{
	if (isnan(value))
		return;
	drift_sum_add(&sums[DRIFT_MACRO], value);
	drift_sum_add_product(&sums[DRIFT_WEIGHTED], value, weight);
}

void
drift_multiclass_add(DriftMulticlass *m, const DriftClass *c)
{
	if (!(c->predicted > 0 || c->actual > 0))
		return;
	m->classes++;
	m->actual_classes += c->actual > 0;
	drift_sum_add(&m->hits, c->hits);
	drift_sum_add(&m->rows, c->actual);
	add_value(m->precision, drift_class_precision(c), c->actual);
	add_value(m->recall, drift_class_recall(c), c->actual);
	add_value(m->f, drift_class_f(c, m->beta), c->actual);
	drift_sum_add_product(&m->both, c->predicted, c->actual);
	drift_sum_add_product(&m->predicted_squares, c->predicted, c->predicted);
	drift_sum_add_product(&m->actual_squares, c->actual, c->actual);
}

double
drift_multiclass_accuracy(const DriftMulticlass *m)
{
	return ratio(drift_sum_total(&m->hits), drift_sum_total(&m->rows));
}

static double
average_of(const DriftMulticlass *m, const DriftSum *sums, DriftAverage average)
{
	switch (average)
	{
		case DRIFT_MACRO:
			return ratio(drift_sum_total(&sums[DRIFT_MACRO]), (double) m->classes);
		case DRIFT_WEIGHTED:
			return ratio(drift_sum_total(&sums[DRIFT_WEIGHTED]), drift_sum_total(&m->rows));
		default:
			return drift_multiclass_accuracy(m);
	}
}

double
drift_multiclass_precision(const DriftMulticlass *m, DriftAverage average)
{
	return average_of(m, m->precision, average);
}

double
drift_multiclass_recall(const DriftMulticlass *m, DriftAverage average)
{
	return average_of(m, m->recall, average);
}

double
drift_multiclass_f(const DriftMulticlass *m, DriftAverage average)
{
	return average_of(m, m->f, average);
}

double
drift_multiclass_balanced_accuracy(const DriftMulticlass *m)
{
	return ratio(drift_sum_total(&m->recall[DRIFT_MACRO]), (double) m->actual_classes);
}

/* x * y less a sum of products, which is nearly as large where there is no relation */
static double
product_less(double x, double y, const DriftSum *products)
{
	DriftSum difference = {-products->high, -products->low};

	drift_sum_add_product(&difference, x, y);
	return drift_sum_total(&difference);
}

double
drift_multiclass_mcc(const DriftMulticlass *m)
{
	double rows = drift_sum_total(&m->rows);
	double covariance = product_less(drift_sum_total(&m->hits), rows, &m->both);
	double predicted = product_less(rows, rows, &m->predicted_squares);
	double actual = product_less(rows, rows, &m->actual_squares);

	return predicted > 0 && actual > 0 ? covariance / (sqrt(predicted) * sqrt(actual)) : (double) NAN;
}

double
drift_multiclass_kappa(const DriftMulticlass *m)
{
	double rows = drift_sum_total(&m->rows);
	double agreement = product_less(drift_sum_total(&m->hits), rows, &m->both);

	return ratio(agreement, product_less(rows, rows, &m->both));
}
