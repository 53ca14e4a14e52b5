/*
 * labelled_category.c
 *		Categories of labelled rows: a hash table of their counts. When it
 *		passes the memory budget its counts go to an external sort and it
 *		starts anew; equal categories meet again in the sorted stream.
 *
 * Both ways categories come in the same order, by length and then by bytes.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"

#include "compat.h"
#include "pg/labelled.h"

/* A category's share of the reference below which it is pooled: one percent */
#define POOL_DIVISOR 100

typedef struct CategoryKey
{
	const char *bytes;
	uint32 length;
} CategoryKey;

typedef struct CategoryEntry
{
	CategoryKey key;
	uint32 hash;
	char status; /* of the hash table's slot */
	int64 rows[2];
} CategoryEntry;

#define SH_PREFIX categories
#define SH_ELEMENT_TYPE CategoryEntry
#define SH_KEY_TYPE CategoryKey
#define SH_KEY key
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key).bytes, (int) (key).length)
#define SH_EQUAL(table, a, b) ((a).length == (b).length && memcmp((a).bytes, (b).bytes, (a).length) == 0)
#define SH_SCOPE static inline
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct LabelledCategories
{
	Labelled head;
	MemoryContext table_context; /* the table and its labels */
	categories_hash *table;
	Size label_bytes;
	Tuplesortstate *sort;    /* NULL until spilled */
	bool finished;           /* no more rows: the stream is sorted, or the array made */
	CategoryEntry **ordered; /* in memory: the entries in order */
} LabelledCategories;

/* What goes to the sort: bytewise order is by length, then label; the counts follow. */
typedef struct CategoryRecord
{
	int32 varlena_header;
	uint32 length;                     /* big endian */
	char label[FLEXIBLE_ARRAY_MEMBER]; /* then the counts, not aligned */
} CategoryRecord;

static void
ReleaseSort(Datum arg)
{
	LabelledCategories *categories = (LabelledCategories *) DatumGetPointer(arg);

	if (categories->sort)
		tuplesort_end(categories->sort);
	categories->sort = NULL;
}

/* Create an empty state */
Labelled *
LabelledCategoriesCreate(FunctionCallInfo fcinfo, MemoryContext context)
{
	LabelledCategories *categories = MemoryContextAllocZero(context, sizeof(LabelledCategories));

	categories->head.kind = LABELLED_CATEGORIES;
	categories->head.context = context;
	categories->table_context = AllocSetContextCreate(context, "drift categories", ALLOCSET_DEFAULT_SIZES);
	categories->table = categories_create(categories->table_context, 32, NULL);
	AggRegisterCallback(fcinfo, ReleaseSort, PointerGetDatum(categories));
	return &categories->head;
}

/* Write a category and its counts to the sort */
static void
PutRecord(LabelledCategories *categories, const CategoryEntry *entry)
{
	Size size = offsetof(CategoryRecord, label) + entry->key.length + sizeof(entry->rows);
	CategoryRecord *record = palloc(size);

	SET_VARSIZE(record, size);
	record->length = pg_hton32(entry->key.length);
	memcpy(record->label, entry->key.bytes, entry->key.length);
	memcpy(record->label + entry->key.length, entry->rows, sizeof(entry->rows));
	tuplesort_putdatum(categories->sort, PointerGetDatum(record), false);
	pfree(record);
}

