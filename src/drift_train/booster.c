/*
 * booster.c
 *		The booster: parameters, rounds, metrics, the model that comes of it.
 */
#include "postgres.h"

#include <dlfcn.h>
#include <xgboost/c_api.h>

#include "drift_train/parts.h"

#define MOST_MATRICES 2

struct Boost
{
	BoostHandle held;
	void *matrices[MOST_MATRICES];
};

/* Since 2.1 gradients are given by a function of another name, and later the first one is to go. */
typedef int (*TrainOneIter)(void *booster, void *matrix, int round, const char *gradients, const char *hessians);
typedef int (*BoostOneIter)(void *booster, void *matrix, float *gradients, float *hessians, bst_ulong n);

Boost *
BoostCreate(BoostMatrix *const *matrices, int n)
{
	Boost *boost = palloc0(sizeof(Boost));
	MaskedCall call;
	int answer;

	Assert(n <= MOST_MATRICES);
	BoostHold(&boost->held, XGBoosterFree);
	for (int i = 0; i < n; i++)
		boost->matrices[i] = matrices[i]->held.handle;
	BoostEnter(&call);
	answer = XGBoosterCreate(boost->matrices, n, &boost->held.handle);
	BoostLeave(&call, answer);
	/* says which names it does not know */
	BoostSet(boost, "validate_parameters", "1");
	BoostSet(boost, "verbosity", "1");
	return boost;
}

void
BoostSet(Boost *boost, const char *name, const char *value)
{
	MaskedCall call;

	BoostEnter(&call);
	BoostLeave(&call, XGBoosterSetParam(boost->held.handle, name, value));
}

void
BoostAdvance(Boost *boost, int round)
{
	MaskedCall call;

	BoostEnter(&call);
	BoostLeave(&call, XGBoosterUpdateOneIter(boost->held.handle, round, boost->matrices[0]));
}

static int
TrainBy(TrainOneIter train, Boost *boost, int round, const float *gradients, const float *hessians, uint64 n_rows,
		uint32 n_margins)
{
	char arrays[2][256];
	const float *const values[2] = {gradients, hessians};

	for (int i = 0; i < 2; i++)
		snprintf(arrays[i], sizeof(arrays[i]),
				 "{\"data\":[%llu,true],\"shape\":[" UINT64_FORMAT ",%u],\"typestr\":\"<f4\",\"version\":3}",
				 (unsigned long long) (uintptr_t) values[i], n_rows, n_margins);
	return train(boost->held.handle, boost->matrices[0], round, arrays[0], arrays[1]);
}

void
BoostAdvanceBy(Boost *boost, int round, float *gradients, float *hessians, uint64 n_rows, uint32 n_margins)
{
	TrainOneIter train = (TrainOneIter) dlsym(RTLD_DEFAULT, "XGBoosterTrainOneIter");
	BoostOneIter older = (BoostOneIter) dlsym(RTLD_DEFAULT, "XGBoosterBoostOneIter");
	MaskedCall call;
	int answer = 0;

	if (train == NULL && older == NULL)
		elog(ERROR, "libxgboost takes no gradients");
	BoostEnter(&call);
	if (train != NULL)
		answer = TrainBy(train, boost, round, gradients, hessians, n_rows, n_margins);
	else
		answer = older(boost->held.handle, boost->matrices[0], gradients, hessians, n_rows * n_margins);
	BoostLeave(&call, answer);
}

/* The answer is a line: the round, and behind a colon the number */
double
BoostEvaluate(Boost *boost, int round, int matrix)
{
	const char *name = "rows";
	const char *line = NULL;
	const char *colon;
	MaskedCall call;
	int answer;

	BoostEnter(&call);
	answer = XGBoosterEvalOneIter(boost->held.handle, round, &boost->matrices[matrix], &name, 1, &line);
	BoostLeave(&call, answer);
	colon = strrchr(line, ':');
	if (colon == NULL)
		elog(ERROR, "libxgboost gave no metric");
	return strtod(colon + 1, NULL);
}

void
BoostMargins(Boost *boost, BoostMatrix *matrix, int rounds, float *to, uint64 n)
{
	char config[160];
	bst_ulong const *shape;
	bst_ulong dimensions;
	float const *margins = NULL;
	uint64 count = 1;
	MaskedCall call;
	int answer;

	snprintf(config, sizeof(config),
			 "{\"type\":1,\"training\":false,\"iteration_begin\":0,\"iteration_end\":%d,\"strict_shape\":true}",
			 rounds);
	BoostEnter(&call);
	answer =
		XGBoosterPredictFromDMatrix(boost->held.handle, matrix->held.handle, config, &shape, &dimensions, &margins);
	BoostLeave(&call, answer);
	for (bst_ulong i = 0; i < dimensions; i++)
		count *= shape[i];
	if (count != n)
		elog(ERROR, "libxgboost gave " UINT64_FORMAT " margins instead of " UINT64_FORMAT, count, n);
	memcpy(to, margins, n * sizeof(float));
}

/* The library's buffer holds until it is called again */
char *
BoostSave(Boost *boost, Size *size)
{
	const char *bytes = NULL;
	bst_ulong length = 0;
	MaskedCall call;
	char *copy;
	int answer;

	BoostEnter(&call);
	answer = XGBoosterSaveModelToBuffer(boost->held.handle, "{\"format\":\"ubj\"}", &length, &bytes);
	BoostLeave(&call, answer);
	copy = MemoryContextAllocHuge(CurrentMemoryContext, length + 1);
	memcpy(copy, bytes, length);
	*size = length;
	return copy;
}
