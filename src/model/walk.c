#include "model/layout.h"

#include <math.h>

/* |x| up to this is missing of DRIFT_MISSING_ZERO: LightGBM's kZeroThreshold. */
#define ZERO_THRESHOLD 1e-35f

/*
 * Cells of a row
 */

#define FILL_CELLS(NAME, CODE, NUMBER, CODE_OF, MOST) \
	static void NAME(const DriftLayout *l, const double *slots, CODE *codes) \
	{ \
		const DriftCell *cell = l->cells; \
		const DriftCell *end = cell + l->n_cells[DRIFT_MISSING_NAN]; \
\
		for (; cell < end; cell++) \
		{ \
			NUMBER x = (NUMBER) slots[cell->slot]; \
\
			*codes++ = isnan(x) ? (cell->goes_left ? 0 : MOST) : CODE_OF(x); \
		} \
		for (end += l->n_cells[DRIFT_MISSING_ZERO]; cell < end; cell++) \
		{ \
			NUMBER x = (NUMBER) slots[cell->slot]; \
			bool has_value = x > ZERO_THRESHOLD || x < -ZERO_THRESHOLD; \
\
			*codes++ = has_value ? CODE_OF(x) : (cell->goes_left ? 0 : MOST); \
		} \
		for (end += l->n_cells[DRIFT_MISSING_NONE]; cell < end; cell++) \
		{ \
			NUMBER x = (NUMBER) slots[cell->slot]; \
\
			*codes++ = CODE_OF(isnan(x) ? 0 : x); \
		} \
	}

FILL_CELLS(fill_cells32, uint32_t, float, drift_code32, UINT32_MAX)
FILL_CELLS(fill_cells64, uint64_t, double, drift_code64, UINT64_MAX)

/*
 * Walks: at[] become the places of the lanes' leaves. The sums with an outcome
 * of a comparison are written so that compilers use the carry.
 */

#define WALK_HEAPS(NAME, CODE, PLACE, LANES) \
	static void NAME(const DriftBlock *b, const CODE *codes, uint32_t *at) \
	{ \
		const PLACE *level = b->places; \
\
		for (uint32_t j = 0; j < LANES; j++) \
			at[j] = j; \
		for (uint64_t d = 0; d < b->depth; d++) \
		{ \
			_Pragma("GCC unroll 16") for (uint32_t j = 0; j < LANES; j++) \
			{ \
				const PLACE *place = &level[at[j]]; \
\
				at[j] = at[j] + at[j] + (codes[place->cell] < place->threshold); \
			} \
			level += (uint64_t) LANES << d; \
		} \
	}

/* Every few steps it looks whether any lane still moves. */
#define STEPS_AT_ONCE 4

#define WALK_SPARSE(NAME, CODE, PLACE, LANES) \
	static void NAME(const DriftBlock *b, const CODE *codes, uint32_t *at) \
	{ \
		const PLACE *places = b->places; \
		uint32_t moved = 1; \
\
		for (uint32_t j = 0; j < LANES; j++) \
			at[j] = 1 + j; \
		for (uint32_t d = 0; d < b->depth && moved != 0; d += STEPS_AT_ONCE) \
		{ \
			for (uint32_t i = 1; i < STEPS_AT_ONCE; i++) \
				_Pragma("GCC unroll 16") for (uint32_t j = 0; j < LANES; j++) \
				{ \
					const PLACE *place = &places[at[j]]; \
\
					at[j] = place->child + (codes[place->cell] < place->threshold); \
				} \
			moved = 0; \
			_Pragma("GCC unroll 16") for (uint32_t j = 0; j < LANES; j++) \
			{ \
				const PLACE *place = &places[at[j]]; \
				uint32_t next = place->child + (codes[place->cell] < place->threshold); \
\
				moved |= at[j] ^ next; \
				at[j] = next; \
			} \
		} \
	}

