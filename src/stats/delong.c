/*
 * delong.c
 *		Two areas under the ROC curve of the same rows: DeLong's test.
 */
#include "stats/delong.h"

#include <math.h>

#include "stats/sample.h"
#include "stats/special.h"

#define POLL_GROUPS 65536

/* Calls back for each row with its placement by one score */
typedef void (*TakePlacement)(DriftDelong *d, bool positive, uint32_t row, int64_t placement, int64_t *place);

static void
keep_placement(DriftDelong *d, bool positive, uint32_t row, int64_t placement, int64_t *place)
{
	(void) d;
	(void) positive;
	place[row] = placement;
}

static void
add_placement(DriftDelong *d, bool positive, uint32_t row, int64_t placement, int64_t *place)
{
	drift_delong_add(d, positive, place[row], placement);
}

/* Walks the groups of equal keys in their order */
static void
place_rows(DriftDelong *d, const uint64_t *keys, const uint64_t *order, TakePlacement take, int64_t *place,
		   void (*poll)(void))
{
	int64_t all = d->n[0] + d->n[1];
	int64_t below[2] = {0, 0};

	for (int64_t first = 0; first < all;)
	{
		int64_t end = drift_group_end(keys, order, first, all);
		int64_t equal[2] = {0, 0};

		for (int64_t i = first; i < end; i++)
			equal[drift_row_of(order[i]) < d->n[1]]++;
		for (int64_t i = first; i < end; i++)
		{
			uint32_t row = drift_row_of(order[i]);
			bool positive = row < d->n[1];

			take(d, positive, row,
				 drift_delong_placement(positive, below[!positive], equal[!positive], d->n[!positive]), place);
		}
		below[0] += equal[0];
		below[1] += equal[1];
		if (poll && first / POLL_GROUPS != end / POLL_GROUPS)
			poll();
		first = end;
	}
}

void
drift_delong_rows(DriftDelong *d, const uint64_t *x, const uint64_t *y, uint64_t *order, uint64_t *scratch,
				  int64_t *place, void (*poll)(void))
{
	int64_t rows = d->n[0] + d->n[1];

	drift_sort_rows(x, rows, order, scratch, poll);
	place_rows(d, x, order, keep_placement, place, poll);
	drift_sort_rows(y, rows, order, scratch, poll);
	place_rows(d, y, order, add_placement, place, poll);
}

/* What the rows of a side add to the variance of the difference of the areas */
static double
side_variance(const DriftDelong *d, int side)
{
	double rows = (double) d->n[side];
	double scale = 2 * (double) d->n[!side];
	DriftWide sum = d->sum[side][0] - d->sum[side][1];
	DriftWide spread = d->n[side] * d->square[side] - sum * sum;

	return (double) spread / (scale * scale) / (rows * rows * (rows - 1));
}

DriftDelongResult
drift_delong(const DriftDelong *d)
{
	DriftDelongResult result = {.auc = {(double) NAN, (double) NAN},
								.difference = (double) NAN,
								.standard_error = (double) NAN,
								.test = {(double) NAN, (double) NAN}};
	double pairs = (double) d->n[0] * (double) d->n[1];

	if (d->n[0] < 1 || d->n[1] < 1 || d->n[0] > DRIFT_DELONG_MAX || d->n[1] > DRIFT_DELONG_MAX)
		return result;
	for (int score = 0; score < 2; score++)
		result.auc[score] = ((double) d->sum[1][score] + pairs) / (2 * pairs);
	result.difference = (double) (d->sum[1][0] - d->sum[1][1]) / (2 * pairs);
	if (d->n[0] < 2 || d->n[1] < 2)
		return result;
	result.standard_error = sqrt(side_variance(d, 0) + side_variance(d, 1));
	result.test.statistic = result.difference == 0 ? 0 : result.difference / result.standard_error;
	result.test.p_value = 2 * drift_normal_sf(fabs(result.test.statistic));
	return result;
}
