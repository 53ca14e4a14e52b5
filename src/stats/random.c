/*
 * random.c
 *		Pseudo-random numbers, and hypergeometric and binomial draws made with them.
 */
#include "stats/random.h"

#include <math.h>
#include <stdbool.h>

/* Up to here rows are drawn one by one. */
#define FEW_ROWS 10

void
drift_random_init(DriftRandom *random, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
	{
		uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		random->state[i] = z ^ z >> 31;
	}
}

static int64_t
min_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Draws the rows one after another. */
static int64_t
draw_each(DriftRandom *random, int64_t marked, int64_t total, int64_t sample)
{
	int64_t left = marked;

	for (int64_t i = 0; i < sample; i++)
		left -= drift_random_below(random, (uint64_t) (total - i)) < (uint64_t) left;
	return marked - left;
}

/*
 * log(x!) - (y log y - y + log(2 pi) / 2) with y = x + 1/2: what Stirling's
 * formula about the middle lacks.
 */
static double
factorial_rest(double x)
{
	static const double small[] = {
		-0.07236494292470008707,  -0.02713619536691931475,  -0.01651818233011509532,  -0.01184945371040572588,
		-0.009232988349960452313, -0.007561297733965538079, -0.006401471054916019856, -0.005549826206244115956,
		-0.004898020177724065438, -0.004383139884907061195, -0.00396616034567316093,  -0.003621594076637288472,
		-0.003332091395979589567, -0.003085433580430680584, -0.002872767150657649294, -0.002687520204395691626};
	double y = x + 0.5;
	double square = 1 / (y * y);

	if (x < (double) (sizeof(small) / sizeof(small[0])))
		return small[(int) x];
	return (-1.0 / 24 + square * (7.0 / 2880 + square * (-31.0 / 40320 + square * (127.0 / 215040)))) / y;
}

/*
 * A distribution about its mode. Its probability of x is proportional to exp(log_odds x) over the product of
 * the factorials of the cells at x, of which the i-th grows by cell_slope[i] with x.
 */
typedef struct Table
{
	double cell[4]; /* at the mode */
	int cells;
	double log_odds;
	double rest; /* sum of factorial_rest() of them */
} Table;

static const double cell_slope[4] = {1, -1, -1, 1};

static void
table_take_rest(Table *t)
{
	t->rest = 0;
	for (int i = 0; i < t->cells; i++)
		t->rest += factorial_rest(t->cell[i]);
}

/* log(P(mode + d) / P(mode)), as a sum of differences so that nothing large cancels. */
static double
log_probability(const Table *t, double d)
{
	double sum = t->rest;
	double ratio = 1;

	for (int i = 0; i < t->cells; i++)
	{
		double step = cell_slope[i] * d;
		double y = t->cell[i] + 0.5;

		sum -= y * log1p(step / y) + factorial_rest(t->cell[i] + step);
		ratio *= cell_slope[i] > 0 ? y + step : 1 / (y + step);
	}
	return sum - d * (log(ratio) - t->log_odds);
}

/* Ratio of uniforms for a distribution on 0 .. largest with this mean and variance. */
static int64_t
draw_near(DriftRandom *random, const Table *table, double mean, double variance, double largest)
{
	double mode = table->cell[0];
	double centre = mean + 0.5;
	double width = 1.7155277699214135 * sqrt(variance + 0.5) + 0.8989161620588988; /* 2 sqrt(2/e), 3 - 2 sqrt(3/e) */

	for (;;)
	{
		double u = drift_random_uniform(random);
		double v = drift_random_uniform(random);
		double x = floor(centre + width * (v - 0.5) / u);
		double log_p;

		if (x < 0 || x > largest)
			continue;
		log_p = log_probability(table, x - mode);
		/* bounds of 2 log(u) decide most cases */
		if (u * (4 - u) - 3 <= log_p)
			return (int64_t) x;
		if (u * (u - log_p) >= 1)
			continue;
		if (2 * log(u) <= log_p)
			return (int64_t) x;
	}
}

/* marked <= total / 2, sample <= total / 2, both larger than FEW_ROWS. */
static int64_t
draw_by_ratio(DriftRandom *random, int64_t marked, int64_t total, int64_t sample)
{
	double all = (double) total;
	double share = (double) marked / all;
	double mode = floor(((double) sample + 1) * ((double) marked + 1) / (all + 2));
	Table table = {{mode, (double) marked - mode, (double) sample - mode, (double) (total - marked - sample) + mode},
				   .cells = 4,
				   .log_odds = 0};

	table_take_rest(&table);
	return draw_near(random, &table, (double) sample * share,
					 (all - (double) sample) * (double) sample * share * (1 - share) / (all - 1),
					 (double) min_of(sample, marked));
}

int64_t
drift_random_hypergeometric(DriftRandom *random, int64_t marked, int64_t total, int64_t sample)
{
	/* the table of sample by mark may be turned over, and mirrored either way */
	bool few_left = sample > total - sample;
	bool mostly_marked = marked > total - marked;
	int64_t drawn = few_left ? total - sample : sample;
	int64_t rare = mostly_marked ? total - marked : marked;
	int64_t x;

	if (min_of(drawn, rare) <= FEW_ROWS)
		x = drawn <= rare ? draw_each(random, rare, total, drawn) : draw_each(random, drawn, total, rare);
	else
		x = draw_by_ratio(random, rare, total, drawn);
	if (mostly_marked)
		x = drawn - x;
	return few_left ? marked - x : x;
}

int64_t
drift_random_binomial(DriftRandom *random, int64_t trials, double probability)
{
	double n = (double) trials;
	double p = probability > 0.5 ? 1 - probability : probability;
	int64_t x = 0;

	if (!(p > 0) || trials <= 0)
		x = 0;
	else if (trials <= FEW_ROWS)
		for (int64_t i = 0; i < trials; i++)
			x += drift_random_uniform(random) < p;
	else
	{
		double mode = floor((n + 1) * p);
		Table table = {{mode, n - mode}, .cells = 2, .log_odds = log(p) - log1p(-p)};

		table_take_rest(&table);
		x = draw_near(random, &table, n * p, n * p * (1 - p), n);
	}
	return probability > 0.5 ? trials - x : x;
}
