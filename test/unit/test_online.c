/*
 * test_online.c
 *		Learners against scikit-learn and river, on their way through the packed form; categories as they come;
 *		what each policy does at a change; weights that grow beyond bounds; bytes that are no learner.
 */
#include "train/online.h"

#include "golden.h"
#include "model_host.h"
#include "stats/counter_random.h"
#include "train/online_parts.h"

#define ROWS 500
#define FEATURES 3

static const DriftText names[FEATURES] = {{"x0", 2}, {"x1", 2}, {"x2", 2}};
static const DriftText three[] = {{"low", 3}, {"middle", 6}, {"high", 4}};

static const DriftOnlineParams plain = {
	.optimiser = DRIFT_OPTIMISER_SGD,
	.policy = DRIFT_ONLINE_KEEP,
	.intercept = true,
	.max_categories = 100,
	.learning_rate = 0.05,
	.power = 0.25,
	.beta = 1,
	.fading = 0.999,
	.raise_by = 10,
};

/* Margins of a row by what was learned so far. */
static const double *
margins(DriftOnline *o, const DriftOnlineRow *row)
{
	drift_online_gather(o, &o->front, row, false);
	drift_online_arm_margins(o, &o->front);
	return o->margins;
}

/* The rows of generate_online.py. */
static double
value_of(uint64_t row, uint32_t f)
{
	double u = drift_counter_uniform(11, f, row);

	return f == 0 ? 10 * u - 3 : (u - 0.5) * (f + 1);
}

static double
number_of(uint64_t row)
{
	return 1.5 * value_of(row, 0) - 2 * value_of(row, 1) + 0.5 * value_of(row, 2) +
		   (drift_counter_uniform(11, 9, row) - 0.5);
}

static double
target_of(uint64_t row, uint32_t n_classes)
{
	double number = number_of(row);

	if (n_classes == 0)
		return number;
	return n_classes == 2 ? number > 3 : number < 1 ? 0 : number < 6 ? 1 : 2;
}

static DriftDetector *
make_detector(TestHost *h, const char *name)
{
	double params[DRIFT_DETECTOR_PARAMS];
	int kind = drift_detector_kind(name, strlen(name));
	int count;
	const DriftDetectorParam *known = drift_detector_params(kind, &count);
	DriftDetector *d;

	for (int i = 0; i < count; i++)
		params[i] = known[i].otherwise;
	d = test_host_allocate(h, drift_detector_size(kind, params));
	drift_detector_init(d, kind, params);
	return d;
}

/* The learner packed and unpacked. */
static DriftOnline *
travelled(TestHost *h, const DriftOnline *o)
{
	size_t size = drift_online_packed_size(o);
	uint8_t *bytes = test_host_allocate(h, size);
	uint8_t *again = test_host_allocate(h, size);
	DriftOnline *copy = NULL;

	if (drift_online_pack(o, bytes, size) != DRIFT_OK || drift_online_pack(o, again, size - 1) != DRIFT_NO_SPACE ||
		drift_online_unpack(&h->host, bytes, size, &copy) != DRIFT_OK || drift_online_packed_size(copy) != size ||
		drift_online_pack(copy, again, size) != DRIFT_OK || memcmp(bytes, again, size) != 0)
	{
		printf("Bail out! not its own packed form\n");
		exit(1);
	}
	return copy;
}

static DriftOnline *
learn_golden(TestHost *h, DriftOnlineParams params, uint32_t n_classes, uint64_t rows)
{
	static const bool numbers[FEATURES];
	DriftOnline *o = drift_online_create(&h->host, &params, names, numbers, FEATURES, three, n_classes, NULL);

	for (uint64_t i = 0; i < rows; i++)
	{
		double x[FEATURES];

		for (uint32_t f = 0; f < FEATURES; f++)
			x[f] = value_of(i, f);
		if (drift_online_add(o, &(DriftOnlineRow){x, NULL}, target_of(i, n_classes), 1) != DRIFT_OK)
			return o;
		if (i % 97 == 0)
			o = travelled(h, o);
	}
	return o;
}

typedef struct Case
{
	const char *name;
	uint32_t n_classes;
	uint32_t group;
	DriftOnlineParams params;
} Case;

