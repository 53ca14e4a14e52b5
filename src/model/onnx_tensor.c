#include <math.h>
#include <string.h>

#include "model/onnx.h"

/* Whole numbers beyond this are not doubles. */
#define LARGEST_WHOLE ((int64_t) 1 << 53)

static size_t
element_size(int32_t type)
{
	switch (type)
	{
		case ONNX_FLOAT:
		case ONNX_INT32:
			return 4;
		case ONNX_INT64:
		case ONNX_DOUBLE:
			return 8;
		case ONNX_UINT8:
			return 1;
		default:
			return 0;
	}
}

/* Elements of the field that holds a tensor of this type. */
static uint64_t
elements_there(const OnnxTensor *t)
{
	if (t->has_raw_data && t->raw_data.len > 0)
		return element_size(t->data_type) > 0 ? t->raw_data.len / element_size(t->data_type) : 0;
	switch (t->data_type)
	{
		case ONNX_FLOAT:
			return t->n_float_data;
		case ONNX_INT32:
		case ONNX_UINT8:
			return t->n_int32_data;
		case ONNX_INT64:
			return t->n_int64_data;
		case ONNX_DOUBLE:
			return t->n_double_data;
		case ONNX_STRING:
			return t->n_string_data;
		default:
			return 0;
	}
}

bool
drift_onnx_tensor_count(Onnx *o, const OnnxTensor *t, uint64_t *count)
{
	uint64_t there = elements_there(t);
	uint64_t product = 1;

	if (t->data_location != 0 || t->has_segment)
		return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "a tensor is not within the file", t->name);
	for (size_t i = 0; i < t->n_dims; i++)
	{
		if (t->dims[i] < 0 || (t->dims[i] > 0 && product > there / (uint64_t) t->dims[i]))
			return drift_onnx_refuse(o, DRIFT_CORRUPT, "the dimensions of a tensor are not those of its data", t->name);
		product *= (uint64_t) t->dims[i];
	}
	if (product != there ||
		(t->has_raw_data && t->raw_data.len > 0 && t->raw_data.len != there * element_size(t->data_type)))
		return drift_onnx_refuse(o, DRIFT_CORRUPT, "the dimensions of a tensor are not those of its data", t->name);
	*count = there;
	return true;
}

static uint64_t
little_endian(const uint8_t *bytes, size_t size)
{
	uint64_t value = 0;

	for (size_t i = size; i > 0; i--)
		value = value << 8 | bytes[i - 1];
	return value;
}

static double
raw_number(int32_t type, const uint8_t *bytes)
{
	uint64_t bits = little_endian(bytes, element_size(type));
	uint32_t low = (uint32_t) bits;
	float single;
	double number;

	switch (type)
	{
		case ONNX_FLOAT:
			memcpy(&single, &low, sizeof(single));
			return (double) single;
		case ONNX_DOUBLE:
			memcpy(&number, &bits, sizeof(number));
			return number;
		case ONNX_INT32:
			return (double) (int32_t) low;
		case ONNX_UINT8:
			return (double) low;
		default:
			return (double) (int64_t) bits;
	}
}

static double
listed_number(const OnnxTensor *t, uint64_t i)
{
	switch (t->data_type)
	{
		case ONNX_FLOAT:
			return (double) t->float_data[i];
		case ONNX_DOUBLE:
			return t->double_data[i];
		case ONNX_INT64:
			return (double) t->int64_data[i];
		default:
			return (double) t->int32_data[i];
	}
}

bool
drift_onnx_tensor_numbers(Onnx *o, const OnnxTensor *t, double **numbers, uint64_t *count)
{
	size_t size = element_size(t->data_type);

	if (size == 0)
		return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "a tensor is not of numbers", t->name);
	if (!drift_onnx_tensor_count(o, t, count))
		return false;
	*numbers = drift_onnx_allocate(o, *count, sizeof(double));
	for (uint64_t i = 0; i < *count; i++)
	{
		double number = t->has_raw_data && t->raw_data.len > 0 ? raw_number(t->data_type, t->raw_data.data + i * size)
															   : listed_number(t, i);

		if (t->data_type == ONNX_INT64 && fabs(number) > (double) LARGEST_WHOLE)
			return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "a whole number is beyond 2^53", t->name);
		(*numbers)[i] = number;
	}
	return true;
}

bool
drift_onnx_constant(Onnx *o, OnnxValue *v)
{
	if (v->kind != ONNX_CONSTANT)
		return drift_onnx_unsupported(o, "an operator's operand has to be a constant", NULL);
	return v->numbers != NULL || drift_onnx_tensor_numbers(o, v->tensor, &v->numbers, &v->count);
}
