/*
 * test_encoders.c
 *		Features of a design are bit for bit what the steps of a model compute of its rows.
 */
#include "train/encoders.h"

#include <math.h>

#include "model/score.h"
#include "model_host.h"
#include "random.h"
#include "tap.h"

#define ROWS 500
#define NUMBERS 4
#define LABELS 5

static const DriftText labels[LABELS] = {{"", 0}, {"a", 1}, {"ab", 2}, {"b", 1}, {"\xC3\xA9", 2}};

typedef struct Rows
{
	double values[NUMBERS][ROWS];
	uint32_t codes[ROWS];
	double weights[ROWS];
	DriftDesignColumn columns[NUMBERS + 1];
	DriftDesign design;
} Rows;

/* Some missing, one column constant, one large with a small spread */
static void
make_rows(Rows *r, bool missing, bool weighted)
{
	static const DriftText names[NUMBERS + 1] = {{"x", 1}, {"y", 1}, {"constant", 8}, {"large", 5}, {"c", 1}};

	for (uint32_t i = 0; i < ROWS; i++)
	{
		r->values[0][i] = missing && i % 7 == 0 ? NAN : (double) (i * 37 % 101) / 3;
		r->values[1][i] = sin(i) * 1e-3;
		r->values[2][i] = 0.1;
		r->values[3][i] = 1e9 + i % 11;
		r->codes[i] = missing && i % 13 == 0 ? DRIFT_CODE_MISSING : i % LABELS;
		r->weights[i] = i % 3;
	}
	for (uint32_t c = 0; c < NUMBERS; c++)
		r->columns[c] = (DriftDesignColumn){.name = names[c], .values = r->values[c]};
	r->columns[NUMBERS] = (DriftDesignColumn){
		.name = names[NUMBERS], .categorical = true, .codes = r->codes, .labels = labels, .n_labels = LABELS};
	r->design = (DriftDesign){
		.n_rows = ROWS, .n_columns = NUMBERS + 1, .columns = r->columns, .weights = weighted ? r->weights : NULL};
}

/* A linear model whose margins are the features */
static DriftModel *
features_as_model(const DriftEncoders *e, const DriftDesign *design, TestHost *host)
{
	DriftDraft d;
	DriftModel *m;
	DriftRefusal refusal = {0};
	double *coefficients;
	size_t size;

	drift_draft_init(&d, &host->host);
	drift_encoders_draft(e, design, &d);
	d.head.source = DRIFT_SOURCE_JSON;
	d.head.predictor = DRIFT_PREDICTOR_LINEAR;
	d.head.groups = e->n_features;
	d.head.source_version = drift_draft_string(&d, "", 0);
	d.head.objective = drift_draft_string(&d, "", 0);
	drift_draft_add(&d, DRIFT_SECTION_BASE, e->n_features);
	coefficients = drift_draft_add(&d, DRIFT_SECTION_COEFFICIENTS, (uint64_t) e->n_features * e->n_features);
	for (uint32_t f = 0; f < e->n_features; f++)
		coefficients[f * e->n_features + f] = 1;
	if (drift_draft_size(&d, &size) != DRIFT_OK)
		return NULL;
	m = host->host.allocate(host->host.ctx, size);
	memset(m, 0, size);
	if (drift_draft_pack(&d, m, size, &refusal) != DRIFT_OK)
	{
		printf("# %s\n", refusal.reason);
		return NULL;
	}
	return m;
}

static int
rows_that_differ(const DriftEncoders *e, const DriftDesign *design, TestHost *host)
{
	const DriftModel *m = features_as_model(e, design, host);
	DriftScorer *s = m == NULL ? NULL : drift_scorer_create(m, &host->host);
	double *features = host->host.allocate(host->host.ctx, sizeof(double) * e->n_features * ROWS);
	double *margins = host->host.allocate(host->host.ctx, sizeof(double) * e->n_features);
	DriftScoreProblem problem;
	int differ = 0;

	if (s == NULL)
		return -1;
	drift_encode(e, design, 0, ROWS, features, e->n_features, 1);
	for (uint32_t i = 0; i < ROWS; i++)
	{
		uint32_t code = design->columns[NUMBERS].codes[i];

		for (uint32_t c = 0; c < NUMBERS; c++)
			drift_scorer_numbers(s)[c] = design->columns[c].values[i];
		drift_scorer_labels(s)[NUMBERS] =
			code == DRIFT_CODE_MISSING ? (DriftLabel){0} : (DriftLabel){labels[code].bytes, labels[code].length};
		if (!drift_score_margins(s, margins, &problem))
			return -1;
		for (uint32_t f = 0; f < e->n_features; f++)
			if (margins[f] != features[i * e->n_features + f])
			{
				differ++;
				break;
			}
	}
	return differ;
}

