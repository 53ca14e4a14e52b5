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

typedef struct ChanceConstants
{
	text *name; /* the argument as it came, to compare with */
	ChanceStatistic statistic;
} ChanceConstants;

static ChanceStatistic
StatisticOf(const Labelled *state)
{
	return ((const ChanceConstants *) state->constants)->statistic;
}

/* Keep the name of the statistic with the state */
static void
KeepConstants(FunctionCallInfo fcinfo, Labelled *state)
{
	MemoryContext old = MemoryContextSwitchTo(state->context);
	ChanceConstants *constants = palloc(sizeof(ChanceConstants));

	if (PG_ARGISNULL(3))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("statistic must not be NULL")));
	constants->name = PG_GETARG_TEXT_P_COPY(3);
	constants->statistic = ChanceStatisticOf(constants->name);
	state->constants = constants;
	MemoryContextSwitchTo(old);
}

/* Ensure that the name does not change from row to row */
static void
CheckSameConstants(FunctionCallInfo fcinfo, const ChanceConstants *constants)
{
	if (PG_ARGISNULL(3) || !LabelledSameText(PG_GETARG_TEXT_PP(3), constants->name))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("statistic must be the same for all rows")));
}

/* (state, value, is_current, statistic [, bins]): the statistic is kept, the rest added */
PG_FUNCTION_INFO_V1(drift_labelled_chance_accum);
Datum
drift_labelled_chance_accum(PG_FUNCTION_ARGS)
{
	LOCAL_FCINFO(row, 4);
	short nargs = fcinfo->nargs - 1;
	Labelled *state;

	InitFunctionCallInfoData(*row, fcinfo->flinfo, nargs, fcinfo->fncollation, fcinfo->context, fcinfo->resultinfo);
	memcpy(row->args, fcinfo->args, 3 * sizeof(NullableDatum));
	if (nargs > 3)
		row->args[3] = fcinfo->args[4];
	state = (Labelled *) DatumGetPointer(drift_labelled_accum(row));
	if (state->constants)
		CheckSameConstants(fcinfo, state->constants);
	else
		KeepConstants(fcinfo, state);
	PG_RETURN_POINTER(state);
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
	drift_chance_cells_init(cells, (DriftDivergenceKind) StatisticOf(state), state->n[0], state->n[1],
							DRIFT_DEFAULT_FLOOR, 0);
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
	DriftDivergenceKind kind = (DriftDivergenceKind) StatisticOf(state);
	bool pool = kind == DRIFT_PSI || kind == DRIFT_KL_DIVERGENCE;
	DriftDivergence divergence;
	CategoryScan scan;
	CategoryBytes category;
	int64 rows[2];

	drift_chance_cells_init(cells, kind, state->n[0], state->n[1], DRIFT_DEFAULT_FLOOR,
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
FeedCurve(Labelled *state, DriftChanceCurve *curve, DriftTwoSample *pair)
{
	NumberScan *scan = palloc(sizeof(NumberScan));
	double below = 0;
	double value;
	int64 rows[2];

	drift_chance_curve_init(curve, state->n[0], state->n[1]);
	drift_two_sample_init(pair, state->n[0], state->n[1]);
	LabelledNumbersScan(state, scan);
	while (LabelledNextNumber(scan, &value, rows))
	{
		double upto = below + (double) rows[0] + (double) rows[1];

		CHECK_FOR_INTERRUPTS();
		drift_chance_curve_step(curve, value, below, upto);
		drift_two_sample_step(pair, value, rows[0], rows[1]);
		below = upto;
	}
	pfree(scan);
}

static Datum
ReturnChanceOfCurve(FunctionCallInfo fcinfo, Labelled *state)
{
	const DriftMoments *reference = &LabelledNumbersMoments(state)[0];
	double unit = StatisticOf(state) == CHANCE_NORMALIZED_WASSERSTEIN ? sqrt(reference->m2 / (double) reference->n) : 1;
	DriftChanceCurve curve;
	DriftTwoSample pair;
	double observed;

	FeedCurve(state, &curve, &pair);
	observed = StatisticOf(state) == CHANCE_ENERGY ? drift_edf_energy_distance(LabelledNumbersDifference(state))
												   : drift_two_sample_wasserstein(&pair) / unit;
	return ReturnChance(fcinfo, observed, ChanceOfCurve(StatisticOf(state), &curve, unit, observed));
}

PG_FUNCTION_INFO_V1(drift_labelled_chance);
Datum
drift_labelled_chance(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinished(fcinfo);
	double distance;

	if (StatisticOf(state) <= CHANCE_BINNED_LAST)
		return ReturnChanceOfCells(fcinfo, state);
	state = LabelledFinishedNumbers(fcinfo, ChanceStatisticName(StatisticOf(state)));
	if (StatisticOf(state) != CHANCE_KS)
		return ReturnChanceOfCurve(fcinfo, state);
	distance = LabelledNumbersKs(state);
	return ReturnChance(fcinfo, distance, drift_chance_ks(distance, state->n[0], state->n[1]));
}
