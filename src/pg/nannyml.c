/*
 * nannyml.c
 *		Verdict of the library NannyML on a column: the current rows are one
 *		chunk, the reference rows come with the number of theirs.
 *
 * Numbers are kept in memory, eight bytes each, for the bins follow from all
 * of the reference; of categories the counts in each chunk are.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/library_verdict.h"
#include "pg/value.h"
#include "stats/contingency.h"
#include "stats/equal_bins.h"
#include "stats/nannyml.h"
#include "stats/sample.h"
#include "stats/two_sample.h"

/* Chunk 0 is the current side; of 19 rows a tenth is one row, so the reference has up to 19. */
#define MAX_CHUNKS 20
#define FIRST_CAPACITY 64

typedef struct CategoryKey
{
	const char *bytes;
	uint32 length;
} CategoryKey;

typedef struct ChunkedCategory
{
	CategoryKey key;
	uint32 hash;
	char status; /* of the hash table's slot */
	int64 rows[MAX_CHUNKS];
} ChunkedCategory;

#define SH_PREFIX chunked
#define SH_ELEMENT_TYPE ChunkedCategory
#define SH_KEY_TYPE CategoryKey
#define SH_KEY key
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key).bytes, (int) (key).length)
#define SH_EQUAL(table, a, b) ((a).length == (b).length && memcmp((a).bytes, (b).bytes, (a).length) == 0)
#define SH_SCOPE static inline
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct NannymlState
{
	MemoryContext context;
	ValueReader reader;
	AskedMethods asked;
	int64 uncut; /* rows of a reference too short for chunks */
	int chunks;  /* largest number of one, plus one */
	int64 n[MAX_CHUNKS];
	uint64 *keys[MAX_CHUNKS]; /* numbers (stats/sample.h) */
	int64 capacity[MAX_CHUNKS];
	chunked_hash *categories;
} NannymlState;

static void
Poll(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

static NannymlState *
CreateState(FunctionCallInfo fcinfo)
{
	MemoryContext context;
	NannymlState *state;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "nannyml_accum called in non-aggregate context");
	state = MemoryContextAllocZero(context, sizeof(NannymlState));
	state->context = context;
	state->reader = ReaderOfType(get_fn_expr_argtype(fcinfo->flinfo, 1));
	state->asked = ReadAskedMethods(fcinfo, 3, context);
	state->categories = chunked_create(context, 32, NULL);
	return state;
}

static void
AddNumber(NannymlState *state, int chunk, double value)
{
	if (isnan(value))
		return;
	if (state->n[chunk] == state->capacity[chunk])
	{
		int64 capacity = Max(2 * state->capacity[chunk], FIRST_CAPACITY);

		if (state->keys[chunk])
			state->keys[chunk] = repalloc_huge(state->keys[chunk], sizeof(uint64) * capacity);
		else
			state->keys[chunk] = MemoryContextAlloc(state->context, sizeof(uint64) * capacity);
		state->capacity[chunk] = capacity;
	}
	state->keys[chunk][state->n[chunk]++] = drift_key_of(value);
}

static void
AddCategory(NannymlState *state, int chunk, const CategoryBytes *bytes)
{
	CategoryKey key = {bytes->bytes, bytes->length};
	bool found;
	ChunkedCategory *category = chunked_insert(state->categories, key, &found);

	if (!found)
	{
		char *own = MemoryContextAlloc(state->context, Max(key.length, 1));

		memcpy(own, key.bytes, key.length);
		category->key.bytes = own;
		memset(category->rows, 0, sizeof(category->rows));
	}
	category->rows[chunk]++;
	state->n[chunk]++;
}

