/*
 * onnx.h
 *		What the files of the ONNX importer share.
 *
 * A graph is walked in its order. Each name in it gets a value: columns of the
 * row (slots of the draft), a constant, or something made of the predictor's
 * margins. Functions answer false after they noted a refusal.
 */
#ifndef DRIFT_MODEL_ONNX_H
#define DRIFT_MODEL_ONNX_H

#include "model/import.h"
#include "model/onnx.pb-c.h"

typedef DriftOnnx__Model OnnxModel;
typedef DriftOnnx__Graph OnnxGraph;
typedef DriftOnnx__Node OnnxNode;
typedef DriftOnnx__Attribute OnnxAttribute;
typedef DriftOnnx__Tensor OnnxTensor;
typedef ProtobufCBinaryData OnnxText;

/* Types of elements, as ONNX numbers them. */
typedef enum OnnxType
{
	ONNX_FLOAT = 1,
	ONNX_UINT8 = 2,
	ONNX_INT32 = 6,
	ONNX_INT64 = 7,
	ONNX_STRING = 8,
	ONNX_BOOL = 9,
	ONNX_DOUBLE = 11
} OnnxType;

typedef enum OnnxKind
{
	ONNX_UNKNOWN, /* not made yet */
	ONNX_CONSTANT,
	ONNX_COLUMNS,      /* slots */
	ONNX_SCORES,       /* the predictor's outputs after `transform` */
	ONNX_COMPLEMENT,   /* one less a single score */
	ONNX_SCORE_SUM,    /* the sum of all scores */
	ONNX_SCORE_PART,   /* some of the scores: nothing is made of it */
	ONNX_CLASS_NUMBER, /* which class is decided for */
	ONNX_CLASS_LABEL
} OnnxKind;

typedef struct OnnxValue
{
	OnnxKind kind;
	OnnxType type;
	uint32_t n;        /* columns or scores in all */
	uint32_t rank;     /* 1: a column without an axis of its own; 3: of `inner` each */
	uint32_t inner;    /* of rank 3; else 1 */
	uint32_t *slots;   /* of columns */
	uint8_t transform; /* DriftTransform, of scores */
	const OnnxTensor *tensor;
	double *numbers; /* of a constant, once it was read */
	uint64_t count;  /* elements of a constant */
} OnnxValue;

/* Where a name is defined: its place among the values. */
typedef struct OnnxName
{
	OnnxText text;
	uint32_t value;
} OnnxName;

typedef struct OnnxNames
{
	OnnxName *sorted;
	uint32_t count;
} OnnxNames;

#define ONNX_NO_ORIGIN UINT32_MAX

typedef struct Onnx
{
	DriftDraft *d;
	DriftRefusal *r;
	const DriftHost *host;
	const OnnxGraph *graph;
	int64_t opset;    /* of the core operators */
	int64_t ml_opset; /* of ai.onnx.ml */
	OnnxNames names;
	OnnxValue *values;
	uint64_t columns_left; /* that values may still list */
	uint64_t lookups_left; /* categories of encoders, once for each column */
	uint32_t *origin;      /* per slot: the input that makes it missing */
	uint32_t origin_room;
	bool predicted;
	bool additive;        /* of a matrix product, to which a base may be added */
	bool classifies;      /* its classes are named */
	bool decides_margins; /* the class is that of the largest margin, or of one above zero */
	uint8_t transform;    /* of the scores that were made last */
	const OnnxNode *node; /* that is being read */
} Onnx;

/* Refusals. */
bool drift_onnx_refuse(Onnx *o, DriftStatus status, const char *reason, OnnxText name);
bool drift_onnx_unsupported(Onnx *o, const char *reason, const char *name); /* name NULL: the operator at hand */
bool drift_onnx_corrupt(Onnx *o, const char *reason);                       /* of the operator at hand */
bool drift_onnx_is(OnnxText text, const char *word);
OnnxText drift_onnx_text(const char *word);

void *drift_onnx_allocate(Onnx *o, uint64_t count, size_t element); /* zeroed */

/*
 * onnx_wire.c: the bytes as messages. NULL where they are none, or ask for
 * more memory than bytes of their number can be worth.
 */
OnnxModel *drift_onnx_unpack(const DriftHost *host, const char *bytes, size_t size, bool *too_large);

/* onnx_attribute.c: attributes of the node at hand, NULL or the default where absent. */
const OnnxAttribute *drift_onnx_attribute(const Onnx *o, const char *name);
int64_t drift_onnx_int(const Onnx *o, const char *name, int64_t otherwise);
float drift_onnx_float(const Onnx *o, const char *name, float otherwise);
OnnxText drift_onnx_string(const Onnx *o, const char *name, const char *otherwise);
bool drift_onnx_only(Onnx *o, const char *const *names); /* has it only these? ends with NULL */

/* Numbers of `name` (floats or ints) or of the tensor `name`_as_tensor; *numbers NULL where absent. */
bool drift_onnx_numbers(Onnx *o, const char *name, double **numbers, uint64_t *count);
bool drift_onnx_ints(Onnx *o, const char *name, const int64_t **ints, uint64_t *count);

/* The same for lists that have to be of n. */
bool drift_onnx_n_numbers(Onnx *o, const char *name, const double **numbers, uint64_t n);
bool drift_onnx_n_ints(Onnx *o, const char *name, const int64_t **ints, uint64_t n);

/* onnx_tensor.c */
bool drift_onnx_tensor_count(Onnx *o, const OnnxTensor *t, uint64_t *count);
bool drift_onnx_tensor_numbers(Onnx *o, const OnnxTensor *t, double **numbers, uint64_t *count);
bool drift_onnx_constant(Onnx *o, OnnxValue *v); /* reads its numbers */

