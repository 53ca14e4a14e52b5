/*
 * features.h
 *		The features of a prediction for its log: those that the row has and the
 *		log has a column for, whether the model that answers reads them or not.
 */
#ifndef DRIFT_REGISTRY_FEATURES_H
#define DRIFT_REGISTRY_FEATURES_H

#include "registry/log_writer.h"

/* What is known of the columns of a writer while rows come. */
typedef struct FeatureReader
{
	MemoryContext context; /* of what follows, and of nothing else */
	uint64 writer;         /* number of the writer that it is for */
	uint32 *inputs;        /* of columns that a model reads as numbers: which; else DRIFT_NO_INPUT */
	bool bound;
	uint8 model[DRIFT_MODEL_DIGEST]; /* which model, if they are bound */
	TupleDesc descriptor;            /* of rows, or NULL */
	uint64 type;                     /* identifier of that type */
	Datum *row;
	bool *row_nulls;
	int *places; /* in the row, or -1 */
} FeatureReader;

extern FeatureReader *FeatureReaderCreate(MemoryContext owner);

/*
 * Values for the columns of the writer, in the current memory context, from
 * argument 1 of a call, which is jsonb or a record. The numbers that a model was
 * given need not be read again; model is NULL if there are none.
 */
typedef void (*FeatureRead)(FunctionCallInfo fcinfo, FeatureReader *reader, const LogWriter *writer,
							const DriftModel *model, const double *numbers, Datum *values, bool *missing);

extern void ReadJsonFeatures(FunctionCallInfo fcinfo, FeatureReader *reader, const LogWriter *writer,
							 const DriftModel *model, const double *numbers, Datum *values, bool *missing);
extern void ReadRowFeatures(FunctionCallInfo fcinfo, FeatureReader *reader, const LogWriter *writer,
							const DriftModel *model, const double *numbers, Datum *values, bool *missing);

#endif
