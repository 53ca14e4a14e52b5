#include "stats/pca.h"

#include <math.h>
#include <string.h>

/* Rotations converge quadratically: eight sweeps are usual. */
#define MOST_SWEEPS 60

/* Rotates lines and columns p and q so that their element becomes 0. */
static void
rotate(double *a, double *vectors, int32_t n, int32_t p, int32_t q)
{
	double apq = a[p * n + q];
	double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
	double t = copysign(1, theta) / (fabs(theta) + hypot(theta, 1));
	double c = 1 / hypot(t, 1);
	double s = t * c;

	for (int32_t k = 0; k < n; k++)
	{
		double kp = a[k * n + p];
		double kq = a[k * n + q];

		a[k * n + p] = c * kp - s * kq;
		a[k * n + q] = s * kp + c * kq;
	}
	for (int32_t k = 0; k < n; k++)
	{
		double pk = a[p * n + k];
		double qk = a[q * n + k];
		double vp = vectors[p * n + k];
		double vq = vectors[q * n + k];

		a[p * n + k] = c * pk - s * qk;
		a[q * n + k] = s * pk + c * qk;
		vectors[p * n + k] = c * vp - s * vq;
		vectors[q * n + k] = s * vp + c * vq;
	}
	a[p * n + q] = a[q * n + p] = 0;
}

static double
sum_of_squares(const double *numbers, int32_t n)
{
	double sum = 0;

	for (int32_t i = 0; i < n; i++)
		sum += numbers[i] * numbers[i];
	return sum;
}

/* Sorts by falling eigenvalue; there are few. */
static void
sort_falling(double *values, double *vectors, int32_t n, double *room)
{
	for (int32_t i = 0; i < n; i++)
	{
		int32_t largest = i;
		double value;

		for (int32_t j = i + 1; j < n; j++)
			if (values[j] > values[largest])
				largest = j;
		value = values[i];
		values[i] = values[largest];
		values[largest] = value;
		memcpy(room, vectors + i * n, sizeof(double) * (size_t) n);
		memmove(vectors + i * n, vectors + largest * n, sizeof(double) * (size_t) n);
		memcpy(vectors + largest * n, room, sizeof(double) * (size_t) n);
	}
}

void
drift_symmetric_eigen(double *matrix, int32_t n, double *values, double *vectors, void (*poll)(void))
{
	double small = 0x1p-54 * sqrt(sum_of_squares(matrix, n * n));

	for (int32_t i = 0; i < n * n; i++)
		vectors[i] = i % (n + 1) == 0;
	for (int sweep = 0; sweep < MOST_SWEEPS; sweep++)
	{
		int32_t rotations = 0;

		for (int32_t p = 0; p < n; p++)
			for (int32_t q = p + 1; q < n; q++)
				if (fabs(matrix[p * n + q]) > small / n)
				{
					rotate(matrix, vectors, n, p, q);
					rotations++;
				}
		if (poll)
			poll();
		if (rotations == 0)
			break;
	}
	for (int32_t i = 0; i < n; i++)
		values[i] = matrix[i * n + i];
	/* the matrix is used up: room for a line */
	sort_falling(values, vectors, n, matrix);
}

int32_t
drift_components_for_share(const double *values, int32_t n, double share)
{
	double total = 0;
	double sum = 0;
	int32_t count = 0;

	for (int32_t i = 0; i < n; i++)
		total += fmax(values[i], 0);
	while (count < n)
	{
		sum += fmax(values[count++], 0);
		if (sum > share * total)
			break;
	}
	return count;
}

double
drift_reconstruction_error(const double *row, int32_t n, const double *components, int32_t count, double *rest)
{
	memcpy(rest, row, sizeof(double) * (size_t) n);
	for (int32_t c = 0; c < count; c++, components += n)
	{
		double along = 0;

		for (int32_t i = 0; i < n; i++)
			along += components[i] * row[i];
		for (int32_t i = 0; i < n; i++)
			rest[i] -= along * components[i];
	}
	return sqrt(sum_of_squares(rest, n));
}