/* onnx_sort.c: places of elements in order. Equal ones keep theirs. */
typedef int (*OnnxCompare)(const void *elements, uint32_t a, uint32_t b);
uint32_t *drift_onnx_order(Onnx *o, const void *elements, uint32_t count, OnnxCompare compare);
int drift_onnx_compare_texts(const void *elements, uint32_t a, uint32_t b);
int drift_onnx_compare_ints(const void *elements, uint32_t a, uint32_t b);
int drift_onnx_compare_numbers(const void *elements, uint32_t a, uint32_t b);
bool drift_onnx_distinct(Onnx *o, const void *elements, uint64_t count, OnnxCompare compare);

/* onnx_name.c */
bool drift_onnx_name_values(Onnx *o);
OnnxValue *drift_onnx_find(Onnx *o, OnnxText name); /* NULL: no such name */
OnnxValue *drift_onnx_in(Onnx *o, size_t i);        /* input i of the node; NULL after a refusal */
bool drift_onnx_has_in(const Onnx *o, size_t i);
OnnxValue *drift_onnx_out(Onnx *o, size_t i); /* NULL where nobody names it */

/* onnx_column.c: columns and operators that only move them. */
bool drift_onnx_graph_inputs(Onnx *o);
OnnxValue *drift_onnx_in_columns(Onnx *o, size_t i); /* input i where it is columns */
bool drift_onnx_columns(Onnx *o, OnnxValue *v, OnnxType type, uint32_t n);
bool drift_onnx_step(Onnx *o, DriftStepOp op, const OnnxValue *in, uint64_t first_number, bool single, OnnxValue *out);
bool drift_onnx_as_single(Onnx *o, const OnnxValue *in, OnnxValue *out);
void drift_onnx_set_origin(Onnx *o, uint32_t slot, uint32_t origin);
void drift_onnx_needs_values(Onnx *o, const OnnxValue *columns);
bool drift_onnx_room(Onnx *o, uint64_t slots);
bool drift_onnx_same(Onnx *o);
bool drift_onnx_cast(Onnx *o);
bool drift_onnx_concat(Onnx *o);
bool drift_onnx_vectorizer(Onnx *o);
bool drift_onnx_gather(Onnx *o);
bool drift_onnx_slice(Onnx *o);
bool drift_onnx_shape(Onnx *o);
bool drift_onnx_constant_node(Onnx *o);

/* onnx_prepare.c: operators that compute columns of columns. */
bool drift_onnx_scaler(Onnx *o);
bool drift_onnx_imputer(Onnx *o);
bool drift_onnx_normalizer(Onnx *o);
bool drift_onnx_binarizer(Onnx *o);
bool drift_onnx_clip(Onnx *o);
bool drift_onnx_arithmetic(Onnx *o);

/* onnx_encode.c */
bool drift_onnx_one_hot(Onnx *o);
bool drift_onnx_label_encoder(Onnx *o);

/* onnx_linear.c */
bool drift_onnx_linear_regressor(Onnx *o);
bool drift_onnx_linear_classifier(Onnx *o);
bool drift_onnx_matrix(Onnx *o);
bool drift_onnx_add_base(Onnx *o, OnnxValue *scores, OnnxValue *constant);

/* onnx_trees.c, onnx_trees5.c: the operators of trees; onnx_forest.c: their nodes in the draft. */
bool drift_onnx_trees(Onnx *o);
bool drift_onnx_trees5(Onnx *o);

typedef enum OnnxMode
{
	ONNX_MODE_LEQ,
	ONNX_MODE_LT,
	ONNX_MODE_GTE,
	ONNX_MODE_GT,
	ONNX_MODE_EQ,
	ONNX_MODE_NEQ,
	ONNX_MODE_MEMBER,
	ONNX_MODE_LEAF
} OnnxMode;

typedef struct OnnxTreeNode
{
	uint8_t mode;         /* OnnxMode */
	uint8_t missing_true; /* a missing value goes the way of true */
	uint8_t met;
	uint32_t feature;
	uint32_t yes; /* nodes */
	uint32_t no;
	double value;
	uint64_t first_weight; /* of leaves */
	uint64_t n_weights;
} OnnxTreeNode;

typedef struct OnnxForest
{
	OnnxTreeNode *nodes;
	uint64_t n_nodes;
	DriftLeafWeight *weights;
	uint32_t *roots;
	uint64_t n_trees;
	bool knows_missing; /* some branch says where missing values go */
} OnnxForest;

bool drift_onnx_plant(Onnx *o, const OnnxValue *columns, const OnnxForest *forest);

/* onnx_predict.c: what becomes of margins. */
bool drift_onnx_features(Onnx *o, const OnnxValue *columns); /* the predictor reads these */
bool drift_onnx_transform(Onnx *o, OnnxText name, uint8_t *transform);
bool drift_onnx_scores(Onnx *o, OnnxValue *out, uint32_t n, uint8_t transform);
bool drift_onnx_class_labels(Onnx *o, const char *ints, const char *strings);
bool drift_onnx_labels_of(Onnx *o, const int64_t *ints, const OnnxText *texts, uint64_t count);
bool drift_onnx_link(Onnx *o); /* Sigmoid, Softmax, Exp */
bool drift_onnx_normalized(Onnx *o, OnnxValue *scores);
bool drift_onnx_abs(Onnx *o);
bool drift_onnx_reduce_sum(Onnx *o);
bool drift_onnx_arg_max(Onnx *o);
bool drift_onnx_zip_map(Onnx *o);
bool drift_onnx_both_classes(Onnx *o, const OnnxValue *one, const OnnxValue *two); /* 1 - p and p */
bool drift_onnx_class_of_number(Onnx *o, OnnxValue *labels);
bool drift_onnx_finish(Onnx *o);

#endif
