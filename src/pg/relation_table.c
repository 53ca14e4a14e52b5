/*
 * relation_table.c
 *		The table of two columns: numbers in bins, categories as they are.
 *
 * Bins are those of stats/bins.h, cut for each column by itself. Cells are
 * counted in an array where that fits in memory, else their numbers are sorted.
 */
#include "postgres.h"

#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "errors.h"
#include "pg/labelled.h"
#include "pg/relation.h"
#include "pg/sorted_keys.h"

/* Where a column is cut; a category is cut already */
typedef struct Cut
{
	bool is_number;
	double *edges;
	uint32 edge_count;
	int64 values; /* bins or categories */
} Cut;

/* ------------------------------------------------------------------------
 * Edges
 * ------------------------------------------------------------------------ */

static void
CutRanked(DriftRanked ranked, int32 bins, Cut *cut)
{
	DriftCheck(drift_reference_edges(&ranked, bins, cut->edges, &cut->edge_count));
}

/* Cut a column in memory, by counting its keys */
static void
CutUnsorted(const RelationState *relation, int side, Cut *cut)
{
	DriftSelector *selector = palloc(sizeof(DriftSelector));
	uint64 *room = MemoryContextAllocHuge(CurrentMemoryContext, 2 * sizeof(uint64) * relation->pairs.n);

	drift_selector_init(selector, relation->pairs.keys[side], relation->pairs.n, relation->bins, room,
						room + relation->pairs.n, LabelledPoll);
	CutRanked(drift_selector_ranked(selector), relation->bins, cut);
	pfree(room);
	pfree(selector);
}

/* Cut a column in memory, by sorting a copy */
static void
CutSorted(const RelationState *relation, int side, Cut *cut)
{
	uint64 *keys = MemoryContextAllocHuge(CurrentMemoryContext, 2 * sizeof(uint64) * relation->pairs.n);
	SortedKeys *sorted = palloc(sizeof(SortedKeys));

	memcpy(keys, relation->pairs.keys[side], sizeof(uint64) * relation->pairs.n);
	drift_sort_keys(keys, relation->pairs.n, keys + relation->pairs.n, LabelledPoll);
	OpenSortedKeys(sorted, keys, NULL, relation->pairs.n);
	CutRanked(RankedKeys(sorted), relation->bins, cut);
	pfree(sorted);
	pfree(keys);
}

/* Cut a column in a file */
static void
CutInFile(RelationState *relation, int side, Cut *cut)
{
	Tuplesortstate *sort = BeginKeySort();
	SortedKeys *sorted = palloc(sizeof(SortedKeys));
	PairScan scan = ScanPairs(&relation->pairs);
	uint64 pair[2];
	BufFile *file;

	while (NextPair(&scan, pair))
		tuplesort_putdatum(sort, Float8GetDatum(drift_key_value(pair[side])), false);
	file = WriteSortedKeys(sort);
	tuplesort_end(sort);
	OpenSortedKeys(sorted, NULL, file, relation->pairs.n);
	CutRanked(RankedKeys(sorted), relation->bins, cut);
	BufFileClose(file);
	pfree(sorted);
}

static void
CutColumn(RelationState *relation, int side, Cut *cut)
{
	const RelationColumn *column = &relation->column[side];

	*cut = (Cut){.is_number = column->codes == NULL};
	if (column->codes)
	{
		cut->values = CategoryCodesCount(column->codes);
		return;
	}
	cut->edges = palloc(sizeof(double) * DRIFT_MAX_EDGES);
	if (relation->pairs.file)
		CutInFile(relation, side, cut);
	else if (relation->pairs.n >= DRIFT_SAMPLE_SMALL && sizeof(DriftSelector) <= PairBudget())
		CutUnsorted(relation, side, cut);
	else
		CutSorted(relation, side, cut);
	cut->values = (int64) cut->edge_count + 1;
}

static inline uint64
PlaceOf(const Cut *cut, uint64 key)
{
	return cut->is_number ? drift_bin_of(cut->edges, cut->edge_count, drift_key_value(key)) : key;
}

/* ------------------------------------------------------------------------
 * Cells
 * ------------------------------------------------------------------------ */

/* Rows counted by the number of their cell, which is place of x * values of y + place of y */
typedef struct Cells
{
	int64 values_y;
	int64 *counts; /* in memory: of all cells, or NULL */
	int64 size;
	int64 at;
	Tuplesortstate *sort; /* else the numbers of the cells of all rows */
	bool has_next;
	int64 next;
	int64 *totals[2];
} Cells;

