/*
 * model_describe.c
 *		drift.describe(): what a model is, for people.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"

#include "miscadmin.h"
#include "model/importance.h"
#include "pg/model.h"

static const char *const source_names[] = {
	[DRIFT_SOURCE_JSON] = "json",
	[DRIFT_SOURCE_XGBOOST] = "xgboost",
	[DRIFT_SOURCE_LIGHTGBM] = "lightgbm",
	[DRIFT_SOURCE_ONNX] = "onnx",
};

static const char *const predictor_names[] = {
	[DRIFT_PREDICTOR_LINEAR] = "linear",
	[DRIFT_PREDICTOR_TREES] = "trees",
};

static const char *const task_names[] = {
	[DRIFT_TASK_REGRESSION] = "regression",
	[DRIFT_TASK_BINARY] = "binary",
	[DRIFT_TASK_MULTICLASS] = "multiclass",
	[DRIFT_TASK_RANKING] = "ranking",
};

static const char *const step_names[] = {
	[DRIFT_STEP_ADD] = "add",
	[DRIFT_STEP_SUBTRACT] = "subtract",
	[DRIFT_STEP_MULTIPLY] = "multiply",
	[DRIFT_STEP_DIVIDE] = "divide",
	[DRIFT_STEP_IMPUTE] = "impute",
	[DRIFT_STEP_REPLACE] = "replace",
	[DRIFT_STEP_CLIP] = "clip",
	[DRIFT_STEP_BINARIZE] = "binarize",
	[DRIFT_STEP_TRUNCATE] = "truncate",
	[DRIFT_STEP_ROUND_SINGLE] = "round to float32",
	[DRIFT_STEP_NORMALIZE_L1] = "normalize (l1)",
	[DRIFT_STEP_NORMALIZE_L2] = "normalize (l2)",
	[DRIFT_STEP_NORMALIZE_MAX] = "normalize (max)",
	[DRIFT_STEP_ONE_HOT_NUMBER] = "one-hot of numbers",
	[DRIFT_STEP_ONE_HOT_TEXT] = "one-hot of labels",
	[DRIFT_STEP_MAP_NUMBER] = "map of numbers",
	[DRIFT_STEP_MAP_TEXT] = "map of labels",
};

typedef struct TreeFacts
{
	uint64 leaves;
	uint32 depth; /* splits on the longest path */
} TreeFacts;

/* Children lie behind their parents: one pass from the root finds every depth */
static uint32
TreeDepth(const DriftNode *nodes, const DriftTree *tree, uint16 *depths)
{
	uint32 deepest = 0;

	depths[0] = 0;
	for (uint32 i = 0; i < tree->n_nodes; i++)
	{
		const DriftNode *node = &nodes[tree->root + i];

		deepest = Max(deepest, depths[i]);
		if (node->kind >= DRIFT_NODE_LESS)
			depths[node->left - tree->root] = depths[node->right - tree->root] = depths[i] + 1;
	}
	return deepest;
}

static TreeFacts
CountTrees(const DriftModel *m)
{
	const DriftNode *nodes = drift_model_section(m, DRIFT_SECTION_NODES);
	const DriftTree *trees = drift_model_section(m, DRIFT_SECTION_TREES);
	uint64 n_nodes = drift_model_count(m, DRIFT_SECTION_NODES);
	uint16 *depths = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint16) * (n_nodes + 1));
	TreeFacts facts = {0};

	for (uint64 i = 0; i < drift_model_count(m, DRIFT_SECTION_TREES); i++)
	{
		CHECK_FOR_INTERRUPTS();
		facts.depth = Max(facts.depth, TreeDepth(nodes, &trees[i], depths));
	}
	for (uint64 i = 0; i < n_nodes; i++)
		if (nodes[i].kind < DRIFT_NODE_LESS)
			facts.leaves++;
	pfree(depths);
	return facts;
}

/* writing */

static void
WriteName(StringInfo out, const char *name)
{
	if (out->data[out->len - 1] != '{')
		appendStringInfoString(out, ", ");
	escape_json(out, name);
	appendStringInfoString(out, ": ");
}

static void
WriteText(StringInfo out, const char *name, const char *value)
{
	WriteName(out, name);
	escape_json(out, value);
}

static void
WriteCount(StringInfo out, const char *name, uint64 count)
{
	WriteName(out, name);
	appendStringInfo(out, UINT64_FORMAT, count);
}

static void
WriteNumber(StringInfo out, const char *name, double x)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (!isfinite(x))
		return;
	WriteName(out, name);
	double_to_shortest_decimal_buf(x, digits);
	appendStringInfoString(out, digits);
}

/* What the source does not say stays away */
static void
WriteImportance(StringInfo out, const DriftImportance *importance)
{
	WriteName(out, "importance");
	appendStringInfoChar(out, '{');
	WriteCount(out, "weight", importance->weight);
	WriteNumber(out, "gain", importance->gain);
	WriteNumber(out, "cover", importance->cover);
	WriteNumber(out, "total_gain", importance->total_gain);
	WriteNumber(out, "total_cover", importance->total_cover);
	appendStringInfoChar(out, '}');
}

