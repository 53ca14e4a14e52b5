/*
 * edf.c
 *		One pass over the difference of two empirical distribution functions.
 */
#include "stats/edf.h"

#include <math.h>

__extension__ typedef __int128 Wide;

void
drift_edf_init(DriftEdf *e, int64_t n_reference, int64_t n_current)
{
	*e = (DriftEdf){.n_reference = n_reference,
					.n_current = n_current,
					.last_value = (double) NAN,
					.valid = n_reference > 0 && n_current > 0};
}

/* (F - G) n m after i rows of the reference and j of the current side. */
static double
gap_after(const DriftEdf *e, int64_t i, int64_t j)
{
	Wide gap = (Wide) i * e->n_current - (Wide) j * e->n_reference;
	int64_t narrow = (int64_t) gap;

	/* nearly always; converting the wide form takes a call */
	return narrow == gap ? (double) narrow : (double) gap;
}

double
drift_edf_tie_term(double n, double m, double c_reference, double c_current)
{
	double a = c_reference;
	double b = c_current;

	return (n + 2 * m) * a * (a * a - 1) + 3 * a * b * (m * a - n * b) - (m + 2 * n) * b * (b * b - 1);
}

/*
 * What weighs the gaps in Anderson and Darling's sum: 4 B (N - B) - N c, with
 * B = below + c / 2 the middle rank of c equal values among N rows. Written
 * without differences.
 */
static double
rank_weight(double below, double c, double above)
{
	return 4 * below * above + c * (below + above);
}

/* The strip between the last value and this one, where F - G is constant. */
static void
add_strip(DriftEdf *e, double value, double count)
{
	double share = e->gap / ((double) e->n_reference * (double) e->n_current);

	if (e->seen_reference != 0 || e->seen_current != 0)
		drift_sum_add(&e->area, share * share * (value - e->last_value));

	/* scipy subtracts equal neighbours too, and infinity minus itself is NaN */
	if (isinf(value) && count > 1)
		e->area.high = (double) NAN;
}

/* Takes a group of equal values into the sums over rows; after is the gap behind it. */
static void
add_group(DriftEdf *e, double after, int64_t c_reference, int64_t c_current)
{
	double before = e->gap;
	double c = (double) c_reference + (double) c_current;
	double below = (double) e->seen_reference + (double) e->seen_current;
	double above = (double) (e->n_reference - e->seen_reference - c_reference) +
				   (double) (e->n_current - e->seen_current - c_current);

	drift_sum_add(&e->squares, c * (before * before + after * after));
	if (below + above > 0)
		drift_sum_add(&e->weighted, c * ((before + after) * (before + after)) / rank_weight(below, c, above));
	if (c > 1)
		e->ties += drift_edf_tie_term((double) e->n_reference, (double) e->n_current, (double) c_reference,
									  (double) c_current);
}

void
drift_edf_step(DriftEdf *e, double value, int64_t c_reference, int64_t c_current)
{
	double gap;

	if (!e->valid || isnan(value) || value <= e->last_value || c_reference < 0 ||
		c_reference > e->n_reference - e->seen_reference || c_current < 0 || c_current > e->n_current - e->seen_current)
	{
		e->valid = false;
		return;
	}
	if (c_reference == 0 && c_current == 0)
		return;

	gap = gap_after(e, e->seen_reference + c_reference, e->seen_current + c_current);
	add_strip(e, value, (double) c_reference + (double) c_current);
	add_group(e, gap, c_reference, c_current);
	e->seen_reference += c_reference;
	e->seen_current += c_current;
	e->values++;
	e->last_value = value;
	e->gap = gap;
	e->highest = gap > e->highest ? gap : e->highest;
	e->lowest = gap < e->lowest ? gap : e->lowest;
}

/* Results exist once every announced row has been seen. */
static bool
complete(const DriftEdf *e)
{
	return e->valid && e->seen_reference == e->n_reference && e->seen_current == e->n_current;
}

double
drift_edf_cramer_von_mises(const DriftEdf *e)
{
	double n = (double) e->n_reference;
	double m = (double) e->n_current;
	/* of samples of some thousand rows a whole number, without rounding */
	double numerator = 6 * drift_sum_total(&e->squares) + (n - m) * e->ties;

	return complete(e) ? numerator / (12 * n * m * (n + m) * (n + m)) : (double) NAN;
}

double
drift_edf_anderson_darling(const DriftEdf *e)
{
	double n = (double) e->n_reference;
	double m = (double) e->n_current;

	return complete(e) ? drift_sum_total(&e->weighted) * ((n + m - 1) / (n * m * (n + m))) : (double) NAN;
}

double
drift_edf_kuiper(const DriftEdf *e)
{
	return complete(e) ? (e->highest - e->lowest) / ((double) e->n_reference * (double) e->n_current) : (double) NAN;
}

double
drift_edf_energy_distance(const DriftEdf *e)
{
	return complete(e) ? sqrt(2 * drift_sum_total(&e->area)) : (double) NAN;
}

bool
drift_edf_is_constant(const DriftEdf *e)
{
	return complete(e) && e->values == 1;
}
