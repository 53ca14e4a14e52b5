/*
 * relation_kendall.c
 *		Discordant pairs of more rows than memory holds.
 *
 * Pairs come sorted by x and then by y. Their y's are cut into runs that fit
 * in memory; each is sorted, which counts its inversions, and written to a
 * file. Merging the runs counts the inversions between them: a key passes all
 * larger ones that are left in the runs before its own.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/binaryheap.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "pg/labelled.h"
#include "pg/relation.h"

/* Keys read at once from each run: as many as memory allows between these */
#define MIN_BLOCK 64
#define MAX_BLOCK 1024

typedef struct Runs
{
	BufFile *file; /* the sorted runs, one after another */
	int64 length;  /* keys of each run but the last */
	int64 count;   /* runs */
	uint64 *keys;  /* the run that is being filled */
	uint64 *scratch;
	int64 used;
	int64 n;          /* keys of all runs in the file */
	int64 inversions; /* within runs and between those merged so far */
} Runs;

/* Where a merge stands in a run */
typedef struct RunReader
{
	int64 at; /* the next key to load from the file */
	int64 end;
	int64 next; /* in the block */
	int64 loaded;
	uint64 *block;
} RunReader;

typedef struct Merge
{
	const Runs *runs;
	RunReader *readers;
	int64 block_keys;
	int64 *left; /* Fenwick tree of the keys that are left in each run */
} Merge;

static void
BeginRuns(Runs *runs)
{
	*runs = (Runs){.length = Max(PairBudget() / (2 * sizeof(uint64)), MAX_BLOCK)};
	runs->file = BufFileCreateTemp(false);
	runs->keys = MemoryContextAllocHuge(CurrentMemoryContext, 2 * sizeof(uint64) * runs->length);
	runs->scratch = runs->keys + runs->length;
}

static void
FlushRun(Runs *runs)
{
	if (runs->used == 0)
		return;
	runs->inversions += drift_sort_inversions(runs->keys, runs->used, runs->scratch, LabelledPoll);
	BufFileWrite(runs->file, runs->keys, sizeof(uint64) * runs->used);
	runs->n += runs->used;
	runs->count++;
	runs->used = 0;
}

static inline void
AddKey(Runs *runs, uint64 key)
{
	if (runs->used == runs->length)
		FlushRun(runs);
	runs->keys[runs->used++] = key;
}

/* ------------------------------------------------------------------------
 * Merge
 * ------------------------------------------------------------------------ */

/* Add to the keys left in a run */
static void
AddLeft(Merge *merge, int64 run, int64 keys)
{
	for (int64 i = run + 1; i <= merge->runs->count; i += i & -i)
		merge->left[i] += keys;
}

/* Count the keys left in the runs before one */
static int64
LeftBefore(const Merge *merge, int64 run)
{
	int64 sum = 0;

	for (int64 i = run; i > 0; i -= i & -i)
		sum += merge->left[i];
	return sum;
}

/* Load the next keys of a run; false at its end */
static bool
LoadRun(const Merge *merge, RunReader *reader)
{
	int64 keys = Min(merge->block_keys, reader->end - reader->at);
	off_t offset = reader->at * sizeof(uint64);
	BufFile *file = merge->runs->file;

	CHECK_FOR_INTERRUPTS();
	if (keys == 0)
		return false;
	if (BufFileSeekBlock(file, offset / BLCKSZ) != 0 || BufFileSeek(file, 0, offset % BLCKSZ, SEEK_CUR) != 0 ||
		BufFileRead(file, reader->block, sizeof(uint64) * keys) != sizeof(uint64) * keys)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read back the sorted pairs of an aggregate")));
	reader->at += keys;
	reader->next = 0;
	reader->loaded = keys;
	return true;
}

/* Order of the heap, the smallest key on top; of equal ones that of the earliest run, which it does not pass */
static int
CompareRuns(Datum a, Datum b, void *arg)
{
	const RunReader *readers = ((const Merge *) arg)->readers;
	int64 i = DatumGetInt64(a);
	int64 j = DatumGetInt64(b);
	uint64 x = readers[i].block[readers[i].next];
	uint64 y = readers[j].block[readers[j].next];

	if (x != y)
		return x < y ? 1 : -1;
	return i < j ? 1 : -1;
}

static binaryheap *
BeginMerge(Merge *merge, const Runs *runs)
{
	binaryheap *heap = binaryheap_allocate(runs->count, CompareRuns, merge);
	int64 room = PairBudget() / sizeof(uint64) / Max(runs->count, 1);

	merge->runs = runs;
	merge->readers = palloc(sizeof(RunReader) * Max(runs->count, 1));
	merge->left = palloc0(sizeof(int64) * (runs->count + 1));
	merge->block_keys = Min(Max(room, MIN_BLOCK), MAX_BLOCK);
	for (int64 run = 0; run < runs->count; run++)
	{
		RunReader *reader = &merge->readers[run];

		reader->at = run * runs->length;
		reader->end = Min(reader->at + runs->length, runs->n);
		reader->block = palloc(sizeof(uint64) * merge->block_keys);
		AddLeft(merge, run, reader->end - reader->at);
		if (LoadRun(merge, reader))
			binaryheap_add_unordered(heap, Int64GetDatum(run));
	}
	binaryheap_build(heap);
	return heap;
}

/* Merge the runs; what is equal in y comes together */
static void
MergeRuns(Runs *runs, DriftKendall *k)
{
	Merge merge;
	binaryheap *heap = BeginMerge(&merge, runs);
	uint64 last = 0;
	int64 equal = 0;

	while (!binaryheap_empty(heap))
	{
		int64 run = DatumGetInt64(binaryheap_first(heap));
		RunReader *reader = &merge.readers[run];
		uint64 key = reader->block[reader->next++];

		runs->inversions += LeftBefore(&merge, run);
		AddLeft(&merge, run, -1);
		if (equal > 0 && key != last)
		{
			drift_ties_add(&k->y, equal);
			equal = 0;
		}
		last = key;
		equal++;
		if (reader->next < reader->loaded || LoadRun(&merge, reader))
			binaryheap_replace_first(heap, Int64GetDatum(run));
		else
			binaryheap_remove_first(heap);
	}
	drift_ties_add(&k->y, equal);
	binaryheap_free(heap);
}

/* Pass the pairs, sorted by x and y, on to the runs and count those that are equal in x */
static void
ReadSortedPairs(Tuplesortstate *sort, Runs *runs, DriftKendall *k)
{
	uint64 last[2] = {0, 0};
	uint64 pair[2];
	int64 same_x = 0;
	int64 same_both = 0;

	while (GetPair(sort, pair))
	{
		bool in_x = same_x > 0 && pair[0] == last[0];
		bool in_both = in_x && pair[1] == last[1];

		CHECK_FOR_INTERRUPTS();
		if (!in_x)
		{
			drift_ties_add(&k->x, same_x);
			same_x = 0;
		}
		if (!in_both)
			same_both = 0;
		k->joint += same_both++;
		same_x++;
		memcpy(last, pair, sizeof(last));
		AddKey(runs, pair[1]);
	}
	drift_ties_add(&k->x, same_x);
}

void
CountSortedPairs(Tuplesortstate *sort, DriftKendall *k)
{
	Runs runs;

	BeginRuns(&runs);
	ReadSortedPairs(sort, &runs, k);
	FlushRun(&runs);
	pfree(runs.keys);
	MergeRuns(&runs, k);
	k->discordant = runs.inversions;
	BufFileClose(runs.file);
}
