#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/class_probabilities.h"
#include "pg/constant_argument.h"
#include "pg/weight.h"

/* Get the scores; false where one is missing */
static bool
ReadScores(FunctionCallInfo fcinfo, ClassScores *row)
{
	ArrayType *array;

	if (PG_ARGISNULL(1))
		return false;
	array = PG_GETARG_ARRAYTYPE_P(1);
	row->classes = ARR_NDIM(array) == 1 ? ARR_DIMS(array)[0] : 0;
	if (row->classes < 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a row must have a score for each of two classes or more"),
				 errdetail("It has %d.", ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array))),
				 errhint("Two classes with one score have roc_auc(score, actual) and log_loss(score, actual).")));
	if (ARR_HASNULL(array))
		return false;
	row->scores = (const double *) ARR_DATA_PTR(array);
	for (int i = 0; i < row->classes; i++)
		if (isnan(row->scores[i]))
			return false;
	return true;
}

static bool
ReadNumberOfClass(FunctionCallInfo fcinfo, ClassScores *row)
{
	if (PG_ARGISNULL(2))
		return false;
	row->actual = PG_GETARG_INT32(2);
	if (row->actual < 0 || row->actual >= row->classes)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no class number %d", row->actual),
			 errdetail("Scores are of the classes 0 to %d.", row->classes - 1),
			 errhint(
				 "Numbers of classes begin at 0. Give labels with an array of all labels: (scores, label, classes).")));
	return true;
}

/* The labels of the classes, as the rows before had them */
typedef struct ClassNames
{
	MemoryContext context; /* of all below */
	ArrayType *array;
	int count;
	Datum *labels;
	bool *nulls;
} ClassNames;

static bool
SameArray(const ArrayType *a, const ArrayType *b)
{
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

/* Get the labels of the classes, which are read again when they change */
static const ClassNames *
ReadClassNames(FunctionCallInfo fcinfo)
{
	FmgrInfo *flinfo = fcinfo->flinfo;
	ClassNames *names = flinfo->fn_extra;
	ArrayType *array;
	MemoryContext old;

	if (PG_ARGISNULL(3))
		RefuseArgument("classes");
	array = PG_GETARG_ARRAYTYPE_P(3);
	if (names && SameArray(names->array, array))
		return names;
	if (names == NULL)
	{
		flinfo->fn_extra = names = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(ClassNames));
		names->context = AllocSetContextCreate(flinfo->fn_mcxt, "drift classes", ALLOCSET_SMALL_SIZES);
	}
	MemoryContextReset(names->context);
	old = MemoryContextSwitchTo(names->context);
	names->array = (ArrayType *) palloc(VARSIZE(array));
	memcpy(names->array, array, VARSIZE(array));
	deconstruct_array(names->array, TEXTOID, -1, false, TYPALIGN_INT, &names->labels, &names->nulls, &names->count);
	MemoryContextSwitchTo(old);
	return names;
}

static bool
SameLabel(const text *label, Datum other)
{
	const text *name = DatumGetTextPP(other);

	return VARSIZE_ANY_EXHDR(label) == VARSIZE_ANY_EXHDR(name) &&
		   memcmp(VARDATA_ANY(label), VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) == 0;
}

static bool
ReadLabelOfClass(FunctionCallInfo fcinfo, ClassScores *row)
{
	const ClassNames *names = ReadClassNames(fcinfo);
	const text *label;

	if (names->count != row->classes)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a row must have as many scores as there are classes"),
						errdetail("It has %d, and there are %d classes.", row->classes, names->count)));
	if (PG_ARGISNULL(2))
		return false;
	label = PG_GETARG_TEXT_PP(2);
	for (row->actual = 0; row->actual < names->count; row->actual++)
		if (!names->nulls[row->actual] && SameLabel(label, names->labels[row->actual]))
			return true;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("\"%s\" is none of the classes", text_to_cstring(label)),
			 errdetail("The classes are %s.", OidOutputFunctionCall(F_ARRAY_OUT, PG_GETARG_DATUM(3)))));
}

bool
ReadClassScores(FunctionCallInfo fcinfo, bool labelled, int weight, ClassScores *row)
{
	row->weight = 1;
	return (PG_NARGS() <= weight || ReadWeight(fcinfo, weight, &row->weight)) && ReadScores(fcinfo, row) &&
		   (labelled ? ReadLabelOfClass(fcinfo, row) : ReadNumberOfClass(fcinfo, row));
}
