/*
 * training_set.h
 *		Rows for training and rows that choose, as designs in memory.
 */
#ifndef DRIFT_REGISTRY_TRAINING_SET_H
#define DRIFT_REGISTRY_TRAINING_SET_H

#include "registry/training_rows.h"

typedef struct TrainingSet
{
	MemoryContext context; /* of all of it */
	DriftDesign design[2]; /* by TrainingPart; both have the same columns and classes */
	uint32 *n_other;       /* of each column: labels that were left out as too rare */
	uint64 *class_rows[2]; /* rows of each class */
	uint64 without_label;  /* rows that were left out */
	uint64 without_weight;
	uint64 held_out;
	uint64 bytes;
} TrainingSet;

/*
 * Reads the rows of a query as whoever acts now, into a new context below
 * parent. Rows that cannot be learned from are errors that say why.
 */
extern TrainingSet *TrainingSetRead(const char *query, const char *label, const TrainingOptions *options,
									MemoryContext parent);

/* Rows that choose, or NULL without any. */
extern const DriftDesign *TrainingSetValid(const TrainingSet *set);

/* regression, binary or multiclass */
extern const char *TrainingSetTask(const TrainingSet *set);

extern Jsonb *TrainingSetDescribe(const TrainingSet *set, int handle);

/* Makes numbers or classes of what was read as the label. */
extern void TrainingTargetMake(TrainingSet *set, TrainingRows *rows);

/* Keeps the most frequent labels of a category; gives the number of the others. */
extern uint32 TrainingCategoriesMake(TrainingRows *rows, int feature, DriftDesignColumn *column);

/* The label of a category that was read, in the set's context. */
extern DriftText TrainingLabel(const TrainingRows *rows, ValueReader reader, const CategoryBytes *category);

/* Order of the bytes of labels, as qsort() wants it. */
extern int TrainingCompareLabels(const void *a, const void *b);

#endif
