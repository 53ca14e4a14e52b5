#include "model/choices.h"

#include <math.h>

#include "model/codes.h"
#include "model/node.h"

#define KINDS 3   /* of tests */
#define MISSING 4 /* DriftMissing, with 0 */
#define MOST_CELLS 65536

/* Tables may take so much of memory, or so many times that of the nodes. */
#define CHEAP_BYTES ((uint64_t) 1 << 20)
#define MOST_GROWTH 2

typedef struct Maker
{
	DriftChoices *c;
	const DriftModel *m;
	const DriftNode *nodes;
	uint64_t n_nodes;
	uint64_t features;
	uint32_t *choice_of; /* [kind][missing][feature]: number of the choice + 1 */
	DriftRoom *room;
} Maker;

static bool
is_test(const DriftNode *node)
{
	return node->kind >= DRIFT_NODE_EQUAL;
}

static uint32_t *
choice_number(const Maker *k, const DriftNode *node)
{
	uint64_t kind = (uint64_t) node->kind - DRIFT_NODE_EQUAL;

	return &k->choice_of[(kind * MISSING + node->missing) * k->features + node->feature];
}

static DriftChoice *
choice_of_node(const Maker *k, const DriftNode *node)
{
	return &k->c->choice[*choice_number(k, node) - 1];
}

/* The choices that there are, with their tests and, of sets, categories counted. */
static void
count_choices(Maker *k)
{
	const uint32_t *features = drift_model_section(k->m, DRIFT_SECTION_FEATURES);

	k->choice_of = drift_room_take(k->room, k->features * MISSING * KINDS, sizeof(uint32_t));
	for (uint64_t i = 0; i < k->n_nodes; i++)
		if (is_test(&k->nodes[i]) && *choice_number(k, &k->nodes[i]) == 0)
			*choice_number(k, &k->nodes[i]) = ++k->c->n;
	k->c->choice = drift_room_take(k->room, k->c->n, sizeof(DriftChoice));
	for (uint64_t i = 0; i < k->n_nodes; i++)
	{
		const DriftNode *node = &k->nodes[i];
		DriftChoice *choice;
		uint64_t categories = 32 * (uint64_t) node->set_words;

		if (!is_test(node))
			continue;
		choice = choice_of_node(k, node);
		choice->slot = features[node->feature];
		choice->kind = node->kind;
		choice->missing = node->missing;
		choice->tests++;
		if (node->kind != DRIFT_NODE_EQUAL && categories > choice->rows)
			choice->rows = categories;
	}
}

/* The values that tests of equality ask for, in order: the categories. */
static void
gather_values(Maker *k)
{
	uint64_t *filled = drift_room_take(k->room, k->c->n, sizeof(uint64_t));
	uint64_t *scratch;
	uint32_t most = 0;

	for (uint32_t i = 0; i < k->c->n; i++)
	{
		DriftChoice *choice = &k->c->choice[i];

		if (choice->kind != DRIFT_NODE_EQUAL)
			continue;
		most = choice->tests > most ? choice->tests : most;
		choice->half = drift_rank_half(choice->tests);
		choice->values = drift_room_take(k->room, 2 * (uint64_t) choice->half - 1, sizeof(uint64_t));
	}
	scratch = drift_room_take(k->room, most, sizeof(uint64_t));
	for (uint64_t i = 0; i < k->n_nodes; i++)
		if (k->nodes[i].kind == DRIFT_NODE_EQUAL)
		{
			uint32_t number = *choice_number(k, &k->nodes[i]) - 1;

			k->c->choice[number].values[filled[number]++] = drift_code64(k->nodes[i].value);
		}
	for (uint32_t i = 0; i < k->c->n; i++)
	{
		DriftChoice *choice = &k->c->choice[i];

		if (choice->kind != DRIFT_NODE_EQUAL)
			continue;
		choice->rows = drift_sort_distinct(choice->values, scratch, filled[i]);
		for (uint64_t j = choice->rows; j < 2 * (uint64_t) choice->half - 1; j++)
			choice->values[j] = UINT64_MAX;
		drift_room_poll(k->room);
	}
}

