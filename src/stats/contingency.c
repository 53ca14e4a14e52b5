/*
 * contingency.c
 *		Statistics of the 2 x k table of both samples by category.
 *
 * Both cells of a category are off their expectation by the same number of
 * rows, (c_r m - c_c n) / (n + m). The cross product in it is exact, so that
 * nearly equal shares of many rows lose no digits.
 */
#include "stats/contingency.h"

#include <math.h>

#include "stats/special.h"

__extension__ typedef __int128 Wide;

void
drift_table_init(DriftTable *t, DriftTableStatistic kind, int64_t n_reference, int64_t n_current)
{
	*t = (DriftTable){
		.kind = kind, .n_reference = n_reference, .n_current = n_current, .valid = n_reference > 0 && n_current > 0};
}

double
drift_deviance(double observed, double expected, double gap)
{
	double excess = gap / observed;

	if (observed == 0)
		return expected;
	if (excess < -0.5)
		return gap - observed * log(expected / observed);
	return observed * drift_log1p_excess(excess);
}

/* A category of the table being added. */
typedef struct Column
{
	double reference; /* its rows */
	double current;
	double cross; /* rows of the reference times m, less rows of the current side times n */
	double n;
	double m;
} Column;

/* The terms of both cells add up to the square of the deviation times (n + m)^2 / (rows n m). */
static double
chi_square_term(const Column *column, double cross)
{
	double rows = column->reference + column->current;

	return cross / (rows * column->n) * (cross / column->m);
}

/* Twice the deviance of both cells, moved towards their expectation by some rows. */
static double
g_term(const Column *column, double moved)
{
	double total = column->n + column->m;
	double rows = column->reference + column->current;
	double over = column->cross / total - moved;

	return 2 * (drift_deviance(column->reference - moved, rows * (column->n / total), -over) +
				drift_deviance(column->current + moved, rows * (column->m / total), over));
}

/* Yates' correction moves each cell by half a row towards its expectation, but not past it. */
static void
add_corrected(DriftTable *t, const Column *column)
{
	double total = column->n + column->m;
	double moved = fmin(fabs(column->cross) / total, 0.5);

	if (t->kind == DRIFT_G)
		t->corrected += g_term(column, copysign(moved, column->cross));
	else
		t->corrected += chi_square_term(column, fmax(fabs(column->cross) - total / 2, 0));
}

static void
add_column(DriftTable *t, const Column *column)
{
	switch (t->kind)
	{
		case DRIFT_CHI_SQUARE:
		case DRIFT_CRAMERS_V:
		case DRIFT_CRAMERS_V_CORRECTED:
			t->terms += chi_square_term(column, column->cross);
			break;
		case DRIFT_G:
			t->terms += g_term(column, 0);
			break;
		case DRIFT_GOODNESS_OF_FIT:
			t->terms += column->reference > 0
							? column->cross / column->n * (column->cross / (column->m * column->reference))
							: (double) INFINITY;
			break;
		case DRIFT_L_INFINITY:
			t->terms = fmax(t->terms, fabs(column->cross) / (column->n * column->m));
			break;
	}
}

void
drift_table_step(DriftTable *t, int64_t c_reference, int64_t c_current)
{
	Column column = {(double) c_reference, (double) c_current,
					 (double) ((Wide) c_reference * t->n_current - (Wide) c_current * t->n_reference),
					 (double) t->n_reference, (double) t->n_current};

	if (!t->valid || c_reference < 0 || c_reference > t->n_reference || c_current < 0 || c_current > t->n_current)
	{
		t->valid = false;
		return;
	}
	if (c_reference == 0 && c_current == 0)
		return;
	t->categories++;
	add_column(t, &column);
	/* with a third category nobody will ask for it */
	if (t->categories <= 2 && (t->kind == DRIFT_CHI_SQUARE || t->kind == DRIFT_G))
		add_corrected(t, &column);
}

bool
drift_table_is_corrected(const DriftTable *t)
{
	return t->categories == 2 && (t->kind == DRIFT_CHI_SQUARE || t->kind == DRIFT_G);
}

