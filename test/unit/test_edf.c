/*
 * test_edf.c
 *		The difference of two distribution functions, of rows and of profiles,
 *		against scipy, astropy and mpmath.
 */
#include "stats/edf.h"

#include "stats/edf_test.h"
#include "stats/numeric_edf.h"
#include "unit/numeric_owner.h"

#include "sample_sides.h"

/* Further columns of edf.csv. */
enum
{
	CRAMER_VON_MISES = 6,
	CRAMER_VON_MISES_P,
	ANDERSON_DARLING,
	ANDERSON_DARLING_P,
	KUIPER,
	KUIPER_P,
	ENERGY
};

static DriftEdf
merge(const Side side[2])
{
	DriftEdf e;
	int64_t at[2] = {0, 0};
	int64_t rows[2];
	double value;

	drift_edf_init(&e, side[0].n, side[1].n);
	while (next_value(side, at, &value, rows))
		drift_edf_step(&e, value, rows[0], rows[1]);
	return e;
}

static double
cramer_von_mises_p(double t, int64_t n, int64_t m)
{
	double *scratch = calloc(drift_cramer_von_mises_scratch(t, n, m) + 1, sizeof(double));
	double p_value;

	if (scratch == NULL)
		abort();
	p_value = drift_cramer_von_mises_p_value(t, n, m, scratch);
	free(scratch);
	return p_value;
}

/* A difference of the standardised statistic, which may be near 0 */
static void
add_statistic(Worst *w, double got, double want, const Golden *g)
{
	worst_add(w, fabs(got - want) <= 1e-9 ? want : got, want, g);
}

static void
test_golden(int argc, char **argv)
{
	Golden g;
	Worst t = {0};
	Worst a = {0};
	Worst v = {0};
	Worst energy = {0};
	Worst p = {0};

	golden_open(&g, argc, argv, "edf.csv");
	ok(strstr(g.header, "n_current,cramer_von_mises,cramer_von_mises_p,anderson_darling,anderson_darling_p,"
						"kuiper,kuiper_p,energy_distance") != NULL,
	   "edf.csv has the expected columns");
	while (golden_next(&g))
	{
		Side side[] = {make_side(&g, 0), make_side(&g, 1)};
		DriftEdf e = merge(side);
		DriftIntervalTest ad = drift_anderson_darling_test(drift_edf_anderson_darling(&e), e.n_reference, e.n_current);

		worst_add(&t, drift_edf_cramer_von_mises(&e), golden_double(&g, CRAMER_VON_MISES), &g);
		worst_add(&p, cramer_von_mises_p(drift_edf_cramer_von_mises(&e), e.n_reference, e.n_current),
				  golden_double(&g, CRAMER_VON_MISES_P), &g);
		if (drift_edf_is_constant(&e))
			ok(golden_double(&g, ANDERSON_DARLING) == 0 && drift_edf_anderson_darling(&e) == 0, "one value only");
		else
		{
			add_statistic(&a, ad.statistic.value, golden_double(&g, ANDERSON_DARLING), &g);
			worst_add(&p, ad.p_value.value, golden_double(&g, ANDERSON_DARLING_P), &g);
		}
		worst_add(&v, drift_edf_kuiper(&e), golden_double(&g, KUIPER), &g);
		worst_add(&p, drift_kuiper_p_value(drift_edf_kuiper(&e), e.n_reference, e.n_current),
				  golden_double(&g, KUIPER_P), &g);
		worst_add(&energy, drift_edf_energy_distance(&e), golden_double(&g, ENERGY), &g);
		free(side[0].value);
		free(side[1].value);
	}
	golden_close(&g, "edf.csv", 250);
	worst_report(&t, 1e-9, "Cramer-von Mises T");
	worst_report(&a, 1e-9, "Anderson-Darling, standardised");
	worst_report(&v, 1e-12, "Kuiper's V");
	worst_report(&energy, 1e-9, "energy distance");
	worst_report(&p, 1e-9, "their p-values");
}

static void
test_p_values(int argc, char **argv)
{
	Golden g;
	Worst tails = {0};
	Worst cvm = {0};
	Worst kuiper = {0};
	Worst ad = {0};

	golden_open(&g, argc, argv, "edf_p.csv");
	while (golden_next(&g))
	{
		const char *function = g.field[0];
		int64_t n = golden_int(&g, 1);
		int64_t m = golden_int(&g, 2);
		double statistic = golden_double(&g, 3);
		double want = golden_double(&g, 4);

		if (strcmp(function, "cramer_von_mises_sf") == 0)
			worst_add(&tails, drift_cramer_von_mises_sf(statistic), want, &g);
		else if (strcmp(function, "kuiper_sf") == 0)
			worst_add(&tails, drift_kuiper_sf(statistic), want, &g);
		else if (strcmp(function, "cramer_von_mises") == 0)
			worst_add(&cvm, cramer_von_mises_p(statistic, n, m), want, &g);
		else if (strcmp(function, "kuiper") == 0)
			worst_add(&kuiper, drift_kuiper_p_value(statistic, n, m), want, &g);
		else if (strcmp(function, "anderson_darling") == 0)
			add_statistic(&ad, drift_anderson_darling_test(statistic, n, m).statistic.value, want, &g);
		else
			worst_add(&ad, drift_anderson_darling_test(statistic, n, m).p_value.value, want, &g);
	}
	golden_close(&g, "edf_p.csv", 220);
	worst_report(&tails, 1e-12, "limiting distributions");
	worst_report(&cvm, 1e-11, "p of Cramer-von Mises");
	worst_report(&kuiper, 1e-11, "p of Kuiper");
	worst_report(&ad, 1e-9, "Anderson-Darling, standardised, and its p");
}

