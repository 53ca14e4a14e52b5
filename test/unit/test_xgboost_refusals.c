/*
 * test_xgboost_refusals.c
 *		What is not a model of XGBoost, contradicts itself or asks for what is
 *		not known here is refused, by name; broken bytes never harm.
 */
#include "tap.h"
#include "xgboost_model.h"

#include <math.h>

#include "model/score.h"

static const char *directory = "test/reference";

#define TREE(id) \
	"{\"base_weights\":[0,0,0,0,0],\"categories\":[0,3],\"categories_nodes\":[1],\"categories_segments\":[0]," \
	"\"categories_sizes\":[2],\"default_left\":[0,1,0,0,0],\"id\":" id ",\"left_children\":[1,3,-1,-1,-1]," \
	"\"loss_changes\":[4,2,0,0,0],\"parents\":[2147483647,0,0,1,1],\"right_children\":[2,4,-1,-1,-1]," \
	"\"split_conditions\":[5E-1,NaN,1E0,2E0,4E0],\"split_indices\":[0,1,0,0,0],\"split_type\":[0,1,0,0,0]," \
	"\"sum_hessian\":[4,3,1,2,1],\"tree_param\":{\"num_deleted\":\"0\",\"num_feature\":\"2\",\"num_nodes\":\"5\"," \
	"\"size_leaf_vector\":\"1\"}}"

static const char valid[] =
	"{\"learner\":{\"attributes\":{\"best_iteration\":\"0\"},\"feature_names\":[\"a\",\"b\"],\"feature_types\":[],"
	"\"gradient_booster\":{\"model\":{\"gbtree_model_param\":{\"num_parallel_tree\":\"1\",\"num_trees\":\"2\"},"
	"\"iteration_indptr\":[0,1,2],\"tree_info\":[0,0],\"trees\":[" TREE("0") "," TREE(
		"1") "]},\"name\":\"gbtree\"},"
			 "\"learner_model_param\":{\"base_score\":\"5E-1\",\"boost_from_average\":\"1\",\"num_class\":\"0\","
			 "\"num_feature\":\"2\",\"num_target\":\"1\"},\"objective\":{\"name\":\"reg:squarederror\",\"reg_loss_"
			 "param\":"
			 "{\"scale_pos_weight\":\"1\"}}},\"version\":[2,1,4]}";

/* The valid file with the first `from` in it replaced, in an allocation of exactly its size. */
static Bytes
changed(const char *from, const char *to)
{
	const char *at = strstr(valid, from);
	size_t before = (size_t) (at - valid);
	size_t after;
	Bytes b;

	if (at == NULL)
	{
		printf("Bail out! the file does not hold %s\n", from);
		exit(1);
	}
	after = strlen(at + strlen(from));
	b.size = before + strlen(to) + after;
	b.data = malloc(b.size);
	if (b.data == NULL)
		abort();
	memcpy(b.data, valid, before);
	memcpy(b.data + before, to, strlen(to));
	memcpy(b.data + before + strlen(to), at + strlen(from), after);
	return b;
}

static void
is_imported(const char *from, const char *to, double want, const char *name)
{
	TestHost h;
	DriftRefusal r;
	Bytes b = changed(from, to);
	DriftModel *m;
	DriftScoreProblem problem;
	double margin = (double) NAN;

	test_host_init(&h);
	m = import_xgboost(&h, b, DRIFT_ITERATIONS_ALL, &r);
	if (m != NULL)
	{
		DriftScorer *s = drift_scorer_create(m, &h.host);

		drift_scorer_numbers(s)[0] = 0.25;
		drift_scorer_numbers(s)[1] = 3;
		drift_score_margins(s, &margin, &problem);
	}
	if (!ok(m != NULL && margin == want, "%s", name))
		printf("# margin %g, want %g; %s %s\n", margin, want, m == NULL ? r.reason : "", r.name);
	test_host_free(&h);
	free(b.data);
}

