#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "registry/jsonb_parts.h"
#include "registry/training_set.h"

/* making */

static void
RequireRows(const TrainingRows *rows)
{
	if (rows->side[TRAINING_TRAIN].n > 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there are no rows to train on"),
			 errdetail(UINT64_FORMAT " rows have no label, " UINT64_FORMAT " no weight, " UINT64_FORMAT
									 " only choose, " UINT64_FORMAT " are held out.",
					   rows->without_label, rows->without_weight, rows->side[TRAINING_VALID].n, rows->held_out)));
}

static void
RequireWeight(const TrainingRows *rows)
{
	const TrainingSide *train = &rows->side[TRAINING_TRAIN];

	for (uint64 row = 0; row < train->n; row++)
		if (train->weights == NULL || train->weights[row] > 0)
			return;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("all rows for training have the weight 0")));
}

/* What both designs know of a column; which values it has they know each for itself */
static void
MakeColumns(TrainingSet *set, TrainingRows *rows)
{
	DriftDesignColumn *columns[2];

	for (int part = 0; part < 2; part++)
	{
		columns[part] = MemoryContextAllocZero(set->context, sizeof(DriftDesignColumn) * rows->n_features);
		set->design[part].columns = columns[part];
		set->design[part].n_columns = rows->n_features;
	}
	set->n_other = MemoryContextAllocZero(set->context, sizeof(uint32) * rows->n_features);
	for (int i = 0; i < rows->n_features; i++)
	{
		DriftDesignColumn column = {.name = {rows->features[i].name, strlen(rows->features[i].name)},
									.categorical = rows->features[i].categorical};

		if (column.categorical)
			set->n_other[i] = TrainingCategoriesMake(rows, i, &column);
		for (int part = 0; part < 2; part++)
		{
			columns[part][i] = column;
			if (rows->side[part].columns == NULL)
				continue;
			if (column.categorical)
				columns[part][i].codes = rows->side[part].columns[i];
			else
				columns[part][i].values = rows->side[part].columns[i];
		}
	}
}

TrainingSet *
TrainingSetRead(const char *query, const char *label, const TrainingOptions *options, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "drift training set", ALLOCSET_DEFAULT_SIZES);
	TrainingSet *set = MemoryContextAllocZero(context, sizeof(TrainingSet));
	TrainingRows rows = {.options = options, .label_name = label, .context = context};

	set->context = context;
	TrainingRowsRead(&rows, query);
	RequireRows(&rows);
	RequireWeight(&rows);
	for (int part = 0; part < 2; part++)
	{
		set->design[part].n_rows = rows.side[part].n;
		set->design[part].target = rows.side[part].target;
		set->design[part].weights = rows.side[part].weights;
	}
	MakeColumns(set, &rows);
	TrainingTargetMake(set, &rows);
	set->without_label = rows.without_label;
	set->without_weight = rows.without_weight;
	set->held_out = rows.held_out;
	set->bytes = TrainingRowsBytes(&rows);
	return set;
}

/* telling */

const DriftDesign *
TrainingSetValid(const TrainingSet *set)
{
	return set->design[TRAINING_VALID].n_rows > 0 ? &set->design[TRAINING_VALID] : NULL;
}

const char *
TrainingSetTask(const TrainingSet *set)
{
	uint32 n_classes = set->design[TRAINING_TRAIN].n_classes;

	return n_classes == 0 ? "regression" : n_classes == 2 ? "binary" : "multiclass";
}

static void
AddClasses(JsonbParseState **state, const TrainingSet *set)
{
	const DriftDesign *design = &set->design[TRAINING_TRAIN];

	JsonbAddKey(state, "classes", strlen("classes"));
	if (design->n_classes == 0)
	{
		pushJsonbValue(state, WJB_VALUE, &(JsonbValue){.type = jbvNull});
		return;
	}
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (uint32 c = 0; c < design->n_classes; c++)
		pushJsonbValue(
			state, WJB_ELEM,
			&(JsonbValue){.type = jbvString,
						  .val.string = {.len = design->classes[c].length, .val = (char *) design->classes[c].bytes}});
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

static void
AddClassRows(JsonbParseState **state, const TrainingSet *set, TrainingPart part)
{
	const DriftDesign *design = &set->design[part];

	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	for (uint32 c = 0; c < design->n_classes; c++)
	{
		JsonbAddKey(state, design->classes[c].bytes, design->classes[c].length);
		pushJsonbValue(state, WJB_VALUE,
					   &(JsonbValue){.type = jbvNumeric, .val.numeric = int64_to_numeric(set->class_rows[part][c])});
	}
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static void
AddRows(JsonbParseState **state, const TrainingSet *set)
{
	JsonbAddKey(state, "rows", strlen("rows"));
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	JsonbAddInteger(state, "train", set->design[TRAINING_TRAIN].n_rows);
	JsonbAddInteger(state, "valid", set->design[TRAINING_VALID].n_rows);
	JsonbAddInteger(state, "held_out", set->held_out);
	JsonbAddInteger(state, "without_label", set->without_label);
	JsonbAddInteger(state, "without_weight", set->without_weight);
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static void
AddColumns(JsonbParseState **state, const TrainingSet *set)
{
	const DriftDesign *design = &set->design[TRAINING_TRAIN];

	JsonbAddKey(state, "columns", strlen("columns"));
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (uint32 i = 0; i < design->n_columns; i++)
	{
		const DriftDesignColumn *column = &design->columns[i];

		pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
		JsonbAddText(state, "name", column->name.bytes);
		JsonbAddText(state, "kind", column->categorical ? "category" : "number");
		if (column->categorical)
		{
			JsonbAddInteger(state, "labels", column->n_labels);
			JsonbAddInteger(state, "other", set->n_other[i]);
		}
		pushJsonbValue(state, WJB_END_OBJECT, NULL);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

Jsonb *
TrainingSetDescribe(const TrainingSet *set, int handle)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	JsonbAddInteger(&state, "set", handle);
	JsonbAddText(&state, "task", TrainingSetTask(set));
	AddClasses(&state, set);
	AddRows(&state, set);
	if (set->design[TRAINING_TRAIN].n_classes > 0)
	{
		JsonbAddKey(&state, "class_rows", strlen("class_rows"));
		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		for (TrainingPart part = TRAINING_TRAIN; part <= TRAINING_VALID; part++)
		{
			JsonbAddKey(&state, part == TRAINING_TRAIN ? "train" : "valid", 5);
			AddClassRows(&state, set, part);
		}
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	AddColumns(&state, set);
	JsonbAddInteger(&state, "bytes", set->bytes);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}
