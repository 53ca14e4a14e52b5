/*
 * category.c
 *		The working profile of a categorical column.
 *
 * Entries are in the order in which their labels came, and so are the labels
 * in the arena: an entry's label always lies behind that of the entry before.
 * The index is a hash table with open addressing, at most half full, whose
 * slots hold the number of an entry plus one, or zero.
 */
#include "stats/category.h"

#include <string.h>

#include "stats/hash.h"

/* A merge may need room for two full profiles before it cuts them down. */
#define MAX_CAPACITY (2 * DRIFT_MAX_CATEGORY_LIMIT)

#define HASH_DIGITS 16

static DriftCategoryEntry *
entries_of(DriftCategory *p)
{
	return (DriftCategoryEntry *) (void *) (p + 1);
}

static uint32_t *
index_of(DriftCategory *p)
{
	return (uint32_t *) (void *) (entries_of(p) + p->capacity);
}

static char *
arena_of(DriftCategory *p)
{
	return (char *) (index_of(p) + p->index_mask + 1);
}

static uint32_t
arena_limit(const DriftCategory *p)
{
	return p->category_limit * DRIFT_LABEL_BYTES;
}

/* The smallest power of two that is at least twice the capacity. */
static uint32_t
index_slots(uint32_t capacity)
{
	uint32_t slots = 2;

	while (slots / 2 < capacity)
		slots *= 2;
	return slots;
}

size_t
drift_category_size(uint32_t capacity)
{
	return sizeof(DriftCategory) + capacity * (sizeof(DriftCategoryEntry) + DRIFT_LABEL_BYTES) +
		   index_slots(capacity) * sizeof(uint32_t);
}

