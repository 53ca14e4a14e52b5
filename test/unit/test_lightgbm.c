/*
 * test_lightgbm.c
 *		Models of LightGBM score as LightGBM does, bit by bit; broken ones are
 *		refused.
 *
 * Golden models and values: test/reference/generate_lightgbm.py.
 */
#include <math.h>

#include "model_golden.h"
#include "model_refusal.h"

#include "model/import.h"

#define MOST_VALUES 16
#define MOST_NAME 64

/*
 * Golden rows
 */

typedef struct Totals
{
	int rows;
	int wrong_raw;
	int wrong_prediction;
	int inexact; /* predictions that are off by the last bit */
} Totals;

/* LightGBM's raw scores are margins as they are in the golden file. */
static void
score_row(DriftScorer *s, Golden *g, Totals *totals)
{
	double margins[MOST_VALUES];
	double outputs[MOST_VALUES];
	double raw[MOST_VALUES];
	double prediction[MOST_VALUES];
	uint32_t n = golden_values(g->field[3], raw, MOST_VALUES);
	uint32_t n_outputs = golden_values(g->field[4], prediction, MOST_VALUES);
	DriftScoreProblem problem;
	bool same = drift_scorer_model(s)->groups == n && drift_model_outputs(drift_scorer_model(s)) == n_outputs;
	bool near = same;

	golden_inputs(s, g->field[2]);
	same = same && drift_score_margins(s, margins, &problem);
	if (same)
		drift_score_outputs(s, margins, outputs);
	for (uint32_t i = 0; same && i < n; i++)
		same = memcmp(&margins[i], &raw[i], sizeof(double)) == 0;
	near = near && same;
	for (uint32_t i = 0; near && i < n_outputs; i++)
	{
		near = is_near(outputs[i], prediction[i]);
		totals->inexact += outputs[i] != prediction[i];
	}
	totals->rows++;
	totals->wrong_raw += !same;
	totals->wrong_prediction += !near;
	if (!same || !near)
		printf("# row %d, %s: got %.17g and %.17g\n", g->rows, g->field[0], margins[0], outputs[0]);
}

static void
report(const char *name, const char *iterations, Totals *totals)
{
	if (totals->rows > 0)
		ok(totals->wrong_raw == 0 && totals->wrong_prediction == 0,
		   "%s, iterations %s: %d rows, %d wrong, %d last bits", name, iterations, totals->rows,
		   totals->wrong_raw + totals->wrong_prediction, totals->inexact);
	*totals = (Totals){0};
}

static DriftScorer *
open_model(TestHost *h, int argc, char **argv, const char *name, int64_t iterations)
{
	char path[MOST_NAME + 20];
	DriftRefusal r = {0};
	DriftModel *m;
	size_t size;
	char *bytes;

	snprintf(path, sizeof(path), "lightgbm/%s.txt", name);
	bytes = read_model_file(argc, argv, path, &size);
	m = import_model(h, drift_import_lightgbm, bytes, size, iterations, &r);
	free(bytes);
	if (m == NULL)
	{
		printf("Bail out! %s: %s %s at %d\n", name, r.reason, r.name, (int) r.at);
		exit(1);
	}
	return drift_scorer_create(m, &h->host);
}

static void
compare_golden(int argc, char **argv, const char *file)
{
	char name[MOST_NAME] = "";
	char iterations[MOST_NAME] = "";
	Totals totals = {0};
	DriftScorer *s = NULL;
	TestHost h;
	Golden g;

	test_host_init(&h);
	golden_open(&g, argc, argv, file);
	while (golden_next(&g))
	{
		if (strcmp(name, g.field[0]) != 0 || strcmp(iterations, g.field[1]) != 0)
		{
			report(name, iterations, &totals);
			test_host_free(&h);
			snprintf(name, sizeof(name), "%s", g.field[0]);
			snprintf(iterations, sizeof(iterations), "%s", g.field[1]);
			s = open_model(&h, argc, argv, name, golden_int(&g, 1));
		}
		score_row(s, &g, &totals);
	}
	report(name, iterations, &totals);
	test_host_free(&h);
	golden_close(&g, file, 1400);
}

/*
 * Small models, whole and broken
 */

#define HEAD \
	"tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=2\n" \
	"objective=binary sigmoid:1\nfeature_names=a b c\nfeature_infos=[0:1] 0:1:2 [0:1]\ntree_sizes=1 1\n\n"
