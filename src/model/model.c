#include "model/model.h"

#include <math.h>
#include <string.h>

size_t
drift_section_element(DriftSectionName name)
{
	static const size_t sizes[DRIFT_SECTIONS] = {
		[DRIFT_SECTION_INPUTS] = sizeof(DriftInput),   [DRIFT_SECTION_STEPS] = sizeof(DriftStep),
		[DRIFT_SECTION_SLOT_LISTS] = sizeof(uint32_t), [DRIFT_SECTION_FEATURES] = sizeof(uint32_t),
		[DRIFT_SECTION_NUMBERS] = sizeof(double),      [DRIFT_SECTION_BASE] = sizeof(double),
		[DRIFT_SECTION_COEFFICIENTS] = sizeof(double), [DRIFT_SECTION_TREES] = sizeof(DriftTree),
		[DRIFT_SECTION_NODES] = sizeof(DriftNode),     [DRIFT_SECTION_LEAF_WEIGHTS] = sizeof(DriftLeafWeight),
		[DRIFT_SECTION_SETS] = sizeof(uint32_t),       [DRIFT_SECTION_LABELS] = sizeof(uint32_t),
		[DRIFT_SECTION_STRINGS] = sizeof(DriftString), [DRIFT_SECTION_TEXT] = 1,
		[DRIFT_SECTION_COLUMNS] = sizeof(DriftColumn),
	};

	return sizes[name];
}

uint32_t
drift_model_outputs(const DriftModel *m)
{
	return m->transform == DRIFT_TRANSFORM_ARGMAX ? 1 : m->groups;
}

/* What a check has found out, and the sections it looks at again and again. */
typedef struct Check
{
	const DriftModel *m;
	uint64_t count[DRIFT_SECTIONS];
	const char *what;
} Check;

static bool
fails(Check *c, const char *what)
{
	c->what = what;
	return false;
}

/* Is first .. first + n - 1 part of a section? */
static bool
within(const Check *c, DriftSectionName name, uint64_t first, uint64_t n)
{
	return first <= c->count[name] && n <= c->count[name] - first;
}

static uint64_t
aligned(uint64_t offset)
{
	return (offset + 7) & ~(uint64_t) 7;
}

static bool
check_sections(Check *c, size_t size)
{
	uint64_t end = sizeof(DriftModel);

	for (int name = 0; name < DRIFT_SECTIONS; name++)
	{
		const DriftSection *section = &c->m->section[name];
		size_t element = drift_section_element((DriftSectionName) name);

		if (section->offset != aligned(end) || section->offset > size ||
			section->count > (size - section->offset) / element)
			return fails(c, "a section does not lie within the model");
		end = section->offset + section->count * element;
		c->count[name] = section->count;
	}
	return aligned(end) == size || fails(c, "bytes follow the last section");
}

static bool
check_strings(Check *c)
{
	const DriftString *strings = drift_model_section(c->m, DRIFT_SECTION_STRINGS);
	const uint32_t *labels = drift_model_section(c->m, DRIFT_SECTION_LABELS);

	uint64_t bytes = 0;

	for (uint64_t i = 0; i < c->count[DRIFT_SECTION_STRINGS]; i++)
	{
		bytes += strings[i].length;
		if (!within(c, DRIFT_SECTION_TEXT, strings[i].start, strings[i].length) || bytes > c->count[DRIFT_SECTION_TEXT])
			return fails(c, "a string does not lie within the text, or has some with another");
	}
	for (uint64_t i = 0; i < c->count[DRIFT_SECTION_LABELS]; i++)
		if (!within(c, DRIFT_SECTION_STRINGS, labels[i], 1))
			return fails(c, "a class has no label");
	if (!within(c, DRIFT_SECTION_STRINGS, c->m->source_version, 1) ||
		!within(c, DRIFT_SECTION_STRINGS, c->m->objective, 1))
		return fails(c, "the source's version or objective is missing");
	return true;
}

