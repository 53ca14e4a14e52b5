/*
 * boost_fit.h
 *		What fits of gradient boosting and of random forests share.
 */
#ifndef DRIFT_REGISTRY_BOOST_FIT_H
#define DRIFT_REGISTRY_BOOST_FIT_H

#include "registry/boost_load.h"
#include "registry/fit.h"

typedef struct BoostFit
{
	const BoostLibrary *library;
	const FitParams *params;
	const DriftDesign *train;
	const DriftDesign *valid; /* or NULL */
	Boost *boost;
	int threads;
	uint32 rounds; /* at most */
	uint32 done;
} BoostFit;

/* Rules of parameters that both have; each is set by BoostFitSetShared(). */
#define BOOST_SHARED_RULES \
	{"max_leaves", FIT_PARAM_INTEGER, 0, 65536, .initial = 0}, {"gamma", FIT_PARAM_NUMBER, 0, INFINITY, .initial = 0}, \
		{"colsample_bytree", FIT_PARAM_NUMBER, 0, 1, .least_open = true, .initial = 1}, \
		{"colsample_bylevel", FIT_PARAM_NUMBER, 0, 1, .least_open = true, .initial = 1}, \
		{"max_bin", FIT_PARAM_INTEGER, 2, 65535, .initial = 256}, \
		{"grow_policy", FIT_PARAM_CHOICE, .initial = 0, .choices = "depthwise lossguide"}, \
		{"max_cat_to_onehot", FIT_PARAM_INTEGER, 1, 65535, .initial = 4}, \
		{"max_cat_threshold", FIT_PARAM_INTEGER, 1, 65535, .initial = 64}, \
		{"seed", FIT_PARAM_INTEGER, 0, PG_INT32_MAX, .initial = 42}, \
	{ \
		"threads", FIT_PARAM_INTEGER, 1, 1024, .initial = NAN \
	}

/* Loads the library and reads the parameters that do not depend on it. */
extern void BoostFitInit(BoostFit *fit, const DriftDesign *train, const DriftDesign *valid, const FitParams *params);

/* Makes the booster of these matrices and sets what both kinds of fit have. */
extern void BoostFitCreate(BoostFit *fit, BoostMatrix *const *matrices, int n);

extern void BoostFitSet(BoostFit *fit, const char *name, const char *value);
extern void BoostFitSetNumber(BoostFit *fit, const char *name, double value);

/* Bytes that growing a tree takes: sums of gradients for each node and bin. */
extern uint64 BoostFitTreeMemory(const DriftDesign *train, const FitParams *params);

/* The word that a parameter is set to. */
extern char *BoostFitWord(const FitParams *params, const char *name);

#endif
