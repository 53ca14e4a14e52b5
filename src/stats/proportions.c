/*
 * proportions.c
 *		Counts of two or more arms: shares, their difference, tables.
 */
#include "stats/proportions.h"

#include <math.h>

#include "stats/special.h"

static const DriftTest undefined = {(double) NAN, (double) NAN};

DriftInterval
drift_wilson(int64_t x, int64_t n, double z)
{
	double rows = (double) n;
	double share = (double) x / rows;
	double middle = share + z * z / (2 * rows);
	double reach = z * sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows));
	double scale = 1 + z * z / rows;

	if (n < 1 || x < 0 || x > n)
		return drift_exactly((double) NAN);
	return (DriftInterval){share, x == 0 ? 0 : (middle - reach) / scale, x == n ? 1 : (middle + reach) / scale};
}

DriftInterval
drift_newcombe(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double confidence)
{
	double z = drift_normal_quantile(0.5 + confidence / 2);
	DriftInterval first = drift_wilson(x1, n1, z);
	DriftInterval second = drift_wilson(x2, n2, z);
	double difference = first.value - second.value;

	return (DriftInterval){difference, difference - hypot(first.value - first.low, second.high - second.value),
						   difference + hypot(first.high - first.value, second.value - second.low)};
}

/* Margins and total of a table */
typedef struct Margins
{
	double total;
	int rows; /* that have counts */
	int columns;
} Margins;

static double
row_total(const int64_t *counts, int columns, int row)
{
	double total = 0;

	for (int c = 0; c < columns; c++)
		total += (double) counts[row * columns + c];
	return total;
}

static double
column_total(const int64_t *counts, int rows, int columns, int column)
{
	double total = 0;

	for (int r = 0; r < rows; r++)
		total += (double) counts[r * columns + column];
	return total;
}

static Margins
margins_of(const int64_t *counts, int rows, int columns)
{
	Margins margins = {0};

	for (int r = 0; r < rows; r++)
	{
		double total = row_total(counts, columns, r);

		margins.total += total;
		margins.rows += total > 0;
	}
	for (int c = 0; c < columns; c++)
		margins.columns += column_total(counts, rows, columns, c) > 0;
	return margins;
}

/* Adds up the cells; all of a table of 2 x 2 are as far from what is expected, and Yates takes off a half of it */
static void
add_cells(DriftTableTest *result, const int64_t *counts, int rows, int columns, double total)
{
	for (int c = 0; c < columns; c++)
	{
		double column = column_total(counts, rows, columns, c);

		for (int r = 0; r < rows; r++)
		{
			double expected = column / total * row_total(counts, columns, r);
			double distance = fabs((double) counts[r * columns + c] - expected);
			double corrected = fmax(distance - 0.5, 0);

			if (expected == 0)
				continue;
			result->test.statistic += distance / expected * distance;
			result->yates.statistic += corrected / expected * corrected;
			result->least_expected = fmin(result->least_expected, expected);
		}
	}
}

DriftTableTest
drift_table_test(const int64_t *counts, int rows, int columns)
{
	Margins margins = margins_of(counts, rows, columns);
	DriftTableTest result = {.df = (double) (margins.rows - 1) * (margins.columns - 1),
							 .least_expected = (double) INFINITY};

	if (margins.total == 0)
		return (DriftTableTest){undefined, undefined, (double) NAN, (double) NAN};
	add_cells(&result, counts, rows, columns, margins.total);
	if (result.df == 0)
		result.test.statistic = result.yates.statistic = 0;
	result.test.p_value = result.df > 0 ? drift_chi2_sf(result.test.statistic, result.df) : 1;
	result.yates.p_value = result.df > 0 ? drift_chi2_sf(result.yates.statistic, result.df) : 1;
	if (rows != 2 || columns != 2)
		result.yates = undefined;
	return result;
}

DriftTest
drift_arms_test(const int64_t *counts, const double *weights, int arms, double *df)
{
	double total = 0;
	double weight = 0;
	DriftTest test = {0, 1};

	*df = -1;
	for (int i = 0; i < arms; i++)
	{
		total += (double) counts[i];
		weight += weights[i];
		*df += weights[i] > 0;
	}
	if (!(weight > 0) || total == 0)
		return undefined;
	for (int i = 0; i < arms; i++)
	{
		double expected = total * (weights[i] / weight);
		double distance = (double) counts[i] - expected;

		if (distance != 0)
			test.statistic += distance / expected * distance;
	}
	if (*df > 0)
		test.p_value = drift_chi2_sf(test.statistic, *df);
	else if (test.statistic > 0)
		test.p_value = 0;
	return test;
}