/* What the capped p-value of Anderson and Darling does not say, its interval does. */
static void
test_caps(void)
{
	DriftIntervalTest small = drift_anderson_darling_test(0.5, 100, 100);
	DriftIntervalTest middle = drift_anderson_darling_test(3, 100, 100);
	DriftIntervalTest large = drift_anderson_darling_test(50, 100, 100);

	ok(small.p_value.value == 0.25 && small.p_value.low == 0.25 && small.p_value.high == 1, "0.25 or more");
	ok(large.p_value.value == 0.001 && large.p_value.low == 0 && large.p_value.high == 0.001, "0.001 or less");
	ok(middle.p_value.low == middle.p_value.value && middle.p_value.value == middle.p_value.high, "between, one");
	ok(isnan(drift_anderson_darling_test(1, 1, 2).p_value.value), "three rows have no variance");
}

static DriftEdf
pass(const double *value, const int64_t *reference, const int64_t *current, int steps, int64_t n, int64_t m)
{
	DriftEdf e;

	drift_edf_init(&e, n, m);
	for (int i = 0; i < steps; i++)
		drift_edf_step(&e, value[i], reference[i], current[i]);
	return e;
}

static void
test_infinities(void)
{
	static const double value[] = {-(double) INFINITY, 0, (double) INFINITY};
	static const int64_t one[] = {1, 1, 0};
	static const int64_t other[] = {0, 1, 1};
	static const int64_t both[] = {1, 0, 1};
	DriftEdf e = pass(value, one, other, 3, 2, 2);
	DriftEdf same = pass(value, both, both, 3, 2, 2);

	ok(drift_edf_kuiper(&e) == 0.5, "infinities order like other values");
	ok(drift_edf_energy_distance(&e) == (double) INFINITY, "an infinity on one side is infinitely far");
	ok(isnan(drift_edf_energy_distance(&same)), "infinities on both sides have no distance");
	ok(drift_edf_anderson_darling(&same) == 0 && !drift_edf_is_constant(&same), "equal samples are not one value");
}

static bool
all_nan(const DriftEdf *e)
{
	return isnan(drift_edf_cramer_von_mises(e)) && isnan(drift_edf_anderson_darling(e)) && isnan(drift_edf_kuiper(e)) &&
		   isnan(drift_edf_energy_distance(e)) && !drift_edf_is_constant(e);
}

static void
test_hostile(void)
{
	static const double falling[] = {2, 1};
	static const double missing[] = {1, (double) NAN};
	static const double rising[] = {1, 2};
	static const int64_t ones[] = {1, 1};
	static const int64_t negative[] = {3, -1};
	DriftEdf e = pass(falling, ones, ones, 2, 2, 2);

	ok(all_nan(&e), "values that do not ascend");
	e = pass(missing, ones, ones, 2, 2, 2);
	ok(all_nan(&e), "NaN");
	e = pass(rising, negative, ones, 2, 2, 2);
	ok(all_nan(&e), "a negative count");
	e = pass(rising, ones, ones, 1, 2, 2);
	ok(all_nan(&e), "fewer rows than announced");
	e = pass(rising, ones, ones, 0, 0, 2);
	ok(all_nan(&e), "an empty side");
	ok(isnan(cramer_von_mises_p((double) NAN, 5, 5)) && isnan(cramer_von_mises_p(1, 0, 5)) &&
		   isnan(drift_kuiper_p_value(0.5, 5, 0)) && isnan(drift_kuiper_sf((double) NAN)),
	   "p-values of nothing");
	ok(cramer_von_mises_p(1e300, 20, 19) == 0 && cramer_von_mises_p(-5, 20, 19) == 1 &&
		   cramer_von_mises_p((double) INFINITY, 20, 20) == 0,
	   "p-values of impossible statistics");
}

/* Differences of one row in 2^62 must not be lost. */
static void
test_exact(void)
{
	int64_t n = INT64_C(1) << 62;
	static const double value[] = {0, 1};
	int64_t reference[] = {n / 2, n / 2};
	int64_t current[] = {n / 2, n / 2 - 1};
	DriftEdf e = pass(value, reference, current, 2, n, n - 1);

	is_close(drift_edf_kuiper(&e), 0x1p-63, 1e-15, "V is exact for huge samples");
	is_close(drift_edf_energy_distance(&e), sqrt(2) * 0x1p-63, 1e-15, "and so is the energy distance");
}