static void
fill_cases(Case *cases)
{
	const DriftOnlineParams p = plain;

	for (int i = 0; i < 10; i++)
		cases[i] = (Case){.n_classes = 2, .params = p};
	cases[0].name = "sgd_constant";
	cases[1].name = "sgd_l2";
	cases[1].params.inverse_scaling = true;
	cases[1].params.learning_rate = 0.1;
	cases[1].params.l2 = 0.01;
	cases[2].name = "sgd_linear";
	cases[2].n_classes = 0;
	cases[2].params.inverse_scaling = true;
	cases[2].params.learning_rate = 0.01;
	cases[2].params.l2 = 0.001;
	cases[3].name = "adagrad";
	cases[3].params.optimiser = DRIFT_OPTIMISER_ADAGRAD;
	cases[3].params.learning_rate = 0.1;
	cases[3].params.intercept = false;
	cases[4].name = "sgd_scaled";
	cases[4].params.standardise = true;
	for (uint32_t c = 0; c < 3; c++)
	{
		static const char *const softmax[] = {"softmax_0", "softmax_1", "softmax_2"};

		cases[5 + c].name = softmax[c];
		cases[5 + c].n_classes = 3;
		cases[5 + c].group = c;
		cases[5 + c].params.standardise = true;
		cases[5 + c].params.intercept = false;
	}
	cases[8].name = "ftrl";
	cases[8].params.optimiser = DRIFT_OPTIMISER_FTRL;
	cases[8].params.learning_rate = 0.1;
	cases[9] = cases[8];
	cases[9].name = "ftrl_l1";
	cases[9].params.l1 = 4;
	cases[9].params.l2 = 0.5;
}

static void
test_golden(int argc, char **argv)
{
	Case cases[10];
	TestHost h;
	Golden g;

	fill_cases(cases);
	test_host_init(&h);
	golden_open(&g, argc, argv, "online.csv");
	while (golden_next(&g))
		for (int i = 0; i < 10; i++)
			if (strcmp(cases[i].name, g.field[0]) == 0)
			{
				DriftOnline *o = learn_golden(&h, cases[i].params, cases[i].n_classes, ROWS);
				uint32_t column = (uint32_t) golden_int(&g, 1);
				char name[64];

				snprintf(name, sizeof(name), "%s, weight %u", g.field[0], column);
				is_close(drift_online_weight(o, &o->front, column, cases[i].group), golden_double(&g, 2), 1e-9, name);
				test_host_free(&h);
			}
	golden_close(&g, "online.csv", 40);
}

/* Predictions are counted before they are learned from: the first is one of nothing. */
static void
test_tally(void)
{
	TestHost h;
	DriftOnline *o;

	test_host_init(&h);
	o = learn_golden(&h, plain, 2, 1);
	is_close(o->total.loss, log(2), 1e-15, "the first row is predicted with one half");
	o = learn_golden(&h, plain, 2, ROWS);
	ok(o->seen == ROWS && o->front.rows == ROWS && o->total.n == ROWS, "rows are counted");
	ok(o->total.right > 0.85 * ROWS && o->faded.n < ROWS && o->faded.n > 0.7 * ROWS,
	   "most are right, faded ones count less");
	o = learn_golden(&h, plain, 3, ROWS);
	ok(o->n_groups == 3 && o->total.right > 0.75 * ROWS, "of three classes too");
	o = learn_golden(&h, plain, 0, ROWS);
	ok(o->total.squares >= o->total.loss * o->total.loss / ROWS, "squares of errors of numbers");
	test_host_free(&h);
}

static DriftText
label_of(int i)
{
	static char bytes[40][8];

	snprintf(bytes[i], sizeof(bytes[i]), "l%d", i);
	return (DriftText){bytes[i], (uint32_t) strlen(bytes[i])};
}

static void
test_categories(void)
{
	static const bool kinds[2] = {true, false};
	DriftOnlineParams params = plain;
	TestHost h;
	DriftOnline *o;
	const double missing[2] = {0, NAN};
	DriftText row[2] = {{NULL, 0}, {NULL, 0}};
	double before;

	test_host_init(&h);
	params.max_categories = 30;
	params.standardise = true;
	o = drift_online_create(&h.host, &params, names, kinds, 2, three, 2, NULL);
	for (int i = 0; i < 4000; i++)
	{
		row[0] = label_of(i % 40);
		drift_online_add(o, &(DriftOnlineRow){missing, row}, i % 40 < 10, 1);
		if (i % 701 == 0)
			o = travelled(&h, o);
	}
	ok(o->n_columns == 2 + 30 && o->features[0].columns == 30, "labels have columns up to the limit");
	row[0] = label_of(3);
	ok(margins(o, &(DriftOnlineRow){missing, row})[0] > 0, "a label is learned");
	row[0] = label_of(20);
	ok(margins(o, &(DriftOnlineRow){missing, row})[0] < 0, "and another");
	row[0] = label_of(39);
	before = margins(o, &(DriftOnlineRow){missing, row})[0];
	row[0] = (DriftText){NULL, 0};
	ok(before == margins(o, &(DriftOnlineRow){missing, row})[0], "one without a column is as missing");
	row[0] = (DriftText){"", 0};
	ok(before == margins(o, &(DriftOnlineRow){missing, row})[0] && o->n_columns == 32,
	   "looking at a row adds no column");
	drift_online_add(o, &(DriftOnlineRow){missing, row}, 0, 0);
	ok(o->front.rows == 4000 && o->seen == 4001, "a row without weight is counted and not learned");
	test_host_free(&h);
}

