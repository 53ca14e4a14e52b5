/*
 * profile_auc.c
 *		One walk up the values of both profiles: pieces are a value, whose rows
 *		are ties, and the gap before it.
 */
#include "stats/profile_auc.h"

#include <math.h>
#include <string.h>

#include "stats/numeric_rank.h"
#include "stats/numeric_statistics.h"

/* Rows of one piece, and of all pieces below it */
typedef struct Piece
{
	double from;
	double to; /* equal to from: ties */
	double positives;
	double negatives;
	double positives_below;
	double negatives_below;
} Piece;

typedef struct Walk
{
	double positives; /* all rows */
	double negatives;
	double pairs;                 /* positive above negative rows, ties one half */
	double placements[2];         /* over positive and over negative rows: sum of placements ... */
	double squared_placements[2]; /* ... and of their squares */
	double average_precision;
	double bin_positives[DRIFT_CALIBRATION_BINS];
	double bin_scores[DRIFT_CALIBRATION_BINS];
	bool probabilities;
} Walk;

/*
 * Where rows of one class lie among those of the other, as a share: ties count one half. Of rows spread evenly over
 * a gap the placements are spread evenly too, which adds a twelfth of the square of their width.
 */
static void
add_placements(Walk *walk, int side, double rows, double below, double within, double others, bool tied)
{
	double middle = (below + within / 2) / others;
	double width = tied ? 0 : within / others;

	walk->placements[side] += rows * middle;
	walk->squared_placements[side] += rows * (middle * middle + width * width / 12);
}

/* Steps of recall times precision, from the highest score down to this piece's, and through it. */
static void
add_precision(Walk *walk, const Piece *piece)
{
	double above = walk->positives - piece->positives_below - piece->positives;
	double all_above = above + walk->negatives - piece->negatives_below - piece->negatives;
	double rows = piece->positives + piece->negatives;
	double precision;

	if (piece->positives <= 0)
		return;
	if (piece->from == piece->to || all_above <= 0)
		precision = (above + piece->positives) / (all_above + rows);
	else
	{
		double slope = piece->positives / rows;

		/* integral of (above + positives t) / (all_above + rows t) over t from 0 to 1 */
		precision = slope + (above - slope * all_above) / rows * log1p(rows / all_above);
	}
	walk->average_precision += piece->positives / walk->positives * precision;
}

static int
bin_of(double score)
{
	int bin = (int) ceil(score * DRIFT_CALIBRATION_BINS) - 1;

	return bin < 0 ? 0 : bin;
}

static void
add_calibration(Walk *walk, const Piece *piece)
{
	double rows = piece->positives + piece->negatives;

	if (rows <= 0)
		return;
	if (!(piece->from >= 0 && piece->to <= 1))
	{
		walk->probabilities = false;
		return;
	}
	for (int bin = bin_of(piece->from); bin <= bin_of(piece->to); bin++)
	{
		double low = fmax(piece->from, (double) bin / DRIFT_CALIBRATION_BINS);
		double high = fmin(piece->to, (double) (bin + 1) / DRIFT_CALIBRATION_BINS);
		double share = piece->from == piece->to ? 1 : (high - low) / (piece->to - piece->from);

		if (share <= 0)
			continue;
		walk->bin_positives[bin] += share * piece->positives;
		walk->bin_scores[bin] += share * rows * (piece->from == piece->to ? piece->from : (low + high) / 2);
	}
}

static void
add_piece(Walk *walk, const Piece *piece)
{
	bool tied = piece->from == piece->to;

	walk->pairs += piece->positives * (piece->negatives_below + piece->negatives / 2);
	add_placements(walk, 0, piece->positives, piece->negatives_below, piece->negatives, walk->negatives, tied);
	add_placements(walk, 1, piece->negatives, piece->positives_below, piece->positives, walk->positives, tied);
	add_precision(walk, piece);
	add_calibration(walk, piece);
}

static double
least(double a, double b)
{
	return a < b ? a : b;
}

/* The next piece, up to a value or a rank that the estimates put there; ranks never fall. */
static void
step(Walk *walk, Piece *piece, double to, double positives_to, double negatives_to)
{
	piece->positives_below += piece->positives;
	piece->negatives_below += piece->negatives;
	piece->from = piece->to;
	piece->to = to;
	piece->positives = fmax(0, least(positives_to, walk->positives) - piece->positives_below);
	piece->negatives = fmax(0, least(negatives_to, walk->negatives) - piece->negatives_below);
	if (piece->positives + piece->negatives > 0)
		add_piece(walk, piece);
}

