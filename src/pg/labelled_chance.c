/*
 * labelled_chance.c
 *		What statistics of labelled rows are when nothing has drifted.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "pg/chance.h"
#include "pg/labelled.h"
#include "stats/chance_cells.h"

typedef struct ChanceName
{
	text *name; /* the argument as it came, to compare with */
	ChanceStatistic statistic;
} ChanceName;

/* Read the name of the statistic; the result lives as long as the aggregate */
static ChanceName *
ReadChanceName(FunctionCallInfo fcinfo)
{
	MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	ChanceName *chance = palloc(sizeof(ChanceName));

	if (PG_ARGISNULL(3))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("statistic must not be NULL")));
	chance->name = PG_GETARG_TEXT_P_COPY(3);
	chance->statistic = ChanceStatisticOf(chance->name);
	MemoryContextSwitchTo(old);
	return chance;
}

static void
CheckSameName(FunctionCallInfo fcinfo, const ChanceName *chance)
{
	text *name = PG_ARGISNULL(3) ? NULL : PG_GETARG_TEXT_PP(3);

	if (name == NULL || VARSIZE_ANY_EXHDR(name) != VARSIZE_ANY_EXHDR(chance->name) ||
		memcmp(VARDATA_ANY(name), VARDATA_ANY(chance->name), VARSIZE_ANY_EXHDR(name)) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("statistic must be the same for all rows")));
}

/* chance(value, is_current, statistic [, bins]): a row is added as to any state, without the statistic */
PG_FUNCTION_INFO_V1(drift_labelled_chance_accum);
Datum
drift_labelled_chance_accum(PG_FUNCTION_ARGS)
{
	ChanceName *chance = fcinfo->flinfo->fn_extra;
	short nargs = fcinfo->nargs;
	Datum result;

	if (chance == NULL)
		fcinfo->flinfo->fn_extra = chance = ReadChanceName(fcinfo);
	else
		CheckSameName(fcinfo, chance);
	if (nargs > 4)
		fcinfo->args[3] = fcinfo->args[4];
	fcinfo->nargs = nargs - 1;
	result = drift_labelled_accum(fcinfo);
	fcinfo->nargs = nargs;
	((Labelled *) DatumGetPointer(result))->chance = chance->statistic;
	return result;
}

/* Feed the bins of numbers; the statistic is of the same counts */
static double
FeedBins(Labelled *state, DriftChanceCells *cells)
{
	DriftDivergence divergence;
	int64 *counts[2];
	uint32 bins;

	counts[0] = palloc0(sizeof(int64) * (DRIFT_MAX_EDGES + 1));
	counts[1] = palloc0(sizeof(int64) * (DRIFT_MAX_EDGES + 1));
	bins = LabelledNumbersCountBins(state, counts);
	drift_chance_cells_init(cells, (DriftDivergenceKind) state->chance, state->n[0], state->n[1], DRIFT_DEFAULT_FLOOR,
							0);
	drift_chance_cells_bins(cells, counts[0], counts[1], bins);
	drift_divergence_init(&divergence, state->n[0], state->n[1], DRIFT_DEFAULT_FLOOR);
	for (uint32 bin = 0; bin < bins; bin++)
		drift_divergence_step(&divergence, counts[0][bin], counts[1][bin]);
	pfree(counts[1]);
	pfree(counts[0]);
	return drift_divergence_result(cells->kind, &divergence);
}

/* Feed the categories */
static double
FeedCategories(Labelled *state, DriftChanceCells *cells)
{
	bool pool = state->chance == DRIFT_PSI || state->chance == DRIFT_KL_DIVERGENCE;
	DriftDivergence divergence;
	CategoryScan scan;
	CategoryBytes category;
	int64 rows[2];

	drift_chance_cells_init(cells, (DriftDivergenceKind) state->chance, state->n[0], state->n[1], DRIFT_DEFAULT_FLOOR,
							pool ? drift_chance_pool_below(state->n[0]) : 0);
	LabelledCategoriesScan(state, &scan);
	while (LabelledNextCategory(&scan, &category, rows))
	{
		CHECK_FOR_INTERRUPTS();
		drift_chance_cells_step(cells, rows[0] + rows[1]);
	}
	LabelledCategoriesDivergence(state, pool, &divergence);
	return drift_divergence_result(cells->kind, &divergence);
}

static Datum
ReturnChanceOfCells(FunctionCallInfo fcinfo, Labelled *state)
{
	DriftChanceCells cells;
	double observed = state->kind == LABELLED_NUMBERS ? FeedBins(state, &cells) : FeedCategories(state, &cells);
	DriftChanceLaw law = drift_chance_cells_finish(&cells);

	return ReturnChance(fcinfo, observed, drift_chance_of_law(&law, observed));
}

/* Feed the distinct numbers in order */
static void
FeedCurve(Labelled *state, DriftChanceCurve *curve)
{
	NumberScan *scan = palloc(sizeof(NumberScan));
	double below[2] = {0, 0};
	double value;
	int64 rows[2];

	drift_chance_curve_init(curve, state->n[0], state->n[1]);
	LabelledNumbersScan(state, scan);
	while (LabelledNextNumber(scan, &value, rows))
	{
		double upto[2] = {below[0] + (double) rows[0], below[1] + (double) rows[1]};

		CHECK_FOR_INTERRUPTS();
		drift_chance_curve_step(curve, value, below, upto);
		below[0] = upto[0];
		below[1] = upto[1];
	}
	pfree(scan);
}

static Datum
ReturnChanceOfCurve(FunctionCallInfo fcinfo, Labelled *state)
{
	const DriftMoments *reference = &LabelledNumbersMoments(state)[0];
	double unit = state->chance == CHANCE_NORMALIZED_WASSERSTEIN ? sqrt(reference->m2 / (double) reference->n) : 1;
	DriftChanceCurve curve;
	double observed;

	FeedCurve(state, &curve);
	observed = state->chance == CHANCE_ENERGY ? drift_chance_curve_energy_observed(&curve)
											  : drift_two_sample_wasserstein(LabelledNumbersCompare(state)) / unit;
	return ReturnChance(fcinfo, observed, ChanceOfCurve((ChanceStatistic) state->chance, &curve, unit, observed));
}

PG_FUNCTION_INFO_V1(drift_labelled_chance);
Datum
drift_labelled_chance(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinished(fcinfo);
	double distance;

	if (state->chance <= CHANCE_BINNED_LAST)
		return ReturnChanceOfCells(fcinfo, state);
	state = LabelledFinishedNumbers(fcinfo, "a statistic of distribution functions");
	if (state->chance != CHANCE_KS)
		return ReturnChanceOfCurve(fcinfo, state);
	distance = LabelledNumbersKs(state);
	return ReturnChance(fcinfo, distance, drift_chance_ks(distance, state->n[0], state->n[1]));
}
