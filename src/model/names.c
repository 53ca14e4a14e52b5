#include "model/names.h"

#include <string.h>

typedef struct Names
{
	const DriftInput *inputs;
	const DriftString *strings;
	const char *text;
} Names;

/* Any order does that puts equal names side by side. */
static int
compare(const Names *n, uint32_t a, uint32_t b)
{
	const DriftString *x = &n->strings[n->inputs[a].name];
	const DriftString *y = &n->strings[n->inputs[b].name];

	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return x->length == 0 ? 0 : memcmp(n->text + x->start, n->text + y->start, x->length);
}

/* Lets the element at a place sink in the heap of the first count. */
static void
sink(const Names *n, uint32_t *heap, uint64_t at, uint64_t count)
{
	for (uint64_t child; (child = 2 * at + 1) < count; at = child)
	{
		uint32_t sinking = heap[at];

		if (child + 1 < count && compare(n, heap[child], heap[child + 1]) < 0)
			child++;
		if (compare(n, sinking, heap[child]) >= 0)
			break;
		heap[at] = heap[child];
		heap[child] = sinking;
	}
}

uint32_t
drift_draft_repeated_input(const DriftDraft *d)
{
	Names n = {drift_draft_section(d, DRIFT_SECTION_INPUTS), drift_draft_section(d, DRIFT_SECTION_STRINGS),
			   drift_draft_section(d, DRIFT_SECTION_TEXT)};
	uint64_t count = drift_draft_count(d, DRIFT_SECTION_INPUTS);
	uint32_t *heap = d->host->allocate(d->host->ctx, count * sizeof(uint32_t) + 1);
	uint32_t last = DRIFT_NO_INPUT;

	for (uint64_t i = 0; i < count; i++)
		heap[i] = (uint32_t) i;
	for (uint64_t i = count / 2; i-- > 0;)
		sink(&n, heap, i, count);
	for (; count > 0; count--)
	{
		uint32_t largest = heap[0];

		if (last != DRIFT_NO_INPUT && compare(&n, last, largest) == 0)
			return largest;
		last = largest;
		heap[0] = heap[count - 1];
		sink(&n, heap, 0, count - 1);
	}
	return DRIFT_NO_INPUT;
}
