#include <math.h>
#include <string.h>

#include "model/onnx.h"

/* Lists of the operator as it has them, one element a node. */
typedef struct Listed
{
	const int64_t *trees;
	const int64_t *ids;
	const int64_t *features;
	const int64_t *yes;
	const int64_t *no;
	const int64_t *tracks; /* or NULL */
	const OnnxText *modes;
	const double *values;
	uint64_t n;
} Listed;

/* One element a weight of a leaf. */
typedef struct ListedWeights
{
	const int64_t *trees;
	const int64_t *ids;
	const int64_t *groups;
	const double *weights;
	uint64_t n;
} ListedWeights;

/* Nodes by tree and identity. Trees are numbered as they come. */
typedef struct Places
{
	const int64_t *ids;
	uint32_t *tree;  /* of each node */
	uint32_t *order; /* nodes by tree, then identity */
	uint32_t n;
	int64_t *tree_ids;
	uint32_t *tree_order;
	uint32_t n_trees;
	uint32_t *roots; /* the first node of each tree */
} Places;

static bool
read_lists(Onnx *o, Listed *l)
{
	const OnnxAttribute *modes = drift_onnx_attribute(o, "nodes_modes");

	if (!drift_onnx_ints(o, "nodes_treeids", &l->trees, &l->n))
		return false;
	if (modes == NULL || modes->n_strings != l->n || l->n == 0 || l->n >= UINT32_MAX / 4)
		return drift_onnx_corrupt(o, "an ensemble without nodes, or with too many");
	l->modes = modes->strings;
	l->tracks = NULL;
	if (drift_onnx_attribute(o, "nodes_missing_value_tracks_true") != NULL &&
		!drift_onnx_n_ints(o, "nodes_missing_value_tracks_true", &l->tracks, l->n))
		return false;
	return drift_onnx_n_ints(o, "nodes_nodeids", &l->ids, l->n) &&
		   drift_onnx_n_ints(o, "nodes_featureids", &l->features, l->n) &&
		   drift_onnx_n_ints(o, "nodes_truenodeids", &l->yes, l->n) &&
		   drift_onnx_n_ints(o, "nodes_falsenodeids", &l->no, l->n) &&
		   drift_onnx_n_numbers(o, "nodes_values", &l->values, l->n);
}

static bool
read_weights(Onnx *o, bool classifies, ListedWeights *w)
{
	double *weights;

	if (!drift_onnx_numbers(o, classifies ? "class_weights" : "target_weights", &weights, &w->n) ||
		!drift_onnx_n_ints(o, classifies ? "class_treeids" : "target_treeids", &w->trees, w->n) ||
		!drift_onnx_n_ints(o, classifies ? "class_nodeids" : "target_nodeids", &w->ids, w->n) ||
		!drift_onnx_n_ints(o, classifies ? "class_ids" : "target_ids", &w->groups, w->n))
		return false;
	if (w->n == 0 || w->n >= UINT32_MAX / 4)
		return drift_onnx_corrupt(o, "an ensemble without leaves, or with too many");
	w->weights = weights;
	for (uint64_t i = 0; i < w->n; i++)
		if (!isfinite(weights[i]))
			return drift_onnx_corrupt(o, "a weight of a leaf is not finite");
	return true;
}

static int
compare_places(const void *elements, uint32_t a, uint32_t b)
{
	const Places *p = elements;

	if (p->tree[a] != p->tree[b])
		return p->tree[a] < p->tree[b] ? -1 : 1;
	return (p->ids[a] > p->ids[b]) - (p->ids[a] < p->ids[b]);
}

static bool
find_places(Onnx *o, const Listed *l, Places *p)
{
	*p = (Places){.ids = l->ids, .n = (uint32_t) l->n};
	p->tree = drift_onnx_allocate(o, l->n, sizeof(uint32_t));
	p->tree_ids = drift_onnx_allocate(o, l->n, sizeof(int64_t));
	p->roots = drift_onnx_allocate(o, l->n, sizeof(uint32_t));
	for (uint32_t i = 0; i < p->n; i++)
	{
		if (i == 0 || l->trees[i] != l->trees[i - 1])
		{
			p->tree_ids[p->n_trees] = l->trees[i];
			p->roots[p->n_trees++] = i;
		}
		p->tree[i] = p->n_trees - 1;
	}
	p->tree_order = drift_onnx_order(o, p->tree_ids, p->n_trees, drift_onnx_compare_ints);
	for (uint32_t i = 1; i < p->n_trees; i++)
		if (p->tree_ids[p->tree_order[i - 1]] == p->tree_ids[p->tree_order[i]])
			return drift_onnx_unsupported(o, "the nodes of a tree do not lie together", NULL);
	p->order = drift_onnx_order(o, p, p->n, compare_places);
	for (uint32_t i = 1; i < p->n; i++)
		if (compare_places(p, p->order[i - 1], p->order[i]) == 0)
			return drift_onnx_corrupt(o, "two nodes of a tree have one identity");
	return true;
}

