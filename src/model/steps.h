/*
 * steps.h
 *		The preparation steps of a model, run on one row.
 */
#ifndef DRIFT_MODEL_STEPS_H
#define DRIFT_MODEL_STEPS_H

#include "model/room.h"
#include "model/score.h"

typedef struct DriftSteps
{
	const DriftModel *m;
	uint32_t **order;   /* for each step that looks values up: its constants or strings from the least on */
	uint32_t *origin;   /* for each slot: the input that it is made of */
	uint8_t *is_single; /* for each slot: is every value that it can hold a float32? */
} DriftSteps;

void drift_steps_make(DriftSteps *s, const DriftModel *m, DriftRoom *room);

/* Rounds and checks the inputs in the first slots, then fills the others. labels are those of inputs that are text. */
bool drift_steps_run(const DriftSteps *s, double *slots, const DriftLabel *labels, DriftScoreProblem *problem);

#endif
