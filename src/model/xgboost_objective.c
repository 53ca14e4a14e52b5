/*
 * xgboost_objective.c
 *		What an objective means for the output, and for the score that margins
 *		start with.
 */
#include "model/xgboost_parts.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* kRtEps of XGBoost. */
#define EPSILON 1e-6f

/* How a base score, which is an output, becomes a margin (ProbToMargin). */
typedef enum Link
{
	LINK_NONE,
	LINK_LOGIT,
	LINK_LOG,
	LINK_GAPS /* of expectiles: the inverse of their running sums */
} Link;

typedef struct Objective
{
	const char *name;
	uint8_t task;
	uint8_t transform;
	Link link;
} Objective;

static const Objective objectives[] = {
	{"reg:squarederror", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, LINK_NONE},
	{"reg:linear", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, LINK_NONE},
	{"reg:squaredlogerror", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, LINK_NONE},
	{"reg:absoluteerror", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, LINK_NONE},
	{"reg:pseudohubererror", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, LINK_NONE},
	{"reg:quantileerror", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, LINK_NONE},
	{"reg:expectileerror", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_EXPECTILE, LINK_GAPS},
	{"reg:logistic", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_LOGISTIC_XGBOOST, LINK_LOGIT},
	{"reg:gamma", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_EXP, LINK_LOG},
	{"reg:tweedie", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_EXP, LINK_LOG},
	{"count:poisson", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_EXP, LINK_LOG},
	{"survival:cox", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_EXP, LINK_LOG},
	{"survival:aft", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_EXP, LINK_LOG},
	{"binary:logistic", DRIFT_TASK_BINARY, DRIFT_TRANSFORM_LOGISTIC_XGBOOST, LINK_LOGIT},
	{"binary:logitraw", DRIFT_TASK_REGRESSION, DRIFT_TRANSFORM_IDENTITY, LINK_NONE},
	{"binary:hinge", DRIFT_TASK_BINARY, DRIFT_TRANSFORM_HINGE, LINK_NONE},
	{"multi:softmax", DRIFT_TASK_MULTICLASS, DRIFT_TRANSFORM_ARGMAX, LINK_NONE},
	{"multi:softprob", DRIFT_TASK_MULTICLASS, DRIFT_TRANSFORM_SOFTMAX, LINK_NONE},
	{"rank:pairwise", DRIFT_TASK_RANKING, DRIFT_TRANSFORM_IDENTITY, LINK_NONE},
	{"rank:ndcg", DRIFT_TASK_RANKING, DRIFT_TRANSFORM_IDENTITY, LINK_NONE},
	{"rank:map", DRIFT_TASK_RANKING, DRIFT_TRANSFORM_IDENTITY, LINK_NONE},
};

static bool
refuse_base(DriftXgboost *x, const char *reason)
{
	return drift_xgboost_refuse(x, DRIFT_CORRUPT, reason, x->base_score);
}

static bool
at_least(const DriftXgboost *x, int64_t major, int64_t minor)
{
	return x->version[0] > major || (x->version[0] == major && x->version[1] >= minor);
}

static const char *
skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* Reads a number, or some in brackets with commas between; gives how many, 0 for what is not that. */
static uint32_t
read_scores(DriftText text, float *scores, uint32_t most)
{
	const char *end = text.bytes + text.length;
	const char *at = skip_blanks(text.bytes, end);
	bool list = at < end && (*at == '[' || *at == '(');
	DriftDecimal d;
	uint32_t n = 0;

	if (list)
		at++;
	for (;;)
	{
		at = skip_blanks(at, end);
		if (n == most || !drift_decimal_scan(at, end, &d))
			return 0;
		scores[n++] = drift_decimal_float(&d);
		at = skip_blanks(at + d.length, end);
		if (!list || at == end || *at != ',')
			break;
		at++;
	}
	if (list)
	{
		if (at == end || (*at != ']' && *at != ')'))
			return 0;
		at = skip_blanks(at + 1, end);
	}
	return at == end ? n : 0;
}

