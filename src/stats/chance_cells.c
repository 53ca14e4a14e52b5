/*
 * chance_cells.c
 *		PSI and its relatives when nothing has drifted.
 */
#include "stats/chance_cells.h"

#include <math.h>

/* A law with a larger deviation than this is taken as normal, at so many points per deviation on either side. */
#define WIDEST_DEVIATION 200.0
#define NORMAL_STEPS 16
#define NORMAL_REACH 9

/* Weights below this are nothing beside the largest. */
#define NO_WEIGHT 1e-18

/* A side that is empty more often than this is no rare event. */
#define RARE 0.1

/* Number of rows of one side in a cell: what its ratio of neighbouring probabilities is made of. */
typedef struct CellLaw
{
	bool reference_fixed; /* beta-binomial rows of the current side; otherwise hypergeometric ones of the reference */
	double low;
	double high;
	double mean;
	double deviation;
	double a; /* beta-binomial: parameters and trials */
	double b;
	double rows;            /* hypergeometric: rows of the cell */
	double reference_share; /* beta-binomial: the fixed share */
} CellLaw;

/* Sums over the law of a cell. */
typedef struct CellSums
{
	double weight;
	double sum;
	double squares;
	double empty; /* the same where a side is empty */
	double empty_sum;
	double empty_squares;
	double pooled; /* where the cell is pooled */
	double pooled_gap;
	double pooled_gap_squares;
} CellSums;

void
drift_chance_cells_init(DriftChanceCells *c, DriftDivergenceKind kind, int64_t n_reference, int64_t n_current,
						double floor, int64_t pool_below)
{
	*c = (DriftChanceCells){
		.kind = kind, .n_reference = n_reference, .n_current = n_current, .floor = floor, .pool_below = pool_below};
}

/* x ln(x / y), nothing for x = 0. */
static double
x_log_ratio(double x, double y)
{
	return x > 0 ? x * log(x / y) : 0;
}

/* A cell's term. KL has p - q taken off, which adds up to nothing and makes the term one of squares. */
static double
term(const DriftChanceCells *c, double p, double q)
{
	double a = fmax(p, c->floor);
	double b = fmax(q, c->floor);
	double root_gap;

	switch (c->kind)
	{
		case DRIFT_PSI:
			return (a - b) * log(a / b);
		case DRIFT_KL_DIVERGENCE:
			return a * log(a / b) - (p - q);
		case DRIFT_JS_DISTANCE:
			return (x_log_ratio(p, (p + q) / 2) + x_log_ratio(q, (p + q) / 2)) / 2;
		case DRIFT_HELLINGER_DISTANCE:
			root_gap = sqrt(p) - sqrt(q);
			return root_gap * root_gap / 2;
		case DRIFT_TOTAL_VARIATION:
			return fabs(p - q) / 2;
	}
	return NAN;
}

/* Adds one number of rows of the law, with its weight. */
static void
add_rows(const DriftChanceCells *c, const CellLaw *law, double rows, double weight, CellSums *s)
{
	double n = (double) c->n_reference;
	double m = (double) c->n_current;
	double p = law->reference_fixed ? law->reference_share : rows / n;
	double q = law->reference_fixed ? rows / m : (law->rows - rows) / m;
	double value;

	s->weight += weight;
	if (!law->reference_fixed && rows > 0 && rows < (double) c->pool_below)
	{
		s->pooled += weight;
		s->pooled_gap += weight * (p - q);
		s->pooled_gap_squares += weight * (p - q) * (p - q);
		return;
	}
	value = term(c, p, q);
	s->sum += weight * value;
	s->squares += weight * value * value;
	if (p > 0 && q > 0)
		return;
	s->empty += weight;
	s->empty_sum += weight * value;
	s->empty_squares += weight * value * value;
}

/* P(rows + 1) / P(rows) */
static double
ratio_up(const DriftChanceCells *c, const CellLaw *law, double rows)
{
	double n = (double) c->n_reference;
	double m = (double) c->n_current;

	if (law->reference_fixed)
		return (m - rows) * (law->a + rows) / ((rows + 1) * (law->b + m - rows - 1));
	return (law->rows - rows) * (n - rows) / ((rows + 1) * (m - law->rows + rows + 1));
}

static CellSums
sum_exactly(const DriftChanceCells *c, const CellLaw *law)
{
	CellSums s = {0};
	double start = fmin(fmax(floor(law->mean), law->low), law->high);
	double weight = 1;

	add_rows(c, law, start, 1, &s);
	for (double rows = start; rows < law->high && weight > NO_WEIGHT * s.weight; rows++)
	{
		weight *= ratio_up(c, law, rows);
		add_rows(c, law, rows + 1, weight, &s);
	}
	weight = 1;
	for (double rows = start; rows > law->low && weight > NO_WEIGHT * s.weight; rows--)
	{
		weight /= ratio_up(c, law, rows - 1);
		add_rows(c, law, rows - 1, weight, &s);
	}
	return s;
}

