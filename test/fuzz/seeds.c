/*
 * seeds.c
 *		Write the profiles and models that fuzzing starts from: seeds DIRECTORY.
 *
 * Each file name says what is in it. A fuzzer cannot guess a whole packed
 * block, but it can take one apart.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/category_input.h"
#include "fuzz/numeric_input.h"
#include "stats/detector.h"
#include "train/online.h"
#include "unit/random_trees.h"

#define MAX_SEED 16384

typedef struct Seed
{
	const char *name;
	size_t size;
	uint8_t bytes[MAX_SEED];
} Seed;

static const char *directory;
static const uint8_t none[1];

static void
write_file(const char *target, const char *name, const uint8_t *head, size_t head_size, const Seed *a, const Seed *b)
{
	char path[1024];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%s", directory, target, name);
	file = fopen(path, "wb");
	if (file == NULL)
	{
		perror(path);
		exit(1);
	}
	fwrite(head, 1, head_size, file);
	fwrite(a->bytes, 1, a->size, file);
	if (b != NULL)
		fwrite(b->bytes, 1, b->size, file);
	fclose(file);
}

static double
sample(const char *name, int i)
{
	switch (name[0])
	{
		case 'd': /* discrete */
			return i % 5;
		case 'i': /* infinite */
			return i % 7 == 0 ? (double) INFINITY : i % 11 == 0 ? (double) -INFINITY : i;
		default:
			return sin(i) * exp(i % 10);
	}
}

static Seed
numeric_seed(const char *name, DriftValueType type, int rows, int missing, uint32_t edge_count)
{
	static const double edges[] = {-10.0, 0.0, 1.0, 100.0};
	uint32_t capacity = drift_numeric_full_capacity(DRIFT_MIN_KEYS, 8);
	DriftNumeric *p = malloc(drift_numeric_size(capacity, 8, edge_count));
	Seed seed = {.name = name};

	REQUIRE(p != NULL);
	drift_numeric_init(p, type, DRIFT_MIN_KEYS, capacity, 8, edges, edge_count);
	for (int i = 0; i < missing; i++)
		drift_numeric_add_missing(p);
	for (int i = 0; i < rows; i++)
	{
		drift_numeric_add(p, sample(name, i));
		if (drift_numeric_full(p))
			REQUIRE(drift_numeric_flush(p) == DRIFT_OK);
	}
	REQUIRE(drift_numeric_flush(p) == DRIFT_OK);
	seed.size = drift_numeric_packed_size(p);
	REQUIRE(seed.size <= MAX_SEED);
	REQUIRE(drift_numeric_pack(p, seed.bytes, seed.size) == DRIFT_OK);
	free(p);
	return seed;
}

static void
write_pairs(const char *target, const Seed *seeds, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		const Seed *a = &seeds[i];
		const Seed *b = &seeds[(i + 1) % count];
		uint8_t split[2] = {(uint8_t) a->size, (uint8_t) (a->size >> 8)};

		write_file(target, a->name, split, sizeof(split), a, b);
	}
}

static void
numeric_seeds(void)
{
	const Seed seeds[] = {
		numeric_seed("empty", DRIFT_VALUE_NUMBER, 0, 0, 0),
		numeric_seed("missing", DRIFT_VALUE_NUMBER, 0, 9, 0),
		numeric_seed("few", DRIFT_VALUE_NUMBER, 6, 1, 0),
		numeric_seed("many", DRIFT_VALUE_NUMBER, 900, 5, 0),
		numeric_seed("many_in_bins", DRIFT_VALUE_NUMBER, 300, 0, 4),
		numeric_seed("discrete", DRIFT_VALUE_NUMBER, 100, 0, 0),
		numeric_seed("discrete_in_bins", DRIFT_VALUE_NUMBER, 100, 2, 2),
		numeric_seed("infinite", DRIFT_VALUE_NUMBER, 100, 0, 0),
		numeric_seed("timestamps", DRIFT_VALUE_TIMESTAMP, 40, 0, 0),
	};
	size_t count = sizeof(seeds) / sizeof(seeds[0]);

	for (size_t i = 0; i < count; i++)
		write_file("fuzz_numeric_unpack", seeds[i].name, none, 0, &seeds[i], NULL);
	write_pairs("fuzz_numeric_merge", seeds, count);
	write_pairs("fuzz_numeric_statistics", seeds, count);
}