static bool
check_inputs(Check *c)
{
	const DriftInput *inputs = drift_model_section(c->m, DRIFT_SECTION_INPUTS);

	if (c->count[DRIFT_SECTION_INPUTS] == 0 || c->count[DRIFT_SECTION_INPUTS] > DRIFT_MODEL_MAX_INPUTS)
		return fails(c, "a model has from 1 to 65535 inputs");
	for (uint64_t i = 0; i < c->count[DRIFT_SECTION_INPUTS]; i++)
		if (!within(c, DRIFT_SECTION_STRINGS, inputs[i].name, 1) || inputs[i].kind < DRIFT_INPUT_NUMBER ||
			inputs[i].kind > DRIFT_INPUT_TEXT || inputs[i].single > 1 || inputs[i].needs_value > 1)
			return fails(c, "an input is not one");
	return true;
}

/* Each input is in one column, or there are no columns. */
static bool
check_columns(Check *c)
{
	const DriftColumn *columns = drift_model_section(c->m, DRIFT_SECTION_COLUMNS);
	uint64_t inputs = c->count[DRIFT_SECTION_INPUTS];
	uint64_t seen[(DRIFT_MODEL_MAX_INPUTS + 63) / 64] = {0};
	uint64_t met = 0;

	if (c->count[DRIFT_SECTION_COLUMNS] > DRIFT_MODEL_MAX_COLUMNS)
		return fails(c, "a model is bound to at most 65535 columns");
	for (uint64_t i = 0; i < c->count[DRIFT_SECTION_COLUMNS]; i++)
	{
		uint32_t input = columns[i].input;

		if (!within(c, DRIFT_SECTION_STRINGS, columns[i].name, 1))
			return fails(c, "a column has no name");
		if (input == DRIFT_NO_INPUT)
			continue;
		if (input >= inputs || (seen[input / 64] >> input % 64 & 1))
			return fails(c, "a column is of an input that is not there or has one");
		seen[input / 64] |= (uint64_t) 1 << input % 64;
		met++;
	}
	return c->count[DRIFT_SECTION_COLUMNS] == 0 || met == inputs || fails(c, "an input has no column");
}

/* Numbers, strings and outputs that a step needs for its inputs. */
static bool
step_counts_fit(const DriftStep *s)
{
	uint64_t n = s->n_in;

	switch ((DriftStepOp) s->op)
	{
		case DRIFT_STEP_ADD:
		case DRIFT_STEP_SUBTRACT:
		case DRIFT_STEP_MULTIPLY:
		case DRIFT_STEP_DIVIDE:
		case DRIFT_STEP_IMPUTE:
		case DRIFT_STEP_BINARIZE:
			return s->n_numbers == n && s->n_strings == 0 && s->n_out == n;
		case DRIFT_STEP_REPLACE:
		case DRIFT_STEP_CLIP:
			return s->n_numbers == 2 * n && s->n_strings == 0 && s->n_out == n;
		case DRIFT_STEP_TRUNCATE:
		case DRIFT_STEP_ROUND_SINGLE:
		case DRIFT_STEP_NORMALIZE_L1:
		case DRIFT_STEP_NORMALIZE_L2:
		case DRIFT_STEP_NORMALIZE_MAX:
			return s->n_numbers == 0 && s->n_strings == 0 && s->n_out == n;
		case DRIFT_STEP_ONE_HOT_NUMBER:
			return n == 1 && s->n_strings == 0 && s->n_out == s->n_numbers;
		case DRIFT_STEP_ONE_HOT_TEXT:
			return n == 1 && s->n_numbers == 0 && s->n_out == s->n_strings;
		case DRIFT_STEP_MAP_NUMBER:
			return n == 1 && s->n_numbers % 2 == 1 && s->n_strings == 0 && s->n_out == 1;
		case DRIFT_STEP_MAP_TEXT:
			return n == 1 && s->n_numbers == (uint64_t) s->n_strings + 1 && s->n_out == 1;
	}
	return false;
}

static bool
reads_text(const DriftStep *s)
{
	return s->op == DRIFT_STEP_ONE_HOT_TEXT || s->op == DRIFT_STEP_MAP_TEXT;
}

