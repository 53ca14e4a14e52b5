#include "model/score.h"

#include <math.h>

#include "model/layout.h"
#include "model/steps.h"
#include "model/transform.h"

struct DriftScorer
{
	const DriftModel *m;
	size_t bytes;
	DriftSteps steps;
	DriftLayout layout; /* of trees */
	double *slots;
	DriftLabel *labels;
};

DriftScorer *
drift_scorer_create(const DriftModel *m, const DriftHost *host)
{
	DriftRoom room = {.host = host};
	uint64_t inputs = drift_model_count(m, DRIFT_SECTION_INPUTS);
	DriftScorer *s = drift_room_take(&room, 1, sizeof(DriftScorer));

	s->m = m;
	s->slots = drift_room_take(&room, m->slots, sizeof(double));
	s->labels = drift_room_take(&room, inputs, sizeof(DriftLabel));
	for (uint64_t i = 0; i < inputs; i++)
		s->slots[i] = NAN;
	drift_steps_make(&s->steps, m, &room);
	if (m->predictor == DRIFT_PREDICTOR_TREES)
		drift_layout_make(&s->layout, m, s->steps.is_single, DRIFT_WALK_ANY, DRIFT_RANKS_FROM, &room);
	s->bytes = room.bytes;
	return s;
}

size_t
drift_scorer_bytes(const DriftScorer *s)
{
	return s->bytes;
}

const DriftModel *
drift_scorer_model(const DriftScorer *s)
{
	return s->m;
}

double *
drift_scorer_numbers(DriftScorer *s)
{
	return s->slots;
}

DriftLabel *
drift_scorer_labels(DriftScorer *s)
{
	return s->labels;
}

const double *
drift_scorer_slots(const DriftScorer *s)
{
	return s->slots;
}

static float
linear_single(const DriftModel *m, const double *slots, const double *coefficients, float sum)
{
	uint64_t n = drift_model_count(m, DRIFT_SECTION_FEATURES);
	const uint32_t *features = drift_model_section(m, DRIFT_SECTION_FEATURES);

	for (uint64_t i = 0; i < n; i++)
	{
		float x = (float) slots[features[i]];

		if (!(m->skip_missing && isnan(x)))
			sum += x * (float) coefficients[i];
	}
	return sum;
}

static double
linear_double(const DriftModel *m, const double *slots, const double *coefficients, double sum)
{
	uint64_t n = drift_model_count(m, DRIFT_SECTION_FEATURES);
	const uint32_t *features = drift_model_section(m, DRIFT_SECTION_FEATURES);

	for (uint64_t i = 0; i < n; i++)
	{
		double x = slots[features[i]];

		if (!(m->skip_missing && isnan(x)))
			sum += x * coefficients[i];
	}
	return sum;
}

static void
linear(const DriftModel *m, const double *slots, double *margins)
{
	const double *coefficients = drift_model_section(m, DRIFT_SECTION_COEFFICIENTS);
	const double *base = drift_model_section(m, DRIFT_SECTION_BASE);

	for (uint32_t g = 0; g < m->groups; g++)
	{
		double start = m->base_first ? base[g] : 0;

		margins[g] = m->single ? linear_single(m, slots, coefficients, (float) start)
							   : linear_double(m, slots, coefficients, start);
		coefficients += drift_model_count(m, DRIFT_SECTION_FEATURES);
	}
}

/* Averages, and bases that come last. */
static void
finish_margins(const DriftModel *m, double *margins)
{
	const double *base = drift_model_section(m, DRIFT_SECTION_BASE);

	for (uint32_t g = 0; g < m->groups; g++)
	{
		if (m->average == DRIFT_AVERAGE_MARGIN)
			margins[g] = m->single ? (float) margins[g] / (float) m->average_over : margins[g] / m->average_over;
		if (!m->base_first)
			margins[g] = m->single ? (float) margins[g] + (float) base[g] : margins[g] + base[g];
	}
}

bool
drift_score_margins(DriftScorer *s, double *margins, DriftScoreProblem *problem)
{
	if (!drift_steps_run(&s->steps, s->slots, s->labels, problem))
		return false;
	if (s->m->predictor == DRIFT_PREDICTOR_TREES)
		drift_layout_walk(&s->layout, s->slots, margins);
	else
		linear(s->m, s->slots, margins);
	finish_margins(s->m, margins);
	return true;
}

void
drift_score_outputs(const DriftScorer *s, const double *margins, double *outputs)
{
	drift_transform(s->m, margins, outputs);
}

uint32_t
drift_score_probabilities(const DriftScorer *s, const double *margins, const double *outputs, double *probabilities)
{
	return drift_transform_probabilities(s->m, margins, outputs, probabilities);
}

uint32_t
drift_score_class(const DriftScorer *s, const double *margins, const double *outputs)
{
	return drift_transform_class(s->m, margins, outputs);
}
