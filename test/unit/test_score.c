/*
 * test_score.c
 *		Margins of trees against a walk that follows model.h word by word, and
 *		all layouts against each other, bit by bit.
 */
#include "model/layout.h"
#include "model/score.h"
#include "model/steps.h"

#include <math.h>

#include "random_trees.h"
#include "tap.h"

#define CATEGORIES 70
#define MOST_GROUPS 5
#define ROWS 60
#define MOST_LAYOUTS 8

static TestHost host;

/*
 * What model.h says, word by word
 */

static bool
holds(const DriftModel *m, const DriftNode *node, double x)
{
	const uint32_t *sets = drift_model_section(m, DRIFT_SECTION_SETS);

	if (node->kind >= DRIFT_NODE_IN_SET)
	{
		for (uint32_t c = 0; c < 32 * node->set_words; c++)
			if ((node->kind == DRIFT_NODE_IN_SET ? trunc(x) : floor(x)) == c)
				return sets[(uint32_t) node->value + c / 32] & 1U << c % 32;
		return false;
	}
	if (isnan(x))
		x = 0;
	return node->kind == DRIFT_NODE_LESS    ? x < node->value
		   : node->kind == DRIFT_NODE_EQUAL ? x == node->value
											: x <= node->value;
}

static const DriftNode *
naive_leaf(const DriftModel *m, const DriftTree *tree, const double *row)
{
	const DriftNode *nodes = drift_model_section(m, DRIFT_SECTION_NODES);
	const uint32_t *features = drift_model_section(m, DRIFT_SECTION_FEATURES);
	const DriftNode *node = &nodes[tree->root];

	while (node->kind >= DRIFT_NODE_LESS)
	{
		double x = row[features[node->feature]];
		bool missing = (node->missing == DRIFT_MISSING_NAN && isnan(x)) ||
					   (node->missing == DRIFT_MISSING_ZERO && (isnan(x) || fabs(x) <= 1e-35f));
		bool left = missing ? node->missing_left : holds(m, node, x);

		node = &nodes[left ? node->left : node->right];
	}
	return node;
}

static double
as_float(const DriftModel *m, double x)
{
	return m->single ? (float) x : x;
}

static void
naive_margins(const DriftModel *m, const double *row, double *margins)
{
	const DriftTree *trees = drift_model_section(m, DRIFT_SECTION_TREES);
	const DriftLeafWeight *weights = drift_model_section(m, DRIFT_SECTION_LEAF_WEIGHTS);
	const double *base = drift_model_section(m, DRIFT_SECTION_BASE);

	for (uint32_t g = 0; g < m->groups; g++)
		margins[g] = m->base_first ? base[g] : 0;
	for (uint64_t i = 0; i < drift_model_count(m, DRIFT_SECTION_TREES); i++)
	{
		const DriftNode *leaf = naive_leaf(m, &trees[i], row);
		DriftLeafWeight own = {.group = trees[i].group, .weight = leaf->value};
		bool is_vector = leaf->kind == DRIFT_NODE_LEAF_VECTOR;

		for (uint32_t j = 0; j < (is_vector ? leaf->right : 1); j++)
		{
			DriftLeafWeight w = is_vector ? weights[leaf->left + j] : own;
			double added = as_float(m, as_float(m, w.weight) * trees[i].weight);

			margins[w.group] = as_float(m, margins[w.group] + added);
		}
	}
	for (uint32_t g = 0; g < m->groups; g++)
	{
		if (m->average == DRIFT_AVERAGE_MARGIN)
			margins[g] = as_float(m, margins[g] / m->average_over);
		if (!m->base_first)
			margins[g] = as_float(m, margins[g] + base[g]);
	}
}

/*
 * Layouts
 */

/* A value that is often missing, often on a threshold or right beside one, and that inputs of the model can have. */
static double
value(const DriftModel *m)
{
	const DriftNode *nodes = drift_model_section(m, DRIFT_SECTION_NODES);
	const DriftInput *inputs = drift_model_section(m, DRIFT_SECTION_INPUTS);
	const DriftNode *node = &nodes[below((uint32_t) drift_model_count(m, DRIFT_SECTION_NODES))];
	bool single = inputs[0].single;
	double beside = below(2) ? INFINITY : -INFINITY;

	switch (below(6))
	{
		case 0:
			return NAN;
		case 1:
			return below(CATEGORIES) - 2 + below(4) * 0.25;
		case 2:
			return single ? (float) node->value : node->value;
		case 3:
			return single ? nextafterf((float) node->value, (float) beside) : nextafter(node->value, beside);
		default:
			return number(single);
	}
}

/* Layouts of every kind of walk give these margins: before averages and bases that come last. */
static int
walks_that_differ(const DriftLayout *layouts, int n, const double *row)
{
	double first[MOST_GROUPS];
	double other[MOST_GROUPS];
	int differ = 0;

	drift_layout_walk(&layouts[0], row, first);
	for (int i = 1; i < n; i++)
	{
		drift_layout_walk(&layouts[i], row, other);
		differ += memcmp(first, other, layouts[0].m->groups * sizeof(double)) != 0;
	}
	return differ;
}

