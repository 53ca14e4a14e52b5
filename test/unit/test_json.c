/*
 * test_json.c
 *		The reader of JSON and UBJSON: events, numbers, refusals.
 */
#include "model_host.h"
#include "tap.h"

#include <inttypes.h>
#include <math.h>

#include "model/json.h"

/* Writes events as letters, with texts and numbers behind them. */
static void
spell(DriftJson *j, char *out, size_t room)
{
	static const char letter[] = "!.{}[]ks#tfn";
	size_t at = 0;

	do
	{
		drift_json_next(j);
		at += (size_t) snprintf(out + at, room - at, "%c", letter[j->event]);
		if (j->event == DRIFT_JSON_KEY || j->event == DRIFT_JSON_STRING)
			at += (size_t) snprintf(out + at, room - at, "(%.*s)", (int) j->length, j->text);
		if (j->event == DRIFT_JSON_NUMBER)
			at += (size_t) snprintf(out + at, room - at, "(%g)", drift_json_double(j));
	} while (j->event > DRIFT_JSON_END && at < room - 100);
}

static void
reads_as(const char *bytes, size_t size, bool binary, const char *want)
{
	TestHost h;
	DriftRefusal r = {0};
	DriftJson j;
	char got[1000];

	test_host_init(&h);
	drift_json_init(&j, bytes, size, binary, &h.host, &r);
	spell(&j, got, sizeof(got));
	if (!ok(strcmp(got, want) == 0, "%zu bytes are read", size))
		printf("# got %s, %s at %" PRIu64 "\n", got, r.reason ? r.reason : "no error", r.at);
	test_host_free(&h);
}

static void
text_reads_as(const char *text, const char *want)
{
	char *exact = malloc(strlen(text) + 1);

	if (exact == NULL)
		abort();
	memcpy(exact, text, strlen(text));
	reads_as(exact, strlen(text), false, want);
	free(exact);
}

/* Refused at a byte. */
static void
is_refused(const char *bytes, size_t size, bool binary, DriftStatus status, uint64_t at, const char *name)
{
	TestHost h;
	DriftRefusal r = {0};
	DriftJson j;
	char got[1000];
	char *exact = malloc(size + 1);

	if (exact == NULL)
		abort();
	memcpy(exact, bytes, size);
	test_host_init(&h);
	drift_json_init(&j, exact, size, binary, &h.host, &r);
	spell(&j, got, sizeof(got));
	if (!ok(r.status == status && r.at == at, "%s is refused", name))
		printf("# status %d, %s at %" PRIu64 ": %s\n", (int) r.status, r.reason ? r.reason : "", r.at, got);
	test_host_free(&h);
	free(exact);
}

static void
test_text(void)
{
	text_reads_as(" { \"a\" : [ 1 , -2.5e1 , true, false, null, \"x\" ] , \"b\" : { } , \"c\":[]}\n",
				  "{k(a)[#(1)#(-25)tfns(x)]k(b){}k(c)[]}.");
	text_reads_as("[NaN,Infinity,-Infinity,-0,5E-1,1E0]", "[#(nan)#(inf)#(-inf)#(-0)#(0.5)#(1)].");
	text_reads_as("\"\\u0041\\n\\\"\\u00e9\\ud83d\\ude00\"", "s(A\n\"\xc3\xa9\xf0\x9f\x98\x80).");
	text_reads_as("7", "#(7).");
}

