/*
 * training_options.h
 *		Which columns of the training rows are what, and what is predicted.
 */
#ifndef DRIFT_REGISTRY_TRAINING_OPTIONS_H
#define DRIFT_REGISTRY_TRAINING_OPTIONS_H

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

/* In the order of the words of the option */
typedef enum TrainingTask
{
	TRAINING_REGRESSION,
	TRAINING_BINARY,
	TRAINING_MULTICLASS,
	TRAINING_CLASSES, /* two or more */
	TRAINING_BY_LABEL /* numbers, unless they are 0 and 1 */
} TrainingTask;

typedef struct TrainingOptions
{
	List *features; /* char *; NIL: all that are not something else */
	List *exclude;
	char *weight; /* column; NULL: drift_weight where there is one */
	char *split;  /* likewise drift_split */
	double validation_share;
	uint64 seed;
	TrainingTask task;
	char *positive;
	List *classes;
	uint32 max_categories;
} TrainingOptions;

/* Names of all options, ending with NULL. */
extern const char *const training_option_names[];

/* An error for what no option is called, and for values that they cannot have. */
extern TrainingOptions *TrainingOptionsRead(Jsonb *object);

#endif
