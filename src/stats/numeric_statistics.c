#include "stats/numeric_statistics.h"

#include <string.h>

#include "stats/bins.h"
#include "stats/numeric_rank.h"
#include "stats/two_sample.h"

static bool
same_edges(const DriftNumeric *p, const double *edges, uint32_t edge_count)
{
	return edge_count > 0 && p->edge_count == edge_count &&
		   memcmp(drift_numeric_edges(p), edges, edge_count * sizeof(double)) == 0;
}

DriftStatus
drift_numeric_common_edges(const DriftNumeric *reference, const DriftNumeric *current, uint32_t bins, double *edges,
						   uint32_t *edge_count)
{
	DriftRankCursor walk;
	DriftRanked ranked = drift_numeric_ranked(&walk, reference);
	const DriftNumeric *counted = current->edge_count > 0 ? current : reference;

	if (bins > 0 || counted->edge_count == 0)
		return drift_reference_edges(&ranked, bins > 0 ? bins : DRIFT_DEFAULT_BINS, edges, edge_count);
	memcpy(edges, drift_numeric_edges(counted), counted->edge_count * sizeof(double));
	*edge_count = counted->edge_count;
	return DRIFT_OK;
}

/* The middle as a whole number of rows; rises with the value, as ranks do. */
static int64_t
middle(DriftRank rank)
{
	return rank.low + (rank.high - rank.low) / 2;
}

void
drift_numeric_bin_counts(const DriftNumeric *p, const double *edges, uint32_t edge_count, DriftCount *counts)
{
	int64_t n = drift_profile_n(&p->profile);
	DriftRank before = {0, 0};
	DriftRankCursor cursor;

	drift_rank_cursor_init(&cursor, p);
	for (uint32_t i = 0; i <= edge_count; i++)
	{
		DriftRank upto = {n, n};

		if (same_edges(p, edges, edge_count))
		{
			int64_t rows = drift_numeric_bins(p)[i];

			counts[i] = (DriftCount){rows, rows, rows};
			continue;
		}
		if (i < edge_count)
			upto = drift_rank_cursor_at(&cursor, edges[i]).upto;
		counts[i].value = middle(upto) - middle(before);
		counts[i].low = upto.low > before.high ? upto.low - before.high : 0;
		counts[i].high = upto.high - before.low;
		before = upto;
	}
}

DriftStatus
drift_numeric_divergence(DriftDivergenceKind kind, const DriftNumeric *reference, const DriftNumeric *current,
						 uint32_t bins, double floor, DriftInterval *result)
{
	double edges[DRIFT_MAX_EDGES];
	DriftCount counts_reference[DRIFT_MAX_EDGES + 1];
	DriftCount counts_current[DRIFT_MAX_EDGES + 1];
	uint32_t edge_count;
	DriftBoundedDivergence d;
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status != DRIFT_OK)
		return status;
	if (!(floor > 0.0 && floor < 0.5))
		return DRIFT_BAD_FLOOR;
	status = drift_numeric_common_edges(reference, current, bins, edges, &edge_count);
	if (status != DRIFT_OK)
		return status;

	drift_numeric_bin_counts(reference, edges, edge_count, counts_reference);
	drift_numeric_bin_counts(current, edges, edge_count, counts_current);
	drift_bounded_divergence_init(&d, kind, drift_profile_n(&reference->profile), drift_profile_n(&current->profile),
								  floor);
	for (uint32_t i = 0; i <= edge_count; i++)
		drift_bounded_divergence_step(&d, counts_reference[i], counts_current[i]);
	*result = drift_bounded_divergence_finish(&d);
	return DRIFT_OK;
}

bool
drift_numeric_union_next(DriftNumericUnion *walk, double *value, int64_t *point_a, int64_t *point_b)
{
	bool left_a = walk->i < walk->a->key_count;
	bool left_b = walk->j < walk->b->key_count;
	double x = left_a ? drift_numeric_keys(walk->a)[walk->i] : INFINITY;
	double y = left_b ? drift_numeric_keys(walk->b)[walk->j] : INFINITY;

	if (!left_a && !left_b)
		return false;
	*point_a = 0;
	*point_b = 0;
	*value = x < y ? x : y;
	if (left_a && x <= y)
		*point_a = drift_numeric_counts(walk->a)[2 * walk->i++ + 1];
	if (left_b && y <= x)
		*point_b = drift_numeric_counts(walk->b)[2 * walk->j++ + 1];
	return true;
}