static void
test_text_refusals(void)
{
	static const struct
	{
		const char *text;
		DriftStatus status;
		uint64_t at;
	} cases[] = {
		{"", DRIFT_TRUNCATED, 0},           {"[1,]", DRIFT_CORRUPT, 3},
		{"[1 2]", DRIFT_CORRUPT, 3},        {"{\"a\":1,}", DRIFT_CORRUPT, 7},
		{"{\"a\" 1}", DRIFT_CORRUPT, 5},    {"{a:1}", DRIFT_CORRUPT, 1},
		{"[01]", DRIFT_CORRUPT, 1},         {"[1.]", DRIFT_CORRUPT, 1},
		{"[.5]", DRIFT_CORRUPT, 1},         {"[-]", DRIFT_CORRUPT, 1},
		{"[1e]", DRIFT_CORRUPT, 1},         {"[1]]", DRIFT_TRAILING_BYTES, 3},
		{"[1}", DRIFT_CORRUPT, 2},          {"[nul]", DRIFT_CORRUPT, 1},
		{"\"\\x\"", DRIFT_CORRUPT, 0},      {"\"\\u12\"", DRIFT_CORRUPT, 0},
		{"\"\\ud83d\"", DRIFT_CORRUPT, 0},  {"\"\\ude00\"", DRIFT_CORRUPT, 0},
		{"\"\\u0000\"", DRIFT_CORRUPT, 0},  {"\"\xff\"", DRIFT_CORRUPT, 0},
		{"\"\xc0\x80\"", DRIFT_CORRUPT, 0}, {"\"\xed\xa0\x80\"", DRIFT_CORRUPT, 0},
		{"\"\n\"", DRIFT_CORRUPT, 1},       {"\"abc\\\"", DRIFT_TRUNCATED, 6},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char name[40];

		snprintf(name, sizeof(name), "text %zu that is not JSON", i);
		is_refused(cases[i].text, strlen(cases[i].text), false, cases[i].status, cases[i].at, name);
	}
}

#define BYTES(literal) literal, sizeof(literal) - 1

static void
test_binary(void)
{
	reads_as(
		BYTES(
			"{i\x01"
			"a[i\x01U\xffI\xff\xfel\x00\x00\x00\x07L\x00\x00\x00\x00\x00\x00\x00\x08]L\x00\x00\x00\x00\x00\x00\x00\x01"
			"bSi\x02xyi\x01"
			"cTi\x01"
			"dFi\x01"
			"eZ}"),
		true, "{k(a)[#(1)#(255)#(-2)#(7)#(8)]k(b)s(xy)k(c)tk(d)fk(e)n}.");
	reads_as(BYTES("[[$d#i\x02\x3f\x00\x00\x00\x7f\x80\x00\x00[#i\x02i\x05T[$U#L\x00\x00\x00\x00\x00\x00\x00\x00"
				   "D\xbf\xf8\x00\x00\x00\x00\x00\x00]"),
			 true, "[[#(0.5)#(inf)][#(5)t][]#(-1.5)].");
	is_refused(BYTES("[$d#i\x03\x3f\x00\x00\x00"), true, DRIFT_TRUNCATED, 10, "an array of more than the bytes");
	is_refused(BYTES("[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff"), true, DRIFT_TRUNCATED, 13, "a huge count");
	is_refused(BYTES("[#L\xff\xff\xff\xff\xff\xff\xff\xff"), true, DRIFT_CORRUPT, 11, "a count below zero");
	is_refused(BYTES("[$Z#i\x7f"), true, DRIFT_UNSUPPORTED, 1, "an array of nulls without bytes");
	is_refused(BYTES("Hi\x01"
					 "1"),
			   true, DRIFT_CORRUPT, 0, "a number of high precision");
	is_refused(BYTES("SL\x7f\xff\xff\xff\xff\xff\xff\xff"), true, DRIFT_TRUNCATED, 10, "a huge string");
	is_refused(BYTES("ZZ"), true, DRIFT_TRAILING_BYTES, 1, "a second value");
}

static void
test_depth(void)
{
	char text[2 * DRIFT_JSON_MAX_DEPTH + 2];

	memset(text, '[', sizeof(text));
	memset(text + DRIFT_JSON_MAX_DEPTH, ']', DRIFT_JSON_MAX_DEPTH);
	is_refused(text, 2 * DRIFT_JSON_MAX_DEPTH, false, DRIFT_OK, 0, "nesting as deep as allowed is not: it");
	memset(text, '[', sizeof(text));
	is_refused(text, sizeof(text), false, DRIFT_CORRUPT, DRIFT_JSON_MAX_DEPTH, "deeper nesting");
	is_refused(text, sizeof(text), true, DRIFT_CORRUPT, DRIFT_JSON_MAX_DEPTH, "deeper nesting in UBJSON");
}

/* What the fast way makes of a text is what strtod() and strtof() make of it. */
static bool
rounds_like_libc(const char *text)
{
	DriftDecimal d;
	double x = strtod(text, NULL);
	float f = strtof(text, NULL);
	double gotx;
	float gotf;

	if (!drift_decimal_scan(text, text + strlen(text), &d) || d.length != strlen(text))
		return false;
	gotx = drift_decimal_double(&d);
	gotf = drift_decimal_float(&d);
	return memcmp(&gotx, &x, sizeof(x)) == 0 && memcmp(&gotf, &f, sizeof(f)) == 0;
}