static void
row_seeds(void)
{
	static const char *const names[] = {"normal", "discrete", "infinite"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		Seed seed = {.name = names[i], .size = 60 * sizeof(double)};

		for (int k = 0; k < 60; k++)
		{
			double value = sample(names[i], k);

			for (size_t b = 0; b < sizeof(double); b++)
				seed.bytes[(size_t) k * sizeof(double) + b] = ((const uint8_t *) &value)[b];
		}
		write_file("fuzz_numeric_rows", names[i], none, 0, &seed, NULL);
	}
}

static Seed
category_seed(const char *name, DriftValueType type, int rows, int missing, int categories)
{
	size_t room = drift_category_size(DRIFT_MIN_CATEGORY_LIMIT);
	DriftCategory *p = malloc(room);
	uint32_t order[DRIFT_MIN_CATEGORY_LIMIT];
	Seed seed = {.name = name};

	REQUIRE(p != NULL);
	REQUIRE(drift_category_init(p, room, type, DRIFT_MIN_CATEGORY_LIMIT) == DRIFT_OK);
	for (int i = 0; i < missing; i++)
		REQUIRE(drift_category_add_missing(p) == DRIFT_OK);
	for (int i = 0; i < rows; i++)
	{
		char label[32];
		int length = snprintf(label, sizeof(label), "city %d", i * i % categories);

		if (type == DRIFT_VALUE_BOOLEAN)
			length = snprintf(label, sizeof(label), "%s", i % 3 == 0 ? "true" : "false");
		REQUIRE(drift_category_add(p, label, (size_t) length) == DRIFT_OK);
	}
	seed.size = drift_category_packed_size(p);
	REQUIRE(seed.size <= MAX_SEED);
	REQUIRE(drift_category_pack(p, seed.bytes, seed.size, order) == DRIFT_OK);
	free(p);
	return seed;
}

static void
category_seeds(void)
{
	const Seed seeds[] = {
		category_seed("empty", DRIFT_VALUE_TEXT, 0, 0, 1),    category_seed("missing", DRIFT_VALUE_TEXT, 0, 3, 1),
		category_seed("one", DRIFT_VALUE_TEXT, 9, 0, 1),      category_seed("few", DRIFT_VALUE_TEXT, 100, 1, 7),
		category_seed("many", DRIFT_VALUE_TEXT, 500, 0, 397), category_seed("flags", DRIFT_VALUE_BOOLEAN, 50, 2, 1),
	};
	size_t count = sizeof(seeds) / sizeof(seeds[0]);

	for (size_t i = 0; i < count; i++)
		write_file("fuzz_category_unpack", seeds[i].name, none, 0, &seeds[i], NULL);
	write_pairs("fuzz_category_merge", seeds, count);
	write_pairs("fuzz_category_statistics", seeds, count);
}

/* As fuzz_category_rows reads them: a length and a label. */
static void
label_seed(const char *name, int categories)
{
	Seed seed = {.name = name};

	for (int i = 0; i < 200; i++)
	{
		int length = snprintf((char *) seed.bytes + seed.size + 1, 16, "%d", i * 7 % categories);

		seed.bytes[seed.size] = (uint8_t) length;
		seed.size += 1 + (size_t) length;
	}
	write_file("fuzz_category_rows", name, none, 0, &seed, NULL);
}

