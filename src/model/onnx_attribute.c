#include <string.h>

#include "model/onnx.h"

const OnnxAttribute *
drift_onnx_attribute(const Onnx *o, const char *name)
{
	for (size_t i = 0; i < o->node->n_attribute; i++)
		if (drift_onnx_is(o->node->attribute[i]->name, name))
			return o->node->attribute[i];
	return NULL;
}

int64_t
drift_onnx_int(const Onnx *o, const char *name, int64_t otherwise)
{
	const OnnxAttribute *a = drift_onnx_attribute(o, name);

	return a != NULL ? a->i : otherwise;
}

float
drift_onnx_float(const Onnx *o, const char *name, float otherwise)
{
	const OnnxAttribute *a = drift_onnx_attribute(o, name);

	return a != NULL ? a->f : otherwise;
}

OnnxText
drift_onnx_string(const Onnx *o, const char *name, const char *otherwise)
{
	const OnnxAttribute *a = drift_onnx_attribute(o, name);

	return a != NULL ? a->s : drift_onnx_text(otherwise);
}

bool
drift_onnx_only(Onnx *o, const char *const *names)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < o->node->n_attribute; i++)
	{
		OnnxText name = o->node->attribute[i]->name;
		unsigned k = 0;

		while (names[k] != NULL && !drift_onnx_is(name, names[k]))
			k++;
		if (names[k] == NULL)
			return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "unknown attribute of an operator", name);
		if (seen >> k & 1)
			return drift_onnx_refuse(o, DRIFT_CORRUPT, "an attribute is there twice", name);
		seen |= (uint64_t) 1 << k;
	}
	return true;
}

static const OnnxAttribute *
as_tensor(const Onnx *o, const char *name)
{
	for (size_t i = 0; i < o->node->n_attribute; i++)
	{
		OnnxText text = o->node->attribute[i]->name;
		size_t length = strlen(name);

		if (text.len == length + strlen("_as_tensor") && memcmp(text.data, name, length) == 0 &&
			memcmp(text.data + length, "_as_tensor", strlen("_as_tensor")) == 0)
			return o->node->attribute[i];
	}
	return NULL;
}

bool
drift_onnx_numbers(Onnx *o, const char *name, double **numbers, uint64_t *count)
{
	const OnnxAttribute *a = drift_onnx_attribute(o, name);
	const OnnxAttribute *tensor = as_tensor(o, name);

	*numbers = NULL;
	*count = 0;
	if (tensor != NULL && tensor->t != NULL)
		return drift_onnx_tensor_numbers(o, tensor->t, numbers, count);
	if (a == NULL)
		return true;
	if (a->t != NULL)
		return drift_onnx_tensor_numbers(o, a->t, numbers, count);
	*numbers = drift_onnx_allocate(o, a->n_floats + a->n_ints, sizeof(double));
	*count = a->n_floats + a->n_ints;
	for (size_t i = 0; i < a->n_floats; i++)
		(*numbers)[i] = (double) a->floats[i];
	for (size_t i = 0; i < a->n_ints; i++)
		(*numbers)[a->n_floats + i] = (double) a->ints[i];
	return true;
}

bool
drift_onnx_ints(Onnx *o, const char *name, const int64_t **ints, uint64_t *count)
{
	const OnnxAttribute *a = drift_onnx_attribute(o, name);

	*ints = a != NULL ? a->ints : NULL;
	*count = a != NULL ? a->n_ints : 0;
	if (a != NULL && a->n_floats + a->n_strings > 0)
		return drift_onnx_refuse(o, DRIFT_CORRUPT, "an attribute is not of whole numbers", a->name);
	return true;
}

static bool
is_of(Onnx *o, uint64_t count, uint64_t n)
{
	return count == n || drift_onnx_corrupt(o, "the lists of an ensemble are of different lengths");
}

bool
drift_onnx_n_numbers(Onnx *o, const char *name, const double **numbers, uint64_t n)
{
	double *read;
	uint64_t count;

	if (!drift_onnx_numbers(o, name, &read, &count) || !is_of(o, count, n))
		return false;
	*numbers = read;
	return true;
}

bool
drift_onnx_n_ints(Onnx *o, const char *name, const int64_t **ints, uint64_t n)
{
	uint64_t count;

	return drift_onnx_ints(o, name, ints, &count) && is_of(o, count, n);
}
