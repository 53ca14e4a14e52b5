/*
 * special.c
 *		Gamma and beta functions and the distributions made of them.
 */
#include "stats/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define PI 3.14159265358979323846
#define LOG_SQRT_2PI 0.918938533204672741780329736405617640
#define EULER_GAMMA 0.577215664901532860606512090082402431

/* From here on Stirling's series with TERMS terms is exact to the last bit. */
#define STIRLING_MIN 12.0

/* From here on Temme's expansion of Q(a, x) needs only the terms below. */
#define TEMME_MIN 1e7

/* Beyond these parameters the beta function's intermediate results may overflow. */
#define BETA_MIN 1e-100
#define BETA_MAX 1e100

/* Bounds of the loops; each is several times what the hardest argument needs. */
#define MAX_SERIES 200000
#define MAX_FRACTION 1000000

/* B_2k / (2k (2k - 1)) */
static const double stirling_series[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
										 1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};

/* (-1)^k (zeta(k) - 1) / k, k = 2, 3, ...: log(gamma(2 + z)) without its linear term. */
static const double log_gamma_at_2[] = {
	0.3224670334241132182,     -0.06735230105319809513,   0.02058080842778454788,    -0.007385551028673985266,
	0.002890510330741523286,   -0.001192753911703260977,  0.0005096695247430424223,  -0.0002231547584535793798,
	0.00009945751278180853371, -0.0000449262367381331417, 0.00002050721277567069155, -9.439488275268395904e-6,
	4.374866789907487804e-6,   -2.039215753801366237e-6,  9.551412130407419833e-7,   -4.492469198764566043e-7,
	2.120718480555466587e-7,   -1.004322482396809961e-7,  4.769810169363980566e-8,   -2.271109460894316491e-8,
	1.083865921489695409e-8,   -5.183475041970046655e-9,  2.483674543802478317e-9,   -1.192140140586091207e-9,
	5.731367241678862013e-10,  -2.759522885124233145e-10, 1.330476437424448948e-10,  -6.422964563838100022e-11};

#define LENGTH(a) ((int) (sizeof(a) / sizeof((a)[0])))

/* The rest of Stirling's formula for x >= STIRLING_MIN. */
static double
stirling_rest(double x)
{
	double inverse_square = 1 / (x * x);
	double sum = 0;

	for (int k = LENGTH(stirling_series) - 1; k >= 0; k--)
		sum = sum * inverse_square + stirling_series[k];
	return sum / x;
}

/* log(gamma(2 + z)), |z| <= 1/2: exact to the last bits around its zero. */
static double
log_gamma_2p(double z)
{
	double sum = 0;

	for (int k = LENGTH(log_gamma_at_2) - 1; k >= 0; k--)
		sum = sum * z + log_gamma_at_2[k];
	return z * ((1 - EULER_GAMMA) + z * sum);
}

/* log(gamma(1 + z)), |z| <= 1/2 */
static double
log_gamma_1p(double z)
{
	return log_gamma_2p(z) - log1p(z);
}

double
drift_log_gamma(double x)
{
	double product = 1;

	if (!(x > 0))
		return (double) NAN;
	if (x >= STIRLING_MIN)
		return (x - 0.5) * log(x) - x + (LOG_SQRT_2PI + stirling_rest(x));
	if (x < 0.5)
		return log_gamma_1p(x) - log(x);
	if (x < 1.5)
		return log_gamma_1p(x - 1);

	while (x > 2.5)
		product *= --x;
	return log_gamma_2p(x - 2) + log(product);
}

double
drift_stirling_error(double x)
{
	if (!(x > 0))
		return (double) NAN;
	if (x >= STIRLING_MIN)
		return stirling_rest(x);
	return drift_log_gamma(x) - ((x - 0.5) * log(x) - x + LOG_SQRT_2PI);
}

/*
 * With r = x / (2 + x), log(1 + x) is 2 atanh(r), and x - 2 r is r x.
 */
double
drift_log1p_excess(double x)
{
	double r = x / (2 + x);
	double square = r * r;
	double sum = 0;

	if (!(x >= -1))
		return (double) NAN;
	if (x < -0.5 || x > 1)
		return x - log1p(x);
	for (int k = 18; k >= 1; k--)
		sum = sum * square + 1.0 / (2 * k + 1);
	return r * (x - 2 * square * sum);
}

/*
 * x^a exp(-x) / gamma(a + 1). Written around the maximum at x = a, because the
 * plain exponents cancel more digits the larger a is.
 */
