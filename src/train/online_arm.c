/*
 * online_arm.c
 *		What a learner has learned: margins by it, and a step of its optimiser.
 */
#include <math.h>
#include <string.h>

#include "train/online_parts.h"

/* As scikit-learn's SGD has it, so that one wild row does not end everything. */
#define MAX_GRADIENT 1e12

/* What is left of a raised learning rate with each row. */
#define RAISE_FADING 0.995

#define ADAGRAD_EPSILON 1e-8

void
drift_online_arm_init(const DriftOnline *o, DriftOnlineArm *arm)
{
	size_t room = (size_t) o->column_room * o->n_groups;

	*arm = (DriftOnlineArm){.boost = 1};
	arm->weights = drift_online_zeroed(o->host, room, sizeof(double));
	if (o->params.optimiser != DRIFT_OPTIMISER_SGD)
		arm->squares = drift_online_zeroed(o->host, room, sizeof(double));
	if (!o->params.standardise)
		return;
	arm->counts = drift_online_zeroed(o->host, o->n_features, sizeof(double));
	arm->means = drift_online_zeroed(o->host, o->n_features, sizeof(double));
	arm->deviations = drift_online_zeroed(o->host, o->n_features, sizeof(double));
}

static void
clear(double *values, size_t count)
{
	if (values != NULL)
		memset(values, 0, count * sizeof(double));
}

void
drift_online_arm_clear(const DriftOnline *o, DriftOnlineArm *arm)
{
	clear(arm->weights, (size_t) o->column_room * o->n_groups);
	clear(arm->squares, (size_t) o->column_room * o->n_groups);
	clear(arm->counts, o->n_features);
	clear(arm->means, o->n_features);
	clear(arm->deviations, o->n_features);
	arm->rows = 0;
	arm->boost = 1;
}

/* Penalties of a column. */
static double
l1_of(const DriftOnline *o, uint32_t column)
{
	return column > 0 ? o->params.l1 : 0;
}

static double
l2_of(const DriftOnline *o, uint32_t column)
{
	return column > 0 ? o->params.l2 : 0;
}

/* What z is divided by. */
static double
ftrl_scale(const DriftOnline *o, uint32_t column, double squares)
{
	return (o->params.beta + sqrt(squares)) / o->params.learning_rate + l2_of(o, column);
}

double
drift_online_weight(const DriftOnline *o, const DriftOnlineArm *arm, uint32_t column, uint32_t group)
{
	size_t at = (size_t) column * o->n_groups + group;
	double z = arm->weights[at];

	if (o->params.optimiser != DRIFT_OPTIMISER_FTRL)
		return z;
	if (fabs(z) <= l1_of(o, column))
		return 0;
	return -(z - copysign(l1_of(o, column), z)) / ftrl_scale(o, column, arm->squares[at]);
}

void
drift_online_arm_margins(DriftOnline *o, const DriftOnlineArm *arm)
{
	memset(o->margins, 0, o->n_groups * sizeof(double));
	for (uint32_t i = 0; i < o->n_active; i++)
		for (uint32_t g = 0; g < o->n_groups; g++)
			o->margins[g] += drift_online_weight(o, arm, o->active[i], g) * o->values[i];
}

void
drift_online_probabilities(double *margins, uint32_t groups)
{
	double most = margins[0];
	double sum = 0;

	if (groups == 1)
	{
		margins[0] = 1 / (1 + exp(-margins[0]));
		return;
	}
	for (uint32_t g = 1; g < groups; g++)
		most = fmax(most, margins[g]);
	for (uint32_t g = 0; g < groups; g++)
		sum += margins[g] = exp(margins[g] - most);
	for (uint32_t g = 0; g < groups; g++)
		margins[g] /= sum;
}

/* Margins become the gradient of the loss by them, times the weight of the row. */
static void
margins_to_gradient(DriftOnline *o, double target, double weight)
{
	if (o->n_classes > 0)
		drift_online_probabilities(o->margins, o->n_groups);
	for (uint32_t g = 0; g < o->n_groups; g++)
	{
		double wanted = o->n_groups > 1 ? (double) target == g : target;
		double slope = fmin(fmax(o->margins[g] - wanted, -MAX_GRADIENT), MAX_GRADIENT);

		o->margins[g] = slope * weight;
	}
}

static void
learn_scale(DriftOnline *o, DriftOnlineArm *arm, const DriftOnlineRow *row)
{
	for (uint32_t f = 0; f < o->n_features; f++)
	{
		double before;

		if (o->features[f].categorical || isnan(row->numbers[f]))
			continue;
		before = row->numbers[f] - arm->means[f];
		arm->counts[f]++;
		arm->means[f] += before / arm->counts[f];
		arm->deviations[f] += before * (row->numbers[f] - arm->means[f]);
	}
}