/* Is the slot written before, and of the kind that is read? */
static bool
slot_fits(const Check *c, uint32_t slot, uint64_t written, bool text)
{
	const DriftInput *inputs = drift_model_section(c->m, DRIFT_SECTION_INPUTS);
	bool is_text = slot < c->count[DRIFT_SECTION_INPUTS] && inputs[slot].kind == DRIFT_INPUT_TEXT;

	return slot < written && is_text == text;
}

static bool
check_steps(Check *c)
{
	const DriftStep *steps = drift_model_section(c->m, DRIFT_SECTION_STEPS);
	const uint32_t *slots = drift_model_section(c->m, DRIFT_SECTION_SLOT_LISTS);
	uint64_t written = c->count[DRIFT_SECTION_INPUTS];

	for (uint64_t i = 0; i < c->count[DRIFT_SECTION_STEPS]; i++)
	{
		const DriftStep *s = &steps[i];

		if (!step_counts_fit(s) || s->single > 1 || s->must_know > 2 ||
			!within(c, DRIFT_SECTION_SLOT_LISTS, s->first_in, s->n_in) ||
			!within(c, DRIFT_SECTION_NUMBERS, s->first_number, s->n_numbers) ||
			!within(c, DRIFT_SECTION_STRINGS, s->first_string, s->n_strings))
			return fails(c, "a step is not one");
		for (uint32_t j = 0; j < s->n_in; j++)
			if (!slot_fits(c, slots[s->first_in + j], written, reads_text(s)))
				return fails(c, "a step reads what is not there");
		written += s->n_out;
		if (written > DRIFT_MODEL_MAX_SLOTS)
			return fails(c, "the steps write too many columns");
	}
	if (written != c->m->slots)
		return fails(c, "the number of slots is wrong");
	return true;
}

static bool
check_features(Check *c)
{
	const uint32_t *features = drift_model_section(c->m, DRIFT_SECTION_FEATURES);

	if (c->count[DRIFT_SECTION_FEATURES] > DRIFT_MODEL_MAX_SLOTS)
		return fails(c, "the predictor reads too many columns");
	for (uint64_t i = 0; i < c->count[DRIFT_SECTION_FEATURES]; i++)
		if (!slot_fits(c, features[i], c->m->slots, false))
			return fails(c, "the predictor reads what is not there");
	return true;
}

static bool
check_head(Check *c)
{
	const DriftModel *m = c->m;

	if (m->source < DRIFT_SOURCE_JSON || m->source > DRIFT_SOURCE_ONNX || m->task < DRIFT_TASK_REGRESSION ||
		m->task > DRIFT_TASK_RANKING || m->transform < DRIFT_TRANSFORM_IDENTITY ||
		m->transform > DRIFT_TRANSFORM_LOGISTIC_SHARES || m->decision > DRIFT_DECISION_LARGEST_MARGIN ||
		m->average > DRIFT_AVERAGE_OUTPUT || m->single > 1 || m->base_first > 1 || m->skip_missing > 1 ||
		m->average_over == 0 || !isfinite(m->parameter))
		return fails(c, "the header holds unknown values");
	if (m->groups == 0 || m->groups > DRIFT_MODEL_MAX_GROUPS || c->count[DRIFT_SECTION_BASE] != m->groups)
		return fails(c, "a model has from 1 to 10000 margins, and a base for each");
	return true;
}

/* Labels are of the classes: two, or as many as outputs. */
static bool
check_task(Check *c)
{
	uint64_t labels = c->count[DRIFT_SECTION_LABELS];
	uint64_t classes = c->m->task == DRIFT_TASK_BINARY && c->m->groups == 1 ? 2 : c->m->groups;
	bool classifies = c->m->task == DRIFT_TASK_BINARY || c->m->task == DRIFT_TASK_MULTICLASS;

	if (classifies != (c->m->decision != DRIFT_DECISION_NONE))
		return fails(c, "classes need a decision, and only they do");
	if (c->m->task == DRIFT_TASK_MULTICLASS && c->m->groups == 1)
		return fails(c, "many classes need many margins");
	if (labels != (classifies ? classes : 0))
		return fails(c, "every class needs a label");
	if (classifies && c->m->groups > 1 && c->m->decision < DRIFT_DECISION_LARGEST)
		return fails(c, "of several margins the largest decides");
	return true;
}

