/*
 * gauss.h
 *		Gauss-Legendre quadrature on [0, 1].
 *
 * The rule of n points integrates every polynomial of degree 2 n - 1 exactly.
 */
#ifndef DRIFT_MODEL_GAUSS_H
#define DRIFT_MODEL_GAUSS_H

#include <stdint.h>

/*
 * Writes the n > 0 points, ascending, and their weights, that add up to 1. Roots
 * of the Legendre polynomial by Newton's method from Tricomi's estimate
 * (Press et al., Numerical Recipes, section 4.6), to rounding.
 */
void drift_gauss_legendre(uint32_t n, double *points, double *weights);

#endif
