/*
 * ONNX: models of test/reference/onnx against what ONNX Runtime answers, and
 * files that are refused.
 */
#include "model/import.h"
#include "model/score.h"

#include "golden.h"
#include "model_file.h"

#define MOST_INPUTS 64
#define MOST_SCORES 16

/* The packed model, or NULL with a refusal. */
static DriftModel *
import(TestHost *h, const char *bytes, size_t size, DriftRefusal *r)
{
	const DriftImportOptions options = {DRIFT_ITERATIONS_ALL};
	DriftDraft draft;

	*r = (DriftRefusal){0};
	drift_draft_init(&draft, &h->host);
	if (drift_import_onnx(&draft, bytes, size, &options, r) != DRIFT_OK)
		return NULL;
	return pack_draft(h, &draft, r);
}

/* One model of the golden file, and how its rows came out. */
typedef struct Subject
{
	char name[64];
	TestHost host;
	DriftModel *model;
	DriftScorer *scorer;
	int rows;
	int wrong;
	double worst;
} Subject;

static char *
read_model(int argc, char **argv, const char *name, size_t *size)
{
	char file[128];

	snprintf(file, sizeof(file), "onnx/%s.onnx", name);
	return read_model_file(argc, argv, file, size);
}

static void
begin(Subject *s, int argc, char **argv, const char *name)
{
	size_t size;
	char *bytes = read_model(argc, argv, name, &size);
	DriftRefusal r;

	*s = (Subject){0};
	snprintf(s->name, sizeof(s->name), "%s", name);
	test_host_init(&s->host);
	s->model = import(&s->host, bytes, size, &r);
	free(bytes);
	if (s->model == NULL)
		printf("# %s: %s (%s)\n", name, r.reason, r.name);
	else
		s->scorer = drift_scorer_create(s->model, &s->host.host);
}

static void
end(Subject *s)
{
	if (s->name[0] != '\0')
		ok(s->model != NULL && s->wrong == 0 && s->rows > 0, "%s: %d rows", s->name, s->rows);
	if (s->worst > 0)
		printf("# largest difference %.3g\n", s->worst);
	test_host_free(&s->host);
	*s = (Subject){0};
}

/* Tokens of a field, at spaces; in labels "_" stands for a space. */
static int
tokens(char *field, char **found, int room)
{
	int n = 0;

	for (char *at = strtok(field, " "); at != NULL && n < room; at = strtok(NULL, " "))
		found[n++] = at;
	return n;
}

static void
set_inputs(DriftScorer *scorer, char *field)
{
	const DriftModel *m = drift_scorer_model(scorer);
	const DriftInput *inputs = drift_model_section(m, DRIFT_SECTION_INPUTS);
	uint64_t n = drift_model_count(m, DRIFT_SECTION_INPUTS);
	char *found[MOST_INPUTS];
	char *at = field;

	/* Not strtok: a text may be empty. */
	for (uint64_t i = 0; i < n && i < MOST_INPUTS; i++)
	{
		found[i] = at;
		at += strcspn(at, " ");
		if (*at != '\0')
			*at++ = '\0';
		if (inputs[i].kind == DRIFT_INPUT_TEXT)
			for (char *c = found[i]; *c != '\0'; c++)
				*c = *c == '_' ? ' ' : *c;
		if (inputs[i].kind == DRIFT_INPUT_TEXT && strcmp(found[i], "\\N") == 0)
			drift_scorer_labels(scorer)[i] = (DriftLabel){NULL, 0};
		else if (inputs[i].kind == DRIFT_INPUT_TEXT)
			drift_scorer_labels(scorer)[i] = (DriftLabel){found[i], (uint32_t) strlen(found[i])};
		else
			drift_scorer_numbers(scorer)[i] = strtod(found[i], NULL);
	}
}

/* What ONNX Runtime puts out: probabilities, margins of two signs, one of them, or the outputs. */
static int
scores_of(const Subject *s, const double *margins, const double *outputs, int wanted, double *scores)
{
	uint32_t n = drift_score_probabilities(s->scorer, margins, outputs, scores);

	if (n == 0 && s->model->decision == DRIFT_DECISION_MARGIN)
	{
		scores[0] = wanted == 2 ? -margins[0] : margins[0];
		scores[1] = margins[0];
		return wanted;
	}
	if (n == 0)
		memcpy(scores, outputs, drift_model_outputs(s->model) * sizeof(double));
	return n > 0 ? (int) n : (int) drift_model_outputs(s->model);
}

static bool
same_label(const Subject *s, const double *margins, const double *outputs, const char *want)
{
	uint32_t length;
	const uint32_t *labels = drift_model_section(s->model, DRIFT_SECTION_LABELS);
	const char *label;

	if (s->model->decision == DRIFT_DECISION_NONE)
		return want[0] == '\0';
	label = drift_model_string(s->model, labels[drift_score_class(s->scorer, margins, outputs)], &length);
	return strlen(want) == length && memcmp(want, label, length) == 0;
}

/* Difference of scores, relative to the larger of the wanted and one. */
static double
difference(double got, double want)
{
	if (got == want || (isnan(got) && isnan(want)))
		return 0;
	return fabs(got - want) / fmax(1, fabs(want));
}

