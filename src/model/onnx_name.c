#include <string.h>

#include "model/onnx.h"

static int
compare_names(const void *elements, uint32_t a, uint32_t b)
{
	const OnnxName *names = elements;
	const OnnxText pair[2] = {names[a].text, names[b].text};

	return drift_onnx_compare_texts(pair, 0, 1);
}

/* Everything that is defined: initializers, inputs, then what nodes put out. */
static uint64_t
list_names(const OnnxGraph *g, OnnxName *names)
{
	uint64_t n = 0;

	for (size_t i = 0; i < g->n_initializer; i++, n++)
		if (names != NULL)
			names[n] = (OnnxName){g->initializer[i]->name, (uint32_t) n};
	for (size_t i = 0; i < g->n_input; i++, n++)
		if (names != NULL)
			names[n] = (OnnxName){g->input[i]->name, (uint32_t) n};
	for (size_t i = 0; i < g->n_node; i++)
		for (size_t k = 0; k < g->node[i]->n_output; k++)
			if (g->node[i]->output[k].len > 0)
			{
				if (names != NULL)
					names[n] = (OnnxName){g->node[i]->output[k], (uint32_t) n};
				n++;
			}
	return n;
}

/* Old files list initializers among the inputs too: of the two the initializer counts. */
static bool
drop_doubles(Onnx *o, OnnxName *sorted, uint32_t *count)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < *count; i++)
	{
		const OnnxText pair[2] = {kept > 0 ? sorted[kept - 1].text : sorted[i].text, sorted[i].text};

		if (kept == 0 || drift_onnx_compare_texts(pair, 0, 1) != 0)
			sorted[kept++] = sorted[i];
		else if (sorted[kept - 1].value >= o->graph->n_initializer || sorted[i].value < o->graph->n_initializer ||
				 sorted[i].value >= o->graph->n_initializer + o->graph->n_input)
			return drift_onnx_refuse(o, DRIFT_CORRUPT, "a name is defined twice", sorted[i].text);
	}
	*count = kept;
	return true;
}

bool
drift_onnx_name_values(Onnx *o)
{
	uint64_t count = list_names(o->graph, NULL);
	OnnxName *names;
	uint32_t *order;
	OnnxName *sorted;

	if (count >= UINT32_MAX)
		return drift_onnx_refuse(o, DRIFT_TOO_LARGE, "too many names", (OnnxText){0});
	names = drift_onnx_allocate(o, count, sizeof(OnnxName));
	list_names(o->graph, names);
	order = drift_onnx_order(o, names, (uint32_t) count, compare_names);
	sorted = drift_onnx_allocate(o, count, sizeof(OnnxName));
	for (uint64_t i = 0; i < count; i++)
		sorted[i] = names[order[i]];
	o->names = (OnnxNames){sorted, (uint32_t) count};
	if (!drop_doubles(o, sorted, &o->names.count))
		return false;
	o->values = drift_onnx_allocate(o, count, sizeof(OnnxValue));
	for (size_t i = 0; i < o->graph->n_initializer; i++)
		o->values[i] = (OnnxValue){.kind = ONNX_CONSTANT,
								   .type = (OnnxType) o->graph->initializer[i]->data_type,
								   .tensor = o->graph->initializer[i]};
	return true;
}

OnnxValue *
drift_onnx_find(Onnx *o, OnnxText name)
{
	uint32_t low = 0;
	uint32_t high = o->names.count;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;
		const OnnxText pair[2] = {o->names.sorted[middle].text, name};
		int order = drift_onnx_compare_texts(pair, 0, 1);

		if (order == 0)
			return &o->values[o->names.sorted[middle].value];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool
drift_onnx_has_in(const Onnx *o, size_t i)
{
	return i < o->node->n_input && o->node->input[i].len > 0;
}

OnnxValue *
drift_onnx_in(Onnx *o, size_t i)
{
	OnnxValue *v;

	if (!drift_onnx_has_in(o, i))
	{
		drift_onnx_corrupt(o, "an operator lacks an input");
		return NULL;
	}
	v = drift_onnx_find(o, o->node->input[i]);
	if (v == NULL || v->kind == ONNX_UNKNOWN)
	{
		drift_onnx_refuse(o, DRIFT_CORRUPT, "a name is read before it is defined", o->node->input[i]);
		return NULL;
	}
	return v;
}

OnnxValue *
drift_onnx_out(Onnx *o, size_t i)
{
	if (i >= o->node->n_output || o->node->output[i].len == 0)
		return NULL;
	return drift_onnx_find(o, o->node->output[i]);
}
