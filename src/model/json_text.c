#include "model/json_parts.h"

#include <math.h>
#include <string.h>

static void
skip_blanks(DriftJson *j)
{
	while (j->at < j->size)
	{
		char c = j->bytes[j->at];

		if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
			return;
		j->at++;
	}
}

static DriftJsonEvent
fail_here(DriftJson *j, const char *reason)
{
	if (j->at >= j->size)
		return drift_json_fail(j, DRIFT_TRUNCATED, "the JSON ends too early", j->size);
	return drift_json_fail(j, DRIFT_CORRUPT, reason, j->at);
}

/* The four hexadecimal digits at the place, or -1. */
static int32_t
hexadecimal(const char *at, const char *end)
{
	int32_t value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++)
	{
		char c = at[i];
		int32_t digit = c >= '0' && c <= '9'   ? c - '0'
						: c >= 'a' && c <= 'f' ? c - 'a' + 10
						: c >= 'A' && c <= 'F' ? c - 'A' + 10
											   : -1;

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static size_t
put_utf8(char *to, uint32_t code)
{
	if (code < 0x80)
	{
		to[0] = (char) code;
		return 1;
	}
	if (code < 0x800)
	{
		to[0] = (char) (0xC0 | code >> 6);
		to[1] = (char) (0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000)
	{
		to[0] = (char) (0xE0 | code >> 12);
		to[1] = (char) (0x80 | (code >> 6 & 0x3F));
		to[2] = (char) (0x80 | (code & 0x3F));
		return 3;
	}
	to[0] = (char) (0xF0 | code >> 18);
	to[1] = (char) (0x80 | (code >> 12 & 0x3F));
	to[2] = (char) (0x80 | (code >> 6 & 0x3F));
	to[3] = (char) (0x80 | (code & 0x3F));
	return 4;
}

/* The character behind \u, of one or two groups of digits; gives the bytes read, 0 for none. */
static size_t
unicode_escape(const char *at, const char *end, uint32_t *code)
{
	int32_t first = hexadecimal(at, end);
	int32_t second;

	if (first < 0 || (first >= 0xDC00 && first <= 0xDFFF))
		return 0;
	*code = (uint32_t) first;
	if (first < 0xD800 || first > 0xDFFF)
		return 4;
	if (end - at < 10 || at[4] != '\\' || at[5] != 'u')
		return 0;
	second = hexadecimal(at + 6, end);
	if (second < 0xDC00 || second > 0xDFFF)
		return 0;
	*code = 0x10000 + ((uint32_t) (first - 0xD800) << 10) + (uint32_t) (second - 0xDC00);
	return 10;
}

/* Writes what the escape at the backslash stands for; gives the bytes read, 0 for none. */
static size_t
unescape_one(const char *at, const char *end, char *to, size_t *written)
{
	static const char escaped[] = "\"\\/bfnrt";
	static const char meant[] = "\"\\/\b\f\n\r\t";
	const char *found;
	uint32_t code;
	size_t read;

	if (end - at < 2)
		return 0;
	if (at[1] == 'u')
	{
		read = unicode_escape(at + 2, end, &code);
		if (read == 0)
			return 0;
		*written += put_utf8(to, code);
		return 2 + read;
	}
	found = memchr(escaped, at[1], sizeof(escaped) - 1);
	if (found == NULL)
		return 0;
	*to = meant[found - escaped];
	*written += 1;
	return 2;
}

/* The string's raw bytes with their escapes, into memory of the host. */
static bool
unescape(DriftJson *j, const char *at, const char *end)
{
	char *text = j->host->allocate(j->host->ctx, (size_t) (end - at));
	size_t written = 0;

	while (at < end)
	{
		size_t read = 1;

		if (*at != '\\')
			text[written++] = *at;
		else
		{
			read = unescape_one(at, end, text + written, &written);
			if (read == 0)
				return false;
		}
		at += read;
	}
	j->text = text;
	j->length = written;
	return true;
}

/* A string from its quote on. */
static DriftJsonEvent
read_string(DriftJson *j, DriftJsonEvent event)
{
	const char *begin = j->bytes + j->at + 1;
	const char *end = j->bytes + j->size;
	const char *at = begin;
	bool escapes = false;

	for (; at < end && *at != '"'; at++)
	{
		if ((unsigned char) *at < 0x20)
			return drift_json_fail(j, DRIFT_CORRUPT, "a string holds a control character", (size_t) (at - j->bytes));
		if (*at != '\\')
			continue;
		escapes = true;
		if (++at == end)
			break;
	}
	if (at >= end)
		return drift_json_fail(j, DRIFT_TRUNCATED, "the JSON ends too early", j->size);
	j->at = (size_t) (at + 1 - j->bytes);
	j->text = begin;
	j->length = (size_t) (at - begin);
	if (escapes && !unescape(j, begin, at))
		return drift_json_fail(j, DRIFT_CORRUPT, "a string holds an unknown escape", j->start);
	if (!drift_utf8_valid(j->text, j->length))
		return drift_json_fail(j, DRIFT_CORRUPT, "a string is not valid UTF-8", j->start);
	return event;
}

/* Takes a word if it is what comes next. */
static bool
take_word(DriftJson *j, const char *word)
{
	size_t length = strlen(word);

	if (j->size - j->at < length || memcmp(j->bytes + j->at, word, length) != 0)
		return false;
	j->at += length;
	return true;
}

static DriftJsonEvent
real(DriftJson *j, double x)
{
	j->number = DRIFT_JSON_REAL;
	j->real = x;
	return DRIFT_JSON_NUMBER;
}

static DriftJsonEvent
read_number(DriftJson *j)
{
	const char *at = j->bytes + j->at;
	const char *end = j->bytes + j->size;
	const char *digits = *at == '-' ? at + 1 : at;

	if (!drift_decimal_scan(at, end, &j->decimal))
		return drift_json_fail(j, DRIFT_CORRUPT, "a number is not written as JSON writes one", j->at);
	if (end - digits > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9')
		return drift_json_fail(j, DRIFT_CORRUPT, "a number begins with a zero too many", j->at);
	j->at += j->decimal.length;
	j->number = DRIFT_JSON_DECIMAL;
	return DRIFT_JSON_NUMBER;
}

static DriftJsonEvent
read_value(DriftJson *j)
{
	char c = j->at < j->size ? j->bytes[j->at] : '\0';

	j->start = j->at;
	if ((c >= '0' && c <= '9') || (c == '-' && j->size - j->at > 1 && j->bytes[j->at + 1] != 'I'))
		return read_number(j);
	switch (c)
	{
		case '{':
			j->at++;
			return drift_json_push(j, DRIFT_JSON_OBJECT);
		case '[':
			j->at++;
			return drift_json_push(j, DRIFT_JSON_ARRAY);
		case '"':
			return read_string(j, DRIFT_JSON_STRING);
		default:
			break;
	}
	if (take_word(j, "true"))
		return DRIFT_JSON_TRUE;
	if (take_word(j, "false"))
		return DRIFT_JSON_FALSE;
	if (take_word(j, "null"))
		return DRIFT_JSON_NULL;
	if (take_word(j, "NaN"))
		return real(j, (double) NAN);
	if (take_word(j, "Infinity"))
		return real(j, (double) INFINITY);
	if (take_word(j, "-Infinity"))
		return real(j, (double) -INFINITY);
	return fail_here(j, "no value begins like this");
}

static DriftJsonEvent
read_key(DriftJson *j)
{
	DriftJsonEvent event;

	j->start = j->at;
	if (j->at >= j->size || j->bytes[j->at] != '"')
		return fail_here(j, "a key belongs here");
	event = read_string(j, DRIFT_JSON_KEY);
	if (event == DRIFT_JSON_ERROR)
		return event;
	skip_blanks(j);
	if (j->at >= j->size || j->bytes[j->at] != ':')
		return fail_here(j, "a colon belongs here");
	j->at++;
	j->after_key = true;
	return event;
}

static DriftJsonEvent
end_of_source(DriftJson *j)
{
	return j->at == j->size ? DRIFT_JSON_END
							: drift_json_fail(j, DRIFT_TRAILING_BYTES, "something follows the JSON", j->at);
}

DriftJsonEvent
drift_json_text_next(DriftJson *j)
{
	DriftJsonLevel *top = drift_json_top(j);

	skip_blanks(j);
	if (top == NULL)
	{
		if (j->started)
			return end_of_source(j);
		j->started = true;
		return read_value(j);
	}
	if (j->after_key)
	{
		j->after_key = false;
		return read_value(j);
	}
	if (j->at < j->size && j->bytes[j->at] == (top->object ? '}' : ']'))
	{
		j->start = j->at++;
		return drift_json_pop(j);
	}
	if (top->begun)
	{
		if (j->at >= j->size || j->bytes[j->at] != ',')
			return fail_here(j, "a comma belongs here");
		j->at++;
		skip_blanks(j);
	}
	top->begun = true;
	return top->object ? read_key(j) : read_value(j);
}
