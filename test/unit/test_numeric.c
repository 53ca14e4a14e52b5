/*
 * test_numeric.c
 *		Numeric profiles: rank bounds, exactness, merging, moments, bytes.
 *
 * The streams have DRIFT_TEST_ROWS rows, a million unless the environment says
 * otherwise; 10000000 is the size the documentation speaks of.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/numeric_rank.h"
#include "stats/numeric_statistics.h"
#include "unit/numeric_owner.h"
#include "unit/random.h"
#include "unit/tap.h"

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

/* ---- streams ---- */

static double
stream_normal(size_t i, size_t n)
{
	(void) i;
	(void) n;
	return normal();
}

static double
stream_lognormal(size_t i, size_t n)
{
	(void) i;
	(void) n;
	return exp(2.0 * normal());
}

/* Prices: a few thousand values, most of them shared by many rows. */
static double
stream_tied(size_t i, size_t n)
{
	(void) i;
	(void) n;
	return round(exp(1.5 * normal()) * 100.0) / 10.0;
}

static double
stream_sorted(size_t i, size_t n)
{
	return (double) i / (double) n;
}

static double
stream_reverse(size_t i, size_t n)
{
	return (double) (n - i) / (double) n;
}

static double
stream_bimodal(size_t i, size_t n)
{
	(void) i;
	(void) n;
	return normal() + (uniform() < 0.5 ? -8.0 : 8.0);
}

/* The world changes half way. */
static double
stream_two_phase(size_t i, size_t n)
{
	return normal() + (i < n / 2 ? 0.0 : 10.0);
}

static double
stream_zero_inflated(size_t i, size_t n)
{
	(void) i;
	(void) n;
	return uniform() < 0.4 ? 0.0 : exp(normal());
}

static double
stream_constant(size_t i, size_t n)
{
	(void) i;
	(void) n;
	return 42.5;
}

static double
stream_sawtooth(size_t i, size_t n)
{
	(void) n;
	return (double) (i % 10007);
}

/* Each row lies between the two before it: new keys forever split gaps that already hold rows. */
static double
stream_converging(size_t i, size_t n)
{
	double half = (double) (n - i) / (double) n;

	return i % 2 == 0 ? half : -half;
}

typedef struct Stream
{
	const char *name;
	double (*row)(size_t i, size_t n);
	double most_error; /* of the rank, from a million rows on */
} Stream;

static const Stream streams[] = {
	{"normal", stream_normal, 0.005},       {"lognormal", stream_lognormal, 0.005},
	{"tied", stream_tied, 0.005},           {"sorted", stream_sorted, 0.005},
	{"reverse", stream_reverse, 0.005},     {"bimodal", stream_bimodal, 0.005},
	{"two-phase", stream_two_phase, 0.005}, {"zero-inflated", stream_zero_inflated, 0.005},
	{"constant", stream_constant, 0.0},     {"sawtooth", stream_sawtooth, 0.005},
	{"converging", stream_converging, 0.5},
};

#define STREAMS (sizeof(streams) / sizeof(streams[0]))

/* ---- truth ---- */

/* Rows below x, and rows up to it, among sorted rows. */
static int64_t
rows_below(const double *sorted, size_t n, double x)
{
	size_t low = 0;

	for (size_t left = n; left > 0;)
	{
		size_t half = left / 2;

		if (sorted[low + half] < x)
		{
			low += half + 1;
			left -= half + 1;
		}
		else
			left = half;
	}
	return (int64_t) low;
}

static int64_t
rows_upto(const double *sorted, size_t n, double x)
{
	return rows_below(sorted, n, nextafter(x, INFINITY));
}

static double
beyond(double x, double low, double high)
{
	return x < low ? low - x : x > high ? x - high : 0.0;
}

/* What is wrong with a profile of known rows, as counts and as the worst error in rows. */
typedef struct Judgement
{
	int unsound;     /* bounds that the truth is outside of */
	double rank;     /* error of the middle of the bounds */
	double quantile; /* rows between the answer and the rank asked for */
} Judgement;

