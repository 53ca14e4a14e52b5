/*
 * sample_sides.h
 *		Both sides of a golden row about whole samples, sorted, and how to merge
 *		them. Its first columns are shape, with_missing, rows_reference,
 *		rows_current, n_reference, n_current.
 */
#ifndef DRIFT_TEST_SAMPLE_SIDES_H
#define DRIFT_TEST_SAMPLE_SIDES_H

#include <stdbool.h>
#include <stdlib.h>

#include "golden.h"
#include "samples.h"

enum
{
	SHAPE,
	WITH_MISSING,
	ROWS_REFERENCE,
	ROWS_CURRENT,
	N_REFERENCE,
	N_CURRENT
};

typedef struct Side
{
	double *value;
	int64_t n;
} Side;

static inline int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

static inline Side
make_side(const Golden *g, int current)
{
	int64_t rows = golden_int(g, ROWS_REFERENCE + current);
	Side side = {.value = malloc((size_t) rows * sizeof(double))};

	if (side.value == NULL)
		abort();
	for (int64_t i = 1; i <= rows; i++)
		if (g->field[WITH_MISSING][0] == 'f' || !sample_is_missing(current, (uint64_t) i))
			side.value[side.n++] = sample_value(g->field[SHAPE], current, (uint64_t) i);
	qsort(side.value, (size_t) side.n, sizeof(double), compare_doubles);
	return side;
}

/* Counts the rows at position *at that equal value, and passes them. */
static inline int64_t
take(const Side *side, int64_t *at, double value)
{
	int64_t first = *at;

	while (*at < side->n && side->value[*at] == value)
		++*at;
	return *at - first;
}

/* The next value of two sorted sides, from position at[0] and at[1] on, and the rows of each that hold it. */
static inline bool
next_value(const Side side[2], int64_t at[2], double *value, int64_t rows[2])
{
	bool left[2] = {at[0] < side[0].n, at[1] < side[1].n};

	if (!left[0] && !left[1])
		return false;
	*value = !left[1] || (left[0] && side[0].value[at[0]] < side[1].value[at[1]]) ? side[0].value[at[0]]
																				  : side[1].value[at[1]];
	rows[0] = take(&side[0], &at[0], *value);
	rows[1] = take(&side[1], &at[1], *value);
	return true;
}

#endif
