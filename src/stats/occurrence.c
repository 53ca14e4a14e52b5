#include "stats/occurrence.h"

#include <math.h>

/* exp() of less would be subnormal or nothing. */
#define LEAST_LOGARITHM (-700.0)

double
drift_one_sided_rows(int64_t k, int64_t n_own, int64_t n_other, int64_t tries)
{
	double all = (double) n_own + (double) n_other;
	double logarithm;

	if (k < 1)
		return 1;
	logarithm = log((double) (tries > 1 ? tries : 1)) + (double) k * log((double) n_own / all);
	return fmin(1, exp(fmax(LEAST_LOGARITHM, logarithm)));
}
