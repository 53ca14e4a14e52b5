/*
 * binary_curves.c
 *		What scores could be used for: ROC and precision-recall curves, gains, the best threshold.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "pg/binary.h"
#include "pg/composite.h"

#define DEFAULT_POINTS 500
#define DEFAULT_BINS 10

/* ------------------------------------------------------------------------
 * Points of curves
 * ------------------------------------------------------------------------ */

typedef struct CurvePoint
{
	double threshold; /* scores from here on are called positive */
	double tp;
	double fp;
} CurvePoint;

/* Does a curve bend at a point, seen from its neighbours? */
typedef bool (*CurveBends)(const CurvePoint *before, const CurvePoint *at, const CurvePoint *after);

/* A pass over the points at which a curve bends, from the highest threshold to the lowest */
typedef struct CurveScan
{
	ScoreWalk *walk;
	CurveBends bends;
	bool begun;
	bool left; /* next is a point */
	CurvePoint last;
	CurvePoint next;
} CurveScan;

/* Equal steps on both sides: scikit-learn's rule for ROC curves */
static bool
RocBends(const CurvePoint *before, const CurvePoint *at, const CurvePoint *after)
{
	return after->tp - at->tp != at->tp - before->tp || after->fp - at->fp != at->fp - before->fp;
}

/* No positive on either side: scikit-learn's rule for precision-recall curves */
static bool
PrecisionRecallBends(const CurvePoint *before, const CurvePoint *at, const CurvePoint *after)
{
	return at->tp != before->tp || after->tp != at->tp;
}

/* Step to the point of the next score */
static bool
StepCurve(CurveScan *scan, CurvePoint *point)
{
	double rows[2];

	CHECK_FOR_INTERRUPTS();
	if (!NextScore(scan->walk, &point->threshold, rows))
		return false;
	point->fp += rows[0];
	point->tp += rows[1];
	return true;
}

static CurveScan
BeginCurve(BinaryScores *scores, CurveBends bends)
{
	CurveScan scan = {.walk = BeginScoreWalk(scores), .bends = bends};

	scan.left = StepCurve(&scan, &scan.next);
	return scan;
}

/* Get the next point of the curve; the first and the last are points */
static bool
NextPoint(CurveScan *scan, CurvePoint *point)
{
	while (scan->left)
	{
		CurvePoint before = scan->last;
		CurvePoint at = scan->next;
		bool first = !scan->begun;

		scan->left = StepCurve(scan, &scan->next);
		scan->begun = true;
		scan->last = at;
		if (first || !scan->left || scan->bends(&before, &at, &scan->next))
		{
			*point = at;
			return true;
		}
	}
	return false;
}

static int64
CountPoints(BinaryScores *scores, CurveBends bends)
{
	CurveScan scan = BeginCurve(scores, bends);
	CurvePoint point;
	int64 count = 0;

	while (NextPoint(&scan, &point))
		count++;
	pfree(scan.walk);
	return count;
}

/* ------------------------------------------------------------------------
 * Curves
 * ------------------------------------------------------------------------ */

/* Which points to leave out where a curve has too many: those that are not the first behind a mark */
typedef struct Thinning
{
	bool wanted;
	double marks; /* at even distances along the curve */
	double next;  /* mark */
} Thinning;

static Thinning
BeginThinning(BinaryScores *scores, CurveBends bends)
{
	int64 most = scores->count > 0 ? scores->count : DEFAULT_POINTS;

	/* the beginning, where nothing is called positive, the first score and the last are points too */
	return (Thinning){.wanted = CountPoints(scores, bends) + 1 > most, .marks = most - 3};
}

/* progress: how far along the curve the point is, 0 to 1 */
static bool
KeepPoint(Thinning *thinning, double progress, bool end)
{
	double mark = progress * thinning->marks;

	if (!thinning->wanted || end)
		return true;
	if (mark < thinning->next)
		return false;
	thinning->next = floor(mark) + 1;
	return true;
}

