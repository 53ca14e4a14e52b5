#include "model/form_parts.h"

#include <math.h>
#include <string.h>

#define NO_CHILD (-1)

/* Keys of a tree: scikit-learn's arrays, of a number for each node, and what the tree is as a whole. */
typedef enum Key
{
	CHILDREN_LEFT,
	CHILDREN_RIGHT,
	FEATURE,
	THRESHOLD,
	VALUE,
	MISSING_GO_TO_LEFT,
	COVER,
	GAIN,
	OUTPUT,
	WEIGHT,
	KEYS
} Key;

static const char *
key_name(Key key)
{
	static const char names[KEYS][20] = {
		[CHILDREN_LEFT] = "children_left",
		[CHILDREN_RIGHT] = "children_right",
		[FEATURE] = "feature",
		[THRESHOLD] = "threshold",
		[VALUE] = "value",
		[MISSING_GO_TO_LEFT] = "missing_go_to_left",
		[COVER] = "cover",
		[GAIN] = "gain",
		[OUTPUT] = "output",
		[WEIGHT] = "weight",
	};

	return names[key];
}

typedef struct Reader
{
	DriftForm *form;
	DriftJson json;
	DriftGrowing list[KEYS]; /* int64_t of children, features and missing_go_to_left; double of others */
	uint64_t seen;
	int64_t output;
	double weight;
	uint64_t width;     /* of the values of this tree; 0: numbers */
	uint64_t all_width; /* of those of all */
	uint64_t trees;
	bool *placed;    /* of each node of this tree */
	int64_t *place;  /* the number of each node of the draft */
	uint64_t places; /* so far */
	uint64_t root;
	bool knows_missing;
} Reader;

static bool
refuse_key(Reader *t, const char *reason, Key key)
{
	const char *name = key_name(key);

	drift_refuse(t->json.refusal, DRIFT_CORRUPT, reason, name, strlen(name), t->json.start);
	return false;
}

static bool
read_output(Reader *t)
{
	drift_json_next(&t->json);
	if (!drift_json_integer(&t->json, &t->output) || t->output < 0 || t->output >= DRIFT_MODEL_MAX_GROUPS)
		return t->json.event != DRIFT_JSON_ERROR && refuse_key(t, "not a number, or one out of range", OUTPUT);
	return true;
}

static bool
read_weight(Reader *t)
{
	drift_json_next(&t->json);
	t->weight = drift_json_double(&t->json);
	return isfinite(t->weight) || (t->json.event != DRIFT_JSON_ERROR && refuse_key(t, "not a number", WEIGHT));
}

static bool
read_key(Reader *t, Key key)
{
	switch (key)
	{
		case CHILDREN_LEFT:
		case CHILDREN_RIGHT:
		case FEATURE:
		case MISSING_GO_TO_LEFT:
			return drift_json_integers(&t->json, &t->list[key]);
		case THRESHOLD:
		case COVER:
		case GAIN:
			return drift_json_doubles(&t->json, &t->list[key]);
		case VALUE:
			return drift_form_matrix(&t->json, &t->list[key], &t->width);
		case OUTPUT:
			return read_output(t);
		case WEIGHT:
			return read_weight(t);
		case KEYS:
			break;
	}
	return drift_form_unknown_key(&t->json);
}

/* Are all lists there that have to be, and as long as there are nodes? */
static bool
check_lists(Reader *t)
{
	uint64_t nodes = t->list[CHILDREN_LEFT].count;
	uint64_t known = drift_draft_count(t->form->draft, DRIFT_SECTION_NODES);

	for (int key = 0; key <= VALUE; key++)
		if (!(t->seen >> key & 1))
			return refuse_key(t, "a tree lacks a key", (Key) key);
	for (int key = 0; key <= GAIN; key++)
		if ((t->seen >> key & 1) && t->list[key].count != nodes * (key == VALUE && t->width > 0 ? t->width : 1))
			return refuse_key(t, "not as many numbers as nodes", (Key) key);
	if (nodes == 0 || nodes + known > UINT32_MAX)
		return refuse_key(t, "a tree has no nodes, or too many", CHILDREN_LEFT);
	if (t->trees == 0)
		t->all_width = t->width;
	if (t->width != t->all_width)
		return refuse_key(t, "the trees have values of different lengths", VALUE);
	if (t->width > DRIFT_MODEL_MAX_GROUPS)
		return refuse_key(t, "too many values of a node", VALUE);
	return (t->width == 0) || !(t->seen >> OUTPUT & 1) ||
		   refuse_key(t, "a tree of lists of values is of all outputs", OUTPUT);
}

