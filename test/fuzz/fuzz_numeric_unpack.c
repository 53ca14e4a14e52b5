/*
 * fuzz_numeric_unpack.c
 *		Bytes that are taken for a profile are the one packed form of it, and
 *		every question about it has a sane answer.
 */
#include <math.h>
#include <string.h>

#include "fuzz/numeric_input.h"
#include "stats/numeric_rank.h"

/* The host's four bytes belong to nobody here. */
#define HOST_LENGTH 4

static void
require_same_bytes(const DriftNumeric *p, const uint8_t *data, size_t size)
{
	uint8_t *again = malloc(size);

	REQUIRE(again != NULL);
	REQUIRE(drift_numeric_packed_size(p) == size);
	REQUIRE(drift_numeric_pack(p, again, size) == DRIFT_OK);
	REQUIRE(memcmp(again + HOST_LENGTH, data + HOST_LENGTH, size - HOST_LENGTH) == 0);
	REQUIRE(drift_numeric_pack(p, again, size - 1) == DRIFT_NO_SPACE);
	free(again);
}

static void
ask_everything(const DriftNumeric *p)
{
	int64_t n = drift_profile_n(&p->profile);
	double error = drift_numeric_rank_error(p);

	REQUIRE(n >= 0);
	REQUIRE(error >= 0.0 && error <= 1.0);
	REQUIRE(p->exact == 0 || error == 0.0);
	REQUIRE(!(drift_numeric_stddev(p) < 0.0));
	for (int i = 0; i <= 4; i++)
	{
		double q = drift_numeric_quantile(p, i / 4.0);
		DriftRank rank;

		if (n == 0)
			continue;
		REQUIRE(q >= drift_numeric_keys(p)[0] && q <= drift_numeric_keys(p)[p->key_count - 1]);
		rank = drift_numeric_rows_upto(p, q);
		REQUIRE(rank.low >= 0 && rank.low <= rank.high && rank.high <= n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DriftNumeric *p = unpack_numeric((FuzzInput){data, size});

	if (p == NULL)
		return 0;
	require_same_bytes(p, data, size);
	ask_everything(p);
	drift_numeric_compact(p, 128);
	REQUIRE(drift_numeric_check(p) == DRIFT_OK);
	ask_everything(p);
	free(p);
	return 0;
}
