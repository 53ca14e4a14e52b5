#include <math.h>
#include <string.h>

#include "model/onnx.h"

bool
drift_onnx_room(Onnx *o, uint64_t slots)
{
	if (slots <= DRIFT_MODEL_MAX_SLOTS && o->d->head.slots + slots <= DRIFT_MODEL_MAX_SLOTS)
		return true;
	return drift_onnx_refuse(o, DRIFT_TOO_LARGE, "the graph makes too many columns",
							 o->node != NULL ? o->node->op_type : (OnnxText){0});
}

void
drift_onnx_set_origin(Onnx *o, uint32_t slot, uint32_t origin)
{
	if (slot >= o->origin_room)
	{
		uint32_t room = 2 * slot + 16;
		uint32_t *grown = drift_onnx_allocate(o, room, sizeof(uint32_t));

		if (o->origin_room > 0)
			memcpy(grown, o->origin, o->origin_room * sizeof(uint32_t));
		o->origin = grown;
		o->origin_room = room;
	}
	o->origin[slot] = origin;
}

/* A missing value in these columns has no meaning. */
void
drift_onnx_needs_values(Onnx *o, const OnnxValue *columns)
{
	DriftInput *inputs = drift_draft_section(o->d, DRIFT_SECTION_INPUTS);

	for (uint32_t i = 0; i < columns->n; i++)
		if (o->origin[columns->slots[i]] != ONNX_NO_ORIGIN)
			inputs[o->origin[columns->slots[i]]].needs_value = 1;
}

/* Makes *v columns, with room for n slots. */
bool
drift_onnx_columns(Onnx *o, OnnxValue *v, OnnxType type, uint32_t n)
{
	if (n == 0)
		return drift_onnx_corrupt(o, "an operator without columns");
	if (n > o->columns_left)
		return drift_onnx_refuse(o, DRIFT_TOO_LARGE, "the graph makes too many columns", (OnnxText){0});
	o->columns_left -= n;
	*v = (OnnxValue){.kind = ONNX_COLUMNS, .type = type, .n = n, .rank = 2, .inner = 1};
	v->slots = drift_onnx_allocate(o, n, sizeof(uint32_t));
	return true;
}

OnnxValue *
drift_onnx_in_columns(Onnx *o, size_t i)
{
	OnnxValue *v = drift_onnx_in(o, i);

	if (v == NULL || v->kind == ONNX_COLUMNS)
		return v;
	drift_onnx_unsupported(
		o, v->kind == ONNX_CONSTANT ? "an operator works on a constant" : "an operator follows the predictor", NULL);
	return NULL;
}

/* "name", or of several columns "name_i". */
static void
add_input(Onnx *o, OnnxText name, uint64_t i, bool several, OnnxType type)
{
	DriftInputKind kind = type == ONNX_STRING ? DRIFT_INPUT_TEXT : DRIFT_INPUT_NUMBER;
	char *text = drift_onnx_allocate(o, name.len + 24, 1);
	size_t length = name.len;
	DriftInput *inputs;
	uint32_t slot;

	memcpy(text, name.data, name.len);
	if (several)
	{
		char digits[20];
		size_t n = 0;

		do
			digits[n++] = (char) ('0' + i % 10);
		while ((i /= 10) > 0);
		text[length++] = '_';
		while (n > 0)
			text[length++] = digits[--n];
	}
	slot = drift_draft_input(o->d, text, length, kind);
	inputs = drift_draft_section(o->d, DRIFT_SECTION_INPUTS);
	inputs[slot].single = type == ONNX_FLOAT;
	inputs[slot].needs_value = type != ONNX_FLOAT && type != ONNX_DOUBLE;
	drift_onnx_set_origin(o, slot, slot);
}

static bool
known_type(int32_t type)
{
	return type == ONNX_FLOAT || type == ONNX_DOUBLE || type == ONNX_INT64 || type == ONNX_INT32 || type == ONNX_STRING;
}

