/*
 * exposition.c
 *		Samples as lines of Prometheus' text format: name{label="value",...} number
 *
 * Labels come as a JSON object. One that is null is left out, which to
 * Prometheus is the same as an empty one.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "compat.h"

static void
AppendEscaped(StringInfo line, const char *bytes, int length)
{
	for (int i = 0; i < length; i++)
	{
		if (bytes[i] == '\n')
		{
			appendStringInfoString(line, "\\n");
			continue;
		}
		if (bytes[i] == '\\' || bytes[i] == '"')
			appendStringInfoChar(line, '\\');
		appendStringInfoChar(line, bytes[i]);
	}
}

static void
AppendLabelValue(StringInfo line, const JsonbValue *value)
{
	if (value->type == jbvString)
		AppendEscaped(line, value->val.string.val, value->val.string.len);
	else if (value->type == jbvNumeric)
		appendStringInfoString(line,
							   DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric))));
	else if (value->type == jbvBool)
		appendStringInfoString(line, value->val.boolean ? "true" : "false");
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a label has one value, not an array or an object")));
}

static void
AppendLabels(StringInfo line, Jsonb *labels)
{
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue key;
	JsonbValue value;
	char before = '{';

	if (!JB_ROOT_IS_OBJECT(labels))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("labels must be a JSON object")));
	it = JsonbIteratorInit(&labels->root);
	while ((token = JsonbIteratorNext(&it, &key, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		JsonbIteratorNext(&it, &value, true);
		if (value.type == jbvNull)
			continue;
		appendStringInfoChar(line, before);
		appendBinaryStringInfo(line, key.val.string.val, key.val.string.len);
		appendStringInfoString(line, "=\"");
		AppendLabelValue(line, &value);
		appendStringInfoChar(line, '"');
		before = ',';
	}
	if (before == ',')
		appendStringInfoChar(line, '}');
}

static void
AppendSampleValue(StringInfo line, double x)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (isnan(x))
		appendStringInfoString(line, "NaN");
	else if (isinf(x))
		appendStringInfoString(line, x > 0 ? "+Inf" : "-Inf");
	else
	{
		double_to_shortest_decimal_buf(x, digits);
		appendStringInfoString(line, digits);
	}
}

PG_FUNCTION_INFO_V1(drift_exposition_line);
Datum
drift_exposition_line(PG_FUNCTION_ARGS)
{
	text *name = PG_GETARG_TEXT_PP(0);
	StringInfoData line;

	initStringInfo(&line);
	appendBinaryStringInfo(&line, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	AppendLabels(&line, PG_GETARG_JSONB_P(1));
	appendStringInfoChar(&line, ' ');
	AppendSampleValue(&line, PG_GETARG_FLOAT8(2));
	appendStringInfoChar(&line, '\n');
	PG_RETURN_TEXT_P(cstring_to_text_with_len(line.data, line.len));
}
