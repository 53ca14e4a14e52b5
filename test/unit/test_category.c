/*
 * test_category.c
 *		Categorical profiles: counts, limits, merging, bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/category_codec.h"
#include "stats/category_statistics.h"
#include "stats/hash.h"
#include "unit/category_owner.h"
#include "unit/tap.h"

#define ZIPF_ROWS 1000000
#define ZIPF_LABELS 100000

static void
test_hash(void)
{
	static const struct
	{
		const char *text;
		uint64_t hash;
	} vectors[] = {
		{"", UINT64_C(0xe29cee9a81593070)},
		{"a", UINT64_C(0xc195b7793797e6c8)},
		{"drift", UINT64_C(0x30a3f6e4c87f7215)},
		{"category", UINT64_C(0x7d616310ebb0ba7c)},
		{"a label of more than sixteen bytes", UINT64_C(0xdfe30a2795b23c98)},
	};
	uint32_t buckets[256] = {0};
	uint32_t fullest = 0;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
	{
		uint64_t hash = drift_hash(vectors[i].text, strlen(vectors[i].text));

		ok(hash == vectors[i].hash, "hash of '%s' is %016llx", vectors[i].text, (unsigned long long) hash);
	}
	for (int i = 0; i < 25600; i++)
	{
		char text[16];
		int length = snprintf(text, sizeof(text), "%d", i);
		uint32_t *bucket = &buckets[drift_hash(text, (size_t) length) & 0xff];

		(*bucket)++;
		fullest = *bucket > fullest ? *bucket : fullest;
	}
	ok(fullest < 150, "25600 numbers spread over the low 8 bits: at most %u in one of 256", fullest);
}

static void
test_counts(void)
{
	DriftCategory *p = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	static const char zeros[] = "a\0b";
	int64_t count;

	ok(drift_category_distinct(p) == 0 && drift_category_is_exact(p), "a new profile is exact and empty");
	owner_add(&p, "", 0);
	owner_add(&p, "", 0);
	owner_add(&p, zeros, 3);
	owner_add(&p, "a", 1);
	ok(drift_category_add_missing(p) == DRIFT_OK, "a missing row");
	ok(p->profile.row_count == 5 && p->profile.missing_count == 1 && drift_profile_n(&p->profile) == 4,
	   "rows and missing rows are counted");
	ok(drift_category_distinct(p) == 3, "three categories");
	ok(drift_category_find(p, "", 0, &count) && count == 2, "the empty label is one");
	ok(drift_category_find(p, zeros, 3, &count) && count == 1, "a zero byte does not end a label");
	ok(drift_category_find(p, "a", 1, &count) && count == 1, "its beginning is another");
	ok(!drift_category_find(p, "b", 1, &count) && count == 0, "a label that never came is not listed");

	p->profile.row_count = DRIFT_MAX_COUNT;
	ok(drift_category_add(p, "a", 1) == DRIFT_OVERFLOW && drift_category_add_missing(p) == DRIFT_OVERFLOW,
	   "there is a largest number of rows");
	free(p);
}

static void
test_long_labels(void)
{
	DriftCategory *p = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	char label[1000];
	const DriftCategoryEntry *entry;
	int64_t count;

	memset(label, 'x', sizeof(label));
	owner_add(&p, label, DRIFT_MAX_LABEL);
	ok(drift_category_entry(p, 0)->length == DRIFT_MAX_LABEL &&
		   drift_category_label(p, drift_category_entry(p, 0))[DRIFT_MAX_LABEL - 1] == 'x',
	   "a label of 255 bytes is kept whole");
	owner_add(&p, label, 1000);
	owner_add(&p, label, 999);
	label[998] = 'y';
	owner_add(&p, label, 1000);
	ok(drift_category_distinct(p) == 4, "long labels that start alike stay apart");
	ok(drift_category_find(p, label, 1000, &count) && count == 1, "and are found");

	/* 'e' with an acute accent is c3 a9; make the cut fall between the two */
	memset(label, 'x', sizeof(label));
	label[237] = (char) 0xc3;
	label[238] = (char) 0xa9;
	owner_add(&p, label, 300);
	entry = drift_category_entry(p, 4);
	ok(entry->length == 237 + 17 && drift_category_label(p, entry)[237] == '#', "the cut spares characters");
	memset(label, 0x80, sizeof(label));
	owner_add(&p, label, 300);
	ok(drift_category_entry(p, 5)->length == 235 + 17, "bytes that are not UTF-8 are cut all the same");
	free(p);
}

