/*
 * test_model_json.c
 *		The extension's own form of models: scikit-learn's score as they do
 *		there; broken ones are refused; steps do what the page says.
 *
 * Golden models and values: test/reference/generate_model_json.py.
 */
#include "model_golden.h"
#include "model_refusal.h"

#include "model/import.h"
#include "model/name_map.h"

#define MOST_VALUES 4
#define MOST_NAME 64

/*
 * Golden rows
 */

typedef struct Totals
{
	int rows;
	int wrong;
	double error; /* largest of margins and outputs, relative or absolute */
} Totals;

static void
compare_values(Totals *totals, const double *got, const double *want, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (memcmp(&got[i], &want[i], sizeof(double)) != 0)
			totals->error = fmax(totals->error, fabs(got[i] - want[i]) / fmax(1, fabs(want[i])));
}

static bool
is_label(const DriftScorer *s, uint32_t class, const char *want)
{
	const DriftModel *m = drift_scorer_model(s);
	const uint32_t *labels = drift_model_section(m, DRIFT_SECTION_LABELS);
	uint32_t length;
	const char *label = drift_model_string(m, labels[class], &length);

	return length == strlen(want) && memcmp(label, want, length) == 0;
}

static void
score_row(DriftScorer *s, Golden *g, Totals *totals)
{
	double margins[MOST_VALUES];
	double outputs[MOST_VALUES];
	double want_margins[MOST_VALUES];
	double want_outputs[MOST_VALUES];
	uint32_t n = golden_values(g->field[2], want_margins, MOST_VALUES);
	uint32_t n_outputs = golden_values(g->field[3], want_outputs, MOST_VALUES);
	DriftScoreProblem problem;

	totals->rows++;
	golden_inputs(s, g->field[1]);
	if (drift_scorer_model(s)->groups != n || drift_model_outputs(drift_scorer_model(s)) != n_outputs ||
		!drift_score_margins(s, margins, &problem))
	{
		totals->wrong++;
		return;
	}
	drift_score_outputs(s, margins, outputs);
	compare_values(totals, margins, want_margins, n);
	compare_values(totals, outputs, want_outputs, n_outputs);
	totals->wrong += g->field[4][0] != '\0' && !is_label(s, drift_score_class(s, margins, outputs), g->field[4]);
}

/* Sums of linear models are in another order than scikit-learn's; of boosting, softmax is a step. */
static void
report(const char *name, Totals *totals)
{
	double tolerance = strncmp(name, "forest", 6) == 0 ? 0 : 1e-14;

	if (totals->rows > 0)
		ok(totals->wrong == 0 && totals->error <= tolerance, "%s: %d rows, %d wrong, error %.3g", name, totals->rows,
		   totals->wrong, totals->error);
	*totals = (Totals){0};
}

static DriftScorer *
open_model(TestHost *h, int argc, char **argv, const char *name)
{
	char path[MOST_NAME + 20];
	DriftRefusal r = {0};
	DriftModel *m;
	size_t size;
	char *bytes;

	snprintf(path, sizeof(path), "model_json/%s.json", name);
	bytes = read_model_file(argc, argv, path, &size);
	m = import_model(h, drift_import_json, bytes, size, DRIFT_ITERATIONS_ALL, &r);
	free(bytes);
	if (m == NULL)
	{
		printf("Bail out! %s: %s %s at %d\n", name, r.reason, r.name, (int) r.at);
		exit(1);
	}
	return drift_scorer_create(m, &h->host);
}

static void
compare_golden(int argc, char **argv)
{
	char name[MOST_NAME] = "";
	Totals totals = {0};
	DriftScorer *s = NULL;
	TestHost h;
	Golden g;

	test_host_init(&h);
	golden_open(&g, argc, argv, "model_json.csv");
	while (golden_next(&g))
	{
		if (strcmp(name, g.field[0]) != 0)
		{
			report(name, &totals);
			test_host_free(&h);
			snprintf(name, sizeof(name), "%s", g.field[0]);
			s = open_model(&h, argc, argv, name);
		}
		score_row(s, &g, &totals);
	}
	report(name, &totals);
	test_host_free(&h);
	golden_close(&g, "model_json.csv", 250);
}

/*
 * Small models, whole and broken
 */

