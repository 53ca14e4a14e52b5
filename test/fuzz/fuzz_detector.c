/*
 * fuzz_detector.c
 *		Bytes that are taken for a detector are its one packed form, and whatever its state it can take values.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "stats/detector.h"

static DriftDetector *
read_detector(const uint8_t *data, size_t size)
{
	size_t room = 0;
	DriftDetector *d;

	if (drift_detector_peek(data, size, &room) != DRIFT_OK)
		return NULL;
	d = malloc(room);
	REQUIRE(d != NULL);
	if (drift_detector_unpack(d, data, size) == DRIFT_OK)
		return d;
	free(d);
	return NULL;
}

static void
require_same_bytes(const DriftDetector *d, const uint8_t *data, size_t size)
{
	uint8_t *again = malloc(size);

	REQUIRE(again != NULL);
	REQUIRE(drift_detector_packed_size(d) == size);
	REQUIRE(drift_detector_pack(d, again, size) == DRIFT_OK);
	REQUIRE(memcmp(again, data, size) == 0);
	REQUIRE(drift_detector_pack(d, again, size - 1) == DRIFT_NO_SPACE);
	free(again);
}

/* Values from the bytes themselves, so that they can be as bad as the state; one at a time or all at once. */
static void
add_values(DriftDetector *d, const uint8_t *data, size_t size)
{
	double x[256];
	size_t count = 0;
	size_t done = 0;

	for (size_t i = 0; i < 256; i++)
	{
		double value;

		if (size >= sizeof(value) && i % 4 == 0)
			memcpy(&value, data + i * 13 % (size - sizeof(value) + 1), sizeof(value));
		else
			value = (double) (i % 7 < 2);
		if (drift_detector_takes(d, value))
			x[count++] = value;
	}
	while (done < count)
	{
		size_t warned;
		size_t took = drift_detector_run(d, x + done, count - done, &warned);

		REQUIRE(took > 0 && took <= count - done && warned <= count - done);
		REQUIRE(!d->drift || d->drifted == d->seen);
		done += took;
	}
	REQUIRE(drift_detector_packed_size(d) > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DriftDetector *d = read_detector(data, size);

	if (d == NULL)
		return 0;
	require_same_bytes(d, data, size);
	add_values(d, data, size);
	free(d);
	return 0;
}