static void
judge_rank(Judgement *judgement, const DriftNumeric *p, const double *sorted, size_t n, double x)
{
	DriftRankCursor cursor;
	DriftRanks ranks;
	int64_t below = rows_below(sorted, n, x);
	int64_t upto = rows_upto(sorted, n, x);

	drift_rank_cursor_init(&cursor, p);
	ranks = drift_rank_cursor_at(&cursor, x);
	judgement->unsound += below < ranks.below.low || below > ranks.below.high;
	judgement->unsound += upto < ranks.upto.low || upto > ranks.upto.high;
	judgement->rank = fmax(judgement->rank, fabs((double) upto - drift_rank_middle(ranks.upto)));
	judgement->rank = fmax(judgement->rank, fabs((double) below - drift_rank_middle(ranks.below)));
}

/* At every key, half way to the next, and at a thousand quantiles. */
static Judgement
judge(const DriftNumeric *p, const double *sorted, size_t n)
{
	const double *keys = drift_numeric_keys(p);
	Judgement judgement = {0, 0.0, 0.0};

	for (uint32_t j = 0; j < p->key_count; j++)
	{
		judge_rank(&judgement, p, sorted, n, keys[j]);
		if (j + 1 < p->key_count)
			judge_rank(&judgement, p, sorted, n, keys[j] + (keys[j + 1] - keys[j]) / 2);
	}
	for (int i = 0; i <= 1000; i++)
	{
		double rank = round((double) i / 1000.0 * (double) (n - 1));
		double x = drift_numeric_quantile(p, (double) i / 1000.0);
		double low = (double) rows_below(sorted, n, x);
		double high = (double) rows_upto(sorted, n, x) - 1.0;

		judge_rank(&judgement, p, sorted, n, sorted[(size_t) rank]);
		if (!p->exact)
			judgement.quantile = fmax(judgement.quantile, beyond(rank, low, high));
	}
	return judgement;
}

static void
test_judged(const Stream *stream, const char *how, const DriftNumeric *p, const double *sorted, size_t n)
{
	Judgement judgement = judge(p, sorted, n);
	double error = drift_numeric_rank_error(p);
	double low = sorted[n / 50];
	double high = sorted[n - 1 - n / 50];
	double outside = 1 - (double) (rows_upto(sorted, n, high) - rows_below(sorted, n, low)) / (double) n;
	double surely = drift_numeric_share_surely_outside(p, low, high);

	ok(surely <= outside + 1e-15 && surely >= outside - 4 * error - 1e-15,
	   "%s, %s: of %.5f outside %.5f are so for certain", stream->name, how, outside, surely);
	ok(drift_numeric_check(p) == DRIFT_OK && drift_profile_n(&p->profile) == (int64_t) n && judgement.unsound == 0,
	   "%s, %s: the true rank is always within its bounds (%d times not)", stream->name, how, judgement.unsound);
	ok(judgement.rank <= error * (double) n + 0.5 && judgement.quantile <= error * (double) n + 1.0,
	   "%s, %s: ranks off by %.5f and quantiles by %.5f are within the stated %.5f", stream->name, how,
	   judgement.rank / (double) n, judgement.quantile / (double) n, error);
	ok(n < 1000000 || error <= stream->most_error, "%s, %s: the stated rank error %.5f is at most %.3f", stream->name,
	   how, error, stream->most_error);
}

/* Windows of a stream, each packed and unpacked as if it came from a table. */
static DriftNumeric *
merged(const double *x, size_t n, size_t parts)
{
	DriftNumeric *whole = numeric_new(DRIFT_DEFAULT_KEYS, NULL, 0);

	for (size_t i = 0; i < parts; i++)
	{
		size_t from = n * i / parts;
		DriftNumeric *part = numeric_of(DRIFT_DEFAULT_KEYS, x + from, n * (i + 1) / parts - from);
		size_t size;
		uint8_t *bytes = numeric_pack(part, &size);
		DriftStatus status;
		DriftNumeric *stored = numeric_unpack(bytes, size, &status);

		if (stored == NULL)
			abort();
		numeric_merge(&whole, stored);
		free(stored);
		free(bytes);
		free(part);
	}
	return whole;
}

