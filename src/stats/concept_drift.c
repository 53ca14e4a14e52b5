#include "stats/concept_drift.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "stats/random.h"

/* Rows that smooth the fit: one for each value of the feature, of the classes of both sides. */
#define SMOOTHING 1.0

/* Fits end when the margins are met to this share of the rows. */
#define CLOSE_ENOUGH 1e-6
#define FIT_SWEEPS 100
#define REFIT_SWEEPS 10

/* Draws after which it is asked for the first time whether they are enough, and between later questions. */
#define FIRST_DRAWS 199
#define MORE_DRAWS 100

/* The factors of the model and the weights of the classes on the current side. */
typedef struct Model
{
	double *stratum; /* [stratum][class] */
	double *feature; /* [feature][class] */
	double *weight;  /* [class] */
} Model;

typedef struct Work
{
	const DriftConceptTable *table;
	int64_t groups; /* features * strata */
	int64_t cells;
	double *share;            /* of each class on both sides together */
	double *rows_reference;   /* by group, of counts */
	double *rows_current;     /* by group */
	double *counts;           /* by cell: the reference as it is, or as drawn, smoothed */
	double *drawn;            /* by cell: the current side as it is, or as drawn */
	double *expected;         /* by cell: the current side as the model has it */
	double *chance_reference; /* by cell: of a class in its group, of the fit to the reference */
	double *chance_current;   /* the same with the weights of the current side */
	double *stratum_margin;   /* [stratum][class] */
	double *feature_margin;   /* [feature][class] */
	double *class_margin;     /* [class] */
	double *reached;          /* [feature or stratum][class]: margins of the model */
	Model fit;
	Model refit;
	double *draws[2]; /* of both measures */
} Work;

typedef struct Measures
{
	double rows;
	double entropy;
	double information; /* share of the entropy, plug-in */
	double excess;      /* bias of the information of Miller and Madow, as a share too */
	double correlation;
} Measures;

/* ------------------------------------------------------------------------
 * Room
 * ------------------------------------------------------------------------ */

static int64_t
model_room(int64_t features, int64_t strata, int64_t classes)
{
	return (features + strata + 1) * classes;
}

int64_t
drift_concept_room(int32_t features, int32_t strata, int32_t classes, int64_t draws)
{
	int64_t f = features;
	int64_t s = strata;
	int64_t k = classes;

	if (f < 1 || s < 1 || k < 1 || f > DRIFT_CONCEPT_VALUES || s > DRIFT_CONCEPT_VALUES || k > DRIFT_CONCEPT_VALUES ||
		f * s > DRIFT_CONCEPT_CELLS / k || draws < DRIFT_CONCEPT_MIN_DRAWS || draws > DRIFT_CONCEPT_MAX_DRAWS)
		return 0;
	return k + 2 * f * s + 5 * f * s * k + (f + s + 1) * k + (f > s ? f : s) * k + 2 * model_room(f, s, k) + 2 * draws;
}

static double *
take(double **room, int64_t n)
{
	double *taken = *room;

	*room += n;
	return taken;
}

static Model
take_model(double **room, int64_t f, int64_t s, int64_t k)
{
	return (Model){.stratum = take(room, s * k), .feature = take(room, f * k), .weight = take(room, k)};
}

static void
divide_room(Work *w, const DriftConceptTable *table, int64_t draws, double *room)
{
	int64_t f = table->features;
	int64_t s = table->strata;
	int64_t k = table->classes;

	w->table = table;
	w->groups = f * s;
	w->cells = f * s * k;
	w->share = take(&room, k);
	w->rows_reference = take(&room, w->groups);
	w->rows_current = take(&room, w->groups);
	w->counts = take(&room, w->cells);
	w->drawn = take(&room, w->cells);
	w->expected = take(&room, w->cells);
	w->chance_reference = take(&room, w->cells);
	w->chance_current = take(&room, w->cells);
	w->stratum_margin = take(&room, s * k);
	w->feature_margin = take(&room, f * k);
	w->class_margin = take(&room, k);
	w->reached = take(&room, (f > s ? f : s) * k);
	w->fit = take_model(&room, f, s, k);
	w->refit = take_model(&room, f, s, k);
	w->draws[0] = take(&room, draws);
	w->draws[1] = take(&room, draws);
}

