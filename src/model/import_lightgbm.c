#include "model/import.h"

#include <string.h>

#include "model/json.h"
#include "model/lightgbm_inputs.h"
#include "model/lightgbm_objective.h"
#include "model/lightgbm_text.h"
#include "model/lightgbm_tree.h"

/* Keys of the header. */
typedef enum Key
{
	VERSION,
	NUM_CLASS,
	NUM_TREE_PER_ITERATION,
	LABEL_INDEX,
	MAX_FEATURE_IDX,
	OBJECTIVE,
	AVERAGE_OUTPUT,
	FEATURE_NAMES,
	MONOTONE_CONSTRAINTS,
	FEATURE_INFOS,
	TREE_SIZES,
	KEYS
} Key;

static const char *
key_name(Key key)
{
	static const char names[KEYS][24] = {
		[VERSION] = "version",
		[NUM_CLASS] = "num_class",
		[NUM_TREE_PER_ITERATION] = "num_tree_per_iteration",
		[LABEL_INDEX] = "label_index",
		[MAX_FEATURE_IDX] = "max_feature_idx",
		[OBJECTIVE] = "objective",
		[AVERAGE_OUTPUT] = "average_output",
		[FEATURE_NAMES] = "feature_names",
		[MONOTONE_CONSTRAINTS] = "monotone_constraints",
		[FEATURE_INFOS] = "feature_infos",
		[TREE_SIZES] = "tree_sizes",
	};

	return names[key];
}

typedef struct Reader
{
	DriftDraft *draft;
	const DriftImportOptions *options;
	DriftRefusal *refusal;
	DriftLines lines;
	DriftSpan value[KEYS];
	bool seen[KEYS];
	DriftLightgbmInputs inputs;
	uint32_t iterations;
	bool ended; /* the parameters did */
} Reader;

static DriftStatus
refuse(const Reader *t, DriftStatus status, const char *reason, Key key)
{
	const char *name = key_name(key);

	return drift_refuse(t->refusal, status, reason, name, strlen(name), t->seen[key] ? t->value[key].line : 1);
}

static DriftStatus
refuse_line(const Reader *t, DriftStatus status, const char *reason, const DriftSpan *line)
{
	return drift_refuse(t->refusal, status, reason, line->start, line->length, line->line);
}

static DriftStatus
refuse_end(const Reader *t)
{
	return drift_refuse(t->refusal, DRIFT_TRUNCATED, "the text ends too early", "", 0, t->lines.line);
}

static DriftStatus
keep_key(Reader *t, const DriftSpan *line)
{
	DriftSpan name;
	DriftSpan value;
	bool valued = drift_span_cut(line, &name, &value);
	int key = 0;

	while (key < KEYS && !drift_span_is(&name, key_name((Key) key)))
		key++;
	if (key == KEYS)
		return refuse_line(t, DRIFT_UNSUPPORTED, "unknown key of the header", &name);
	if (t->seen[key])
		return refuse(t, DRIFT_CORRUPT, "the header has a key twice", (Key) key);
	t->seen[key] = true;
	t->value[key] = value;
	if (valued == (key == AVERAGE_OUTPUT))
		return refuse(t, DRIFT_CORRUPT, valued ? "this key has no value" : "a key has no value", (Key) key);
	return DRIFT_OK;
}

/* Keys up to the blank line in front of the trees. */
static DriftStatus
read_keys(Reader *t)
{
	DriftSpan line = {.line = 1};

	if (!drift_next_line(&t->lines, &line) || !drift_span_is(&line, "tree"))
		return refuse_line(t, DRIFT_CORRUPT, "not a model of LightGBM: its first line is \"tree\"", &line);
	while (drift_next_line(&t->lines, &line))
	{
		if (line.length == 0)
			return DRIFT_OK;
		if (keep_key(t, &line) != DRIFT_OK)
			return t->refusal->status;
	}
	return refuse_end(t);
}

static DriftStatus
read_count(Reader *t, Key key, int64_t least, int64_t most, int64_t *count)
{
	if (!t->seen[key])
		return refuse(t, DRIFT_CORRUPT, "the header lacks a key", key);
	if (!drift_span_integer(&t->value[key], least, most, count))
		return refuse(t, DRIFT_CORRUPT, "not a number, or one out of range", key);
	return DRIFT_OK;
}

