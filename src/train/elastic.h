/*
 * elastic.h
 *		The least of a quadratic function plus absolute values, by coordinate
 *		descent (Friedman, Hastie, Tibshirani 2010, "Regularization Paths for
 *		Generalized Linear Models via Coordinate Descent", covariance updates).
 */
#ifndef DRIFT_TRAIN_ELASTIC_H
#define DRIFT_TRAIN_ELASTIC_H

#include <stdint.h>

/*
 * Finds the step d for which  g'd + d'Hd / 2 + share sum_j l1[j] |at[j] + d[j]|
 * is least. H has n rows, of which only the lower triangle is read; slope is room
 * for n numbers. A coordinate without curvature stays where it is.
 */
void drift_elastic_step(double *h, const double *gradient, const double *l1, double share, const double *at, uint32_t n,
						double *d, double *slope, void (*poll)(void));

#endif
