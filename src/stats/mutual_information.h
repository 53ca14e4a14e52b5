/*
 * mutual_information.h
 *		Mutual information and Cramer's V of the table of two columns.
 *
 * The caller passes the cells that have rows, each with the totals of its row
 * and column of the table.
 */
#ifndef DRIFT_STATS_MUTUAL_INFORMATION_H
#define DRIFT_STATS_MUTUAL_INFORMATION_H

#include "stats/random.h"

typedef struct DriftCrosstab
{
	int64_t n;
	int64_t values_x; /* rows of the table that are not empty */
	int64_t values_y; /* columns */
	int64_t cells;
	double information; /* sum of c ln(c n / (a b)), c of a cell, a and b its totals */
	double squares;     /* sum of (c - e)^2 / e over the cells, e = a b / n */
	double expected;    /* sum of e over the cells */
} DriftCrosstab;

void drift_crosstab_init(DriftCrosstab *table, int64_t n, int64_t values_x, int64_t values_y);

/* Takes a cell of count rows, count > 0, whose value of x holds total_x rows and whose value of y total_y. */
void drift_crosstab_step(DriftCrosstab *table, int64_t count, int64_t total_x, int64_t total_y);

/* Plug-in estimate in nats: that of the shares as they are; 2 n times it is the G statistic. */
double drift_mutual_information_plugin(const DriftCrosstab *table);

/*
 * The same with the bias correction of Miller (1955) and Madow: each of the
 * entropies in H(x) + H(y) - H(x, y) gains (values - 1) / 2n. Of independent
 * columns it is about 0, and as often below as above.
 */
double drift_mutual_information_corrected(const DriftCrosstab *table);

/* Pearson's chi-square of the table, without correction. */
double drift_crosstab_chi_square(const DriftCrosstab *table);

/* sqrt(chi-square / (n min(values_x - 1, values_y - 1))), 0 to 1; NaN when a column is constant. */
double drift_crosstab_cramers_v(const DriftCrosstab *table);

/* p-value of the chi-square with (values_x - 1) (values_y - 1) degrees of freedom; NaN when a column is constant. */
double drift_crosstab_cramers_v_p_value(const DriftCrosstab *table);

/* More cells than these make a permutation of small use and long. */
#define DRIFT_PERMUTED_CELLS 1000000

/* The totals of a table, all above 0, and room for the calculation. */
typedef struct DriftTotals
{
	const int64_t *x;
	const int64_t *y;
	int64_t values_x;
	int64_t values_y;
	int64_t n;     /* sum of either */
	int64_t *left; /* room for values_y */
} DriftTotals;

/*
 * Among so many permutations of one column against the other, those whose
 * mutual information is not below that of the table (2^-40 of the sum of
 * logarithms is left to rounding). A permutation's table is drawn cell by cell
 * from the hypergeometric distributions of its totals, which takes time by
 * cells, not by rows. poll (may be NULL) is called once per permutation and
 * every few thousand cells.
 */
int64_t drift_information_reached(const DriftCrosstab *table, const DriftTotals *totals, int64_t permutations,
								  uint64_t seed, void (*poll)(void));

#endif
