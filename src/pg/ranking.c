/*
 * ranking.c
 *		Rankings, one for each group of rows: their rows are kept, sorted at the
 *		end, and read from the top.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/composite.h"
#include "pg/constant_argument.h"
#include "pg/labelled.h"
#include "pg/pair_store.h"
#include "stats/top_places.h"
#include "stats/sample.h"

typedef struct RankingResult
{
	DriftTopPlaces ranking;
	DriftTopPlaces best; /* the gain of the best order */
} RankingResult;

typedef struct RankingState
{
	PairStore rows; /* score, relevance; keys that ascend as the numbers descend */
	int32 k;        /* 0: as many as there are rows */
	bool exponential;
	text *gain_name;       /* as it came, to compare with; or NULL */
	RankingResult *result; /* once for all statistics of the state */
} RankingState;

static inline uint64
DescendingKey(double value)
{
	return ~drift_key_of(value);
}

static inline double
DescendingValue(uint64 key)
{
	return drift_key_value(~key);
}

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

static void
ReleaseFile(Datum arg)
{
	ClosePairs(&((RankingState *) DatumGetPointer(arg))->rows);
}

static RankingState *
CreateRanking(MemoryContext context)
{
	RankingState *state = MemoryContextAllocZero(context, sizeof(RankingState));

	state->rows = (PairStore){.context = context, .stores = 1};
	return state;
}

static bool
IsExponential(const char *name)
{
	if (strcmp(name, "linear") == 0)
		return false;
	if (strcmp(name, "exponential") == 0)
		return true;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no gain named \"%s\"", name),
					errhint("Use linear, the relevance itself, or exponential, 2 to the power of it less 1.")));
}

/* Keep the gain of the first row, and see that those of the others are the same */
static void
TakeGain(FunctionCallInfo fcinfo, RankingState *state)
{
	text *name = PG_ARGISNULL(4) ? NULL : PG_GETARG_TEXT_PP(4);

	if (likely(name && state->gain_name && LabelledSameText(name, state->gain_name)))
		return;
	if (name == NULL || state->gain_name)
		RefuseArgument("gain");
	state->exponential = IsExponential(text_to_cstring(name));
	state->gain_name = MemoryContextAlloc(state->rows.context, VARSIZE_ANY(name));
	memcpy(state->gain_name, name, VARSIZE_ANY(name));
}

static pg_noinline RankingState *
StartRanking(FunctionCallInfo fcinfo)
{
	RankingState *state = CreateRanking(AggregateContext(fcinfo));

	state->k = CountArgument(fcinfo, 3, "k", 0, 1, PG_INT32_MAX);
	AggRegisterCallback(fcinfo, ReleaseFile, PointerGetDatum(state));
	return state;
}

/* ranking_accum(state, score, relevance [, k [, gain]]) */
PG_FUNCTION_INFO_V1(drift_ranking_accum);
Datum
drift_ranking_accum(PG_FUNCTION_ARGS)
{
	RankingState *state = PG_ARGISNULL(0) ? StartRanking(fcinfo) : (RankingState *) PG_GETARG_POINTER(0);
	double score;
	double relevance;

	CheckSameInt32(fcinfo, 3, "k", state->k);
	if (PG_NARGS() > 4)
		TakeGain(fcinfo, state);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_POINTER(state);
	score = PG_GETARG_FLOAT8(1);
	relevance = PG_GETARG_FLOAT8(2);
	if (unlikely(relevance < 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("relevance must not be negative"),
						errdetail("It is %g.", relevance), errhint("Rows that are not relevant have relevance 0.")));
	if (!isnan(score) && !isnan(relevance))
		AddPair(&state->rows, DescendingKey(score), DescendingKey(relevance));
	PG_RETURN_POINTER(state);
}

/* ------------------------------------------------------------------------
 * Reading rows in order
 * ------------------------------------------------------------------------ */

/* Rows of one first key, until they are given to a ranking */
typedef struct Ties
{
	DriftTopPlaces *ranking;
	uint64 key;
	int64 rows;
	int64 relevant;
	DriftSum gains;
} Ties;

static void
EndTies(Ties *ties)
{
	if (ties->rows > 0)
		drift_top_add(ties->ranking, ties->rows, ties->relevant, drift_sum_total(&ties->gains));
	ties->rows = ties->relevant = 0;
	ties->gains = (DriftSum){0};
}

