/*
 * cbpe.c
 *		Performance estimated without outcomes, of rows and of profiles of scores, and that of the reference it is held against.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/typcache.h"

#include "compat.h"
#include "pg/calibration.h"
#include "pg/composite.h"
#include "pg/profile.h"
#include "stats/cbpe.h"
#include "stats/sample.h"

/* Places between two keys at which the rows between them are taken to be */
#define GAP_PLACES 8

/* ------------------------------------------------------------------------
 * Results
 * ------------------------------------------------------------------------ */

/* Form a drift.cbpe_result */
static Datum
EstimateDatum(TupleDesc descriptor, const DriftCbpe *estimate)
{
	double metrics[DRIFT_ESTIMATED_METRICS];
	DriftExpectedCells cells = drift_cbpe_cells(estimate);
	Datum values[7 + DRIFT_ESTIMATED_METRICS];
	bool nulls[7 + DRIFT_ESTIMATED_METRICS] = {false};

	if (descriptor->natts != lengthof(values))
		elog(ERROR, "unexpected type of an estimate");
	drift_cbpe_metrics(estimate, metrics);
	values[0] = Int64GetDatum(estimate->n);
	values[1] = Int64GetDatum(estimate->predicted);
	values[2] = Float8GetDatum(drift_sum_mean(&estimate->positives, estimate->n));
	values[3] = Float8GetDatum(cells.tp);
	values[4] = Float8GetDatum(cells.fp);
	values[5] = Float8GetDatum(cells.fn);
	values[6] = Float8GetDatum(cells.tn);
	for (int i = 0; i < DRIFT_ESTIMATED_METRICS; i++)
		NumberField(values, nulls, 7 + i, metrics[i]);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

static TupleDesc
ResultDescriptor(FunctionCallInfo fcinfo)
{
	TupleDesc descriptor;

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "unexpected result type of an estimate");
	return descriptor;
}

