#include "train/cholesky.h"

#include <math.h>
#include <stddef.h>

/* a . b over the first n. Two sums, so that additions overlap. */
static double
dot(const double *a, const double *b, uint32_t n)
{
	double even = 0;
	double odd = 0;
	uint32_t i = 0;

	for (; i + 1 < n; i += 2)
	{
		even += a[i] * b[i];
		odd += a[i + 1] * b[i + 1];
	}
	return even + odd + (i < n ? a[i] * b[i] : 0);
}

/* Row i of the factor; gives what the rows before leave of its diagonal. */
static double
factor_row(double *a, uint32_t n, uint32_t i, const bool *aliased)
{
	double *row = a + (size_t) i * n;

	for (uint32_t j = 0; j < i; j++)
	{
		const double *other = a + (size_t) j * n;

		row[j] = aliased[j] ? 0 : (row[j] - dot(row, other, j)) / other[j];
	}
	return row[i] - dot(row, row, i);
}

double
drift_cholesky_factor(double *a, uint32_t n, bool *aliased, void (*poll)(void))
{
	double least = 1;

	for (uint32_t i = 0; i < n; i++)
	{
		double *pivot = a + (size_t) i * n + i;
		double whole = *pivot;
		double left = factor_row(a, n, i, aliased);

		/* NaN, too, is not more than that */
		aliased[i] = !(left > DRIFT_ALIAS_SHARE * whole);
		*pivot = aliased[i] ? 0 : sqrt(left);
		if (!aliased[i] && left / whole < least)
			least = left / whole;
		if (poll != NULL && i % 64 == 63)
			poll();
	}
	return least;
}

void
drift_cholesky_solve(const double *a, uint32_t n, const bool *aliased, double *x)
{
	for (uint32_t i = 0; i < n; i++)
	{
		const double *row = a + (size_t) i * n;

		x[i] = aliased[i] ? 0 : (x[i] - dot(row, x, i)) / row[i];
	}
	for (uint32_t i = n; i-- > 0;)
	{
		const double *row = a + (size_t) i * n;

		if (aliased[i])
			continue;
		x[i] /= row[i];
		for (uint32_t j = 0; j < i; j++)
			x[j] -= row[j] * x[i];
	}
}
