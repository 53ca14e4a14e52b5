#include "stats/binary_auc.h"

#define MOST_CELLS_BITS 14 /* of one bucket */
#define CELL_ROWS 8        /* so many are wanted in a cell, or more where cells run out */

/* With so many keys of a class in a cell comparing all pairs costs less than sorting. */
#define COMPARE_ALL 32

#define POLL_ROWS 4096

__extension__ typedef unsigned __int128 Wide;

/* Gives each bucket cells by the rows in it. */
static void
divide_buckets(DriftAuc *a, const uint32_t *rows)
{
	/* as many cells as buckets are kept for those that are not divided */
	int64_t wanted = (a->n[0] + a->n[1]) / (DRIFT_AUC_CELLS - DRIFT_AUC_BUCKETS) + 1;

	wanted = wanted > CELL_ROWS ? wanted : CELL_ROWS;
	a->cells = 0;
	for (uint32_t b = 0; b < a->buckets.count; b++)
	{
		uint32_t bits = 0;

		while (bits < MOST_CELLS_BITS && bits < a->buckets.shift && rows[b] >> (bits + 1) >= wanted)
			bits++;
		a->bucket[b].first = a->cells;
		a->bucket[b].shift = (uint16_t) (a->buckets.shift - bits);
		a->bucket[b].mask = (uint16_t) ((1U << bits) - 1);
		a->cells += 1U << bits;
	}
}

static inline uint32_t
cell_of(const DriftAuc *a, const DriftBuckets *buckets, uint64_t key)
{
	uint64_t place = drift_place_of(buckets, key);
	DriftAucBucket bucket = a->bucket[place >> buckets->shift];

	return bucket.first + ((uint32_t) (place >> bucket.shift) & bucket.mask);
}

static void
count_cells(DriftAuc *a, int class)
{
	const DriftBuckets buckets = a->buckets; /* a copy that stores to rows cannot touch */
	const uint64_t *keys = a->keys[class];
	uint32_t *rows = a->rows[class];

	memset(rows, 0, sizeof(rows[0]) * a->cells);
	for (int64_t i = 0; i < a->n[class]; i++)
		rows[cell_of(a, &buckets, keys[i])]++;
	for (uint32_t c = 0; c < a->cells; c++)
		if (rows[c] > a->fullest)
			a->fullest = rows[c];
}

void
drift_auc_start(DriftAuc *a, const uint64_t *negatives, int64_t n, const uint64_t *positives, int64_t m,
				void (*poll)(void))
{
	uint32_t rows[DRIFT_AUC_BUCKETS] = {0};

	a->keys[0] = negatives;
	a->keys[1] = positives;
	a->n[0] = n;
	a->n[1] = m;
	a->poll = poll;
	a->fullest = 0;
	drift_buckets_fit(&a->buckets, negatives, n, positives, m, DRIFT_AUC_BUCKET_BITS);
	if (poll)
		poll();
	drift_buckets_count(&a->buckets, negatives, n, rows);
	drift_buckets_count(&a->buckets, positives, m, rows);
	divide_buckets(a, rows);
	for (int class = 0; class < 2; class ++)
	{
		if (poll)
			poll();
		count_cells(a, class);
	}
}

/* Puts the keys of one class in the order of their cells; rows become where a cell ends. */
static void
gather(DriftAuc *a, int class, uint64_t *to)
{
	const DriftBuckets buckets = a->buckets;
	const uint64_t *keys = a->keys[class];
	uint32_t *next = a->rows[class];
	uint32_t used = 0;

	for (uint32_t c = 0; c < a->cells; c++)
	{
		uint32_t rows = next[c];

		next[c] = used;
		used += rows;
	}
	if (a->poll)
		a->poll();
	for (int64_t i = 0; i < a->n[class]; i++)
		to[next[cell_of(a, &buckets, keys[i])]++] = keys[i];
}

/* Twice the pairs whose positive is above, and those that tie: by looking at all. */
static uint64_t
compare_all(const uint64_t *negatives, uint32_t n, const uint64_t *positives, uint32_t m)
{
	uint64_t twice = 0;

	for (uint32_t i = 0; i < m; i++)
	{
		uint64_t key = positives[i];

		for (uint32_t j = 0; j < n; j++)
			twice += (uint64_t) (negatives[j] < key) + (uint64_t) (negatives[j] <= key);
	}
	return twice;
}

/* The same of sorted keys. */
static Wide
compare_sorted(const uint64_t *negatives, uint32_t n, const uint64_t *positives, uint32_t m)
{
	Wide twice = 0;
	uint32_t below = 0;
	uint32_t upto = 0;

	for (uint32_t i = 0; i < m; i++)
	{
		while (below < n && negatives[below] < positives[i])
			below++;
		while (upto < n && negatives[upto] <= positives[i])
			upto++;
		twice += (uint64_t) below + upto;
	}
	return twice;
}

static Wide
compare_cell(const DriftAuc *a, uint64_t *negatives, uint32_t n, uint64_t *positives, uint32_t m, uint64_t *scratch)
{
	if (a->poll && (int64_t) n + m >= POLL_ROWS)
		a->poll();
	if (n <= COMPARE_ALL || m <= COMPARE_ALL)
		return compare_all(negatives, n, positives, m);
	drift_sort_keys(negatives, n, scratch, a->poll);
	drift_sort_keys(positives, m, scratch, a->poll);
	return compare_sorted(negatives, n, positives, m);
}

double
drift_auc_finish(DriftAuc *a, uint64_t *scratch)
{
	uint64_t *negatives = scratch;
	uint64_t *positives = scratch + a->n[0];
	uint64_t *spare = positives + a->n[1];
	Wide pairs = (Wide) a->n[0] * (Wide) a->n[1];
	Wide twice = 0;
	uint32_t i = 0; /* negatives in the cells before */
	uint32_t j = 0; /* and positives */

	gather(a, 0, negatives);
	gather(a, 1, positives);
	for (uint32_t c = 0; c < a->cells; c++)
	{
		uint32_t n = a->rows[0][c] - i;
		uint32_t m = a->rows[1][c] - j;

		twice += 2 * (Wide) i * m + compare_cell(a, negatives + i, n, positives + j, m, spare);
		i += n;
		j += m;
	}
	return (double) twice / 2 / (double) pairs;
}
