/*
 * ONNX: models of test/reference/onnx against what ONNX Runtime answers, and
 * files that are refused.
 */
#include "model/import.h"
#include "model/score.h"

#include "golden.h"
#include "model_host.h"

#define MOST_INPUTS 64
#define MOST_SCORES 16

/* Where models are, as golden.h finds its files. */
static const char *folder = "test/reference";

typedef struct Bytes
{
	char *bytes;
	size_t size;
} Bytes;

static Bytes
read_model(const char *name)
{
	char path[4096];
	FILE *file;
	Bytes b;

	snprintf(path, sizeof(path), "%s/onnx/%s.onnx", folder, name);
	file = fopen(path, "rb");
	if (file == NULL)
	{
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	fseek(file, 0, SEEK_END);
	b.size = (size_t) ftell(file);
	rewind(file);
	b.bytes = malloc(b.size);
	if (b.bytes == NULL || fread(b.bytes, 1, b.size, file) != b.size)
		abort();
	fclose(file);
	return b;
}

/* The packed model, or NULL with a refusal. */
static DriftModel *
import(TestHost *h, const char *bytes, size_t size, DriftRefusal *r)
{
	const DriftImportOptions options = {DRIFT_ITERATIONS_ALL};
	DriftDraft draft;
	DriftModel *m;
	size_t packed;

	*r = (DriftRefusal){0};
	drift_draft_init(&draft, &h->host);
	if (drift_import_onnx(&draft, bytes, size, &options, r) != DRIFT_OK)
		return NULL;
	if (drift_draft_size(&draft, &packed) != DRIFT_OK)
		abort();
	m = h->host.allocate(h->host.ctx, packed);
	memset(m, 0, packed);
	return drift_draft_pack(&draft, m, packed, r) == DRIFT_OK ? m : NULL;
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

static void
begin(Subject *s, const char *name)
{
	Bytes b = read_model(name);
	DriftRefusal r;

	*s = (Subject){0};
	snprintf(s->name, sizeof(s->name), "%s", name);
	test_host_init(&s->host);
	s->model = import(&s->host, b.bytes, b.size, &r);
	free(b.bytes);
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
	double tolerance = strcmp(g->field[1], "exact") == 0 ? 0 : 1e-6;
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
		worst = fmax(worst, difference(scores[i], strtod(wanted[i], NULL)));
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
			begin(&s, g.field[0]);
		}
		check_row(&s, &g);
	}
	end(&s);
	golden_close(&g, name, 2000);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		folder = argv[1];
	test_golden(argc, argv, "onnx_new.csv");
	test_golden(argc, argv, "onnx_old.csv");
	return done_testing();
}