static void
AddToTies(Ties *ties, uint64 key, double relevance, bool exponential)
{
	if (key != ties->key)
		EndTies(ties);
	ties->key = key;
	ties->rows++;
	ties->relevant += relevance > 0;
	drift_sum_add(&ties->gains, exponential ? exp2(relevance) - 1 : relevance);
}

typedef struct RankedRow
{
	uint64 score;
	uint64 relevance;
} RankedRow;

#define ST_SORT SortRankedRows
#define ST_ELEMENT_TYPE RankedRow
#define ST_COMPARE(a, b) ((a)->score < (b)->score ? -1 : (a)->score > (b)->score)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* Give the rows, which are in memory, to the ranking in the order of their scores */
static void
ReadInMemory(const RankingState *state, Ties *ties)
{
	int64 n = state->rows.n;
	RankedRow *rows = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(RankedRow) * Max(n, 1));

	for (int64 i = 0; i < n; i++)
		rows[i] = (RankedRow){state->rows.keys[0][i], state->rows.keys[1][i]};
	SortRankedRows(rows, n);
	for (int64 i = 0; i < n; i++)
		AddToTies(ties, rows[i].score, DescendingValue(rows[i].relevance), state->exponential);
	EndTies(ties);
	pfree(rows);
}

/* The best order is that of the relevance */
static void
ReadBestInMemory(const RankingState *state, Ties *ties)
{
	int64 n = state->rows.n;
	Size size = sizeof(uint64) * Max(n, 1);
	uint64 *keys = MemoryContextAllocHuge(CurrentMemoryContext, 2 * size);

	memcpy(keys, state->rows.keys[1], sizeof(uint64) * n);
	drift_sort_keys(keys, n, keys + n, LabelledPoll);
	for (int64 i = 0; i < n; i++)
		AddToTies(ties, keys[i], DescendingValue(keys[i]), state->exponential);
	EndTies(ties);
	pfree(keys);
}

/* The same for rows in a file: sorted by the column of that number first */
static void
ReadFromFile(RankingState *state, int column, Ties *ties)
{
	Tuplesortstate *sort = BeginPairSort(TUPLESORT_NONE, 1);
	PairScan scan = ScanPairs(&state->rows);
	uint64 pair[2];

	while (NextPair(&scan, pair))
		PutPair(sort, pair[column], pair[1]);
	tuplesort_performsort(sort);
	while (GetPair(sort, pair))
	{
		CHECK_FOR_INTERRUPTS();
		AddToTies(ties, pair[0], DescendingValue(pair[1]), state->exponential);
	}
	EndTies(ties);
	tuplesort_end(sort);
}

/* Read the rows in both orders; NULL without rows */
static const RankingResult *
ResultOf(FunctionCallInfo fcinfo)
{
	RankingState *state = PG_ARGISNULL(0) ? NULL : (RankingState *) PG_GETARG_POINTER(0);
	RankingResult *result;
	int64 k;
	Ties ties;
	Ties best;

	if (state == NULL || state->rows.n == 0 || state->result)
		return state ? state->result : NULL;
	result = MemoryContextAlloc(state->rows.context, sizeof(RankingResult));
	k = state->k > 0 ? state->k : state->rows.n;
	drift_top_init(&result->ranking, k, LabelledPoll);
	drift_top_init(&result->best, k, LabelledPoll);
	ties = (Ties){.ranking = &result->ranking};
	best = (Ties){.ranking = &result->best};
	if (state->rows.file)
	{
		ReadFromFile(state, 0, &ties);
		ReadFromFile(state, 1, &best);
	}
	else
	{
		ReadInMemory(state, &ties);
		ReadBestInMemory(state, &best);
	}
	return state->result = result;
}

