/*
 * two_sample.c
 *		One pass over two sorted samples.
 */
#include "stats/two_sample.h"

#include <math.h>

__extension__ typedef __int128 Wide;

void
drift_two_sample_init(DriftTwoSample *t, int64_t n_reference, int64_t n_current)
{
	*t = (DriftTwoSample){.n_reference = n_reference,
						  .n_current = n_current,
						  .last_value = (double) NAN,
						  .valid = n_reference > 0 && n_current > 0};
}

/* |F - G| times n m after i rows of the reference and j of the current side. */
static Wide
gap(const DriftTwoSample *t, int64_t i, int64_t j)
{
	Wide difference = (Wide) i * t->n_current - (Wide) j * t->n_reference;

	return difference < 0 ? -difference : difference;
}

static double
gap_as_share(const DriftTwoSample *t, int64_t i, int64_t j)
{
	return (double) gap(t, i, j) / ((double) t->n_reference * (double) t->n_current);
}

/* The strip between the last value and this one, where F - G is constant. */
static void
add_strip(DriftTwoSample *t, double value, double count)
{
	if (t->seen_reference != 0 || t->seen_current != 0)
		drift_sum_add(&t->area, gap_as_share(t, t->seen_reference, t->seen_current) * (value - t->last_value));

	/* scipy subtracts equal neighbours too, and infinity minus itself is NaN */
	if (isinf(value) && count > 1)
		t->area.high = (double) NAN;
}

void
drift_two_sample_step(DriftTwoSample *t, double value, int64_t c_reference, int64_t c_current)
{
	double ties;

	if (!t->valid || isnan(value) || value <= t->last_value || c_reference < 0 ||
		c_reference > t->n_reference - t->seen_reference || c_current < 0 || c_current > t->n_current - t->seen_current)
	{
		t->valid = false;
		return;
	}
	ties = (double) c_reference + (double) c_current;
	if (ties == 0)
		return;

	add_strip(t, value, ties);

	/* twice U, so that the half of a tie is a whole number */
	t->twice_u += (double) c_reference * (2 * (double) t->seen_current + (double) c_current);
	t->tie_term += ties * (ties - 1) * (ties + 1);

	t->seen_reference += c_reference;
	t->seen_current += c_current;
	t->last_value = value;
	if (gap(t, t->seen_reference, t->seen_current) > gap(t, t->peak_reference, t->peak_current))
	{
		t->peak_reference = t->seen_reference;
		t->peak_current = t->seen_current;
	}
}

/* Results exist once every announced row has been seen. */
static bool
complete(const DriftTwoSample *t)
{
	return t->valid && t->seen_reference == t->n_reference && t->seen_current == t->n_current;
}

double
drift_two_sample_ks(const DriftTwoSample *t)
{
	return complete(t) ? gap_as_share(t, t->peak_reference, t->peak_current) : (double) NAN;
}

double
drift_two_sample_wasserstein(const DriftTwoSample *t)
{
	return complete(t) ? drift_sum_total(&t->area) : (double) NAN;
}

double
drift_two_sample_u(const DriftTwoSample *t)
{
	return complete(t) ? t->twice_u / 2 : (double) NAN;
}

double
drift_two_sample_tie_term(const DriftTwoSample *t)
{
	return complete(t) ? t->tie_term : (double) NAN;
}
