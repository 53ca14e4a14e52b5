#include <string.h>

#include "model/onnx.h"

/* Columns that all values list together, however often a graph joins them. */
#define MOST_COLUMNS ((uint64_t) 1 << 23)

/* Categories that all columns are compared with. */
#define MOST_LOOKUPS ((uint64_t) 1 << 23)

/* Of ai.onnx.ml: what its operators mean is known up to this one. */
#define NEWEST_ML_OPSET 5

/* What an operator may carry; other attributes could change what it does. */
static const char *const no_attributes[] = {NULL};
static const char *const cast_attributes[] = {"to", "saturate", NULL};
static const char *const axis_attributes[] = {"axis", NULL};
static const char *const axes_attributes[] = {"axes", NULL};
static const char *const shape_attributes[] = {"shape", "allowzero", "axis", NULL};
static const char *const slice_attributes[] = {"starts", "ends", "axes", NULL};
static const char *const constant_attributes[] = {"value",      "value_float",  "value_floats",  "value_int",
												  "value_ints", "value_string", "value_strings", NULL};
static const char *const vectorizer_attributes[] = {"inputdimensions", NULL};
static const char *const scaler_attributes[] = {"offset", "scale", NULL};
static const char *const imputer_attributes[] = {"imputed_value_floats", "imputed_value_int64s", "replaced_value_float",
												 "replaced_value_int64", NULL};
static const char *const normalizer_attributes[] = {"norm", NULL};
static const char *const binarizer_attributes[] = {"threshold", NULL};
static const char *const clip_attributes[] = {"min", "max", NULL};
static const char *const one_hot_attributes[] = {"cats_int64s", "cats_strings", "zeros", NULL};
static const char *const label_attributes[] = {"keys_strings",    "keys_int64s",
											   "keys_floats",     "keys_tensor",
											   "values_strings",  "values_int64s",
											   "values_floats",   "values_tensor",
											   "default_int64",   "default_string",
											   "default_float",   "default_tensor",
											   "classes_strings", NULL};
static const char *const regressor_attributes[] = {"coefficients", "intercepts", "post_transform", "targets", NULL};
static const char *const classifier_attributes[] = {
	"classlabels_ints", "classlabels_strings", "coefficients", "intercepts", "multi_class", "post_transform", NULL};
static const char *const gemm_attributes[] = {"alpha", "beta", "transA", "transB", NULL};
static const char *const reduce_attributes[] = {"axes", "keepdims", "noop_with_empty_axes", NULL};
static const char *const arg_max_attributes[] = {"axis", "keepdims", "select_last_index", NULL};
static const char *const zip_map_attributes[] = {"classlabels_int64s", "classlabels_strings", NULL};
static const char *const tree_attributes[] = {"aggregate_function",
											  "base_values",
											  "base_values_as_tensor",
											  "class_ids",
											  "class_nodeids",
											  "class_treeids",
											  "class_weights",
											  "class_weights_as_tensor",
											  "classlabels_int64s",
											  "classlabels_strings",
											  "n_targets",
											  "nodes_falsenodeids",
											  "nodes_featureids",
											  "nodes_hitrates",
											  "nodes_hitrates_as_tensor",
											  "nodes_missing_value_tracks_true",
											  "nodes_modes",
											  "nodes_nodeids",
											  "nodes_treeids",
											  "nodes_truenodeids",
											  "nodes_values",
											  "nodes_values_as_tensor",
											  "post_transform",
											  "target_ids",
											  "target_nodeids",
											  "target_treeids",
											  "target_weights",
											  "target_weights_as_tensor",
											  NULL};
static const char *const tree5_attributes[] = {"aggregate_function",
											   "leaf_targetids",
											   "leaf_weights",
											   "membership_values",
											   "n_targets",
											   "nodes_falseleafs",
											   "nodes_falsenodeids",
											   "nodes_featureids",
											   "nodes_hitrates",
											   "nodes_missing_value_tracks_true",
											   "nodes_modes",
											   "nodes_splits",
											   "nodes_trueleafs",
											   "nodes_truenodeids",
											   "post_transform",
											   "tree_roots",
											   NULL};