static uint64_t
next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state ^ *state >> 29;
}

static void
test_rounding(void)
{
	static const char *const hard[] = {
		"16777217",         /* half way between two float32 */
		"16777217.0000001", /* a little more */
		"1.00000005960464477539062500000000001",
		"1.0000000596046447753906250",
		"1.00000017881393432617187499",
		"3.4028235677973366e38",
		"3.40282356e38",
		"1.4e-45",
		"7.006492321624085e-46",
		"1.1754943e-38",
		"9007199254740993",
		"1e22",
		"1e23",
		"-0",
		"-0.0e5",
		"1e400",
		"1e-400",
		"0.1",
		"123456789012345678901234567890",
		"2.2250738585072011e-308",
	};
	uint64_t state = 42;
	int wrong = 0;

	for (size_t i = 0; i < sizeof(hard) / sizeof(hard[0]); i++)
		ok(rounds_like_libc(hard[i]), "%s rounds as libc does", hard[i]);
	for (int i = 0; i < 60000; i++)
	{
		char text[64];
		uint32_t bits = (uint32_t) (next_random(&state) >> 20);
		float f;

		memcpy(&f, &bits, sizeof(f));
		if (!isfinite(f))
			continue;
		snprintf(text, sizeof(text), i % 3 == 0 ? "%.8E" : i % 3 == 1 ? "%.9g" : "%.17g", (double) f);
		wrong += !rounds_like_libc(text);
		snprintf(text, sizeof(text), "%" PRIu64 "E%d", next_random(&state) >> (8 + i % 40), i % 60 - 30);
		wrong += !rounds_like_libc(text);
	}
	ok(wrong == 0, "%d of 120000 random numbers round otherwise than libc's", wrong);
}

static void
test_fields(void)
{
	static const char text[] = "{\"b\":[1,true,2.5],\"other\":{\"deep\":[{}]},\"a\":3,\"i\":[1,-7,4294967295,false]}";
	static const char twice[] = "{\"a\":1,\"a\":2}";
	static const char *const names[] = {"a", "b", "i"};
	TestHost h;
	DriftRefusal r = {0};
	DriftJson j;
	DriftGrowing floats = {0};
	DriftGrowing integers = {0};
	uint64_t seen = 0;
	int64_t a = 0;

	test_host_init(&h);
	drift_json_init(&j, text, sizeof(text) - 1, false, &h.host, &r);
	drift_json_expect(&j, DRIFT_JSON_OBJECT);
	ok(drift_json_field(&j, names, 3, &seen) == 1 && drift_json_floats(&j, &floats), "field b");
	ok(drift_json_field(&j, names, 3, &seen) == 3 && drift_json_is(&j, "other") && drift_json_skip(&j),
	   "unknown field");
	ok(drift_json_field(&j, names, 3, &seen) == 0 && drift_json_expect(&j, DRIFT_JSON_NUMBER) &&
		   drift_json_integer(&j, &a) && a == 3,
	   "field a");
	ok(drift_json_field(&j, names, 3, &seen) == 2 && drift_json_integers(&j, &integers), "field i");
	ok(drift_json_field(&j, names, 3, &seen) == -1 && drift_json_next(&j) == DRIFT_JSON_END && r.status == DRIFT_OK,
	   "the end");
	ok(floats.count == 3 && ((float *) floats.elements)[1] == 1 && ((float *) floats.elements)[2] == 2.5f, "floats");
	ok(integers.count == 4 && ((int64_t *) integers.elements)[1] == -7 &&
		   ((int64_t *) integers.elements)[2] == 4294967295,
	   "integers");
	seen = 0;
	drift_json_init(&j, twice, sizeof(twice) - 1, false, &h.host, &r);
	drift_json_expect(&j, DRIFT_JSON_OBJECT);
	ok(drift_json_field(&j, names, 3, &seen) == 0 && drift_json_skip(&j) &&
		   drift_json_field(&j, names, 3, &seen) == -1 && r.status == DRIFT_CORRUPT && strcmp(r.name, "a") == 0,
	   "a key twice is refused by name");
	test_host_free(&h);
}

int
main(void)
{
	test_text();
	test_text_refusals();
	test_binary();
	test_depth();
	test_rounding();
	test_fields();
	return done_testing();
}
