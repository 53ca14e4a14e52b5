/*
 * test_chance.c
 *		What statistics are when nothing has drifted, against simulation
 *		(chance.csv), and where the answer is known.
 */
#include "stats/chance.h"

#include "stats/chance_cells.h"
#include "stats/chance_curve.h"
#include "stats/divergence.h"
#include "stats/hypothesis.h"

#include "golden.h"

/* Columns of chance.csv. */
enum
{
	STATISTIC,
	SHAPE,
	N_REFERENCE,
	N_CURRENT,
	BINS,
	SMALLEST_EXPECTED,
	EXPECTED,
	UPPER_95 = 8,
	UPPER_999 = 10,
	DRAWS = 12
};

#define MAX_CELLS 256

static const char *const kinds[] = {"psi", "kl_divergence", "js_distance", "hellinger_distance", "total_variation"};

/* Relative errors, by how many rows a cell holds. */
typedef struct Errors
{
	double worst[3];
	double sum[3];
	int rows;
	char where[3][128];
} Errors;

static void
errors_add(Errors *e, const DriftChance *chance, const Golden *g)
{
	const int column[] = {EXPECTED, UPPER_95, UPPER_999};
	const double got[] = {chance->expected, chance->upper_95, chance->upper_999};

	e->rows++;
	for (int i = 0; i < 3; i++)
	{
		double error = relative_error(got[i], golden_double(g, column[i]));

		e->sum[i] += error;
		if (!(error >= e->worst[i]))
			continue;
		e->worst[i] = error;
		snprintf(e->where[i], sizeof(e->where[i]), "%s %s %s %s %s", g->field[STATISTIC], g->field[SHAPE],
				 g->field[N_REFERENCE], g->field[N_CURRENT], g->field[BINS]);
	}
}

static void
errors_report(const Errors *e, const char *name, double expected, double upper_95, double upper_999)
{
	const double allowed[] = {expected, upper_95, upper_999};
	const char *const what[] = {"expected value", "95 % point", "99.9 % point"};

	for (int i = 0; i < 3; i++)
	{
		ok(e->rows > 0 && e->worst[i] <= allowed[i], "%s, %d simulations: %s within %g %%", name, e->rows, what[i],
		   100 * allowed[i]);
		printf("# mean error %.1f %%, worst %.1f %%: %s\n", 100 * e->sum[i] / e->rows, 100 * e->worst[i], e->where[i]);
	}
}

static int
kind_of(const Golden *g)
{
	for (int kind = 0; kind < 5; kind++)
		if (strcmp(g->field[STATISTIC], kinds[kind]) == 0)
			return kind;
	return -1;
}

/* The law of one table, "reference current reference current ...". */
static DriftChanceLaw
law_of_table(DriftDivergenceKind kind, const Golden *g, const int64_t *cells, int count)
{
	bool pooled = strncmp(g->field[SHAPE], "pooled", 6) == 0;
	int64_t n = golden_int(g, N_REFERENCE);
	int64_t reference[MAX_CELLS];
	int64_t current[MAX_CELLS];
	DriftChanceCells c;

	for (int i = 0; i < count; i++)
	{
		reference[i] = cells[2 * i];
		current[i] = cells[2 * i + 1];
	}
	drift_chance_cells_init(&c, kind, n, golden_int(g, N_CURRENT), DRIFT_DEFAULT_FLOOR,
							pooled ? drift_chance_pool_below(n) : 0);
	if (strcmp(g->field[SHAPE], "quantiles") == 0)
		drift_chance_cells_bins(&c, reference, current, (uint32_t) count);
	else
		for (int i = 0; i < count; i++)
			drift_chance_cells_step(&c, reference[i] + current[i]);
	return drift_chance_cells_finish(&c);
}