typedef struct Operator
{
	const char *name;
	bool ml; /* of ai.onnx.ml */
	bool (*read)(Onnx *o);
	const char *const *attributes;
} Operator;

static const Operator operators[] = {
	{"Abs", false, drift_onnx_abs, no_attributes},
	{"Add", false, drift_onnx_arithmetic, no_attributes},
	{"ArgMax", false, drift_onnx_arg_max, arg_max_attributes},
	{"ArrayFeatureExtractor", true, drift_onnx_gather, no_attributes},
	{"Binarizer", true, drift_onnx_binarizer, binarizer_attributes},
	{"Cast", false, drift_onnx_cast, cast_attributes},
	{"Clip", false, drift_onnx_clip, clip_attributes},
	{"Concat", false, drift_onnx_concat, axis_attributes},
	{"Constant", false, drift_onnx_constant_node, constant_attributes},
	{"Div", false, drift_onnx_arithmetic, no_attributes},
	{"Exp", false, drift_onnx_link, no_attributes},
	{"FeatureVectorizer", true, drift_onnx_vectorizer, vectorizer_attributes},
	{"Flatten", false, drift_onnx_shape, shape_attributes},
	{"Gather", false, drift_onnx_gather, axis_attributes},
	{"Gemm", false, drift_onnx_matrix, gemm_attributes},
	{"Identity", false, drift_onnx_same, no_attributes},
	{"Imputer", true, drift_onnx_imputer, imputer_attributes},
	{"LabelEncoder", true, drift_onnx_label_encoder, label_attributes},
	{"LinearClassifier", true, drift_onnx_linear_classifier, classifier_attributes},
	{"LinearRegressor", true, drift_onnx_linear_regressor, regressor_attributes},
	{"MatMul", false, drift_onnx_matrix, no_attributes},
	{"Mul", false, drift_onnx_arithmetic, no_attributes},
	{"Normalizer", true, drift_onnx_normalizer, normalizer_attributes},
	{"OneHotEncoder", true, drift_onnx_one_hot, one_hot_attributes},
	{"ReduceSum", false, drift_onnx_reduce_sum, reduce_attributes},
	{"Reshape", false, drift_onnx_shape, shape_attributes},
	{"Scaler", true, drift_onnx_scaler, scaler_attributes},
	{"Sigmoid", false, drift_onnx_link, no_attributes},
	{"Slice", false, drift_onnx_slice, slice_attributes},
	{"Softmax", false, drift_onnx_link, axis_attributes},
	{"Squeeze", false, drift_onnx_shape, axes_attributes},
	{"Sub", false, drift_onnx_arithmetic, no_attributes},
	{"TreeEnsemble", true, drift_onnx_trees5, tree5_attributes},
	{"TreeEnsembleClassifier", true, drift_onnx_trees, tree_attributes},
	{"TreeEnsembleRegressor", true, drift_onnx_trees, tree_attributes},
	{"Unsqueeze", false, drift_onnx_shape, axes_attributes},
	{"ZipMap", true, drift_onnx_zip_map, zip_map_attributes},
};

static bool
is_ml(OnnxText domain)
{
	return drift_onnx_is(domain, "ai.onnx.ml");
}

static bool
is_core(OnnxText domain)
{
	return domain.len == 0 || drift_onnx_is(domain, "ai.onnx");
}

static bool
read_node(Onnx *o)
{
	const OnnxNode *node = o->node;

	if (is_ml(node->domain) || is_core(node->domain))
		for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
			if (operators[i].ml == is_ml(node->domain) && drift_onnx_is(node->op_type, operators[i].name))
				return drift_onnx_only(o, operators[i].attributes) && operators[i].read(o);
	return drift_onnx_unsupported(o, "unknown operator", NULL);
}

