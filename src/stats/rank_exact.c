/*
 * rank_exact.c
 *		Exact null distributions of two rank statistics, by counting.
 */
#include "stats/rank_exact.h"

#include <math.h>

static int64_t
gcd(int64_t a, int64_t b)
{
	while (b != 0)
	{
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/*
 * Equal sizes: the reflection principle gives P = 2 (C(2n, n - h) - C(2n, n - 2h) + ...)
 * / C(2n, n). Each ratio of neighbours is below one, so nesting them as
 * 2 a0 (1 - a1 (1 - a2 ...)) cancels nothing.
 */
static double
ks_square_sf(int64_t h, int64_t n)
{
	double sum = 0;

	for (int64_t k = n / h; k >= 0; k--)
	{
		double ratio = 1;

		for (int64_t j = 0; j < h; j++)
			ratio *= (double) (n - k * h - j) / (double) (n + k * h + j + 1);
		sum = ratio * (1 - sum);
	}
	return fmin(2 * sum, 1);
}

/* The quotient rounded down, for negative dividends too. */
static int64_t
floor_div(int64_t a, int64_t b)
{
	return a >= 0 ? a / b : -((b - 1 - a) / b);
}

/*
 * Different sizes. A random order of the samples is a lattice path whose step s
 * ends at (i, s - i): i rows of the smaller sample (of n) and s - i of the
 * other (of m). outside[i] is the probability that a path to that point has
 * touched |i/n - (s-i)/m| >= h/lcm. A point is entered from i - 1 with
 * probability i / s and from i otherwise, so the probability of a point
 * averages two earlier ones: nothing grows, cancels or needs scaling, and the
 * points of one step do not depend on each other. Only the band inside the
 * limits is visited; all around it is 1.
 */
static double
ks_band_sf(int64_t h, int64_t n, int64_t m)
{
	double band[DRIFT_KS_EXACT_MAX + 3];
	double *outside = band + 1;
	int64_t divisor = gcd(n, m);
	int64_t slope_n = n / divisor;
	int64_t slope_m = m / divisor;
	int64_t lowest = 0; /* the band of the step before */
	int64_t highest = 0;

	outside[0] = 0;
	for (int64_t s = 1; s <= n + m; s++)
	{
		/* i (slope_n + slope_m) - s slope_n lies strictly between -h and h */
		int64_t low = floor_div(s * slope_n - h, slope_n + slope_m) + 1;
		int64_t high = -floor_div(-(s * slope_n + h), slope_n + slope_m) - 1;
		double inverse = 1 / (double) s;

		if (low < s - m)
			low = s - m;
		if (low < 0)
			low = 0;
		if (high > s)
			high = s;
		if (high > n)
			high = n;
		if (low > high)
			return 1;

		outside[lowest - 1] = 1;
		outside[highest + 1] = 1;
		for (int64_t i = high; i >= low; i--)
			outside[i] = ((double) i * outside[i - 1] + (double) (s - i) * outside[i]) * inverse;
		lowest = low;
		highest = high;
	}
	return fmin(outside[n], 1);
}

double
drift_ks_exact_sf(double d, int64_t n, int64_t m)
{
	int64_t smaller = n < m ? n : m;
	int64_t larger = n < m ? m : n;
	int64_t h;

	if (smaller < 1 || larger > DRIFT_KS_EXACT_MAX || isnan(d))
		return (double) NAN;
	if (d <= 0 || d > 1)
		return d <= 0 ? 1 : 0;

	/* P <= e exp(-2 d^2 nm/(n+m)) (Wei and Dudley 2012) is below the smallest double */
	if (2 * d * d * (double) (n * m) / (double) (n + m) > 750)
		return 0;
	h = (int64_t) rint(d * (double) (n * m / gcd(n, m)));
	if (h == 0)
		return 1;
	return n == m ? ks_square_sf(h, n) : ks_band_sf(h, smaller, larger);
}

/* Length of the polynomial below: (k + 1) L with L = lcm(1..k). */
#define MAX_PERIOD 840
#define MAX_NUMERATOR ((DRIFT_U_EXACT_MAX + 1) * MAX_PERIOD)

/* C(x + k, k) */
static double
choose(double x, int k)
{
	double product = 1;

	for (int i = 1; i <= k; i++)
		product *= (x + i) / i;
	return product;
}

/* a(q) times (1 - q^period) / (1 - q^part) */
static void
multiply_comb(uint64_t *a, int length, int period, int part)
{
	for (int t = part; t < length; t++)
		a[t] += a[t - part];
	for (int t = length - 1; t >= period; t--)
		a[t] -= a[t - period];
}

/*
 * N(q) of 1 / ((1 - q) (1 - q) (1 - q^2) ... (1 - q^k)) = N(q) / (1 - q^L)^(k+1).
 * Its coefficients are below 2^63; what overflows on the way there is unsigned.
 */
static int
partition_numerator(uint64_t *a, int k)
{
	int period = 1;
	int length;

	for (int part = 2; part <= k; part++)
		period *= part / (int) gcd(period, part);
	length = (k + 1) * period;
	for (int t = 0; t < length; t++)
		a[t] = t == 0;
	multiply_comb(a, length, period, 1);
	for (int part = 1; part <= k; part++)
		multiply_comb(a, length, period, part);
	return period;
}

/* Partitions of 0, 1, ... or x into parts of at most k, from the numerator above. */
static double
partitions_up_to(int64_t x, int k, const uint64_t *numerator, int period)
{
	double sum = 0;

	for (int64_t t = x % period; t <= x && t < (int64_t) (k + 1) * period; t += period)
		sum += (double) numerator[t] * choose((double) ((x - t) / period), k);
	return sum;
}

/*
 * U = u as often as u has partitions into at most k parts of at most m:
 * the coefficient in the product of (1 - q^(m+i)) / (1 - q^i), i = 1..k. The
 * numerator is expanded, (-1)^r q^(r m) e_r(q, ..., q^k), and each of its few
 * terms picks one value of the unrestricted count. Up to the middle of the
 * distribution the signs cost less than one digit. Time and memory do not
 * depend on m.
 */
double
drift_u_exact_cdf(int64_t u, int64_t n, int64_t m)
{
	uint64_t numerator[MAX_NUMERATOR];
	int elementary[DRIFT_U_EXACT_MAX + 1][DRIFT_U_EXACT_MAX * (DRIFT_U_EXACT_MAX + 1) / 2 + 1] = {{1}};
	int64_t larger = n < m ? m : n;
	int k = (int) (n < m ? n : m);
	int degree = k * (k + 1) / 2;
	int period;
	double sum = 0;

	if ((n < m ? n : m) < 1 || (n < m ? n : m) > DRIFT_U_EXACT_MAX)
		return (double) NAN;
	if (u < 0)
		return 0;
	period = partition_numerator(numerator, k);
	for (int part = 1; part <= k; part++)
		for (int r = part; r >= 1; r--)
			for (int t = degree; t >= part; t--)
				elementary[r][t] += elementary[r - 1][t - part];

	for (int r = 0; r <= k && r <= u / larger; r++)
		for (int t = 0; t <= degree && t <= u - r * larger; t++)
			if (elementary[r][t] != 0)
				sum += (r % 2 == 0 ? 1 : -1) * elementary[r][t] *
					   partitions_up_to(u - r * larger - t, k, numerator, period);
	return sum / choose((double) larger, k);
}