/* The answer turns round in the middle; how many were right after that. */
static DriftOnline *
learn_turning(TestHost *h, DriftOnlinePolicy policy, DriftOptimiser optimiser, double *right)
{
	static const bool numbers[FEATURES];
	DriftOnlineParams params = plain;
	DriftOnline *o;
	double half = 0;

	params.policy = (uint8_t) policy;
	params.optimiser = (uint8_t) optimiser;
	params.learning_rate = optimiser == DRIFT_OPTIMISER_SGD ? 0.002 : 0.1;
	params.l1 = optimiser == DRIFT_OPTIMISER_FTRL ? 1 : 0;
	o = drift_online_create(&h->host, &params, names, numbers, FEATURES, three, 2, make_detector(h, "ddm"));
	for (uint64_t i = 0; i < 8000; i++)
	{
		double x[FEATURES];
		bool target = number_of(i) > 3;

		for (uint32_t f = 0; f < FEATURES; f++)
			x[f] = value_of(i, f);
		if (i == 4000)
			half = o->total.right;
		drift_online_add(o, &(DriftOnlineRow){x, NULL}, target != (i >= 4000), 1);
		if (i % 1009 == 0)
			o = travelled(h, o);
	}
	*right = (o->total.right - half) / 4000;
	return o;
}

static void
test_policies(void)
{
	static const struct
	{
		DriftOnlinePolicy policy;
		const char *name;
	} policies[] = {{DRIFT_ONLINE_RESET, "reset"}, {DRIFT_ONLINE_REPLACE, "replace"}, {DRIFT_ONLINE_RAISE, "raise"}};
	TestHost h;

	test_host_init(&h);
	for (int optimiser = DRIFT_OPTIMISER_SGD; optimiser <= DRIFT_OPTIMISER_FTRL; optimiser++)
	{
		double keep;
		DriftOnline *o = learn_turning(&h, DRIFT_ONLINE_KEEP, (DriftOptimiser) optimiser, &keep);

		ok(o->changes > 0 && o->front.rows == 8000, "optimiser %d, keep: changes are counted", optimiser);
		for (int i = 0; i < 3; i++)
		{
			double right;

			o = learn_turning(&h, policies[i].policy, (DriftOptimiser) optimiser, &right);
			ok(o->changes > 0 && o->changed > 4000 && right > keep,
			   "optimiser %d, %s: %.3f after the change, %.3f without", optimiser, policies[i].name, right, keep);
			ok(policies[i].policy == DRIFT_ONLINE_RAISE ? o->front.rows == 8000 : o->front.rows < 4000,
			   "optimiser %d, %s: rows learned from", optimiser, policies[i].name);
		}
		test_host_free(&h);
	}
}

/* Raising changes how fast is learned, and not what is known. */
static void
test_raise(void)
{
	TestHost h;

	test_host_init(&h);
	for (int optimiser = DRIFT_OPTIMISER_SGD; optimiser <= DRIFT_OPTIMISER_FTRL; optimiser++)
	{
		static const bool numbers[FEATURES];
		DriftOnlineParams params = plain;
		DriftOnline *o;
		double before;
		double x[FEATURES] = {5, 1, 1};
		double after;

		params.policy = DRIFT_ONLINE_RAISE;
		params.optimiser = (uint8_t) optimiser;
		o = drift_online_create(&h.host, &params, names, numbers, FEATURES, three, 2, make_detector(&h, "ddm"));
		for (uint64_t i = 0; i < 200; i++)
			drift_online_add(o, &(DriftOnlineRow){x, NULL}, 1, 1);
		before = margins(o, &(DriftOnlineRow){x, NULL})[0];
		while (o->changes == 0)
			drift_online_add(o, &(DriftOnlineRow){x, NULL}, 0, 0);
		after = margins(o, &(DriftOnlineRow){x, NULL})[0];
		is_close(after, before, 1e-12, "a raised rate leaves the weights");
		test_host_free(&h);
	}
}

