/*
 * test_sample_tests.c
 *		Epps-Singleton and Levene against scipy on samples of every shape.
 */
#include "stats/epps_singleton.h"
#include "stats/levene.h"
#include "stats/pick.h"

#include "golden.h"
#include "samples.h"

/* Columns of sample_tests.csv. */
enum
{
	SHAPE,
	WITH_MISSING,
	ROWS_REFERENCE,
	ROWS_CURRENT,
	EPPS_SINGLETON,
	EPPS_SINGLETON_P,
	LEVENE,
	LEVENE_P
};

/* The values of both sides together; the reference's come first until they are sorted. */
typedef struct Row
{
	double value;
	int current;
} Row;

typedef struct Pair
{
	Row *row;
	int64_t rows;
	int64_t n[2];
} Pair;

static int
compare_rows(const void *a, const void *b)
{
	double x = ((const Row *) a)->value;
	double y = ((const Row *) b)->value;

	return (x > y) - (x < y);
}

static Pair
make_pair(const Golden *g)
{
	int64_t most = golden_int(g, ROWS_REFERENCE) + golden_int(g, ROWS_CURRENT);
	Pair pair = {.row = malloc((size_t) most * sizeof(Row))};

	if (pair.row == NULL)
		abort();
	for (int side = 0; side < 2; side++)
		for (int64_t i = 1; i <= golden_int(g, ROWS_REFERENCE + side); i++)
			if (g->field[WITH_MISSING][0] == 'f' || !sample_is_missing(side, (uint64_t) i))
			{
				pair.row[pair.rows++] = (Row){sample_value(g->field[SHAPE], side, (uint64_t) i), side};
				pair.n[side]++;
			}
	qsort(pair.row, (size_t) pair.rows, sizeof(Row), compare_rows);
	return pair;
}

/* Counts the rows from *at on that hold the same value, and passes them. */
static double
take(const Pair *pair, int64_t *at, int64_t rows[2])
{
	double value = pair->row[*at].value;

	rows[0] = rows[1] = 0;
	for (; *at < pair->rows && pair->row[*at].value == value; ++*at)
		rows[pair->row[*at].current]++;
	return value;
}

static DriftTest
epps_singleton(const Pair *pair)
{
	static const double shares[2] = {0.25, 0.75};
	DriftEppsSingleton test;
	DriftPick pick;

	drift_pick_init(&pick, pair->rows, shares, 2);
	for (int64_t i = 0; i < pair->rows; i++)
		drift_pick_step(&pick, pair->row[i].value, 1);
	drift_epps_singleton_init(&test, pair->n[0], pair->n[1], drift_pick_quantile(&pick, 0),
							  drift_pick_quantile(&pick, 1));
	for (int64_t i = 0; i < pair->rows;)
	{
		int64_t rows[2];
		double x = take(pair, &i, rows);

		drift_epps_singleton_step(&test, x, rows[0], rows[1]);
	}
	return drift_epps_singleton_finish(&test);
}

static DriftTest
levene(const Pair *pair)
{
	static const double half[1] = {0.5};
	DriftLevene test;
	DriftPick pick[2];

	for (int side = 0; side < 2; side++)
		drift_pick_init(&pick[side], pair->n[side], half, 1);
	for (int64_t i = 0; i < pair->rows; i++)
		drift_pick_step(&pick[pair->row[i].current], pair->row[i].value, 1);
	drift_levene_init(&test, pair->n[0], pair->n[1], drift_pick_quantile(&pick[0], 0),
					  drift_pick_quantile(&pick[1], 0));
	for (int pass = 1; pass <= 2; pass++)
	{
		for (int64_t i = 0; i < pair->rows;)
		{
			int64_t rows[2];
			double x = take(pair, &i, rows);

			drift_levene_step(&test, x, rows[0], rows[1]);
		}
		if (pass == 1)
			drift_levene_second_pass(&test);
	}
	return drift_levene_finish(&test);
}

