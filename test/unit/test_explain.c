/*
 * test_explain.c
 *		Explanations: against the definition of the Shapley value over all
 *		subsets of features, and that they add up to the margin.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "model/explain.h"
#include "model/gauss.h"
#include "model/node.h"
#include "model/origin.h"
#include "model_host.h"
#include "tap.h"

#define MOST_FEATURES 6
#define MOST_GROUPS 3

/* --- random models ---------------------------------------------------------- */

static uint64_t random_state = 20;

/* A number from 0 to n - 1: Knuth's linear congruential generator. */
static uint32_t
random_below(uint32_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t) ((random_state >> 33) % n);
}

typedef struct Shape
{
	uint32_t features;
	uint32_t depth;   /* at most */
	uint32_t leaf_in; /* one node in so many is a leaf before that; 0: none */
	uint32_t cover;   /* of a leaf, at most; 0 among them */
	uint32_t groups;  /* more than one: leaves are vectors too */
	bool thresholds_only;
} Shape;

static DriftNode *
node_at(DriftDraft *d, uint32_t number)
{
	return (DriftNode *) drift_draft_section(d, DRIFT_SECTION_NODES) + number;
}

static void
random_leaf(DriftDraft *d, const Shape *shape, uint32_t number)
{
	DriftNode *leaf = node_at(d, number);

	leaf->cover = (float) random_below(shape->cover + 1);
	if (shape->groups == 1 || random_below(2) == 0)
	{
		leaf->kind = DRIFT_NODE_LEAF;
		leaf->value = random_below(2001) / 100.0 - 10;
		return;
	}
	leaf->kind = DRIFT_NODE_LEAF_VECTOR;
	leaf->left = (uint32_t) drift_draft_count(d, DRIFT_SECTION_LEAF_WEIGHTS);
	leaf->right = random_below(shape->groups + 1);
	for (uint32_t i = 0; i < leaf->right; i++)
	{
		DriftLeafWeight *weight = drift_draft_add(d, DRIFT_SECTION_LEAF_WEIGHTS, 1);

		weight->group = random_below(shape->groups);
		weight->weight = random_below(2001) / 100.0 - 10;
	}
}

static void
random_condition(DriftDraft *d, const Shape *shape, DriftNode *node)
{
	node->kind = (uint8_t) (DRIFT_NODE_LESS + (shape->thresholds_only ? random_below(2) : random_below(5)));
	node->missing = (uint8_t) (DRIFT_MISSING_NAN + random_below(3));
	node->missing_left = (uint8_t) random_below(2);
	node->feature = random_below(shape->features);
	node->value = random_below(9) - 4.0;
	if (node->kind >= DRIFT_NODE_IN_SET)
	{
		uint32_t *word = drift_draft_add(d, DRIFT_SECTION_SETS, 1);

		*word = random_below(16);
		node->set_words = 1;
		node->value = (double) drift_draft_count(d, DRIFT_SECTION_SETS) - 1;
	}
}

/* Appends a subtree; gives its first node. */
static uint32_t
random_subtree(DriftDraft *d, const Shape *shape, uint32_t depth)
{
	uint32_t number = (uint32_t) drift_draft_count(d, DRIFT_SECTION_NODES);
	DriftNode node = {0};

	(void) drift_draft_add(d, DRIFT_SECTION_NODES, 1);
	if (depth == shape->depth || (shape->leaf_in > 0 && random_below(shape->leaf_in) == 0))
	{
		random_leaf(d, shape, number);
		return number;
	}
	random_condition(d, shape, &node);
	node.left = random_subtree(d, shape, depth + 1);
	node.right = random_subtree(d, shape, depth + 1);
	node.cover = node_at(d, node.left)->cover + node_at(d, node.right)->cover;
	*node_at(d, number) = node;
	return number;
}

static void
start_draft(DriftDraft *d, TestHost *host, const Shape *shape)
{
	test_host_init(host);
	drift_draft_init(d, &host->host);
	d->head.source = DRIFT_SOURCE_JSON;
	d->head.predictor = DRIFT_PREDICTOR_TREES;
	d->head.groups = shape->groups;
	for (uint32_t i = 0; i < shape->features; i++)
	{
		uint32_t slot = drift_draft_input(d, "x", 1, DRIFT_INPUT_NUMBER);

		*(uint32_t *) drift_draft_add(d, DRIFT_SECTION_FEATURES, 1) = slot;
	}
	for (uint32_t i = 0; i < shape->groups; i++)
		*(double *) drift_draft_add(d, DRIFT_SECTION_BASE, 1) = 0.25 + i;
}

