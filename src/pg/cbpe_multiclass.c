/*
 * cbpe_multiclass.c
 *		Performance of a classifier of several classes, estimated without outcomes: each class against the rest.
 *
 * The calibrated probability of a class depends on the scores of all, so that
 * it does not ascend with its own score: rows are sorted by that with the
 * probability beside it, in a sort of each class that goes to disk past its
 * part of the memory.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/calibration.h"
#include "pg/composite.h"
#include "pg/relation.h"
#include "stats/cbpe.h"
#include "stats/sample.h"

#define MAX_CLASSES 1000

typedef struct ClassRows
{
	DriftCalibration map;
	Tuplesortstate *sort; /* descending keys of the scores, and probabilities */
	int64 predicted;
	DriftSum hits; /* probabilities of the rows that are predicted to be of the class */
} ClassRows;

typedef struct MulticlassRows
{
	int count;
	int64 n;
	double *probabilities; /* of one row */
	ClassRows classes[FLEXIBLE_ARRAY_MEMBER];
} MulticlassRows;

static void
ReleaseSorts(Datum arg)
{
	MulticlassRows *rows = (MulticlassRows *) DatumGetPointer(arg);

	for (int i = 0; i < rows->count; i++)
	{
		if (rows->classes[i].sort)
			tuplesort_end(rows->classes[i].sort);
		rows->classes[i].sort = NULL;
	}
}

static MulticlassRows *
Create(FunctionCallInfo fcinfo)
{
	MemoryContext context = AggregateContext(fcinfo);
	MemoryContext old = MemoryContextSwitchTo(context);
	TypeCacheEntry *pair = lookup_type_cache(UUIDOID, TYPECACHE_LT_OPR);
	ArrayType *maps;
	Datum *values;
	bool *nulls;
	int count;
	MulticlassRows *rows;

	if (PG_ARGISNULL(3))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the calibration maps are NULL")));
	maps = PG_GETARG_ARRAYTYPE_P_COPY(3);
	deconstruct_array(maps, ARR_ELEMTYPE(maps), -1, false, TYPALIGN_DOUBLE, &values, &nulls, &count);
	if (count < 2 || count > MAX_CLASSES)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("there must be 2 to %d calibration maps, one for each class", MAX_CLASSES),
						errdetail("There are %d.", count)));
	rows = palloc0(offsetof(MulticlassRows, classes) + count * sizeof(ClassRows));
	rows->probabilities = palloc(count * sizeof(double));
	AggRegisterCallback(fcinfo, ReleaseSorts, PointerGetDatum(rows));
	for (int i = 0; i < count; i++)
	{
		/* without a map a score is its own probability */
		if (!nulls[i])
			rows->classes[i].map = ReadCalibrationMap(values[i]);
		rows->classes[i].sort = tuplesort_begin_datum(UUIDOID, pair->lt_opr, InvalidOid, false,
													  Max(work_mem / count, 64), NULL, TUPLESORT_NONE);
		rows->count = i + 1;
	}
	MemoryContextSwitchTo(old);
	return rows;
}

/* Get the scores of a row; false where one is missing */
static const double *
ScoresOf(FunctionCallInfo fcinfo, int count)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(1);
	const double *scores = (const double *) ARR_DATA_PTR(array);

	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != count)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("a row must have a score for each class"),
						errdetail("It has %d, and there are %d calibration maps.",
								  ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)), count)));
	if (ARR_HASNULL(array))
		return NULL;
	for (int i = 0; i < count; i++)
		if (isnan(scores[i]))
			return NULL;
	return scores;
}

/* Probabilities of a row that add up to 1; alike where all are 0 */
static void
Calibrate(MulticlassRows *rows, const double *scores)
{
	double sum = 0;

	for (int i = 0; i < rows->count; i++)
	{
		double probability = drift_calibrate(&rows->classes[i].map, scores[i]);

		if (!(probability >= 0 && probability <= 1))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a score is no probability"),
							errdetail("That of class %d is %g.", i + 1, probability)));
		rows->probabilities[i] = probability;
		sum += probability;
	}
	for (int i = 0; i < rows->count; i++)
		rows->probabilities[i] = sum > 0 ? rows->probabilities[i] / sum : 1.0 / rows->count;
}

