#include "model/json_parts.h"

#include <math.h>
#include <string.h>

/* Events between two polls of the host. */
#define PATIENCE 65536

#define FIRST_ROOM 256

void
drift_json_init(DriftJson *j, const char *bytes, size_t size, bool binary, const DriftHost *host, DriftRefusal *r)
{
	*j = (DriftJson){
		.bytes = bytes, .size = size, .binary = binary, .host = host, .refusal = r, .event = DRIFT_JSON_END};
}

bool
drift_json_is_binary(const char *bytes, size_t size)
{
	return size >= 2 && bytes[0] == '{' && memchr("LlIiU", bytes[1], 5) != NULL;
}

DriftJsonEvent
drift_json_fail(DriftJson *j, DriftStatus status, const char *reason, size_t at)
{
	drift_refuse(j->refusal, status, reason, "", 0, at);
	return j->event = DRIFT_JSON_ERROR;
}

bool
drift_json_refuse(DriftJson *j, DriftStatus status, const char *reason)
{
	drift_json_fail(j, status, reason, j->start);
	return false;
}

bool
drift_json_refuse_text(DriftJson *j, DriftStatus status, const char *reason)
{
	drift_refuse(j->refusal, status, reason, j->text, j->length, j->start);
	j->event = DRIFT_JSON_ERROR;
	return false;
}

DriftJsonEvent
drift_json_push(DriftJson *j, DriftJsonEvent event)
{
	if (j->depth == DRIFT_JSON_MAX_DEPTH)
		return drift_json_fail(j, DRIFT_CORRUPT, "objects and arrays are nested too deeply", j->start);
	j->level[j->depth++] = (DriftJsonLevel){.object = event == DRIFT_JSON_OBJECT};
	return event;
}

DriftJsonEvent
drift_json_pop(DriftJson *j)
{
	return j->level[--j->depth].object ? DRIFT_JSON_OBJECT_END : DRIFT_JSON_ARRAY_END;
}

static void
poll_host(DriftJson *j)
{
	if (++j->patience < PATIENCE)
		return;
	j->patience = 0;
	if (j->host->poll != NULL)
		j->host->poll();
}

DriftJsonEvent
drift_json_next(DriftJson *j)
{
	if (j->event == DRIFT_JSON_ERROR)
		return DRIFT_JSON_ERROR;
	poll_host(j);
	j->event = j->binary ? drift_ubjson_next(j) : drift_json_text_next(j);
	return j->event;
}

bool
drift_json_expect(DriftJson *j, DriftJsonEvent event)
{
	DriftJsonEvent next = drift_json_next(j);

	return next == event || (next != DRIFT_JSON_ERROR &&
							 drift_json_refuse(j, DRIFT_CORRUPT, "a value is not of the kind that belongs here"));
}

bool
drift_json_skip(DriftJson *j)
{
	uint32_t depth = j->depth;

	do
		if (drift_json_next(j) == DRIFT_JSON_ERROR || j->event == DRIFT_JSON_END)
			return false;
	while (j->depth > depth);
	return true;
}

bool
drift_json_is(const DriftJson *j, const char *name)
{
	return strlen(name) == j->length && memcmp(name, j->text, j->length) == 0;
}

int
drift_json_field(DriftJson *j, const char *const *names, int n, uint64_t *seen)
{
	DriftJsonEvent event = drift_json_next(j);

	if (event != DRIFT_JSON_KEY)
		return -1;
	for (int i = 0; i < n; i++)
	{
		if (!drift_json_is(j, names[i]))
			continue;
		if (*seen >> i & 1)
		{
			drift_json_refuse_text(j, DRIFT_CORRUPT, "a key is there twice");
			return -1;
		}
		*seen |= (uint64_t) 1 << i;
		return i;
	}
	return n;
}

double
drift_json_double(const DriftJson *j)
{
	if (j->event != DRIFT_JSON_NUMBER)
		return (double) NAN;
	switch (j->number)
	{
		case DRIFT_JSON_DECIMAL:
			return drift_decimal_double(&j->decimal);
		case DRIFT_JSON_INTEGER:
			return (double) j->integer;
		case DRIFT_JSON_REAL:
			break;
	}
	return j->real;
}

float
drift_json_float(const DriftJson *j)
{
	if (j->event != DRIFT_JSON_NUMBER)
		return NAN;
	switch (j->number)
	{
		case DRIFT_JSON_DECIMAL:
			return drift_decimal_float(&j->decimal);
		case DRIFT_JSON_INTEGER:
			return (float) j->integer;
		case DRIFT_JSON_REAL:
			break;
	}
	return (float) j->real;
}

