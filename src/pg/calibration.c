/*
 * calibration.c
 *		Maps from scores to probabilities: fitted, and applied.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "errors.h"
#include "pg/calibration.h"
#include "pg/composite.h"

#define FIRST_POOLS 1024

/* ------------------------------------------------------------------------
 * Maps
 * ------------------------------------------------------------------------ */

/* Get an array of numbers without NULL; NULL where the attribute is */
static const double *
NumbersOf(HeapTupleHeader tuple, const char *attribute, int64 *n)
{
	bool isnull;
	Datum value = GetAttributeByName(tuple, attribute, &isnull);
	ArrayType *array;

	*n = 0;
	if (isnull)
		return NULL;
	array = DatumGetArrayTypeP(value);
	if (ARR_NDIM(array) > 1 || ARR_HASNULL(array))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid calibration map"),
						errdetail("Its %s have NULL among them or more than one dimension.", attribute)));
	*n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	return (const double *) ARR_DATA_PTR(array);
}

DriftCalibration
ReadCalibrationMap(Datum value)
{
	HeapTupleHeader tuple = DatumGetHeapTupleHeader(value);
	DriftCalibration map;
	int64 n;

	map.scores = NumbersOf(tuple, "scores", &map.n);
	map.probabilities = NumbersOf(tuple, "probabilities", &n);
	if (n != map.n)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid calibration map"),
						errdetail("It has %lld scores and %lld probabilities.", (long long) map.n, (long long) n)));
	for (int64 i = 0; i < n; i++)
	{
		bool rises = i == 0 || (map.scores[i] > map.scores[i - 1] && map.probabilities[i] >= map.probabilities[i - 1]);

		if (isnan(map.scores[i]) || !(map.probabilities[i] >= 0 && map.probabilities[i] <= 1) || !rises)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid calibration map"),
							errdetail("Its scores must ascend, and its probabilities must not descend and lie between "
									  "0 and 1; knot %lld does not.",
									  (long long) (i + 1))));
	}
	return map;
}

/* Ensure that the map does not change from row to row */
static void
CheckSameMap(FunctionCallInfo fcinfo, const struct varlena *kept, int argument)
{
	Aggref *aggref = AggGetAggref(fcinfo);
	Expr *given = aggref ? ((TargetEntry *) list_nth(aggref->args, argument - 1))->expr : NULL;
	struct varlena *now;

	if (given && (IsA(given, Const) || IsA(given, Param)))
		return;
	now = PG_DETOAST_DATUM(PG_GETARG_DATUM(argument));
	if (VARSIZE(now) != VARSIZE(kept) || memcmp(VARDATA(now), VARDATA(kept), VARSIZE(now) - VARHDRSZ) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the calibration map must be the same for all rows"),
				 errhint("Group by what it depends on.")));
	if (PointerGetDatum(now) != PG_GETARG_DATUM(argument))
		pfree(now);
}

/* calibrated_accum(state, score, prediction, map) */
PG_FUNCTION_INFO_V1(drift_calibrated_accum);
Datum
drift_calibrated_accum(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = PG_ARGISNULL(0) ? BinaryScoresCreate(fcinfo) : (BinaryScores *) PG_GETARG_POINTER(0);
	MemoryContext old;

	if (unlikely(PG_ARGISNULL(3)))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the calibration map is NULL"),
						errhint("Leave it out where scores are probabilities.")));
	if (scores->map == NULL)
	{
		old = MemoryContextSwitchTo(scores->context);
		scores->map = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(3));
		MemoryContextSwitchTo(old);
	}
	else
		CheckSameMap(fcinfo, scores->map, 3);
	if (likely(!PG_ARGISNULL(1) && !PG_ARGISNULL(2) && !isnan(PG_GETARG_FLOAT8(1))))
		BinaryScoresAdd(scores, PG_GETARG_BOOL(2), PG_GETARG_FLOAT8(1));
	PG_RETURN_POINTER(scores);
}

/* ------------------------------------------------------------------------
 * Fitting
 * ------------------------------------------------------------------------ */

static void
Poll(void)
{
	CHECK_FOR_INTERRUPTS();
}

DriftScored
ScoredForKernel(BinaryScores *scores)
{
	ScoreWalk *walk = BeginScoreWalk(scores);

	return (DriftScored){{RankedKeys(&walk->keys[0]), RankedKeys(&walk->keys[1])}, Poll};
}

typedef struct Fit
{
	DriftFoldRoom room;
	DriftIsotonic isotonic;
	bool needed;
	double before;
	double after;
} Fit;

