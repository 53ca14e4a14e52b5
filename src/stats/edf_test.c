/*
 * edf_test.c
 *		p-values of the statistics of two empirical distribution functions.
 */
#include "stats/edf_test.h"

#include <math.h>
#include <stdbool.h>

#define PI 3.14159265358979323846
#define EULER_GAMMA 0.57721566490153286061

/* ------------------------------------------------------------------------
 * Cramer-von Mises: exact
 *
 * Xiao, Gordon and Yakovlev, "A C++ program for the Cramer-von Mises two-sample
 * test" (2006): every order of the rows is a path from (0, 0) to (n, m), and
 * its statistic is the sum over the path of (a v - b u)^2 where a m = b n are
 * the least common multiple of n and m. All paths to one place have the same
 * remainder of that sum by a + b, so a place is an array of counts by quotient.
 * ------------------------------------------------------------------------ */

typedef struct Paths
{
	int64_t n;
	int64_t m;
	int64_t a;
	int64_t b;
	int64_t limit; /* count the sums below it */
} Paths;

static int64_t
greatest_common_divisor(int64_t a, int64_t b)
{
	while (b != 0)
	{
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* The paths whose sum is below that of t; the largest sum is that of all rows of one sample before the other's. */
static Paths
paths_below(double t, int64_t n, int64_t m)
{
	int64_t divisor = greatest_common_divisor(n, m);
	Paths paths = {.n = n, .m = m, .a = n / divisor, .b = m / divisor};
	int64_t common = paths.a * m;
	int64_t largest =
		(paths.b * paths.b * n * (n + 1) * (2 * n + 1) + paths.a * paths.a * m * (m - 1) * (2 * m - 1)) / 6;
	/* 12 n m (n + m)^2 T is a whole number */
	double twelvefold = rint(12 * (double) (n * m * (n + m) * (n + m)) * t);
	double limit = floor((double) (common * common) * twelvefold / (12 * (double) (n * m * n * m)));

	paths.limit = limit > (double) largest ? largest + 1 : limit < 0 ? 0 : (int64_t) limit;
	return paths;
}

static int64_t
quotients(const Paths *paths)
{
	return paths->limit / (paths->a + paths->b) + 1;
}

/* Counts the paths to (u, v): those to (u - 1, v), which are here, and those to (u, v - 1), both further by so much. */
static void
step_paths(double *here, const double *before, int64_t room, int64_t further)
{
	for (int64_t i = room - 1; i >= 0; i--)
	{
		double count = i >= further ? here[i - further] : 0;

		here[i] = i >= further && before != NULL ? count + before[i - further] : count;
	}
}

/* What the sum of a path of t steps leaves when divided by a + b: that of (b i)^2 for i = 1 .. t. */
static int64_t
remainder_of(const Paths *paths, int64_t t)
{
	return paths->b * paths->b * (t * (t + 1) * (2 * t + 1) / 6) % (paths->a + paths->b);
}

/* By how many quotients the last step to (u, v) moves a sum. */
static int64_t
quotients_to(const Paths *paths, int64_t u, int64_t v)
{
	int64_t lead = paths->a * v - paths->b * u;

	return (remainder_of(paths, u + v - 1) + lead * lead - remainder_of(paths, u + v)) / (paths->a + paths->b);
}

/* The number of paths whose sum is below the limit; all numbers are whole and fit a double. */
static double
count_paths(const Paths *paths, double *scratch)
{
	int64_t room = quotients(paths);
	int64_t remainder = remainder_of(paths, paths->n + paths->m);
	double count = 0;

	for (int64_t i = 0; i < (paths->m + 1) * room; i++)
		scratch[i] = 0;
	scratch[0] = 1;
	for (int64_t u = 0; u <= paths->n; u++)
		for (int64_t v = u == 0 ? 1 : 0; v <= paths->m; v++)
			step_paths(scratch + v * room, v > 0 ? scratch + (v - 1) * room : NULL, room, quotients_to(paths, u, v));
	for (int64_t i = 0; i < room && i * (paths->a + paths->b) + remainder < paths->limit; i++)
		count += scratch[paths->m * room + i];
	return count;
}

static double
cramer_von_mises_exact(double t, int64_t n, int64_t m, double *scratch)
{
	Paths paths = paths_below(t, n, m);
	int64_t all = 1;

	for (int64_t i = 1; i <= n; i++)
		all = all * (m + i) / i;
	return ((double) all - count_paths(&paths, scratch)) / (double) all;
}

/* ------------------------------------------------------------------------
 * Cramer-von Mises: the limiting distribution
 * ------------------------------------------------------------------------ */

/* Enough for all 15 digits up to where the probability underflows. */
#define TAIL_NODES 160
/* Below this the lower tail is under 2e-18. */
#define LEAST_CVM 0.003

/*
 * Integral of exp(-x s^2 / 2) / sqrt(s |sin s|) from (2 j - 1) pi to 2 j pi.
 * With s = (2 j - 1) pi + pi sin^2(angle / 2) the poles at both ends are gone
 * and the trapezoid rule converges exponentially.
 */
static double
tail_integral(double x, int j)
{
	double sum = 0;

	for (int i = 0; i < TAIL_NODES; i++)
	{
		double half = (i + 0.5) * (PI / 2 / TAIL_NODES);
		double low_root = sin(half);
		double high_root = sin(PI / 2 - half);
		double from_low = PI * low_root * low_root;
		double from_high = PI * high_root * high_root;
		double s = (2 * j - 1) * PI + from_low;

		sum += exp(-x * s * s / 2) * sin(2 * half) / sqrt(s * sin(fmin(from_low, from_high)));
	}
	return sum * (PI / TAIL_NODES) * (PI / 2);
}

double
drift_cramer_von_mises_sf(double x)
{
	double sum = 0;

	if (isnan(x))
		return x;
	if (x < LEAST_CVM)
		return 1;
	for (int j = 1; j == 1 || (2 * j - 1) * (2 * j - 1) * (PI * PI / 2) * x < 40 + PI * PI / 2 * x; j++)
		sum += (j % 2 == 1 ? 1 : -1) * tail_integral(x, j);
	return fmin(sum * (2 / PI), 1);
}

static bool
counted_exactly(int64_t n, int64_t m)
{
	return n <= DRIFT_CVM_EXACT_MAX && m <= DRIFT_CVM_EXACT_MAX;
}

size_t
drift_cramer_von_mises_scratch(double t, int64_t n, int64_t m)
{
	Paths paths;

	if (isnan(t) || n < 1 || m < 1 || !counted_exactly(n, m))
		return 0;
	paths = paths_below(t, n, m);
	return (size_t) ((m + 1) * quotients(&paths));
}

double
drift_cramer_von_mises_p_value(double t, int64_t n, int64_t m, double *scratch)
{
	double x = (double) n;
	double y = (double) m;
	double total = x + y;
	double mean = (1 + 1 / total) / 6;
	/* 45 times the variance of T */
	double spread = (1 + 1 / total) * ((4 * total - 2) / total - 3 * (x / y + y / x) / total) / 4;

	if (isnan(t) || n < 1 || m < 1)
		return (double) NAN;
	if (counted_exactly(n, m))
		return cramer_von_mises_exact(t, n, m, scratch);
	return drift_cramer_von_mises_sf(1.0 / 6 + (t - mean) / sqrt(spread));
}

/* ------------------------------------------------------------------------
 * Anderson-Darling
 * ------------------------------------------------------------------------ */

#define HARMONIC_DIRECT 32

/* Sum of 1 / i up to k. */
static double
harmonic(int64_t k)
{
	double x = (double) k;
	double square = x * x;
	double sum = 0;

	if (k > HARMONIC_DIRECT)
		return log(x) + EULER_GAMMA + 1 / (2 * x) -
			   (1.0 / 12 - (1.0 / 120 - (1.0 / 252 - 1 / (240 * square)) / square) / square) / square;
	for (int64_t i = k; i >= 1; i--)
		sum += 1 / (double) i;
	return sum;
}

/* Sum of 1 / i^2 up to k. */
static double
harmonic_squares(int64_t k)
{
	double x = (double) k;
	double square = x * x;
	double sum = 0;

	if (k > HARMONIC_DIRECT)
		return PI * PI / 6 - 1 / x + 1 / (2 * square) -
			   (1.0 / 6 - (1.0 / 30 - (1.0 / 42 - 1 / (30 * square)) / square) / square) / (square * x);
	for (int64_t i = k; i >= 1; i--)
		sum += 1 / ((double) i * (double) i);
	return sum;
}

/*
 * Scholz and Stephens (1987), equation 4, for two samples. Their double sum g
 * is sum of 1 / i^2 - 2 / N sum of 1 / i, both up to N - 1.
 */
static double
anderson_darling_variance(double n, double m, double total)
{
	double inverse = 1 / n + 1 / m;
	double h = harmonic((int64_t) total - 1);
	double g = harmonic_squares((int64_t) total - 1) - 2 * h / total;
	double a = 4 * g - 6 + (10 - 6 * g) * inverse;
	double b = 12 * g - 22 + 8 * h + (2 * g - 14 * h - 4) * inverse;
	double c = 36 * h + 4 + (2 * h - 6) * inverse;

	return (((a * total + b) * total + c) * total + 24) / ((total - 1) * (total - 2) * (total - 3));
}

/* The logarithm of the p-value is a quadratic by least squares, between the first and the last critical value. */
static double
anderson_darling_p_value(double statistic)
{
	if (isnan(statistic))
		return statistic;
	if (statistic < 0.325)
		return 0.25;
	if (statistic > 6.546)
		return 0.001;
	return exp((0.018198094574111343 * statistic - 1.0082265644652515) * statistic - 1.077770279820486);
}

DriftIntervalTest
drift_anderson_darling_test(double a_squared, int64_t n, int64_t m)
{
	double total = (double) n + (double) m;
	double statistic = n < 1 || m < 1 || total < 4
						   ? (double) NAN
						   : (a_squared - 1) / sqrt(anderson_darling_variance((double) n, (double) m, total));
	double p_value = anderson_darling_p_value(statistic);
	DriftIntervalTest test = {drift_exactly(statistic), drift_exactly(p_value)};

	if (statistic < 0.325)
		test.p_value.high = 1;
	if (statistic > 6.546)
		test.p_value.low = 0;
	return test;
}

/* ------------------------------------------------------------------------
 * Kuiper
 * ------------------------------------------------------------------------ */

double
drift_kuiper_sf(double x)
{
	double sum = 0;

	if (isnan(x))
		return x;
	if (x < 0.1) /* the lower tail is below exp(-480) */
		return 1;
	if (x < 1)
	{
		/* the theta function's other form, whose first term is all there is near zero */
		for (int k = 5; k >= 1; k--)
			sum += k * k * exp(-k * k * (PI * PI / 2) / (x * x));
		return 1 - sqrt(2 * PI) * PI * PI / (x * x * x) * sum;
	}
	for (int k = 5; k >= 1; k--)
		sum += (4 * k * k * x * x - 1) * exp(-2 * k * k * x * x);
	return 2 * sum;
}

double
drift_kuiper_p_value(double v, int64_t n, int64_t m)
{
	double root = sqrt((double) n * (double) m / ((double) n + (double) m));

	return n < 1 || m < 1 ? (double) NAN : drift_kuiper_sf((root + 0.155 + 0.24 / root) * v);
}
