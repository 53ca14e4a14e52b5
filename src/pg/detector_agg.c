/*
 * detector_agg.c
 *		Aggregates that run a detector over an ordered stream: where it changed, and what became of the detector.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/composite.h"
#include "pg/detector.h"

/* A value with which a change was found, or a warning began */
typedef struct Point
{
	int64 position;
	double value;
	TimestampTz at;
	bool has_time;
} Point;

typedef struct Points
{
	Point *points;
	int64 count;
	int64 capacity;
} Points;

typedef struct Stream
{
	MemoryContext context;
	DriftDetector *detector;
	Points drifts;
	Points warnings;
} Stream;

static Stream *
StreamMake(FunctionCallInfo fcinfo)
{
	MemoryContext context = AggregateContext(fcinfo);
	Stream *stream = MemoryContextAllocZero(context, sizeof(Stream));

	stream->context = context;
	return stream;
}

/* A detector of a kind that has seen nothing, in the memory of the aggregate */
static Stream *
StreamOfKind(FunctionCallInfo fcinfo)
{
	Stream *stream;
	double params[DRIFT_DETECTOR_PARAMS];
	int kind;

	if (PG_ARGISNULL(1) || (PG_NARGS() > 3 && PG_ARGISNULL(3)))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("kind and parameters of a detector must not be null")));
	kind = DetectorKind(PG_GETARG_TEXT_PP(1));
	DetectorParams(kind, PG_NARGS() > 3 ? &PG_GETARG_JSONB_P(3)->root : NULL, params);
	stream = StreamMake(fcinfo);
	stream->detector = MemoryContextAlloc(stream->context, drift_detector_size(kind, params));
	drift_detector_init(stream->detector, kind, params);
	return stream;
}

/* A given detector, to go on with */
static Stream *
StreamOfState(FunctionCallInfo fcinfo)
{
	Stream *stream = StreamMake(fcinfo);
	MemoryContext old = MemoryContextSwitchTo(stream->context);

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the detector to go on with must not be null")));
	stream->detector = DetectorRead(PG_GETARG_DATUM(1));
	MemoryContextSwitchTo(old);
	return stream;
}

static void
AddPoint(Stream *stream, Points *points, Point point)
{
	if (points->count == points->capacity)
	{
		int64 capacity = Max(2 * points->capacity, 16);

		points->points = points->points ? repalloc_huge(points->points, sizeof(Point) * capacity)
										: MemoryContextAlloc(stream->context, sizeof(Point) * capacity);
		points->capacity = capacity;
	}
	points->points[points->count++] = point;
}

static void
AddValue(FunctionCallInfo fcinfo, Stream *stream, int time_argument)
{
	DriftDetector *d = stream->detector;
	bool was_warned = d->warning && !d->drift;
	Point point;

	if (PG_ARGISNULL(2) || isnan(PG_GETARG_FLOAT8(2)))
		return;
	point.value = PG_GETARG_FLOAT8(2);
	DetectorCheckValue(d, point.value);
	drift_detector_add(d, point.value);
	if (likely(!d->drift && (was_warned || !d->warning)))
		return;
	point.position = d->seen;
	point.has_time = PG_NARGS() > time_argument && !PG_ARGISNULL(time_argument);
	point.at = point.has_time ? PG_GETARG_TIMESTAMPTZ(time_argument) : 0;
	if (d->drift)
		AddPoint(stream, &stream->drifts, point);
	if (d->warning && !was_warned)
		AddPoint(stream, &stream->warnings, point);
}

/* transition: kind, value [, params [, time]] */
PG_FUNCTION_INFO_V1(drift_detector_accum);
Datum
drift_detector_accum(PG_FUNCTION_ARGS)
{
	Stream *stream = PG_ARGISNULL(0) ? StreamOfKind(fcinfo) : (Stream *) PG_GETARG_POINTER(0);

	AddValue(fcinfo, stream, 4);
	PG_RETURN_POINTER(stream);
}

/* transition: detector to go on with, value [, time] */
PG_FUNCTION_INFO_V1(drift_detector_continue_accum);
Datum
drift_detector_continue_accum(PG_FUNCTION_ARGS)
{
	Stream *stream = PG_ARGISNULL(0) ? StreamOfState(fcinfo) : (Stream *) PG_GETARG_POINTER(0);

	AddValue(fcinfo, stream, 3);
	PG_RETURN_POINTER(stream);
}

/* An array of drift.change_point, the element type of type */
static Datum
PointArray(Oid element, const Points *points)
{
	TupleDesc tupdesc = lookup_rowtype_tupdesc(element, -1);
	Datum *elements = palloc_extended(sizeof(Datum) * (points->count + 1), MCXT_ALLOC_HUGE);

	for (int64 i = 0; i < points->count; i++)
	{
		const Point *p = &points->points[i];
		Datum values[3] = {Int64GetDatum(p->position), TimestampTzGetDatum(p->at), Float8GetDatum(p->value)};
		bool nulls[3] = {false, !p->has_time, false};

		elements[i] = HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
	}
	ReleaseTupleDesc(tupdesc);
	if (points->count > PG_INT32_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many changes for one array")));
	return PointerGetDatum(construct_array(elements, (int) points->count, element, -1, false, TYPALIGN_DOUBLE));
}

static Datum
ReturnPoints(FunctionCallInfo fcinfo, const Points *points)
{
	return PointArray(get_element_type(get_fn_expr_rettype(fcinfo->flinfo)), points);
}

/* final: where changes were found */
PG_FUNCTION_INFO_V1(drift_change_points);
Datum
drift_change_points(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return ReturnPoints(fcinfo, &((Stream *) PG_GETARG_POINTER(0))->drifts);
}

/* final: where warnings began */
PG_FUNCTION_INFO_V1(drift_warning_points);
Datum
drift_warning_points(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return ReturnPoints(fcinfo, &((Stream *) PG_GETARG_POINTER(0))->warnings);
}

/* final: the detector after all values */
PG_FUNCTION_INFO_V1(drift_detector_agg);
Datum
drift_detector_agg(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(DetectorPack(((Stream *) PG_GETARG_POINTER(0))->detector));
}

/* final: all three of them */
PG_FUNCTION_INFO_V1(drift_detector_progress);
Datum
drift_detector_progress(PG_FUNCTION_ARGS)
{
	Stream *stream;
	TupleDesc tupdesc;
	Oid element;
	Datum values[3];
	bool nulls[3] = {false};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	stream = (Stream *) PG_GETARG_POINTER(0);
	tupdesc = ReturnedRowType(fcinfo, lengthof(values));
	element = get_element_type(TupleDescAttr(tupdesc, 1)->atttypid);
	values[0] = PointerGetDatum(DetectorPack(stream->detector));
	values[1] = PointArray(element, &stream->drifts);
	values[2] = PointArray(element, &stream->warnings);
	return RowDatum(tupdesc, values, nulls);
}