/* cbpe_multiclass_accum(state, probabilities, prediction, maps) */
PG_FUNCTION_INFO_V1(drift_cbpe_multiclass_accum);
Datum
drift_cbpe_multiclass_accum(PG_FUNCTION_ARGS)
{
	MulticlassRows *rows = PG_ARGISNULL(0) ? Create(fcinfo) : (MulticlassRows *) PG_GETARG_POINTER(0);
	const double *scores;
	int32 prediction;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_POINTER(rows);
	scores = ScoresOf(fcinfo, rows->count);
	prediction = PG_GETARG_INT32(2);
	if (prediction < 1 || prediction > rows->count)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no class %d", prediction),
						errhint("The prediction is the place of its class among the probabilities, from 1 to %d.",
								rows->count)));
	if (scores == NULL)
		PG_RETURN_POINTER(rows);
	Calibrate(rows, scores);
	for (int i = 0; i < rows->count; i++)
	{
		uint64 bits;

		memcpy(&bits, &rows->probabilities[i], sizeof(bits));
		PutPair(rows->classes[i].sort, ~drift_key_of(scores[i]), bits);
	}
	rows->classes[prediction - 1].predicted++;
	drift_sum_add(&rows->classes[prediction - 1].hits, rows->probabilities[prediction - 1]);
	rows->n++;
	PG_RETURN_POINTER(rows);
}

/* Metrics of one class against the rest; rows of one score share the mean of their probabilities */
static void
ClassMetrics(ClassRows *class, double metrics[DRIFT_ESTIMATED_METRICS], double *right)
{
	DriftCbpe estimate = {0};
	DriftExpectedCells cells;
	uint64 pair[2];
	uint64 key = 0;
	int64 rows = 0;
	double sum = 0;
	bool left;

	tuplesort_performsort(class->sort);
	do
	{
		left = GetPair(class->sort, pair);
		if (rows > 0 && (!left || pair[0] != key))
		{
			drift_cbpe_add(&estimate, drift_key_value(~key), sum / (double) rows, rows, 0);
			rows = 0;
			sum = 0;
		}
		if (left)
		{
			double probability;

			if (estimate.n % 4096 == 0)
				CHECK_FOR_INTERRUPTS();
			memcpy(&probability, &pair[1], sizeof(probability));
			key = pair[0];
			sum += probability;
			rows++;
		}
	} while (left);
	estimate.predicted = class->predicted;
	estimate.hits = class->hits;
	drift_cbpe_metrics(&estimate, metrics);
	cells = drift_cbpe_cells(&estimate);
	*right += cells.tp;
	tuplesort_end(class->sort);
	class->sort = NULL;
}

PG_FUNCTION_INFO_V1(drift_cbpe_multiclass);
Datum
drift_cbpe_multiclass(PG_FUNCTION_ARGS)
{
	static const DriftEstimated order[] = {
		DRIFT_ESTIMATED_ROC_AUC, DRIFT_ESTIMATED_AVERAGE_PRECISION, DRIFT_ESTIMATED_ACCURACY, DRIFT_ESTIMATED_PRECISION,
		DRIFT_ESTIMATED_RECALL,  DRIFT_ESTIMATED_SPECIFICITY,       DRIFT_ESTIMATED_F1};
	MulticlassRows *rows = PG_ARGISNULL(0) ? NULL : (MulticlassRows *) PG_GETARG_POINTER(0);
	double sums[DRIFT_ESTIMATED_METRICS] = {0};
	double right = 0;
	Datum values[1 + lengthof(order)];
	bool nulls[1 + lengthof(order)] = {false};

	if (rows == NULL || rows->n == 0)
		PG_RETURN_NULL();
	for (int i = 0; i < rows->count; i++)
	{
		double metrics[DRIFT_ESTIMATED_METRICS];

		ClassMetrics(&rows->classes[i], metrics, &right);
		for (int m = 0; m < DRIFT_ESTIMATED_METRICS; m++)
			sums[m] += metrics[m];
	}
	sums[DRIFT_ESTIMATED_ACCURACY] = right / (double) rows->n * rows->count;
	values[0] = Int64GetDatum(rows->n);
	for (int m = 0; m < lengthof(order); m++)
		NumberField(values, nulls, 1 + m, sums[order[m]] / rows->count);
	return RowDatum(ReturnedRowType(fcinfo, lengthof(values)), values, nulls);
}
