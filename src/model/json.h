/*
 * json.h
 *		A reader of JSON and UBJSON, event by event.
 *
 * One interface for both: drift_json_next() gives objects, arrays, keys and
 * values in the order of the file. Both forms are read as XGBoost writes them:
 * JSON may hold NaN, Infinity and -Infinity; UBJSON has sizes and keys of any
 * integer type, arrays with a count or with a count and a type of numbers, and
 * neither typed objects nor numbers of high precision.
 *
 * The first error ends reading: it is noted in the refusal with its byte, and
 * every event after it is DRIFT_JSON_ERROR. Strings are valid UTF-8 without a
 * zero byte. Nothing recurses; nesting is limited. Memory of the host is taken
 * for strings with escapes and for the arrays of numbers that callers ask for.
 */
#ifndef DRIFT_MODEL_JSON_H
#define DRIFT_MODEL_JSON_H

#include "model/draft.h"
#include "model/number.h"

#define DRIFT_JSON_MAX_DEPTH 64

typedef enum DriftJsonEvent
{
	DRIFT_JSON_ERROR = 0,
	DRIFT_JSON_END, /* of the source, after its one value */
	DRIFT_JSON_OBJECT,
	DRIFT_JSON_OBJECT_END,
	DRIFT_JSON_ARRAY,
	DRIFT_JSON_ARRAY_END,
	DRIFT_JSON_KEY,    /* text */
	DRIFT_JSON_STRING, /* text */
	DRIFT_JSON_NUMBER, /* drift_json_double() and its like */
	DRIFT_JSON_TRUE,
	DRIFT_JSON_FALSE,
	DRIFT_JSON_NULL
} DriftJsonEvent;

/* How a number of the last event is given. */
typedef enum DriftJsonNumber
{
	DRIFT_JSON_DECIMAL,
	DRIFT_JSON_INTEGER,
	DRIFT_JSON_REAL
} DriftJsonNumber;

typedef struct DriftJsonLevel
{
	uint64_t left; /* elements of a counted array */
	bool object;
	bool begun; /* not before the first element */
	bool counted;
	char type; /* of all elements; 0: each says its own */
} DriftJsonLevel;

/* Callers read event, text, length and start, nothing else. */
typedef struct DriftJson
{
	DriftJsonEvent event; /* the last */
	const char *text;     /* of a key or string, not terminated */
	size_t length;
	size_t start; /* byte of the source where the event begins */

	const char *bytes;
	size_t size;
	size_t at;
	const DriftHost *host;
	DriftRefusal *refusal;
	bool binary;
	bool started;
	bool after_key;
	DriftJsonNumber number;
	DriftDecimal decimal;
	int64_t integer;
	double real;
	uint32_t depth;
	uint32_t patience;
	DriftJsonLevel level[DRIFT_JSON_MAX_DEPTH];
} DriftJson;

/* Starts a reader; binary: UBJSON. */
void drift_json_init(DriftJson *j, const char *bytes, size_t size, bool binary, const DriftHost *host, DriftRefusal *r);

/* Does the object that the bytes begin with have a key as UBJSON writes it? */
bool drift_json_is_binary(const char *bytes, size_t size);

/* The next event; also in j->event. */
DriftJsonEvent drift_json_next(DriftJson *j);

/* Refuses the source at the last event; false. */
bool drift_json_refuse(DriftJson *j, DriftStatus status, const char *reason);

/* The same, naming the text of the last event (of a key or string). */
bool drift_json_refuse_text(DriftJson *j, DriftStatus status, const char *reason);

/* Takes the next event, which has to be this one; else refuses and gives false. */
bool drift_json_expect(DriftJson *j, DriftJsonEvent event);

/* Skips the value that comes next. */
bool drift_json_skip(DriftJson *j);

/* Is the last key or string this one? */
bool drift_json_is(const DriftJson *j, const char *name);

/*
 * Within an object: takes the next key. Gives its place among n names, n where
 * it is none of them, -1 at the end of the object or after an error. A name
 * that *seen (one bit each, zero at first; at most 64) knows already is refused.
 */
int drift_json_field(DriftJson *j, const char *const *names, int n, uint64_t *seen);

/* The number of the last event, rounded once; NaN where the event is no number. */
double drift_json_double(const DriftJson *j);
float drift_json_float(const DriftJson *j);

/* The number of the last event if it is a whole one within int64, however written. */
bool drift_json_integer(const DriftJson *j, int64_t *i);

/*
 * Take the next value, which has to be an array of numbers (true is 1, false
 * 0), and put its elements behind those that *numbers holds: double, float or
 * int64_t. *numbers is zero before its first use; its count may be set back to
 * use its memory again.
 */
bool drift_json_doubles(DriftJson *j, DriftGrowing *numbers);
bool drift_json_floats(DriftJson *j, DriftGrowing *numbers);
bool drift_json_integers(DriftJson *j, DriftGrowing *numbers);

/* Is this valid UTF-8 without a zero byte? */
bool drift_utf8_valid(const char *text, size_t length);

/* Makes room for count elements more of that many bytes each; what is there stays. */
void drift_growing_reserve(DriftGrowing *g, uint64_t count, size_t element, const DriftHost *host);

#endif
