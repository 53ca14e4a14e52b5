/*
 * value.h
 *		What a value of some SQL type is to a statistic: a number or a category.
 */
#ifndef DRIFT_PG_VALUE_H
#define DRIFT_PG_VALUE_H

/* How to read a Datum. Numbers come first; categories start at READ_BOOL. */
typedef enum ValueReader
{
	READ_FLOAT8,
	READ_INT4,
	READ_INT8,
	READ_INT2,
	READ_FLOAT4,
	READ_NUMERIC,
	READ_DATE,      /* days since 1970-01-01 */
	READ_TIMESTAMP, /* seconds since 1970-01-01 00:00 UTC */
	READ_BOOL,
	READ_CHAR,
	READ_ENUM,
	READ_UUID,
	READ_NAME,
	READ_BPCHAR,
	READ_TEXT,
	READ_NOTHING /* neither a number nor a category */
} ValueReader;

/* The bytes that identify a category; own holds those of types passed by value. */
typedef struct CategoryBytes
{
	const char *bytes;
	uint32 length;
	char own[sizeof(Oid)];
} CategoryBytes;

/* FindReader answers READ_NOTHING where ReaderOfType raises an error. */
extern ValueReader FindReader(Oid type);
extern ValueReader ReaderOfType(Oid type);
extern double ReadSlowNumber(ValueReader reader, Datum value);
extern void ReadCategory(ValueReader reader, Datum value, CategoryBytes *category);

static inline bool
ReaderIsNumeric(ValueReader reader)
{
	return reader < READ_BOOL;
}

static inline double
ReadNumber(ValueReader reader, Datum value)
{
	switch (reader)
	{
		case READ_FLOAT8:
			return DatumGetFloat8(value);
		case READ_INT4:
			return (double) DatumGetInt32(value);
		case READ_INT8:
			return (double) DatumGetInt64(value);
		default:
			return ReadSlowNumber(reader, value);
	}
}

#endif