/* The node of an identity in a tree by number. */
static bool
find_node(Onnx *o, const Places *p, uint32_t tree, int64_t id, uint32_t *node)
{
	uint32_t low = p->roots[tree];
	uint32_t high = tree + 1 < p->n_trees ? p->roots[tree + 1] : p->n;

	/* Nodes of a tree take the same places in order as they do in the list. */
	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;
		int64_t there = p->ids[p->order[middle]];

		if (there == id)
		{
			*node = p->order[middle];
			return true;
		}
		if (there < id)
			low = middle + 1;
		else
			high = middle;
	}
	return drift_onnx_corrupt(o, "an ensemble names a node that is not there");
}

static bool
find_tree(Onnx *o, const Places *p, int64_t id, uint32_t *tree)
{
	uint32_t low = 0;
	uint32_t high = p->n_trees;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;
		int64_t there = p->tree_ids[p->tree_order[middle]];

		if (there == id)
		{
			*tree = p->tree_order[middle];
			return true;
		}
		if (there < id)
			low = middle + 1;
		else
			high = middle;
	}
	return drift_onnx_corrupt(o, "an ensemble names a tree that is not there");
}

static bool
read_mode(Onnx *o, OnnxText mode, uint8_t *number)
{
	static const char *const modes[] = {
		[ONNX_MODE_LEQ] = "BRANCH_LEQ", [ONNX_MODE_LT] = "BRANCH_LT", [ONNX_MODE_GTE] = "BRANCH_GTE",
		[ONNX_MODE_GT] = "BRANCH_GT",   [ONNX_MODE_EQ] = "BRANCH_EQ", [ONNX_MODE_NEQ] = "BRANCH_NEQ",
		[ONNX_MODE_MEMBER] = "",        [ONNX_MODE_LEAF] = "LEAF"};

	for (uint8_t i = 0; i <= ONNX_MODE_LEAF; i++)
		if (i != ONNX_MODE_MEMBER && drift_onnx_is(mode, modes[i]))
		{
			*number = i;
			return true;
		}
	return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "unknown mode of a node", mode);
}

static bool
read_nodes(Onnx *o, const Listed *l, const Places *p, OnnxForest *forest)
{
	forest->nodes = drift_onnx_allocate(o, l->n, sizeof(OnnxTreeNode));
	forest->n_nodes = l->n;
	forest->roots = p->roots;
	forest->n_trees = p->n_trees;
	for (uint32_t i = 0; i < l->n; i++)
	{
		OnnxTreeNode *node = &forest->nodes[i];

		if (!read_mode(o, l->modes[i], &node->mode))
			return false;
		if (node->mode == ONNX_MODE_LEAF)
			continue;
		if (l->features[i] < 0 || l->features[i] > UINT32_MAX)
			return drift_onnx_corrupt(o, "a tree reads a column that is not there");
		node->feature = (uint32_t) l->features[i];
		node->value = l->values[i];
		node->missing_true = l->tracks != NULL && l->tracks[i] != 0;
		forest->knows_missing = forest->knows_missing || node->missing_true;
		if (!find_node(o, p, p->tree[i], l->yes[i], &node->yes) || !find_node(o, p, p->tree[i], l->no[i], &node->no))
			return false;
	}
	return true;
}

