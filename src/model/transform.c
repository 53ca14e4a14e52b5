#include "model/transform.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Margins this near to zero stay out of the sum of DRIFT_TRANSFORM_SOFTMAX_ZERO. */
#define ZERO_MARGIN 0.0000001f

static double
rounded(const DriftModel *m, double x)
{
	return m->single ? (float) x : x;
}

/* XGBoost: common/math.h, Sigmoid. */
static float
logistic_xgboost(float x)
{
	float least = -x < 88.7f ? -x : 88.7f;

	return 1.0f / (expf(least) + 1.0f + 1e-16f);
}

/* ONNX Runtime: ml_common.h, ComputeLogistic. */
static float
logistic_onnx(float x)
{
	float v = 1.0f / (1.0f + expf(-fabsf(x)));

	return x < 0 ? 1.0f - v : v;
}

static double
logistic(const DriftModel *m, double x)
{
	if (m->single)
		return 1.0f / (1.0f + expf((float) -m->parameter * (float) x));
	return 1 / (1 + exp(-m->parameter * x));
}

static double
transform_one(const DriftModel *m, double x)
{
	switch ((DriftTransform) m->transform)
	{
		case DRIFT_TRANSFORM_LOGISTIC:
			return logistic(m, x);
		case DRIFT_TRANSFORM_LOGISTIC_XGBOOST:
			return logistic_xgboost((float) x);
		case DRIFT_TRANSFORM_LOGISTIC_ONNX:
			return logistic_onnx((float) x);
		case DRIFT_TRANSFORM_EXP:
			return m->single ? expf((float) x) : exp(x);
		case DRIFT_TRANSFORM_HINGE:
			return x > 0;
		case DRIFT_TRANSFORM_SIGNED_SQUARE:
			return rounded(m, rounded(m, ((x > 0) - (x < 0)) * x) * x);
		case DRIFT_TRANSFORM_LOG1P_EXP:
			return m->single ? log1pf(expf((float) x)) : log1p(exp(x));
		case DRIFT_TRANSFORM_PROBIT:
			return rounded(m, 0.5 * erfc(-x / sqrt(2)));
		default:
			return x;
	}
}

static double
largest(const double *x, uint32_t n)
{
	double most = x[0];

	for (uint32_t i = 1; i < n; i++)
		most = fmax(x[i], most);
	return most;
}

static uint32_t
place_of_largest(const double *x, uint32_t n)
{
	uint32_t place = 0;

	for (uint32_t i = 1; i < n; i++)
		if (x[i] > x[place])
			place = i;
	return place;
}

/* XGBoost keeps the sum of its float32 in double, ONNX Runtime in float32. */
static void
softmax(const DriftModel *m, const double *margins, double *outputs)
{
	bool round_sum = m->single && m->source != DRIFT_SOURCE_XGBOOST;
	double most = largest(margins, m->groups);
	double sum = 0;

	for (uint32_t i = 0; i < m->groups; i++)
	{
		outputs[i] = m->single ? expf((float) (margins[i] - most)) : exp(margins[i] - most);
		sum += outputs[i];
		if (round_sum)
			sum = (float) sum;
	}
	for (uint32_t i = 0; i < m->groups; i++)
		outputs[i] = rounded(m, outputs[i] / rounded(m, sum));
}

/* ONNX Runtime: ml_common.h, ComputeSoftmaxZero. */
static void
softmax_zero(const DriftModel *m, const double *margins, double *outputs)
{
	float most = (float) largest(margins, m->groups);
	float shrunk = expf(-most);
	float sum = 0;

	for (uint32_t i = 0; i < m->groups; i++)
	{
		float margin = (float) margins[i];
		bool counts = margin > ZERO_MARGIN || margin < -ZERO_MARGIN;
		float output = counts ? expf(margin - most) : margin * shrunk;

		if (counts)
			sum += output;
		outputs[i] = output;
	}
	for (uint32_t i = 0; i < m->groups; i++)
		outputs[i] = (float) outputs[i] / sum;
}

