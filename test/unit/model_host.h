/*
 * model_host.h
 *		A host for the kernel of models: memory that is freed at once.
 *
 * Each allocation is one of malloc's own, so that what is read or written past
 * it is seen.
 */
#ifndef DRIFT_TEST_MODEL_HOST_H
#define DRIFT_TEST_MODEL_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/draft.h"

typedef struct TestBlock
{
	struct TestBlock *next;
	void *memory;
} TestBlock;

typedef struct TestHost
{
	DriftHost host;
	TestBlock *blocks;
	size_t taken;
} TestHost;

static inline void *
test_host_allocate(void *ctx, size_t size)
{
	TestHost *h = ctx;
	TestBlock *block = malloc(sizeof(TestBlock));

	if (block == NULL || (block->memory = malloc(size > 0 ? size : 1)) == NULL)
		abort();
	block->next = h->blocks;
	h->blocks = block;
	h->taken += size;
	return block->memory;
}

static inline void
test_host_init(TestHost *h)
{
	*h = (TestHost){.host = {.allocate = test_host_allocate, .ctx = h}};
}

static inline void
test_host_free(TestHost *h)
{
	while (h->blocks != NULL)
	{
		TestBlock *block = h->blocks;

		h->blocks = block->next;
		free(block->memory);
		free(block);
	}
	h->taken = 0;
}

#endif
