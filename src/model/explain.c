#include "model/explain.h"

#include <math.h>
#include <string.h>

#include "model/gauss.h"
#include "model/node.h"
#include "model/origin.h"

/* Points of t that pass a tree together. */
#define POINTS 4

#define NO_NODE UINT32_MAX

/* A block of n points integrates the product of 2 n features, and no path has more than the deepest tree splits. */
#define MOST_BLOCKS (DRIFT_MODEL_MAX_DEPTH / (2 * POINTS) + 1)

/* Where the row goes at a split; NEITHER below the place where it left the path by the same feature. */
#define WAY_RIGHT 0
#define WAY_LEFT 1
#define WAY_NEITHER 2

typedef struct Points
{
	double at[POINTS];      /* t */
	double rest[POINTS];    /* 1 - t */
	double inverse[POINTS]; /* 1 / (1 - t) */
	double weight[POINTS];
} Points;

/* What of a node does not depend on the row. Nodes are counted from their tree's root. */
typedef struct Place
{
	double share; /* z of the parent's feature: of the rows, what its splits on the path let come here */
	uint32_t parent;
	uint32_t above; /* of a split: the nearest node, this one included, whose parent splits by the same feature */
} Place;

typedef struct Plan
{
	uint32_t blocks; /* POINTS points each, that integrate the tree's products */
	bool vectors;    /* are there leaves of several groups? */
	double factor;   /* of its leaves in the margin */
} Plan;

struct DriftExplainer
{
	const DriftModel *m;
	const DriftHost *host;
	size_t bytes;
	const DriftNode *nodes;
	const DriftTree *trees;
	const uint32_t *sets;
	const DriftLeafWeight *leaf_weights;
	const uint32_t *features;
	uint32_t n_inputs;
	uint32_t *inputs; /* of each feature */
	double *expected; /* of each group */
	Plan *plans;      /* of each tree */
	Place *places;    /* of each node */
	Points **rules;   /* of each number of blocks that a tree has */

	/* of the nodes of one tree, while it is looked at */
	uint8_t *ways;
	uint8_t *agrees;        /* o of the parent's feature: 1 where the row passes all its splits on the path */
	double (*down)[POINTS]; /* products of the factors of all features of the path */
	double (*up)[POINTS];   /* the same times value, summed over the leaves below */
};

bool
drift_can_explain(const DriftModel *m)
{
	const DriftNode *nodes = drift_model_section(m, DRIFT_SECTION_NODES);

	for (uint64_t i = 0; i < drift_model_count(m, DRIFT_SECTION_NODES); i++)
		if (drift_node_splits(&nodes[i]) &&
			!(isfinite(nodes[nodes[i].left].cover) && isfinite(nodes[nodes[i].right].cover)))
			return false;
	return true;
}

/* --- preparing -------------------------------------------------------------- */

static void *
take(DriftExplainer *e, uint64_t count, size_t element)
{
	e->bytes += count * element;
	return e->host->allocate(e->host->ctx, count * element);
}

/* The part of a split's rows that one child gets; half of none. */
static double
part_of(const DriftNode *child, const DriftNode *sibling)
{
	double here = fmax(child->cover, 0);
	double there = fmax(sibling->cover, 0);

	return here + there > 0 ? here / (here + there) : 0.5;
}

static uint32_t
nearest_above(const DriftNode *nodes, const Place *places, uint32_t split)
{
	uint32_t at = split;

	while (places[at].parent != NO_NODE && nodes[places[at].parent].feature != nodes[split].feature)
		at = places[at].parent;
	return places[at].parent == NO_NODE ? NO_NODE : at;
}

/* Adds what a leaf gives the margins, times weight, to those of all groups. */
static void
add_leaf(const DriftExplainer *e, const DriftNode *leaf, uint32_t group, double weight, double *margins)
{
	if (leaf->kind == DRIFT_NODE_LEAF)
		margins[group] += weight * leaf->value;
	else
		for (uint32_t i = 0; i < leaf->right; i++)
			margins[e->leaf_weights[leaf->left + i].group] += weight * e->leaf_weights[leaf->left + i].weight;
}

/*
 * Fills the places of a tree, its plan, and adds its expected values. While it
 * does, down[i] holds the share of all rows that reach node i and how many
 * different features are on the way there.
 */
