/*
 * chance.h
 *		drift.chance() and the record it returns.
 */
#ifndef DRIFT_PG_CHANCE_H
#define DRIFT_PG_CHANCE_H

#include "fmgr.h"

#include "pg/profile_statistics.h"
#include "stats/bounded_divergence.h"
#include "stats/chance.h"
#include "stats/chance_curve.h"

/* The statistics of drift.chance(); those over bins are numbered as their DriftDivergenceKind. */
typedef enum ChanceStatistic
{
	CHANCE_BINNED_LAST = DRIFT_TOTAL_VARIATION,
	CHANCE_KS,
	CHANCE_WASSERSTEIN,
	CHANCE_NORMALIZED_WASSERSTEIN,
	CHANCE_ENERGY
} ChanceStatistic;

/* The statistic of a name, 22023 for others; and the name of one. */
extern ChanceStatistic ChanceStatisticOf(const text *name);
extern const char *ChanceStatisticName(ChanceStatistic statistic);

/* What the distribution functions' statistics are by chance; unit is the deviation that normalises Wasserstein's. */
extern DriftChance ChanceOfCurve(ChanceStatistic statistic, const DriftChanceCurve *curve, double unit,
								 double observed);

/* What a statistic of two profiles, over bins or by default (0), is by chance. */
extern DriftChance ChanceOf(Sides sides, ChanceStatistic statistic, uint32 bins, double observed);

/* A drift.chance_result. */
extern Datum ReturnChance(FunctionCallInfo fcinfo, double statistic, DriftChance chance);

#endif
