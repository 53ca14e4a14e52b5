#include <math.h>

#include "model/onnx.h"

/* What both encoders know: strings or numbers. */
typedef struct Keys
{
	const OnnxText *texts;
	const double *numbers;
	uint64_t count;
} Keys;

static bool
add_texts(Onnx *o, const OnnxText *texts, uint64_t count)
{
	uint64_t bytes = drift_draft_count(o->d, DRIFT_SECTION_TEXT);

	for (uint64_t i = 0; i < count; i++)
	{
		bytes += texts[i].len;
		if (bytes > UINT32_MAX / 2)
			return drift_onnx_refuse(o, DRIFT_TOO_LARGE, "too many categories", (OnnxText){0});
		drift_draft_string(o->d, (const char *) texts[i].data, texts[i].len);
	}
	return true;
}

/* The same step for each of the columns, all with the numbers and strings that were appended last. */
static bool
step_each(Onnx *o, DriftStepOp op, const OnnxValue *in, uint32_t first_number, uint32_t first_string, uint32_t width,
		  bool must_know, OnnxValue *out)
{
	for (uint32_t i = 0; i < in->n; i++)
	{
		uint32_t slot = drift_draft_step(o->d, op, &in->slots[i], 1, width, first_number, first_string);
		DriftStep *steps = drift_draft_section(o->d, DRIFT_SECTION_STEPS);

		steps[drift_draft_count(o->d, DRIFT_SECTION_STEPS) - 1].must_know = must_know;
		for (uint32_t k = 0; k < width; k++)
		{
			out->slots[i * width + k] = slot + k;
			drift_onnx_set_origin(o, slot + k, ONNX_NO_ORIGIN);
		}
	}
	return true;
}

/* Whole numbers as doubles that are the same. */
static bool
whole_numbers(Onnx *o, const int64_t *ints, uint64_t count, double **numbers)
{
	*numbers = drift_onnx_allocate(o, count, sizeof(double));
	for (uint64_t i = 0; i < count; i++)
	{
		if (ints[i] > ((int64_t) 1 << 53) || ints[i] < -((int64_t) 1 << 53))
			return drift_onnx_unsupported(o, "a whole number is beyond 2^53", NULL);
		(*numbers)[i] = (double) ints[i];
	}
	return true;
}

static bool
keys_fit(Onnx *o, const Keys *keys, const OnnxValue *in)
{
	if ((keys->texts != NULL) != (in->type == ONNX_STRING))
		return drift_onnx_unsupported(o, "categories of another type than the column", NULL);
	if (keys->count == 0 || keys->count > DRIFT_MODEL_MAX_SLOTS)
		return drift_onnx_corrupt(o, "an encoder without categories, or with too many");
	if (in->n * keys->count > o->lookups_left)
		return drift_onnx_refuse(o, DRIFT_TOO_LARGE, "too many categories", (OnnxText){0});
	o->lookups_left -= in->n * keys->count;
	return keys->texts != NULL ? drift_onnx_distinct(o, keys->texts, keys->count, drift_onnx_compare_texts)
							   : drift_onnx_distinct(o, keys->numbers, keys->count, drift_onnx_compare_numbers);
}

static bool
one_hot_keys(Onnx *o, Keys *keys)
{
	const OnnxAttribute *texts = drift_onnx_attribute(o, "cats_strings");
	const OnnxAttribute *ints = drift_onnx_attribute(o, "cats_int64s");
	double *numbers;

	*keys = (Keys){0};
	if (texts != NULL && texts->n_strings > 0)
		*keys = (Keys){.texts = texts->strings, .count = texts->n_strings};
	else if (ints != NULL)
	{
		if (!whole_numbers(o, ints->ints, ints->n_ints, &numbers))
			return false;
		*keys = (Keys){.numbers = numbers, .count = ints->n_ints};
	}
	return true;
}

