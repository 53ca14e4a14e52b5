#include <string.h>

#include "model/onnx.h"

bool
drift_onnx_features(Onnx *o, const OnnxValue *columns)
{
	if (o->predicted)
		return drift_onnx_unsupported(o, "a second predictor", NULL);
	if (columns->type == ONNX_STRING)
		return drift_onnx_unsupported(o, "an operator of numbers reads text", NULL);
	if (columns->rank != 2)
		return drift_onnx_unsupported(o, "a predictor of something else than columns", NULL);
	o->predicted = true;
	memcpy(drift_draft_add(o->d, DRIFT_SECTION_FEATURES, columns->n), columns->slots, columns->n * sizeof(uint32_t));
	o->d->head.objective = drift_draft_string(o->d, (const char *) o->node->op_type.data, o->node->op_type.len);
	return true;
}

bool
drift_onnx_transform(Onnx *o, OnnxText name, uint8_t *transform)
{
	if (drift_onnx_is(name, "NONE"))
		*transform = DRIFT_TRANSFORM_IDENTITY;
	else if (drift_onnx_is(name, "LOGISTIC"))
		*transform = DRIFT_TRANSFORM_LOGISTIC_ONNX;
	else if (drift_onnx_is(name, "SOFTMAX"))
		*transform = DRIFT_TRANSFORM_SOFTMAX;
	else if (drift_onnx_is(name, "SOFTMAX_ZERO"))
		*transform = DRIFT_TRANSFORM_SOFTMAX_ZERO;
	else
		return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "unknown post_transform", name);
	return true;
}

bool
drift_onnx_scores(Onnx *o, OnnxValue *out, uint32_t n, uint8_t transform)
{
	o->transform = transform;
	if (out != NULL)
		*out =
			(OnnxValue){.kind = ONNX_SCORES, .type = ONNX_FLOAT, .n = n, .rank = 2, .inner = 1, .transform = transform};
	return true;
}

#define LABEL_ROOM 24

/* A label as text; of a whole number its digits, in room for LABEL_ROOM of them. */
static OnnxText
label_text(const int64_t *ints, const OnnxText *texts, uint64_t i, uint8_t *room)
{
	size_t at = LABEL_ROOM;
	uint64_t left;

	if (ints == NULL)
		return texts[i];
	left = ints[i] < 0 ? -(uint64_t) ints[i] : (uint64_t) ints[i];
	do
		room[--at] = (uint8_t) ('0' + left % 10);
	while ((left /= 10) > 0);
	if (ints[i] < 0)
		room[--at] = '-';
	return (OnnxText){LABEL_ROOM - at, room + at};
}

/* Are the labels these already? */
static bool
same_labels(const Onnx *o, const int64_t *ints, const OnnxText *texts, uint64_t count)
{
	const DriftString *strings = drift_draft_section(o->d, DRIFT_SECTION_STRINGS);
	const uint32_t *labels = drift_draft_section(o->d, DRIFT_SECTION_LABELS);
	uint8_t *text = drift_draft_section(o->d, DRIFT_SECTION_TEXT);
	uint8_t room[LABEL_ROOM];

	if (drift_draft_count(o->d, DRIFT_SECTION_LABELS) != count)
		return false;
	for (uint64_t i = 0; i < count; i++)
	{
		const DriftString *label = &strings[labels[i]];
		const OnnxText pair[2] = {{label->length, text + label->start}, label_text(ints, texts, i, room)};

		if (drift_onnx_compare_texts(pair, 0, 1) != 0)
			return false;
	}
	return true;
}

/* Names the classes; who names them again has to agree. */
bool
drift_onnx_labels_of(Onnx *o, const int64_t *ints, const OnnxText *texts, uint64_t count)
{
	uint8_t room[LABEL_ROOM];

	if (count < 2 || count > DRIFT_MODEL_MAX_GROUPS)
		return drift_onnx_unsupported(o, "a classifier has from 2 to 10000 classes", NULL);
	if (o->classifies)
		return same_labels(o, ints, texts, count) ||
			   drift_onnx_unsupported(o, "an operator gives the classes other labels", NULL);
	o->classifies = true;
	for (uint64_t i = 0; i < count; i++)
	{
		OnnxText text = label_text(ints, texts, i, room);
		uint32_t string = drift_draft_string(o->d, (const char *) text.data, text.len);

		*(uint32_t *) drift_draft_add(o->d, DRIFT_SECTION_LABELS, 1) = string;
	}
	return true;
}