static void
test_golden(int argc, char **argv)
{
	Golden g;
	Worst es = {0};
	Worst far = {0};
	Worst spread = {0};

	golden_open(&g, argc, argv, "sample_tests.csv");
	while (golden_next(&g))
	{
		Pair pair = make_pair(&g);
		DriftTest test = levene(&pair);

		worst_add(&spread, test.statistic, golden_double(&g, LEVENE), &g);
		worst_add(&spread, test.p_value, golden_double(&g, LEVENE_P), &g);
		if (g.field[EPPS_SINGLETON][0] != '\0')
		{
			/* samples far apart have a covariance that is nearly singular */
			Worst *worst = strcmp(g.field[SHAPE], "disjoint") == 0 ? &far : &es;

			test = epps_singleton(&pair);
			worst_add(worst, test.statistic, golden_double(&g, EPPS_SINGLETON), &g);
			/* deep in the tail p is as much less certain than W as W is large */
			if (golden_double(&g, EPPS_SINGLETON_P) > 1e-100)
				worst_add(worst, test.p_value, golden_double(&g, EPPS_SINGLETON_P), &g);
		}
		free(pair.row);
	}
	golden_close(&g, "sample_tests.csv", 190);
	worst_report(&es, 1e-9, "Epps-Singleton");
	worst_report(&far, 1e-7, "Epps-Singleton of samples apart");
	worst_report(&spread, 1e-9, "Levene");
}

/* Quantiles of runs of equal values. */
static void
test_pick(void)
{
	static const double shares[2] = {0, 1};
	static const double middle[2] = {0.5, 0.25};
	DriftPick pick;

	drift_pick_init(&pick, 1, middle, 2);
	drift_pick_step(&pick, 7, 1);
	ok(drift_pick_quantile(&pick, 0) == 7 && drift_pick_quantile(&pick, 1) == 7, "one value is every quantile");
	drift_pick_init(&pick, 6, shares, 2);
	drift_pick_step(&pick, 1, 2);
	drift_pick_step(&pick, 2, 0);
	drift_pick_step(&pick, 3, 4);
	ok(drift_pick_quantile(&pick, 0) == 1 && drift_pick_quantile(&pick, 1) == 3, "the ends");
	drift_pick_init(&pick, 4, middle, 2);
	drift_pick_step(&pick, 1, 2);
	drift_pick_step(&pick, 2, 2);
	ok(drift_pick_quantile(&pick, 0) == 1.5 && drift_pick_quantile(&pick, 1) == 1, "between two values and within one");
}

static void
test_undetermined(void)
{
	Row far[] = {{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}, {1, 1}, {2, 1}, {3, 1}, {4, 1}, {(double) INFINITY, 1}};
	Row apart[] = {{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}};
	Row same[] = {{0, 0}, {3, 0}, {3, 0}, {3, 0}, {3, 0}, {3, 0}, {3, 1}, {3, 1}, {3, 1}, {3, 1}, {3, 1}, {9, 1}};
	Row two[] = {{0, 0}, {1, 0}, {1, 1}, {4, 1}};
	Pair pair = {far, 10, {5, 5}};
	DriftTest test = levene(&pair);

	ok(isnan(test.statistic) && isnan(test.p_value), "Levene: an infinity has no distance from the mean");
	test = epps_singleton(&pair);
	ok(isnan(test.statistic) && isnan(test.p_value), "Epps-Singleton: nor has it a wave");
	pair = (Pair){same, 12, {6, 6}};
	test = epps_singleton(&pair);
	ok(isnan(test.statistic) && isnan(test.p_value), "Epps-Singleton: quartiles that are the same give no unit");
	pair = (Pair){apart, 10, {5, 5}};
	test = epps_singleton(&pair);
	ok(test.statistic == 0 && isnan(test.p_value), "two constants have a covariance of rank 0");
	pair = (Pair){two, 4, {2, 2}};
	test = levene(&pair);
	ok(test.statistic == (double) INFINITY && test.p_value == 0,
	   "two values are as far from their median as each other");
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_pick();
	test_undetermined();
	return done_testing();
}
