#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "compat.h"
#include "pg/value.h"

#define EPOCH_DAYS (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE)

/* Choose how to read a type, looking through domains; READ_NOTHING if it is of none of the kinds */
ValueReader
FindReader(Oid type)
{
	Oid base = OidIsValid(type) ? getBaseType(type) : InvalidOid;

	switch (base)
	{
		case FLOAT8OID:
			return READ_FLOAT8;
		case INT4OID:
			return READ_INT4;
		case INT8OID:
			return READ_INT8;
		case INT2OID:
			return READ_INT2;
		case FLOAT4OID:
			return READ_FLOAT4;
		case NUMERICOID:
			return READ_NUMERIC;
		case DATEOID:
			return READ_DATE;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return READ_TIMESTAMP;
		case BOOLOID:
			return READ_BOOL;
		case CHAROID:
			return READ_CHAR;
		case UUIDOID:
			return READ_UUID;
		case NAMEOID:
			return READ_NAME;
		case BPCHAROID:
			return READ_BPCHAR;
		case TEXTOID:
		case VARCHAROID:
			return READ_TEXT;
		default:
			return OidIsValid(base) && type_is_enum(base) ? READ_ENUM : READ_NOTHING;
	}
}

ValueReader
ReaderOfType(Oid type)
{
	ValueReader reader = FindReader(type);

	if (reader == READ_NOTHING)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("cannot compare the distribution of values of type %s",
							   OidIsValid(type) ? format_type_be(type) : "unknown"),
						errhint("Cast the value to double precision, date, timestamp, boolean or text.")));
	return reader;
}

/* Get the days since 1970-01-01 */
static double
DateToNumber(DateADT date)
{
	if (DATE_IS_NOBEGIN(date))
		return -INFINITY;
	if (DATE_IS_NOEND(date))
		return INFINITY;
	return (double) date + EPOCH_DAYS;
}

/* Get the seconds since 1970-01-01 00:00, as extract(epoch) does */
static double
TimestampToNumber(Timestamp timestamp)
{
	const int64 epoch = (int64) EPOCH_DAYS * SECS_PER_DAY;
	int64 microseconds;

	if (TIMESTAMP_IS_NOBEGIN(timestamp))
		return -INFINITY;
	if (TIMESTAMP_IS_NOEND(timestamp))
		return INFINITY;
	if (pg_add_s64_overflow(timestamp, epoch * USECS_PER_SEC, &microseconds))
		return (double) timestamp / USECS_PER_SEC + (double) epoch;
	return (double) microseconds / USECS_PER_SEC;
}

/* Read a number of one of the types that are not worth reading inline */
double
ReadSlowNumber(ValueReader reader, Datum value)
{
	switch (reader)
	{
		case READ_INT2:
			return (double) DatumGetInt16(value);
		case READ_FLOAT4:
			return (double) DatumGetFloat4(value);
		case READ_NUMERIC:
			/* beyond the range of doubles is infinite, not an error */
			return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, value));
		case READ_DATE:
			return DateToNumber(DatumGetDateADT(value));
		case READ_TIMESTAMP:
			return TimestampToNumber(DatumGetTimestamp(value));
		default:
			elog(ERROR, "value reader %d does not read numbers", (int) reader);
	}
}

/* Find the bytes of a category; they live as long as the value and category */
void
ReadCategory(ValueReader reader, Datum value, CategoryBytes *category)
{
	category->bytes = category->own;
	switch (reader)
	{
		case READ_BOOL:
			category->own[0] = DatumGetBool(value);
			category->length = 1;
			return;
		case READ_CHAR:
			category->own[0] = DatumGetChar(value);
			category->length = 1;
			return;
		case READ_ENUM:
		{
			Oid member = DatumGetObjectId(value);

			memcpy(category->own, &member, sizeof(member));
			category->length = sizeof(member);
			return;
		}
		case READ_UUID:
			category->bytes = (const char *) DatumGetUUIDP(value)->data;
			category->length = UUID_LEN;
			return;
		case READ_NAME:
			category->bytes = NameStr(*DatumGetName(value));
			category->length = strlen(category->bytes);
			return;
		default:
		{
			text *label = DatumGetTextPP(value);

			category->bytes = VARDATA_ANY(label);
			category->length = VARSIZE_ANY_EXHDR(label);
			/* trailing blanks of char(n) mean nothing */
			if (reader == READ_BPCHAR)
				category->length = bpchartruelen(VARDATA_ANY(label), category->length);
			return;
		}
	}
}