/* Both numbers of categories, and phi, less what chance alone makes of them. */
static double
corrected_v(const DriftTable *t, double phi_squared)
{
	double others = (double) t->n_reference + (double) t->n_current - 1;
	double k = (double) t->categories - 1;
	double smaller = fmin(k - k * k / others, 1 - 1 / others);

	return smaller > 0 ? sqrt(fmax(phi_squared - k / others, 0) / smaller) : 0;
}

DriftTableResult
drift_table_at(const DriftTable *t, double terms)
{
	double phi_squared = fmin(terms / ((double) t->n_reference + (double) t->n_current), 1);
	DriftTableResult result = {(double) NAN, (double) NAN, (double) NAN};

	if (!t->valid)
		return result;
	switch (t->kind)
	{
		case DRIFT_CHI_SQUARE:
		case DRIFT_G:
		case DRIFT_GOODNESS_OF_FIT:
			result.statistic = t->categories > 1 ? terms : 0;
			result.df = t->categories > 1 ? (double) (t->categories - 1) : 0;
			result.p_value = t->categories > 1 ? drift_chi2_sf(terms, result.df) : 1;
			break;
		case DRIFT_CRAMERS_V:
			result.statistic = sqrt(phi_squared);
			break;
		case DRIFT_CRAMERS_V_CORRECTED:
			result.statistic = corrected_v(t, phi_squared);
			break;
		case DRIFT_L_INFINITY:
			result.statistic = fmin(terms, 1);
			break;
	}
	return result;
}

DriftTableResult
drift_table_finish(const DriftTable *t)
{
	return drift_table_at(t, drift_table_is_corrected(t) ? t->corrected : t->terms);
}

/* Below this expected count a cell is too sparse for the chi-square distribution. */
#define SPARSE 5.0

/* Which categories are pooled: all that are sparse, and one more or none (k). */
typedef struct Pool
{
	const int64_t *reference;
	const int64_t *current;
	double share; /* expected rows on the smaller side, of each row of both */
	uint32_t other;
} Pool;

static double
expected_rows(const Pool *pool, uint32_t i)
{
	return ((double) pool->reference[i] + (double) pool->current[i]) * pool->share;
}

static bool
is_pooled(const Pool *pool, uint32_t i)
{
	return expected_rows(pool, i) < SPARSE || i == pool->other;
}

/* The smallest category that is not sparse, the first of several. */
static uint32_t
smallest_other(const Pool *pool, uint32_t k)
{
	uint32_t smallest = k;

	for (uint32_t i = 0; i < k; i++)
		if (!is_pooled(pool, i) && (smallest == k || expected_rows(pool, i) < expected_rows(pool, smallest)))
			smallest = i;
	return smallest;
}

static Pool
choose_pool(const int64_t *reference, const int64_t *current, uint32_t k, double n, double m)
{
	Pool pool = {.reference = reference, .current = current, .share = fmin(n, m) / (n + m), .other = k};
	double pooled = 0;

	for (uint32_t i = 0; i < k; i++)
		if (is_pooled(&pool, i))
			pooled += expected_rows(&pool, i);
	if (pooled > 0 && pooled < SPARSE)
		pool.other = smallest_other(&pool, k);
	return pool;
}

DriftTableResult
drift_pooled_chi_square(const int64_t *reference, const int64_t *current, uint32_t k)
{
	int64_t n = 0;
	int64_t m = 0;
	int64_t pooled[2] = {0, 0};
	DriftTable table;
	Pool pool;

	for (uint32_t i = 0; i < k; i++)
	{
		n += reference[i];
		m += current[i];
	}
	pool = choose_pool(reference, current, k, (double) n, (double) m);
	drift_table_init(&table, DRIFT_CHI_SQUARE, n, m);
	for (uint32_t i = 0; i < k; i++)
	{
		if (!is_pooled(&pool, i))
		{
			drift_table_step(&table, reference[i], current[i]);
			continue;
		}
		pooled[0] += reference[i];
		pooled[1] += current[i];
	}
	drift_table_step(&table, pooled[0], pooled[1]);
	return drift_table_finish(&table);
}