PG_FUNCTION_INFO_V1(drift_roc_curve);
Datum
drift_roc_curve(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);
	Thinning thinning;
	RowArray rows;
	CurveScan scan;
	CurvePoint point;
	double total[2];
	Datum values[3] = {Float8GetDatum(INFINITY), Float8GetDatum(0), Float8GetDatum(0)};
	bool nulls[3] = {false};

	/* one class has no curve */
	if (scores == NULL || scores->n[0] == 0 || scores->n[1] == 0)
		PG_RETURN_NULL();
	thinning = BeginThinning(scores, RocBends);
	rows = BeginRowArray(fcinfo, 3);
	AddToRowArray(&rows, values, nulls);
	total[0] = BinaryScoresTotal(scores, 0);
	total[1] = BinaryScoresTotal(scores, 1);
	scan = BeginCurve(scores, RocBends);
	while (NextPoint(&scan, &point))
	{
		double false_rate = point.fp / total[0];
		double true_rate = point.tp / total[1];

		if (!KeepPoint(&thinning, (false_rate + true_rate) / 2, !scan.left))
			continue;
		values[0] = Float8GetDatum(point.threshold);
		values[1] = Float8GetDatum(scan.left ? Min(false_rate, 1) : 1);
		values[2] = Float8GetDatum(scan.left ? Min(true_rate, 1) : 1);
		AddToRowArray(&rows, values, nulls);
	}
	return RowArrayDatum(&rows);
}

PG_FUNCTION_INFO_V1(drift_precision_recall_curve);
Datum
drift_precision_recall_curve(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);
	Thinning thinning;
	RowArray rows;
	CurveScan scan;
	CurvePoint point;
	double total;
	Datum values[3] = {Float8GetDatum(INFINITY), Float8GetDatum(1), Float8GetDatum(0)};
	bool nulls[3] = {false};

	/* without a positive there is no recall */
	if (scores == NULL || scores->n[1] == 0)
		PG_RETURN_NULL();
	thinning = BeginThinning(scores, PrecisionRecallBends);
	rows = BeginRowArray(fcinfo, 3);
	AddToRowArray(&rows, values, nulls);
	total = BinaryScoresTotal(scores, 1);
	scan = BeginCurve(scores, PrecisionRecallBends);
	while (NextPoint(&scan, &point))
	{
		double recall = point.tp / total;

		if (!KeepPoint(&thinning, recall, !scan.left))
			continue;
		values[0] = Float8GetDatum(point.threshold);
		values[1] = Float8GetDatum(point.tp / (point.tp + point.fp));
		values[2] = Float8GetDatum(scan.left ? Min(recall, 1) : 1);
		AddToRowArray(&rows, values, nulls);
	}
	return RowArrayDatum(&rows);
}

/* ------------------------------------------------------------------------
 * Gains
 * ------------------------------------------------------------------------ */

/* Rows of neighbouring scores */
typedef struct GainsBin
{
	int32 bin; /* from 0; -1: none */
	double low;
	double high;
	double n;
	double positives;
} GainsBin;

/* All rows, and those of the bins so far */
typedef struct Gains
{
	double total;
	double positives;
	double n;
	double gained;
} Gains;

static void
AddGains(RowArray *rows, Gains *gains, const GainsBin *bin)
{
	double rate = bin->positives / bin->n;
	double base = gains->positives / gains->total;
	Datum values[10];
	bool nulls[10] = {false};
	int field = 1;

	gains->n += bin->n;
	gains->gained += bin->positives;
	values[0] = Int32GetDatum(bin->bin + 1);
	NumberField(values, nulls, field++, bin->low);
	NumberField(values, nulls, field++, bin->high);
	NumberField(values, nulls, field++, bin->n);
	NumberField(values, nulls, field++, bin->positives);
	NumberField(values, nulls, field++, rate);
	NumberField(values, nulls, field++, gains->n / gains->total);
	NumberField(values, nulls, field++, gains->gained / gains->positives);
	NumberField(values, nulls, field++, rate / base);
	NumberField(values, nulls, field++, gains->gained / gains->n / base);
	AddToRowArray(rows, values, nulls);
}

/*
 * Cut the rows, highest score first, into bins of equal size. Rows of one score
 * stay together, in the bin of the middle one, so that the answer does not
 * depend on the order in which they came; a bin may be left without rows.
 */
