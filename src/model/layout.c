#include "model/layout.h"

/* Heaps are made while they have not that many times the places of the trees; flat ones may have more. */
#define FLAT_DEPTH 6
#define FLAT_GROWTH 16
#define MOST_DEPTH 12
#define MOST_GROWTH 4

/* Trees between two calls of poll. */
#define POLL_TREES 64

#define KINDS 4 /* DriftMissing, with 0 */

#define MOST_RANKS 65535

typedef struct Maker
{
	DriftLayout *l;
	DriftRoom *room;
	const DriftTree *trees;
	const DriftNode *nodes;
	const uint32_t *features;
	const uint8_t *is_single;
	uint32_t *cell_of;   /* [missing][goes left][feature]: number of the cell + 1 */
	uint32_t *ranked_of; /* [feature] */
	uint32_t n_cells;
	unsigned allowed;
} Maker;

/* A node that waits for its place. */
typedef struct Waiting
{
	uint32_t node;
	uint32_t level;
	uint32_t place;
} Waiting;

static uint32_t *
cell_number(const Maker *k, unsigned missing, unsigned goes_left, uint32_t feature)
{
	uint64_t n = drift_model_count(k->l->m, DRIFT_SECTION_FEATURES);

	return &k->cell_of[((uint64_t) missing * 2 + goes_left) * n + feature];
}

/* Where missing values are tested as zero, there is no way of theirs. */
static uint32_t *
cell_of_node(const Maker *k, const DriftNode *node)
{
	return cell_number(k, node->missing, node->missing == DRIFT_MISSING_NONE ? 0 : node->missing_left, node->feature);
}

static bool
is_ordered(const DriftNode *node)
{
	return node->kind == DRIFT_NODE_LESS || node->kind == DRIFT_NODE_LESS_OR_EQUAL;
}

static bool
is_leaf(const DriftNode *node)
{
	return node->kind == DRIFT_NODE_LEAF || node->kind == DRIFT_NODE_LEAF_VECTOR;
}

/* Numbers the cells that nodes ask for; narrow where all of them are of float32. */
static void
make_cells(Maker *k)
{
	DriftLayout *l = k->l;
	uint64_t features = drift_model_count(l->m, DRIFT_SECTION_FEATURES);
	uint64_t nodes = drift_model_count(l->m, DRIFT_SECTION_NODES);
	uint32_t n = 0;

	k->cell_of = drift_room_take(k->room, features * 2 * KINDS, sizeof(uint32_t));
	l->narrow = true;
	for (uint64_t i = 0; i < nodes; i++)
		if (is_ordered(&k->nodes[i]))
		{
			*cell_of_node(k, &k->nodes[i]) = 1;
			l->narrow &= k->is_single[k->features[k->nodes[i].feature]];
		}
	for (uint64_t i = 0; i < features * 2 * KINDS; i++)
		n += k->cell_of[i];
	l->cells = drift_room_take(k->room, n, sizeof(DriftCell));
	n = 0;
	for (uint64_t i = 0; i < features * 2 * KINDS; i++)
		if (k->cell_of[i])
		{
			l->cells[n] = (DriftCell){.slot = k->features[i % features], .goes_left = (uint32_t) (i / features % 2)};
			l->n_cells[i / features / 2]++;
			k->cell_of[i] = ++n;
		}
	k->n_cells = n;
}

/* x < threshold of the codes wherever the condition holds for x. */
static uint32_t
threshold32(const DriftNode *node)
{
	float near = (float) node->value;
	bool or_equal = node->kind == DRIFT_NODE_LESS_OR_EQUAL ? near <= node->value : near < node->value;

	return drift_code32(near) + or_equal;
}

static uint64_t
threshold64(const DriftNode *node)
{
	return drift_code64(node->value) + (node->kind == DRIFT_NODE_LESS_OR_EQUAL);
}

static uint64_t
code_of(const Maker *k, const DriftNode *node)
{
	return k->l->narrow ? threshold32(node) : threshold64(node);
}

