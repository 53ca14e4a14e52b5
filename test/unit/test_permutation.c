/*
 * test_permutation.c
 *		Permutation tests against going through all ways to deal the labels.
 */
#include "stats/permutation.h"

#include "golden.h"

#define DEALS 20000
#define ROOM 64

/* Columns of permutation.csv. */
enum
{
	STATISTIC,
	KIND,
	VALUES,
	REFERENCE,
	CURRENT,
	VALUE,
	P
};

/* A pooled sample of few values. */
typedef struct Sample
{
	DriftPooled pooled;
	double values[ROOM];
	int64_t upto[ROOM + 1];
	int64_t reference_upto[ROOM + 1];
} Sample;

static void
make_sample(Sample *s, const double *values, const int64_t *reference, const int64_t *current, int distinct)
{
	*s = (Sample){.pooled = {.distinct = distinct, .values = values ? s->values : NULL, .upto = s->upto}};
	for (int i = 0; i < distinct; i++)
	{
		s->values[i] = values ? values[i] : 0;
		s->pooled.n_reference += reference[i];
		s->pooled.n_current += current[i];
		s->reference_upto[i + 1] = s->pooled.n_reference;
		s->upto[i + 1] = s->pooled.n_reference + s->pooled.n_current;
	}
}

static void
read_sample(const Golden *g, Sample *s)
{
	int64_t reference[ROOM];
	int64_t current[ROOM];
	double values[ROOM] = {0};
	char *at = g->field[VALUES];
	int distinct = golden_counts(g, REFERENCE, reference, ROOM);

	golden_counts(g, CURRENT, current, ROOM);
	for (int i = 0; i < distinct; i++)
		values[i] = strtod(at, &at);
	make_sample(s, strcmp(g->field[KIND], "numbers") == 0 ? values : NULL, reference, current, distinct);
}

/* The deviation of the share that DEALS random deals find. */
static double
p_error(double p)
{
	return sqrt(p * (1 - p) / DEALS);
}

static void
test_golden(int argc, char **argv)
{
	Golden g;
	Worst value = {0};
	int near = 0;

	golden_open(&g, argc, argv, "permutation.csv");
	while (golden_next(&g))
	{
		double p = golden_double(&g, P);
		DriftPermutationResult result;
		Sample s;

		read_sample(&g, &s);
		result = drift_permutation_test(drift_permutation_find(g.field[STATISTIC]), &s.pooled, s.reference_upto, DEALS,
										0, 42, NULL);
		worst_add(&value, result.statistic, golden_double(&g, VALUE), &g);
		if (fabs(result.p_value - p) <= 4 * p_error(p) + 1.0 / DEALS)
			near++;
		else
			printf("# %s of %s: got %g, want %g\n", g.field[STATISTIC], g.field[REFERENCE], result.p_value, p);
	}
	golden_close(&g, "permutation.csv", 60);
	worst_report(&value, 1e-9, "the observed statistic");
	ok(near == g.rows, "%d of %d p-values are within four deviations of those of all deals", near, g.rows);
}

static void
test_names(void)
{
	int known = 0;

	while (drift_permutation_name(known))
		known++;
	ok(known >= 10, "there are %d statistics", known);
	ok(drift_permutation_find("psi") >= 0 && drift_permutation_find("ps") == -1 &&
		   drift_permutation_find("psix") == -1 && drift_permutation_find("") == -1,
	   "names are matched in full");
	ok(drift_permutation_needs_numbers(drift_permutation_find("ks")) &&
		   !drift_permutation_needs_numbers(drift_permutation_find("psi")),
	   "some need numbers");
}

static DriftPermutationResult
run(const char *statistic, const double *values, const int64_t *reference, const int64_t *current, int distinct,
	int64_t enough, uint64_t seed)
{
	Sample s;

	make_sample(&s, values, reference, current, distinct);
	return drift_permutation_test(drift_permutation_find(statistic), &s.pooled, s.reference_upto, 999, enough, seed,
								  NULL);
}

static void
test_seeds(void)
{
	static const double values[] = {1, 2, 3, 4};
	static const int64_t reference[] = {50, 30, 25, 15};
	static const int64_t current[] = {40, 30, 30, 20};
	double first = run("ks", values, reference, current, 4, 0, 1).p_value;

	/* made once; another machine has to find them too */
	ok(first == 0.4, "p of seed 1 is %g", first);
	ok(first == run("ks", values, reference, current, 4, 0, 1).p_value, "a seed gives one answer");
	ok(first != run("ks", values, reference, current, 4, 0, 2).p_value, "another seed gives another");
	ok(fabs(run("ks", values, reference, current, 4, 50, 1).p_value - first) < 0.1,
	   "stopping early answers about the same");
}

static void
test_extremes(void)
{
	static const double one[] = {1};
	static const double apart[] = {0, 1};
	static const double far[] = {0, (double) INFINITY};
	static const int64_t some[] = {5, 0};
	static const int64_t none[] = {0, 5};
	static const int64_t single[] = {0, 1};
	DriftPermutationResult result = run("ks", one, some, some, 1, 0, 1);

	ok(result.statistic == 0 && result.p_value == 1, "a constant has p = 1");
	result = run("ks", apart, some, none, 2, 0, 1);
	ok(result.statistic == 1 && result.p_value < 0.03, "samples apart have a small p");
	result = run("wasserstein_distance", far, some, single, 2, 0, 1);
	ok(result.statistic == (double) INFINITY && result.p_value <= 1, "an infinite distance has a p-value");
	result = run("normalized_wasserstein_distance", one, some, some, 1, 0, 1);
	ok(isnan(result.statistic) && isnan(result.p_value), "no statistic, no p-value");
}

/* Deals keep the rows of each value and the sizes of both sides. */
static void
test_deal(void)
{
	static const int64_t reference[] = {1, 0, 900, 40, 7};
	static const int64_t current[] = {0, 1, 100, 60, 3};
	DriftRandom random;
	Sample s;
	bool kept = true;

	make_sample(&s, NULL, reference, current, 5);
	drift_random_init(&random, 5);
	for (int k = 0; k < 2000; k++)
	{
		drift_permutation_deal(&random, &s.pooled, s.reference_upto, NULL);
		for (int i = 0; i < 5; i++)
			kept &= s.reference_upto[i + 1] >= s.reference_upto[i] &&
					s.reference_upto[i + 1] - s.reference_upto[i] <= s.upto[i + 1] - s.upto[i];
		kept &= s.reference_upto[0] == 0 && s.reference_upto[5] == 948;
	}
	ok(kept, "a deal keeps rows and sizes");
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_names();
	test_seeds();
	test_extremes();
	test_deal();
	return done_testing();
}