static void
is_refused(const char *from, const char *to, DriftStatus status, const char *name)
{
	TestHost h;
	DriftRefusal r;
	Bytes b = changed(from, to);
	DriftModel *m;

	test_host_init(&h);
	m = import_xgboost(&h, b, DRIFT_ITERATIONS_ALL, &r);
	if (!ok(m == NULL && r.status == status && r.reason != NULL, "refused: %s", name))
		printf("# status %d, want %d: %s\n", (int) r.status, (int) status, r.reason ? r.reason : "");
	test_host_free(&h);
	free(b.data);
}

/* Both trees: 0.25 < 0.5 goes left; 3 is in the set, which goes right: 4. */
static void
test_valid(void)
{
	is_imported("2,1,4", "2,1,4", 8.5, "the file that the others are made of");
	is_imported("\"5E-1\"", "\" [ 5E-1 ] \"", 8.5, "a base score in brackets");
	is_imported("\"5E-1\"", "\"(0.5)\"", 8.5, "a base score in parentheses");
	is_imported("\"5E-1\"", "\"0.500000\"", 8.5, "a base score as 1.0 wrote it");
	is_imported("[0,1,0,0,0],\"id\":0", "[false,true,false,false,false],\"id\":0", 8.5, "directions as truth values");
	is_imported("\"iteration_indptr\":[0,1,2],", "", 8.5, "no list of iterations");
	is_imported("\"num_target\":\"1\"", "\"more\":\"1\"", 8.5, "no number of targets");
	is_imported("\"feature_names\":[\"a\",\"b\"],", "", 8.5, "no names");
	is_imported("\"sum_hessian\":[4,3,1,2,1],", "", 8.5, "no statistics of a tree");
	is_imported("\"version\":[2,1,4]}", "\"version\":[2,1,4],\"note\":[{\"a\":[1]}]}\n", 8.5,
				"something else beside it");
}

static void
test_structure(void)
{
	is_refused("{\"learner\"", "binf{\"learner\"", DRIFT_UNSUPPORTED, "the old binary form");
	is_refused("{\"learner\"", "{\"student\"", DRIFT_CORRUPT, "no learner");
	is_refused("\"version\":[2,1,4]", "\"versions\":[2,1,4]", DRIFT_CORRUPT, "no version");
	is_refused("[2,1,4]", "[2,1]", DRIFT_CORRUPT, "a version of two numbers");
	is_refused("[2,1,4]", "[4,0,0]", DRIFT_UNSUPPORTED, "a version to come");
	is_refused("[2,1,4]", "[0,90,0]", DRIFT_UNSUPPORTED, "a version before JSON");
	is_refused("{\"learner\"", "{\"Config\":{},\"learner\"", DRIFT_UNSUPPORTED, "a memory snapshot");
	is_refused("\"version\":[2,1,4]}", "\"version\":[2,1,4]}}", DRIFT_TRAILING_BYTES, "something behind it");
	is_refused("\"version\"", "\"learner\":{},\"version\"", DRIFT_CORRUPT, "two learners");
	is_refused("\"tree_info\"", "\"trees\":[],\"tree_info\"", DRIFT_CORRUPT, "trees twice");
	is_refused("\"parents\"", "\"split_indices\":[0,1,0,0,0],\"parents\"", DRIFT_CORRUPT, "features of nodes twice");
	is_refused("\"attributes\"", "\"prior\"", DRIFT_UNSUPPORTED, "an unknown field of the learner");
	is_refused("\"tree_info\":[0,0]", "\"tree_info\":[0,0],\"rates\":[1]", DRIFT_UNSUPPORTED,
			   "an unknown field of trees");
	is_refused("\"loss_changes\"", "\"surrogates\"", DRIFT_UNSUPPORTED, "an unknown field of a tree");
	is_refused("\"name\":\"gbtree\"", "\"name\":\"gbforest\"", DRIFT_UNSUPPORTED, "an unknown booster");
	is_refused("\"name\":\"gbtree\"", "\"name\":\"gblinear\"", DRIFT_CORRUPT, "a linear model without weights");
	is_refused("reg:squarederror", "reg:custom", DRIFT_UNSUPPORTED, "an unknown objective");
	is_refused("\"name\":\"reg:squarederror\",", "", DRIFT_UNSUPPORTED, "no objective");
	is_refused("\"size_leaf_vector\":\"1\"", "\"size_leaf_vector\":\"2\"", DRIFT_UNSUPPORTED, "leaves of vectors");
	is_refused("\"feature_names\":[\"a\",\"b\"]", "\"feature_names\":[\"a\"]", DRIFT_CORRUPT, "a name too few");
	is_refused("\"feature_names\":[\"a\",\"b\"]", "\"feature_names\":[\"a\",\"\xff\"]", DRIFT_CORRUPT,
			   "a name of bad UTF-8");
}

