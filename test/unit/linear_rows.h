/*
 * linear_rows.h
 *		Rows for linear models: those that test/reference/generate_training.py
 *		makes alike, those of breast_cancer.csv, and a fit of them.
 */
#ifndef DRIFT_TEST_LINEAR_ROWS_H
#define DRIFT_TEST_LINEAR_ROWS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_host.h"
#include "samples.h"
#include "train/linear_fit.h"

typedef struct LinearRows
{
	uint64_t n;
	uint32_t p;
	double *x; /* column by column */
	double *y;
	double *w;
} LinearRows;

static inline void
linear_rows_encode(const void *source, uint64_t first, uint64_t count, double *out, size_t row_step,
				   size_t feature_step)
{
	const LinearRows *rows = source;

	for (uint32_t j = 0; j < rows->p; j++)
		for (uint64_t i = 0; i < count; i++)
			out[i * row_step + j * feature_step] = rows->x[j * rows->n + first + i];
}

static inline DriftFeatures
linear_rows_features(const LinearRows *rows)
{
	return (DriftFeatures){.n_rows = rows->n,
						   .n_features = rows->p,
						   .target = rows->y,
						   .weights = rows->w,
						   .encode = linear_rows_encode,
						   .source = rows};
}

static inline double
linear_value(uint64_t row, uint32_t j)
{
	return sample_uniform(row, 900 + 2 * j) + sample_uniform(row, 901 + 2 * j) - 1;
}

static inline double
linear_latent(uint64_t row, uint32_t p, uint32_t output)
{
	static const double factors[] = {1.0, -0.5, 0.25, 0.0};
	double sum = sample_uniform(row, 800 + output) - 0.5;

	for (uint32_t j = 0; j < p; j++)
		sum += linear_value(row, j) * factors[(j + output) % 4];
	return sum;
}

static inline double
linear_target(uint64_t row, uint32_t p, uint32_t classes)
{
	uint32_t best = 0;

	if (classes == 0)
		return linear_latent(row, p, 0) * 8 + 100;
	if (classes == 2)
		return linear_latent(row, p, 0) > 0.125;
	for (uint32_t k = 1; k < classes; k++)
		if (linear_latent(row, p, k) > linear_latent(row, p, best))
			best = k;
	return best;
}

static inline void
linear_rows_allocate(LinearRows *rows, TestHost *host, uint64_t n, uint32_t p)
{
	rows->n = n;
	rows->p = p;
	rows->x = test_host_allocate(host, n * p * sizeof(double));
	rows->y = test_host_allocate(host, n * sizeof(double));
	rows->w = NULL;
}

static inline void
linear_rows_make(LinearRows *rows, TestHost *host, uint64_t n, uint32_t p, uint32_t classes, int scales)
{
	linear_rows_allocate(rows, host, n, p);
	for (uint32_t j = 0; j < p; j++)
	{
		double factor = exp2(round(log2(10.0) * ((int) (j * 5) % (2 * scales + 1) - scales)));

		for (uint64_t i = 0; i < n; i++)
			rows->x[j * n + i] = (linear_value(i + 1, j) + (j % 3 == 0 ? 3.0 : 0.0)) * factor;
	}
	for (uint64_t i = 0; i < n; i++)
		rows->y[i] = linear_target(i + 1, p, classes);
}

static inline void
linear_rows_weigh(LinearRows *rows, TestHost *host)
{
	rows->w = test_host_allocate(host, rows->n * sizeof(double));
	for (uint64_t i = 0; i < rows->n; i++)
		rows->w[i] = floor(sample_uniform(i + 1, 700) * 4) / 2;
}

static inline void
linear_rows_standardise(LinearRows *rows)
{
	for (uint32_t j = 0; j < rows->p; j++)
	{
		double *x = rows->x + j * rows->n;
		double n = (double) rows->n;
		double mean = 0;
		double squares = 0;

		for (uint64_t i = 0; i < rows->n; i++)
			mean += x[i] / n;
		for (uint64_t i = 0; i < rows->n; i++)
			squares += (x[i] - mean) * (x[i] - mean);
		for (uint64_t i = 0; i < rows->n; i++)
			x[i] = (x[i] - mean) / sqrt(squares / n);
	}
}

/* Standardised; the label is the last column. */
static inline void
linear_rows_cancer(LinearRows *rows, TestHost *host)
{
	FILE *file = fopen("test/data/breast_cancer.csv", "r");
	char line[8192];

	linear_rows_allocate(rows, host, 569, 30);
	if (file == NULL || fgets(line, sizeof(line), file) == NULL)
		abort();
	for (uint64_t i = 0; i < rows->n && fgets(line, sizeof(line), file) != NULL; i++)
	{
		char *at = line;

		for (uint32_t j = 0; j < rows->p; j++, at++)
			rows->x[j * rows->n + i] = strtod(at, &at);
		rows->y[i] = strtod(at, NULL);
	}
	fclose(file);
	linear_rows_standardise(rows);
}

typedef struct LinearResult
{
	DriftStatus refused;
	DriftLinearStatus status;
	uint32_t rounds;
	double loss;
	double coefficients[512]; /* by output those of the features, then the intercept */
} LinearResult;

static inline DriftLinearOptions
linear_options(DriftLoss loss, uint32_t classes, double l1, double l2)
{
	return (DriftLinearOptions){
		.loss = loss, .classes = classes, .l1 = l1, .l2 = l2, .tolerance = 1e-8, .max_rounds = 2000};
}

static inline void
linear_fit(const LinearRows *rows, const DriftLinearOptions *options, LinearResult *result)
{
	DriftFeatures features = linear_rows_features(rows);
	uint32_t outputs = options->loss == DRIFT_LOSS_SOFTMAX ? options->classes : 1;
	double *coefficients = malloc(((size_t) rows->p * outputs + 1) * sizeof(double));
	double intercepts[16];
	DriftLinearFit *fit;
	TestHost host;

	test_host_init(&host);
	memset(result, 0, sizeof(*result));
	result->refused = drift_linear_start(&features, options, &host.host, &fit);
	if (result->refused == DRIFT_OK)
	{
		while ((result->status = drift_linear_advance(fit)) == DRIFT_LINEAR_RUNNING)
			;
		result->rounds = drift_linear_rounds(fit);
		result->loss = drift_linear_loss(fit);
		drift_linear_result(fit, coefficients, intercepts);
		for (uint32_t k = 0; k < outputs; k++)
		{
			memcpy(result->coefficients + k * (rows->p + 1), coefficients + k * rows->p, rows->p * sizeof(double));
			result->coefficients[k * (rows->p + 1) + rows->p] = intercepts[k];
		}
	}
	free(coefficients);
	test_host_free(&host);
}

#endif
