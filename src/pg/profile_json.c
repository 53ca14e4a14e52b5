/*
 * profile_json.c
 *		The text form of a profile: a JSON object that says everything, so that
 *		a profile survives being dumped, sent as text and edited by nobody.
 *
 * Numbers are written in the shortest form that reads back as the same double,
 * whatever extra_float_digits says. Reading builds the packed form and lets
 * its reader judge: there is one place that knows what a profile may be.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "compat.h"
#include "pg/json_number.h"
#include "pg/profile.h"
#include "stats/bytes.h"
#include "stats/numeric_codec.h"

/* writing */

static void
WriteDoubles(StringInfo out, const char *name, const double *values, uint32 count)
{
	appendStringInfo(out, ", \"%s\": [", name);
	for (uint32 i = 0; i < count; i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		AppendJsonNumber(out, values[i]);
	}
	appendStringInfoChar(out, ']');
}

/* Every step-th of count counters */
static void
WriteCounts(StringInfo out, const char *name, const int64 *counts, uint32 count, uint32 step)
{
	appendStringInfo(out, ", \"%s\": [", name);
	for (uint32 i = 0; i < count; i++)
		appendStringInfo(out, i > 0 ? ", " INT64_FORMAT : INT64_FORMAT, counts[i * step]);
	appendStringInfoChar(out, ']');
}

static void
WriteNumeric(StringInfo out, const DriftNumeric *p)
{
	const int64 *counts = drift_numeric_counts(p);
	DriftCertainty certainty = drift_numeric_certainty(p);

	appendStringInfo(out, ", \"exact\": %s, \"key_limit\": %u, \"mean\": ", p->exact ? "true" : "false", p->key_limit);
	AppendJsonNumber(out, p->mean);
	appendStringInfoString(out, ", \"m2\": ");
	AppendJsonNumber(out, p->m2);
	WriteDoubles(out, "keys", drift_numeric_keys(p), p->key_count);
	WriteCounts(out, "points", counts + 1, p->key_count, 2);
	if (certainty != DRIFT_EXACT)
		WriteCounts(out, "gaps", counts + 2, p->key_count - 1, 2);
	if (certainty == DRIFT_WITH_SLACKS)
	{
		WriteCounts(out, "slack_low", drift_numeric_slack_low(p), p->key_count, 1);
		WriteCounts(out, "slack_high", drift_numeric_slack_high(p), p->key_count, 1);
	}
	if (p->edge_count > 0)
	{
		WriteDoubles(out, "edges", drift_numeric_edges(p), p->edge_count);
		WriteCounts(out, "bins", drift_numeric_bins(p), p->edge_count + 1, 1);
	}
}

static void
WriteCategories(StringInfo out, const DriftCategory *p)
{
	uint32 *order = palloc(sizeof(uint32) * (p->used + 1));

	appendStringInfo(out,
					 ", \"category_limit\": %u, \"count_error\": " INT64_FORMAT ", \"absent_error\": " INT64_FORMAT
					 ", \"categories\": [",
					 p->category_limit, p->count_error, p->absent_error);
	drift_category_sorted_order(p, order);
	for (uint32 i = 0; i < p->used; i++)
	{
		const DriftCategoryEntry *entry = drift_category_entry(p, order[i]);
		char *label = pnstrdup(drift_category_label(p, entry), entry->length);

		appendStringInfoString(out, i > 0 ? ", [" : "[");
		escape_json(out, label);
		appendStringInfo(out, ", " INT64_FORMAT "]", entry->count);
		pfree(label);
	}
	appendStringInfoChar(out, ']');
	pfree(order);
}

static const char *const kind_names[] = {NULL, "numeric", "categorical"};
static const char *const type_names[] = {NULL, "number", "date", "timestamp", "text", "boolean"};

void
ProfileToJson(const DriftProfile *p, StringInfo out)
{
	appendStringInfo(
		out,
		"{\"version\": %d, \"kind\": \"%s\", \"type\": \"%s\", \"rows\": " INT64_FORMAT ", \"missing\": " INT64_FORMAT,
		DRIFT_PROFILE_VERSION, kind_names[p->kind], type_names[p->value_type], p->row_count, p->missing_count);
	if (p->flags & DRIFT_FLAG_BINS_DROPPED)
		appendStringInfoString(out, ", \"bins_dropped\": true");
	if (p->kind == DRIFT_CATEGORICAL)
		WriteCategories(out, (const DriftCategory *) p);
	else
		WriteNumeric(out, (const DriftNumeric *) p);
	appendStringInfoChar(out, '}');
}

/* reading */

/* An object being read: what was asked for is counted, so that fields nobody asked for are noticed. */
typedef struct Fields
{
	JsonbContainer *object;
	int used;
	const char *problem; /* name of the first field that is wrong, or NULL */
} Fields;

