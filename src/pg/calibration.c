/*
 * calibration.c
 *		Maps from scores to probabilities: fitted, and applied.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "errors.h"
#include "pg/calibration.h"
#include "pg/scored.h"

#define FIRST_POOLS 1024

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
	values[5] = Float8GetDatum(fit.before);
	values[6] = Float8GetDatum(fit.after);
	nulls[5] = isnan(fit.before);
	nulls[6] = isnan(fit.after);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

PG_FUNCTION_INFO_V1(drift_fit_calibration);
Datum
drift_fit_calibration(PG_FUNCTION_ARGS)
{
	ScoredRows *rows = PG_ARGISNULL(0) ? NULL : (ScoredRows *) PG_GETARG_POINTER(0);
	SortedKeys *sorted = palloc(2 * sizeof(SortedKeys));
	TupleDesc descriptor;
	DriftScored scored;

	if (rows == NULL || rows->n[0] + rows->n[1] == 0)
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "unexpected type of a calibration map");
	scored = ScoredForKernel(rows, sorted);
	PG_RETURN_DATUM(FitCalibration(&scored, descriptor));
}

/* calibrate(score, map) */
PG_FUNCTION_INFO_V1(drift_calibrate_score);
Datum
drift_calibrate_score(PG_FUNCTION_ARGS)
{
	double score = PG_GETARG_FLOAT8(0);
	CalibrationMap *kept = fcinfo->flinfo->fn_extra;
	CalibrationMap read;

	if (isnan(score))
		PG_RETURN_NULL();
	if (kept == NULL && get_fn_expr_arg_stable(fcinfo->flinfo, 1))
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		kept = palloc(sizeof(CalibrationMap));
		*kept = ReadCalibrationMap(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(1))));
		fcinfo->flinfo->fn_extra = kept;
		MemoryContextSwitchTo(old);
	}
	read = kept ? *kept : ReadCalibrationMap(PG_GETARG_DATUM(1));
	PG_RETURN_FLOAT8(drift_calibrate(&read.map, score));
}
