/*
 * binary_metrics.c
 *		Final functions of metrics of scores.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/binary.h"
#include "pg/composite.h"
#include "pg/labelled.h"
#include "stats/binary_auc.h"

#define DEFAULT_THRESHOLD 0.5
#define CALIBRATION_BINS 10

/* 97.5 % point of the normal distribution */
#define NORMAL_975 1.959963984540054

/* See how the scores separate the classes, once for all metrics of the state */
static const DriftSeparation *
SeparateScores(BinaryScores *scores)
{
	if (!scores->separated)
	{
		ScoreWalk *walk = BeginScoreWalk(scores);
		double score;
		double rows[2];

		drift_separation_init(&scores->separation, BinaryScoresTotal(scores, 1), BinaryScoresTotal(scores, 0));
		while (NextScore(walk, &score, rows))
		{
			CHECK_FOR_INTERRUPTS();
			drift_separation_step(&scores->separation, rows[1], rows[0]);
		}
		pfree(walk);
		scores->separated = true;
	}
	return &scores->separation;
}

/* Decide whether to count keys in buckets rather than sort them; the counters must fit in memory too */
static bool
WorthCounting(const BinaryScores *scores)
{
	const int64 *n = scores->n;

	return !scores->sorted && !scores->spilled && !scores->weighted && n[0] > 0 && n[1] > 0 &&
		   n[0] + n[1] >= DRIFT_SAMPLE_SMALL && Max(n[0], n[1]) <= DRIFT_SAMPLE_LARGE &&
		   sizeof(DriftAuc) <= LabelledBudget();
}

/* Get the area under the ROC curve, without sorting where nothing else wants that */
static double
AreaUnderCurve(BinaryScores *scores)
{
	DriftAuc *auc;
	uint64 *scratch;
	double area;

	if (!WorthCounting(scores))
		return drift_separation_auc(SeparateScores(scores));
	auc = palloc(sizeof(DriftAuc));
	drift_auc_start(auc, scores->keys[0], scores->n[0], scores->keys[1], scores->n[1], LabelledPoll);
	scratch =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * (scores->n[0] + scores->n[1] + auc->fullest));
	area = drift_auc_finish(auc, scratch);
	pfree(scratch);
	pfree(auc);
	return area;
}

PG_FUNCTION_INFO_V1(drift_roc_auc);
Datum
drift_roc_auc(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);

	if (scores == NULL)
		PG_RETURN_NULL();
	return NumberResult(fcinfo, AreaUnderCurve(scores));
}

PG_FUNCTION_INFO_V1(drift_gini);
Datum
drift_gini(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);

	if (scores == NULL)
		PG_RETURN_NULL();
	return NumberResult(fcinfo, 2 * AreaUnderCurve(scores) - 1);
}

PG_FUNCTION_INFO_V1(drift_average_precision);
Datum
drift_average_precision(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);

	if (scores == NULL)
		PG_RETURN_NULL();
	return NumberResult(fcinfo, drift_separation_average_precision(SeparateScores(scores)));
}

PG_FUNCTION_INFO_V1(drift_ks_statistic);
Datum
drift_ks_statistic(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);

	if (scores == NULL)
		PG_RETURN_NULL();
	return NumberResult(fcinfo, drift_separation_ks(SeparateScores(scores)));
}

/* ------------------------------------------------------------------------
 * All of them
 * ------------------------------------------------------------------------ */

/* What one pass over the scores gives */
typedef struct AllMetrics
{
	double threshold;
	DriftDecisions decisions; /* at the threshold */
	bool probabilities;       /* every score is one */
	DriftSum log_loss;
	DriftSum brier;
	DriftCalibrationBin bins[CALIBRATION_BINS];
} AllMetrics;

static inline void
AddLosses(AllMetrics *all, double score, const double rows[2])
{
	for (int actual = 0; actual < 2; actual++)
		if (rows[actual] > 0)
		{
			drift_sum_add(&all->log_loss, rows[actual] * drift_log_loss(score, actual));
			drift_sum_add(&all->brier, rows[actual] * drift_brier(score, actual));
		}
	drift_calibration_add(&all->bins[drift_calibration_bin(score, CALIBRATION_BINS)], score, rows[1], rows[0]);
}

