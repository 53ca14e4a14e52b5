/*
 * model_golden.h
 *		Rows of golden files of models: inputs, and values to the bit.
 */
#ifndef DRIFT_TEST_MODEL_GOLDEN_H
#define DRIFT_TEST_MODEL_GOLDEN_H

#include <math.h>

#include "golden.h"
#include "model_file.h"

#include "model/score.h"

/* Values that are one step of doubles apart at most. */
static inline bool
is_near(double got, double want)
{
	return got == want || (isnan(got) && isnan(want)) || nextafter(got, want) == want;
}

/* Puts a field of inputs in place; texts, :hexadecimals, are decoded within the field. */
static inline void
golden_inputs(DriftScorer *s, char *field)
{
	int i = 0;

	for (char *word = strtok(field, " "); word != NULL; word = strtok(NULL, " "), i++)
	{
		DriftLabel *label = &drift_scorer_labels(s)[i];

		if (word[0] != ':')
		{
			drift_scorer_numbers(s)[i] = strtod(word, NULL);
			continue;
		}
		*label = (DriftLabel){word[1] == '-' ? NULL : word, 0};
		for (const char *at = word + 1; label->bytes != NULL && *at != '\0'; at += 2)
		{
			char digits[3] = {at[0], at[1], '\0'};

			word[label->length++] = (char) strtoul(digits, NULL, 16);
		}
	}
}

/* The numbers of a field; how many. */
static inline uint32_t
golden_values(const char *field, double *values, uint32_t room)
{
	const char *at = field;
	uint32_t n = 0;

	for (char *end; n < room && *at != '\0'; at = end)
		values[n++] = strtod(at, &end);
	return n;
}

#endif
