/*
 * category_statistics.c
 *		Statistics of two categorical profiles, with bounds.
 */
#include "stats/category_statistics.h"

#include <math.h>
#include <string.h>

#include "stats/special.h"

static const DriftCount no_rows = {0, 0, 0};

static DriftStatus
check_sides(const DriftCategory *reference, const DriftCategory *current)
{
	if (reference->profile.value_type != current->profile.value_type)
		return DRIFT_TYPE_MISMATCH;
	if (drift_profile_n(&reference->profile) == 0)
		return DRIFT_EMPTY_REFERENCE;
	if (drift_profile_n(&current->profile) == 0)
		return DRIFT_EMPTY_CURRENT;
	return DRIFT_OK;
}

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
	d->low.kl -= rest / d->low.n_current / exp(1.0);
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
	double smallest = DRIFT_POOLED_SHARE * (double) drift_profile_n(&reference->profile);
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

/* The bins of the distances; apart gets those in which the rows without a count are disjoint. */
static void
step_each(DriftBoundedDivergence *d, DriftBoundedDivergence *apart, const DriftCategory *reference,
		  const DriftCategory *current, DriftCategoryPairs *pairs)
{
	DriftCount rest_reference = rest_of(reference);
	DriftCount rest_current = rest_of(current);
	DriftCategoryPair pair;

	drift_bounded_divergence_step(apart, rest_reference, no_rows);
	drift_bounded_divergence_step(apart, no_rows, rest_current);
	while (drift_category_pairs_next(pairs, &pair))
	{
		drift_bounded_divergence_step(d, count_of(pair.c_reference, pair.error_reference),
									  count_of(pair.c_current, pair.error_current));
		drift_bounded_divergence_step(apart, count_of(pair.c_reference, 0), count_of(pair.c_current, 0));
		take(&rest_reference, count_of(0, pair.error_reference));
		take(&rest_current, count_of(0, pair.error_current));
	}
	drift_bounded_divergence_step(d, rest_reference, rest_current);
}

DriftStatus
drift_category_divergence(DriftDivergenceKind kind, const DriftCategory *reference, const DriftCategory *current,
						  double floor, uint32_t *order, DriftInterval *result)
{
	DriftBoundedDivergence d;
	DriftBoundedDivergence apart;
	DriftCategoryPairs pairs;
	bool pooled = kind == DRIFT_PSI || kind == DRIFT_KL_DIVERGENCE;
	DriftStatus status = check_sides(reference, current);

	if (status != DRIFT_OK)
		return status;
	if (pooled && !(floor > 0 && floor < 0.5))
		return DRIFT_BAD_FLOOR;

	drift_bounded_divergence_init(&d, kind, drift_profile_n(&reference->profile), drift_profile_n(&current->profile),
								  floor);
	drift_category_pairs_begin(&pairs, reference, current, order);
	if (pooled)
		step_pooled(&d, reference, current, &pairs);
	else
	{
		apart = d;
		step_each(&d, &apart, reference, current, &pairs);
	}

	*result = drift_bounded_divergence_finish(&d);
	if (both_exact(reference, current))
		*result = drift_exactly(result->value);
	else if (!pooled)
		result->high = fmin(drift_bounded_divergence_finish(&apart).value, 1);
	/* sums in another order may differ in the last digits */
	result->low = fmin(result->low, result->value);
	result->high = fmax(result->high, result->value);
	return DRIFT_OK;
}

/* Adds the counts within the bounds whose shares are nearest, or nothing when the shares may be equal. */
static void
step_nearest(DriftChiSquare *low, DriftCount r, DriftCount c)
{
	double n = (double) low->n_reference;
	double m = (double) low->n_current;

	if ((double) r.low / n > (double) c.high / m)
		drift_chi_square_step(low, r.low, c.high);
	else if ((double) r.high / n < (double) c.low / m)
		drift_chi_square_step(low, r.high, c.low);
}

/* Bounds of the statistic whose table, with a column for the rest, is in *table. */
static void
bound_chi_square(const DriftCategory *reference, const DriftCategory *current, uint32_t *order,
				 const DriftChiSquare *table, DriftInterval *statistic)
{
	DriftCategoryPairs pairs;
	DriftCategoryPair pair;
	DriftChiSquare low;
	DriftChiSquare high;
	DriftCount rest_reference = rest_of(reference);
	DriftCount rest_current = rest_of(current);

	drift_chi_square_init(&low, table->n_reference, table->n_current);
	high = low;
	drift_chi_square_step(&high, rest_reference.value, 0);
	drift_chi_square_step(&high, 0, rest_current.value);
	drift_category_pairs_begin(&pairs, reference, current, order);
	while (drift_category_pairs_next(&pairs, &pair))
	{
		step_nearest(&low, count_of(pair.c_reference, pair.error_reference),
					 count_of(pair.c_current, pair.error_current));
		drift_chi_square_step(&high, pair.c_reference, pair.c_current);
		take(&rest_reference, count_of(0, pair.error_reference));
		take(&rest_current, count_of(0, pair.error_current));
	}
	step_nearest(&low, rest_reference, rest_current);

	/* with two columns the statistic is Yates', which may be anything below */
	statistic->low = table->categories > 2 ? fmin(low.statistic, statistic->value) : 0;
	statistic->high = fmax(high.statistic, statistic->value);
}

DriftStatus
drift_category_chi_square(const DriftCategory *reference, const DriftCategory *current, uint32_t *order,
						  DriftIntervalTest *result)
{
	DriftCategoryPairs pairs;
	DriftCategoryPair pair;
	DriftChiSquare table;
	double statistic;
	double df;
	double p_value;
	DriftStatus status = check_sides(reference, current);

	if (status != DRIFT_OK)
		return status;
	drift_chi_square_init(&table, drift_profile_n(&reference->profile), drift_profile_n(&current->profile));
	drift_category_pairs_begin(&pairs, reference, current, order);
	while (drift_category_pairs_next(&pairs, &pair))
		drift_chi_square_step(&table, pair.c_reference, pair.c_current);
	drift_chi_square_step(&table, drift_category_rest(reference), drift_category_rest(current));
	drift_chi_square_finish(&table, &statistic, &df, &p_value);

	result->statistic = drift_exactly(statistic);
	result->p_value = drift_exactly(p_value);
	if (!both_exact(reference, current) && df > 0)
	{
		bound_chi_square(reference, current, order, &table, &result->statistic);
		result->p_value.low = drift_chi2_sf(result->statistic.high, df);
		result->p_value.high = drift_chi2_sf(result->statistic.low, df);
	}
	return DRIFT_OK;
}

static bool
label_before(const DriftCategoryPair *a, const DriftCategoryPair *b)
{
	int difference = memcmp(a->label, b->label, a->length < b->length ? a->length : b->length);

	return difference != 0 ? difference < 0 : a->length < b->length;
}

DriftStatus
drift_category_z_test(const DriftCategory *reference, const DriftCategory *current, uint32_t *order, DriftTest *result)
{
	DriftCategoryPairs pairs;
	DriftCategoryPair pair;
	DriftCategoryPair last = {0};
	uint32_t categories = 0;
	DriftStatus status = check_sides(reference, current);

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
	*result = drift_two_proportion_z(last.c_reference, drift_profile_n(&reference->profile), last.c_current,
									 drift_profile_n(&current->profile));
	return DRIFT_OK;
}
