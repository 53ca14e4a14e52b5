/*
 * layout.h
 *		The trees of a model, laid out for walking.
 *
 * Values and thresholds become unsigned codes in the same order, of 32 bits
 * where every value that trees read is a float32, else of 64: a condition is
 * then one comparison of integers, x < t, and x <= t is x < t + 1. In large
 * models ranks of 16 bits stand for the codes: the number of the feature's
 * thresholds that are not above; looking them up costs less than the memory
 * that places of half the size or less do not touch.
 *
 * A row is prepared as cells, the codes that nodes read: each feature has one
 * for each way in which nodes treat its missing values, which are the code
 * that is not above any threshold where they go left and not below any where
 * they go right. So a walk tests nothing else, and its next place is found by
 * adding the comparison's outcome.
 *
 * Trees are walked in blocks of lanes, neighbours in the order of summing, a
 * step of every lane at a time, so that the lanes' loads overlap:
 *
 * - heaps: trees filled up to the depth of the deepest, without child numbers.
 *   Level by level, the places of lane j at level l are j * 2^l on. From place
 *   p the left child is 2p + 1 of the next level, the right one 2p.
 * - sparse: nodes with the place of the right child, the left one behind it;
 *   leaves lead to themselves. Place 0 is a leaf for unused lanes, the roots
 *   of the lanes follow.
 * - nodes: the model's own nodes, one tree after the other, where there are
 *   sets or equality (choices.h) and codes cannot be ranks.
 *
 * All give the same bits: a leaf is multiplied by its tree's weight when it is
 * laid out, and leaves are added in the order of the trees.
 */
#ifndef DRIFT_MODEL_LAYOUT_H
#define DRIFT_MODEL_LAYOUT_H

#include "model/choices.h"
#include "model/codes.h"
#include "model/room.h"

#define DRIFT_MOST_LANES 16

typedef enum DriftWalk
{
	DRIFT_WALK_HEAP = 1,
	DRIFT_WALK_SPARSE = 2,
	DRIFT_WALK_NODES = 4,
	DRIFT_WALK_ANY = 7
} DriftWalk;

/* What the leaves of a block are. */
typedef enum DriftLeaves
{
	DRIFT_LEAVES_SINGLE = 1, /* float */
	DRIFT_LEAVES_DOUBLE = 2,
	DRIFT_LEAVES_NODES = 3 /* uint32_t: the leaf's node, where some are vectors */
} DriftLeaves;

typedef struct DriftPlace16
{
	uint16_t threshold;
	uint16_t cell;
} DriftPlace16;

typedef struct DriftSparse16
{
	uint16_t threshold;
	uint16_t cell;
	uint32_t child;
} DriftSparse16;

typedef struct DriftPlace32
{
	uint32_t threshold;
	uint32_t cell;
} DriftPlace32;

typedef struct DriftPlace64
{
	uint64_t threshold;
	uint32_t cell;
	uint32_t child; /* of sparse blocks */
} DriftPlace64;

typedef struct DriftSparse32
{
	uint32_t threshold;
	uint32_t cell;
	uint32_t child;
	uint32_t reserved;
} DriftSparse32;

typedef struct DriftBlock
{
	uint8_t walk;   /* DriftWalk */
	uint8_t lanes;  /* 4, 8 or 16 */
	uint8_t leaves; /* DriftLeaves */
	uint32_t first_tree;
	uint32_t trees; /* at most lanes */
	uint32_t depth; /* of the deepest tree */
	void *places;
	void *leaf; /* of heaps by place behind the last level, of sparse blocks by place */
} DriftBlock;

/* The slot that a cell is made of. */
typedef struct DriftCell
{
	uint32_t slot;
	uint32_t ranked;    /* of ranks: which */
	uint32_t goes_left; /* where missing values go */
} DriftCell;

/* The distinct thresholds of a feature, one less than a power of two with unreachable ones behind. */
typedef struct DriftRankedFeature
{
	uint32_t slot;
	uint32_t half;  /* of the power of two */
	uint64_t first; /* of its thresholds among all */
} DriftRankedFeature;

typedef enum DriftCodes
{
	DRIFT_CODES_32 = 1,
	DRIFT_CODES_64 = 2,
	DRIFT_CODES_RANKS = 3 /* of codes of 32 bits where layouts are narrow, else of 64 */
} DriftCodes;

typedef struct DriftLayout
{
	const DriftModel *m;
	bool narrow; /* values are float32 */
	DriftCodes codes_are;
	uint32_t n_blocks;
	DriftBlock *blocks;
	DriftCell *cells;           /* sorted by DriftMissing */
	uint32_t n_cells[4];        /* by DriftMissing; [0] is 0 */
	DriftRankedFeature *ranked; /* where codes are ranks: the features that are read */
	uint32_t n_ranked;
	void *thresholds; /* uint32_t where narrow, else uint64_t */
	uint16_t *ranks;  /* of the row, for each of them */
	DriftChoices choices;
	void *codes; /* of the row, for each cell */
	void *sums;  /* float or double for each margin */
} DriftLayout;

/*
 * Lays the trees out in the ways allowed, of which DRIFT_WALK_NODES has to be
 * one. is_single is by slot, as in DriftSteps. Codes are ranks from so many
 * conditions on and where there are choices, if they can be.
 */
void drift_layout_make(DriftLayout *l, const DriftModel *m, const uint8_t *is_single, unsigned allowed,
					   uint64_t ranks_from, DriftRoom *room);

/* The ranks_from that is fastest. */
#define DRIFT_RANKS_FROM 20000

/* Margins of the row in slots: bases that are first, and all trees; before averaging. */
void drift_layout_walk(const DriftLayout *l, const double *slots, double *margins);

#endif