static void
exact_distance(const DriftNumeric *reference, const DriftNumeric *current, DriftNumericDistance *result)
{
	DriftNumericUnion walk = {reference, current, 0, 0};
	DriftTwoSample two;
	double value;
	int64_t in_reference;
	int64_t in_current;

	drift_two_sample_init(&two, drift_profile_n(&reference->profile), drift_profile_n(&current->profile));
	while (drift_numeric_union_next(&walk, &value, &in_reference, &in_current))
		drift_two_sample_step(&two, value, in_reference, in_current);
	result->ks = drift_exactly(drift_two_sample_ks(&two));
	result->wasserstein = drift_exactly(drift_two_sample_wasserstein(&two));
	result->u = drift_exactly(drift_two_sample_u(&two));
	result->tie_term = drift_two_sample_tie_term(&two);
}

/* A distribution function between two neighbouring values of the union, in shares: it rises from one end to the other. */
typedef struct Stretch
{
	double from; /* estimate at the lower end */
	double to;   /* and at the upper end */
	double low;  /* bounds that hold all along */
	double high;
} Stretch;

/* The larger of two numbers, neither of which is NaN; unlike fmax() it is one instruction. */
static inline double
larger(double a, double b)
{
	return a > b ? a : b;
}

static Stretch
stretch_of(DriftRank from, DriftRank to, double n)
{
	Stretch stretch;

	stretch.from = drift_rank_middle(from) / n;
	stretch.to = larger(drift_rank_middle(to) / n, stretch.from);
	stretch.low = (double) from.low / n;
	stretch.high = (double) to.high / n;
	return stretch;
}

/* Takes what is known of the two distribution functions at one place into account. */
static void
widen_ks(DriftInterval *ks, DriftRank a, DriftRank b, double n, double m)
{
	double a_low = (double) a.low / n;
	double a_high = (double) a.high / n;
	double b_low = (double) b.low / m;
	double b_high = (double) b.high / m;

	ks->value = larger(ks->value, fabs(drift_rank_middle(a) / n - drift_rank_middle(b) / m));
	ks->low = larger(ks->low, larger(a_low - b_high, b_low - a_high));
	ks->high = larger(ks->high, larger(a_high - b_low, b_high - a_low));
}

/* Integral of |F - G| over a stretch of that width on which both are taken as straight lines. */
static double
area_between(const Stretch *f, const Stretch *g, double width)
{
	double first = f->from - g->from;
	double second = f->to - g->to;

	if (first * second >= 0.0)
		return width * (fabs(first) + fabs(second)) / 2;
	/* the lines cross */
	return width * (first * first + second * second) / (2 * (fabs(first) + fabs(second)));
}

/* How far a line between the estimates can be from the truth. */
static double
worst_error(const Stretch *f)
{
	return larger(f->to - f->low, f->high - f->from);
}

/* One walk over the union's values that collects all three statistics. */
typedef struct Bounds
{
	DriftNumericDistance result;
	double below_error; /* widest uncertainty of a rank, as a share, over both sides */
	double wins;        /* share of pairs with reference > current, ties half */
} Bounds;

/*
 * Mann-Whitney: reference rows on this stretch, taken as evenly spread, meet
 * the current side's distribution function at its mean over the stretch.
 */
static void
add_stretch(Bounds *b, double width, const Stretch *f, const Stretch *g)
{
	double area;
	double error;

	b->wins += (f->to - f->from) * (g->from + g->to) / 2;
	b->below_error = larger(b->below_error, worst_error(f) + worst_error(g));
	if (f->from == g->from && f->to == g->to && f->low == g->low && f->high == g->high && f->low == f->high)
		return;
	area = area_between(f, g, width);
	error = width * (worst_error(f) + worst_error(g));
	b->result.wasserstein.value += area;
	b->result.wasserstein.low += fmax(area - error, 0.0);
	b->result.wasserstein.high += area + error;
}

