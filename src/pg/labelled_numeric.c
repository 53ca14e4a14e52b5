/*
 * labelled_numeric.c
 *		Numbers of labelled rows: two arrays of keys (stats/sample.h), or two
 *		sorted files once the arrays pass the memory budget.
 *
 * The moments are taken in the order in which rows arrive and everything else
 * from the order of the values, so that results do not depend on which of the
 * two it was.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "errors.h"
#include "pg/labelled.h"

#define FIRST_CAPACITY 64

/* Logarithm of the number of bits in which distinct values are counted */
#define DISTINCT_BITS 20

struct LabelledNumbers
{
	Labelled head;
	uint64 *keys[2];
	int64 capacity[2]; /* 0 once spilled */
	bool spilled;
	bool sorted; /* the arrays are, or the files exist */
	bool compared;
	bool differenced;
	bool binned;
	Tuplesortstate *sort[2]; /* spilled and not sorted yet */
	BufFile *file[2];        /* spilled and sorted */
	int64 moments_taken[2];  /* keys that moments are of */
	DriftMoments moments[2];
	DriftTwoSample comparison;
	DriftEdf difference;
	DriftDivergence divergence;
};

/* Close what the memory context does not */
static void
ReleaseFiles(Datum arg)
{
	LabelledNumbers *numbers = (LabelledNumbers *) DatumGetPointer(arg);

	for (int side = 0; side < 2; side++)
	{
		if (numbers->sort[side])
			tuplesort_end(numbers->sort[side]);
		if (numbers->file[side])
			BufFileClose(numbers->file[side]);
		numbers->sort[side] = NULL;
		numbers->file[side] = NULL;
	}
}

/* Create an empty state */
Labelled *
LabelledNumbersCreate(FunctionCallInfo fcinfo, MemoryContext context)
{
	LabelledNumbers *numbers = MemoryContextAllocZero(context, sizeof(LabelledNumbers));

	numbers->head.kind = LABELLED_NUMBERS;
	numbers->head.context = context;
	AggRegisterCallback(fcinfo, ReleaseFiles, PointerGetDatum(numbers));
	return &numbers->head;
}

/* Bring the moments up to the last key; arrays are still in the order of arrival */
static void
TakeMoments(LabelledNumbers *numbers, int side)
{
	for (int64 i = numbers->moments_taken[side]; i < numbers->head.n[side]; i++)
		drift_moments_add(&numbers->moments[side], drift_key_value(numbers->keys[side][i]));
	numbers->moments_taken[side] = numbers->head.n[side];
}

/* Begin an external sort of each side and move the arrays into it */
static void
Spill(LabelledNumbers *numbers)
{
	MemoryContext old = MemoryContextSwitchTo(numbers->head.context);

	numbers->spilled = true;
	for (int side = 0; side < 2; side++)
	{
		TakeMoments(numbers, side);
		numbers->sort[side] = BeginKeySort();
		for (int64 i = 0; i < numbers->head.n[side]; i++)
		{
			CHECK_FOR_INTERRUPTS();
			tuplesort_putdatum(numbers->sort[side], Float8GetDatum(drift_key_value(numbers->keys[side][i])), false);
		}
		if (numbers->keys[side])
			pfree(numbers->keys[side]);
		numbers->keys[side] = NULL;
		numbers->capacity[side] = 0;
	}
	MemoryContextSwitchTo(old);
}

/* Double an array as far as the budget of both goes; false when it is used up */
static bool
Grow(LabelledNumbers *numbers, int side)
{
	int64 budget = LabelledBudget() / sizeof(uint64) - numbers->capacity[1 - side];
	int64 capacity = numbers->capacity[side];

	if (capacity == 0)
	{
		numbers->keys[side] = MemoryContextAlloc(numbers->head.context, sizeof(uint64) * FIRST_CAPACITY);
		numbers->capacity[side] = FIRST_CAPACITY;
		return true;
	}
	if (capacity >= budget)
		return false;
	capacity = Min(2 * capacity, budget);
	numbers->keys[side] = repalloc_huge(numbers->keys[side], sizeof(uint64) * capacity);
	numbers->capacity[side] = capacity;
	return true;
}

