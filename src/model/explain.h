/*
 * explain.h
 *		What each feature contributed to a margin.
 *
 * Exact path-dependent TreeSHAP (Lundberg, Erion, Lee 2018, algorithm 2) of
 * trees, weighted by `cover`; coefficients times the distance from zero for
 * linear models, as XGBoost's pred_contribs does for gblinear. Contributions and
 * the expected value add up to the margin.
 */
#ifndef DRIFT_MODEL_EXPLAIN_H
#define DRIFT_MODEL_EXPLAIN_H

#include "model/score.h"

/* Has every tree what an explanation needs: a cover in each node? */
bool drift_can_explain(const DriftModel *m);

/*
 * Adds to contributions[group * (features + 1) + f] those of the row that the
 * last drift_score_margins() was of; the last of each group is the expected value.
 * slots are the row's, after the steps, as drift_scorer_slots() gives them.
 */
void drift_explain(const DriftModel *m, const double *slots, const DriftHost *host, double *contributions);

#endif
