/*
 * test_explain_golden.c
 *		Explanations and importance of models against the libraries that
 *		trained them.
 */
#include "golden.h"
#include "model/explain.h"
#include "model/import.h"
#include "model/importance.h"
#include "model_file.h"
#include "model_host.h"

#define INPUTS 6
#define MOST_GROUPS 3

/* Of XGBoost, which computes in float32, and of LightGBM. */
#define SINGLE 1e-5
#define DOUBLE 1e-9

typedef struct Library
{
	const char *name;
	const char *suffix;
	DriftStatus (*import)(DriftDraft *, const char *, size_t, const DriftImportOptions *, DriftRefusal *);
	double tolerance;
} Library;

/* The model of a golden row; the one before is kept while its name stays. */
typedef struct Loaded
{
	TestHost host;
	char name[64];
	const DriftModel *m;
	DriftScorer *scorer;
	DriftExplainer *explainer;
} Loaded;

/* A file's model, packed; a refusal ends the program. */
static const DriftModel *
model_of(TestHost *host, int argc, char **argv, const Library *library, const char *name)
{
	const DriftImportOptions options = {DRIFT_ITERATIONS_ALL};
	DriftRefusal refusal = {0};
	const DriftModel *m = NULL;
	char path[128];
	char *bytes;
	size_t size;
	DriftDraft d;

	snprintf(path, sizeof(path), "explain/%s-%s.%s", library->name, name, library->suffix);
	bytes = read_model_file(argc, argv, path, &size);
	drift_draft_init(&d, &host->host);
	if (library->import(&d, bytes, size, &options, &refusal) == DRIFT_OK)
		m = pack_draft(host, &d, &refusal);
	free(bytes);
	if (m == NULL)
	{
		printf("Bail out! %s: %s %s\n", path, refusal.reason, refusal.name);
		exit(1);
	}
	return m;
}

static void
load(Loaded *l, int argc, char **argv, const Library *library, const char *name)
{
	if (l->m != NULL && strcmp(l->name, name) == 0)
		return;
	test_host_free(&l->host);
	test_host_init(&l->host);
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->m = model_of(&l->host, argc, argv, library, name);
	l->scorer = drift_scorer_create(l->m, &l->host.host);
	l->explainer = drift_explainer_create(l->m, &l->host.host);
}

/* The largest distance over all contributions; that they add up to the margin goes to *additivity. */
static double
explain_row(Loaded *l, const Golden *g, double *additivity)
{
	uint32_t group = (uint32_t) golden_int(g, 2);
	double margins[MOST_GROUPS];
	double contributions[MOST_GROUPS * (INPUTS + 1)];
	const double *got = contributions + group * (INPUTS + 1);
	DriftScoreProblem problem;
	double worst = 0;
	double sum = 0;

	for (int i = 0; i < INPUTS; i++)
		drift_scorer_numbers(l->scorer)[i] = golden_double(g, 3 + i);
	if (!drift_score_margins(l->scorer, margins, &problem))
		return (double) INFINITY;
	drift_explain_margins(l->explainer, drift_scorer_slots(l->scorer), contributions);
	for (int i = 0; i <= INPUTS; i++)
	{
		double distance = fabs(got[i] - golden_double(g, 3 + INPUTS + i));

		sum += got[i];
		if (!(distance <= worst))
			worst = distance;
	}
	*additivity = fmax(*additivity, fabs(sum - margins[group]));
	return worst;
}

static void
test_contributions(int argc, char **argv, const Library *library)
{
	char file[128];
	Golden g;
	Loaded l = {0};
	double worst = 0;
	double additivity = 0;

	snprintf(file, sizeof(file), "explain_%s.csv", library->name);
	golden_open(&g, argc, argv, file);
	while (golden_next(&g))
	{
		double distance;

		load(&l, argc, argv, library, g.field[0]);
		distance = explain_row(&l, &g, &additivity);
		if (!(distance <= library->tolerance))
			printf("# %s, row %s, margin %s: differs by %.3g\n", g.field[0], g.field[1], g.field[2], distance);
		if (!(distance <= worst))
			worst = distance;
	}
	ok(worst <= library->tolerance, "%s: contributions differ by %.2g", library->name, worst);
	ok(additivity <= library->tolerance / 10, "%s: they add up to the margin, differ by %.2g", library->name,
	   additivity);
	test_host_free(&l.host);
	golden_close(&g, file, 50);
}

static void
test_importance(int argc, char **argv, const Library *library)
{
	char file[128];
	Golden g;
	Loaded l = {0};
	Worst worst = {0};
	int input = 0;

	snprintf(file, sizeof(file), "importance_%s.csv", library->name);
	golden_open(&g, argc, argv, file);
	while (golden_next(&g))
	{
		DriftImportance importance[INPUTS];
		double got[5];

		load(&l, argc, argv, library, g.field[0]);
		drift_model_importance(l.m, &l.host.host, importance);
		got[0] = (double) importance[input].weight;
		got[1] = importance[input].gain;
		got[2] = importance[input].cover;
		got[3] = importance[input].total_gain;
		got[4] = importance[input].total_cover;
		for (int kind = 0; kind < 5; kind++)
			if (g.field[2 + kind][0] != '\0')
				worst_add(&worst, got[kind], golden_double(&g, 2 + kind), &g);
		input = (input + 1) % INPUTS;
	}
	snprintf(l.name, sizeof(l.name), "importance of %s", library->name);
	worst_report(&worst, 1e-6, l.name);
	test_host_free(&l.host);
	golden_close(&g, file, 24);
}

int
main(int argc, char **argv)
{
	static const Library libraries[] = {{"xgboost-1.7.6", "json", drift_import_xgboost, SINGLE},
										{"xgboost-3.2.0", "json", drift_import_xgboost, SINGLE},
										{"lightgbm-4.6.0", "txt", drift_import_lightgbm, DOUBLE}};

	for (int i = 0; i < 3; i++)
	{
		test_contributions(argc, argv, &libraries[i]);
		test_importance(argc, argv, &libraries[i]);
	}
	return done_testing();
}