#define TREE \
	"Tree=0\nnum_leaves=4\nnum_cat=1\nsplit_feature=0 1 2\nsplit_gain=3 2 1\nthreshold=0.5 0 -1e-36\n" \
	"decision_type=2 1 8\nleft_child=1 -1 -3\nright_child=2 -2 -4\nleaf_value=1 2 3 4\nleaf_weight=1 1 1 1\n" \
	"leaf_count=10 20 30 40\ninternal_value=0 0 0\ninternal_weight=1 1 1\ninternal_count=100 30 70\n" \
	"cat_boundaries=0 1\ncat_threshold=5\nis_linear=0\nshrinkage=0.1\n\n\n"
#define STUMP "Tree=1\nnum_leaves=1\nnum_cat=0\nleaf_value=0.25\n\n"
#define PARAMETERS "end of trees\n\nparameters:\n[categorical_feature: 1]\nend of parameters\n"
#define PANDAS "\npandas_categorical:[[\"x\", \"\\u00e9\", \"z\"]]\n"

static const char small[] = HEAD TREE STUMP PARAMETERS PANDAS;

/* Bytes behind which the text may end as well as at its end. */
#define LEAST_END (sizeof(HEAD TREE STUMP PARAMETERS) - 2)
#define LEAST_PANDAS (sizeof(small) - 2)

static void
refuse_truncated(const char *text, size_t size, size_t least, size_t step)
{
	DriftRefusal r;
	int taken = 0;

	for (size_t n = 0; n < least; n += step)
		if (import_exact(drift_import_lightgbm, text, n, &r) == DRIFT_OK)
			taken++;
	ok(taken == 0, "what ends before byte %zu of %zu is refused", least, size);
}

static void
refuse_truncated_small(void)
{
	DriftRefusal r;
	int taken = 0;

	import_exact(drift_import_lightgbm, small, sizeof(small) - 1, &r);
	ok(r.status == DRIFT_OK, "the small model is taken: %s %s", r.reason ? r.reason : "", r.name);
	refuse_truncated(small, sizeof(small) - 1, LEAST_END, 1);
	for (size_t n = LEAST_END + 3; n < LEAST_PANDAS; n++)
		if (import_exact(drift_import_lightgbm, small, n, &r) == DRIFT_OK)
			taken++;
	ok(taken == 0, "what ends within the pandas categories is refused");
}

/* Lines may end as on Windows; version 2 may lack parameters. */
static void
take_variants(void)
{
	char text[2 * sizeof(small)];
	size_t size = 0;
	DriftRefusal r;

	for (const char *at = small; *at != '\0'; at++)
	{
		if (*at == '\n')
			text[size++] = '\r';
		text[size++] = *at;
	}
	import_exact(drift_import_lightgbm, text, size, &r);
	ok(r.status == DRIFT_OK, "lines that end in carriage returns are taken");
	size = (size_t) snprintf(text, sizeof(text), "%s%s%send of trees\n", HEAD, TREE, STUMP);
	import_exact(drift_import_lightgbm, text, size, &r);
	ok(r.status == DRIFT_TRUNCATED, "version 4 has parameters");
	text[strlen("tree\nversion=v")] = '2';
	import_exact(drift_import_lightgbm, text, size, &r);
	ok(r.status == DRIFT_OK, "version 2 need not");
}

