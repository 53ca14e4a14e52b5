/*
 * explain.c
 *		Explanations of rows: what each input contributed to the margins.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "utils/array.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"

#include "pg/model.h"
#include "pg/model_names.h"
#include "pg/score.h"

#define BASE_NAME "base"

/* Contributions to each margin, and its expected value behind them, in the current memory context */
static double *
Explain(ScoreCall *call)
{
	Size count = (Size) call->model->groups * (call->n_inputs + 1);
	double *contributions = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * count);

	drift_explain_margins(ModelExplainer(call->reference->held), drift_scorer_slots(call->scorer), contributions);
	return contributions;
}

/* Numbers that JSON does not have are written as to_jsonb() writes them */
static void
WriteNumber(StringInfo out, double x)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(x, digits);
	appendStringInfo(out, isfinite(x) ? "%s" : "\"%s\"", digits);
}

/* The names of the inputs as keys of JSON; none may hide the base */
static char **
InputKeys(const ScoreCall *call)
{
	char **keys = palloc(sizeof(char *) * call->n_inputs);

	for (uint32 i = 0; i < call->n_inputs; i++)
	{
		StringInfoData key;
		char *name = ModelInputName(call->model, i);

		if (strcmp(name, BASE_NAME) == 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("the model has an input of the name \"" BASE_NAME
								   "\", which is that of the expected value"),
							errhint("Use drift.explain_array().")));
		initStringInfo(&key);
		escape_json(&key, name);
		keys[i] = key.data;
	}
	return keys;
}

static void
WriteMargin(StringInfo out, const ScoreCall *call, char **keys, const double *contributions)
{
	appendStringInfoChar(out, '{');
	for (uint32 i = 0; i < call->n_inputs; i++)
	{
		appendStringInfo(out, "%s: ", keys[i]);
		WriteNumber(out, contributions[i]);
		appendStringInfoString(out, ", ");
	}
	appendStringInfoString(out, "\"" BASE_NAME "\": ");
	WriteNumber(out, contributions[call->n_inputs]);
	appendStringInfoChar(out, '}');
}

/* What several margins are told apart by: the class, or the number of the output */
static void
WriteGroup(StringInfo out, const ScoreCall *call, uint32 group)
{
	const uint32 *labels = drift_model_section(call->model, DRIFT_SECTION_LABELS);

	if (drift_model_count(call->model, DRIFT_SECTION_LABELS) == call->model->groups)
		escape_json(out, ModelString(call->model, labels[group]));
	else
		appendStringInfo(out, "\"%u\"", group + 1);
}

Datum
ScoreExplanation(ScoreCall *call)
{
	char **keys = InputKeys(call);
	double *contributions = Explain(call);
	StringInfoData out;

	initStringInfo(&out);
	if (call->model->groups == 1)
		WriteMargin(&out, call, keys, contributions);
	else
		for (uint32 g = 0; g < call->model->groups; g++)
		{
			appendStringInfoString(&out, g > 0 ? ", " : "{");
			WriteGroup(&out, call, g);
			appendStringInfoString(&out, ": ");
			WriteMargin(&out, call, keys, contributions + (Size) g * (call->n_inputs + 1));
		}
	if (call->model->groups > 1)
		appendStringInfoChar(&out, '}');
	pfree(contributions);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data));
}

/* A margin's contributions in the order that the row came in: that of the columns a model is bound to, or of its inputs */
static void
PlaceContributions(const ScoreCall *call, const double *contributions, double *placed)
{
	const DriftColumn *columns = drift_model_section(call->model, DRIFT_SECTION_COLUMNS);
	uint32 n_columns = drift_model_count(call->model, DRIFT_SECTION_COLUMNS);

	if (n_columns == 0)
		memcpy(placed, contributions, sizeof(double) * (call->n_inputs + 1));
	else
	{
		for (uint32 i = 0; i < n_columns; i++)
			placed[i] = columns[i].input == DRIFT_NO_INPUT ? 0 : contributions[columns[i].input];
		placed[n_columns] = contributions[call->n_inputs];
	}
}

Datum
ScoreContributions(ScoreCall *call)
{
	uint32 n_columns = drift_model_count(call->model, DRIFT_SECTION_COLUMNS);
	uint32 groups = call->model->groups;
	uint32 width = (n_columns > 0 ? n_columns : call->n_inputs) + 1;
	double *contributions = Explain(call);
	int dimensions = groups == 1 ? 1 : 2;
	Size size = ARR_OVERHEAD_NONULLS(dimensions) + sizeof(double) * groups * width;
	ArrayType *array = palloc0(size);

	SET_VARSIZE(array, size);
	array->ndim = dimensions;
	array->elemtype = FLOAT8OID;
	ARR_DIMS(array)[0] = groups;
	ARR_DIMS(array)[dimensions - 1] = width;
	for (int i = 0; i < dimensions; i++)
		ARR_LBOUND(array)[i] = 1;
	for (uint32 g = 0; g < groups; g++)
		PlaceContributions(call, contributions + (Size) g * (call->n_inputs + 1),
						   (double *) ARR_DATA_PTR(array) + (Size) g * width);
	pfree(contributions);
	return PointerGetDatum(array);
}
