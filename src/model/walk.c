#include "model/layout.h"
#include "model/node.h"

#include <math.h>

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
			bool has_value = !drift_node_misses(DRIFT_MISSING_ZERO, x); \
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

/* Missing values have the rank of 0, for nodes that test them as that. */
static void
find_ranks(const DriftLayout *l, const double *slots)
{
	for (uint32_t i = 0; i < l->n_ranked; i++)
	{
		const DriftRankedFeature *r = &l->ranked[i];
		double x = isnan(slots[r->slot]) ? 0 : slots[r->slot];
		uint32_t rank =
			l->narrow ? drift_rank32((const uint32_t *) l->thresholds + r->first, r->half, drift_code32((float) x))
					  : drift_rank64((const uint64_t *) l->thresholds + r->first, r->half, drift_code64(x));

		l->ranks[i] = (uint16_t) rank;
	}
}

static void
fill_cells_ranks(const DriftLayout *l, const double *slots, uint16_t *codes)
{
	const DriftCell *cell = l->cells;
	const DriftCell *end = cell + l->n_cells[DRIFT_MISSING_NAN];

	find_ranks(l, slots);
	for (; cell < end; cell++)
		*codes++ = isnan(slots[cell->slot]) ? (cell->goes_left ? 0 : UINT16_MAX) : l->ranks[cell->ranked];
	for (end += l->n_cells[DRIFT_MISSING_ZERO]; cell < end; cell++)
	{
		double x = slots[cell->slot];
		bool has_value = !drift_node_misses(DRIFT_MISSING_ZERO, x);

		*codes++ = has_value ? l->ranks[cell->ranked] : (cell->goes_left ? 0 : UINT16_MAX);
	}
	for (end += l->n_cells[DRIFT_MISSING_NONE]; cell < end; cell++)
		*codes++ = l->ranks[cell->ranked];
	drift_choices_fill(&l->choices, slots, l->codes);
}

/*
 * Walks: at[] become the places of the lanes' leaves. The outcome of a
 * comparison is subtracted from what is next, as that is what gcc does with the
 * carry alone, and lanes are copied so that they stay in registers.
 */

#define EACH_LANE(LANES) _Pragma("GCC unroll 16") for (uint32_t j = 0; j < LANES; j++)

#define WALK_HEAPS(NAME, CODE, PLACE, LANES) \
	static void NAME(const DriftBlock *b, const CODE *codes, uint32_t *at) \
	{ \
		const PLACE *level = b->places; \
		uint64_t p[LANES]; \
\
		EACH_LANE(LANES) p[j] = j; \
		for (uint64_t d = 0; d < b->depth; d++) \
		{ \
			EACH_LANE(LANES) p[j] = p[j] + p[j] + 1 - (level[p[j]].threshold <= codes[level[p[j]].cell]); \
			level += (uint64_t) LANES << d; \
		} \
		EACH_LANE(LANES) at[j] = (uint32_t) p[j]; \
	}

/* Every few steps it looks whether any lane still moves. */
#define STEPS_AT_ONCE 4

#define NEXT_SPARSE(P) ((uint64_t) places[P].child + 1 - (places[P].threshold <= codes[places[P].cell]))

#define WALK_SPARSE(NAME, CODE, PLACE, LANES) \
	static void NAME(const DriftBlock *b, const CODE *codes, uint32_t *at) \
	{ \
		const PLACE *places = b->places; \
		uint64_t moved = 1; \
		uint64_t p[LANES]; \
\
		EACH_LANE(LANES) p[j] = 1 + j; \
		for (uint32_t d = 0; d < b->depth && moved != 0; d += STEPS_AT_ONCE) \
		{ \
			for (uint32_t i = 1; i < STEPS_AT_ONCE; i++) \
				EACH_LANE(LANES) p[j] = NEXT_SPARSE(p[j]); \
			moved = 0; \
			EACH_LANE(LANES) \
			{ \
				uint64_t next = NEXT_SPARSE(p[j]); \
\
				moved |= p[j] ^ next; \
				p[j] = next; \
			} \
		} \
		EACH_LANE(LANES) at[j] = (uint32_t) p[j]; \
	}

