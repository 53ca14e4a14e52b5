/*
 * bootstrap_metric.c
 *		Bootstrap of a metric of two models on the same rows.
 *
 * What is kept depends on the metric: the differences of the losses of each
 * row; both losses, where a root is taken of their means; counts of rows by
 * decisions and truth; both scores, by class, for areas under the ROC curve.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/bootstrap_result.h"
#include "pg/constant_argument.h"
#include "pg/labelled.h"
#include "pg/pair_store.h"
#include "pg/value.h"
#include "stats/auc_bootstrap.h"
#include "stats/paired_metric.h"
#include "stats/sample.h"
#include "stats/sum.h"

#define FIRST_OPTION 5

typedef struct MetricState
{
	DriftPairedMetric metric;
	text *name;         /* the argument, to compare with */
	ValueReader reader; /* of the truth */
	BootstrapOptions options;
	DriftSum sum[2];        /* of both losses */
	ValueStore differences; /* of the losses */
	PairStore pairs[2];     /* both losses in the first; or both scores, of negative and positive rows */
	int64 cells[DRIFT_PAIRED_CELLS];
} MetricState;

/* ------------------------------------------------------------------------
 * Arguments
 * ------------------------------------------------------------------------ */

static DriftPairedMetric
MetricOfName(const char *name)
{
	StringInfoData known;
	int metric = drift_metric_find(name);

	if (metric >= 0)
		return metric;
	initStringInfo(&known);
	for (metric = 0; drift_metric_name(metric); metric++)
		appendStringInfo(&known, "%s%s", metric ? ", " : "", drift_metric_name(metric));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no metric named \"%s\" to draw again", name),
			 errhint("Metrics are %s. The mean of anything else has bootstrap_test(value_1, value_2).", known.data)));
}

/* The truth is yes or no, or a number */
static ValueReader
ReaderOfTruth(FunctionCallInfo fcinfo)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 4);
	ValueReader reader = FindReader(type);

	if (reader != READ_BOOL && reader >= READ_DATE)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("the actual value must be a boolean or a number, not of type %s",
							   OidIsValid(type) ? format_type_be(type) : "unknown"),
						errhint("Of classes ask for the one that counts as positive, as in actual = 'yes'.")));
	return reader;
}

static text *
MetricArgument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(1))
		RefuseArgument("metric");
	return PG_GETARG_TEXT_PP(1);
}

static inline void
CheckSameMetric(FunctionCallInfo fcinfo, const MetricState *state)
{
	text *name = MetricArgument(fcinfo);
	Size length = VARSIZE_ANY_EXHDR(name);

	if (unlikely(length != VARSIZE_ANY_EXHDR(state->name) ||
				 memcmp(VARDATA_ANY(name), VARDATA_ANY(state->name), length) != 0))
		RefuseArgument("metric");
}

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

/* Close what the memory context does not */
static void
ReleaseMetric(Datum arg)
{
	MetricState *state = (MetricState *) DatumGetPointer(arg);

	CloseValues(&state->differences);
	ClosePairs(&state->pairs[0]);
	ClosePairs(&state->pairs[1]);
}

static pg_noinline MetricState *
CreateMetric(FunctionCallInfo fcinfo)
{
	MemoryContext context = AggregateContext(fcinfo);
	MetricState *state = MemoryContextAllocZero(context, sizeof(MetricState));
	text *name = MetricArgument(fcinfo);

	state->metric = MetricOfName(text_to_cstring(name));
	state->name = MemoryContextAlloc(context, VARSIZE_ANY(name));
	memcpy(state->name, name, VARSIZE_ANY(name));
	state->reader = ReaderOfTruth(fcinfo);
	state->options = ReadBootstrapOptions(fcinfo, FIRST_OPTION);
	state->differences.context = context;
	for (int side = 0; side < 2; side++)
		state->pairs[side] = (PairStore){.context = context, .stores = state->metric == DRIFT_METRIC_RMSE ? 1 : 2};
	AggRegisterCallback(fcinfo, ReleaseMetric, PointerGetDatum(state));
	return state;
}

static void
CheckProbability(DriftPairedMetric metric, double probability)
{
	if (unlikely(!(probability >= 0 && probability <= 1)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s needs probabilities between 0 and 1", drift_metric_name(metric)),
						errdetail("A prediction is %g.", probability)));
}

