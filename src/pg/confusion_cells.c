/*
 * confusion_cells.c
 *		A hash table of the pairs of classes that occur.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"

#include "compat.h"
#include "pg/multiclass.h"
#include "stats/distinct.h"

typedef struct CellEntry
{
	uint64 pair; /* the code of the prediction above that of what is so */
	ClassRows count;
	char status; /* of the hash table's slot */
} CellEntry;

#define SH_PREFIX cells
#define SH_ELEMENT_TYPE CellEntry
#define SH_KEY_TYPE uint64
#define SH_KEY pair
#define SH_HASH_KEY(table, key) ((uint32) drift_mix(key))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct ConfusionCells
{
	cells_hash *table;
};

ConfusionCells *
ConfusionCellsCreate(MemoryContext context)
{
	ConfusionCells *cells = MemoryContextAlloc(context, sizeof(ConfusionCells));

	cells->table = cells_create(context, 16, NULL);
	return cells;
}

static void
CheckSize(const ConfusionCells *cells)
{
	if (cells->table->size * sizeof(CellEntry) > get_hash_memory_limit())
		ereport(ERROR, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
						errmsg("the confusion matrix is too large for work_mem"),
						errdetail("It has at least %u cells that are not empty.", cells->table->members),
						errhint("Group rare classes into one, or raise work_mem or hash_mem_multiplier.")));
}

ClassRows *
ConfusionCellOf(ConfusionCells *cells, uint32 prediction, uint32 actual)
{
	bool found;
	CellEntry *entry = cells_insert(cells->table, (uint64) prediction << 32 | actual, &found);

	if (!found)
	{
		CheckSize(cells);
		entry->count = (ClassRows){0};
	}
	return &entry->count;
}

int64
ConfusionCellsCount(const ConfusionCells *cells)
{
	return cells->table->members;
}

void
ConfusionCellsList(const ConfusionCells *cells, ConfusionCell *list)
{
	cells_iterator iterator;
	CellEntry *entry;

	cells_start_iterate(cells->table, &iterator);
	while ((entry = cells_iterate(cells->table, &iterator)) != NULL)
		*list++ = (ConfusionCell){entry->pair >> 32, (uint32) entry->pair, entry->count};
}
