/*
 * importance.h
 *		How much the trees of a model use each input.
 *
 * The names are those of XGBoost's get_score(). A column that a step made
 * counts for the input it was made of, see origin.h.
 */
#ifndef DRIFT_MODEL_IMPORTANCE_H
#define DRIFT_MODEL_IMPORTANCE_H

#include "model/draft.h"

typedef struct DriftImportance
{
	uint64_t weight;    /* splits */
	double total_gain;  /* of those splits; NaN where the source does not say */
	double total_cover; /* likewise, rows or hessian as the source counts */
	double gain;        /* per split; 0 of none */
	double cover;       /* per split; 0 of none */
} DriftImportance;

/*
 * Writes the importance of each input; zeros for a linear model. Splits of
 * LightGBM that gained nothing do not count, as in its feature_importance().
 */
void drift_model_importance(const DriftModel *m, const DriftHost *host, DriftImportance *importance);

#endif
