/*
 * test_relations.c
 *		Correlations and mutual information against scipy and scikit-learn, and
 *		against counting every pair.
 */
#include "stats/correlation.h"
#include "stats/kendall.h"
#include "stats/mutual_information.h"
#include "stats/sample.h"

#include "golden.h"
#include "samples.h"

/* Columns of relations.csv. */
enum
{
	SHAPE_X,
	SHAPE_Y,
	WEIGHT,
	WITH_MISSING,
	ROWS,
	N,
	PEARSON,
	PEARSON_P,
	SPEARMAN,
	SPEARMAN_P,
	KENDALL,
	KENDALL_P,
	MI_PLUGIN,
	MI,
	CRAMERS_V,
	CRAMERS_V_P,
	MI_PLUGIN_4,
	MI_4
};

typedef struct Pairs
{
	int64_t n;
	uint64_t *x;
	uint64_t *y;
	uint64_t *room[3];
	int32_t *place;
} Pairs;

static void *
allocate(size_t size)
{
	void *memory = malloc(size > 0 ? size : 1);

	if (memory == NULL)
		abort();
	return memory;
}

static Pairs
make_room(int64_t n)
{
	size_t keys = (size_t) n * sizeof(uint64_t);
	Pairs p = {.n = n, .x = allocate(keys), .y = allocate(keys)};

	for (int i = 0; i < 3; i++)
		p.room[i] = allocate(keys);
	p.place = allocate((size_t) n * sizeof(int32_t));
	return p;
}

static void
free_pairs(Pairs *p)
{
	free(p->x);
	free(p->y);
	for (int i = 0; i < 3; i++)
		free(p->room[i]);
	free(p->place);
}

static Pairs
golden_pairs(const Golden *g)
{
	int64_t rows = golden_int(g, ROWS);
	double weight = golden_double(g, WEIGHT);
	Pairs p = make_room(rows);

	p.n = 0;
	for (uint64_t i = 1; i <= (uint64_t) rows; i++)
	{
		double x = sample_value(g->field[SHAPE_X], 0, i);
		double y = sample_value(g->field[SHAPE_Y], 1, i) + weight * x;

		if (g->field[WITH_MISSING][0] == 't' && (sample_is_missing(0, i) || sample_is_missing(1, i)))
			continue;
		p.x[p.n] = drift_key_of(x);
		p.y[p.n++] = drift_key_of(y);
	}
	return p;
}

static DriftComoments
comoments_of(const Pairs *p, int64_t first, int64_t end)
{
	DriftComoments m = {0};

	for (int64_t i = first; i < end; i++)
		drift_comoments_add(&m, drift_key_value(p->x[i]), drift_key_value(p->y[i]));
	return m;
}

static DriftTest
pearson_of(const Pairs *p)
{
	DriftComoments m = comoments_of(p, 0, p->n / 3);
	DriftComoments rest = comoments_of(p, p->n / 3, p->n);
	DriftTest test;

	drift_comoments_merge(&m, &rest);
	test.statistic = drift_pearson(&m);
	test.p_value = drift_pearson_p_value(test.statistic, p->n);
	return test;
}

static DriftTest
spearman_of(const Pairs *p)
{
	DriftRankPairs ranks;
	DriftTest test;

	drift_rank_pairs(&ranks, p->x, p->y, p->n, p->room[0], p->room[1], p->place, NULL);
	test.statistic = drift_spearman(&ranks);
	test.p_value = drift_spearman_p_value(test.statistic, p->n);
	return test;
}

static DriftKendall
kendall_of(const Pairs *p)
{
	DriftKendall k;

	drift_kendall_pairs(&k, p->x, p->y, p->n, p->room[0], p->room[1], p->room[2], NULL);
	return k;
}

/* The bin of each value, in place of it; gives the number of bins. */
static int64_t
bin_column(const uint64_t *keys, uint64_t *codes, const Pairs *p, uint32_t bins)
{
	DriftSelector *selector = allocate(sizeof(DriftSelector));
	double edges[DRIFT_MAX_EDGES];
	uint32_t edge_count = 0;
	DriftRanked ranked;

	drift_selector_init(selector, keys, p->n, bins, p->room[0], p->room[1], NULL);
	ranked = drift_selector_ranked(selector);
	if (drift_reference_edges(&ranked, bins, edges, &edge_count) != DRIFT_OK)
		abort();
	for (int64_t i = 0; i < p->n; i++)
		codes[i] = drift_bin_of(edges, edge_count, drift_key_value(keys[i]));
	free(selector);
	return edge_count + 1;
}