static void
test_numbers(void)
{
	is_refused("\"num_feature\":\"2\",\"num_target\"", "\"num_feature\":\"1\",\"num_target\"", DRIFT_CORRUPT,
			   "fewer features than names");
	is_refused("\"num_feature\":\"2\",\"num_target\"", "\"num_feature\":\"999999999999\",\"num_target\"",
			   DRIFT_TOO_LARGE, "too many features");
	is_refused("\"num_feature\":\"2\",\"num_target\"", "\"num_feature\":\"two\",\"num_target\"", DRIFT_CORRUPT,
			   "a number of features in words");
	is_refused("\"num_class\":\"0\"", "\"num_class\":\"99999999\"", DRIFT_TOO_LARGE, "too many classes");
	is_refused("\"num_trees\":\"2\"", "\"num_trees\":\"3\"", DRIFT_CORRUPT, "fewer trees than are said");
	is_refused("\"tree_info\":[0,0]", "\"tree_info\":[0]", DRIFT_CORRUPT, "trees without a class");
	is_refused("\"tree_info\":[0,0]", "\"tree_info\":[0,1]", DRIFT_CORRUPT, "a tree of a class that is not there");
	is_refused("\"tree_info\":[0,0]", "\"tree_info\":[0,-1]", DRIFT_CORRUPT, "a tree of a class below zero");
	is_refused("\"tree_info\":[0,0]", "\"tree_info\":[0,0.5]", DRIFT_CORRUPT, "a tree between two classes");
	is_refused("\"iteration_indptr\":[0,1,2]", "\"iteration_indptr\":[0,2,1]", DRIFT_CORRUPT, "iterations in disorder");
	is_refused("\"iteration_indptr\":[0,1,2]", "\"iteration_indptr\":[0,1,3]", DRIFT_CORRUPT,
			   "iterations past the end");
	is_refused("\"id\":1", "\"id\":0", DRIFT_CORRUPT, "two trees of one number");
	is_refused("\"id\":1", "\"id\":7", DRIFT_CORRUPT, "a tree of a number past the end");
	is_refused("\"5E-1\"", "\"NaN\"", DRIFT_CORRUPT, "a base score of NaN");
	is_refused("\"5E-1\"", "\"1E99\"", DRIFT_CORRUPT, "an infinite base score");
	is_refused("\"5E-1\"", "\"[5E-1,5E-1]\"", DRIFT_CORRUPT, "more base scores than margins");
	is_refused("\"5E-1\"", "\"[5E-1\"", DRIFT_CORRUPT, "a base score without its bracket");
	is_refused("\"5E-1\"", "5E-1", DRIFT_CORRUPT, "a base score that is no string");
	is_refused("\"base_score\":\"5E-1\",", "", DRIFT_CORRUPT, "no base score");
}

