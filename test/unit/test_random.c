/*
 * test_random.c
 *		The generator against its published vectors, and what is drawn with it
 *		against the probabilities of scipy.stats.hypergeom and of the binomial distribution.
 */
#include "stats/random.h"

#include "stats/special.h"

#include "golden.h"

#define DRAWS 40000

/* Columns of hypergeometric.csv. */
enum
{
	MARKED,
	TOTAL,
	SAMPLE,
	LOWEST,
	PROBABILITIES
};

static void
test_vectors(void)
{
	/* xoshiro256** from the state 1, 2, 3, 4, and splitmix64 from 0, as their authors' programs give them */
	static const uint64_t want[] = {UINT64_C(11520), UINT64_C(0), UINT64_C(1509978240), UINT64_C(1215971899390074240),
									UINT64_C(1216172134540287360)};
	DriftRandom random = {{1, 2, 3, 4}};
	bool same = true;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		same &= drift_random_next(&random) == want[i];
	ok(same, "the generator gives its published numbers");
	drift_random_init(&random, 0);
	ok(random.state[0] == UINT64_C(0xe220a8397b1dcdaf) && random.state[1] == UINT64_C(0x6e789e6aa1b965f4),
	   "the seed becomes a state by splitmix64");
}

static void
test_below(void)
{
	DriftRandom random;
	int64_t counts[6] = {0};
	double chi = 0;
	bool below = true;

	drift_random_init(&random, 7);
	for (int i = 0; i < DRAWS; i++)
	{
		uint64_t x = drift_random_below(&random, 6);
		double u = drift_random_uniform(&random);

		below &= x < 6 && u > 0 && u < 1;
		counts[x % 6]++;
	}
	for (int i = 0; i < 6; i++)
		chi += pow((double) counts[i] - DRAWS / 6.0, 2) / (DRAWS / 6.0);
	ok(below, "numbers are below their bound");
	ok(drift_chi2_sf(chi, 5) > 1e-3, "and each comes as often");
	ok(drift_random_below(&random, 1) == 0, "there is one number below 1");
	/* a bound close to 2^64 is met by trying again */
	for (int i = 0; i < 1000; i++)
		below &= drift_random_below(&random, UINT64_C(3) << 62) < UINT64_C(3) << 62;
	ok(below, "large bounds hold too");
}

/* Chi-square of draws against the golden probabilities; cells that expect fewer than five share one. */
static double
fit(const int64_t *counts, const double *expected, int cells)
{
	double rest_expected = DRAWS;
	double rest_count = DRAWS;
	double chi = 0;
	int df = 0;

	for (int i = 0; i < cells; i++)
	{
		if (expected[i] < 5)
			continue;
		chi += pow((double) counts[i] - expected[i], 2) / expected[i];
		rest_expected -= expected[i];
		rest_count -= (double) counts[i];
		df++;
	}
	if (rest_expected > 1)
		return drift_chi2_sf(chi + pow(rest_count - rest_expected, 2) / rest_expected, df);
	return drift_chi2_sf(chi, df - 1);
}

static void
test_draws(const Golden *g)
{
	int64_t marked = golden_int(g, MARKED);
	int64_t total = golden_int(g, TOTAL);
	int64_t sample = golden_int(g, SAMPLE);
	int64_t lowest = golden_int(g, LOWEST);
	int64_t counts[1000] = {0};
	double expected[1000];
	int cells = 0;
	bool possible = true;
	DriftRandom random;
	double p;

	for (char *at = g->field[PROBABILITIES]; cells < 1000; cells++)
	{
		char *end;

		expected[cells] = DRAWS * strtod(at, &end);
		if (end == at)
			break;
		at = end;
	}
	drift_random_init(&random, 1);
	for (int i = 0; i < DRAWS; i++)
	{
		int64_t x = drift_random_hypergeometric(&random, marked, total, sample);

		possible &= x >= 0 && x <= marked && x <= sample && sample - x <= total - marked;
		if (x >= lowest && x < lowest + cells)
			counts[x - lowest]++;
	}
	ok(possible, "%s marked of %s, %s drawn: every draw is possible", g->field[MARKED], g->field[TOTAL],
	   g->field[SAMPLE]);
	p = fit(counts, expected, cells);
	ok(p > 1e-3, "and they come as often as they should, p = %.3f", p);
}

/* Draws against the exact probabilities, term by term from the one at 0 or from the largest. */
static void
test_binomial(void)
{
	static const struct
	{
		int64_t trials;
		double probability;
	} cases[] = {{1, 0.3}, {10, 0.5}, {11, 0.01}, {30, 0.9}, {300, 0.2}, {900, 0.999}, {1000000, 0.0001}};
	DriftRandom random;

	drift_random_init(&random, 11);
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++)
	{
		int64_t n = cases[c].trials;
		double p = cases[c].probability;
		int64_t counts[1000] = {0};
		double expected[1000];
		int cells = n < 999 ? (int) n + 1 : 1000;
		bool possible = true;
		double fitted;

		for (int i = 0; i < cells; i++)
			expected[i] = DRAWS * exp(lgamma((double) n + 1) - lgamma(i + 1) - lgamma((double) n - i + 1) + i * log(p) +
									  ((double) n - i) * log1p(-p));
		for (int i = 0; i < DRAWS; i++)
		{
			int64_t x = drift_random_binomial(&random, n, p);

			possible &= x >= 0 && x <= n;
			if (x >= 0 && x < cells)
				counts[x]++;
		}
		ok(possible, "%d trials, probability %g: every draw is possible", (int) n, p);
		fitted = fit(counts, expected, cells);
		ok(fitted > 1e-3, "and they come as often as they should, p = %.3f", fitted);
	}
	ok(drift_random_binomial(&random, 1000, 0) == 0 && drift_random_binomial(&random, 1000, 1) == 1000 &&
		   drift_random_binomial(&random, 0, 0.5) == 0 && drift_random_binomial(&random, 1000, 5e-324) == 0,
	   "what is certain is drawn so");
}

static void
test_golden(int argc, char **argv)
{
	Golden g;

	golden_open(&g, argc, argv, "hypergeometric.csv");
	while (golden_next(&g))
		test_draws(&g);
	golden_close(&g, "hypergeometric.csv", 13);
}

static void
test_certain(void)
{
	DriftRandom random;
	int64_t half = INT64_C(1) << 52;
	int64_t x;

	drift_random_init(&random, 3);
	ok(drift_random_hypergeometric(&random, 0, 100, 50) == 0 &&
		   drift_random_hypergeometric(&random, 100, 100, 50) == 50 &&
		   drift_random_hypergeometric(&random, 50, 100, 0) == 0 &&
		   drift_random_hypergeometric(&random, 50, 100, 100) == 50 &&
		   drift_random_hypergeometric(&random, 0, 0, 0) == 0,
	   "what is certain is drawn");
	x = drift_random_hypergeometric(&random, half, 2 * half - 1, half);
	/* the deviation is 2^24 */
	ok(llabs(x - half / 2) < INT64_C(1) << 28, "draws from 2^53 rows stay near their mean");
}

int
main(int argc, char **argv)
{
	test_vectors();
	test_below();
	test_golden(argc, argv);
	test_binomial();
	test_certain();
	return done_testing();
}