static void
count_walks(const DriftLayout *l, uint32_t *trees)
{
	for (uint32_t i = 0; i < l->n_blocks; i++)
		trees[l->blocks[i].walk] += l->blocks[i].trees;
}

static void
test_trees(const Kind *kind)
{
	static const unsigned allowed[] = {DRIFT_WALK_NODES, DRIFT_WALK_NODES | DRIFT_WALK_HEAP,
									   DRIFT_WALK_NODES | DRIFT_WALK_SPARSE, DRIFT_WALK_ANY};
	size_t size;
	const DriftModel *m = random_trees(kind, &host, &size);
	DriftRoom room = {.host = &host.host};
	size_t before = host.taken;
	DriftScorer *s = drift_scorer_create(m, &host.host);
	bool all_counted = drift_scorer_bytes(s) == host.taken - before;
	DriftScoreProblem problem;
	DriftSteps steps;
	DriftLayout layouts[MOST_LAYOUTS];
	double margins[MOST_GROUPS];
	double expected[MOST_GROUPS];
	uint32_t trees[DRIFT_WALK_ANY] = {0};
	int wrong = 0;
	int differ = 0;

	drift_steps_make(&steps, m, &room);
	for (int i = 0; i < MOST_LAYOUTS; i++)
		drift_layout_make(&layouts[i], m, steps.is_single, allowed[i / 2], i % 2 ? 0 : UINT64_MAX, &room);
	for (int row = 0; row < ROWS; row++)
	{
		double *slots = drift_scorer_numbers(s);

		for (uint32_t i = 0; i < FEATURES; i++)
			slots[i] = row == 0 ? NAN : value(m);
		wrong += !drift_score_margins(s, margins, &problem);
		naive_margins(m, drift_scorer_slots(s), expected);
		wrong += memcmp(margins, expected, m->groups * sizeof(double)) != 0;
		differ += walks_that_differ(layouts, MOST_LAYOUTS, drift_scorer_slots(s));
	}
	count_walks(&layouts[MOST_LAYOUTS - 1], trees);
	ok(wrong == 0 && differ == 0 && all_counted, "%s: %d wrong, %d differ, trees %u heap, %u sparse, %u nodes",
	   kind->name, wrong, differ, trees[DRIFT_WALK_HEAP], trees[DRIFT_WALK_SPARSE], trees[DRIFT_WALK_NODES]);
	test_host_free(&host);
}

static void
test_layouts(void)
{
	static const Kind kinds[] = {
		{.name = "a leaf", .depth = 0, .trees = 1, .single_inputs = true, .single = true, .groups = 1},
		{.name = "stumps", .depth = 1, .trees = 37, .single_inputs = true, .single = true, .groups = 1},
		{.name = "XGBoost, depth 6",
		 .depth = 6,
		 .trees = 55,
		 .single_inputs = true,
		 .single = true,
		 .groups = 1,
		 .missing = DRIFT_MISSING_NAN},
		{.name = "dart, 3 groups",
		 .depth = 5,
		 .trees = 45,
		 .single_inputs = true,
		 .single = true,
		 .dart = true,
		 .groups = 3},
		{.name = "dart in double", .depth = 5, .trees = 45, .dart = true, .groups = 2},
		{.name = "float32 inputs, sums in double", .depth = 7, .trees = 30, .single_inputs = true, .groups = 1},
		{.name = "double, depth 8", .depth = 8, .trees = 23, .groups = 1},
		{.name = "double inputs, sums in float32", .depth = 4, .trees = 20, .single = true, .groups = 2},
		{.name = "chains of 40", .depth = 40, .trees = 60, .chains = true, .groups = 1},
		{.name = "chains of 40, float32",
		 .depth = 40,
		 .trees = 60,
		 .single_inputs = true,
		 .single = true,
		 .chains = true,
		 .groups = 2},
		{.name = "chains of 500", .depth = 500, .trees = 3, .chains = true, .groups = 1},
		{.name = "vectors",
		 .depth = 5,
		 .trees = 40,
		 .single_inputs = true,
		 .single = true,
		 .vectors = true,
		 .dart = true,
		 .groups = 4},
		{.name = "chains with vectors", .depth = 20, .trees = 21, .chains = true, .vectors = true, .groups = 4},
		{.name = "sets", .depth = 3, .trees = 80, .sets = true, .groups = 1},
		{.name = "sets in float32",
		 .depth = 3,
		 .trees = 80,
		 .single_inputs = true,
		 .single = true,
		 .sets = true,
		 .groups = 2},
		{.name = "everything", .depth = 9, .trees = 30, .sets = true, .vectors = true, .dart = true, .groups = 5},
		{.name = "zero is missing", .depth = 6, .trees = 17, .groups = 1, .missing = DRIFT_MISSING_ZERO},
		{.name = "nothing is missing",
		 .depth = 6,
		 .trees = 16,
		 .single_inputs = true,
		 .groups = 1,
		 .missing = DRIFT_MISSING_NONE},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		test_trees(&kinds[i]);
}

int
main(void)
{
	test_host_init(&host);
	test_layouts();
	return done_testing();
}