/* Importance by input, of trees */
static DriftImportance *
FindImportance(const DriftModel *m)
{
	DriftHost host = ModelHost(CurrentMemoryContext);
	DriftImportance *importance;

	if (m->predictor != DRIFT_PREDICTOR_TREES)
		return NULL;
	importance = palloc(sizeof(DriftImportance) * drift_model_count(m, DRIFT_SECTION_INPUTS));
	drift_model_importance(m, &host, importance);
	return importance;
}

static void
WriteInputs(StringInfo out, const DriftModel *m)
{
	const DriftInput *inputs = drift_model_section(m, DRIFT_SECTION_INPUTS);
	DriftImportance *importance = FindImportance(m);

	WriteName(out, "inputs");
	appendStringInfoChar(out, '[');
	for (uint32 i = 0; i < drift_model_count(m, DRIFT_SECTION_INPUTS); i++)
	{
		appendStringInfoString(out, i > 0 ? ", {" : "{");
		WriteText(out, "name", ModelInputName(m, i));
		WriteText(out, "kind", inputs[i].kind == DRIFT_INPUT_TEXT ? "text" : "number");
		WriteName(out, "needs_value");
		appendStringInfoString(out, inputs[i].needs_value ? "true" : "false");
		if (importance != NULL)
			WriteImportance(out, &importance[i]);
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, ']');
}

static void
WriteSteps(StringInfo out, const DriftModel *m)
{
	const DriftStep *steps = drift_model_section(m, DRIFT_SECTION_STEPS);

	WriteName(out, "steps");
	appendStringInfoChar(out, '[');
	for (uint64 i = 0; i < drift_model_count(m, DRIFT_SECTION_STEPS); i++)
	{
		appendStringInfoString(out, i > 0 ? ", {" : "{");
		WriteText(out, "operation", step_names[steps[i].op]);
		WriteCount(out, "reads", steps[i].n_in);
		WriteCount(out, "writes", steps[i].n_out);
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, ']');
}

static void
WriteClasses(StringInfo out, const DriftModel *m)
{
	const uint32 *labels = drift_model_section(m, DRIFT_SECTION_LABELS);

	WriteName(out, "classes");
	appendStringInfoChar(out, '[');
	for (uint64 i = 0; i < drift_model_count(m, DRIFT_SECTION_LABELS); i++)
	{
		appendStringInfoString(out, i > 0 ? ", " : "");
		escape_json(out, ModelString(m, labels[i]));
	}
	appendStringInfoChar(out, ']');
}

/* What the model is bound to */
static void
WriteColumns(StringInfo out, const DriftModel *m)
{
	const DriftColumn *columns = drift_model_section(m, DRIFT_SECTION_COLUMNS);

	WriteName(out, "columns");
	appendStringInfoChar(out, '[');
	for (uint64 i = 0; i < drift_model_count(m, DRIFT_SECTION_COLUMNS); i++)
	{
		appendStringInfoString(out, i > 0 ? ", " : "");
		escape_json(out, ModelString(m, columns[i].name));
	}
	appendStringInfoChar(out, ']');
}

static void
WriteTrees(StringInfo out, const DriftModel *m)
{
	TreeFacts facts = CountTrees(m);

	WriteCount(out, "trees", drift_model_count(m, DRIFT_SECTION_TREES));
	WriteCount(out, "depth", facts.depth);
	WriteCount(out, "nodes", drift_model_count(m, DRIFT_SECTION_NODES));
	WriteCount(out, "leaves", facts.leaves);
}

static void
WriteDigest(StringInfo out, const DriftModel *m)
{
	WriteName(out, "digest");
	appendStringInfoChar(out, '"');
	for (int i = 0; i < DRIFT_MODEL_DIGEST; i++)
		appendStringInfo(out, "%02x", m->digest[i]);
	appendStringInfoChar(out, '"');
}

PG_FUNCTION_INFO_V1(drift_describe);
Datum
drift_describe(PG_FUNCTION_ARGS)
{
	const DriftModel *m = ModelDetoast(PG_GETARG_DATUM(0));
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	WriteText(&out, "source", source_names[m->source]);
	WriteText(&out, "version", ModelString(m, m->source_version));
	WriteText(&out, "objective", ModelString(m, m->objective));
	WriteText(&out, "task", task_names[m->task]);
	WriteText(&out, "predictor", predictor_names[m->predictor]);
	WriteInputs(&out, m);
	if (drift_model_count(m, DRIFT_SECTION_COLUMNS) > 0)
		WriteColumns(&out, m);
	WriteSteps(&out, m);
	WriteCount(&out, "features", drift_model_count(m, DRIFT_SECTION_FEATURES));
	WriteCount(&out, "outputs", drift_model_outputs(m));
	if (drift_model_count(m, DRIFT_SECTION_LABELS) > 0)
		WriteClasses(&out, m);
	if (m->predictor == DRIFT_PREDICTOR_TREES)
		WriteTrees(&out, m);
	WriteCount(&out, "bytes", VARSIZE(m));
	WriteDigest(&out, m);
	appendStringInfoChar(&out, '}');
	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data)));
}
