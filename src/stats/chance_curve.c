/*
 * chance_curve.c
 *		Wasserstein and energy distance when nothing has drifted.
 */
#include "stats/chance_curve.h"

#include <math.h>

#include "stats/special.h"

#define PI 3.14159265358979323846

/* Where fewer rows than this are expected on a side, the gap is not taken as normal. */
#define SMALL 50.0

void
drift_chance_curve_init(DriftChanceCurve *c, int64_t n_reference, int64_t n_current)
{
	*c = (DriftChanceCurve){.n_reference = n_reference, .n_current = n_current};
}

static double
log_binomial(double n, double k)
{
	return drift_log_gamma(n + 1) - drift_log_gamma(k + 1) - drift_log_gamma(n - k + 1);
}

/*
 * E|F - G| where t of the pooled rows are below: (1/n + 1/m) times the mean
 * deviation of a hypergeometric variable, which is twice its part above the
 * mean and has a closed form (Diaconis and Zabell 1991).
 */
static double
mean_gap(double n, double m, double t)
{
	double all = n + m;
	double above;
	double log_p;

	if (fmin(t, all - t) * fmin(n, m) / all > SMALL)
		return sqrt(2 / PI * t * (all - t) / (n * m * (all - 1)));
	t = rint(t);
	above = floor(n * t / all) + 1;
	if (above > fmin(n, t) || above <= t - m)
		return 0;
	log_p = log_binomial(t, above) + log_binomial(all - t, n - above) - log_binomial(all, n);
	return (1 / n + 1 / m) * 2 * above * (m - t + above) / all * exp(log_p);
}

/* Merges neighbouring nodes until they weigh a quantum, four times what would fill all nodes. */
static void
merge_nodes(DriftChanceCurve *c)
{
	uint32_t kept = 0;

	c->quantum = 4 * c->area / DRIFT_CHANCE_NODES;
	for (uint32_t i = 1; i < c->nodes; i++)
		if (c->node[kept].weight + c->node[i].weight <= c->quantum)
		{
			c->node[kept].weight += c->node[i].weight;
			c->node[kept].place += c->node[i].place;
			c->node[kept].square += c->node[i].square;
		}
		else
			c->node[++kept] = c->node[i];
	c->nodes = kept + 1;
}

static void
add_piece(DriftChanceCurve *c, double weight, double place, double square)
{
	DriftChanceNode *last;

	c->area += weight;
	c->square += square;
	if (c->nodes == 0 || c->node[c->nodes - 1].weight + weight > c->quantum)
	{
		if (c->nodes == DRIFT_CHANCE_NODES)
			merge_nodes(c);
		c->node[c->nodes++] = (DriftChanceNode){0, 0, 0};
	}
	last = &c->node[c->nodes - 1];
	last->weight += weight;
	last->place += weight * place;
	last->square += square;
}

void
drift_chance_curve_step(DriftChanceCurve *c, double value, double below, double upto)
{
	double n = (double) c->n_reference;
	double m = (double) c->n_current;
	double all = n + m;
	double t = (c->last_upto + below) / 2;
	double width = value - c->last_value;

	if (c->started && t > 0 && t < all)
		add_piece(c, width * mean_gap(n, m, t), t / all, width * t * (all - t) / (n * m * (all - 1)));
	c->started = true;
	c->last_value = value;
	c->last_upto = upto;
}

/* A node as a point of the bridge: its odds H / (1 - H), and what it weighs. */
typedef struct Point
{
	double odds;
	double weight;
} Point;

/* Correlation of the bridge at two points, the first not above the second. */
static double
correlation(const Point *s, const Point *t)
{
	return sqrt(fmin(s->odds / t->odds, 1));
}

/* E|XY| of standard normal variables of that correlation. */
static double
mean_product(double r)
{
	return 2 / PI * (sqrt(1 - r * r) + r * asin(r));
}

/*
 * E|XYZ| of standard normal variables in the order of a Markov chain with
 * correlations r and s (Nabeya 1952): the outer two are independent given Y.
 */
