/*
 * score_row.c
 *		Scores of whole rows, whose columns are found by their names.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "utils/typcache.h"

#include "pg/model_names.h"
#include "pg/score.h"

/* The columns of one type of row. */
typedef struct BoundRow
{
	uint64 type; /* identifier of the type and its columns as they are now */
	TupleDesc descriptor;
	Datum *values;
	bool *nulls;
	ScoreColumn columns[FLEXIBLE_ARRAY_MEMBER]; /* one for each input; places count from 0 */
} BoundRow;

/* Names of the columns; dropped ones have none that a model could have */
static DriftLabel *
ColumnNames(TupleDesc descriptor, uint32 *places, uint32 *n)
{
	DriftLabel *names = palloc(sizeof(DriftLabel) * (descriptor->natts + 1));

	*n = 0;
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (attribute->attisdropped)
			continue;
		places[*n] = i;
		names[(*n)++] = (DriftLabel){NameStr(attribute->attname), strlen(NameStr(attribute->attname))};
	}
	return names;
}

static BoundRow *
CreateBoundRow(ScoreCall *call, HeapTupleHeader row)
{
	TupleDesc descriptor = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(row), HeapTupleHeaderGetTypMod(row));
	MemoryContext old = MemoryContextSwitchTo(ScoreStartBinding(call));
	BoundRow *bound = palloc0(offsetof(BoundRow, columns) + sizeof(ScoreColumn) * call->n_inputs);

	bound->descriptor = CreateTupleDescCopy(descriptor);
	ReleaseTupleDesc(descriptor);
	bound->values = palloc(sizeof(Datum) * bound->descriptor->natts);
	bound->nulls = palloc(sizeof(bool) * bound->descriptor->natts);
	MemoryContextSwitchTo(old);
	return bound;
}

static BoundRow *
BindRow(ScoreCall *call, HeapTupleHeader row, uint64 type)
{
	BoundRow *bound = CreateBoundRow(call, row);
	uint32 *places = palloc(sizeof(uint32) * (bound->descriptor->natts + 1));
	uint32 *found = palloc(sizeof(uint32) * call->n_inputs);
	uint32 n;
	DriftLabel *names = ColumnNames(bound->descriptor, places, &n);

	ModelFindInputs(call->model, "row", names, n, found);
	for (uint32 i = 0; i < call->n_inputs; i++)
	{
		uint32 place = places[found[i]];

		bound->columns[i] = ScoreBindColumn(call, place, i, TupleDescAttr(bound->descriptor, place)->atttypid);
	}
	pfree(names);
	pfree(places);
	pfree(found);
	bound->type = type;
	call->bound = bound;
	return bound;
}

void
ScoreFillRow(FunctionCallInfo fcinfo, ScoreCall *call)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(1);
	uint64 type = assign_record_type_identifier(HeapTupleHeaderGetTypeId(row), HeapTupleHeaderGetTypMod(row));
	BoundRow *bound = call->bound;
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(row), .t_data = row};

	if (unlikely(bound == NULL || bound->type != type))
		bound = BindRow(call, row, type);
	ItemPointerSetInvalid(&tuple.t_self);
	heap_deform_tuple(&tuple, bound->descriptor, bound->values, bound->nulls);
	for (uint32 i = 0; i < call->n_inputs; i++)
	{
		const ScoreColumn *column = &bound->columns[i];

		ScorePut(call, column, bound->values[column->place], bound->nulls[column->place]);
	}
}

SCORE_FUNCTIONS(_row, ScoreFillRow)
SCORE_FUNCTION(drift_explain_row, ScoreFillRow, ANSWER_EXPLANATION)