/* ------------------------------------------------------------------------
 * The model
 * ------------------------------------------------------------------------ */

static void
fill(double *numbers, int64_t n, double value)
{
	for (int64_t i = 0; i < n; i++)
		numbers[i] = value;
}

/* Chances of the classes in a group; weight may be NULL. */
static void
group_chances(const Work *w, const Model *model, const double *weight, int64_t feature, int64_t stratum, double *chance)
{
	int64_t classes = w->table->classes;
	const double *a = model->stratum + stratum * classes;
	const double *b = model->feature + feature * classes;
	double sum = 0;

	for (int64_t k = 0; k < classes; k++)
		sum += chance[k] = a[k] * b[k] * (weight ? weight[k] : 1);
	for (int64_t k = 0; k < classes; k++)
		chance[k] = sum > 0 ? chance[k] / sum : w->share[k];
}

/* Margins of smoothed counts: of strata, of the feature and of classes. */
static void
take_margins(Work *w)
{
	const DriftConceptTable *t = w->table;
	const double *count = w->counts;

	fill(w->stratum_margin, (int64_t) t->strata * t->classes, 0);
	fill(w->feature_margin, (int64_t) t->features * t->classes, 0);
	for (int64_t i = 0; i < t->features; i++)
		for (int64_t s = 0; s < t->strata; s++)
			for (int64_t k = 0; k < t->classes; k++, count++)
			{
				w->stratum_margin[s * t->classes + k] += *count;
				w->feature_margin[i * t->classes + k] += *count;
			}
}

/* Counts the model's rows by stratum or by feature, for the rows of the reference. */
static void
model_margins(Work *w, const Model *model, bool by_stratum)
{
	const DriftConceptTable *t = w->table;
	double *chance = w->class_margin;

	fill(w->reached, (int64_t) (by_stratum ? t->strata : t->features) * t->classes, 0);
	for (int64_t i = 0; i < t->features; i++)
		for (int64_t s = 0; s < t->strata; s++)
		{
			double rows = w->rows_reference[i * t->strata + s];
			double *sum = w->reached + (by_stratum ? s : i) * t->classes;

			if (rows == 0)
				continue;
			group_chances(w, model, NULL, i, s, chance);
			for (int64_t k = 0; k < t->classes; k++)
				sum[k] += rows * chance[k];
		}
}

/* Scales factors to their margins; their scale within a group of classes means nothing. Returns how far they were off. */
static double
scale_factors(const Work *w, double *factors, const double *margin, int64_t n)
{
	int64_t classes = w->table->classes;
	double off = 0;

	for (int64_t i = 0; i < n; i++, factors += classes)
	{
		double largest = 0;

		for (int64_t k = 0; k < classes; k++)
		{
			double want = margin[i * classes + k];
			double have = w->reached[i * classes + k];

			off += fabs(want - have);
			if (have > 0)
				factors[k] *= want / have;
			largest = fmax(largest, factors[k]);
		}
		for (int64_t k = 0; k < classes && largest > 0; k++)
			factors[k] /= largest;
	}
	return off;
}

/* Fits the model to the counts of the reference, from the factors it has. */
static void
fit_model(Work *w, Model *model, int sweeps)
{
	const DriftConceptTable *t = w->table;
	double rows = 0;

	take_margins(w);
	for (int64_t g = 0; g < w->groups; g++)
		rows += w->rows_reference[g];
	if (t->strata == 1)
	{
		memcpy(model->feature, w->feature_margin, sizeof(double) * (size_t) t->features * (size_t) t->classes);
		return;
	}
	for (int i = 0; i < sweeps; i++)
	{
		double off;

		model_margins(w, model, true);
		off = scale_factors(w, model->stratum, w->stratum_margin, t->strata);
		model_margins(w, model, false);
		off += scale_factors(w, model->feature, w->feature_margin, t->features);
		if (off <= CLOSE_ENOUGH * rows)
			return;
	}
}