/* Make room for twice as many pools */
static void
GrowRoom(DriftFoldRoom *room)
{
	int64 capacity = room->capacity == 0 ? FIRST_POOLS : 2 * room->capacity;

	if (room->capacity > 0)
	{
		pfree(room->pools);
		pfree(room->scores);
		pfree(room->probabilities);
	}
	room->capacity = capacity;
	room->pools = MemoryContextAllocHuge(CurrentMemoryContext, capacity * sizeof(DriftPool));
	room->scores = MemoryContextAllocHuge(CurrentMemoryContext, 2 * capacity * sizeof(double));
	room->probabilities = MemoryContextAllocHuge(CurrentMemoryContext, 2 * capacity * sizeof(double));
}

/* Compare the scores as they are with calibrated ones */
static void
CompareErrors(const DriftScored *scored, Fit *fit)
{
	DriftStatus status;

	while ((status = drift_fold_errors(scored, &drift_own_folds, &fit->room, &fit->before, &fit->after)) ==
		   DRIFT_NO_SPACE)
		GrowRoom(&fit->room);
	DriftCheck(status);
	fit->needed = fit->before > fit->after;
}

/* Scores that are no probabilities always need a map; those of one class or nearly without error never do */
static void
DecideNeed(const DriftScored *scored, Fit *fit)
{
	bool probabilities = true;

	fit->before = NAN;
	fit->after = NAN;
	for (int side = 0; side < 2; side++)
	{
		const DriftRanked *scores = &scored->side[side];

		if (scores->n > 0 && !(scores->at(scores->ctx, 0) >= 0 && scores->at(scores->ctx, scores->n - 1) <= 1))
			probabilities = false;
	}
	if (!probabilities)
		fit->needed = true;
	else if (scored->side[0].n > 0 && scored->side[1].n > 0 && drift_scored_auc(scored) <= DRIFT_CALIBRATION_PERFECT)
		CompareErrors(scored, fit);
}

static Datum
NumbersDatum(const double *values, int64 n)
{
	Datum *elements = palloc(sizeof(Datum) * Max(n, 1));

	for (int64 i = 0; i < n; i++)
		elements[i] = Float8GetDatum(values[i]);
	return PointerGetDatum(
		construct_array(elements, (int) n, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

Datum
FitCalibration(const DriftScored *scored, TupleDesc descriptor)
{
	Fit fit = {{0}};
	Datum values[7];
	bool nulls[7] = {false};
	int64 knots;
	DriftStatus status;

	if (descriptor->natts != lengthof(values))
		elog(ERROR, "unexpected type of a calibration map");
	GrowRoom(&fit.room);
	DecideNeed(scored, &fit);
	values[0] = BoolGetDatum(fit.needed);
	nulls[1] = nulls[2] = !fit.needed;
	if (fit.needed)
	{
		for (;;)
		{
			drift_isotonic_init(&fit.isotonic, fit.room.pools, fit.room.capacity);
			status = drift_scored_fit(scored, &fit.isotonic);
			if (status != DRIFT_NO_SPACE)
				break;
			GrowRoom(&fit.room);
		}
		DriftCheck(status);
		knots = drift_isotonic_knots(&fit.isotonic, fit.room.scores, fit.room.probabilities);
		values[1] = NumbersDatum(fit.room.scores, knots);
		values[2] = NumbersDatum(fit.room.probabilities, knots);
	}
	values[3] = Int64GetDatum(scored->side[0].n + scored->side[1].n);
	values[4] = Int64GetDatum(scored->side[1].n);
	NumberField(values, nulls, 5, fit.before);
	NumberField(values, nulls, 6, fit.after);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

PG_FUNCTION_INFO_V1(drift_fit_calibration);
Datum
drift_fit_calibration(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = BinaryScoresFinished(fcinfo);
	TupleDesc descriptor;
	DriftScored scored;

	if (scores == NULL)
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "unexpected type of a calibration map");
	scored = ScoredForKernel(scores);
	PG_RETURN_DATUM(FitCalibration(&scored, descriptor));
}

/* ------------------------------------------------------------------------
 * One score
 * ------------------------------------------------------------------------ */

/* calibrate(score, map) */
PG_FUNCTION_INFO_V1(drift_calibrate_score);
Datum
drift_calibrate_score(PG_FUNCTION_ARGS)
{
	double score = PG_GETARG_FLOAT8(0);
	DriftCalibration *kept = fcinfo->flinfo->fn_extra;
	DriftCalibration map;

	if (isnan(score))
		PG_RETURN_NULL();
	if (kept == NULL && get_fn_expr_arg_stable(fcinfo->flinfo, 1))
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		kept = palloc(sizeof(DriftCalibration));
		*kept = ReadCalibrationMap(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(1))));
		fcinfo->flinfo->fn_extra = kept;
		MemoryContextSwitchTo(old);
	}
	map = kept ? *kept : ReadCalibrationMap(PG_GETARG_DATUM(1));
	PG_RETURN_FLOAT8(drift_calibrate(&map, score));
}