static const char small[] =
	"{\"format\": \"drift\", \"version\": 1, \"task\": \"binary\", \"inputs\": [\"a\", {\"name\": \"b\", \"kind\": "
	"\"text\"}, {\"name\": \"c\"}], \"steps\": [{\"op\": \"scale\", \"in\": [\"a\"], \"center\": [1], \"scale\": [2]}, "
	"{\"op\": \"one_hot\", \"in\": [\"b\"], \"categories\": [\"x\", \"y\"], \"out\": [\"bx\", \"by\"]}, {\"op\": "
	"\"ordinal\", "
	"\"in\": [\"c\"], \"categories\": [3, 7], \"other\": null}], \"features\": [\"a\", \"bx\", \"c\"], \"trees\": "
	"[{\"children_left\": [1, -1, 3, -1, -1], \"children_right\": [2, -1, 4, -1, -1], \"feature\": [0, -2, 2, -2, -2], "
	"\"threshold\": [0.5, 0, 0.5, 0, 0], \"value\": [0, -1, 0, 1, 2], \"missing_go_to_left\": [0, 0, true, 0, 0]}], "
	"\"base\": 0.25, \"transform\": \"logistic\", \"classes\": [\"no\", 1]}\n";

static void
refuse_truncated(void)
{
	DriftRefusal r;
	int taken = 0;

	import_exact(drift_import_json, small, sizeof(small) - 1, &r);
	ok(r.status == DRIFT_OK, "the small model is taken: %s %s", r.reason ? r.reason : "", r.name);
	for (size_t n = 0; n < sizeof(small) - 2; n++)
		taken += import_exact(drift_import_json, small, n, &r) == DRIFT_OK;
	ok(taken == 0, "what ends before its end is refused");
}

