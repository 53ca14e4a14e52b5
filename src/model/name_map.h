/*
 * name_map.h
 *		Names that lead to numbers: a crit-bit tree, as long to search as the
 *		name is, whatever the names are.
 *
 * Names hold no zero byte. They are not copied.
 */
#ifndef DRIFT_MODEL_NAME_MAP_H
#define DRIFT_MODEL_NAME_MAP_H

#include "model/draft.h"

#define DRIFT_NO_NAME UINT32_MAX

typedef struct DriftNameMap
{
	const DriftHost *host;
	DriftGrowing names;
	DriftGrowing forks;
	uint32_t root;
} DriftNameMap;

void drift_name_map_init(DriftNameMap *map, const DriftHost *host);

/* The number of a name; DRIFT_NO_NAME if it is not there. */
uint32_t drift_name_map_find(const DriftNameMap *map, const char *name, size_t length);

/* Adds a name, or gives one that is there another number. */
void drift_name_map_put(DriftNameMap *map, const char *name, size_t length, uint32_t number);

#endif