/* Weights in the order of leaves; those of one leaf keep theirs. */
static bool
sort_weights(Onnx *o, const ListedWeights *w, const Places *p, uint32_t groups, OnnxForest *forest)
{
	uint32_t *leaf = drift_onnx_allocate(o, w->n, sizeof(uint32_t));
	uint64_t first = 0;

	for (uint64_t i = 0; i < w->n; i++)
	{
		uint32_t tree = 0;

		if (!find_tree(o, p, w->trees[i], &tree) || !find_node(o, p, tree, w->ids[i], &leaf[i]))
			return false;
		if (forest->nodes[leaf[i]].mode != ONNX_MODE_LEAF)
			return drift_onnx_corrupt(o, "a node that is no leaf has a weight");
		if (w->groups[i] < 0 || w->groups[i] >= (int64_t) groups)
			return drift_onnx_corrupt(o, "a weight is for a class or target that is not there");
		forest->nodes[leaf[i]].n_weights++;
	}
	for (uint64_t i = 0; i < forest->n_nodes; i++)
	{
		forest->nodes[i].first_weight = first;
		first += forest->nodes[i].n_weights;
		forest->nodes[i].n_weights = 0;
	}
	forest->weights = drift_onnx_allocate(o, w->n, sizeof(DriftLeafWeight));
	for (uint64_t i = 0; i < w->n; i++)
	{
		OnnxTreeNode *node = &forest->nodes[leaf[i]];

		forest->weights[node->first_weight + node->n_weights++] =
			(DriftLeafWeight){.group = (uint32_t) w->groups[i], .weight = w->weights[i]};
	}
	return true;
}

/* In how many leaves of the tree at hand a class has a weight. */
typedef struct Cover
{
	uint64_t leaf; /* that was counted last, plus one */
	uint32_t tree; /* whose leaves are counted, plus one */
	uint32_t leaves;
	bool whole; /* all leaves of some tree have one */
} Cover;

static void
cover_tree(const OnnxForest *forest, uint32_t tree, uint64_t begin, uint64_t end, Cover *covers)
{
	uint32_t leaves = 0;

	for (uint64_t i = begin; i < end; i++)
		leaves += forest->nodes[i].mode == ONNX_MODE_LEAF;
	for (uint64_t i = begin; i < end; i++)
		for (uint64_t k = 0; k < forest->nodes[i].n_weights; k++)
		{
			Cover *c = &covers[forest->weights[forest->nodes[i].first_weight + k].group];

			if (c->leaf == i + 1)
				continue;
			c->leaf = i + 1;
			c->leaves = c->tree == tree + 1 ? c->leaves + 1 : 1;
			c->tree = tree + 1;
			c->whole = c->whole || c->leaves == leaves;
		}
}

/*
 * ONNX Runtime decides among the classes that got a weight. That is the class
 * of the largest margin where each class gets one in some tree whatever leaf
 * that ends in, or has a base, or where all weights are above zero.
 */
static bool
decides_like_margins(Onnx *o, const OnnxForest *forest, const ListedWeights *w, uint32_t groups, bool has_base)
{
	Cover *covers = drift_onnx_allocate(o, groups, sizeof(Cover));
	bool above_zero = true;
	bool whole = true;

	for (uint64_t i = 0; i < w->n; i++)
		above_zero = above_zero && w->weights[i] > 0;
	if (has_base || above_zero)
		return true;
	for (uint32_t tree = 0; tree < forest->n_trees; tree++)
		cover_tree(forest, tree, forest->roots[tree],
				   tree + 1 < forest->n_trees ? forest->roots[tree + 1] : forest->n_nodes, covers);
	for (uint32_t i = 0; i < groups; i++)
		whole = whole && covers[i].whole;
	return whole || drift_onnx_unsupported(o, "a class that only some leaves weigh, with weights not above zero", NULL);
}

static bool
read_base(Onnx *o, uint32_t groups, bool *has_base)
{
	double *values;
	uint64_t count;
	double *base = drift_draft_add(o->d, DRIFT_SECTION_BASE, groups);

	if (!drift_onnx_numbers(o, "base_values", &values, &count))
		return false;
	*has_base = count > 0;
	if (count != 0 && count != groups)
		return drift_onnx_unsupported(o, "another number of base_values than of margins", "base_values");
	for (uint64_t i = 0; i < count; i++)
	{
		if (!isfinite(values[i]))
			return drift_onnx_corrupt(o, "a base value is not finite");
		base[i] = values[i];
	}
	return true;
}

