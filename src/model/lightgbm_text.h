/*
 * lightgbm_text.h
 *		LightGBM's text: lines of key=value, and lists of numbers in a value.
 *
 * Nothing is terminated and nothing is copied: a piece of text is where it
 * begins and ends within the source, and its line for people.
 */
#ifndef DRIFT_MODEL_LIGHTGBM_TEXT_H
#define DRIFT_MODEL_LIGHTGBM_TEXT_H

#include "model/draft.h"

typedef struct DriftSpan
{
	const char *start; /* NULL: there is none */
	size_t length;
	uint64_t line; /* from 1 on */
} DriftSpan;

typedef struct DriftLines
{
	const char *at;
	const char *end;
	uint64_t line; /* the last that was read */
} DriftLines;

/* The next line, without its end; false behind the last. */
bool drift_next_line(DriftLines *lines, DriftSpan *line);

/* Cuts a line at its first '='. Without one the key is the line and the value is none; gives whether there was one. */
bool drift_span_cut(const DriftSpan *line, DriftSpan *key, DriftSpan *value);

bool drift_span_is(const DriftSpan *span, const char *text);
bool drift_span_begins(const DriftSpan *span, const char *text);

/* What is left behind the first n bytes. */
DriftSpan drift_span_behind(const DriftSpan *span, size_t n);

/* Takes the next word off a span, up to the separator; false at the end. Several blanks separate as one does. */
bool drift_next_word(DriftSpan *rest, char separator, DriftSpan *word);

/*
 * The number that a span is, exactly rounded; false for everything else,
 * overflow of integers included. Doubles may be inf, in either sign, not NaN.
 */
bool drift_span_integer(const DriftSpan *span, int64_t least, int64_t most, int64_t *value);
bool drift_span_double(const DriftSpan *span, double *value);
bool drift_span_single(const DriftSpan *span, float *value);

#endif