static int64_t
integer_of(const Reader *t, Key key, int64_t node)
{
	return ((const int64_t *) t->list[key].elements)[node];
}

static double
double_of(const Reader *t, Key key, int64_t node)
{
	return (t->seen >> key & 1) ? ((const double *) t->list[key].elements)[node] : (double) NAN;
}

/* Gives a node the next place in the draft, behind its parent: each has one parent, the root none. */
static bool
add_place(Reader *t, int64_t node, Key key)
{
	if (node < 0 || node >= (int64_t) t->list[CHILDREN_LEFT].count)
		return refuse_key(t, "a child is not a node of its tree", key);
	if (t->placed[node])
		return refuse_key(t, "a node has two parents", key);
	t->placed[node] = true;
	t->place[t->places++] = node;
	return true;
}

static bool
append_leaf(Reader *t, DriftNode *to, int64_t node)
{
	DriftDraft *d = t->form->draft;
	const double *values = t->list[VALUE].elements;
	uint64_t first = drift_draft_count(d, DRIFT_SECTION_LEAF_WEIGHTS);
	DriftLeafWeight *weights;

	to->kind = DRIFT_NODE_LEAF;
	if (t->width == 0)
	{
		to->value = values[node];
		return !isnan(to->value) || refuse_key(t, "the value of a leaf is NaN", VALUE);
	}
	if (first + t->width > UINT32_MAX)
		return refuse_key(t, "too many values", VALUE);
	to->kind = DRIFT_NODE_LEAF_VECTOR;
	to->left = (uint32_t) first;
	to->right = (uint32_t) t->width;
	weights = drift_draft_add(d, DRIFT_SECTION_LEAF_WEIGHTS, t->width);
	for (uint64_t i = 0; i < t->width; i++)
	{
		weights[i].group = (uint32_t) i;
		weights[i].weight = values[(uint64_t) node * t->width + i];
		if (isnan(weights[i].weight))
			return refuse_key(t, "the value of a leaf is NaN", VALUE);
	}
	return true;
}

static bool
append_split(Reader *t, DriftNode *to, int64_t node)
{
	int64_t feature = integer_of(t, FEATURE, node);
	int64_t missing_left = (t->seen >> MISSING_GO_TO_LEFT & 1) ? integer_of(t, MISSING_GO_TO_LEFT, node) : 0;

	if (feature < 0 || feature >= (int64_t) drift_draft_count(t->form->draft, DRIFT_SECTION_FEATURES))
		return refuse_key(t, "a node reads a feature that is not there", FEATURE);
	if (missing_left < 0 || missing_left > 1)
		return refuse_key(t, "neither true nor false", MISSING_GO_TO_LEFT);
	to->kind = DRIFT_NODE_LESS_OR_EQUAL;
	to->missing = DRIFT_MISSING_NAN;
	to->missing_left = (uint8_t) missing_left;
	to->feature = (uint32_t) feature;
	to->value = double_of(t, THRESHOLD, node);
	if (isnan(to->value))
		return refuse_key(t, "a threshold is NaN", THRESHOLD);
	to->left = (uint32_t) (t->root + t->places);
	to->right = to->left + 1;
	return add_place(t, integer_of(t, CHILDREN_LEFT, node), CHILDREN_LEFT) &&
		   add_place(t, integer_of(t, CHILDREN_RIGHT, node), CHILDREN_RIGHT);
}

