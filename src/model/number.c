#include "model/number.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_POWER 22
#define EXACT_DIGITS ((uint64_t) 1 << 53)
#define MOST_DIGITS 19
#define MOST_EXPONENT 100000

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes digits up; leading zeros do not count among the most. */
static const char *
scan_digits(const char *at, const char *end, DriftDecimal *d, int *kept)
{
	for (; at < end && is_digit(*at); at++)
	{
		if (*kept == MOST_DIGITS)
		{
			d->exact = false;
			continue;
		}
		d->digits = d->digits * 10 + (uint64_t) (*at - '0');
		*kept += d->digits != 0;
	}
	return at;
}

/* At the byte behind e or E; NULL where no exponent follows. */
static const char *
scan_exponent(const char *at, const char *end, int32_t *exponent)
{
	bool negative = at < end && *at == '-';
	int32_t e = 0;

	if (at < end && (*at == '-' || *at == '+'))
		at++;
	if (at == end || !is_digit(*at))
		return NULL;
	for (; at < end && is_digit(*at); at++)
		if (e < MOST_EXPONENT)
			e = e * 10 + (*at - '0');
	*exponent += negative ? -e : e;
	return at;
}

bool
drift_decimal_scan(const char *at, const char *end, DriftDecimal *d)
{
	const char *digits;
	int kept = 0;

	*d = (DriftDecimal){.text = at, .exact = true, .integral = true};
	if (at < end && *at == '-')
	{
		d->negative = true;
		at++;
	}
	digits = at;
	at = scan_digits(at, end, d, &kept);
	if (at == digits)
		return false;
	if (at < end && *at == '.')
	{
		d->integral = false;
		digits = ++at;
		at = scan_digits(at, end, d, &kept);
		if (at == digits)
			return false;
		if (at - digits > DRIFT_NUMBER_MAX_LENGTH)
			return false;
		d->exponent = -(int32_t) (at - digits);
	}
	if (at < end && (*at == 'e' || *at == 'E'))
	{
		d->integral = false;
		at = scan_exponent(at + 1, end, &d->exponent);
		if (at == NULL)
			return false;
	}
	d->length = (size_t) (at - d->text);
	return d->length <= DRIFT_NUMBER_MAX_LENGTH;
}

/* Within what one operation of doubles rounds rightly? */
static bool
is_simple(const DriftDecimal *d)
{
	return d->exact && d->digits <= EXACT_DIGITS && d->exponent >= -EXACT_POWER && d->exponent <= EXACT_POWER;
}

static double
simple_double(const DriftDecimal *d)
{
	static const double power[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
												  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
												  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
	double x = (double) d->digits;

	x = d->exponent < 0 ? x / power[-d->exponent] : x * power[d->exponent];
	return d->negative ? -x : x;
}

static void
terminated(const DriftDecimal *d, char *text)
{
	memcpy(text, d->text, d->length);
	text[d->length] = '\0';
}

double
drift_decimal_double(const DriftDecimal *d)
{
	char text[DRIFT_NUMBER_MAX_LENGTH + 1];

	if (is_simple(d))
		return simple_double(d);
	terminated(d, text);
	return strtod(text, NULL);
}

/* Half way between two normal float32, so that a double that was rounded to it does not tell which is nearer. */
static bool
is_half_way(double x)
{
	const uint64_t below = ((uint64_t) 1 << (DBL_MANT_DIG - FLT_MANT_DIG)) - 1;
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return (bits & below) == (below + 1) / 2;
}

float
drift_decimal_float(const DriftDecimal *d)
{
	char text[DRIFT_NUMBER_MAX_LENGTH + 1];

	if (is_simple(d))
	{
		double x = simple_double(d);

		if (x == 0 || (fabs(x) >= (double) FLT_MIN && fabs(x) <= (double) FLT_MAX && !is_half_way(x)))
			return (float) x;
	}
	terminated(d, text);
	return strtof(text, NULL);
}

bool
drift_decimal_integer(const DriftDecimal *d, int64_t *i)
{
	if (!d->integral || !d->exact || d->digits > (uint64_t) INT64_MAX)
		return false;
	*i = d->negative ? -(int64_t) d->digits : (int64_t) d->digits;
	return true;
}