/*
 * Ranks
 */

/* The codes of the thresholds, those of each feature together, that of feature f before end[f]. */
static uint64_t *
gather_codes(const Maker *k, uint64_t *end, uint64_t features)
{
	uint64_t nodes = drift_model_count(k->l->m, DRIFT_SECTION_NODES);
	uint64_t *codes = NULL;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < nodes; i++)
		if (is_ordered(&k->nodes[i]))
			end[k->nodes[i].feature]++;
	for (uint64_t f = 0; f < features; f++)
	{
		uint64_t n = end[f];

		end[f] = sum;
		sum += n;
	}
	codes = drift_room_take(k->room, sum, sizeof(uint64_t));
	for (uint64_t i = 0; i < nodes; i++)
		if (is_ordered(&k->nodes[i]))
			codes[end[k->nodes[i].feature]++] = code_of(k, &k->nodes[i]);
	return codes;
}

static void
put_thresholds(DriftLayout *l, const DriftRankedFeature *ranked, const uint64_t *codes, uint64_t n)
{
	for (uint64_t i = 0; i < 2 * (uint64_t) ranked->half - 1; i++)
	{
		uint64_t code = i < n ? codes[i] : UINT64_MAX;

		if (l->narrow)
			((uint32_t *) l->thresholds)[ranked->first + i] = (uint32_t) code;
		else
			((uint64_t *) l->thresholds)[ranked->first + i] = code;
	}
}

/* Sorts the codes of each feature; false where one has more than ranks can count. */
static bool
sort_codes(const Maker *k, uint64_t *codes, const uint64_t *end, uint64_t *distinct, uint64_t features)
{
	bool countable = true;
	uint64_t most = 0;
	uint64_t *scratch;

	for (uint64_t f = 0; f < features; f++)
	{
		distinct[f] = end[f] - (f > 0 ? end[f - 1] : 0);
		most = distinct[f] > most ? distinct[f] : most;
	}
	scratch = drift_room_take(k->room, most, sizeof(uint64_t));
	for (uint64_t f = 0; f < features; f++)
	{
		distinct[f] = drift_sort_distinct(codes + (end[f] - distinct[f]), scratch, distinct[f]);
		countable &= distinct[f] <= MOST_RANKS;
		drift_room_poll(k->room);
	}
	return countable;
}

static void
make_ranks(Maker *k)
{
	DriftLayout *l = k->l;
	uint64_t features = drift_model_count(l->m, DRIFT_SECTION_FEATURES);
	uint64_t *end = drift_room_take(k->room, features, sizeof(uint64_t));
	uint64_t *distinct = drift_room_take(k->room, features, sizeof(uint64_t));
	uint64_t *codes = gather_codes(k, end, features);
	uint64_t sum = 0;

	if (!sort_codes(k, codes, end, distinct, features))
		return;
	l->codes_are = DRIFT_CODES_RANKS;
	for (uint64_t f = 0; f < features; f++)
		sum += distinct[f] > 0 ? 2 * (uint64_t) drift_rank_half(distinct[f]) - 1 : 0;
	l->thresholds = drift_room_take(k->room, sum, l->narrow ? sizeof(uint32_t) : sizeof(uint64_t));
	l->ranked = drift_room_take(k->room, features, sizeof(DriftRankedFeature));
	l->ranks = drift_room_take(k->room, features, sizeof(uint16_t));
	k->ranked_of = drift_room_take(k->room, features, sizeof(uint32_t));
	sum = 0;
	for (uint64_t f = 0; f < features; f++)
	{
		DriftRankedFeature *ranked = &l->ranked[l->n_ranked];

		if (distinct[f] == 0)
			continue;
		*ranked = (DriftRankedFeature){k->features[f], drift_rank_half(distinct[f]), sum};
		put_thresholds(l, ranked, codes + (f > 0 ? end[f - 1] : 0), distinct[f]);
		sum += 2 * (uint64_t) ranked->half - 1;
		k->ranked_of[f] = l->n_ranked++;
	}
	for (uint64_t i = 0; i < features * 2 * KINDS; i++)
		if (k->cell_of[i])
			l->cells[k->cell_of[i] - 1].ranked = k->ranked_of[i % features];
}