WALK_HEAPS(walk_heaps16_4, uint16_t, DriftPlace16, 4)
WALK_HEAPS(walk_heaps16_8, uint16_t, DriftPlace16, 8)
WALK_HEAPS(walk_heaps16_16, uint16_t, DriftPlace16, 16)
WALK_SPARSE(walk_sparse16_4, uint16_t, DriftSparse16, 4)
WALK_SPARSE(walk_sparse16_8, uint16_t, DriftSparse16, 8)
WALK_SPARSE(walk_sparse16_16, uint16_t, DriftSparse16, 16)
WALK_HEAPS(walk_heaps32_4, uint32_t, DriftPlace32, 4)
WALK_HEAPS(walk_heaps32_8, uint32_t, DriftPlace32, 8)
WALK_HEAPS(walk_heaps32_16, uint32_t, DriftPlace32, 16)
WALK_SPARSE(walk_sparse32_4, uint32_t, DriftSparse32, 4)
WALK_SPARSE(walk_sparse32_8, uint32_t, DriftSparse32, 8)
WALK_SPARSE(walk_sparse32_16, uint32_t, DriftSparse32, 16)
WALK_HEAPS(walk_heaps64_4, uint64_t, DriftPlace64, 4)
WALK_HEAPS(walk_heaps64_8, uint64_t, DriftPlace64, 8)
WALK_HEAPS(walk_heaps64_16, uint64_t, DriftPlace64, 16)
WALK_SPARSE(walk_sparse64_4, uint64_t, DriftPlace64, 4)
WALK_SPARSE(walk_sparse64_8, uint64_t, DriftPlace64, 8)
WALK_SPARSE(walk_sparse64_16, uint64_t, DriftPlace64, 16)

#define WALK_BLOCK(WIDTH) \
	static void walk_block##WIDTH(const DriftBlock *b, const void *codes, uint32_t *at) \
	{ \
		bool heaps = b->walk == DRIFT_WALK_HEAP; \
\
		if (b->lanes == 16) \
			(heaps ? walk_heaps##WIDTH##_16 : walk_sparse##WIDTH##_16)(b, codes, at); \
		else if (b->lanes == 8) \
			(heaps ? walk_heaps##WIDTH##_8 : walk_sparse##WIDTH##_8)(b, codes, at); \
		else \
			(heaps ? walk_heaps##WIDTH##_4 : walk_sparse##WIDTH##_4)(b, codes, at); \
	}

WALK_BLOCK(16)
WALK_BLOCK(32)
WALK_BLOCK(64)

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

static uint32_t
walk_nodes(const DriftLayout *l, const DriftTree *tree, const double *slots)
{
	const DriftNode *nodes = drift_model_section(l->m, DRIFT_SECTION_NODES);
	const uint32_t *features = drift_model_section(l->m, DRIFT_SECTION_FEATURES);
	const uint32_t *sets = drift_model_section(l->m, DRIFT_SECTION_SETS);
	uint32_t at = tree->root;

	while (drift_node_splits(&nodes[at]))
		at = drift_node_goes_left(&nodes[at], slots[features[nodes[at].feature]], sets) ? nodes[at].left
																						: nodes[at].right;
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
	if (l->codes_are == DRIFT_CODES_RANKS)
		walk_block16(b, l->codes, at);
	else if (l->codes_are == DRIFT_CODES_32)
		walk_block32(b, l->codes, at);
	else
		walk_block64(b, l->codes, at);
	add_block(l, b, trees, at);
}

void
drift_layout_walk(const DriftLayout *l, const double *slots, double *margins)
{
	start_sums(l);
	if (l->codes_are == DRIFT_CODES_RANKS)
		fill_cells_ranks(l, slots, l->codes);
	else if (l->codes_are == DRIFT_CODES_32)
		fill_cells32(l, slots, l->codes);
	else
		fill_cells64(l, slots, l->codes);
	for (uint32_t i = 0; i < l->n_blocks; i++)
		walk_block(l, &l->blocks[i], slots);
	for (uint32_t g = 0; g < l->m->groups; g++)
		margins[g] = l->m->single ? ((const float *) l->sums)[g] : ((const double *) l->sums)[g];
}