/* The largest capacity whose profile has at most size bytes. */
static uint32_t
capacity_of_size(size_t size)
{
	uint32_t low = 0;
	uint32_t high = MAX_CAPACITY;

	while (low < high)
	{
		uint32_t middle = low + (high - low + 1) / 2;

		if (drift_category_size(middle) <= size)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/*
 * The slot of the label: that of its entry, or the empty one where it would
 * go.
 */
static inline const uint32_t *
find_slot(const DriftCategory *p, uint64_t hash, const char *label, size_t length)
{
	const DriftCategoryEntry *entries = drift_category_entry(p, 0);
	const uint32_t *index = (const uint32_t *) (const void *) (entries + p->capacity);
	const char *arena = (const char *) (index + p->index_mask + 1);

	for (uint32_t i = (uint32_t) hash & p->index_mask;; i = (i + 1) & p->index_mask)
	{
		const DriftCategoryEntry *entry;

		if (index[i] == 0)
			return &index[i];
		entry = &entries[index[i] - 1];
		if (entry->hash == hash && entry->length == length && memcmp(arena + entry->offset, label, length) == 0)
			return &index[i];
	}
}

static const DriftCategoryEntry *
find_entry(const DriftCategory *p, uint64_t hash, const char *label, size_t length)
{
	uint32_t slot = *find_slot(p, hash, label, length);

	return slot == 0 ? NULL : drift_category_entry(p, slot - 1);
}

/* The entry of p for the label that an entry of another profile has, or NULL. */
static const DriftCategoryEntry *
find_same(const DriftCategory *p, const DriftCategory *other, const DriftCategoryEntry *entry)
{
	return find_entry(p, entry->hash, drift_category_label(other, entry), entry->length);
}

static void
rebuild_index(DriftCategory *p)
{
	const DriftCategoryEntry *entries = entries_of(p);
	uint32_t *index = index_of(p);

	memset(index, 0, (p->index_mask + 1) * sizeof(uint32_t));
	for (uint32_t i = 0; i < p->used; i++)
	{
		uint32_t slot = (uint32_t) entries[i].hash & p->index_mask;

		while (index[slot] != 0)
			slot = (slot + 1) & p->index_mask;
		index[slot] = i + 1;
	}
}

static void
set_capacity(DriftCategory *p, uint32_t capacity)
{
	p->capacity = capacity;
	p->index_mask = index_slots(capacity) - 1;
}

DriftStatus
drift_category_init(void *memory, size_t size, DriftValueType value_type, uint32_t category_limit)
{
	DriftCategory *p = memory;
	const size_t host = sizeof(p->profile.host_length);

	if (size < drift_category_size(DRIFT_CATEGORY_START))
		return DRIFT_NO_SPACE;
	if (category_limit < DRIFT_MIN_CATEGORY_LIMIT)
		category_limit = DRIFT_MIN_CATEGORY_LIMIT;
	if (category_limit > DRIFT_MAX_CATEGORY_LIMIT)
		category_limit = DRIFT_MAX_CATEGORY_LIMIT;

	memset((char *) memory + host, 0, sizeof(DriftCategory) - host);
	p->profile.form = DRIFT_WORKING;
	p->profile.kind = DRIFT_CATEGORICAL;
	p->profile.value_type = (uint8_t) value_type;
	p->category_limit = category_limit;
	set_capacity(p, capacity_of_size(size));
	rebuild_index(p);
	return DRIFT_OK;
}

/* Would one more label pass the limits beyond which counts are no longer exact? */
static bool
is_full(const DriftCategory *p, size_t length)
{
	return p->used >= p->category_limit || p->arena_used + length > arena_limit(p);
}

/* Is there memory for so many more labels of so many bytes in all? */
static bool
has_room(const DriftCategory *p, uint32_t labels, uint32_t bytes)
{
	return labels <= p->capacity - p->used && bytes <= p->capacity * DRIFT_LABEL_BYTES - p->arena_used;
}

/* Removes the entries whose count is not positive. */
static void
sweep(DriftCategory *p)
{
	DriftCategoryEntry *entries = entries_of(p);
	char *arena = arena_of(p);
	uint32_t used = 0;
	uint32_t arena_used = 0;

	p->counted = 0;
	for (uint32_t i = 0; i < p->used; i++)
	{
		DriftCategoryEntry entry = entries[i];

		if (entry.count <= 0)
			continue;
		memmove(arena + arena_used, arena + entry.offset, entry.length);
		entry.offset = arena_used;
		entries[used++] = entry;
		arena_used += entry.length;
		p->counted += entry.count;
	}
	p->used = used;
	p->arena_used = arena_used;
	rebuild_index(p);
}

/* Would the categories with more than cut rows be at most keep, with at most keep_bytes of label? */
static bool
survivors_fit(const DriftCategory *p, int64_t cut, uint32_t keep, uint32_t keep_bytes)
{
	const DriftCategoryEntry *entries = drift_category_entry(p, 0);
	uint32_t survivors = 0;
	uint32_t bytes = 0;

	for (uint32_t i = 0; i < p->used; i++)
	{
		uint32_t survives = entries[i].count > cut;

		survivors += survives;
		bytes += survives * entries[i].length;
	}
	return survivors <= keep && bytes <= keep_bytes;
}

/*
 * The step of Misra and Gries: lowers all counts by the least amount after
 * which the categories left fit. When keep is what binds, that amount is the
 * (keep + 1)-th largest count, so at least keep + 1 rows lose their count for
 * each row of error; hence error <= n / (keep + 1).
 */
static void
lower_counts(DriftCategory *p, uint32_t keep, uint32_t keep_bytes)
{
	DriftCategoryEntry *entries = entries_of(p);
	int64_t low = 0;
	int64_t high = p->counted;

	while (low < high)
	{
		int64_t middle = low + (high - low) / 2;

		if (survivors_fit(p, middle, keep, keep_bytes))
			high = middle;
		else
			low = middle + 1;
	}
	for (uint32_t i = 0; i < p->used; i++)
		entries[i].count -= low;
	p->count_error += low;
	p->absent_error += low;
	sweep(p);
}

/* Appends an entry; its label is not there and there is room. */
static void
append(DriftCategory *p, uint32_t *slot, uint64_t hash, const char *label, uint32_t length, int64_t count)
{
	DriftCategoryEntry *entry = entries_of(p) + p->used;

	entry->hash = hash;
	entry->count = count;
	entry->offset = p->arena_used;
	entry->length = length;
	memcpy(arena_of(p) + p->arena_used, label, length);
	p->arena_used += length;
	p->used++;
	*slot = p->used;
}

static uint32_t *
writable_slot(DriftCategory *p, const uint32_t *slot)
{
	return index_of(p) + (slot - index_of(p));
}

/* The label that stands for one of more than DRIFT_MAX_LABEL bytes. */
static size_t
shorten(char *shortened, const char *label, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	size_t kept = DRIFT_MAX_LABEL - 1 - HASH_DIGITS;
	uint64_t hash = drift_hash(label, length);

	/* a continuation byte of UTF-8 must not start what is cut off */
	for (int i = 0; i < 3 && ((unsigned char) label[kept] & 0xc0) == 0x80; i++)
		kept--;
	memcpy(shortened, label, kept);
	shortened[kept] = '#';
	for (size_t i = 0; i < HASH_DIGITS; i++)
		shortened[kept + 1 + i] = digits[hash >> (60 - 4 * i) & 0xf];
	return kept + 1 + HASH_DIGITS;
}

/* A row of a label that is not listed. */
static DriftStatus
add_label(DriftCategory *p, uint64_t hash, const char *label, size_t length)
{
	if (is_full(p, length))
	{
		/* grow as far as the limit allows first: what is kept must not depend on the memory */
		if (p->capacity < p->category_limit)
			return DRIFT_NO_SPACE;
		lower_counts(p, p->category_limit / 2, arena_limit(p) / 2);
	}
	else if (!has_room(p, 1, (uint32_t) length))
		return DRIFT_NO_SPACE;

	append(p, writable_slot(p, find_slot(p, hash, label, length)), hash, label, (uint32_t) length, 1);
	/* it may have had rows before that were dropped */
	p->count_error = p->absent_error;
	return DRIFT_OK;
}

DriftStatus
drift_category_add(DriftCategory *p, const char *label, size_t length)
{
	char shortened[DRIFT_MAX_LABEL];
	uint64_t hash;
	uint32_t slot;

	if (p->profile.row_count >= DRIFT_MAX_COUNT)
		return DRIFT_OVERFLOW;
	if (length > DRIFT_MAX_LABEL)
	{
		length = shorten(shortened, label, length);
		label = shortened;
	}

	hash = drift_hash(label, length);
	slot = *find_slot(p, hash, label, length);
	if (slot != 0)
		entries_of(p)[slot - 1].count++;
	else
	{
		DriftStatus status = add_label(p, hash, label, length);

		if (status != DRIFT_OK)
			return status;
	}
	p->counted++;
	p->profile.row_count++;
	return DRIFT_OK;
}

DriftStatus
drift_category_add_missing(DriftCategory *p)
{
	return drift_profile_add_missing(&p->profile, 1);
}

size_t
drift_category_grown_size(const DriftCategory *p)
{
	uint32_t capacity = 2 * p->capacity;

	return drift_category_size(capacity < p->category_limit ? capacity : p->category_limit);
}

DriftStatus
drift_category_copy(void *memory, size_t size, const DriftCategory *src)
{
	DriftCategory *dst = memory;
	const size_t host = sizeof(dst->profile.host_length);
	uint32_t capacity = capacity_of_size(size);

	if (capacity < DRIFT_CATEGORY_START || capacity < src->used || capacity * DRIFT_LABEL_BYTES < src->arena_used)
		return DRIFT_NO_SPACE;

	memcpy((char *) dst + host, (const char *) src + host, sizeof(DriftCategory) - host);
	set_capacity(dst, capacity);
	memcpy(entries_of(dst), drift_category_entry(src, 0), src->used * sizeof(DriftCategoryEntry));
	if (src->used > 0)
		memcpy(arena_of(dst), drift_category_label(src, drift_category_entry(src, 0)), src->arena_used);
	rebuild_index(dst);
	return DRIFT_OK;
}

/* How many labels of src are not in dst, and their bytes. */
static uint32_t
count_new(const DriftCategory *dst, const DriftCategory *src, uint32_t *bytes)
{
	uint32_t labels = 0;

	*bytes = 0;
	for (uint32_t i = 0; i < src->used; i++)
	{
		const DriftCategoryEntry *entry = drift_category_entry(src, i);

		if (find_same(dst, src, entry) == NULL)
		{
			labels++;
			*bytes += entry->length;
		}
	}
	return labels;
}

size_t
drift_category_merged_size(const DriftCategory *dst, const DriftCategory *src)
{
	uint32_t bytes;
	uint32_t labels = dst->used + count_new(dst, src, &bytes);
	uint32_t capacity = (dst->arena_used + bytes + DRIFT_LABEL_BYTES - 1) / DRIFT_LABEL_BYTES;

	if (capacity < labels)
		capacity = labels;
	return drift_category_size(capacity < dst->capacity ? dst->capacity : capacity);
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * The errors of the union: a label that only one side lists may have had rows
 * on the other that were dropped there.
 */
static void
merge_errors(DriftCategory *dst, const DriftCategory *src, uint32_t only_src)
{
	uint32_t common = src->used - only_src;
	int64_t error = 0;

	if (common > 0)
		error = dst->count_error + src->count_error;
	if (only_src > 0)
		error = larger(error, dst->absent_error + src->count_error);
	if (dst->used > common)
		error = larger(error, dst->count_error + src->absent_error);
	dst->count_error = error;
	dst->absent_error += src->absent_error;
}

static void
merge_counts(DriftCategory *dst, const DriftCategory *src)
{
	for (uint32_t i = 0; i < src->used; i++)
	{
		const DriftCategoryEntry *entry = drift_category_entry(src, i);
		const char *label = drift_category_label(src, entry);
		const uint32_t *slot = find_slot(dst, entry->hash, label, entry->length);

		if (*slot != 0)
			entries_of(dst)[*slot - 1].count += entry->count;
		else
			append(dst, writable_slot(dst, slot), entry->hash, label, entry->length, entry->count);
	}
}

DriftStatus
drift_category_merge(DriftCategory *dst, const DriftCategory *src)
{
	uint32_t bytes;
	uint32_t only_src;

	if (dst->profile.value_type != src->profile.value_type)
		return DRIFT_TYPE_MISMATCH;
	if (src->profile.row_count > DRIFT_MAX_COUNT - dst->profile.row_count)
		return DRIFT_OVERFLOW;
	only_src = count_new(dst, src, &bytes);
	if (!has_room(dst, only_src, bytes))
		return DRIFT_NO_SPACE;

	merge_errors(dst, src, only_src);
	merge_counts(dst, src);
	dst->counted += src->counted;
	dst->profile.row_count += src->profile.row_count;
	dst->profile.missing_count += src->profile.missing_count;
	if (dst->category_limit < src->category_limit)
		dst->category_limit = src->category_limit;
	if (dst->used > dst->category_limit || dst->arena_used > arena_limit(dst))
		lower_counts(dst, dst->category_limit, arena_limit(dst));
	return DRIFT_OK;
}

void
drift_category_keep(DriftCategory *p, const uint32_t *order, uint32_t n)
{
	DriftCategoryEntry *entries = entries_of(p);

	for (uint32_t i = n; i < p->used; i++)
	{
		DriftCategoryEntry *entry = &entries[order[i]];

		p->absent_error = larger(p->absent_error, entry->count + p->count_error);
		entry->count = 0;
	}
	sweep(p);
}

bool
drift_category_find(const DriftCategory *p, const char *label, size_t length, int64_t *count)
{
	char shortened[DRIFT_MAX_LABEL];
	const DriftCategoryEntry *entry;

	if (length > DRIFT_MAX_LABEL)
	{
		length = shorten(shortened, label, length);
		label = shortened;
	}
	entry = find_entry(p, drift_hash(label, length), label, length);
	*count = entry == NULL ? 0 : entry->count;
	return entry != NULL;
}

int64_t
drift_category_distinct(const DriftCategory *p)
{
	return drift_category_is_exact(p) ? (int64_t) p->used : -1;
}

/* Does entry a come before entry b in output? Never true of equal entries. */
static bool
comes_before(const DriftCategory *p, uint32_t a, uint32_t b)
{
	const DriftCategoryEntry *x = drift_category_entry(p, a);
	const DriftCategoryEntry *y = drift_category_entry(p, b);
	uint32_t shorter = x->length < y->length ? x->length : y->length;
	int difference;

	if (x->count != y->count)
		return x->count > y->count;
	difference = memcmp(drift_category_label(p, x), drift_category_label(p, y), shorter);
	return difference != 0 ? difference < 0 : x->length < y->length;
}

/* Moves the element at i down the heap of n whose root comes last. */
static void
sift_down(const DriftCategory *p, uint32_t *order, uint32_t i, uint32_t n)
{
	uint32_t moved = order[i];

	for (uint32_t child = 2 * i + 1; child < n; child = 2 * i + 1)
	{
		if (child + 1 < n && comes_before(p, order[child], order[child + 1]))
			child++;
		if (!comes_before(p, moved, order[child]))
			break;
		order[i] = order[child];
		i = child;
	}
	order[i] = moved;
}

/* Heapsort: no recursion, no memory, and no input that makes it slow. */
void
drift_category_sorted_order(const DriftCategory *p, uint32_t *order)
{
	for (uint32_t i = 0; i < p->used; i++)
		order[i] = i;
	for (uint32_t i = p->used / 2; i > 0; i--)
		sift_down(p, order, i - 1, p->used);
	for (uint32_t n = p->used; n > 1; n--)
	{
		uint32_t last = order[0];

		order[0] = order[n - 1];
		order[n - 1] = last;
		sift_down(p, order, 0, n - 1);
	}
}

DriftStatus
drift_category_append(DriftCategory *p, const char *label, uint32_t length, int64_t count)
{
	uint64_t hash = drift_hash(label, length);
	const uint32_t *slot = find_slot(p, hash, label, length);

	if (*slot != 0 || is_full(p, length))
		return DRIFT_CORRUPT;
	if (!has_room(p, 1, length))
		return DRIFT_NO_SPACE;
	append(p, writable_slot(p, slot), hash, label, length, count);
	p->counted += count;
	return p->used == 1 || comes_before(p, p->used - 2, p->used - 1) ? DRIFT_OK : DRIFT_CORRUPT;
}

void
drift_category_pairs_begin(DriftCategoryPairs *pairs, const DriftCategory *reference, const DriftCategory *current,
						   uint32_t *order)
{
	drift_category_sorted_order(reference, order);
	drift_category_sorted_order(current, order + reference->used);
	pairs->reference = reference;
	pairs->current = current;
	pairs->order = order;
	pairs->next = 0;
}

/* The pair of the entries of one label, either of which may be NULL, but not both. */
static void
fill_pair(const DriftCategoryPairs *pairs, const DriftCategoryEntry *r, const DriftCategoryEntry *c,
		  DriftCategoryPair *pair)
{
	const DriftCategory *reference = pairs->reference;
	const DriftCategory *current = pairs->current;

	pair->label = r != NULL ? drift_category_label(reference, r) : drift_category_label(current, c);
	pair->length = r != NULL ? r->length : c->length;
	pair->in_reference = r != NULL;
	pair->in_current = c != NULL;
	pair->c_reference = r != NULL ? r->count : 0;
	pair->c_current = c != NULL ? c->count : 0;
	pair->error_reference = r != NULL ? reference->count_error : reference->absent_error;
	pair->error_current = c != NULL ? current->count_error : current->absent_error;
}

bool
drift_category_pairs_next(DriftCategoryPairs *pairs, DriftCategoryPair *pair)
{
	const DriftCategory *reference = pairs->reference;
	const DriftCategory *current = pairs->current;

	while (pairs->next < reference->used + current->used)
	{
		uint32_t i = pairs->next++;

		if (i < reference->used)
		{
			const DriftCategoryEntry *r = drift_category_entry(reference, pairs->order[i]);

			fill_pair(pairs, r, find_same(current, reference, r), pair);
			return true;
		}
		else
		{
			const DriftCategoryEntry *c = drift_category_entry(current, pairs->order[i]);

			if (find_same(reference, current, c) != NULL)
				continue;
			fill_pair(pairs, NULL, c, pair);
			return true;
		}
	}
	return false;
}
