/*
 * cholesky.h
 *		Solving symmetric systems whose matrix may be singular.
 */
#ifndef DRIFT_TRAIN_CHOLESKY_H
#define DRIFT_TRAIN_CHOLESKY_H

#include <stdbool.h>
#include <stdint.h>

/* Unknowns of which less than this share is left by those before are taken to be combinations of them. */
#define DRIFT_ALIAS_SHARE 1e-11

/*
 * Factorises a positive semidefinite matrix of n rows in place, of which only
 * the lower triangle is read. An unknown that those before it determine is
 * aliased: it is left out, its solution is 0. Gives the least share that was
 * left of an unknown that is not, 1 if there is none.
 */
double drift_cholesky_factor(double *a, uint32_t n, bool *aliased, void (*poll)(void));

/* Solves with a factor, in place. */
void drift_cholesky_solve(const double *a, uint32_t n, const bool *aliased, double *x);

#endif
