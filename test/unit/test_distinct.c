/*
 * test_distinct.c
 *		Numbers of different values: exact while they fit, near the truth beyond.
 */
#include <math.h>
#include <stdlib.h>

#include "stats/distinct.h"
#include "unit/tap.h"

static DriftDistinct *
set_new(uint32_t slot_bits, uint32_t level)
{
	DriftDistinct *set = malloc(drift_distinct_size(slot_bits));

	drift_distinct_init(set, slot_bits, level);
	return set;
}

static DriftDistinct *
set_moved(DriftDistinct *set)
{
	uint32_t slot_bits;
	uint32_t level;
	DriftDistinct *moved;

	drift_distinct_next(set, &slot_bits, &level);
	moved = set_new(slot_bits, level);
	drift_distinct_move(moved, set);
	free(set);
	return moved;
}

static DriftDistinct *
set_add(DriftDistinct *set, uint64_t hash)
{
	while (drift_distinct_add(set, hash) != DRIFT_OK)
		set = set_moved(set);
	return set;
}

/* The values [from, to), each twice */
static DriftDistinct *
set_of(uint64_t from, uint64_t to)
{
	DriftDistinct *set = set_new(DRIFT_DISTINCT_START_BITS, 0);

	for (int round = 0; round < 2; round++)
		for (uint64_t i = from; i < to; i++)
			set = set_add(set, drift_mix(i));
	return set;
}

static bool
near(const DriftDistinct *set, double truth)
{
	double kept = set->used;

	return fabs((double) drift_distinct_count(set) - truth) <= 4 * truth / sqrt(kept);
}

static void
test_exact(void)
{
	const uint64_t limit = (UINT64_C(1) << DRIFT_DISTINCT_MAX_BITS) / 4 * 3;
	DriftDistinct *set = set_new(DRIFT_DISTINCT_START_BITS, 0);

	ok(drift_distinct_count(set) == 0, "an empty set has no values");
	free(set);
	for (uint64_t n = 1; n <= limit; n = n * 3 + 1)
	{
		set = set_of(0, n);
		ok(set->level == 0 && drift_distinct_count(set) == (int64_t) n, "%d values are counted exactly", (int) n);
		free(set);
	}
	set = set_of(0, limit);
	ok(set->level == 0 && drift_distinct_count(set) == (int64_t) limit, "as many as fit are counted exactly");
	set = set_add(set, drift_mix(limit));
	ok(set->level == 1 && near(set, (double) limit + 1), "one more makes it an estimate: %ld",
	   (long) drift_distinct_count(set));
	free(set);
}

static void
test_zero(void)
{
	DriftDistinct *set = set_new(DRIFT_DISTINCT_START_BITS, 0);

	set = set_add(set, 0);
	set = set_add(set, 0);
	ok(drift_distinct_count(set) == 1, "the hash zero is a value");
	set = set_add(set, 1);
	ok(drift_distinct_count(set) == 2, "and not the hash one");
	free(set);
	set = set_add(set_new(DRIFT_DISTINCT_START_BITS, 9), 0);
	ok(set->used == 1, "it is kept at every level");
	free(set);
}

static void
test_estimates(void)
{
	for (uint64_t n = 60000; n <= 500000; n *= 2)
	{
		DriftDistinct *set = set_of(n, 2 * n);

		ok(set->level > 0 && near(set, (double) n), "%ld values are estimated as %ld", (long) n,
		   (long) drift_distinct_count(set));
		ok(set->used >= (1u << DRIFT_DISTINCT_MAX_BITS) / 4, "from %u of them", set->used);
		free(set);
	}
}

static DriftDistinct *
merged(DriftDistinct *set, const DriftDistinct *src)
{
	while (drift_distinct_merge(set, src) != DRIFT_OK)
		set = set_moved(set);
	return set;
}

/* The parts overlap; whichever way they merge the set is that of the whole */
static void
test_merge(uint64_t n, bool large_first)
{
	DriftDistinct *parts[2] = {set_of(0, n / 10), set_of(n / 20, n)};
	DriftDistinct *whole = set_of(0, n);
	DriftDistinct *both = merged(parts[large_first], parts[!large_first]);

	ok(both->level == whole->level && both->used == whole->used, "%s first, %ld values: %ld",
	   large_first ? "large" : "small", (long) n, (long) drift_distinct_count(both));
	free(both);
	free(parts[!large_first]);
	free(whole);
}

int
main(void)
{
	test_exact();
	test_zero();
	test_estimates();
	test_merge(1000, false);
	test_merge(1000, true);
	test_merge(300000, false);
	test_merge(300000, true);
	return done_testing();
}
