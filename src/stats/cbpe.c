#include "stats/cbpe.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "stats/counter_random.h"
#include "stats/sample.h"

/* ------------------------------------------------------------------------
 * Losses of a row
 * ------------------------------------------------------------------------ */

/* Scores of 0 and 1 are moved off by the spacing of doubles at 1, as scikit-learn does. */
static double
log_loss_of(double score, double probability)
{
	double s = fmin(fmax(score, DBL_EPSILON), 1 - DBL_EPSILON);

	return -(probability * log(s) + (1 - probability) * log1p(-s));
}

static double
brier_of(double score, double probability)
{
	double miss = 1 - score;

	return probability * miss * miss + (1 - probability) * score * score;
}

/* ------------------------------------------------------------------------
 * Estimates
 * ------------------------------------------------------------------------ */

/* Above this a sum of reciprocals is taken from the harmonic numbers at its ends. */
#define MANY_ROWS 32

/* The n-th harmonic number less Euler's constant, n >= 1. */
static double
harmonic(double n)
{
	double square = n * n;

	return log(n) + 1 / (2 * n) - 1 / (12 * square) + 1 / (120 * square * square);
}

/* 1 / (n + 1) + ... + 1 / (n + rows) */
static double
reciprocals(int64_t n, int64_t rows)
{
	double sum = 0;
	int64_t first = rows < MANY_ROWS ? rows : (n < MANY_ROWS ? MANY_ROWS - n : 0);

	for (int64_t i = 1; i <= first; i++)
		sum += 1 / (double) (n + i);
	if (first < rows)
		sum += harmonic((double) (n + rows)) - harmonic((double) (n + first));
	return sum;
}

void
drift_cbpe_add(DriftCbpe *c, double score, double probability, int64_t rows, int64_t predicted)
{
	double before = drift_sum_total(&c->positives);
	double added = probability * (double) rows;

	/* each row adds its precision times the recall it adds: p (before + i p) / (n + i), for i from 1 to rows */
	if (rows == 1)
		drift_sum_add(&c->precision, probability * (before + probability) / (double) (c->n + 1));
	else
		drift_sum_add(&c->precision,
					  probability * (added + (before - probability * (double) c->n) * reciprocals(c->n, rows)));
	drift_sum_add(&c->area, (1 - probability) * (double) rows * (before + added / 2));
	drift_sum_add_rows(&c->positives, probability, rows);
	if (predicted > 0)
		drift_sum_add_rows(&c->hits, probability, predicted);
	if (score >= 0 && score <= 1)
	{
		drift_sum_add_rows(&c->log_loss, log_loss_of(score, probability), rows);
		drift_sum_add_rows(&c->brier, brier_of(score, probability), rows);
	}
	else
		c->outside = true;
	c->n += rows;
	c->predicted += predicted;
}

DriftExpectedCells
drift_cbpe_cells(const DriftCbpe *c)
{
	double positives = drift_sum_total(&c->positives);
	double hits = drift_sum_total(&c->hits);
	double misses = fmax(0, positives - hits);

	return (DriftExpectedCells){hits, (double) c->predicted - hits, misses,
								fmax(0, (double) (c->n - c->predicted) - misses)};
}

static double
share_of(double part, double rest)
{
	return part + rest > 0 ? part / (part + rest) : (double) NAN;
}

void
drift_cell_metrics(const DriftExpectedCells *cells, double metrics[DRIFT_ESTIMATED_METRICS])
{
	metrics[DRIFT_ESTIMATED_ACCURACY] = share_of(cells->tp + cells->tn, cells->fp + cells->fn);
	metrics[DRIFT_ESTIMATED_PRECISION] = share_of(cells->tp, cells->fp);
	metrics[DRIFT_ESTIMATED_RECALL] = share_of(cells->tp, cells->fn);
	metrics[DRIFT_ESTIMATED_SPECIFICITY] = share_of(cells->tn, cells->fp);
	metrics[DRIFT_ESTIMATED_F1] = share_of(cells->tp, (cells->fp + cells->fn) / 2);
}

