/*
 * onnx_parts.c
 *		What all readers of ONNX use: names, refusals, memory.
 */
#include "model/onnx.h"

#include <string.h>

OnnxText
drift_onnx_text(const char *word)
{
	/* The bytes are only read. */
	union
	{
		const char *word;
		uint8_t *bytes;
	} both = {word};

	return (OnnxText){strlen(word), both.bytes};
}

bool
drift_onnx_is(OnnxText text, const char *word)
{
	size_t length = strlen(word);

	return text.len == length && (length == 0 || memcmp(text.data, word, length) == 0);
}

bool
drift_onnx_refuse(Onnx *o, DriftStatus status, const char *reason, OnnxText name)
{
	drift_refuse(o->r, status, reason, (const char *) name.data, name.len, 0);
	return false;
}

bool
drift_onnx_unsupported(Onnx *o, const char *reason, const char *name)
{
	return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, reason, name != NULL ? drift_onnx_text(name) : o->node->op_type);
}

bool
drift_onnx_corrupt(Onnx *o, const char *reason)
{
	return drift_onnx_refuse(o, DRIFT_CORRUPT, reason, o->node != NULL ? o->node->op_type : (OnnxText){0});
}

void *
drift_onnx_allocate(Onnx *o, uint64_t count, size_t element)
{
	size_t size = (size_t) (count > 0 ? count : 1) * element;

	return memset(o->host->allocate(o->host->ctx, size), 0, size);
}