static void
prepare_tree(DriftExplainer *e, const DriftTree *tree, Plan *plan)
{
	const DriftNode *nodes = e->nodes + tree->root;
	Place *places = e->places + tree->root;
	double most = 0;

	places[0] = (Place){.share = 1, .parent = NO_NODE};
	e->down[0][0] = 1;
	e->down[0][1] = 0;
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const DriftNode *node = &nodes[i];

		if (drift_node_splits(node))
		{
			uint32_t above = nearest_above(nodes, places, i);
			double share = above == NO_NODE ? 1 : places[above].share;
			uint32_t child[2] = {node->left - tree->root, node->right - tree->root};

			places[i].above = above;
			for (int side = 0; side < 2; side++)
			{
				double part = part_of(&nodes[child[side]], &nodes[child[1 - side]]);

				places[child[side]] = (Place){.share = share * part, .parent = i};
				e->down[child[side]][0] = e->down[i][0] * part;
				e->down[child[side]][1] = e->down[i][1] + (above == NO_NODE ? 1 : 0);
			}
		}
		else
		{
			add_leaf(e, node, tree->group, plan->factor * e->down[i][0], e->expected);
			most = fmax(most, e->down[i][1]);
			plan->vectors = plan->vectors || node->kind == DRIFT_NODE_LEAF_VECTOR;
		}
	}
	/* Of so many factors without one, n points integrate 2 n. */
	plan->blocks = most == 0 ? 0 : ((uint32_t) most - 1) / (2 * POINTS) + 1;
}

static void
prepare_rule(DriftExplainer *e, uint32_t blocks)
{
	Points *rule = take(e, blocks, sizeof(Points));
	double *points = take(e, blocks * POINTS, sizeof(double));
	double *weights = take(e, blocks * POINTS, sizeof(double));

	drift_gauss_legendre(blocks * POINTS, points, weights);
	for (uint32_t i = 0; i < blocks * POINTS; i++)
	{
		rule[i / POINTS].at[i % POINTS] = points[i];
		rule[i / POINTS].rest[i % POINTS] = 1 - points[i];
		rule[i / POINTS].inverse[i % POINTS] = 1 / (1 - points[i]);
		rule[i / POINTS].weight[i % POINTS] = weights[i];
	}
	e->rules[blocks] = rule;
}

static void
prepare_trees(DriftExplainer *e)
{
	uint64_t n_trees = drift_model_count(e->m, DRIFT_SECTION_TREES);
	double over = e->m->average == DRIFT_AVERAGE_MARGIN ? e->m->average_over : 1;
	uint32_t most_nodes = 0;
	bool vectors = false;

	for (uint64_t t = 0; t < n_trees; t++)
		most_nodes = e->trees[t].n_nodes > most_nodes ? e->trees[t].n_nodes : most_nodes;
	e->plans = take(e, n_trees, sizeof(Plan));
	e->places = take(e, drift_model_count(e->m, DRIFT_SECTION_NODES), sizeof(Place));
	e->ways = take(e, most_nodes, sizeof(uint8_t));
	e->agrees = take(e, most_nodes, sizeof(uint8_t));
	e->down = take(e, most_nodes, sizeof(*e->down));
	for (uint64_t t = 0; t < n_trees; t++)
	{
		if (e->host->poll)
			e->host->poll();
		e->plans[t] = (Plan){.factor = e->trees[t].weight / over};
		prepare_tree(e, &e->trees[t], &e->plans[t]);
		if (e->plans[t].blocks > 0 && e->rules[e->plans[t].blocks] == NULL)
			prepare_rule(e, e->plans[t].blocks);
		vectors = vectors || e->plans[t].vectors;
	}
	e->up = vectors ? take(e, most_nodes, sizeof(*e->up)) : e->down;
}

static void
prepare_inputs(DriftExplainer *e)
{
	uint64_t n_features = drift_model_count(e->m, DRIFT_SECTION_FEATURES);
	uint32_t *origins = take(e, e->m->slots, sizeof(uint32_t));

	drift_model_origins(e->m, origins);
	e->n_inputs = (uint32_t) drift_model_count(e->m, DRIFT_SECTION_INPUTS);
	e->inputs = take(e, n_features, sizeof(uint32_t));
	for (uint64_t f = 0; f < n_features; f++)
		e->inputs[f] = origins[e->features[f]];
}