void
drift_cbpe_metrics(const DriftCbpe *c, double metrics[DRIFT_ESTIMATED_METRICS])
{
	DriftExpectedCells cells = drift_cbpe_cells(c);
	double positives = drift_sum_total(&c->positives);
	double pairs = positives * ((double) c->n - positives);

	drift_cell_metrics(&cells, metrics);
	metrics[DRIFT_ESTIMATED_ROC_AUC] = pairs > 0 ? drift_sum_total(&c->area) / pairs : (double) NAN;
	metrics[DRIFT_ESTIMATED_AVERAGE_PRECISION] =
		positives > 0 ? drift_sum_total(&c->precision) / positives : (double) NAN;
	metrics[DRIFT_ESTIMATED_LOG_LOSS] = c->n == 0 || c->outside ? (double) NAN : drift_sum_mean(&c->log_loss, c->n);
	metrics[DRIFT_ESTIMATED_BRIER] = c->n == 0 || c->outside ? (double) NAN : drift_sum_mean(&c->brier, c->n);
}

/* ------------------------------------------------------------------------
 * The reference
 * ------------------------------------------------------------------------ */

#define RESAMPLES 50
#define MAX_RESAMPLE 50000

/* Rows of both classes, descending by score. */
typedef struct Descent
{
	const DriftScored *scored;
	int64_t left[2];
	double score;
	int64_t rows[2];
} Descent;

static void
begin_descent(Descent *d, const DriftScored *scored)
{
	if (scored->poll)
		scored->poll();
	*d = (Descent){.scored = scored, .left = {scored->side[0].n, scored->side[1].n}};
}

static bool
next_lower(Descent *d)
{
	const DriftRanked *side = d->scored->side;
	double score[2] = {(double) -INFINITY, (double) -INFINITY};

	if (d->left[0] == 0 && d->left[1] == 0)
		return false;
	for (int s = 0; s < 2; s++)
		if (d->left[s] > 0)
			score[s] = side[s].at(side[s].ctx, d->left[s] - 1);
	d->score = fmax(score[0], score[1]);
	for (int s = 0; s < 2; s++)
	{
		d->rows[s] = 0;
		while (d->left[s] > 0 && side[s].at(side[s].ctx, d->left[s] - 1) == d->score)
		{
			d->left[s]--;
			d->rows[s]++;
		}
	}
	return true;
}

/* Average precision as scikit-learn's: rows of one score are one step. */
typedef struct Precision
{
	double rows;
	double positives;
	double sum;
} Precision;

static void
add_precision(Precision *p, double negatives, double positives)
{
	p->rows += negatives + positives;
	p->positives += positives;
	if (positives > 0)
		p->sum += positives * p->positives / p->rows;
}

static double
average_precision(const DriftScored *scored)
{
	Precision p = {0};
	Descent d;

	begin_descent(&d, scored);
	while (next_lower(&d))
		add_precision(&p, (double) d.rows[0], (double) d.rows[1]);
	return p.positives > 0 ? p.sum / p.positives : (double) NAN;
}

/* Moments of a loss of the rows, NaN where a score is no probability. */
static DriftMoments
loss_moments(const DriftScored *scored, double (*loss)(double, double))
{
	DriftMoments m = {0};

	for (int s = 0; s < 2; s++)
	{
		const DriftRanked *side = &scored->side[s];

		if (scored->poll)
			scored->poll();
		if (side->n > 0 && !(side->at(side->ctx, 0) >= 0 && side->at(side->ctx, side->n - 1) <= 1))
			return (DriftMoments){.n = 1, .mean = (double) NAN, .m2 = (double) NAN};
		for (int64_t i = 0; i < side->n; i++)
			drift_moments_add(&m, loss(side->at(side->ctx, i), s));
	}
	return m;
}

static double
deviation(const DriftMoments *m)
{
	return m->n > 0 ? sqrt(m->m2 / (double) m->n) : (double) NAN;
}

void
drift_reference_metrics(const DriftScored *scored, const DriftExpectedCells *cells,
						double metrics[DRIFT_ESTIMATED_METRICS])
{
	DriftMoments log_loss = loss_moments(scored, log_loss_of);
	DriftMoments brier = loss_moments(scored, brier_of);

	drift_cell_metrics(cells, metrics);
	metrics[DRIFT_ESTIMATED_ROC_AUC] = drift_scored_auc(scored);
	metrics[DRIFT_ESTIMATED_AVERAGE_PRECISION] = average_precision(scored);
	metrics[DRIFT_ESTIMATED_LOG_LOSS] = log_loss.n > 0 ? log_loss.mean : (double) NAN;
	metrics[DRIFT_ESTIMATED_BRIER] = brier.n > 0 ? brier.mean : (double) NAN;
}

