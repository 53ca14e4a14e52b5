/*
 * category_statistics.c
 *		Statistics of two categorical profiles, with bounds.
 */
#include "stats/category_statistics.h"

#include <math.h>
#include <string.h>

static const DriftCount no_rows = {0, 0, 0};

static bool
both_exact(const DriftCategory *reference, const DriftCategory *current)
{
	return drift_category_is_exact(reference) && drift_category_is_exact(current);
}

/* Rows of a category by its count and what that may be short of. */
static DriftCount
count_of(int64_t count, int64_t error)
{
	return (DriftCount){count, count, count + error};
}

/* Takes rows with this count out of those that are left. */
static void
take(DriftCount *left, DriftCount rows)
{
	left->value -= rows.value;
	left->high -= rows.low;
	left->low = left->low > rows.high ? left->low - rows.high : 0;
}

static DriftCount
all_rows(const DriftCategory *p)
{
	return count_of(drift_profile_n(&p->profile), 0);
}

/* The rows of no listed category, once the errors of the listed ones are taken out. */
static DriftCount
rest_of(const DriftCategory *p)
{
	return count_of(drift_category_rest(p), 0);
}

/*
 * The largest that unlisted categories, which the reference does not have, can
 * add. PSI's term is convex in the share and zero at the floor, so its sum over
 * categories of at most absent_error rows is largest with all at that size. The
 * term of KL is -floor ln(q / floor), never below -q / e.
 */
static void
bound_unseen(DriftBoundedDivergence *d, const DriftCategory *current)
{
	double rest = (double) drift_category_rest(current);
	DriftDivergence one = d->value;

	if (rest == 0)
		return;
	one.psi = 0;
	drift_divergence_step(&one, 0, current->absent_error);
	d->high.psi += rest / (double) current->absent_error * one.psi;
	d->low.kl -= rest / (double) d->low.n_current / exp(1.0);
}

/* Of the rows left, those of listed categories are certain. */
static void
keep_listed(DriftCount *left, const DriftCategory *p)
{
	int64_t listed = left->high - drift_category_rest(p);

	if (left->low < listed)
		left->low = listed;
}

/* The bins of PSI and KL. */
static void
step_pooled(DriftBoundedDivergence *d, const DriftCategory *reference, const DriftCategory *current,
			DriftCategoryPairs *pairs)
{
	double smallest = (double) drift_profile_n(&reference->profile) / DRIFT_POOL_DIVISOR;
	bool unseen_known = drift_category_is_exact(reference);
	DriftCount other_reference = all_rows(reference);
	DriftCount other_current = all_rows(current);
	DriftCategoryPair pair;

	while (drift_category_pairs_next(pairs, &pair))
	{
		DriftCount r = count_of(pair.c_reference, pair.error_reference);
		DriftCount c = count_of(pair.c_current, pair.error_current);
		bool unseen = unseen_known && !pair.in_reference;

		if (!unseen && (double) pair.c_reference < smallest)
			continue;
		drift_bounded_divergence_step(d, r, c);
		take(&other_reference, r);
		take(&other_current, c);
	}
	keep_listed(&other_reference, reference);
	keep_listed(&other_current, current);
	if (unseen_known)
	{
		/* rows without a count may be of unseen categories as well */
		other_current.low = other_current.high - drift_category_rest(current);
		bound_unseen(d, current);
	}
	drift_bounded_divergence_step(d, other_reference, other_current);
}

/* The value of a distance and its bounds, each from a walk over bins of its own. */
typedef struct Distance
{
	DriftBoundedDivergence shared; /* value: the shared labels, and one bin of all others */
	DriftBoundedDivergence near;   /* low: every listed label within its bounds */
	DriftBoundedDivergence apart;  /* high: every listed label, and the rests disjoint */
} Distance;