/* Mean and deviation against sums in 64 bits of mantissa; digits that the values share are digits lost. */
static void
test_moments(const char *name, const DriftNumeric *p, const double *x, size_t n)
{
	long double sum = 0.0L;
	long double square = 0.0L;
	long double mean;
	double scale = 0.0;
	double rounding = DBL_EPSILON * (double) n / DRIFT_BUFFER; /* one per buffer, all to one side */
	double lost;

	for (size_t i = 0; i < n; i++)
		sum += (long double) x[i];
	mean = sum / (long double) n;
	for (size_t i = 0; i < n; i++)
	{
		square += ((long double) x[i] - mean) * ((long double) x[i] - mean);
		scale = fmax(scale, fabs(x[i]));
	}
	lost = square > 0.0L ? fmax(1.0, fabs((double) mean) * sqrt((double) n / (double) square) / 1000.0) : 0.0;
	ok(fabs(drift_numeric_mean(p) - (double) mean) <= (1e-14 + rounding) * scale, "%s: mean %.15g", name,
	   drift_numeric_mean(p));
	ok(fabs(p->m2 - (double) square) <= (1e-12 + rounding) * lost * (double) square,
	   "%s: sum of squares %.15g, off by %.1e of %.1e", name, p->m2, fabs(p->m2 - (double) square),
	   (1e-12 + rounding) * lost * (double) square);
}

static void
test_stream(const Stream *stream, size_t n)
{
	static const size_t parts[] = {2, 24, 720};
	double *x = malloc(n * sizeof(double));
	double *sorted = malloc(n * sizeof(double));
	DriftNumeric *p;

	for (size_t i = 0; i < n; i++)
		x[i] = stream->row(i, n);
	memcpy(sorted, x, n * sizeof(double));
	qsort(sorted, n, sizeof(double), ascending);

	p = numeric_of(DRIFT_DEFAULT_KEYS, x, n);
	test_judged(stream, "one pass", p, sorted, n);
	test_moments(stream->name, p, x, n);
	drift_numeric_compact(p, DRIFT_COMPACT_BYTES);
	ok(drift_numeric_packed_size(p) <= DRIFT_COMPACT_BYTES, "%s: %zu bytes when compact", stream->name,
	   drift_numeric_packed_size(p));
	ok(judge(p, sorted, n).unsound == 0, "%s, compact: the true rank is always within its bounds", stream->name);
	free(p);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
	{
		char how[32];

		snprintf(how, sizeof(how), "%zu windows", parts[i]);
		p = merged(x, n, parts[i]);
		test_judged(stream, how, p, sorted, n);
		ok(drift_numeric_packed_size(p) <= 32768, "%s, %s: %zu bytes", stream->name, how, drift_numeric_packed_size(p));
		free(p);
	}
	free(sorted);
	free(x);
}

/* ---- exactness ---- */

static bool
counts_are(const DriftNumeric *p, uint32_t values, int64_t each)
{
	if (p->key_count != values)
		return false;
	for (uint32_t j = 0; j < values; j++)
		if (drift_numeric_counts(p)[2 * j + 1] != each || drift_numeric_counts(p)[2 * j + 2] != 0)
			return false;
	return true;
}

/* Each of some values as often, in a mixed order: no number of values here has the factor 7919. */
static DriftNumeric *
of_values(uint32_t key_limit, uint32_t values, size_t rounds)
{
	DriftNumeric *p = numeric_new(key_limit, NULL, 0);

	for (size_t i = 0; i < rounds * values; i++)
		numeric_add(p, (double) (i * 7919 % values) / 3.0);
	numeric_flush(p);
	return p;
}