/* Add a number where there is no room for it, or no array any more */
static pg_noinline void
AddSlowly(LabelledNumbers *numbers, int side, double value)
{
	if (!numbers->spilled && !Grow(numbers, side))
		Spill(numbers);
	if (!numbers->spilled)
	{
		numbers->keys[side][numbers->head.n[side]++] = drift_key_of(value);
		return;
	}
	value += 0.0; /* as a key would, this makes one zero of two */
	drift_moments_add(&numbers->moments[side], value);
	tuplesort_putdatum(numbers->sort[side], Float8GetDatum(value), false);
	numbers->head.n[side]++;
	numbers->moments_taken[side]++;
}

/* Add a number that is not NaN */
void
LabelledNumbersAdd(Labelled *state, int side, double value)
{
	LabelledNumbers *numbers = (LabelledNumbers *) state;

	if (likely(state->n[side] < numbers->capacity[side]))
		numbers->keys[side][state->n[side]++] = drift_key_of(value);
	else
		AddSlowly(numbers, side, value);
}

/* Sort an external side to a file */
static void
SortToFile(LabelledNumbers *numbers, int side)
{
	MemoryContext old = MemoryContextSwitchTo(numbers->head.context);

	numbers->file[side] = WriteSortedKeys(numbers->sort[side]);
	tuplesort_end(numbers->sort[side]);
	numbers->sort[side] = NULL;
	MemoryContextSwitchTo(old);
}

/* Sort both sides, once for all statistics of the state */
static void
SortNumbers(LabelledNumbers *numbers)
{
	if (numbers->sorted)
		return;
	for (int side = 0; side < 2; side++)
	{
		uint64 *scratch;

		if (numbers->spilled)
		{
			SortToFile(numbers, side);
			continue;
		}
		TakeMoments(numbers, side);
		scratch = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * Max(numbers->head.n[side], 1));
		drift_sort_keys(numbers->keys[side], numbers->head.n[side], scratch, LabelledPoll);
		pfree(scratch);
	}
	numbers->sorted = true;
}

/* Open a sorted side for reading */
static void
OpenSide(LabelledNumbers *numbers, int side, SortedKeys *sorted)
{
	OpenSortedKeys(sorted, numbers->keys[side], numbers->file[side], numbers->head.n[side]);
}

/* Begin a pass over the distinct numbers of both sides */
void
LabelledNumbersScan(Labelled *state, NumberScan *scan)
{
	LabelledNumbers *numbers = (LabelledNumbers *) state;

	SortNumbers(numbers);
	for (int side = 0; side < 2; side++)
	{
		OpenSide(numbers, side, &scan->side[side]);
		scan->at[side] = 0;
	}
}

/* Count the keys that equal key from where the scan stands, and go past them */
static inline int64
SkipEqual(NumberScan *scan, int side, uint64 key)
{
	SortedKeys *sorted = &scan->side[side];
	int64 first = scan->at[side];
	int64 at = first;

	while (at < sorted->n && KeyAt(sorted, at) == key)
		at++;
	scan->at[side] = at;
	return at - first;
}

/* Get the next number and the rows of each side that hold it */
bool
LabelledNextNumber(NumberScan *scan, double *value, int64 rows[2])
{
	bool left[2];
	uint64 key;

	left[0] = scan->at[0] < scan->side[0].n;
	left[1] = scan->at[1] < scan->side[1].n;
	if (!left[0] && !left[1])
		return false;
	if (left[0] && left[1])
		key = Min(KeyAt(&scan->side[0], scan->at[0]), KeyAt(&scan->side[1], scan->at[1]));
	else
		key = left[0] ? KeyAt(&scan->side[0], scan->at[0]) : KeyAt(&scan->side[1], scan->at[1]);
	rows[0] = SkipEqual(scan, 0, key);
	rows[1] = SkipEqual(scan, 1, key);
	*value = drift_key_value(key);
	return true;
}

/* Compare the sorted sides, once for all statistics of the state */
const DriftTwoSample *
LabelledNumbersCompare(Labelled *state)
{
	LabelledNumbers *numbers = (LabelledNumbers *) state;

	if (!numbers->compared)
	{
		NumberScan *scan = palloc(sizeof(NumberScan));
		double value;
		int64 rows[2];

		LabelledNumbersScan(state, scan);
		drift_two_sample_init(&numbers->comparison, state->n[0], state->n[1]);
		while (LabelledNextNumber(scan, &value, rows))
		{
			CHECK_FOR_INTERRUPTS();
			drift_two_sample_step(&numbers->comparison, value, rows[0], rows[1]);
		}
		pfree(scan);
		numbers->compared = true;
	}
	return &numbers->comparison;
}