WALK_HEAPS(walk_heaps32_4, uint32_t, DriftPlace32, 4)
WALK_HEAPS(walk_heaps32_8, uint32_t, DriftPlace32, 8)
WALK_HEAPS(walk_heaps32_16, uint32_t, DriftPlace32, 16)
WALK_HEAPS(walk_heaps64_4, uint64_t, DriftPlace64, 4)
WALK_HEAPS(walk_heaps64_8, uint64_t, DriftPlace64, 8)
WALK_HEAPS(walk_heaps64_16, uint64_t, DriftPlace64, 16)
WALK_SPARSE(walk_sparse32_4, uint32_t, DriftSparse32, 4)
WALK_SPARSE(walk_sparse32_8, uint32_t, DriftSparse32, 8)
WALK_SPARSE(walk_sparse32_16, uint32_t, DriftSparse32, 16)
WALK_SPARSE(walk_sparse64_4, uint64_t, DriftPlace64, 4)
WALK_SPARSE(walk_sparse64_8, uint64_t, DriftPlace64, 8)
WALK_SPARSE(walk_sparse64_16, uint64_t, DriftPlace64, 16)

static void
walk_block32(const DriftBlock *b, const uint32_t *codes, uint32_t *at)
{
	bool heaps = b->walk == DRIFT_WALK_HEAP;

	if (b->lanes == 16)
		(heaps ? walk_heaps32_16 : walk_sparse32_16)(b, codes, at);
	else if (b->lanes == 8)
		(heaps ? walk_heaps32_8 : walk_sparse32_8)(b, codes, at);
	else
		(heaps ? walk_heaps32_4 : walk_sparse32_4)(b, codes, at);
}

static void
walk_block64(const DriftBlock *b, const uint64_t *codes, uint32_t *at)
{
	bool heaps = b->walk == DRIFT_WALK_HEAP;

	if (b->lanes == 16)
		(heaps ? walk_heaps64_16 : walk_sparse64_16)(b, codes, at);
	else if (b->lanes == 8)
		(heaps ? walk_heaps64_8 : walk_sparse64_8)(b, codes, at);
	else
		(heaps ? walk_heaps64_4 : walk_sparse64_4)(b, codes, at);
}

/*
 * Adding leaves
 */

static void
add(const DriftLayout *l, uint32_t group, double value, double weight)
{
	if (l->m->single)
		((float *) l->sums)[group] += (float) value * (float) weight;
	else
		((double *) l->sums)[group] += value * weight;
}

static void
add_node(const DriftLayout *l, const DriftTree *tree, uint32_t number)
{
	const DriftNode *node = (const DriftNode *) drift_model_section(l->m, DRIFT_SECTION_NODES) + number;
	const DriftLeafWeight *weights = drift_model_section(l->m, DRIFT_SECTION_LEAF_WEIGHTS);

	if (node->kind == DRIFT_NODE_LEAF)
	{
		add(l, tree->group, node->value, tree->weight);
		return;
	}
	for (uint32_t i = 0; i < node->right; i++)
		add(l, weights[node->left + i].group, weights[node->left + i].weight, tree->weight);
}

#define ADD_LEAVES(NAME, NUMBER) \
	static void NAME(const DriftLayout *l, const DriftBlock *b, const DriftTree *trees, const uint32_t *at) \
	{ \
		NUMBER *sums = l->sums; \
		const NUMBER *leaf = b->leaf; \
		NUMBER sum = sums[0]; \
\
		if (l->m->groups > 1) \
		{ \
			for (uint32_t j = 0; j < b->trees; j++) \
				sums[trees[j].group] += leaf[at[j]]; \
			return; \
		} \
		for (uint32_t j = 0; j < b->trees; j++) \
			sum += leaf[at[j]]; \
		sums[0] = sum; \
	}

ADD_LEAVES(add_leaves_single, float)
ADD_LEAVES(add_leaves_double, double)

