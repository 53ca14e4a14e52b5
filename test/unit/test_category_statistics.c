/*
 * test_category_statistics.c
 *		Statistics of categorical profiles: values, and bounds that hold.
 */
#include <math.h>
#include <string.h>

#include "stats/category_statistics.h"
#include "stats/special.h"
#include "unit/category_owner.h"
#include "unit/tap.h"

#define LABELS 150
#define ORDER_SIZE (4 * LABELS)

static const DriftDivergenceKind kinds[] = {DRIFT_PSI, DRIFT_KL_DIVERGENCE, DRIFT_JS_DISTANCE, DRIFT_HELLINGER_DISTANCE,
											DRIFT_TOTAL_VARIATION};
static const char *const names[] = {"psi", "kl", "js", "hellinger", "tv"};

static void
add_rows(DriftCategory **p, const char *label, int64_t rows)
{
	for (int64_t i = 0; i < rows; i++)
		owner_add(p, label, strlen(label));
}

static bool
near(double a, double b)
{
	return fabs(a - b) <= 1e-12 * fmax(1, fabs(b));
}

/* Reference: a 600, b 392, c 5, d 3; current: a 50, b 40, c 2, e 7, f 1. */
static void
test_values(void)
{
	DriftCategory *r = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	DriftCategory *c = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	uint32_t order[16];
	DriftInterval result;
	double floor = 1e-3;
	double psi = 0.1 * log(0.6 / 0.5) + (0.392 - 0.4) * log(0.392 / 0.4) + (0.008 - 0.02) * log(0.008 / 0.02) +
				 (floor - 0.07) * log(floor / 0.07) + (floor - 0.01) * log(floor / 0.01);
	double kl = 0.6 * log(0.6 / 0.5) + 0.392 * log(0.392 / 0.4) + 0.008 * log(0.008 / 0.02) +
				floor * log(floor / 0.07) + floor * log(floor / 0.01);
	double tv = (0.1 + 0.008 + 0.015 + 0.003 + 0.07 + 0.01) / 2;
	double affinity = sqrt(0.6 * 0.5) + sqrt(0.392 * 0.4) + sqrt(0.005 * 0.02);

	add_rows(&r, "a", 600);
	add_rows(&r, "b", 392);
	add_rows(&r, "c", 5);
	add_rows(&r, "d", 3);
	add_rows(&c, "a", 50);
	add_rows(&c, "b", 40);
	add_rows(&c, "c", 2);
	add_rows(&c, "e", 7);
	add_rows(&c, "f", 1);
	drift_category_add_missing(c);

	drift_category_divergence(DRIFT_PSI, r, c, floor, order, &result);
	ok(near(result.value, psi) && result.low == result.value && result.high == result.value,
	   "psi pools rare categories and not unseen ones: %.15g", result.value);
	drift_category_divergence(DRIFT_KL_DIVERGENCE, r, c, floor, order, &result);
	ok(near(result.value, kl), "so does kl: %.15g", result.value);
	drift_category_divergence(DRIFT_TOTAL_VARIATION, r, c, floor, order, &result);
	ok(near(result.value, tv) && result.low == result.high, "total variation takes each for itself: %.15g",
	   result.value);
	drift_category_divergence(DRIFT_HELLINGER_DISTANCE, r, c, floor, order, &result);
	ok(near(result.value, sqrt(1 - affinity)), "so does hellinger: %.15g", result.value);
	drift_category_divergence(DRIFT_JS_DISTANCE, r, r, floor, order, &result);
	ok(result.value == 0 && result.high == 0, "a profile is at no distance from itself");
	free(r);
	free(c);
}

