/*
 * test_fairness.c
 *		Disparities of groups against fairlearn, their bootstrap samples against exact moments, and hostile input.
 */
#include "stats/fairness.h"

#include "stats/special.h"

#include "golden.h"

#define MOST_GROUPS 16
#define DRAWS 20000

static int
read_groups(const Golden *g, DriftFairnessGroup *groups)
{
	int64_t counts[4 * MOST_GROUPS];
	int n = golden_counts(g, 0, counts, 4 * MOST_GROUPS) / 4;

	for (int i = 0; i < n; i++)
	{
		const int64_t *c = counts + 4 * i;

		groups[i] = (DriftFairnessGroup){.tp = (double) c[0],
										 .fp = (double) c[1],
										 .fn = (double) c[2],
										 .tn = (double) c[3],
										 .effective = (double) (c[0] + c[1] + c[2] + c[3]),
										 .counted = true};
	}
	return n;
}

static void
test_golden(int argc, char **argv)
{
	Golden g;
	Worst worst = {0};

	golden_open(&g, argc, argv, "fairness.csv");
	while (golden_next(&g))
	{
		DriftFairnessGroup groups[MOST_GROUPS];
		DriftDisparity got[DRIFT_DISPARITIES];
		DriftFairnessOptions options = {true, strcmp(g.field[1], "to_overall") == 0, strcmp(g.field[2], "mean") == 0};

		drift_disparities(groups, read_groups(&g, groups), &options, got);
		for (int d = 0; d < DRIFT_DISPARITIES; d++)
			worst_add(&worst, got[d].value, golden_double(&g, 3 + d), &g);
	}
	golden_close(&g, "fairness.csv", 60);
	worst_report(&worst, 1e-12, "disparities");
}

static void
test_extremes(void)
{
	/* the second has no positives, the third is small, the last has no rows */
	DriftFairnessGroup groups[] = {{8, 2, 2, 8, 20, true},
								   {0, 5, 0, 15, 20, true},
								   {0, 0, 9, 1, 10, false},
								   {6, 6, 4, 4, 20, true},
								   {0, 0, 0, 0, 0, true}};
	DriftFairnessOptions options = {.has_truth = true};
	DriftDisparity d[DRIFT_DISPARITIES];

	drift_disparities(groups, 5, &options, d);
	is_close(d[0].value, 0.35, 1e-14, "selection rates of the groups that are compared");
	ok(d[0].lowest == 1 && d[0].highest == 3, "and which groups they are of");
	is_close(d[2 * DRIFT_EQUAL_OPPORTUNITY].value, 0.2, 1e-14, "a group without positives has no true positive rate");
	options.to_overall = true;
	drift_disparities(groups, 5, &options, d);
	is_close(d[0].value, 27 / 70.0 - 5 / 20.0 > 0.6 - 27 / 70.0 ? 27 / 70.0 - 0.25 : 0.6 - 27 / 70.0, 1e-14,
			 "small groups are part of the whole");
	options.has_truth = false;
	drift_disparities(groups, 5, &options, d);
	ok(!isnan(d[0].value) && isnan(d[2].value) && isnan(d[9].value), "without truth there is demographic parity alone");
	drift_disparities(groups, 1, &options, d);
	ok(isnan(d[0].value) && d[0].lowest == -1, "a single group is not compared");
	drift_disparities(groups, 0, &options, d);
	ok(isnan(d[0].value), "nor is none");
	for (int i = 0; i < DRIFT_DISPARITIES; i++)
		ok(drift_disparity_name(i) != NULL, "%s has a name", drift_disparity_name(i));
	ok(drift_disparity_name(-1) == NULL && drift_disparity_name(DRIFT_DISPARITIES) == NULL, "and there are no others");
}

static void
moments(const double *x, int n, double *mean, double *sd)
{
	double sum = 0;
	double squares = 0;

	for (int i = 0; i < n; i++)
		sum += x[i];
	*mean = sum / n;
	for (int i = 0; i < n; i++)
		squares += (x[i] - *mean) * (x[i] - *mean);
	*sd = sqrt(squares / (n - 1));
}

