/*
 * numeric_edf.c
 *		Statistics of the difference of two distribution functions that profiles
 *		know.
 */
#include "stats/numeric_edf.h"

#include "stats/edf.h"
#include "stats/numeric_rank.h"
#include "stats/numeric_statistics.h"

static void
exact_edf(const DriftNumeric *reference, const DriftNumeric *current, DriftNumericEdf *result)
{
	DriftNumericUnion walk = {reference, current, 0, 0};
	DriftEdf e;
	double value;
	int64_t in_reference;
	int64_t in_current;

	drift_edf_init(&e, drift_profile_n(&reference->profile), drift_profile_n(&current->profile));
	while (drift_numeric_union_next(&walk, &value, &in_reference, &in_current))
		drift_edf_step(&e, value, in_reference, in_current);
	result->cramer_von_mises = drift_exactly(drift_edf_cramer_von_mises(&e));
	result->anderson_darling = drift_exactly(drift_edf_anderson_darling(&e));
	result->kuiper = drift_exactly(drift_edf_kuiper(&e));
	result->energy_distance = drift_exactly(drift_edf_energy_distance(&e));
	result->constant = drift_edf_is_constant(&e);
}

/* Numbers of rows of both sides at one place of the order. */
typedef struct Place
{
	DriftRank f;
	DriftRank g;
} Place;

/* A number that is known up to two ends. */
typedef struct Range
{
	double low;
	double high;
} Range;

/*
 * Neighbouring regions, taken together until there are many more rows in them
 * than their ends are uncertain by.
 */
typedef struct Block
{
	Place start;
	Range squares; /* of F - G anywhere in it */
	int regions;
	bool is_point; /* the only region is the rows of one value */
} Block;

/* What the walk collects, up to factors that depend on the sizes only. */
typedef struct Sums
{
	double n;
	double m;
	Block block;
	Range last_squares;     /* of the block before */
	DriftInterval squares;  /* sum over rows of (F - G)^2 */
	DriftInterval ties;     /* sum of drift_edf_tie_term() */
	DriftInterval weighted; /* the same sum weighted as Anderson and Darling do */
	DriftInterval area;     /* integral of (F - G)^2 over the values */
	DriftInterval highest;  /* largest F - G */
	DriftInterval lowest;   /* largest G - F */
} Sums;

static void
add(DriftInterval *sum, double low, double value, double high)
{
	sum->low += low;
	sum->value += value;
	sum->high += high;
}

/* F - G from one place to another, between which it can be anything that the ranks at the ends allow. */
static Range
difference(const Sums *s, Place from, Place to)
{
	Range d = {(double) from.f.low / s->n - (double) to.g.high / s->m,
			   (double) to.f.high / s->n - (double) from.g.low / s->m};

	return d;
}

static double
estimate(const Sums *s, Place at)
{
	return drift_rank_middle(at.f) / s->n - drift_rank_middle(at.g) / s->m;
}

static Range
square(Range d)
{
	double low = fabs(d.low);
	double high = fabs(d.high);
	double least = d.low <= 0 && d.high >= 0 ? 0 : fmin(low, high);
	double most = fmax(low, high);

	return (Range){least * least, most * most};
}

/* How many rows of one side lie between two places. */
static Range
rows_between(DriftRank from, DriftRank to)
{
	return (Range){(double) (to.low > from.high ? to.low - from.high : 0), (double) (to.high - from.low)};
}

/* The terms of drift_edf_tie_term() that are positive, and minus the others; both rise with both counts. */
static double
ties_for(double n, double m, double a, double b)
{
	return (n + 2 * m) * a * fmax(a * a - 1, 0) + 3 * m * a * a * b;
}

/* Adds the ties of rows that have one value where a and b are at their low ends, and may have where at their high ones. */
static void
add_ties(Sums *s, Range a, Range b, double value)
{
	double sign = s->n < s->m ? -1 : 1;
	double low = ties_for(s->n, s->m, a.low, b.low) - ties_for(s->m, s->n, b.high, a.high);
	double high = ties_for(s->n, s->m, a.high, b.high) - ties_for(s->m, s->n, b.low, a.low);

	/* the sum will be multiplied by n - m */
	add(&s->ties, fmin(sign * low, sign * high), sign * value, fmax(sign * low, sign * high));
}

/* Takes the difference at a place into the two maxima. */
static void
widen_maxima(Sums *s, Range d, double value)
{
	s->highest.low = fmax(s->highest.low, d.low);
	s->highest.value = fmax(s->highest.value, value);
	s->highest.high = fmax(s->highest.high, d.high);
	s->lowest.low = fmax(s->lowest.low, -d.high);
	s->lowest.value = fmax(s->lowest.value, -value);
	s->lowest.high = fmax(s->lowest.high, -d.low);
}

