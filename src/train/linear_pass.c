#include <math.h>
#include <string.h>

#include "train/linear_parts.h"

/* Multiplications between two looks at the clock. */
#define PART 5e7

void
drift_linear_begin(DriftLinearFit *fit)
{
	fit->next = 0;
	fit->loss_sum = 0;
	fit->weight_sum = 0;
	memset(fit->gradient, 0, fit->size * sizeof(double));
	if (fit->matrix != NULL)
		memset(fit->matrix, 0, (size_t) fit->size * fit->size * sizeof(double));
}

static double
block_loss(DriftLinearFit *fit)
{
	if (fit->options.loss == DRIFT_LOSS_SQUARED)
		return drift_loss_squared(&fit->loss);
	if (fit->options.loss == DRIFT_LOSS_LOGISTIC)
		return drift_loss_logistic(&fit->loss);
	return drift_loss_softmax(&fit->loss, fit->outputs);
}

/* Second derivatives: for each pair of outputs a part of the matrix, of which the lower triangle is summed. */
static void
add_curvature(DriftLinearFit *fit)
{
	for (uint32_t k = 0; k < fit->outputs; k++)
		for (uint32_t l = 0; l <= k; l++)
		{
			double *part = fit->matrix + (size_t) k * fit->width * fit->size + (size_t) l * fit->width;

			if (fit->options.loss == DRIFT_LOSS_SOFTMAX)
				drift_softmax_curvature(&fit->loss, k, l);
			drift_block_gram(fit->block, fit->width, fit->loss.curvature, part, fit->size);
		}
}

static void
add_block(DriftLinearFit *fit, uint64_t block)
{
	double *margins = fit->loss.margins;

	drift_linear_load(fit, block);
	memset(margins, 0, (size_t) fit->outputs * DRIFT_BLOCK * sizeof(double));
	for (uint32_t k = 0; k < fit->outputs; k++)
		drift_block_margins(fit->block, fit->width, fit->at + (size_t) k * fit->width,
							margins + (size_t) k * DRIFT_BLOCK);
	fit->loss_sum += block_loss(fit);
	for (int i = 0; i < DRIFT_BLOCK; i++)
		fit->weight_sum += fit->loss.weight[i];
	for (uint32_t k = 0; k < fit->outputs; k++)
		drift_block_gradient(fit->block, fit->width, margins + (size_t) k * DRIFT_BLOCK,
							 fit->gradient + (size_t) k * fit->width);
	if (fit->matrix != NULL)
		add_curvature(fit);
}

/* Parts of two outputs are symmetric, too: their upper triangle is the lower one. */
static void
complete_parts(DriftLinearFit *fit)
{
	for (uint32_t k = 1; k < fit->outputs; k++)
		for (uint32_t l = 0; l < k; l++)
		{
			double *part = fit->matrix + (size_t) k * fit->width * fit->size + (size_t) l * fit->width;

			for (uint32_t i = 0; i < fit->width; i++)
				for (uint32_t j = 0; j < i; j++)
					part[(size_t) j * fit->size + i] = part[(size_t) i * fit->size + j];
		}
}

/*
 * Probabilities do not change when the same is added to the coefficients of
 * all classes. Where no penalty decides, their sum is held at 0.
 */
static void
hold_sums(DriftLinearFit *fit)
{
	for (uint32_t j = 0; j < fit->width; j++)
	{
		double mean = 0;

		if (fit->l1[j] > 0 || fit->l2[j] > 0)
			continue;
		for (uint32_t k = 0; k < fit->outputs; k++)
			mean += fit->matrix[((size_t) k * fit->width + j) * (fit->size + 1)] / fit->outputs;
		for (uint32_t k = 0; k < fit->outputs; k++)
			for (uint32_t l = 0; l <= k; l++)
				fit->matrix[((size_t) k * fit->width + j) * fit->size + (size_t) l * fit->width + j] += mean;
	}
}

/* The penalties, of a sample as much less as its rows weigh less. */
static void
add_penalties(DriftLinearFit *fit)
{
	double share = fit->weight_sum / fit->weight;

	fit->objective = fit->loss_sum;
	for (uint32_t j = 0; j < fit->size; j++)
	{
		fit->objective += share * (fit->l1[j] * fabs(fit->at[j]) + fit->l2[j] / 2 * fit->at[j] * fit->at[j]);
		fit->gradient[j] += share * fit->l2[j] * fit->at[j];
		if (fit->matrix != NULL)
			fit->matrix[(size_t) j * (fit->size + 1)] += share * fit->l2[j];
	}
}

static void
end_pass(DriftLinearFit *fit)
{
	if (fit->weight_sum > 0)
		fit->mean_loss = fit->loss_sum / fit->weight_sum;
	if (fit->matrix != NULL && fit->outputs > 1)
	{
		complete_parts(fit);
		hold_sums(fit);
	}
	add_penalties(fit);
}

bool
drift_linear_pass(DriftLinearFit *fit)
{
	double each = (double) DRIFT_BLOCK * fit->size * (fit->matrix != NULL ? 2 + fit->size / 2.0 : 2);

	for (double done = 0; done < PART && fit->next * DRIFT_BLOCK < fit->rows.n_rows; done += each)
	{
		add_block(fit, fit->next);
		fit->next += fit->stride;
	}
	if (fit->next * DRIFT_BLOCK < fit->rows.n_rows)
		return false;
	end_pass(fit);
	return true;
}
