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
#include "pg/profile.h"
#include "pg/scored.h"
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
	{
		values[7 + i] = Float8GetDatum(metrics[i]);
		nulls[7 + i] = isnan(metrics[i]);
	}
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
	{
		elements[i] = Float8GetDatum(values[i]);
		nulls[i] = isnan(values[i]);
	}
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

/* Count the rows of one key from the end of a side, and go past them */
static inline int64
TakeEqual(SortedKeys *side, int64 *left, uint64 key)
{
	int64 before = *left;

	while (*left > 0 && KeyAt(side, *left - 1) == key)
		(*left)--;
	return before - *left;
}

/* Estimate of all rows, by descending score */
static void
EstimateRows(ScoredRows *rows, DriftCbpe *estimate)
{
	SortedKeys *side = palloc(2 * sizeof(SortedKeys));
	int64 left[2] = {rows->n[0], rows->n[1]};
	int64 near = rows->calibration.map.n;

	OpenScoredRows(rows, side);
	for (int64 polls = 0; left[0] + left[1] > 0; polls++)
	{
		uint64 key[2] = {0, 0};
		uint64 highest;
		int64 predicted;
		int64 others;
		double score;
		double probability;

		if (polls % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < 2; i++)
			if (left[i] > 0)
				key[i] = KeyAt(&side[i], left[i] - 1);
		highest = Max(key[0], key[1]);
		predicted = TakeEqual(&side[1], &left[1], highest);
		others = TakeEqual(&side[0], &left[0], highest);
		score = drift_key_value(highest);
		probability = drift_calibrate_near(&rows->calibration.map, &near, score);
		CheckProbability(probability);
		drift_cbpe_add(estimate, score, probability, predicted + others, predicted);
	}
	pfree(side);
}

PG_FUNCTION_INFO_V1(drift_cbpe);
Datum
drift_cbpe(PG_FUNCTION_ARGS)
{
	ScoredRows *rows = PG_ARGISNULL(0) ? NULL : (ScoredRows *) PG_GETARG_POINTER(0);
	DriftCbpe estimate = {0};

	if (rows == NULL || rows->n[0] + rows->n[1] == 0)
		PG_RETURN_NULL();
	EstimateRows(rows, &estimate);
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
	CalibrationMap read = ReadCalibrationMap(PG_GETARG_DATUM(2));
	TupleDesc descriptor = ResultDescriptor(fcinfo);
	DriftCbpe estimate;
	double metrics[DRIFT_ESTIMATED_METRICS];
	double errors[DRIFT_ESTIMATED_METRICS];
	Datum values[3];
	bool nulls[3] = {false};

	if (drift_profile_n(&profile->profile) == 0)
		PG_RETURN_NULL();
	estimate = EstimateProfile(profile, predicted, &read.map, GAP_SPREAD);
	drift_cbpe_metrics(&estimate, metrics);
	PlaceErrors(profile, predicted, &read.map, errors);
	values[0] = EstimateDatum(lookup_rowtype_tupdesc_copy(TupleDescAttr(descriptor, 0)->atttypid, -1), &estimate);
	values[1] = MetricsDatum(metrics);
	values[2] = MetricsDatum(errors);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}

/* ------------------------------------------------------------------------
 * The reference: rows with their outcome and their prediction
 * ------------------------------------------------------------------------ */

static DriftExpectedCells
CellsOf(const ScoredRows *rows)
{
	return (DriftExpectedCells){.tp = (double) rows->predicted[1],
								.fp = (double) rows->predicted[0],
								.fn = (double) (rows->n[1] - rows->predicted[1]),
								.tn = (double) (rows->n[0] - rows->predicted[0])};
}

PG_FUNCTION_INFO_V1(drift_realised_metrics);
Datum
drift_realised_metrics(PG_FUNCTION_ARGS)
{
	ScoredRows *rows = PG_ARGISNULL(0) ? NULL : (ScoredRows *) PG_GETARG_POINTER(0);
	SortedKeys *sorted = palloc(2 * sizeof(SortedKeys));
	double metrics[DRIFT_ESTIMATED_METRICS];
	DriftExpectedCells cells;
	DriftScored scored;

	if (rows == NULL || rows->n[0] + rows->n[1] == 0)
		PG_RETURN_NULL();
	cells = CellsOf(rows);
	scored = ScoredForKernel(rows, sorted);
	drift_reference_metrics(&scored, &cells, metrics);
	PG_RETURN_DATUM(MetricsDatum(metrics));
}

PG_FUNCTION_INFO_V1(drift_cbpe_reference);
Datum
drift_cbpe_reference(PG_FUNCTION_ARGS)
{
	ScoredRows *rows = PG_ARGISNULL(0) ? NULL : (ScoredRows *) PG_GETARG_POINTER(0);
	TupleDesc descriptor = ResultDescriptor(fcinfo);
	SortedKeys *sorted = palloc(2 * sizeof(SortedKeys));
	DriftSamplingError errors[DRIFT_ESTIMATED_METRICS];
	double metrics[DRIFT_ESTIMATED_METRICS];
	double deviations[DRIFT_ESTIMATED_METRICS];
	double shares[DRIFT_ESTIMATED_METRICS];
	DriftExpectedCells cells;
	DriftScored scored;
	double spread[DRIFT_ESTIMATED_METRICS];
	Datum values[6];
	bool nulls[6] = {false};

	if (rows == NULL || rows->n[0] + rows->n[1] == 0)
		PG_RETURN_NULL();
	cells = CellsOf(rows);
	scored = ScoredForKernel(rows, sorted);
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
	values[1] = Int64GetDatum(rows->n[0] + rows->n[1]);
	values[2] = MetricsDatum(metrics);
	values[3] = MetricsDatum(deviations);
	values[4] = MetricsDatum(shares);
	values[5] = MetricsDatum(spread);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}
