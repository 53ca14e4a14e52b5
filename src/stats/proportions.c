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
	double *row; /* totals of the rows, */
	double *column;
	double total;
} Margins;

static Margins
margins_of(const int64_t *counts, int rows, int columns, double *room)
{
	Margins margins = {.row = room, .column = room + rows};

	for (int i = 0; i < rows + columns; i++)
		room[i] = 0;
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < columns; c++)
		{
			double count = (double) counts[(int64_t) r * columns + c];

			margins.row[r] += count;
			margins.column[c] += count;
			margins.total += count;
		}
	return margins;
}

static int
not_empty(const double *totals, int n)
{
	int count = 0;

	for (int i = 0; i < n; i++)
		count += totals[i] > 0;
	return count;
}

/* Adds up the cells; all of a table of 2 x 2 are as far from what is expected, and Yates takes off a half of it */
static void
add_cells(DriftTableTest *result, const int64_t *counts, int rows, int columns, const Margins *margins)
{
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < columns; c++)
		{
			double expected = margins->column[c] / margins->total * margins->row[r];
			double distance = fabs((double) counts[(int64_t) r * columns + c] - expected);
			double corrected = fmax(distance - 0.5, 0);

			if (expected == 0)
				continue;
			result->test.statistic += distance / expected * distance;
			result->yates.statistic += corrected / expected * corrected;
			result->least_expected = fmin(result->least_expected, expected);
		}
}

DriftTableTest
drift_table_test(const int64_t *counts, int rows, int columns, double *room)
{
	Margins margins = margins_of(counts, rows, columns, room);
	DriftTableTest result = {.df = (double) (not_empty(margins.row, rows) - 1) *
								   (double) (not_empty(margins.column, columns) - 1),
							 .least_expected = (double) INFINITY};

	if (margins.total == 0)
		return (DriftTableTest){undefined, undefined, (double) NAN, (double) NAN};
	add_cells(&result, counts, rows, columns, &margins);
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