static void
MeasureAll(BinaryScores *scores, AllMetrics *all)
{
	ScoreWalk *walk = BeginScoreWalk(scores);
	DriftSeparation *separation = &scores->separation;
	bool below = false;
	double low;
	double high;
	double score;
	double rows[2];

	BinaryScoresRange(walk, &low, &high);
	memset(all, 0, sizeof(AllMetrics));
	all->threshold = isnan(scores->threshold) ? DEFAULT_THRESHOLD : scores->threshold;
	all->probabilities = low >= 0 && high <= 1;
	drift_separation_init(separation, BinaryScoresTotal(scores, 1), BinaryScoresTotal(scores, 0));
	while (NextScore(walk, &score, rows))
	{
		CHECK_FOR_INTERRUPTS();
		if (!below && score < all->threshold)
		{
			all->decisions = drift_separation_decisions(separation);
			below = true;
		}
		drift_separation_step(separation, rows[1], rows[0]);
		if (all->probabilities)
			AddLosses(all, score, rows);
	}
	if (!below)
		all->decisions = drift_separation_decisions(separation);
	scores->separated = true;
	pfree(walk);
}

/* Fill in what one class alone does not determine, and what weights have no formula for: NaN */
static void
AreaInterval(const BinaryScores *scores, double area, double *low, double *high)
{
	double error = scores->weighted ? NAN : drift_separation_auc_error(&scores->separation);

	*low = isnan(error) ? NAN : Max(area - NORMAL_975 * error, 0);
	*high = isnan(error) ? NAN : Min(area + NORMAL_975 * error, 1);
}

PG_FUNCTION_INFO_V1(drift_binary_metrics);
Datum
drift_binary_metrics(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);
	AllMetrics all;
	const DriftDecisions *d = &all.decisions;
	double total;
	double area;
	double low;
	double high;
	Datum values[24];
	bool nulls[24] = {false};
	int field = 2;

	if (scores == NULL)
		PG_RETURN_NULL();
	MeasureAll(scores, &all);
	total = BinaryScoresTotal(scores, 0) + BinaryScoresTotal(scores, 1);
	area = drift_separation_auc(&scores->separation);
	AreaInterval(scores, area, &low, &high);
	values[0] = Int64GetDatum(scores->n[0] + scores->n[1]);
	values[1] = Int64GetDatum(scores->n[1]);
	NumberField(values, nulls, field++, BinaryScoresTotal(scores, 1) / total);
	NumberField(values, nulls, field++, all.threshold);
	NumberField(values, nulls, field++, d->tp);
	NumberField(values, nulls, field++, d->fp);
	NumberField(values, nulls, field++, d->fn);
	NumberField(values, nulls, field++, d->tn);
	NumberField(values, nulls, field++, drift_decisions_accuracy(d));
	NumberField(values, nulls, field++, drift_decisions_precision(d));
	NumberField(values, nulls, field++, drift_decisions_recall(d));
	NumberField(values, nulls, field++, drift_decisions_specificity(d));
	NumberField(values, nulls, field++, drift_decisions_f_beta(d, 1));
	NumberField(values, nulls, field++, drift_decisions_mcc(d));
	NumberField(values, nulls, field++, drift_decisions_balanced_accuracy(d));
	NumberField(values, nulls, field++, area);
	NumberField(values, nulls, field++, low);
	NumberField(values, nulls, field++, high);
	NumberField(values, nulls, field++, 2 * area - 1);
	NumberField(values, nulls, field++, drift_separation_average_precision(&scores->separation));
	NumberField(values, nulls, field++, drift_separation_ks(&scores->separation));
	NumberField(values, nulls, field++, all.probabilities ? drift_sum_total(&all.log_loss) / total : NAN);
	NumberField(values, nulls, field++, all.probabilities ? drift_sum_total(&all.brier) / total : NAN);
	NumberField(values, nulls, field++,
				all.probabilities ? drift_expected_calibration_error(all.bins, CALIBRATION_BINS) : NAN);
	return RowDatum(ReturnedRowType(fcinfo, field), values, nulls);
}