/* As fuzz_relations reads them: how wide the keys of both columns are, and the keys. */
static void
relation_seed(const char *name, uint8_t widths)
{
	Seed seed = {.name = name, .size = 1};

	seed.bytes[0] = widths;
	for (int i = 0; i < 100; i++)
		for (int column = 0; column < 2; column++)
		{
			double value = sample("n", column == 0 ? i : i * 31 % 100);
			size_t width = widths >> column & 1 ? sizeof(value) : 1;

			for (size_t b = 0; b < width; b++)
				seed.bytes[seed.size++] = ((const uint8_t *) &value)[sizeof(value) - width + b];
		}
	write_file("fuzz_relations", name, none, 0, &seed, NULL);
}

static void
put_model_seed(const char *name, DriftModel *m, size_t size)
{
	Seed seed = {.name = name, .size = size};

	if (size > MAX_SEED)
		abort();
	memcpy(seed.bytes, m, size);
	write_file("fuzz_score", name, none, 0, &seed, NULL);
}

static void
tree_seed(TestHost *host, const Kind *kind)
{
	size_t size;
	DriftModel *m = random_trees(kind, host, &size);

	put_model_seed(kind->name, m, size);
}

/* One step of each kind, on two numbers and a label; two classes. */
static void
step_seed(TestHost *host)
{
	static const uint32_t in[] = {0, 1, 2};
	static const double numbers[] = {0, 1, 3.5, 7};
	DriftDraft d;
	DriftModel *m;
	size_t size;

	drift_draft_init(&d, &host->host);
	d.head.source = DRIFT_SOURCE_ONNX;
	d.head.predictor = DRIFT_PREDICTOR_LINEAR;
	d.head.task = DRIFT_TASK_BINARY;
	d.head.decision = DRIFT_DECISION_OUTPUT;
	d.head.transform = DRIFT_TRANSFORM_LOGISTIC;
	for (uint32_t i = 0; i < 3; i++)
		drift_draft_input(&d, "x", 1, i == 2 ? DRIFT_INPUT_TEXT : DRIFT_INPUT_NUMBER);
	for (uint32_t op = DRIFT_STEP_ADD; op <= DRIFT_STEP_MAP_TEXT; op++)
	{
		bool one = op >= DRIFT_STEP_ONE_HOT_NUMBER;
		bool text = op == DRIFT_STEP_ONE_HOT_TEXT || op == DRIFT_STEP_MAP_TEXT;
		bool pairs = op == DRIFT_STEP_REPLACE || op == DRIFT_STEP_CLIP;
		uint32_t n = op == DRIFT_STEP_ONE_HOT_TEXT || (op > DRIFT_STEP_BINARIZE && !one) ? 0 : one ? 3 : pairs ? 4 : 2;
		uint32_t first_number = (uint32_t) drift_draft_count(&d, DRIFT_SECTION_NUMBERS);
		uint32_t first_string = (uint32_t) drift_draft_count(&d, DRIFT_SECTION_STRINGS);
		bool codes = op == DRIFT_STEP_ONE_HOT_NUMBER || op == DRIFT_STEP_ONE_HOT_TEXT;

		for (uint32_t i = 0; i < n; i++)
			*(double *) drift_draft_add(&d, DRIFT_SECTION_NUMBERS, 1) = numbers[i];
		for (uint32_t i = 0; text && i < 2; i++)
			drift_draft_string(&d, "red", i + 2);
		drift_draft_step(&d, (DriftStepOp) op, text ? in + 2 : in, one ? 1 : 2,
						 codes ? (text ? 2 : 3)
						 : one ? 1
							   : 2,
						 first_number, first_string);
	}
	drift_draft_add(&d, DRIFT_SECTION_LABELS, 2);
	drift_draft_add(&d, DRIFT_SECTION_BASE, 1);
	for (uint32_t i = 3; i < d.head.slots; i++)
	{
		*(uint32_t *) drift_draft_add(&d, DRIFT_SECTION_FEATURES, 1) = i;
		*(double *) drift_draft_add(&d, DRIFT_SECTION_COEFFICIENTS, 1) = 0.25 * i - 1;
	}
	m = pack_draft(&d, host, &size);
	put_model_seed("steps", m, size);
}

