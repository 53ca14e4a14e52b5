/*
 * test_contingency.c
 *		Statistics of the table of both samples by category, and Fisher's exact
 *		test, against scipy and on hostile input.
 */
#include "stats/contingency.h"

#include "golden.h"
#include "stats/correction.h"
#include "stats/fisher.h"
#include "stats/occurrence.h"

#define MOST 20000

/* Columns of the golden files after the counts: statistic, and p-value or -1. */
static const struct
{
	DriftTableStatistic kind;
	const char *name;
	int statistic;
	int p_value;
} columns[] = {{DRIFT_G, "g", 0, 1},
			   {DRIFT_GOODNESS_OF_FIT, "goodness of fit", 2, 3},
			   {DRIFT_CRAMERS_V, "cramers_v", 4, -1},
			   {DRIFT_CRAMERS_V_CORRECTED, "cramers_v_corrected", 5, -1},
			   {DRIFT_L_INFINITY, "l_infinity", 6, -1}};

#define COLUMNS (int) (sizeof(columns) / sizeof(columns[0]))

static int64_t counts[2][MOST];

static DriftTableResult
result_of(DriftTableStatistic kind, int k)
{
	DriftTable t;
	int64_t n[2] = {0, 0};

	for (int i = 0; i < k; i++)
		for (int side = 0; side < 2; side++)
			n[side] += counts[side][i];
	drift_table_init(&t, kind, n[0], n[1]);
	for (int i = 0; i < k; i++)
		drift_table_step(&t, counts[0][i], counts[1][i]);
	return drift_table_finish(&t);
}

static void
test_chi_square(int argc, char **argv)
{
	Golden g;
	Worst statistic = {0};
	Worst degrees = {0};
	Worst p_value = {0};

	golden_open(&g, argc, argv, "chi2.csv");
	while (golden_next(&g))
	{
		int k = golden_counts(&g, 0, counts[0], MOST);
		DriftTableResult result;

		golden_counts(&g, 1, counts[1], MOST);
		result = result_of(DRIFT_CHI_SQUARE, k);
		worst_add(&statistic, result.statistic, golden_double(&g, 2), &g);
		worst_add(&degrees, result.df, golden_double(&g, 3), &g);
		if (golden_double(&g, 4) > 1e-300)
			worst_add(&p_value, result.p_value, golden_double(&g, 4), &g);
	}
	golden_close(&g, "chi2.csv", 30);
	worst_report(&statistic, 1e-9, "chi_square statistic");
	worst_report(&degrees, 0, "chi_square degrees of freedom");
	worst_report(&p_value, 1e-9, "chi_square p-value");
}

/* Compares all statistics of the first k counts with the golden row, whose values begin at a field. */
static void
add_row(Worst worst[][2], const Golden *g, int k, int first)
{
	for (int i = 0; i < COLUMNS; i++)
	{
		DriftTableResult result = result_of(columns[i].kind, k);

		worst_add(&worst[i][0], result.statistic, golden_double(g, first + columns[i].statistic), g);
		if (columns[i].p_value >= 0 && golden_double(g, first + columns[i].p_value) > 1e-300)
			worst_add(&worst[i][1], result.p_value, golden_double(g, first + columns[i].p_value), g);
	}
}

static void
report_all(Worst worst[][2])
{
	for (int i = 0; i < COLUMNS; i++)
	{
		worst_report(&worst[i][0], 1e-12, columns[i].name);
		if (columns[i].p_value >= 0)
			worst_report(&worst[i][1], 1e-9, "its p-value");
	}
}

static void
test_tables(int argc, char **argv)
{
	Golden g;
	Worst worst[COLUMNS][2] = {0};

	golden_open(&g, argc, argv, "contingency.csv");
	while (golden_next(&g))
	{
		int k = golden_counts(&g, 0, counts[0], MOST);

		golden_counts(&g, 1, counts[1], MOST);
		add_row(worst, &g, k, 2);
	}
	golden_close(&g, "contingency.csv", 45);
	report_all(worst);
}

static void
test_many_categories(int argc, char **argv)
{
	Golden g;
	Worst worst[COLUMNS][2] = {0};

	golden_open(&g, argc, argv, "contingency_many.csv");
	while (golden_next(&g))
	{
		int k = (int) golden_int(&g, 0);

		for (int i = 0; i < k; i++)
		{
			counts[0][i] = 20 + (int64_t) i * 7919 % 97;
			counts[1][i] = (int64_t) i * 7919 % 97 + (int64_t) i * 7907 % 41;
		}
		add_row(worst, &g, k, 1);
	}
	golden_close(&g, "contingency_many.csv", 3);
	report_all(worst);
}