bool
drift_onnx_one_hot(Onnx *o)
{
	const OnnxValue *in = drift_onnx_in_columns(o, 0);
	OnnxValue *out = drift_onnx_out(o, 0);
	bool must_know = drift_onnx_int(o, "zeros", 1) == 0;
	uint32_t first_number = (uint32_t) drift_draft_count(o->d, DRIFT_SECTION_NUMBERS);
	uint32_t first_string = (uint32_t) drift_draft_count(o->d, DRIFT_SECTION_STRINGS);
	OnnxValue work;
	OnnxValue result;
	Keys keys;

	if (in == NULL || out == NULL)
		return in != NULL;
	if (!one_hot_keys(o, &keys) || !keys_fit(o, &keys, in))
		return false;
	if (in->rank != 2)
		return drift_onnx_unsupported(o, "categories that are not in columns", NULL);
	work = *in;
	drift_onnx_needs_values(o, in);
	if ((in->type == ONNX_FLOAT || in->type == ONNX_DOUBLE) &&
		!drift_onnx_step(o, DRIFT_STEP_TRUNCATE, in, first_number, false, &work))
		return false;
	if (!drift_onnx_room(o, work.n * keys.count) ||
		!drift_onnx_columns(o, &result, ONNX_FLOAT, work.n * (uint32_t) keys.count))
		return false;
	result.rank = 3;
	result.inner = (uint32_t) keys.count;
	if (keys.texts != NULL && !add_texts(o, keys.texts, keys.count))
		return false;
	for (uint64_t i = 0; keys.numbers != NULL && i < keys.count; i++)
		*(double *) drift_draft_add(o->d, DRIFT_SECTION_NUMBERS, 1) = keys.numbers[i];
	*out = result;
	return step_each(o, keys.texts != NULL ? DRIFT_STEP_ONE_HOT_TEXT : DRIFT_STEP_ONE_HOT_NUMBER, &work, first_number,
					 first_string, (uint32_t) keys.count, must_know, out);
}

static bool
label_keys(Onnx *o, Keys *keys)
{
	const OnnxAttribute *texts = drift_onnx_attribute(o, "keys_strings");
	const OnnxAttribute *ints = drift_onnx_attribute(o, "keys_int64s");
	const OnnxAttribute *tensor = drift_onnx_attribute(o, "keys_tensor");
	double *numbers;
	uint64_t count;

	*keys = (Keys){0};
	if (tensor != NULL && tensor->t != NULL && tensor->t->data_type == ONNX_STRING)
	{
		if (!drift_onnx_tensor_count(o, tensor->t, &count))
			return false;
		*keys = (Keys){.texts = tensor->t->string_data, .count = count};
	}
	else if (texts != NULL && texts->n_strings > 0)
		*keys = (Keys){.texts = texts->strings, .count = texts->n_strings};
	else if (ints != NULL && ints->n_ints > 0)
	{
		if (!whole_numbers(o, ints->ints, ints->n_ints, &numbers))
			return false;
		*keys = (Keys){.numbers = numbers, .count = ints->n_ints};
	}
	else
	{
		if (!drift_onnx_numbers(o, tensor != NULL ? "keys_tensor" : "keys_floats", &numbers, &count))
			return false;
		*keys = (Keys){.numbers = numbers, .count = count};
	}
	return true;
}

