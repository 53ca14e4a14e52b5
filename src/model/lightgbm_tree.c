#include "model/lightgbm_tree.h"

#include <math.h>
#include <string.h>

/* Zero, to LightGBM: its kZeroThreshold, a float32 in double. */
#define ZERO ((double) 1e-35f)

/* Bits of decision_type. */
#define CATEGORICAL 1
#define DEFAULT_LEFT 2
#define MISSING_SHIFT 2
#define MISSING_NAN 2
#define MOST_DECISION (DEFAULT_LEFT + CATEGORICAL + (MISSING_NAN << MISSING_SHIFT))

typedef enum Key
{
	NUM_LEAVES,
	NUM_CAT,
	SPLIT_FEATURE,
	SPLIT_GAIN,
	THRESHOLD,
	DECISION_TYPE,
	LEFT_CHILD,
	RIGHT_CHILD,
	LEAF_VALUE,
	LEAF_WEIGHT,
	LEAF_COUNT,
	INTERNAL_VALUE,
	INTERNAL_WEIGHT,
	INTERNAL_COUNT,
	CAT_BOUNDARIES,
	CAT_THRESHOLD,
	IS_LINEAR,
	SHRINKAGE,
	KEYS
} Key;

static const char *
key_name(Key key)
{
	static const char names[KEYS][16] = {
		[NUM_LEAVES] = "num_leaves",
		[NUM_CAT] = "num_cat",
		[SPLIT_FEATURE] = "split_feature",
		[SPLIT_GAIN] = "split_gain",
		[THRESHOLD] = "threshold",
		[DECISION_TYPE] = "decision_type",
		[LEFT_CHILD] = "left_child",
		[RIGHT_CHILD] = "right_child",
		[LEAF_VALUE] = "leaf_value",
		[LEAF_WEIGHT] = "leaf_weight",
		[LEAF_COUNT] = "leaf_count",
		[INTERNAL_VALUE] = "internal_value",
		[INTERNAL_WEIGHT] = "internal_weight",
		[INTERNAL_COUNT] = "internal_count",
		[CAT_BOUNDARIES] = "cat_boundaries",
		[CAT_THRESHOLD] = "cat_threshold",
		[IS_LINEAR] = "is_linear",
		[SHRINKAGE] = "shrinkage",
	};

	return names[key];
}

typedef struct Reader
{
	DriftDraft *draft;
	DriftRefusal *refusal;
	DriftSpan value[KEYS];
	uint64_t line; /* of "Tree=" */
	uint32_t n_features;
	uint32_t leaves;
	uint32_t sets; /* categorical splits */
} Reader;

/* A split as the text numbers them; children are splits from 0 on, leaves from -1 down. */
typedef struct Split
{
	double threshold;
	int32_t feature;
	int32_t decision;
	int32_t left;
	int32_t right;
	float gain;
	float cover;
	bool placed; /* among the nodes of the draft */
} Split;

typedef struct Leaf
{
	double value;
	float cover;
	bool placed;
} Leaf;

static DriftStatus
refuse(const Reader *t, DriftStatus status, const char *reason, Key key)
{
	const char *name = key_name(key);
	uint64_t line = t->value[key].start ? t->value[key].line : t->line;

	return drift_refuse(t->refusal, status, reason, name, strlen(name), line);
}

/* Takes the lines apart, up to the blank one. */
static DriftStatus
read_keys(Reader *t, DriftLines *lines)
{
	DriftSpan line;
	DriftSpan name;
	DriftSpan value;

	while (drift_next_line(lines, &line) && line.length > 0)
	{
		int key = 0;

		if (!drift_span_cut(&line, &name, &value))
			return drift_refuse(t->refusal, DRIFT_CORRUPT, "a tree's line is not key=value", line.start, line.length,
								line.line);
		while (key < KEYS && !drift_span_is(&name, key_name((Key) key)))
			key++;
		if (key == KEYS)
			return drift_refuse(t->refusal, DRIFT_UNSUPPORTED, "unknown key of a tree", name.start, name.length,
								line.line);
		if (t->value[key].start != NULL)
			return refuse(t, DRIFT_CORRUPT, "a tree has a key twice", (Key) key);
		t->value[key] = value;
	}
	return DRIFT_OK;
}

/* A key's only number. */
static DriftStatus
read_count(Reader *t, Key key, int64_t least, int64_t most, int64_t *count)
{
	if (t->value[key].start == NULL)
		return refuse(t, DRIFT_CORRUPT, "a tree lacks a key", key);
	if (!drift_span_integer(&t->value[key], least, most, count))
		return refuse(t, DRIFT_CORRUPT, "not a number, or one out of range", key);
	return DRIFT_OK;
}

