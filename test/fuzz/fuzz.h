/*
 * fuzz.h
 *		What a fuzz target defines and what it may say.
 */
#ifndef DRIFT_TEST_FUZZ_H
#define DRIFT_TEST_FUZZ_H

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

#endif
