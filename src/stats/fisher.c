/*
 * fisher.c
 *		Fisher's exact test of two proportions.
 */
#include "stats/fisher.h"

#include <float.h>
#include <math.h>

#include "stats/contingency.h"
#include "stats/special.h"

#define TWO_PI 6.28318530717958647692
#define POLL_STEPS 65536

/* Logarithms of probabilities that differ by less, relative to their size, are of equal tables. */
#define EQUAL 1e-13

__extension__ typedef __int128 Wide;

/* [[a, b], [c, d]]: sides are rows, and the columns may be exchanged. */
typedef struct Cells
{
	int64_t a;
	int64_t b;
	int64_t c;
	int64_t d;
} Cells;

/* The table with the same margins and so many more rows in a. */
static Cells
moved(Cells t, int64_t rows)
{
	return (Cells){t.a + rows, t.b - rows, t.c - rows, t.d + rows};
}

static Cells
mirrored(Cells t)
{
	return (Cells){t.b, t.a, t.d, t.c};
}

/* ln(x!) - (x ln x - x) */
static double
factorial_rest(double x)
{
	return x > 0 ? drift_stirling_error(x) + log(TWO_PI * x) / 2 : 0;
}

/*
 * Logarithm of the probability of a table with these margins but for what the
 * margins add to it: the powers of Stirling's formula make the deviance of the
 * cells (as in Loader 2000, "Fast and accurate computation of binomial
 * probabilities"), all of which are off by (a d - b c) / total.
 */
static double
log_cells(Cells t)
{
	double a = (double) t.a;
	double b = (double) t.b;
	double c = (double) t.c;
	double d = (double) t.d;
	double total = a + b + c + d;
	double over = (double) ((Wide) t.a * t.d - (Wide) t.b * t.c) / total;
	double deviance =
		drift_deviance(a, (a + b) / total * (a + c), -over) + drift_deviance(b, (a + b) / total * (b + d), over) +
		drift_deviance(c, (c + d) / total * (a + c), over) + drift_deviance(d, (c + d) / total * (b + d), -over);

	return -deviance - (factorial_rest(a) + factorial_rest(b) + factorial_rest(c) + factorial_rest(d));
}

static double
log_margins(Cells t)
{
	double a = (double) t.a;
	double b = (double) t.b;
	double c = (double) t.c;
	double d = (double) t.d;

	return factorial_rest(a + b) + factorial_rest(c + d) + factorial_rest(a + c) + factorial_rest(b + d) -
		   factorial_rest(a + b + c + d);
}

/* Rows by which a differs from where the probability is largest. */
static int64_t
past_mode(Cells t)
{
	Wide in_row = (Wide) t.a + t.b + 1;
	Wide in_column = (Wide) t.a + t.c + 1;

	return t.a - (int64_t) (in_row * in_column / ((Wide) t.a + t.b + t.c + t.d + 2));
}

/*
 * The probability of this table and of all with fewer rows in a, in units of
 * this one's. a is below the mode, so each term is smaller than the one before
 * and by an ever smaller factor: a geometric series bounds what is left.
 */
static double
tail(Cells t, void (*poll)(void))
{
	double sum = 1;
	double term = 1;

	for (int64_t steps = 1; t.a > 0 && t.d > 0; steps++)
	{
		double ratio = (double) t.a / ((double) t.b + 1) * ((double) t.d / ((double) t.c + 1));

		term *= ratio;
		sum += term;
		if (term * ratio <= sum * (1 - ratio) * (DBL_EPSILON / 8))
			break;
		t = moved(t, -1);
		if (poll && steps % POLL_STEPS == 0)
			poll();
	}
	return sum;
}

/* The fewest rows to add to a, but more than mode, for a table that is at most that probable; or one too many. */
static int64_t
opposite(Cells t, int64_t mode, double log_limit)
{
	int64_t last = t.b < t.c ? t.b : t.c;
	int64_t low = mode + 1;
	int64_t left = last - mode;

	while (left > 0)
	{
		int64_t half = left / 2;

		if (log_cells(moved(t, low + half)) <= log_limit)
			left = half;
		else
		{
			low += half + 1;
			left -= half + 1;
		}
	}
	return low;
}

static double
two_sided(Cells t, void (*poll)(void))
{
	Cells own = past_mode(t) > 0 ? mirrored(t) : t;
	int64_t mode = -past_mode(own);
	double log_own = log_cells(own);
	double log_limit = log_own + EQUAL * fmax(1, fabs(log_own));
	double probability = exp(log_own + log_margins(own));
	int64_t far;
	double sum;

	if (mode <= 0 || log_cells(moved(own, mode)) <= log_limit)
		return 1;
	if (probability == 0)
		return 0;
	sum = tail(own, poll);
	far = opposite(own, mode, log_limit);
	if (far <= own.b && far <= own.c)
	{
		Cells other = moved(own, far);

		sum += exp(log_cells(other) - log_own) * tail(mirrored(other), poll);
	}
	return fmin(probability * sum, 1);
}

DriftTest
drift_fisher_exact(int64_t success_r, int64_t n, int64_t success_c, int64_t m, void (*poll)(void))
{
	Cells t = {success_r, n - success_r, success_c, m - success_c};
	DriftTest test = {.statistic = (double) NAN, .p_value = (double) NAN};

	if (n < 1 || m < 1 || success_r < 0 || success_r > n || success_c < 0 || success_c > m)
		return test;
	test.p_value = 1;
	if ((t.a == 0 && t.c == 0) || (t.b == 0 && t.d == 0))
		return test;
	test.statistic =
		t.b == 0 || t.c == 0 ? (double) INFINITY : (double) t.a / (double) t.b * ((double) t.d / (double) t.c);
	test.p_value = two_sided(t, poll);
	return test;
}