/* Is the key there, with bytes for n numbers? */
static DriftStatus
require_list(Reader *t, Key key, uint64_t n)
{
	if (t->value[key].start == NULL)
		return refuse(t, DRIFT_CORRUPT, "a tree lacks a key", key);
	if (n > (t->value[key].length + 1) / 2)
		return refuse(t, DRIFT_CORRUPT, "too few numbers", key);
	return DRIFT_OK;
}

/* The next number of a list, and of a key that may be missing NaN. */
static DriftStatus
next_integer(Reader *t, Key key, int64_t least, int64_t most, int64_t *number)
{
	DriftSpan word;

	if (!drift_next_word(&t->value[key], ' ', &word))
		return refuse(t, DRIFT_CORRUPT, "too few numbers", key);
	if (!drift_span_integer(&word, least, most, number))
		return refuse(t, DRIFT_CORRUPT, "not a number, or one out of range", key);
	return DRIFT_OK;
}

static DriftStatus
next_small(Reader *t, Key key, int32_t least, int32_t most, int32_t *number)
{
	int64_t wide = 0;
	DriftStatus status = next_integer(t, key, least, most, &wide);

	*number = (int32_t) wide;
	return status;
}

static DriftStatus
next_double(Reader *t, Key key, double *number)
{
	DriftSpan word;

	if (!drift_next_word(&t->value[key], ' ', &word))
		return refuse(t, DRIFT_CORRUPT, "too few numbers", key);
	if (!drift_span_double(&word, number))
		return refuse(t, DRIFT_CORRUPT, "not a number", key);
	return DRIFT_OK;
}

static DriftStatus
next_statistic(Reader *t, Key key, float *number)
{
	DriftSpan word;

	*number = NAN;
	if (t->value[key].start == NULL)
		return DRIFT_OK;
	if (!drift_next_word(&t->value[key], ' ', &word))
		return refuse(t, DRIFT_CORRUPT, "too few numbers", key);
	if (!drift_span_single(&word, number))
		return refuse(t, DRIFT_CORRUPT, "not a number", key);
	return DRIFT_OK;
}

/* Has every list been read to its end? */
static DriftStatus
require_ends(const Reader *t)
{
	static const Key lists[] = {SPLIT_FEATURE, SPLIT_GAIN, THRESHOLD,      DECISION_TYPE,  LEFT_CHILD,   RIGHT_CHILD,
								LEAF_VALUE,    LEAF_COUNT, INTERNAL_COUNT, CAT_BOUNDARIES, CAT_THRESHOLD};
	DriftSpan rest;
	DriftSpan word;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
	{
		rest = t->value[lists[i]];
		if (drift_next_word(&rest, ' ', &word))
			return refuse(t, DRIFT_CORRUPT, "too many numbers", lists[i]);
	}
	return DRIFT_OK;
}

static DriftStatus
read_head(Reader *t)
{
	int64_t number = 0;

	/* In range of the children's numbers, and of what the bytes can hold. */
	if (read_count(t, NUM_LEAVES, 1, INT32_MAX / 2, &number) != DRIFT_OK)
		return t->refusal->status;
	t->leaves = (uint32_t) number;
	if (read_count(t, NUM_CAT, 0, number - 1, &number) != DRIFT_OK)
		return t->refusal->status;
	t->sets = (uint32_t) number;
	if (t->value[IS_LINEAR].start != NULL)
	{
		if (read_count(t, IS_LINEAR, 0, 1, &number) != DRIFT_OK)
			return t->refusal->status;
		if (number != 0)
			return refuse(t, DRIFT_UNSUPPORTED, "linear models in leaves (linear_tree) are not known here", IS_LINEAR);
	}
	return DRIFT_OK;
}

static DriftStatus
read_split(Reader *t, Split *split)
{
	int32_t last_split = (int32_t) t->leaves - 2;
	int32_t last_leaf = -(int32_t) t->leaves;

	if (next_small(t, SPLIT_FEATURE, 0, (int32_t) t->n_features - 1, &split->feature) != DRIFT_OK ||
		next_double(t, THRESHOLD, &split->threshold) != DRIFT_OK ||
		next_small(t, DECISION_TYPE, 0, MOST_DECISION, &split->decision) != DRIFT_OK ||
		next_small(t, LEFT_CHILD, last_leaf, last_split, &split->left) != DRIFT_OK ||
		next_small(t, RIGHT_CHILD, last_leaf, last_split, &split->right) != DRIFT_OK ||
		next_statistic(t, SPLIT_GAIN, &split->gain) != DRIFT_OK)
		return t->refusal->status;
	return next_statistic(t, INTERNAL_COUNT, &split->cover);
}

