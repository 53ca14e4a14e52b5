#include <math.h>
#include <string.h>

#include "model/onnx.h"

/* One pass of merging runs of a width from one array to the other. */
static void
merge_runs(const void *elements, const uint32_t *from, uint32_t *to, uint64_t count, uint64_t width,
		   OnnxCompare compare)
{
	for (uint64_t start = 0; start < count; start += 2 * width)
	{
		uint64_t middle = start + width < count ? start + width : count;
		uint64_t end = start + 2 * width < count ? start + 2 * width : count;
		uint64_t a = start;
		uint64_t b = middle;

		for (uint64_t i = start; i < end; i++)
			if (a < middle && (b >= end || compare(elements, from[a], from[b]) <= 0))
				to[i] = from[a++];
			else
				to[i] = from[b++];
	}
}

uint32_t *
drift_onnx_order(Onnx *o, const void *elements, uint32_t count, OnnxCompare compare)
{
	uint32_t *order = drift_onnx_allocate(o, count, sizeof(uint32_t));
	uint32_t *other;
	bool sorted = true;

	for (uint32_t i = 0; i < count; i++)
	{
		order[i] = i;
		sorted = sorted && (i == 0 || compare(elements, i - 1, i) <= 0);
	}
	if (sorted)
		return order;
	other = drift_onnx_allocate(o, count, sizeof(uint32_t));
	for (uint64_t width = 1; width < count; width *= 2)
	{
		uint32_t *swap = order;

		if (o->host->poll != NULL)
			o->host->poll();
		merge_runs(elements, order, other, count, width, compare);
		order = other;
		other = swap;
	}
	return order;
}

int
drift_onnx_compare_texts(const void *elements, uint32_t a, uint32_t b)
{
	const OnnxText *x = (const OnnxText *) elements + a;
	const OnnxText *y = (const OnnxText *) elements + b;
	size_t shorter = x->len < y->len ? x->len : y->len;
	int order = shorter > 0 ? memcmp(x->data, y->data, shorter) : 0;

	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

int
drift_onnx_compare_ints(const void *elements, uint32_t a, uint32_t b)
{
	int64_t x = ((const int64_t *) elements)[a];
	int64_t y = ((const int64_t *) elements)[b];

	return (x > y) - (x < y);
}

int
drift_onnx_compare_numbers(const void *elements, uint32_t a, uint32_t b)
{
	double x = ((const double *) elements)[a];
	double y = ((const double *) elements)[b];

	/* NaN is equal to NaN and behind everything else. */
	if (isnan(x) || isnan(y))
		return isnan(x) - isnan(y);
	return (x > y) - (x < y);
}

bool
drift_onnx_distinct(Onnx *o, const void *elements, uint64_t count, OnnxCompare compare)
{
	uint32_t *order;

	if (count > UINT32_MAX)
		return drift_onnx_corrupt(o, "there are too many keys");
	order = drift_onnx_order(o, elements, (uint32_t) count, compare);
	for (uint64_t i = 1; i < count; i++)
		if (compare(elements, order[i - 1], order[i]) == 0)
			return drift_onnx_corrupt(o, "a category is listed twice");
	return true;
}
