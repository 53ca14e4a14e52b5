/*
 * online_draft.c
 *		A learner becomes a model: its scaling as steps, its weights as a linear
 *		predictor.
 *
 * Numbers that do not vary, and features without a column, are inputs that
 * nothing reads.
 */
#include <string.h>

#include "train/online_parts.h"

/* Where the predictor's features come from. */
typedef struct Feature
{
	uint32_t slot;
	uint32_t column;
} Feature;

static uint32_t
constant_step(DriftDraft *d, DriftStepOp op, uint32_t slot, double constant)
{
	uint32_t first = (uint32_t) drift_draft_count(d, DRIFT_SECTION_NUMBERS);

	*(double *) drift_draft_add(d, DRIFT_SECTION_NUMBERS, 1) = constant;
	return drift_draft_step(d, op, &slot, 1, 1, first, (uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS));
}

static uint32_t
add_number(const DriftOnline *o, DriftDraft *d, uint32_t f, Feature *features)
{
	uint32_t slot = f;

	if (!o->params.standardise)
	{
		*features = (Feature){constant_step(d, DRIFT_STEP_IMPUTE, slot, 0), o->features[f].column};
		return 1;
	}
	if (drift_online_deviation(&o->front, f) <= 0)
		return 0;
	slot = constant_step(d, DRIFT_STEP_IMPUTE, slot, o->front.means[f]);
	slot = constant_step(d, DRIFT_STEP_SUBTRACT, slot, o->front.means[f]);
	slot = constant_step(d, DRIFT_STEP_DIVIDE, slot, drift_online_deviation(&o->front, f));
	*features = (Feature){slot, o->features[f].column};
	return 1;
}

static uint32_t
add_category(const DriftOnline *o, DriftDraft *d, uint32_t f, Feature *features)
{
	uint32_t first = (uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS);
	uint32_t count = 0;
	uint32_t slot;

	for (uint32_t c = 1; c < o->n_columns; c++)
		if (o->columns[c].feature == f)
		{
			drift_draft_string(d, o->columns[c].label.bytes, o->columns[c].label.length);
			features[count++].column = c;
		}
	if (count == 0)
		return 0;
	slot = drift_draft_step(d, DRIFT_STEP_ONE_HOT_TEXT, &f, 1, count,
							(uint32_t) drift_draft_count(d, DRIFT_SECTION_NUMBERS), first);
	for (uint32_t i = 0; i < count; i++)
		features[i].slot = slot + i;
	return count;
}

static void
add_predictor(const DriftOnline *o, DriftDraft *d, const Feature *features, uint32_t count)
{
	uint32_t *slots = drift_draft_add(d, DRIFT_SECTION_FEATURES, count);
	double *base = drift_draft_add(d, DRIFT_SECTION_BASE, o->n_groups);
	double *coefficients = drift_draft_add(d, DRIFT_SECTION_COEFFICIENTS, (uint64_t) count * o->n_groups);

	for (uint32_t i = 0; i < count; i++)
		slots[i] = features[i].slot;
	for (uint32_t g = 0; g < o->n_groups; g++)
	{
		base[g] = o->params.intercept ? drift_online_weight(o, &o->front, 0, g) : 0;
		for (uint32_t i = 0; i < count; i++)
			*coefficients++ = drift_online_weight(o, &o->front, features[i].column, g);
	}
}

static void
add_output(const DriftOnline *o, DriftDraft *d)
{
	d->head.source = DRIFT_SOURCE_JSON;
	d->head.predictor = DRIFT_PREDICTOR_LINEAR;
	d->head.groups = o->n_groups;
	d->head.base_first = 1;
	if (o->n_classes == 0)
	{
		d->head.task = DRIFT_TASK_REGRESSION;
		d->head.transform = DRIFT_TRANSFORM_IDENTITY;
		return;
	}
	d->head.task = o->n_groups > 1 ? DRIFT_TASK_MULTICLASS : DRIFT_TASK_BINARY;
	d->head.transform = o->n_groups > 1 ? DRIFT_TRANSFORM_SOFTMAX : DRIFT_TRANSFORM_LOGISTIC;
	d->head.decision = o->n_groups > 1 ? DRIFT_DECISION_LARGEST : DRIFT_DECISION_OUTPUT;
	d->head.parameter = 1;
	for (uint32_t c = 0; c < o->n_classes; c++)
	{
		uint32_t label = drift_draft_string(d, o->classes[c].bytes, o->classes[c].length);

		*(uint32_t *) drift_draft_add(d, DRIFT_SECTION_LABELS, 1) = label;
	}
}

DriftStatus
drift_online_draft(const DriftOnline *o, DriftDraft *d)
{
	Feature *features = drift_online_zeroed(o->host, o->n_columns, sizeof(Feature));
	uint32_t count = 0;

	for (uint32_t f = 0; f < o->n_features; f++)
		drift_draft_input(d, o->features[f].name.bytes, o->features[f].name.length,
						  o->features[f].categorical ? DRIFT_INPUT_TEXT : DRIFT_INPUT_NUMBER);
	for (uint32_t f = 0; f < o->n_features; f++)
		count += o->features[f].categorical ? add_category(o, d, f, features + count)
											: add_number(o, d, f, features + count);
	if (count == 0 || o->front.rows == 0)
		return DRIFT_EMPTY_REFERENCE;
	d->head.source_version = drift_draft_string(d, "", 0);
	d->head.objective = drift_draft_string(d, o->n_classes > 0 ? "logistic" : "linear", o->n_classes > 0 ? 8 : 6);
	add_output(o, d);
	add_predictor(o, d, features, count);
	return DRIFT_OK;
}
