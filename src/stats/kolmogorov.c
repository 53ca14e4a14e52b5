/*
 * kolmogorov.c
 *		Null distributions of the Kolmogorov-Smirnov statistics of one sample.
 */
#include "stats/special.h"

#include <math.h>
#include <stdbool.h>

#define PI 3.14159265358979323846
#define SQRT_2PI 2.50662827463100050242

/*
 * Sizes at which the two-sided distribution changes its method (Simard and
 * L'Ecuyer 2011, with the cuts of scipy), compared to n d^2.
 */
#define SMALL_N 140
#define SMALL_N_TAIL 4.0
#define LARGE_N_TAIL 2.2
#define UNDERFLOW_TAIL 370.0

/* Up to this n the matrix formula is used near zero; beyond, the difference to Pelz and Good is below 1e-12. */
#define DURBIN_MAX_N 20000
/* n d < 34 where it is used, so 2 * 34 rows are enough. */
#define DURBIN_MAX_ROWS 68

#define SMIRNOV_MAX_N 1000000
/* 256 terms were enough for all 15 digits wherever the probability is above 1e-300. */
#define SMIRNOV_TERMS 512

double
drift_kolmogorov_sf(double x)
{
	double sum = 0;

	if (isnan(x))
		return x;
	if (x < 0.04) /* the lower tail is below exp(-770) */
		return 1;
	if (x < 1)
	{
		/* the theta function's other form, whose first term is all there is near zero */
		for (int k = 5; k >= 1; k--)
			sum += exp(-(2 * k - 1) * (2 * k - 1) * (PI * PI / 8) / (x * x));
		return 1 - SQRT_2PI / x * sum;
	}
	for (int k = 5; k >= 1; k--)
		sum = exp(-2.0 * k * k * x * x) - sum;
	return 2 * sum;
}

/*
 * The j-th term of Birnbaum and Tingey's sum, t = n d:
 * t / (t + j) times the binomial probability of j out of n at (t + j) / n,
 * with the factorials and powers as deviations from their maximum.
 */
static double
smirnov_term(double n, double t, double j)
{
	double rest = n - j;
	double exponent;

	if (j == 0)
		return exp(n * log1p(-t / n));
	exponent = j * drift_log1p_excess(t / j) + rest * drift_log1p_excess(-t / rest) + drift_stirling_error(j) +
			   drift_stirling_error(rest) - drift_stirling_error(n);
	return t / (t + j) * sqrt(n / (2 * PI * j * rest)) * exp(-exponent);
}

/*
 * For large n the terms are a smooth hump that vanishes with all its
 * derivatives at both ends, so every stride-th of them, times the stride, has
 * the same sum to the last bit (the trapezoid rule converges exponentially).
 */
double
drift_smirnov_sf(double d, int64_t n)
{
	double t = (double) n * d;
	double sum = 0;
	int64_t stride;

	if (n <= 0 || isnan(d))
		return (double) NAN;
	if (d <= 0 || d >= 1)
		return d <= 0 ? 1 : 0;
	if (-2 * t * d < -745.13)
		return 0;
	if (n > SMIRNOV_MAX_N)
	{
		double root = 6 * t + 1;

		return exp(-root * root / (18 * (double) n));
	}
	stride = t * d < 1 ? 1 : 1 + n / SMIRNOV_TERMS;
	for (int64_t j = 0; (double) j < (double) n - t; j += stride)
		sum += smirnov_term((double) n, t, (double) j);
	return fmin(sum * (double) stride, 1);
}

/* One row of Durbin's matrix without its factorials: a band of ones with corrected first column and last row. */
static double
durbin_entry(int row, int column, int rows, double h)
{
	double entry = 1;

	if (column == 0)
		entry -= pow(h, row + 1);
	if (row == rows - 1)
		entry -= pow(h, rows - column);
	if (column == 0 && row == rows - 1 && h > 0.5)
		entry += pow(2 * h - 1, rows);
	return entry;
}

/*
 * One step of the recurrence: next = H now. The matrix is zero above the first
 * superdiagonal, and below it falls off as 1 / (row - column + 1)!.
 */
static void
durbin_step(double *next, const double *now, int rows, const double *first_column, const double *last_row,
			const double *inverse_factorial)
{
	for (int i = 0; i < rows; i++)
	{
		double sum = 0;
		int last = i + 1 < rows ? i + 1 : rows - 1;
		int first = i > 24 ? i - 24 : 1;

		for (int j = first; j <= last; j++)
			sum += (i == rows - 1 ? last_row[j] : 1) * inverse_factorial[i - j + 1] * now[j];
		next[i] = sum + first_column[i] * inverse_factorial[i + 1] * now[0];
	}
}