/* Deviation of the share of the other class that a row of a class is ahead of or behind; rows of one score count half. */
static DriftSamplingError
placement_error(const DriftScored *scored, int class)
{
	int64_t n[2] = {scored->side[0].n, scored->side[1].n};
	DriftMoments m = {0};
	int64_t above = 0;
	Descent d;

	begin_descent(&d, scored);
	while (next_lower(&d))
	{
		double share = ((double) above + (double) d.rows[1 - class] / 2) / (double) n[1 - class];

		for (int64_t i = 0; i < d.rows[class]; i++)
			drift_moments_add(&m, share);
		above += d.rows[1 - class];
	}
	return (DriftSamplingError){deviation(&m), (double) n[class] / (double) (n[0] + n[1])};
}

double
drift_auc_deviation(const DriftScored *scored)
{
	double variance = 0;

	for (int class = 0; class < 2; class ++)
	{
		DriftSamplingError error = placement_error(scored, class);

		variance += error.deviation * error.deviation / error.share;
	}
	return sqrt(variance);
}

/* How often a row is drawn: Poisson, by inversion; rate < 1. */
static int64_t
times_drawn(uint64_t stream, uint64_t row, double none)
{
	double u = drift_counter_uniform(42, stream, row);
	double rate = -log(none);
	double term = none;
	double below = none;
	int64_t k = 0;

	while (u > below && k < 20)
	{
		k++;
		term *= rate / (double) k;
		below += term;
	}
	return k;
}

/* Resamples of half of the rows, at most 50,000. */
static DriftSamplingError
precision_error(const DriftScored *scored)
{
	Precision resample[RESAMPLES] = {{0}};
	double n = (double) (scored->side[0].n + scored->side[1].n);
	double size = fmin(floor(n / 2), MAX_RESAMPLE);
	double none = exp(-size / n);
	DriftMoments m = {0};
	uint64_t row = 0;
	Descent d;

	begin_descent(&d, scored);
	while (next_lower(&d))
	{
		for (int r = 0; r < RESAMPLES; r++)
		{
			int64_t drawn[2] = {0};

			for (int s = 0; s < 2; s++)
				for (int64_t i = 0; i < d.rows[s]; i++)
					drawn[s] += times_drawn((uint64_t) r, row + (uint64_t) (s * d.rows[0] + i), none);
			if (scored->poll && d.rows[0] + d.rows[1] > 4096)
				scored->poll();
			add_precision(&resample[r], (double) drawn[0], (double) drawn[1]);
		}
		row += (uint64_t) (d.rows[0] + d.rows[1]);
		if (scored->poll && row % 4096 < 2)
			scored->poll();
	}
	for (int r = 0; r < RESAMPLES; r++)
		if (resample[r].positives > 0)
			drift_moments_add(&m, resample[r].sum / resample[r].positives);
	return (DriftSamplingError){deviation(&m) * sqrt(size), 1};
}

/* Of the share of rows that are right among those that count, times a factor. */
static DriftSamplingError
share_error(double right, double wrong, double n, double factor)
{
	double rows = right + wrong;
	double share = right / rows;

	return (DriftSamplingError){factor * sqrt(share * (1 - share)), rows / n};
}

void
drift_sampling_errors(const DriftScored *scored, const DriftExpectedCells *cells,
					  DriftSamplingError errors[DRIFT_ESTIMATED_METRICS])
{
	double n = cells->tp + cells->fp + cells->fn + cells->tn;
	double missed = cells->fp + cells->fn;
	DriftMoments log_loss = loss_moments(scored, log_loss_of);
	DriftMoments brier = loss_moments(scored, brier_of);

	/* of the rarer class */
	errors[DRIFT_ESTIMATED_ROC_AUC] = placement_error(scored, scored->side[1].n > scored->side[0].n ? 0 : 1);
	errors[DRIFT_ESTIMATED_AVERAGE_PRECISION] = precision_error(scored);
	errors[DRIFT_ESTIMATED_ACCURACY] = share_error(cells->tp + cells->tn, missed, n, 1);
	errors[DRIFT_ESTIMATED_PRECISION] = share_error(cells->tp, cells->fp, n, 1);
	errors[DRIFT_ESTIMATED_RECALL] = share_error(cells->tp, cells->fn, n, 1);
	errors[DRIFT_ESTIMATED_SPECIFICITY] = share_error(cells->tn, cells->fp, n, 1);
	errors[DRIFT_ESTIMATED_F1] = share_error(cells->tp, missed, n, (cells->tp + missed) / (cells->tp + missed / 2));
	errors[DRIFT_ESTIMATED_LOG_LOSS] = (DriftSamplingError){deviation(&log_loss), 1};
	errors[DRIFT_ESTIMATED_BRIER] = (DriftSamplingError){deviation(&brier), 1};
}