/* Totals of the classes of a table. */
static void
class_totals(const Work *w, const double *cells, double *totals)
{
	fill(totals, w->table->classes, 0);
	for (int64_t g = 0; g < w->groups; g++)
		for (int64_t k = 0; k < w->table->classes; k++)
			totals[k] += cells[g * w->table->classes + k];
}

/* The rows of the current side as the model has them, with its weights. */
static void
expect_current(Work *w, const Model *model)
{
	const DriftConceptTable *t = w->table;
	double *expected = w->expected;

	for (int64_t i = 0; i < t->features; i++)
		for (int64_t s = 0; s < t->strata; s++, expected += t->classes)
		{
			double rows = w->rows_current[i * t->strata + s];

			if (rows == 0)
			{
				fill(expected, t->classes, 0);
				continue;
			}
			group_chances(w, model, model->weight, i, s, expected);
			for (int64_t k = 0; k < t->classes; k++)
				expected[k] *= rows;
		}
}

/* The same, with weights such that the classes have the totals of the current side as drawn. */
static void
expect_totals(Work *w, Model *model, int sweeps)
{
	int64_t classes = w->table->classes;
	double *want = w->class_margin;
	double *have = w->reached;
	double rows = 0;

	for (int64_t g = 0; g < w->groups; g++)
		rows += w->rows_current[g];
	for (int i = 0;; i++)
	{
		double off = 0;
		double largest = 0;

		expect_current(w, model);
		class_totals(w, w->drawn, want);
		class_totals(w, w->expected, have);
		for (int64_t k = 0; k < classes; k++)
			off += fabs(want[k] - have[k]);
		if (off <= CLOSE_ENOUGH * rows || i == sweeps)
			return;
		for (int64_t k = 0; k < classes; k++)
		{
			if (have[k] > 0)
				model->weight[k] *= want[k] / have[k];
			largest = fmax(largest, model->weight[k]);
		}
		for (int64_t k = 0; k < classes && largest > 0; k++)
			model->weight[k] /= largest;
	}
}

/* ------------------------------------------------------------------------
 * Measures
 * ------------------------------------------------------------------------ */

static double
times_log(double x)
{
	return x > 0 ? x * log(x) : 0;
}

/* Information of the feature about the class, whatever the stratum. */
static void
measure_information(Work *w, const double *cells, Measures *m)
{
	const DriftConceptTable *t = w->table;
	double *totals = w->class_margin;
	double within = 0;
	double between = 0;
	double classes = 0;
	int64_t filled = 0;
	int64_t values = 0;
	int64_t used = 0;

	fill(totals, t->classes, 0);
	for (int64_t i = 0; i < t->features; i++)
	{
		double rows = 0;

		for (int64_t k = 0; k < t->classes; k++)
		{
			double count = 0;

			for (int64_t s = 0; s < t->strata; s++)
				count += cells[(i * t->strata + s) * t->classes + k];
			totals[k] += count;
			rows += count;
			filled += count > 0;
			within += times_log(count);
		}
		values += rows > 0;
		between += times_log(rows);
		m->rows += rows;
	}
	for (int64_t k = 0; k < t->classes; k++)
	{
		used += totals[k] > 0;
		classes += times_log(totals[k]);
	}
	m->entropy = m->information = m->excess = NAN;
	if (m->rows == 0)
		return;
	m->entropy = used < 2 ? 0 : log(m->rows) - classes / m->rows;
	if (used < 2 || values < 2)
		return;
	m->information = ((within - between - classes) / m->rows + log(m->rows)) / m->entropy;
	m->excess = (double) (filled - values - used + 1) / (2 * m->rows) / m->entropy;
}