/* Take the difference of the distribution functions of the sorted sides, once for all statistics of the state */
const DriftEdf *
LabelledNumbersDifference(Labelled *state)
{
	LabelledNumbers *numbers = (LabelledNumbers *) state;

	if (!numbers->differenced)
	{
		NumberScan *scan = palloc(sizeof(NumberScan));
		double value;
		int64 rows[2];

		LabelledNumbersScan(state, scan);
		drift_edf_init(&numbers->difference, state->n[0], state->n[1]);
		while (LabelledNextNumber(scan, &value, rows))
		{
			CHECK_FOR_INTERRUPTS();
			drift_edf_step(&numbers->difference, value, rows[0], rows[1]);
		}
		pfree(scan);
		numbers->differenced = true;
	}
	return &numbers->difference;
}

/* Decide whether to count keys in buckets rather than sort them; the counters must fit in memory too */
static bool
WorthCounting(const LabelledNumbers *numbers, Size counters)
{
	const int64 *n = numbers->head.n;

	return !numbers->sorted && !numbers->spilled && n[0] + n[1] >= DRIFT_SAMPLE_SMALL &&
		   Max(n[0], n[1]) <= DRIFT_SAMPLE_LARGE && counters <= LabelledBudget();
}

/* Get the Kolmogorov-Smirnov distance, without sorting where nothing else wants that */
double
LabelledNumbersKs(Labelled *state)
{
	LabelledNumbers *numbers = (LabelledNumbers *) state;
	DriftKsSearch *search;
	double distance;

	if (!WorthCounting(numbers, sizeof(DriftKsSearch)))
		return drift_two_sample_ks(LabelledNumbersCompare(state));

	search = palloc(sizeof(DriftKsSearch));
	drift_ks_start(search, numbers->keys[0], state->n[0], numbers->keys[1], state->n[1], LabelledPoll);
	distance = search->distance;
	if (search->candidates > 0)
	{
		uint64 *scratch = MemoryContextAllocHuge(CurrentMemoryContext, 2 * sizeof(uint64) * search->candidates);

		distance = drift_ks_finish(search, scratch);
		pfree(scratch);
	}
	pfree(search);
	return distance;
}

/*
 * Estimate whether the reference has at most that many distinct values, without
 * sorting: count the bits that their hashes set (linear counting: Whang,
 * Vander-Zanden and Taylor 1990). The margin of 5 % is many times the error.
 */
bool
LabelledNumbersMayRepeat(Labelled *state, int64 most_distinct)
{
	LabelledNumbers *numbers = (LabelledNumbers *) state;
	const int64 bits = INT64CONST(1) << DISTINCT_BITS;
	int64 most_set = (int64) (-expm1(-1.05 * (double) most_distinct / (double) bits) * (double) bits);
	int64 set = 0;
	uint64 *bitmap;

	if (numbers->sorted || numbers->spilled)
		return true;
	bitmap = palloc0(bits / 8);
	for (int64 i = 0; i < state->n[0] && set <= most_set; i++)
	{
		uint64 hash = (numbers->keys[0][i] * UINT64CONST(0x9e3779b97f4a7c15)) ^ (numbers->keys[0][i] >> 32);
		uint64 bit;

		hash = hash * UINT64CONST(0xbf58476d1ce4e5b9) >> (64 - DISTINCT_BITS);
		bit = UINT64CONST(1) << (hash % 64);
		set += (bitmap[hash / 64] & bit) == 0;
		bitmap[hash / 64] |= bit;
	}
	pfree(bitmap);
	return set <= most_set;
}

/* Get the keys of both sides as they arrived, where what asks for no order is faster from them; else false */
bool
LabelledNumbersUnsorted(Labelled *state, const uint64 *keys[2])
{
	LabelledNumbers *numbers = (LabelledNumbers *) state;

	keys[0] = numbers->keys[0];
	keys[1] = numbers->keys[1];
	return WorthCounting(numbers, sizeof(DriftSelector)) && state->n[0] + state->n[1] <= DRIFT_SAMPLE_LARGE;
}

