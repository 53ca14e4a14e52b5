/*
 * node.h
 *		The way of one value at one node of a model, as model.h defines it.
 */
#ifndef DRIFT_MODEL_NODE_H
#define DRIFT_MODEL_NODE_H

#include <math.h>

#include "model/model.h"

/* Up to here a value is zero where zeros are missing: float32's 1e-35, as LightGBM has it. */
#define DRIFT_NODE_ZERO ((double) 1e-35f)

static inline bool
drift_node_splits(const DriftNode *node)
{
	return node->kind >= DRIFT_NODE_LESS;
}

/* Is x, truncated or rounded down as the node's kind says, in its set? NaN is in none. */
static inline bool
drift_node_set_holds(const DriftNode *node, double x, const uint32_t *sets)
{
	bool in_range = x <= UINT32_MAX && (node->kind == DRIFT_NODE_IN_SET ? x > -1 : x >= 0);
	uint32_t bit = in_range ? (uint32_t) x : 0;

	if (!in_range || bit / 32 >= node->set_words)
		return false;
	return (sets[(uint32_t) node->value + bit / 32] >> bit % 32) & 1;
}

/* Is x what `missing` says that is missing? */
static inline bool
drift_node_misses(DriftMissing missing, double x)
{
	if (missing == DRIFT_MISSING_ZERO)
		return !(fabs(x) > DRIFT_NODE_ZERO);
	return missing == DRIFT_MISSING_NAN && isnan(x);
}

/* Does x go left at a node that splits? sets is the model's section of that name. */
static inline bool
drift_node_goes_left(const DriftNode *node, double x, const uint32_t *sets)
{
	if (drift_node_misses((DriftMissing) node->missing, x))
		return node->missing_left;
	if (node->kind >= DRIFT_NODE_IN_SET)
		return drift_node_set_holds(node, x, sets);
	x = isnan(x) ? 0 : x;
	switch ((DriftNodeKind) node->kind)
	{
		case DRIFT_NODE_LESS:
			return x < node->value;
		case DRIFT_NODE_LESS_OR_EQUAL:
			return x <= node->value;
		case DRIFT_NODE_EQUAL:
			return x == node->value;
		default:
			return false;
	}
}

#endif
