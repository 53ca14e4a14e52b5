/*
 * explain.h
 *		What each input contributed to a margin.
 *
 * Of trees: exact path-dependent TreeSHAP (Lundberg, Erion, Lee 2018), Shapley
 * values of the game in which a node whose feature is unknown sends a row both
 * ways in the shares of `cover`. Of linear models: coefficient times value, as
 * XGBoost's pred_contribs has it. Contributions and the expected value of a
 * group add up to its margin. The players are the predictor's features; an
 * input gets the sum of those that are made of it, see origin.h.
 *
 * Per leaf, feature j of its path has a share z of the rows and a mark o, 1
 * where the row agrees with every split on j. The Shapley value of i is
 *		value (o_i - z_i) integral over t in [0, 1] of product over j <> i of
 *		(o_j t + z_j (1 - t)),
 * Owen's multilinear extension. The integrand is a polynomial, that a
 * quadrature rule of half its degree integrates exactly: one pass down a tree
 * multiplies the factors at four points of t, one pass up sums the leaves, and
 * all terms of the product are positive, so that nothing cancels.
 */
#ifndef DRIFT_MODEL_EXPLAIN_H
#define DRIFT_MODEL_EXPLAIN_H

#include "model/score.h"

typedef struct DriftExplainer DriftExplainer;

/* Has every split of every tree what an explanation needs, the covers of its children? */
bool drift_can_explain(const DriftModel *m);

/* Prepares a model that passed drift_model_check() and drift_can_explain(), in memory of the host; it has to stay. */
DriftExplainer *drift_explainer_create(const DriftModel *m, const DriftHost *host);

/* Bytes that creating it took from the host, for caches. */
size_t drift_explainer_bytes(const DriftExplainer *e);

/*
 * Writes contributions[group * (inputs + 1) + input] of a row whose slots, after
 * the steps, drift_scorer_slots() gives; the last of each group is the expected
 * value.
 */
void drift_explain_margins(DriftExplainer *e, const double *slots, double *contributions);

#endif
