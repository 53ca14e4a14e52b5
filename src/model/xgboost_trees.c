/*
 * xgboost_trees.c
 *		The boosters gbtree and dart: which trees there are, for which margin,
 *		with what weight; and gblinear.
 */
#include "model/xgboost_parts.h"

#include <string.h>

static bool
read_model_parameters(DriftXgboost *x)
{
	static const char *const names[] = {"num_trees", "num_parallel_tree"};
	uint64_t seen = 0;
	int field;

	if (!drift_json_expect(&x->json, DRIFT_JSON_OBJECT))
		return false;
	while ((field = drift_json_field(&x->json, names, 2, &seen)) >= 0)
		if (!(field == 0   ? drift_xgboost_text(x, &x->num_trees)
			  : field == 1 ? drift_xgboost_text(x, &x->num_parallel_tree)
						   : drift_json_skip(&x->json)))
			return false;
	return x->json.event == DRIFT_JSON_OBJECT_END;
}

static bool
read_list_of_trees(DriftXgboost *x)
{
	if (!drift_json_expect(&x->json, DRIFT_JSON_ARRAY))
		return false;
	while (drift_json_next(&x->json) == DRIFT_JSON_OBJECT)
		if (!drift_xgboost_read_tree(x))
			return false;
	return x->json.event == DRIFT_JSON_ARRAY_END || drift_json_refuse(&x->json, DRIFT_CORRUPT, "a tree is no object");
}

bool
drift_xgboost_read_trees(DriftXgboost *x)
{
	static const char *const names[] = {"gbtree_model_param", "trees", "tree_info", "iteration_indptr",
										"weight_drop",        "cats",  "weights",   "boosted_rounds"};
	DriftJson *j = &x->json;
	uint64_t seen = 0;
	bool read = true;
	int field;

	if (!drift_json_expect(j, DRIFT_JSON_OBJECT))
		return false;
	while (read && (field = drift_json_field(j, names, 8, &seen)) >= 0)
	{
		switch (field)
		{
			case 0:
				read = read_model_parameters(x);
				break;
			case 1:
				read = read_list_of_trees(x);
				break;
			case 2:
				read = drift_json_integers(j, &x->tree_info);
				break;
			case 3:
				read = drift_json_integers(j, &x->indptr);
				break;
			case 4:
				read = drift_json_floats(j, &x->weight_drop);
				break;
			case 5:
				read = drift_xgboost_read_categories(x);
				break;
			case 6:
				read = drift_json_floats(j, &x->weights);
				break;
			case 7:
				read = drift_json_skip(j);
				break;
			default:
				read = drift_json_refuse_text(j, DRIFT_UNSUPPORTED, "the booster has an unknown field");
				break;
		}
	}
	return read && j->event == DRIFT_JSON_OBJECT_END;
}

static bool
refuse(DriftXgboost *x, DriftStatus status, const char *reason)
{
	return drift_xgboost_refuse(x, status, reason, (DriftText){"", 0});
}

/* Trees up to the end of an iteration, by the list of first trees. */
static bool
trees_by_list(DriftXgboost *x, int64_t iterations, uint64_t *n)
{
	const int64_t *first = x->indptr.elements;
	int64_t last = 0;

	for (uint64_t i = 0; i < x->indptr.count; i++)
	{
		if (first[i] < last || (i == 0 && first[i] != 0))
			return refuse(x, DRIFT_CORRUPT, "iterations do not begin one after the other");
		last = first[i];
	}
	if ((uint64_t) last != x->trees.count)
		return refuse(x, DRIFT_CORRUPT, "iterations do not end with the last tree");
	if (iterations == DRIFT_ITERATIONS_ALL)
		return true;
	if ((uint64_t) iterations >= x->indptr.count)
		return refuse(x, DRIFT_UNSUPPORTED, "the model has fewer iterations than are asked for");
	*n = (uint64_t) first[iterations];
	return true;
}

/*
 * Trees of an iteration and a class. Files before 1.6 do not say it; from early
 * stopping they have the best iteration and the trees up to it.
 */
static bool
parallel_trees(DriftXgboost *x, int64_t *parallel)
{
	int64_t best;
	int64_t limit;

	if (x->num_parallel_tree.bytes != NULL)
		return drift_xgboost_whole(x, x->num_parallel_tree, "num_parallel_tree", 0, parallel);
	*parallel = 0;
	if (!drift_xgboost_whole(x, x->best_iteration, "best_iteration", -1, &best) ||
		!drift_xgboost_whole(x, x->best_ntree_limit, "best_ntree_limit", 0, &limit))
		return false;
	if (best >= 0 && best < limit && limit % (best + 1) == 0)
		*parallel = limit / (best + 1);
	return true;
}

/* The same where each iteration has as many trees. */
static bool
trees_by_number(DriftXgboost *x, int64_t iterations, uint64_t *n)
{
	int64_t parallel;

	if (iterations == DRIFT_ITERATIONS_ALL)
		return true;
	if (!parallel_trees(x, &parallel))
		return false;
	if (parallel < 1)
		return refuse(x, DRIFT_UNSUPPORTED, "the file does not say which trees an iteration has");
	if ((uint64_t) iterations > x->trees.count / x->groups / (uint64_t) parallel)
		return refuse(x, DRIFT_UNSUPPORTED, "the model has fewer iterations than are asked for");
	*n = (uint64_t) iterations * x->groups * (uint64_t) parallel;
	return true;
}