/* An array of metrics; NULL where one is not determined */
static Datum
MetricsDatum(const double *values)
{
	Datum elements[DRIFT_ESTIMATED_METRICS];
	bool nulls[DRIFT_ESTIMATED_METRICS];
	int count = DRIFT_ESTIMATED_METRICS;
	int first = 1;

	for (int i = 0; i < DRIFT_ESTIMATED_METRICS; i++)
		NumberField(elements, nulls, i, values[i]);
	return PointerGetDatum(construct_md_array(elements, nulls, 1, &count, &first, FLOAT8OID, sizeof(float8),
											  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* ------------------------------------------------------------------------
 * Rows
 * ------------------------------------------------------------------------ */

static void
CheckProbability(double probability)
{
	if (!(probability >= 0 && probability <= 1))
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a score is no probability"),
			 errdetail("It is %g.", probability),
			 errhint(
				 "drift.fit_calibration() makes a map from scores to probabilities; give it as the third argument.")));
}

/* Estimate of all rows, by descending score */
static void
EstimateRows(BinaryScores *scores, DriftCbpe *estimate)
{
	DriftCalibration map = {0};
	ScoreWalk *walk = BeginScoreWalk(scores);
	int64 near;
	double score;
	double rows[2];

	if (scores->map)
		map = ReadCalibrationMap(PointerGetDatum(scores->map));
	near = map.n;
	for (int64 polls = 0; NextScore(walk, &score, rows); polls++)
	{
		double probability = drift_calibrate_near(&map, &near, score);

		if (polls % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
		CheckProbability(probability);
		drift_cbpe_add(estimate, score, probability, (int64) (rows[0] + rows[1]), (int64) rows[1]);
	}
	pfree(walk);
}

PG_FUNCTION_INFO_V1(drift_cbpe);
Datum
drift_cbpe(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);
	DriftCbpe estimate = {0};

	if (scores == NULL)
		PG_RETURN_NULL();
	EstimateRows(scores, &estimate);
	PG_RETURN_DATUM(EstimateDatum(ResultDescriptor(fcinfo), &estimate));
}

/* ------------------------------------------------------------------------
 * Profiles
 * ------------------------------------------------------------------------ */

/* Where in a gap its rows are taken to be: spread, or all at one of its ends */
typedef enum GapRule
{
	GAP_SPREAD,
	GAP_LOW,
	GAP_HIGH
} GapRule;

typedef struct ProfileEstimate
{
	const DriftCalibration *map;
	DriftCbpe estimate;
	int64 predicted; /* rows with a positive prediction that are left: those of the highest scores */
	int64 near;
} ProfileEstimate;

static void
AddPlace(ProfileEstimate *p, double score, int64 rows)
{
	double probability = drift_calibrate_near(p->map, &p->near, score);
	int64 predicted = Min(rows, p->predicted);

	if (rows == 0)
		return;
	CheckProbability(probability);
	/* the boundary of the predictions parts the rows of a score */
	if (predicted > 0)
		drift_cbpe_add(&p->estimate, score, probability, predicted, predicted);
	if (rows > predicted)
		drift_cbpe_add(&p->estimate, score, probability, rows - predicted, 0);
	p->predicted -= predicted;
}

static void
AddGap(ProfileEstimate *p, double low, double high, int64 rows, GapRule rule)
{
	int64 places = rule == GAP_SPREAD ? Min(rows, GAP_PLACES) : 1;

	for (int64 i = 0; i < places; i++)
	{
		int64 here = rows * (i + 1) / places - rows * i / places;
		double share = ((double) (places - i) - 0.5) / (double) places;
		double score = rule == GAP_LOW ? low : rule == GAP_HIGH ? high : low + share * (high - low);

		AddPlace(p, score, here);
	}
}

/* Estimate of a profile of scores, by descending key */
static DriftCbpe
EstimateProfile(const DriftNumeric *profile, int64 predicted, const DriftCalibration *map, GapRule rule)
{
	ProfileEstimate p = {.map = map, .predicted = predicted, .near = map->n};
	const double *keys = drift_numeric_keys(profile);
	const int64 *counts = drift_numeric_counts(profile);

	for (uint32 j = profile->key_count; j-- > 0;)
	{
		AddPlace(&p, keys[j], counts[2 * j + 1]);
		if (j > 0 && counts[2 * j] > 0)
			AddGap(&p, keys[j - 1], keys[j], counts[2 * j], rule);
	}
	return p.estimate;
}

/* By how much the metrics may be off because it is not known where between two keys rows are */
static void
PlaceErrors(const DriftNumeric *profile, int64 predicted, const DriftCalibration *map, double *errors)
{
	DriftCbpe estimate = EstimateProfile(profile, predicted, map, GAP_SPREAD);
	double metrics[DRIFT_ESTIMATED_METRICS];

	drift_cbpe_metrics(&estimate, metrics);
	for (int i = 0; i < DRIFT_ESTIMATED_METRICS; i++)
		errors[i] = 0;
	for (GapRule rule = GAP_LOW; rule <= GAP_HIGH && !profile->exact; rule++)
	{
		double other[DRIFT_ESTIMATED_METRICS];

		estimate = EstimateProfile(profile, predicted, map, rule);
		drift_cbpe_metrics(&estimate, other);
		for (int i = 0; i < DRIFT_ESTIMATED_METRICS; i++)
			errors[i] = fmax(errors[i], fabs(other[i] - metrics[i]));
	}
}

/* cbpe_profile(profile, predicted, map): the estimate, its metrics, and how far these may be off */
PG_FUNCTION_INFO_V1(drift_cbpe_profile);
Datum
drift_cbpe_profile(PG_FUNCTION_ARGS)
{
	const DriftNumeric *profile = ProfileReadNumeric(PG_GETARG_DATUM(0));
	int64 predicted = PG_GETARG_INT64(1);
	DriftCalibration map = ReadCalibrationMap(PG_GETARG_DATUM(2));
	TupleDesc descriptor = ResultDescriptor(fcinfo);
	DriftCbpe estimate;
	double metrics[DRIFT_ESTIMATED_METRICS];
	double errors[DRIFT_ESTIMATED_METRICS];
	Datum values[3];
	bool nulls[3] = {false};

	if (drift_profile_n(&profile->profile) == 0)
		PG_RETURN_NULL();
	estimate = EstimateProfile(profile, predicted, &map, GAP_SPREAD);
	drift_cbpe_metrics(&estimate, metrics);
	PlaceErrors(profile, predicted, &map, errors);
	values[0] = EstimateDatum(lookup_rowtype_tupdesc_copy(TupleDescAttr(descriptor, 0)->atttypid, -1), &estimate);
	values[1] = MetricsDatum(metrics);
	values[2] = MetricsDatum(errors);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}

/* ------------------------------------------------------------------------
 * The reference: rows with their outcome and their prediction
 * ------------------------------------------------------------------------ */

/* reference_accum(state, score, actual, prediction) */
PG_FUNCTION_INFO_V1(drift_reference_accum);
Datum
drift_reference_accum(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = PG_ARGISNULL(0) ? BinaryScoresCreate(fcinfo) : (BinaryScores *) PG_GETARG_POINTER(0);
	int side;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || isnan(PG_GETARG_FLOAT8(1)))
		PG_RETURN_POINTER(scores);
	side = PG_GETARG_BOOL(2);
	BinaryScoresAdd(scores, side, PG_GETARG_FLOAT8(1));
	scores->decided[side] += PG_GETARG_BOOL(3);
	PG_RETURN_POINTER(scores);
}