static void *
allocate(const Reader *t, uint64_t count, size_t size)
{
	const DriftHost *host = t->draft->host;

	return host->allocate(host->ctx, count * size + 1);
}

static DriftStatus
read_splits(Reader *t, Split **splits)
{
	static const Key needed[] = {SPLIT_FEATURE, THRESHOLD, DECISION_TYPE, LEFT_CHILD, RIGHT_CHILD};
	uint32_t n = t->leaves - 1;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (n > 0 && require_list(t, needed[i], n) != DRIFT_OK)
			return t->refusal->status;
	*splits = allocate(t, n, sizeof(Split));
	for (uint32_t i = 0; i < n; i++)
	{
		(*splits)[i].placed = false;
		if (read_split(t, &(*splits)[i]) != DRIFT_OK)
			return t->refusal->status;
	}
	return DRIFT_OK;
}

/* The only leaf of a tree may have no count, or "leaf_count=" without one. */
static DriftStatus
read_leaves(Reader *t, Leaf **leaves)
{
	if (require_list(t, LEAF_VALUE, t->leaves) != DRIFT_OK)
		return t->refusal->status;
	if (t->leaves == 1 && t->value[LEAF_COUNT].length == 0)
		t->value[LEAF_COUNT].start = NULL;
	*leaves = allocate(t, t->leaves, sizeof(Leaf));
	for (uint32_t i = 0; i < t->leaves; i++)
	{
		(*leaves)[i].placed = false;
		if (next_double(t, LEAF_VALUE, &(*leaves)[i].value) != DRIFT_OK ||
			next_statistic(t, LEAF_COUNT, &(*leaves)[i].cover) != DRIFT_OK)
			return t->refusal->status;
	}
	return DRIFT_OK;
}

/* Appends the words of all sets; boundaries are the words' numbers in the section, one more than there are sets. */
static DriftStatus
read_sets(Reader *t, const uint64_t **boundaries)
{
	uint64_t first = drift_draft_count(t->draft, DRIFT_SECTION_SETS);
	uint64_t *ends;
	int64_t word = 0;
	uint32_t *words;
	uint64_t n;

	*boundaries = NULL;
	if (t->sets == 0)
		return DRIFT_OK;
	if (require_list(t, CAT_BOUNDARIES, (uint64_t) t->sets + 1) != DRIFT_OK)
		return t->refusal->status;
	ends = allocate(t, (uint64_t) t->sets + 1, sizeof(uint64_t));
	*boundaries = ends;
	for (uint32_t i = 0; i <= t->sets; i++)
	{
		if (next_integer(t, CAT_BOUNDARIES, word, i == 0 ? 0 : INT32_MAX, &word) != DRIFT_OK)
			return t->refusal->status;
		ends[i] = first + (uint64_t) word;
	}
	n = (uint64_t) word;
	if (require_list(t, CAT_THRESHOLD, n) != DRIFT_OK)
		return t->refusal->status;
	words = drift_draft_add(t->draft, DRIFT_SECTION_SETS, n);
	for (uint64_t i = 0; i < n; i++)
	{
		if (next_integer(t, CAT_THRESHOLD, 0, UINT32_MAX, &word) != DRIFT_OK)
			return t->refusal->status;
		words[i] = (uint32_t) word;
	}
	return DRIFT_OK;
}

/*
 * LightGBM takes values as near to zero as ZERO for 0 before a tree sees them.
 * Only a threshold as near, -ZERO itself included, can tell the difference: it
 * moves to the end of these values where all of them go as 0 does.
 */
static double
threshold_of_flushed(double threshold)
{
	if (fabs(threshold) > ZERO)
		return threshold;
	return threshold < 0 ? nextafter(-ZERO, -1.0) : ZERO;
}

static DriftStatus
number_node(Reader *t, DriftNode *node, const Split *split)
{
	static const uint8_t missing[] = {DRIFT_MISSING_NONE, DRIFT_MISSING_ZERO, DRIFT_MISSING_NAN};

	if (split->decision >> MISSING_SHIFT > MISSING_NAN)
		return refuse(t, DRIFT_UNSUPPORTED, "unknown type of missing values", DECISION_TYPE);
	node->kind = DRIFT_NODE_LESS_OR_EQUAL;
	node->missing = missing[split->decision >> MISSING_SHIFT];
	node->missing_left = (split->decision & DEFAULT_LEFT) != 0;
	node->value = threshold_of_flushed(split->threshold);
	return DRIFT_OK;
}

