/*
 * linear_parts.h
 *		What the files of a linear fit share.
 */
#ifndef DRIFT_TRAIN_LINEAR_PARTS_H
#define DRIFT_TRAIN_LINEAR_PARTS_H

#include "train/lbfgs.h"
#include "train/linear_fit.h"

/*
 * Coefficients are [output][width], the last of each the intercept; those of
 * features that have been centred and scaled.
 */
struct DriftLinearFit
{
	DriftLinearOptions options;
	DriftFeatures rows;
	const DriftHost *host;
	uint32_t outputs;
	uint32_t width;
	uint32_t size;   /* outputs times width */
	double weight;   /* of all rows */
	double unit;     /* of margins: 1, or the standard deviation of the target */
	double *start;   /* intercepts of a model without features, the rest 0 */
	double *mean;    /* of features */
	double *inverse; /* of their scale */
	double *l1;      /* for each coefficient */
	double *l2;

	/* the pass */
	uint64_t stride; /* each so manyth block is read */
	uint64_t next;   /* block */
	double *block;
	DriftLossBlock loss;
	double loss_sum;
	double weight_sum;
	double *at;       /* coefficients */
	double *gradient; /* penalty included, but for l1 */
	double *matrix;   /* lower triangle; NULL: L-BFGS */
	double objective;

	/* between passes */
	DriftLinearStatus status;
	uint32_t rounds;
	uint32_t stage_rounds; /* with this stride */
	double mean_loss;
	double *from; /* where the last step began, if there was one */
	double *step;
	bool moved;
	double before;    /* objective there */
	double last_move; /* 0: none */
	uint32_t halvings;
	uint32_t flat_rounds;
	double *slope; /* room */
	bool *aliased;
	double *gradient_from;
	double along; /* derivative in the direction of the step */
	double share; /* of the step that is tried */
	DriftLbfgs lbfgs;
};

/* Learns what features are centred by and scaled with, and the start. DRIFT_OVERFLOW: they are too large to be squared. */
DriftStatus drift_linear_scale(DriftLinearFit *fit);

/* Reads a block as features that are centred and scaled, with the ones of the intercept. */
void drift_linear_load(DriftLinearFit *fit, uint64_t block);

/* Begins a pass at fit->at. */
void drift_linear_begin(DriftLinearFit *fit);

/* Goes on with it; true: it is over, and its sums are there. */
bool drift_linear_pass(DriftLinearFit *fit);

/* What follows a pass: the next begins, or fit->status tells why not. */
void drift_linear_newton(DriftLinearFit *fit);
void drift_linear_lbfgs(DriftLinearFit *fit);

static inline bool
drift_linear_is_intercept(const DriftLinearFit *fit, uint32_t j)
{
	return j % fit->width == fit->width - 1;
}

#endif