static float
softplus_inverse(float x)
{
	x = fmaxf(x, EPSILON);
	return x + logf(-expm1f(-x));
}

/* Turns base scores into margins, as the version of the file does. */
static bool
scores_to_margins(DriftXgboost *x, Link link, float *scores)
{
	bool clamps = at_least(x, 3, 2);

	for (uint32_t g = x->groups; g-- > 0;)
	{
		float b = scores[g];

		if (link == LINK_LOGIT)
		{
			if (clamps ? !(b >= 0 && b <= 1) : !(b > 0 && b < 1))
				return refuse_base(x, "the base score is no probability");
			if (clamps)
				b = fminf(fmaxf(b, EPSILON), 1.0f - EPSILON);
			scores[g] = -logf(1.0f / b - 1.0f);
		}
		else if (link == LINK_LOG)
			scores[g] = logf(b);
		else if (link == LINK_GAPS && g > 0)
			scores[g] = softplus_inverse(b - scores[g - 1] - EPSILON);
		if (!isfinite(scores[g]))
			return refuse_base(x, "the base score is not one of this objective");
	}
	return true;
}

static bool
put_base(DriftXgboost *x, Link link)
{
	const DriftHost *host = x->d->host;
	float *scores = host->allocate(host->ctx, x->groups * sizeof(float));
	uint32_t n = x->base_score.bytes != NULL ? read_scores(x->base_score, scores, x->groups) : 0;
	double *base;

	if (n != 1 && n != x->groups)
		return refuse_base(x, "the base score is not a number, nor one for each class");
	for (uint32_t g = n; g < x->groups; g++)
		scores[g] = scores[0];
	if (!scores_to_margins(x, link, scores))
		return false;
	base = drift_draft_add(x->d, DRIFT_SECTION_BASE, x->groups);
	for (uint32_t g = 0; g < x->groups; g++)
		base[g] = (double) scores[g];
	x->d->head.base_first = 1;
	return true;
}

/* Classes are called by their number. */
static void
put_labels(DriftXgboost *x, uint32_t classes)
{
	for (uint32_t c = 0; c < classes; c++)
	{
		char digits[DRIFT_XGBOOST_DIGITS];
		uint32_t label = drift_draft_string(x->d, digits, drift_xgboost_digits(digits, c));

		*(uint32_t *) drift_draft_add(x->d, DRIFT_SECTION_LABELS, 1) = label;
	}
}

static const Objective *
find_objective(DriftText name)
{
	for (size_t i = 0; i < sizeof(objectives) / sizeof(objectives[0]); i++)
		if (strlen(objectives[i].name) == name.length && memcmp(objectives[i].name, name.bytes, name.length) == 0)
			return &objectives[i];
	return NULL;
}

bool
drift_xgboost_put_objective(DriftXgboost *x)
{
	const Objective *o = x->objective.bytes != NULL ? find_objective(x->objective) : NULL;
	DriftModel *head = &x->d->head;

	if (o == NULL)
		return drift_xgboost_refuse(x, DRIFT_UNSUPPORTED, "unknown objective", x->objective);
	head->groups = x->groups;
	head->single = 1;
	head->task = o->task;
	head->transform = o->transform;
	head->decision = DRIFT_DECISION_NONE;
	if (strcmp(o->name, "reg:quantileerror") == 0 && at_least(x, 3, 4))
		head->transform = DRIFT_TRANSFORM_SORTED;
	if (o->task == DRIFT_TASK_BINARY && x->groups > 1)
		head->task = DRIFT_TASK_REGRESSION; /* several targets, each of two classes */
	else if (o->task == DRIFT_TASK_BINARY)
	{
		head->decision = DRIFT_DECISION_OUTPUT;
		put_labels(x, 2);
	}
	else if (o->task == DRIFT_TASK_MULTICLASS)
	{
		head->decision = DRIFT_DECISION_LARGEST;
		put_labels(x, x->groups);
	}
	return put_base(x, o->link);
}
