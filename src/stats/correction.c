#include "stats/correction.h"

void
drift_correct_ascending(double *p_values, uint32_t k)
{
	double least = 1;

	for (uint32_t i = k; i > 0; i--)
	{
		double corrected = p_values[i - 1] * k / i;

		if (corrected < least)
			least = corrected;
		p_values[i - 1] = least;
	}
}
