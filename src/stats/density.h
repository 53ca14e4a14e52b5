/*
 * density.h
 *		The shape of a numeric column as a curve, for drawing.
 *
 * A Gaussian kernel density estimate. Rows are first counted in cells that are
 * narrower than the kernel, which is what makes it O(keys) instead of rows by
 * points (Silverman, "Algorithm AS 176", 1982, does the same by a transform).
 */
#ifndef DRIFT_STATS_DENSITY_H
#define DRIFT_STATS_DENSITY_H

#include "stats/numeric.h"

#define DRIFT_DENSITY_POINTS 41
#define DRIFT_DENSITY_STEPS 6 /* cells from one point to the next */
#define DRIFT_DENSITY_CELLS ((DRIFT_DENSITY_POINTS - 1) * DRIFT_DENSITY_STEPS)

/*
 * Silverman's rule of thumb, 0.9 min(standard deviation, interquartile range /
 * 1.34) n^(-1/5); where half of the values are one value the deviation alone.
 * 0 for fewer than two values or without any spread.
 */
double drift_numeric_bandwidth(const DriftNumeric *p);

/*
 * The density at DRIFT_DENSITY_POINTS points from low to high, evenly apart,
 * over all values of the profile; those outside add nothing. high - low is
 * finite and positive. A bandwidth below the width of a cell counts as that.
 */
void drift_numeric_density(const DriftNumeric *p, double low, double high, double bandwidth, double *density);

#endif
