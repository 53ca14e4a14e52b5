/*
 * model_bind.c
 *		drift.bind(): the model that takes its features by position, in an order
 *		that is given once, by name.
 *
 * The bound model holds the columns, so that their order is checked where it is
 * written and not where rows are scored.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "pg/model.h"
#include "pg/model_names.h"

static DriftLabel *
ReadNames(ArrayType *array, uint32 *n)
{
	Datum *elements;
	bool *nulls;
	int count;
	DriftLabel *names;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("columns must be an array of one dimension")));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	if (count > DRIFT_MODEL_MAX_COLUMNS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("a model is bound to at most %d columns", DRIFT_MODEL_MAX_COLUMNS)));
	names = palloc(sizeof(DriftLabel) * (count + 1));
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("column %d has no name", i + 1)));
		names[i] = (DriftLabel){VARDATA_ANY(DatumGetPointer(elements[i])),
								(uint32) VARSIZE_ANY_EXHDR(DatumGetPointer(elements[i]))};
	}
	*n = count;
	return names;
}

/* A draft of what the model has; its sections are the model's, and only what is appended to is copied */
static void
DraftOfModel(DriftDraft *draft, const DriftModel *m, const DriftHost *host)
{
	*draft = (DriftDraft){.head = *m, .host = host};
	for (int name = 0; name < DRIFT_SECTIONS; name++)
		draft->section[name] = (DriftGrowing){(void *) drift_model_section(m, name), drift_model_count(m, name),
											  drift_model_count(m, name)};
	draft->section[DRIFT_SECTION_COLUMNS] = (DriftGrowing){0};
}

static void
AppendColumns(DriftDraft *draft, const DriftModel *m, const DriftLabel *names, uint32 n, const uint32 *places)
{
	const DriftInput *inputs = drift_model_section(m, DRIFT_SECTION_INPUTS);
	DriftColumn *columns = drift_draft_add(draft, DRIFT_SECTION_COLUMNS, n);

	for (uint32 i = 0; i < n; i++)
		columns[i].input = DRIFT_NO_INPUT;
	for (uint32 i = 0; i < drift_model_count(m, DRIFT_SECTION_INPUTS); i++)
		columns[places[i]] = (DriftColumn){inputs[i].name, i};
	for (uint32 i = 0; i < n; i++)
		if (columns[i].input == DRIFT_NO_INPUT)
			columns[i].name = drift_draft_string(draft, names[i].bytes, names[i].length);
}

PG_FUNCTION_INFO_V1(drift_bind);
Datum
drift_bind(PG_FUNCTION_ARGS)
{
	const DriftModel *m = ModelDetoast(PG_GETARG_DATUM(0));
	DriftHost host = ModelHost(CurrentMemoryContext);
	DriftRefusal refusal = {0};
	DriftDraft draft;
	uint32 n;
	DriftLabel *names = ReadNames(PG_GETARG_ARRAYTYPE_P(1), &n);
	uint32 *places = palloc(sizeof(uint32) * drift_model_count(m, DRIFT_SECTION_INPUTS));
	DriftModel *bound;

	ModelFindInputs(m, "list of columns", names, n, places);
	DraftOfModel(&draft, m, &host);
	AppendColumns(&draft, m, names, n, places);
	bound = ModelPack(&draft, &refusal);
	if (bound == NULL)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("cannot bind the model"),
						errdetail_internal("%s.", refusal.reason)));
	PG_RETURN_POINTER(bound);
}