static void
add_tree(DriftDraft *d, const Shape *shape, double weight)
{
	uint32_t root = random_subtree(d, shape, 0);
	DriftTree *tree = drift_draft_add(d, DRIFT_SECTION_TREES, 1);

	tree->root = root;
	tree->n_nodes = (uint32_t) drift_draft_count(d, DRIFT_SECTION_NODES) - root;
	tree->group = random_below(shape->groups);
	tree->weight = weight;
}

static const DriftModel *
pack(const DriftDraft *d)
{
	DriftRefusal refusal = {0};
	DriftModel *m;
	size_t size;

	if (drift_draft_size(d, &size) != DRIFT_OK)
		abort();
	m = d->host->allocate(d->host->ctx, size);
	memset(m, 0, size);
	if (drift_draft_pack(d, m, size, &refusal) != DRIFT_OK)
	{
		printf("Bail out! %s\n", refusal.reason);
		exit(1);
	}
	return m;
}

static const DriftModel *
random_model(TestHost *host, const Shape *shape, int trees, DriftAverage average)
{
	DriftDraft d;

	start_draft(&d, host, shape);
	d.head.average = (uint8_t) average;
	d.head.average_over = average == DRIFT_AVERAGE_NONE ? 1 : (uint32_t) trees;
	d.head.base_first = (uint8_t) random_below(2);
	for (int i = 0; i < trees; i++)
		add_tree(&d, shape, random_below(3) == 0 ? 0.5 : 1);
	return pack(&d);
}

static void
random_row(uint32_t n, double *row)
{
	for (uint32_t i = 0; i < n; i++)
		row[i] = random_below(6) == 0 ? (double) NAN : random_below(19) / 2.0 - 4.5;
}

/* --- the definition --------------------------------------------------------- */

/* Adds factor times what a group expects below a node, of rows of which the features in `known` are known. */
static double
expect(const DriftModel *m, const DriftTree *tree, uint32_t at, const double *row, uint32_t known, uint32_t group)
{
	const DriftNode *nodes = drift_model_section(m, DRIFT_SECTION_NODES);
	const DriftNode *node = &nodes[at];
	const DriftLeafWeight *weights = drift_model_section(m, DRIFT_SECTION_LEAF_WEIGHTS);
	double value = 0;
	double left;
	double right;

	if (node->kind == DRIFT_NODE_LEAF)
		return tree->group == group ? node->value : 0;
	if (node->kind == DRIFT_NODE_LEAF_VECTOR)
	{
		for (uint32_t i = 0; i < node->right; i++)
			value += weights[node->left + i].group == group ? weights[node->left + i].weight : 0;
		return value;
	}
	if ((known >> node->feature) & 1)
		return expect(m, tree,
					  drift_node_goes_left(node, row[node->feature], drift_model_section(m, DRIFT_SECTION_SETS))
						  ? node->left
						  : node->right,
					  row, known, group);
	left = nodes[node->left].cover;
	right = nodes[node->right].cover;
	if (left + right == 0)
		left = right = 1;
	return (left * expect(m, tree, node->left, row, known, group) +
			right * expect(m, tree, node->right, row, known, group)) /
		   (left + right);
}

/* The margin that is expected of rows of which some features are known. */
static double
expect_margin(const DriftModel *m, const double *row, uint32_t known, uint32_t group)
{
	const DriftTree *trees = drift_model_section(m, DRIFT_SECTION_TREES);
	const double *base = drift_model_section(m, DRIFT_SECTION_BASE);
	double sum = m->base_first ? base[group] : 0;

	for (uint64_t t = 0; t < drift_model_count(m, DRIFT_SECTION_TREES); t++)
		sum += trees[t].weight * expect(m, &trees[t], trees[t].root, row, known, group);
	if (m->average == DRIFT_AVERAGE_MARGIN)
		sum /= m->average_over;
	return m->base_first ? sum : sum + base[group];
}

static double
factorial(uint32_t n)
{
	return n < 2 ? 1 : n * factorial(n - 1);
}

