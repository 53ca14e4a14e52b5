/*
 * fuzz_category_rows.c
 *		Rows of any labels: counts hold the true ones, and counting goes on
 *		after the profile has grown to its limit.
 *
 * Each row is a length byte and that many bytes; a length of 255 is a missing
 * value.
 */
#include <string.h>

#include "fuzz/category_input.h"

#define MISSING 255

/* The row at *at, or NULL for a missing value; false at the end. */
static bool
next_row(const uint8_t *data, size_t size, size_t *at, const char **label, size_t *length)
{
	if (*at >= size)
		return false;
	*length = data[(*at)++];
	*label = NULL;
	if (*length == MISSING)
		return true;
	if (*length > size - *at)
		*length = size - *at;
	*label = (const char *) data + *at;
	*at += *length;
	return true;
}

static int64_t
true_count(const uint8_t *data, size_t size, const char *label, size_t length)
{
	size_t at = 0;
	size_t other_length;
	const char *other;
	int64_t count = 0;

	while (next_row(data, size, &at, &other, &other_length))
		count += other != NULL && other_length == length && memcmp(other, label, length) == 0;
	return count;
}

static DriftCategory *
add_row(DriftCategory *p, const char *label, size_t length)
{
	DriftStatus status = drift_category_add(p, label, length);

	if (status == DRIFT_NO_SPACE)
	{
		size_t room = drift_category_grown_size(p);
		DriftCategory *larger = malloc(room);

		REQUIRE(larger != NULL);
		REQUIRE(drift_category_copy(larger, room, p) == DRIFT_OK);
		free(p);
		p = larger;
		status = drift_category_add(p, label, length);
	}
	REQUIRE(status == DRIFT_OK);
	return p;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t room = drift_category_size(DRIFT_CATEGORY_START);
	DriftCategory *p = malloc(room);
	size_t at = 0;
	size_t length;
	const char *label;

	REQUIRE(p != NULL);
	REQUIRE(drift_category_init(p, room, DRIFT_VALUE_TEXT, DRIFT_MIN_CATEGORY_LIMIT) == DRIFT_OK);
	while (next_row(data, size, &at, &label, &length))
	{
		if (label == NULL)
			REQUIRE(drift_category_add_missing(p) == DRIFT_OK);
		else
			p = add_row(p, label, length);
	}
	require_category(p);
	at = 0;
	while (next_row(data, size, &at, &label, &length))
	{
		int64_t count;
		int64_t truth;
		bool listed;

		if (label == NULL)
			continue;
		listed = drift_category_find(p, label, length, &count);
		truth = true_count(data, size, label, length);
		REQUIRE(count <= truth && truth <= count + (listed ? p->count_error : p->absent_error));
	}
	free(p);
	return 0;
}