static void
test_order_and_pairs(void)
{
	static const char *const reference_labels[] = {"b", "c", "c", "a", "ab"};
	static const char *const current_labels[] = {"z", "a", "y", "z"};
	static const char *const expected[] = {"c20", "a11", "ab10", "b10", "z02", "y01"};
	DriftCategory *r = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	DriftCategory *c = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	uint32_t order[16];
	DriftCategoryPairs pairs;
	DriftCategoryPair pair;
	size_t n = 0;
	bool same = true;

	for (size_t i = 0; i < 5; i++)
		owner_add(&r, reference_labels[i], strlen(reference_labels[i]));
	for (size_t i = 0; i < 4; i++)
		owner_add(&c, current_labels[i], strlen(current_labels[i]));
	drift_category_pairs_begin(&pairs, r, c, order);
	while (drift_category_pairs_next(&pairs, &pair))
	{
		char text[32];

		snprintf(text, sizeof(text), "%.*s%lld%lld", (int) pair.length, pair.label, (long long) pair.c_reference,
				 (long long) pair.c_current);
		same = same && n < 6 && strcmp(text, expected[n]) == 0 && pair.error_reference == 0 &&
			   pair.error_current == 0 && pair.in_reference == (n < 4) &&
			   pair.in_current == (n != 0 && n != 2 && n != 3);
		n++;
	}
	ok(same && n == 6, "pairs: the reference by count and label, then what only the current side has");
	free(r);
	free(c);
}

/* Are all facts of p true of the counts by label number? */
static bool
bounds_hold(const DriftCategory *p, const int64_t *counts, int labels)
{
	int64_t listed = 0;

	for (int i = 0; i < labels; i++)
	{
		char text[300];
		size_t length = owner_label(text, i);
		int64_t count;
		bool found = drift_category_find(p, text, length, &count);

		if (counts[i] < count || counts[i] > count + (found ? p->count_error : p->absent_error))
			return false;
		listed += count;
	}
	return listed == p->counted && p->count_error <= p->absent_error && p->absent_error <= drift_category_rest(p);
}

