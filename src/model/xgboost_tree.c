/*
 * xgboost_tree.c
 *		One tree of a file: arrays become nodes, children behind their parent.
 */
#include "model/xgboost_parts.h"

#include <math.h>

#define UNPLACED UINT32_MAX

/* Words of all sets of a model; a category takes up to 2 MB in the worst case. */
#define MOST_SET_WORDS ((uint64_t) 1 << 25)

/* Categories are whole numbers that float32 holds exactly (common/categorical.h). */
#define CATEGORY_END 16777216

typedef enum TreeField
{
	FIELD_BASE_WEIGHTS,
	FIELD_CATEGORIES,
	FIELD_CATEGORIES_NODES,
	FIELD_CATEGORIES_SEGMENTS,
	FIELD_CATEGORIES_SIZES,
	FIELD_DEFAULT_LEFT,
	FIELD_ID,
	FIELD_LEAF_CHILD_COUNTS,
	FIELD_LEAF_WEIGHTS,
	FIELD_LEFT_CHILDREN,
	FIELD_LOSS_CHANGES,
	FIELD_PARENTS,
	FIELD_RIGHT_CHILDREN,
	FIELD_SPLIT_CONDITIONS,
	FIELD_SPLIT_INDICES,
	FIELD_SPLIT_TYPE,
	FIELD_SUM_HESSIAN,
	FIELD_TREE_PARAM,
	TREE_FIELDS
} TreeField;

typedef struct TreeParameters
{
	DriftText num_nodes;
	DriftText size_leaf_vector;
	int64_t id;
} TreeParameters;

static const int64_t *
whole(const DriftGrowing *g)
{
	return g->elements;
}

static const float *
reals(const DriftGrowing *g)
{
	return g->elements;
}

static void
empty(DriftXgboostArrays *a)
{
	DriftGrowing *all[] = {&a->left,       &a->right,          &a->feature,         &a->default_left,    &a->split_type,
						   &a->categories, &a->category_nodes, &a->category_starts, &a->category_counts, &a->condition,
						   &a->gain,       &a->cover,          &a->order,           &a->place,           &a->split};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		all[i]->count = 0;
}

static bool
read_tree_parameters(DriftXgboost *x, TreeParameters *p)
{
	static const char *const names[] = {"num_nodes", "size_leaf_vector"};
	uint64_t seen = 0;
	int field;

	if (!drift_json_expect(&x->json, DRIFT_JSON_OBJECT))
		return false;
	while ((field = drift_json_field(&x->json, names, 2, &seen)) >= 0)
		if (!(field == 0   ? drift_xgboost_text(x, &p->num_nodes)
			  : field == 1 ? drift_xgboost_text(x, &p->size_leaf_vector)
						   : drift_json_skip(&x->json)))
			return false;
	return x->json.event == DRIFT_JSON_OBJECT_END;
}

static bool
read_tree_field(DriftXgboost *x, TreeField field, TreeParameters *p)
{
	DriftXgboostArrays *a = &x->arrays;
	DriftJson *j = &x->json;

	switch (field)
	{
		case FIELD_CATEGORIES:
			return drift_json_integers(j, &a->categories);
		case FIELD_CATEGORIES_NODES:
			return drift_json_integers(j, &a->category_nodes);
		case FIELD_CATEGORIES_SEGMENTS:
			return drift_json_integers(j, &a->category_starts);
		case FIELD_CATEGORIES_SIZES:
			return drift_json_integers(j, &a->category_counts);
		case FIELD_DEFAULT_LEFT:
			return drift_json_integers(j, &a->default_left);
		case FIELD_ID:
			return drift_json_expect(j, DRIFT_JSON_NUMBER) &&
				   (drift_json_integer(j, &p->id) ||
					drift_json_refuse(j, DRIFT_CORRUPT, "a tree's number is not a whole one"));
		case FIELD_LEFT_CHILDREN:
			return drift_json_integers(j, &a->left);
		case FIELD_LOSS_CHANGES:
			return drift_json_floats(j, &a->gain);
		case FIELD_RIGHT_CHILDREN:
			return drift_json_integers(j, &a->right);
		case FIELD_SPLIT_CONDITIONS:
			return drift_json_floats(j, &a->condition);
		case FIELD_SPLIT_INDICES:
			return drift_json_integers(j, &a->feature);
		case FIELD_SPLIT_TYPE:
			return drift_json_integers(j, &a->split_type);
		case FIELD_SUM_HESSIAN:
			return drift_json_floats(j, &a->cover);
		case FIELD_TREE_PARAM:
			return read_tree_parameters(x, p);
		case FIELD_BASE_WEIGHTS:
		case FIELD_LEAF_CHILD_COUNTS:
		case FIELD_LEAF_WEIGHTS:
		case FIELD_PARENTS:
			return drift_json_skip(j);
		case TREE_FIELDS:
			break;
	}
	return drift_json_refuse_text(j, DRIFT_UNSUPPORTED, "a tree has an unknown field");
}