/* Get the moments of both sides */
const DriftMoments *
LabelledNumbersMoments(Labelled *state)
{
	LabelledNumbers *numbers = (LabelledNumbers *) state;

	TakeMoments(numbers, 0);
	TakeMoments(numbers, 1);
	return numbers->moments;
}

/* Count the rows of a sorted side in each bin */
static void
SortedCountBins(SortedKeys *sorted, const double *edges, uint32 edge_count, int64 *counts)
{
	int64 below = 0;

	for (uint32 i = 0; i < edge_count; i++)
	{
		int64 upto = SortedRank(sorted, drift_key_of(edges[i]) + 1);

		counts[i] = upto - below;
		below = upto;
	}
	counts[edge_count] = sorted->n - below;
}

/* Cut the reference into bins and count both sides, in sorted arrays or files */
static uint32
CountSorted(LabelledNumbers *numbers, double *edges, int64 *counts[2])
{
	SortedKeys *sorted = palloc(sizeof(SortedKeys));
	DriftRanked ranked;
	uint32 edge_count = 0;

	SortNumbers(numbers);
	OpenSide(numbers, 0, sorted);
	ranked = RankedKeys(sorted);
	DriftCheck(drift_reference_edges(&ranked, numbers->head.bins, edges, &edge_count));
	SortedCountBins(sorted, edges, edge_count, counts[0]);
	OpenSide(numbers, 1, sorted);
	SortedCountBins(sorted, edges, edge_count, counts[1]);
	pfree(sorted);
	return edge_count;
}

/* Cut the reference into bins and count both sides, in arrays that are not sorted */
static uint32
CountUnsorted(LabelledNumbers *numbers, double *edges, int64 *counts[2])
{
	int64 n = numbers->head.n[0];
	DriftSelector *selector = palloc(sizeof(DriftSelector));
	uint64 *room = MemoryContextAllocHuge(CurrentMemoryContext, 2 * sizeof(uint64) * n);
	DriftRanked ranked;
	uint32 edge_count = 0;

	drift_selector_init(selector, numbers->keys[0], n, numbers->head.bins, room, room + n, LabelledPoll);
	ranked = drift_selector_ranked(selector);
	DriftCheck(drift_reference_edges(&ranked, numbers->head.bins, edges, &edge_count));
	pfree(room);
	pfree(selector);

	for (int side = 0; side < 2; side++)
	{
		CHECK_FOR_INTERRUPTS();
		drift_count_bins(numbers->keys[side], numbers->head.n[side], edges, edge_count, counts[side]);
	}
	return edge_count;
}

/* Count both sides in the reference's bins, in arrays that have room for DRIFT_MAX_EDGES + 1; returns the number of bins */
uint32
LabelledNumbersCountBins(Labelled *state, int64 *counts[2])
{
	LabelledNumbers *numbers = (LabelledNumbers *) state;
	double *edges = palloc(sizeof(double) * DRIFT_MAX_EDGES);
	uint32 edge_count = WorthCounting(numbers, sizeof(DriftSelector)) ? CountUnsorted(numbers, edges, counts)
																	  : CountSorted(numbers, edges, counts);

	pfree(edges);
	return edge_count + 1;
}

/* Compare the shares of both sides in the reference's bins, once for all statistics of the state */
void
LabelledNumbersDivergence(Labelled *state, DriftDivergence *divergence)
{
	LabelledNumbers *numbers = (LabelledNumbers *) state;

	if (!numbers->binned)
	{
		int64 *counts[2];
		uint32 bins;

		counts[0] = palloc0(sizeof(int64) * (DRIFT_MAX_EDGES + 1));
		counts[1] = palloc0(sizeof(int64) * (DRIFT_MAX_EDGES + 1));
		bins = LabelledNumbersCountBins(state, counts);
		drift_divergence_init(&numbers->divergence, state->n[0], state->n[1], DRIFT_DEFAULT_FLOOR);
		for (uint32 bin = 0; bin < bins; bin++)
			drift_divergence_step(&numbers->divergence, counts[0][bin], counts[1][bin]);
		numbers->binned = true;
		pfree(counts[1]);
		pfree(counts[0]);
	}
	*divergence = numbers->divergence;
}