/* What keys become, and what everything else does. */
static bool
label_values(Onnx *o, double **values, uint64_t *count, double *otherwise, OnnxType *type)
{
	const OnnxAttribute *tensor = drift_onnx_attribute(o, "values_tensor");
	const OnnxAttribute *ints = drift_onnx_attribute(o, "values_int64s");
	double *other = NULL;
	uint64_t n_other = 0;

	if (tensor != NULL && tensor->t != NULL)
	{
		*type = (OnnxType) tensor->t->data_type;
		*otherwise = *type == ONNX_FLOAT || *type == ONNX_DOUBLE ? -0.0 : -1;
		if (!drift_onnx_tensor_numbers(o, tensor->t, values, count) ||
			!drift_onnx_numbers(o, "default_tensor", &other, &n_other))
			return false;
		if (n_other == 1)
			*otherwise = other[0];
		return true;
	}
	if (ints != NULL && ints->n_ints > 0)
	{
		*type = ONNX_INT64;
		*otherwise = (double) drift_onnx_int(o, "default_int64", -1);
		*count = ints->n_ints;
		return whole_numbers(o, ints->ints, ints->n_ints, values);
	}
	*type = ONNX_FLOAT;
	*otherwise = (double) drift_onnx_float(o, "default_float", -0.0F);
	if (!drift_onnx_numbers(o, "values_floats", values, count))
		return false;
	return *count > 0 || drift_onnx_unsupported(o, "an encoder to text", NULL);
}

/* Missing values need a key of their own; before opset 4 that was never found. */
static bool
find_missing_key(Onnx *o, const Keys *keys, const OnnxValue *columns)
{
	bool found = false;

	for (uint64_t i = 0; keys->texts == NULL && i < keys->count; i++)
		found = found || isnan(keys->numbers[i]);
	if (!found)
		drift_onnx_needs_values(o, columns);
	return !found || o->ml_opset >= 4 || drift_onnx_unsupported(o, "a key that is NaN, before opset 4", NULL);
}

/* Numbers of the step: what others become, then pairs, or of strings only what they become. */
static void
add_map(Onnx *o, const Keys *keys, const double *values, double otherwise)
{
	*(double *) drift_draft_add(o->d, DRIFT_SECTION_NUMBERS, 1) = otherwise;
	for (uint64_t i = 0; i < keys->count; i++)
	{
		if (keys->texts == NULL)
			*(double *) drift_draft_add(o->d, DRIFT_SECTION_NUMBERS, 1) = keys->numbers[i];
		*(double *) drift_draft_add(o->d, DRIFT_SECTION_NUMBERS, 1) = values[i];
	}
}

bool
drift_onnx_label_encoder(Onnx *o)
{
	const OnnxValue *in = drift_onnx_in_columns(o, 0);
	OnnxValue *out = drift_onnx_out(o, 0);
	uint32_t first_number;
	uint32_t first_string;
	OnnxValue result;
	double *values;
	double otherwise;
	uint64_t count;
	OnnxType type;
	Keys keys;

	if (in == NULL || out == NULL)
		return in != NULL;
	if (drift_onnx_attribute(o, "classes_strings") != NULL)
		return drift_onnx_unsupported(o, "unknown attribute of an operator", "classes_strings");
	if (drift_onnx_attribute(o, "values_strings") != NULL)
		return drift_onnx_unsupported(o, "an encoder to text", NULL);
	if (!label_keys(o, &keys) || !keys_fit(o, &keys, in) || !find_missing_key(o, &keys, in) ||
		!label_values(o, &values, &count, &otherwise, &type))
		return false;
	if (count != keys.count)
		return drift_onnx_corrupt(o, "an encoder has another number of values than of keys");
	if (!drift_onnx_room(o, in->n) || !drift_onnx_columns(o, &result, type, in->n))
		return false;
	result.rank = in->rank;
	result.inner = in->inner;
	first_number = (uint32_t) drift_draft_count(o->d, DRIFT_SECTION_NUMBERS);
	first_string = (uint32_t) drift_draft_count(o->d, DRIFT_SECTION_STRINGS);
	if (keys.texts != NULL && !add_texts(o, keys.texts, keys.count))
		return false;
	add_map(o, &keys, values, otherwise);
	*out = result;
	return step_each(o, keys.texts != NULL ? DRIFT_STEP_MAP_TEXT : DRIFT_STEP_MAP_NUMBER, in, first_number,
					 first_string, 1, false, out);
}
