#include "model/lightgbm_text.h"

#include <math.h>
#include <string.h>

#include "model/number.h"

bool
drift_next_line(DriftLines *lines, DriftSpan *line)
{
	size_t left = (size_t) (lines->end - lines->at);
	const char *newline;

	if (left == 0)
		return false;
	newline = memchr(lines->at, '\n', left);
	line->start = lines->at;
	line->length = newline ? (size_t) (newline - lines->at) : left;
	line->line = ++lines->line;
	lines->at = newline ? newline + 1 : lines->end;
	if (line->length > 0 && line->start[line->length - 1] == '\r')
		line->length--;
	return true;
}

bool
drift_span_cut(const DriftSpan *line, DriftSpan *key, DriftSpan *value)
{
	const char *equals = line->length > 0 ? memchr(line->start, '=', line->length) : NULL;

	*key = *line;
	*value = (DriftSpan){NULL, 0, line->line};
	if (equals == NULL)
		return false;
	key->length = (size_t) (equals - line->start);
	*value = drift_span_behind(line, key->length + 1);
	return true;
}

bool
drift_span_is(const DriftSpan *span, const char *text)
{
	return span->length == strlen(text) && drift_span_begins(span, text);
}

bool
drift_span_begins(const DriftSpan *span, const char *text)
{
	size_t length = strlen(text);

	return span->length >= length && (length == 0 || memcmp(span->start, text, length) == 0);
}

DriftSpan
drift_span_behind(const DriftSpan *span, size_t n)
{
	return (DriftSpan){span->start + n, span->length - n, span->line};
}

bool
drift_next_word(DriftSpan *rest, char separator, DriftSpan *word)
{
	const char *end;

	while (separator == ' ' && rest->length > 0 && rest->start[0] == ' ')
		*rest = drift_span_behind(rest, 1);
	if (rest->length == 0)
		return false;
	end = memchr(rest->start, separator, rest->length);
	*word = *rest;
	if (end == NULL)
		*rest = drift_span_behind(rest, rest->length);
	else
	{
		word->length = (size_t) (end - rest->start);
		*rest = drift_span_behind(rest, word->length + 1);
	}
	return true;
}

/* The decimal that a span is. */
static bool
read_decimal(const DriftSpan *span, DriftDecimal *decimal)
{
	return span->length > 0 && drift_decimal_scan(span->start, span->start + span->length, decimal) &&
		   decimal->length == span->length;
}

static bool
is_infinite(const DriftSpan *span)
{
	return drift_span_is(span, "inf") || drift_span_is(span, "-inf");
}

bool
drift_span_integer(const DriftSpan *span, int64_t least, int64_t most, int64_t *value)
{
	DriftDecimal decimal;

	return read_decimal(span, &decimal) && drift_decimal_integer(&decimal, value) && *value >= least && *value <= most;
}

bool
drift_span_double(const DriftSpan *span, double *value)
{
	DriftDecimal decimal;

	if (is_infinite(span))
		*value = span->start[0] == '-' ? -(double) INFINITY : (double) INFINITY;
	else if (read_decimal(span, &decimal))
		*value = drift_decimal_double(&decimal);
	else
		return false;
	return true;
}

bool
drift_span_single(const DriftSpan *span, float *value)
{
	DriftDecimal decimal;

	if (is_infinite(span))
		*value = span->start[0] == '-' ? -INFINITY : INFINITY;
	else if (read_decimal(span, &decimal))
		*value = drift_decimal_float(&decimal);
	else
		return false;
	return true;
}