/* Pearson's correlation of the means of the groups and the numbers of the classes. */
static double
measure_correlation(const Work *w, const double *cells, const double *mean, double rows)
{
	const DriftConceptTable *t = w->table;
	double mean_x = 0;
	double mean_y = 0;
	double low[2] = {INFINITY, INFINITY};
	double high[2] = {-INFINITY, -INFINITY};
	double xx = 0;
	double yy = 0;
	double xy = 0;

	if (!mean || !t->class_number || rows == 0)
		return NAN;
	for (int64_t g = 0; g < w->groups; g++)
		for (int64_t k = 0; k < t->classes; k++)
		{
			double count = cells[g * t->classes + k];

			if (count == 0)
				continue;
			mean_x += count * mean[g] / rows;
			mean_y += count * t->class_number[k] / rows;
			low[0] = fmin(low[0], mean[g]);
			high[0] = fmax(high[0], mean[g]);
			low[1] = fmin(low[1], t->class_number[k]);
			high[1] = fmax(high[1], t->class_number[k]);
		}
	/* the squares of a constant would be those of rounding */
	if (!(low[0] < high[0]) || !(low[1] < high[1]))
		return NAN;
	for (int64_t g = 0; g < w->groups; g++)
		for (int64_t k = 0; k < t->classes; k++)
		{
			double count = cells[g * t->classes + k];
			double x = mean[g] - mean_x;
			double y = t->class_number[k] - mean_y;

			if (count == 0)
				continue;
			xx += count * x * x;
			yy += count * y * y;
			xy += count * x * y;
		}
	if (!(xx > 0) || !(yy > 0))
		return NAN;
	return fmax(-1, fmin(1, xy / sqrt(xx) / sqrt(yy)));
}

static Measures
measure(Work *w, const double *cells, const double *mean)
{
	Measures m = {0};

	measure_information(w, cells, &m);
	m.correlation = measure_correlation(w, cells, mean, m.rows);
	return m;
}

/* ------------------------------------------------------------------------
 * Draws
 * ------------------------------------------------------------------------ */

/* Draws the classes of a side, group by group. */
static void
draw_side(const Work *w, DriftRandom *random, const int64_t *side, const double *chance, double *cells)
{
	int64_t classes = w->table->classes;

	for (int64_t g = 0; g < w->groups; g++, side += classes, chance += classes, cells += classes)
	{
		int64_t left = 0;
		double rest = 1;

		for (int64_t k = 0; k < classes; k++)
			left += side[k];
		for (int64_t k = 0; k < classes; k++)
		{
			int64_t count = k == classes - 1 ? left : drift_random_binomial(random, left, chance[k] / rest);

			cells[k] = (double) count;
			left -= count;
			rest -= chance[k];
		}
	}
}

static void
copy_side(const Work *w, const int64_t *side, double *cells)
{
	for (int64_t i = 0; i < w->cells; i++)
		cells[i] = (double) side[i];
}

/* Adds the rows that smooth to the counts of the reference. */
static void
smooth(Work *w)
{
	double each = SMOOTHING / w->table->strata;

	for (int64_t g = 0; g < w->groups; g++)
		for (int64_t k = 0; k < w->table->classes; k++)
			w->counts[g * w->table->classes + k] += each * w->share[k];
}

static void
take_rows(const Work *w, const int64_t *side, double more, double *rows)
{
	for (int64_t g = 0; g < w->groups; g++)
	{
		rows[g] = more;
		for (int64_t k = 0; k < w->table->classes; k++)
			rows[g] += (double) side[g * w->table->classes + k];
	}
}