static void
CheckTruth(DriftPairedMetric metric, double actual)
{
	if (unlikely(actual != 0 && actual != 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s needs actual values that are true or false", drift_metric_name(metric)),
						errdetail("An actual value is %g.", actual), errhint("Numbers may be 0 or 1.")));
}

/* Keep the losses of both models */
static inline void
AddLosses(MetricState *state, double first, double second)
{
	drift_sum_add(&state->sum[0], first);
	drift_sum_add(&state->sum[1], second);
	if (drift_metric_is_mean(state->metric))
		AddValue(&state->differences, first == second ? 0 : first - second);
	else
		AddPair(&state->pairs[0], drift_key_of(first), drift_key_of(second));
}

static void
AddRow(MetricState *state, double first, double second, double actual)
{
	if (isnan(first) || isnan(second) || isnan(actual))
		return;
	if (drift_metric_is_binary(state->metric))
		CheckTruth(state->metric, actual);
	if (drift_metric_needs_probability(state->metric))
	{
		CheckProbability(state->metric, first);
		CheckProbability(state->metric, second);
	}
	if (drift_metric_is_count(state->metric))
		state->cells[drift_metric_cell(first, second, actual != 0)]++;
	else if (state->metric == DRIFT_METRIC_ROC_AUC)
		AddPair(&state->pairs[actual != 0], drift_key_of(first), drift_key_of(second));
	else
		AddLosses(state, drift_metric_loss(state->metric, first, actual),
				  drift_metric_loss(state->metric, second, actual));
}

/* bootstrap_metric_accum(state, metric, prediction_1, prediction_2, actual [, replicates [, seed [, confidence]]]) */
PG_FUNCTION_INFO_V1(drift_bootstrap_metric_accum);
Datum
drift_bootstrap_metric_accum(PG_FUNCTION_ARGS)
{
	MetricState *state = PG_ARGISNULL(0) ? CreateMetric(fcinfo) : (MetricState *) PG_GETARG_POINTER(0);
	Datum actual = PG_GETARG_DATUM(4);

	CheckSameMetric(fcinfo, state);
	CheckSameBootstrapOptions(fcinfo, FIRST_OPTION, &state->options);
	if (!PG_ARGISNULL(2) && !PG_ARGISNULL(3) && !PG_ARGISNULL(4))
		AddRow(state, PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3),
			   state->reader == READ_BOOL ? (double) DatumGetBool(actual) : ReadNumber(state->reader, actual));
	PG_RETURN_POINTER(state);
}

/* ------------------------------------------------------------------------
 * Means, and their roots
 * ------------------------------------------------------------------------ */

static BootstrapDraws
DrawLoss(MetricState *state)
{
	BootstrapDraws draws = DrawMean(&state->differences, &state->options);

	for (int model = 0; model < 2; model++)
		draws.value[model] = drift_sum_mean(&state->sum[model], draws.n);
	return draws;
}

/* Sums of powers of what the statistic loses with a row */
typedef struct Powers
{
	int64 n;
	double first;
	double second;
	double third;
} Powers;

static inline void
AddPowers(Powers *powers, double x)
{
	powers->n++;
	powers->first += x;
	powers->second += x * x;
	powers->third += x * x * x;
}

/* The same around their mean */
static DriftJackknife
CentredPowers(const Powers *powers)
{
	double mean = powers->first / (double) powers->n;

	return (DriftJackknife){.squares = powers->second - mean * powers->first,
							.cubes = powers->third - 3 * mean * powers->second + 2 * mean * mean * powers->first};
}

/* Take the root of the mean of the other rows */
static double
RootWithout(const DriftSum *sum, double loss, int64 n)
{
	return sqrt(fmax(drift_sum_total(sum) - loss, 0) / (double) (n - 1));
}

