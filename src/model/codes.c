#include "model/codes.h"

uint32_t
drift_rank_half(uint64_t n)
{
	uint32_t half = 1;

	while (2 * (uint64_t) half - 1 < n)
		half *= 2;
	return half;
}

static void
sift_down(uint64_t *heap, uint64_t at, uint64_t n)
{
	uint64_t moved = heap[at];

	for (uint64_t child; (child = 2 * at + 1) < n; at = child)
	{
		child += child + 1 < n && heap[child] < heap[child + 1];
		if (heap[child] <= moved)
			break;
		heap[at] = heap[child];
	}
	heap[at] = moved;
}

uint64_t
drift_sort_distinct(uint64_t *codes, uint64_t n)
{
	uint64_t kept = 0;

	for (uint64_t i = n / 2; i-- > 0;)
		sift_down(codes, i, n);
	for (uint64_t left = n; left-- > 1;)
	{
		uint64_t last = codes[left];

		codes[left] = codes[0];
		codes[0] = last;
		sift_down(codes, 0, left);
	}
	for (uint64_t i = 0; i < n; i++)
		if (i == 0 || codes[i] != codes[i - 1])
			codes[kept++] = codes[i];
	return kept;
}