static void
model_seeds(void)
{
	static const Kind kinds[] = {
		{.name = "stumps", .depth = 1, .trees = 5, .single_inputs = true, .single = true, .groups = 1},
		{.name = "deep", .depth = 30, .trees = 2, .chains = true, .dart = true, .groups = 2},
		{.name = "sets", .depth = 3, .trees = 4, .sets = true, .vectors = true, .groups = 3},
	};
	TestHost host;

	test_host_init(&host);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		tree_seed(&host, &kinds[i]);
	step_seed(&host);
	test_host_free(&host);
}

/* A detector of each kind in the middle of a stream. */
static void
detector_seeds(void)
{
	for (int kind = 1; kind <= DRIFT_DETECTOR_KINDS; kind++)
	{
		int count;
		const DriftDetectorParam *known = drift_detector_params(kind, &count);
		double params[DRIFT_DETECTOR_PARAMS];
		DriftDetector *d;
		Seed seed = {.name = drift_detector_kind_name(kind)};

		for (int i = 0; i < count; i++)
			params[i] = known[i].otherwise;
		d = malloc(drift_detector_size(kind, params));
		REQUIRE(d != NULL);
		drift_detector_init(d, kind, params);
		for (int i = 0; i < 333; i++)
			drift_detector_add(d, i % 5 == 0);
		seed.size = drift_detector_packed_size(d);
		REQUIRE(drift_detector_pack(d, seed.bytes, seed.size) == DRIFT_OK);
		write_file("fuzz_detector", seed.name, none, 0, &seed, NULL);
		free(d);
	}
}

/* A learner of each optimiser, of classes and of numbers, while a warning lasts. */
static void
online_seeds(void)
{
	static const char *const optimisers[] = {"sgd", "adagrad", "ftrl"};
	static const DriftText names[] = {{"a", 1}, {"b", 1}, {"c", 1}};
	static const bool kinds[] = {false, true, false};
	TestHost host;

	test_host_init(&host);
	for (uint32_t i = 0; i < 3; i++)
	{
		DriftOnlineParams params = {.optimiser = (uint8_t) (i + 1),
									.policy = DRIFT_ONLINE_REPLACE,
									.standardise = i < 2,
									.intercept = true,
									.max_categories = 3,
									.learning_rate = 0.1,
									.beta = 1,
									.fading = 0.9,
									.raise_by = 2};
		DriftDetector *d = test_host_allocate(&host, 65536);
		Seed seed = {.name = optimisers[i]};
		DriftOnline *o;

		drift_detector_init(d, DRIFT_DDM, (const double[]){2, 1, 3});
		o = drift_online_create(&host.host, &params, names, kinds, 3, names, i == 2 ? 0 : 2 + i, i == 2 ? NULL : d);
		for (int row = 0; row < 40; row++)
			drift_online_add(
				o, &(DriftOnlineRow){(const double[]){row, 0, row % 7}, (const DriftText[]){{0}, names[row % 3], {0}}},
				row % 2, 1);
		seed.size = drift_online_packed_size(o);
		REQUIRE(seed.size <= MAX_SEED && drift_online_pack(o, seed.bytes, seed.size) == DRIFT_OK);
		write_file("fuzz_online", seed.name, none, 0, &seed, NULL);
	}
	test_host_free(&host);
}

int
main(int argc, char **argv)
{
	if (argc != 2)
	{
		fprintf(stderr, "usage: seeds DIRECTORY\n");
		return 2;
	}
	directory = argv[1];
	numeric_seeds();
	row_seeds();
	category_seeds();
	label_seed("few", 5);
	label_seed("many", 101);
	relation_seed("narrow", 0);
	relation_seed("mixed", 1);
	relation_seed("wide", 3);
	model_seeds();
	detector_seeds();
	online_seeds();
	return 0;
}