/*
 * Rows of c equal values weigh c / (4 b r + c (b + r)) with b rows below and r
 * above. With x = c / b, y = c / r and z = x + y + x y that is z / (4 + x + y)
 * over N, and the integral of 1 / (4 t (N - t)) over their ranks is log(1 + z) / 4
 * over N. As log(1 + z) >= 2 z / (2 + z) the first is at most
 * (4 + 2 z) / (4 + x + y) times the second, which rises with x and y: however the
 * rows of a gap are split into groups, their weights add up to no more than what
 * the whole gap has by this.
 */
static double
worst_split(double below, double rows, double above)
{
	double x = rows / below;
	double y = rows / above;

	return (4 + 2 * (x + y + x * y)) / (4 + x + y);
}

/* N times the integral of 1 / (t (N - t)). */
static double
log_odds(double from, double to, double total)
{
	return log(to / from * ((total - from) / (total - to)));
}

/* How many rows of both sides come before a place. */
static Range
pooled(Place at)
{
	return (Range){(double) at.f.low + (double) at.g.low, (double) at.f.high + (double) at.g.high};
}

static double
middle_rank(Place at)
{
	return drift_rank_middle(at.f) + drift_rank_middle(at.g);
}

/* The smallest and the largest weight of a row of equal values. */
static Range
point_weight(Range below, Range upto, Range rows, double total)
{
	Range above = {total - upto.high, total - upto.low};

	return (Range){1 / (4 * below.high * above.high + rows.high * (below.high + above.high)),
				   1 / (4 * below.low * above.low + rows.low * (below.low + above.low))};
}

/* The smallest and the largest sum of weights of the rows from one rank to another, for squares of the mean of two gaps. */
static Range
block_weights(const Block *block, Range first, Range last, Range rows, double total)
{
	double middle = fmin(fmax(total / 2, first.low), last.high);
	double odds;

	if (block->is_point)
	{
		Range weight = point_weight(first, last, rows, total);

		return (Range){4 * rows.low * weight.low, 4 * rows.high * weight.high};
	}
	if (first.low <= 0 || last.high >= total)
		return (Range){0, INFINITY};
	odds = log_odds(first.low, last.high, total) / total;
	return (Range){rows.low / (middle * (total - middle)), worst_split(first.low, rows.high, total - last.high) * odds};
}

/*
 * The sum over the rows of a bound of the squares, block by block, is by parts
 * a sum over the ends of blocks of their rank times the step of the bound
 * there: uncertain ranks matter only where the bound changes.
 */
static void
add_step(Sums *s, Range step, Range rank)
{
	s->squares.low += step.low * (step.low > 0 ? rank.low : rank.high);
	s->squares.high += step.high * (step.high > 0 ? rank.high : rank.low);
}

static void
close_block(Sums *s, Place end)
{
	double total = s->n + s->m;
	Range first = pooled(s->block.start);
	Range last = pooled(end);
	Range rows = {fmax(last.low - first.high, 0), last.high - first.low};
	Range weights = block_weights(&s->block, first, last, rows, total);
	Range squares = s->block.squares;

	add_step(s, (Range){s->last_squares.low - squares.low, s->last_squares.high - squares.high}, first);
	if (rows.high > 0)
		add(&s->weighted, squares.low * weights.low, 0, squares.high > 0 ? squares.high * weights.high : 0);
	s->last_squares = squares;
	s->block = (Block){.start = end};
}

/* Takes a region from the end of the last one into the block. */
static void
add_region(Sums *s, Place end, Range squares, bool is_point, bool must_close)
{
	Range first = pooled(s->block.start);
	Range last = pooled(end);
	double uncertain = (first.high - first.low) + (last.high - last.low);
	Block *block = &s->block;

	block->squares.low = block->regions == 0 ? squares.low : fmin(block->squares.low, squares.low);
	block->squares.high = fmax(block->squares.high, squares.high);
	block->is_point = block->regions == 0 && is_point;
	block->regions++;
	if (must_close || 4 * uncertain < last.low - first.high)
		close_block(s, end);
}

/* Rows between two neighbouring values of the union, in places that nobody knows. */
static void
add_gap(Sums *s, Place from, Place to, double width, bool is_last)
{
	Range d = difference(s, from, to);
	Range squares = square(d);
	Range a = rows_between(from.f, to.f);
	Range b = rows_between(from.g, to.g);
	double begin = middle_rank(from);
	double rows = fmax(middle_rank(to) - begin, 0);
	double middle = begin + rows / 2;
	double first = estimate(s, from);
	double second = estimate(s, to);
	double mean = fmin(fmax((first * first + first * second + second * second) / 3, squares.low), squares.high);

	s->squares.value += mean * rows;
	if (mean > 0)
		s->weighted.value += mean * rows / (middle * (s->n + s->m - middle));
	add_ties(s, (Range){0, a.high}, (Range){0, b.high}, 0);
	add(&s->area, squares.low * width, mean * width, squares.high * width);
	/* between the ends F - G may go further than at either, but need not */
	s->highest.high = fmax(s->highest.high, d.high);
	s->lowest.high = fmax(s->lowest.high, -d.low);
	add_region(s, to, squares, false, is_last);
}

