/*
 * linear_fit.h
 *		Linear, ridge, elastic net, logistic and multinomial models.
 *
 * Least, over coefficients b and intercepts a, is
 *
 *	sum_i w_i loss(y_i, a + x_i b) + l2/2 |b|^2 + l1 |b|_1 ,
 *
 * with half the squared error, or minus the log of the probability, as loss.
 * In scikit-learn's words l2 is Ridge's alpha, (1 - l1_ratio) / C of
 * LogisticRegression, and l1 is l1_ratio / C; of Lasso it is n alpha.
 * Intercepts are free. Several classes have coefficients each.
 *
 * A fit is a state machine: drift_linear_advance() reads some rows and
 * returns, so that its driver can stop and report. A pass over all rows sums
 * up loss, gradient and matrix of second derivatives; then Newton's step is
 * solved for, with l1 by coordinate descent. Passes begin with an even sample
 * of the rows, of which each is 8 times as large as the one before, so that
 * few passes read all. Where the matrix is too large, L-BFGS goes without.
 *
 * Inside, features are centred and scaled so that columns of every size can be
 * summed; what is penalised are the coefficients of the features as they are.
 */
#ifndef DRIFT_TRAIN_LINEAR_FIT_H
#define DRIFT_TRAIN_LINEAR_FIT_H

#include <stdbool.h>

#include "model/draft.h"
#include "train/linear_loss.h"

#define DRIFT_NEWTON_SIZE 500     /* coefficients from which on L-BFGS takes over */
#define DRIFT_LINEAR_L1_SIZE 4000 /* most with l1 */
#define DRIFT_LINEAR_MAX_SIZE 1000000

/* Rows as numbers. Encoding is bit for bit the same each time. */
typedef struct DriftFeatures
{
	uint64_t n_rows; /* > 0 */
	uint32_t n_features;
	const double *target;
	const double *weights; /* >= 0, with a sum above 0; NULL: all 1 */
	/* writes feature f of row first + i to out[i * row_step + f * feature_step] */
	void (*encode)(const void *source, uint64_t first, uint64_t count, double *out, size_t row_step,
				   size_t feature_step);
	const void *source;
} DriftFeatures;

typedef enum DriftSolver
{
	DRIFT_SOLVER_AUTO,
	DRIFT_SOLVER_NEWTON,
	DRIFT_SOLVER_LBFGS
} DriftSolver;

typedef struct DriftLinearOptions
{
	DriftLoss loss;
	uint32_t classes; /* of softmax */
	DriftSolver solver;
	double l1;        /* >= 0 */
	double l2;        /* >= 0 */
	double tolerance; /* of coefficients, relative to the largest */
	uint32_t max_rounds;
} DriftLinearOptions;

typedef enum DriftLinearStatus
{
	DRIFT_LINEAR_RUNNING,
	DRIFT_LINEAR_CONVERGED,
	DRIFT_LINEAR_EXHAUSTED, /* max_rounds are over; coefficients are as far as they came */
	DRIFT_LINEAR_OVERFLOW,  /* sums are no longer finite: numbers are too large */
	DRIFT_LINEAR_SEPARATED /* a combination of features tells classes apart for certain: without penalty there is no best one */
} DriftLinearStatus;

typedef struct DriftLinearFit DriftLinearFit;

/* Bytes a fit takes. */
uint64_t drift_linear_memory(uint32_t n_features, const DriftLinearOptions *options);

/* DRIFT_TOO_LARGE: too many coefficients, with l1 or at all; DRIFT_UNSUPPORTED: l1 without the matrix; DRIFT_OVERFLOW: numbers are too large to be squared. */
DriftStatus drift_linear_start(const DriftFeatures *rows, const DriftLinearOptions *options, const DriftHost *host,
							   DriftLinearFit **fit);

/* Goes on by a small part of a pass, some hundredths of a second. */
DriftLinearStatus drift_linear_advance(DriftLinearFit *fit);

/* Passes so far, those over samples included. */
uint32_t drift_linear_rounds(const DriftLinearFit *fit);

/* Mean loss of the last pass that is over, without penalty; NaN before. */
double drift_linear_loss(const DriftLinearFit *fit);

/* Coefficients [output][feature] and an intercept for each output: one, or one for each class, then with the sum 0. */
void drift_linear_result(const DriftLinearFit *fit, double *coefficients, double *intercepts);

#endif