/* Numbers of people are rounded to what a node holds; beyond it they are infinite. */
static float
statistic(double x)
{
	return fabs(x) < 3e38 ? (float) x : isnan(x) ? NAN : x < 0 ? -INFINITY : INFINITY;
}

/* Appends the nodes level by level. */
static bool
append_nodes(Reader *t)
{
	DriftDraft *d = t->form->draft;
	uint64_t n = t->list[CHILDREN_LEFT].count;
	DriftNode *nodes = drift_draft_add(d, DRIFT_SECTION_NODES, n);

	t->placed = d->host->allocate(d->host->ctx, n * sizeof(bool));
	memset(t->placed, 0, n * sizeof(bool));
	t->place = d->host->allocate(d->host->ctx, n * sizeof(int64_t));
	t->places = 0;
	add_place(t, 0, CHILDREN_LEFT);
	for (uint64_t i = 0; i < t->places; i++)
	{
		int64_t node = t->place[i];
		bool leaf = integer_of(t, CHILDREN_LEFT, node) == NO_CHILD && integer_of(t, CHILDREN_RIGHT, node) == NO_CHILD;

		nodes[i].cover = statistic(double_of(t, COVER, node));
		nodes[i].gain = statistic(double_of(t, GAIN, node));
		if (!(leaf ? append_leaf(t, &nodes[i], node) : append_split(t, &nodes[i], node)))
			return false;
	}
	return t->places == n || refuse_key(t, "a node is out of reach", CHILDREN_LEFT);
}

static bool
append_tree(Reader *t)
{
	DriftDraft *d = t->form->draft;
	DriftTree *tree;
	uint64_t outputs = t->width > 0 ? t->width : (uint64_t) t->output + 1;

	t->root = drift_draft_count(d, DRIFT_SECTION_NODES);
	if (!append_nodes(t))
		return false;
	tree = drift_draft_add(d, DRIFT_SECTION_TREES, 1);
	*tree = (DriftTree){.root = (uint32_t) t->root,
						.n_nodes = (uint32_t) t->list[CHILDREN_LEFT].count,
						.group = (uint32_t) t->output,
						.weight = t->weight};
	if (outputs > t->form->outputs)
		t->form->outputs = outputs;
	t->knows_missing = t->knows_missing && (t->seen >> MISSING_GO_TO_LEFT & 1);
	t->trees++;
	return true;
}

static bool
read_tree(Reader *t)
{
	const char *names[KEYS];
	int key;

	for (int i = 0; i < KEYS; i++)
	{
		names[i] = key_name((Key) i);
		t->list[i].count = 0;
	}
	t->seen = 0;
	t->output = 0;
	t->weight = 1;
	t->width = 0;
	if (t->json.event != DRIFT_JSON_OBJECT)
		return t->json.event != DRIFT_JSON_ERROR &&
			   drift_json_refuse(&t->json, DRIFT_CORRUPT, "a tree is not an object");
	while ((key = drift_json_field(&t->json, names, KEYS, &t->seen)) >= 0)
		if (!read_key(t, (Key) key))
			return false;
	return t->json.event == DRIFT_JSON_OBJECT_END && check_lists(t) && append_tree(t);
}

DriftStatus
drift_form_trees(DriftForm *f, const DriftFormPart *part, bool *knows_missing)
{
	Reader t = {.form = f, .knows_missing = true};
	DriftRefusal own = {0};

	drift_form_begin(f, &t.json, part, &own);
	if (drift_json_expect(&t.json, DRIFT_JSON_ARRAY))
		while (drift_json_next(&t.json) != DRIFT_JSON_ARRAY_END)
			if (!read_tree(&t))
				break;
	if (own.status == DRIFT_OK && t.trees == 0)
		drift_json_refuse(&t.json, DRIFT_CORRUPT, "there are no trees");
	*knows_missing = t.knows_missing;
	return drift_form_end(f, &own);
}