static CellSums
sum_normal(const DriftChanceCells *c, const CellLaw *law)
{
	CellSums s = {0};

	for (int i = -NORMAL_STEPS * NORMAL_REACH; i <= NORMAL_STEPS * NORMAL_REACH; i++)
	{
		double z = (double) i / NORMAL_STEPS;
		double rows = law->mean + z * law->deviation;

		if (rows >= law->low && rows <= law->high)
			add_rows(c, law, rows, exp(-z * z / 2), &s);
	}
	return s;
}

/*
 * Covariances: with u = share / (1 - share) the correlation of two cells' gaps
 * is -sqrt(u u'), so that of their squares is u u', and that of their absolute
 * values a power series in u u'. Each power is a product of the cells' own.
 */
static double
covariance_weight(DriftDivergenceKind kind, int power, double *left)
{
	double weight = *left;

	if (kind != DRIFT_TOTAL_VARIATION)
		return power == 1 ? 1 : 0;
	if (power < DRIFT_CHANCE_TERMS)
	{
		/* sqrt(1 - r^2) + r asin(r) - 1 = sum of binomial(2k, k) / 4^k r^(2k + 2) / ((2k + 1) (2k + 2)), k = power - 1 */
		double central = 1;

		for (int k = 1; k < power; k++)
			central *= (2.0 * k - 1) / (2.0 * k);
		weight = central / ((2.0 * power - 1) * (2.0 * power)) / (acos(-1.0) / 2 - 1);
	}
	*left -= weight;
	return weight;
}

static void
add_covariances(DriftChanceCells *c, double share, double deviation)
{
	double odds = share / (1 - share);
	double load = deviation;
	double left = 1;

	if (!(share < 1))
		return;
	for (int power = 1; power <= DRIFT_CHANCE_TERMS; power++)
	{
		load *= odds;
		c->variance += 2 * covariance_weight(c->kind, power, &left) * load * c->loads[power - 1];
		c->loads[power - 1] += load;
	}
}

/* Takes a side that is rarely empty out of the sums, as a jump; mean and variance are what is left. */
static void
split_jump(DriftChanceCells *c, const CellSums *s, double *mean, double *variance)
{
	double probability = s->empty / s->weight;
	double others = s->weight - s->empty;
	double gap;

	*mean = s->sum / s->weight;
	*variance = fmax(s->squares / s->weight - *mean * *mean, 0);
	if (c->kind > DRIFT_KL_DIVERGENCE || !(probability > 0 && probability < RARE))
		return;
	*mean = (s->sum - s->empty_sum) / others;
	*variance = fmax((s->squares - s->empty_squares) / others - *mean * *mean, 0);
	gap = s->empty_sum / s->empty - *mean;
	c->jumps += probability;
	c->jump_sum += probability * gap;
	c->jump_squares += probability * gap * gap;
}

/* A cell's part in the pooled one: its share, if it is pooled, and its gap then. */
static void
pool_cell(DriftChanceCells *c, const CellSums *s, double share)
{
	double probability = s->pooled / s->weight;
	double gap = s->pooled_gap / s->weight;

	c->pool_share += share * probability;
	c->pool_gap += gap;
	c->pool_share_variance += share * share * probability * (1 - probability);
	c->pool_gap_variance += s->pooled_gap_squares / s->weight - gap * gap;
	c->pool_covariance += share * gap * (1 - probability);
}

static void
add_cell(DriftChanceCells *c, const CellLaw *law, double share)
{
	CellSums s = law->deviation > WIDEST_DEVIATION ? sum_normal(c, law) : sum_exactly(c, law);
	double mean;
	double variance;

	if (s.pooled > 0)
		pool_cell(c, &s, share);
	split_jump(c, &s, &mean, &variance);
	c->mean += mean;
	c->variance += variance;
	add_covariances(c, share, sqrt(variance));
}

void
drift_chance_cells_step(DriftChanceCells *c, int64_t rows)
{
	double t = (double) rows;
	double n = (double) c->n_reference;
	double m = (double) c->n_current;
	double share = t / (n + m);
	CellLaw law = {.low = fmax(0, t - m), .high = fmin(t, n), .mean = share * n, .rows = t};

	if (rows <= 0)
		return;
	law.deviation = sqrt(share * (1 - share) * n * m / fmax(n + m - 1, 1));
	add_cell(c, &law, share);
}

