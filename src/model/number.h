/*
 * number.h
 *		Decimal numbers of model files, rounded once, fast in the common case.
 *
 * A number is -123.456e-7: an optional minus, digits, an optional fraction of
 * at least one digit, an optional exponent. It ends at the first byte that
 * does not continue it. Up to 2^53 as digits and 10^22 as scale one
 * multiplication or division of doubles gives the nearest double; everything
 * else goes to strtod() and strtof().
 */
#ifndef DRIFT_MODEL_NUMBER_H
#define DRIFT_MODEL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number of more bytes than this is none. */
#define DRIFT_NUMBER_MAX_LENGTH 1100

typedef struct DriftDecimal
{
	const char *text;
	size_t length;    /* in bytes */
	uint64_t digits;  /* all digits as a number, if exact */
	int32_t exponent; /* the value is digits * 10^exponent, if exact */
	bool negative;
	bool exact;
	bool integral; /* neither fraction nor exponent */
} DriftDecimal;

/* Reads the number at the start of the bytes. False where there is none. */
bool drift_decimal_scan(const char *at, const char *end, DriftDecimal *d);

/* The nearest double, the nearest float32; infinite beyond their range. */
double drift_decimal_double(const DriftDecimal *d);
float drift_decimal_float(const DriftDecimal *d);

/* The whole number that the text spells, if it is one within int64. */
bool drift_decimal_integer(const DriftDecimal *d, int64_t *i);

#endif