static void
test_exactness(void)
{
	static const uint32_t limits[] = {DRIFT_MIN_KEYS, 100, DRIFT_DEFAULT_KEYS, DRIFT_MAX_KEYS};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
	{
		DriftNumeric *p = of_values(limits[i], limits[i], 5);
		DriftNumeric *one_more = of_values(limits[i], limits[i] + 1, 5);

		ok(p->exact && counts_are(p, limits[i], 5) && drift_numeric_rank_error(p) <= 0.0,
		   "%u values are counted exactly by as many keys", limits[i]);
		ok(!one_more->exact && one_more->key_count <= limits[i] && drift_numeric_rank_error(one_more) > 0.0,
		   "%u values are not, and the profile says so", limits[i] + 1);
		free(one_more);
		free(p);
	}
}

/* The parts of exact profiles merge alike in every order and grouping. */
static void
test_exact_merges(void)
{
	DriftNumeric *part[3];
	DriftNumeric *left;
	DriftNumeric *right;
	DriftNumeric *pair;
	bool same;

	for (int k = 0; k < 3; k++)
	{
		part[k] = numeric_new(DRIFT_DEFAULT_KEYS, NULL, 0);
		for (int i = 0; i < 2000; i++)
			numeric_add(part[k], (double) ((i * (k + 3)) % (101 + 50 * k)));
		numeric_flush(part[k]);
	}
	left = numeric_clone(part[0]);
	numeric_merge(&left, part[1]);
	numeric_merge(&left, part[2]);
	pair = numeric_clone(part[2]);
	numeric_merge(&pair, part[1]);
	right = numeric_clone(pair);
	numeric_merge(&right, part[0]);

	same = left->exact && right->exact && left->key_count == right->key_count;
	for (uint32_t j = 0; same && j < left->key_count; j++)
		same = drift_numeric_keys(left)[j] == drift_numeric_keys(right)[j] &&
			   drift_numeric_counts(left)[2 * j + 1] == drift_numeric_counts(right)[2 * j + 1];
	ok(same, "(a + b) + c and (c + b) + a count the same values");
	ok(fabs(left->mean - right->mean) <= 1e-12 * fabs(left->mean) && fabs(left->m2 - right->m2) <= 1e-12 * left->m2,
	   "and have the same moments but for rounding");
	free(right);
	free(pair);
	free(left);
	for (int k = 0; k < 3; k++)
		free(part[k]);
}

/* ---- special values and hard moments ---- */

static void
test_special_values(void)
{
	static const double rows[] = {0.0, -0.0, INFINITY, -INFINITY, INFINITY, 1.0, DBL_MAX, -DBL_MAX, 5e-324};
	DriftNumeric *p = numeric_of(DRIFT_DEFAULT_KEYS, rows, sizeof(rows) / sizeof(rows[0]));
	DriftNumeric *huge = numeric_new(DRIFT_DEFAULT_KEYS, NULL, 0);

	ok(p->key_count == 7 && drift_numeric_counts(p)[5] == 2 && !signbit(drift_numeric_keys(p)[2]),
	   "both zeros are one value, without a sign");
	ok(drift_numeric_negative_infinities(p) == 1 && drift_numeric_positive_infinities(p) == 2 &&
		   drift_numeric_finite_rows(p) == 6,
	   "infinities are counted as values");
	ok(isnan(drift_numeric_mean(p)) && isnan(drift_numeric_stddev(p)), "and leave no mean");
	ok(drift_numeric_quantile(p, 0.0) == -INFINITY && drift_numeric_quantile(p, 1.0) == INFINITY,
	   "but are the smallest and the largest value");
	ok(drift_numeric_rows_upto(p, 0.0).low == 4 && drift_numeric_rows_upto(p, DBL_MAX).high == 7, "and have ranks");
	ok(drift_numeric_check(p) == DRIFT_OK, "the facts agree");
	free(p);

	for (int i = 0; i < 3000; i++)
		numeric_add(huge, i % 2 == 0 ? DBL_MAX : -DBL_MAX);
	numeric_flush(huge);
	ok(fabs(drift_numeric_mean(huge)) <= DBL_MAX * 1e-12 && huge->exact, "sums past the range of a double: mean %g",
	   drift_numeric_mean(huge));
	ok(drift_numeric_check(huge) == DRIFT_OK, "the facts of it agree");
	free(huge);

	p = numeric_new(DRIFT_DEFAULT_KEYS, NULL, 0);
	drift_numeric_add_missing(p);
	numeric_flush(p);
	ok(isnan(drift_numeric_mean(p)) && isnan(drift_numeric_quantile(p, 0.5)) && drift_numeric_rank_error(p) <= 0.0 &&
		   drift_numeric_rows_upto(p, 0.0).high == 0 && drift_numeric_check(p) == DRIFT_OK,
	   "a profile of missing rows only has no numbers");
	free(p);
}