static void
test_every_option(void)
{
	static Rows r;
	static const char *const fills[] = {"mean", "median", "most frequent", "zero"};

	for (int way = 0; way < 128; way++)
	{
		TestHost host;
		DriftEncoders e;
		DriftUnencodable why;
		DriftEncoderOptions options = {.fill = (DriftFill) (way & 3),
									   .indicators = (way & 4) != 0,
									   .standardise = (way & 8) != 0,
									   .drop_first = (way & 16) != 0,
									   .clip = (way & 64) != 0};
		bool missing = (way & 32) != 0;
		uint32_t expected = NUMBERS + LABELS;
		bool learned;

		expected += options.indicators && missing;
		expected -= options.drop_first && !missing;
		test_host_init(&host);
		make_rows(&r, missing, way % 5 == 0);
		/* so that the others have numbers beyond their range */
		r.design.n_rows = options.clip ? ROWS / 10 : ROWS;
		learned = drift_encoders_learn(&e, &r.design, &options, &host.host, &why) == DRIFT_OK;
		ok(learned && e.n_features == expected && rows_that_differ(&e, &r.design, &host) == 0,
		   "%s,%s%s%s%s%s: features are those of the steps", fills[options.fill], missing ? " missing," : "",
		   options.indicators ? " indicators," : "", options.standardise ? " standardised," : "",
		   options.drop_first ? " first label left out" : "", options.clip ? " clipped" : "");
		test_host_free(&host);
	}
}

static double
learned_fill(Rows *r, DriftFill fill)
{
	TestHost host;
	DriftEncoders e;
	DriftUnencodable why;
	double value = NAN;

	test_host_init(&host);
	if (drift_encoders_learn(&e, &r->design, &(DriftEncoderOptions){.fill = fill}, &host.host, &why) == DRIFT_OK)
		value = e.columns[0].fill;
	test_host_free(&host);
	return value;
}

static void
set_first_column(Rows *r, const double *values, const double *weights, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
	{
		r->values[0][i] = values[i];
		r->weights[i] = weights == NULL ? 1 : weights[i];
	}
	r->design.n_rows = n;
	r->design.weights = weights == NULL ? NULL : r->weights;
}

static void
test_fills(void)
{
	static Rows r;

	make_rows(&r, false, false);
	set_first_column(&r, (double[]){5, NAN, 1, 3, 3, 2}, NULL, 6);
	ok(learned_fill(&r, DRIFT_FILL_MEAN) == 2.8, "the mean of the values that are there");
	ok(learned_fill(&r, DRIFT_FILL_MEDIAN) == 3, "their median");
	ok(learned_fill(&r, DRIFT_FILL_MOST_FREQUENT) == 3, "the most frequent");
	set_first_column(&r, (double[]){4, NAN, -1, 2, 8}, NULL, 5);
	ok(learned_fill(&r, DRIFT_FILL_MEDIAN) == 3, "the median of an even number is the middle of two");
	ok(learned_fill(&r, DRIFT_FILL_MOST_FREQUENT) == -1, "of equally frequent ones the least");
	set_first_column(&r, (double[]){4, 1, 2}, (double[]){3, 1, 0}, 3);
	ok(learned_fill(&r, DRIFT_FILL_MEAN) == 3.25, "the mean is weighted");
	ok(learned_fill(&r, DRIFT_FILL_MEDIAN) == 4, "the median too");
	ok(learned_fill(&r, DRIFT_FILL_MOST_FREQUENT) == 4, "and the most frequent");
	set_first_column(&r, (double[]){NAN, NAN}, NULL, 2);
	ok(learned_fill(&r, DRIFT_FILL_MEAN) == 0 && learned_fill(&r, DRIFT_FILL_MEDIAN) == 0, "without values it is 0");
}

