/*
 * test_score_rows.c
 *		What happens to a row before and after its margins are summed: inputs,
 *		steps, linear predictors, transforms, classes. Numbers in hexadecimal are
 *		what XGBoost 1.7.6 and ONNX Runtime 1.31.1 answer.
 */
#include "model/score.h"

#include <math.h>

#include "random_trees.h"
#include "tap.h"

#define MOST 8

static TestHost host;

static DriftScorer *
prepare(DriftDraft *d)
{
	size_t size;

	return drift_scorer_create(pack_draft(d, &host, &size), &host.host);
}

static bool
same(double a, double b)
{
	return isnan(a) ? isnan(b) : a == b && !signbit(a) == !signbit(b);
}

static bool
all_same(const double *a, const double *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!same(a[i], b[i]))
		{
			printf("# number %u is %.9g (%a), expected %.9g (%a)\n", i, a[i], a[i], b[i], b[i]);
			return false;
		}
	return true;
}

/*
 * Steps
 */

/* A model of inputs and one step. */
typedef struct StepTest
{
	const char *name;
	DriftStepOp op;
	DriftModelSource source;
	uint8_t single;
	uint8_t must_know;
	uint32_t n_in;
	uint32_t n_out;
	uint32_t n_numbers;
	double numbers[MOST];
	double in[MOST];
	double out[MOST]; /* expected; of refused rows nothing */
	bool refused;
} StepTest;

static void
start(DriftDraft *d, uint32_t inputs, DriftInputKind kind)
{
	drift_draft_init(d, &host.host);
	d->head.source = DRIFT_SOURCE_JSON;
	d->head.predictor = DRIFT_PREDICTOR_LINEAR;
	drift_draft_add(d, DRIFT_SECTION_BASE, 1);
	for (uint32_t i = 0; i < inputs; i++)
		drift_draft_input(d, "x", 1, kind);
}

static void
test_step(const StepTest *t)
{
	static const uint32_t in[MOST] = {0, 1, 2, 3, 4, 5, 6, 7};
	DriftScoreProblem problem = {.input = 99};
	DriftDraft d;
	DriftStep *step;
	DriftScorer *s;
	double margin;

	start(&d, t->n_in, DRIFT_INPUT_NUMBER);
	if (t->source)
		d.head.source = (uint8_t) t->source;
	for (uint32_t i = 0; i < t->n_numbers; i++)
		*(double *) drift_draft_add(&d, DRIFT_SECTION_NUMBERS, 1) = t->numbers[i];
	drift_draft_step(&d, t->op, in, t->n_in, t->n_out, 0, (uint32_t) drift_draft_count(&d, DRIFT_SECTION_STRINGS));
	step = drift_draft_section(&d, DRIFT_SECTION_STEPS);
	step->single = t->single;
	step->must_know = t->must_know;
	s = prepare(&d);
	memcpy(drift_scorer_numbers(s), t->in, t->n_in * sizeof(double));
	if (t->refused)
		ok(!drift_score_margins(s, &margin, &problem) && problem.input == 0 && problem.reason, "%s", t->name);
	else
		ok(drift_score_margins(s, &margin, &problem) && all_same(drift_scorer_slots(s) + t->n_in, t->out, t->n_out),
		   "%s", t->name);
	test_host_free(&host);
}