/* The rows that hold a value of the union. */
static void
add_point(Sums *s, Place below, Place upto, double point_f, double point_g, bool is_last)
{
	double total = s->n + s->m;
	double c = point_f + point_g;
	double b = middle_rank(below);
	double r = fmax(total - b - c, 0);
	double before = estimate(s, below);
	double after = estimate(s, upto);
	Range range_before = difference(s, below, below);
	Range range_after = difference(s, upto, upto);
	Range squares_before = square(range_before);
	Range squares_after = square(range_after);
	Range middle =
		square((Range){(range_before.low + range_after.low) / 2, (range_before.high + range_after.high) / 2});

	s->squares.value += c * (before * before + after * after) / 2;
	if (before + after != 0)
		s->weighted.value += c * (before + after) * (before + after) / (4 * b * r + c * (b + r));
	add_ties(s, (Range){point_f, rows_between(below.f, upto.f).high},
			 (Range){point_g, rows_between(below.g, upto.g).high}, drift_edf_tie_term(s->n, s->m, point_f, point_g));
	widen_maxima(s, range_before, before);
	widen_maxima(s, range_after, after);
	/* holds for the mean of both squares, as Cramer-von Mises takes them, and for the square of the mean */
	add_region(s, upto, (Range){middle.low, (squares_before.high + squares_after.high) / 2}, true, is_last);
}

/* The estimate lies between the ends that hold for certain. */
static DriftInterval
between_ends(double low, double value, double high)
{
	return (DriftInterval){.low = low, .value = fmin(fmax(value, low), high), .high = high};
}

/*
 * Infinities are always keys, so what they make of the energy distance is
 * certain: NaN where two of a sign would have to be subtracted, else infinity.
 */
static DriftInterval
energy_distance(const Sums *s, const DriftNumeric *reference, const DriftNumeric *current)
{
	int64_t negative = drift_numeric_negative_infinities(reference) + drift_numeric_negative_infinities(current);
	int64_t positive = drift_numeric_positive_infinities(reference) + drift_numeric_positive_infinities(current);

	if (negative > 1 || positive > 1)
		return drift_exactly((double) NAN);
	if (negative + positive > 0)
		return drift_exactly((double) INFINITY);
	return between_ends(sqrt(2 * s->area.low), sqrt(2 * s->area.value), sqrt(2 * s->area.high));
}

static void
finish(const Sums *s, DriftNumericEdf *result)
{
	double n = s->n;
	double m = s->m;
	double total = n + m;
	double per_row = n * m / (total * total);
	double per_tie = fabs(n - m) / (12 * n * m * total * total);
	double per_weight = n * m * ((total - 1) / total);
	double highest = fmin(s->highest.high + s->lowest.high, 1);
	double least = fmax(s->squares.low + s->last_squares.low * total, 0);
	double most = s->squares.high + s->last_squares.high * total;

	result->cramer_von_mises =
		between_ends(per_row * least + per_tie * s->ties.low, per_row * s->squares.value + per_tie * s->ties.value,
					 per_row * most + per_tie * s->ties.high);
	result->anderson_darling =
		between_ends(per_weight * s->weighted.low, per_weight * s->weighted.value, per_weight * s->weighted.high);
	result->kuiper = between_ends(s->highest.low + s->lowest.low, s->highest.value + s->lowest.value, highest);
	result->constant = false;
}

static void
bounded_edf(const DriftNumeric *reference, const DriftNumeric *current, DriftNumericEdf *result)
{
	DriftNumericUnion walk = {reference, current, 0, 0};
	Sums s = {.n = (double) drift_profile_n(&reference->profile), .m = (double) drift_profile_n(&current->profile)};
	DriftRankCursor cursor_f;
	DriftRankCursor cursor_g;
	Place last = {{0, 0}, {0, 0}};
	double last_value = 0;
	double value;
	int64_t point_f;
	int64_t point_g;

	drift_rank_cursor_init(&cursor_f, reference);
	drift_rank_cursor_init(&cursor_g, current);
	for (bool first = true; drift_numeric_union_next(&walk, &value, &point_f, &point_g); first = false)
	{
		DriftRanks f = drift_rank_cursor_at(&cursor_f, value);
		DriftRanks g = drift_rank_cursor_at(&cursor_g, value);
		Place below = {f.below, g.below};
		Place upto = {f.upto, g.upto};

		bool is_last = walk.i == reference->key_count && walk.j == current->key_count;

		if (!first)
			add_gap(&s, last, below, value - last_value, is_last);
		add_point(&s, below, upto, (double) point_f, (double) point_g, is_last);
		last = upto;
		last_value = value;
	}
	finish(&s, result);
	result->energy_distance = energy_distance(&s, reference, current);
}

DriftStatus
drift_numeric_edf(const DriftNumeric *reference, const DriftNumeric *current, DriftNumericEdf *result)
{
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status != DRIFT_OK)
		return status;
	if (reference->exact && current->exact)
		exact_edf(reference, current, result);
	else
		bounded_edf(reference, current, result);
	return DRIFT_OK;
}