/*
 * P(D < d) = n! / n^n (H^n)_kk with k = ceil(n d) (Durbin 1973; Marsaglia,
 * Tsang and Wang 2003). All entries are non-negative, so nothing cancels. Only
 * one column of the power is needed: n products with a vector take little
 * memory, and for the sizes used here no more time than squaring the matrix.
 */
static double
durbin_cdf(double d, int n)
{
	double t = n * d;
	int k = (int) t + 1;
	int rows = 2 * k - 1;
	double h = k - t;
	double first_column[DURBIN_MAX_ROWS];
	double last_row[DURBIN_MAX_ROWS];
	double inverse_factorial[DURBIN_MAX_ROWS + 1];
	double vector[2][DURBIN_MAX_ROWS] = {{0}};
	double exponent = 0;

	if (rows > DURBIN_MAX_ROWS)
		return (double) NAN;
	inverse_factorial[0] = 1;
	for (int i = 0; i < rows; i++)
	{
		inverse_factorial[i + 1] = inverse_factorial[i] / (i + 1);
		first_column[i] = durbin_entry(i, 0, rows, h);
		last_row[i] = durbin_entry(rows - 1, i, rows, h);
	}

	vector[0][k - 1] = 1;
	for (int step = 0; step < n; step++)
	{
		double *next = vector[(step + 1) % 2];

		durbin_step(next, vector[step % 2], rows, first_column, last_row, inverse_factorial);
		if (next[k - 1] > 0x1p400)
		{
			for (int i = 0; i < rows; i++)
				next[i] *= 0x1p-400;
			exponent += 400;
		}
	}
	/* n! / n^n = sqrt(2 pi n) exp(-n + the rest of Stirling's formula) */
	return vector[n % 2][k - 1] * sqrt(2 * PI * n) * exp(exponent * log(2) - n + drift_stirling_error(n));
}

/*
 * Pelz and Good (1976): the limiting distribution and its corrections of order
 * n^-1/2, n^-1 and n^-3/2, in the form that converges fast for small z.
 * The second sum of the last correction has 216 where the article has 108, as
 * in scipy; it matters in the seventh digit only.
 */
static double
pelz_good_cdf(double d, double n)
{
	double z = sqrt(n) * d;
	double z2 = z * z;
	double z4 = z2 * z2;
	double z6 = z4 * z2;
	double k0 = 0;
	double k1 = 0;
	double k2 = 0;
	double k3 = 0;

	for (int k = 8; k >= 1; k--)
	{
		double w = (k - 0.5) * (k - 0.5) * PI * PI;
		double weight = exp(-w / (2 * z2)) * SQRT_2PI;
		double whole = k * k * PI * PI;
		double whole_weight = exp(-whole / (2 * z2)) * SQRT_2PI;

		k0 += weight / z;
		k1 += weight * (w - z2) / (6 * z4);
		k2 += weight * (6 * z6 + 2 * z4 + w * (2 * z4 - 5 * z2) + w * w * (1 - 2 * z2)) / (72 * z6 * z);
		k2 -= whole_weight * whole / (36 * z2 * z);
		k3 += weight *
			  (w * w * w * (5 - 30 * z2) + w * w * (212 * z4 - 60 * z2) + w * (135 * z4 - 96 * z6) -
			   (30 * z6 + 90 * z4 * z4)) /
			  (6480 * z6 * z4);
		k3 += whole_weight * whole * (3 * z2 - whole) / (216 * z6);
	}
	return k0 + (k1 + (k2 + k3 / sqrt(n)) / sqrt(n)) / sqrt(n);
}

double
drift_kstwo_sf(double d, int64_t n)
{
	double size = (double) n;
	double t = size * d;
	bool small = n <= SMALL_N;
	double cdf;

	if (n <= 0 || isnan(d))
		return (double) NAN;
	if (t <= 0.5 || d >= 1)
		return t <= 0.5 ? 1 : 0;

	/* in the tail both sides at once are out of the question (Miller 1956) */
	if (!small && t * d >= UNDERFLOW_TAIL)
		return 0;
	if (d >= 0.5 || t >= size - 1 || (small ? t * d > SMALL_N_TAIL : t * d >= LARGE_N_TAIL))
		return fmin(2 * drift_smirnov_sf(d, n), 1);
	if (!small && t * d < 0.03) /* the lower tail is below 1e-16 */
		return 1;
	if (small || (n <= DURBIN_MAX_N && t * sqrt(d) <= 1.4))
		cdf = durbin_cdf(d, (int) n);
	else
		cdf = pelz_good_cdf(d, size);
	return fmax(1 - cdf, 0);
}