static void
test_moments(void)
{
	static Rows r;
	TestHost host;
	DriftEncoders e;
	DriftUnencodable why;
	DriftEncoderOptions options = {.standardise = true};

	test_host_init(&host);
	make_rows(&r, false, false);
	drift_encoders_learn(&e, &r.design, &options, &host.host, &why);
	ok(e.columns[2].mean == 0.1 && e.columns[2].scale == 1, "a constant is shifted, not scaled");
	/* 1e9 + 0 .. 10, 45 times each of 11 and 5 more of the first */
	ok(fabs(e.columns[3].mean - (1e9 + 4.97)) < 1e-6 && fabs(e.columns[3].scale - 3.1637161693173423) < 1e-9,
	   "large numbers with a small spread keep their digits");
	r.values[1][17] = -INFINITY;
	r.values[1][18] = INFINITY;
	ok(drift_encoders_learn(&e, &r.design, &options, &host.host, &why) == DRIFT_UNSUPPORTED && why.column == 1 &&
		   why.rows == 2,
	   "infinities are refused with their column and number");
	test_host_free(&host);
}

/* Against sums of long doubles, over rows that fill no block */
static void
test_weighted_moments(void)
{
	static Rows r;
	TestHost host;
	DriftEncoders e;
	DriftUnencodable why;
	long double weight = 0, sum = 0, squares = 0;

	test_host_init(&host);
	make_rows(&r, true, true);
	drift_encoders_learn(&e, &r.design, &(DriftEncoderOptions){.standardise = true}, &host.host, &why);
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < ROWS; i++)
			if (!isnan(r.values[0][i]))
			{
				weight += pass == 0 ? r.weights[i] : 0;
				sum += pass == 0 ? (long double) r.weights[i] * r.values[0][i] : 0;
				squares += pass == 0 ? 0 : (long double) r.weights[i] * powl(r.values[0][i] - sum / weight, 2);
			}
	ok(fabsl(e.columns[0].fill - sum / weight) <= 1e-14L * fabsl(sum / weight) &&
		   e.columns[0].mean == e.columns[0].fill,
	   "the weighted mean is that of the values that are there");
	weight = 0;
	for (uint32_t i = 0; i < ROWS; i++)
		weight += r.weights[i];
	ok(fabsl(e.columns[0].scale - sqrtl(squares / weight)) <= 1e-13L * e.columns[0].scale,
	   "the scale is that of the filled column");
	test_host_free(&host);
}

/* Blocks and steps of any size give the same as all at once */
static void
test_blocks(void)
{
	static Rows r;
	TestHost host;
	DriftEncoders e;
	DriftUnencodable why;
	double *whole;
	double *parts;
	bool same = true;

	test_host_init(&host);
	make_rows(&r, true, true);
	drift_encoders_learn(&e, &r.design, &(DriftEncoderOptions){.indicators = true, .standardise = true}, &host.host,
						 &why);
	whole = host.host.allocate(host.host.ctx, sizeof(double) * e.n_features * ROWS);
	parts = host.host.allocate(host.host.ctx, sizeof(double) * e.n_features * ROWS);
	drift_encode(&e, &r.design, 0, ROWS, whole, e.n_features, 1);
	for (uint64_t first = 0; first < ROWS; first += 37)
		drift_encode(&e, &r.design, first, first + 37 < ROWS ? 37 : ROWS - first, parts + first, 1, ROWS);
	for (uint32_t i = 0; i < ROWS; i++)
		for (uint32_t f = 0; f < e.n_features; f++)
			same = same && whole[i * e.n_features + f] == parts[f * ROWS + i];
	ok(same, "blocks by column are the rows at once");
	test_host_free(&host);
}

int
main(void)
{
	test_every_option();
	test_fills();
	test_moments();
	test_weighted_moments();
	test_blocks();
	return done_testing();
}