PG_FUNCTION_INFO_V1(drift_nannyml_accum);
Datum
drift_nannyml_accum(PG_FUNCTION_ARGS)
{
	NannymlState *state = PG_ARGISNULL(0) ? CreateState(fcinfo) : (NannymlState *) PG_GETARG_POINTER(0);
	int chunk;

	if (PG_ARGISNULL(2))
	{
		state->uncut++;
		PG_RETURN_POINTER(state);
	}
	chunk = PG_GETARG_INT32(2);
	if (chunk < 0 || chunk >= MAX_CHUNKS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unexpected chunk %d", chunk)));
	state->chunks = Max(state->chunks, chunk + 1);
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(state);
	if (ReaderIsNumeric(state->reader))
		AddNumber(state, chunk, ReadNumber(state->reader, PG_GETARG_DATUM(1)));
	else
	{
		CategoryBytes category;

		ReadCategory(state->reader, PG_GETARG_DATUM(1), &category);
		AddCategory(state, chunk, &category);
	}
	PG_RETURN_POINTER(state);
}

/* Rows with a value in the whole reference */
static int64
ReferenceRows(const NannymlState *state)
{
	int64 n = 0;

	for (int chunk = 1; chunk < state->chunks; chunk++)
		n += state->n[chunk];
	return n;
}

/* ------------------------------------------------------------------------
 * Numbers in bins
 * ------------------------------------------------------------------------ */

typedef struct Binned
{
	DriftEqualBins bins;
	DriftBinnedRows reference;
	DriftBinnedRows chunks[MAX_CHUNKS];
} Binned;

/* Sums over the reference, chunk after chunk as its rows came */
typedef struct Moments
{
	double least;
	double greatest;
	double mean;
	double m2; /* mean squared and cubed deviations */
	double m3;
} Moments;

static Moments
ReferenceMoments(const NannymlState *state, int64 n)
{
	Moments moments = {.least = INFINITY, .greatest = -INFINITY};

	for (int pass = 0; pass < 2; pass++)
		for (int chunk = 1; chunk < state->chunks; chunk++)
		{
			CHECK_FOR_INTERRUPTS();
			for (int64 i = 0; i < state->n[chunk]; i++)
			{
				double value = drift_key_value(state->keys[chunk][i]);
				double deviation = value - moments.mean;

				if (pass == 0)
				{
					moments.least = Min(moments.least, value);
					moments.greatest = Max(moments.greatest, value);
					moments.m3 += value / (double) n;
					continue;
				}
				moments.m2 += deviation * deviation / (double) n;
				moments.m3 += deviation * deviation * deviation / (double) n;
			}
			if (pass == 0 && chunk == state->chunks - 1)
			{
				moments.mean = moments.m3;
				moments.m3 = 0;
			}
		}
	return moments;
}

/* Count the rows of a chunk in the bins and beyond them */
static DriftBinnedRows
CountChunk(const NannymlState *state, int chunk, const DriftEqualBins *bins)
{
	int64 *rows = palloc0(sizeof(int64) * bins->count);
	DriftBinnedRows binned = {.n = state->n[chunk], .rows = rows};

	CHECK_FOR_INTERRUPTS();
	for (int64 i = 0; i < state->n[chunk]; i++)
	{
		double value = drift_key_value(state->keys[chunk][i]);
		int64 bin = drift_equal_bins_find(bins, value);

		if (bin >= 0 && bin < bins->count)
			rows[bin]++;
		else if (bin < 0)
		{
			binned.below++;
			binned.depth += bins->first - value;
		}
		else
			binned.height += value - bins->last;
	}
	return binned;
}

static void
CountChunks(const NannymlState *state, Binned *binned)
{
	int64 *rows = palloc0(sizeof(int64) * binned->bins.count);

	binned->reference = (DriftBinnedRows){.n = ReferenceRows(state), .rows = rows};
	for (int chunk = 0; chunk < state->chunks; chunk++)
	{
		binned->chunks[chunk] = CountChunk(state, chunk, &binned->bins);
		for (int64 bin = 0; chunk > 0 && bin < binned->bins.count; bin++)
			rows[bin] += binned->chunks[chunk].rows[bin];
	}
}

/* Cut the reference by Doane's rule, or into many bins of which constants have one; false where numpy cannot */
static bool
CutReference(const NannymlState *state, DriftNannymlMethod method, Binned *binned)
{
	int64 n = ReferenceRows(state);
	Moments moments = ReferenceMoments(state, n);
	double width = drift_doane_width(moments.least, moments.greatest, n, moments.m2, moments.m3);

	if (!isfinite(moments.greatest - moments.least))
		return false;
	if (method == DRIFT_NANNYML_KOLMOGOROV_SMIRNOV || method == DRIFT_NANNYML_WASSERSTEIN)
	{
		double margin =
			method == DRIFT_NANNYML_WASSERSTEIN && moments.least == moments.greatest ? 0.5 : 0; /* numpy's */

		drift_equal_bins_of_count(&binned->bins, moments.least - margin, moments.greatest + margin, DRIFT_NANNYML_BINS);
	}
	else if (!drift_equal_bins_of_width(&binned->bins, moments.least, moments.greatest, width, false))
		return false;
	CountChunks(state, binned);
	return true;
}

static void
TakeShares(const DriftBinnedRows *rows, int64 bins, double *shares)
{
	for (int64 bin = 0; bin < bins; bin++)
		shares[bin] = (double) rows->rows[bin] / (double) rows->n;
}

static double
ShareDistance(DriftNannymlMethod method, double *p, double *q, int64 bins)
{
	if (method == DRIFT_NANNYML_HELLINGER)
		return drift_nannyml_hellinger(p, q, bins);
	return drift_nannyml_jensen_shannon(p, q, bins);
}

/* Compare each chunk with the reference in their bins; an empty one is NaN */
static void
CompareBinned(DriftNannymlMethod method, int chunks, const Binned *binned, double *distances)
{
	int64 bins = binned->bins.count;
	double *p = palloc(sizeof(double) * (bins + 1));
	double *q = palloc(sizeof(double) * (bins + 1));

	for (int chunk = 0; chunk < chunks; chunk++)
	{
		const DriftBinnedRows *rows = &binned->chunks[chunk];

		distances[chunk] = NAN;
		if (rows->n == 0)
			continue;
		if (method == DRIFT_NANNYML_KOLMOGOROV_SMIRNOV)
			distances[chunk] = drift_nannyml_binned_ks(&binned->bins, &binned->reference, rows);
		else if (method == DRIFT_NANNYML_WASSERSTEIN)
			distances[chunk] = drift_nannyml_binned_wasserstein(&binned->bins, &binned->reference, rows);
		else
		{
			TakeShares(&binned->reference, bins, p);
			TakeShares(rows, bins, q);
			distances[chunk] = ShareDistance(method, p, q, bins);
		}
	}
}

/* ------------------------------------------------------------------------
 * Numbers in order
 * ------------------------------------------------------------------------ */

static void
SortKeys(uint64 *keys, int64 n)
{
	uint64 *scratch = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * Max(n, 1));

	drift_sort_keys(keys, n, scratch, Poll);
	pfree(scratch);
}

