/*
 * auc_bootstrap.c
 *		Two areas under the ROC curve of rows that are drawn again.
 */
#include "stats/auc_bootstrap.h"

#include <math.h>
#include <string.h>

#include "stats/counter_random.h"
#include "stats/sample.h"

int64_t
drift_auc_groups(const uint64_t *keys, int64_t rows, uint64_t *order, uint64_t *scratch, uint32_t *group,
				 void (*poll)(void))
{
	int64_t groups = 0;

	drift_sort_rows(keys, rows, order, scratch, poll);
	for (int64_t first = 0; first < rows; groups++)
	{
		int64_t end = drift_group_end(keys, order, first, rows);

		for (; first < end; first++)
			group[drift_row_of(order[first])] = (uint32_t) groups;
	}
	return groups;
}

static void
clear_counts(const DriftAucRows *rows, int score)
{
	memset(rows->count[score], 0, sizeof(uint32_t) * 2 * (size_t) rows->groups[score]);
}

/* The area from the counts of a score */
static double
area(const DriftAucRows *rows, int score)
{
	const uint32_t *positive = rows->count[score];
	const uint32_t *negative = positive + rows->groups[score];
	int64_t below = 0;
	int64_t doubled = 0;

	for (int64_t g = 0; g < rows->groups[score]; g++)
	{
		doubled += positive[g] * (2 * below + negative[g]);
		below += negative[g];
	}
	return (double) doubled / (2 * (double) rows->n[0] * (double) rows->n[1]);
}

double
drift_auc_of_rows(const DriftAucRows *rows, int score)
{
	clear_counts(rows, score);
	for (int64_t i = 0; i < rows->n[0] + rows->n[1]; i++)
		rows->count[score][rows->group[score][i] + (i < rows->n[1] ? 0 : rows->groups[score])]++;
	return area(rows, score);
}

double
drift_auc_replicate(const DriftAucRows *rows, uint64_t seed, int64_t replicate)
{
	clear_counts(rows, 0);
	clear_counts(rows, 1);
	for (int side = 0; side < 2; side++)
	{
		uint64_t start = drift_counter_start(seed, 2 * (uint64_t) replicate + (uint64_t) side);
		int64_t first = side == 1 ? 0 : rows->n[1];
		uint32_t *count[2];

		for (int score = 0; score < 2; score++)
			count[score] = rows->count[score] + (side == 1 ? 0 : rows->groups[score]);
		for (int64_t draw = 0; draw < rows->n[side]; draw++)
		{
			int64_t row = first + (int64_t) drift_counter_below(start, (uint64_t) draw, (uint64_t) rows->n[side]);

			count[0][rows->group[0][row]]++;
			count[1][rows->group[1][row]]++;
		}
	}
	return area(rows, 0) - area(rows, 1);
}

/* Fills in the placement of a row of each class in each group */
static void
place_groups(const DriftAucRows *rows, int score, double *place)
{
	int64_t groups = rows->groups[score];
	const uint32_t *positive = rows->count[score];
	const uint32_t *negative = positive + groups;
	double below[2] = {0, 0};

	for (int64_t g = 0; g < groups; g++)
	{
		place[g] = (below[0] + (double) negative[g] / 2) / (double) rows->n[0];
		place[groups + g] = 1 - (below[1] + (double) positive[g] / 2) / (double) rows->n[1];
		below[0] += (double) negative[g];
		below[1] += (double) positive[g];
	}
}

DriftJackknife
drift_auc_jackknife(const DriftAucRows *rows, double *const place[2])
{
	DriftJackknife jackknife = {0};
	double difference = area(rows, 0) - area(rows, 1);

	place_groups(rows, 0, place[0]);
	place_groups(rows, 1, place[1]);
	for (int64_t i = 0; i < rows->n[0] + rows->n[1]; i++)
	{
		int side = i < rows->n[1];
		int64_t first = rows->group[0][i] + (side ? 0 : rows->groups[0]);
		int64_t second = rows->group[1][i] + (side ? 0 : rows->groups[1]);

		drift_jackknife_add(&jackknife, (place[0][first] - place[1][second] - difference) / (double) rows->n[side], 1);
	}
	return jackknife;
}