/* Iterations to keep, of what the caller asks for. */
static bool
wanted_iterations(DriftXgboost *x, int64_t *iterations)
{
	int64_t best = 0;

	*iterations = x->options->iterations;
	if (*iterations == DRIFT_ITERATIONS_BEST)
	{
		if (!drift_xgboost_whole(x, x->best_iteration, "best_iteration", -1, &best))
			return false;
		*iterations = best < 0 || best == INT64_MAX ? DRIFT_ITERATIONS_ALL : best + 1;
	}
	return *iterations >= 0 || refuse(x, DRIFT_UNSUPPORTED, "a number of iterations is below zero");
}

/* Finds the tree of the file that each place has: trees say their number. */
static bool
order_trees(DriftXgboost *x, DriftXgboostTree *ordered)
{
	const DriftXgboostTree *trees = x->trees.elements;
	uint64_t n = x->trees.count;

	memset(ordered, 0, n * sizeof(DriftXgboostTree));
	for (uint64_t i = 0; i < n; i++)
	{
		int64_t id = trees[i].id;

		if (id < 0 || (uint64_t) id >= n || ordered[id].n_nodes > 0)
			return refuse(x, DRIFT_CORRUPT, "the numbers of the trees are not 0, 1, 2 and so on");
		ordered[id] = trees[i];
	}
	return true;
}

static bool
put_tree(DriftXgboost *x, const DriftXgboostTree *from, int64_t group, double weight)
{
	DriftNode *nodes = (DriftNode *) x->nodes.elements + from->first_node;
	DriftTree *tree;

	if (group < 0 || group >= (int64_t) x->groups)
		return refuse(x, DRIFT_CORRUPT, "a tree is of a class that is not there");
	for (uint64_t i = 0; i < from->n_nodes; i++)
	{
		uint32_t root = (uint32_t) drift_draft_count(x->d, DRIFT_SECTION_NODES);

		if (nodes[i].kind == DRIFT_NODE_LEAF)
			continue;
		if (nodes[i].feature >= x->features)
			return refuse(x, DRIFT_CORRUPT, "a node reads a feature that is not there");
		nodes[i].left += root;
		nodes[i].right += root;
	}
	tree = drift_draft_add(x->d, DRIFT_SECTION_TREES, 1);
	tree->root = (uint32_t) drift_draft_count(x->d, DRIFT_SECTION_NODES);
	tree->n_nodes = (uint32_t) from->n_nodes;
	tree->group = (uint32_t) group;
	tree->weight = weight;
	memcpy(drift_draft_add(x->d, DRIFT_SECTION_NODES, from->n_nodes), nodes, from->n_nodes * sizeof(DriftNode));
	return true;
}

bool
drift_xgboost_put_trees(DriftXgboost *x)
{
	const DriftHost *host = x->d->host;
	uint64_t n = x->trees.count;
	DriftXgboostTree *ordered = host->allocate(host->ctx, n * sizeof(DriftXgboostTree));
	int64_t iterations;
	int64_t said;

	if (!drift_xgboost_whole(x, x->num_trees, "num_trees", (int64_t) n, &said) || !wanted_iterations(x, &iterations) ||
		!order_trees(x, ordered))
		return false;
	if ((uint64_t) said != n || x->tree_info.count != n || x->weight_drop.count > n)
		return refuse(x, DRIFT_CORRUPT, "the number of trees contradicts itself");
	if (!(x->indptr.count > 0 ? trees_by_list(x, iterations, &n) : trees_by_number(x, iterations, &n)))
		return false;
	x->d->head.predictor = DRIFT_PREDICTOR_TREES;
	for (uint64_t i = 0; i < n; i++)
	{
		double weight = i < x->weight_drop.count ? (double) ((const float *) x->weight_drop.elements)[i] : 1;

		if (!put_tree(x, &ordered[i], ((const int64_t *) x->tree_info.elements)[i], weight))
			return false;
		if (i % 64 == 0 && host->poll != NULL)
			host->poll();
	}
	return true;
}

/* Weights are [feature][margin], then the bias of each margin; all margins start with the first base score. */
bool
drift_xgboost_put_linear(DriftXgboost *x)
{
	const float *weights = x->weights.elements;
	double *coefficients;
	double *base = drift_draft_section(x->d, DRIFT_SECTION_BASE);
	float first = (float) base[0];

	if (x->weights.count != (x->features + 1) * x->groups)
		return refuse(x, DRIFT_CORRUPT, "the weights are not one for each feature and class and one more");
	if (x->options->iterations > 0)
		return refuse(x, DRIFT_UNSUPPORTED, "a linear model cannot be cut to some iterations");
	x->d->head.predictor = DRIFT_PREDICTOR_LINEAR;
	x->d->head.skip_missing = 1;
	coefficients = drift_draft_add(x->d, DRIFT_SECTION_COEFFICIENTS, x->features * x->groups);
	for (uint32_t g = 0; g < x->groups; g++)
	{
		base[g] = (double) (weights[x->features * x->groups + g] + first);
		for (uint64_t f = 0; f < x->features; f++)
			coefficients[g * x->features + f] = (double) weights[f * x->groups + g];
	}
	return true;
}