/* Groups far apart: the difference of two rates is nearly normal with a known spread. */
static void
test_chance(void)
{
	static double differences[DRAWS];
	static double alike[DRAWS];
	DriftFairnessGroup groups[] = {{200, 300, 100, 400, 1000, true}, {500, 100, 300, 100, 1000, true}};
	DriftFairnessOptions options = {.has_truth = true};
	DriftRandom random;
	double values[DRIFT_DISPARITIES];
	double mean;
	double sd;
	double want_sd = sqrt((0.5 * 0.5 + 0.6 * 0.4) / 1000);

	drift_random_init(&random, 1);
	for (int i = 0; i < DRAWS; i++)
	{
		drift_fairness_resample(groups, 2, &options, &random, values);
		differences[i] = values[0];
		drift_fairness_alike(groups, 2, &options, &random, values);
		alike[i] = values[0];
	}
	moments(differences, DRAWS, &mean, &sd);
	ok(fabs(mean - 0.1) < 5 * want_sd / sqrt(DRAWS), "samples are about what was seen: %.5f", mean);
	ok(fabs(sd / want_sd - 1) < 0.03, "and spread as the rates do: %.5f of %.5f", sd, want_sd);
	/* the absolute value of a normal variable */
	moments(alike, DRAWS, &mean, &sd);
	want_sd = sqrt(2 * 0.55 * 0.45 / 1000);
	ok(fabs(mean / (want_sd * sqrt(2 / 3.14159265358979)) - 1) < 0.03, "equal treatment leaves differences of chance");

	/* weights: four times the weight, a quarter of the rows */
	for (int i = 0; i < 2; i++)
		groups[i].effective = 250;
	for (int i = 0; i < DRAWS; i++)
	{
		drift_fairness_resample(groups, 2, &options, &random, values);
		differences[i] = values[0];
	}
	moments(differences, DRAWS, &mean, &sd);
	ok(fabs(sd / sqrt((0.25 + 0.24) / 250) - 1) < 0.03, "weighted rows tell as much as their effective number");
}

static void
test_interval(void)
{
	double z = drift_normal_quantile(0.975);
	double low;
	double high;

	/* statsmodels 0.13 proportion_confint(method='wilson') */
	drift_share_interval(0.25, 20, z, &low, &high);
	is_close(low, 0.11186170140766563, 1e-12, "Wilson's lower end of 5 of 20");
	is_close(high, 0.4687008776187441, 1e-12, "and upper end");
	drift_share_interval(0, 20, z, &low, &high);
	ok(low >= 0 && low < 1e-15, "none of 20 has 0 as its lower end");
	is_close(high, 0.1611251580528194, 1e-12, "and is no certainty");
	drift_share_interval(0.037, 1000, drift_normal_quantile(0.95), &low, &high);
	is_close(low, 0.028364863423138147, 1e-12, "at another level");
	drift_share_interval(0.5, 0, z, &low, &high);
	ok(isnan(low) && isnan(high), "without rows there is none");
}

static void
test_hostile(void)
{
	DriftFairnessGroup groups[] = {{1e15, 0, 0, 1e15, 1e15, true},
								   {5e-324, 1e15, 0, 0, 0, true},
								   {0, 0, 0, 0, 1e15, true},
								   {1, 1, 1, 1, 1e-9, true}};
	DriftFairnessOptions options = {.has_truth = true, .mean = true};
	DriftRandom random;
	double values[DRIFT_DISPARITIES];
	bool sane = true;

	drift_random_init(&random, 3);
	for (int i = 0; i < 1000; i++)
	{
		drift_fairness_resample(groups, 4, &options, &random, values);
		for (int d = 0; d < DRIFT_DISPARITIES; d++)
			sane &= isnan(values[d]) || (values[d] >= 0 && values[d] <= 1);
		drift_fairness_alike(groups, 4, &options, &random, values);
		for (int d = 0; d < DRIFT_DISPARITIES; d++)
			sane &= isnan(values[d]) || (values[d] >= 0 && values[d] <= 1);
	}
	ok(sane, "whatever the weights, disparities are from 0 to 1 or not determined");
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_extremes();
	test_chance();
	test_interval();
	test_hostile();
	return done_testing();
}
