/*
 * fit.c
 *		Algorithms by name.
 */
#include "postgres.h"

#include "registry/fit_methods.h"

#pragma weak linear_methods
#pragma weak boost_method
#pragma weak forest_method

const FitMethod *
FitMethodOf(const char *algorithm)
{
	const FitMethod *const forests[] = {&boost_method, &forest_method};

	for (int i = 0; i < lengthof(forests); i++)
		if (forests[i] != NULL && strcmp(forests[i]->algorithm, algorithm) == 0)
			return forests[i];
	for (const FitMethod *method = linear_methods; method != NULL && method->algorithm != NULL; method++)
		if (strcmp(method->algorithm, algorithm) == 0)
			return method;
	return NULL;
}
