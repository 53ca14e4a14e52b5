#include <math.h>

#include "model/onnx.h"

/* Lists of the operator TreeEnsemble (ai.onnx.ml 5), one element a branch. */
typedef struct Branches
{
	const int64_t *features;
	const int64_t *yes;
	const int64_t *no;
	const int64_t *yes_is_leaf;
	const int64_t *no_is_leaf;
	const int64_t *tracks; /* or NULL */
	const double *modes;
	const double *splits;
	uint64_t n;
	uint64_t n_leaves;
} Branches;

static bool
read_branches(Onnx *o, Branches *b)
{
	if (!drift_onnx_ints(o, "nodes_featureids", &b->features, &b->n))
		return false;
	if (b->n == 0 || b->n >= UINT32_MAX / 8)
		return drift_onnx_corrupt(o, "an ensemble without nodes, or with too many");
	b->tracks = NULL;
	if (drift_onnx_attribute(o, "nodes_missing_value_tracks_true") != NULL &&
		!drift_onnx_n_ints(o, "nodes_missing_value_tracks_true", &b->tracks, b->n))
		return false;
	return drift_onnx_n_ints(o, "nodes_truenodeids", &b->yes, b->n) &&
		   drift_onnx_n_ints(o, "nodes_falsenodeids", &b->no, b->n) &&
		   drift_onnx_n_ints(o, "nodes_trueleafs", &b->yes_is_leaf, b->n) &&
		   drift_onnx_n_ints(o, "nodes_falseleafs", &b->no_is_leaf, b->n) &&
		   drift_onnx_n_numbers(o, "nodes_modes", &b->modes, b->n) &&
		   drift_onnx_n_numbers(o, "nodes_splits", &b->splits, b->n);
}

/* Leaves lie behind the branches. */
static bool
child(Onnx *o, const Branches *b, int64_t id, bool is_leaf, uint32_t *node)
{
	if (id < 0 || (uint64_t) id >= (is_leaf ? b->n_leaves : b->n))
		return drift_onnx_corrupt(o, "an ensemble names a node that is not there");
	*node = (uint32_t) ((is_leaf ? b->n : 0) + (uint64_t) id);
	return true;
}

static bool
read_branch(Onnx *o, const Branches *b, uint64_t i, OnnxForest *forest)
{
	OnnxTreeNode *node = &forest->nodes[i];
	double mode = b->modes[i];

	if (mode == (double) ONNX_MODE_MEMBER)
		return drift_onnx_unsupported(o, "unknown mode of a node", "BRANCH_MEMBER");
	if (!(mode >= 0 && mode < (double) ONNX_MODE_MEMBER && mode == floor(mode)))
		return drift_onnx_corrupt(o, "unknown mode of a node");
	if (b->features[i] < 0 || b->features[i] > UINT32_MAX)
		return drift_onnx_corrupt(o, "a tree reads a column that is not there");
	node->mode = (uint8_t) mode;
	node->feature = (uint32_t) b->features[i];
	node->value = b->splits[i];
	node->missing_true = b->tracks != NULL && b->tracks[i] != 0;
	forest->knows_missing = forest->knows_missing || node->missing_true;
	return child(o, b, b->yes[i], b->yes_is_leaf[i] != 0, &node->yes) &&
		   child(o, b, b->no[i], b->no_is_leaf[i] != 0, &node->no);
}

static bool
read_leaves(Onnx *o, uint64_t n, uint32_t groups, OnnxForest *forest, const Branches *b)
{
	const int64_t *targets;
	const double *weights;

	if (!drift_onnx_n_ints(o, "leaf_targetids", &targets, n) || !drift_onnx_n_numbers(o, "leaf_weights", &weights, n))
		return false;
	forest->weights = drift_onnx_allocate(o, n, sizeof(DriftLeafWeight));
	for (uint64_t i = 0; i < n; i++)
	{
		if (targets[i] < 0 || targets[i] >= (int64_t) groups || !isfinite(weights[i]))
			return drift_onnx_corrupt(o, "a weight is for a class or target that is not there, or not finite");
		forest->weights[i] = (DriftLeafWeight){.group = (uint32_t) targets[i], .weight = weights[i]};
		forest->nodes[b->n + i] = (OnnxTreeNode){.mode = ONNX_MODE_LEAF, .first_weight = i, .n_weights = 1};
	}
	return true;
}

static bool
read_roots(Onnx *o, OnnxForest *forest, const Branches *b)
{
	const int64_t *roots;

	if (!drift_onnx_ints(o, "tree_roots", &roots, &forest->n_trees))
		return false;
	forest->roots = drift_onnx_allocate(o, forest->n_trees, sizeof(uint32_t));
	for (uint64_t i = 0; i < forest->n_trees; i++)
		if (!child(o, b, roots[i], false, &forest->roots[i]))
			return false;
	return true;
}

/*
 * Aggregate and transform are numbers here; those of transforms are in another
 * order in ONNX Runtime than in the operator's description.
 */
static bool
read_links(Onnx *o, uint64_t n_trees)
{
	int64_t aggregate = drift_onnx_int(o, "aggregate_function", 1);

	if (aggregate == 0)
	{
		o->d->head.average = DRIFT_AVERAGE_MARGIN;
		o->d->head.average_over = (uint32_t) n_trees;
	}
	else if (aggregate != 1)
		return drift_onnx_unsupported(o, "unknown aggregate_function", "aggregate_function");
	return drift_onnx_int(o, "post_transform", 0) == 0 ||
		   drift_onnx_unsupported(o, "ONNX Runtime and ONNX number post_transform differently", "post_transform");
}

bool
drift_onnx_trees5(Onnx *o)
{
	const OnnxValue *in = drift_onnx_in_columns(o, 0);
	int64_t targets = drift_onnx_int(o, "n_targets", 1);
	OnnxForest forest = {0};
	Branches b = {0};
	const int64_t *ids;
	OnnxValue work;

	if (in == NULL)
		return false;
	work = *in;
	if (in->type != ONNX_DOUBLE && !drift_onnx_as_single(o, in, &work))
		return false;
	if (targets < 1 || targets > DRIFT_MODEL_MAX_GROUPS)
		return drift_onnx_corrupt(o, "a regressor has no such number of targets");
	if (!read_branches(o, &b) || !drift_onnx_ints(o, "leaf_targetids", &ids, &b.n_leaves))
		return false;
	if (b.n_leaves == 0 || b.n_leaves >= UINT32_MAX / 8)
		return drift_onnx_corrupt(o, "an ensemble without leaves, or with too many");
	forest.n_nodes = b.n + b.n_leaves;
	forest.nodes = drift_onnx_allocate(o, forest.n_nodes, sizeof(OnnxTreeNode));
	for (uint64_t i = 0; i < b.n; i++)
		if (!read_branch(o, &b, i, &forest))
			return false;
	if (!read_leaves(o, b.n_leaves, (uint32_t) targets, &forest, &b) || !read_roots(o, &forest, &b) ||
		!read_links(o, forest.n_trees))
		return false;
	o->d->head.groups = (uint32_t) targets;
	drift_draft_add(o->d, DRIFT_SECTION_BASE, (uint64_t) targets);
	return drift_onnx_plant(o, &work, &forest) &&
		   drift_onnx_scores(o, drift_onnx_out(o, 0), (uint32_t) targets, DRIFT_TRANSFORM_IDENTITY);
}