static void
test_tests(void)
{
	DriftCategory *r = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	DriftCategory *c = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	DriftCategory *truth = owner_new(DRIFT_VALUE_BOOLEAN, DRIFT_CATEGORY_LIMIT);
	uint32_t order[16];
	DriftIntervalTest chi;
	int64_t larger[2];
	DriftInterval result;

	ok(drift_category_table(DRIFT_CHI_SQUARE, r, c, order, &chi) == DRIFT_EMPTY_REFERENCE,
	   "an empty reference has a name");
	add_rows(&r, "x", 10);
	ok(drift_category_larger_of_two(r, c, order, larger) == DRIFT_EMPTY_CURRENT, "so has an empty current side");
	ok(drift_category_divergence(DRIFT_PSI, r, truth, 1e-4, order, &result) == DRIFT_TYPE_MISMATCH,
	   "text and boolean do not compare");
	ok(drift_category_divergence(DRIFT_PSI, r, r, 0, order, &result) == DRIFT_BAD_FLOOR, "psi needs a floor");

	/* scipy.stats.chi2_contingency([[10, 10, 20], [20, 20, 20]]), from its manual */
	add_rows(&r, "y", 10);
	add_rows(&r, "z", 20);
	add_rows(&c, "x", 20);
	add_rows(&c, "y", 20);
	add_rows(&c, "z", 20);
	drift_category_table(DRIFT_CHI_SQUARE, r, c, order, &chi);
	ok(near(chi.statistic.value, 2.7777777777777777) && near(chi.p_value.value, 0.24935220877729619) &&
		   chi.p_value.low == chi.p_value.high,
	   "chi-square %.15g, p %.15g", chi.statistic.value, chi.p_value.value);
	ok(drift_category_larger_of_two(r, c, order, larger) == DRIFT_TOO_MANY_CATEGORIES,
	   "three categories are more than two");
	free(r);
	free(c);

	r = owner_new(DRIFT_VALUE_BOOLEAN, DRIFT_CATEGORY_LIMIT);
	c = owner_new(DRIFT_VALUE_BOOLEAN, DRIFT_CATEGORY_LIMIT);
	add_rows(&r, "true", 30);
	add_rows(&r, "false", 70);
	add_rows(&c, "true", 20);
	add_rows(&c, "false", 20);
	ok(drift_category_larger_of_two(r, c, order, larger) == DRIFT_OK && larger[0] == 30 && larger[1] == 20,
	   "the larger of two is 'true'");
	free(c);
	c = owner_new(DRIFT_VALUE_BOOLEAN, DRIFT_CATEGORY_LIMIT);
	add_rows(&c, "true", 5);
	ok(drift_category_larger_of_two(r, c, order, larger) == DRIFT_OK && larger[0] == 30 && larger[1] == 5,
	   "one category may be missing on a side");
	ok(drift_category_larger_of_two(c, c, order, larger) == DRIFT_OK && larger[0] == 5 && larger[1] == 5, "or on both");
	free(r);
	free(c);
	free(truth);
}

/* Rows of label numbers that crowd at the low end, shifted for a share of them. */
static void
random_rows(uint64_t *seed, int labels, double crowd, int shift, int rows, DriftCategory **exact, DriftCategory **lossy)
{
	for (int i = 0; i < rows; i++)
	{
		char text[300];
		int number = (int) (pow(owner_uniform(seed), crowd) * labels);
		size_t length = owner_label(text, number + (owner_uniform(seed) < 0.3 ? shift : 0));

		owner_add(exact, text, length);
		owner_add(lossy, text, length);
	}
}

static bool
covers(DriftInterval interval, double truth)
{
	return interval.low <= interval.value && interval.value <= interval.high && interval.low <= truth + 1e-12 &&
		   truth <= interval.high + 1e-12;
}

/* Statistics of the table that are bounded by its columns, in the order of the enum. */
#define TABLE_KINDS DRIFT_L_INFINITY

static void
step_all(DriftTable tables[TABLE_KINDS], const int64_t rows[2])
{
	for (int kind = 0; kind < TABLE_KINDS; kind++)
		drift_table_step(&tables[kind], rows[0], rows[1]);
}

/*
 * The truth about bins that lossy profiles made: PSI and KL of a reference that
 * is not exact, and those of the table. Labels that are not in bins are one more.
 */
