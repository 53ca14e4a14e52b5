/*
 * route.h
 *		Which versions of a model answer, as a statement's snapshot shows it.
 */
#ifndef DRIFT_REGISTRY_ROUTE_H
#define DRIFT_REGISTRY_ROUTE_H

#include "model/model.h"
#include "pg/score.h"
#include "registry/mark.h"
#include "registry/reference.h"

/* Arms in their order; a direct reference is a champion of that name and the only arm. */
typedef enum ArmPlace
{
	ARM_CHAMPION,
	ARM_CHALLENGER,
	ARM_SHADOW,
	ARM_PLACES
} ArmPlace;

typedef struct RouteArm
{
	int32 version; /* 0: there is no such arm */
	char name[NAMEDATALEN];
	int32 first_bucket; /* of a shadow: none */
	int32 end_bucket;
	bool has_artefact; /* in the database, of this digest */
	uint8 digest[DRIFT_MODEL_DIGEST];
} RouteArm;

typedef struct Route
{
	RegisteredModel model;
	bool is_direct; /* of an alias or a version */
	RouteArm arms[ARM_PLACES];
	char *salt;
	Size salt_length;
} Route;

/* Keeps the route of a name for as long as it would be read the same. */
typedef struct RouteReader
{
	MemoryContext context;
	RegistryRight right;
	bool valid;
	text *name; /* with room for this much */
	Size room;
	ReadMark mark;
	MemoryContext salts; /* of what the route points to */
	Route route;
} RouteReader;

extern RouteReader *RouteReaderCreate(MemoryContext owner, RegistryRight right);

/* Reads the route of a reference, which is not compressed or elsewhere, anew. */
extern const Route *RouteReadAnew(RouteReader *reader, const text *name);

static inline const Route *
RouteRead(RouteReader *reader, const text *name)
{
	if (likely(reader->valid && VARSIZE_ANY_EXHDR(name) == VARSIZE(reader->name) - VARHDRSZ &&
			   memcmp(VARDATA_ANY(name), VARDATA(reader->name), VARSIZE_ANY_EXHDR(name)) == 0 &&
			   MarkHolds(&reader->mark)))
		return &reader->route;
	return RouteReadAnew(reader, name);
}

/* Do keys matter, or is there one arm that answers them all? */
static inline bool
RouteSplits(const Route *route)
{
	return route->arms[ARM_CHALLENGER].version != 0;
}

/* The arm that answers a key. */
extern ArmPlace RouteChoose(const Route *route, const char *key, Size key_length);

/* The artefact of a version, which is NULL where it is none; in the current memory context. */
extern Datum ReadArtefact(int32 model_id, int32 version);

/* Gives a call the model of an arm. */
extern void RouteHold(const Route *route, const RouteArm *arm, ScoreCall *call);

#endif