/* Deviations a billion times smaller than the values. */
static void
test_far_from_zero(void)
{
	size_t n = 100000;
	double *x = malloc(n * sizeof(double));
	DriftNumeric *p;

	for (size_t i = 0; i < n; i++)
		x[i] = 1e9 + normal();
	p = numeric_of(DRIFT_DEFAULT_KEYS, x, n);
	test_moments("far from zero", p, x, n);
	free(p);
	p = merged(x, n, 720);
	test_moments("far from zero, 720 windows", p, x, n);
	free(p);
	free(x);
}

/* ---- bins ---- */

static void
test_bins(void)
{
	static const double edges[] = {-1.0, -0.5, 0.0, 0.25, 1.5};
	int64_t truth[6] = {0};
	DriftNumeric *whole = numeric_new(DRIFT_DEFAULT_KEYS, edges, 5);
	DriftNumeric *p = numeric_new(DRIFT_DEFAULT_KEYS, edges, 5);
	DriftNumeric *other = numeric_new(DRIFT_DEFAULT_KEYS, edges, 4);

	for (int i = 0; i < 60000; i++)
	{
		double x = i % 10 == 0 ? edges[i / 10 % 5] : normal();
		int bin = 0;

		while (bin < 5 && x > edges[bin])
			bin++;
		truth[bin]++;
		numeric_add(i < 30000 ? whole : p, x);
	}
	numeric_flush(p);
	numeric_flush(whole);
	numeric_merge(&whole, p);
	ok(memcmp(truth, drift_numeric_bins(whole), sizeof(truth)) == 0, "rows on an edge belong to the bin below it");
	drift_numeric_compact(whole, DRIFT_COMPACT_BYTES);
	ok(drift_numeric_packed_size(whole) <= DRIFT_COMPACT_BYTES &&
		   memcmp(truth, drift_numeric_bins(whole), sizeof(truth)) == 0 && drift_numeric_check(whole) == DRIFT_OK,
	   "bins stay exact in a compact profile");
	numeric_add(other, 1.0);
	numeric_flush(other);
	numeric_merge(&whole, other);
	ok(whole->edge_count == 0 && (whole->profile.flags & DRIFT_FLAG_BINS_DROPPED) != 0 &&
		   whole->profile.row_count == 60001 && drift_numeric_check(whole) == DRIFT_OK,
	   "merging other bins drops them and says so");
	free(other);
	free(p);
	free(whole);
}

/* ---- bytes ---- */

static DriftNumeric *
small_summary(void)
{
	static const double edges[] = {-1.0, 0.0, 1.0};
	DriftNumeric *p = numeric_new(32, edges, 3);

	for (int i = 0; i < 5000; i++)
		numeric_add(p, i % 50 == 0 ? -INFINITY : normal());
	drift_numeric_add_missing(p);
	numeric_flush(p);
	return p;
}

static DriftNumeric *
small_exact(void)
{
	return of_values(DRIFT_MIN_KEYS, 11, 3);
}

