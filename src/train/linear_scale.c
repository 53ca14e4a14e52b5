#include <math.h>
#include <string.h>

#include "train/linear_parts.h"

/* Blocks that are read to learn where features are and how wide; all, if they are not more. */
#define SCALE_BLOCKS 512

static uint64_t
blocks_of(const DriftLinearFit *fit)
{
	return (fit->rows.n_rows + DRIFT_BLOCK - 1) / DRIFT_BLOCK;
}

static uint64_t
rows_of_block(const DriftLinearFit *fit, uint64_t block)
{
	uint64_t left = fit->rows.n_rows - block * DRIFT_BLOCK;

	return left < DRIFT_BLOCK ? left : DRIFT_BLOCK;
}

static void
encode(DriftLinearFit *fit, uint64_t block, uint64_t count)
{
	fit->rows.encode(fit->rows.source, block * DRIFT_BLOCK, count, fit->block, 1, DRIFT_BLOCK);
}

static void
load_targets(DriftLinearFit *fit, uint64_t first, uint64_t count)
{
	DriftLossBlock *b = &fit->loss;

	for (uint64_t i = 0; i < DRIFT_BLOCK; i++)
	{
		b->target[i] = i < count ? fit->rows.target[first + i] : 0;
		b->weight[i] = i >= count ? 0 : fit->rows.weights != NULL ? fit->rows.weights[first + i] : 1;
	}
}

void
drift_linear_load(DriftLinearFit *fit, uint64_t block)
{
	uint64_t count = rows_of_block(fit, block);

	encode(fit, block, count);
	load_targets(fit, block * DRIFT_BLOCK, count);
	for (uint32_t j = 0; j < fit->rows.n_features; j++)
	{
		double *column = fit->block + (size_t) j * DRIFT_BLOCK;
		double mean = fit->mean[j];
		double inverse = fit->inverse[j];

		for (uint64_t i = 0; i < count; i++)
			column[i] = (column[i] - mean) * inverse;
		for (uint64_t i = count; i < DRIFT_BLOCK; i++)
			column[i] = 0;
	}
}

/*
 * Adds a block's sums of x - first and of its square, which are kept in mean
 * and inverse for now. Away from the first value of a column, a constant one
 * has a spread of exactly 0.
 */
static void
add_spread(DriftLinearFit *fit, uint64_t count, const double *first)
{
	for (uint32_t j = 0; j < fit->rows.n_features; j++)
	{
		const double *column = fit->block + (size_t) j * DRIFT_BLOCK;
		double sum = 0;
		double squares = 0;

		for (uint64_t i = 0; i < count; i++)
		{
			double x = column[i] - first[j];

			sum += x;
			squares += x * x;
		}
		fit->mean[j] += sum;
		fit->inverse[j] += squares;
	}
}

/* Mean and one over the standard deviation, of sums over so many rows. */
static DriftStatus
finish_spread(DriftLinearFit *fit, double n, const double *first)
{
	for (uint32_t j = 0; j < fit->rows.n_features; j++)
	{
		double shift = fit->mean[j] / n;
		double variance = fit->inverse[j] / n - shift * shift;

		/* where the first value is far off, its distance is better than what is left of the difference */
		if (!(variance > 1e-10 * fit->inverse[j] / n))
			variance = fit->inverse[j] / n;
		if (!isfinite(variance))
			return DRIFT_OVERFLOW;
		fit->mean[j] = first[j] + shift;
		fit->inverse[j] = variance > 0 ? 1 / sqrt(variance) : 1;
	}
	return DRIFT_OK;
}

static DriftStatus
scale_features(DriftLinearFit *fit)
{
	DriftStatus status;
	uint64_t blocks = blocks_of(fit);
	uint64_t stride = (blocks + SCALE_BLOCKS - 1) / SCALE_BLOCKS;
	double *first = fit->step;
	double n = 0;

	for (uint64_t block = 0; block < blocks; block += stride)
	{
		uint64_t count = rows_of_block(fit, block);

		encode(fit, block, count);
		if (block == 0)
			for (uint32_t j = 0; j < fit->rows.n_features; j++)
				first[j] = fit->block[(size_t) j * DRIFT_BLOCK];
		add_spread(fit, count, first);
		n += (double) count;
	}
	status = finish_spread(fit, n, first);
	memset(first, 0, fit->size * sizeof(double));
	return status;
}

/* Weight of the rows of each class, or the sum of targets. */
static void
add_targets(DriftLinearFit *fit)
{
	for (uint64_t i = 0; i < fit->rows.n_rows; i++)
	{
		double weight = fit->rows.weights != NULL ? fit->rows.weights[i] : 1;

		fit->weight += weight;
		if (fit->options.loss == DRIFT_LOSS_SOFTMAX)
			fit->start[((size_t) fit->rows.target[i] + 1) * fit->width - 1] += weight;
		else
			fit->start[fit->width - 1] += weight * fit->rows.target[i];
	}
}

static double
deviation_of_target(const DriftLinearFit *fit, double mean)
{
	double squares = 0;

	for (uint64_t i = 0; i < fit->rows.n_rows; i++)
	{
		double weight = fit->rows.weights != NULL ? fit->rows.weights[i] : 1;
		double off = fit->rows.target[i] - mean;

		squares += weight * off * off;
	}
	return sqrt(squares / fit->weight);
}

/* Logs of shares whose mean is 0; a class without weight counts as half a row. */
static void
start_softmax(DriftLinearFit *fit)
{
	double mean = 0;

	for (uint32_t k = 0; k < fit->outputs; k++)
	{
		double *intercept = &fit->start[(size_t) (k + 1) * fit->width - 1];

		*intercept = log(fmax(*intercept, 0.5 * fit->weight / (double) fit->rows.n_rows) / fit->weight);
		mean += *intercept / fit->outputs;
	}
	for (uint32_t k = 0; k < fit->outputs; k++)
		fit->start[(size_t) (k + 1) * fit->width - 1] -= mean;
}

DriftStatus
drift_linear_scale(DriftLinearFit *fit)
{
	double *intercept = &fit->start[fit->width - 1];
	DriftStatus status = scale_features(fit);

	if (status != DRIFT_OK)
		return status;
	add_targets(fit);
	fit->unit = 1;
	if (fit->options.loss == DRIFT_LOSS_SOFTMAX)
		start_softmax(fit);
	else if (fit->options.loss == DRIFT_LOSS_LOGISTIC)
	{
		double least = 0.5 / (double) fit->rows.n_rows;
		double share = fmin(fmax(*intercept / fit->weight, least), 1 - least);

		*intercept = log(share / (1 - share));
	}
	else
	{
		*intercept /= fit->weight;
		fit->unit = deviation_of_target(fit, *intercept);
	}
	/* the ones of the intercept stay in every block */
	for (int i = 0; i < DRIFT_BLOCK; i++)
		fit->block[(size_t) fit->rows.n_features * DRIFT_BLOCK + (size_t) i] = 1;
	return DRIFT_OK;
}