static const Change changes[] = {
	{"\"drift\"", "\"shift\"", DRIFT_CORRUPT, "format"},
	{"\"version\": 1", "\"version\": 2", DRIFT_BAD_VERSION, ""},
	{"\"version\": 1", "\"version\": 1, \"version\": 1", DRIFT_CORRUPT, "version"},
	{"\"version\": 1", "\"version\": 1, \"mood\": 1", DRIFT_UNSUPPORTED, "mood"},
	{"\"format\": \"drift\", ", "", DRIFT_CORRUPT, "format"},
	{"\"binary\"", "\"telepathy\"", DRIFT_UNSUPPORTED, "telepathy"},
	{"\"binary\"", "\"multiclass\"", DRIFT_CORRUPT, "classes"},
	{"\"binary\"", "\"regression\"", DRIFT_CORRUPT, "classes"},
	{"{\"name\": \"c\"}", "{\"name\": \"a\"}", DRIFT_CORRUPT, "a"},
	{"{\"name\": \"c\"}", "{\"name\": \"c\", \"unit\": \"m\"}", DRIFT_UNSUPPORTED, "unit"},
	{"{\"name\": \"c\"}", "{\"name\": 5}", DRIFT_CORRUPT, ""},
	{"{\"name\": \"c\"}", "{}", DRIFT_CORRUPT, ""},
	{"\"kind\": \"text\"", "\"kind\": \"image\"", DRIFT_CORRUPT, ""},
	{"\"op\": \"scale\"", "\"op\": \"stretch\"", DRIFT_UNSUPPORTED, "stretch"},
	{"\"op\": \"scale\", ", "", DRIFT_CORRUPT, "op"},
	{"\"op\": \"scale\"", "\"op\": \"add\"", DRIFT_CORRUPT, "values"},
	{"\"op\": \"scale\"", "\"op\": \"scale\", \"values\": [1]", DRIFT_CORRUPT, "values"},
	{"\"op\": \"scale\"", "\"op\": \"scale\", \"times\": [1]", DRIFT_UNSUPPORTED, "times"},
	{"\"op\": \"scale\"", "\"op\": \"scale\", \"norm\": \"l1\"", DRIFT_CORRUPT, "norm"},
	{"\"in\": [\"a\"]", "\"in\": [\"z\"]", DRIFT_CORRUPT, "z"},
	{"\"in\": [\"a\"]", "\"in\": [\"b\"]", DRIFT_CORRUPT, "b"},
	{"\"in\": [\"b\"]", "\"in\": [\"c\"]", DRIFT_CORRUPT, "c"},
	{"\"in\": [\"a\"]", "\"in\": [\"a\", \"c\"]", DRIFT_CORRUPT, "center"},
	{"\"scale\": [2]", "\"scale\": [2, 3]", DRIFT_CORRUPT, "scale"},
	{"\"in\": [\"b\"]", "\"in\": [\"b\", \"b\"]", DRIFT_CORRUPT, "in"},
	{"[\"x\", \"y\"]", "[\"x\", 5]", DRIFT_CORRUPT, ""},
	{"[\"x\", \"y\"]", "[]", DRIFT_CORRUPT, "categories"},
	{"[\"bx\", \"by\"]", "[\"bx\"]", DRIFT_CORRUPT, "out"},
	{", \"out\": [\"bx\", \"by\"]", "", DRIFT_CORRUPT, "out"},
	{"\"other\": null", "\"other\": \"none\"", DRIFT_CORRUPT, ""},
	{"\"features\": [\"a\"", "\"features\": [\"b\"", DRIFT_CORRUPT, "b"},
	{"\"features\": [\"a\"", "\"features\": [\"q\"", DRIFT_CORRUPT, "q"},
	{"\"features\": [\"a\", \"bx\", \"c\"]", "\"features\": [\"a\"]", DRIFT_CORRUPT, "feature"},
	{"\"trees\": [", "\"linear\": {}, \"trees\": [", DRIFT_CORRUPT, "trees"},
	{"\"children_left\": [1, ", "\"children_left\": [0, ", DRIFT_CORRUPT, "children_left"},
	{"\"children_left\": [1, ", "\"children_left\": [2, ", DRIFT_CORRUPT, "children_right"},
	{"\"children_left\": [1, ", "\"children_left\": [5, ", DRIFT_CORRUPT, "children_left"},
	{"\"children_left\": [1, ", "\"children_left\": [-1, ", DRIFT_CORRUPT, "children_left"},
	{"\"children_left\": [1, ", "\"children_left\": [1.5, ", DRIFT_CORRUPT, ""},
	{"\"children_left\": [1, ", "\"children_left\": [", DRIFT_CORRUPT, "children_right"},
	{"\"children_left\": [1, -1, 3, ", "\"children_left\": [1, -1, -1, ", DRIFT_CORRUPT, "children_left"},
	{"\"children_right\": [2, -1, 4, ", "\"children_right\": [2, -1, 0, ", DRIFT_CORRUPT, "children_right"},
	{"\"feature\": [0, ", "\"feature\": [3, ", DRIFT_CORRUPT, "feature"},
	{"\"feature\": [0, ", "\"feature\": [-1, ", DRIFT_CORRUPT, "feature"},
	{"\"threshold\": [0.5, ", "\"threshold\": [NaN, ", DRIFT_CORRUPT, "threshold"},
	{"\"threshold\": [0.5, ", "\"threshold\": [", DRIFT_CORRUPT, "threshold"},
	{"\"value\": [0, -1,", "\"value\": [0, NaN,", DRIFT_CORRUPT, "value"},
	{"\"value\": [0, -1, 0, 1, 2]", "\"value\": [[0], [1], [2], [3], [4, 5]]", DRIFT_CORRUPT, ""},
	{"\"value\": [0, -1, 0, 1, 2]", "\"value\": [[0], [1]]", DRIFT_CORRUPT, "value"},
	{"\"value\": [0, -1, 0, 1, 2]", "\"value\": [[], [], [], [], []]", DRIFT_CORRUPT, ""},
	{"\"value\"", "\"output\": 10000, \"value\"", DRIFT_CORRUPT, "output"},
	{"\"value\"", "\"output\": 2, \"value\"", DRIFT_CORRUPT, ""},
	{"\"value\"", "\"weight\": NaN, \"value\"", DRIFT_CORRUPT, "weight"},
	{"\"value\"", "\"depth\": 3, \"value\"", DRIFT_UNSUPPORTED, "depth"},
	{"true, 0, 0]", "2, 0, 0]", DRIFT_CORRUPT, "missing_go_to_left"},
	{"\"base\": 0.25", "\"base\": [0.25, 1]", DRIFT_CORRUPT, ""},
	{"\"logistic\"", "\"magic\"", DRIFT_UNSUPPORTED, "magic"},
	{"[\"no\", 1]", "[\"no\"]", DRIFT_CORRUPT, "classes"},
	{"[\"no\", 1]", "[\"no\", null]", DRIFT_CORRUPT, ""},
	{"\"transform\"", "\"decision\": \"largest_hat\", \"transform\"", DRIFT_UNSUPPORTED, "largest_hat"},
	{"\"transform\"", "\"average\": 1, \"transform\"", DRIFT_CORRUPT, ""},
};