static BootstrapDraws
DrawRoots(MetricState *state)
{
	int64 n = state->pairs[0].n;
	int64 room = Max((int64) (PairBudget() / (2 * sizeof(double))), 1024);
	double *drawn[2] = {AllocateReplicates(&state->options), AllocateReplicates(&state->options)};
	double *block[2];
	BootstrapDraws draws = {.n = n, .values = drawn[0]};
	Tuplesortstate *sort = SortPairs(&state->pairs[0], TUPLESORT_NONE, 1);
	Powers powers = {0};
	uint64 pair[2];

	room = Min(room, n);
	for (int model = 0; model < 2; model++)
	{
		block[model] = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * room);
		draws.value[model] = sqrt(drift_sum_mean(&state->sum[model], n));
	}
	draws.estimate = draws.value[0] - draws.value[1];
	draws.slack = ROUNDING * (draws.value[0] + draws.value[1]);
	for (int64 first = 0, count; first < n; first += count)
	{
		for (count = 0; count < room && GetPair(sort, pair); count++)
		{
			block[0][count] = drift_key_value(pair[0]);
			block[1][count] = drift_key_value(pair[1]);
			AddPowers(&powers, draws.estimate - (RootWithout(&state->sum[0], block[0][count], n) -
												 RootWithout(&state->sum[1], block[1][count], n)));
		}
		for (int model = 0; model < 2; model++)
			drift_bootstrap_add(drawn[model], state->options.replicates, (uint64) state->options.seed, n, block[model],
								first, count, LabelledPoll);
	}
	tuplesort_end(sort);
	for (int32 b = 0; b < state->options.replicates; b++)
		draws.values[b] = sqrt(drawn[0][b] / (double) n) - sqrt(drawn[1][b] / (double) n);
	if (n > 1)
	{
		DriftJackknife jackknife = CentredPowers(&powers);

		draws.acceleration = drift_acceleration(&jackknife);
	}
	return draws;
}

/* ------------------------------------------------------------------------
 * Counts
 * ------------------------------------------------------------------------ */

static double
DifferenceOfCells(DriftPairedMetric metric, const int64 *cells)
{
	return drift_metric_of_cells(metric, cells, 0) - drift_metric_of_cells(metric, cells, 1);
}

/* Leave out a row of each cell in turn */
static double
AccelerationOfCells(const MetricState *state, int64 n)
{
	int64 cells[DRIFT_PAIRED_CELLS];
	double without[DRIFT_PAIRED_CELLS] = {0};
	double mean = 0;
	DriftJackknife jackknife = {0};

	memcpy(cells, state->cells, sizeof(cells));
	for (int c = 0; c < DRIFT_PAIRED_CELLS; c++)
	{
		if (cells[c] == 0)
			continue;
		cells[c]--;
		without[c] = DifferenceOfCells(state->metric, cells);
		cells[c]++;
		mean += without[c] * ((double) cells[c] / (double) n);
	}
	for (int c = 0; c < DRIFT_PAIRED_CELLS; c++)
		if (cells[c] > 0)
			drift_jackknife_add(&jackknife, mean - without[c], cells[c]);
	return isnan(mean) ? mean : drift_acceleration(&jackknife);
}

static BootstrapDraws
DrawCells(const MetricState *state)
{
	BootstrapDraws draws = {.values = AllocateReplicates(&state->options), .slack = ROUNDING};
	int64 upto[DRIFT_PAIRED_CELLS];
	int64 cells[DRIFT_PAIRED_CELLS];

	for (int c = 0; c < DRIFT_PAIRED_CELLS; c++)
		upto[c] = draws.n += state->cells[c];
	for (int model = 0; model < 2; model++)
		draws.value[model] = drift_metric_of_cells(state->metric, state->cells, model);
	draws.estimate = draws.value[0] - draws.value[1];
	if (draws.n == 0)
		return draws;
	draws.acceleration = AccelerationOfCells(state, draws.n);
	for (int32 b = 0; b < state->options.replicates; b++)
	{
		CHECK_FOR_INTERRUPTS();
		drift_bootstrap_cells(cells, DRIFT_PAIRED_CELLS, upto, (uint64) state->options.seed, (uint64) b);
		draws.values[b] = DifferenceOfCells(state->metric, cells);
	}
	return draws;
}

/* ------------------------------------------------------------------------
 * Areas
 * ------------------------------------------------------------------------ */

static void *
AllocateRows(int64 n, Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, size * Max(n, 1));
}

/* Put keys into an order of rows */
static void
Reorder(uint64 *keys, const uint64 *order, uint64 *scratch, int64 n)
{
	for (int64 i = 0; i < n; i++)
		scratch[i] = keys[drift_row_of(order[i])];
	memcpy(keys, scratch, sizeof(uint64) * n);
}