static uint32_t
rank_of(const Maker *k, const DriftNode *node)
{
	const DriftLayout *l = k->l;
	const DriftRankedFeature *ranked = &l->ranked[k->ranked_of[node->feature]];

	if (!is_ordered(node))
		return 1;
	if (l->narrow)
		return drift_rank32((const uint32_t *) l->thresholds + ranked->first, ranked->half, threshold32(node));
	return drift_rank64((const uint64_t *) l->thresholds + ranked->first, ranked->half, threshold64(node));
}

/*
 * What trees are like
 */

typedef struct Shape
{
	uint32_t depth;
	bool has_codes; /* codes can express every condition */
	bool has_vectors;
} Shape;

static void
measure_tree(const Maker *k, const DriftTree *tree, Shape *shape)
{
	Waiting stack[DRIFT_MODEL_MAX_DEPTH + 2];
	uint32_t n = 0;

	stack[n++] = (Waiting){tree->root, 0, 0};
	while (n > 0)
	{
		Waiting w = stack[--n];
		const DriftNode *node = &k->nodes[w.node];

		if (w.level > shape->depth)
			shape->depth = w.level;
		if (is_leaf(node))
		{
			shape->has_vectors |= node->kind == DRIFT_NODE_LEAF_VECTOR;
			continue;
		}
		shape->has_codes &= is_ordered(node) || k->l->choices.cell_of;
		stack[n++] = (Waiting){node->right, w.level + 1, 0};
		stack[n++] = (Waiting){node->left, w.level + 1, 0};
	}
}

static Shape
measure(const Maker *k, uint32_t first, uint32_t n)
{
	Shape shape = {.has_codes = true};

	for (uint32_t i = 0; i < n; i++)
		measure_tree(k, &k->trees[first + i], &shape);
	return shape;
}

static uint64_t
nodes_of(const Maker *k, uint32_t first, uint32_t n)
{
	uint64_t nodes = 0;

	for (uint32_t i = 0; i < n; i++)
		nodes += k->trees[first + i].n_nodes;
	return nodes;
}

static bool
heaps_fit(const Maker *k, uint32_t first, uint32_t n, uint32_t depth)
{
	if (depth > MOST_DEPTH)
		return false;
	return ((uint64_t) 2 * n << depth) <= (depth <= FLAT_DEPTH ? FLAT_GROWTH : MOST_GROWTH) * nodes_of(k, first, n);
}

/*
 * Leaves
 */

static size_t
leaf_size(uint8_t leaves)
{
	return leaves == DRIFT_LEAVES_DOUBLE ? sizeof(double) : sizeof(float);
}

static void
put_leaf(const Maker *k, const DriftBlock *b, const DriftTree *tree, uint32_t number, uint64_t place)
{
	const DriftNode *node = &k->nodes[number];

	if (b->leaves == DRIFT_LEAVES_NODES)
		((uint32_t *) b->leaf)[place] = number;
	else if (b->leaves == DRIFT_LEAVES_SINGLE)
		((float *) b->leaf)[place] = (float) node->value * (float) tree->weight;
	else
		((double *) b->leaf)[place] = node->value * tree->weight;
}

/*
 * Heaps
 */

