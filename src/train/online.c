/*
 * online.c
 *		Learners that learn row by row: made, fed, and what a change does.
 */
#include "train/online.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "train/online_parts.h"

#define RECENT_FADING 0.99

void *
drift_online_zeroed(const DriftHost *host, size_t count, size_t size)
{
	void *memory = host->allocate(host->ctx, count * size > 0 ? count * size : 1);

	memset(memory, 0, count * size);
	return memory;
}

static bool
between(double x, double least, double most)
{
	return x >= least && x <= most;
}

bool
drift_online_params_good(const DriftOnlineParams *p)
{
	double raised = p->policy == DRIFT_ONLINE_RAISE ? p->raise_by : 1;

	return between(p->optimiser, DRIFT_OPTIMISER_SGD, DRIFT_OPTIMISER_FTRL) &&
		   between(p->policy, DRIFT_ONLINE_KEEP, DRIFT_ONLINE_RAISE) &&
		   between(p->max_categories, 0, DRIFT_ONLINE_MAX_COLUMNS) && between(p->learning_rate, 1e-12, 1e6) &&
		   between(p->power, 0, 10) && between(p->l1, 0, 1e6) && between(p->l2, 0, 1e6) && between(p->beta, 0, 1e6) &&
		   between(p->fading, 0.001, 1) && between(p->raise_by, 1, 1e6) &&
		   (p->l1 == 0 || p->optimiser == DRIFT_OPTIMISER_FTRL) &&
		   (p->optimiser != DRIFT_OPTIMISER_SGD || p->learning_rate * raised * p->l2 <= 1) &&
		   (p->optimiser != DRIFT_OPTIMISER_FTRL || p->beta > 0);
}

static DriftText
copy_text(const DriftHost *host, DriftText text)
{
	char *bytes = host->allocate(host->ctx, text.length > 0 ? text.length : 1);

	if (text.length > 0)
		memcpy(bytes, text.bytes, text.length);
	return (DriftText){bytes, text.length};
}

/* Column 0 is nobody's, then come those of the numbers. */
static void
add_features(DriftOnline *o, const DriftText *names, const bool *categorical)
{
	o->n_columns = 1;
	for (uint32_t f = 0; f < o->n_features; f++)
	{
		o->features[f].name = copy_text(o->host, names[f]);
		o->features[f].categorical = categorical[f];
		if (categorical[f])
			continue;
		o->features[f].column = o->n_columns;
		o->columns[o->n_columns++].feature = f;
	}
}

DriftOnline *
drift_online_frame(const DriftHost *host, const DriftOnlineParams *params, const DriftText *names,
				   const bool *categorical, uint32_t n_features, const DriftText *classes, uint32_t n_classes)
{
	DriftOnline *o = drift_online_zeroed(host, 1, sizeof(DriftOnline));

	o->host = host;
	o->params = *params;
	o->n_features = n_features;
	o->n_classes = n_classes;
	o->n_groups = n_classes > 2 ? n_classes : 1;
	o->features = drift_online_zeroed(host, n_features, sizeof(DriftOnlineFeature));
	o->classes = drift_online_zeroed(host, n_classes, sizeof(DriftText));
	o->column_room = n_features + 1;
	o->columns = drift_online_zeroed(host, o->column_room, sizeof(DriftOnlineColumn));
	o->active = drift_online_zeroed(host, n_features + 1, sizeof(uint32_t));
	o->values = drift_online_zeroed(host, n_features + 1, sizeof(double));
	o->margins = drift_online_zeroed(host, o->n_groups, sizeof(double));
	for (uint32_t c = 0; c < n_classes; c++)
		o->classes[c] = copy_text(host, classes[c]);
	add_features(o, names, categorical);
	return o;
}

DriftOnline *
drift_online_create(const DriftHost *host, const DriftOnlineParams *params, const DriftText *names,
					const bool *categorical, uint32_t n_features, const DriftText *classes, uint32_t n_classes,
					DriftDetector *detector)
{
	DriftOnline *o = drift_online_frame(host, params, names, categorical, n_features, classes, n_classes);

	o->detector = detector;
	drift_online_arm_init(o, &o->front);
	return o;
}

