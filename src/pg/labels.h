/*
 * labels.h
 *		Labels of categories as places in an ordered list.
 */
#ifndef DRIFT_PG_LABELS_H
#define DRIFT_PG_LABELS_H

#include "utils/array.h"

typedef struct SortedLabels
{
	int count;
	char **labels; /* ascending, bytewise */
	int *lengths;
} SortedLabels;

/* The labels of an array of text, in place; an error unless they ascend and none is NULL. */
extern SortedLabels ReadSortedLabels(ArrayType *array);

/* Place of a label, from 0; the number of labels for one that is not among them. */
extern int PlaceOfLabel(const SortedLabels *labels, const char *bytes, int length);

#endif