/* Gives each choice its cells; false where they or the tables are too large. */
static bool
give_cells(Maker *k, uint32_t first_cell)
{
	uint64_t cells = ((uint64_t) first_cell + 7) / 8 * 8;
	uint64_t most = MOST_GROWTH * k->n_nodes * sizeof(DriftNode);
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < k->c->n; i++)
	{
		DriftChoice *choice = &k->c->choice[i];

		choice->cell = (uint32_t) cells;
		choice->bytes = (choice->tests + 7) / 8;
		cells += 8 * (uint64_t) choice->bytes;
		bytes += (choice->rows + 2) * choice->bytes;
		if (cells > MOST_CELLS)
			return false;
	}
	k->c->end = (uint32_t) cells;
	return bytes <= CHEAP_BYTES || bytes <= most;
}

static uint64_t
row_of_value(const DriftChoice *choice, double x)
{
	uint64_t code = drift_code64(x);
	uint32_t rank = drift_rank64(choice->values, choice->half, code);

	return rank > 0 && choice->values[rank - 1] == code ? rank - 1 : choice->rows;
}

static void
answer_left(DriftChoice *choice, uint64_t row, uint32_t test)
{
	choice->answers[row * choice->bytes + test / 8] &= (uint8_t) ~(1U << test % 8);
}

static void
answer_test(const Maker *k, DriftChoice *choice, const DriftNode *node, uint32_t test)
{
	const uint32_t *words = drift_model_section(k->m, DRIFT_SECTION_SETS);

	if (node->missing_left)
		answer_left(choice, choice->rows + 1, test);
	if (node->kind == DRIFT_NODE_EQUAL)
	{
		answer_left(choice, row_of_value(choice, node->value), test);
		return;
	}
	words += (uint64_t) node->value;
	for (uint64_t c = 0; c < 32 * (uint64_t) node->set_words; c++)
		if (words[c / 32] >> c % 32 & 1)
			answer_left(choice, c, test);
}

static void
answer(Maker *k)
{
	for (uint32_t i = 0; i < k->c->n; i++)
	{
		DriftChoice *choice = &k->c->choice[i];
		uint64_t size = (choice->rows + 2) * choice->bytes;

		choice->answers = drift_room_take(k->room, size, 1);
		memset(choice->answers, 0xFF, size);
		choice->tests = 0;
	}
	k->c->cell_of = drift_room_take(k->room, k->n_nodes, sizeof(uint32_t));
	for (uint64_t i = 0; i < k->n_nodes; i++)
		if (is_test(&k->nodes[i]))
		{
			DriftChoice *choice = choice_of_node(k, &k->nodes[i]);

			k->c->cell_of[i] = choice->cell + choice->tests;
			answer_test(k, choice, &k->nodes[i], choice->tests++);
		}
}

void
drift_choices_make(DriftChoices *c, const DriftModel *m, uint32_t first_cell, DriftRoom *room)
{
	Maker k = {.c = c, .m = m, .room = room};

	*c = (DriftChoices){.end = first_cell};
	k.nodes = drift_model_section(m, DRIFT_SECTION_NODES);
	k.n_nodes = drift_model_count(m, DRIFT_SECTION_NODES);
	k.features = drift_model_count(m, DRIFT_SECTION_FEATURES);
	count_choices(&k);
	if (c->n == 0)
		return;
	gather_values(&k);
	if (!give_cells(&k, first_cell))
	{
		*c = (DriftChoices){.end = first_cell};
		return;
	}
	c->spread = drift_room_take(room, 256 * 8, sizeof(uint16_t));
	for (uint32_t i = 0; i < 256 * 8; i++)
		c->spread[i] = i / 8 >> i % 8 & 1;
	answer(&k);
}

/* The row of the table that answers for x. */
static uint64_t
row_of(const DriftChoice *choice, double x)
{
	if (drift_node_misses((DriftMissing) choice->missing, x))
		return choice->rows + 1;
	if (choice->kind == DRIFT_NODE_EQUAL)
		return row_of_value(choice, isnan(x) ? 0 : x);
	if (x < (double) choice->rows && (choice->kind == DRIFT_NODE_IN_SET ? x > -1 : x >= 0) && choice->rows > 0)
		return (uint64_t) x;
	return choice->rows;
}

void
drift_choices_fill(const DriftChoices *c, const double *slots, uint16_t *codes)
{
	for (uint32_t i = 0; i < c->n; i++)
	{
		const DriftChoice *choice = &c->choice[i];
		const uint8_t *answers = choice->answers + row_of(choice, slots[choice->slot]) * choice->bytes;
		uint16_t *to = codes + choice->cell;

		for (uint32_t j = 0; j < choice->bytes; j++)
			memcpy(to + 8 * (uint64_t) j, c->spread + 8 * (uint64_t) answers[j], 8 * sizeof(uint16_t));
	}
}
