/*
 * fit_run.h
 *		A fit of an algorithm to rows that were read.
 */
#ifndef DRIFT_REGISTRY_FIT_RUN_H
#define DRIFT_REGISTRY_FIT_RUN_H

#include "registry/fit.h"
#include "registry/training_set.h"

typedef struct FitRun
{
	MemoryContext context; /* of all of it */
	const TrainingSet *set;
	const FitMethod *method;
	FitParams *params;
	void *state; /* the method's */
	FitProgress progress;
	bool done;
} FitRun;

/* The parameters of an algorithm by its rules; seed and threads are those of any, whether they do something or not. */
extern FitParams *FitRunParams(const FitMethod *method, Jsonb *object);

/* Begins it in a new context below parent; an error where it cannot be, or needs more memory than it may. */
extern FitRun *FitRunOpen(const TrainingSet *set, const FitMethod *method, Jsonb *params, MemoryContext parent);

/* Goes on for about that long; true when it is done. */
extern bool FitRunAdvance(FitRun *run, int milliseconds);

/* The model, in the current context, of a run that is done. */
extern struct varlena *FitRunFinish(FitRun *run);

/* status, round, rounds, metric, train, valid */
extern void FitRunAddProgress(JsonbParseState **state, const FitRun *run);

#endif