static DriftStatus
read_version(Reader *t)
{
	const DriftSpan *version = &t->value[VERSION];

	if (!t->seen[VERSION])
		return refuse(t, DRIFT_CORRUPT, "the header lacks a key", VERSION);
	if (!drift_span_is(version, "v2") && !drift_span_is(version, "v3") && !drift_span_is(version, "v4"))
		return refuse_line(t, DRIFT_UNSUPPORTED, "a version of LightGBM's text that is not known here", version);
	t->draft->head.source_version = drift_draft_string(t->draft, version->start, version->length);
	return DRIFT_OK;
}

static DriftStatus
read_head(Reader *t)
{
	int64_t classes;
	int64_t groups;
	int64_t last_feature;

	if (read_version(t) != DRIFT_OK || read_count(t, NUM_CLASS, 1, DRIFT_MODEL_MAX_GROUPS, &classes) != DRIFT_OK ||
		read_count(t, MAX_FEATURE_IDX, 0, DRIFT_MODEL_MAX_INPUTS - 1, &last_feature) != DRIFT_OK)
		return t->refusal->status;
	groups = classes;
	if (t->seen[NUM_TREE_PER_ITERATION] &&
		read_count(t, NUM_TREE_PER_ITERATION, 1, DRIFT_MODEL_MAX_GROUPS, &groups) != DRIFT_OK)
		return t->refusal->status;
	if (!t->seen[FEATURE_NAMES] || !t->seen[FEATURE_INFOS])
		return refuse(t, DRIFT_CORRUPT, "the header lacks a key",
					  t->seen[FEATURE_NAMES] ? FEATURE_INFOS : FEATURE_NAMES);
	t->inputs.features = (uint32_t) last_feature + 1;
	t->inputs.names = t->value[FEATURE_NAMES];
	t->inputs.infos = t->value[FEATURE_INFOS];
	t->draft->head.groups = (uint32_t) groups;
	drift_draft_add(t->draft, DRIFT_SECTION_BASE, t->draft->head.groups);
	t->draft->head.objective = drift_draft_string(t->draft, t->value[OBJECTIVE].start, t->value[OBJECTIVE].length);
	return drift_lightgbm_objective(t->draft, &t->value[OBJECTIVE], t->refusal);
}

/* Is the line "Tree=" and the number? */
static bool
is_tree(const DriftSpan *line, uint64_t number)
{
	DriftSpan rest;
	int64_t written;

	if (!drift_span_begins(line, "Tree="))
		return false;
	rest = drift_span_behind(line, strlen("Tree="));
	return drift_span_integer(&rest, (int64_t) number, (int64_t) number, &written);
}

static DriftStatus
read_trees(Reader *t)
{
	const DriftHost *host = t->draft->host;
	DriftSpan line;

	while (drift_next_line(&t->lines, &line))
	{
		uint64_t trees = drift_draft_count(t->draft, DRIFT_SECTION_TREES);

		if (line.length == 0)
			continue;
		if (drift_span_is(&line, "end of trees"))
			return DRIFT_OK;
		if (!is_tree(&line, trees))
			return refuse_line(t, DRIFT_CORRUPT, "the next tree or the end of trees is expected", &line);
		if (host->poll != NULL)
			host->poll();
		if (drift_lightgbm_tree(t->draft, &t->lines, t->inputs.features, (uint32_t) (trees % t->draft->head.groups),
								t->refusal) != DRIFT_OK)
			return t->refusal->status;
	}
	return refuse_end(t);
}

/* Skips lines up to one; keeps which features the parameters name as categorical. */
static DriftStatus
skip_to(Reader *t, const char *last)
{
	static const char categorical[] = "[categorical_feature: ";
	DriftSpan line;

	while (drift_next_line(&t->lines, &line))
	{
		if (drift_span_is(&line, last))
			return DRIFT_OK;
		if (drift_span_begins(&line, categorical) && line.start[line.length - 1] == ']')
		{
			t->inputs.parameter = drift_span_behind(&line, strlen(categorical));
			t->inputs.parameter.length--;
		}
	}
	return refuse_end(t);
}