DriftExplainer *
drift_explainer_create(const DriftModel *m, const DriftHost *host)
{
	const double *base = drift_model_section(m, DRIFT_SECTION_BASE);
	bool averaged_base = m->base_first && m->average == DRIFT_AVERAGE_MARGIN;
	DriftExplainer *e = host->allocate(host->ctx, sizeof(DriftExplainer));

	*e = (DriftExplainer){.m = m, .host = host, .bytes = sizeof(DriftExplainer)};
	e->nodes = drift_model_section(m, DRIFT_SECTION_NODES);
	e->trees = drift_model_section(m, DRIFT_SECTION_TREES);
	e->sets = drift_model_section(m, DRIFT_SECTION_SETS);
	e->leaf_weights = drift_model_section(m, DRIFT_SECTION_LEAF_WEIGHTS);
	e->features = drift_model_section(m, DRIFT_SECTION_FEATURES);
	e->expected = take(e, m->groups, sizeof(double));
	for (uint32_t g = 0; g < m->groups; g++)
		e->expected[g] = averaged_base ? base[g] / m->average_over : base[g];
	prepare_inputs(e);
	e->rules = take(e, MOST_BLOCKS + 1, sizeof(Points *));
	for (uint32_t i = 0; i <= MOST_BLOCKS; i++)
		e->rules[i] = NULL;
	prepare_trees(e);
	return e;
}

size_t
drift_explainer_bytes(const DriftExplainer *e)
{
	return e->bytes;
}

/* --- one row ---------------------------------------------------------------- */

static void
find_ways(DriftExplainer *e, const DriftTree *tree, const double *slots)
{
	const DriftNode *nodes = e->nodes + tree->root;
	const Place *places = e->places + tree->root;

	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const DriftNode *node = &nodes[i];
		bool agrees;
		bool left;

		if (!drift_node_splits(node))
			continue;
		agrees = places[i].above == NO_NODE || e->agrees[places[i].above];
		left = drift_node_goes_left(node, slots[e->features[node->feature]], e->sets);
		e->ways[i] = !agrees ? WAY_NEITHER : left ? WAY_LEFT : WAY_RIGHT;
		e->agrees[node->left - tree->root] = agrees && left;
		e->agrees[node->right - tree->root] = agrees && !left;
	}
}

/* One feature's factor where the row agrees with its splits: t + z (1 - t). */
static inline double
factor_of(const Points *points, int k, double share)
{
	return points->at[k] + share * points->rest[k];
}

/*
 * The products of the children of a split, of which the row goes to one. A split
 * on a feature of a split above replaces the factor of that.
 */
static inline void
split_down(const Points *restrict points, const Place *places, const double *restrict from, uint32_t above,
		   double *restrict there, double share_there, double *restrict other, double share_other)
{
	double product[POINTS];

	for (int k = 0; k < POINTS; k++)
		product[k] = from[k];
	if (above != NO_NODE)
		for (int k = 0; k < POINTS; k++)
			product[k] /= factor_of(points, k, places[above].share);
	for (int k = 0; k < POINTS; k++)
		there[k] = product[k] * factor_of(points, k, share_there);
	for (int k = 0; k < POINTS; k++)
		other[k] = product[k] * (share_other * points->rest[k]);
}

/* The same where the row left the path by this feature above: the factor shrinks by the share of the split. */
static inline void
left_down(const double *restrict from, double before, double *restrict child, double share)
{
	double part = before > 0 ? share / before : 0;

	for (int k = 0; k < POINTS; k++)
		child[k] = from[k] * part;
}

static void
go_down(DriftExplainer *e, const DriftTree *tree, const Points *points, double factor)
{
	const DriftNode *nodes = e->nodes + tree->root;
	const Place *places = e->places + tree->root;

	for (int k = 0; k < POINTS; k++)
		e->down[0][k] = factor * points->weight[k];
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		uint32_t left = nodes[i].left - tree->root;
		uint32_t right = nodes[i].right - tree->root;

		if (!drift_node_splits(&nodes[i]))
			continue;
		if (e->ways[i] == WAY_NEITHER)
		{
			left_down(e->down[i], places[places[i].above].share, e->down[left], places[left].share);
			left_down(e->down[i], places[places[i].above].share, e->down[right], places[right].share);
		}
		else if (e->ways[i] == WAY_LEFT)
			split_down(points, places, e->down[i], places[i].above, e->down[left], places[left].share, e->down[right],
					   places[right].share);
		else
			split_down(points, places, e->down[i], places[i].above, e->down[right], places[right].share, e->down[left],
					   places[left].share);
	}
}

/* What a leaf gives a group. */
static double
leaf_value(const DriftExplainer *e, const DriftNode *leaf, uint32_t tree_group, uint32_t group)
{
	const DriftLeafWeight *weights = e->leaf_weights + leaf->left;
	double value = 0;

	if (leaf->kind == DRIFT_NODE_LEAF)
		return group == tree_group ? leaf->value : 0;
	for (uint32_t i = 0; i < leaf->right; i++)
		if (weights[i].group == group)
			value += weights[i].weight;
	return value;
}

