/*
 * category.h
 *		The working profile of a categorical column.
 *
 * Every category has its exact number of rows while there are at most
 * category_limit of them, with at most DRIFT_LABEL_BYTES bytes of label each
 * on average. Beyond that the profile keeps the heavy hitters: the counts of
 * all categories are lowered by the same amount, those that reach zero go, and
 * the amount is added to the error (Misra and Gries 1982; mergeable, see
 * Agarwal et al., "Mergeable summaries", PODS 2012). From then on
 *
 *	 - the true count of a listed category is in [count, count + count_error],
 *	 - that of a category not listed is in [0, absent_error],
 *	 - the rows that no count speaks for, drift_category_rest(), are all the
 *	   rows with a value less the sum of the counts.
 *
 * 0 <= count_error <= absent_error <= rest, and all three are zero exactly when
 * the profile is exact. Over n rows whose labels are not long (22 bytes) the
 * error stays below n / (category_limit / 2).
 *
 * A profile is one block without pointers that its owner may move with memcpy.
 * What runs out of room answers DRIFT_NO_SPACE and has changed nothing; the
 * owner then allocates the larger size that it is told, calls
 * drift_category_copy() and tries again.
 *
 * The labels of a boolean column are "false" and "true".
 */
#ifndef DRIFT_STATS_CATEGORY_H
#define DRIFT_STATS_CATEGORY_H

#include "stats/profile.h"

#define DRIFT_CATEGORY_LIMIT 1000 /* categories counted exactly by default */
#define DRIFT_MIN_CATEGORY_LIMIT 32
#define DRIFT_MAX_CATEGORY_LIMIT (1024 * 1024)
#define DRIFT_CATEGORY_START 16 /* categories a new profile should have room for */

#define DRIFT_MAX_LABEL 255  /* bytes of the longest label kept whole */
#define DRIFT_LABEL_BYTES 24 /* room for labels, per category */

typedef struct DriftCategoryEntry
{
	uint64_t hash;
	int64_t count;
	uint32_t offset; /* of the label in the arena */
	uint32_t length;
} DriftCategoryEntry;

typedef struct DriftCategory
{
	DriftProfile profile;
	int64_t counted; /* sum of the counts */
	int64_t count_error;
	int64_t absent_error;
	uint32_t category_limit;
	uint32_t capacity;   /* entries there is room for */
	uint32_t used;       /* entries */
	uint32_t index_mask; /* slots of the index, a power of two, less one */
	uint32_t arena_used; /* bytes of labels; room for capacity * DRIFT_LABEL_BYTES */
	uint32_t padding;
	/* entries[capacity], index[index_mask + 1], arena bytes */
} DriftCategory;

/* Bytes of a profile with room for this many categories and DRIFT_LABEL_BYTES bytes of label for each. */
size_t drift_category_size(uint32_t capacity);

/*
 * Makes an empty profile of the largest capacity that fits; memory is aligned
 * to eight bytes. A limit outside its range is moved to the nearest end.
 * DRIFT_NO_SPACE when size < drift_category_size(DRIFT_CATEGORY_START).
 * host_length is not written.
 */
DriftStatus drift_category_init(void *memory, size_t size, DriftValueType value_type, uint32_t category_limit);

/*
 * Counts a row. Labels are any bytes, also none and zeros; one longer than
 * DRIFT_MAX_LABEL is cut at a character of UTF-8 and ends in '#' and 16 hex
 * digits of its hash, so that long labels that start alike stay apart.
 * DRIFT_NO_SPACE: the profile must grow to drift_category_grown_size().
 * DRIFT_OVERFLOW: there are DRIFT_MAX_COUNT rows already.
 */
DriftStatus drift_category_add(DriftCategory *p, const char *label, size_t length);

/* Counts a row without a value. */
DriftStatus drift_category_add_missing(DriftCategory *p);

/*
 * Lists a label with its count, for unpacking: rows and errors are the
 * caller's. The label must sort after the last one of the same count.
 * DRIFT_CORRUPT: it does not, is listed already or passes a limit;
 * DRIFT_NO_SPACE: no room.
 */