PG_FUNCTION_INFO_V1(drift_gains_table);
Datum
drift_gains_table(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);
	GainsBin bin = {.bin = -1};
	Gains gains = {0};
	RowArray rows;
	ScoreWalk *walk;
	int32 bins;
	double above = 0;
	double score;
	double here[2];

	if (scores == NULL)
		PG_RETURN_NULL();
	bins = scores->count > 0 ? scores->count : DEFAULT_BINS;
	gains.positives = BinaryScoresTotal(scores, 1);
	gains.total = BinaryScoresTotal(scores, 0) + gains.positives;
	rows = BeginRowArray(fcinfo, 10);
	walk = BeginScoreWalk(scores);
	while (NextScore(walk, &score, here))
	{
		double n = here[0] + here[1];
		int32 at = Min((int32) ((above + n / 2) / gains.total * bins), bins - 1);

		CHECK_FOR_INTERRUPTS();
		if (at != bin.bin)
		{
			if (bin.bin >= 0)
				AddGains(&rows, &gains, &bin);
			bin = (GainsBin){.bin = at, .high = score};
		}
		bin.low = score;
		bin.n += n;
		bin.positives += here[1];
		above += n;
	}
	AddGains(&rows, &gains, &bin);
	return RowArrayDatum(&rows);
}

/* ------------------------------------------------------------------------
 * The best threshold
 * ------------------------------------------------------------------------ */

static double
F1(const DriftDecisions *d)
{
	return drift_decisions_f_beta(d, 1);
}

static double
Youden(const DriftDecisions *d)
{
	return drift_decisions_recall(d) + drift_decisions_specificity(d) - 1;
}

static const struct
{
	const char *name;
	double (*measure)(const DriftDecisions *d);
} threshold_metrics[] = {
	{"accuracy", drift_decisions_accuracy},
	{"balanced_accuracy", drift_decisions_balanced_accuracy},
	{"f1", F1},
	{"mcc", drift_decisions_mcc},
	{"youden", Youden},
};

int32
BinaryMetricOfName(const text *name)
{
	const char *bytes = VARDATA_ANY(name);
	Size length = VARSIZE_ANY_EXHDR(name);

	for (int metric = 0; metric < lengthof(threshold_metrics); metric++)
		if (strlen(threshold_metrics[metric].name) == length &&
			memcmp(threshold_metrics[metric].name, bytes, length) == 0)
			return metric;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("no threshold is chosen by a metric named \"%s\"", text_to_cstring(name)),
					errhint("Use accuracy, balanced_accuracy, f1, mcc or youden.")));
}

/* Infinity: nothing is called positive. Of thresholds that are as good as each other the highest is best. */
PG_FUNCTION_INFO_V1(drift_best_threshold);
Datum
drift_best_threshold(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);
	double (*measure)(const DriftDecisions *d);
	DriftSeparation separation;
	DriftDecisions decisions = {0};
	ScoreWalk *walk;
	double threshold = INFINITY;
	double best = NAN;
	double score = INFINITY;
	double rows[2] = {0, 0};
	Datum values[7];
	bool nulls[7] = {false};

	if (scores == NULL)
		PG_RETURN_NULL();
	measure = threshold_metrics[scores->metric].measure;
	drift_separation_init(&separation, BinaryScoresTotal(scores, 1), BinaryScoresTotal(scores, 0));
	walk = BeginScoreWalk(scores);
	for (bool more = true; more; more = NextScore(walk, &score, rows))
	{
		DriftDecisions here;
		double value;

		CHECK_FOR_INTERRUPTS();
		drift_separation_step(&separation, rows[1], rows[0]);
		here = drift_separation_decisions(&separation);
		value = measure(&here);
		if (value > best || (isnan(best) && !isnan(value)))
		{
			best = value;
			threshold = score;
			decisions = here;
		}
	}
	if (isnan(best))
		PG_RETURN_NULL();
	NumberField(values, nulls, 0, threshold);
	values[1] = CStringGetTextDatum(threshold_metrics[scores->metric].name);
	NumberField(values, nulls, 2, best);
	NumberField(values, nulls, 3, decisions.tp);
	NumberField(values, nulls, 4, decisions.fp);
	NumberField(values, nulls, 5, decisions.fn);
	NumberField(values, nulls, 6, decisions.tn);
	return RowDatum(ReturnedRowType(fcinfo, 7), values, nulls);
}