static void
test_steps(void)
{
	static const StepTest tests[] = {
		{"add", DRIFT_STEP_ADD, 0, 0, 0, 2, 2, 2, {0.1, 1}, {0.2, NAN}, {0.1 + 0.2, NAN}, 0},
		{"add in float32", DRIFT_STEP_ADD, 0, 1, 0, 1, 1, 1, {0.1}, {0.2}, {0.1f + 0.2f}, 0},
		{"subtract", DRIFT_STEP_SUBTRACT, 0, 0, 0, 1, 1, 1, {3}, {1}, {-2}, 0},
		{"multiply in float32", DRIFT_STEP_MULTIPLY, 0, 1, 0, 1, 1, 1, {0.3}, {0.7}, {0.3f * 0.7f}, 0},
		{"divide", DRIFT_STEP_DIVIDE, 0, 0, 0, 2, 2, 2, {3, 0}, {1, -1}, {1.0 / 3, -INFINITY}, 0},
		{"divide in float32", DRIFT_STEP_DIVIDE, 0, 1, 0, 1, 1, 1, {3}, {1}, {1.0f / 3.0f}, 0},
		{"impute", DRIFT_STEP_IMPUTE, 0, 0, 0, 3, 3, 3, {7, 8, 9}, {NAN, 1, INFINITY}, {7, 1, INFINITY}, 0},
		{"replace", DRIFT_STEP_REPLACE, 0, 0, 0, 3, 3, 6, {NAN, 5, -1, 6, 0, 7}, {NAN, -1, -0.0}, {5, 6, 7}, 0},
		{"replace nothing", DRIFT_STEP_REPLACE, 0, 0, 0, 2, 2, 4, {NAN, 5, -1, 6}, {1, NAN}, {1, NAN}, 0},
		{"clip", DRIFT_STEP_CLIP, 0, 0, 0, 3, 3, 6, {-1, 1, -1, 1, -1, 1}, {-2, 3, NAN}, {-1, 1, NAN}, 0},
		{"binarize", DRIFT_STEP_BINARIZE, 0, 0, 0, 3, 3, 3, {1, 1, 1}, {1, 1.5, NAN}, {0, 1, 0}, 0},
		{"truncate", DRIFT_STEP_TRUNCATE, 0, 0, 0, 3, 3, 0, {0}, {-1.5, 1.5, NAN}, {-1, 1, NAN}, 0},
		{"round", DRIFT_STEP_ROUND_SINGLE, 0, 0, 0, 2, 2, 0, {0}, {0.1, 1e300}, {0.1f, INFINITY}, 0},
		{"L1", DRIFT_STEP_NORMALIZE_L1, 0, 0, 0, 3, 3, 0, {0}, {1, -2, 5}, {0.125, -0.25, 0.625}, 0},
		{"L2", DRIFT_STEP_NORMALIZE_L2, 0, 0, 0, 2, 2, 0, {0}, {3, -4}, {0.6, -0.8}, 0},
		{"largest", DRIFT_STEP_NORMALIZE_MAX, 0, 0, 0, 2, 2, 0, {0}, {2, -4}, {0.5, -1}, 0},
		{"zeros stay", DRIFT_STEP_NORMALIZE_L2, 0, 0, 0, 2, 2, 0, {0}, {0, 0}, {0, 0}, 0},
		{"L1 of ONNX",
		 DRIFT_STEP_NORMALIZE_L1,
		 DRIFT_SOURCE_ONNX,
		 1,
		 0,
		 3,
		 3,
		 0,
		 {0},
		 {1.1, -3.3, 2.7},
		 {0x1.3d4bb8p-3, -0x1.dbf192p-2, 0x1.85689p-2},
		 0},
		{"L2 of ONNX",
		 DRIFT_STEP_NORMALIZE_L2,
		 DRIFT_SOURCE_ONNX,
		 1,
		 0,
		 3,
		 3,
		 0,
		 {0},
		 {1.1, -3.3, 2.7},
		 {0x1.ff9a92p-3, -0x1.7fb3ecp-1, 0x1.39f04ep-1},
		 0},
		{"largest of ONNX, not of magnitude",
		 DRIFT_STEP_NORMALIZE_MAX,
		 DRIFT_SOURCE_ONNX,
		 1,
		 0,
		 3,
		 3,
		 0,
		 {0},
		 {-1.1, -3.3, -2.7},
		 {1, 3, 0x1.3a2e8cp+1},
		 0},
		{"one-hot", DRIFT_STEP_ONE_HOT_NUMBER, 0, 0, 1, 1, 4, 4, {3, NAN, -2, 0}, {-0.0}, {0, 0, 0, 1}, 0},
		{"one-hot, NaN is one", DRIFT_STEP_ONE_HOT_NUMBER, 0, 0, 1, 1, 3, 3, {3, NAN, -2}, {NAN}, {0, 1, 0}, 0},
		{"one-hot of another", DRIFT_STEP_ONE_HOT_NUMBER, 0, 0, 0, 1, 3, 3, {3, 1, 2}, {4}, {0, 0, 0}, 0},
		{"one-hot has to know", DRIFT_STEP_ONE_HOT_NUMBER, 0, 0, 1, 1, 3, 3, {3, 1, 2}, {4}, {0}, 1},
		{"missing is not known", DRIFT_STEP_ONE_HOT_NUMBER, 0, 0, 1, 1, 3, 3, {3, 1, 2}, {NAN}, {0}, 1},
		{"missing need not be", DRIFT_STEP_ONE_HOT_NUMBER, 0, 0, 2, 1, 3, 3, {3, 1, 2}, {NAN}, {0, 0, 0}, 0},
		{"others have to be", DRIFT_STEP_ONE_HOT_NUMBER, 0, 0, 2, 1, 3, 3, {3, 1, 2}, {0}, {0}, 1},
		{"map, the first of equals", DRIFT_STEP_MAP_NUMBER, 0, 0, 0, 1, 1, 7, {-1, 5, 50, 4, 40, 5, 51}, {5}, {50}, 0},
		{"map of another", DRIFT_STEP_MAP_NUMBER, 0, 0, 0, 1, 1, 5, {-1, 5, 50, 4, 40}, {6}, {-1}, 0},
		{"map has to know", DRIFT_STEP_MAP_NUMBER, 0, 0, 1, 1, 1, 5, {-1, 5, 50, 4, 40}, {6}, {0}, 1},
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		test_step(&tests[i]);
}

/* Steps on labels, behind one another: a one-hot code and a map, whose number is scaled. */
static void
test_labels(void)
{
	static const char *const words[] = {"red", "", "blue", "gr\303\274n"};
	static const char *const asked[] = {"blue", "gr\303\274n", "", "re", NULL};
	static const double expected[][6] = {{0, 0, 1, 0, 12, 6},
										 {0, 0, 0, 1, 13, 6.5},
										 {0, 1, 0, 0, 11, 5.5},
										 {0, 0, 0, 0, -1, -0.5},
										 {0, 0, 0, 0, -1, -0.5}};
	static const uint32_t in[] = {0, 5};
	DriftScoreProblem problem;
	DriftDraft d;
	DriftScorer *s;
	uint32_t first;
	double margin;

	start(&d, 1, DRIFT_INPUT_TEXT);
	first = (uint32_t) drift_draft_count(&d, DRIFT_SECTION_STRINGS);
	for (int i = 0; i < 4; i++)
		drift_draft_string(&d, words[i], strlen(words[i]));
	drift_draft_step(&d, DRIFT_STEP_ONE_HOT_TEXT, in, 1, 4, 0, first);
	for (int i = -1; i < 4; i++)
		*(double *) drift_draft_add(&d, DRIFT_SECTION_NUMBERS, 1) = i < 0 ? -1 : 10 + i;
	drift_draft_step(&d, DRIFT_STEP_MAP_TEXT, in, 1, 1, 0, first);
	*(double *) drift_draft_add(&d, DRIFT_SECTION_NUMBERS, 1) = 0.5;
	drift_draft_step(&d, DRIFT_STEP_MULTIPLY, in + 1, 1, 1, 5, (uint32_t) drift_draft_count(&d, DRIFT_SECTION_STRINGS));
	s = prepare(&d);
	for (int i = 0; i < 5; i++)
	{
		*drift_scorer_labels(s) = (DriftLabel){asked[i], asked[i] ? (uint32_t) strlen(asked[i]) : 0};
		ok(drift_score_margins(s, &margin, &problem) && all_same(drift_scorer_slots(s) + 1, expected[i], 6), "label %s",
		   asked[i] ? asked[i] : "missing");
	}
	test_host_free(&host);
}

/* Many categories out of order: each is found, and none between them. */
static void
test_many_categories(void)
{
	static const uint32_t in = 0;
	DriftScoreProblem problem;
	DriftDraft d;
	DriftScorer *s;
	int wrong = 0;
	double margin;

	start(&d, 1, DRIFT_INPUT_NUMBER);
	*(double *) drift_draft_add(&d, DRIFT_SECTION_NUMBERS, 1) = -1;
	for (uint32_t i = 0; i < 1009; i++)
	{
		double *pair = drift_draft_add(&d, DRIFT_SECTION_NUMBERS, 2);

		pair[0] = i * 400 % 1009;
		pair[1] = i;
	}
	drift_draft_step(&d, DRIFT_STEP_MAP_NUMBER, &in, 1, 1, 0, (uint32_t) drift_draft_count(&d, DRIFT_SECTION_STRINGS));
	s = prepare(&d);
	for (uint32_t i = 0; i < 2 * 1009; i++)
	{
		uint32_t category = i * 400 % 1009;

		*drift_scorer_numbers(s) = category + (i < 1009 ? 0 : 0.5);
		wrong += !drift_score_margins(s, &margin, &problem) || drift_scorer_slots(s)[1] != (i < 1009 ? (double) i : -1);
	}
	ok(wrong == 0, "1009 categories, %d wrong", wrong);
	test_host_free(&host);
}

static void
test_inputs(void)
{
	DriftScoreProblem problem;
	DriftInput *inputs;
	DriftDraft d;
	DriftScorer *s;
	double margin;

	start(&d, 3, DRIFT_INPUT_NUMBER);
	inputs = drift_draft_section(&d, DRIFT_SECTION_INPUTS);
	inputs[0].single = 1;
	inputs[1].needs_value = 1;
	inputs[2].kind = DRIFT_INPUT_TEXT;
	inputs[2].needs_value = 1;
	s = prepare(&d);
	drift_scorer_numbers(s)[0] = 0.1;
	drift_scorer_numbers(s)[1] = 0.1;
	drift_scorer_labels(s)[2] = (DriftLabel){"", 0};
	ok(drift_score_margins(s, &margin, &problem) && drift_scorer_slots(s)[0] == 0.1f && drift_scorer_slots(s)[1] == 0.1,
	   "inputs are rounded where they have to be");
	drift_scorer_numbers(s)[1] = NAN;
	ok(!drift_score_margins(s, &margin, &problem) && problem.input == 1, "a number that is needed is missing");
	drift_scorer_numbers(s)[1] = 1;
	drift_scorer_labels(s)[2].bytes = NULL;
	ok(!drift_score_margins(s, &margin, &problem) && problem.input == 2, "a label that is needed is missing");
	test_host_free(&host);
}

/*
 * Linear predictors
 */

static void
test_linear(bool single, bool base_first, bool skip_missing, const double *row, double expected, const char *name)
{
	static const double coefficients[] = {0.1, -0.7, 1e-9, 0.3, 2, -1};
	DriftScoreProblem problem;
	DriftDraft d;
	DriftScorer *s;
	double *base;
	double margins[2];

	start(&d, 3, DRIFT_INPUT_NUMBER);
	d.head.groups = 2;
	d.head.single = single;
	d.head.base_first = base_first;
	d.head.skip_missing = skip_missing;
	drift_draft_add(&d, DRIFT_SECTION_BASE, 1);
	base = drift_draft_section(&d, DRIFT_SECTION_BASE);
	base[0] = single ? 0.2f : 0.2;
	memcpy(drift_draft_add(&d, DRIFT_SECTION_COEFFICIENTS, 6), coefficients, sizeof(coefficients));
	for (uint32_t i = 0; i < 3; i++)
		*(uint32_t *) drift_draft_add(&d, DRIFT_SECTION_FEATURES, 1) = i;
	s = prepare(&d);
	memcpy(drift_scorer_numbers(s), row, 3 * sizeof(double));
	ok(drift_score_margins(s, margins, &problem) && all_same(margins, &expected, 1), "%s", name);
	test_host_free(&host);
}

static void
test_linears(void)
{
	static const double row[] = {3, 0.9, 1};
	static const double gap[] = {3, NAN, 1};
	double in_double = 0.2 + 3 * 0.1;
	double last = 0 + 3 * 0.1;
	float in_single = 0.2f + 3.0f * 0.1f;

	in_double += 0.9 * -0.7;
	in_double += 1e-9;
	last += 0.9 * -0.7;
	last += 1e-9;
	in_single += 0.9f * -0.7f;
	in_single += 1e-9f;
	test_linear(false, true, false, row, in_double, "linear");
	test_linear(false, false, false, row, last + 0.2, "linear, base last");
	test_linear(true, true, false, row, in_single, "linear in float32");
	test_linear(false, true, false, gap, NAN, "linear, missing makes NaN");
	test_linear(false, true, true, gap, (0.2 + 3 * 0.1) + 1e-9, "linear, missing is skipped");
	test_linear(true, true, true, gap, (0.2f + 3.0f * 0.1f) + 1e-9f, "linear in float32, missing is skipped");
}

/*
 * Transforms
 */

typedef struct TransformTest
{
	const char *name;
	DriftTransform transform;
	DriftModelSource source;
	uint8_t single;
	DriftDecision decision; /* with NONE, there are no classes */
	double parameter;
	uint32_t groups;
	double margins[3];
	double outputs[3];
	uint32_t class; /* where there are classes */
	uint32_t n_probabilities;
	double probabilities[3];
} TransformTest;

static DriftScorer *
prepare_transform(const TransformTest *t)
{
	uint32_t labels = t->groups == 1 ? 2 : t->groups;
	DriftDraft d;

	start(&d, 1, DRIFT_INPUT_NUMBER);
	d.head.source = (uint8_t) t->source;
	d.head.transform = (uint8_t) t->transform;
	d.head.single = t->single;
	d.head.decision = (uint8_t) t->decision;
	d.head.parameter = t->parameter;
	d.head.groups = t->groups;
	d.head.task = t->decision == DRIFT_DECISION_NONE ? DRIFT_TASK_REGRESSION
				  : t->groups == 1                   ? DRIFT_TASK_BINARY
													 : DRIFT_TASK_MULTICLASS;
	drift_draft_add(&d, DRIFT_SECTION_BASE, t->groups - 1);
	for (uint32_t i = 0; i < labels && t->decision != DRIFT_DECISION_NONE; i++)
		*(uint32_t *) drift_draft_add(&d, DRIFT_SECTION_LABELS, 1) = 0;
	return prepare(&d);
}

static void
test_transform(const TransformTest *t)
{
	DriftScorer *s = prepare_transform(t);
	double outputs[3];
	double probabilities[3];
	uint32_t n;

	drift_score_outputs(s, t->margins, outputs);
	n = drift_score_probabilities(s, t->margins, outputs, probabilities);
	ok(all_same(outputs, t->outputs, drift_model_outputs(drift_scorer_model(s))) && n == t->n_probabilities &&
		   all_same(probabilities, t->probabilities, n) &&
		   (t->decision == DRIFT_DECISION_NONE || drift_score_class(s, t->margins, outputs) == t->class),
	   "%s", t->name);
	test_host_free(&host);
}

/* m and n are margins, l_m the logistic of m as float32 has it. */
#define M 0x1.666666p-1
#define L_M 0x1.561cb4p-1
#define L_MINUS_M 0x1.53c698p-2
#define THREE \
	{ \
		-0x1.333334p-2, 0x1.666666p-1, 0x1.0cccccp+1 \
	}
#define SOFTMAX_OF_THREE \
	{ \
		0x1.15db18p-4, 0x1.79a52ep-3, 0x1.7edb5p-1 \
	}

static void
test_transforms(void)
{
	static const TransformTest tests[] = {
		{"identity", DRIFT_TRANSFORM_IDENTITY, DRIFT_SOURCE_JSON, 0, 0, 1, 2, {-0.0, 7}, {-0.0, 7}, 0, 0, {0}},
		{"identity of a class, as raw margins",
		 DRIFT_TRANSFORM_IDENTITY,
		 DRIFT_SOURCE_XGBOOST,
		 1,
		 DRIFT_DECISION_MARGIN,
		 1,
		 1,
		 {M},
		 {M},
		 1,
		 0,
		 {0}},
		{"identity of a class, as probability",
		 DRIFT_TRANSFORM_IDENTITY,
		 DRIFT_SOURCE_ONNX,
		 1,
		 DRIFT_DECISION_OUTPUT,
		 1,
		 1,
		 {M},
		 {M},
		 1,
		 2,
		 {0x1.333334p-2, M}},
		{"logistic",
		 DRIFT_TRANSFORM_LOGISTIC,
		 DRIFT_SOURCE_LIGHTGBM,
		 0,
		 DRIFT_DECISION_OUTPUT,
		 2,
		 1,
		 {0},
		 {0.5},
		 0,
		 2,
		 {0.5, 0.5}},
		{"logistic, far below",
		 DRIFT_TRANSFORM_LOGISTIC,
		 DRIFT_SOURCE_LIGHTGBM,
		 0,
		 DRIFT_DECISION_OUTPUT,
		 1,
		 1,
		 {-800},
		 {0},
		 0,
		 2,
		 {1, 0}},
		{"logistic of XGBoost",
		 DRIFT_TRANSFORM_LOGISTIC_XGBOOST,
		 DRIFT_SOURCE_XGBOOST,
		 1,
		 DRIFT_DECISION_OUTPUT,
		 1,
		 1,
		 {M},
		 {L_M},
		 1,
		 2,
		 {1 - L_M, L_M}},
		{"logistic of XGBoost, far above",
		 DRIFT_TRANSFORM_LOGISTIC_XGBOOST,
		 DRIFT_SOURCE_XGBOOST,
		 1,
		 0,
		 1,
		 1,
		 {90},
		 {1},
		 0,
		 0,
		 {0}},
		{"logistic of XGBoost, far below",
		 DRIFT_TRANSFORM_LOGISTIC_XGBOOST,
		 DRIFT_SOURCE_XGBOOST,
		 1,
		 0,
		 1,
		 1,
		 {-90},
		 {0x1.05ea38p-128},
		 0,
		 0,
		 {0}},
		{"logistic of ONNX",
		 DRIFT_TRANSFORM_LOGISTIC_ONNX,
		 DRIFT_SOURCE_ONNX,
		 1,
		 DRIFT_DECISION_MARGIN,
		 1,
		 1,
		 {M},
		 {L_M},
		 1,
		 2,
		 {L_MINUS_M, L_M}},
		{"logistic of ONNX, below",
		 DRIFT_TRANSFORM_LOGISTIC_ONNX,
		 DRIFT_SOURCE_ONNX,
		 1,
		 DRIFT_DECISION_MARGIN,
		 1,
		 1,
		 {-M},
		 {L_MINUS_M},
		 0,
		 2,
		 {L_M, L_MINUS_M}},
		{"exponential in float32",
		 DRIFT_TRANSFORM_EXP,
		 DRIFT_SOURCE_XGBOOST,
		 1,
		 0,
		 1,
		 1,
		 {-0x1.266666p+1},
		 {0x1.9aa906p-4},
		 0,
		 0,
		 {0}},
		{"exponential", DRIFT_TRANSFORM_EXP, DRIFT_SOURCE_LIGHTGBM, 0, 0, 1, 1, {1}, {0x1.5bf0a8b145769p+1}, 0, 0, {0}},
		{"hinge", DRIFT_TRANSFORM_HINGE, DRIFT_SOURCE_XGBOOST, 1, DRIFT_DECISION_OUTPUT, 1, 1, {0}, {0}, 0, 2, {1, 0}},
		{"hinge, above",
		 DRIFT_TRANSFORM_HINGE,
		 DRIFT_SOURCE_XGBOOST,
		 1,
		 DRIFT_DECISION_OUTPUT,
		 1,
		 1,
		 {M},
		 {1},
		 1,
		 2,
		 {0, 1}},
		{"softmax of XGBoost", DRIFT_TRANSFORM_SOFTMAX, DRIFT_SOURCE_XGBOOST, 1, DRIFT_DECISION_LARGEST, 1, 3, THREE,
		 SOFTMAX_OF_THREE, 2, 3, SOFTMAX_OF_THREE},
		{"softmax of ONNX", DRIFT_TRANSFORM_SOFTMAX, DRIFT_SOURCE_ONNX, 1, DRIFT_DECISION_LARGEST_MARGIN, 1, 3, THREE,
		 SOFTMAX_OF_THREE, 2, 3, SOFTMAX_OF_THREE},
		{"softmax of infinities",
		 DRIFT_TRANSFORM_SOFTMAX,
		 DRIFT_SOURCE_LIGHTGBM,
		 0,
		 DRIFT_DECISION_LARGEST,
		 1,
		 3,
		 {-INFINITY, 0, 0},
		 {0, 0.5, 0.5},
		 1,
		 3,
		 {0, 0.5, 0.5}},
		{"largest",
		 DRIFT_TRANSFORM_ARGMAX,
		 DRIFT_SOURCE_XGBOOST,
		 1,
		 DRIFT_DECISION_LARGEST,
		 1,
		 3,
		 THREE,
		 {2},
		 2,
		 3,
		 SOFTMAX_OF_THREE},
		{"signed square",
		 DRIFT_TRANSFORM_SIGNED_SQUARE,
		 DRIFT_SOURCE_LIGHTGBM,
		 0,
		 0,
		 1,
		 3,
		 {-3, 0, 0.5},
		 {-9, 0, 0.25},
		 0,
		 0,
		 {0}},
		{"log of 1 and exponential",
		 DRIFT_TRANSFORM_LOG1P_EXP,
		 DRIFT_SOURCE_LIGHTGBM,
		 0,
		 0,
		 1,
		 1,
		 {0},
		 {0x1.62e42fefa39efp-1},
		 0,
		 0,
		 {0}},
		{"normal distribution",
		 DRIFT_TRANSFORM_PROBIT,
		 DRIFT_SOURCE_JSON,
		 0,
		 DRIFT_DECISION_OUTPUT,
		 1,
		 1,
		 {0},
		 {0.5},
		 0,
		 2,
		 {0.5, 0.5}},
		{"softmax without zeros",
		 DRIFT_TRANSFORM_SOFTMAX_ZERO,
		 DRIFT_SOURCE_ONNX,
		 1,
		 DRIFT_DECISION_LARGEST,
		 1,
		 3,
		 {0, -1.5, 3},
		 {0, 0x1.680528p-7, 0x1.fa5fecp-1},
		 2,
		 3,
		 {0, 0x1.680528p-7, 0x1.fa5fecp-1}},
		{"sorted", DRIFT_TRANSFORM_SORTED, DRIFT_SOURCE_XGBOOST, 1, 0, 1, 3, {3, -1, 2}, {-1, 2, 3}, 0, 0, {0}},
		{"expectiles",
		 DRIFT_TRANSFORM_EXPECTILE,
		 DRIFT_SOURCE_XGBOOST,
		 1,
		 0,
		 1,
		 2,
		 {1, 100},
		 {1, 1.0f + (1e-6f + 100.0f)},
		 0,
		 0,
		 {0}},
		{"shares",
		 DRIFT_TRANSFORM_SHARES,
		 DRIFT_SOURCE_JSON,
		 0,
		 DRIFT_DECISION_LARGEST,
		 1,
		 3,
		 {1, 2, 5},
		 {0.125, 0.25, 0.625},
		 2,
		 3,
		 {0.125, 0.25, 0.625}},
		{"shares of logistics",
		 DRIFT_TRANSFORM_LOGISTIC_SHARES,
		 DRIFT_SOURCE_ONNX,
		 1,
		 DRIFT_DECISION_LARGEST_MARGIN,
		 1,
		 2,
		 {0, 0},
		 {0.5, 0.5},
		 0,
		 2,
		 {0.5, 0.5}},
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		test_transform(&tests[i]);
}

int
main(void)
{
	test_host_init(&host);
	test_steps();
	test_labels();
	test_many_categories();
	test_inputs();
	test_linears();
	test_transforms();
	return done_testing();
}
