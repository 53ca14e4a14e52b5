/*
 * fuzz.h
 *		What a fuzz target defines and what it may say.
 */
#ifndef DRIFT_TEST_FUZZ_H
#define DRIFT_TEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A broken property ends the program the way a memory error does. */
#define REQUIRE(condition) \
	do \
	{ \
		if (!(condition)) \
			__builtin_trap(); \
	} while (0)

typedef struct FuzzInput
{
	const uint8_t *data;
	size_t size;
} FuzzInput;

/* Two inputs in one: the first two bytes say how long the first is. */
static inline bool
split_input(FuzzInput both, FuzzInput *first, FuzzInput *second)
{
	size_t split;

	if (both.size < 2)
		return false;
	split = both.data[0] + 256u * (size_t) both.data[1];
	if (split > both.size - 2)
		return false;
	*first = (FuzzInput){both.data + 2, split};
	*second = (FuzzInput){both.data + 2 + split, both.size - 2 - split};
	return true;
}

#endif
