/*
 * codes.h
 *		Numbers as unsigned integers in the same order, and their ranks.
 */
#ifndef DRIFT_MODEL_CODES_H
#define DRIFT_MODEL_CODES_H

#include <stdint.h>

/* The order of numbers as that of unsigned integers; -0 is 0. Codes of numbers are neither 0 nor the largest integer. */
static inline uint32_t
drift_code32(float x)
{
	union
	{
		float number;
		uint32_t bits;
	} u = {x + 0.0f};

	return u.bits ^ ((0U - (u.bits >> 31)) | 0x80000000U);
}

static inline uint64_t
drift_code64(double x)
{
	union
	{
		double number;
		uint64_t bits;
	} u = {x + 0.0};

	return u.bits ^ ((0U - (u.bits >> 63)) | 0x8000000000000000U);
}

/* How many of the thresholds are not above the code; half is as in DriftRanked. */
static inline uint32_t
drift_rank32(const uint32_t *thresholds, uint32_t half, uint32_t code)
{
	const uint32_t *at = thresholds;

	for (uint64_t step = half; step > 0; step /= 2)
	{
		const uint32_t *next = at + step;

		at = next[-1] <= code ? next : at;
	}
	return (uint32_t) (at - thresholds);
}

static inline uint32_t
drift_rank64(const uint64_t *thresholds, uint32_t half, uint64_t code)
{
	const uint64_t *at = thresholds;

	for (uint64_t step = half; step > 0; step /= 2)
	{
		const uint64_t *next = at + step;

		at = next[-1] <= code ? next : at;
	}
	return (uint32_t) (at - thresholds);
}

/* Of the least table for n numbers whose size is one less than a power of two: half of that power. */
uint32_t drift_rank_half(uint64_t n);

/* Sorts and gives the number of distinct ones, that are then in front; scratch has room for n. */
uint64_t drift_sort_distinct(uint64_t *codes, uint64_t *scratch, uint64_t n);

#endif
