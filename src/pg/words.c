#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "compat.h"
#include "pg/format_number.h"
#include "pg/profile.h"
#include "pg/words.h"
#include "stats/numeric_rank.h"

/* ------------------------------------------------------------------------
 * Numbers
 * ------------------------------------------------------------------------ */

/* numeric has the fifteen digits of a double that are certain, and rounds halves up as people do */
static Datum
NumericOf(double value)
{
	return DirectFunctionCall1(float8_numeric, Float8GetDatum(value));
}

static char *
RoundedText(Datum number, int scale)
{
	return DatumGetCString(
		DirectFunctionCall1(numeric_out, DirectFunctionCall2(numeric_round, number, Int32GetDatum(scale))));
}

char *
PercentText(double share)
{
	Datum hundred = NumericGetDatum(int64_to_numeric(100));

	return psprintf("%s %%", RoundedText(DirectFunctionCall2(numeric_mul, hundred, NumericOf(share)), 1));
}

/* Without the zeros that end a number */
static char *
TrimmedText(Datum number)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, DirectFunctionCall1(numeric_trim_scale, number)));
}

char *
ShortNumber(double value)
{
	double size = fabs(value);

	if (value == 0 || !isfinite(value))
		return DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(value)));
	if (size < 1e-4 || size >= 1e15)
	{
		char *words = text_to_cstring(DatumGetTextPP(
			DirectFunctionCall2(float8_to_char, Float8GetDatum(value), PointerGetDatum(cstring_to_text("9.999EEEE")))));

		return words + strspn(words, " ");
	}
	return TrimmedText(
		DirectFunctionCall2(numeric_round, NumericOf(value), Int32GetDatum(Max(0, 3 - (int) floor(log10(size))))));
}

/* The name of the one type is also a keyword, and so quoted */
static bool
IsTimestamp(const char *value_type)
{
	return strcmp(value_type, "pg_catalog.timestamptz") == 0 || strcmp(value_type, "pg_catalog.\"timestamp\"") == 0;
}

char *
ShownValue(double value, const char *value_type)
{
	if (!isfinite(value))
		return DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(value)));
	if (value_type == NULL)
		return ShortNumber(value);
	/* whole days and seconds */
	if (strcmp(value_type, "pg_catalog.date") == 0)
		return FormatNumber(DRIFT_VALUE_DATE, floor(value));
	return IsTimestamp(value_type) ? FormatNumber(DRIFT_VALUE_TIMESTAMP, floor(value)) : ShortNumber(value);
}

/* Is this the number before one of few digits? The fifteen digits that numeric takes make it the short one again. */
static bool
IsJustBelow(double value)
{
	Datum shown;

	if (!(fabs(value) < 1e100))
		return false;
	shown = NumericOf(value);
	return DatumGetFloat8(DirectFunctionCall1(numeric_float8, shown)) > value && strlen(TrimmedText(shown)) <= 12;
}

char *
RangeText(double lower, double upper, const char *value_type)
{
	if (lower == -INFINITY && upper == INFINITY)
		return pstrdup("all values");
	if (lower == -INFINITY)
		return psprintf("%s %s", IsJustBelow(upper) ? "below" : "up to", ShownValue(upper, value_type));
	if (upper == INFINITY)
		return psprintf("above %s", ShownValue(lower, value_type));
	/* a bin that one value fills is cut just below the value and at it */
	if (upper - lower <= Max(fabs(upper) * 3e-16, 5e-324))
		return ShownValue(upper, value_type);
	return psprintf("%s to %s", ShownValue(lower, value_type), ShownValue(upper, value_type));
}

/* ------------------------------------------------------------------------
 * Verdicts
 * ------------------------------------------------------------------------ */

typedef struct Wording
{
	const char *severity;
	const char *text;
	const char *action;
} Wording;

static const Wording wordings[] = {
	{"ok", "No significant change", "Relax, everything normal"},
	{"warning", "Moderate change", "Watch closely, investigate"},
	{"critical", "Significant change", "Retrain model immediately"},
	{"insufficient_data", "Not enough data to tell", "Wait for more data"},
	{"skipped", "Not compared", NULL},
	{"unusable", NULL, "Repair the column, a model cannot use it as it is"},
};