/* Label numbers with a share proportional to 1 / (number + 1). */
static int
zipf(uint64_t *seed, int labels)
{
	static double sums[ZIPF_LABELS];
	static int filled;
	double u;
	int low = 0;
	int high = labels - 1;

	for (; filled < labels; filled++)
		sums[filled] = (filled > 0 ? sums[filled - 1] : 0) + 1.0 / (filled + 1);
	u = owner_uniform(seed) * sums[labels - 1];
	while (low < high)
	{
		int middle = (low + high) / 2;

		if (sums[middle] < u)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
test_heavy_hitters(void)
{
	DriftCategory *p = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	DriftCategory *parts[2];
	int64_t *counts = calloc(ZIPF_LABELS, sizeof(int64_t));
	uint64_t seed = 1;
	int64_t most = ZIPF_ROWS / (DRIFT_CATEGORY_LIMIT / 2 + 1);

	parts[0] = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	parts[1] = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	for (int i = 0; i < ZIPF_ROWS; i++)
	{
		int number = zipf(&seed, ZIPF_LABELS);
		char text[300];
		size_t length = owner_label(text, number);

		counts[number]++;
		owner_add(&p, text, length);
		owner_add(&parts[i & 1], text, length);
	}
	ok(!drift_category_is_exact(p) && drift_category_distinct(p) == -1, "too many categories are not counted exactly");
	ok(p->used <= DRIFT_CATEGORY_LIMIT, "and %u are listed", p->used);
	ok(bounds_hold(p, counts, ZIPF_LABELS), "every true count is within its bounds");
	ok(p->absent_error <= most, "error %lld <= n / (limit / 2 + 1) = %lld", (long long) p->absent_error,
	   (long long) most);

	owner_merge(&parts[0], parts[1]);
	ok(parts[0]->used <= DRIFT_CATEGORY_LIMIT && bounds_hold(parts[0], counts, ZIPF_LABELS),
	   "so it is in a merge of two halves");
	ok(parts[0]->absent_error <= most, "with error %lld", (long long) parts[0]->absent_error);
	free(p);
	free(parts[0]);
	free(parts[1]);
	free(counts);
}

/* A label for a number that is as long as labels get. */
static void
long_label(char *text, int number)
{
	memset(text, 'l', DRIFT_MAX_LABEL);
	text[200 + snprintf(text + 200, 20, "%d", number)] = 'l';
}

static void
test_byte_limit(void)
{
	DriftCategory *p = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	int64_t counts[500] = {0};
	char text[DRIFT_MAX_LABEL];
	uint64_t seed = 2;
	bool within = true;

	for (int i = 0; i < 20000; i++)
	{
		int number = zipf(&seed, 500);

		long_label(text, number);
		counts[number]++;
		owner_add(&p, text, sizeof(text));
	}
	for (int i = 0; i < 500; i++)
	{
		int64_t count;
		bool found;

		long_label(text, i);
		found = drift_category_find(p, text, sizeof(text), &count);
		within = within && counts[i] >= count && counts[i] <= count + (found ? p->count_error : p->absent_error);
	}
	ok(!drift_category_is_exact(p), "long labels reach the limit of bytes first: %u listed", p->used);
	ok(within, "and every true count is within its bounds");
	ok(drift_category_packed_size(p) <= 32 * 1024, "packed it has %zu bytes", drift_category_packed_size(p));
	free(p);
}

/* A profile of rows whose label numbers are below labels. */
static DriftCategory *
random_profile(uint64_t *seed, int rows, int labels, uint32_t limit)
{
	DriftCategory *p = owner_new(DRIFT_VALUE_TEXT, limit);

	for (int i = 0; i < rows; i++)
	{
		char text[300];
		size_t length = owner_label(text, zipf(seed, labels));

		if (owner_uniform(seed) < 0.1)
			drift_category_add_missing(p);
		else
			owner_add(&p, text, length);
	}
	return p;
}

static bool
same_packed(const DriftCategory *a, const DriftCategory *b)
{
	size_t size = drift_category_packed_size(a);
	uint8_t *x = owner_pack(a);
	uint8_t *y = owner_pack(b);
	bool same = size == drift_category_packed_size(b) && memcmp(x, y, size) == 0;

	free(x);
	free(y);
	return same;
}

static void
test_merge_laws(void)
{
	uint64_t seed = 3;
	bool commutes = true;
	bool associates = true;

	for (int i = 0; i < 200; i++)
	{
		DriftCategory *part[3];
		DriftCategory *left;
		DriftCategory *right;

		for (int k = 0; k < 3; k++)
			part[k] = random_profile(&seed, 1 + (int) (owner_uniform(&seed) * 300), 1 + i, DRIFT_CATEGORY_LIMIT);
		left = owner_clone(part[0]);
		owner_merge(&left, part[1]);
		right = owner_clone(part[1]);
		owner_merge(&right, part[0]);
		commutes = commutes && same_packed(left, right);
		owner_merge(&left, part[2]);
		free(right);
		right = owner_clone(part[1]);
		owner_merge(&right, part[2]);
		owner_merge(&part[0], right);
		associates = associates && same_packed(left, part[0]);
		free(left);
		free(right);
		for (int k = 0; k < 3; k++)
			free(part[k]);
	}
	ok(commutes, "exact merges commute");
	ok(associates, "exact merges associate");
}

static void
test_merge_failures(void)
{
	uint64_t seed = 4;
	DriftCategory *a = random_profile(&seed, 50, 10, DRIFT_CATEGORY_LIMIT);
	DriftCategory *b = random_profile(&seed, 500, 300, DRIFT_CATEGORY_LIMIT);
	DriftCategory *boolean = owner_new(DRIFT_VALUE_BOOLEAN, DRIFT_CATEGORY_LIMIT);
	DriftCategory *before = owner_clone(a);
	int64_t n = drift_profile_n(&a->profile);

	ok(drift_category_merge(a, b) == DRIFT_NO_SPACE && same_packed(a, before), "a merge without room changes nothing");
	ok(drift_category_merge(a, boolean) == DRIFT_TYPE_MISMATCH && same_packed(a, before),
	   "text and boolean do not merge");
	b->profile.row_count += DRIFT_MAX_COUNT - b->profile.row_count;
	ok(drift_category_merge(a, b) == DRIFT_OVERFLOW && same_packed(a, before), "nor do too many rows");
	ok(drift_category_merge(a, a) == DRIFT_OK && drift_profile_n(&a->profile) == 2 * n && a->counted == 2 * n &&
		   drift_category_is_exact(a),
	   "a profile merges with itself");
	free(a);
	free(b);
	free(boolean);
	free(before);
}

static void
test_round_trip(void)
{
	uint64_t seed = 5;
	bool same = true;
	bool frugal = true;

	for (int i = 0; i < 300; i++)
	{
		DriftCategory *p = random_profile(&seed, i * 10, 1 + i, 32 + (uint32_t) i / 2);
		size_t length = drift_category_packed_size(p);
		uint8_t *bytes = owner_pack(p);
		DriftCategory *q = NULL;
		size_t size = 0;

		frugal = frugal && drift_category_unpacked_size(bytes, length, &size) == DRIFT_OK && size <= 2048 + 20 * length;
		same = same && owner_unpack(bytes, length, &q) == DRIFT_OK && same_packed(p, q) && p->counted == q->counted;
		free(bytes);
		free(p);
		free(q);
	}
	ok(same, "unpacked profiles pack to the same bytes");
	ok(frugal, "unpacking needs memory in proportion to the bytes");
}

static void
test_row_order(void)
{
	DriftCategory *up = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);
	DriftCategory *down = owner_new(DRIFT_VALUE_TEXT, DRIFT_CATEGORY_LIMIT);

	for (int i = 0; i < 1000; i++)
	{
		char text[300];
		size_t length = owner_label(text, i % 99);

		owner_add(&up, text, length);
		length = owner_label(text, (999 - i) % 99);
		owner_add(&down, text, length);
	}
	ok(same_packed(up, down), "the packed form does not depend on the order of rows");
	free(up);
	free(down);
}

/* Bytes from anybody: whatever is accepted must be a profile in good order. */
static bool
hostile_is_safe(const uint8_t *bytes, size_t length, DriftStatus *status)
{
	DriftCategory *p = NULL;
	bool safe = true;

	*status = owner_unpack(bytes, length, &p);
	if (*status == DRIFT_OK)
	{
		uint8_t *again = owner_pack(p);

		safe = drift_category_packed_size(p) == length && memcmp(again + 4, bytes + 4, length - 4) == 0;
		free(again);
	}
	free(p);
	return safe;
}

static void
test_hostile_bytes(void)
{
	uint64_t seed = 6;
	DriftCategory *p = random_profile(&seed, 3000, 200, 64);
	size_t length = drift_category_packed_size(p);
	uint8_t *bytes = owner_pack(p);
	uint8_t *broken = malloc(length + 1);
	bool refused = true;
	bool safe = true;
	int accepted = 0;
	DriftStatus status;

	for (size_t cut = 0; cut < length; cut++)
	{
		uint8_t *exact = malloc(cut + 1);

		memcpy(exact + 1, bytes, cut);
		safe = hostile_is_safe(exact + 1, cut, &status) && safe;
		refused = refused && status != DRIFT_OK;
		free(exact);
	}
	ok(safe && refused, "each of %zu truncations is refused", length);

	memcpy(broken, bytes, length);
	broken[length] = 0;
	ok(hostile_is_safe(broken, length + 1, &status) && status == DRIFT_TRAILING_BYTES, "so is a byte too many");

	safe = true;
	for (int i = 0; i < 20000; i++)
	{
		memcpy(broken, bytes, length);
		for (int flips = 1 + i % 3; flips > 0; flips--)
		{
			/* half of them near the start, where the structure is */
			size_t range = i % 2 == 0 && length > 40 ? 40 : length;

			broken[(size_t) (owner_uniform(&seed) * (double) range)] ^= (uint8_t) (1 + owner_uniform(&seed) * 255);
		}
		safe = hostile_is_safe(broken, length, &status) && safe;
		accepted += status == DRIFT_OK;
	}
	ok(safe && accepted > 0 && accepted < 20000, "20000 damaged copies are safe; %d of them are profiles", accepted);
	free(p);
	free(bytes);
	free(broken);
}

static void
test_contradictions(void)
{
	/* 10 rows, 1 missing, limit 100, exact, two categories: "a" 5 and "b" 4 */
	static const uint8_t good[] = {0, 0, 0, 0, 2, 2, 4, 0, 1, 10, 1, 100, 0, 0, 2, 5, 1, 'a', 4, 1, 'b'};
	static const struct
	{
		const char *what;
		size_t place;
		uint8_t byte;
		DriftStatus status;
	} changes[] = {
		{"the bytes as they are", 0, 0, DRIFT_OK},
		{"the host's bytes", 0, 77, DRIFT_OK},
		{"working form", 4, 1, DRIFT_CORRUPT},
		{"numeric kind", 5, 1, DRIFT_KIND_MISMATCH},
		{"a number's type", 6, 1, DRIFT_CORRUPT},
		{"a flag", 7, 1, DRIFT_CORRUPT},
		{"the next version", 8, 2, DRIFT_BAD_VERSION},
		{"a row that no count speaks for", 9, 11, DRIFT_CORRUPT},
		{"more counts than rows", 9, 9, DRIFT_CORRUPT},
		{"more missing than rows", 10, 11, DRIFT_CORRUPT},
		{"a limit below the least", 11, 31, DRIFT_CORRUPT},
		{"an error in the counts only", 12, 1, DRIFT_CORRUPT},
		{"an error without a rest", 13, 1, DRIFT_CORRUPT},
		{"a third category", 14, 3, DRIFT_TRUNCATED},
		{"one category", 14, 1, DRIFT_TRAILING_BYTES},
		{"counts that rise", 15, 3, DRIFT_CORRUPT},
		{"a count of zero", 18, 0, DRIFT_CORRUPT},
		{"a label twice", 20, 'a', DRIFT_CORRUPT},
		{"a label past the end", 19, 2, DRIFT_TRUNCATED},
		{"a label too long", 16, 0x80, DRIFT_CORRUPT},
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
	{
		uint8_t bytes[sizeof(good)];
		DriftCategory *p = NULL;
		DriftStatus status;

		memcpy(bytes, good, sizeof(good));
		bytes[changes[i].place] = changes[i].byte;
		status = owner_unpack(bytes, sizeof(bytes), &p);
		ok(status == changes[i].status, "%s: status %d", changes[i].what, (int) status);
		free(p);
	}
}

static void
test_compact(void)
{
	uint64_t seed = 7;
	DriftCategory *p = random_profile(&seed, 20000, 600, DRIFT_CATEGORY_LIMIT);
	DriftCategory *full = owner_clone(p);
	uint32_t *order = malloc(p->used * sizeof(uint32_t));
	bool kept = true;
	int64_t largest_dropped = 0;
	DriftCategory *q = NULL;
	uint8_t *bytes;
	size_t length;

	drift_category_compact(p, 1 << 20, order);
	ok(p->used == full->used, "a profile that is small enough stays as it is");
	drift_category_compact(p, 2048, order);
	length = drift_category_packed_size(p);
	ok(length <= 2048 && length > 2000, "compacted to %zu bytes, %u of %u categories", length, p->used, full->used);
	for (uint32_t i = 0; i < full->used; i++)
	{
		const DriftCategoryEntry *entry = drift_category_entry(full, i);
		int64_t count;

		if (drift_category_find(p, drift_category_label(full, entry), entry->length, &count))
			kept = kept && count == entry->count;
		else if (entry->count > largest_dropped)
			largest_dropped = entry->count;
	}
	ok(kept && p->count_error == 0, "the counts that stay are exact");
	ok(p->absent_error == largest_dropped && !drift_category_is_exact(p), "what was dropped had at most %lld rows",
	   (long long) p->absent_error);
	bytes = owner_pack(p);
	ok(owner_unpack(bytes, length, &q) == DRIFT_OK && same_packed(p, q), "it packs and unpacks");
	drift_category_compact(p, 0, order);
	ok(p->used == 0 && drift_category_rest(p) == drift_profile_n(&p->profile), "nothing is left at zero bytes");
	free(bytes);
	free(order);
	free(full);
	free(p);
	free(q);
}

int
main(void)
{
	test_hash();
	test_counts();
	test_long_labels();
	test_order_and_pairs();
	test_heavy_hitters();
	test_byte_limit();
	test_merge_laws();
	test_merge_failures();
	test_round_trip();
	test_row_order();
	test_hostile_bytes();
	test_contradictions();
	test_compact();
	return done_testing();
}
