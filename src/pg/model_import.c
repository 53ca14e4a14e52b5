/*
 * model_import.c
 *		drift.import_model(): the bytes of a file that another program wrote
 *		become a model.
 *
 * Files are in UTF-8, and so is what the readers see. What a client sent as
 * text is turned back into that, and the names in the model into the
 * encoding of the database.
 */
#include "postgres.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "model/import.h"
#include "pg/model.h"

typedef DriftStatus (*Importer)(DriftDraft *draft, const char *bytes, size_t size, const DriftImportOptions *options,
								DriftRefusal *refusal);

typedef struct Format
{
	const char *name;
	Importer import;
	const char *place; /* what refusals count */
	const char *hint;
} Format;

static const Format formats[] = {
	{"xgboost", drift_import_xgboost, "byte", "Save the model with XGBoost's save_model(), as .json or .ubj."},
	{"lightgbm", drift_import_lightgbm, "line",
	 "The source is the text that LightGBM's save_model() or model_to_string() writes."},
	{"onnx", drift_import_onnx, "byte",
	 "Convert the model with skl2onnx or onnxmltools, without operators of your own."},
	{"json", drift_import_json, "byte", "The page model_json of the documentation tells the form."},
	{NULL},
};

static const Format *
FindFormat(const text *name)
{
	StringInfoData known;

	for (int i = 0; formats[i].name != NULL; i++)
		if (VARSIZE_ANY_EXHDR(name) == strlen(formats[i].name) &&
			memcmp(VARDATA_ANY(name), formats[i].name, strlen(formats[i].name)) == 0)
			return &formats[i];
	initStringInfo(&known);
	for (int i = 0; formats[i].name != NULL; i++)
		appendStringInfo(&known, "%s%s", i > 0 ? ", " : "", formats[i].name);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown model format \"%s\"", text_to_cstring(name)),
			 errdetail("Formats are %s.", known.data)));
}

static void
RaiseOption(const char *name, const char *wanted)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid option \"%s\"", name),
					errdetail_internal("%s", wanted)));
}

static int64
ReadIterations(const JsonbValue *value)
{
	if (value->type == jbvString && value->val.string.len == 3 && memcmp(value->val.string.val, "all", 3) == 0)
		return DRIFT_ITERATIONS_ALL;
	if (value->type == jbvString && value->val.string.len == 4 && memcmp(value->val.string.val, "best", 4) == 0)
		return DRIFT_ITERATIONS_BEST;
	if (value->type == jbvNumeric)
	{
		double n = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));

		if (n >= 1 && n <= PG_INT32_MAX && n == floor(n))
			return (int64) n;
	}
	RaiseOption("iterations", "It is \"all\", \"best\" or a whole number from 1 on.");
	return 0;
}

static DriftImportOptions
ReadOptions(Jsonb *jsonb)
{
	DriftImportOptions options = {.iterations = DRIFT_ITERATIONS_ALL};
	JsonbIterator *it = JsonbIteratorInit(&jsonb->root);
	JsonbIteratorToken token;
	JsonbValue value;

	if (!JB_ROOT_IS_OBJECT(jsonb))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("options of an import must be a JSON object")));
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		if (value.val.string.len != 10 || memcmp(value.val.string.val, "iterations", 10) != 0)
			RaiseOption(pnstrdup(value.val.string.val, value.val.string.len), "There is one option: iterations.");
		(void) JsonbIteratorNext(&it, &value, true);
		options.iterations = ReadIterations(&value);
	}
	return options;
}

static int
SqlstateOfRefusal(DriftStatus status)
{
	switch (status)
	{
		case DRIFT_UNSUPPORTED:
			return ERRCODE_FEATURE_NOT_SUPPORTED;
		case DRIFT_TOO_LARGE:
			return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		case DRIFT_OVERFLOW:
			return ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
		case DRIFT_CORRUPT:
		case DRIFT_TRUNCATED:
		case DRIFT_TRAILING_BYTES:
		case DRIFT_BAD_VERSION:
			return ERRCODE_INVALID_TEXT_REPRESENTATION;
		default:
			return ERRCODE_INVALID_PARAMETER_VALUE;
	}
}

/* What the refusal is about comes from the file and need not be text of this database */
static char *
NameOfRefusal(const DriftRefusal *refusal)
{
	char *name = pstrdup(refusal->name);

	if (!pg_verify_mbstr(PG_UTF8, name, strlen(name), true))
		for (char *c = name; *c != '\0'; c++)
			if (IS_HIGHBIT_SET(*c))
				*c = '?';
	return pg_any_to_server(name, strlen(name), PG_UTF8);
}

