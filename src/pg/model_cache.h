/*
 * model_cache.h
 *		Prepared models of this backend.
 *
 * A model is prepared once and kept, by its digest, until others need the room
 * that drift.model_cache_size gives. Who scores holds a reference, which its
 * memory context lets go; a model that is referred to is never dropped.
 */
#ifndef DRIFT_PG_MODEL_CACHE_H
#define DRIFT_PG_MODEL_CACHE_H

#include "access/detoast.h"
#include "lib/ilist.h"

#include "compat.h"
#include "model/explain.h"

typedef struct CachedModel
{
	uint8 digest[DRIFT_MODEL_DIGEST]; /* key of the hash table */
	dlist_node used;                  /* in the order of last use */
	MemoryContext context;            /* of the model and what was prepared from it */
	const DriftModel *model;
	DriftScorer *scorer;
	DriftExplainer *explainer; /* NULL until somebody asks */
	Size bytes;
	int references;
} CachedModel;

typedef struct ModelReference
{
	CachedModel *held;         /* or NULL */
	bool placed;               /* the model came from disk: */
	varatt_external place;     /* there */
	MemoryContextCallback end; /* lets the model go */
} ModelReference;

/* An empty reference, which ends with the memory context. */
extern ModelReference *ModelRefer(MemoryContext owner);

/* Makes the reference hold the model of a datum. */
extern void ModelHold(ModelReference *reference, Datum model);

/* Makes it hold the model of a digest if that is in the cache; else false, and nothing has changed. */
extern bool ModelHoldDigest(ModelReference *reference, const uint8 *digest);

/* What explains rows of a model that is held; an error if nothing can. */
extern DriftExplainer *ModelExplainer(CachedModel *held);

/* Is the datum certainly the model that is held? Looks at the first bytes of it and at nothing else. */
static inline bool
ModelIsHeld(const ModelReference *reference, Datum model)
{
	const char *bytes = DatumGetPointer(model);

	if (reference->held == NULL)
		return false;
	if (VARATT_IS_4B_U(bytes))
		return memcmp(bytes + offsetof(DriftModel, digest), reference->held->digest, DRIFT_MODEL_DIGEST) == 0;
	return reference->placed && VARATT_IS_EXTERNAL_ONDISK(bytes) &&
		   memcmp(VARDATA_EXTERNAL(bytes), &reference->place, sizeof(varatt_external)) == 0;
}

#endif
