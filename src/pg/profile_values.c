/*
 * profile_values.c
 *		Single values of a profile: their text, how many rows have them.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "compat.h"
#include "pg/format_number.h"
#include "pg/profile.h"

/* A double is a whole number of at most 18 digits: written out rather than with an exponent */
static bool
IsWhole(double x)
{
	return x == rint(x) && fabs(x) < 1e18;
}

static text *
ValueText(const DriftProfile *p, double x)
{
	if (p->value_type == DRIFT_VALUE_NUMBER && IsWhole(x))
		return cstring_to_text(psprintf(INT64_FORMAT, (int64) x));
	return cstring_to_text(FormatNumber(p->value_type, x));
}

PG_FUNCTION_INFO_V1(drift_value_text);
Datum
drift_value_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(ValueText(ProfileRead(PG_GETARG_DATUM(0)), PG_GETARG_FLOAT8(1)));
}

/* The key that most rows equal for certain, the smallest of several; 0 rows for a profile without values */
static int64
MostCommonNumber(const DriftNumeric *p, text **value)
{
	const int64 *counts = drift_numeric_counts(p);
	uint32 best = 0;

	if (p->key_count == 0)
		return 0;
	for (uint32 j = 1; j < p->key_count; j++)
		if (counts[2 * j + 1] > counts[2 * best + 1])
			best = j;
	*value = ValueText(&p->profile, drift_numeric_keys(p)[best]);
	return counts[2 * best + 1];
}

static int64
MostCommonCategory(const DriftCategory *p, text **value)
{
	uint32 *order = palloc(sizeof(uint32) * (p->used + 1));
	const DriftCategoryEntry *entry;

	if (p->used == 0)
		return 0;
	drift_category_sorted_order(p, order);
	entry = drift_category_entry(p, order[0]);
	*value = cstring_to_text_with_len(drift_category_label(p, entry), entry->length);
	return entry->count;
}

PG_FUNCTION_INFO_V1(drift_most_common);
Datum
drift_most_common(PG_FUNCTION_ARGS)
{
	const DriftProfile *p = ProfileRead(PG_GETARG_DATUM(0));
	text *value = NULL;
	int64 rows = p->kind == DRIFT_NUMERIC ? MostCommonNumber((const DriftNumeric *) p, &value)
										  : MostCommonCategory((const DriftCategory *) p, &value);
	TupleDesc tupdesc;
	Datum values[2] = {PointerGetDatum(value), Int64GetDatum(rows)};
	bool nulls[2] = {value == NULL, false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "unexpected result type");
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}

/* Rows that are -Infinity or Infinity: a profile always knows */
PG_FUNCTION_INFO_V1(drift_infinite_count);
Datum
drift_infinite_count(PG_FUNCTION_ARGS)
{
	const DriftNumeric *p = ProfileReadNumeric(PG_GETARG_DATUM(0));

	PG_RETURN_INT64(drift_numeric_negative_infinities(p) + drift_numeric_positive_infinities(p));
}

/* Rows that are zero; NULL when the profile is a summary */
PG_FUNCTION_INFO_V1(drift_zero_count);
Datum
drift_zero_count(PG_FUNCTION_ARGS)
{
	const DriftNumeric *p = ProfileReadNumeric(PG_GETARG_DATUM(0));
	int64 rows = 0;

	if (!p->exact)
		PG_RETURN_NULL();
	for (uint32 j = 0; j < p->key_count; j++)
		if (drift_numeric_keys(p)[j] == 0)
			rows = drift_numeric_counts(p)[2 * j + 1];
	PG_RETURN_INT64(rows);
}
