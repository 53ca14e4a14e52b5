/*
 * label.h
 *		Categories as people write them.
 */
#ifndef DRIFT_PG_LABEL_H
#define DRIFT_PG_LABEL_H

#include "pg/value.h"

typedef struct Label
{
	const char *bytes;
	size_t length;
	char own[NAMEDATALEN]; /* for values that are not text */
} Label;

/* Finds the text of a category; it lives as long as the value and label. */
extern void ReadLabel(ValueReader reader, Datum value, Label *label);

#endif