static void
step_each(Distance *d, const DriftCategory *reference, const DriftCategory *current, DriftCategoryPairs *pairs)
{
	DriftCount rest_reference = rest_of(reference);
	DriftCount rest_current = rest_of(current);
	DriftCount other_reference = all_rows(reference);
	DriftCount other_current = all_rows(current);
	DriftCategoryPair pair;

	drift_bounded_divergence_step(&d->apart, rest_reference, no_rows);
	drift_bounded_divergence_step(&d->apart, no_rows, rest_current);
	while (drift_category_pairs_next(pairs, &pair))
	{
		DriftCount r = count_of(pair.c_reference, 0);
		DriftCount c = count_of(pair.c_current, 0);

		if (drift_category_pair_is_shared(pairs, &pair))
		{
			drift_bounded_divergence_step(&d->shared, r, c);
			take(&other_reference, r);
			take(&other_current, c);
		}
		drift_bounded_divergence_step(&d->near, count_of(pair.c_reference, pair.error_reference),
									  count_of(pair.c_current, pair.error_current));
		take(&rest_reference, count_of(0, pair.error_reference));
		take(&rest_current, count_of(0, pair.error_current));
		drift_bounded_divergence_step(&d->apart, r, c);
	}
	drift_bounded_divergence_step(&d->shared, other_reference, other_current);
	drift_bounded_divergence_step(&d->near, rest_reference, rest_current);
}

static DriftInterval
finish_distance(const Distance *d)
{
	DriftInterval result;

	result.low = drift_bounded_divergence_finish(&d->near).low;
	result.high = fmax(result.low, fmin(drift_bounded_divergence_finish(&d->apart).value, 1));
	/* pooling may hide more than the bounds allow */
	result.value = fmin(fmax(drift_bounded_divergence_finish(&d->shared).value, result.low), result.high);
	return result;
}

DriftStatus
drift_category_divergence(DriftDivergenceKind kind, const DriftCategory *reference, const DriftCategory *current,
						  double floor, uint32_t *order, DriftInterval *result)
{
	DriftBoundedDivergence d;
	DriftCategoryPairs pairs;
	bool pooled = kind == DRIFT_PSI || kind == DRIFT_KL_DIVERGENCE;
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status != DRIFT_OK)
		return status;
	if (pooled && !(floor > 0 && floor < 0.5))
		return DRIFT_BAD_FLOOR;

	drift_bounded_divergence_init(&d, kind, drift_profile_n(&reference->profile), drift_profile_n(&current->profile),
								  floor);
	drift_category_pairs_begin(&pairs, reference, current, order);
	if (pooled)
	{
		step_pooled(&d, reference, current, &pairs);
		*result = drift_bounded_divergence_finish(&d);
	}
	else
	{
		Distance distance = {d, d, d};

		step_each(&distance, reference, current, &pairs);
		*result = finish_distance(&distance);
	}

	if (both_exact(reference, current))
		*result = drift_exactly(result->value);
	/* the sums of the bounds may differ in the last digits */
	result->low = fmin(result->low, result->value);
	result->high = fmax(result->high, result->value);
	return DRIFT_OK;
}

/* Adds the counts within the bounds whose shares are nearest, or nothing when the shares may be equal. */
static void
step_nearest(DriftTable *low, DriftCount r, DriftCount c)
{
	double n = (double) low->n_reference;
	double m = (double) low->n_current;

	if ((double) r.low / n > (double) c.high / m)
		drift_table_step(low, r.low, c.high);
	else if ((double) r.high / n < (double) c.low / m)
		drift_table_step(low, r.high, c.low);
}

/* The tables of the statistic and of its bounds. */
typedef struct Tables
{
	DriftTable value;
	DriftTable low;
	DriftTable high;
} Tables;

static void
step_tables(Tables *t, const DriftCategory *reference, const DriftCategory *current, DriftCategoryPairs *pairs)
{
	DriftCount other_reference = all_rows(reference);
	DriftCount other_current = all_rows(current);
	DriftCategoryPair pair;

	while (drift_category_pairs_next(pairs, &pair))
	{
		DriftCount r = count_of(pair.c_reference, pair.error_reference);
		DriftCount c = count_of(pair.c_current, pair.error_current);

		if (!drift_category_pair_is_shared(pairs, &pair))
			continue;
		drift_table_step(&t->value, r.value, c.value);
		drift_table_step(&t->high, r.value, c.value);
		step_nearest(&t->low, r, c);
		take(&other_reference, r);
		take(&other_current, c);
	}
	keep_listed(&other_reference, reference);
	keep_listed(&other_current, current);
	drift_table_step(&t->value, other_reference.value, other_current.value);
	step_nearest(&t->low, other_reference, other_current);
	drift_table_step(&t->high, other_reference.low, other_current.low);
	drift_table_step(&t->high, other_reference.high - other_reference.low, 0);
	drift_table_step(&t->high, 0, other_current.high - other_current.low);
}