static void
test_nodes(void)
{
	is_refused("[1,3,-1,-1,-1]", "[0,3,-1,-1,-1]", DRIFT_CORRUPT, "a node that is its own child");
	is_refused("[1,3,-1,-1,-1]", "[1,0,-1,-1,-1]", DRIFT_CORRUPT, "a root that is a child");
	is_refused("[1,3,-1,-1,-1]", "[2,3,-1,-1,-1]", DRIFT_CORRUPT, "a node with two parents");
	is_refused("[1,3,-1,-1,-1]", "[1,3,-2,-1,-1]", DRIFT_CORRUPT, "a child below zero");
	is_refused("[1,3,-1,-1,-1]", "[1,5,-1,-1,-1]", DRIFT_CORRUPT, "a child past the end");
	is_refused("[1,3,-1,-1,-1]", "[1,3,-1,-1]", DRIFT_CORRUPT, "arrays of other lengths");
	is_refused("[1,3,-1,-1,-1]", "[1,3,-1,-1,1e300]", DRIFT_CORRUPT, "a child beyond whole numbers");
	is_refused("[1,3,-1,-1,-1]", "[1,3,-1,-1,null]", DRIFT_CORRUPT, "a child of nothing");
	is_refused("\"num_nodes\":\"5\"", "\"num_nodes\":\"4294967295\"", DRIFT_CORRUPT, "a huge number of nodes");
	is_refused("\"split_indices\":[0,1,", "\"split_indices\":[2,1,", DRIFT_CORRUPT, "a feature past the end");
	is_refused("\"split_indices\":[0,1,", "\"split_indices\":[-1,1,", DRIFT_CORRUPT, "a feature below zero");
	is_refused("\"split_indices\":[0,1,", "\"split_indices\":[4294967296,1,", DRIFT_CORRUPT, "a feature of 33 bits");
	is_refused("\"split_type\":[0,1,", "\"split_type\":[0,2,", DRIFT_UNSUPPORTED, "a split of an unknown type");
	is_refused("\"split_type\":[0,1,", "\"split_type\":[1,1,", DRIFT_CORRUPT, "a split by no categories");
	is_refused("[5E-1,NaN,1E0", "[NaN,NaN,1E0", DRIFT_CORRUPT, "a threshold of NaN");
	is_refused("[5E-1,NaN,1E0", "[5E-1,NaN,NaN", DRIFT_CORRUPT, "a leaf of NaN");
}

static void
test_categories(void)
{
	is_refused("\"categories\":[0,3]", "\"categories\":[0,-3]", DRIFT_CORRUPT, "a category below zero");
	is_refused("\"categories\":[0,3]", "\"categories\":[0,16777216]", DRIFT_CORRUPT, "a category of 2^24");
	is_refused("\"categories\":[0,3]", "\"categories\":[0]", DRIFT_CORRUPT, "a category too few");
	is_refused("\"categories_sizes\":[2]", "\"categories_sizes\":[0]", DRIFT_CORRUPT, "a split by an empty set");
	is_refused("\"categories_sizes\":[2]", "\"categories_sizes\":[9223372036854775807]", DRIFT_CORRUPT, "a huge set");
	is_refused("\"categories_segments\":[0]", "\"categories_segments\":[-1]", DRIFT_CORRUPT, "a set below zero");
	is_refused("\"categories_nodes\":[1]", "\"categories_nodes\":[5]", DRIFT_CORRUPT, "a set of no node");
	is_refused("\"categories_nodes\":[1]", "\"categories_nodes\":[1,1]", DRIFT_CORRUPT,
			   "sets and sizes of other lengths");
	is_refused("\"tree_info\"", "\"cats\":{\"enc\":[{\"offsets\":[0,4],\"values\":[97]},{}]},\"tree_info\"",
			   DRIFT_CORRUPT, "labels past the end of their text");
	is_refused("\"tree_info\"", "\"cats\":{\"enc\":[{\"offsets\":[0,1],\"values\":[-1]},{}]},\"tree_info\"",
			   DRIFT_CORRUPT, "labels of bad UTF-8");
	is_refused("\"tree_info\"", "\"cats\":{\"enc\":[{\"offsets\":[0,1],\"values\":[97]}]},\"tree_info\"", DRIFT_CORRUPT,
			   "labels of fewer features");
}