static void
put_condition(const Maker *k, void *places, uint64_t place, const DriftNode *node, uint32_t child)
{
	uint32_t cell = is_ordered(node) ? *cell_of_node(k, node) - 1 : k->l->choices.cell_of[node - k->nodes];
	bool is_rank = k->l->codes_are == DRIFT_CODES_RANKS;

	if (is_rank && child > 0)
		((DriftSparse16 *) places)[place] = (DriftSparse16){(uint16_t) rank_of(k, node), (uint16_t) cell, child};
	else if (is_rank)
		((DriftPlace16 *) places)[place] = (DriftPlace16){(uint16_t) rank_of(k, node), (uint16_t) cell};
	else if (!k->l->narrow)
		((DriftPlace64 *) places)[place] = (DriftPlace64){threshold64(node), cell, child};
	else if (child > 0)
		((DriftSparse32 *) places)[place] = (DriftSparse32){threshold32(node), cell, child, 0};
	else
		((DriftPlace32 *) places)[place] = (DriftPlace32){threshold32(node), cell};
}

/* Unused places hold threshold 0, that nothing is below: from a leaf above the last level the walk goes right. */
static void
lay_heap(const Maker *k, DriftBlock *b, uint32_t lane)
{
	const DriftTree *tree = &k->trees[b->first_tree + lane];
	Waiting stack[DRIFT_MODEL_MAX_DEPTH + 2];
	uint32_t n = 0;

	stack[n++] = (Waiting){tree->root, 0, lane};
	while (n > 0)
	{
		Waiting w = stack[--n];
		const DriftNode *node = &k->nodes[w.node];

		if (is_leaf(node))
		{
			put_leaf(k, b, tree, w.node, (uint64_t) w.place << (b->depth - w.level));
			continue;
		}
		put_condition(k, b->places, b->lanes * (((uint64_t) 1 << w.level) - 1) + w.place, node, 0);
		stack[n++] = (Waiting){node->right, w.level + 1, 2 * w.place};
		stack[n++] = (Waiting){node->left, w.level + 1, 2 * w.place + 1};
	}
}

static void
make_heaps(Maker *k, DriftBlock *b)
{
	static const size_t sizes[] = {0, sizeof(DriftPlace32), sizeof(DriftPlace64), sizeof(DriftPlace16)};
	uint64_t places = (uint64_t) b->lanes << b->depth;

	b->places = drift_room_take(k->room, places, sizes[k->l->codes_are]);
	b->leaf = drift_room_take(k->room, places, leaf_size(b->leaves));
	for (uint32_t lane = 0; lane < b->trees; lane++)
		lay_heap(k, b, lane);
}

/*
 * Sparse
 */

static void
put_end(const Maker *k, void *places, uint32_t place)
{
	if (k->l->codes_are == DRIFT_CODES_RANKS)
		((DriftSparse16 *) places)[place].child = place;
	else if (k->l->narrow)
		((DriftSparse32 *) places)[place].child = place;
	else
		((DriftPlace64 *) places)[place].child = place;
}

/* Children get the next two places that are free, the right one first. */
static uint32_t
lay_sparse(const Maker *k, DriftBlock *b, uint32_t lane, uint32_t free_place)
{
	const DriftTree *tree = &k->trees[b->first_tree + lane];
	Waiting stack[DRIFT_MODEL_MAX_DEPTH + 2];
	uint32_t n = 0;

	stack[n++] = (Waiting){tree->root, 0, 1 + lane};
	while (n > 0)
	{
		Waiting w = stack[--n];
		const DriftNode *node = &k->nodes[w.node];

		if (is_leaf(node))
		{
			put_end(k, b->places, w.place);
			put_leaf(k, b, tree, w.node, w.place);
			continue;
		}
		put_condition(k, b->places, w.place, node, free_place);
		stack[n++] = (Waiting){node->right, 0, free_place};
		stack[n++] = (Waiting){node->left, 0, free_place + 1};
		free_place += 2;
	}
	return free_place;
}

static void
make_sparse(Maker *k, DriftBlock *b)
{
	static const size_t sizes[] = {0, sizeof(DriftSparse32), sizeof(DriftPlace64), sizeof(DriftSparse16)};
	uint64_t places = 1 + b->lanes + nodes_of(k, b->first_tree, b->trees);
	uint32_t free_place = 1 + b->lanes;

	b->places = drift_room_take(k->room, places, sizes[k->l->codes_are]);
	b->leaf = drift_room_take(k->room, places, leaf_size(b->leaves));
	for (uint32_t lane = b->trees; lane < b->lanes; lane++)
		put_end(k, b->places, 1 + lane);
	for (uint32_t lane = 0; lane < b->trees; lane++)
		free_place = lay_sparse(k, b, lane, free_place);
}

