/*
 * beta_posterior.c
 *		Which of two shares is larger, by their posterior distributions.
 */
#include "stats/beta_posterior.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "stats/special.h"

#define DEPTH 42              /* the integrand is left out where its logarithm is so far below its peak */
#define SEARCH_STEPS 100      /* of golden section, for the peak */
#define EDGE_STEPS 60         /* doublings and halvings for an end of the range */
#define FIRST_POINTS 64       /* of the trapezoidal rule */
#define MOST_POINTS (1 << 17) /* for one posterior thousands of times as wide as the other */
#define CONVERGED 1e-13
#define NEARLY 1e-6      /* here a change that no longer shrinks is rounding */
#define LEAST_PEAK -1000 /* logarithm of what is nothing to a double */
#define GOLDEN 0.61803398874989485

/*
 * density(x) P(below < x) P(above > x) by the log-odds t of x. Each may be
 * missing; without a density it is that of x itself.
 */
typedef struct Integrand
{
	const DriftBeta *density;
	const DriftBeta *below;
	const DriftBeta *above;
} Integrand;

/* The value of an integral: exp(peak) sum */
typedef struct Scaled
{
	double peak;
	double sum;
} Scaled;

/* log(1 + exp(t)) */
static double
softplus(double t)
{
	return fmax(t, 0) + log1p(exp(-fabs(t)));
}

static double
log_density(const DriftBeta *beta, double t)
{
	return -beta->a * softplus(-t) - beta->b * softplus(t);
}

/* Logarithm of P(below < x); where the tail is too small for a double, something that still rises to the right */
static double
log_lower(const DriftBeta *beta, double t)
{
	double p = drift_beta_inc(beta->a, beta->b, 1 / (1 + exp(-t)));

	return p > 1e-290 ? log(p) : -1e5 + (beta->a + beta->b) * fmin(t - log(beta->a / beta->b), 0);
}

static double
log_upper(const DriftBeta *beta, double t)
{
	DriftBeta mirrored = {beta->b, beta->a};

	return log_lower(&mirrored, -t);
}

static double
log_value(const Integrand *g, double t)
{
	static const DriftBeta itself = {1, 1};
	double sum = log_density(g->density ? g->density : &itself, t);

	if (g->below)
		sum += log_lower(g->below, t);
	if (g->above)
		sum += log_upper(g->above, t);
	return sum;
}

/* Widens low and high to hold the middle of a posterior */
static void
reach_for(const DriftBeta *beta, double *low, double *high)
{
	double middle;
	double reach;

	if (beta == NULL)
		return;
	middle = log(beta->a / beta->b);
	reach = DEPTH / fmin(fmin(beta->a, beta->b), 1);
	*low = fmin(*low, middle - reach);
	*high = fmax(*high, middle + reach);
}

/* Where the integrand is largest, by golden section */
static double
find_peak(const Integrand *g)
{
	double low = g->density ? (double) INFINITY : 0;
	double high = g->density ? -(double) INFINITY : 0;
	double left;
	double right;

	reach_for(g->density, &low, &high);
	reach_for(g->below, &low, &high);
	reach_for(g->above, &low, &high);
	for (int i = 0; i < SEARCH_STEPS; i++)
	{
		left = high - GOLDEN * (high - low);
		right = low + GOLDEN * (high - low);
		if (log_value(g, left) < log_value(g, right))
			low = left;
		else
			high = right;
	}
	return (low + high) / 2;
}

/* How far from the peak, in the direction of the sign, the integrand counts */
static double
find_edge(const Integrand *g, double peak, double level, double sign)
{
	double step = 1e-9;
	double near = 0;
	double far;

	for (int i = 0; i < EDGE_STEPS && log_value(g, peak + sign * step) > level; i++)
		step *= 2;
	far = step;
	for (int i = 0; i < EDGE_STEPS && far - near > 1e-3 * far; i++)
	{
		double middle = (near + far) / 2;

		if (log_value(g, peak + sign * middle) > level)
			near = middle;
		else
			far = middle;
	}
	return peak + sign * far;
}

/* Adds so many points at even distances */
static double
add_points(const Integrand *g, double first, double step, int points, double peak)
{
	double sum = 0;

	for (int i = 0; i < points; i++)
		sum += exp(log_value(g, first + step * i) - peak);
	return sum;
}

static Scaled
integrate(const Integrand *g)
{
	double at = find_peak(g);
	double peak = log_value(g, at);
	double low = find_edge(g, at, peak - DEPTH, -1);
	double high = find_edge(g, at, peak - DEPTH, 1);
	double step = (high - low) / FIRST_POINTS;
	double sum = step * add_points(g, low, step, FIRST_POINTS + 1, peak);
	double error = (double) INFINITY;

	for (int points = FIRST_POINTS; points < MOST_POINTS; points *= 2)
	{
		double finer = sum / 2 + step / 2 * add_points(g, low + step / 2, step, points, peak);
		double change = fabs(finer - sum);
		bool done = change <= CONVERGED * finer || (change <= NEARLY * finer && change >= error / 4);

		error = change;
		sum = finer;
		step /= 2;
		if (done)
			break;
	}
	return (Scaled){peak, sum};
}

/* P(second > first): over the density of the narrower one */
static double
chance_of(const DriftBeta *first, const DriftBeta *second)
{
	bool narrow = second->a + second->b > first->a + first->b;
	Integrand product =
		narrow ? (Integrand){.density = second, .below = first} : (Integrand){.density = first, .above = second};
	Integrand all = {.density = product.density};
	Scaled part = integrate(&product);
	Scaled whole = integrate(&all);

	return part.peak - whole.peak < LEAST_PEAK ? 0 : fmin(exp(part.peak - whole.peak) * (part.sum / whole.sum), 1);
}

/* E[max(second - first, 0)], the integral of P(first < x < second) */
static double
gain_of(const DriftBeta *first, const DriftBeta *second)
{
	Integrand between = {.below = first, .above = second};
	Scaled part = integrate(&between);

	return part.peak < LEAST_PEAK ? 0 : exp(part.peak) * part.sum;
}

static bool
in_range(DriftBeta beta)
{
	return beta.a >= DRIFT_BETA_MIN && beta.b >= DRIFT_BETA_MIN && beta.a + beta.b <= DRIFT_BETA_MAX;
}

static double
mean_of(DriftBeta beta)
{
	return beta.a / (beta.a + beta.b);
}

DriftBetaTest
drift_beta_test(DriftBeta first, DriftBeta second)
{
	DriftBetaTest result = {{(double) NAN, (double) NAN}, {(double) NAN, (double) NAN}};
	bool second_leads = mean_of(second) > mean_of(first);
	const DriftBeta *behind = second_leads ? &first : &second;
	const DriftBeta *ahead = second_leads ? &second : &first;

	if (!in_range(first) || !in_range(second))
		return result;
	/* the smaller of both is an integral, the larger follows from it by adding */
	result.chance[!second_leads] = chance_of(ahead, behind);
	result.chance[second_leads] = 1 - result.chance[!second_leads];
	result.loss[second_leads] = gain_of(ahead, behind);
	result.loss[!second_leads] = result.loss[second_leads] + (mean_of(*ahead) - mean_of(*behind));
	return result;
}