/* Has every array as many elements as there are nodes? Statistics and types may be absent. */
static bool
check_counts(DriftXgboost *x, const TreeParameters *p)
{
	const DriftXgboostArrays *a = &x->arrays;
	uint64_t n = a->left.count;
	int64_t vector;
	int64_t nodes;

	if (!drift_xgboost_whole(x, p->size_leaf_vector, "size_leaf_vector", 0, &vector) ||
		!drift_xgboost_whole(x, p->num_nodes, "num_nodes", (int64_t) n, &nodes))
		return false;
	if (vector > 1)
		return drift_xgboost_refuse(x, DRIFT_UNSUPPORTED, "trees with vectors in their leaves (multi_output_tree)",
									p->size_leaf_vector);
	if (n == 0 || n >= UNPLACED || (uint64_t) nodes != n || a->right.count != n || a->feature.count != n ||
		a->condition.count != n || a->default_left.count != n || (a->gain.count != 0 && a->gain.count != n) ||
		(a->cover.count != 0 && a->cover.count != n) || (a->split_type.count != 0 && a->split_type.count != n))
		return drift_json_refuse(&x->json, DRIFT_CORRUPT, "a tree's arrays are not of one length");
	if (a->category_starts.count != a->category_nodes.count || a->category_counts.count != a->category_nodes.count)
		return drift_json_refuse(&x->json, DRIFT_CORRUPT, "a tree's arrays of categories are not of one length");
	return true;
}

/* Numbers the nodes that have categories, and checks that their parts of the list lie within and are not shared. */
static bool
number_category_splits(DriftXgboost *x)
{
	DriftXgboostArrays *a = &x->arrays;
	uint64_t n = a->left.count;
	uint64_t most = a->categories.count;
	uint64_t used = 0;
	int64_t *split;

	drift_growing_reserve(&a->split, n, sizeof(int64_t), x->d->host);
	split = a->split.elements;
	for (uint64_t i = 0; i < n; i++)
		split[i] = -1;
	for (uint64_t k = 0; k < a->category_nodes.count; k++)
	{
		int64_t node = whole(&a->category_nodes)[k];
		int64_t start = whole(&a->category_starts)[k];
		int64_t count = whole(&a->category_counts)[k];

		if (node < 0 || (uint64_t) node >= n || split[node] >= 0)
			return drift_json_refuse(&x->json, DRIFT_CORRUPT, "categories are of a node that is not there");
		if (start < 0 || count < 1 || (uint64_t) start > most || (uint64_t) count > most - (uint64_t) start ||
			(used += (uint64_t) count) > most)
			return drift_json_refuse(&x->json, DRIFT_CORRUPT, "a node's categories are not there");
		split[node] = (int64_t) k;
	}
	return true;
}

/* Gives a child a place behind all others. */
static bool
place_child(DriftXgboost *x, int64_t child)
{
	DriftXgboostArrays *a = &x->arrays;
	uint32_t *place = a->place.elements;

	if (child < 0 || (uint64_t) child >= a->left.count)
		return drift_json_refuse(&x->json, DRIFT_CORRUPT, "a child is no node of its tree");
	if (place[child] != UNPLACED)
		return drift_json_refuse(&x->json, DRIFT_CORRUPT, "a node has two parents");
	place[child] = (uint32_t) a->order.count;
	((uint32_t *) a->order.elements)[a->order.count++] = (uint32_t) child;
	return true;
}

/* Orders the nodes that the root leads to, level by level; what pruning deleted is not among them. */
static bool
place_nodes(DriftXgboost *x)
{
	DriftXgboostArrays *a = &x->arrays;
	uint64_t n = a->left.count;

	drift_growing_reserve(&a->order, n, sizeof(uint32_t), x->d->host);
	drift_growing_reserve(&a->place, n, sizeof(uint32_t), x->d->host);
	for (uint64_t i = 0; i < n; i++)
		((uint32_t *) a->place.elements)[i] = UNPLACED;
	if (!place_child(x, 0))
		return false;
	for (uint64_t i = 0; i < a->order.count; i++)
	{
		uint32_t node = ((const uint32_t *) a->order.elements)[i];

		if (whole(&a->left)[node] != -1 &&
			(!place_child(x, whole(&a->left)[node]) || !place_child(x, whole(&a->right)[node])))
			return false;
	}
	return true;
}

/* Appends the set of a node's categories; gives its first word and their number. */
static bool
put_set(DriftXgboost *x, int64_t split, DriftNode *node)
{
	const DriftXgboostArrays *a = &x->arrays;
	const int64_t *first = whole(&a->categories) + whole(&a->category_starts)[split];
	int64_t count = whole(&a->category_counts)[split];
	uint64_t start = drift_draft_count(x->d, DRIFT_SECTION_SETS);
	int64_t largest = 0;
	uint32_t *words;

	for (int64_t i = 0; i < count; i++)
	{
		if (first[i] < 0 || first[i] >= CATEGORY_END)
			return drift_json_refuse(&x->json, DRIFT_CORRUPT, "a category is not within 0 and 2^24");
		largest = first[i] > largest ? first[i] : largest;
	}
	node->set_words = (uint32_t) (largest / 32 + 1);
	node->value = (double) start;
	if (start + node->set_words > MOST_SET_WORDS)
		return drift_json_refuse(&x->json, DRIFT_TOO_LARGE, "the sets of categories are too large");
	words = drift_draft_add(x->d, DRIFT_SECTION_SETS, node->set_words);
	for (int64_t i = 0; i < count; i++)
		words[first[i] / 32] |= (uint32_t) 1 << (first[i] % 32);
	return true;
}