/* Number the rows of a class by their scores, whatever the order in which they came */
static void
SortScores(PairStore *pairs, uint64 *order, uint64 *scratch)
{
	for (int score = 1; score >= 0 && pairs->n > 0; score--)
	{
		drift_sort_rows(pairs->keys[score], pairs->n, order, scratch, LabelledPoll);
		Reorder(pairs->keys[0], order, scratch, pairs->n);
		Reorder(pairs->keys[1], order, scratch, pairs->n);
	}
}

/* Group the rows of both classes by each score */
static DriftAucRows
GroupScores(MetricState *state)
{
	DriftAucRows rows = {.n = {state->pairs[0].n, state->pairs[1].n}};
	int64 n = rows.n[0] + rows.n[1];
	uint64 *keys = AllocateRows(n, sizeof(uint64));
	uint64 *order = AllocateRows(n, sizeof(uint64));
	uint64 *scratch = AllocateRows(n, sizeof(uint64));

	SortScores(&state->pairs[0], order, scratch);
	SortScores(&state->pairs[1], order, scratch);
	for (int score = 0; score < 2; score++)
	{
		memcpy(keys, state->pairs[1].keys[score], sizeof(uint64) * rows.n[1]);
		memcpy(keys + rows.n[1], state->pairs[0].keys[score], sizeof(uint64) * rows.n[0]);
		rows.group[score] = AllocateRows(n, sizeof(uint32));
		rows.groups[score] = drift_auc_groups(keys, n, order, scratch, rows.group[score], LabelledPoll);
		rows.count[score] = AllocateRows(2 * rows.groups[score], sizeof(uint32));
	}
	pfree(scratch);
	pfree(order);
	pfree(keys);
	return rows;
}

static void
DrawGroups(const MetricState *state, const DriftAucRows *rows, BootstrapDraws *draws)
{
	double *place[2];
	DriftJackknife jackknife;

	for (int score = 0; score < 2; score++)
	{
		draws->value[score] = drift_auc_of_rows(rows, score);
		place[score] = AllocateRows(2 * rows->groups[score], sizeof(double));
	}
	draws->estimate = draws->value[0] - draws->value[1];
	jackknife = drift_auc_jackknife(rows, place);
	draws->acceleration = drift_acceleration(&jackknife);
	pfree(place[0]);
	pfree(place[1]);
	for (int32 b = 0; b < state->options.replicates; b++)
	{
		CHECK_FOR_INTERRUPTS();
		draws->values[b] = drift_auc_replicate(rows, (uint64) state->options.seed, b);
	}
}

static BootstrapDraws
DrawAreas(MetricState *state)
{
	BootstrapDraws draws = {.n = state->pairs[0].n + state->pairs[1].n,
							.value = {NAN, NAN},
							.estimate = NAN,
							.slack = ROUNDING,
							.values = AllocateReplicates(&state->options)};
	DriftAucRows rows;

	if (state->pairs[0].file || state->pairs[1].file)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many rows to draw areas under the ROC curve again"),
						errdetail("The scores of " INT64_FORMAT " rows do not fit in work_mem.", draws.n),
						errhint("Raise work_mem, or use delong_test(), which needs no draws.")));
	if (state->pairs[0].n == 0 || state->pairs[1].n == 0)
		return draws;
	rows = GroupScores(state);
	DrawGroups(state, &rows, &draws);
	return draws;
}

/* ------------------------------------------------------------------------
 * Result
 * ------------------------------------------------------------------------ */

static BootstrapDraws
DrawMetric(MetricState *state)
{
	if (drift_metric_is_mean(state->metric))
		return state->differences.n > 0 ? DrawLoss(state) : (BootstrapDraws){0};
	if (drift_metric_is_count(state->metric))
		return DrawCells(state);
	if (state->metric == DRIFT_METRIC_ROC_AUC)
		return DrawAreas(state);
	return state->pairs[0].n > 0 ? DrawRoots(state) : (BootstrapDraws){0};
}

PG_FUNCTION_INFO_V1(drift_bootstrap_metric_test);
Datum
drift_bootstrap_metric_test(PG_FUNCTION_ARGS)
{
	MetricState *state = PG_ARGISNULL(0) ? NULL : (MetricState *) PG_GETARG_POINTER(0);
	BootstrapDraws draws;

	if (state == NULL)
		PG_RETURN_NULL();
	draws = DrawMetric(state);
	if (draws.n == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(ReturnBootstrap(fcinfo, &draws, &state->options));
}