static JsonbValue *
Take(Fields *fields, const char *name, JsonbValue *value)
{
	JsonbValue *found = getKeyJsonValueFromContainer(fields->object, name, strlen(name), value);

	if (found != NULL)
		fields->used++;
	return found;
}

static void
Wrong(Fields *fields, const char *name)
{
	if (fields->problem == NULL)
		fields->problem = name;
}

/* A JSON number, or one of the names of numbers that JSON does not have */
static bool
ReadDouble(const JsonbValue *v, double *x)
{
	*x = 0.0;
	if (v->type == jbvNumeric)
	{
		*x = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(v->val.numeric)));
		return true;
	}
	if (v->type != jbvString)
		return false;
	if (v->val.string.len == 3 && memcmp(v->val.string.val, "NaN", 3) == 0)
		*x = NAN;
	else if (v->val.string.len == 8 && memcmp(v->val.string.val, "Infinity", 8) == 0)
		*x = INFINITY;
	else if (v->val.string.len == 9 && memcmp(v->val.string.val, "-Infinity", 9) == 0)
		*x = -INFINITY;
	else
		return false;
	return true;
}

/* A whole number from 0 to DRIFT_MAX_COUNT */
static bool
ReadCount(const JsonbValue *v, int64 *count)
{
	double x;

	*count = 0;
	if (v->type != jbvNumeric || !ReadDouble(v, &x) || !(x >= 0.0 && x <= (double) DRIFT_MAX_COUNT))
		return false;
	*count = DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(v->val.numeric)));
	return *count <= DRIFT_MAX_COUNT;
}

static int64
TakeCount(Fields *fields, const char *name)
{
	JsonbValue value;
	int64 count = 0;

	if (!Take(fields, name, &value) || !ReadCount(&value, &count))
		Wrong(fields, name);
	return count;
}

static double
TakeDouble(Fields *fields, const char *name)
{
	JsonbValue value;
	double x = 0.0;

	if (!Take(fields, name, &value) || !ReadDouble(&value, &x))
		Wrong(fields, name);
	return x;
}

static bool
TakeBool(Fields *fields, const char *name, bool otherwise)
{
	JsonbValue value;

	if (!Take(fields, name, &value))
		return otherwise;
	if (value.type != jbvBool)
		Wrong(fields, name);
	return value.type == jbvBool && value.val.boolean;
}

/* The place of a string among names, which begin at 1 */
static uint8
TakeName(Fields *fields, const char *name, const char *const *names, uint8 count)
{
	JsonbValue value;

	if (Take(fields, name, &value) && value.type == jbvString)
		for (uint8 i = 1; i < count; i++)
			if (strlen(names[i]) == (size_t) value.val.string.len &&
				memcmp(names[i], value.val.string.val, value.val.string.len) == 0)
				return i;
	Wrong(fields, name);
	return 0;
}

/* An array's elements; none if the field is absent and may be */
static JsonbValue *
TakeArray(Fields *fields, const char *name, bool required, uint32 *count)
{
	JsonbValue value;
	JsonbIterator *it;
	JsonbValue *elements;
	uint32 n;

	*count = 0;
	if (!Take(fields, name, &value))
	{
		if (required)
			Wrong(fields, name);
		return NULL;
	}
	if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data))
	{
		Wrong(fields, name);
		return NULL;
	}
	n = JsonContainerSize(value.val.binary.data);
	elements = palloc(sizeof(JsonbValue) * (n + 1));
	it = JsonbIteratorInit(value.val.binary.data);
	if (JsonbIteratorNext(&it, &value, true) == WJB_BEGIN_ARRAY)
		while (*count < n && JsonbIteratorNext(&it, &elements[*count], true) == WJB_ELEM)
			(*count)++;
	return elements;
}

static void
CopyDoubles(Fields *fields, DriftWriter *w, const char *name, const JsonbValue *elements, uint32 count)
{
	double x;

	for (uint32 i = 0; i < count; i++)
	{
		if (!ReadDouble(&elements[i], &x))
			Wrong(fields, name);
		drift_writer_double(w, x);
	}
}

static void
CopyCounts(Fields *fields, DriftWriter *w, const char *name, uint32 expected)
{
	uint32 count;
	JsonbValue *elements = TakeArray(fields, name, true, &count);
	int64 n;

	if (count != expected)
		Wrong(fields, name);
	for (uint32 i = 0; i < count; i++)
	{
		if (!ReadCount(&elements[i], &n))
			Wrong(fields, name);
		drift_writer_varint(w, (uint64) n);
	}
}

/* Slacks that are all zero are left out, here as in the packed form. */
static DriftCertainty
TakeCertainty(Fields *fields)
{
	JsonbValue value;

	if (TakeBool(fields, "exact", false))
		return DRIFT_EXACT;
	return getKeyJsonValueFromContainer(fields->object, "slack_low", strlen("slack_low"), &value) != NULL
			   ? DRIFT_WITH_SLACKS
			   : DRIFT_WITHOUT_SLACKS;
}