/* Counts a table and its totals; without empty rows and columns. */
static DriftCrosstab
table_of(const uint64_t *x, const uint64_t *y, int64_t n, int64_t bins_x, int64_t bins_y)
{
	int64_t *cells = calloc((size_t) (bins_x * bins_y), sizeof(int64_t));
	int64_t *totals = calloc((size_t) (bins_x + bins_y), sizeof(int64_t));
	int64_t values[2] = {0, 0};
	DriftCrosstab table;

	if (cells == NULL || totals == NULL)
		abort();
	for (int64_t i = 0; i < n; i++)
	{
		cells[(int64_t) x[i] * bins_y + (int64_t) y[i]]++;
		values[0] += totals[x[i]]++ == 0;
		values[1] += totals[bins_x + (int64_t) y[i]]++ == 0;
	}
	drift_crosstab_init(&table, n, values[0], values[1]);
	for (int64_t c = 0; c < bins_x * bins_y; c++)
		if (cells[c] > 0)
			drift_crosstab_step(&table, cells[c], totals[c / bins_y], totals[bins_x + c % bins_y]);
	free(totals);
	free(cells);
	return table;
}

static DriftCrosstab
binned_table(const Pairs *p, uint32_t bins)
{
	uint64_t *codes = allocate(2 * sizeof(uint64_t) * (size_t) p->n);
	int64_t bins_x = bin_column(p->x, codes, p, bins);
	int64_t bins_y = bin_column(p->y, codes + p->n, p, bins);
	DriftCrosstab table = table_of(codes, codes + p->n, p->n, bins_x, bins_y);

	free(codes);
	return table;
}

/* An empty field is a statistic that there is none of. */
static double
golden_or_nan(const Golden *g, int column)
{
	return g->field[column][0] == '\0' ? (double) NAN : golden_double(g, column);
}

static void
compare(Worst *statistic, Worst *p_value, DriftTest test, const Golden *g, int column)
{
	worst_add(statistic, test.statistic, golden_or_nan(g, column), g);
	worst_add(p_value, test.p_value, golden_or_nan(g, column + 1), g);
}

static void
test_golden(int argc, char **argv)
{
	Golden g;
	Worst n = {0};
	Worst r = {0};
	Worst p_value = {0};
	Worst information = {0};

	golden_open(&g, argc, argv, "relations.csv");
	ok(strstr(g.header, "n,pearson,pearson_p,spearman,spearman_p,kendall,kendall_p,mi_plugin,mi,cramers_v") != NULL,
	   "relations.csv has the expected columns");
	while (golden_next(&g))
	{
		Pairs p = golden_pairs(&g);
		DriftKendall k = kendall_of(&p);
		DriftCrosstab tens = binned_table(&p, 10);
		DriftCrosstab fours = binned_table(&p, 4);

		worst_add(&n, (double) p.n, golden_double(&g, N), &g);
		compare(&r, &p_value, pearson_of(&p), &g, PEARSON);
		compare(&r, &p_value, spearman_of(&p), &g, SPEARMAN);
		compare(&r, &p_value, drift_kendall(&k), &g, KENDALL);
		worst_add(&information, drift_mutual_information_plugin(&tens), golden_double(&g, MI_PLUGIN), &g);
		worst_add(&information, drift_mutual_information_corrected(&tens), golden_double(&g, MI), &g);
		worst_add(&information, drift_mutual_information_plugin(&fours), golden_double(&g, MI_PLUGIN_4), &g);
		worst_add(&information, drift_mutual_information_corrected(&fours), golden_double(&g, MI_4), &g);
		worst_add(&r, drift_crosstab_cramers_v(&tens), golden_or_nan(&g, CRAMERS_V), &g);
		worst_add(&p_value, drift_crosstab_cramers_v_p_value(&tens), golden_or_nan(&g, CRAMERS_V_P), &g);
		free_pairs(&p);
	}
	golden_close(&g, "relations.csv", 300);
	worst_report(&n, 0, "pairs");
	worst_report(&r, 1e-9, "Pearson, Spearman, Kendall and Cramer's V");
	worst_report(&p_value, 1e-9, "their p-values");
	worst_report(&information, 1e-9, "mutual information");
}

/* Doubled sums over all pairs of rows; a rank is the number of rows below, ties by half. */
static double
slow_spearman(const Pairs *p)
{
	DriftComoments m = {0};

	for (int64_t i = 0; i < p->n; i++)
	{
		double rank_x = 0;
		double rank_y = 0;

		for (int64_t j = 0; j < p->n; j++)
		{
			rank_x += p->x[j] < p->x[i] ? 2 : p->x[j] == p->x[i];
			rank_y += p->y[j] < p->y[i] ? 2 : p->y[j] == p->y[i];
		}
		drift_comoments_add(&m, rank_x, rank_y);
	}
	return drift_pearson(&m);
}

static bool
same_pairs(const Pairs *p, const DriftKendall *k)
{
	DriftKendall slow = {.n = p->n};

	for (int64_t i = 0; i < p->n; i++)
		for (int64_t j = i + 1; j < p->n; j++)
		{
			bool x = p->x[i] == p->x[j];
			bool y = p->y[i] == p->y[j];

			slow.x.pairs += x;
			slow.y.pairs += y;
			slow.joint += x && y;
			slow.discordant += !x && !y && (p->x[i] < p->x[j]) != (p->y[i] < p->y[j]);
		}
	return slow.x.pairs == k->x.pairs && slow.y.pairs == k->y.pairs && slow.joint == k->joint &&
		   slow.discordant == k->discordant;
}