/* The mean of the answers over the drawn tables, each of which knows the shares only roughly. */
static DriftChance
chance_of_tables(DriftDivergenceKind kind, const Golden *g, const char *draws)
{
	DriftChance mean = {0, 0, 0, 0};
	int tables = 0;

	for (const char *at = draws; at != NULL; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
	{
		int64_t cells[2 * MAX_CELLS];
		int count = 0;
		char *end;
		DriftChanceLaw law;
		DriftChance chance;

		for (const char *number = at; count < 2 * MAX_CELLS; number = end)
		{
			cells[count] = (int64_t) strtoll(number, &end, 10);
			if (end == number)
				break;
			count++;
		}
		law = law_of_table(kind, g, cells, count / 2);
		chance = drift_chance_of_law(&law, 0);
		mean.expected += chance.expected;
		mean.upper_95 += chance.upper_95;
		mean.upper_999 += chance.upper_999;
		tables++;
	}
	mean.expected /= tables;
	mean.upper_95 /= tables;
	mean.upper_999 /= tables;
	return mean;
}

/* Quantile functions of the shapes in generate_chance.py. */
static double
shape_value(const char *shape, double u)
{
	if (strcmp(shape, "uniform") == 0)
		return u;
	if (strcmp(shape, "exponential") == 0)
		return -log(1 - u);
	if (strcmp(shape, "logistic") == 0)
		return log(u / (1 - u));
	if (strcmp(shape, "pareto") == 0)
		return pow(1 - u, -1.0 / 6);
	if (strcmp(shape, "zeros") == 0)
		return u < 0.5 ? 0 : -log(2 - 2 * u);
	return u < 0.8 ? 0 : 1;
}

/* Pooled rows where they are on average. */
static void
feed_shape(DriftChanceCurve *c, const char *shape, int64_t n, int64_t m)
{
	int64_t all = n + m;
	double below = 0;

	drift_chance_curve_init(c, n, m);
	for (int64_t i = 0; i < all;)
	{
		double value = shape_value(shape, ((double) i + 0.5) / (double) all);

		while (i < all && shape_value(shape, ((double) i + 0.5) / (double) all) <= value)
			i++;
		drift_chance_curve_step(c, value, below, (double) i);
		below = (double) i;
	}
}

static DriftChance
chance_of_shape(const Golden *g)
{
	int64_t n = golden_int(g, N_REFERENCE);
	int64_t m = golden_int(g, N_CURRENT);
	DriftChanceCurve curve;
	DriftChanceLaw law;

	if (strcmp(g->field[STATISTIC], "ks") == 0)
		return drift_chance_ks(0, n, m);
	feed_shape(&curve, g->field[SHAPE], n, m);
	law = strcmp(g->field[STATISTIC], "energy_distance") == 0 ? drift_chance_curve_energy(&curve)
															  : drift_chance_curve_wasserstein(&curve, 1);
	return drift_chance_of_law(&law, 0);
}

static void
test_simulations(int argc, char **argv)
{
	static char draws[sizeof(((Golden *) NULL)->line)];
	static Golden g;
	Errors full = {0};
	Errors full_kl = {0};
	Errors thin = {0};
	Errors curves = {0};
	Errors ks = {0};

	golden_open(&g, argc, argv, "chance.csv");
	ok(strstr(g.header, "smallest_expected,expected,expected_se,upper_95,upper_95_se,upper_999,upper_999_se,draws") !=
		   NULL,
	   "chance.csv has the expected columns");
	while (golden_next(&g))
	{
		int kind = kind_of(&g);
		DriftChance chance;

		if (kind < 0)
		{
			chance = chance_of_shape(&g);
			errors_add(strcmp(g.field[STATISTIC], "ks") == 0 ? &ks : &curves, &chance, &g);
			continue;
		}
		if (g.field[DRAWS][0] != '\0')
			memcpy(draws, g.field[DRAWS], strlen(g.field[DRAWS]) + 1);
		chance = chance_of_tables((DriftDivergenceKind) kind, &g, draws);
		errors_add(golden_double(&g, SMALLEST_EXPECTED) < 5 ? &thin
				   : kind == DRIFT_KL_DIVERGENCE            ? &full_kl
															: &full,
				   &chance, &g);
	}
	golden_close(&g, "chance.csv", 180);
	errors_report(&full, "bins of five expected rows and more", 0.05, 0.08, 0.20);
	errors_report(&full_kl, "the same for KL", 0.05, 0.08, 0.30);
	errors_report(&thin, "bins of fewer", 0.05, 0.08, 0.15);
	errors_report(&curves, "wasserstein and energy", 0.05, 0.08, 0.18);
	errors_report(&ks, "ks", 0.02, 0.04, 0.05);
}

/* Where all bins are full the known chi-square laws hold. */
static void
test_large_samples(void)
{
	const double unit = 0.5e8; /* n m / (n + m) */
	const double mean[] = {9 / unit, 4.5 / unit};
	int64_t rows[10];
	DriftChanceCells c;
	DriftChanceLaw law;
	DriftChance chance;

	for (int i = 0; i < 10; i++)
		rows[i] = 10000000;
	for (int kind = 0; kind < 2; kind++)
	{
		drift_chance_cells_init(&c, (DriftDivergenceKind) kind, 100000000, 100000000, DRIFT_DEFAULT_FLOOR, 0);
		drift_chance_cells_bins(&c, rows, rows, 10);
		law = drift_chance_cells_finish(&c);
		chance = drift_chance_of_law(&law, mean[kind] * 16.918977604620448 / 9);
		is_close(chance.expected, mean[kind], 1e-6, "expected value of full bins");
		is_close(chance.upper_95, mean[kind] * 16.918977604620448 / 9, 1e-5, "95 % point of full bins");
		is_close(chance.upper_999, mean[kind] * 27.877164871256568 / 9, 1e-5, "99.9 % point of full bins");
		is_close(chance.p_value, 0.05, 1e-4, "p-value of full bins");
	}
}

static void
test_small_tables(void)
{
	DriftChanceCells c;
	DriftChanceLaw law;
	DriftChance chance;

	/* two rows of two categories: the sides agree or not, each with probability 1/3 and 2/3 of the ways to deal */
	drift_chance_cells_init(&c, DRIFT_TOTAL_VARIATION, 2, 2, DRIFT_DEFAULT_FLOOR, 0);
	drift_chance_cells_step(&c, 2);
	drift_chance_cells_step(&c, 2);
	law = drift_chance_cells_finish(&c);
	is_close(law.expected, 1.0 / 3, 1e-14, "expected total variation of 2 + 2 rows");

	drift_chance_cells_init(&c, DRIFT_PSI, 100, 50, DRIFT_DEFAULT_FLOOR, 0);
	drift_chance_cells_step(&c, 150);
	law = drift_chance_cells_finish(&c);
	chance = drift_chance_of_law(&law, 0);
	ok(chance.expected == 0 && chance.upper_999 == 0 && chance.p_value == 1, "one bin cannot differ");

	drift_chance_cells_init(&c, DRIFT_PSI, 0, 50, DRIFT_DEFAULT_FLOOR, 0);
	law = drift_chance_cells_finish(&c);
	chance = drift_chance_of_law(&law, 0);
	ok(isnan(chance.expected) && isnan(chance.p_value), "nothing is known of an empty side");

	chance = drift_chance_psi(0.003 * 27.877164871256568, 10, 1000, 500);
	is_close(chance.expected, 0.027, 1e-14, "expected psi of counts");
	is_close(chance.upper_95, 0.003 * 16.918977604620448, 1e-9, "its 95 % point");
	is_close(chance.p_value, 0.001, 1e-12, "its p-value");
	chance = drift_chance_psi(0.1, 1, 1000, 500);
	ok(chance.upper_95 == 0 && chance.p_value == 1, "psi of one bin");
}

static void
test_small_curves(void)
{
	DriftChanceCurve c;
	DriftChanceLaw law;
	DriftChance chance;

	/* one row a side, at 3 and 7: the distance is 4 either way */
	drift_chance_curve_init(&c, 1, 1);
	drift_chance_curve_step(&c, 3, 0, 1);
	drift_chance_curve_step(&c, 7, 1, 2);
	law = drift_chance_curve_wasserstein(&c, 2);
	is_close(law.expected, 2, 1e-14, "expected wasserstein_distance of one row a side, in units of 2");
	law = drift_chance_curve_energy(&c);
	is_close(law.mean, 8, 1e-14, "expected square of their energy_distance");

	drift_chance_curve_init(&c, 10, 10);
	drift_chance_curve_step(&c, 5, 0, 20);
	law = drift_chance_curve_wasserstein(&c, 1);
	chance = drift_chance_of_law(&law, 0);
	ok(chance.expected == 0 && chance.upper_999 == 0 && chance.p_value == 1, "a constant cannot differ");

	drift_chance_curve_init(&c, 1, 1);
	drift_chance_curve_step(&c, 3, 0, 1);
	drift_chance_curve_step(&c, INFINITY, 1, 2);
	law = drift_chance_curve_wasserstein(&c, 1);
	chance = drift_chance_of_law(&law, INFINITY);
	ok(isnan(chance.expected) && isnan(chance.p_value), "infinite values have no answer");
}

static void
test_ks(void)
{
	DriftChance chance = drift_chance_ks(0.3, 1, 1);

	is_close(chance.expected, 1, 1e-12, "D of one row a side is 1");
	chance = drift_chance_ks(0.1, 20000, 30000);
	is_close(chance.p_value, drift_ks_p_value(0.1, 20000, 30000), 0, "p-value of ks");
	is_close(chance.upper_95, 1.3581 / sqrt(12000), 0.005, "95 % point of ks on many rows");
	ok(isnan(drift_chance_ks(0.1, 0, 5).expected), "ks of an empty side");
}

int
main(int argc, char **argv)
{
	test_simulations(argc, argv);
	test_large_samples();
	test_small_tables();
	test_small_curves();
	test_ks();
	return done_testing();
}