static bool
add_graph_input(Onnx *o, const DriftOnnx__ValueInfo *info, OnnxValue *v)
{
	const DriftOnnx__TensorType *tensor = info->type != NULL ? info->type->tensor_type : NULL;
	const DriftOnnx__Shape *shape = tensor != NULL ? tensor->shape : NULL;
	uint64_t n_inputs = drift_draft_count(o->d, DRIFT_SECTION_INPUTS);
	uint64_t n;

	if (tensor == NULL || !known_type(tensor->elem_type))
		return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "an input is neither of numbers nor of strings", info->name);
	if (info->name.len == 0 || info->name.len > 1024)
		return drift_onnx_refuse(o, DRIFT_CORRUPT, "an input has no name of use", info->name);
	if (shape == NULL || shape->n_dim != 2 || !shape->dim[1]->has_dim_value || shape->dim[1]->dim_value < 1)
		return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "the number of columns of an input is not known", info->name);
	n = (uint64_t) shape->dim[1]->dim_value;
	if (n > DRIFT_MODEL_MAX_INPUTS || n_inputs + n > DRIFT_MODEL_MAX_INPUTS)
		return drift_onnx_refuse(o, DRIFT_TOO_LARGE, "too many inputs", info->name);
	if (!drift_onnx_columns(o, v, (OnnxType) tensor->elem_type, (uint32_t) n))
		return false;
	for (uint64_t i = 0; i < n; i++)
	{
		v->slots[i] = o->d->head.slots;
		add_input(o, info->name, i, n > 1, v->type);
	}
	return true;
}

static bool
names_differ(Onnx *o)
{
	uint32_t count = (uint32_t) drift_draft_count(o->d, DRIFT_SECTION_INPUTS);
	const DriftInput *inputs = drift_draft_section(o->d, DRIFT_SECTION_INPUTS);
	const DriftString *strings = drift_draft_section(o->d, DRIFT_SECTION_STRINGS);
	uint8_t *text = drift_draft_section(o->d, DRIFT_SECTION_TEXT);
	OnnxText *names = drift_onnx_allocate(o, count, sizeof(OnnxText));
	uint32_t *order;

	for (uint32_t i = 0; i < count; i++)
		names[i] = (OnnxText){strings[inputs[i].name].length, text + strings[inputs[i].name].start};
	order = drift_onnx_order(o, names, count, drift_onnx_compare_texts);
	for (uint32_t i = 1; i < count; i++)
		if (drift_onnx_compare_texts(names, order[i - 1], order[i]) == 0)
			return drift_onnx_refuse(o, DRIFT_CORRUPT, "two inputs have one name", names[order[i]]);
	return true;
}

bool
drift_onnx_graph_inputs(Onnx *o)
{
	const OnnxGraph *g = o->graph;

	for (size_t i = 0; i < g->n_input; i++)
	{
		OnnxValue *v = drift_onnx_find(o, g->input[i]->name);

		if (v != NULL && v->kind == ONNX_UNKNOWN && !add_graph_input(o, g->input[i], v))
			return false;
	}
	return names_differ(o);
}

/*
 * A step for each column, whose numbers were appended from first_number on:
 * the outputs are the columns of *out. What was missing stays so.
 */
bool
drift_onnx_step(Onnx *o, DriftStepOp op, const OnnxValue *in, uint64_t first_number, bool single, OnnxValue *out)
{
	OnnxValue result;
	uint32_t first_string = (uint32_t) drift_draft_count(o->d, DRIFT_SECTION_STRINGS);
	uint32_t slot;
	DriftStep *steps;

	if (first_number > UINT32_MAX)
		return drift_onnx_refuse(o, DRIFT_TOO_LARGE, "too many constants", (OnnxText){0});
	if (!drift_onnx_room(o, in->n) || !drift_onnx_columns(o, &result, in->type, in->n))
		return false;
	result.rank = in->rank;
	result.inner = in->inner;
	slot = drift_draft_step(o->d, op, in->slots, in->n, in->n, (uint32_t) first_number, first_string);
	steps = drift_draft_section(o->d, DRIFT_SECTION_STEPS);
	steps[drift_draft_count(o->d, DRIFT_SECTION_STEPS) - 1].single = single;
	for (uint32_t i = 0; i < in->n; i++)
	{
		result.slots[i] = slot + i;
		drift_onnx_set_origin(o, slot + i, o->origin[in->slots[i]]);
	}
	*out = result;
	return true;
}

bool
drift_onnx_as_single(Onnx *o, const OnnxValue *in, OnnxValue *out)
{
	if (in->type == ONNX_STRING)
		return drift_onnx_unsupported(o, "an operator of numbers reads text", NULL);
	*out = *in;
	if (in->type != ONNX_FLOAT &&
		!drift_onnx_step(o, DRIFT_STEP_ROUND_SINGLE, in, drift_draft_count(o->d, DRIFT_SECTION_NUMBERS), true, out))
		return false;
	out->type = ONNX_FLOAT;
	return true;
}