/* Walk over two sorted samples */
static DriftTwoSample
CompareSorted(const uint64 *reference, int64 n, const uint64 *chunk, int64 m)
{
	DriftTwoSample pair;
	int64 i = 0;
	int64 j = 0;

	drift_two_sample_init(&pair, n, m);
	while (i < n || j < m)
	{
		uint64 key = j == m || (i < n && reference[i] < chunk[j]) ? reference[i] : chunk[j];
		int64 from[2] = {i, j};

		CHECK_FOR_INTERRUPTS();
		while (i < n && reference[i] == key)
			i++;
		while (j < m && chunk[j] == key)
			j++;
		drift_two_sample_step(&pair, drift_key_value(key), i - from[0], j - from[1]);
	}
	return pair;
}

static void
CompareExactly(DriftNannymlMethod method, NannymlState *state, double *distances)
{
	int64 n = ReferenceRows(state);
	uint64 *reference = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * n);
	int64 used = 0;

	for (int chunk = 0; chunk < state->chunks; chunk++)
	{
		if (state->n[chunk] == 0)
			continue;
		SortKeys(state->keys[chunk], state->n[chunk]);
		if (chunk == 0)
			continue;
		memcpy(reference + used, state->keys[chunk], sizeof(uint64) * state->n[chunk]);
		used += state->n[chunk];
	}
	SortKeys(reference, n);
	for (int chunk = 0; chunk < state->chunks; chunk++)
	{
		DriftTwoSample pair = CompareSorted(reference, n, state->keys[chunk], state->n[chunk]);

		distances[chunk] =
			method == DRIFT_NANNYML_WASSERSTEIN ? drift_two_sample_wasserstein(&pair) : drift_two_sample_ks(&pair);
	}
}

