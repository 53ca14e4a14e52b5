#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/typcache.h"

#include "pg/json_number.h"
#include "pg/model_names.h"
#include "registry/features.h"

FeatureReader *
FeatureReaderCreate(MemoryContext owner)
{
	FeatureReader *reader = MemoryContextAllocZero(owner, sizeof(FeatureReader));

	reader->context = AllocSetContextCreate(owner, "drift features", ALLOCSET_SMALL_SIZES);
	return reader;
}

static bool
SameName(DriftLabel a, DriftLabel b)
{
	return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

/* Columns and inputs mostly come in the same order: look first where the last one was */
static uint32
FindInput(const DriftModel *model, DriftLabel feature, uint32 start)
{
	const DriftInput *inputs = drift_model_section(model, DRIFT_SECTION_INPUTS);
	uint32 n = drift_model_count(model, DRIFT_SECTION_INPUTS);

	for (uint32 i = 0; i < n; i++)
	{
		uint32 input = (start + i) % n;

		if (SameName(ModelInputLabel(model, input), feature))
			return inputs[input].kind == DRIFT_INPUT_TEXT ? DRIFT_NO_INPUT : input;
	}
	return DRIFT_NO_INPUT;
}

static void
Start(FeatureReader *reader, const LogWriter *writer)
{
	MemoryContextReset(reader->context);
	reader->writer = writer->number;
	reader->bound = false;
	reader->descriptor = NULL;
	reader->inputs = MemoryContextAlloc(reader->context, sizeof(uint32) * (writer->n_columns + 1));
}

static void
BindInputs(FeatureReader *reader, const LogWriter *writer, const DriftModel *model)
{
	uint32 start = 0;

	for (int i = 0; i < writer->n_columns; i++)
	{
		bool is_float = writer->columns[i].kind == LOG_FLOAT;

		reader->inputs[i] = is_float ? FindInput(model, writer->columns[i].feature, start) : DRIFT_NO_INPUT;
		if (reader->inputs[i] != DRIFT_NO_INPUT)
			start = reader->inputs[i] + 1;
	}
	memcpy(reader->model, model->digest, DRIFT_MODEL_DIGEST);
	reader->bound = true;
}

/* The input that the model has the number of a column as, or DRIFT_NO_INPUT */
static inline uint32
InputOf(const FeatureReader *reader, const DriftModel *model, int column)
{
	return model == NULL ? DRIFT_NO_INPUT : reader->inputs[column];
}

static void
Prepare(FeatureReader *reader, const LogWriter *writer, const DriftModel *model)
{
	if (reader->writer != writer->number)
		Start(reader, writer);
	if (model != NULL && !(reader->bound && memcmp(reader->model, model->digest, DRIFT_MODEL_DIGEST) == 0))
		BindInputs(reader, writer, model);
}

/* What is missing has no value */
static bool
PutFloat(double x, Datum *value)
{
	*value = Float8GetDatum(x);
	return !isnan(x);
}

static Datum
NumericOfFloat(double x)
{
	return DirectFunctionCall1(float8_numeric, Float8GetDatum(x));
}

static Datum
TextOfNumeric(Datum number)
{
	return CStringGetTextDatum(DatumGetCString(DirectFunctionCall1(numeric_out, number)));
}

static bool
PutJsonText(const JsonbValue *json, Datum *value)
{
	switch (json->type)
	{
		case jbvString:
			*value = PointerGetDatum(cstring_to_text_with_len(json->val.string.val, json->val.string.len));
			return true;
		case jbvNumeric:
			*value = TextOfNumeric(NumericGetDatum(json->val.numeric));
			return true;
		case jbvBool:
			*value = CStringGetTextDatum(json->val.boolean ? "true" : "false");
			return true;
		default:
			return false;
	}
}

/* A value for a column, or false: it has none, or none that such a column takes */
static bool
PutJson(LogKind kind, const JsonbValue *json, Datum *value)
{
	double x;

	if (kind == LOG_TEXT)
		return PutJsonText(json, value);
	if (kind == LOG_NUMERIC && json->type == jbvNumeric)
	{
		*value = NumericGetDatum(json->val.numeric);
		return true;
	}
	if (!ReadJsonNumber(json, &x) || isnan(x))
		return false;
	if (kind == LOG_FLOAT)
		return PutFloat(x, value);
	*value = kind == LOG_BOOL ? BoolGetDatum(x != 0) : NumericOfFloat(x);
	return true;
}

void
ReadJsonFeatures(FunctionCallInfo fcinfo, FeatureReader *reader, const LogWriter *writer, const DriftModel *model,
				 const double *numbers, Datum *values, bool *missing)
{
	Jsonb *features = PG_GETARG_JSONB_P(1);
	bool is_object = JB_ROOT_IS_OBJECT(features);

	Prepare(reader, writer, model);
	for (int i = 0; i < writer->n_columns; i++)
	{
		const LogColumn *column = &writer->columns[i];
		uint32 input = InputOf(reader, model, i);
		JsonbValue json;
		bool is_there;

		if (input != DRIFT_NO_INPUT)
			is_there = PutFloat(numbers[input], &values[i]);
		else
			is_there = is_object &&
					   getKeyJsonValueFromContainer(&features->root, column->feature.bytes, column->feature.length,
													&json) != NULL &&
					   PutJson(column->kind, &json, &values[i]);
		missing[i] = !is_there;
	}
}

static int
FindAttribute(TupleDesc descriptor, DriftLabel feature)
{
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		const char *name = NameStr(attribute->attname);

		if (!attribute->attisdropped && SameName((DriftLabel){name, strlen(name)}, feature))
			return i;
	}
	return -1;
}