static void
test_round_trip(const char *name, const DriftNumeric *p)
{
	size_t size;
	size_t again_size;
	uint8_t *bytes = numeric_pack(p, &size);
	DriftStatus status;
	DriftNumeric *back = numeric_unpack(bytes, size, &status);
	uint8_t *again;
	uint8_t *longer = calloc(size + 1, 1);
	int accepted = 0;

	if (!ok(back != NULL, "%s: %zu bytes are taken back", name, size))
		return;
	again = numeric_pack(back, &again_size);
	ok(again_size == size && memcmp(again, bytes, size) == 0, "%s: and give the same bytes", name);

	/* blocks of exactly the length, so that a read past the end is seen */
	for (size_t length = 0; length < size; length++)
	{
		uint8_t *shorter = malloc(length + (length == 0));

		memcpy(shorter, bytes, length);
		accepted += numeric_unpack(shorter, length, &status) != NULL;
		free(shorter);
	}
	ok(accepted == 0, "%s: every shorter prefix is refused", name);
	memcpy(longer, bytes, size);
	ok(numeric_unpack(longer, size + 1, &status) == NULL && status == DRIFT_TRAILING_BYTES,
	   "%s: a byte more is refused", name);
	ok(drift_numeric_pack(p, longer, size - 1) == DRIFT_NO_SPACE, "%s: packing does not pass the end", name);
	free(longer);
	free(again);
	free(back);
	free(bytes);
}

/* Asks a profile from anywhere for all it can answer; only the sanitizers judge. */
static void
ask_everything(const DriftNumeric *p, const DriftNumeric *good)
{
	DriftNumeric *sum = numeric_clone(good);
	DriftNumericDistance distance;
	DriftInterval interval;
	DriftTableResult table;
	int64_t larger[2];
	double most =
		drift_numeric_rank_error(p) + drift_numeric_quantile(p, 0.3) + drift_numeric_mean(p) + drift_numeric_stddev(p);

	if (isnan(most))
		most = 0.0;
	(void) drift_numeric_distance(good, p, &distance);
	(void) drift_numeric_distance(p, good, &distance);
	(void) drift_numeric_divergence(DRIFT_PSI, p, good, 10, 1e-4, &interval);
	(void) drift_numeric_divergence(DRIFT_JS_DISTANCE, good, p, 0, 1e-4, &interval);
	(void) drift_numeric_table(DRIFT_CHI_SQUARE, p, good, &table);
	(void) drift_numeric_larger_of_two(p, good, larger);
	if (p->profile.value_type == good->profile.value_type &&
		p->profile.row_count <= DRIFT_MAX_COUNT - good->profile.row_count)
	{
		numeric_merge(&sum, p);
		if (drift_numeric_check(sum) != DRIFT_OK)
			abort();
	}
	free(sum);
}

static void
test_flips(const char *name, const DriftNumeric *p)
{
	size_t size;
	uint8_t *bytes = numeric_pack(p, &size);
	int taken = 0;

	for (int i = 0; i < 10000; i++)
	{
		size_t at = (size_t) (uniform() * (double) size);
		uint8_t flip = (uint8_t) (1 + (int) (uniform() * 255.0));
		DriftStatus status;
		DriftNumeric *changed;

		bytes[at] ^= flip;
		changed = numeric_unpack(bytes, size, &status);
		if (changed != NULL)
		{
			ask_everything(changed, p);
			taken++;
			free(changed);
		}
		bytes[at] ^= flip;
	}
	ok(taken < 10000, "%s: of 10000 changed bytes %d make another good profile, the rest is refused", name, taken);
	free(bytes);
}

static void
test_bytes(void)
{
	DriftNumeric *summary = small_summary();
	DriftNumeric *exact = small_exact();
	DriftNumeric *empty = numeric_new(DRIFT_DEFAULT_KEYS, NULL, 0);

	test_round_trip("summary", summary);
	test_round_trip("exact", exact);
	test_round_trip("empty", empty);
	test_flips("summary", summary);
	test_flips("exact", exact);
	free(empty);
	free(exact);
	free(summary);
}

int
main(void)
{
	const char *text = getenv("DRIFT_TEST_ROWS");
	size_t rows = text != NULL ? strtoul(text, NULL, 10) : 1000000;

	test_exactness();
	test_exact_merges();
	test_special_values();
	test_far_from_zero();
	test_bins();
	test_bytes();
	for (size_t i = 0; i < STREAMS; i++)
		test_stream(&streams[i], rows < 1000 ? 1000 : rows);
	return done_testing();
}
