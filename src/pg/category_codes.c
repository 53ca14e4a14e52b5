#include "postgres.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/category_codes.h"

typedef struct CodeEntry
{
	CategoryBytes category; /* its bytes are never those of own */
	uint32 hash;
	char status; /* of the hash table's slot */
	uint32 code;
} CodeEntry;

#define SH_PREFIX codes
#define SH_ELEMENT_TYPE CodeEntry
#define SH_KEY_TYPE CategoryBytes
#define SH_KEY category
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key).bytes, (int) (key).length)
#define SH_EQUAL(table, a, b) ((a).length == (b).length && memcmp((a).bytes, (b).bytes, (a).length) == 0)
#define SH_SCOPE static inline
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct CategoryCodes
{
	MemoryContext context;
	codes_hash *table;
	Size label_bytes;
	Size limit;
};

CategoryCodes *
CategoryCodesCreate(MemoryContext context)
{
	CategoryCodes *codes = MemoryContextAlloc(context, sizeof(CategoryCodes));

	codes->context = context;
	codes->table = codes_create(context, 32, NULL);
	codes->label_bytes = 0;
	/* both columns of a pair may fill what a hash table of the server may */
	codes->limit = get_hash_memory_limit() / 2;
	return codes;
}

CategoryCodes *
CategoryCodesCreateUnlimited(MemoryContext context)
{
	CategoryCodes *codes = CategoryCodesCreate(context);

	codes->limit = MaxAllocHugeSize;
	return codes;
}

Size
CategoryCodesBytes(const CategoryCodes *codes)
{
	return codes->label_bytes + codes->table->size * sizeof(CodeEntry);
}

int64
CategoryCodesCount(const CategoryCodes *codes)
{
	return codes->table->members;
}

/* Keep the label of a new category */
static void
KeepLabel(CategoryCodes *codes, CodeEntry *entry)
{
	char *label = MemoryContextAlloc(codes->context, Max(entry->category.length, 1));

	memcpy(label, entry->category.bytes, entry->category.length);
	entry->category.bytes = label;
	codes->label_bytes += GetMemoryChunkSpace(label);
	if (CategoryCodesBytes(codes) > codes->limit)
		ereport(ERROR, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED), errmsg("too many categories for work_mem"),
						errdetail("The column has at least %u distinct values.", codes->table->members),
						errhint("Group rare categories into one, or raise work_mem or hash_mem_multiplier.")));
}

uint64
CategoryCode(CategoryCodes *codes, const CategoryBytes *category)
{
	bool found;
	CodeEntry *entry = codes_insert(codes->table, *category, &found);

	if (!found)
	{
		entry->code = codes->table->members - 1;
		KeepLabel(codes, entry);
	}
	return entry->code;
}

void
CategoryCodesLabels(const CategoryCodes *codes, CategoryBytes *labels)
{
	codes_iterator iterator;
	CodeEntry *entry;

	codes_start_iterate(codes->table, &iterator);
	while ((entry = codes_iterate(codes->table, &iterator)) != NULL)
		labels[entry->code] = entry->category;
}
