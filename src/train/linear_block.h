/*
 * linear_block.h
 *		Sums over a block of rows, column by column: what passes of linear
 *		models are made of.
 *
 * A block has DRIFT_BLOCK rows; a last one that has fewer is filled up with
 * rows that weigh nothing. The order of additions is fixed, so that every
 * machine gets the same sums.
 */
#ifndef DRIFT_TRAIN_LINEAR_BLOCK_H
#define DRIFT_TRAIN_LINEAR_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#define DRIFT_BLOCK 128
#define DRIFT_TILE 4 /* columns of a block come in such groups, the last filled up with zeros */

/* Numbers a block of so many columns takes. */
static inline size_t
drift_block_numbers(uint32_t columns)
{
	return ((size_t) columns + DRIFT_TILE - 1) / DRIFT_TILE * DRIFT_TILE * DRIFT_BLOCK;
}

/* Adds each column's product with the coefficients to the margins. */
void drift_block_margins(const double *block, uint32_t columns, const double *coefficients, double *margins);

/* Adds each column's product with the residuals to the gradient. */
void drift_block_gradient(const double *block, uint32_t columns, const double *residuals, double *gradient);

/* Adds the products of columns, weighted row by row, to the lower triangle of a matrix with rows that are stride apart. */
void drift_block_gram(const double *block, uint32_t columns, const double *weights, double *matrix, size_t stride);

#endif
