#include "stats/correlation.h"

#include <math.h>

#include "stats/sample.h"
#include "stats/special.h"

void
drift_comoments_merge(DriftComoments *dst, const DriftComoments *src)
{
	double n = (double) dst->n + (double) src->n;
	double share;
	double dx;
	double dy;

	if (src->n == 0)
		return;
	if (dst->n == 0)
	{
		*dst = *src;
		return;
	}
	share = (double) src->n / n;
	dx = src->mean_x - dst->mean_x;
	dy = src->mean_y - dst->mean_y;
	dst->xx += src->xx + dx * dx * (double) dst->n * share;
	dst->yy += src->yy + dy * dy * (double) dst->n * share;
	dst->xy += src->xy + dx * dy * (double) dst->n * share;
	dst->mean_x += dx * share;
	dst->mean_y += dy * share;
	dst->n += src->n;
}

/* Rounding may carry a perfect correlation over its limit. */
static double
within_one(double r)
{
	return r > 1 ? 1 : r < -1 ? -1 : r;
}

double
drift_pearson(const DriftComoments *m)
{
	if (m->n < 2 || !(m->xx > 0 && m->yy > 0))
		return NAN;
	/* one root each: the product could leave the range of doubles */
	return within_one(m->xy / sqrt(m->xx) / sqrt(m->yy));
}

double
drift_pearson_p_value(double r, int64_t n)
{
	double shape = (double) n / 2 - 1;
	double p;

	if (isnan(r) || n < 2)
		return NAN;
	if (n == 2)
		return 1;
	p = 2 * drift_beta_inc(shape, shape, (1 - fabs(r)) / 2);
	return p > 1 ? 1 : p;
}

double
drift_spearman_p_value(double r, int64_t n)
{
	double df = (double) n - 2;
	double p;

	if (isnan(r) || n < 3)
		return NAN;
	p = 2 * drift_student_t_sf(fabs(r) * sqrt(df / ((1 - r) * (1 + r))), df);
	return p > 1 ? 1 : p;
}

double
drift_spearman(const DriftRankPairs *pairs)
{
	DriftWide all = (DriftWide) pairs->n * pairs->n * pairs->n - pairs->n;
	DriftWide xx = all - pairs->ties_x; /* three times the sums of squares */
	DriftWide yy = all - pairs->ties_y;

	if (pairs->n < 2 || xx <= 0 || yy <= 0)
		return NAN;
	if (xx == yy) /* no root: a perfect correlation is exactly one */
		return within_one((double) (3 * pairs->xy) / (double) xx);
	return within_one((double) (3 * pairs->xy) / (sqrt((double) xx) * sqrt((double) yy)));
}

void
drift_rank_pairs(DriftRankPairs *pairs, const uint64_t *x, const uint64_t *y, int64_t n, uint64_t *order,
				 uint64_t *scratch, int32_t *place, void (*poll)(void))
{
	int64_t end;

	*pairs = (DriftRankPairs){.n = n};
	drift_sort_rows(y, n, order, scratch, poll);
	for (int64_t first = 0; first < n; first = end)
	{
		int64_t rank;

		end = drift_group_end(y, order, first, n);
		rank = drift_centred_midrank(first, end - first, n);
		for (int64_t i = first; i < end; i++)
			place[drift_row_of(order[i])] = (int32_t) rank;
		pairs->ties_y += drift_tie_cube(end - first);
	}
	drift_sort_rows(x, n, order, scratch, poll);
	for (int64_t first = 0; first < n; first = end)
	{
		int64_t sum = 0;

		end = drift_group_end(x, order, first, n);
		for (int64_t i = first; i < end; i++)
			sum += place[drift_row_of(order[i])];
		pairs->xy += (DriftWide) drift_centred_midrank(first, end - first, n) * sum;
		pairs->ties_x += drift_tie_cube(end - first);
	}
}
