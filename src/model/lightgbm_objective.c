#include "model/lightgbm_objective.h"

#include <math.h>
#include <string.h>

#define NAME_ROOM 24

/* What an objective may say behind its name. */
#define TAKES_SQRT 1
#define TAKES_SIGMOID 2
#define TAKES_CLASSES 4

typedef struct Objective
{
	char name[NAME_ROOM];
	uint8_t task;      /* DriftTask */
	uint8_t transform; /* DriftTransform */
	uint8_t decision;  /* DriftDecision */
	uint8_t takes;
} Objective;

static const Objective objectives[] = {
	{"regression", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, DRIFT_DECISION_NONE, TAKES_SQRT},
	{"regression_l1", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, DRIFT_DECISION_NONE, TAKES_SQRT},
	{"fair", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, DRIFT_DECISION_NONE, TAKES_SQRT},
	{"quantile", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, DRIFT_DECISION_NONE, TAKES_SQRT},
	{"mape", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, DRIFT_DECISION_NONE, TAKES_SQRT},
	{"huber", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, DRIFT_DECISION_NONE, 0},
	{"poisson", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_EXP, DRIFT_DECISION_NONE, 0},
	{"gamma", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_EXP, DRIFT_DECISION_NONE, 0},
	{"tweedie", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_EXP, DRIFT_DECISION_NONE, 0},
	{"cross_entropy", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_LOGISTIC, DRIFT_DECISION_NONE, 0},
	{"cross_entropy_lambda", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_LOG1P_EXP, DRIFT_DECISION_NONE, 0},
	{"lambdarank", DRIFT_TASK_RANKING, DRIFT_TRANSFORM_IDENTITY, DRIFT_DECISION_NONE, 0},
	{"rank_xendcg", DRIFT_TASK_RANKING, DRIFT_TRANSFORM_IDENTITY, DRIFT_DECISION_NONE, 0},
	{"binary", DRIFT_TASK_BINARY, DRIFT_TRANSFORM_LOGISTIC, DRIFT_DECISION_OUTPUT, TAKES_SIGMOID},
	{"multiclass", DRIFT_TASK_MULTICLASS, DRIFT_TRANSFORM_SOFTMAX, DRIFT_DECISION_LARGEST, TAKES_CLASSES},
	{"multiclassova", DRIFT_TASK_MULTICLASS, DRIFT_TRANSFORM_LOGISTIC, DRIFT_DECISION_LARGEST,
	 TAKES_CLASSES | TAKES_SIGMOID},
	{"custom", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, DRIFT_DECISION_NONE, 0},
	{"none", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, DRIFT_DECISION_NONE, 0},
};

static DriftStatus
refuse(DriftRefusal *r, DriftStatus status, const char *reason, const DriftSpan *about)
{
	return drift_refuse(r, status, reason, about->start, about->length, about->line);
}

static const Objective *
find_objective(const DriftSpan *name)
{
	for (size_t i = 0; i < sizeof(objectives) / sizeof(objectives[0]); i++)
		if (drift_span_is(name, objectives[i].name))
			return &objectives[i];
	return NULL;
}

/* Functions of the user, that the file does not hold: margins are what LightGBM puts out as well. */
static bool
is_custom(const Objective *o)
{
	return strcmp(o->name, "custom") == 0 || strcmp(o->name, "none") == 0;
}

/* One of the words behind the name. */
static DriftStatus
read_option(DriftDraft *d, const Objective *objective, const DriftSpan *option, unsigned *taken, DriftRefusal *r)
{
	DriftSpan value;
	int64_t classes;

	if (drift_span_is(option, "sqrt"))
	{
		if (objective->takes & TAKES_SQRT)
			d->head.transform = DRIFT_TRANSFORM_SIGNED_SQUARE;
		return DRIFT_OK;
	}
	if ((objective->takes & TAKES_SIGMOID) && drift_span_begins(option, "sigmoid:"))
	{
		value = drift_span_behind(option, strlen("sigmoid:"));
		if (!drift_span_double(&value, &d->head.parameter) || !(d->head.parameter > 0) || !isfinite(d->head.parameter))
			return refuse(r, DRIFT_CORRUPT, "sigmoid is not a number above zero", option);
		*taken |= TAKES_SIGMOID;
		return DRIFT_OK;
	}
	if ((objective->takes & TAKES_CLASSES) && drift_span_begins(option, "num_class:"))
	{
		value = drift_span_behind(option, strlen("num_class:"));
		if (!drift_span_integer(&value, d->head.groups, d->head.groups, &classes))
			return refuse(r, DRIFT_CORRUPT, "the objective has another number of classes than the header", option);
		*taken |= TAKES_CLASSES;
		return DRIFT_OK;
	}
	return refuse(r, DRIFT_UNSUPPORTED, "unknown option of the objective", option);
}

/* Labels are the numbers of the classes, as LightGBM knows no others. */
static void
append_labels(DriftDraft *d, uint32_t classes)
{
	for (uint32_t i = 0; i < classes; i++)
	{
		char digits[10];
		size_t at = sizeof(digits);
		uint32_t rest = i;
		uint32_t string;

		do
			digits[--at] = (char) ('0' + rest % 10);
		while ((rest /= 10) > 0);
		string = drift_draft_string(d, digits + at, sizeof(digits) - at);
		*(uint32_t *) drift_draft_add(d, DRIFT_SECTION_LABELS, 1) = string;
	}
}

DriftStatus
drift_lightgbm_objective(DriftDraft *d, const DriftSpan *objective, DriftRefusal *r)
{
	DriftSpan rest = *objective;
	DriftSpan word;
	const Objective *known;
	unsigned taken = 0;

	if (objective->start == NULL)
		return DRIFT_OK;
	if (!drift_next_word(&rest, ' ', &word))
		return refuse(r, DRIFT_CORRUPT, "the objective has no name", objective);
	known = find_objective(&word);
	if (known == NULL)
		return refuse(r, DRIFT_UNSUPPORTED, "unknown objective", &word);
	d->head.task = known->task;
	d->head.transform = known->transform;
	d->head.decision = known->decision;
	if (known->decision == DRIFT_DECISION_LARGEST && d->head.groups < 2)
		return refuse(r, DRIFT_CORRUPT, "the objective has at least two classes", &word);
	if (known->decision != DRIFT_DECISION_LARGEST && !is_custom(known) && d->head.groups != 1)
		return refuse(r, DRIFT_CORRUPT, "the objective has one tree per iteration, the header more", &word);
	while (drift_next_word(&rest, ' ', &word))
		if (read_option(d, known, &word, &taken, r) != DRIFT_OK)
			return r->status;
	if (known->takes & (TAKES_SIGMOID | TAKES_CLASSES) & ~taken)
		return refuse(r, DRIFT_CORRUPT, "the objective lacks its number of classes or sigmoid", objective);
	if (known->task == DRIFT_TASK_MULTICLASS)
		append_labels(d, d->head.groups);
	else if (known->task == DRIFT_TASK_BINARY)
		append_labels(d, 2);
	return DRIFT_OK;
}