static void
BindRow(FeatureReader *reader, const LogWriter *writer, HeapTupleHeader row, uint64 type)
{
	TupleDesc descriptor = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(row), HeapTupleHeaderGetTypMod(row));
	MemoryContext old = MemoryContextSwitchTo(reader->context);
	TupleDesc copy = CreateTupleDescCopy(descriptor);

	reader->row = palloc(sizeof(Datum) * (descriptor->natts + 1));
	reader->row_nulls = palloc(sizeof(bool) * (descriptor->natts + 1));
	reader->places = palloc(sizeof(int) * (writer->n_columns + 1));
	for (int i = 0; i < writer->n_columns; i++)
		reader->places[i] = FindAttribute(descriptor, writer->columns[i].feature);
	MemoryContextSwitchTo(old);
	ReleaseTupleDesc(descriptor);
	reader->type = type;
	reader->descriptor = copy;
}

static Datum
NumericOf(ValueReader reader, Datum value)
{
	switch (reader)
	{
		case READ_NUMERIC:
			return value;
		case READ_INT8:
			return NumericGetDatum(int64_to_numeric(DatumGetInt64(value)));
		default:
			return NumericOfFloat(ScoreNumber(reader, value));
	}
}

static Datum
TextOf(Oid type, Datum value)
{
	Oid output;
	bool is_varlena;

	if (type == TEXTOID || type == VARCHAROID)
		return value;
	getTypeOutputInfo(type, &output, &is_varlena);
	return CStringGetTextDatum(OidOutputFunctionCall(output, value));
}

static bool
PutAttribute(LogKind kind, Oid type, Datum attribute, Datum *value)
{
	ValueReader reader = FindReader(type);
	double x;

	if (kind == LOG_TEXT)
	{
		*value = TextOf(type, attribute);
		return true;
	}
	if (!ReaderIsNumeric(reader) && reader != READ_BOOL)
		return false;
	x = ScoreNumber(reader, attribute);
	if (kind == LOG_FLOAT || isnan(x))
		return PutFloat(x, value);
	*value = kind == LOG_BOOL ? BoolGetDatum(x != 0) : NumericOf(reader, attribute);
	return true;
}

void
ReadRowFeatures(FunctionCallInfo fcinfo, FeatureReader *reader, const LogWriter *writer, const DriftModel *model,
				const double *numbers, Datum *values, bool *missing)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(1);
	uint64 type = assign_record_type_identifier(HeapTupleHeaderGetTypeId(row), HeapTupleHeaderGetTypMod(row));
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(row), .t_data = row};

	if (reader->descriptor != NULL && reader->type != type)
		Start(reader, writer);
	Prepare(reader, writer, model);
	if (reader->descriptor == NULL)
		BindRow(reader, writer, row, type);
	ItemPointerSetInvalid(&tuple.t_self);
	heap_deform_tuple(&tuple, reader->descriptor, reader->row, reader->row_nulls);
	for (int i = 0; i < writer->n_columns; i++)
	{
		int place = reader->places[i];
		uint32 input = InputOf(reader, model, i);
		bool is_there;

		if (input != DRIFT_NO_INPUT)
			is_there = PutFloat(numbers[input], &values[i]);
		else
			is_there = place >= 0 && !reader->row_nulls[place] &&
					   PutAttribute(writer->columns[i].kind, TupleDescAttr(reader->descriptor, place)->atttypid,
									reader->row[place], &values[i]);
		missing[i] = !is_there;
	}
}