static void
RaiseRefusal(const Format *format, const DriftRefusal *refusal)
{
	StringInfoData detail;

	initStringInfo(&detail);
	if (refusal->name[0] != '\0')
		appendStringInfo(&detail, "It is about \"%s\"", NameOfRefusal(refusal));
	if (refusal->at > 0)
		appendStringInfo(&detail, "%s %s " UINT64_FORMAT, detail.len > 0 ? ", at" : "At", format->place, refusal->at);
	if (detail.len > 0)
		appendStringInfoChar(&detail, '.');
	ereport(ERROR, (errcode(SqlstateOfRefusal(refusal->status)),
					errmsg("cannot import the %s model: %s", format->name, refusal->reason),
					detail.len > 0 ? errdetail_internal("%s", detail.data) : 0, errhint("%s", format->hint)));
}

/* Turn the strings of a draft from UTF-8, which they may not be, into the encoding of the database */
static void
ConvertStrings(DriftDraft *draft)
{
	uint64 count = drift_draft_count(draft, DRIFT_SECTION_STRINGS);
	const DriftString *strings = drift_draft_section(draft, DRIFT_SECTION_STRINGS);
	const char *bytes = drift_draft_section(draft, DRIFT_SECTION_TEXT);

	draft->section[DRIFT_SECTION_STRINGS] = (DriftGrowing){0};
	draft->section[DRIFT_SECTION_TEXT] = (DriftGrowing){0};
	for (uint64 i = 0; i < count; i++)
	{
		const char *from = strings[i].length > 0 ? bytes + strings[i].start : "";
		char *to = pg_any_to_server(from, strings[i].length, PG_UTF8);

		drift_draft_string(draft, to, to == from ? strings[i].length : strlen(to));
		if (to != from)
			pfree(to);
	}
}

static DriftModel *
Import(const Format *format, const char *bytes, size_t size, const DriftImportOptions *options)
{
	DriftHost host = ModelHost(CurrentMemoryContext);
	DriftRefusal refusal = {0};
	DriftModel *m = NULL;
	DriftDraft draft;

	drift_draft_init(&draft, &host);
	if (format->import(&draft, bytes, size, options, &refusal) == DRIFT_OK)
	{
		ConvertStrings(&draft);
		m = ModelPack(&draft, &refusal);
	}
	if (m == NULL)
		RaiseRefusal(format, &refusal);
	return m;
}

/* Import in memory of its own: what readers leave behind is several times the model */
static Datum
ImportAside(const Format *format, const char *bytes, size_t size, const DriftImportOptions *options)
{
	MemoryContext old = CurrentMemoryContext;
	MemoryContext aside = AllocSetContextCreate(old, "drift import", ALLOCSET_DEFAULT_SIZES);
	DriftModel *m;
	DriftModel *result;

	MemoryContextSwitchTo(aside);
	m = Import(format, bytes, size, options);
	MemoryContextSwitchTo(old);
	result = palloc(VARSIZE(m));
	memcpy(result, m, VARSIZE(m));
	MemoryContextDelete(aside);
	return PointerGetDatum(result);
}

PG_FUNCTION_INFO_V1(drift_import_model);
Datum
drift_import_model(PG_FUNCTION_ARGS)
{
	const Format *format = FindFormat(PG_GETARG_TEXT_PP(0));
	const bytea *source = PG_GETARG_BYTEA_PP(1);
	DriftImportOptions options = ReadOptions(PG_GETARG_JSONB_P(2));

	PG_RETURN_DATUM(ImportAside(format, VARDATA_ANY(source), VARSIZE_ANY_EXHDR(source), &options));
}

/*
 * The parser takes a source without a type for text. What begins as bytea in
 * hexadecimal is that: no format begins so.
 */
PG_FUNCTION_INFO_V1(drift_import_model_text);
Datum
drift_import_model_text(PG_FUNCTION_ARGS)
{
	const Format *format = FindFormat(PG_GETARG_TEXT_PP(0));
	const text *source = PG_GETARG_TEXT_PP(1);
	DriftImportOptions options = ReadOptions(PG_GETARG_JSONB_P(2));
	const char *bytes = VARDATA_ANY(source);
	size_t size = VARSIZE_ANY_EXHDR(source);
	char *converted;

	if (size >= 2 && bytes[0] == '\\' && bytes[1] == 'x')
	{
		const bytea *decoded = DatumGetByteaPP(DirectFunctionCall1(byteain, CStringGetDatum(text_to_cstring(source))));

		PG_RETURN_DATUM(ImportAside(format, VARDATA_ANY(decoded), VARSIZE_ANY_EXHDR(decoded), &options));
	}
	converted = pg_server_to_any(bytes, size, PG_UTF8);
	if (converted != bytes)
		size = strlen(converted);
	PG_RETURN_DATUM(ImportAside(format, converted, size, &options));
}
