/*
 * chance.c
 *		What a statistic is when nothing has drifted.
 */
#include "stats/chance.h"

#include <math.h>

#include "stats/divergence.h"
#include "stats/hypothesis.h"
#include "stats/special.h"

#define BISECTIONS 60

/* Terms of the Poisson mixture: rare jumps only, so few. */
#define MAX_JUMPS 30

/* Up to these sizes the exact distribution of KS is cheap enough to be asked many times. */
#define KS_EXACT_ROWS 200
#define KS_EXACT_EQUAL_ROWS 2000

/* Points at which the mean of D is summed up, and halvings of its range to find a point. */
#define KS_STEPS 60
#define KS_BISECTIONS 22

static double
log_gamma_half_step(double shape)
{
	return drift_log_gamma(shape + 0.5) - drift_log_gamma(shape);
}

DriftChanceLaw
drift_chance_gamma(double mean, double variance, bool root)
{
	double shape = mean * mean / variance;
	double root_mean = sqrt(variance / mean) * exp(log_gamma_half_step(shape));

	return (DriftChanceLaw){.root = root,
							.expected = !root          ? mean
										: variance > 0 ? root_mean
													   : sqrt(mean),
							.mean = mean,
							.variance = variance,
							.skewness = 2 * sqrt(variance) / mean};
}

/*
 * The square of the mean over the mean of the square is, for shape a,
 * (gamma(a + 1/2) / gamma(a))^2 / a, which rises with a.
 */
DriftChanceLaw
drift_chance_length(double mean, double variance)
{
	double square = variance + mean * mean;
	double wanted = mean * mean / square;
	double low = -30;
	double high = 40;

	if (!(variance > 0))
		return drift_chance_gamma(mean * mean, 0, true);
	for (int i = 0; i < BISECTIONS; i++)
	{
		double middle = (low + high) / 2;

		if (exp(2 * log_gamma_half_step(exp(middle)) - middle) < wanted)
			low = middle;
		else
			high = middle;
	}
	return drift_chance_gamma(square, square * square / exp(low), true);
}

/* P(X > x) of the shifted gamma distribution of these moments. */
static double
gamma_sf(double mean, double variance, double skewness, double x)
{
	double shape = 4 / (skewness * skewness);
	double scale = sqrt(variance / shape);
	double above = x - (mean - shape * scale);

	return above <= 0 ? 1 : isinf(above) ? 0 : drift_gamma_q(shape, above / scale);
}

static double
law_sf(const DriftChanceLaw *law, double x)
{
	double weight = exp(-law->jumps);
	double sum = 0;

	if (!(law->jumps > 0))
		return gamma_sf(law->mean, law->variance, law->skewness, x);
	for (int j = 0; j < MAX_JUMPS; j++)
	{
		double mean = law->mean + j * law->jump_mean;
		double variance = law->variance + j * law->jump_variance;

		sum += weight * gamma_sf(mean, variance, 2 * sqrt(variance) / mean, x);
		weight *= law->jumps / (j + 1);
	}
	return fmin(sum, 1);
}

/* The point that is passed with this probability, on the scale of the statistic. */
static double
law_upper(const DriftChanceLaw *law, double probability)
{
	double low = 0;
	double high = fmax(law->mean, sqrt(law->variance));

	for (int i = 0; i < BISECTIONS && law_sf(law, high) > probability; i++)
		high *= 2;
	for (int i = 0; i < BISECTIONS; i++)
	{
		double middle = (low + high) / 2;

		if (law_sf(law, middle) > probability)
			low = middle;
		else
			high = middle;
	}
	return law->root ? sqrt(high) : high;
}

DriftChance
drift_chance_of_law(const DriftChanceLaw *law, double observed)
{
	DriftChance chance = {law->expected, law->expected, law->expected, observed > law->expected ? 0 : 1};
	double x = law->root ? observed * observed : observed;

	if (!isfinite(law->expected) || isnan(law->variance))
		return (DriftChance){NAN, NAN, NAN, NAN};
	if (law->variance > 0)
	{
		chance.upper_95 = law_upper(law, 0.05);
		chance.upper_999 = law_upper(law, 0.001);
		chance.p_value = law_sf(law, x);
	}
	if (isnan(observed))
		chance.p_value = (double) NAN;
	return chance;
}

DriftChance
drift_chance_psi(double observed, int64_t bins, int64_t n, int64_t m)
{
	double expected = drift_psi_chance(bins, n, m);
	double variance = bins > 1 ? 2 * expected * expected / (double) (bins - 1) : 0;
	DriftChanceLaw law = drift_chance_gamma(expected, variance, false);
	DriftChance chance = drift_chance_of_law(&law, observed);

	chance.p_value = isinf(observed) ? 0 : drift_psi_p_value(observed, bins, n, m);
	return chance;
}

/* One over the number of values that D can have: a multiple of gcd(n, m) / (n m). */
static double
ks_step(int64_t n, int64_t m)
{
	int64_t a = n;
	int64_t b = m;

	while (b > 0)
	{
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return (double) a / ((double) n * (double) m);
}

static bool
ks_is_exact(int64_t n, int64_t m)
{
	return (n <= KS_EXACT_ROWS && m <= KS_EXACT_ROWS) || (n == m && n <= KS_EXACT_EQUAL_ROWS);
}

/*
 * P(D >= d). The exact distribution takes d as the nearest value that D can
 * have; beyond its sizes Kolmogorov's limit with the first term of its
 * correction for the size is within a hundredth.
 */
static double
ks_sf(double d, int64_t n, int64_t m)
{
	double root = sqrt((double) n * (double) m / ((double) n + (double) m));

	return ks_is_exact(n, m) ? drift_ks_p_value(d, n, m) : drift_kolmogorov_sf(d * root + 1 / (6 * root));
}

/* The mean of D is the sum of P(D >= d) over its values, or the integral; beyond four deviations there is nothing. */
static double
ks_mean(int64_t n, int64_t m)
{
	double end = fmin(1, 4 / sqrt((double) n * (double) m / ((double) n + (double) m)));
	double step = end / KS_STEPS;
	double first = step / 2;
	double sum = 0;

	if (ks_is_exact(n, m) && (n == m || ks_step(n, m) > step / 2))
		first = step = ks_step(n, m);
	for (double d = first; d <= end + step / 4; d += step)
		sum += ks_sf(fmin(d, 1), n, m) * step;
	return sum;
}

/* A point that D passes with at most this probability; where D has steps, in the middle of one. */
static double
ks_upper(double probability, int64_t n, int64_t m)
{
	double low = 0;
	double high = fmin(1, 3 / sqrt((double) n * (double) m / ((double) n + (double) m)));

	for (int i = 0; i < KS_BISECTIONS; i++)
	{
		double middle = (low + high) / 2;

		if (ks_sf(middle, n, m) > probability)
			low = middle;
		else
			high = middle;
	}
	return high;
}

DriftChance
drift_chance_ks(double observed, int64_t n, int64_t m)
{
	if (n < 1 || m < 1)
		return (DriftChance){NAN, NAN, NAN, NAN};
	return (DriftChance){ks_mean(n, m), ks_upper(0.05, n, m), ks_upper(0.001, n, m), drift_ks_p_value(observed, n, m)};
}
