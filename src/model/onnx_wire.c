#include <string.h>

#include "model/onnx.h"

/*
 * protobuf-c asks for some 20 bytes for each of a model, twice that where the
 * list of an array doubled just before its end. Who asks for more merges fields
 * that files have once, again and again, or has nothing in his messages.
 */
#define BYTES_PER_BYTE 48
#define BYTES_AT_LEAST ((uint64_t) 1 << 20)
#define BYTES_AT_MOST ((uint64_t) 2 << 30)

#define SMALLEST_CLASS 5
#define CLASSES 40

/* Freed memory is kept by size, in powers of two, since the host takes none back. */
typedef struct Block
{
	struct Block *next;
	uint64_t size_class;
} Block;

typedef struct Memory
{
	const DriftHost *host;
	uint64_t left;
	Block *freed[CLASSES];
	bool too_large;
} Memory;

static void *
take(void *data, size_t size)
{
	Memory *m = data;
	unsigned size_class = SMALLEST_CLASS;
	Block *block;

	if (size > m->left)
	{
		m->too_large = true;
		return NULL;
	}
	m->left -= size;
	while (((uint64_t) 1 << size_class) < size + sizeof(Block))
		size_class++;
	block = m->freed[size_class];
	if (block != NULL)
		m->freed[size_class] = block->next;
	else
		block = m->host->allocate(m->host->ctx, (size_t) 1 << size_class);
	block->size_class = size_class;
	if (m->host->poll != NULL)
		m->host->poll();
	return block + 1;
}

static void
give_back(void *data, void *pointer)
{
	Memory *m = data;
	Block *block;

	if (pointer == NULL)
		return;
	block = (Block *) pointer - 1;
	block->next = m->freed[block->size_class];
	m->freed[block->size_class] = block;
}

OnnxModel *
drift_onnx_unpack(const DriftHost *host, const char *bytes, size_t size, bool *too_large)
{
	uint64_t most = (uint64_t) size * BYTES_PER_BYTE + BYTES_AT_LEAST;
	Memory memory = {.host = host, .left = most < BYTES_AT_MOST ? most : BYTES_AT_MOST};
	ProtobufCAllocator allocator = {take, give_back, &memory};
	ProtobufCMessage *message;

	message = protobuf_c_message_unpack(&drift_onnx__model__descriptor, &allocator, size, (const uint8_t *) bytes);
	*too_large = memory.too_large;
	return (OnnxModel *) message;
}