/*
 * Blocks
 */

static DriftWalk
choose_walk(const Maker *k, uint32_t first, uint32_t n, const Shape *shape)
{
	if (!shape->has_codes)
		return DRIFT_WALK_NODES;
	if ((k->allowed & DRIFT_WALK_HEAP) && heaps_fit(k, first, n, shape->depth))
		return DRIFT_WALK_HEAP;
	return k->allowed & DRIFT_WALK_SPARSE ? DRIFT_WALK_SPARSE : DRIFT_WALK_NODES;
}

static uint32_t
lanes_for(uint32_t trees)
{
	return trees >= 16 ? 16 : trees >= 8 ? 8 : 4;
}

/* The next block of at most that many lanes; if trees among them cannot be walked together, of fewer. */
static void
make_block(Maker *k, DriftBlock *b, uint32_t first, uint32_t left)
{
	uint32_t lanes = lanes_for(left);
	uint32_t n = left < lanes ? left : lanes;
	Shape shape = measure(k, first, n);

	while (choose_walk(k, first, n, &shape) == DRIFT_WALK_NODES && n > 1)
	{
		n = n > 4 ? n / 2 : 1;
		shape = measure(k, first, n);
	}
	*b = (DriftBlock){.first_tree = first, .trees = n, .depth = shape.depth};
	b->walk = (uint8_t) choose_walk(k, first, n, &shape);
	b->lanes = (uint8_t) (n < lanes ? lanes_for(n) : lanes);
	b->leaves = shape.has_vectors ? DRIFT_LEAVES_NODES : k->l->m->single ? DRIFT_LEAVES_SINGLE : DRIFT_LEAVES_DOUBLE;
	if (b->walk == DRIFT_WALK_HEAP)
		make_heaps(k, b);
	else if (b->walk == DRIFT_WALK_SPARSE)
		make_sparse(k, b);
}

void
drift_layout_make(DriftLayout *l, const DriftModel *m, const uint8_t *is_single, unsigned allowed, uint64_t ranks_from,
				  DriftRoom *room)
{
	Maker k = {.l = l, .room = room, .is_single = is_single, .allowed = allowed};
	uint32_t n = (uint32_t) drift_model_count(m, DRIFT_SECTION_TREES);
	uint64_t conditions = drift_model_count(m, DRIFT_SECTION_NODES) / 2;
	uint32_t polled = 0;

	*l = (DriftLayout){.m = m};
	k.trees = drift_model_section(m, DRIFT_SECTION_TREES);
	k.nodes = drift_model_section(m, DRIFT_SECTION_NODES);
	k.features = drift_model_section(m, DRIFT_SECTION_FEATURES);
	make_cells(&k);
	l->codes_are = l->narrow ? DRIFT_CODES_32 : DRIFT_CODES_64;
	drift_choices_make(&l->choices, m, k.n_cells, room);
	if (l->choices.n > 0 || (conditions >= ranks_from && k.n_cells <= MOST_RANKS))
		make_ranks(&k);
	if (l->codes_are != DRIFT_CODES_RANKS)
		l->choices = (DriftChoices){.end = k.n_cells};
	l->codes = drift_room_take(room, l->choices.end, sizeof(uint64_t));
	l->sums = drift_room_take(room, m->groups, sizeof(double));
	l->blocks = drift_room_take(room, n, sizeof(DriftBlock));
	for (uint32_t first = 0; first < n; first += l->blocks[l->n_blocks++].trees)
	{
		make_block(&k, &l->blocks[l->n_blocks], first, n - first);
		if (first - polled >= POLL_TREES)
		{
			drift_room_poll(room);
			polled = first;
		}
	}
}
