/*
 * test_model.c
 *		The check of a model's block: what it lets pass, and what it finds.
 */
#include "random_trees.h"
#include "tap.h"

static TestHost host;
static size_t size;

/* A tree of seven nodes: two levels of conditions on two features. */
static DriftModel *
small_model(void)
{
	static const uint32_t children[7][2] = {{1, 4}, {2, 3}, {0, 0}, {0, 0}, {5, 6}, {0, 0}, {0, 0}};
	DriftDraft d;
	DriftNode *nodes;
	DriftTree *tree;

	drift_draft_init(&d, &host.host);
	d.head.source = DRIFT_SOURCE_JSON;
	d.head.predictor = DRIFT_PREDICTOR_TREES;
	drift_draft_add(&d, DRIFT_SECTION_BASE, 1);
	for (uint32_t i = 0; i < 2; i++)
		*(uint32_t *) drift_draft_add(&d, DRIFT_SECTION_FEATURES, 1) =
			drift_draft_input(&d, "x", 1, DRIFT_INPUT_NUMBER);
	tree = drift_draft_add(&d, DRIFT_SECTION_TREES, 1);
	*tree = (DriftTree){.n_nodes = 7, .weight = 1};
	nodes = drift_draft_add(&d, DRIFT_SECTION_NODES, 7);
	for (uint32_t i = 0; i < 7; i++)
		nodes[i] = (DriftNode){.kind = children[i][0] ? DRIFT_NODE_LESS : DRIFT_NODE_LEAF,
							   .missing = DRIFT_MISSING_NAN,
							   .feature = i % 2,
							   .left = children[i][0],
							   .right = children[i][1]};
	return pack_draft(&d, &host, &size);
}

static DriftNode *
node(DriftModel *m, int i)
{
	return (DriftNode *) ((char *) m + m->section[DRIFT_SECTION_NODES].offset) + i;
}

static DriftTree *
first_tree(DriftModel *m)
{
	return (DriftTree *) ((char *) m + m->section[DRIFT_SECTION_TREES].offset);
}

static void
refused(const DriftModel *m, const char *expected)
{
	const char *what = NULL;
	DriftStatus status = drift_model_check(m, size, &what);

	ok(status == DRIFT_CORRUPT && what != NULL && strcmp(what, expected) == 0, "%s", expected);
	if (what != NULL && strcmp(what, expected) != 0)
		printf("# got: %s\n", what);
	test_host_free(&host);
}

static void
test_trees(void)
{
	DriftModel *m = small_model();
	const char *what;

	ok(drift_model_check(m, size, &what) == DRIFT_OK, "a model passes");
	test_host_free(&host);

	m = small_model();
	node(m, 4)->right = 5;
	refused(m, "a node has two parents");
	m = small_model();
	node(m, 1)->left = 5;
	refused(m, "a node has two parents");
	m = small_model();
	node(m, 4)->kind = DRIFT_NODE_LEAF;
	refused(m, "a node is out of reach");
	m = small_model();
	node(m, 4)->left = 4;
	refused(m, "a child does not lie behind its parent in its tree");
	m = small_model();
	node(m, 4)->right = 7;
	refused(m, "a child does not lie behind its parent in its tree");
	m = small_model();
	node(m, 1)->feature = 2;
	refused(m, "a node reads a feature that is not there");
	m = small_model();
	node(m, 1)->value = (double) NAN;
	refused(m, "a threshold is NaN");
	m = small_model();
	node(m, 6)->value = (double) NAN;
	refused(m, "a leaf is NaN");
	m = small_model();
	node(m, 1)->kind = DRIFT_NODE_IN_SET;
	node(m, 1)->set_words = 1;
	refused(m, "a node's set is not there");
	m = small_model();
	node(m, 2)->kind = DRIFT_NODE_LEAF_VECTOR;
	node(m, 2)->right = 1;
	refused(m, "a leaf has no weights");
	m = small_model();
	first_tree(m)->n_nodes = 8;
	refused(m, "a tree's nodes are not there");
	m = small_model();
	first_tree(m)->group = 1;
	refused(m, "a tree has no margin");
}

/* As deep as trees may be, and one level more; and so many nodes that their parents are looked for in parts. */
static void
test_large(void)
{
	const Kind deepest = {.depth = DRIFT_MODEL_MAX_DEPTH, .trees = 400, .chains = true, .groups = 1};
	const Kind large = {.depth = 20, .trees = 1, .groups = 1};
	const char *what;
	DriftModel *m = random_trees(&deepest, &host, &size);

	ok(drift_model_check(m, size, &what) == DRIFT_OK, "%u nodes", (unsigned) m->section[DRIFT_SECTION_NODES].count);
	test_host_free(&host);

	m = random_trees(&large, &host, &size);
	while (m->section[DRIFT_SECTION_NODES].count < 150000)
	{
		test_host_free(&host);
		m = random_trees(&large, &host, &size);
	}
	ok(drift_model_check(m, size, &what) == DRIFT_OK, "%u nodes in a tree",
	   (unsigned) m->section[DRIFT_SECTION_NODES].count);
	for (int i = 149999;; i--)
		if (node(m, i)->kind >= DRIFT_NODE_LESS)
		{
			node(m, i)->left = node(m, i)->right;
			break;
		}
	refused(m, "a node has two parents");
}

/* Cut at each byte it is refused, and nothing behind is read. */
static void
test_cut(void)
{
	DriftModel *m = small_model();
	int wrong = 0;

	for (size_t n = 0; n < size; n++)
	{
		void *cut = test_host_allocate(&host, n);
		const char *what = NULL;

		memcpy(cut, m, n);
		wrong += drift_model_check(cut, n, &what) == DRIFT_OK || what == NULL;
	}
	ok(wrong == 0, "cut at each of %zu bytes, %d pass", size, wrong);
	test_host_free(&host);
}

int
main(void)
{
	test_host_init(&host);
	test_trees();
	test_large();
	test_cut();
	return done_testing();
}