static double
gamma_density(double a, double x)
{
	double exponent;

	if (a < STIRLING_MIN)
		return exp(a * log(x) - x) / (a < 0.5 ? exp(log_gamma_1p(a)) : a * exp(drift_log_gamma(a)));
	if (x < a / 2)
		exponent = x - a - a * log(x / a);
	else
		exponent = a * drift_log1p_excess((x - a) / a);
	return exp(-exponent - stirling_rest(a)) / sqrt(2 * PI * a);
}

/* P(a, x) by its power series, best for x < a + 1; all terms are positive. */
static double
gamma_p_series(double a, double x)
{
	double term = 1;
	double sum = 1;

	for (int k = 1; k <= MAX_SERIES && term > sum * (DBL_EPSILON / 8); k++)
	{
		term *= x / (a + k);
		sum += term;
	}
	return fmin(sum * gamma_density(a, x), 1);
}

/*
 * Q(a, x) for a < 1 and small x, where one minus P would lose it:
 * 1 - x^a / gamma(1 + a) - x^a / gamma(1 + a) sum_k>0 a (-x)^k / ((a + k) k!).
 */
static double
gamma_q_small(double a, double x)
{
	double log_lead = a * log(x) - (a < 0.5 ? log_gamma_1p(a) : drift_log_gamma(1 + a));
	double power = 1;
	double sum = 0;

	for (int k = 1; k <= 40; k++)
	{
		power *= -x / k;
		sum += power / (a + k);
	}
	return -expm1(log_lead) - exp(log_lead) * a * sum;
}

/* Keeps a continued fraction's partial denominators away from zero (Lentz, Thompson and Barnett). */
static double
nonzero(double x)
{
	return fabs(x) < 1e-290 ? 1e-290 : x;
}

/* Q(a, x) by its continued fraction, best for x >= a + 1. */
static double
gamma_q_fraction(double a, double x)
{
	double b = x + 1 - a;
	double c = 1e290;
	double d = 1 / nonzero(b);
	double value = d;

	for (int k = 1; k <= MAX_FRACTION; k++)
	{
		double numerator = k * (a - k);
		double step;

		b += 2;
		d = 1 / nonzero(numerator * d + b);
		c = nonzero(b + numerator / c);
		step = c * d;
		value *= step;
		if (fabs(step - 1) < DBL_EPSILON)
			break;
	}
	return value * a * gamma_density(a, x);
}

/*
 * Q(a, x), or P(a, x), for large a: Temme's uniform expansion (1979; DLMF
 * 8.12). Where the result does not underflow |eta| is below 0.015, so a few
 * Taylor terms of the first coefficient functions are all of them.
 */
static double
gamma_temme(double a, double x, bool upper)
{
	double mu = (x - a) / a;
	double half_square = mu > -0.5 ? drift_log1p_excess(mu) : mu - log(x / a);
	double eta = copysign(sqrt(2 * half_square), mu);
	double c0 =
		-1.0 / 3 +
		eta * (1.0 / 12 + eta * (-2.0 / 135 + eta * (1.0 / 864 + eta * (1.0 / 2835 + eta * (-139.0 / 777600)))));
	double c1 = -1.0 / 540 + eta * (-1.0 / 288 + eta * (1.0 / 378));
	double rest = exp(-a * half_square) / sqrt(2 * PI * a) * (c0 + c1 / a);
	double root = eta * sqrt(a / 2);

	if (a * half_square > 800) /* one tail is zero; the coefficients are not made for the other */
		return upper == (eta < 0) ? 1 : 0;
	return upper ? erfc(root) / 2 + rest : erfc(-root) / 2 - rest;
}

static bool
gamma_in_domain(double a, double x)
{
	return a > 0 && isfinite(a) && x >= 0;
}

double
drift_gamma_p(double a, double x)
{
	if (!gamma_in_domain(a, x))
		return (double) NAN;
	if (x == 0 || isinf(x))
		return x == 0 ? 0 : 1;
	if (a >= TEMME_MIN)
		return gamma_temme(a, x, false);
	return x < a + 1 ? gamma_p_series(a, x) : 1 - drift_gamma_q(a, x);
}

double
drift_gamma_q(double a, double x)
{
	if (!gamma_in_domain(a, x))
		return (double) NAN;
	if (x == 0 || isinf(x))
		return x == 0 ? 1 : 0;
	if (a >= TEMME_MIN)
		return gamma_temme(a, x, true);
	if (a < 1 && x < 1.5)
		return gamma_q_small(a, x);
	return x < a + 1 ? 1 - gamma_p_series(a, x) : gamma_q_fraction(a, x);
}

/*
 * x^a y^b / B(a, b) with y = 1 - x, both given because either may be too close
 * to one. Like gamma_density, written around the maximum at x = a / (a + b).
 */