static void
test_table_properties(void)
{
	DriftTableResult result;
	int wrong = 0;

	counts[0][0] = 7;
	counts[1][0] = 3;
	result = result_of(DRIFT_GOODNESS_OF_FIT, 1);
	ok(result.statistic == 0 && result.df == 0 && result.p_value == 1, "one category has p = 1");
	result = result_of(DRIFT_CRAMERS_V_CORRECTED, 1);
	ok(result.statistic == 0 && isnan(result.p_value), "and no association, which is no test");

	for (int i = 0; i < 30; i++)
		counts[0][i] = i + 1, counts[1][i] = 3 * (i + 1);
	for (int i = 0; i < COLUMNS; i++)
		wrong += result_of(columns[i].kind, 30).statistic != 0;
	ok(wrong == 0, "equal shares are exactly at no distance");

	counts[0][0] = counts[1][1] = 5;
	counts[0][1] = counts[1][0] = 0;
	is_close(result_of(DRIFT_CRAMERS_V, 2).statistic, 1, 0, "V of disjoint sides is 1");
	is_close(result_of(DRIFT_CRAMERS_V_CORRECTED, 2).statistic, 1, 1e-15, "corrected as well");
	is_close(result_of(DRIFT_L_INFINITY, 2).statistic, 1, 0, "and l_infinity");
	result = result_of(DRIFT_GOODNESS_OF_FIT, 2);
	ok(isinf(result.statistic) && result.p_value == 0, "what the reference lacks is infinitely surprising");
}

static bool
in_range(DriftTableStatistic kind, DriftTableResult result)
{
	bool distance = kind >= DRIFT_CRAMERS_V;

	if (!(result.statistic >= 0) || (distance && result.statistic > 1))
		return false;
	return distance ? isnan(result.p_value) : result.p_value >= 0 && result.p_value <= 1;
}

static void
test_table_hostile(void)
{
	static const int64_t sizes[] = {0, 1, 2, 5, 1000, INT64_C(1) << 40, INT64_C(1) << 61};
	DriftTable t;
	int wrong = 0;

	for (int kind = DRIFT_CHI_SQUARE; kind <= DRIFT_L_INFINITY; kind++)
	{
		for (int i = 0; i < 7 * 7 * 7 * 7; i++)
		{
			counts[0][0] = sizes[i % 7];
			counts[0][1] = sizes[i / 7 % 7];
			counts[1][0] = sizes[i / 49 % 7];
			counts[1][1] = sizes[i / 343];
			if (counts[0][0] + counts[0][1] == 0 || counts[1][0] + counts[1][1] == 0)
				wrong += !isnan(result_of((DriftTableStatistic) kind, 2).statistic);
			else
				wrong += !in_range((DriftTableStatistic) kind, result_of((DriftTableStatistic) kind, 2));
		}

		drift_table_init(&t, (DriftTableStatistic) kind, 10, 10);
		drift_table_step(&t, 11, 0);
		wrong += !isnan(drift_table_finish(&t).statistic);
		drift_table_init(&t, (DriftTableStatistic) kind, INT64_MAX, INT64_MAX);
		drift_table_step(&t, INT64_MAX, 1);
		drift_table_step(&t, 0, INT64_MAX - 1);
		wrong += isnan(drift_table_finish(&t).statistic);
	}
	ok(wrong == 0, "statistics of any table are in their range, and NaN of an empty side or wrong counts");
}

static int polls;

static void
count_polls(void)
{
	polls++;
}

static void
test_fisher(int argc, char **argv)
{
	Golden g;
	Worst odds = {0};
	Worst p_value = {0};
	int asymmetric = 0;

	golden_open(&g, argc, argv, "fisher.csv");
	while (golden_next(&g))
	{
		int64_t success_r = golden_int(&g, 0);
		int64_t n = golden_int(&g, 1);
		int64_t success_c = golden_int(&g, 2);
		int64_t m = golden_int(&g, 3);
		DriftTest test = drift_fisher_exact(success_r, n, success_c, m, count_polls);
		double p = golden_double(&g, 5);

		worst_add(&odds, test.statistic, golden_double(&g, 4), &g);
		worst_add(&p_value, test.p_value, p, &g);
		asymmetric += relative_error(drift_fisher_exact(success_c, m, success_r, n, NULL).p_value, p) > 1e-9;
		asymmetric += relative_error(drift_fisher_exact(n - success_r, n, m - success_c, m, NULL).p_value, p) > 1e-9;
	}
	golden_close(&g, "fisher.csv", 550);
	worst_report(&odds, 1e-14, "fisher_exact odds ratio");
	worst_report(&p_value, 1e-9, "fisher_exact p-value");
	ok(asymmetric == 0, "sides and columns may be exchanged");
	ok(polls > 0, "tables of 10^9 rows poll");
}

