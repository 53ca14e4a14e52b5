/*
 * chance_curve.h
 *		Wasserstein and energy distance when nothing has drifted.
 *
 * At each point the gap F - G of the two distribution functions is the
 * difference of two shares of the pooled rows up to that point, nearly normal
 * with variance H (1 - H) / N, N = n m / (n + m), H the pooled distribution
 * function; over all points it is nearly a Brownian bridge in H. One pass over
 * the pooled distinct values adds up the mean exactly, and collects nodes that
 * give variance and skewness.
 */
#ifndef DRIFT_STATS_CHANCE_CURVE_H
#define DRIFT_STATS_CHANCE_CURVE_H

#include "stats/chance.h"

#define DRIFT_CHANCE_NODES 64

/* A piece of the axis, taken as one point of the bridge. */
typedef struct DriftChanceNode
{
	double weight; /* mean of |F - G| over the piece */
	double place;  /* sum of weight times H */
	double square; /* mean of (F - G)^2 over the piece */
} DriftChanceNode;

typedef struct DriftChanceCurve
{
	int64_t n_reference;
	int64_t n_current;
	double last_value;
	double last_upto; /* rows up to it */
	bool started;
	double quantum; /* nodes lighter than this are not complete */
	uint32_t nodes;
	DriftChanceNode node[DRIFT_CHANCE_NODES];
	double area;   /* mean of the integral of |F - G| */
	double square; /* and of (F - G)^2 */
} DriftChanceCurve;

void drift_chance_curve_init(DriftChanceCurve *c, int64_t n_reference, int64_t n_current);

/*
 * Takes the next larger value, and how many rows of both sides are below it and
 * up to it; below is the last upto unless rows are spread between the values.
 * Infinite values make the answers NaN.
 */
void drift_chance_curve_step(DriftChanceCurve *c, double value, double below, double upto);

/* Integral of |F - G|, divided by unit: 1, or the deviation that normalises it. */
DriftChanceLaw drift_chance_curve_wasserstein(const DriftChanceCurve *c, double unit);

/* Square root of twice the integral of (F - G)^2. */
DriftChanceLaw drift_chance_curve_energy(const DriftChanceCurve *c);

#endif