/* ------------------------------------------------------------------------
 * Categories
 * ------------------------------------------------------------------------ */

static int
CompareCategories(const void *a, const void *b)
{
	const CategoryKey *x = &(*(ChunkedCategory *const *) a)->key;
	const CategoryKey *y = &(*(ChunkedCategory *const *) b)->key;
	int order = memcmp(x->bytes, y->bytes, Min(x->length, y->length));

	if (order != 0)
		return order;
	return x->length < y->length ? -1 : x->length > y->length;
}

/* List the categories in the order of their bytes */
static ChunkedCategory **
OrderCategories(NannymlState *state)
{
	ChunkedCategory **ordered = palloc(sizeof(ChunkedCategory *) * Max(state->categories->members, 1));
	chunked_iterator iterator;
	ChunkedCategory *category;
	int64 count = 0;

	chunked_start_iterate(state->categories, &iterator);
	while ((category = chunked_iterate(state->categories, &iterator)) != NULL)
		ordered[count++] = category;
	qsort(ordered, count, sizeof(ChunkedCategory *), CompareCategories);
	return ordered;
}

static int64
CategoryReferenceRows(const ChunkedCategory *category)
{
	int64 rows = 0;

	for (int chunk = 1; chunk < MAX_CHUNKS; chunk++)
		rows += category->rows[chunk];
	return rows;
}

static DriftTableResult
CategoryTable(const NannymlState *state, ChunkedCategory **ordered, DriftTableStatistic kind, int chunk)
{
	DriftTable table;

	drift_table_init(&table, kind, ReferenceRows(state), state->n[chunk]);
	for (uint32 i = 0; i < state->categories->members; i++)
		drift_table_step(&table, CategoryReferenceRows(ordered[i]), ordered[i]->rows[chunk]);
	return drift_table_finish(&table);
}

/* Distance of a chunk over the reference's categories; others are what is left over */
static double
CategoryDistance(const NannymlState *state, ChunkedCategory **ordered, DriftNannymlMethod method, int chunk, double *p,
				 double *q)
{
	double n = (double) ReferenceRows(state);
	int64 bins = 0;

	for (uint32 i = 0; i < state->categories->members; i++)
	{
		int64 rows = CategoryReferenceRows(ordered[i]);

		if (rows == 0)
			continue;
		p[bins] = (double) rows / n;
		q[bins++] = (double) ordered[i]->rows[chunk] / (double) state->n[chunk];
	}
	return ShareDistance(method, p, q, bins);
}

static void
CompareCategoryChunks(DriftNannymlMethod method, NannymlState *state, double *distances, double *p_value)
{
	ChunkedCategory **ordered = OrderCategories(state);
	Size room = sizeof(double) * ((Size) state->categories->members + 1);
	double *p = MemoryContextAllocHuge(CurrentMemoryContext, room);
	double *q = MemoryContextAllocHuge(CurrentMemoryContext, room);

	for (int chunk = 0; chunk < state->chunks; chunk++)
	{
		CHECK_FOR_INTERRUPTS();
		distances[chunk] = NAN;
		if (state->n[chunk] == 0)
			continue;
		if (method == DRIFT_NANNYML_L_INFINITY)
			distances[chunk] = CategoryTable(state, ordered, DRIFT_L_INFINITY, chunk).statistic;
		else if (method == DRIFT_NANNYML_CHI2)
		{
			DriftTableResult test = CategoryTable(state, ordered, DRIFT_CHI_SQUARE, chunk);

			distances[chunk] = test.statistic;
			*p_value = chunk == 0 ? test.p_value : *p_value;
		}
		else
			distances[chunk] = CategoryDistance(state, ordered, method, chunk, p, q);
	}
}

