/*
 * detector.c
 *		The type drift.detector: making, feeding and asking one.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "compat.h"
#include "pg/detector.h"
#include "pg/json_number.h"

/* Values between looks for interrupts */
#define POLL_VALUES 65536

const char *const DetectorModes[] = {NULL, "up", "down", "both"};

DriftDetector *
DetectorUnpack(const uint8 *bytes, Size length)
{
	Size size = 0;
	DriftStatus status = drift_detector_peek(bytes, length, &size);
	DriftDetector *d = NULL;

	if (status == DRIFT_OK)
	{
		d = palloc(size);
		status = drift_detector_unpack(d, bytes, length);
	}
	if (status != DRIFT_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid detector"),
				 status == DRIFT_BAD_VERSION ? errdetail("It was written by another version of drift.")
											 : errdetail("Its bytes end too early, go on after the end or contradict "
														 "each other.")));
	return d;
}

DriftDetector *
DetectorRead(Datum datum)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(datum);

	return DetectorUnpack((const uint8 *) VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed));
}

struct varlena *
DetectorPack(const DriftDetector *d)
{
	Size size = drift_detector_packed_size(d);
	struct varlena *packed = palloc(VARHDRSZ + size);

	SET_VARSIZE(packed, VARHDRSZ + size);
	if (drift_detector_pack(d, (uint8 *) VARDATA(packed), size) != DRIFT_OK)
		elog(ERROR, "a detector did not fit the size that it asked for");
	return packed;
}

char *
DetectorKindNames(void)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int kind = 1; kind <= DRIFT_DETECTOR_KINDS; kind++)
		appendStringInfo(&names, kind > 1 ? ", %s" : "%s", drift_detector_kind_name(kind));
	return names.data;
}

int
DetectorKind(const text *name)
{
	int kind = drift_detector_kind(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (kind == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("no detector is called \"%s\"", text_to_cstring(name)),
						errhint("The kinds are %s.", DetectorKindNames())));
	return kind;
}

static void
RaiseBadParam(int kind, int i)
{
	int count;
	const DriftDetectorParam *param = &drift_detector_params(kind, &count)[i];

	ereport(
		ERROR,
		(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		 errmsg("parameter \"%s\" of a %s detector is out of its range", param->name, drift_detector_kind_name(kind)),
		 param->form == DRIFT_PARAM_MODE
			 ? errdetail("It is up, down or both.")
			 : errdetail("It is a %s from %g to %g, and goes with the others.",
						 param->form == DRIFT_PARAM_NUMBER ? "number" : "whole number", param->low, param->high),
		 errhint("SELECT * FROM drift.detector_params() lists parameters with their ranges.")));
}

/* A parameter from JSON; false if it is no number and no word that it may be */
static bool
ReadParam(const DriftDetectorParam *param, const JsonbValue *value, double *x)
{
	if (param->form != DRIFT_PARAM_MODE || value->type != jbvString)
		return ReadJsonNumber(value, x);
	for (int mode = DRIFT_MODE_UP; mode <= DRIFT_MODE_BOTH; mode++)
		if (strlen(DetectorModes[mode]) == (size_t) value->val.string.len &&
			memcmp(DetectorModes[mode], value->val.string.val, value->val.string.len) == 0)
		{
			*x = mode;
			return true;
		}
	return false;
}

void
DetectorParams(int kind, JsonbContainer *given, double *params)
{
	int count;
	const DriftDetectorParam *known = drift_detector_params(kind, &count);
	int used = 0;
	int bad = -1;

	if (given != NULL && !JsonContainerIsObject(given))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("parameters of a detector must be a JSON object")));
	for (int i = 0; i < count; i++)
	{
		JsonbValue value;

		params[i] = known[i].otherwise;
		if (given == NULL || getKeyJsonValueFromContainer(given, known[i].name, strlen(known[i].name), &value) == NULL)
			continue;
		used++;
		if (!ReadParam(&known[i], &value, &params[i]) && bad < 0)
			bad = i;
	}
	if (given != NULL && used != (int) JsonContainerSize(given))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a parameter that %s detectors do not have", drift_detector_kind_name(kind)),
						errhint("SELECT * FROM drift.detector_params(%s) lists those that they have.",
								quote_literal_cstr(drift_detector_kind_name(kind)))));
	if (bad < 0)
		bad = drift_detector_bad_param(kind, params);
	if (bad >= 0)
		RaiseBadParam(kind, bad);
}

void
DetectorCheckValue(const DriftDetector *d, double x)
{
	int kind = drift_detector_kind_of(d);
	const char *takes = kind == DRIFT_EDDM ? "It takes 0 for a right answer and 1 for an error."
						: kind <= DRIFT_HDDM_W
							? "It takes numbers from 0 to 1: 0 for a right answer and 1 for an error."
							: "It takes finite numbers up to 1e100.";

	if (likely(drift_detector_takes(d, x)))
		return;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%g is no value of a %s detector", x, drift_detector_kind_name(kind)),
					errdetail("%s", takes), errhint("Scale or bound values first, as in greatest(least(x, 1), 0).")));
}

/* Convert textual representation to internal representation */
PG_FUNCTION_INFO_V1(drift_detector_in);
Datum
drift_detector_in(PG_FUNCTION_ARGS)
{
	DriftDetector *d = DetectorFromJson(PG_GETARG_CSTRING(0), fcinfo->context);

	if (d == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(DetectorPack(d));
}

/* Convert internal representation to textual representation */
PG_FUNCTION_INFO_V1(drift_detector_out);
Datum
drift_detector_out(PG_FUNCTION_ARGS)
{
	StringInfoData out;

	initStringInfo(&out);
	DetectorToJson(DetectorRead(PG_GETARG_DATUM(0)), &out);
	PG_RETURN_CSTRING(out.data);
}

/* Convert external binary representation to internal representation */
PG_FUNCTION_INFO_V1(drift_detector_recv);
Datum
drift_detector_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	Size length = buf->len - buf->cursor;
	const uint8 *bytes = (const uint8 *) pq_getmsgbytes(buf, (int) length);

	PG_RETURN_POINTER(DetectorPack(DetectorUnpack(bytes, length)));
}

