#include <float.h>
#include <math.h>

#include "model/onnx.h"

/* Appends constants for n columns, of as many numbers or of one for all. */
static bool
add_constants(Onnx *o, const double *numbers, uint64_t count, uint32_t n, uint64_t *first)
{
	double *added;

	if (count != 1 && count != n)
		return drift_onnx_corrupt(o, "an operator has constants for another number of columns");
	*first = drift_draft_count(o->d, DRIFT_SECTION_NUMBERS);
	added = drift_draft_add(o->d, DRIFT_SECTION_NUMBERS, n);
	for (uint32_t i = 0; i < n; i++)
		added[i] = numbers[count == 1 ? 0 : i];
	return true;
}

/* A constant for each of two, in pairs. */
static bool
add_pairs(Onnx *o, double first_of_pair, const double *numbers, uint64_t count, uint32_t n, uint64_t *first)
{
	double *added;

	if (count != 1 && count != n)
		return drift_onnx_corrupt(o, "an operator has constants for another number of columns");
	*first = drift_draft_count(o->d, DRIFT_SECTION_NUMBERS);
	added = drift_draft_add(o->d, DRIFT_SECTION_NUMBERS, 2 * (uint64_t) n);
	for (uint32_t i = 0; i < n; i++)
	{
		added[2 * i] = first_of_pair;
		added[2 * i + 1] = numbers[count == 1 ? 0 : i];
	}
	return true;
}

static bool
constant_step(Onnx *o, DriftStepOp op, const OnnxValue *in, const double *numbers, uint64_t count, bool single,
			  OnnxValue *out)
{
	uint64_t first;

	return drift_onnx_room(o, in->n) && add_constants(o, numbers, count, in->n, &first) &&
		   drift_onnx_step(o, op, in, first, single, out);
}

static OnnxValue *
in_numbers(Onnx *o)
{
	OnnxValue *in = drift_onnx_in_columns(o, 0);

	if (in != NULL && in->type == ONNX_STRING)
	{
		drift_onnx_unsupported(o, "an operator of numbers reads text", NULL);
		return NULL;
	}
	return in;
}

/* (x - offset) * scale, as float32 in the end. */
bool
drift_onnx_scaler(Onnx *o)
{
	const OnnxValue *in = in_numbers(o);
	OnnxValue *out = drift_onnx_out(o, 0);
	bool single = in != NULL && in->type != ONNX_DOUBLE;
	OnnxValue work;
	double *offset;
	double *scale;
	uint64_t n_offset;
	uint64_t n_scale;

	if (in == NULL || out == NULL)
		return in != NULL;
	if (!drift_onnx_numbers(o, "offset", &offset, &n_offset) || !drift_onnx_numbers(o, "scale", &scale, &n_scale))
		return false;
	work = *in;
	if ((single && !drift_onnx_as_single(o, in, &work)) ||
		!constant_step(o, DRIFT_STEP_SUBTRACT, &work, offset, n_offset, single, &work) ||
		!constant_step(o, DRIFT_STEP_MULTIPLY, &work, scale, n_scale, single, &work))
		return false;
	return drift_onnx_as_single(o, &work, out);
}

bool
drift_onnx_imputer(Onnx *o)
{
	const OnnxValue *in = in_numbers(o);
	OnnxValue *out = drift_onnx_out(o, 0);
	bool whole = in != NULL && (in->type == ONNX_INT64 || in->type == ONNX_INT32);
	double replaced = whole ? (double) drift_onnx_int(o, "replaced_value_int64", 0)
							: (double) drift_onnx_float(o, "replaced_value_float", 0);
	double *imputed;
	uint64_t count;
	uint64_t first;
	DriftStepOp op = isnan(replaced) ? DRIFT_STEP_IMPUTE : DRIFT_STEP_REPLACE;

	if (in == NULL || out == NULL)
		return in != NULL;
	if (!drift_onnx_numbers(o, whole ? "imputed_value_int64s" : "imputed_value_floats", &imputed, &count) ||
		!drift_onnx_room(o, in->n))
		return false;
	if (!(isnan(replaced) ? add_constants(o, imputed, count, in->n, &first)
						  : add_pairs(o, replaced, imputed, count, in->n, &first)) ||
		!drift_onnx_step(o, op, in, first, in->type == ONNX_FLOAT, out))
		return false;
	for (uint32_t i = 0; isnan(replaced) && i < out->n; i++)
		if (!isnan(imputed[count == 1 ? 0 : i]))
			drift_onnx_set_origin(o, out->slots[i], ONNX_NO_ORIGIN);
	return true;
}

bool
drift_onnx_normalizer(Onnx *o)
{
	OnnxText norm = drift_onnx_string(o, "norm", "MAX");
	OnnxValue *in = drift_onnx_in(o, 0);
	OnnxValue *out = drift_onnx_out(o, 0);
	OnnxValue work;
	DriftStepOp op;

	if (in == NULL || out == NULL)
		return in != NULL;
	if (in->kind == ONNX_SCORES && drift_onnx_is(norm, "L1"))
		return drift_onnx_normalized(o, in);
	if (drift_onnx_is(norm, "L1"))
		op = DRIFT_STEP_NORMALIZE_L1;
	else if (drift_onnx_is(norm, "L2"))
		op = DRIFT_STEP_NORMALIZE_L2;
	else if (drift_onnx_is(norm, "MAX"))
		op = DRIFT_STEP_NORMALIZE_MAX;
	else
		return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "unknown norm", norm);
	if (drift_onnx_in_columns(o, 0) == NULL || !drift_onnx_as_single(o, in, &work))
		return false;
	if (work.rank != 2)
		return drift_onnx_unsupported(o, "a norm along another axis than that of columns", NULL);
	drift_onnx_needs_values(o, in);
	return drift_onnx_step(o, op, &work, drift_draft_count(o->d, DRIFT_SECTION_NUMBERS), true, out);
}