static void
bounded_distance(const DriftNumeric *reference, const DriftNumeric *current, DriftNumericDistance *result)
{
	DriftNumericUnion walk = {reference, current, 0, 0};
	double n = (double) drift_profile_n(&reference->profile);
	double m = (double) drift_profile_n(&current->profile);
	Bounds b;
	DriftRankCursor cursor_f;
	DriftRankCursor cursor_g;
	DriftRank last_f = {0, 0};
	DriftRank last_g = {0, 0};
	double last = 0.0;
	double value;
	double pairs = n * m;
	int64_t point_f;
	int64_t point_g;

	memset(&b, 0, sizeof(b));
	drift_rank_cursor_init(&cursor_f, reference);
	drift_rank_cursor_init(&cursor_g, current);
	for (bool first = true; drift_numeric_union_next(&walk, &value, &point_f, &point_g); first = false)
	{
		DriftRanks f = drift_rank_cursor_at(&cursor_f, value);
		DriftRanks g = drift_rank_cursor_at(&cursor_g, value);
		double ties = (double) (point_f + point_g);

		if (!first)
		{
			Stretch stretch_f = stretch_of(last_f, f.below, n);
			Stretch stretch_g = stretch_of(last_g, g.below, m);
			/* anywhere between the two values */
			DriftRank between_f = {last_f.low, f.below.high};
			DriftRank between_g = {last_g.low, g.below.high};
			double value_before = b.result.ks.value;

			add_stretch(&b, value - last, &stretch_f, &stretch_g);
			widen_ks(&b.result.ks, between_f, between_g, n, m);
			b.result.ks.value = value_before;
		}
		widen_ks(&b.result.ks, f.below, g.below, n, m);
		widen_ks(&b.result.ks, f.upto, g.upto, n, m);
		b.wins += (double) point_f / n * (drift_rank_middle(g.below) + (double) point_g / 2) / m;
		b.result.tie_term += ties * (ties * ties - 1.0);
		last = value;
		last_f = f.upto;
		last_g = g.upto;
	}
	b.result.u.value = b.wins * pairs;
	b.result.u.low = fmax(b.wins - b.below_error, 0.0) * pairs;
	b.result.u.high = fmin(b.wins + b.below_error, 1.0) * pairs;
	*result = b.result;
}

DriftStatus
drift_numeric_distance(const DriftNumeric *reference, const DriftNumeric *current, DriftNumericDistance *result)
{
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status != DRIFT_OK)
		return status;
	if (reference->exact && current->exact)
		exact_distance(reference, current, result);
	else
		bounded_distance(reference, current, result);
	return DRIFT_OK;
}

DriftStatus
drift_numeric_table(DriftTableStatistic kind, const DriftNumeric *reference, const DriftNumeric *current,
					DriftTableResult *result)
{
	DriftNumericUnion walk = {reference, current, 0, 0};
	DriftTable table;
	double value;
	int64_t in_reference;
	int64_t in_current;
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status != DRIFT_OK)
		return status;
	if (!reference->exact || !current->exact)
		return DRIFT_TOO_MANY_CATEGORIES;
	drift_table_init(&table, kind, drift_profile_n(&reference->profile), drift_profile_n(&current->profile));
	while (drift_numeric_union_next(&walk, &value, &in_reference, &in_current))
		drift_table_step(&table, in_reference, in_current);
	*result = drift_table_finish(&table);
	return DRIFT_OK;
}

DriftStatus
drift_numeric_larger_of_two(const DriftNumeric *reference, const DriftNumeric *current, int64_t rows[2])
{
	DriftNumericUnion walk = {reference, current, 0, 0};
	double value;
	uint32_t values = 0;
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status != DRIFT_OK)
		return status;
	if (!reference->exact || !current->exact)
		return DRIFT_TOO_MANY_CATEGORIES;
	/* the last value is the larger one */
	while (drift_numeric_union_next(&walk, &value, &rows[0], &rows[1]))
		if (++values > 2)
			return DRIFT_TOO_MANY_CATEGORIES;
	return DRIFT_OK;
}