bool
drift_onnx_class_labels(Onnx *o, const char *ints, const char *strings)
{
	const OnnxAttribute *whole = drift_onnx_attribute(o, ints);
	const OnnxAttribute *texts = drift_onnx_attribute(o, strings);
	OnnxValue *out = drift_onnx_out(o, 0);
	bool labels = texts != NULL && texts->n_strings > 0
					  ? drift_onnx_labels_of(o, NULL, texts->strings, texts->n_strings)
					  : whole != NULL && drift_onnx_labels_of(o, whole->ints, NULL, whole->n_ints);

	if (!labels)
		return drift_onnx_corrupt(o, "a classifier without labels of its classes");
	if (out != NULL)
		*out = (OnnxValue){.kind = ONNX_CLASS_LABEL, .n = 1, .rank = 1, .inner = 1};
	return true;
}

static OnnxValue *
in_scores(Onnx *o)
{
	OnnxValue *in = drift_onnx_in(o, 0);

	if (in == NULL || in->kind == ONNX_SCORES)
		return in;
	drift_onnx_unsupported(o, "an operator of scores comes before the predictor", NULL);
	return NULL;
}

/* Sigmoid, Softmax and Exp of the margins. */
bool
drift_onnx_link(Onnx *o)
{
	const OnnxValue *in = in_scores(o);
	OnnxValue *out = drift_onnx_out(o, 0);
	uint8_t transform = DRIFT_TRANSFORM_EXP;

	if (in == NULL || out == NULL)
		return in != NULL;
	if (in->transform != DRIFT_TRANSFORM_IDENTITY || in->n != o->d->head.groups)
		return drift_onnx_unsupported(o, "an operator follows the predictor", NULL);
	if (drift_onnx_is(o->node->op_type, "Sigmoid"))
		transform = o->d->head.single ? DRIFT_TRANSFORM_LOGISTIC_ONNX : DRIFT_TRANSFORM_LOGISTIC;
	else if (drift_onnx_is(o->node->op_type, "Softmax"))
	{
		int64_t axis = drift_onnx_int(o, "axis", o->opset < 13 ? 1 : -1);

		if ((axis != 1 && axis != -1) || in->rank != 2)
			return drift_onnx_unsupported(o, "a softmax along another axis than that of the classes", NULL);
		transform = DRIFT_TRANSFORM_SOFTMAX;
	}
	drift_onnx_scores(o, out, in->n, transform);
	out->rank = in->rank;
	return true;
}

/* Scores over their sum, which is one already but for several logistic ones. */
bool
drift_onnx_normalized(Onnx *o, OnnxValue *scores)
{
	OnnxValue *out = drift_onnx_out(o, 0);
	bool logistic = scores->transform == DRIFT_TRANSFORM_LOGISTIC_ONNX || scores->transform == DRIFT_TRANSFORM_LOGISTIC;

	if (out == NULL)
		return true;
	if (scores->n < 2 || (!logistic && scores->transform != DRIFT_TRANSFORM_SOFTMAX))
		return drift_onnx_unsupported(o, "an operator follows the predictor", NULL);
	*out = *scores;
	if (logistic && o->d->head.groups > 1)
		out->transform = DRIFT_TRANSFORM_LOGISTIC_SHARES;
	o->transform = out->transform;
	return true;
}

static bool
is_positive(uint8_t transform)
{
	return transform == DRIFT_TRANSFORM_LOGISTIC_ONNX || transform == DRIFT_TRANSFORM_LOGISTIC ||
		   transform == DRIFT_TRANSFORM_SOFTMAX || transform == DRIFT_TRANSFORM_EXP;
}

bool
drift_onnx_abs(Onnx *o)
{
	const OnnxValue *in = in_scores(o);

	if (in == NULL)
		return false;
	return is_positive(in->transform) ? drift_onnx_same(o)
									  : drift_onnx_unsupported(o, "an operator follows the predictor", NULL);
}

bool
drift_onnx_reduce_sum(Onnx *o)
{
	const OnnxValue *in = in_scores(o);
	OnnxValue *out = drift_onnx_out(o, 0);
	double *axes = NULL;
	uint64_t count = 0;

	if (in == NULL || out == NULL)
		return in != NULL;
	if (drift_onnx_has_in(o, 1))
	{
		OnnxValue *constant = drift_onnx_in(o, 1);

		if (constant == NULL || !drift_onnx_constant(o, constant))
			return false;
		axes = constant->numbers;
		count = constant->count;
	}
	else if (!drift_onnx_numbers(o, "axes", &axes, &count))
		return false;
	if (count != 1 || (axes[0] != 1 && axes[0] != -1) || drift_onnx_int(o, "keepdims", 1) != 1 || in->rank != 2)
		return drift_onnx_unsupported(o, "a sum of something else than all scores", NULL);
	*out = *in;
	out->kind = ONNX_SCORE_SUM;
	return true;
}

bool
drift_onnx_arg_max(Onnx *o)
{
	const OnnxValue *in = in_scores(o);
	OnnxValue *out = drift_onnx_out(o, 0);
	int64_t axis = drift_onnx_int(o, "axis", 0);

	if (in == NULL || out == NULL)
		return in != NULL;
	if ((axis != 1 && axis != -1) || in->rank != 2 || in->n < 2 || drift_onnx_int(o, "select_last_index", 0) != 0)
		return drift_onnx_unsupported(o, "the largest of something else than all scores", NULL);
	o->decides_margins = in->transform == DRIFT_TRANSFORM_IDENTITY;
	*out = (OnnxValue){.kind = ONNX_CLASS_NUMBER, .n = 1, .rank = 1, .inner = 1};
	return true;
}