static void
tally(DriftOnlineTally *t, double fading, double right, double loss, double squares)
{
	t->n = t->n * fading + 1;
	t->right = t->right * fading + right;
	t->loss = t->loss * fading + loss;
	t->squares = t->squares * fading + squares;
}

static void
tally_all(DriftOnline *o, double right, double loss, double squares)
{
	tally(&o->faded, o->params.fading, right, loss, squares);
	tally(&o->total, 1, right, loss, squares);
	tally(&o->batch, 1, right, loss, squares);
}

/* Probabilities are kept off 0 and 1 as in log_loss(). */
static double
log_loss(double p)
{
	return -log(fmin(fmax(p, DBL_EPSILON), 1 - DBL_EPSILON));
}

/* Counts the error of the prediction at hand; what the detector is to hear of it. */
static double
count_class(DriftOnline *o, uint32_t target)
{
	double *p = o->margins;
	uint32_t best = 0;

	drift_online_probabilities(p, o->n_groups);
	if (o->n_groups == 1)
		best = p[0] > 0.5;
	for (uint32_t g = 1; g < o->n_groups; g++)
		if (p[g] > p[best])
			best = g;
	tally_all(o, best == target, log_loss(o->n_groups > 1 ? p[target] : target == 1 ? p[0] : 1 - p[0]), 0);
	return best != target;
}

static double
count_number(DriftOnline *o, double target)
{
	double error = fmin(fabs(o->margins[0] - target), DRIFT_ONLINE_MAX_NUMBER);

	tally_all(o, 0, error, error * error);
	return error;
}

static void
begin_behind(DriftOnline *o)
{
	if (o->behind.weights == NULL)
		drift_online_arm_init(o, &o->behind);
	else
		drift_online_arm_clear(o, &o->behind);
	o->has_behind = true;
}

static void
answer_change(DriftOnline *o)
{
	o->changes++;
	o->changed = o->seen;
	if (o->batch_changes < DRIFT_ONLINE_MAX_CHANGES)
		o->change[o->batch_changes] = o->seen;
	o->batch_changes++;
	if (o->params.policy == DRIFT_ONLINE_RAISE)
		drift_online_arm_raise(o, &o->front);
	else if (o->params.policy == DRIFT_ONLINE_REPLACE && o->has_behind)
	{
		DriftOnlineArm spare = o->front;

		o->front = o->behind;
		o->behind = spare;
	}
	else if (o->params.policy != DRIFT_ONLINE_KEEP)
		drift_online_arm_clear(o, &o->front);
	o->has_behind = false;
}

/* Counts an error; whether there were more of late than before. */
static bool
grow_errors(DriftOnlineErrors *e, double error)
{
	e->n++;
	e->sum += error;
	e->recent_n = e->recent_n * RECENT_FADING + 1;
	e->recent = e->recent * RECENT_FADING + error;
	return e->recent / e->recent_n > e->sum / e->n;
}

static void
watch(DriftOnline *o, double error)
{
	bool grew;

	if (o->detector == NULL)
		return;
	drift_detector_add(o->detector, error);
	grew = grow_errors(&o->errors, error);
	if (o->detector->drift)
		o->errors = (DriftOnlineErrors){0};
	if (o->detector->drift && grew)
		answer_change(o);
	else if (o->params.policy != DRIFT_ONLINE_REPLACE || !o->detector->warning)
		o->has_behind = false;
	else if (!o->has_behind)
		begin_behind(o);
}

DriftStatus
drift_online_add(DriftOnline *o, const DriftOnlineRow *row, double target, double weight)
{
	DriftStatus status;

	o->seen++;
	drift_online_gather(o, &o->front, row, true);
	drift_online_arm_margins(o, &o->front);
	watch(o, o->n_classes > 0 ? count_class(o, (uint32_t) target) : count_number(o, target));
	if (weight == 0)
		return DRIFT_OK;
	status = drift_online_arm_learn(o, &o->front, row, target, weight);
	if (status == DRIFT_OK && o->has_behind)
		status = drift_online_arm_learn(o, &o->behind, row, target, weight);
	return status;
}