static double
shapley(const DriftModel *m, const double *row, uint32_t n, uint32_t feature, uint32_t group)
{
	double sum = 0;

	for (uint32_t known = 0; known < (1u << n); known++)
	{
		uint32_t size = (uint32_t) __builtin_popcount(known);

		if ((known >> feature) & 1)
			continue;
		sum += factorial(size) * factorial(n - size - 1) / factorial(n) *
			   (expect_margin(m, row, known | 1u << feature, group) - expect_margin(m, row, known, group));
	}
	return sum;
}

/* Largest difference from the definition over some rows of a model. */
static double
worst_of_model(const DriftModel *m, const DriftHost *host, const Shape *shape, int rows)
{
	DriftExplainer *e = drift_explainer_create(m, host);
	double contributions[MOST_GROUPS * (MOST_FEATURES + 1)];
	double row[MOST_FEATURES];
	double worst = 0;

	for (int i = 0; i < rows; i++)
	{
		random_row(shape->features, row);
		drift_explain_margins(e, row, contributions);
		for (uint32_t g = 0; g < shape->groups; g++)
		{
			const double *got = contributions + g * (shape->features + 1);

			for (uint32_t f = 0; f < shape->features; f++)
				worst = fmax(worst, fabs(got[f] - shapley(m, row, shape->features, f, g)));
			worst = fmax(worst, fabs(got[shape->features] - expect_margin(m, row, 0, g)));
		}
	}
	return worst;
}

static void
test_definition(const char *name, const Shape *shape, int models, int trees, DriftAverage average)
{
	double worst = 0;

	for (int i = 0; i < models; i++)
	{
		TestHost host;
		const DriftModel *m = random_model(&host, shape, trees, average);

		worst = fmax(worst, worst_of_model(m, &host.host, shape, 3));
		test_host_free(&host);
	}
	ok(worst < 1e-12, "%s: as the definition over all subsets, differs by %.2g", name, worst);
}

/* --- trees too large for the definition --------------------------------------- */

/* Contributions and expected value add up to the margin, which is what is expected where all is known. */
static void
test_sums(const char *name, const Shape *shape, int trees)
{
	TestHost host;
	const DriftModel *m = random_model(&host, shape, trees, DRIFT_AVERAGE_NONE);
	DriftExplainer *e = drift_explainer_create(m, &host.host);
	double *contributions = host.host.allocate(host.host.ctx, (shape->features + 1) * sizeof(double));
	double *row = host.host.allocate(host.host.ctx, shape->features * sizeof(double));
	double worst = 0;

	for (int i = 0; i < 20; i++)
	{
		const DriftTree *all = drift_model_section(m, DRIFT_SECTION_TREES);
		const DriftNode *nodes = drift_model_section(m, DRIFT_SECTION_NODES);
		double margin = 0.25;
		double sum = 0;

		random_row(shape->features, row);
		drift_explain_margins(e, row, contributions);
		for (uint32_t f = 0; f <= shape->features; f++)
			sum += contributions[f];
		for (int t = 0; t < trees; t++)
		{
			const DriftNode *node = &nodes[all[t].root];

			while (drift_node_splits(node))
				node = &nodes[drift_node_goes_left(node, row[node->feature], drift_model_section(m, DRIFT_SECTION_SETS))
								  ? node->left
								  : node->right];
			margin += all[t].weight * node->value;
		}
		worst = fmax(worst, fabs(sum - margin));
	}
	ok(worst < 1e-11, "%s: contributions add up to the margin, differ by %.2g", name, worst);
	test_host_free(&host);
}

/* A tree whose every right child is the next split: the deepest there can be. */
static void
add_chain(DriftDraft *d, uint32_t depth, uint32_t features, float leaf_cover)
{
	DriftNode *nodes = drift_draft_add(d, DRIFT_SECTION_NODES, 2 * depth + 1);
	DriftTree *tree = drift_draft_add(d, DRIFT_SECTION_TREES, 1);

	*tree = (DriftTree){.n_nodes = 2 * depth + 1, .weight = 1};
	for (uint32_t i = 0; i < depth; i++)
	{
		nodes[2 * i] = (DriftNode){.kind = DRIFT_NODE_LESS,
								   .missing = DRIFT_MISSING_NAN,
								   .feature = i % features,
								   .left = 2 * i + 1,
								   .right = 2 * i + 2,
								   .cover = leaf_cover * (float) (depth - i + 1)};
		nodes[2 * i + 1] = (DriftNode){.kind = DRIFT_NODE_LEAF, .value = i, .cover = leaf_cover};
	}
	nodes[2 * depth] = (DriftNode){.kind = DRIFT_NODE_LEAF, .value = depth, .cover = leaf_cover};
}