static void
take_shares(Work *w)
{
	double rows = 0;

	fill(w->share, w->table->classes, 0);
	for (int64_t g = 0; g < w->groups; g++)
		for (int64_t k = 0; k < w->table->classes; k++)
		{
			int64_t i = g * w->table->classes + k;

			w->share[k] += (double) w->table->reference[i] + (double) w->table->current[i];
		}
	for (int64_t k = 0; k < w->table->classes; k++)
		rows += w->share[k];
	for (int64_t k = 0; k < w->table->classes; k++)
		w->share[k] /= rows > 0 ? rows : 1;
}

/* Fits the model to the reference as it is. */
static void
begin(Work *w)
{
	const DriftConceptTable *t = w->table;

	take_shares(w);
	take_rows(w, t->reference, SMOOTHING / t->strata, w->rows_reference);
	take_rows(w, t->current, 0, w->rows_current);
	fill(w->fit.stratum, (int64_t) t->strata * t->classes, 1);
	fill(w->fit.feature, (int64_t) t->features * t->classes, 1);
	fill(w->fit.weight, t->classes, 1);
	copy_side(w, t->reference, w->counts);
	copy_side(w, t->current, w->drawn);
	smooth(w);
	fit_model(w, &w->fit, FIT_SWEEPS);
}

/* Keeps what the fitted model says of both sides, to draw from. */
static void
keep_chances(Work *w)
{
	const DriftConceptTable *t = w->table;

	for (int64_t i = 0; i < t->features; i++)
		for (int64_t s = 0; s < t->strata; s++)
		{
			int64_t cell = (i * t->strata + s) * t->classes;

			group_chances(w, &w->fit, NULL, i, s, w->chance_reference + cell);
			group_chances(w, &w->fit, w->fit.weight, i, s, w->chance_current + cell);
		}
}

/* Draws both sides and fits the model again. */
static void
draw_again(Work *w, DriftRandom *random)
{
	const DriftConceptTable *t = w->table;
	size_t room = sizeof(double) * (size_t) model_room(t->features, t->strata, t->classes);

	/* the factors of a model lie beside each other */
	memcpy(w->refit.stratum, w->fit.stratum, room);
	draw_side(w, random, t->reference, w->chance_reference, w->counts);
	smooth(w);
	fit_model(w, &w->refit, REFIT_SWEEPS);
	draw_side(w, random, t->current, w->chance_current, w->drawn);
}

/* Mean of draws, and how many lie at least as far from it as the observed one; NaN ones count as such. */
static int64_t
reached(const double *draws, int64_t n, double observed, double *mean)
{
	double sum = 0;
	int64_t numbers = 0;
	int64_t far = 0;

	for (int64_t i = 0; i < n; i++)
		if (!isnan(draws[i]))
		{
			sum += draws[i];
			numbers++;
		}
	*mean = numbers > 0 ? sum / (double) numbers : NAN;
	for (int64_t i = 0; i < n; i++)
		/* 1e-12 is left to rounding */
		far += !(fabs(draws[i] - *mean) < fabs(observed - *mean) - 1e-12);
	return far;
}

static bool
are_enough(const Work *w, int64_t n, const double observed[2], int64_t enough)
{
	double mean;

	if (enough <= 0 || n < FIRST_DRAWS || (n - FIRST_DRAWS) % MORE_DRAWS != 0)
		return false;
	for (int i = 0; i < 2; i++)
		if (!isnan(observed[i]) && reached(w->draws[i], n, observed[i], &mean) < enough)
			return false;
	return true;
}

static void
finish_change(const double *draws, int64_t n, double observed, DriftConceptChange *change)
{
	double mean;
	int64_t far = reached(draws, n, observed, &mean);

	change->change = observed - mean;
	change->expected = change->current - change->change;
	change->p_value = isnan(observed) ? NAN : (double) (far + 1) / (double) (n + 1);
}