static bool
check_node(Check *c, const DriftNode *node)
{
	if (node->kind == DRIFT_NODE_LEAF)
		return !isnan(node->value) || fails(c, "a leaf is NaN");
	if (node->kind == DRIFT_NODE_LEAF_VECTOR)
		return within(c, DRIFT_SECTION_LEAF_WEIGHTS, node->left, node->right) || fails(c, "a leaf has no weights");
	if (node->kind < DRIFT_NODE_LESS || node->kind > DRIFT_NODE_IN_SET_FLOOR || node->missing < DRIFT_MISSING_NAN ||
		node->missing > DRIFT_MISSING_NONE || node->missing_left > 1)
		return fails(c, "a node holds unknown values");
	if (node->feature >= c->count[DRIFT_SECTION_FEATURES])
		return fails(c, "a node reads a feature that is not there");
	if (isnan(node->value))
		return fails(c, "a threshold is NaN");
	if (node->kind >= DRIFT_NODE_IN_SET &&
		(!(node->value >= 0) || node->value > UINT32_MAX || node->value != floor(node->value) ||
		 !within(c, DRIFT_SECTION_SETS, (uint64_t) node->value, node->set_words)))
		return fails(c, "a node's set is not there");
	return true;
}

/* Nodes whose parents are looked for at a time. */
#define PARENTS_AT_ONCE 65536

/* Notes a child among those from first on; false if it has been noted before. */
static bool
note_child(uint64_t *seen, uint32_t first, uint32_t child)
{
	uint32_t place = child - first;
	uint64_t bit = (uint64_t) 1 << place % 64;

	if (child < first || place >= PARENTS_AT_ONCE)
		return true;
	if (seen[place / 64] & bit)
		return false;
	seen[place / 64] |= bit;
	return true;
}

/* Is each node but the root the child of exactly one? As many children as there are nodes, and none is noted twice. */
static bool
check_parents(Check *c, const DriftTree *tree)
{
	const DriftNode *nodes = drift_model_section(c->m, DRIFT_SECTION_NODES);
	uint64_t seen[PARENTS_AT_ONCE / 64];
	uint64_t end = (uint64_t) tree->root + tree->n_nodes;
	uint64_t children = 0;

	for (uint64_t first = tree->root; first < end; first += PARENTS_AT_ONCE)
	{
		uint64_t last = first + PARENTS_AT_ONCE < end ? first + PARENTS_AT_ONCE : end;

		memset(seen, 0, (last - first + 63) / 64 * sizeof(uint64_t));
		for (uint64_t i = tree->root; i < last; i++)
			if (nodes[i].kind >= DRIFT_NODE_LESS && (!note_child(seen, (uint32_t) first, nodes[i].left) ||
													 !note_child(seen, (uint32_t) first, nodes[i].right)))
				return fails(c, "a node has two parents");
	}
	for (uint64_t i = tree->root; i < end; i++)
		children += nodes[i].kind >= DRIFT_NODE_LESS ? 2 : 0;
	return children + 1 == tree->n_nodes || fails(c, "a node is out of reach");
}

/* Walks depth first, what is known to be a tree; fewer nodes wait than it is deep. */
static bool
check_depth(Check *c, const DriftTree *tree)
{
	const DriftNode *nodes = drift_model_section(c->m, DRIFT_SECTION_NODES);
	struct
	{
		uint32_t node;
		uint32_t depth;
	} waiting[DRIFT_MODEL_MAX_DEPTH];
	uint32_t n_waiting = 0;
	uint32_t depth = 0;
	uint32_t at = tree->root;

	for (;;)
	{
		const DriftNode *node = &nodes[at];

		if (node->kind >= DRIFT_NODE_LESS)
		{
			if (depth == DRIFT_MODEL_MAX_DEPTH)
				return fails(c, "a tree is too deep");
			depth++;
			waiting[n_waiting].node = node->right;
			waiting[n_waiting++].depth = depth;
			at = node->left;
		}
		else if (n_waiting == 0)
			return true;
		else
		{
			at = waiting[--n_waiting].node;
			depth = waiting[n_waiting].depth;
		}
	}
}