static DriftExpectedCells
CellsOf(const BinaryScores *scores)
{
	return (DriftExpectedCells){.tp = (double) scores->decided[1],
								.fp = (double) scores->decided[0],
								.fn = (double) (scores->n[1] - scores->decided[1]),
								.tn = (double) (scores->n[0] - scores->decided[0])};
}

PG_FUNCTION_INFO_V1(drift_realised_metrics);
Datum
drift_realised_metrics(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);
	double metrics[DRIFT_ESTIMATED_METRICS];
	DriftExpectedCells cells;
	DriftScored scored;

	if (scores == NULL)
		PG_RETURN_NULL();
	cells = CellsOf(scores);
	scored = ScoredForKernel(scores);
	drift_reference_metrics(&scored, &cells, metrics);
	PG_RETURN_DATUM(MetricsDatum(metrics));
}

PG_FUNCTION_INFO_V1(drift_cbpe_reference);
Datum
drift_cbpe_reference(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);
	TupleDesc descriptor = ResultDescriptor(fcinfo);
	DriftSamplingError errors[DRIFT_ESTIMATED_METRICS];
	double metrics[DRIFT_ESTIMATED_METRICS];
	double deviations[DRIFT_ESTIMATED_METRICS];
	double shares[DRIFT_ESTIMATED_METRICS];
	double spread[DRIFT_ESTIMATED_METRICS];
	DriftExpectedCells cells;
	DriftScored scored;
	Datum values[6];
	bool nulls[6] = {false};

	if (scores == NULL)
		PG_RETURN_NULL();
	cells = CellsOf(scores);
	scored = ScoredForKernel(scores);
	drift_reference_metrics(&scored, &cells, metrics);
	drift_sampling_errors(&scored, &cells, errors);
	for (int i = 0; i < DRIFT_ESTIMATED_METRICS; i++)
	{
		deviations[i] = errors[i].deviation;
		shares[i] = errors[i].share;
		spread[i] = errors[i].deviation / sqrt(errors[i].share);
	}
	spread[DRIFT_ESTIMATED_ROC_AUC] = drift_auc_deviation(&scored);
	values[0] = FitCalibration(&scored, lookup_rowtype_tupdesc_copy(TupleDescAttr(descriptor, 0)->atttypid, -1));
	values[1] = Int64GetDatum(scores->n[0] + scores->n[1]);
	values[2] = MetricsDatum(metrics);
	values[3] = MetricsDatum(deviations);
	values[4] = MetricsDatum(shares);
	values[5] = MetricsDatum(spread);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}