void
drift_concept_change(const DriftConceptTable *table, int64_t draws, int64_t enough, uint64_t seed, double *room,
					 void (*poll)(void), DriftConcept *result)
{
	Work w;
	DriftRandom random;
	Measures reference;
	Measures current;
	Measures expected;
	double observed[2];
	int64_t n = 0;

	divide_room(&w, table, draws, room);
	copy_side(&w, table->reference, w.expected);
	reference = measure(&w, w.expected, table->mean_reference);
	begin(&w);
	expect_totals(&w, &w.fit, FIT_SWEEPS);
	keep_chances(&w);
	current = measure(&w, w.drawn, table->mean_current);
	expected = measure(&w, w.expected, table->mean_current);
	observed[0] = reference.rows > 0 ? current.information - expected.information : NAN;
	observed[1] = reference.rows > 0 ? current.correlation - expected.correlation : NAN;

	drift_random_init(&random, seed);
	while (n < draws && !(isnan(observed[0]) && isnan(observed[1])) && !are_enough(&w, n, observed, enough))
	{
		Measures drawn;

		draw_again(&w, &random);
		expect_totals(&w, &w.refit, REFIT_SWEEPS);
		drawn = measure(&w, w.drawn, table->mean_current);
		expected = measure(&w, w.expected, table->mean_current);
		w.draws[0][n] = drawn.information - expected.information;
		w.draws[1][n] = drawn.correlation - expected.correlation;
		n++;
		if (poll)
			poll();
	}
	*result = (DriftConcept){.entropy_reference = reference.entropy, .entropy_current = current.entropy, .draws = n};
	result->information.reference = reference.information - reference.excess;
	result->information.current = current.information - current.excess;
	result->correlation.reference = reference.correlation;
	result->correlation.current = current.correlation;
	finish_change(w.draws[0], n, observed[0], &result->information);
	finish_change(w.draws[1], n, observed[1], &result->correlation);
}

/* ------------------------------------------------------------------------
 * Prior
 * ------------------------------------------------------------------------ */

/* Total variation of the classes of two tables. */
static double
class_distance(Work *w, const double *left, const double *right)
{
	double *totals[2] = {w->class_margin, w->reached};
	double rows[2] = {0, 0};
	double sum = 0;

	class_totals(w, left, totals[0]);
	class_totals(w, right, totals[1]);
	for (int64_t k = 0; k < w->table->classes; k++)
	{
		rows[0] += totals[0][k];
		rows[1] += totals[1][k];
	}
	for (int64_t k = 0; k < w->table->classes; k++)
		sum += fabs(totals[0][k] / rows[0] - totals[1][k] / rows[1]);
	return sum / 2;
}

void
drift_concept_prior(const DriftConceptTable *table, int64_t draws, int64_t enough, uint64_t seed, double *room,
					void (*poll)(void), DriftConceptChange *result)
{
	Work w;
	DriftRandom random;
	double observed[2] = {NAN, NAN};
	int64_t n = 0;
	int64_t far = 0;

	divide_room(&w, table, draws, room);
	begin(&w);
	expect_current(&w, &w.fit);
	keep_chances(&w);
	copy_side(&w, table->reference, w.counts);
	*result = (DriftConceptChange){.reference = 0,
								   .current = class_distance(&w, w.counts, w.drawn),
								   .expected = class_distance(&w, w.counts, w.expected),
								   .change = class_distance(&w, w.drawn, w.expected),
								   .p_value = NAN};
	/* without a reference there is nothing to expect */
	if (isnan(result->current))
		result->change = NAN;
	observed[0] = result->change;
	drift_random_init(&random, seed);
	while (n < draws && !isnan(observed[0]) && !(enough > 0 && n >= FIRST_DRAWS && far >= enough))
	{
		draw_again(&w, &random);
		expect_current(&w, &w.refit);
		far += !(class_distance(&w, w.drawn, w.expected) < observed[0] - 1e-12);
		n++;
		if (poll)
			poll();
	}
	if (n > 0)
		result->p_value = (double) (far + 1) / (double) (n + 1);
}
