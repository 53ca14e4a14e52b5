/*
 * room.h
 *		Memory of the host, counted.
 */
#ifndef DRIFT_MODEL_ROOM_H
#define DRIFT_MODEL_ROOM_H

#include <string.h>

#include "model/draft.h"

typedef struct DriftRoom
{
	const DriftHost *host;
	size_t bytes; /* taken so far */
} DriftRoom;

/* Zeroed memory for count elements, never NULL. */
static inline void *
drift_room_take(DriftRoom *room, size_t count, size_t element)
{
	size_t size = (count > 0 ? count : 1) * element;
	void *taken = room->host->allocate(room->host->ctx, size);

	room->bytes += size;
	return memset(taken, 0, size);
}

static inline void
drift_room_poll(const DriftRoom *room)
{
	if (room->host->poll)
		room->host->poll();
}

#endif