static const Wording *
WordingOf(const char *severity)
{
	static const Wording none = {NULL, NULL, NULL};

	for (int i = 0; i < (int) lengthof(wordings); i++)
		if (strcmp(severity, wordings[i].severity) == 0)
			return &wordings[i];
	return &none;
}

const char *
SeverityText(const char *severity)
{
	return WordingOf(severity)->text;
}

const char *
ActionText(const char *severity, bool agreed)
{
	if (agreed && strcmp(severity, "warning") == 0)
		return "Investigate and prepare for retraining";
	return WordingOf(severity)->action;
}

/* ------------------------------------------------------------------------
 * Shifts
 * ------------------------------------------------------------------------ */

Location
LocationOf(const DriftNumeric *p)
{
	return (Location){
		.mean = drift_numeric_mean(p), .stddev = drift_numeric_stddev(p), .median = drift_numeric_quantile(p, 0.5)};
}

/* The direction, in units the reader knows; nothing where the reference does not vary */
static char *
DeviationsText(const Location *reference, const Location *current)
{
	double moved = current->mean - reference->mean;

	if (!(reference->stddev > 0 && isfinite(reference->stddev) && isfinite(current->mean)))
		return "";
	return psprintf(" (%s by %s standard deviations)", moved < 0 ? "down" : "up",
					RoundedText(NumericOf(fabs(moved) / reference->stddev), 2));
}

char *
ShiftText(const char *value_type, const Location *reference, const Location *current)
{
	return psprintf("mean %s to %s%s, median %s to %s", ShownValue(reference->mean, value_type),
					ShownValue(current->mean, value_type), DeviationsText(reference, current),
					ShownValue(reference->median, value_type), ShownValue(current->median, value_type));
}

/* ------------------------------------------------------------------------
 * The same in SQL
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_percent_text);
Datum
drift_percent_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(PercentText(PG_GETARG_FLOAT8(0))));
}

PG_FUNCTION_INFO_V1(drift_short_number);
Datum
drift_short_number(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(ShortNumber(PG_GETARG_FLOAT8(0))));
}

/* range_text(lower, upper, value_type): NULL for a bin without bounds, one bound that is NULL is open */
PG_FUNCTION_INFO_V1(drift_range_text);
Datum
drift_range_text(PG_FUNCTION_ARGS)
{
	if ((PG_ARGISNULL(0) && PG_ARGISNULL(1)) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(RangeText(PG_ARGISNULL(0) ? -INFINITY : PG_GETARG_FLOAT8(0),
											   PG_ARGISNULL(1) ? INFINITY : PG_GETARG_FLOAT8(1),
											   text_to_cstring(PG_GETARG_TEXT_PP(2)))));
}

PG_FUNCTION_INFO_V1(drift_severity_text);
Datum
drift_severity_text(PG_FUNCTION_ARGS)
{
	const char *words = SeverityText(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	if (words == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(words));
}

PG_FUNCTION_INFO_V1(drift_action_text);
Datum
drift_action_text(PG_FUNCTION_ARGS)
{
	const char *words = PG_ARGISNULL(0)
							? NULL
							: ActionText(text_to_cstring(PG_GETARG_TEXT_PP(0)), !PG_ARGISNULL(1) && PG_GETARG_BOOL(1));

	if (words == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(words));
}

/* shift_text(value_type, reference, current); NULL where a side has no values */
PG_FUNCTION_INFO_V1(drift_shift_text);
Datum
drift_shift_text(PG_FUNCTION_ARGS)
{
	const DriftNumeric *reference = ProfileReadNumeric(PG_GETARG_DATUM(1));
	const DriftNumeric *current = ProfileReadNumeric(PG_GETARG_DATUM(2));
	Location locations[2];

	if (drift_profile_n(&reference->profile) == 0 || drift_profile_n(&current->profile) == 0)
		PG_RETURN_NULL();
	locations[0] = LocationOf(reference);
	locations[1] = LocationOf(current);
	PG_RETURN_TEXT_P(cstring_to_text(ShiftText(text_to_cstring(PG_GETARG_TEXT_PP(0)), &locations[0], &locations[1])));
}
