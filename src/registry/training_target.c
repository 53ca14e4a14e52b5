/*
 * training_target.c
 *		What is predicted: a number, or a class.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "utils/builtins.h"

#include "registry/training_set.h"

#define MOST_CLASSES 1000
#define MOST_NUMBER_CLASSES 20

/* The classes while they are found */
typedef struct Classes
{
	uint32 n;
	DriftText *labels;
	double *values; /* of labels that were read as numbers; of others their codes */
} Classes;

pg_noreturn static void
RefuseClasses(const TrainingRows *rows, const char *problem, const char *detail, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("label \"%s\" %s", rows->label.name, problem),
					detail != NULL ? errdetail_internal("%s", detail) : 0, hint != NULL ? errhint("%s", hint) : 0));
}

/* numbers */

static uint32
PlaceOfNumber(const double *values, uint32 n, double x)
{
	uint32 low = 0;
	uint32 high = n;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if (values[middle] < x)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The distinct numbers in order, no more than most of them and one more */
static uint32
DistinctNumbers(const TrainingRows *rows, double *values, uint32 most)
{
	uint32 n = 0;

	for (int part = 0; part < 2; part++)
		for (uint64 row = 0; row < rows->side[part].n; row++)
		{
			double x = rows->side[part].target[row];
			uint32 place = PlaceOfNumber(values, n, x);

			if (place < n && values[place] == x)
				continue;
			memmove(values + place + 1, values + place, (n - place) * sizeof(double));
			values[place] = x;
			if (++n > most)
				return n;
		}
	return n;
}

static DriftText
NumberText(const TrainingRows *rows, double x)
{
	DriftText text;
	char *bytes = MemoryContextAlloc(rows->context, DOUBLE_SHORTEST_DECIMAL_LEN);

	text.length = double_to_shortest_decimal_buf(x + 0.0, bytes);
	text.bytes = bytes;
	return text;
}

static bool
AreNumbers(TrainingRows *rows, const double *values, uint32 n)
{
	if (rows->options->task == TRAINING_REGRESSION)
		return true;
	return rows->options->task == TRAINING_BY_LABEL && rows->options->classes == NIL &&
		   rows->options->positive == NULL && !(n == 2 && values[0] == 0 && values[1] == 1);
}

static void
ClassesOfNumbers(const TrainingRows *rows, const double *values, uint32 n, Classes *classes)
{
	bool whole = true;

	for (uint32 i = 0; i < n; i++)
		whole = whole && values[i] == floor(values[i]);
	if (n > MOST_NUMBER_CLASSES || !whole)
		RefuseClasses(rows,
					  n > MOST_NUMBER_CLASSES ? "has too many distinct numbers for classes" : "is not of whole numbers",
					  "Numbers are classes where they are whole and no more than 20 are distinct.",
					  "Predict the number itself by the task regression, or cast the label to text.");
	classes->n = n;
	for (uint32 i = 0; i < n; i++)
	{
		classes->values[i] = values[i];
		classes->labels[i] = NumberText(rows, values[i]);
	}
}

/* texts */

static void
ClassesOfTexts(const TrainingRows *rows, Classes *classes)
{
	int64 n = CategoryCodesCount(rows->label.codes);
	CategoryBytes *categories;

	if (n > MOST_CLASSES)
		RefuseClasses(rows, "has more than 1000 classes", psprintf("It has " INT64_FORMAT ".", n),
					  "Group rare ones into one.");
	categories = palloc_array(CategoryBytes, n + 1);
	CategoryCodesLabels(rows->label.codes, categories);
	classes->n = n;
	for (int64 i = 0; i < n; i++)
	{
		classes->labels[i] = TrainingLabel(rows, rows->label.hasher.reader, &categories[i]);
		classes->values[i] = i;
	}
}

/* Sorts texts, which takes false before true; numbers are in order already */
static void
SortClasses(const TrainingRows *rows, Classes *classes)
{
	for (uint32 i = 1; rows->label.categorical && i < classes->n; i++)
		for (uint32 j = i; j > 0 && TrainingCompareLabels(&classes->labels[j - 1], &classes->labels[j]) > 0; j--)
		{
			DriftText label = classes->labels[j];
			double value = classes->values[j];

			classes->labels[j] = classes->labels[j - 1];
			classes->values[j] = classes->values[j - 1];
			classes->labels[j - 1] = label;
			classes->values[j - 1] = value;
		}
}

/* what the options say of classes */

static char *
TextOf(DriftText text)
{
	return pnstrdup(text.bytes, text.length);
}

static uint32
FindClass(const Classes *classes, const char *label)
{
	for (uint32 i = 0; i < classes->n; i++)
		if (classes->labels[i].length == strlen(label) && memcmp(classes->labels[i].bytes, label, strlen(label)) == 0)
			return i;
	return classes->n;
}

/* In the order of the list, which may name some that no row has */
static void
TakeListedClasses(const TrainingRows *rows, Classes *classes)
{
	Classes found = *classes;
	uint32 n_taken = 0;
	ListCell *lc;

	if (rows->options->classes == NIL)
		return;
	classes->n = 0;
	classes->labels = MemoryContextAlloc(rows->context, sizeof(DriftText) * list_length(rows->options->classes));
	classes->values = palloc_array(double, list_length(rows->options->classes));
	foreach (lc, rows->options->classes)
	{
		uint32 place = FindClass(&found, lfirst(lc));

		if (FindClass(classes, lfirst(lc)) < classes->n)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("class \"%s\" is listed twice", (char *) lfirst(lc))));
		classes->labels[classes->n] = (DriftText){MemoryContextStrdup(rows->context, lfirst(lc)), strlen(lfirst(lc))};
		classes->values[classes->n++] = place < found.n ? found.values[place] : NAN;
		n_taken += place < found.n;
	}
	for (uint32 i = 0; n_taken < found.n && i < found.n; i++)
		if (FindClass(classes, TextOf(found.labels[i])) == classes->n)
			RefuseClasses(rows, psprintf("has a class that is not listed: \"%s\"", TextOf(found.labels[i])), NULL,
						  "List it, or leave its rows out.");
}

