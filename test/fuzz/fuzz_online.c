/*
 * fuzz_online.c
 *		Bytes that are taken for a learner are its one packed form, and whatever its state it can learn and be a model.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "train/online.h"
#include "unit/model_host.h"

static void
require_same_bytes(const DriftOnline *o, const uint8_t *data, size_t size)
{
	uint8_t *again = malloc(size);

	REQUIRE(again != NULL);
	REQUIRE(drift_online_packed_size(o) == size);
	REQUIRE(drift_online_pack(o, again, size) == DRIFT_OK);
	REQUIRE(memcmp(again, data, size) == 0);
	free(again);
}

/* Rows of the bytes themselves, so that they can be as bad as the state. */
static DriftStatus
learn(DriftOnline *o, const uint8_t *data, size_t size)
{
	static double numbers[DRIFT_ONLINE_MAX_FEATURES];
	static DriftText labels[DRIFT_ONLINE_MAX_FEATURES];
	DriftStatus status = DRIFT_OK;

	for (uint32_t i = 0; i < 8 && status == DRIFT_OK; i++)
	{
		for (uint32_t f = 0; f < o->n_features; f++)
		{
			size_t at = (f * 13 + i * 7) % (size - sizeof(double) + 1);

			memcpy(&numbers[f], data + at, sizeof(double));
			if (!(fabs(numbers[f]) <= DRIFT_ONLINE_MAX_NUMBER))
				numbers[f] = NAN;
			labels[f] = (DriftText){f % 5 == 4 ? NULL : (const char *) data + at, (uint32_t) (at % 8)};
		}
		status =
			drift_online_add(o, &(DriftOnlineRow){numbers, labels}, o->n_classes > 0 ? i % o->n_classes : i, i % 3);
	}
	return status;
}

static void
fuzz_learner(TestHost *h, DriftOnline *o, const uint8_t *data, size_t size)
{
	DriftOnline *copy = NULL;
	DriftDraft draft;
	size_t length;
	uint8_t *bytes;

	require_same_bytes(o, data, size);
	if (learn(o, data, size) != DRIFT_OK)
		return;
	length = drift_online_packed_size(o);
	bytes = malloc(length);
	REQUIRE(bytes != NULL);
	REQUIRE(drift_online_pack(o, bytes, length) == DRIFT_OK);
	if (drift_online_unpack(&h->host, bytes, length, &copy) == DRIFT_OK)
		require_same_bytes(copy, bytes, length);
	free(bytes);
	drift_draft_init(&draft, &h->host);
	(void) drift_online_draft(o, &draft);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TestHost h;
	DriftOnline *o = NULL;

	test_host_init(&h);
	if (size > sizeof(double) && drift_online_unpack(&h.host, data, size, &o) == DRIFT_OK)
		fuzz_learner(&h, o, data, size);
	test_host_free(&h);
	return 0;
}
