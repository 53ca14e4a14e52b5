#include "stats/binary_auc.h"

/* In a bucket with so many keys of a class comparing all pairs costs less than sorting. */
#define COMPARE_ALL 32

#define SKIPPED UINT32_MAX

__extension__ typedef unsigned __int128 Wide;

/* Gives a place to the keys of each bucket that has both classes. */
static void
choose_buckets(DriftAuc *a)
{
	int64_t used[2] = {0, 0};

	a->fullest = 0;
	for (uint32_t b = 0; b < a->buckets.count; b++)
	{
		bool mixed = a->rows[0][b] > 0 && a->rows[1][b] > 0;

		for (int class = 0; class < 2; class ++)
		{
			a->cursor[class][b] = mixed ? (uint32_t) used[class] : SKIPPED;
			used[class] += mixed ? a->rows[class][b] : 0;
			if (mixed && a->rows[class][b] > a->fullest)
				a->fullest = a->rows[class][b];
		}
	}
	a->mixed = used[0] + used[1];
}

void
drift_auc_start(DriftAuc *a, const uint64_t *negatives, int64_t n, const uint64_t *positives, int64_t m,
				void (*poll)(void))
{
	a->keys[0] = negatives;
	a->keys[1] = positives;
	a->n[0] = n;
	a->n[1] = m;
	a->poll = poll;
	drift_buckets_fit(&a->buckets, negatives, n, positives, m);
	for (int class = 0; class < 2; class ++)
	{
		if (poll)
			poll();
		memset(a->rows[class], 0, sizeof(a->rows[class][0]) * a->buckets.count);
		drift_buckets_count(&a->buckets, a->keys[class], a->n[class], a->rows[class]);
	}
	choose_buckets(a);
}

/* Copies the keys of one class that are in chosen buckets to their places. */
static void
gather(DriftAuc *a, int class, uint64_t *to)
{
	const DriftBuckets buckets = a->buckets;
	const uint64_t *keys = a->keys[class];
	uint32_t *cursor = a->cursor[class];

	if (a->poll)
		a->poll();
	for (int64_t i = 0; i < a->n[class]; i++)
	{
		uint32_t *place = &cursor[drift_bucket_of(&buckets, keys[i])];

		if (*place != SKIPPED)
			to[(*place)++] = keys[i];
	}
}

/* Twice the pairs whose positive is above, and those that tie: by looking at all. */
static uint64_t
compare_all(const uint64_t *negatives, uint32_t n, const uint64_t *positives, uint32_t m)
{
	uint64_t twice = 0;

	for (uint32_t i = 0; i < m; i++)
	{
		uint64_t key = positives[i];
		uint64_t above = 0;

		for (uint32_t j = 0; j < n; j++)
			above += (uint64_t) (negatives[j] < key) + (uint64_t) (negatives[j] <= key);
		twice += above;
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

double
drift_auc_finish(DriftAuc *a, uint64_t *scratch)
{
	Wide pairs = (Wide) a->n[0] * (Wide) a->n[1];
	Wide twice = 0;
	int64_t below = 0; /* negatives in the buckets before */
	uint64_t *gathered[2] = {scratch, scratch};
	uint64_t *spare = scratch + a->mixed;

	for (uint32_t b = 0; b < a->buckets.count; b++)
		if (a->cursor[0][b] != SKIPPED)
			gathered[1] += a->rows[0][b];
	for (int class = 0; class < 2; class ++)
		gather(a, class, gathered[class]);
	for (uint32_t b = 0; b < a->buckets.count; b++)
	{
		uint32_t n = a->rows[0][b];
		uint32_t m = a->rows[1][b];

		twice += 2 * (Wide) below * m;
		below += n;
		if (a->cursor[0][b] == SKIPPED)
			continue;
		/* cursors stand behind the last key */
		if (n <= COMPARE_ALL || m <= COMPARE_ALL)
			twice += compare_all(gathered[0] + a->cursor[0][b] - n, n, gathered[1] + a->cursor[1][b] - m, m);
		else
		{
			uint64_t *negatives = gathered[0] + a->cursor[0][b] - n;
			uint64_t *positives = gathered[1] + a->cursor[1][b] - m;

			drift_sort_keys(negatives, n, spare, a->poll);
			drift_sort_keys(positives, m, spare, a->poll);
			twice += compare_sorted(negatives, n, positives, m);
		}
	}
	return (double) twice / 2 / (double) pairs;
}