/*
 * (o - z) times the integral of the product without the feature's factor, over
 * the leaves below: with o 1 for the child that the row goes to, with o 0, where
 * z cancels, for the other; less what the split above on the same feature
 * counted for these leaves.
 */
static inline double
split_gain(const DriftExplainer *e, const Points *points, const Place *places, uint32_t at, uint32_t there,
		   uint32_t other)
{
	double share = places[there].share;
	double gain[POINTS];

	for (int k = 0; k < POINTS; k++)
		gain[k] = (1 - share) * e->up[there][k] / factor_of(points, k, share) - e->up[other][k] * points->inverse[k];
	if (places[at].above != NO_NODE)
	{
		share = places[places[at].above].share;
		for (int k = 0; k < POINTS; k++)
			gain[k] -= (1 - share) * e->up[at][k] / factor_of(points, k, share);
	}
	return (gain[0] + gain[1]) + (gain[2] + gain[3]);
}

static void
go_up(DriftExplainer *e, const DriftTree *tree, const Points *points, uint32_t group, double *contributions)
{
	const DriftNode *nodes = e->nodes + tree->root;
	const Place *places = e->places + tree->root;

	for (uint32_t i = tree->n_nodes; i-- > 0;)
	{
		uint32_t left = nodes[i].left - tree->root;
		uint32_t right = nodes[i].right - tree->root;
		double sum[POINTS];

		if (!drift_node_splits(&nodes[i]))
		{
			double value = leaf_value(e, &nodes[i], tree->group, group);

			for (int k = 0; k < POINTS; k++)
				sum[k] = e->down[i][k] * value;
			memcpy(e->up[i], sum, sizeof(sum));
			continue;
		}
		for (int k = 0; k < POINTS; k++)
			sum[k] = e->up[left][k] + e->up[right][k];
		memcpy(e->up[i], sum, sizeof(sum));
		if (e->ways[i] == WAY_LEFT)
			contributions[e->inputs[nodes[i].feature]] += split_gain(e, points, places, i, left, right);
		else if (e->ways[i] == WAY_RIGHT)
			contributions[e->inputs[nodes[i].feature]] += split_gain(e, points, places, i, right, left);
	}
}

static void
explain_tree(DriftExplainer *e, const DriftTree *tree, const Plan *plan, const double *slots, double *contributions)
{
	uint32_t stride = e->n_inputs + 1;

	find_ways(e, tree, slots);
	for (uint32_t b = 0; b < plan->blocks; b++)
	{
		const Points *points = &e->rules[plan->blocks][b];

		go_down(e, tree, points, plan->factor);
		if (!plan->vectors)
			go_up(e, tree, points, tree->group, contributions + (size_t) tree->group * stride);
		else
			for (uint32_t g = 0; g < e->m->groups; g++)
				go_up(e, tree, points, g, contributions + (size_t) g * stride);
	}
}

static void
explain_linear(const DriftExplainer *e, const double *slots, double *contributions)
{
	const double *coefficients = drift_model_section(e->m, DRIFT_SECTION_COEFFICIENTS);
	uint64_t n_features = drift_model_count(e->m, DRIFT_SECTION_FEATURES);
	double over = e->m->average == DRIFT_AVERAGE_MARGIN ? e->m->average_over : 1;

	for (uint32_t g = 0; g < e->m->groups; g++)
		for (uint64_t f = 0; f < n_features; f++)
		{
			double x = slots[e->features[f]];

			if (!(isnan(x) && e->m->skip_missing))
				contributions[(size_t) g * (e->n_inputs + 1) + e->inputs[f]] +=
					coefficients[g * n_features + f] * x / over;
		}
}

void
drift_explain_margins(DriftExplainer *e, const double *slots, double *contributions)
{
	size_t stride = (size_t) e->n_inputs + 1;

	for (uint32_t g = 0; g < e->m->groups; g++)
	{
		for (uint32_t i = 0; i < e->n_inputs; i++)
			contributions[g * stride + i] = 0;
		contributions[g * stride + e->n_inputs] = e->expected[g];
	}
	if (e->m->predictor == DRIFT_PREDICTOR_LINEAR)
		explain_linear(e, slots, contributions);
	for (uint64_t t = 0; t < drift_model_count(e->m, DRIFT_SECTION_TREES); t++)
	{
		if (e->host->poll)
			e->host->poll();
		explain_tree(e, &e->trees[t], &e->plans[t], slots, contributions);
	}
}
