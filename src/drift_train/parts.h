/*
 * parts.h
 *		How the library is called.
 */
#ifndef DRIFT_TRAIN_PARTS_H
#define DRIFT_TRAIN_PARTS_H

#include "utils/palloc.h"

#include "drift_train/boost_library.h"
#include "masked_call.h"

/* Between these nothing may raise an error. */
extern void BoostEnter(MaskedCall *call);

/* The library has returned 0 or not. Raises its error. */
extern void BoostLeave(const MaskedCall *call, int answer);

/* A handle of the library, that is freed with the current context once there is one. */
typedef struct BoostHandle
{
	MemoryContextCallback callback;
	void *handle;
	int (*release)(void *handle);
} BoostHandle;

extern void BoostHold(BoostHandle *held, int (*release)(void *handle));

struct BoostMatrix
{
	BoostHandle held;
};

extern BoostMatrix *BoostReadRows(const BoostRows *rows, BoostForm form, int bins, int threads);
extern Boost *BoostCreate(BoostMatrix *const *matrices, int n);
extern void BoostSet(Boost *boost, const char *name, const char *value);
extern void BoostAdvance(Boost *boost, int round);
extern void BoostAdvanceBy(Boost *boost, int round, float *gradients, float *hessians, uint64 n_rows, uint32 n_margins);
extern double BoostEvaluate(Boost *boost, int round, int matrix);
extern void BoostMargins(Boost *boost, BoostMatrix *matrix, int rounds, float *to, uint64 n);
extern char *BoostSave(Boost *boost, Size *size);

#endif
