/*
 * design.h
 *		Training rows in memory, column by column, as they came.
 *
 * What a learner needs beyond (scaling, one-hot columns, a matrix) it makes
 * itself, block by block. Rows for training and rows that choose between
 * models or end a fit early are two designs with the same columns.
 */
#ifndef DRIFT_TRAIN_DESIGN_H
#define DRIFT_TRAIN_DESIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DRIFT_CODE_MISSING UINT32_MAX

/* A text of the server's encoding, not terminated. */
typedef struct DriftText
{
	const char *bytes;
	uint32_t length;
} DriftText;

typedef struct DriftDesignColumn
{
	DriftText name;
	bool categorical;
	const double *values;    /* of numbers: NaN where missing */
	const uint32_t *codes;   /* of categories: number of the label, or DRIFT_CODE_MISSING */
	const DriftText *labels; /* of categories, in the order of their bytes */
	uint32_t n_labels;
} DriftDesignColumn;

typedef struct DriftDesign
{
	uint64_t n_rows;
	uint32_t n_columns;
	const DriftDesignColumn *columns;
	const double *target;     /* the number, or of classes the number of the class from 0 on */
	const double *weights;    /* >= 0; NULL: all 1 */
	uint32_t n_classes;       /* 0: the target is a number */
	const DriftText *classes; /* in order: numbers by value, false before true, texts by their bytes */
} DriftDesign;

#endif