static void
true_bins(const DriftCategory *exact[2], const DriftCategory *lossy[2], DriftDivergence *d,
		  DriftTable tables[TABLE_KINDS])
{
	uint32_t order[ORDER_SIZE];
	double smallest = (double) drift_profile_n(&lossy[0]->profile) / DRIFT_POOL_DIVISOR;
	DriftCategoryPairs pairs;
	DriftCategoryPair pair;
	int64_t pooled[2];
	int64_t rest[2];

	for (int side = 0; side < 2; side++)
		pooled[side] = rest[side] = drift_profile_n(&exact[side]->profile);
	drift_divergence_init(d, pooled[0], pooled[1], 1e-4);
	for (int kind = 0; kind < TABLE_KINDS; kind++)
		drift_table_init(&tables[kind], (DriftTableStatistic) kind, pooled[0], pooled[1]);
	drift_category_pairs_begin(&pairs, lossy[0], lossy[1], order);
	while (drift_category_pairs_next(&pairs, &pair))
	{
		int64_t count[2];

		for (int side = 0; side < 2; side++)
		{
			drift_category_find(exact[side], pair.label, pair.length, &count[side]);
			rest[side] -= count[side];
			if ((double) pair.c_reference >= smallest)
				pooled[side] -= count[side];
		}
		if ((pair.in_reference || drift_category_is_exact(lossy[0])) &&
			(pair.in_current || drift_category_is_exact(lossy[1])))
			step_all(tables, count);
		else
			for (int side = 0; side < 2; side++)
				rest[side] += count[side];
		if ((double) pair.c_reference >= smallest)
			drift_divergence_step(d, count[0], count[1]);
	}
	step_all(tables, rest);
	drift_divergence_step(d, pooled[0], pooled[1]);
}

/* How often each statistic's interval missed the truth, and the widest interval of total variation. */
typedef struct Misses
{
	int distances;
	int exact_reference;
	int lossy_reference;
	int tables;
	int l_infinity;
	double widest;
} Misses;

/* The truth has no correction, which may lower the statistic of two columns to nothing. */
static bool
table_covers(const DriftIntervalTest *test, DriftTable *truth)
{
	double statistic = drift_table_at(truth, truth->terms).statistic;
	bool in_order = test->statistic.low <= test->statistic.value && test->statistic.value <= test->statistic.high &&
					!(test->p_value.low > test->p_value.value || test->p_value.value > test->p_value.high);

	return in_order && test->statistic.low <= statistic * (1 + 1e-9) + 1e-15 &&
		   statistic * (1 - 1e-9) <= test->statistic.high;
}

static void
check_bounds(const DriftCategory *exact[2], const DriftCategory *lossy[2], Misses *misses)
{
	uint32_t order[ORDER_SIZE];
	DriftInterval truth;
	DriftInterval result;
	DriftIntervalTest test;
	DriftDivergence d;
	DriftTable tables[TABLE_KINDS];

	drift_category_table(DRIFT_L_INFINITY, exact[0], exact[1], order, &test);
	truth = test.statistic;
	drift_category_table(DRIFT_L_INFINITY, exact[0], lossy[1], order, &test);
	misses->l_infinity += !covers(test.statistic, truth.value);
	drift_category_table(DRIFT_L_INFINITY, lossy[0], lossy[1], order, &test);
	misses->l_infinity += !covers(test.statistic, truth.value);

	for (int k = 0; k < 5; k++)
	{
		bool pooled = k < 2;

		drift_category_divergence(kinds[k], exact[0], exact[1], 1e-4, order, &truth);
		drift_category_divergence(kinds[k], exact[0], lossy[1], 1e-4, order, &result);
		*(pooled ? &misses->exact_reference : &misses->distances) += !covers(result, truth.value);
		drift_category_divergence(kinds[k], lossy[0], lossy[1], 1e-4, order, &result);
		if (!pooled)
			misses->distances += !covers(result, truth.value);
	}
	misses->widest = fmax(misses->widest, result.high - result.low);
	if (drift_category_is_exact(lossy[0]))
		return;

	true_bins(exact, lossy, &d, tables);
	drift_category_divergence(DRIFT_PSI, lossy[0], lossy[1], 1e-4, order, &result);
	misses->lossy_reference += !covers(result, drift_psi(&d));
	drift_category_divergence(DRIFT_KL_DIVERGENCE, lossy[0], lossy[1], 1e-4, order, &result);
	misses->lossy_reference += !covers(result, drift_kl_divergence(&d));
	for (int kind = 0; kind < TABLE_KINDS; kind++)
	{
		drift_category_table((DriftTableStatistic) kind, lossy[0], lossy[1], order, &test);
		misses->tables += !table_covers(&test, &tables[kind]);
	}
}

