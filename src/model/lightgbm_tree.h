/*
 * lightgbm_tree.h
 *		A tree of LightGBM's text.
 */
#ifndef DRIFT_MODEL_LIGHTGBM_TREE_H
#define DRIFT_MODEL_LIGHTGBM_TREE_H

#include "model/lightgbm_text.h"

/*
 * Reads the lines behind "Tree=" up to the blank one and appends the tree, for
 * a group, to the draft. Of n_features there are features; places in them are
 * what its nodes hold.
 */
DriftStatus drift_lightgbm_tree(DriftDraft *d, DriftLines *lines, uint32_t n_features, uint32_t group, DriftRefusal *r);

#endif