static DriftStatus
set_node(Reader *t, DriftNode *node, const Split *split, const uint64_t *boundaries)
{
	uint32_t set;

	if (!(split->threshold >= 0 && split->threshold < t->sets) || split->threshold != floor(split->threshold))
		return refuse(t, DRIFT_CORRUPT, "a split of categories has no set", THRESHOLD);
	set = (uint32_t) split->threshold;
	node->kind = DRIFT_NODE_IN_SET;
	node->missing = DRIFT_MISSING_NAN;
	node->missing_left = 0;
	node->value = (double) boundaries[set];
	node->set_words = (uint32_t) (boundaries[set + 1] - boundaries[set]);
	return DRIFT_OK;
}

/* The nodes of a tree while they are appended, level by level, so that children lie behind their parent. */
typedef struct Layout
{
	Split *splits;
	Leaf *leaves;
	const uint64_t *boundaries;
	DriftNode *nodes;
	uint64_t root;
	int32_t *place; /* the text's number of each node */
	uint32_t known; /* nodes that have a place */
} Layout;

/* Gives a split or leaf the next place, unless it has one: with two parents, or a cycle. */
static DriftStatus
add_place(Reader *t, Layout *layout, int32_t number)
{
	bool *placed = number < 0 ? &layout->leaves[~number].placed : &layout->splits[number].placed;

	if (*placed)
		return refuse(t, DRIFT_CORRUPT, "a node has two parents", LEFT_CHILD);
	*placed = true;
	layout->place[layout->known++] = number;
	return DRIFT_OK;
}

static DriftStatus
append_split(Reader *t, Layout *layout, DriftNode *node, const Split *split)
{
	DriftStatus status =
		split->decision & CATEGORICAL ? set_node(t, node, split, layout->boundaries) : number_node(t, node, split);

	node->feature = (uint32_t) split->feature;
	node->gain = split->gain;
	node->cover = split->cover;
	node->left = (uint32_t) layout->root + layout->known;
	node->right = node->left + 1;
	if (status != DRIFT_OK || add_place(t, layout, split->left) != DRIFT_OK)
		return t->refusal->status;
	return add_place(t, layout, split->right);
}

static DriftStatus
append_nodes(Reader *t, Layout *layout)
{
	uint32_t n = 2 * t->leaves - 1;

	layout->root = drift_draft_count(t->draft, DRIFT_SECTION_NODES);
	if (layout->root + n > UINT32_MAX)
		return refuse(t, DRIFT_TOO_LARGE, "too many nodes", NUM_LEAVES);
	layout->place = allocate(t, n, sizeof(int32_t));
	layout->nodes = drift_draft_add(t->draft, DRIFT_SECTION_NODES, n);
	add_place(t, layout, t->leaves > 1 ? 0 : -1);
	for (uint32_t i = 0; i < layout->known; i++)
	{
		int32_t number = layout->place[i];
		const Leaf *leaf = &layout->leaves[number < 0 ? ~number : 0];

		if (number < 0)
			layout->nodes[i] =
				(DriftNode){.kind = DRIFT_NODE_LEAF, .value = leaf->value, .gain = NAN, .cover = leaf->cover};
		else if (append_split(t, layout, &layout->nodes[i], &layout->splits[number]) != DRIFT_OK)
			return t->refusal->status;
	}
	return layout->known == n ? DRIFT_OK : refuse(t, DRIFT_CORRUPT, "a node is out of reach", LEFT_CHILD);
}

DriftStatus
drift_lightgbm_tree(DriftDraft *d, DriftLines *lines, uint32_t n_features, uint32_t group, DriftRefusal *r)
{
	Reader t = {.draft = d, .refusal = r, .line = lines->line, .n_features = n_features};
	uint64_t root = drift_draft_count(d, DRIFT_SECTION_NODES);
	Layout layout = {0};
	DriftTree *tree;

	if (read_keys(&t, lines) != DRIFT_OK || read_head(&t) != DRIFT_OK || read_splits(&t, &layout.splits) != DRIFT_OK ||
		read_leaves(&t, &layout.leaves) != DRIFT_OK || read_sets(&t, &layout.boundaries) != DRIFT_OK ||
		require_ends(&t) != DRIFT_OK || append_nodes(&t, &layout) != DRIFT_OK)
		return r->status;
	tree = drift_draft_add(d, DRIFT_SECTION_TREES, 1);
	*tree = (DriftTree){.root = (uint32_t) root, .n_nodes = 2 * t.leaves - 1, .group = group, .weight = 1};
	return DRIFT_OK;
}