/* 1 - p and p: the scores of two classes, of one margin. */
bool
drift_onnx_both_classes(Onnx *o, const OnnxValue *one, const OnnxValue *two)
{
	OnnxValue *out = drift_onnx_out(o, 0);

	if (two->kind != ONNX_SCORES || one->n != 1 || two->n != 1 || one->transform != two->transform)
		return drift_onnx_unsupported(o, "scores are joined with something else", NULL);
	return drift_onnx_scores(o, out, 2, two->transform);
}

/* Labels by the number of the class, out of a constant. */
bool
drift_onnx_class_of_number(Onnx *o, OnnxValue *labels)
{
	OnnxValue *out = drift_onnx_out(o, 0);
	int64_t *ints;
	uint64_t count;

	if (labels->type == ONNX_STRING)
	{
		if (!drift_onnx_tensor_count(o, labels->tensor, &count) ||
			!drift_onnx_labels_of(o, NULL, labels->tensor->string_data, count))
			return false;
	}
	else
	{
		if (!drift_onnx_constant(o, labels))
			return false;
		ints = drift_onnx_allocate(o, labels->count, sizeof(int64_t));
		for (uint64_t i = 0; i < labels->count; i++)
		{
			if (labels->type != ONNX_INT32 && labels->type != ONNX_INT64)
				return drift_onnx_unsupported(o, "labels that are neither whole numbers nor text", NULL);
			ints[i] = (int64_t) labels->numbers[i];
		}
		if (!drift_onnx_labels_of(o, ints, NULL, labels->count))
			return false;
	}
	*out = (OnnxValue){.kind = ONNX_CLASS_LABEL, .n = 1, .rank = 1, .inner = 1};
	return true;
}

/* A map of class to score: the scores, with labels. */
bool
drift_onnx_zip_map(Onnx *o)
{
	const OnnxAttribute *whole = drift_onnx_attribute(o, "classlabels_int64s");
	const OnnxAttribute *texts = drift_onnx_attribute(o, "classlabels_strings");
	const OnnxValue *in = in_scores(o);

	if (in == NULL)
		return false;
	if (texts != NULL && texts->n_strings > 0)
		return drift_onnx_labels_of(o, NULL, texts->strings, texts->n_strings) && drift_onnx_same(o);
	if (whole == NULL)
		return drift_onnx_corrupt(o, "a classifier without labels of its classes");
	return drift_onnx_labels_of(o, whole->ints, NULL, whole->n_ints) && drift_onnx_same(o);
}

/* The outputs of the graph: scores of one kind, and the label of the class. */
static bool
read_outputs(Onnx *o, uint8_t *transform)
{
	bool found = false;

	for (size_t i = 0; i < o->graph->n_output; i++)
	{
		OnnxText name = o->graph->output[i]->name;
		const OnnxValue *v = drift_onnx_find(o, name);

		if (v == NULL || v->kind == ONNX_UNKNOWN)
			return drift_onnx_refuse(o, DRIFT_CORRUPT, "an output is not defined", name);
		if (v->kind == ONNX_CLASS_LABEL)
			continue;
		if (v->kind != ONNX_SCORES && v->kind != ONNX_SCORE_PART)
			return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "an output is neither scores nor a class", name);
		if (found && v->transform != *transform)
			return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "outputs are scores of several kinds", name);
		*transform = v->transform;
		found = true;
	}
	return true;
}

bool
drift_onnx_finish(Onnx *o)
{
	DriftModel *head = &o->d->head;
	uint64_t classes = drift_draft_count(o->d, DRIFT_SECTION_LABELS);
	uint8_t transform = o->transform;

	if (!o->predicted)
		return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "the graph has no predictor", (OnnxText){0});
	if (!read_outputs(o, &transform))
		return false;
	head->transform = transform;
	head->task = DRIFT_TASK_REGRESSION;
	if (!o->classifies)
		return true;
	if (classes != (head->groups == 1 ? 2 : head->groups))
		return drift_onnx_refuse(o, DRIFT_CORRUPT, "there are more or fewer labels than classes", (OnnxText){0});
	head->task = classes == 2 ? DRIFT_TASK_BINARY : DRIFT_TASK_MULTICLASS;
	if (head->groups == 1)
		head->decision = o->decides_margins ? DRIFT_DECISION_MARGIN : DRIFT_DECISION_OUTPUT;
	else
		head->decision = o->decides_margins ? DRIFT_DECISION_LARGEST_MARGIN : DRIFT_DECISION_LARGEST;
	return true;
}
