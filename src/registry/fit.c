/*
 * fit.c
 *		Algorithms by name.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "portability/instr_time.h"

#include "guc.h"
#include "registry/fit_methods.h"

const FitMethod *
FitMethodAt(int number)
{
	if (number == 0)
		return &boost_method;
	if (number == 1)
		return &forest_method;
	for (int i = 2; linear_methods[i - 2].algorithm != NULL; i++)
		if (i == number)
			return &linear_methods[i - 2];
	return NULL;
}

const FitMethod *
FitMethodOf(const char *algorithm)
{
	const FitMethod *method;

	for (int i = 0; (method = FitMethodAt(i)) != NULL; i++)
		if (strcmp(method->algorithm, algorithm) == 0)
			return method;
	return NULL;
}

int
FitThreads(double wanted)
{
	return (int) fmin(isnan(wanted) ? drift_training_threads : wanted, drift_max_training_threads);
}

bool
FitAdvance(FitRound step, void *fit, int milliseconds)
{
	instr_time start;
	instr_time now;
	bool done;

	INSTR_TIME_SET_CURRENT(start);
	do
	{
		CHECK_FOR_INTERRUPTS();
		done = step(fit);
		INSTR_TIME_SET_CURRENT(now);
		INSTR_TIME_SUBTRACT(now, start);
	} while (!done && INSTR_TIME_GET_MILLISEC(now) < milliseconds);
	return done;
}
