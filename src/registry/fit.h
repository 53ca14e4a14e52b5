/*
 * fit.h
 *		A fit that goes on in slices, so that whoever drives it can commit,
 *		report and stop in between.
 */
#ifndef DRIFT_REGISTRY_FIT_H
#define DRIFT_REGISTRY_FIT_H

#include "registry/fit_params.h"
#include "train/design.h"

typedef struct FitProgress
{
	uint32 done;        /* rounds */
	uint32 total;       /* at most */
	const char *metric; /* name of what follows; NULL: nothing is measured while fitting */
	double train;
	double valid; /* NaN without such rows */
} FitProgress;

typedef enum FitTask
{
	FIT_ANY,
	FIT_NUMBERS,
	FIT_CLASSES
} FitTask;

/*
 * One algorithm. What a fit allocates is in the context that is current when
 * start() is called, which lives until the fit is over; what it has elsewhere
 * (a library's handles) is freed by a reset callback of that context.
 */
typedef struct FitMethod
{
	const char *algorithm;
	const FitParamRule *params; /* ends with a rule without a name */
	/* Bytes the fit needs beside the design, before it starts */
	uint64 (*memory)(const DriftDesign *train, const DriftDesign *valid, const FitParams *params);
	/* valid may be NULL. Errors are raised. */
	void *(*start)(const DriftDesign *train, const DriftDesign *valid, const FitParams *params);
	/* Goes on for about that long, at least one round; true: it is done. Checks for interrupts between rounds. */
	bool (*advance)(void *fit, int milliseconds, FitProgress *progress);
	/* The model, with its encoders, in the current context */
	struct varlena *(*finish)(void *fit, FitProgress *progress);
	FitTask task; /* how it understands a label of numbers; start() refuses what it cannot predict */
} FitMethod;

extern const FitMethod *FitMethodOf(const char *algorithm);

/* All of them, one after the other from 0 on; NULL behind the last one. */
extern const FitMethod *FitMethodAt(int number);

/* Threads that a fit gets which wants so many; NaN: it does not say. */
extern int FitThreads(double wanted);

/* One round of a fit; whether it was the last. */
typedef bool (*FitRound)(void *fit);

/* Rounds of a slice, at least one, until so many milliseconds are over; whether the last one was among them. */
extern bool FitAdvance(FitRound step, void *fit, int milliseconds);

#endif