static void
ReadNumeric(Fields *fields, DriftWriter *w)
{
	uint32 key_count;
	uint32 edge_count;
	JsonbValue *keys = TakeArray(fields, "keys", true, &key_count);
	JsonbValue *edges = TakeArray(fields, "edges", false, &edge_count);
	DriftCertainty certainty = TakeCertainty(fields);

	drift_writer_u8(w, (uint8) certainty);
	drift_writer_varint(w, (uint64) TakeCount(fields, "key_limit"));
	drift_writer_varint(w, key_count);
	drift_writer_varint(w, edge_count);
	drift_writer_double(w, TakeDouble(fields, "mean"));
	drift_writer_double(w, TakeDouble(fields, "m2"));
	CopyDoubles(fields, w, "keys", keys, key_count);
	CopyCounts(fields, w, "points", key_count);
	if (certainty != DRIFT_EXACT)
		CopyCounts(fields, w, "gaps", key_count > 0 ? key_count - 1 : 0);
	if (certainty == DRIFT_WITH_SLACKS)
	{
		CopyCounts(fields, w, "slack_low", key_count);
		CopyCounts(fields, w, "slack_high", key_count);
	}
	CopyDoubles(fields, w, "edges", edges, edge_count);
	if (edge_count > 0)
		CopyCounts(fields, w, "bins", edge_count + 1);
}

/* One ["label", count] */
static bool
CopyCategory(DriftWriter *w, const JsonbValue *pair)
{
	JsonbValue label;
	JsonbValue count;
	JsonbValue *found;
	int64 n;

	if (pair->type != jbvBinary || !JsonContainerIsArray(pair->val.binary.data) ||
		JsonContainerSize(pair->val.binary.data) != 2)
		return false;
	found = getIthJsonbValueFromContainer(pair->val.binary.data, 0);
	label = *found;
	found = getIthJsonbValueFromContainer(pair->val.binary.data, 1);
	count = *found;
	if (label.type != jbvString || !ReadCount(&count, &n))
		return false;
	drift_writer_varint(w, (uint64) n);
	drift_writer_varint(w, (uint64) label.val.string.len);
	drift_writer_bytes(w, label.val.string.val, label.val.string.len);
	return true;
}

static void
ReadCategories(Fields *fields, DriftWriter *w)
{
	uint32 count;
	JsonbValue *categories = TakeArray(fields, "categories", true, &count);

	drift_writer_varint(w, (uint64) TakeCount(fields, "category_limit"));
	drift_writer_varint(w, (uint64) TakeCount(fields, "count_error"));
	drift_writer_varint(w, (uint64) TakeCount(fields, "absent_error"));
	drift_writer_varint(w, count);
	for (uint32 i = 0; i < count; i++)
		if (!CopyCategory(w, &categories[i]))
			Wrong(fields, "categories");
}

static void
ReadObject(Fields *fields, DriftWriter *w)
{
	DriftProfile header = {0};

	header.form = DRIFT_PACKED;
	if (TakeCount(fields, "version") != DRIFT_PROFILE_VERSION)
		Wrong(fields, "version");
	header.kind = TakeName(fields, "kind", kind_names, lengthof(kind_names));
	header.value_type = TakeName(fields, "type", type_names, lengthof(type_names));
	header.row_count = TakeCount(fields, "rows");
	header.missing_count = TakeCount(fields, "missing");
	if (TakeBool(fields, "bins_dropped", false))
		header.flags |= DRIFT_FLAG_BINS_DROPPED;
	drift_packed_header_write(w, &header);
	if (header.kind == DRIFT_CATEGORICAL)
		ReadCategories(fields, w);
	else
		ReadNumeric(fields, w);
	if (fields->used != (int) JsonContainerSize(fields->object))
		Wrong(fields, "a field that profiles do not have");
}

struct varlena *
ProfileFromJson(const char *text, fmNodePtr escontext)
{
	Jsonb *jsonb = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
	Fields fields = {&jsonb->root, 0, NULL};
	/* every element of the text becomes at most a double and a varint */
	Size room = 256 + strlen(text) * 8;
	struct varlena *packed = palloc0(room);
	DriftWriter w;

	drift_writer_init(&w, (uint8 *) packed, room);
	if (!JB_ROOT_IS_OBJECT(jsonb))
		fields.problem = "the object itself";
	else
		ReadObject(&fields, &w);
	if (fields.problem != NULL || drift_writer_finish(&w) != DRIFT_OK)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("invalid input syntax for type drift.profile"),
				 errdetail("Wrong or missing: %s.", fields.problem ? fields.problem : "its length")));
	SET_VARSIZE(packed, w.length);
	return packed;
}