/* Marks the values that the graph's outputs are made of; nodes come in order, so from behind. */
static bool
mark_needed(Onnx *o, bool *needed)
{
	const OnnxGraph *g = o->graph;

	for (size_t i = 0; i < g->n_output; i++)
	{
		const OnnxValue *v = drift_onnx_find(o, g->output[i]->name);

		if (v == NULL)
			return drift_onnx_refuse(o, DRIFT_CORRUPT, "an output is not defined", g->output[i]->name);
		needed[v - o->values] = true;
	}
	for (size_t i = g->n_node; i > 0; i--)
	{
		bool wanted = false;

		o->node = g->node[i - 1];
		for (size_t k = 0; k < o->node->n_output; k++)
		{
			const OnnxValue *v = drift_onnx_out(o, k);

			wanted = wanted || (v != NULL && needed[v - o->values]);
		}
		for (size_t k = 0; wanted && k < o->node->n_input; k++)
		{
			const OnnxValue *v = drift_onnx_find(o, o->node->input[k]);

			if (v != NULL)
				needed[v - o->values] = true;
		}
	}
	return true;
}

static bool
walk(Onnx *o)
{
	const OnnxGraph *g = o->graph;
	bool *needed = drift_onnx_allocate(o, (uint64_t) o->names.count + g->n_initializer + g->n_input, sizeof(bool));

	if (!mark_needed(o, needed))
		return false;
	for (size_t i = 0; i < g->n_node; i++)
	{
		bool wanted = false;

		if (o->host->poll != NULL)
			o->host->poll();
		o->node = g->node[i];
		for (size_t k = 0; k < o->node->n_output; k++)
		{
			const OnnxValue *v = drift_onnx_out(o, k);

			wanted = wanted || (v != NULL && needed[v - o->values]);
		}
		if (wanted && !read_node(o))
			return false;
	}
	o->node = NULL;
	return drift_onnx_finish(o);
}

static void
read_opsets(Onnx *o, const OnnxModel *m)
{
	for (size_t i = 0; i < m->n_opset_import; i++)
		if (is_ml(m->opset_import[i]->domain))
			o->ml_opset = m->opset_import[i]->version;
		else if (is_core(m->opset_import[i]->domain))
			o->opset = m->opset_import[i]->version;
}

/* "skl2onnx 1.20.0" */
static void
note_source(DriftDraft *d, const OnnxModel *m)
{
	const OnnxText parts[2] = {m->producer_name, m->producer_version};
	char text[80];
	size_t length = 0;

	for (int i = 0; i < 2; i++)
	{
		size_t room = sizeof(text) / 2 - 1;
		size_t n = parts[i].len < room ? parts[i].len : room;

		if (n == 0)
			continue;
		if (length > 0)
			text[length++] = ' ';
		memcpy(text + length, parts[i].data, n);
		length += n;
	}
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	d->head.source = DRIFT_SOURCE_ONNX;
	d->head.source_version = drift_draft_string(d, text, length);
}

DriftStatus
drift_import_onnx(DriftDraft *d, const char *bytes, size_t size, const DriftImportOptions *options, DriftRefusal *r)
{
	Onnx o = {.d = d,
			  .r = r,
			  .host = d->host,
			  .opset = 1,
			  .ml_opset = 1,
			  .columns_left = MOST_COLUMNS,
			  .lookups_left = MOST_LOOKUPS};
	OnnxModel *m;
	bool too_large = false;

	if (options != NULL && options->iterations != DRIFT_ITERATIONS_ALL)
		return drift_refuse(r, DRIFT_UNSUPPORTED, "ONNX does not tell iterations apart", "", 0, 0);
	m = drift_onnx_unpack(d->host, bytes, size, &too_large);
	if (too_large)
		return drift_refuse(r, DRIFT_TOO_LARGE, "the file asks for too much memory", "", 0, 0);
	if (m == NULL || m->graph == NULL || m->n_opset_import == 0)
		return drift_refuse(r, DRIFT_CORRUPT, "not an ONNX model", "", 0, 0);
	o.graph = m->graph;
	read_opsets(&o, m);
	if (o.ml_opset > NEWEST_ML_OPSET)
		return drift_refuse(r, DRIFT_UNSUPPORTED, "operators of a version that is not known", "ai.onnx.ml", 10, 0);
	note_source(d, m);
	if (drift_onnx_name_values(&o) && drift_onnx_graph_inputs(&o) && walk(&o))
		return DRIFT_OK;
	return r->status;
}
