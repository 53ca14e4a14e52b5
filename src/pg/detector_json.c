/*
 * detector_json.c
 *		The text form of a detector: a JSON object that says everything, so that
 *		a detector survives being dumped and sent as text.
 *
 * Reading goes through the packed form, whose reader judges: there is one
 * place that knows what a detector may be.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"

#include "compat.h"
#include "pg/detector.h"
#include "pg/json_number.h"

#define RANDOM_WORDS 624

/* writing */

static void
WriteName(StringInfo out, const char *name)
{
	appendStringInfo(out, "%s\"%s\": ", out->data[out->len - 1] == '{' ? "" : ", ", name);
}

static void
WriteParams(StringInfo out, const DriftDetector *d)
{
	int count;
	const DriftDetectorParam *params = drift_detector_params(drift_detector_kind_of(d), &count);

	WriteName(out, "params");
	appendStringInfoChar(out, '{');
	for (int i = 0; i < count; i++)
	{
		WriteName(out, params[i].name);
		if (params[i].form == DRIFT_PARAM_FLAG)
			appendStringInfoString(out, d->param[i] != 0 ? "true" : "false");
		else if (params[i].form == DRIFT_PARAM_MODE)
			appendStringInfo(out, "\"%s\"", DetectorModes[(int) d->param[i]]);
		else
			AppendJsonNumber(out, d->param[i]);
	}
	appendStringInfoChar(out, '}');
}

static void
WriteArray(StringInfo out, const double *x, int count)
{
	appendStringInfoChar(out, '[');
	for (int i = 0; i < count; i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		AppendJsonNumber(out, x[i]);
	}
	appendStringInfoChar(out, ']');
}

/* Rows of buckets, those of one value first: [sums, sums of squared deviations] */
static void
WriteBuckets(StringInfo out, const DriftDetector *d)
{
	WriteName(out, "buckets");
	appendStringInfoChar(out, '[');
	for (int row = 0; row < drift_adwin_rows(d); row++)
	{
		const double *totals;
		const double *variances;
		int count = drift_adwin_row(d, row, &totals, &variances);

		appendStringInfoString(out, row > 0 ? ", [" : "[");
		WriteArray(out, totals, count);
		appendStringInfoString(out, ", ");
		WriteArray(out, variances, count);
		appendStringInfoChar(out, ']');
	}
	appendStringInfoChar(out, ']');
}

static void
WriteWindow(StringInfo out, const DriftDetector *d)
{
	int length = drift_kswin_length(d);
	int place;
	const uint32 *words = drift_kswin_random(d, &place);

	WriteName(out, "window");
	appendStringInfoChar(out, '[');
	for (int i = 0; i < length; i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		AppendJsonNumber(out, drift_kswin_value(d, i));
	}
	appendStringInfoChar(out, ']');
	if (words == NULL)
		return;
	WriteName(out, "random");
	appendStringInfo(out, "[%d", place);
	for (int i = 0; i < RANDOM_WORDS; i++)
		appendStringInfo(out, ", %u", words[i]);
	appendStringInfoChar(out, ']');
}

void
DetectorToJson(const DriftDetector *d, StringInfo out)
{
	int kind = drift_detector_kind_of(d);
	int count;
	const DriftDetectorField *fields = drift_detector_fields(kind, &count);

	appendStringInfo(out,
					 "{\"version\": 1, \"kind\": \"%s\", \"seen\": " INT64_FORMAT ", \"drifts\": " INT64_FORMAT
					 ", \"last_drift\": " INT64_FORMAT ", \"drift\": %s, \"warning\": %s",
					 drift_detector_kind_name(kind), d->seen, d->drifts, d->drifted, d->drift ? "true" : "false",
					 d->warning ? "true" : "false");
	WriteParams(out, d);
	WriteName(out, "state");
	appendStringInfoChar(out, '{');
	for (int i = 0; i < count; i++)
	{
		WriteName(out, fields[i].name);
		AppendJsonNumber(out, d->field[i]);
	}
	if (kind == DRIFT_ADWIN)
		WriteBuckets(out, d);
	if (kind == DRIFT_KSWIN)
		WriteWindow(out, d);
	appendStringInfoString(out, "}}");
}