static const Change changes[] = {
	{"tree\n", "bush\n", DRIFT_CORRUPT, "bush"},
	{"version=v4", "version=v5", DRIFT_UNSUPPORTED, "v5"},
	{"version=v4\n", "", DRIFT_CORRUPT, "version"},
	{"version=v4\n", "version=v4\nversion=v4\n", DRIFT_CORRUPT, "version"},
	{"version=v4\n", "version=v4\nmood=good\n", DRIFT_UNSUPPORTED, "mood"},
	{"num_class=1", "num_class=0", DRIFT_CORRUPT, "num_class"},
	{"num_class=1", "num_class=1e9", DRIFT_CORRUPT, "num_class"},
	{"per_iteration=1", "per_iteration=2", DRIFT_CORRUPT, "binary"},
	{"per_iteration=1", "per_iteration=99999999999999999999", DRIFT_CORRUPT, "num_tree_per_iteration"},
	{"max_feature_idx=2", "max_feature_idx=1", DRIFT_CORRUPT, "split_feature"},
	{"max_feature_idx=2", "max_feature_idx=3", DRIFT_CORRUPT, "a b c"},
	{"max_feature_idx=2", "max_feature_idx=65535", DRIFT_CORRUPT, "max_feature_idx"},
	{"max_feature_idx=2", "max_feature_idx=-1", DRIFT_CORRUPT, "max_feature_idx"},
	{"objective=binary", "objective=telepathy", DRIFT_UNSUPPORTED, "telepathy"},
	{"sigmoid:1", "sigmoid:0", DRIFT_CORRUPT, "sigmoid:0"},
	{"sigmoid:1", "sigmoid:nan", DRIFT_CORRUPT, "sigmoid:nan"},
	{" sigmoid:1", "", DRIFT_CORRUPT, "binary"},
	{"sigmoid:1", "sigmoid:1 tail:2", DRIFT_UNSUPPORTED, "tail:2"},
	{"objective=binary sigmoid:1", "objective=multiclass num_class:3", DRIFT_CORRUPT, "multiclass"},
	{"objective=binary sigmoid:1", "objective=multiclass num_class:1", DRIFT_CORRUPT, "multiclass"},
	{"feature_names=a b c", "feature_names=a b a", DRIFT_CORRUPT, "a b a"},
	{"feature_names=a b c", "feature_names=a b c d", DRIFT_CORRUPT, "a b c d"},
	{"feature_names=a b c", "feature_names=a \xff c", DRIFT_CORRUPT, ""},
	{"feature_names=a b c", "average_output=1", DRIFT_CORRUPT, "average_output"},
	{"tree_sizes=1 1", "tree_sizes=1", DRIFT_CORRUPT, "tree_sizes"},
	{"Tree=1", "Tree=2", DRIFT_CORRUPT, "Tree=2"},
	{"num_leaves=4", "num_leaves=0", DRIFT_CORRUPT, "num_leaves"},
	{"num_leaves=4", "num_leaves=2147483647", DRIFT_CORRUPT, "num_leaves"},
	{"num_leaves=4", "num_leaves=1000000000", DRIFT_CORRUPT, "split_feature"},
	{"num_leaves=4", "num_leaves=3", DRIFT_CORRUPT, "right_child"},
	{"num_leaves=4", "num_leaves=5", DRIFT_CORRUPT, "split_feature"},
	{"num_leaves=4", "num_leaves=4\nnum_leaves=4", DRIFT_CORRUPT, "num_leaves"},
	{"num_leaves=4", "num_leaves=4\nnum_twigs=4", DRIFT_UNSUPPORTED, "num_twigs"},
	{"num_leaves=4", "num_leaves", DRIFT_CORRUPT, "num_leaves"},
	{"num_cat=1", "num_cat=4", DRIFT_CORRUPT, "num_cat"},
	{"num_cat=1", "num_cat=2", DRIFT_CORRUPT, "cat_boundaries"},
	{"num_cat=1", "num_cat=0", DRIFT_CORRUPT, "cat_boundaries"},
	{"split_feature=0 1 2", "split_feature=0 1 3", DRIFT_CORRUPT, "split_feature"},
	{"split_feature=0 1 2", "split_feature=0 1", DRIFT_CORRUPT, "split_feature"},
	{"split_feature=0 1 2", "split_feature=0 1 2 2", DRIFT_CORRUPT, "split_feature"},
	{"split_gain=3 2 1", "split_gain=3 2", DRIFT_CORRUPT, "split_gain"},
	{"threshold=0.5 0", "threshold=nan 0", DRIFT_CORRUPT, "threshold"},
	{"threshold=0.5 0", "threshold=0x1p1 0", DRIFT_CORRUPT, "threshold"},
	{"threshold=0.5 0", "threshold=0.5 1", DRIFT_CORRUPT, "threshold"},
	{"threshold=0.5 0", "threshold=0.5 0.5", DRIFT_CORRUPT, "threshold"},
	{"threshold=0.5 0", "threshold=0.5 -1", DRIFT_CORRUPT, "threshold"},
	{"decision_type=2 1 8", "decision_type=2 1 12", DRIFT_CORRUPT, "decision_type"},
	{"left_child=1 -1 -3", "left_child=1 0 -3", DRIFT_CORRUPT, "left_child"},
	{"left_child=1 -1 -3", "left_child=0 -1 -3", DRIFT_CORRUPT, "left_child"},
	{"left_child=1 -1 -3", "left_child=2 -1 -3", DRIFT_CORRUPT, "left_child"},
	{"left_child=1 -1 -3", "left_child=1 -3 -3", DRIFT_CORRUPT, "left_child"},
	{"left_child=1 -1 -3", "left_child=-1 -1 -3", DRIFT_CORRUPT, "left_child"},
	{"left_child=1 -1 -3", "left_child=-3 -1 -3", DRIFT_CORRUPT, "left_child"},
	{"left_child=1 -1 -3", "left_child=3 -1 -3", DRIFT_CORRUPT, "left_child"},
	{"left_child=1 -1 -3", "left_child=1 -5 -3", DRIFT_CORRUPT, "left_child"},
	{"leaf_value=1 2 3 4", "leaf_value=1 2 3", DRIFT_CORRUPT, "leaf_value"},
	{"leaf_value=1 2 3 4", "leaf_value=1 2 nan 4", DRIFT_CORRUPT, "leaf_value"},
	{"leaf_count=10 20 30 40", "leaf_count=10 20 30 x", DRIFT_CORRUPT, "leaf_count"},
	{"cat_boundaries=0 1", "cat_boundaries=1 1", DRIFT_CORRUPT, "cat_boundaries"},
	{"cat_boundaries=0 1", "cat_boundaries=0 2", DRIFT_CORRUPT, "cat_threshold"},
	{"cat_boundaries=0 1", "cat_boundaries=0 2147483647", DRIFT_CORRUPT, "cat_threshold"},
	{"cat_boundaries=0 1", "cat_boundaries=0 -1", DRIFT_CORRUPT, "cat_boundaries"},
	{"cat_threshold=5", "cat_threshold=4294967296", DRIFT_CORRUPT, "cat_threshold"},
	{"cat_threshold=5", "cat_threshold=5 5", DRIFT_CORRUPT, "cat_threshold"},
	{"is_linear=0", "is_linear=1", DRIFT_UNSUPPORTED, "is_linear"},
	{"[[\"x\"", "[[1", DRIFT_UNSUPPORTED, "pandas_categorical"},
	{"[[\"x\"", "[[null", DRIFT_UNSUPPORTED, "pandas_categorical"},
	{"[[\"x\"", "[[\"v\"],[\"x\"", DRIFT_UNSUPPORTED, "pandas_categorical"},
	{"[[\"x\", \"\\u00e9\", \"z\"]]", "[[\"x\", \"y\"]]", DRIFT_UNSUPPORTED, "2"},
	{"[[\"x\", \"\\u00e9\", \"z\"]]", "{}", DRIFT_CORRUPT, "pandas_categorical"},
	{"[[\"x\", \"\\u00e9\", \"z\"]]", "[1]", DRIFT_CORRUPT, "pandas_categorical"},
	{"[[\"x\", \"\\u00e9\", \"z\"]]", "[] []", DRIFT_TRAILING_BYTES, "pandas_categorical"},
	{"\nparameters:", "\nparameters:\nend of parameters\nparameters:", DRIFT_CORRUPT, "parameters:"},
	{"\nparameters:", "\nsecrets:", DRIFT_CORRUPT, "secrets:"},
};

