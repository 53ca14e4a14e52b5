#include <math.h>
#include <string.h>

#include "model/onnx.h"

/* A node of the forest that waits for its place in the draft. */
typedef struct Waiting
{
	uint32_t node;
	uint32_t parent; /* in the draft */
	bool is_left;
} Waiting;

/*
 * Conditions of ONNX as the draft has them. "x > v" is "not x <= v": the
 * children change places. A missing value makes every comparison false but
 * that for inequality.
 */
static DriftNode
branch(const OnnxTreeNode *node, bool *exchanged)
{
	static const uint8_t kinds[] = {
		[ONNX_MODE_LEQ] = DRIFT_NODE_LESS_OR_EQUAL, [ONNX_MODE_LT] = DRIFT_NODE_LESS,
		[ONNX_MODE_GTE] = DRIFT_NODE_LESS,          [ONNX_MODE_GT] = DRIFT_NODE_LESS_OR_EQUAL,
		[ONNX_MODE_EQ] = DRIFT_NODE_EQUAL,          [ONNX_MODE_NEQ] = DRIFT_NODE_EQUAL,
	};
	bool missing_true = node->missing_true || node->mode == ONNX_MODE_NEQ;

	*exchanged = node->mode == ONNX_MODE_GTE || node->mode == ONNX_MODE_GT || node->mode == ONNX_MODE_NEQ;
	return (DriftNode){.kind = kinds[node->mode],
					   .missing = DRIFT_MISSING_NAN,
					   .missing_left = missing_true != *exchanged,
					   .feature = node->feature,
					   .value = node->value,
					   .gain = NAN,
					   .cover = NAN};
}

/* Do all leaves of a tree have one weight, and for the same margin? */
static bool
has_scalar_leaves(const OnnxForest *forest, const DriftNode *nodes, uint64_t n, uint32_t *group)
{
	bool first = true;

	for (uint64_t i = 0; i < n; i++)
	{
		if (nodes[i].kind != DRIFT_NODE_LEAF_VECTOR)
			continue;
		if (nodes[i].right != 1)
			return false;
		if (!first && forest->weights[nodes[i].left].group != *group)
			return false;
		*group = forest->weights[nodes[i].left].group;
		first = false;
	}
	return true;
}

/* Leaves so far name weights of the forest; makes them those of the draft. */
static void
give_weights(Onnx *o, const OnnxForest *forest, DriftTree *tree)
{
	DriftNode *nodes = (DriftNode *) drift_draft_section(o->d, DRIFT_SECTION_NODES) + tree->root;
	bool scalar = has_scalar_leaves(forest, nodes, tree->n_nodes, &tree->group);

	if (!scalar)
		tree->group = 0;
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const DriftLeafWeight *weights = forest->weights + nodes[i].left;
		uint32_t n = nodes[i].right;

		if (nodes[i].kind != DRIFT_NODE_LEAF_VECTOR)
			continue;
		nodes[i].left = 0;
		nodes[i].right = 0;
		if (scalar)
		{
			nodes[i].kind = DRIFT_NODE_LEAF;
			nodes[i].value = weights->weight;
		}
		else if (n > 0)
		{
			nodes[i].left = (uint32_t) drift_draft_count(o->d, DRIFT_SECTION_LEAF_WEIGHTS);
			nodes[i].right = n;
			memcpy(drift_draft_add(o->d, DRIFT_SECTION_LEAF_WEIGHTS, n), weights, n * sizeof(DriftLeafWeight));
		}
	}
}

/* A node to the draft; gives its number. */
static bool
add_node(Onnx *o, OnnxTreeNode *node, uint32_t *number, bool *exchanged)
{
	DriftNode added = {.kind = DRIFT_NODE_LEAF_VECTOR, .missing = DRIFT_MISSING_NAN, .gain = NAN, .cover = NAN};

	/* Branches may share a leaf of one weight. */
	if (node->met && (node->mode != ONNX_MODE_LEAF || node->n_weights > 1))
		return drift_onnx_corrupt(o, "a node of a tree has two parents");
	node->met = 1;
	if (node->mode == ONNX_MODE_LEAF)
	{
		added.left = (uint32_t) node->first_weight;
		added.right = (uint32_t) node->n_weights;
	}
	else
	{
		if (isnan(node->value))
			return drift_onnx_corrupt(o, "a threshold is NaN");
		if (node->feature >= drift_draft_count(o->d, DRIFT_SECTION_FEATURES))
			return drift_onnx_corrupt(o, "a tree reads a column that is not there");
		added = branch(node, exchanged);
	}
	*number = (uint32_t) drift_draft_count(o->d, DRIFT_SECTION_NODES);
	*(DriftNode *) drift_draft_add(o->d, DRIFT_SECTION_NODES, 1) = added;
	return true;
}

static void
set_child(Onnx *o, const Waiting *w, uint32_t number)
{
	DriftNode *parent = (DriftNode *) drift_draft_section(o->d, DRIFT_SECTION_NODES) + w->parent;

	if (w->is_left)
		parent->left = number;
	else
		parent->right = number;
}

/* One tree, depth first, so that children lie behind their parents. */
static bool
plant_tree(Onnx *o, const OnnxForest *forest, uint32_t root)
{
	Waiting waiting[DRIFT_MODEL_MAX_DEPTH + 2];
	uint32_t depth = 1;
	DriftTree tree = {.root = (uint32_t) drift_draft_count(o->d, DRIFT_SECTION_NODES), .weight = 1};

	waiting[0] = (Waiting){root, UINT32_MAX, false};
	while (depth > 0)
	{
		Waiting w = waiting[--depth];
		OnnxTreeNode *node = &forest->nodes[w.node];
		bool exchanged = false;
		uint32_t number = 0;

		if (!add_node(o, node, &number, &exchanged))
			return false;
		if (w.parent != UINT32_MAX)
			set_child(o, &w, number);
		if (node->mode == ONNX_MODE_LEAF)
			continue;
		if (depth + 2 > DRIFT_MODEL_MAX_DEPTH)
			return drift_onnx_refuse(o, DRIFT_TOO_LARGE, "a tree is too deep", (OnnxText){0});
		waiting[depth++] = (Waiting){exchanged ? node->yes : node->no, number, false};
		waiting[depth++] = (Waiting){exchanged ? node->no : node->yes, number, true};
	}
	tree.n_nodes = (uint32_t) drift_draft_count(o->d, DRIFT_SECTION_NODES) - tree.root;
	give_weights(o, forest, &tree);
	*(DriftTree *) drift_draft_add(o->d, DRIFT_SECTION_TREES, 1) = tree;
	return true;
}

/* The predictor is the forest, of these columns. */
bool
drift_onnx_plant(Onnx *o, const OnnxValue *columns, const OnnxForest *forest)
{
	if (forest->n_trees == 0 || forest->n_trees >= UINT32_MAX || forest->n_nodes >= UINT32_MAX / 4)
		return drift_onnx_corrupt(o, "an ensemble without trees, or with too many");
	if (!drift_onnx_features(o, columns))
		return false;
	if (!forest->knows_missing)
		drift_onnx_needs_values(o, columns);
	o->d->head.predictor = DRIFT_PREDICTOR_TREES;
	o->d->head.single = columns->type != ONNX_DOUBLE;
	for (uint64_t i = 0; i < forest->n_trees; i++)
	{
		if (o->host->poll != NULL)
			o->host->poll();
		if (forest->roots[i] >= forest->n_nodes)
			return drift_onnx_corrupt(o, "a root of a tree is not there");
		if (!plant_tree(o, forest, forest->roots[i]))
			return false;
	}
	return true;
}