/* reading */

/* An object being read: fields that nobody asked for are noticed by their number. */
typedef struct Fields
{
	JsonbContainer *object;
	int used;
	const char *problem; /* the first that is wrong, or NULL */
} Fields;

static bool
Take(Fields *fields, const char *name, JsonbValue *value)
{
	if (getKeyJsonValueFromContainer(fields->object, name, strlen(name), value) == NULL)
		return false;
	fields->used++;
	return true;
}

static bool
Wrong(Fields *fields, const char *name)
{
	if (fields->problem == NULL)
		fields->problem = name;
	return false;
}

static double
TakeNumber(Fields *fields, const char *name)
{
	JsonbValue value;
	double x = 0;

	if (!Take(fields, name, &value) || !ReadJsonNumber(&value, &x))
		Wrong(fields, name);
	return x;
}

/* Whole, and so small that a double has it exactly */
static int64
TakeCount(Fields *fields, const char *name)
{
	double x = TakeNumber(fields, name);

	if (x >= 0 && x <= 9007199254740992.0 && x == floor(x))
		return (int64) x;
	Wrong(fields, name);
	return 0;
}

/* The container under a name; NULL if it is not of the wanted kind */
static JsonbContainer *
TakeContainer(Fields *fields, const char *name, bool is_object)
{
	JsonbValue value;

	if (!Take(fields, name, &value) || value.type != jbvBinary ||
		(is_object ? !JsonContainerIsObject(value.val.binary.data) : !JsonContainerIsArray(value.val.binary.data)))
	{
		Wrong(fields, name);
		return NULL;
	}
	return value.val.binary.data;
}

/* The numbers of an array; -1 if something else is in it */
static int
ReadArray(JsonbContainer *array, double **x)
{
	JsonbIterator *it = JsonbIteratorInit(array);
	JsonbValue value;
	int count = 0;

	*x = palloc(sizeof(double) * (JsonContainerSize(array) + 1));
	if (JsonbIteratorNext(&it, &value, true) != WJB_BEGIN_ARRAY)
		return -1;
	while (JsonbIteratorNext(&it, &value, true) == WJB_ELEM)
		if (!ReadJsonNumber(&value, &(*x)[count++]))
			return -1;
	return count;
}

/* One [sums, sums of squared deviations] */
static bool
ReadRow(DriftDetector *d, int row, JsonbValue *pair)
{
	JsonbValue *side;
	double *x[2];
	int count[2] = {0, 0};

	if (pair->type != jbvBinary || !JsonContainerIsArray(pair->val.binary.data) ||
		JsonContainerSize(pair->val.binary.data) != 2)
		return false;
	for (int i = 0; i < 2; i++)
	{
		side = getIthJsonbValueFromContainer(pair->val.binary.data, i);
		if (side->type != jbvBinary || !JsonContainerIsArray(side->val.binary.data))
			return false;
		count[i] = ReadArray(side->val.binary.data, &x[i]);
	}
	if (count[0] != count[1] || count[0] < (row > 0))
		return false;
	for (int k = 0; k < count[0]; k++)
		if ((row == 0 && x[1][k] != 0) || !drift_adwin_add_bucket(d, row > 0 && k == 0, x[0][k], x[1][k]))
			return false;
	return true;
}

static void
ReadBuckets(Fields *state, DriftDetector *d)
{
	JsonbContainer *rows = TakeContainer(state, "buckets", false);

	if (rows == NULL)
		return;
	if (JsonContainerSize(rows) == 0)
		Wrong(state, "buckets");
	for (uint32 row = 0; row < JsonContainerSize(rows) && state->problem == NULL; row++)
		if (!ReadRow(d, (int) row, getIthJsonbValueFromContainer(rows, row)))
			Wrong(state, "buckets");
}

