/*
 * class_probabilities.h
 *		Rows with a score for each class, and the class that is so: its number
 *		from 0, or its label in an array of the labels of all classes.
 */
#ifndef DRIFT_PG_CLASS_PROBABILITIES_H
#define DRIFT_PG_CLASS_PROBABILITIES_H

#include "fmgr.h"

typedef struct ClassScores
{
	const double *scores;
	int classes;
	int actual;
	double weight;
} ClassScores;

/*
 * Read a row (scores, actual, ...) or (scores, actual, classes, ...); false when it is left out. weight is the number of
 * the argument that is its weight, which a call with fewer arguments has not. Error 22023 for a class that there is not.
 */
extern bool ReadClassScores(FunctionCallInfo fcinfo, bool labelled, int weight, ClassScores *row);

#endif