static double
beta_density(double a, double b, double x, double y)
{
	double sum = a + b;
	double offset = x * b - y * a;
	double exponent = 0;

	exponent += offset < -a / 2 ? offset - a * log(x * sum / a) : a * drift_log1p_excess(offset / a);
	exponent += offset > b / 2 ? -offset - b * log(y * sum / b) : b * drift_log1p_excess(-offset / b);
	exponent += drift_stirling_error(a) + drift_stirling_error(b) - drift_stirling_error(sum);
	return exp(-exponent) * sqrt(a / sum * b / (2 * PI));
}

/*
 * I_x(a, b) for x up to about a / (a + b) by the continued fraction of
 * DiDonato and Morris (1992, eq. 9), which never subtracts nearly equal
 * numbers; evaluated from the front.
 */
static double
beta_fraction(double a, double b, double x, double y)
{
	double lambda = x < y ? a - (a + b) * x : (a + b) * y - b;
	double denominator = a / (a + 1) * (lambda + 1);
	double c = nonzero(denominator);
	double d = 0;
	double value = c;

	for (int k = 1; k <= MAX_FRACTION; k++)
	{
		double twice = a + 2.0 * k - 1;
		double alpha = (a + k - 1) / twice * ((a + b + k - 1) / twice) * k * (b - k) * x * x;
		double beta = k + k * (b - k) * x / twice + (a + k) / (a + 2.0 * k + 1) * (lambda + 1 + k * (1 + y));
		double step;

		d = 1 / nonzero(beta + alpha * d);
		c = nonzero(beta + alpha / c);
		step = c * d;
		value *= step;
		if (fabs(step - 1) < DBL_EPSILON)
			break;
	}
	return fmin(beta_density(a, b, x, y) / value, 1);
}

static double
beta_inc_pair(double a, double b, double x, double y)
{
	if (x == 0 || y == 0)
		return x == 0 ? 0 : 1;
	if (x <= (a + 1) / (a + b + 2))
		return beta_fraction(a, b, x, y);
	return 1 - beta_fraction(b, a, y, x);
}

double
drift_beta_inc(double a, double b, double x)
{
	if (!(a >= BETA_MIN && a <= BETA_MAX && b >= BETA_MIN && b <= BETA_MAX && x >= 0 && x <= 1))
		return (double) NAN;
	return beta_inc_pair(a, b, x, 1 - x);
}

double
drift_normal_sf(double z)
{
	return erfc(z / sqrt(2)) / 2;
}

/* Numerators and denominators of AS 241, constant term first: the middle, the tails, the far tails. */
static const double quantile_tables[3][2][8] = {
	{{3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
	  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727},
	 {1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867,
	  39307.895800092710610, 28729.085735721942674, 5226.4952788528545610}},
	{{1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
	  1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4},
	 {1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590,
	  0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9}},
	{{6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
	  0.0265321895265761230930, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
	 {1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525, 7.86869131145613259100e-4,
	  1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15}}};

static double
quantile_ratio(const double table[2][8], double x)
{
	double numerator = 0;
	double denominator = 0;

	for (int k = 7; k >= 0; k--)
	{
		numerator = numerator * x + table[0][k];
		denominator = denominator * x + table[1][k];
	}
	return numerator / denominator;
}

double
drift_normal_quantile(double p)
{
	double q = p - 0.5;
	double r;

	if (!(p >= 0 && p <= 1))
		return (double) NAN;
	if (fabs(q) <= 0.425)
		return q * quantile_ratio(quantile_tables[0], 0.180625 - q * q);
	if (p == 0 || p == 1)
		return q * (double) INFINITY;
	r = sqrt(-log(q < 0 ? p : 1 - p));
	r = r <= 5 ? quantile_ratio(quantile_tables[1], r - 1.6) : quantile_ratio(quantile_tables[2], r - 5);
	return q < 0 ? -r : r;
}

double
drift_chi2_sf(double x, double df)
{
	if (!(df > 0) || isnan(x))
		return (double) NAN;
	return x <= 0 ? 1 : drift_gamma_q(df / 2, x / 2);
}

double
drift_student_t_sf(double t, double df)
{
	double ratio = t / sqrt(df);
	double square = ratio * ratio;
	double tail;

	if (!(df >= 2 * BETA_MIN) || isnan(t))
		return (double) NAN;
	if (df > BETA_MAX) /* no double tells it from its limit */
		return drift_normal_sf(t);
	tail = beta_inc_pair(df / 2, 0.5, 1 / (1 + square), isinf(square) ? 1 : square / (1 + square)) / 2;
	return t > 0 ? tail : 1 - tail;
}