static bool
read_aggregate(Onnx *o, uint64_t n_trees)
{
	OnnxText aggregate = drift_onnx_string(o, "aggregate_function", "SUM");

	if (drift_onnx_is(aggregate, "AVERAGE"))
	{
		o->d->head.average = DRIFT_AVERAGE_MARGIN;
		o->d->head.average_over = (uint32_t) n_trees;
	}
	else if (!drift_onnx_is(aggregate, "SUM"))
		return drift_onnx_refuse(o, DRIFT_UNSUPPORTED, "unknown aggregate_function", aggregate);
	return true;
}

/* Two classes: one margin, that of the second, whatever class the weights name. */
static bool
fold_classes(Onnx *o, const ListedWeights *w, int64_t **groups, bool *above_zero)
{
	*groups = drift_onnx_allocate(o, w->n, sizeof(int64_t));
	*above_zero = true;
	for (uint64_t i = 0; i < w->n; i++)
	{
		if (w->groups[i] != 0)
			return drift_onnx_unsupported(o, "weights of the second of two classes", "class_ids");
		*above_zero = *above_zero && w->weights[i] >= 0;
	}
	return true;
}

/* What ONNX Runtime makes of one margin for two classes. */
static bool
binary_transform(Onnx *o, bool all_positive, const uint8_t *transform)
{
	if (*transform != DRIFT_TRANSFORM_IDENTITY && *transform != DRIFT_TRANSFORM_LOGISTIC_ONNX)
		return drift_onnx_unsupported(o, "this post_transform with one margin for two classes", NULL);
	/* It was left out once, later applied to the score but not to the decision. */
	if (all_positive && *transform != DRIFT_TRANSFORM_IDENTITY)
		return drift_onnx_unsupported(o, "versions of ONNX Runtime disagree about LOGISTIC without weights below zero",
									  NULL);
	o->decides_margins = !all_positive;
	return true;
}

static bool
read_forest(Onnx *o, bool classifies, uint32_t classes, OnnxForest *forest, uint8_t *transform)
{
	Listed nodes;
	ListedWeights weights;
	Places places;
	bool has_base = false;
	bool all_positive = true;
	int64_t *folded;
	uint32_t groups = classifies && classes == 2 ? 1 : classes;
	OnnxValue work;
	const OnnxValue *in = drift_onnx_in_columns(o, 0);

	if (in == NULL || !read_lists(o, &nodes) || !read_weights(o, classifies, &weights))
		return false;
	work = *in;
	if (in->type != ONNX_DOUBLE && !drift_onnx_as_single(o, in, &work))
		return false;
	if (classifies && classes == 2)
	{
		if (!fold_classes(o, &weights, &folded, &all_positive) || !binary_transform(o, all_positive, transform))
			return false;
		weights.groups = folded;
	}
	o->d->head.groups = groups;
	if (!find_places(o, &nodes, &places) || !read_nodes(o, &nodes, &places, forest) ||
		!sort_weights(o, &weights, &places, groups, forest) || !read_base(o, groups, &has_base))
		return false;
	if (classifies && groups > 1)
	{
		o->decides_margins = true;
		if (!decides_like_margins(o, forest, &weights, groups, has_base))
			return false;
	}
	return drift_onnx_plant(o, &work, forest);
}

/* TreeEnsembleClassifier and TreeEnsembleRegressor. */
bool
drift_onnx_trees(Onnx *o)
{
	bool classifies = drift_onnx_is(o->node->op_type, "TreeEnsembleClassifier");
	int64_t n = drift_onnx_int(o, "n_targets", 1);
	OnnxForest forest = {0};
	uint8_t transform;

	if (!drift_onnx_transform(o, drift_onnx_string(o, "post_transform", "NONE"), &transform))
		return false;
	if (classifies)
	{
		if (!drift_onnx_class_labels(o, "classlabels_int64s", "classlabels_strings"))
			return false;
		n = (int64_t) drift_draft_count(o->d, DRIFT_SECTION_LABELS);
	}
	if (n < 1 || n > DRIFT_MODEL_MAX_GROUPS)
		return drift_onnx_corrupt(o, "a regressor has no such number of targets");
	if (!classifies && n == 1)
		transform = DRIFT_TRANSFORM_IDENTITY; /* as ONNX Runtime does of one target */
	return read_forest(o, classifies, (uint32_t) n, &forest, &transform) &&
		   (classifies || read_aggregate(o, forest.n_trees)) &&
		   drift_onnx_scores(o, drift_onnx_out(o, classifies ? 1 : 0), (uint32_t) n, transform);
}
