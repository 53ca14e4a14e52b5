/*
 * fuzz_numeric_rows.c
 *		Rows of any values: counts are exact, and every rank the profile gives
 *		holds the true one.
 */
#include <math.h>
#include <string.h>

#include "fuzz/numeric_input.h"
#include "stats/numeric_rank.h"

#define KEYS DRIFT_MIN_KEYS
#define BUFFER 8

static int64_t
true_rows_upto(const uint8_t *rows, size_t count, double x)
{
	int64_t upto = 0;

	for (size_t i = 0; i < count; i++)
	{
		double value;

		memcpy(&value, rows + i * sizeof(double), sizeof(double));
		upto += value <= x;
	}
	return upto;
}

static void
add_rows(DriftNumeric *p, const uint8_t *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		double value;

		memcpy(&value, rows + i * sizeof(double), sizeof(double));
		if (isnan(value))
		{
			drift_numeric_add_missing(p);
			continue;
		}
		drift_numeric_add(p, value);
		if (drift_numeric_full(p))
			REQUIRE(drift_numeric_flush(p) == DRIFT_OK);
	}
	REQUIRE(drift_numeric_flush(p) == DRIFT_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t capacity = drift_numeric_full_capacity(KEYS, BUFFER);
	size_t count = size / sizeof(double);
	DriftNumeric *p = malloc(drift_numeric_size(capacity, BUFFER, 0));

	REQUIRE(p != NULL);
	drift_numeric_init(p, DRIFT_VALUE_NUMBER, KEYS, capacity, BUFFER, NULL, 0);
	add_rows(p, data, count);
	REQUIRE(p->profile.row_count == (int64_t) count);
	REQUIRE(drift_numeric_check(p) == DRIFT_OK);
	for (size_t i = 0; i < count; i++)
	{
		double x;
		int64_t upto;
		DriftRank rank;

		memcpy(&x, data + i * sizeof(double), sizeof(double));
		if (isnan(x))
			continue;
		upto = true_rows_upto(data, count, x);
		rank = drift_numeric_rows_upto(p, x);
		REQUIRE(rank.low <= upto && upto <= rank.high);
		REQUIRE(p->exact == 0 || rank.low == rank.high);
	}
	free(p);
	return 0;
}
