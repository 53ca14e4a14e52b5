/*
 * pair_store.h
 *		Pairs of keys that an aggregate keeps: two arrays, or a temporary file
 *		past the memory budget.
 */
#ifndef DRIFT_PG_PAIR_STORE_H
#define DRIFT_PG_PAIR_STORE_H

#include "fmgr.h"

struct BufFile;
struct Tuplesortstate;

/* The owner fills in context and stores; the rest starts as zeros. */
typedef struct PairStore
{
	MemoryContext context; /* lives as long as the aggregate */
	int stores;            /* that share the memory */
	int64 n;               /* pairs */
	int64 capacity;        /* of the arrays */
	uint64 *keys[2];       /* NULL once in a file */
	struct BufFile *file;  /* NULL while the pairs are in the arrays */
} PairStore;

/* Memory for pairs and for what is computed from them: half of work_mem each. */
extern Size PairBudget(void);

extern void AddPair(PairStore *pairs, uint64 x, uint64 y);

/* Close the file, which the memory context does not */
extern void ClosePairs(PairStore *pairs);

/* A pass over the pairs, in the order in which they came; one at a time. */
typedef struct PairScan
{
	const PairStore *pairs;
	int64 at;
} PairScan;

extern PairScan ScanPairs(PairStore *pairs);
extern bool NextPair(PairScan *scan, uint64 pair[2]);

/* A weight as a key that is kept but not sorted by, and back */
static inline uint64
WeightBits(double weight)
{
	uint64 bits;

	memcpy(&bits, &weight, sizeof(bits));
	return bits;
}

static inline double
WeightOfBits(uint64 bits)
{
	double weight;

	memcpy(&weight, &bits, sizeof(weight));
	return weight;
}

/* External sorts of pairs, ascending by the first key and then by the second; sorts share half of work_mem. */
extern struct Tuplesortstate *BeginPairSort(int options, int sorts);
extern void PutPair(struct Tuplesortstate *sort, uint64 first, uint64 second);
extern bool GetPair(struct Tuplesortstate *sort, uint64 pair[2]);

/* Put all pairs into a sort that begins for them, and sort */
extern struct Tuplesortstate *SortPairs(PairStore *pairs, int options, int sorts);

/* Get the key of the next pairs of a sort with random access and count those that have it; 0 at the end. The sort stays before them. */
extern int64 PeekPairs(struct Tuplesortstate *sort, uint64 *key);

#endif
