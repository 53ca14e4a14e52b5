/*
 * fuzz_score.c
 *		Blocks that pass the check of models score rows, trees give the same
 *		margins however they are laid out, and explanations add up to them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "model/explain.h"
#include "model/layout.h"
#include "model/score.h"
#include "model/steps.h"
#include "unit/model_host.h"

#define ROWS 6

/* What inputs are in turn: missing, near the thresholds of trees, and far from everything. */
static double
number(const DriftModel *m, uint64_t row, uint64_t input)
{
	static const double numbers[] = {NAN, 0, -0.5, 1, 1e-40, 3.5, -INFINITY, 1e300, 31, 1e9};
	const DriftNode *nodes = drift_model_section(m, DRIFT_SECTION_NODES);
	uint64_t n = drift_model_count(m, DRIFT_SECTION_NODES);

	if ((row + input) % 3 == 0 && n > 0)
		return nodes[(row * 7 + input) % n].value;
	return numbers[(row * 3 + input) % 10];
}

static void
put_row(DriftScorer *s, uint64_t row)
{
	const DriftModel *m = drift_scorer_model(s);

	for (uint64_t i = 0; i < drift_model_count(m, DRIFT_SECTION_INPUTS); i++)
	{
		drift_scorer_numbers(s)[i] = number(m, row, i);
		drift_scorer_labels(s)[i] =
			(row + i) % 3 == 0 ? (DriftLabel){0} : (DriftLabel){"red", (uint32_t) (row + i) % 4};
	}
}

/* Bits of NaN may differ. */
static bool
same(const double *a, const double *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (isnan(a[i]) ? !isnan(b[i]) : memcmp(&a[i], &b[i], sizeof(double)) != 0)
			return false;
	return true;
}

/* A bound of everything that a margin of trees sums. */
static double
magnitude(const DriftModel *m)
{
	const DriftNode *nodes = drift_model_section(m, DRIFT_SECTION_NODES);
	const DriftTree *trees = drift_model_section(m, DRIFT_SECTION_TREES);
	const DriftLeafWeight *weights = drift_model_section(m, DRIFT_SECTION_LEAF_WEIGHTS);
	const double *base = drift_model_section(m, DRIFT_SECTION_BASE);
	double sum = 0;
	double factor = 1;

	for (uint64_t t = 0; t < drift_model_count(m, DRIFT_SECTION_TREES); t++)
		factor = fmax(factor, fabs(trees[t].weight));
	for (uint64_t i = 0; i < drift_model_count(m, DRIFT_SECTION_LEAF_WEIGHTS); i++)
		sum += fabs(weights[i].weight);
	sum *= (double) drift_model_count(m, DRIFT_SECTION_NODES);
	for (uint64_t i = 0; i < drift_model_count(m, DRIFT_SECTION_NODES); i++)
		sum += nodes[i].kind == DRIFT_NODE_LEAF ? fabs(nodes[i].value) : 0;
	sum *= factor;
	for (uint32_t g = 0; g < m->groups; g++)
		sum += fabs(base[g]);
	return sum;
}

/* Of trees whose margins float32 holds, contributions add up to the margin as well as that can tell. */
static void
explain(DriftExplainer *e, const DriftModel *m, const double *slots, const double *margins, double *contributions)
{
	uint64_t width = drift_model_count(m, DRIFT_SECTION_INPUTS) + 1;
	double bound = magnitude(m);

	drift_explain_margins(e, slots, contributions);
	if (m->predictor != DRIFT_PREDICTOR_TREES || !(bound < 1e30))
		return;
	for (uint32_t g = 0; g < m->groups; g++)
	{
		double sum = 0;

		for (uint64_t i = 0; i < width; i++)
			sum += contributions[g * width + i];
		REQUIRE(fabs(sum - margins[g]) <= 1e-5 * bound + 1e-30);
	}
}

static void
score(const DriftModel *m, TestHost *h)
{
	DriftExplainer *e = drift_can_explain(m) ? drift_explainer_create(m, &h->host) : NULL;
	uint64_t width = drift_model_count(m, DRIFT_SECTION_INPUTS) + 1;
	double *contributions = test_host_allocate(h, m->groups * width * sizeof(double));
	DriftRoom room = {.host = &h->host};
	DriftScorer *s = drift_scorer_create(m, &h->host);
	double *margins = test_host_allocate(h, m->groups * sizeof(double));
	double *others = test_host_allocate(h, m->groups * sizeof(double));
	double *outputs = test_host_allocate(h, m->groups * sizeof(double));
	double *probabilities = test_host_allocate(h, ((size_t) m->groups + 1) * sizeof(double));
	DriftScoreProblem problem = {.reason = NULL};
	DriftSteps steps;
	DriftLayout layouts[2];

	drift_steps_make(&steps, m, &room);
	drift_layout_make(&layouts[0], m, steps.is_single, DRIFT_WALK_NODES, UINT64_MAX, &room);
	drift_layout_make(&layouts[1], m, steps.is_single, DRIFT_WALK_ANY, 0, &room);
	for (uint64_t row = 0; row < ROWS; row++)
	{
		put_row(s, row);
		if (!drift_score_margins(s, margins, &problem))
		{
			REQUIRE(problem.reason != NULL && problem.input < drift_model_count(m, DRIFT_SECTION_INPUTS));
			continue;
		}
		if (e != NULL)
			explain(e, m, drift_scorer_slots(s), margins, contributions);
		drift_score_outputs(s, margins, outputs);
		REQUIRE(drift_score_probabilities(s, margins, outputs, probabilities) <= m->groups + 1);
		if (m->decision != DRIFT_DECISION_NONE)
			REQUIRE(drift_score_class(s, margins, outputs) < drift_model_count(m, DRIFT_SECTION_LABELS));
		drift_layout_walk(&layouts[0], drift_scorer_slots(s), margins);
		drift_layout_walk(&layouts[1], drift_scorer_slots(s), others);
		REQUIRE(same(margins, others, m->groups));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TestHost h;
	DriftModel *m;
	const char *what;

	test_host_init(&h);
	m = test_host_allocate(&h, size + 1);
	memcpy(m, data, size);
	if (drift_model_check(m, size, &what) == DRIFT_OK)
		score(m, &h);
	test_host_free(&h);
	return 0;
}
