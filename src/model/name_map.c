#include "model/name_map.h"

#include <string.h>

#include "model/json.h"

/* A reference is the number of a name, or that of a fork with this bit. */
#define FORK 0x80000000u

typedef struct Name
{
	const char *text;
	size_t length;
	uint32_t number;
} Name;

/* Names below are equal up to a bit: those without it are on side 0. */
typedef struct Fork
{
	size_t byte;
	uint32_t side[2];
	uint8_t bit;
} Fork;

void
drift_name_map_init(DriftNameMap *map, const DriftHost *host)
{
	*map = (DriftNameMap){.host = host};
}

static unsigned char
byte_of(const char *text, size_t length, size_t at)
{
	return at < length ? (unsigned char) text[at] : 0;
}

static Fork *
fork_of(const DriftNameMap *map, uint32_t reference)
{
	return (Fork *) map->forks.elements + (reference & ~FORK);
}

static unsigned
side_of(const Fork *fork, const char *text, size_t length)
{
	return (byte_of(text, length, fork->byte) & fork->bit) != 0;
}

/* The only name that can be the one looked for. */
static Name *
nearest(const DriftNameMap *map, const char *text, size_t length)
{
	uint32_t at = map->root;

	if (map->names.count == 0)
		return NULL;
	while (at & FORK)
		at = fork_of(map, at)->side[side_of(fork_of(map, at), text, length)];
	return (Name *) map->names.elements + at;
}

/* The first byte in which two names differ; past both ends if they do not. */
static size_t
first_difference(const Name *name, const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && at < name->length && text[at] == name->text[at])
		at++;
	return at == length && at == name->length ? SIZE_MAX : at;
}

uint32_t
drift_name_map_find(const DriftNameMap *map, const char *text, size_t length)
{
	const Name *name = nearest(map, text, length);

	return name && first_difference(name, text, length) == SIZE_MAX ? name->number : DRIFT_NO_NAME;
}

static uint8_t
highest_bit(unsigned bits)
{
	uint8_t bit = 0x80;

	while (!(bits & bit))
		bit >>= 1;
	return bit;
}

/* Puts a fork on the way to a new name, above those that tell later bytes or lower bits apart. */
static void
add_fork(DriftNameMap *map, Fork fork, uint32_t added, const char *text, size_t length)
{
	uint32_t *reference = &map->root;
	unsigned side = side_of(&fork, text, length);

	while (*reference & FORK)
	{
		Fork *above = fork_of(map, *reference);

		if (above->byte > fork.byte || (above->byte == fork.byte && above->bit < fork.bit))
			break;
		reference = &above->side[side_of(above, text, length)];
	}
	fork.side[side] = added;
	fork.side[1 - side] = *reference;
	*reference = (uint32_t) map->forks.count | FORK;
	((Fork *) map->forks.elements)[map->forks.count++] = fork;
}

void
drift_name_map_put(DriftNameMap *map, const char *text, size_t length, uint32_t number)
{
	Name *name = nearest(map, text, length);
	size_t byte = name ? first_difference(name, text, length) : 0;
	Fork fork = {.byte = byte};

	if (name && byte == SIZE_MAX)
	{
		name->number = number;
		return;
	}
	if (name)
		fork.bit =
			highest_bit((unsigned) byte_of(text, length, byte) ^ (unsigned) byte_of(name->text, name->length, byte));
	drift_growing_reserve(&map->names, 1, sizeof(Name), map->host);
	drift_growing_reserve(&map->forks, 1, sizeof(Fork), map->host);
	((Name *) map->names.elements)[map->names.count++] = (Name){text, length, number};
	if (map->names.count == 1)
		map->root = 0;
	else
		add_fork(map, fork, (uint32_t) map->names.count - 1, text, length);
}
