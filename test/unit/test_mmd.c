/*
 * test_mmd.c
 *		Maximum mean discrepancy against numpy, and its p-value against all
 *		ways to deal the labels.
 */
#include "stats/mmd.h"

#include "golden.h"
#include "samples.h"

#define DEALS 4999
#define MOST_NUMBERS 400

/* Columns of mmd.csv. */
enum
{
	SHAPE,
	N_REFERENCE,
	N_CURRENT,
	DIMENSIONS,
	SCALE,
	MMD,
	P
};

static uint32_t counters[DRIFT_MMD_COUNTERS];

static DriftPoints
read_points(const Golden *g, double *values)
{
	DriftPoints points = {(uint32_t) golden_int(g, N_REFERENCE), (uint32_t) golden_int(g, N_CURRENT),
						  (uint32_t) golden_int(g, DIMENSIONS), values};
	uint64_t reference = (uint64_t) points.n_reference * points.dimensions;
	uint64_t current = (uint64_t) points.n_current * points.dimensions;

	for (uint64_t i = 0; i < reference; i++)
		values[i] = sample_value(g->field[SHAPE], 0, i + 1);
	for (uint64_t i = 0; i < current; i++)
		values[reference + i] = sample_value(g->field[SHAPE], 1, i + 1);
	return points;
}

static DriftMmd
run(const DriftPoints *points, double scale, uint32_t permutations, uint64_t seed)
{
	void *room = malloc(drift_mmd_room(points, permutations));
	DriftMmd result;

	if (room == NULL)
		abort();
	result = drift_mmd(points, scale, permutations, seed, room, NULL);
	free(room);
	return result;
}

static void
test_golden(int argc, char **argv)
{
	Golden g;
	Worst scales = {0};
	Worst statistics = {0};
	double values[MOST_NUMBERS];
	int small = 0;
	int near = 0;

	golden_open(&g, argc, argv, "mmd.csv");
	while (golden_next(&g))
	{
		DriftPoints points = read_points(&g, values);
		double scale = drift_mmd_scale(&points, counters, NULL);
		double p = golden_double(&g, P);
		bool has_p = g.field[P][0] != '\0';
		DriftMmd result = run(&points, scale, has_p ? DEALS : 9, 42);

		worst_add(&scales, scale, golden_double(&g, SCALE), &g);
		worst_add(&statistics, result.statistic, golden_double(&g, MMD), &g);
		if (!has_p)
			continue;
		small++;
		near += fabs(result.p_value - p) <= 4 * sqrt(p * (1 - p) / DEALS) + 1.0 / DEALS;
	}
	golden_close(&g, "mmd.csv", 70);
	worst_report(&scales, 1e-14, "the scale");
	worst_report(&statistics, 1e-9, "MMD^2");
	ok(small > 30 && near == small, "%d of %d p-values are within four deviations of those of all deals", near, small);
}

static void
test_extremes(void)
{
	static const double equal[] = {1, 1, 1, 1};
	static const double one_apart[] = {1, 1, 1, 2};
	static const double infinite[] = {1, 2, 3, (double) INFINITY};
	static const double huge[] = {1e300, -1e300, 0, 1};
	DriftPoints points = {2, 2, 1, equal};
	DriftMmd result = run(&points, drift_mmd_scale(&points, counters, NULL), 99, 1);

	ok(result.statistic == 0 && result.p_value == 1, "equal points");
	points.values = one_apart;
	ok(drift_mmd_scale(&points, counters, NULL) == 1, "the scale is of distances that are not 0");
	points.values = infinite;
	result = run(&points, drift_mmd_scale(&points, counters, NULL), 99, 1);
	ok(isnan(result.statistic) && isnan(result.p_value), "an infinity is at no distance");
	points.values = huge;
	ok(isnan(drift_mmd_scale(&points, counters, NULL)), "nor are numbers whose squares overflow");
	points = (DriftPoints){1, 3, 1, one_apart};
	result = run(&points, 1, 99, 1);
	ok(isnan(result.statistic), "one point has no pair");
}

/* Which side is which does not change the statistic, nor does the seed. */
static void
test_symmetry(void)
{
	static const double values[] = {0.5, 1, 4, 2, 7, 3, 9};
	static const double turned[] = {2, 7, 3, 9, 0.5, 1, 4};
	DriftPoints points = {3, 4, 1, values};
	DriftPoints other = {4, 3, 1, turned};
	double a = run(&points, 3, 99, 1).statistic;
	double b = run(&other, 3, 99, 2).statistic;

	is_close(a, b, 1e-14, "the sides may be exchanged");
	ok(run(&points, 3, 999, 7).p_value == run(&points, 3, 999, 7).p_value, "a seed gives one answer");
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_extremes();
	test_symmetry();
	return done_testing();
}
