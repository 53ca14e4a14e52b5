/*
 * test_xgboost.c
 *		Models of XGBoost 1.0 to 3.2 score what XGBoost scores: margins to
 *		the bit, outputs to the last digit of float32.
 *
 * Models and expected numbers are those of test/reference/generate_xgboost.py.
 */
#include "golden.h"
#include "xgboost_model.h"

#include "model/score.h"

#define MAX_OUTPUTS 16

static const char *directory = "test/reference";

/* What one version's golden file was compared with. */
typedef struct Tally
{
	TestHost h;
	char name[256];
	int64_t iterations;
	DriftScorer *scorer;
	Bytes bytes;
	int models;
	int rows;
	int wrong_margins;
	int wrong_outputs;
	double output_error;
	char where[512];
} Tally;

static bool
is_text_input(const DriftModel *m, uint32_t input)
{
	return ((const DriftInput *) drift_model_section(m, DRIFT_SECTION_INPUTS))[input].kind == DRIFT_INPUT_TEXT;
}

/* Fills the inputs of a row like "0x1p+0 red - NaN". */
static bool
fill_inputs(DriftScorer *s, char *text)
{
	const DriftModel *m = drift_scorer_model(s);
	uint64_t n = drift_model_count(m, DRIFT_SECTION_INPUTS);
	char *at = text;

	for (uint32_t i = 0; i < n; i++)
	{
		size_t length = strcspn(at, " ");
		bool missing = length == 1 && at[0] == '-';

		if (length == 0)
			return false;
		if (is_text_input(m, i))
			drift_scorer_labels(s)[i] = (DriftLabel){missing ? NULL : at, missing ? 0 : (uint32_t) length};
		else
			drift_scorer_numbers(s)[i] = strtod(at, NULL);
		at += length + (at[length] == ' ');
	}
	return *at == '\0';
}

static int
numbers_of(const char *text, double *numbers)
{
	char *end;
	int n = 0;

	while (n < MAX_OUTPUTS)
	{
		numbers[n] = strtod(text, &end);
		if (end == text)
			break;
		text = end;
		n++;
	}
	return n;
}

static void
note(Tally *t, int *count, const Golden *g, double got, double want)
{
	if ((*count)++ == 0)
		snprintf(t->where, sizeof(t->where), "line %d of %s: got %a, want %a", g->rows + 2, t->name, got, want);
}

static void
compare_row(Tally *t, Golden *g)
{
	const DriftModel *m = drift_scorer_model(t->scorer);
	double margins[MAX_OUTPUTS];
	double outputs[MAX_OUTPUTS];
	double want[MAX_OUTPUTS];
	DriftScoreProblem problem = {0, "the inputs are not those of the model"};
	int n = numbers_of(g->field[3], want);

	t->rows++;
	if (n != (int) m->groups || !fill_inputs(t->scorer, g->field[2]) ||
		!drift_score_margins(t->scorer, margins, &problem))
	{
		if (t->wrong_margins++ == 0)
			snprintf(t->where, sizeof(t->where), "line %d of %s: input %u, %s", g->rows + 2, t->name, problem.input,
					 problem.reason);
		return;
	}
	for (int i = 0; i < n; i++)
		if (memcmp(&margins[i], &want[i], sizeof(double)) != 0)
			note(t, &t->wrong_margins, g, margins[i], want[i]);
	n = numbers_of(g->field[4], want);
	if (n != (int) drift_model_outputs(m))
	{
		note(t, &t->wrong_outputs, g, n, drift_model_outputs(m));
		return;
	}
	drift_score_outputs(t->scorer, margins, outputs);
	for (int i = 0; i < n; i++)
	{
		double error = relative_error(outputs[i], want[i]);

		t->output_error = error > t->output_error ? error : t->output_error;
		if (!(error <= 2e-7))
			note(t, &t->wrong_outputs, g, outputs[i], want[i]);
	}
}

/* Takes the model of a row up, unless it is that of the row before. */
static bool
take_model(Tally *t, const Golden *g)
{
	int64_t iterations = golden_int(g, 1);
	DriftRefusal r;
	DriftModel *m;

	if (strcmp(t->name, g->field[0]) == 0 && t->iterations == iterations)
		return t->scorer != NULL;
	test_host_free(&t->h);
	free(t->bytes.data);
	snprintf(t->name, sizeof(t->name), "%s", g->field[0]);
	t->iterations = iterations;
	t->bytes = read_xgboost_model(directory, t->name);
	m = import_xgboost(&t->h, t->bytes, iterations, &r);
	t->scorer = m != NULL ? drift_scorer_create(m, &t->h.host) : NULL;
	t->models++;
	if (m == NULL)
		ok(false, "%s is imported: %s %s", t->name, r.reason, r.name);
	return m != NULL;
}

static void
test_version(int argc, char **argv, const char *version, int models, int rows)
{
	char name[64];
	Golden g;
	Tally t = {.iterations = -9};

	test_host_init(&t.h);
	snprintf(name, sizeof(name), "xgboost-%s.csv", version);
	golden_open(&g, argc, argv, name);
	while (golden_next(&g))
		if (take_model(&t, &g))
			compare_row(&t, &g);
	golden_close(&g, name, rows);
	ok(t.models >= models, "%d models of %s", t.models, version);
	if (!ok(t.wrong_margins == 0, "%d margins of %d rows are wrong", t.wrong_margins, t.rows) ||
		!ok(t.wrong_outputs == 0, "%d outputs are wrong, largest error %.3g", t.wrong_outputs, t.output_error))
		printf("# %s\n", t.where);
	test_host_free(&t.h);
	free(t.bytes.data);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		directory = argv[1];
	test_version(argc, argv, "old", 14, 280);
	test_version(argc, argv, "1.7.6", 40, 600);
	test_version(argc, argv, "2.1.4", 40, 600);
	test_version(argc, argv, "3.2.0", 40, 600);
	return done_testing();
}
