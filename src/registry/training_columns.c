/*
 * training_columns.c
 *		Which columns of the training rows are what.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "registry/training_rows.h"

static bool
NameIsAmong(const char *name, const List *names)
{
	ListCell *lc;

	foreach (lc, names)
		if (strcmp(lfirst(lc), name) == 0)
			return true;
	return false;
}

static char *
ColumnList(TupleDesc descriptor)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < descriptor->natts; i++)
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "", NameStr(TupleDescAttr(descriptor, i)->attname));
	return names.data;
}

static AttrNumber
FindAttribute(TupleDesc descriptor, const char *name)
{
	AttrNumber found = 0;

	for (int i = 0; i < descriptor->natts; i++)
	{
		if (strcmp(NameStr(TupleDescAttr(descriptor, i)->attname), name) != 0)
			continue;
		if (found != 0)
			ereport(ERROR,
					(errcode(ERRCODE_AMBIGUOUS_COLUMN), errmsg("the training rows have two columns named \"%s\"", name),
					 errhint("Select one of them, or give one another name.")));
		found = i + 1;
	}
	return found;
}

static AttrNumber
RequireAttribute(TupleDesc descriptor, const char *name)
{
	AttrNumber found = FindAttribute(descriptor, name);

	if (found == 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("the training rows have no column \"%s\"", name),
						errdetail("Their columns are: %s.", ColumnList(descriptor))));
	return found;
}

static TrainingColumn
DescribeColumn(TrainingRows *rows, TupleDesc descriptor, AttrNumber attno)
{
	Form_pg_attribute attribute = TupleDescAttr(descriptor, attno - 1);
	TrainingColumn column = {.attno = attno, .type = attribute->atttypid};

	column.name = MemoryContextStrdup(rows->context, NameStr(attribute->attname));
	column.hasher.reader = FindReader(attribute->atttypid);
	column.categorical = !ReaderIsNumeric(column.hasher.reader);
	rows->last_attno = Max(rows->last_attno, attno);
	return column;
}

pg_noreturn static void
RefuseType(const TrainingColumn *column, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("cannot train on column \"%s\" of type %s", column->name, format_type_be(column->type)),
					errhint("%s", hint)));
}

static bool
IsTime(ValueReader reader)
{
	return reader == READ_DATE || reader == READ_TIMESTAMP;
}

/* Booleans are the numbers 0 and 1, as when a model scores them */
static TrainingColumn
DescribeFeature(TrainingRows *rows, TupleDesc descriptor, AttrNumber attno)
{
	TrainingColumn column = DescribeColumn(rows, descriptor, attno);

	switch (column.hasher.reader)
	{
		case READ_DATE:
		case READ_TIMESTAMP:
			RefuseType(&column,
					   "Exclude it, or select a number that says what matters of it, such as an age in days or "
					   "extract(dow FROM ...).");
			break;
		case READ_CHAR:
		case READ_UUID:
		case READ_NOTHING:
			RefuseType(&column, "Exclude it, or cast it to a number, boolean or text.");
			break;
		case READ_BOOL:
			column.categorical = false;
			break;
		default:
			break;
	}
	if (column.categorical)
		column.codes = CategoryCodesCreateUnlimited(rows->context);
	return column;
}

static void
FindLabel(TrainingRows *rows, TupleDesc descriptor)
{
	rows->label = DescribeColumn(rows, descriptor, RequireAttribute(descriptor, rows->label_name));
	if (IsTime(rows->label.hasher.reader) || rows->label.hasher.reader == READ_NOTHING ||
		rows->label.hasher.reader == READ_CHAR || rows->label.hasher.reader == READ_UUID)
		RefuseType(&rows->label, "A label is a number, boolean, text or enum.");
	if (rows->label.categorical)
		rows->label.codes = CategoryCodesCreateUnlimited(rows->context);
}

/* A column that the options name, or one of that name by itself */
static TrainingColumn
FindSpecial(TrainingRows *rows, TupleDesc descriptor, const char *wanted, const char *usual)
{
	AttrNumber attno = wanted != NULL ? RequireAttribute(descriptor, wanted) : FindAttribute(descriptor, usual);

	return attno == 0 ? (TrainingColumn){0} : DescribeColumn(rows, descriptor, attno);
}

static void
FindWeight(TrainingRows *rows, TupleDesc descriptor)
{
	rows->weight = FindSpecial(rows, descriptor, rows->options->weight, "drift_weight");
	if (rows->weight.attno != 0 && (rows->weight.categorical || IsTime(rows->weight.hasher.reader)))
		RefuseType(&rows->weight, "A weight is a number.");
}

static void
FindSplit(TrainingRows *rows, TupleDesc descriptor)
{
	rows->split = FindSpecial(rows, descriptor, rows->options->split, "drift_split");
	if (rows->split.attno != 0 && rows->split.hasher.reader != READ_TEXT)
		RefuseType(&rows->split, "It says train, valid or test as text.");
}

/* Columns that plans of training add */
static bool
IsReserved(const char *name)
{
	return strcmp(name, "drift_time") == 0 || strcmp(name, "drift_weight") == 0 || strcmp(name, "drift_split") == 0;
}

static bool
IsFeature(const TrainingRows *rows, TupleDesc descriptor, AttrNumber attno)
{
	const char *name = NameStr(TupleDescAttr(descriptor, attno - 1)->attname);

	return attno != rows->label.attno && attno != rows->weight.attno && attno != rows->split.attno &&
		   !IsReserved(name) && !NameIsAmong(name, rows->options->exclude);
}

static void
AddFeature(TrainingRows *rows, TupleDesc descriptor, AttrNumber attno)
{
	(void) RequireAttribute(descriptor, NameStr(TupleDescAttr(descriptor, attno - 1)->attname));
	rows->features[rows->n_features++] = DescribeFeature(rows, descriptor, attno);
}

static void
AddNamedFeatures(TrainingRows *rows, TupleDesc descriptor)
{
	ListCell *lc;

	foreach (lc, rows->options->features)
	{
		AttrNumber attno = RequireAttribute(descriptor, lfirst(lc));

		if (attno == rows->label.attno)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("column \"%s\" cannot be both feature and label", (char *) lfirst(lc))));
		for (int i = 0; i < rows->n_features; i++)
			if (rows->features[i].attno == attno)
				ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
								errmsg("feature \"%s\" is named twice", (char *) lfirst(lc))));
		AddFeature(rows, descriptor, attno);
	}
}

void
TrainingColumnsFind(TrainingRows *rows, TupleDesc descriptor)
{
	ListCell *lc;

	foreach (lc, rows->options->exclude)
		(void) RequireAttribute(descriptor, lfirst(lc));
	FindLabel(rows, descriptor);
	FindWeight(rows, descriptor);
	FindSplit(rows, descriptor);
	rows->features = MemoryContextAllocZero(
		rows->context, sizeof(TrainingColumn) * Max(descriptor->natts, list_length(rows->options->features)));
	if (rows->options->features != NIL)
		AddNamedFeatures(rows, descriptor);
	else
		for (AttrNumber attno = 1; attno <= descriptor->natts; attno++)
			if (IsFeature(rows, descriptor, attno))
				AddFeature(rows, descriptor, attno);
	if (rows->n_features == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the training rows have no features"),
						errdetail("Their columns are: %s.", ColumnList(descriptor))));
}