bool
drift_onnx_same(Onnx *o)
{
	OnnxValue *in = drift_onnx_in(o, 0);
	OnnxValue *out = drift_onnx_out(o, 0);

	if (in == NULL || out == NULL)
		return in != NULL;
	*out = *in;
	return true;
}

static bool
is_whole(OnnxType type)
{
	return type == ONNX_INT32 || type == ONNX_INT64;
}

/* Of columns; scores and labels change their type only outside. */
bool
drift_onnx_cast(Onnx *o)
{
	OnnxType to = (OnnxType) drift_onnx_int(o, "to", 0);
	OnnxValue *in = drift_onnx_in(o, 0);
	OnnxValue *out = drift_onnx_out(o, 0);

	if (in == NULL || out == NULL)
		return in != NULL;
	if (!known_type((int32_t) to))
		return drift_onnx_unsupported(o, "a cast to an unknown type", NULL);
	if (in->kind != ONNX_COLUMNS)
	{
		if ((in->kind == ONNX_SCORES || in->kind == ONNX_SCORE_PART) && to != ONNX_FLOAT && to != ONNX_DOUBLE)
			return drift_onnx_unsupported(o, "a cast of scores to whole numbers or text", NULL);
		if (in->kind == ONNX_CONSTANT && (is_whole(to) != is_whole(in->type) || to == ONNX_STRING))
			return drift_onnx_unsupported(o, "a cast of a constant", NULL);
		*out = *in;
		return true;
	}
	if ((to == ONNX_STRING) != (in->type == ONNX_STRING))
		return drift_onnx_unsupported(o, "a cast between text and numbers", NULL);
	*out = *in;
	if (to == ONNX_FLOAT)
		return in->type == ONNX_FLOAT || drift_onnx_as_single(o, in, out);
	if (is_whole(to) && !is_whole(in->type))
	{
		drift_onnx_needs_values(o, in);
		if (!drift_onnx_step(o, DRIFT_STEP_TRUNCATE, in, drift_draft_count(o->d, DRIFT_SECTION_NUMBERS), false, out))
			return false;
	}
	out->type = to;
	return true;
}

/* Columns side by side; the rows are the first axis. */
static bool
join(Onnx *o, OnnxType type, OnnxValue *out)
{
	OnnxValue result = {0};
	uint64_t n = 0;
	uint32_t at = 0;

	for (size_t i = 0; i < o->node->n_input; i++)
	{
		const OnnxValue *in = drift_onnx_in_columns(o, i);

		if (in == NULL)
			return false;
		n += in->n;
		if (n > DRIFT_MODEL_MAX_SLOTS)
			return drift_onnx_room(o, n);
	}
	if (!drift_onnx_columns(o, &result, type, (uint32_t) n))
		return false;
	for (size_t i = 0; i < o->node->n_input; i++)
	{
		const OnnxValue *in = drift_onnx_in(o, i);

		if (in->n > 0)
			memcpy(result.slots + at, in->slots, in->n * sizeof(uint32_t));
		at += in->n;
	}
	*out = result;
	return true;
}

/* Rank 3 is joined along the last axis, of one column each. */
static bool
join_fits(Onnx *o, int64_t axis, uint32_t *rank)
{
	const OnnxValue *first = drift_onnx_in_columns(o, 0);

	if (first == NULL)
		return false;
	*rank = first->rank;
	if (axis < 0)
		axis += first->rank;
	for (size_t i = 0; i < o->node->n_input; i++)
	{
		const OnnxValue *in = drift_onnx_in_columns(o, i);

		if (in == NULL)
			return false;
		if (in->rank != first->rank || in->type != first->type || in->rank < 2 || axis != (int64_t) in->rank - 1 ||
			(in->rank == 3 && in->inner != in->n))
			return drift_onnx_unsupported(o, "columns are joined along another axis than that of columns", NULL);
	}
	return true;
}