/* What one step makes of one value, through a linear predictor that passes it on. */
static void
step_gives(const char *step, double x, double want)
{
	char text[1000];
	double margin = (double) NAN;
	DriftScoreProblem problem;
	DriftRefusal r = {0};
	DriftModel *m;
	TestHost h;
	bool scored = false;
	int size =
		snprintf(text, sizeof(text),
				 "{\"format\": \"drift\", \"version\": 1, \"task\": \"regression\", \"inputs\": [{\"name\": \"x\", "
				 "\"required\": false}], \"steps\": [%s], \"features\": [\"x\"], \"linear\": {\"coefficients\": [1]}}",
				 step);

	test_host_init(&h);
	m = import_model(&h, drift_import_json, text, (size_t) size, DRIFT_ITERATIONS_ALL, &r);
	if (m != NULL)
	{
		DriftScorer *s = drift_scorer_create(m, &h.host);

		drift_scorer_numbers(s)[0] = x;
		scored = drift_score_margins(s, &margin, &problem);
	}
	if (!ok(m != NULL && (scored || isnan(want)) && (margin == want || (isnan(margin) && isnan(want))), "%g by %s", x,
			step))
		printf("# got %.17g, %s %s\n", margin, r.reason ? r.reason : "", r.name);
	test_host_free(&h);
}

static void
steps_do(void)
{
	step_gives("", 3, 3);
	step_gives("{\"op\": \"add\", \"in\": [\"x\"], \"values\": [2]}", 3, 5);
	step_gives("{\"op\": \"subtract\", \"in\": [\"x\"], \"values\": [2]}", 3, 1);
	step_gives("{\"op\": \"multiply\", \"in\": [\"x\"], \"values\": [2]}", 3, 6);
	step_gives("{\"op\": \"divide\", \"in\": [\"x\"], \"values\": [2]}", 3, 1.5);
	step_gives("{\"op\": \"scale\", \"in\": [\"x\"], \"center\": [1], \"scale\": [4]}", 3, 0.5);
	step_gives("{\"op\": \"impute\", \"in\": [\"x\"], \"values\": [7]}", (double) NAN, 7);
	step_gives("{\"op\": \"replace\", \"in\": [\"x\"], \"from\": [3], \"to\": [9]}", 3, 9);
	step_gives("{\"op\": \"replace\", \"in\": [\"x\"], \"from\": [NaN], \"to\": [9]}", (double) NAN, 9);
	step_gives("{\"op\": \"clip\", \"in\": [\"x\"], \"least\": [0], \"most\": [2]}", 3, 2);
	step_gives("{\"op\": \"binarize\", \"in\": [\"x\"], \"values\": [2]}", 3, 1);
	step_gives("{\"op\": \"truncate\", \"in\": [\"x\"]}", -3.7, -3);
	step_gives("{\"op\": \"float32\", \"in\": [\"x\"]}", 0.1, (double) 0.1f);
	step_gives("{\"op\": \"add\", \"in\": [\"x\"], \"values\": [0.1], \"float32\": true}", 0.1, (double) (0.1f + 0.1f));
	step_gives("{\"op\": \"normalize\", \"in\": [\"x\"], \"norm\": \"l1\"}", -4, -1);
	step_gives("{\"op\": \"ordinal\", \"in\": [\"x\"], \"categories\": [5, 3]}", 3, 1);
	step_gives("{\"op\": \"ordinal\", \"in\": [\"x\"], \"categories\": [5, 3], \"other\": -1}", 4, -1);
	step_gives("{\"op\": \"ordinal\", \"in\": [\"x\"], \"categories\": [5, 3]}", 4, (double) NAN);
	step_gives("{\"op\": \"map\", \"in\": [\"x\"], \"categories\": [5, 3], \"numbers\": [50, 30]}", 3, 30);
	step_gives("{\"op\": \"one_hot\", \"in\": [\"x\"], \"categories\": [5, 3], \"out\": [\"y\", \"x\"]}", 3, 1);
	step_gives(
		"{\"op\": \"add\", \"in\": [\"x\"], \"values\": [1]}, {\"op\": \"multiply\", \"in\": [\"x\"], \"values\": [3]}",
		1, 6);
}