static void
test_fisher_hostile(void)
{
	static const int64_t sizes[] = {INT64_MIN, -1, 0, 1, 2, 7, 1000, INT64_C(1) << 30};
	DriftTest test;
	int wrong = 0;

	for (int i = 0; i < 8 * 8 * 8 * 8; i++)
	{
		int64_t n = sizes[i / 64 % 8];
		int64_t m = sizes[i / 512];
		double p = drift_fisher_exact(sizes[i % 8], n, sizes[i / 8 % 8], m, NULL).p_value;

		wrong += n < 1 || m < 1 ? !isnan(p) : !isnan(p) && !(p >= 0 && p <= 1);
	}
	ok(wrong == 0, "fisher_exact of any counts is NaN or a probability");
	test = drift_fisher_exact(5, 5, 9, 9, NULL);
	ok(isnan(test.statistic) && test.p_value == 1, "with one column there are no odds and p = 1");
	test = drift_fisher_exact(5, 5, 0, 9, NULL);
	ok(isinf(test.statistic), "the odds ratio may be infinite");
	is_close(test.p_value, 1.0 / 2002, 1e-13, "and its p-value is one in C(14, 5)");
	test = drift_fisher_exact(INT64_C(1) << 61, INT64_C(1) << 62, 1, INT64_C(1) << 62, NULL);
	ok(test.p_value == 0 && test.statistic > 1e18, "the largest counts do not overflow");
}

/* Pools as the text says, and otherwise is the plain test */
static void
test_pooled(void)
{
	static const int64_t even[2][3] = {{50, 60, 70}, {40, 80, 60}};
	static const int64_t sparse[2][4] = {{50, 60, 1, 9}, {60, 50, 2, 8}};
	static const int64_t joined[2][3] = {{50, 60, 10}, {60, 50, 10}};
	DriftTableResult a;
	DriftTableResult b;

	memcpy(counts[0], even[0], sizeof(even[0]));
	memcpy(counts[1], even[1], sizeof(even[1]));
	is_close(drift_pooled_chi_square(even[0], even[1], 3).p_value, result_of(DRIFT_CHI_SQUARE, 3).p_value, 1e-14,
			 "nothing sparse, nothing pooled");
	a = drift_pooled_chi_square(sparse[0], sparse[1], 4);
	b = drift_pooled_chi_square(joined[0], joined[1], 3);
	is_close(a.statistic, b.statistic, 1e-14, "a sparse category takes the smallest other one with it");
	ok(a.df == 2, "which leaves three categories");
	a = drift_pooled_chi_square(sparse[0] + 2, sparse[1] + 2, 1);
	ok(a.statistic == 0 && a.p_value == 1, "one category tells nothing apart");
	counts[0][0] = counts[1][0] = INT64_C(1) << 61;
	counts[0][1] = counts[1][1] = INT64_C(1) << 60;
	ok(drift_pooled_chi_square(counts[0], counts[1], 2).statistic == 0, "the largest counts do not overflow");
}

/* Benjamini and Hochberg by hand */
static void
test_correction(void)
{
	double p_values[] = {0.005, 0.01, 0.03, 0.03, 0.04};
	static const double corrected[] = {0.025, 0.025, 0.0375, 0.0375, 0.04};
	double unknown[] = {0.5, NAN};
	int wrong = 0;

	drift_correct_ascending(p_values, 5);
	for (int i = 0; i < 5; i++)
		wrong += fabs(p_values[i] - corrected[i]) > 1e-15;
	ok(wrong == 0, "corrected p-values are p k / i, made monotone");
	drift_correct_ascending(unknown, 2);
	ok(unknown[0] == 1 && unknown[1] == 1, "NaN is the largest and becomes 1");
	drift_correct_ascending(p_values, 0);
	ok(p_values[0] == corrected[0], "none are none");
}

static void
test_occurrence(void)
{
	is_close(drift_one_sided_rows(3, 100, 100, 2), 0.25, 1e-14, "three of three rows on one side, two tries");
	ok(drift_one_sided_rows(0, 100, 100, 2) == 1, "no rows are no wonder");
	ok(drift_one_sided_rows(1, 100, 1, 1000) == 1, "a probability is at most 1");
	ok(drift_one_sided_rows(INT64_C(1) << 62, 1, INT64_C(1) << 62, 1) > 0, "and never 0");
}

int
main(int argc, char **argv)
{
	test_chi_square(argc, argv);
	test_tables(argc, argv);
	test_many_categories(argc, argv);
	test_table_properties();
	test_table_hostile();
	test_fisher(argc, argv);
	test_fisher_hostile();
	test_pooled();
	test_correction();
	test_occurrence();
	return done_testing();
}