/* The results at both ends of the terms' sum; with Yates' correction it may be anything below the sum without. */
static void
bound_table(const Tables *t, DriftTableResult value, DriftIntervalTest *result)
{
	DriftTableResult low = drift_table_at(&t->value, drift_table_is_corrected(&t->value) ? 0 : t->low.terms);
	DriftTableResult high = drift_table_at(&t->value, t->high.terms);

	result->statistic.low = fmin(low.statistic, value.statistic);
	result->statistic.high = fmax(high.statistic, value.statistic);
	result->p_value.low = fmin(high.p_value, value.p_value);
	result->p_value.high = fmax(low.p_value, value.p_value);
}

/* Labels that neither side lists have at most absent_error rows on each. */
static DriftInterval
largest_difference(const DriftCategory *reference, const DriftCategory *current, DriftCategoryPairs *pairs)
{
	double n = (double) drift_profile_n(&reference->profile);
	double m = (double) drift_profile_n(&current->profile);
	DriftInterval d = {0, 0, fmax((double) reference->absent_error / n, (double) current->absent_error / m)};
	DriftCategoryPair pair;

	while (drift_category_pairs_next(pairs, &pair))
	{
		double p = (double) pair.c_reference / n;
		double q = (double) pair.c_current / m;
		double p_high = ((double) pair.c_reference + (double) pair.error_reference) / n;
		double q_high = ((double) pair.c_current + (double) pair.error_current) / m;

		d.value = fmax(d.value, fabs(p - q));
		d.low = fmax(d.low, fmax(p - q_high, q - p_high));
		d.high = fmax(d.high, fmax(p_high - q, q_high - p));
	}
	d.high = fmin(d.high, 1);
	return d;
}

DriftStatus
drift_category_table(DriftTableStatistic kind, const DriftCategory *reference, const DriftCategory *current,
					 uint32_t *order, DriftIntervalTest *result)
{
	DriftCategoryPairs pairs;
	Tables t;
	DriftTableResult value;
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status != DRIFT_OK)
		return status;
	drift_table_init(&t.value, kind, drift_profile_n(&reference->profile), drift_profile_n(&current->profile));
	t.low = t.high = t.value;
	drift_category_pairs_begin(&pairs, reference, current, order);
	if (kind == DRIFT_L_INFINITY && !both_exact(reference, current))
	{
		result->statistic = largest_difference(reference, current, &pairs);
		result->p_value = drift_exactly((double) NAN);
		return DRIFT_OK;
	}
	step_tables(&t, reference, current, &pairs);
	value = drift_table_finish(&t.value);
	result->statistic = drift_exactly(value.statistic);
	result->p_value = drift_exactly(value.p_value);
	if (reference->count_error > 0 || current->count_error > 0)
		bound_table(&t, value, result);
	return DRIFT_OK;
}

static bool
label_before(const DriftCategoryPair *a, const DriftCategoryPair *b)
{
	int difference = memcmp(a->label, b->label, a->length < b->length ? a->length : b->length);

	return difference != 0 ? difference < 0 : a->length < b->length;
}

DriftStatus
drift_category_larger_of_two(const DriftCategory *reference, const DriftCategory *current, uint32_t *order,
							 int64_t rows[2])
{
	DriftCategoryPairs pairs;
	DriftCategoryPair pair;
	DriftCategoryPair last = {0};
	uint32_t categories = 0;
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status != DRIFT_OK)
		return status;
	if (!both_exact(reference, current) || reference->used > 2 || current->used > 2)
		return DRIFT_TOO_MANY_CATEGORIES;

	drift_category_pairs_begin(&pairs, reference, current, order);
	while (drift_category_pairs_next(&pairs, &pair))
		if (categories++ == 0 || label_before(&last, &pair))
			last = pair;
	if (categories > 2)
		return DRIFT_TOO_MANY_CATEGORIES;
	rows[0] = last.c_reference;
	rows[1] = last.c_current;
	return DRIFT_OK;
}