/* Fewer errors are no reason to forget. */
static void
test_improvement(void)
{
	static const bool numbers[FEATURES];
	DriftOnlineParams params = plain;
	TestHost h;
	DriftOnline *o;

	test_host_init(&h);
	params.policy = DRIFT_ONLINE_RESET;
	o = drift_online_create(&h.host, &params, names, numbers, FEATURES, three, 2, make_detector(&h, "adwin"));
	for (uint64_t i = 0; i < 4000; i++)
	{
		double x[FEATURES] = {1, 1, 1};

		drift_online_add(o, &(DriftOnlineRow){x, NULL}, i < 1000 ? drift_counter_uniform(3, 0, i) < 0.5 : 1, 1);
	}
	ok(o->detector->drifts > 0 && o->changes == 0, "a change for the better is none");
	test_host_free(&h);
}

static void
test_overflow(void)
{
	static const bool numbers[FEATURES];
	DriftOnlineParams params = plain;
	TestHost h;
	DriftOnline *o;
	DriftStatus status = DRIFT_OK;
	const double x[FEATURES] = {1e100, 1e100, 1e100};

	test_host_init(&h);
	params.optimiser = DRIFT_OPTIMISER_ADAGRAD;
	o = drift_online_create(&h.host, &params, names, numbers, FEATURES, three, 0, NULL);
	for (int i = 0; i < 100 && status == DRIFT_OK; i++)
	{
		status = drift_online_add(o, &(DriftOnlineRow){x, NULL}, 1e100, 1e100);
		ok(isfinite(o->total.squares), "errors stay finite");
	}
	ok(status == DRIFT_OVERFLOW, "weights that grow beyond bounds are told");
	params.optimiser = DRIFT_OPTIMISER_SGD;
	params.l2 = 100;
	ok(!drift_online_params_good(&params), "a penalty that overshoots is refused");
	params.l2 = 0;
	params.l1 = 1;
	ok(!drift_online_params_good(&params), "sgd has no l1");
	test_host_free(&h);
}

/* Every beginning of the bytes, and every byte changed: refused, or a learner that goes on. */
static void
test_bytes(void)
{
	static const bool kinds[FEATURES] = {false, true, false};
	DriftOnlineParams params = plain;
	TestHost h;
	DriftOnline *o;
	DriftOnline *copy = NULL;
	const double x[FEATURES] = {1, 2, NAN};
	const DriftText row[FEATURES] = {{"", 0}, {"é", 2}, {"", 0}};
	size_t size;
	uint8_t *bytes;
	int short_ones = 0;

	test_host_init(&h);
	params.policy = DRIFT_ONLINE_REPLACE;
	params.standardise = true;
	o = drift_online_create(&h.host, &params, names, kinds, FEATURES, three, 3, make_detector(&h, "ddm"));
	for (int i = 0; i < 100; i++)
		drift_online_add(o, &(DriftOnlineRow){x, row}, i % 3, 1);
	size = drift_online_packed_size(o);
	bytes = malloc(size);
	if (bytes == NULL || drift_online_pack(o, bytes, size) != DRIFT_OK)
		exit(1);
	for (size_t length = 0; length < size; length++)
		short_ones += drift_online_unpack(&h.host, bytes, length, &copy) == DRIFT_OK;
	ok(short_ones == 0, "no part of the bytes is a learner");
	for (size_t i = 0; i < size; i++)
	{
		uint8_t was = bytes[i];

		bytes[i] = (uint8_t) (was ^ (1u << (i % 8)));
		if (drift_online_unpack(&h.host, bytes, size, &copy) == DRIFT_OK)
			drift_online_add(copy, &(DriftOnlineRow){x, row}, 0, 1);
		bytes[i] = was;
	}
	ok(drift_online_unpack(&h.host, bytes, size, &copy) == DRIFT_OK, "all of them are");
	bytes[0] = 9;
	ok(drift_online_unpack(&h.host, bytes, size, &copy) == DRIFT_BAD_VERSION, "another version is told");
	free(bytes);
	test_host_free(&h);
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_tally();
	test_categories();
	test_policies();
	test_raise();
	test_improvement();
	test_overflow();
	test_bytes();
	return done_testing();
}
