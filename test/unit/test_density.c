/*
 * test_density.c
 *		The density of a profile against the sum over its values, and where there is little to draw.
 */
#include <math.h>
#include <stdlib.h>

#include "stats/density.h"
#include "unit/numeric_owner.h"
#include "unit/random.h"
#include "unit/tap.h"

#define ROWS 3000

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

/* numpy's 'linear' */
static double
quantile(const double *sorted, size_t n, double q)
{
	double place = q * (double) (n - 1);
	size_t below = (size_t) place;

	return below + 1 < n ? sorted[below] + (place - (double) below) * (sorted[below + 1] - sorted[below])
						 : sorted[below];
}

static double
bandwidth_of(double *x, size_t n)
{
	double mean = 0;
	double m2 = 0;
	double deviation;
	double spread;

	for (size_t i = 0; i < n; i++)
		mean += x[i] / (double) n;
	for (size_t i = 0; i < n; i++)
		m2 += (x[i] - mean) * (x[i] - mean);
	deviation = sqrt(m2 / (double) (n - 1));
	qsort(x, n, sizeof(double), ascending);
	spread = (quantile(x, n, 0.75) - quantile(x, n, 0.25)) / 1.34;
	return 0.9 * fmin(deviation, spread) * pow((double) n, -0.2);
}

static double
density_at(const double *x, size_t n, double bandwidth, double at)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
	{
		double z = (at - x[i]) / bandwidth;

		sum += exp(-z * z / 2);
	}
	return sum / ((double) n * bandwidth * sqrt(2 * acos(-1.0)));
}

/* Of a profile with so many keys, against all rows: largest difference as a part of the highest point */
static void
test_shape(const char *name, double (*row)(void), uint32_t keys, double tolerance)
{
	double x[ROWS];
	double density[DRIFT_DENSITY_POINTS];
	DriftNumeric *p;
	double bandwidth;
	double worst = 0;
	double highest = 0;
	double mass = 0;
	double low;
	double high;

	for (size_t i = 0; i < ROWS; i++)
		x[i] = row();
	p = numeric_of(keys, x, ROWS);
	bandwidth = bandwidth_of(x, ROWS);
	ok(fabs(drift_numeric_bandwidth(p) / bandwidth - 1) < (p->exact ? 1e-6 : 0.05), "%s, %u keys: bandwidth", name,
	   keys);

	low = x[0] - 3 * bandwidth;
	high = x[ROWS - 1] + 3 * bandwidth;
	drift_numeric_density(p, low, high, bandwidth, density);
	for (int i = 0; i < DRIFT_DENSITY_POINTS; i++)
	{
		double at = low + (high - low) * i / (DRIFT_DENSITY_POINTS - 1);
		double exact = density_at(x, ROWS, bandwidth, at);

		worst = fmax(worst, fabs(density[i] - exact));
		highest = fmax(highest, exact);
		mass += density[i] * (high - low) / (DRIFT_DENSITY_POINTS - 1);
	}
	ok(worst <= tolerance * highest, "%s, %u keys: off by %g of %g at most", name, keys, worst, highest);
	ok(fabs(mass - 1) < 0.03, "%s, %u keys: mass %g", name, keys, mass);
	free(p);
}

static double
row_normal(void)
{
	return normal();
}

static double
row_two_peaks(void)
{
	return uniform() < 0.3 ? normal() - 6 : normal();
}

static double
row_far_off(void)
{
	return 1e9 + uniform();
}

static void
test_little(void)
{
	double one[] = {5};
	double same[] = {5, 5, 5};
	double infinite[] = {-INFINITY, 1, 2, 3, INFINITY};
	double half[] = {0, 0, 0, 0, 0, 0, 1, 2};
	double density[DRIFT_DENSITY_POINTS];
	DriftNumeric *p = numeric_of(100, one, 0);

	ok(drift_numeric_bandwidth(p) == 0, "no values have no bandwidth");
	free(p);
	p = numeric_of(100, one, 1);
	ok(drift_numeric_bandwidth(p) == 0, "nor has one");
	free(p);
	p = numeric_of(100, same, 3);
	ok(drift_numeric_bandwidth(p) == 0, "nor have equal ones");
	/* a bandwidth below the width of a cell is that of a cell */
	drift_numeric_density(p, 4, 6, 0, density);
	ok(isfinite(density[DRIFT_DENSITY_POINTS / 2]) &&
		   density[DRIFT_DENSITY_POINTS / 2] > density[DRIFT_DENSITY_POINTS / 2 - 1],
	   "without a bandwidth a value is a peak");
	free(p);
	p = numeric_of(100, half, 8);
	ok(drift_numeric_bandwidth(p) > 0, "where the quartiles are one value the deviation stands in");
	free(p);
	p = numeric_of(100, infinite, 5);
	ok(isfinite(drift_numeric_bandwidth(p)), "infinite values have a finite bandwidth");
	drift_numeric_density(p, 0, 4, 0.5, density);
	/* at one of three values, the others two bandwidths off, each a fifth of the rows */
	ok(fabs(density[20] - 0.2028) < 0.005, "and three fifths of the mass among the finite ones: %g", density[20]);
	free(p);
}

int
main(void)
{
	test_shape("normal", row_normal, 16000, 0.01);
	test_shape("normal", row_normal, 200, 0.03);
	test_shape("two peaks", row_two_peaks, 16000, 0.01);
	test_shape("two peaks", row_two_peaks, 200, 0.03);
	test_shape("far off", row_far_off, 16000, 0.01);
	test_little();
	return done_testing();
}