bool
drift_onnx_concat(Onnx *o)
{
	OnnxValue *out = drift_onnx_out(o, 0);
	const OnnxValue *first = drift_onnx_in(o, 0);
	int64_t axis = drift_onnx_int(o, "axis", 0);
	uint32_t rank;

	if (first == NULL || out == NULL)
		return first != NULL;
	if (first->kind == ONNX_COMPLEMENT && o->node->n_input == 2 && (axis == 1 || axis == -1))
	{
		const OnnxValue *second = drift_onnx_in(o, 1);

		return second != NULL && drift_onnx_both_classes(o, first, second);
	}
	if (!join_fits(o, axis, &rank) || !join(o, first->type, out))
		return false;
	out->rank = rank;
	out->inner = rank == 3 ? out->n : 1;
	return true;
}

bool
drift_onnx_vectorizer(Onnx *o)
{
	OnnxValue *out = drift_onnx_out(o, 0);
	const int64_t *dimensions;
	uint64_t count;

	if (!drift_onnx_ints(o, "inputdimensions", &dimensions, &count))
		return false;
	for (size_t i = 0; i < o->node->n_input; i++)
	{
		const OnnxValue *in = drift_onnx_in_columns(o, i);

		if (in == NULL)
			return false;
		if (in->type != ONNX_FLOAT || in->rank != 2 || (count > 0 && (i >= count || dimensions[i] != in->n)))
			return drift_onnx_unsupported(o, "inputs of FeatureVectorizer differ from its dimensions", NULL);
	}
	return out == NULL || join(o, ONNX_FLOAT, out);
}

/* Picks columns by number; of rank 3 those within each. */
static bool
pick(Onnx *o, const OnnxValue *in, const OnnxValue *numbers, OnnxValue *out)
{
	uint32_t within = in->rank == 3 ? in->inner : in->n;
	uint32_t outer = within > 0 ? in->n / within : 0;
	OnnxValue result;

	if (numbers->count > DRIFT_MODEL_MAX_SLOTS || outer * numbers->count > DRIFT_MODEL_MAX_SLOTS)
		return drift_onnx_room(o, UINT32_MAX);
	if (!drift_onnx_columns(o, &result, in->type, outer * (uint32_t) numbers->count))
		return false;
	result.rank = in->rank;
	result.inner = in->rank == 3 ? (uint32_t) numbers->count : 1;
	for (uint32_t k = 0; k < outer; k++)
		for (uint64_t i = 0; i < numbers->count; i++)
		{
			double at = numbers->numbers[i] < 0 ? numbers->numbers[i] + within : numbers->numbers[i];

			if (!(at >= 0 && at < within && at == floor(at)))
				return drift_onnx_corrupt(o, "an operator picks a column that is not there");
			result.slots[k * numbers->count + i] = in->slots[k * within + (uint32_t) at];
		}
	*out = result;
	return true;
}

/* ArrayFeatureExtractor, and Gather along the last axis. */
bool
drift_onnx_gather(Onnx *o)
{
	OnnxValue *in = drift_onnx_in(o, 0);
	OnnxValue *numbers = drift_onnx_in(o, 1);
	OnnxValue *out = drift_onnx_out(o, 0);
	bool extractor = drift_onnx_is(o->node->op_type, "ArrayFeatureExtractor");
	int64_t axis = drift_onnx_int(o, "axis", extractor ? -1 : 0);

	if (in == NULL || numbers == NULL || out == NULL)
		return in != NULL && numbers != NULL;
	if (extractor && in->kind == ONNX_CONSTANT && numbers->kind == ONNX_CLASS_NUMBER)
		return drift_onnx_class_of_number(o, in);
	if (!drift_onnx_constant(o, numbers))
		return false;
	if (in->kind == ONNX_SCORES && numbers->count == 1 && (axis == -1 || axis == 1))
	{
		*out = *in;
		out->kind = ONNX_SCORE_PART;
		return true;
	}
	if (drift_onnx_in_columns(o, 0) == NULL)
		return false;
	if (in->rank < 2 || (axis < 0 ? axis + in->rank : axis) != (int64_t) in->rank - 1 || numbers->tensor->n_dims > 1)
		return drift_onnx_unsupported(o, "an operator picks along another axis than that of columns", NULL);
	if (numbers->tensor->n_dims == 0 && !extractor)
		return drift_onnx_unsupported(o, "an operator removes the axis of columns", NULL);
	return pick(o, in, numbers, out);
}