DriftStatus drift_category_append(DriftCategory *p, const char *label, uint32_t length, int64_t count);

/* The size to grow to when drift_category_add() found no room. */
size_t drift_category_grown_size(const DriftCategory *p);

/*
 * Moves src to larger memory, which then has the largest capacity that fits;
 * DRIFT_NO_SPACE when src does not fit. host_length is not written.
 */
DriftStatus drift_category_copy(void *memory, size_t size, const DriftCategory *src);

/*
 * Adds src to dst, as if dst had seen the rows of both; the larger limit holds
 * from then on. Merges of exact profiles that stay exact commute and associate.
 * DRIFT_NO_SPACE: dst must grow to drift_category_merged_size(). On any failure
 * (DRIFT_TYPE_MISMATCH, DRIFT_OVERFLOW) dst is unchanged. src may be dst.
 */
DriftStatus drift_category_merge(DriftCategory *dst, const DriftCategory *src);
size_t drift_category_merged_size(const DriftCategory *dst, const DriftCategory *src);

/*
 * Drops all categories but the first n of order. The counts and the count_error
 * of those stay as they are; absent_error becomes at least what a dropped
 * category can have.
 */
void drift_category_keep(DriftCategory *p, const uint32_t *order, uint32_t n);

/* Is the label listed, and with which count (0 when not)? */
bool drift_category_find(const DriftCategory *p, const char *label, size_t length, int64_t *count);

/* Number of categories, or -1 when the profile is not exact and cannot know. */
int64_t drift_category_distinct(const DriftCategory *p);

/* The listed categories, the largest count first and then by label; order has room for p->used numbers. */
void drift_category_sorted_order(const DriftCategory *p, uint32_t *order);

/* Rows with a value that no count speaks for. */
static inline int64_t
drift_category_rest(const DriftCategory *p)
{
	return drift_profile_n(&p->profile) - p->counted;
}

static inline bool
drift_category_is_exact(const DriftCategory *p)
{
	return drift_category_rest(p) == 0;
}

static inline const DriftCategoryEntry *
drift_category_entry(const DriftCategory *p, uint32_t i)
{
	return (const DriftCategoryEntry *) (const void *) (p + 1) + i;
}

static inline const char *
drift_category_label(const DriftCategory *p, const DriftCategoryEntry *entry)
{
	const DriftCategoryEntry *entries = drift_category_entry(p, p->capacity);
	const uint32_t *index = (const uint32_t *) (const void *) entries;

	return (const char *) (index + p->index_mask + 1) + entry->offset;
}

/*
 * One label of two profiles. The true count of a side is in
 * [c, c + error]; an error is 0 when that side is exact.
 */
typedef struct DriftCategoryPair
{
	const char *label;
	uint32_t length;
	bool in_reference; /* listed there */
	bool in_current;
	int64_t c_reference;
	int64_t c_current;
	int64_t error_reference;
	int64_t error_current;
} DriftCategoryPair;

typedef struct DriftCategoryPairs
{
	const DriftCategory *reference;
	const DriftCategory *current;
	const uint32_t *order; /* the reference's order, then the current's */
	uint32_t next;
} DriftCategoryPairs;

/*
 * The labels listed in either profile: those of the reference in its sorted
 * order, then those of the current side alone in its order. order is scratch
 * for reference->used + current->used numbers and has to live as long as the
 * walk.
 */
void drift_category_pairs_begin(DriftCategoryPairs *pairs, const DriftCategory *reference, const DriftCategory *current,
								uint32_t *order);
bool drift_category_pairs_next(DriftCategoryPairs *pairs, DriftCategoryPair *pair);

/* Is the label listed on both sides, or known to be absent where it is not? */
static inline bool
drift_category_pair_is_shared(const DriftCategoryPairs *pairs, const DriftCategoryPair *pair)
{
	return (pair->in_reference || drift_category_is_exact(pairs->reference)) &&
		   (pair->in_current || drift_category_is_exact(pairs->current));
}

#endif
