/*
 * value_store.c
 *		Values that an aggregate keeps, in ascending order.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "pg/labelled.h"
#include "pg/value_store.h"
#include "stats/sample.h"

#define FIRST_CAPACITY 64

/* A word of signs */
#define BLOCK_UNIT 64

/* Begin an external sort and move the array into it */
static void
Spill(ValueStore *store)
{
	MemoryContext old = MemoryContextSwitchTo(store->context);

	store->sort = BeginKeySort();
	MemoryContextSwitchTo(old);
	for (int64 i = 0; i < store->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		tuplesort_putdatum(store->sort, Float8GetDatum(drift_key_value(store->keys[i])), false);
	}
	pfree(store->keys);
	store->keys = NULL;
	store->capacity = 0;
}

/* Double the array as far as the budget goes; false when it is used up */
static bool
Grow(ValueStore *store)
{
	int64 budget = LabelledBudget() / sizeof(uint64);
	int64 capacity = Min(Max(2 * store->capacity, FIRST_CAPACITY), budget);

	if (store->capacity >= budget)
		return false;
	store->keys = store->keys ? repalloc_huge(store->keys, sizeof(uint64) * capacity)
							  : MemoryContextAlloc(store->context, sizeof(uint64) * capacity);
	store->capacity = capacity;
	return true;
}

void
AddValue(ValueStore *store, double value)
{
	if (unlikely(store->n >= store->capacity) && store->sort == NULL && !Grow(store))
		Spill(store);
	if (store->sort)
		tuplesort_putdatum(store->sort, Float8GetDatum(value + 0.0), false);
	else
		store->keys[store->n] = drift_key_of(value);
	store->n++;
}

static void
SortInMemory(ValueStore *store)
{
	uint64 *scratch = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * Max(store->n, 1));

	drift_sort_keys(store->keys, store->n, scratch, LabelledPoll);
	pfree(scratch);
}

static void
SortToFile(ValueStore *store)
{
	MemoryContext old = MemoryContextSwitchTo(store->context);

	store->file = WriteSortedKeys(store->sort);
	tuplesort_end(store->sort);
	store->sort = NULL;
	MemoryContextSwitchTo(old);
}

void
OpenValues(ValueStore *store, SortedKeys *sorted)
{
	if (!store->sorted)
	{
		if (store->sort)
			SortToFile(store);
		else
			SortInMemory(store);
		store->sorted = true;
	}
	OpenSortedKeys(sorted, store->keys, store->file, store->n);
}

int64
ValueBlock(const ValueStore *store)
{
	int64 room = store->file ? Min(store->n, (int64) (LabelledBudget() / sizeof(double))) : store->n;

	return Max(TYPEALIGN64(BLOCK_UNIT, room), BLOCK_UNIT);
}

int64
ReadValues(SortedKeys *sorted, int64 first, double *values, int64 room)
{
	int64 count = Min(room, sorted->n - first);

	for (int64 i = 0; i < count; i++)
		values[i] = drift_key_value(KeyAt(sorted, first + i));
	return count;
}

void
SumValues(SortedKeys *sorted, DriftSum *sum, DriftSum *size)
{
	*sum = *size = (DriftSum){0};
	for (int64 rank = 0; rank < sorted->n; rank++)
	{
		double value = drift_key_value(KeyAt(sorted, rank));

		drift_sum_add(sum, value);
		drift_sum_add(size, fabs(value));
	}
}

void
CloseValues(ValueStore *store)
{
	if (store->sort)
		tuplesort_end(store->sort);
	if (store->file)
		BufFileClose(store->file);
	store->sort = NULL;
	store->file = NULL;
}
