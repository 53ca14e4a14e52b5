#include "train/linear_fit.h"

#include <math.h>
#include <string.h>

#include "train/linear_parts.h"

static bool
has_matrix(const DriftLinearOptions *options, uint64_t size)
{
	if (options->solver == DRIFT_SOLVER_AUTO)
		return options->l1 > 0 || size <= DRIFT_NEWTON_SIZE;
	return options->solver == DRIFT_SOLVER_NEWTON;
}

static uint32_t
outputs_of(const DriftLinearOptions *options)
{
	return options->loss == DRIFT_LOSS_SOFTMAX ? options->classes : 1;
}

uint64_t
drift_linear_memory(uint32_t n_features, const DriftLinearOptions *options)
{
	uint64_t outputs = outputs_of(options);
	uint64_t size = outputs * ((uint64_t) n_features + 1);
	uint64_t numbers = drift_block_numbers(n_features + 1) + 2 * outputs * DRIFT_BLOCK + 10 * size;

	numbers += has_matrix(options, size) ? size * size : 2 * DRIFT_LBFGS_PAIRS * size;
	return numbers * sizeof(double) + sizeof(DriftLinearFit);
}

static double *
numbers(const DriftHost *host, size_t count)
{
	double *room = host->allocate(host->ctx, count * sizeof(double));

	memset(room, 0, count * sizeof(double));
	return room;
}

static void
allocate(DriftLinearFit *fit)
{
	const DriftHost *host = fit->host;
	size_t size = fit->size;

	fit->start = numbers(host, size);
	fit->mean = numbers(host, fit->width);
	fit->inverse = numbers(host, fit->width);
	fit->l1 = numbers(host, size);
	fit->l2 = numbers(host, size);
	fit->block = numbers(host, drift_block_numbers(fit->width));
	fit->loss.margins = numbers(host, (size_t) fit->outputs * DRIFT_BLOCK);
	fit->loss.shares = numbers(host, (size_t) fit->outputs * DRIFT_BLOCK);
	fit->at = numbers(host, size);
	fit->gradient = numbers(host, size);
	fit->from = numbers(host, size);
	fit->step = numbers(host, size);
	if (fit->matrix != NULL || has_matrix(&fit->options, size))
	{
		fit->matrix = numbers(host, size * size);
		fit->slope = numbers(host, size);
		fit->aliased = host->allocate(host->ctx, size * sizeof(bool));
		memset(fit->aliased, 0, size * sizeof(bool));
		return;
	}
	fit->gradient_from = numbers(host, size);
	fit->lbfgs.n = fit->size;
	fit->lbfgs.steps = numbers(host, DRIFT_LBFGS_PAIRS * size);
	fit->lbfgs.turns = numbers(host, DRIFT_LBFGS_PAIRS * size);
}

/* The penalty of a feature as it is, said of the one that is scaled. */
static void
penalise(DriftLinearFit *fit)
{
	for (uint32_t j = 0; j < fit->size; j++)
	{
		double inverse = fit->inverse[j % fit->width];

		if (drift_linear_is_intercept(fit, j))
			continue;
		fit->l1[j] = fit->options.l1 * inverse;
		fit->l2[j] = fit->options.l2 * inverse * inverse;
	}
}

/* How thin the first sample of rows is: it has at least 40 rows for each coefficient. */
static uint64_t
first_stride(const DriftLinearFit *fit)
{
	uint64_t enough = 40 * (uint64_t) fit->size;
	uint64_t stride = 1;

	if (fit->matrix == NULL || fit->options.loss == DRIFT_LOSS_SQUARED)
		return 1;
	if (enough < 4000)
		enough = 4000;
	while (fit->rows.n_rows / (stride * 8) >= enough)
		stride *= 8;
	return stride;
}

DriftStatus
drift_linear_start(const DriftFeatures *rows, const DriftLinearOptions *options, const DriftHost *host,
				   DriftLinearFit **result)
{
	uint32_t outputs = outputs_of(options);
	uint64_t size = outputs * ((uint64_t) rows->n_features + 1);
	bool matrix = has_matrix(options, size);
	DriftLinearFit *fit;
	DriftStatus status;

	if (options->l1 > 0 && !matrix)
		return DRIFT_UNSUPPORTED;
	if (size > (matrix ? DRIFT_LINEAR_L1_SIZE : DRIFT_LINEAR_MAX_SIZE))
		return DRIFT_TOO_LARGE;
	fit = host->allocate(host->ctx, sizeof(DriftLinearFit));
	*fit = (DriftLinearFit){.options = *options,
							.rows = *rows,
							.host = host,
							.outputs = outputs,
							.width = rows->n_features + 1,
							.size = (uint32_t) size,
							.mean_loss = (double) NAN};
	allocate(fit);
	if ((status = drift_linear_scale(fit)) != DRIFT_OK)
		return status;
	penalise(fit);
	fit->stride = first_stride(fit);
	memcpy(fit->at, fit->start, fit->size * sizeof(double));
	drift_linear_begin(fit);
	*result = fit;
	return DRIFT_OK;
}

DriftLinearStatus
drift_linear_advance(DriftLinearFit *fit)
{
	if (fit->status != DRIFT_LINEAR_RUNNING || !drift_linear_pass(fit))
		return fit->status;
	fit->rounds++;
	if (!fit->moved && !isfinite(fit->objective))
		return fit->status = DRIFT_LINEAR_OVERFLOW;
	if (fit->matrix != NULL)
		drift_linear_newton(fit);
	else
		drift_linear_lbfgs(fit);
	if (fit->status == DRIFT_LINEAR_RUNNING && fit->rounds >= fit->options.max_rounds)
		fit->status = DRIFT_LINEAR_EXHAUSTED;
	return fit->status;
}

uint32_t
drift_linear_rounds(const DriftLinearFit *fit)
{
	return fit->rounds;
}

double
drift_linear_loss(const DriftLinearFit *fit)
{
	return fit->mean_loss;
}

/* Those of several classes are free up to a number they share: their sum becomes 0. */
static void
centre(double *intercepts, uint32_t outputs)
{
	double mean = 0;

	for (uint32_t k = 0; k < outputs; k++)
		mean += intercepts[k] / outputs;
	for (uint32_t k = 0; k < outputs; k++)
		intercepts[k] -= mean;
}

void
drift_linear_result(const DriftLinearFit *fit, double *coefficients, double *intercepts)
{
	uint32_t features = fit->rows.n_features;

	for (uint32_t k = 0; k < fit->outputs; k++)
	{
		const double *at = fit->at + (size_t) k * fit->width;
		double intercept = at[features];

		for (uint32_t j = 0; j < features; j++)
		{
			double coefficient = at[j] * fit->inverse[j];

			coefficients[(size_t) k * features + j] = coefficient;
			intercept -= coefficient * fit->mean[j];
		}
		intercepts[k] = intercept;
	}
	if (fit->outputs > 1)
		centre(intercepts, fit->outputs);
}