bool
drift_onnx_binarizer(Onnx *o)
{
	const OnnxValue *in = in_numbers(o);
	OnnxValue *out = drift_onnx_out(o, 0);
	double threshold = (double) drift_onnx_float(o, "threshold", 0);

	if (in == NULL || out == NULL)
		return in != NULL;
	drift_onnx_needs_values(o, in);
	return constant_step(o, DRIFT_STEP_BINARIZE, in, &threshold, 1, in->type == ONNX_FLOAT, out);
}

/* A bound of Clip: an input since opset 11, an attribute before. */
static bool
bound(Onnx *o, size_t i, const char *attribute, double *value)
{
	OnnxValue *v;

	if (o->opset < 11)
	{
		*value = (double) drift_onnx_float(o, attribute, (float) *value);
		return true;
	}
	if (!drift_onnx_has_in(o, i))
		return true;
	v = drift_onnx_in(o, i);
	if (v == NULL || !drift_onnx_constant(o, v))
		return false;
	if (v->count != 1)
		return drift_onnx_corrupt(o, "a bound is not one number");
	*value = v->numbers[0];
	return true;
}

bool
drift_onnx_clip(Onnx *o)
{
	const OnnxValue *in = in_numbers(o);
	OnnxValue *out = drift_onnx_out(o, 0);
	bool single = in != NULL && in->type == ONNX_FLOAT;
	double most = single ? (double) FLT_MAX : DBL_MAX;
	double least = -most;
	uint64_t first;

	if (in == NULL || out == NULL)
		return in != NULL;
	return bound(o, 1, "min", &least) && bound(o, 2, "max", &most) && drift_onnx_room(o, in->n) &&
		   add_pairs(o, least, &most, 1, in->n, &first) && drift_onnx_step(o, DRIFT_STEP_CLIP, in, first, single, out);
}

/* Is a constant a row: all axes but the last of length 1? */
static bool
is_row(const OnnxValue *constant)
{
	for (size_t i = 0; i + 1 < constant->tensor->n_dims; i++)
		if (constant->tensor->dims[i] != 1)
			return false;
	return true;
}

/* Columns and a constant row. */
static bool
column_arithmetic(Onnx *o, DriftStepOp op, const OnnxValue *columns, const OnnxValue *constant, OnnxValue *out)
{
	OnnxType type = columns->type;

	if (type == ONNX_STRING || constant->type != type ||
		(op == DRIFT_STEP_DIVIDE && type != ONNX_FLOAT && type != ONNX_DOUBLE))
		return drift_onnx_unsupported(o, "arithmetic of these types", NULL);
	if (!is_row(constant) || constant->tensor->n_dims > columns->rank || columns->rank == 3)
		return drift_onnx_unsupported(o, "arithmetic with a constant that is no row", NULL);
	return constant_step(o, op, columns, constant->numbers, constant->count, type == ONNX_FLOAT, out);
}

/* 1 - score, and score / sum of scores. */
static bool
score_arithmetic(Onnx *o, DriftStepOp op, OnnxValue *a, OnnxValue *b, OnnxValue *out)
{
	if (op == DRIFT_STEP_DIVIDE && a->kind == ONNX_SCORES && b->kind == ONNX_SCORE_SUM)
		return drift_onnx_normalized(o, a);
	if (op == DRIFT_STEP_SUBTRACT && a->kind == ONNX_CONSTANT && b->kind == ONNX_SCORES && b->n == 1)
	{
		if (!drift_onnx_constant(o, a))
			return false;
		if (a->count == 1 && a->numbers[0] == 1)
		{
			*out = *b;
			out->kind = ONNX_COMPLEMENT;
			return true;
		}
	}
	if (op == DRIFT_STEP_ADD && a->kind == ONNX_SCORES && b->kind == ONNX_CONSTANT)
		return drift_onnx_add_base(o, a, b);
	return drift_onnx_unsupported(o, "an operator follows the predictor", NULL);
}

bool
drift_onnx_arithmetic(Onnx *o)
{
	OnnxText name = o->node->op_type;
	OnnxValue *a = drift_onnx_in(o, 0);
	OnnxValue *b = drift_onnx_in(o, 1);
	OnnxValue *out = drift_onnx_out(o, 0);
	DriftStepOp op = DRIFT_STEP_ADD;
	bool commutes = true;

	if (a == NULL || b == NULL || out == NULL)
		return a != NULL && b != NULL;
	if (drift_onnx_is(name, "Sub") || drift_onnx_is(name, "Div"))
	{
		op = drift_onnx_is(name, "Sub") ? DRIFT_STEP_SUBTRACT : DRIFT_STEP_DIVIDE;
		commutes = false;
	}
	else if (drift_onnx_is(name, "Mul"))
		op = DRIFT_STEP_MULTIPLY;
	if (commutes && a->kind == ONNX_CONSTANT)
	{
		OnnxValue *swap = a;

		a = b;
		b = swap;
	}
	if (a->kind == ONNX_COLUMNS && b->kind == ONNX_CONSTANT)
		return drift_onnx_constant(o, b) && column_arithmetic(o, op, a, b, out);
	if (a->kind == ONNX_COLUMNS || b->kind == ONNX_COLUMNS)
		return drift_onnx_unsupported(o, "arithmetic of two columns", NULL);
	return score_arithmetic(o, op, a, b, out);
}
