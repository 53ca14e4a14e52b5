#include "model/json_parts.h"

#include <string.h>

static DriftJsonEvent
truncated(DriftJson *j)
{
	return drift_json_fail(j, DRIFT_TRUNCATED, "the UBJSON ends too early", j->size);
}

/* Bytes of a number of this type; 0 for what is no number. */
static size_t
number_bytes(char type)
{
	switch (type)
	{
		case 'i':
		case 'U':
		case 'C':
			return 1;
		case 'I':
			return 2;
		case 'l':
		case 'd':
			return 4;
		case 'L':
		case 'D':
			return 8;
		default:
			return 0;
	}
}

/* A big-endian number of that many bytes, with its sign if it has one. */
static uint64_t
big_endian(const char *at, size_t bytes)
{
	uint64_t x = 0;

	for (size_t i = 0; i < bytes; i++)
		x = x << 8 | (unsigned char) at[i];
	return x;
}

/* The number that begins at j->at, of a type known to be one. */
static DriftJsonEvent
read_number(DriftJson *j, char type)
{
	size_t bytes = number_bytes(type);
	uint64_t bits;
	uint32_t half;
	float single;

	if (j->size - j->at < bytes)
		return truncated(j);
	bits = big_endian(j->bytes + j->at, bytes);
	j->at += bytes;
	j->number = DRIFT_JSON_INTEGER;
	if (type == 'd')
	{
		half = (uint32_t) bits;
		memcpy(&single, &half, sizeof(single));
		j->real = (double) single;
		j->number = DRIFT_JSON_REAL;
	}
	else if (type == 'D')
	{
		memcpy(&j->real, &bits, sizeof(bits));
		j->number = DRIFT_JSON_REAL;
	}
	else if (type == 'U' || type == 'C')
		j->integer = (int64_t) bits;
	else if (type == 'i')
		j->integer = (int8_t) bits;
	else if (type == 'I')
		j->integer = (int16_t) bits;
	else if (type == 'l')
		j->integer = (int32_t) bits;
	else
		j->integer = (int64_t) bits;
	return DRIFT_JSON_NUMBER;
}

/* A size: an integer with its type, not below zero. The event is a number or an error. */
static DriftJsonEvent
read_size(DriftJson *j, uint64_t *size)
{
	char type;

	if (j->at >= j->size)
		return truncated(j);
	type = j->bytes[j->at];
	if (memchr("LlIiU", type, 5) == NULL)
		return drift_json_fail(j, DRIFT_CORRUPT, "a size belongs here", j->at);
	j->at++;
	if (read_number(j, type) == DRIFT_JSON_ERROR)
		return DRIFT_JSON_ERROR;
	if (j->integer < 0)
		return drift_json_fail(j, DRIFT_CORRUPT, "a size is below zero", j->at);
	*size = (uint64_t) j->integer;
	return DRIFT_JSON_NUMBER;
}

static DriftJsonEvent
read_string(DriftJson *j, DriftJsonEvent event)
{
	uint64_t length;

	if (read_size(j, &length) == DRIFT_JSON_ERROR)
		return DRIFT_JSON_ERROR;
	if (length > j->size - j->at)
		return truncated(j);
	j->text = j->bytes + j->at;
	j->length = (size_t) length;
	j->at += (size_t) length;
	if (!drift_utf8_valid(j->text, j->length))
		return drift_json_fail(j, DRIFT_CORRUPT, "a string is not valid UTF-8", j->start);
	return event;
}

/* An array behind its bracket, with its type and count if they are given. */
static DriftJsonEvent
read_array(DriftJson *j)
{
	char type = 0;
	DriftJsonLevel *top;

	if (j->size - j->at >= 2 && j->bytes[j->at] == '$')
	{
		type = j->bytes[j->at + 1];
		if (number_bytes(type) == 0)
			return drift_json_fail(j, DRIFT_UNSUPPORTED, "an array is of another type than numbers", j->at);
		j->at += 2;
		if (j->at < j->size && j->bytes[j->at] != '#')
			return drift_json_fail(j, DRIFT_CORRUPT, "an array of a type has no count", j->at);
	}
	if (drift_json_push(j, DRIFT_JSON_ARRAY) == DRIFT_JSON_ERROR)
		return DRIFT_JSON_ERROR;
	if (j->at >= j->size)
		return truncated(j);
	if (j->bytes[j->at] != '#')
		return DRIFT_JSON_ARRAY;
	j->at++;
	top = drift_json_top(j);
	top->counted = true;
	top->type = type;
	if (read_size(j, &top->left) == DRIFT_JSON_ERROR)
		return DRIFT_JSON_ERROR;
	if (top->left > (j->size - j->at) / (type != 0 ? number_bytes(type) : 1))
		return truncated(j);
	return DRIFT_JSON_ARRAY;
}

static DriftJsonEvent
read_value(DriftJson *j)
{
	char type;

	if (j->at >= j->size)
		return truncated(j);
	type = j->bytes[j->at++];
	if (number_bytes(type) > 0)
		return read_number(j, type);
	switch (type)
	{
		case '{':
			return drift_json_push(j, DRIFT_JSON_OBJECT);
		case '[':
			return read_array(j);
		case 'S':
			return read_string(j, DRIFT_JSON_STRING);
		case 'T':
			return DRIFT_JSON_TRUE;
		case 'F':
			return DRIFT_JSON_FALSE;
		case 'Z':
			return DRIFT_JSON_NULL;
		default:
			return drift_json_fail(j, DRIFT_CORRUPT, "no value begins like this", j->start);
	}
}

static DriftJsonEvent
next_of_object(DriftJson *j)
{
	if (j->after_key)
	{
		j->after_key = false;
		return read_value(j);
	}
	if (j->at >= j->size)
		return truncated(j);
	if (j->bytes[j->at] == '}')
	{
		j->at++;
		return drift_json_pop(j);
	}
	j->after_key = true;
	return read_string(j, DRIFT_JSON_KEY);
}

static DriftJsonEvent
next_of_array(DriftJson *j, DriftJsonLevel *top)
{
	if (top->counted)
	{
		if (top->left == 0)
			return drift_json_pop(j);
		top->left--;
		return top->type != 0 ? read_number(j, top->type) : read_value(j);
	}
	if (j->at < j->size && j->bytes[j->at] == ']')
	{
		j->at++;
		return drift_json_pop(j);
	}
	return read_value(j);
}

DriftJsonEvent
drift_ubjson_next(DriftJson *j)
{
	DriftJsonLevel *top = drift_json_top(j);

	j->start = j->at;
	if (top != NULL)
		return top->object ? next_of_object(j) : next_of_array(j, top);
	if (!j->started)
	{
		j->started = true;
		return read_value(j);
	}
	return j->at == j->size ? DRIFT_JSON_END
							: drift_json_fail(j, DRIFT_TRAILING_BYTES, "something follows the UBJSON", j->at);
}