/* Children lie behind their parent and every node but the root is the child of one: so all are reached, once. */
static bool
check_tree(Check *c, const DriftTree *tree)
{
	const DriftNode *nodes = drift_model_section(c->m, DRIFT_SECTION_NODES);
	uint64_t end = (uint64_t) tree->root + tree->n_nodes;

	for (uint64_t i = tree->root; i < end; i++)
	{
		const DriftNode *node = &nodes[i];

		if (!check_node(c, node))
			return false;
		if (node->kind >= DRIFT_NODE_LESS &&
			(node->left <= i || node->left >= end || node->right <= i || node->right >= end))
			return fails(c, "a child does not lie behind its parent in its tree");
	}
	return check_parents(c, tree) && check_depth(c, tree);
}

static bool
check_trees(Check *c)
{
	const DriftTree *trees = drift_model_section(c->m, DRIFT_SECTION_TREES);
	const DriftLeafWeight *weights = drift_model_section(c->m, DRIFT_SECTION_LEAF_WEIGHTS);
	uint64_t next = 0;

	for (uint64_t i = 0; i < c->count[DRIFT_SECTION_TREES]; i++)
	{
		const DriftTree *tree = &trees[i];

		if (tree->root != next || tree->n_nodes == 0 || !within(c, DRIFT_SECTION_NODES, next, tree->n_nodes))
			return fails(c, "a tree's nodes are not there");
		if (tree->group >= c->m->groups || !isfinite(tree->weight))
			return fails(c, "a tree has no margin");
		if (!check_tree(c, tree))
			return false;
		next += tree->n_nodes;
	}
	if (next != c->count[DRIFT_SECTION_NODES] || next > UINT32_MAX)
		return fails(c, "nodes belong to no tree");
	for (uint64_t i = 0; i < c->count[DRIFT_SECTION_LEAF_WEIGHTS]; i++)
		if (weights[i].group >= c->m->groups || isnan(weights[i].weight))
			return fails(c, "a leaf's weight has no margin");
	return true;
}

static bool
check_predictor(Check *c)
{
	if (c->m->predictor == DRIFT_PREDICTOR_TREES)
		return c->count[DRIFT_SECTION_COEFFICIENTS] == 0 ? check_trees(c) : fails(c, "trees have no coefficients");
	if (c->m->predictor != DRIFT_PREDICTOR_LINEAR)
		return fails(c, "unknown predictor");
	if (c->count[DRIFT_SECTION_TREES] != 0 || c->count[DRIFT_SECTION_NODES] != 0)
		return fails(c, "a linear model has no trees");
	if (c->count[DRIFT_SECTION_COEFFICIENTS] != c->m->groups * c->count[DRIFT_SECTION_FEATURES])
		return fails(c, "a linear model has a coefficient for each feature and margin");
	return true;
}

DriftStatus
drift_model_check(const DriftModel *m, size_t size, const char **what)
{
	Check c = {.m = m};

	*what = NULL;
	if (size < sizeof(DriftModel))
		*what = "the bytes end before the header does";
	else if (m->order_mark != DRIFT_MODEL_ORDER_MARK)
		*what = "not a model, or one of a machine of the other byte order";
	else if (m->version != DRIFT_MODEL_VERSION)
	{
		*what = "a model of a version this one does not know";
		return DRIFT_BAD_VERSION;
	}
	if (*what)
		return DRIFT_CORRUPT;
	if (check_sections(&c, size) && check_strings(&c) && check_inputs(&c) && check_columns(&c) && check_steps(&c) &&
		check_features(&c) && check_head(&c) && check_task(&c) && check_predictor(&c))
		return DRIFT_OK;
	*what = c.what;
	return DRIFT_CORRUPT;
}
