/*
 * model.h
 *		drift.model as a varlena: the bytes of a DriftModel, whose host_length is
 *		the length word.
 */
#ifndef DRIFT_PG_MODEL_H
#define DRIFT_PG_MODEL_H

#include "fmgr.h"
#include "nodes/nodes.h"

#include "compat.h"
#include "errors.h"
#include "model/draft.h"

/* Memory of a context and the patience of a query. */
extern DriftHost ModelHost(MemoryContext context);

/* The input function of the type. */
extern Datum drift_model_in(PG_FUNCTION_ARGS);

/* The model in memory, aligned; the datum itself where that is one. */
extern const DriftModel *ModelDetoast(Datum datum);

/*
 * Judges size bytes that came from outside. Refuses them by an error, or where
 * escontext wants soft errors by false. Bytes that pass are a model.
 */
extern bool ModelAccept(const DriftModel *m, Size size, fmNodePtr escontext);

/* A draft as a value with its digest; false, and why, if it is not a model. */
extern DriftModel *ModelPack(const DriftDraft *draft, DriftRefusal *refusal);

/* A string of the model as text of the server, terminated, in the current memory context. */
extern char *ModelString(const DriftModel *m, uint32 number);

/* The name of an input, likewise. */
extern char *ModelInputName(const DriftModel *m, uint32 input);

#endif
