#include "stats/isotonic.h"

#include <math.h>

/* scikit-learn takes scores that are closer than this for one. */
#define SAME_SCORE 1e-15

void
drift_isotonic_init(DriftIsotonic *fit, DriftPool *pools, int64_t capacity)
{
	fit->pools = pools;
	fit->capacity = capacity;
	fit->count = 0;
	fit->open.rows = 0;
}

/* Closes the open pool, and joins it with those before whose share is not below. */
static DriftStatus
close_pool(DriftIsotonic *fit)
{
	DriftPool pool = fit->open;

	if (pool.rows == 0)
		return DRIFT_OK;
	if (fit->count == fit->capacity)
		return DRIFT_NO_SPACE;
	while (fit->count > 0 && drift_pool_share(&fit->pools[fit->count - 1]) >= drift_pool_share(&pool))
	{
		const DriftPool *before = &fit->pools[--fit->count];

		pool.first = before->first;
		pool.positives += before->positives;
		pool.rows += before->rows;
	}
	fit->pools[fit->count++] = pool;
	fit->open.rows = 0;
	return DRIFT_OK;
}

DriftStatus
drift_isotonic_add(DriftIsotonic *fit, double score, int64_t positives, int64_t rows)
{
	/* An infinite score differs from itself by NaN. */
	if (fit->open.rows > 0 && (score == fit->open.first || score - fit->open.first < SAME_SCORE))
	{
		fit->open.positives += positives;
		fit->open.rows += rows;
		return DRIFT_OK;
	}

	DriftStatus status = close_pool(fit);

	if (status == DRIFT_OK)
		fit->open = (DriftPool){score, score, positives, rows};
	return status;
}

DriftStatus
drift_isotonic_end(DriftIsotonic *fit)
{
	return close_pool(fit);
}

int64_t
drift_isotonic_knots(const DriftIsotonic *fit, double *scores, double *probabilities)
{
	int64_t n = 0;

	for (int64_t i = 0; i < fit->count; i++)
	{
		const DriftPool *pool = &fit->pools[i];

		scores[n] = pool->first;
		probabilities[n++] = drift_pool_share(pool);
		if (pool->last > pool->first)
		{
			scores[n] = pool->last;
			probabilities[n++] = drift_pool_share(pool);
		}
	}
	return n;
}

/* The probability of a score that has that many knots not above it. */
static double
between_knots(const DriftCalibration *map, int64_t not_above, double score)
{
	if (not_above == 0)
		return map->probabilities[0];

	int64_t at = not_above - 1;
	double below = map->probabilities[at];

	if (not_above == map->n || map->probabilities[not_above] == below)
		return below;

	double width = map->scores[not_above] - map->scores[at];
	double share = isfinite(width) ? (score - map->scores[at]) / width : 0;

	return fmin(below + share * (map->probabilities[not_above] - below), map->probabilities[not_above]);
}

double
drift_calibrate(const DriftCalibration *map, double score)
{
	int64_t low = 0;
	int64_t high = map->n;

	if (map->n == 0)
		return score;
	while (low < high)
	{
		int64_t middle = low + (high - low) / 2;

		if (map->scores[middle] <= score)
			low = middle + 1;
		else
			high = middle;
	}
	return between_knots(map, low, score);
}

double
drift_calibrate_near(const DriftCalibration *map, int64_t *near, double score)
{
	int64_t at = *near;

	if (map->n == 0)
		return score;
	while (at > 0 && map->scores[at - 1] > score)
		at--;
	while (at < map->n && map->scores[at] <= score)
		at++;
	*near = at;
	return between_knots(map, at, score);
}