/* A line of children that is one longer than what is allowed, and one that is not. */
static void
limit_depth(int depth, bool taken)
{
	static char text[200000];
	size_t at = 0;
	DriftRefusal r;

	at += (size_t) sprintf(text,
						   "tree\nversion=v4\nnum_class=1\nlabel_index=0\nmax_feature_idx=0\nfeature_names=a\n"
						   "feature_infos=[0:1]\n\nTree=0\nnum_cat=0\nnum_leaves=%d",
						   depth + 1);
	for (int key = 0; key < 6; key++)
	{
		static const char *const names[] = {"split_feature", "threshold",   "decision_type",
											"left_child",    "right_child", "leaf_value"};

		at += (size_t) sprintf(text + at, "\n%s=", names[key]);
		for (int i = 0; i < depth + (key == 5); i++)
			at += (size_t) sprintf(text + at, "%d ",
								   key == 3 && i < depth - 1 ? i + 1
								   : key == 3                ? ~depth
								   : key == 4                ? ~i
															 : 0);
	}
	at += (size_t) sprintf(text + at, "\n\nend of trees\nparameters:\nend of parameters\n");
	import_exact(drift_import_lightgbm, text, at, &r);
	ok((r.status == DRIFT_OK) == taken, "a tree that is %d deep is %s", depth, taken ? "taken" : "refused");
}

int
main(int argc, char **argv)
{
	size_t size;
	char *bytes;

	compare_golden(argc, argv, "lightgbm_v3.csv");
	compare_golden(argc, argv, "lightgbm_v4.csv");
	refuse_truncated_small();
	bytes = read_model_file(argc, argv, "lightgbm/v4_multiclass_rf.txt", &size);
	refuse_truncated(bytes, size, size - 40, 97);
	free(bytes);
	refuse_changes(drift_import_lightgbm, small, changes, sizeof(changes) / sizeof(changes[0]));
	take_variants();
	limit_depth(DRIFT_MODEL_MAX_DEPTH, true);
	limit_depth(DRIFT_MODEL_MAX_DEPTH + 2, false);
	return done_testing();
}
