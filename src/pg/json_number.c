#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "pg/json_number.h"
#include "pg/score.h"

/* The names of numbers that JSON does not have, as to_jsonb() writes them */
static bool
ReadNumberName(const JsonbValue *value, double *x)
{
	static const struct
	{
		const char *name;
		int length;
		double x;
	} names[] = {{"NaN", 3, NAN}, {"Infinity", 8, INFINITY}, {"-Infinity", 9, -INFINITY}};

	for (int i = 0; i < lengthof(names); i++)
		if (value->val.string.len == names[i].length &&
			memcmp(value->val.string.val, names[i].name, names[i].length) == 0)
		{
			*x = names[i].x;
			return true;
		}
	return false;
}

bool
ReadJsonNumber(const JsonbValue *value, double *x)
{
	if (value->type == jbvNumeric)
		*x = ReadSlowNumber(READ_NUMERIC, NumericGetDatum(value->val.numeric));
	else if (value->type == jbvBool)
		*x = value->val.boolean ? 1.0 : 0.0;
	else
		return value->type == jbvString && ReadNumberName(value, x);
	return true;
}

void
AppendJsonNumber(StringInfo out, double x)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (isfinite(x))
	{
		double_to_shortest_decimal_buf(x, digits);
		appendStringInfoString(out, digits);
	}
	else
		appendStringInfo(out, "\"%s\"", isnan(x) ? "NaN" : x > 0 ? "Infinity" : "-Infinity");
}