/* The rate of sgd for the next row. */
static double
sgd_rate(const DriftOnline *o, const DriftOnlineArm *arm)
{
	double rate = o->params.learning_rate * arm->boost;

	return o->params.inverse_scaling ? rate / pow((double) (arm->rows + 1), o->params.power) : rate;
}

/* The penalty pulls at all weights, also those of columns that are 0 in the row. */
static void
shrink(const DriftOnline *o, DriftOnlineArm *arm, double rate)
{
	size_t count = (size_t) o->n_columns * o->n_groups;

	for (size_t i = o->n_groups; i < count; i++)
		arm->weights[i] -= rate * o->params.l2 * arm->weights[i];
}

static void
step_sgd(DriftOnline *o, DriftOnlineArm *arm, const double *gradient)
{
	double rate = sgd_rate(o, arm);

	if (o->params.l2 > 0)
		shrink(o, arm, rate);
	for (uint32_t i = 0; i < o->n_active; i++)
	{
		double *w = &arm->weights[(size_t) o->active[i] * o->n_groups];

		for (uint32_t g = 0; g < o->n_groups; g++)
			w[g] -= rate * gradient[g] * o->values[i];
	}
	arm->boost = 1 + (arm->boost - 1) * RAISE_FADING;
}

/* Of columns that are 0 in the row neither weights nor sums change. */
static void
step_adagrad(DriftOnline *o, DriftOnlineArm *arm, const double *gradient)
{
	for (uint32_t i = 0; i < o->n_active; i++)
		for (uint32_t g = 0; g < o->n_groups; g++)
		{
			size_t at = (size_t) o->active[i] * o->n_groups + g;
			double slope = gradient[g] * o->values[i] + l2_of(o, o->active[i]) * arm->weights[at];

			arm->squares[at] += slope * slope;
			arm->weights[at] -= o->params.learning_rate / sqrt(arm->squares[at] + ADAGRAD_EPSILON) * slope;
		}
}

static void
step_ftrl(DriftOnline *o, DriftOnlineArm *arm, const double *gradient)
{
	for (uint32_t i = 0; i < o->n_active; i++)
		for (uint32_t g = 0; g < o->n_groups; g++)
		{
			size_t at = (size_t) o->active[i] * o->n_groups + g;
			double slope = gradient[g] * o->values[i];
			double squares = arm->squares[at] + slope * slope;
			double sigma = (sqrt(squares) - sqrt(arm->squares[at])) / o->params.learning_rate;

			arm->weights[at] += slope - sigma * drift_online_weight(o, arm, o->active[i], g);
			arm->squares[at] = squares;
		}
}

/* Weights of the row at hand; all others were looked at when they changed. */
static bool
all_finite(const DriftOnline *o, const DriftOnlineArm *arm)
{
	double sum = 0;

	for (uint32_t i = 0; i < o->n_active; i++)
		for (uint32_t g = 0; g < o->n_groups; g++)
		{
			size_t at = (size_t) o->active[i] * o->n_groups + g;

			sum += arm->weights[at] * 0 + (arm->squares != NULL ? arm->squares[at] * 0 : 0);
		}
	return sum == 0;
}

DriftStatus
drift_online_arm_learn(DriftOnline *o, DriftOnlineArm *arm, const DriftOnlineRow *row, double target, double weight)
{
	if (o->params.standardise)
		learn_scale(o, arm, row);
	drift_online_gather(o, arm, row, false);
	drift_online_arm_margins(o, arm);
	margins_to_gradient(o, target, weight);
	if (o->params.optimiser == DRIFT_OPTIMISER_SGD)
		step_sgd(o, arm, o->margins);
	else if (o->params.optimiser == DRIFT_OPTIMISER_ADAGRAD)
		step_adagrad(o, arm, o->margins);
	else
		step_ftrl(o, arm, o->margins);
	arm->rows++;
	return all_finite(o, arm) ? DRIFT_OK : DRIFT_OVERFLOW;
}

/* Sums of squares that are smaller make larger steps; of ftrl z changes with them so that the weight stays. */
void
drift_online_arm_raise(const DriftOnline *o, DriftOnlineArm *arm)
{
	double by = o->params.raise_by;

	arm->boost = o->params.optimiser == DRIFT_OPTIMISER_SGD ? by : 1;
	for (size_t at = 0; arm->squares != NULL && at < (size_t) o->n_columns * o->n_groups; at++)
	{
		uint32_t column = (uint32_t) (at / o->n_groups);
		double weight = drift_online_weight(o, arm, column, (uint32_t) (at % o->n_groups));

		arm->squares[at] /= by * by;
		if (o->params.optimiser == DRIFT_OPTIMISER_FTRL && weight != 0)
			arm->weights[at] = -weight * ftrl_scale(o, column, arm->squares[at]) - copysign(l1_of(o, column), weight);
	}
}