/*
 * The largest area that the profiles allow: positive rows lie as high as they can, which is at the lower end of their
 * ranks, and negative rows as low as they can. With the sides exchanged the same is the smallest.
 */
typedef struct Extreme
{
	double high_rows;
	double low_rows;
	double pairs;
} Extreme;

static void
extreme_step(Extreme *e, int64_t high_to, int64_t low_to, bool tied)
{
	double high = fmax(0, (double) high_to - e->high_rows);
	double low = fmax(0, (double) low_to - e->low_rows);

	/* in a gap what is to lie low comes first */
	e->pairs += high * (e->low_rows + (tied ? low / 2 : low));
	e->high_rows += high;
	e->low_rows += low;
}

/* Leaves the largest number of pairs with the positive row above, and of those with the negative row above. */
static void
walk_up(Walk *walk, Extreme *positive_high, Extreme *negative_high, const DriftNumeric *positive,
		const DriftNumeric *negative)
{
	DriftNumericUnion values = {positive, negative, 0, 0};
	DriftRankCursor above_positive;
	DriftRankCursor above_negative;
	Piece piece;
	double value;
	int64_t points[2];

	memset(&piece, 0, sizeof(piece));
	drift_rank_cursor_init(&above_positive, positive);
	drift_rank_cursor_init(&above_negative, negative);
	for (bool first = true; drift_numeric_union_next(&values, &value, &points[0], &points[1]); first = false)
	{
		DriftRanks p = drift_rank_cursor_at(&above_positive, value);
		DriftRanks n = drift_rank_cursor_at(&above_negative, value);

		if (first)
			piece.to = value;
		step(walk, &piece, value, drift_rank_middle(p.below), drift_rank_middle(n.below));
		piece.to = value;
		step(walk, &piece, value, drift_rank_middle(p.upto), drift_rank_middle(n.upto));
		extreme_step(positive_high, p.below.low, n.below.high, false);
		extreme_step(positive_high, p.upto.low, n.upto.high, true);
		extreme_step(negative_high, n.below.low, p.below.high, false);
		extreme_step(negative_high, n.upto.low, p.upto.high, true);
	}
}

/* Variance of the mean placement of one class's rows. */
static double
placement_variance(const Walk *walk, int side, double rows)
{
	double mean = walk->placements[side] / rows;

	return fmax(0, walk->squared_placements[side] / rows - mean * mean) / (rows - 1);
}

static double
calibration_error(const Walk *walk)
{
	double sum = 0;

	if (!walk->probabilities)
		return NAN;
	for (int bin = 0; bin < DRIFT_CALIBRATION_BINS; bin++)
		sum += fabs(walk->bin_positives[bin] - walk->bin_scores[bin]);
	return sum / (walk->positives + walk->negatives);
}

DriftStatus
drift_profile_auc(const DriftNumeric *positive, const DriftNumeric *negative, DriftProfileAuc *result)
{
	DriftNumericDistance distance;
	DriftStatus status = drift_numeric_distance(positive, negative, &distance);
	Walk walk;
	Extreme positive_high = {0, 0, 0};
	Extreme negative_high = {0, 0, 0};
	double pairs;

	if (status != DRIFT_OK)
		return status;
	memset(&walk, 0, sizeof(walk));
	walk.probabilities = true;
	result->positives = drift_profile_n(&positive->profile);
	result->negatives = drift_profile_n(&negative->profile);
	walk.positives = (double) result->positives;
	walk.negatives = (double) result->negatives;
	walk_up(&walk, &positive_high, &negative_high, positive, negative);

	pairs = walk.positives * walk.negatives;
	result->auc.value = walk.pairs / pairs;
	result->auc.low = least(1 - negative_high.pairs / pairs, result->auc.value);
	result->auc.high = fmax(positive_high.pairs / pairs, result->auc.value);
	result->auc_standard_error =
		result->positives < 2 || result->negatives < 2
			? NAN
			: sqrt(placement_variance(&walk, 0, walk.positives) + placement_variance(&walk, 1, walk.negatives));
	result->ks = distance.ks;
	result->average_precision = walk.average_precision;
	result->calibration_error = calibration_error(&walk);
	return DRIFT_OK;
}