/*
 * In a chain of k different features that the row follows to the end, each split
 * sends the share 1 / (k + 1 - i) away to the leaf of value i; the contributions
 * are positive and add up.
 */
static void
test_chain(void)
{
	Shape shape = {.features = DRIFT_MODEL_MAX_DEPTH, .groups = 1};
	static double row[DRIFT_MODEL_MAX_DEPTH];
	static double contributions[DRIFT_MODEL_MAX_DEPTH + 1];
	TestHost host;
	DriftDraft d;
	double sum = 0;
	bool positive = true;

	start_draft(&d, &host, &shape);
	add_chain(&d, DRIFT_MODEL_MAX_DEPTH, DRIFT_MODEL_MAX_DEPTH, 1);
	drift_explain_margins(drift_explainer_create(pack(&d), &host.host), row, contributions);
	for (uint32_t i = 0; i <= DRIFT_MODEL_MAX_DEPTH; i++)
	{
		sum += contributions[i];
		positive = positive && contributions[i] > 0;
	}
	ok(fabs(sum - DRIFT_MODEL_MAX_DEPTH - 0.25) < 1e-9 && positive, "a chain of 512 features: sum %.17g", sum);
	ok(fabs(contributions[DRIFT_MODEL_MAX_DEPTH] - DRIFT_MODEL_MAX_DEPTH / 2.0 - 0.25) < 1e-9,
	   "its expected value is the mean of its leaves");
	test_host_free(&host);

	start_draft(&d, &host, &shape);
	add_chain(&d, DRIFT_MODEL_MAX_DEPTH, 1, 1);
	drift_explain_margins(drift_explainer_create(pack(&d), &host.host), row, contributions);
	ok(fabs(contributions[0] - DRIFT_MODEL_MAX_DEPTH / 2.0) < 1e-9 && contributions[1] == 0,
	   "a chain of one feature 512 times: all of it");
	test_host_free(&host);
}

static void
test_covers(void)
{
	Shape shape = {.features = 3, .depth = 3, .cover = 5, .groups = 1};
	TestHost host;
	DriftDraft d;
	double row[3] = {0};
	double contributions[4];
	const DriftModel *m;
	double sum = 0;

	start_draft(&d, &host, &shape);
	add_tree(&d, &shape, 1);
	m = pack(&d);
	ok(drift_can_explain(m), "a tree with covers can be explained");
	node_at(&d, 3)->cover = NAN;
	ok(!drift_can_explain(pack(&d)), "one cover that is not known: it cannot");
	for (uint32_t i = 0; i < drift_draft_count(&d, DRIFT_SECTION_NODES); i++)
		node_at(&d, i)->cover = i % 2 == 0 ? 0 : -1;
	m = pack(&d);
	drift_explain_margins(drift_explainer_create(m, &host.host), row, contributions);
	for (int i = 0; i < 4; i++)
		sum += contributions[i];
	ok(drift_can_explain(m) && fabs(sum - expect_margin(m, row, 7, 0)) < 1e-12, "covers of 0 and less share evenly");
	test_host_free(&host);
}

/* --- linear models, and features that are made of inputs ----------------------- */

static void
test_linear(void)
{
	Shape shape = {.features = 2, .groups = 2};
	const double coefficients[] = {2, -3, 0.5, 4};
	const double row[] = {1.5, NAN};
	double got[6];
	TestHost host;
	DriftDraft d;

	start_draft(&d, &host, &shape);
	d.head.predictor = DRIFT_PREDICTOR_LINEAR;
	d.head.skip_missing = 1;
	memcpy(drift_draft_add(&d, DRIFT_SECTION_COEFFICIENTS, 4), coefficients, sizeof(coefficients));
	drift_explain_margins(drift_explainer_create(pack(&d), &host.host), row, got);
	ok(got[0] == 3 && got[1] == 0 && got[2] == 0.25 && got[3] == 0.75 && got[4] == 0 && got[5] == 1.25,
	   "linear: coefficient times value, missing values add nothing");
	d.head.skip_missing = 0;
	drift_explain_margins(drift_explainer_create(pack(&d), &host.host), row, got);
	ok(got[0] == 3 && isnan(got[1]) && got[3] == 0.75 && isnan(got[4]), "linear: missing values are NaN elsewhere");
	test_host_free(&host);
}