/* Is the input x of a model required? */
static void requires(const char *predictor, const char *steps, bool want)
{
	char text[1000];
	DriftRefusal r = {0};
	DriftModel *m;
	TestHost h;
	int size = snprintf(text, sizeof(text),
						"{\"format\": \"drift\", \"version\": 1, \"task\": \"regression\", \"inputs\": [\"x\"], "
						"\"steps\": [%s], \"features\": [\"x\"], %s}",
						steps, predictor);

	test_host_init(&h);
	m = import_model(&h, drift_import_json, text, (size_t) size, DRIFT_ITERATIONS_ALL, &r);
	ok(m != NULL && ((const DriftInput *) drift_model_section(m, DRIFT_SECTION_INPUTS))->needs_value == want,
	   "%s with steps %s %s a value%s%s", predictor, steps, want ? "needs" : "does not need", r.reason ? ": " : "",
	   r.reason ? r.reason : "");
	test_host_free(&h);
}

#define LINEAR "\"linear\": {\"coefficients\": [1]"
#define ADD "{\"op\": \"add\", \"in\": [\"x\"], \"values\": [1]}"
#define IMPUTE "{\"op\": \"impute\", \"in\": [\"x\"], \"values\": [1]}"
#define LEAF \
	"{\"children_left\": [-1], \"children_right\": [-1], \"feature\": [-2], \"threshold\": [-2], \"value\": [1]"

static void
inputs_are_required(void)
{
	requires(LINEAR "}", "", true);
	requires(LINEAR "}", ADD, true);
	requires(LINEAR "}", IMPUTE, false);
	requires(LINEAR "}", ADD ", " IMPUTE, false);
	requires(LINEAR ", \"missing\": \"skip\"}", ADD, false);
	requires("\"trees\": [" LEAF "}]", ADD, true);
	requires("\"trees\": [" LEAF ", \"missing_go_to_left\": [0]}]", ADD, false);
	requires("\"trees\": [" LEAF ", \"missing_go_to_left\": [0]}, " LEAF "}]", "", true);
}

/* Names of which some begin others, put in one order and looked for in another. */
static void
names_are_found(void)
{
	enum
	{
		NAMES = 4000
	};
	static char names[NAMES][24];
	DriftNameMap map;
	TestHost h;
	int wrong = 0;

	test_host_init(&h);
	drift_name_map_init(&map, &h.host);
	wrong += drift_name_map_find(&map, "a", 1) != DRIFT_NO_NAME;
	for (uint32_t i = 0; i < NAMES; i++)
	{
		snprintf(names[i], sizeof(names[i]), "%.*s%x", (int) (i % 5), "\xc3\xa9zzz", (i * 2654435761u) >> (i % 20));
		wrong += drift_name_map_find(&map, names[i], strlen(names[i])) < i &&
				 strcmp(names[drift_name_map_find(&map, names[i], strlen(names[i]))], names[i]) != 0;
		drift_name_map_put(&map, names[i], strlen(names[i]), i);
	}
	drift_name_map_put(&map, "", 0, NAMES);
	wrong += drift_name_map_find(&map, "", 0) != NAMES;
	for (uint32_t i = NAMES; i-- > 0;)
	{
		uint32_t found = drift_name_map_find(&map, names[i], strlen(names[i]));

		wrong += found == DRIFT_NO_NAME || found < i || strcmp(names[found], names[i]) != 0;
	}
	wrong += drift_name_map_find(&map, "nothing", 7) != DRIFT_NO_NAME;
	ok(wrong == 0, "names lead to their numbers: %d wrong", wrong);
	test_host_free(&h);
}

int
main(int argc, char **argv)
{
	compare_golden(argc, argv);
	refuse_truncated();
	refuse_changes(drift_import_json, small, changes, sizeof(changes) / sizeof(changes[0]));
	steps_do();
	inputs_are_required();
	names_are_found();
	return done_testing();
}
