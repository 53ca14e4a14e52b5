#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "pg/label.h"
#include "registry/outcome_value.h"

/* Text that is a decimal number: clients send numbers without their type */
static bool
ReadDecimal(const char *text, double *number)
{
	const char *first = text + (*text == '-' || *text == '+');
	char *end;

	if (strchr("0123456789.", *first) == NULL || strspn(first, "0123456789.eE+-") != strlen(first))
		return false;
	*number = strtod(text, &end);
	return end > text && *end == '\0' && isfinite(*number);
}

static OutcomeValue
ReadText(char *text)
{
	OutcomeValue outcome = {.actual = text};

	outcome.is_number = *text != '\0' && ReadDecimal(text, &outcome.number);
	return outcome;
}

static char *
WriteNumber(Oid type, ValueReader reader, Datum value)
{
	Oid output;
	bool is_varlena;

	if (reader == READ_NUMERIC)
		value = DirectFunctionCall1(numeric_trim_scale, value);
	getTypeOutputInfo(type, &output, &is_varlena);
	return OidOutputFunctionCall(output, value);
}

static OutcomeValue
ReadNumberOutcome(Oid type, ValueReader reader, Datum value)
{
	OutcomeValue outcome = {.is_number = true, .number = ReadNumber(reader, value)};

	if (isnan(outcome.number))
		return (OutcomeValue){0};
	outcome.actual = WriteNumber(type, reader, value);
	/* The number that is meant, not the nearest float4 */
	if (reader == READ_FLOAT4)
		ReadDecimal(outcome.actual, &outcome.number);
	return outcome;
}

static OutcomeValue
ReadLabelOutcome(ValueReader reader, Datum value)
{
	Label label;

	ReadLabel(reader, value, &label);
	if (reader == READ_TEXT || reader == READ_BPCHAR || reader == READ_NAME)
		return ReadText(pnstrdup(label.bytes, label.length));
	return (OutcomeValue){.actual = pnstrdup(label.bytes, label.length)};
}

OutcomeValue
ReadOutcome(Oid type, Datum value)
{
	ValueReader reader;

	if (type == UNKNOWNOID)
		return ReadText(pstrdup(DatumGetCString(value)));

	type = getBaseType(type);
	reader = FindReader(type);
	if (reader == READ_NOTHING || reader == READ_DATE || reader == READ_TIMESTAMP)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("an outcome cannot be of type %s", OidIsValid(type) ? format_type_be(type) : "unknown"),
						errhint("Outcomes are numbers, booleans, or text: the class as the model writes it.")));
	return ReaderIsNumeric(reader) ? ReadNumberOutcome(type, reader, value) : ReadLabelOutcome(reader, value);
}

static OutcomeValue
ReadArgument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		return (OutcomeValue){0};
	return ReadOutcome(get_fn_expr_argtype(fcinfo->flinfo, 0), PG_GETARG_DATUM(0));
}

PG_FUNCTION_INFO_V1(drift_outcome_actual);
Datum
drift_outcome_actual(PG_FUNCTION_ARGS)
{
	OutcomeValue outcome = ReadArgument(fcinfo);

	if (outcome.actual == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(outcome.actual));
}

PG_FUNCTION_INFO_V1(drift_outcome_number);
Datum
drift_outcome_number(PG_FUNCTION_ARGS)
{
	OutcomeValue outcome = ReadArgument(fcinfo);

	if (!outcome.is_number)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(outcome.number);
}
