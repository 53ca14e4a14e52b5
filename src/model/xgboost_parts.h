/*
 * xgboost_parts.h
 *		What a model file of XGBoost says, before it becomes a model.
 *
 * Keys may come in any order, so everything is gathered first. The layout is
 * that of XGBoost's JSON schema (learner.cc, gbtree_model.cc, tree_model.cc,
 * gblinear_model.cc, cat_container.cc) of the versions 1.0 to 3.4.
 */
#ifndef DRIFT_MODEL_XGBOOST_PARTS_H
#define DRIFT_MODEL_XGBOOST_PARTS_H

#include "model/import.h"
#include "model/json.h"

/* Bytes of the source or of the host's memory; bytes NULL: not given. */
typedef struct DriftText
{
	const char *bytes;
	size_t length;
} DriftText;

/* A tree of the file: its nodes, children behind parents, are some of the gathered ones. */
typedef struct DriftXgboostTree
{
	int64_t id;
	uint64_t first_node;
	uint64_t n_nodes;
} DriftXgboostTree;

/* Arrays of one tree, used again for the next. */
typedef struct DriftXgboostArrays
{
	DriftGrowing left; /* int64_t, as all but the three of floats */
	DriftGrowing right;
	DriftGrowing feature;
	DriftGrowing default_left;
	DriftGrowing split_type;
	DriftGrowing categories;
	DriftGrowing category_nodes;
	DriftGrowing category_starts;
	DriftGrowing category_counts;
	DriftGrowing condition; /* float */
	DriftGrowing gain;
	DriftGrowing cover;
	DriftGrowing order; /* uint32_t: node of the file at each place */
	DriftGrowing place; /* uint32_t: place of each node of the file */
	DriftGrowing split; /* int64_t: number of a node among those with categories, -1 for others */
} DriftXgboostArrays;

/* The original categories of a feature, by code: strings or numbers. */
typedef struct DriftXgboostCategories
{
	bool is_text;
	DriftGrowing offsets; /* int64_t: of strings, in values */
	DriftGrowing values;  /* int64_t: bytes; or double */
} DriftXgboostCategories;

typedef struct DriftXgboost
{
	DriftDraft *d;
	DriftJson json;
	DriftRefusal *r;
	const DriftImportOptions *options;
	int64_t version[3];
	DriftText objective;
	DriftText booster;
	DriftText base_score;
	DriftText num_feature;
	DriftText num_class;
	DriftText num_target;
	DriftText best_iteration;
	DriftText best_ntree_limit;
	DriftText num_trees;
	DriftText num_parallel_tree;
	DriftGrowing names;       /* DriftText */
	DriftGrowing types;       /* DriftText */
	DriftGrowing categories;  /* DriftXgboostCategories */
	DriftGrowing trees;       /* DriftXgboostTree, in the order of the file */
	DriftGrowing nodes;       /* DriftNode; features are those of the file */
	DriftGrowing tree_info;   /* int64_t: margin of each tree */
	DriftGrowing indptr;      /* int64_t: first tree of each iteration, and the end */
	DriftGrowing weight_drop; /* float */
	DriftGrowing weights;     /* float: of gblinear */
	DriftXgboostArrays arrays;
	uint64_t features;
	uint32_t groups;
} DriftXgboost;

/* Refuses the file as a whole; false. */
bool drift_xgboost_refuse(DriftXgboost *x, DriftStatus status, const char *reason, DriftText name);

/* The whole number that a parameter spells; where it is not given, other. */
bool drift_xgboost_whole(DriftXgboost *x, DriftText text, const char *name, int64_t other, int64_t *number);

/* Takes the next value, a string. */
bool drift_xgboost_text(DriftXgboost *x, DriftText *text);

/* Writes a number in decimal digits; gives how many. */
#define DRIFT_XGBOOST_DIGITS 21
size_t drift_xgboost_digits(char *to, uint64_t number);

/* An element more; zeroed. */
void *drift_xgboost_add(DriftXgboost *x, DriftGrowing *g, size_t element);

/* Readers of the object that comes next, `model` of gbtree, and of one tree of it. */
bool drift_xgboost_read_trees(DriftXgboost *x);
bool drift_xgboost_read_tree(DriftXgboost *x);

/* The object `cats`. */
bool drift_xgboost_read_categories(DriftXgboost *x);

/* Make inputs, predictor and output of the draft from what is gathered. */
bool drift_xgboost_put_inputs(DriftXgboost *x);
bool drift_xgboost_put_trees(DriftXgboost *x);
bool drift_xgboost_put_linear(DriftXgboost *x);

/* The objective: task, transform, decision, labels; and the base of every margin. */
bool drift_xgboost_put_objective(DriftXgboost *x);

#endif
