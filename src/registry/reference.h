/*
 * reference.h
 *		Models by name, and whether the user may have them.
 */
#ifndef DRIFT_REGISTRY_REFERENCE_H
#define DRIFT_REGISTRY_REFERENCE_H

#include "utils/snapshot.h"

/* A reference in text: 'name', 'name@alias' or 'name/3'. */
typedef struct Reference
{
	const char *name; /* not terminated */
	Size name_length;
	const char *alias; /* or NULL */
	Size alias_length;
	int32 version; /* or 0 */
} Reference;

typedef enum RegistryRight
{
	RIGHT_READ,   /* to take the model itself */
	RIGHT_SCORE,  /* to have rows scored by its name */
	RIGHT_PREDICT /* to have rows predicted by its route */
} RegistryRight;

typedef struct RegisteredModel
{
	int32 model_id;
	int32 log_id; /* of its prediction log; 0: none */
	Oid log;
} RegisteredModel;

/* The longest reference that can be, in characters: name, @ and alias. */
#define REFERENCE_LENGTH (255 + 1 + 63)

/* Takes a reference apart; an error if it is none. */
extern Reference ParseReference(const char *bytes, Size length);

/* The model of that name, or an error: there is none that the user may see, or it may not do this with it. */
extern RegisteredModel FindRegistered(const Reference *reference, RegistryRight right, Snapshot snapshot);

#endif
