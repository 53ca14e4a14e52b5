/*
 * class_text.c
 *		Classes as text: 1, 1.0 and '1' are one class, whatever types they have.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "compat.h"
#include "pg/multiclass.h"

/* Whole numbers below this are written by their digits alone as double precision too */
#define EXACT_DIGITS 1e15

static ValueReader
ReaderOfClass(Oid type)
{
	/* an untyped literal is a C string, which is read as a name is */
	ValueReader reader = type == UNKNOWNOID ? READ_NAME : FindReader(type);

	if (reader == READ_NOTHING || reader == READ_DATE || reader == READ_TIMESTAMP)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("values of type %s are no classes", OidIsValid(type) ? format_type_be(type) : "unknown"),
						errhint("Cast them to text.")));
	return reader;
}

static bool
IsPassedByValue(ValueReader reader)
{
	return reader == READ_INT2 || reader == READ_INT4 || (FLOAT8PASSBYVAL && reader == READ_INT8) ||
		   reader == READ_BOOL || reader == READ_ENUM || reader == READ_CHAR;
}

const ClassReaders *
ClassReadersOf(FunctionCallInfo fcinfo)
{
	FmgrInfo *flinfo = fcinfo->flinfo;
	ClassReaders *readers = flinfo->fn_extra;

	if (likely(readers))
		return readers;
	readers = MemoryContextAlloc(flinfo->fn_mcxt, sizeof(ClassReaders));
	for (int side = 0; side < 2; side++)
		readers->of[side] = ReaderOfClass(get_fn_expr_argtype(flinfo, side + 1));
	readers->by_value = IsPassedByValue(readers->of[0]) && IsPassedByValue(readers->of[1]);
	flinfo->fn_extra = readers;
	return readers;
}

static void
UseText(ClassText *text, const char *bytes, uint32 length)
{
	text->category.bytes = bytes;
	text->category.length = length;
}

static void
UseWhole(ClassText *text, int64 number)
{
	UseText(text, text->number, pg_lltoa(number, text->number));
}

static bool
ReadDouble(double number, PGFunction output, Datum value, ClassText *text)
{
	char *printed;

	if (isnan(number))
		return false;
	if (fabs(number) < EXACT_DIGITS && number == trunc(number))
	{
		UseWhole(text, (int64) number);
		return true;
	}
	printed = DatumGetCString(DirectFunctionCall1(output, value));
	UseText(text, printed, strlen(printed));
	return true;
}

static bool
ReadNumeric(Numeric number, ClassText *text)
{
	char *printed;

	if (numeric_is_nan(number))
		return false;
	printed = numeric_normalize(number);
	UseText(text, printed, strlen(printed));
	return true;
}

bool
ReadClass(ValueReader reader, Datum value, ClassText *text)
{
	switch (reader)
	{
		case READ_INT2:
			UseWhole(text, DatumGetInt16(value));
			return true;
		case READ_INT4:
			UseWhole(text, DatumGetInt32(value));
			return true;
		case READ_INT8:
			UseWhole(text, DatumGetInt64(value));
			return true;
		case READ_FLOAT4:
			return ReadDouble((double) DatumGetFloat4(value), float4out, value, text);
		case READ_FLOAT8:
			return ReadDouble(DatumGetFloat8(value), float8out, value, text);
		case READ_NUMERIC:
			return ReadNumeric(DatumGetNumeric(value), text);
		default:
			ReadLabel(reader, value, &text->label);
			UseText(text, text->label.bytes, text->label.length);
			return true;
	}
}