static void
test_bounds(bool compacted)
{
	const char *how = compacted ? "compacted" : "heavy hitters";
	Misses misses = {0};
	uint64_t seed = compacted ? 11 : 12;
	int inexact = 0;

	for (int i = 0; i < 300; i++)
	{
		uint32_t limit = compacted ? DRIFT_CATEGORY_LIMIT : 40;
		DriftCategory *exact[2];
		DriftCategory *lossy[2];
		uint32_t order[ORDER_SIZE];

		for (int side = 0; side < 2; side++)
		{
			exact[side] = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
			lossy[side] = owner_new(DRIFT_VALUE_TEXT, limit);
			random_rows(&seed, LABELS - 30, 1 + i % 7, side * (i % 30), 100 + (int) (owner_uniform(&seed) * 3000),
						&exact[side], &lossy[side]);
			if (compacted)
				drift_category_compact(lossy[side], 60 + (size_t) (owner_uniform(&seed) * 1000), order);
			inexact += !drift_category_is_exact(lossy[side]);
		}
		check_bounds((const DriftCategory *[2]){exact[0], exact[1]}, (const DriftCategory *[2]){lossy[0], lossy[1]},
					 &misses);
		for (int side = 0; side < 2; side++)
		{
			free(exact[side]);
			free(lossy[side]);
		}
	}
	ok(inexact > 300, "%s: %d of 600 profiles are not exact", how, inexact);
	ok(misses.distances == 0, "%s: distances within their bounds", how);
	ok(misses.exact_reference == 0, "%s: psi and kl of an exact reference within their bounds", how);
	ok(misses.lossy_reference == 0, "%s: psi and kl over the bins of the reference's counts within their bounds", how);
	ok(misses.tables == 0, "%s: statistics of the table within their bounds", how);
	ok(misses.l_infinity == 0, "%s: the largest difference within its bounds", how);
	ok(misses.widest <= 1, "%s: the widest bounds of total variation are %.3f apart", how, misses.widest);
}

/* Dropping what is light must not cost much: the bounds that windows rely on. */
static void
test_compact_is_tight(void)
{
	DriftCategory *exact[2];
	DriftCategory *compact[2];
	uint32_t order[ORDER_SIZE];
	uint64_t seed = 13;
	DriftInterval result;

	for (int side = 0; side < 2; side++)
	{
		exact[side] = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
		compact[side] = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
		random_rows(&seed, LABELS - 30, 8, 1, 20000, &exact[side], &compact[side]);
		drift_category_compact(compact[side], 1000, order);
	}
	for (int k = 0; k < 5; k++)
	{
		drift_category_divergence(kinds[k], exact[0], compact[1], 1e-4, order, &result);
		ok(result.high - result.low < 0.15, "%s of a current side of 1000 bytes: %.4f in [%.4f, %.4f]", names[k],
		   result.value, result.low, result.high);
	}
	for (int side = 0; side < 2; side++)
	{
		free(exact[side]);
		free(compact[side]);
	}
}

int
main(void)
{
	test_values();
	test_tests();
	test_bounds(true);
	test_bounds(false);
	test_compact_is_tight();
	return done_testing();
}