/* Inputs a and b; a scaled, b in one-hot code; the predictor reads both columns and the scaled a. */
static void
test_origins(void)
{
	const double codes[] = {1, 2};
	const double coefficients[] = {10, 100, 1000};
	const double slots[] = {7, 2, 3.5, 0, 1};
	const double factor = 0.5;
	uint32_t origins[5];
	uint32_t in;
	double got[3];
	TestHost host;
	DriftDraft d;
	const DriftModel *m;

	test_host_init(&host);
	drift_draft_init(&d, &host.host);
	d.head.source = DRIFT_SOURCE_JSON;
	d.head.predictor = DRIFT_PREDICTOR_LINEAR;
	in = drift_draft_input(&d, "a", 1, DRIFT_INPUT_NUMBER);
	(void) drift_draft_input(&d, "b", 1, DRIFT_INPUT_NUMBER);
	*(double *) drift_draft_add(&d, DRIFT_SECTION_NUMBERS, 1) = factor;
	(void) drift_draft_step(&d, DRIFT_STEP_MULTIPLY, &in, 1, 1, 0, 2);
	memcpy(drift_draft_add(&d, DRIFT_SECTION_NUMBERS, 2), codes, sizeof(codes));
	in = 1;
	(void) drift_draft_step(&d, DRIFT_STEP_ONE_HOT_NUMBER, &in, 1, 2, 1, 2);
	for (uint32_t slot = 2; slot < 5; slot++)
		*(uint32_t *) drift_draft_add(&d, DRIFT_SECTION_FEATURES, 1) = slot;
	memcpy(drift_draft_add(&d, DRIFT_SECTION_COEFFICIENTS, 3), coefficients, sizeof(coefficients));
	*(double *) drift_draft_add(&d, DRIFT_SECTION_BASE, 1) = 1;
	m = pack(&d);
	drift_model_origins(m, origins);
	ok(origins[0] == 0 && origins[1] == 1 && origins[2] == 0 && origins[3] == 1 && origins[4] == 1,
	   "a slot's origin is the input it was made of");
	drift_explain_margins(drift_explainer_create(m, &host.host), slots, got);
	ok(got[0] == 35 && got[1] == 1000 && got[2] == 1, "an input gets what its columns contribute");
	test_host_free(&host);
}

/* The rule integrates t^d exactly up to d = 2 n - 1. */
static void
test_gauss(void)
{
	static double points[256];
	static double weights[256];
	double worst = 0;

	for (uint32_t n = 4; n <= 256; n *= 2)
	{
		drift_gauss_legendre(n, points, weights);
		for (uint32_t degree = 0; degree < 2 * n; degree++)
		{
			double integral = 0;

			for (uint32_t i = 0; i < n; i++)
				integral += weights[i] * pow(points[i], degree);
			worst = fmax(worst, fabs(integral * (degree + 1) - 1));
		}
	}
	ok(worst < 1e-12, "quadrature is exact for polynomials, differs by %.2g", worst);
}

int
main(int argc, char **argv)
{
	const Shape thresholds = {.features = 4, .depth = 3, .cover = 20, .groups = 1, .thresholds_only = true};
	const Shape kinds = {.features = 5, .depth = 5, .leaf_in = 6, .cover = 9, .groups = 1};
	const Shape repeated = {.features = 2, .depth = 6, .leaf_in = 10, .cover = 3, .groups = 1};
	const Shape vectors = {.features = 3, .depth = 4, .leaf_in = 8, .cover = 4, .groups = 3};
	const Shape wide = {.features = 30, .depth = 6, .cover = 50, .groups = 1};
	const Shape deep = {.features = 40, .depth = 60, .leaf_in = 2, .cover = 50, .groups = 1};

	(void) argc;
	(void) argv;
	test_gauss();
	test_definition("thresholds", &thresholds, 40, 1, DRIFT_AVERAGE_NONE);
	test_definition("all conditions", &kinds, 30, 2, DRIFT_AVERAGE_NONE);
	test_definition("features that repeat", &repeated, 60, 3, DRIFT_AVERAGE_OUTPUT);
	test_definition("leaves of several groups, averaged", &vectors, 30, 3, DRIFT_AVERAGE_MARGIN);
	test_sums("trees of 30 features", &wide, 20);
	test_sums("deep trees", &deep, 100);
	test_chain();
	test_covers();
	test_linear();
	test_origins();
	return done_testing();
}