static double
mean_triple(double r, double s)
{
	double outer = sqrt(fmax(1 - r * r * s * s, 0));
	double sum = sqrt(fmax((1 - r * r) * (1 - s * s), 0));

	if (outer > 0)
	{
		sum += r * (1 + s * s) * asin(fmin(r * sqrt(1 - s * s) / outer, 1));
		sum += s * (1 + r * r) * asin(fmin(s * sqrt(1 - r * r) / outer, 1));
	}
	else
		sum = PI;
	return pow(2 / PI, 1.5) * sum;
}

/* How often a set of three indices comes in all orders. */
static double
orders(uint32_t i, uint32_t j, uint32_t k)
{
	return i == j && j == k ? 1 : i == j || j == k ? 3 : 6;
}

/* Second and third moment of the sum of weighted |bridge|, the weights being means. */
static void
area_moments(const Point *point, uint32_t points, double *second, double *third)
{
	*second = 0;
	*third = 0;
	for (uint32_t i = 0; i < points; i++)
		for (uint32_t j = i; j < points; j++)
		{
			double r = correlation(&point[i], &point[j]);
			double pair = point[i].weight * point[j].weight;

			*second += (i == j ? 1 : 2) * pair * mean_product(r) * (PI / 2);
			for (uint32_t k = j; k < points; k++)
				*third += orders(i, j, k) * pair * point[k].weight * mean_triple(r, correlation(&point[j], &point[k])) *
						  pow(PI / 2, 1.5);
		}
}

/*
 * Second and third cumulant of the sum of weighted squares of the bridge: twice
 * the sum over pairs, eight times that over triples, of products of squared
 * correlations; those of three points are the product of three correlations.
 */
static void
square_cumulants(const Point *point, uint32_t points, double *second, double *third)
{
	*second = 0;
	*third = 0;
	for (uint32_t i = 0; i < points; i++)
		for (uint32_t j = i; j < points; j++)
		{
			double r = correlation(&point[i], &point[j]);
			double pair = point[i].weight * point[j].weight;

			*second += 2 * (i == j ? 1 : 2) * pair * r * r;
			for (uint32_t k = j; k < points; k++)
			{
				double s = correlation(&point[j], &point[k]);

				*third += 8 * orders(i, j, k) * pair * point[k].weight * r * r * s * s;
			}
		}
}

/* The nodes as points whose weights add up to one. */
static uint32_t
normalised_points(const DriftChanceCurve *c, bool squares, Point *point)
{
	uint32_t points = 0;

	for (uint32_t i = 0; i < c->nodes; i++)
	{
		double place = c->node[i].place / c->node[i].weight;
		double weight = squares ? c->node[i].square / c->square : c->node[i].weight / c->area;

		if (weight > 0)
			point[points++] = (Point){place / (1 - place), weight};
	}
	return points;
}

DriftChanceLaw
drift_chance_curve_wasserstein(const DriftChanceCurve *c, double unit)
{
	Point point[DRIFT_CHANCE_NODES];
	double mean = c->area / unit;
	double second;
	double third;
	double variance;
	DriftChanceLaw law;

	if (c->n_reference < 1 || c->n_current < 1 || !isfinite(c->area))
		return (DriftChanceLaw){.expected = NAN};
	area_moments(point, normalised_points(c, false, point), &second, &third);
	variance = fmax(second - 1, 0);
	law = drift_chance_gamma(mean, variance * mean * mean, false);
	if (variance > 0)
		law.skewness = (third - 3 * second + 2) / (variance * sqrt(variance));
	return law;
}

DriftChanceLaw
drift_chance_curve_energy(const DriftChanceCurve *c)
{
	Point point[DRIFT_CHANCE_NODES];
	double mean = 2 * c->square;
	double second;
	double third;
	DriftChanceLaw law;

	if (c->n_reference < 1 || c->n_current < 1 || !isfinite(c->square))
		return (DriftChanceLaw){.expected = NAN};
	square_cumulants(point, normalised_points(c, true, point), &second, &third);
	law = drift_chance_gamma(mean, second * mean * mean, true);
	if (second > 0)
		law.skewness = third / (second * sqrt(second));
	return law;
}
