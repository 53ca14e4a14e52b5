/*
 * training_rows.h
 *		Rows of a query on their way into memory, column by column.
 */
#ifndef DRIFT_REGISTRY_TRAINING_ROWS_H
#define DRIFT_REGISTRY_TRAINING_ROWS_H

#include "executor/tuptable.h"

#include "compat.h"
#include "pg/category_codes.h"
#include "pg/value_hash.h"
#include "registry/training_options.h"
#include "train/design.h"

typedef struct TrainingColumn
{
	char *name;
	AttrNumber attno; /* 0: there is none */
	Oid type;
	bool categorical;
	CategoryCodes *codes; /* of categories, in the order in which they came */
	ValueHasher hasher;
} TrainingColumn;

/* Rows for training, or those that choose */
typedef struct TrainingSide
{
	uint64 n;
	uint64 room;
	void **columns; /* of doubles, or of categories of codes */
	double *target; /* numbers, or of categories codes */
	double *weights;
} TrainingSide;

typedef enum TrainingPart
{
	TRAINING_TRAIN,
	TRAINING_VALID,
	TRAINING_LEFT_OUT
} TrainingPart;

typedef struct TrainingRows
{
	const TrainingOptions *options;
	const char *label_name;
	MemoryContext context;     /* of all that stays */
	MemoryContext row_context; /* of values that are being read */
	int n_features;
	TrainingColumn *features;
	TrainingColumn label;
	TrainingColumn weight;
	TrainingColumn split;
	AttrNumber last_attno;
	TrainingSide side[2];
	uint64 without_label;
	uint64 without_weight;
	uint64 held_out;
	uint32 since_reset;
} TrainingRows;

/* Finds out which columns of the descriptor are what. */
extern void TrainingColumnsFind(TrainingRows *rows, TupleDesc descriptor);

/* Runs the query and keeps its rows. */
extern void TrainingRowsRead(TrainingRows *rows, const char *query);

/* Bytes of what is kept so far. */
extern uint64 TrainingRowsBytes(const TrainingRows *rows);

#endif