/* The positive class of two is the second one */
static void
PlacePositive(const TrainingRows *rows, Classes *classes)
{
	DriftText first = classes->labels[0];
	double value = classes->values[0];

	if (rows->options->positive == NULL)
		return;
	if (classes->n != 2)
		RefuseClasses(rows, "has a positive class only where there are two", psprintf("It has %u.", classes->n), NULL);
	switch (FindClass(classes, rows->options->positive))
	{
		case 0:
			classes->labels[0] = classes->labels[1];
			classes->values[0] = classes->values[1];
			classes->labels[1] = first;
			classes->values[1] = value;
			return;
		case 1:
			return;
		default:
			RefuseClasses(
				rows, psprintf("has no class \"%s\"", rows->options->positive),
				psprintf("Its classes are \"%s\" and \"%s\".", TextOf(classes->labels[0]), TextOf(classes->labels[1])),
				NULL);
	}
}

/* targets */

static void
NumberClasses(TrainingSet *set, TrainingRows *rows, const Classes *classes)
{
	uint32 *class_of = NULL;

	if (rows->label.categorical)
	{
		class_of = palloc_array(uint32, CategoryCodesCount(rows->label.codes) + 1);
		for (uint32 c = 0; c < classes->n; c++)
			if (!isnan(classes->values[c]))
				class_of[(uint32) classes->values[c]] = c;
	}
	for (int part = 0; part < 2; part++)
	{
		set->class_rows[part] = MemoryContextAllocZero(rows->context, sizeof(uint64) * classes->n);
		for (uint64 row = 0; row < rows->side[part].n; row++)
		{
			double *target = &rows->side[part].target[row];
			uint32 c = 0;

			if (class_of != NULL)
				c = class_of[(uint32) *target];
			else
				while (classes->values[c] != *target)
					c++;
			*target = c;
			set->class_rows[part][c]++;
		}
		set->design[part].n_classes = classes->n;
		set->design[part].classes = classes->labels;
	}
}

/* Rows for training must be of two classes at least */
static void
RequireTwoClasses(const TrainingSet *set, const TrainingRows *rows, const Classes *classes)
{
	uint32 n_there = 0;
	uint32 only = 0;

	for (uint32 c = 0; c < classes->n; c++)
		if (set->class_rows[TRAINING_TRAIN][c] > 0)
		{
			n_there++;
			only = c;
		}
	if (n_there < 2)
		RefuseClasses(rows, "has only one class",
					  psprintf("All rows for training are of \"%s\".", TextOf(classes->labels[only])),
					  "Train on rows of at least two classes.");
}

static void
MakeClasses(TrainingSet *set, TrainingRows *rows, Classes *classes)
{
	SortClasses(rows, classes);
	TakeListedClasses(rows, classes);
	if (rows->options->task == TRAINING_BINARY && classes->n > 2)
		RefuseClasses(rows, "has more than two classes", psprintf("It has %u.", classes->n), NULL);
	if (classes->n >= 2)
		PlacePositive(rows, classes);
	NumberClasses(set, rows, classes);
	RequireTwoClasses(set, rows, classes);
}

static void
RequireDifferentNumbers(const TrainingRows *rows)
{
	const TrainingSide *train = &rows->side[TRAINING_TRAIN];

	for (uint64 row = 1; row < train->n; row++)
		if (train->target[row] != train->target[0])
			return;
	RefuseClasses(rows, "is constant", psprintf("It is %g in all rows for training.", train->target[0]), NULL);
}

void
TrainingTargetMake(TrainingSet *set, TrainingRows *rows)
{
	double values[MOST_NUMBER_CLASSES + 1];
	Classes classes = {.labels = MemoryContextAlloc(rows->context, sizeof(DriftText) * MOST_CLASSES),
					   .values = palloc_array(double, MOST_CLASSES)};

	if (rows->label.categorical)
	{
		if (rows->options->task == TRAINING_REGRESSION)
			RefuseClasses(rows, psprintf("is of type %s, not a number", format_type_be(rows->label.type)), NULL,
						  "Regression predicts numbers; an algorithm such as logistic predicts classes.");
		ClassesOfTexts(rows, &classes);
	}
	else
	{
		uint32 n = DistinctNumbers(rows, values, MOST_NUMBER_CLASSES);

		if (AreNumbers(rows, values, n))
		{
			RequireDifferentNumbers(rows);
			return;
		}
		ClassesOfNumbers(rows, values, n, &classes);
	}
	MakeClasses(set, rows, &classes);
}
