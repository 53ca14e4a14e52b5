/*
 * multiclass.h
 *		Classes of any type as text, and what aggregates over them count.
 */
#ifndef DRIFT_PG_MULTICLASS_H
#define DRIFT_PG_MULTICLASS_H

#include "fmgr.h"

#include "pg/category_codes.h"
#include "pg/label.h"
#include "pg/labelled.h"
#include "pg/value.h"
#include "stats/multiclass.h"

/* The text of a class; numbers of all types are written alike. */
typedef struct ClassText
{
	CategoryBytes category;
	Label label;
	char number[32];
} ClassText;

/* How to read the arguments that are classes. */
typedef struct ClassReaders
{
	ValueReader of[2];
	bool by_value; /* both are Datums that are the same if and only if the classes are */
} ClassReaders;

/* Readers of the arguments 1 and 2, kept as long as the function is; error 42804 for types that are no classes. */
extern const ClassReaders *ClassReadersOf(FunctionCallInfo fcinfo);

/* Finds the text of a class; false for NaN, which is missing. It lives as long as the value and text. */
extern bool ReadClass(ValueReader reader, Datum value, ClassText *text);

/* The argument that names an average, which is the same for all rows. */
typedef struct AverageArgument
{
	bool given;
	DriftAverage value;
	text *name; /* as it came, to compare with */
} AverageArgument;

/* Keeps the average of the first row; error 22023 for a name that is none, is NULL or is not that of the rows before. */
extern void KeepAverage(const text *name, MemoryContext context, AverageArgument *average);

static inline void
TakeAverage(FunctionCallInfo fcinfo, int number, MemoryContext context, AverageArgument *average)
{
	const text *name = PG_ARGISNULL(number) ? NULL : PG_GETARG_TEXT_PP(number);

	if (unlikely(name == NULL || !average->given || !LabelledSameText(name, average->name)))
		KeepAverage(name, context, average);
}

/* Rows, and their weights where rows have some. */
typedef struct ClassRows
{
	int64 rows;
	DriftSum weight;
} ClassRows;

typedef struct ClassCounts
{
	ClassRows hits;
	ClassRows predicted;
	ClassRows actual;
} ClassCounts;

/* Pairs of classes and their rows: confusion_cells.c */

typedef struct ConfusionCells ConfusionCells;

typedef struct ConfusionCell
{
	uint32 prediction;
	uint32 actual;
	ClassRows count;
} ConfusionCell;

extern ConfusionCells *ConfusionCellsCreate(MemoryContext context);

/* The rows of a pair of codes, to add to; valid until the next call. Error 53400 when there are too many pairs for memory. */
extern ClassRows *ConfusionCellOf(ConfusionCells *cells, uint32 prediction, uint32 actual);

extern int64 ConfusionCellsCount(const ConfusionCells *cells);

/* Writes the pairs, in no order, to an array with room for all. */
extern void ConfusionCellsList(const ConfusionCells *cells, ConfusionCell *list);

/* Codes of values that are passed by value, at the place of their last bits */
#define RECENT_CODES 16

typedef struct RecentCode
{
	Datum value;
	uint32 code_above; /* the code + 1; 0: none yet */
} RecentCode;

/* State of the aggregates over (prediction, actual). */
typedef struct MulticlassState
{
	MemoryContext context;
	CategoryCodes *codes; /* of the classes */
	ClassCounts *classes; /* by code */
	int64 capacity;
	ConfusionCells *cells; /* of confusion_matrix alone; or NULL */
	int64 n;
	bool weighted;
	AverageArgument average;
	double beta;
	RecentCode recent[2][RECENT_CODES]; /* of predictions, of what is so */
} MulticlassState;

#endif