/* In ascending order; there are few. */
static void
sorted(const DriftModel *m, double *outputs)
{
	for (uint32_t i = 1; i < m->groups; i++)
	{
		double moved = outputs[i];
		uint32_t at = i;

		for (; at > 0 && outputs[at - 1] > moved; at--)
			outputs[at] = outputs[at - 1];
		outputs[at] = moved;
	}
}

/* The first is itself, each other one is beyond that before it. */
static void
expectiles(const DriftModel *m, double *outputs)
{
	for (uint32_t i = 1; i < m->groups; i++)
	{
		float x = (float) outputs[i];
		float gap = fmaxf(x, 0) + log1pf(expf(-fabsf(x)));

		outputs[i] = (float) outputs[i - 1] + (1e-6f + gap);
	}
}

static void
shares(const DriftModel *m, double *outputs)
{
	double sum = 0;

	for (uint32_t i = 0; i < m->groups; i++)
		sum = rounded(m, sum + outputs[i]);
	if (sum == 0)
		return;
	for (uint32_t i = 0; i < m->groups; i++)
		outputs[i] = rounded(m, outputs[i] / sum);
}

void
drift_transform(const DriftModel *m, const double *margins, double *outputs)
{
	if (m->transform == DRIFT_TRANSFORM_ARGMAX)
	{
		outputs[0] = place_of_largest(margins, m->groups);
		return;
	}
	for (uint32_t i = 0; i < m->groups; i++)
		outputs[i] = m->average == DRIFT_AVERAGE_OUTPUT ? rounded(m, margins[i] / m->average_over) : margins[i];
	switch ((DriftTransform) m->transform)
	{
		case DRIFT_TRANSFORM_SOFTMAX:
			softmax(m, outputs, outputs);
			break;
		case DRIFT_TRANSFORM_SOFTMAX_ZERO:
			softmax_zero(m, outputs, outputs);
			break;
		case DRIFT_TRANSFORM_SORTED:
			sorted(m, outputs);
			break;
		case DRIFT_TRANSFORM_EXPECTILE:
			expectiles(m, outputs);
			break;
		case DRIFT_TRANSFORM_SHARES:
			shares(m, outputs);
			break;
		case DRIFT_TRANSFORM_LOGISTIC_SHARES:
			for (uint32_t i = 0; i < m->groups; i++)
				outputs[i] = logistic_onnx((float) outputs[i]);
			shares(m, outputs);
			break;
		default:
			for (uint32_t i = 0; i < m->groups; i++)
				outputs[i] = transform_one(m, outputs[i]);
	}
}

/* Of two classes with one margin. */
static uint32_t
two_probabilities(const DriftModel *m, const double *margins, const double *outputs, double *probabilities)
{
	if (m->transform == DRIFT_TRANSFORM_IDENTITY && m->decision == DRIFT_DECISION_MARGIN)
		return 0;
	probabilities[1] = outputs[0];
	if (m->transform == DRIFT_TRANSFORM_LOGISTIC_ONNX)
		probabilities[0] = logistic_onnx((float) -margins[0]);
	else
		probabilities[0] = rounded(m, 1 - outputs[0]);
	return 2;
}

uint32_t
drift_transform_probabilities(const DriftModel *m, const double *margins, const double *outputs, double *probabilities)
{
	if (m->decision == DRIFT_DECISION_NONE)
		return 0;
	if (m->groups == 1)
		return two_probabilities(m, margins, outputs, probabilities);
	if (m->transform == DRIFT_TRANSFORM_ARGMAX)
		softmax(m, margins, probabilities);
	else
		memcpy(probabilities, outputs, m->groups * sizeof(double));
	return m->groups;
}

uint32_t
drift_transform_class(const DriftModel *m, const double *margins, const double *outputs)
{
	if (m->groups == 1)
		return m->decision == DRIFT_DECISION_MARGIN || m->decision == DRIFT_DECISION_LARGEST_MARGIN ? margins[0] > 0
																									: outputs[0] > 0.5;
	if (m->transform == DRIFT_TRANSFORM_ARGMAX)
		return (uint32_t) outputs[0];
	return place_of_largest(m->decision == DRIFT_DECISION_LARGEST_MARGIN ? margins : outputs, m->groups);
}