/* ---- profiles ---- */

typedef struct Case
{
	const char *shape;
	int64_t n;
	int64_t m;
	uint32_t keys;
	bool merged; /* the current profile is of two parts */
} Case;

static DriftNumeric *
profile_of(const Case *c, const Side *side, bool in_parts)
{
	size_t part = in_parts ? (size_t) side->n / 3 : (size_t) side->n;
	DriftNumeric *p = numeric_of(c->keys, side->value, part);

	if (in_parts)
	{
		DriftNumeric *rest = numeric_of(c->keys, side->value + part, (size_t) side->n - part);

		numeric_merge(&p, rest);
		drift_numeric_prune(p, c->keys);
		free(rest);
	}
	return p;
}

static Side
unsorted_side(const char *shape, int current, int64_t n)
{
	Side side = {.value = malloc((size_t) n * sizeof(double)), .n = n};

	if (side.value == NULL)
		abort();
	for (int64_t i = 0; i < n; i++)
		side.value[i] = sample_value(shape, current, (uint64_t) i + 1);
	return side;
}

static bool
holds(DriftInterval bounds, double truth)
{
	double slip = 1e-12 * fabs(truth);

	return bounds.low <= bounds.value && bounds.value <= bounds.high && bounds.low <= truth + slip &&
		   truth - slip <= bounds.high;
}

static double
width_of(DriftInterval bounds)
{
	return (bounds.high - bounds.low) / bounds.value;
}

static void
test_bounds_of(const Case *c, double *widest)
{
	Side side[] = {unsorted_side(c->shape, 0, c->n), unsorted_side(c->shape, 1, c->m)};
	DriftNumeric *reference = profile_of(c, &side[0], false);
	DriftNumeric *current = profile_of(c, &side[1], c->merged);
	DriftNumericEdf bounds;
	DriftEdf e;

	qsort(side[0].value, (size_t) c->n, sizeof(double), compare_doubles);
	qsort(side[1].value, (size_t) c->m, sizeof(double), compare_doubles);
	e = merge(side);
	if (drift_numeric_edf(reference, current, &bounds) != DRIFT_OK)
		abort();
	if (!ok(holds(bounds.cramer_von_mises, drift_edf_cramer_von_mises(&e)) &&
				holds(bounds.anderson_darling, drift_edf_anderson_darling(&e)) &&
				holds(bounds.kuiper, drift_edf_kuiper(&e)) &&
				holds(bounds.energy_distance, drift_edf_energy_distance(&e)),
			"%s, %d and %d rows, %u keys%s: the truth is within the bounds", c->shape, (int) c->n, (int) c->m, c->keys,
			c->merged ? ", merged" : ""))
	{
		printf("# T %g in %g %g %g\n", drift_edf_cramer_von_mises(&e), bounds.cramer_von_mises.low,
			   bounds.cramer_von_mises.value, bounds.cramer_von_mises.high);
		printf("# A %g in %g %g %g\n", drift_edf_anderson_darling(&e), bounds.anderson_darling.low,
			   bounds.anderson_darling.value, bounds.anderson_darling.high);
		printf("# V %g in %g %g %g\n", drift_edf_kuiper(&e), bounds.kuiper.low, bounds.kuiper.value,
			   bounds.kuiper.high);
		printf("# E %g in %g %g %g\n", drift_edf_energy_distance(&e), bounds.energy_distance.low,
			   bounds.energy_distance.value, bounds.energy_distance.high);
	}
	*widest = fmax(fmax(width_of(bounds.cramer_von_mises), width_of(bounds.anderson_darling)),
				   fmax(width_of(bounds.kuiper), width_of(bounds.energy_distance)));
	free(current);
	free(reference);
	free(side[0].value);
	free(side[1].value);
}

static void
test_bounds(void)
{
	static const int64_t sizes[][2] = {{500, 400}, {3000, 3000}, {20000, 7000}, {900, 20000}, {20000, 5}};
	static const uint32_t keys[] = {16, 100, 1000};
	double widest;

	for (int shape = 0; shape < 8; shape++)
		for (int size = 0; size < 5; size++)
			for (int k = 0; k < 3; k++)
			{
				Case c = {sample_shapes[shape], sizes[size][0], sizes[size][1], keys[k], (shape + size + k) % 2 == 0};

				test_bounds_of(&c, &widest);
			}
	test_bounds_of(&(Case){"disjoint", 20000, 20000, 1000, false}, &widest);
	ok(widest < 0.1, "bounds of samples far apart are within 10 %%: %g", widest);
	test_bounds_of(&(Case){"normal", 20000, 20000, 1000, false}, &widest);
	ok(widest < 0.7, "bounds of samples a sixth of a deviation apart are within 70 %%: %g", widest);
	test_bounds_of(&(Case){"discrete", 20000, 9000, 16, true}, &widest);
	ok(widest == 0, "exact profiles have no bounds");
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_p_values(argc, argv);
	test_caps();
	test_infinities();
	test_hostile();
	test_exact();
	test_bounds();
	return done_testing();
}