static bool
are_quantiles(const DriftChanceCells *c, const int64_t *reference, uint32_t bins)
{
	double each = (double) c->n_reference / bins;

	for (uint32_t i = 0; i < bins; i++)
		if (fabs((double) reference[i] - each) >= 1)
			return false;
	return bins > 1 && each >= 2;
}

/*
 * The edge between bins is the point (n - 1) i / k of the sorted reference,
 * counted from 0, linear between two values. Between neighbouring values lies
 * 1 / (n + 1) of the population on average, exponentially distributed; a part g
 * of such a gap counts g^2 for the variance.
 */
static void
add_quantile_bin(DriftChanceCells *c, uint32_t bin, uint32_t bins, int64_t reference)
{
	double n = (double) c->n_reference;
	double m = (double) c->n_current;
	double from = bin == 0 ? -1 : (n - 1) * bin / bins;
	double to = bin + 1 == bins ? n : (n - 1) * (bin + 1) / bins;
	double first = ceil(from) - from;
	double last = to - floor(to);
	double gaps = to - from;
	double squares = floor(to) - ceil(from) + first * first + last * last;
	double total = (n + 1) * gaps / squares;
	double share = gaps / (n + 1);
	CellLaw law = {.reference_fixed = true, .low = 0, .high = m, .mean = m * share};

	law.a = share * total;
	law.b = total - law.a;
	law.deviation = sqrt(m * share * (1 - share) * (total + m) / (total + 1));
	law.reference_share = (double) reference / n;
	add_cell(c, &law, share);
}

void
drift_chance_cells_bins(DriftChanceCells *c, const int64_t *reference, const int64_t *current, uint32_t bins)
{
	bool quantiles = are_quantiles(c, reference, bins);

	for (uint32_t i = 0; i < bins; i++)
		if (quantiles)
			add_quantile_bin(c, i, bins, reference[i]);
		else
			drift_chance_cells_step(c, reference[i] + current[i]);
}

/*
 * The cell of all pooled ones. Its gap is nearly normal, about a mean that is
 * not 0, since pooling looks at the reference. More pooled categories make
 * share and gap larger alike, which the term, a square over the share, hardly
 * feels: what counts is the variance of the gap for its share.
 */
static void
add_pool(DriftChanceCells *c)
{
	double n = (double) c->n_reference;
	double m = (double) c->n_current;
	double slope = c->pool_gap / c->pool_share;
	double variance = c->pool_gap_variance - 2 * slope * c->pool_covariance + slope * slope * c->pool_share_variance;
	double deviation = sqrt(fmax(variance * (1 - c->pool_share), 0));
	CellSums s = {0};
	double mean;

	if (!(c->pool_share > 0))
		return;
	for (int i = -NORMAL_STEPS * NORMAL_REACH; i <= NORMAL_STEPS * NORMAL_REACH; i++)
	{
		double z = (double) i / NORMAL_STEPS;
		double gap = c->pool_gap + z * deviation;
		double p = fmax(c->pool_share + gap * m / (n + m), 0);
		double q = fmax(c->pool_share - gap * n / (n + m), 0);
		double value = term(c, p, q);
		double weight = exp(-z * z / 2);

		s.weight += weight;
		s.sum += weight * value;
		s.squares += weight * value * value;
	}
	mean = s.sum / s.weight;
	c->mean += mean;
	c->variance += fmax(s.squares / s.weight - mean * mean, 0);
}

DriftChanceLaw
drift_chance_cells_finish(const DriftChanceCells *cells)
{
	DriftChanceCells c = *cells;
	double unit = c.kind == DRIFT_JS_DISTANCE ? 1 / log(2) : 1;
	DriftChanceLaw law;

	if (c.n_reference < 1 || c.n_current < 1)
		return (DriftChanceLaw){.expected = NAN};
	add_pool(&c);
	c.variance = fmax(c.variance, 0);
	if (c.kind == DRIFT_TOTAL_VARIATION)
		return drift_chance_length(c.mean, c.variance);
	law = drift_chance_gamma(c.mean * unit, c.variance * unit * unit,
							 c.kind == DRIFT_JS_DISTANCE || c.kind == DRIFT_HELLINGER_DISTANCE);
	if (c.jumps > 0 && c.variance > NO_WEIGHT * c.jump_squares)
	{
		law.jumps = c.jumps;
		law.jump_mean = c.jump_sum / c.jumps;
		law.jump_variance = fmax(c.jump_squares / c.jumps - law.jump_mean * law.jump_mean, 0);
		law.expected += c.jump_sum;
	}
	return law;
}