static void
add_block(const DriftLayout *l, const DriftBlock *b, const DriftTree *trees, const uint32_t *at)
{
	if (b->leaves == DRIFT_LEAVES_SINGLE)
		add_leaves_single(l, b, trees, at);
	else if (b->leaves == DRIFT_LEAVES_DOUBLE)
		add_leaves_double(l, b, trees, at);
	else
		for (uint32_t j = 0; j < b->trees; j++)
			add_node(l, &trees[j], ((const uint32_t *) b->leaf)[at[j]]);
}

/*
 * Node by node
 */

/* Below 0 and NaN is in no set; truncated, numbers above -1 are 0. */
static bool
in_set(const DriftModel *m, const DriftNode *node, double x)
{
	const uint32_t *words = (const uint32_t *) drift_model_section(m, DRIFT_SECTION_SETS) + (uint32_t) node->value;
	uint64_t category;

	if (!(x < 32.0 * UINT32_MAX && (node->kind == DRIFT_NODE_IN_SET ? x > -1 : x >= 0)))
		return false;
	category = (uint64_t) x;
	return category / 32 < node->set_words && (words[category / 32] >> category % 32 & 1);
}

static bool
goes_left(const DriftModel *m, const DriftNode *node, double x)
{
	bool near_zero = !(x > ZERO_THRESHOLD || x < -ZERO_THRESHOLD); /* or NaN */

	if (node->missing == DRIFT_MISSING_ZERO ? near_zero : node->missing == DRIFT_MISSING_NAN && isnan(x))
		return node->missing_left;
	if (node->kind >= DRIFT_NODE_IN_SET)
		return in_set(m, node, x);
	if (isnan(x))
		x = 0;
	if (node->kind == DRIFT_NODE_LESS)
		return x < node->value;
	return node->kind == DRIFT_NODE_EQUAL ? x == node->value : x <= node->value;
}

static uint32_t
walk_nodes(const DriftLayout *l, const DriftTree *tree, const double *slots)
{
	const DriftNode *nodes = drift_model_section(l->m, DRIFT_SECTION_NODES);
	const uint32_t *features = drift_model_section(l->m, DRIFT_SECTION_FEATURES);
	uint32_t at = tree->root;

	while (nodes[at].kind >= DRIFT_NODE_LESS)
		at = goes_left(l->m, &nodes[at], slots[features[nodes[at].feature]]) ? nodes[at].left : nodes[at].right;
	return at;
}

/*
 * All blocks
 */

static void
start_sums(const DriftLayout *l)
{
	const double *base = drift_model_section(l->m, DRIFT_SECTION_BASE);

	for (uint32_t g = 0; g < l->m->groups; g++)
	{
		double start = l->m->base_first ? base[g] : 0;

		if (l->m->single)
			((float *) l->sums)[g] = (float) start;
		else
			((double *) l->sums)[g] = start;
	}
}

static void
walk_block(const DriftLayout *l, const DriftBlock *b, const double *slots)
{
	const DriftTree *trees = (const DriftTree *) drift_model_section(l->m, DRIFT_SECTION_TREES) + b->first_tree;
	uint32_t at[DRIFT_MOST_LANES];

	if (b->walk == DRIFT_WALK_NODES)
	{
		for (uint32_t j = 0; j < b->trees; j++)
			add_node(l, &trees[j], walk_nodes(l, &trees[j], slots));
		return;
	}
	if (l->narrow)
		walk_block32(b, l->codes, at);
	else
		walk_block64(b, l->codes, at);
	add_block(l, b, trees, at);
}

void
drift_layout_walk(const DriftLayout *l, const double *slots, double *margins)
{
	start_sums(l);
	if (l->narrow)
		fill_cells32(l, slots, l->codes);
	else
		fill_cells64(l, slots, l->codes);
	for (uint32_t i = 0; i < l->n_blocks; i++)
		walk_block(l, &l->blocks[i], slots);
	for (uint32_t g = 0; g < l->m->groups; g++)
		margins[g] = l->m->single ? ((const float *) l->sums)[g] : ((const double *) l->sums)[g];
}