/* Move all counts to the sort and empty the table */
static void
Spill(LabelledCategories *categories)
{
	MemoryContext old = MemoryContextSwitchTo(categories->head.context);
	categories_iterator iterator;
	CategoryEntry *entry;

	if (!categories->sort)
	{
		TypeCacheEntry *type = lookup_type_cache(BYTEAOID, TYPECACHE_LT_OPR);

		categories->sort = tuplesort_begin_datum(BYTEAOID, type->lt_opr, InvalidOid, false, Max(work_mem / 2, 64), NULL,
												 TUPLESORT_RANDOMACCESS);
	}
	categories_start_iterate(categories->table, &iterator);
	while ((entry = categories_iterate(categories->table, &iterator)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		PutRecord(categories, entry);
	}
	MemoryContextReset(categories->table_context);
	categories->table = categories_create(categories->table_context, 32, NULL);
	categories->label_bytes = 0;
	MemoryContextSwitchTo(old);
}

/* Give a new entry its own copy of the label */
static void
KeepLabel(LabelledCategories *categories, CategoryEntry *entry)
{
	char *label = MemoryContextAlloc(categories->table_context, Max(entry->key.length, 1));

	memcpy(label, entry->key.bytes, entry->key.length);
	entry->key.bytes = label;
	categories->label_bytes += GetMemoryChunkSpace(label);
}

static Size
TableSize(LabelledCategories *categories)
{
	return categories->label_bytes + categories->table->size * sizeof(CategoryEntry);
}

/* Count a row */
void
LabelledCategoriesAdd(Labelled *state, int side, const CategoryBytes *category)
{
	LabelledCategories *categories = (LabelledCategories *) state;
	CategoryKey key = {category->bytes, category->length};
	bool found;
	CategoryEntry *entry = categories_insert(categories->table, key, &found);

	state->n[side]++;
	if (!found)
	{
		entry->rows[0] = entry->rows[1] = 0;
		KeepLabel(categories, entry);
	}
	entry->rows[side]++;
	if (!found && TableSize(categories) > LabelledBudget())
		Spill(categories);
}

static int
CompareEntries(const void *a, const void *b)
{
	const CategoryKey *x = &(*(CategoryEntry *const *) a)->key;
	const CategoryKey *y = &(*(CategoryEntry *const *) b)->key;

	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return memcmp(x->bytes, y->bytes, x->length);
}

/* Put the categories in order, once for all statistics of the state */
static void
Finish(LabelledCategories *categories)
{
	categories_iterator iterator;
	CategoryEntry *entry;
	uint32 count = 0;

	if (categories->finished)
		return;
	categories->finished = true;
	if (categories->sort)
	{
		Spill(categories);
		tuplesort_performsort(categories->sort);
		return;
	}
	categories->ordered =
		MemoryContextAlloc(categories->head.context, sizeof(CategoryEntry *) * Max(categories->table->members, 1));
	categories_start_iterate(categories->table, &iterator);
	while ((entry = categories_iterate(categories->table, &iterator)) != NULL)
		categories->ordered[count++] = entry;
	qsort(categories->ordered, count, sizeof(CategoryEntry *), CompareEntries);
}

/* Begin a pass over the distinct categories */
void
LabelledCategoriesScan(Labelled *state, CategoryScan *scan)
{
	LabelledCategories *categories = (LabelledCategories *) state;
	Datum record;
	bool isnull;

	Finish(categories);
	*scan = (CategoryScan){.state = state};
	if (!categories->sort)
		return;
	tuplesort_rescan(categories->sort);
	if (tuplesort_getdatum_compat(categories->sort, &record, &isnull))
		scan->ahead = (struct varlena *) DatumGetPointer(record);
}

static uint32
RecordLength(const struct varlena *record)
{
	return pg_ntoh32(((const CategoryRecord *) record)->length);
}

static void
AddRecord(const struct varlena *record, int64 rows[2])
{
	int64 counts[2];

	memcpy(counts, ((const CategoryRecord *) record)->label + RecordLength(record), sizeof(counts));
	rows[0] += counts[0];
	rows[1] += counts[1];
}

static bool
SameCategory(const struct varlena *a, const struct varlena *b)
{
	return RecordLength(a) == RecordLength(b) &&
		   memcmp(((const CategoryRecord *) a)->label, ((const CategoryRecord *) b)->label, RecordLength(a)) == 0;
}

/* Get the next category of the sorted stream, adding up its records */
static bool
NextSpilled(CategoryScan *scan, CategoryBytes *category, int64 rows[2])
{
	LabelledCategories *categories = (LabelledCategories *) scan->state;
	Datum record;
	bool isnull;

	if (scan->last)
		pfree(scan->last);
	scan->last = scan->ahead;
	scan->ahead = NULL;
	if (!scan->last)
		return false;

	rows[0] = rows[1] = 0;
	AddRecord(scan->last, rows);
	while (tuplesort_getdatum_compat(categories->sort, &record, &isnull))
	{
		struct varlena *next = (struct varlena *) DatumGetPointer(record);

		CHECK_FOR_INTERRUPTS();
		if (!SameCategory(scan->last, next))
		{
			scan->ahead = next;
			break;
		}
		AddRecord(next, rows);
		pfree(next);
	}
	category->bytes = ((CategoryRecord *) scan->last)->label;
	category->length = RecordLength(scan->last);
	return true;
}

/* Get the next category and its rows; its bytes live until the next call */
bool
LabelledNextCategory(CategoryScan *scan, CategoryBytes *category, int64 rows[2])
{
	LabelledCategories *categories = (LabelledCategories *) scan->state;
	CategoryEntry *entry;

	if (categories->sort)
		return NextSpilled(scan, category, rows);
	if (scan->at == categories->table->members)
		return false;
	entry = categories->ordered[scan->at++];
	category->bytes = entry->key.bytes;
	category->length = entry->key.length;
	rows[0] = entry->rows[0];
	rows[1] = entry->rows[1];
	return true;
}

/*
 * Compare the shares of both sides in the categories. With pool, those that
 * hold under 1 % of the reference count as one; unseen ones stay apart.
 */
void
LabelledCategoriesDivergence(Labelled *state, bool pool, DriftDivergence *divergence)
{
	CategoryScan scan;
	CategoryBytes category;
	int64 rows[2];
	int64 other[2] = {0, 0};

	drift_divergence_init(divergence, state->n[0], state->n[1], DRIFT_DEFAULT_FLOOR);
	LabelledCategoriesScan(state, &scan);
	while (LabelledNextCategory(&scan, &category, rows))
	{
		if (pool && rows[0] > 0 && rows[0] < (state->n[0] + POOL_DIVISOR - 1) / POOL_DIVISOR)
		{
			other[0] += rows[0];
			other[1] += rows[1];
		}
		else
			drift_divergence_step(divergence, rows[0], rows[1]);
	}
	drift_divergence_step(divergence, other[0], other[1]);
}