#define BEST "\"best_iteration\":\"0\""
#define PARALLEL "\"num_parallel_tree\":\"1\",\"num_trees\":\"2\"},"
#define LIST "\"iteration_indptr\":[0,1,2],"

static void
test_iterations(void)
{
	static const struct
	{
		const char *from;
		const char *to;
		int64_t asked;
		uint64_t trees;
	} cases[] = {
		{"", "", DRIFT_ITERATIONS_ALL, 2},
		{"", "", DRIFT_ITERATIONS_BEST, 1},
		{"", "", 1, 1},
		{"", "", 2, 2},
		{"", "", 3, 0},
		{"", "", -2, 0},
		{LIST, "", 1, 1},
		{LIST, "", 3, 0},
		{PARALLEL LIST, "\"num_trees\":\"2\"},", DRIFT_ITERATIONS_ALL, 2},
		{PARALLEL LIST, "\"num_trees\":\"2\"},", 1, 0},
		{BEST, "", DRIFT_ITERATIONS_BEST, 2},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		TestHost h;
		DriftRefusal r;
		DriftModel *m;
		Bytes b = changed(cases[i].from, cases[i].to);

		test_host_init(&h);
		m = import_xgboost(&h, b, cases[i].asked, &r);
		ok((m == NULL ? 0 : drift_model_count(m, DRIFT_SECTION_TREES)) == cases[i].trees, "%d trees of %d iterations",
		   (int) cases[i].trees, (int) cases[i].asked);
		test_host_free(&h);
		free(b.data);
	}
}

/* Bytes: a bit for each category below 2^24. */
#define SET_OF_THE_LAST_CATEGORY ((size_t) 1 << 21)

/* Every prefix, and every byte made another one: no more than a refusal, and memory in proportion. */
static void
test_broken(const char *name)
{
	Bytes whole = read_xgboost_model(directory, name);
	uint64_t imported = 0;
	size_t most = 0;

	for (size_t i = 0; i < 2 * whole.size; i++)
	{
		bool cut = i < whole.size;
		Bytes b = {malloc(whole.size), cut ? i : whole.size};
		TestHost h;
		DriftRefusal r;

		if (b.data == NULL)
			abort();
		memcpy(b.data, whole.data, b.size);
		if (cut)
			b.data = realloc(b.data, b.size + 1);
		else
			b.data[i - whole.size] = (char) (b.data[i - whole.size] ^ (1 << i % 8));
		test_host_init(&h);
		imported += import_xgboost(&h, b, DRIFT_ITERATIONS_ALL, &r) != NULL && cut;
		most = h.taken > most ? h.taken : most;
		test_host_free(&h);
		free(b.data);
	}
	ok(imported == 0, "%s: no prefix is imported", name);
	ok(most < 100 * whole.size + 3 * SET_OF_THE_LAST_CATEGORY, "%s: at most %zu bytes are taken", name, most);
	free(whole.data);
}

static void
test_vector_leaves(const char *name)
{
	Bytes b = read_xgboost_model(directory, name);
	TestHost h;
	DriftRefusal r;

	test_host_init(&h);
	ok(import_xgboost(&h, b, DRIFT_ITERATIONS_ALL, &r) == NULL && r.status == DRIFT_UNSUPPORTED &&
		   strstr(r.reason, "multi_output_tree") != NULL,
	   "%s is refused by name", name);
	test_host_free(&h);
	free(b.data);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		directory = argv[1];
	test_valid();
	test_structure();
	test_numbers();
	test_nodes();
	test_categories();
	test_iterations();
	test_broken("1.7.6-hinge.json");
	test_broken("2.1.4-linear-ubj.ubj");
	test_broken("3.2.0-frame.ubj");
	test_vector_leaves("2.1.4-vector-leaves.json");
	test_vector_leaves("3.2.0-vector-leaves.json");
	return done_testing();
}