/* Convert internal representation to the external binary representation: the packed form */
PG_FUNCTION_INFO_V1(drift_detector_send);
Datum
drift_detector_send(PG_FUNCTION_ARGS)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* detector(kind, params): one that has seen nothing */
PG_FUNCTION_INFO_V1(drift_detector_make);
Datum
drift_detector_make(PG_FUNCTION_ARGS)
{
	int kind = DetectorKind(PG_GETARG_TEXT_PP(0));
	double params[DRIFT_DETECTOR_PARAMS];
	DriftDetector *d;

	DetectorParams(kind, &PG_GETARG_JSONB_P(1)->root, params);
	d = palloc(drift_detector_size(kind, params));
	drift_detector_init(d, kind, params);
	PG_RETURN_POINTER(DetectorPack(d));
}

/* detector_add(detector, value): what is missing changes nothing */
PG_FUNCTION_INFO_V1(drift_detector_add_value);
Datum
drift_detector_add_value(PG_FUNCTION_ARGS)
{
	DriftDetector *d;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1) || isnan(PG_GETARG_FLOAT8(1)))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	d = DetectorRead(PG_GETARG_DATUM(0));
	DetectorCheckValue(d, PG_GETARG_FLOAT8(1));
	drift_detector_add(d, PG_GETARG_FLOAT8(1));
	PG_RETURN_POINTER(DetectorPack(d));
}

/* The values of an array that are not missing, all of them such that the detector takes them */
static float8 *
ArrayValues(const DriftDetector *d, ArrayType *array, Size *count)
{
	Datum *values;
	bool *nulls;
	int n;
	float8 *x;

	if (!ARR_HASNULL(array))
	{
		x = (float8 *) ARR_DATA_PTR(array);
		*count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
		if (drift_detector_takes_first(d, x, *count) == *count)
			return x;
	}
	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values, &nulls, &n);
	x = palloc(sizeof(float8) * (n + 1));
	*count = 0;
	for (int i = 0; i < n; i++)
		if (!nulls[i] && !isnan(DatumGetFloat8(values[i])))
		{
			x[*count] = DatumGetFloat8(values[i]);
			DetectorCheckValue(d, x[(*count)++]);
		}
	return x;
}

/* detector_add_array(detector, values): many in one call */
PG_FUNCTION_INFO_V1(drift_detector_add_values);
Datum
drift_detector_add_values(PG_FUNCTION_ARGS)
{
	DriftDetector *d = DetectorRead(PG_GETARG_DATUM(0));
	Size count;
	float8 *x = ArrayValues(d, PG_GETARG_ARRAYTYPE_P(1), &count);
	Size done = 0;

	while (done < count)
	{
		size_t warned;

		CHECK_FOR_INTERRUPTS();
		done += drift_detector_run(d, x + done, Min(count - done, POLL_VALUES), &warned);
	}
	PG_RETURN_POINTER(DetectorPack(d));
}

/* detector_drifted(detector): whether the last value was a change */
PG_FUNCTION_INFO_V1(drift_detector_drifted);
Datum
drift_detector_drifted(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(DetectorRead(PG_GETARG_DATUM(0))->drift);
}

/* detector_warning(detector): whether it is on guard */
PG_FUNCTION_INFO_V1(drift_detector_warning);
Datum
drift_detector_warning(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(DetectorRead(PG_GETARG_DATUM(0))->warning);
}

/* detector_seen(detector): values added */
PG_FUNCTION_INFO_V1(drift_detector_seen);
Datum
drift_detector_seen(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(DetectorRead(PG_GETARG_DATUM(0))->seen);
}

/* detector_drifts(detector): changes found */
PG_FUNCTION_INFO_V1(drift_detector_drifts);
Datum
drift_detector_drifts(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(DetectorRead(PG_GETARG_DATUM(0))->drifts);
}

static void
PutParams(ReturnSetInfo *rsinfo, int kind)
{
	static const char *const forms[] = {"number", "whole", "flag", "mode"};
	int count;
	const DriftDetectorParam *params = drift_detector_params(kind, &count);

	for (int i = 0; i < count; i++)
	{
		Datum values[6] = {CStringGetTextDatum(drift_detector_kind_name(kind)),
						   CStringGetTextDatum(params[i].name),
						   CStringGetTextDatum(forms[params[i].form]),
						   Float8GetDatum(params[i].otherwise),
						   Float8GetDatum(params[i].low),
						   Float8GetDatum(params[i].high)};
		bool nulls[6] = {false};

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

/* detector_params(kind): what can be set, of one kind or of all */
PG_FUNCTION_INFO_V1(drift_detector_param_rows);
Datum
drift_detector_param_rows(PG_FUNCTION_ARGS)
{
	int only = PG_ARGISNULL(0) ? 0 : DetectorKind(PG_GETARG_TEXT_PP(0));

	InitMaterializedSRF(fcinfo, 0);
	for (int kind = 1; kind <= DRIFT_DETECTOR_KINDS; kind++)
		if (only == 0 || kind == only)
			PutParams((ReturnSetInfo *) fcinfo->resultinfo, kind);
	return (Datum) 0;
}