/* ZipMap's columns: parts of the scores. */
bool
drift_onnx_slice(Onnx *o)
{
	OnnxValue *in = drift_onnx_in(o, 0);
	OnnxValue *out = drift_onnx_out(o, 0);

	if (in == NULL || out == NULL)
		return in != NULL;
	if (in->kind != ONNX_SCORES)
		return drift_onnx_unsupported(o, "a slice of something else than scores", NULL);
	*out = *in;
	out->kind = ONNX_SCORE_PART;
	return true;
}

/* What Reshape asks for, without the axis of rows: 1, 2 or 3 axes in all, and the columns it names. */
static bool
reshaped(Onnx *o, const double *dims, uint64_t count, uint32_t n, OnnxValue *out)
{
	double product = 1;
	bool open = false;

	if (count < 1 || count > 3 || (dims[0] != -1 && dims[0] != 0))
		return drift_onnx_unsupported(o, "a reshape that changes the rows", NULL);
	for (uint64_t i = 1; i < count; i++)
		if (dims[i] == -1 && dims[0] == 0)
			open = true;
		else
			product *= dims[i];
	if (!(product >= 1) || (open ? fmod(n, product) != 0 : product != n))
		return drift_onnx_unsupported(o, "a reshape that changes the rows", NULL);
	out->rank = (uint32_t) count;
	out->inner = 1;
	if (count == 3)
		out->inner = dims[2] == -1 ? (uint32_t) (n / product) : (uint32_t) dims[2];
	return true;
}

static bool
read_dims(Onnx *o, const char *attribute, double **dims, uint64_t *count)
{
	const int64_t *ints;
	OnnxValue *shape;

	if (!drift_onnx_has_in(o, 1))
		return drift_onnx_ints(o, attribute, &ints, count) && drift_onnx_numbers(o, attribute, dims, count);
	shape = drift_onnx_in(o, 1);
	if (shape == NULL || !drift_onnx_constant(o, shape))
		return false;
	if (!is_whole(shape->type))
		return drift_onnx_corrupt(o, "dimensions are not whole numbers");
	*dims = shape->numbers;
	*count = shape->count;
	return true;
}

/* Removes or adds the axis of a single column. */
static bool
squeezed(Onnx *o, bool adds, const OnnxValue *in, OnnxValue *out)
{
	double *axes;
	uint64_t count;

	if (!read_dims(o, "axes", &axes, &count))
		return false;
	if (count != 1 || (axes[0] != 1 && axes[0] != -1) || in->n != 1 || (adds ? in->rank != 1 : in->rank != 2))
		return drift_onnx_unsupported(o, "an operator changes axes other than that of a single column", NULL);
	out->rank = adds ? 2 : 1;
	return true;
}

/* Reshape, Flatten, Squeeze, Unsqueeze: the columns stay. */
bool
drift_onnx_shape(Onnx *o)
{
	OnnxValue *in = drift_onnx_in(o, 0);
	OnnxValue *out = drift_onnx_out(o, 0);
	bool adds = drift_onnx_is(o->node->op_type, "Unsqueeze");
	double *dims;
	uint64_t count;

	if (in == NULL || out == NULL)
		return in != NULL;
	if (in->kind == ONNX_CONSTANT)
		return drift_onnx_unsupported(o, "an operator changes the shape of a constant", NULL);
	*out = *in;
	if (in->kind == ONNX_CLASS_LABEL || in->kind == ONNX_CLASS_NUMBER || in->kind == ONNX_SCORE_PART)
		return true;
	if (adds || drift_onnx_is(o->node->op_type, "Squeeze"))
		return squeezed(o, adds, in, out);
	if (drift_onnx_is(o->node->op_type, "Flatten"))
	{
		out->rank = 2;
		out->inner = 1;
		return drift_onnx_int(o, "axis", 1) == 1 || drift_onnx_unsupported(o, "a reshape that changes the rows", NULL);
	}
	return read_dims(o, "shape", &dims, &count) && reshaped(o, dims, count, in->n, out);
}

bool
drift_onnx_constant_node(Onnx *o)
{
	OnnxValue *out = drift_onnx_out(o, 0);
	const OnnxAttribute *a = drift_onnx_attribute(o, "value");

	if (out == NULL)
		return true;
	if (a == NULL || a->t == NULL)
		return drift_onnx_unsupported(o, "a constant that is no tensor", NULL);
	*out = (OnnxValue){.kind = ONNX_CONSTANT, .type = (OnnxType) a->t->data_type, .tensor = a->t};
	return true;
}
