/*
 * score.h
 *		Scoring rows with a model.
 *
 * A model is prepared once: its trees are laid out for walking, see layout.h.
 * What is prepared points into the model, which has to stay. Then, row by row:
 * fill the inputs, call drift_score(), read margins, outputs and class.
 */
#ifndef DRIFT_MODEL_SCORE_H
#define DRIFT_MODEL_SCORE_H

#include "model/draft.h"

typedef struct DriftScorer DriftScorer;

/* The label of a category; bytes NULL: missing. */
typedef struct DriftLabel
{
	const char *bytes;
	uint32_t length;
} DriftLabel;

/* Why a row has no score. */
typedef struct DriftScoreProblem
{
	uint32_t input;     /* the input it is about */
	const char *reason; /* static text for people */
} DriftScoreProblem;

/* Prepares a model that passed drift_model_check(), in memory of the host. */
DriftScorer *drift_scorer_create(const DriftModel *m, const DriftHost *host);

/* Bytes that creating it took from the host, for caches. */
size_t drift_scorer_bytes(const DriftScorer *s);

const DriftModel *drift_scorer_model(const DriftScorer *s);

/* Where the caller puts a row: a number for each input, NaN for missing; of inputs that are text, labels. */
double *drift_scorer_numbers(DriftScorer *s);
DriftLabel *drift_scorer_labels(DriftScorer *s);

/* Margins, `groups` of them, of the row in place; a refused row (22023 in the server) gives a problem. */
bool drift_score_margins(DriftScorer *s, double *margins, DriftScoreProblem *problem);

/* All slots of the row that margins were taken of last, steps included. */
const double *drift_scorer_slots(const DriftScorer *s);

/* The output of margins: drift_model_outputs() numbers, which may not overlap. */
void drift_score_outputs(const DriftScorer *s, const double *margins, double *outputs);

/* The probabilities of the classes: one for each label. Of outputs that are not of classes there are none: 0, else their number. */
uint32_t drift_score_probabilities(const DriftScorer *s, const double *margins, const double *outputs,
								   double *probabilities);

/* The class that the model decides for, a place in section LABELS. Only where there are classes. */
uint32_t drift_score_class(const DriftScorer *s, const double *margins, const double *outputs);

#endif