/* A section behind the trees, by its first line. */
static DriftStatus
read_section(Reader *t, const DriftSpan *line)
{
	static const char categories[] = "pandas_categorical:";

	if (drift_span_is(line, "feature_importances:"))
		return skip_to(t, "");
	if (drift_span_is(line, "parameters:") && !t->ended)
	{
		t->ended = true;
		return skip_to(t, "end of parameters");
	}
	if (drift_span_is(line, "parser:"))
		return skip_to(t, "end of parser");
	if (drift_span_begins(line, categories) && t->inputs.categories.start == NULL)
	{
		t->inputs.categories = drift_span_behind(line, strlen(categories));
		return DRIFT_OK;
	}
	return refuse_line(t, DRIFT_CORRUPT, "unknown or repeated section behind the trees", line);
}

static DriftStatus
read_sections(Reader *t)
{
	DriftSpan line;

	while (drift_next_line(&t->lines, &line))
		if (line.length > 0 && read_section(t, &line) != DRIFT_OK)
			return t->refusal->status;
	/* Versions before v3 do not always write parameters; of others what lacks them is a part. */
	return t->ended || drift_span_is(&t->value[VERSION], "v2") ? DRIFT_OK : refuse_end(t);
}

/* Are there as many trees as the header says, in whole iterations? */
static DriftStatus
count_trees(Reader *t)
{
	uint64_t trees = drift_draft_count(t->draft, DRIFT_SECTION_TREES);
	uint32_t groups = t->draft->head.groups;
	DriftSpan rest = t->value[TREE_SIZES];
	DriftSpan word;
	uint64_t sizes = 0;

	while (drift_next_word(&rest, ' ', &word))
		sizes++;
	if (t->seen[TREE_SIZES] && sizes != trees)
		return refuse(t, DRIFT_CORRUPT, "there are not as many trees as sizes of trees", TREE_SIZES);
	if (trees == 0)
		return drift_refuse(t->refusal, DRIFT_CORRUPT, "the model has no trees", "", 0, t->lines.line);
	if (trees % groups != 0)
		return refuse(t, DRIFT_CORRUPT, "the last iteration is not whole", NUM_TREE_PER_ITERATION);
	t->iterations = (uint32_t) (trees / groups);
	return DRIFT_OK;
}

/* Drops what is behind the iterations asked for. LightGBM saves no more than the best, so the best are all. */
static DriftStatus
keep_iterations(Reader *t)
{
	int64_t kept = t->options->iterations;
	DriftGrowing *trees = &t->draft->section[DRIFT_SECTION_TREES];
	DriftGrowing *nodes = &t->draft->section[DRIFT_SECTION_NODES];
	const DriftTree *last;

	if (kept == DRIFT_ITERATIONS_ALL || kept == DRIFT_ITERATIONS_BEST)
		kept = t->iterations;
	if (kept < 1 || kept > t->iterations)
		return drift_refuse(t->refusal, DRIFT_UNSUPPORTED, "the model does not have that many iterations", "iterations",
							strlen("iterations"), t->lines.line);
	trees->count = (uint64_t) kept * t->draft->head.groups;
	last = (const DriftTree *) trees->elements + trees->count - 1;
	nodes->count = (uint64_t) last->root + last->n_nodes;
	if (t->seen[AVERAGE_OUTPUT])
	{
		t->draft->head.average = DRIFT_AVERAGE_OUTPUT;
		t->draft->head.average_over = (uint32_t) kept;
	}
	return DRIFT_OK;
}

DriftStatus
drift_import_lightgbm(DriftDraft *d, const char *bytes, size_t size, const DriftImportOptions *options, DriftRefusal *r)
{
	Reader t = {.draft = d, .options = options, .refusal = r, .lines = {bytes, bytes + size, 0}};

	d->head.source = DRIFT_SOURCE_LIGHTGBM;
	d->head.predictor = DRIFT_PREDICTOR_TREES;
	d->head.base_first = 1;
	if (read_keys(&t) != DRIFT_OK || read_head(&t) != DRIFT_OK || read_trees(&t) != DRIFT_OK ||
		read_sections(&t) != DRIFT_OK || count_trees(&t) != DRIFT_OK || keep_iterations(&t) != DRIFT_OK)
		return r->status;
	return drift_lightgbm_inputs(d, &t.inputs, r);
}
