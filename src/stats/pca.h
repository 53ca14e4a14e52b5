/*
 * pca.h
 *		Principal components of a symmetric matrix, and what they leave of a row.
 */
#ifndef DRIFT_STATS_PCA_H
#define DRIFT_STATS_PCA_H

#include <stdint.h>

/*
 * Eigenvalues, the largest first, and eigenvectors of a symmetric matrix of n
 * lines, by Jacobi's rotations in cyclic order (Golub and Van Loan, "Matrix
 * Computations", 8.5). The matrix is used up. vectors[i * n ..] is the i-th.
 * poll (may be NULL) is called once a sweep.
 */
void drift_symmetric_eigen(double *matrix, int32_t n, double *values, double *vectors, void (*poll)(void));

/*
 * How many of the largest eigenvalues it takes to explain more than a share of
 * their sum, as scikit-learn's PCA(n_components=share) counts them; at least
 * one, at most n. Eigenvalues below 0 are rounding and count as 0.
 */
int32_t drift_components_for_share(const double *values, int32_t n, double share);

/* Length of what is left of a row of n numbers when its part along each component is taken off; rest has room for n. */
double drift_reconstruction_error(const double *row, int32_t n, const double *components, int32_t count, double *rest);

#endif