bool
drift_json_integer(const DriftJson *j, int64_t *i)
{
	double x;

	if (j->event == DRIFT_JSON_NUMBER && j->number == DRIFT_JSON_INTEGER)
	{
		*i = j->integer;
		return true;
	}
	if (j->event == DRIFT_JSON_NUMBER && j->number == DRIFT_JSON_DECIMAL && drift_decimal_integer(&j->decimal, i))
		return true;
	x = drift_json_double(j);
	if (!(fabs(x) < 0x1p63) || x != trunc(x))
		return false;
	*i = (int64_t) x;
	return true;
}

void
drift_growing_reserve(DriftGrowing *g, uint64_t count, size_t element, const DriftHost *host)
{
	uint64_t room = g->room < FIRST_ROOM ? FIRST_ROOM : 2 * g->room;
	void *elements;

	if (count <= g->room - g->count)
		return;
	if (room < g->count + count)
		room = g->count + count;
	elements = host->allocate(host->ctx, room * element);
	if (g->count > 0)
		memcpy(elements, g->elements, g->count * element);
	g->elements = elements;
	g->room = room;
}

typedef enum Wanted
{
	WANT_DOUBLES,
	WANT_FLOATS,
	WANT_INTEGERS
} Wanted;

/* Puts the number of the last event behind the others; room is there. */
static bool
append_number(DriftJson *j, DriftGrowing *numbers, Wanted wanted)
{
	uint64_t i = numbers->count;

	switch (wanted)
	{
		case WANT_DOUBLES:
			((double *) numbers->elements)[i] = drift_json_double(j);
			break;
		case WANT_FLOATS:
			((float *) numbers->elements)[i] = drift_json_float(j);
			break;
		case WANT_INTEGERS:
			if (!drift_json_integer(j, &((int64_t *) numbers->elements)[i]))
				return drift_json_refuse(j, DRIFT_CORRUPT, "a whole number belongs here");
			break;
	}
	numbers->count++;
	return true;
}

static bool
read_numbers(DriftJson *j, DriftGrowing *numbers, Wanted wanted)
{
	size_t element = wanted == WANT_FLOATS ? sizeof(float) : sizeof(double);

	if (!drift_json_expect(j, DRIFT_JSON_ARRAY))
		return false;
	while (drift_json_next(j) != DRIFT_JSON_ARRAY_END)
	{
		if (j->event == DRIFT_JSON_TRUE || j->event == DRIFT_JSON_FALSE)
		{
			j->number = DRIFT_JSON_INTEGER;
			j->integer = j->event == DRIFT_JSON_TRUE;
			j->event = DRIFT_JSON_NUMBER;
		}
		if (j->event == DRIFT_JSON_ERROR)
			return false;
		if (j->event != DRIFT_JSON_NUMBER)
			return drift_json_refuse(j, DRIFT_CORRUPT, "a number belongs here");
		drift_growing_reserve(numbers, 1, element, j->host);
		if (!append_number(j, numbers, wanted))
			return false;
	}
	return true;
}

bool
drift_json_doubles(DriftJson *j, DriftGrowing *numbers)
{
	return read_numbers(j, numbers, WANT_DOUBLES);
}

bool
drift_json_floats(DriftJson *j, DriftGrowing *numbers)
{
	return read_numbers(j, numbers, WANT_FLOATS);
}

bool
drift_json_integers(DriftJson *j, DriftGrowing *numbers)
{
	return read_numbers(j, numbers, WANT_INTEGERS);
}

/* Bytes of the character at the start, 0 if it is none: neither overlong nor a surrogate nor beyond U+10FFFF. */
static size_t
utf8_character(const unsigned char *c, size_t left)
{
	size_t bytes = c[0] < 0x80 ? 1 : c[0] < 0xC2 ? 0 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : c[0] < 0xF5 ? 4 : 0;

	if (c[0] == 0 || bytes == 0 || bytes > left)
		return 0;
	for (size_t i = 1; i < bytes; i++)
		if ((c[i] & 0xC0) != 0x80)
			return 0;
	if ((c[0] == 0xE0 && c[1] < 0xA0) || (c[0] == 0xED && c[1] > 0x9F) || (c[0] == 0xF0 && c[1] < 0x90) ||
		(c[0] == 0xF4 && c[1] > 0x8F))
		return 0;
	return bytes;
}

bool
drift_utf8_valid(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length)
	{
		size_t bytes = utf8_character((const unsigned char *) text + at, length - at);

		if (bytes == 0)
			return false;
		at += bytes;
	}
	return true;
}
