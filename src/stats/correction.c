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

void
drift_correct_holm(double *p_values, uint32_t k)
{
	double largest = 0;

	for (uint32_t i = 0; i < k; i++)
	{
		double corrected = p_values[i] * (k - i);

		if (!(corrected <= largest))
			largest = corrected < 1 ? corrected : 1;
		p_values[i] = largest;
	}
}

void
drift_correct_bonferroni(double *p_values, uint32_t k)
{
	for (uint32_t i = 0; i < k; i++)
	{
		double corrected = p_values[i] * k;

		p_values[i] = corrected < 1 ? corrected : 1;
	}
}
