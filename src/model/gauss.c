#include "model/gauss.h"

#include <math.h>

#define PI 3.14159265358979323846
#define MOST_STEPS 20
#define CLOSE_ENOUGH 1e-15

/* The Legendre polynomial of degree n at x in (-1, 1), and its derivative. */
static double
legendre(uint32_t n, double x, double *derivative)
{
	double before = 1;
	double value = x;

	for (uint32_t k = 2; k <= n; k++)
	{
		double next = ((2.0 * k - 1) * x * value - (k - 1.0) * before) / k;

		before = value;
		value = next;
	}
	*derivative = n * (x * value - before) / (x * x - 1);
	return value;
}

void
drift_gauss_legendre(uint32_t n, double *points, double *weights)
{
	for (uint32_t i = 0; i < n; i++)
	{
		double x = -cos(PI * (i + 0.75) / (n + 0.5));
		double derivative;

		for (int step = 0; step < MOST_STEPS; step++)
		{
			double distance = legendre(n, x, &derivative) / derivative;

			x -= distance;
			if (fabs(distance) < CLOSE_ENOUGH)
				break;
		}
		(void) legendre(n, x, &derivative);
		points[i] = (1 + x) / 2;
		weights[i] = 1 / ((1 - x * x) * derivative * derivative);
	}
}
