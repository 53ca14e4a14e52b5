/*
 * random_trees.h
 *		Models of random trees with thresholds and values that are hard to keep
 *		in order.
 */
#ifndef DRIFT_TEST_RANDOM_TREES_H
#define DRIFT_TEST_RANDOM_TREES_H

#include <float.h>
#include <math.h>

#include "unit/model_host.h"

#define FEATURES 9

/* The draft as a block of *size bytes. */
static inline DriftModel *
pack_draft(DriftDraft *d, TestHost *h, size_t *size)
{
	DriftRefusal refusal = {0};
	DriftModel *m;

	d->head.source_version = drift_draft_string(d, "1", 1);
	d->head.objective = drift_draft_string(d, "test", 4);
	if (drift_draft_size(d, size) != DRIFT_OK)
		abort();
	m = test_host_allocate(h, *size);
	memset(m, 0, *size);
	if (drift_draft_pack(d, m, *size, &refusal) != DRIFT_OK)
	{
		printf("# %s\n", refusal.reason);
		abort();
	}
	return m;
}

static uint64_t random_trees_seed = 1;

static inline uint32_t
below(uint32_t n)
{
	random_trees_seed = random_trees_seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t) (((random_trees_seed >> 33) * n) >> 31);
}

/* Numbers that are hard to keep in order, and some that are not. */
static inline double
number(bool single)
{
	static const double hard[] = {0.0,      -0.0,         1.0,           -1.0,    1e-35f,       -1e-35f,
								  1e-35,    FLT_TRUE_MIN, -FLT_TRUE_MIN, FLT_MIN, FLT_MAX,      -FLT_MAX,
								  INFINITY, -INFINITY,    0.1,           0.1f,    DBL_TRUE_MIN, -DBL_TRUE_MIN,
								  DBL_MAX,  -DBL_MAX,     1e300};
	double x = below(2) ? hard[below(sizeof(hard) / sizeof(hard[0]))] : (below(2001) - 1000.0) / 250;

	return single ? (float) x : x;
}

typedef struct Kind
{
	const char *name;
	uint32_t depth;
	uint32_t trees;
	bool single_inputs;
	bool single;
	bool chains;  /* each node has a leaf: as deep as nodes allow */
	bool sets;    /* some nodes are of sets or equality */
	bool vectors; /* some leaves are vectors */
	bool dart;
	uint32_t groups;
	uint32_t missing; /* a DriftMissing, or 0: all of them */
} Kind;

static inline void
put_leaf(DriftDraft *d, const Kind *kind, uint32_t at)
{
	DriftNode *node = (DriftNode *) drift_draft_section(d, DRIFT_SECTION_NODES) + at;
	double value = (below(20001) - 10000.0) / 3000;

	node->kind = DRIFT_NODE_LEAF;
	node->value = kind->single ? (float) value : value;
	if (kind->vectors && below(2))
	{
		uint32_t n = below(4);
		DriftLeafWeight *weights;

		node->kind = DRIFT_NODE_LEAF_VECTOR;
		node->left = (uint32_t) drift_draft_count(d, DRIFT_SECTION_LEAF_WEIGHTS);
		node->right = n;
		weights = drift_draft_add(d, DRIFT_SECTION_LEAF_WEIGHTS, n);
		for (uint32_t i = 0; i < n; i++)
			weights[i] = (DriftLeafWeight){.group = below(kind->groups), .weight = node->value / (i + 1)};
	}
}

static inline void
put_set(DriftDraft *d, DriftNode *node)
{
	uint32_t *words;

	node->kind = (uint8_t) (DRIFT_NODE_IN_SET + below(2));
	node->value = (double) drift_draft_count(d, DRIFT_SECTION_SETS);
	node->set_words = below(3);
	words = drift_draft_add(d, DRIFT_SECTION_SETS, node->set_words);
	for (uint32_t i = 0; i < node->set_words; i++)
		words[i] = below(1U << 30) * 4 + below(4);
}

static inline void
put_condition(DriftDraft *d, const Kind *kind, uint32_t at)
{
	DriftNode *node = (DriftNode *) drift_draft_section(d, DRIFT_SECTION_NODES) + at;

	node->kind = (uint8_t) (DRIFT_NODE_LESS + below(2));
	node->missing = (uint8_t) (kind->missing ? kind->missing : 1 + below(3));
	node->missing_left = (uint8_t) below(2);
	node->feature = below(FEATURES);
	node->value = number(below(2));
	if (kind->sets && below(3) == 0)
		put_set(d, node);
	else if (kind->sets && below(3) == 0)
		node->kind = DRIFT_NODE_EQUAL;
}

static inline uint32_t
grow(DriftDraft *d, const Kind *kind, uint32_t depth)
{
	uint32_t at = (uint32_t) drift_draft_count(d, DRIFT_SECTION_NODES);
	DriftNode *node;
	uint32_t left;
	uint32_t right;

	drift_draft_add(d, DRIFT_SECTION_NODES, 1);
	if (depth == 0 || below(12) == 0)
	{
		put_leaf(d, kind, at);
		return at;
	}
	put_condition(d, kind, at);
	if (kind->chains && below(2))
	{
		right = grow(d, kind, 0);
		left = grow(d, kind, depth - 1);
	}
	else
	{
		left = grow(d, kind, depth - 1);
		right = grow(d, kind, kind->chains ? 0 : depth - 1);
	}
	node = (DriftNode *) drift_draft_section(d, DRIFT_SECTION_NODES) + at;
	node->left = left;
	node->right = right;
	return at;
}

static inline void
put_features(DriftDraft *d, bool single)
{
	uint32_t *features = drift_draft_add(d, DRIFT_SECTION_FEATURES, FEATURES);

	for (uint32_t i = 0; i < FEATURES; i++)
	{
		features[FEATURES - 1 - i] = drift_draft_input(d, "x", 1, DRIFT_INPUT_NUMBER);
		((DriftInput *) drift_draft_section(d, DRIFT_SECTION_INPUTS))[i].single = single;
	}
}

static inline DriftModel *
random_trees(const Kind *kind, TestHost *h, size_t *size)
{
	DriftDraft d;
	double *base;

	drift_draft_init(&d, &h->host);
	d.head.source = DRIFT_SOURCE_JSON;
	d.head.predictor = DRIFT_PREDICTOR_TREES;
	d.head.single = kind->single;
	d.head.groups = kind->groups;
	d.head.base_first = below(2) == 0;
	d.head.average = (uint8_t) below(3);
	d.head.average_over = 7;
	put_features(&d, kind->single_inputs);
	base = drift_draft_add(&d, DRIFT_SECTION_BASE, kind->groups);
	for (uint32_t i = 0; i < kind->groups; i++)
		base[i] = 0.1f * (float) (i + 1);
	for (uint32_t i = 0; i < kind->trees; i++)
	{
		uint32_t root = grow(&d, kind, kind->depth);
		uint32_t end = (uint32_t) drift_draft_count(&d, DRIFT_SECTION_NODES);
		DriftTree *tree = drift_draft_add(&d, DRIFT_SECTION_TREES, 1);

		*tree = (DriftTree){.root = root, .n_nodes = end - root, .group = below(kind->groups), .weight = 1};
		if (kind->dart)
			tree->weight = kind->single ? (float) (below(100) / 99.0) : below(100) / 99.0;
	}
	return pack_draft(&d, h, size);
}

#endif