static void
BeginCells(Cells *cells, int64 values_x, int64 values_y)
{
	Size fit = PairBudget() / sizeof(int64);

	*cells = (Cells){.values_y = values_y};
	cells->totals[0] =
		MemoryContextAllocExtended(CurrentMemoryContext, sizeof(int64) * values_x, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	cells->totals[1] =
		MemoryContextAllocExtended(CurrentMemoryContext, sizeof(int64) * values_y, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	if (values_x <= fit / values_y)
	{
		cells->size = values_x * values_y;
		cells->counts = MemoryContextAllocExtended(CurrentMemoryContext, sizeof(int64) * cells->size,
												   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	}
	else
		cells->sort = tuplesort_begin_datum(INT8OID, Int8LessOperator, InvalidOid, false, Max(work_mem / 2, 64), NULL,
											TUPLESORT_NONE);
}

static inline void
CountRow(Cells *cells, uint64 x, uint64 y)
{
	int64 cell = x * cells->values_y + y;

	cells->totals[0][x]++;
	cells->totals[1][y]++;
	if (likely(cells->counts))
		cells->counts[cell]++;
	else
		tuplesort_putdatum(cells->sort, Int64GetDatum(cell), false);
}

static void
ReadCell(Cells *cells)
{
	Datum cell;
	bool isnull;

	cells->has_next = tuplesort_getdatum_compat(cells->sort, &cell, &isnull);
	cells->next = cells->has_next ? DatumGetInt64(cell) : 0;
}

/* All rows are counted: go to the first cell */
static void
FinishCells(Cells *cells)
{
	if (!cells->sort)
		return;
	tuplesort_performsort(cells->sort);
	ReadCell(cells);
}

/* Get the next cell that is not empty */
static bool
NextCell(Cells *cells, int64 *cell, int64 *count)
{
	if (cells->counts)
	{
		while (cells->at < cells->size && cells->counts[cells->at] == 0)
			cells->at++;
		if (cells->at == cells->size)
			return false;
		*cell = cells->at;
		*count = cells->counts[cells->at++];
		return true;
	}
	if (!cells->has_next)
		return false;
	*cell = cells->next;
	for (*count = 0; cells->has_next && cells->next == *cell; ++*count)
	{
		CHECK_FOR_INTERRUPTS();
		ReadCell(cells);
	}
	return true;
}

static void
EndCells(Cells *cells)
{
	if (cells->counts)
		pfree(cells->counts);
	if (cells->sort)
		tuplesort_end(cells->sort);
}

/* ------------------------------------------------------------------------
 * The table
 * ------------------------------------------------------------------------ */

static int
CompareTotals(const void *a, const void *b)
{
	int64 x = *(const int64 *) a;
	int64 y = *(const int64 *) b;

	return x > y ? -1 : x < y;
}

/*
 * Keep the totals that are not 0, the largest first: what is drawn from them
 * does not depend on the order in which values came, and ends early.
 */
static int64
KeepTotals(MemoryContext context, const int64 *totals, int64 values, const int64 **kept)
{
	int64 *list = MemoryContextAllocHuge(context, sizeof(int64) * values);
	int64 count = 0;

	for (int64 i = 0; i < values; i++)
		if (totals[i] > 0)
			list[count++] = totals[i];
	qsort(list, count, sizeof(int64), CompareTotals);
	*kept = list;
	return count;
}

static void
CountCells(RelationState *relation, Cells *cells, const Cut cuts[2])
{
	PairScan scan = ScanPairs(&relation->pairs);
	uint64 pair[2];

	while (NextPair(&scan, pair))
		CountRow(cells, PlaceOf(&cuts[0], pair[0]), PlaceOf(&cuts[1], pair[1]));
	FinishCells(cells);
}

const DriftCrosstab *
RelationTable(RelationState *relation)
{
	DriftTotals *totals = &relation->totals;
	Cut cuts[2];
	Cells cells;
	int64 cell;
	int64 count;

	if (relation->counted)
		return &relation->table;
	CutColumn(relation, 0, &cuts[0]);
	CutColumn(relation, 1, &cuts[1]);
	BeginCells(&cells, cuts[0].values, cuts[1].values);
	CountCells(relation, &cells, cuts);

	totals->n = relation->pairs.n;
	totals->values_x = KeepTotals(relation->context, cells.totals[0], cuts[0].values, &totals->x);
	totals->values_y = KeepTotals(relation->context, cells.totals[1], cuts[1].values, &totals->y);
	drift_crosstab_init(&relation->table, relation->pairs.n, totals->values_x, totals->values_y);
	while (NextCell(&cells, &cell, &count))
		drift_crosstab_step(&relation->table, count, cells.totals[0][cell / cells.values_y],
							cells.totals[1][cell % cells.values_y]);
	EndCells(&cells);
	relation->counted = true;
	return &relation->table;
}