static void
check_row(Subject *s, Golden *g)
{
	double margins[MOST_SCORES];
	double outputs[MOST_SCORES];
	double scores[MOST_SCORES] = {0};
	char *wanted[MOST_SCORES];
	double tolerance = strcmp(g->field[1], "close") == 0 ? 1e-6 : 0;
	bool rounded = strcmp(g->field[1], "rounded") == 0;
	DriftScoreProblem problem;
	bool refused = strcmp(g->field[2], "!") == 0;
	int n;
	double worst = 0;

	s->rows++;
	if (s->model == NULL || s->model->groups > MOST_SCORES)
		return;
	set_inputs(s->scorer, g->field[4]);
	if (drift_score_margins(s->scorer, margins, &problem) == refused)
	{
		printf("# row %d: %s\n", g->rows, refused ? "not refused" : problem.reason);
		s->wrong++;
		return;
	}
	if (refused)
		return;
	drift_score_outputs(s->scorer, margins, outputs);
	n = tokens(g->field[3], wanted, MOST_SCORES);
	if (scores_of(s, margins, outputs, n, scores) != n || !same_label(s, margins, outputs, g->field[2]))
	{
		printf("# row %d: another label than %s, or not %d scores\n", g->rows, g->field[2], n);
		s->wrong++;
		return;
	}
	for (int i = 0; i < n; i++)
		worst = fmax(worst, difference(rounded ? (float) scores[i] : scores[i], strtod(wanted[i], NULL)));
	s->worst = fmax(s->worst, worst);
	if (worst <= tolerance)
		return;
	if (s->wrong++ < 5)
		printf("# row %d: got %.9g, want %s\n", g->rows, scores[n - 1], wanted[n - 1]);
}

static void
test_golden(int argc, char **argv, const char *name)
{
	static Golden g;
	Subject s = {0};

	golden_open(&g, argc, argv, name);
	while (golden_next(&g))
	{
		if (strcmp(s.name, g.field[0]) != 0)
		{
			end(&s);
			begin(&s, argc, argv, g.field[0]);
		}
		check_row(&s, &g);
	}
	end(&s);
	golden_close(&g, name, 2000);
}

/* Each is refused, and says what for. */
static void
test_refused(int argc, char **argv)
{
	static Golden g;

	golden_open(&g, argc, argv, "onnx_refused.csv");
	while (golden_next(&g))
	{
		size_t size;
		char name[96];
		char *bytes;
		TestHost h;
		DriftRefusal r;
		DriftModel *m;

		snprintf(name, sizeof(name), "refused_%s", g.field[0]);
		bytes = read_model(argc, argv, name, &size);
		test_host_init(&h);
		m = import(&h, bytes, size, &r);
		if (!ok(m == NULL && strcmp(r.name, g.field[1]) == 0 && h.taken < 100 * 1024 * 1024, "%s: %s (%s)", name,
				r.reason != NULL ? r.reason : "imported", r.name))
			printf("# %zu bytes taken\n", h.taken);
		test_host_free(&h);
		free(bytes);
	}
	golden_close(&g, "onnx_refused.csv", 20);
}

/* Cut at every byte, in memory that ends there. */
static void
test_truncated(int argc, char **argv, const char *name)
{
	size_t size;
	char *bytes = read_model(argc, argv, name, &size);
	size_t imported = 0;

	for (size_t n = 0; n < size; n++)
	{
		char *cut = malloc(n > 0 ? n : 1);
		TestHost h;
		DriftRefusal r;

		if (cut == NULL)
			abort();
		memcpy(cut, bytes, n);
		test_host_init(&h);
		imported += import(&h, cut, n, &r) != NULL;
		test_host_free(&h);
		free(cut);
	}
	/* What is imported lacks an opset, or a byte of padding, at its end. */
	ok(imported <= 2, "%s cut at each of %zu bytes: %zu imported", name, size, imported);
	free(bytes);
}

/* Every byte another one: refused, or a model that passes the check. */
static void
test_altered(int argc, char **argv, const char *name)
{
	size_t size;
	char *bytes = read_model(argc, argv, name, &size);
	size_t most = 0;

	for (size_t n = 0; n < size; n++)
		for (int bit = 0; bit < 8; bit += 3)
		{
			TestHost h;
			DriftRefusal r;

			bytes[n] = (char) (bytes[n] ^ 1 << bit);
			test_host_init(&h);
			import(&h, bytes, size, &r);
			most = h.taken > most ? h.taken : most;
			test_host_free(&h);
			bytes[n] = (char) (bytes[n] ^ 1 << bit);
		}
	ok(most < 100 * 1024 * 1024, "%s with every byte altered takes up to %zu bytes", name, most);
	free(bytes);
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv, "onnx_new.csv");
	test_golden(argc, argv, "onnx_old.csv");
	test_refused(argc, argv);
	test_truncated(argc, argv, "new_boosted");
	test_truncated(argc, argv, "new_one_hot");
	test_truncated(argc, argv, "new_lr_zipmap");
	test_altered(argc, argv, "new_own_targets_average");
	test_altered(argc, argv, "new_one_matrix");
	return done_testing();
}