/* ------------------------------------------------------------------------
 * Final function
 * ------------------------------------------------------------------------ */

/* Measure every chunk; false where NannyML stops */
static bool
Measure(DriftNannymlMethod method, NannymlState *state, double *distances, double *p_value)
{
	bool ordered = method == DRIFT_NANNYML_KOLMOGOROV_SMIRNOV || method == DRIFT_NANNYML_WASSERSTEIN;
	Binned *binned;

	if (!ReaderIsNumeric(state->reader))
		CompareCategoryChunks(method, state, distances, p_value);
	else if (ordered && ReferenceRows(state) < DRIFT_NANNYML_LARGE)
		CompareExactly(method, state, distances);
	else
	{
		binned = palloc(sizeof(Binned));
		if (!CutReference(state, method, binned))
			return false;
		CompareBinned(method, state->chunks, binned, distances);
	}
	return !isnan(distances[0]);
}

static void
JudgeColumn(LibraryVerdict *verdict, NannymlState *state)
{
	bool numeric = ReaderIsNumeric(state->reader);
	const char *asked = AskedMethod(&state->asked, numeric);
	DriftNannymlMethod method = asked ? drift_nannyml_find(asked) : DRIFT_NANNYML_JENSEN_SHANNON;
	const DriftNannymlRule *rule = &drift_nannyml_rules[method];
	double distances[MAX_CHUNKS];

	if (method == DRIFT_NANNYML_METHODS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown method \"%s\"", asked)));
	verdict->kind = numeric ? "numeric" : "categorical";
	if (!(numeric ? rule->numeric : rule->categorical))
	{
		verdict->state = "misapplied";
		verdict->reason = asked;
		return;
	}
	verdict->p_value = NAN;
	if (!Measure(method, state, distances, &verdict->p_value))
	{
		verdict->state = "insufficient_data";
		verdict->reason = "NannyML stops: the values cannot be compared by this method";
		return;
	}
	verdict->method = rule->method;
	verdict->statistic = distances[0];
	verdict->reason = psprintf("NannyML's %s%s, %d chunks of the reference", rule->name, asked ? ", as requested" : "",
							   state->chunks - 1);
	verdict->threshold = method == DRIFT_NANNYML_CHI2
							 ? DRIFT_NANNYML_ALPHA
							 : drift_nannyml_threshold(distances + 1, state->chunks - 1, rule->limit);
	verdict->drifted =
		method == DRIFT_NANNYML_CHI2 ? verdict->p_value < verdict->threshold : verdict->statistic > verdict->threshold;
}

/* Tell why there is no verdict, and which state that is; or NULL */
static const char *
Obstacle(const NannymlState *state, LibraryVerdict *verdict)
{
	verdict->state = "skipped";
	if (state->reader == READ_DATE || state->reader == READ_TIMESTAMP)
		return "NannyML compares no dates";
	verdict->state = "insufficient_data";
	if (state->uncut > 0)
		return "NannyML stops: a tenth of the reference is less than a row";
	if (verdict->n[0] == 0 || verdict->n[1] == 0)
		return "NannyML has no result for a side without values";
	return NULL;
}

PG_FUNCTION_INFO_V1(drift_nannyml_verdict);
Datum
drift_nannyml_verdict(PG_FUNCTION_ARGS)
{
	LibraryVerdict verdict = {.state = "insufficient_data", .reason = "there are no rows"};
	NannymlState *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(ReturnLibraryVerdict(fcinfo, &verdict));
	state = (NannymlState *) PG_GETARG_POINTER(0);
	verdict.n[0] = ReferenceRows(state);
	verdict.n[1] = state->n[0];
	verdict.reason = Obstacle(state, &verdict);
	if (!verdict.reason)
	{
		verdict.state = "tested";
		JudgeColumn(&verdict, state);
	}
	PG_RETURN_DATUM(ReturnLibraryVerdict(fcinfo, &verdict));
}