/* ------------------------------------------------------------------------
 * Parallel plans
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_ranking_combine);
Datum
drift_ranking_combine(PG_FUNCTION_ARGS)
{
	RankingState *other = PG_ARGISNULL(1) ? NULL : (RankingState *) PG_GETARG_POINTER(1);
	RankingState *state = PG_ARGISNULL(0) ? NULL : (RankingState *) PG_GETARG_POINTER(0);
	PairScan scan;
	uint64 pair[2];

	if (other == NULL && state == NULL)
		PG_RETURN_NULL();
	if (other == NULL)
		PG_RETURN_POINTER(state);
	if (state == NULL)
	{
		state = CreateRanking(AggregateContext(fcinfo));
		AggRegisterCallback(fcinfo, ReleaseFile, PointerGetDatum(state));
	}
	state->k = other->k;
	state->exponential = other->exponential;
	scan = ScanPairs(&other->rows);
	while (NextPair(&scan, pair))
		AddPair(&state->rows, pair[0], pair[1]);
	ClosePairs(&other->rows);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_ranking_serialize);
Datum
drift_ranking_serialize(PG_FUNCTION_ARGS)
{
	RankingState *state = (RankingState *) PG_GETARG_POINTER(0);
	PairScan scan = ScanPairs(&state->rows);
	StringInfoData bytes;
	uint64 pair[2];

	pq_begintypsend(&bytes);
	pq_sendint32(&bytes, state->k);
	pq_sendbyte(&bytes, state->exponential);
	pq_sendint64(&bytes, state->rows.n);
	while (NextPair(&scan, pair))
		pq_sendbytes(&bytes, (const char *) pair, sizeof(pair));
	PG_RETURN_BYTEA_P(pq_endtypsend(&bytes));
}

PG_FUNCTION_INFO_V1(drift_ranking_deserialize);
Datum
drift_ranking_deserialize(PG_FUNCTION_ARGS)
{
	bytea *serialized = PG_GETARG_BYTEA_PP(0);
	RankingState *state = CreateRanking(CurrentMemoryContext);
	StringInfoData bytes;
	uint64 pair[2];
	int64 n;

	initStringInfo(&bytes);
	appendBinaryStringInfo(&bytes, VARDATA_ANY(serialized), VARSIZE_ANY_EXHDR(serialized));
	state->k = pq_getmsgint(&bytes, 4);
	state->exponential = pq_getmsgbyte(&bytes) != 0;
	n = pq_getmsgint64(&bytes);
	for (int64 i = 0; i < n; i++)
	{
		pq_copymsgbytes(&bytes, (char *) pair, sizeof(pair));
		AddPair(&state->rows, pair[0], pair[1]);
	}
	pq_getmsgend(&bytes);
	PG_RETURN_POINTER(state);
}

/* ------------------------------------------------------------------------
 * Final functions
 * ------------------------------------------------------------------------ */

static Datum
ReturnMetric(FunctionCallInfo fcinfo, double (*metric)(const DriftTopPlaces *))
{
	const RankingResult *result = ResultOf(fcinfo);

	if (result == NULL)
		PG_RETURN_NULL();
	return NumberResult(fcinfo, metric(&result->ranking));
}

PG_FUNCTION_INFO_V1(drift_ndcg_final);
Datum
drift_ndcg_final(PG_FUNCTION_ARGS)
{
	const RankingResult *result = ResultOf(fcinfo);

	if (result == NULL)
		PG_RETURN_NULL();
	return NumberResult(fcinfo, drift_top_ndcg(&result->ranking, &result->best));
}

PG_FUNCTION_INFO_V1(drift_average_precision_at_k_final);
Datum
drift_average_precision_at_k_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_top_average_precision);
}

PG_FUNCTION_INFO_V1(drift_precision_at_k_final);
Datum
drift_precision_at_k_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_top_precision);
}

PG_FUNCTION_INFO_V1(drift_recall_at_k_final);
Datum
drift_recall_at_k_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_top_recall);
}

PG_FUNCTION_INFO_V1(drift_hit_rate_at_k_final);
Datum
drift_hit_rate_at_k_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_top_hit_rate);
}

PG_FUNCTION_INFO_V1(drift_reciprocal_rank_final);
Datum
drift_reciprocal_rank_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_top_reciprocal_rank);
}

PG_FUNCTION_INFO_V1(drift_ranking_metrics_final);
Datum
drift_ranking_metrics_final(PG_FUNCTION_ARGS)
{
	TupleDesc type = ReturnedRowType(fcinfo, 8);
	const RankingResult *result = ResultOf(fcinfo);
	const DriftTopPlaces *ranking;
	Datum values[8];
	bool nulls[8] = {false};

	if (result == NULL)
		PG_RETURN_NULL();
	ranking = &result->ranking;
	values[0] = Int64GetDatum(ranking->rows);
	values[1] = Int64GetDatum(ranking->relevant);
	NumberField(values, nulls, 2, drift_top_ndcg(ranking, &result->best));
	NumberField(values, nulls, 3, drift_top_average_precision(ranking));
	NumberField(values, nulls, 4, drift_top_precision(ranking));
	NumberField(values, nulls, 5, drift_top_recall(ranking));
	NumberField(values, nulls, 6, drift_top_hit_rate(ranking));
	NumberField(values, nulls, 7, drift_top_reciprocal_rank(ranking));
	return RowDatum(type, values, nulls);
}