static void
ReadRandom(Fields *state, DriftDetector *d)
{
	JsonbContainer *random;
	JsonbValue value;
	double *x;
	uint32 words[RANDOM_WORDS];

	if (getKeyJsonValueFromContainer(state->object, "random", strlen("random"), &value) == NULL)
		return;
	random = TakeContainer(state, "random", false);
	if (random == NULL || ReadArray(random, &x) != RANDOM_WORDS + 1 || !(x[0] >= 0 && x[0] <= RANDOM_WORDS))
	{
		Wrong(state, "random");
		return;
	}
	for (int i = 0; i < RANDOM_WORDS; i++)
	{
		if (!(x[i + 1] >= 0 && x[i + 1] <= PG_UINT32_MAX && x[i + 1] == floor(x[i + 1])))
			Wrong(state, "random");
		words[i] = state->problem == NULL ? (uint32) x[i + 1] : 0;
	}
	drift_kswin_set_random(d, words, (int) x[0]);
}

static void
ReadWindow(Fields *state, DriftDetector *d)
{
	JsonbContainer *window = TakeContainer(state, "window", false);
	double *x;
	int count;

	if (window == NULL)
		return;
	count = ReadArray(window, &x);
	if (count < 0)
		Wrong(state, "window");
	for (int i = 0; i < count; i++)
		drift_kswin_put(d, x[i]);
	if (count != drift_kswin_length(d))
		Wrong(state, "window");
	ReadRandom(state, d);
}

static void
ReadState(Fields *fields, DriftDetector *d)
{
	int kind = drift_detector_kind_of(d);
	int count;
	const DriftDetectorField *known = drift_detector_fields(kind, &count);
	Fields state = {TakeContainer(fields, "state", true), 0, NULL};

	if (state.object == NULL)
		return;
	for (int i = 0; i < count; i++)
		d->field[i] = TakeNumber(&state, known[i].name);
	if (kind == DRIFT_ADWIN)
		ReadBuckets(&state, d);
	if (kind == DRIFT_KSWIN)
		ReadWindow(&state, d);
	if (state.used != (int) JsonContainerSize(state.object))
		Wrong(&state, "a field of its state that it does not have");
	if (state.problem != NULL)
		Wrong(fields, state.problem);
}

static DriftDetector *
MakeNew(int kind, JsonbContainer *params)
{
	double values[DRIFT_DETECTOR_PARAMS];
	DriftDetector *d;

	DetectorParams(kind, params, values);
	d = palloc(drift_detector_size(kind, values));
	drift_detector_init(d, kind, values);
	return d;
}

static DriftDetector *
ReadObject(Fields *fields)
{
	JsonbValue value;
	JsonbContainer *params;
	DriftDetector *d;
	int kind = 0;

	if (TakeCount(fields, "version") != 1)
		Wrong(fields, "version");
	if (Take(fields, "kind", &value) && value.type == jbvString)
		kind = drift_detector_kind(value.val.string.val, value.val.string.len);
	params = TakeContainer(fields, "params", true);
	if (kind == 0)
		Wrong(fields, "kind");
	if (fields->problem != NULL)
		return NULL;
	d = MakeNew(kind, params);
	d->seen = TakeCount(fields, "seen");
	d->drifts = TakeCount(fields, "drifts");
	d->drifted = TakeCount(fields, "last_drift");
	d->drift = TakeNumber(fields, "drift") != 0;
	d->warning = TakeNumber(fields, "warning") != 0;
	ReadState(fields, d);
	if (fields->used != (int) JsonContainerSize(fields->object))
		Wrong(fields, "a field that detectors do not have");
	if (fields->problem == NULL && !drift_detector_valid(d))
		Wrong(fields, "its numbers contradict each other");
	return d;
}

DriftDetector *
DetectorFromJson(const char *text, fmNodePtr escontext)
{
	int kind = drift_detector_kind(text, strlen(text));
	Jsonb *jsonb;
	Fields fields = {NULL, 0, NULL};
	DriftDetector *d = NULL;

	if (kind != 0)
		return MakeNew(kind, NULL);
	if (text[strspn(text, " \t\n\r")] != '{')
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("no detector is called \"%s\"", text),
				 errhint("The kinds are %s.", DetectorKindNames())));
	jsonb = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
	fields.object = &jsonb->root;
	d = ReadObject(&fields);
	if (fields.problem != NULL)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("invalid input syntax for type drift.detector"),
				 errdetail("Wrong or missing: %s.", fields.problem)));
	return d;
}