/* A split by a set: XGBoost goes right where x is in it, so the children change sides. */
static bool
put_category_split(DriftXgboost *x, uint32_t from, DriftNode *node)
{
	int64_t split = ((const int64_t *) x->arrays.split.elements)[from];
	uint32_t left = node->left;

	if (split < 0)
		return drift_json_refuse(&x->json, DRIFT_CORRUPT, "a node is split by categories and has none");
	node->kind = DRIFT_NODE_IN_SET_FLOOR;
	node->left = node->right;
	node->right = left;
	node->missing_left = !node->missing_left;
	return put_set(x, split, node);
}

/* Fills the node at a place from the file's arrays. */
static bool
put_node(DriftXgboost *x, uint32_t from, DriftNode *node)
{
	const DriftXgboostArrays *a = &x->arrays;
	const uint32_t *place = a->place.elements;
	int64_t feature = whole(&a->feature)[from];

	node->gain = a->gain.count > 0 ? reals(&a->gain)[from] : NAN;
	node->cover = a->cover.count > 0 ? reals(&a->cover)[from] : NAN;
	node->value = (double) reals(&a->condition)[from];
	if (whole(&a->left)[from] == -1)
	{
		node->kind = DRIFT_NODE_LEAF;
		return true;
	}
	if (feature < 0 || feature >= UINT32_MAX)
		return drift_json_refuse(&x->json, DRIFT_CORRUPT, "a node reads a feature that is not there");
	node->kind = DRIFT_NODE_LESS;
	node->missing = DRIFT_MISSING_NAN;
	node->missing_left = whole(&a->default_left)[from] != 0;
	node->feature = (uint32_t) feature;
	node->left = place[whole(&a->left)[from]];
	node->right = place[whole(&a->right)[from]];
	if (a->split_type.count == 0 || whole(&a->split_type)[from] == 0)
		return true;
	if (whole(&a->split_type)[from] != 1)
		return drift_json_refuse(&x->json, DRIFT_UNSUPPORTED, "a split is of an unknown type");
	return put_category_split(x, from, node);
}

static bool
put_tree(DriftXgboost *x, int64_t id)
{
	DriftXgboostArrays *a = &x->arrays;
	uint64_t n = a->order.count;
	DriftXgboostTree *tree = drift_xgboost_add(x, &x->trees, sizeof(DriftXgboostTree));
	DriftNode *nodes;

	*tree = (DriftXgboostTree){id, x->nodes.count, n};
	drift_growing_reserve(&x->nodes, n, sizeof(DriftNode), x->d->host);
	nodes = (DriftNode *) x->nodes.elements + x->nodes.count;
	for (uint64_t i = 0; i < n; i++)
	{
		nodes[i] = (DriftNode){0};
		if (!put_node(x, ((const uint32_t *) a->order.elements)[i], &nodes[i]))
			return false;
	}
	x->nodes.count += n;
	return true;
}

/* The fields of a tree, whose object has begun. */
bool
drift_xgboost_read_tree(DriftXgboost *x)
{
	static const char *const names[TREE_FIELDS] = {
		[FIELD_BASE_WEIGHTS] = "base_weights",
		[FIELD_CATEGORIES] = "categories",
		[FIELD_CATEGORIES_NODES] = "categories_nodes",
		[FIELD_CATEGORIES_SEGMENTS] = "categories_segments",
		[FIELD_CATEGORIES_SIZES] = "categories_sizes",
		[FIELD_DEFAULT_LEFT] = "default_left",
		[FIELD_ID] = "id",
		[FIELD_LEAF_CHILD_COUNTS] = "leaf_child_counts",
		[FIELD_LEAF_WEIGHTS] = "leaf_weights",
		[FIELD_LEFT_CHILDREN] = "left_children",
		[FIELD_LOSS_CHANGES] = "loss_changes",
		[FIELD_PARENTS] = "parents",
		[FIELD_RIGHT_CHILDREN] = "right_children",
		[FIELD_SPLIT_CONDITIONS] = "split_conditions",
		[FIELD_SPLIT_INDICES] = "split_indices",
		[FIELD_SPLIT_TYPE] = "split_type",
		[FIELD_SUM_HESSIAN] = "sum_hessian",
		[FIELD_TREE_PARAM] = "tree_param",
	};
	TreeParameters p = {.id = (int64_t) x->trees.count};
	uint64_t seen = 0;
	int field;

	empty(&x->arrays);
	while ((field = drift_json_field(&x->json, names, TREE_FIELDS, &seen)) >= 0)
		if (!read_tree_field(x, (TreeField) field, &p))
			return false;
	return x->json.event == DRIFT_JSON_OBJECT_END && check_counts(x, &p) && number_category_splits(x) &&
		   place_nodes(x) && put_tree(x, p.id);
}
