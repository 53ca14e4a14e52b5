/*
 * epps_singleton.c
 *		Epps and Singleton's test of two samples.
 */
#include "stats/epps_singleton.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "stats/special.h"

#define FREQUENCY 0.4

/*
 * Singular values below this share of the largest are taken for zero, as
 * numpy.linalg.pinv takes them; and those below it by themselves, for the waves
 * are about 1 and no better known.
 */
#define SMALLEST_SHARE 1e-15

#define MAX_SWEEPS 30

/* Both samples have this many rows or more: no correction. */
#define LARGE_SAMPLE 25

typedef double Matrix[DRIFT_WAVES][DRIFT_WAVES];

/* cos a, cos 2a, sin a, sin 2a, in scipy's order */
static void
waves_at(double angle, double wave[DRIFT_WAVES])
{
	double c = cos(angle);
	double s = sin(angle);

	wave[0] = c;
	wave[1] = (c - s) * (c + s);
	wave[2] = s;
	wave[3] = 2 * s * c;
}

void
drift_epps_singleton_init(DriftEppsSingleton *e, int64_t n_reference, int64_t n_current, double quartile1,
						  double quartile3)
{
	memset(e, 0, sizeof(*e));
	e->n[0] = n_reference;
	e->n[1] = n_current;
	e->frequency = FREQUENCY / ((quartile3 - quartile1) / 2);
	waves_at(e->frequency * (quartile1 + (quartile3 - quartile1) / 2), e->centre);
}

/* Adds the waves' distances from the centre and the products of two of them. */
static void
add_rows(DriftSum *sums, const double d[DRIFT_WAVES], int64_t rows)
{
	double term[DRIFT_WAVE_SUMS];
	int k = DRIFT_WAVES;

	for (int i = 0; i < DRIFT_WAVES; i++)
	{
		term[i] = d[i];
		for (int j = 0; j <= i; j++)
			term[k++] = d[i] * d[j];
	}
	if (rows == 1)
		for (int i = 0; i < DRIFT_WAVE_SUMS; i++)
			drift_sum_add(&sums[i], term[i]);
	else
		for (int i = 0; i < DRIFT_WAVE_SUMS; i++)
			drift_sum_add_rows(&sums[i], term[i], rows);
}

void
drift_epps_singleton_step(DriftEppsSingleton *e, double value, int64_t c_reference, int64_t c_current)
{
	double d[DRIFT_WAVES];

	waves_at(e->frequency * value, d);
	for (int i = 0; i < DRIFT_WAVES; i++)
		d[i] -= e->centre[i];
	if (c_reference > 0)
		add_rows(e->sum[0], d, c_reference);
	if (c_current > 0)
		add_rows(e->sum[1], d, c_current);
}

/* Adds (n + m) / n times the covariance (divisor n) of a side. */
static void
add_covariance(const DriftEppsSingleton *e, int side, Matrix covariance)
{
	const DriftSum *wave = e->sum[side];
	const DriftSum *product = wave + DRIFT_WAVES;
	double n = (double) e->n[side];
	double weight = ((double) e->n[0] + (double) e->n[1]) / n;

	for (int i = 0; i < DRIFT_WAVES; i++)
		for (int j = 0; j <= i; j++)
		{
			double squares = drift_sum_total(&wave[i]) * (drift_sum_total(&wave[j]) / n);

			covariance[i][j] += weight * (drift_sum_total(product++) - squares) / n;
			covariance[j][i] = covariance[i][j];
		}
}

/* Turns rows and columns p and q of a symmetric matrix so that the element between them vanishes. */
static void
rotate(Matrix a, Matrix vectors, int p, int q)
{
	double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
	double t = (theta >= 0 ? 1.0 : -1.0) / (fabs(theta) + hypot(theta, 1));
	double c = 1 / hypot(t, 1);
	double s = t * c;

	for (int k = 0; k < DRIFT_WAVES; k++)
	{
		double x = a[k][p];
		double y = a[k][q];

		a[k][p] = c * x - s * y;
		a[k][q] = s * x + c * y;
	}
	for (int k = 0; k < DRIFT_WAVES; k++)
	{
		double x = a[p][k];
		double y = a[q][k];

		a[p][k] = c * x - s * y;
		a[q][k] = s * x + c * y;
		x = vectors[k][p];
		y = vectors[k][q];
		vectors[k][p] = c * x - s * y;
		vectors[k][q] = s * x + c * y;
	}
}

/* Jacobi's method: a becomes diagonal, its eigenvalues; the columns of vectors their eigenvectors. */
static void
diagonalise(Matrix a, Matrix vectors)
{
	memset(vectors, 0, sizeof(Matrix));
	for (int i = 0; i < DRIFT_WAVES; i++)
		vectors[i][i] = 1;
	for (int sweep = 0; sweep < MAX_SWEEPS; sweep++)
	{
		bool turned = false;

		for (int p = 0; p < DRIFT_WAVES; p++)
			for (int q = p + 1; q < DRIFT_WAVES; q++)
				if (fabs(a[p][q]) > 1e-18 * sqrt(fabs(a[p][p] * a[q][q])) && a[p][q] != 0)
				{
					rotate(a, vectors, p, q);
					turned = true;
				}
		if (!turned)
			break;
	}
}

/* d' A+ d by the eigenvalues of A, and the rank of A */
static double
square_by_inverse(Matrix a, const double d[DRIFT_WAVES], int *rank)
{
	Matrix vectors;
	double largest = 0;
	double sum = 0;

	diagonalise(a, vectors);
	for (int i = 0; i < DRIFT_WAVES; i++)
		largest = fmax(largest, fabs(a[i][i]));
	*rank = 0;
	for (int i = 0; i < DRIFT_WAVES; i++)
	{
		double part = 0;

		if (!(fabs(a[i][i]) > SMALLEST_SHARE * fmax(largest, 1)))
			continue;
		for (int k = 0; k < DRIFT_WAVES; k++)
			part += vectors[k][i] * d[k];
		sum += part * part / a[i][i];
		++*rank;
	}
	return sum;
}

DriftTest
drift_epps_singleton_finish(const DriftEppsSingleton *e)
{
	DriftTest test = {(double) NAN, (double) NAN};
	Matrix covariance = {{0}};
	double difference[DRIFT_WAVES];
	double n = (double) e->n[0];
	double m = (double) e->n[1];
	int rank;

	for (int i = 0; i < DRIFT_WAVES; i++)
		difference[i] = drift_sum_total(&e->sum[0][i]) / n - drift_sum_total(&e->sum[1][i]) / m;
	if (e->frequency == (double) INFINITY || e->n[0] < DRIFT_EPPS_SINGLETON_MIN || e->n[1] < DRIFT_EPPS_SINGLETON_MIN ||
		isnan(difference[0]))
		return test;

	add_covariance(e, 0, covariance);
	add_covariance(e, 1, covariance);
	test.statistic = (n + m) * square_by_inverse(covariance, difference, &rank);
	if (e->n[0] < LARGE_SAMPLE && e->n[1] < LARGE_SAMPLE)
		test.statistic /= 1 + pow(n + m, -0.45) + 10.1 * (pow(n, -1.7) + pow(m, -1.7));
	test.p_value = rank > 0 ? drift_chi2_sf(test.statistic, rank) : (double) NAN;
	return test;
}