/* Few and many distinct keys, narrow and wide, of every size about the sizes at which methods change. */
static void
test_every_pair(void)
{
	static const uint64_t ranges[] = {1, 2, 7, 1000, UINT64_C(1) << 33, UINT64_MAX};
	bool kendall = true;
	bool spearman = true;

	for (int64_t n = 1; n < 300; n += n < 70 ? 1 : 37)
		for (size_t r = 0; r < sizeof(ranges) / sizeof(ranges[0]); r++)
		{
			Pairs p = make_room(n);
			DriftKendall k;
			double rho;

			for (int64_t i = 0; i < n; i++)
			{
				p.x[i] = (sample_mix((uint64_t) i, 1) << 32 | sample_mix((uint64_t) i, 2)) % ranges[r];
				p.y[i] =
					(sample_mix((uint64_t) i, 3) << 32 | sample_mix((uint64_t) i, 4)) % ranges[(r + (size_t) n) % 6];
			}
			k = kendall_of(&p);
			kendall &= same_pairs(&p, &k);
			rho = slow_spearman(&p);
			/* both sums of a column without order are nearly 0 */
			spearman &=
				relative_error(spearman_of(&p).statistic, rho) < 1e-9 || fabs(spearman_of(&p).statistic - rho) < 1e-13;
			free_pairs(&p);
		}
	ok(kendall, "pairs of rows are counted as one by one");
	ok(spearman, "ranks are those of counting");
}

static void
test_limits(void)
{
	DriftComoments m = {0};
	DriftRankPairs ranks = {.n = 1};
	DriftKendall k = {.n = 1};

	ok(isnan(drift_pearson(&m)) && isnan(drift_pearson_p_value((double) NAN, 5)), "no pair has no correlation");
	ok(isnan(drift_spearman(&ranks)) && isnan(drift_kendall(&k).statistic), "nor has a single one");
	drift_comoments_add(&m, 1e300, -1e300);
	drift_comoments_add(&m, -1e300, 1e300);
	ok(m.xx == (double) INFINITY, "squares that pass the range of doubles are infinite");
	m = (DriftComoments){0};
	for (int i = 0; i < 1000; i++)
		drift_comoments_add(&m, 0.1, i);
	ok(m.xx == 0 && isnan(drift_pearson(&m)), "a constant has no correlation, whatever its binary form");
	m = (DriftComoments){0};
	for (int i = 0; i < 1000; i++)
		drift_comoments_add(&m, 1e9 + i % 7, 1e9 + i % 7);
	is_close(drift_pearson(&m), 1, 1e-12, "far from zero nothing cancels");
	k = (DriftKendall){.n = 100, .discordant = 1};
	is_close(drift_kendall(&k).p_value, 2 * 100 / 9.33262154439441e157, 1e-9, "one inversion: 2 n / n!");
}

/* The p-value of a 2 x 2 table is that of its hypergeometric distribution. */
static void
test_permutations(void)
{
	static const int64_t x[] = {12, 18};
	static const int64_t y[] = {10, 20};
	static const int64_t cells[2][2] = {{7, 5}, {3, 15}};
	int64_t left[2];
	DriftTotals totals = {x, y, 2, 2, 30, left};
	DriftCrosstab table;
	double chance = 0;
	double all = 0;
	double share;

	drift_crosstab_init(&table, 30, 2, 2);
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
			drift_crosstab_step(&table, cells[i][j], x[i], y[j]);
	for (int64_t c = 0; c <= 10; c++)
	{
		const int64_t at[2][2] = {{c, 12 - c}, {10 - c, 8 + c}};
		DriftCrosstab other;
		double ways = 1;

		drift_crosstab_init(&other, 30, 2, 2);
		for (int i = 0; i < 2; i++)
			for (int j = 0; j < 2; j++)
			{
				if (at[i][j] > 0)
					drift_crosstab_step(&other, at[i][j], x[i], y[j]);
				ways /= tgamma((double) at[i][j] + 1);
			}
		all += ways;
		if (other.information >= table.information * (1 - 1e-12))
			chance += ways;
	}
	share = (double) drift_information_reached(&table, &totals, 200000, 7, NULL) / 200000;
	ok(fabs(share - chance / all) < 4 * sqrt(chance / all / 200000),
	   "permutations reach the table with its chance: %g, %g", share, chance / all);
	ok(drift_information_reached(&table, &totals, 500, 7, NULL) ==
		   drift_information_reached(&table, &totals, 500, 7, NULL),
	   "a seed gives the same permutations");
	drift_crosstab_init(&table, 4, 2, 2);
	for (int i = 0; i < 2; i++)
		drift_crosstab_step(&table, 2, 2, 2);
	is_close(drift_mutual_information_plugin(&table), log(2), 1e-15, "one bit is ln 2");
	is_close(drift_mutual_information_corrected(&table), log(2) + 0.125, 1e-15,
			 "and its correction 1 / 8 for four rows");
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_every_pair();
	test_limits();
	test_permutations();
	return done_testing();
}
