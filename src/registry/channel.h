/*
 * channel.h
 *		A channel as messages need it: a foreign server of the wrapper
 *		drift_channel, with the secrets of a role.
 */
#ifndef DRIFT_REGISTRY_CHANNEL_H
#define DRIFT_REGISTRY_CHANNEL_H

#include "nodes/pg_list.h"

typedef struct Channel
{
	char *name;
	Oid owner;
	List *options; /* of DefElem, of the server */
	List *secrets; /* the same of the user mapping, and of its file after that */
	char *problem; /* why it cannot be used; NULL: it can */
} Channel;

/*
 * The channel with the secrets of the role, or of everybody where the role has
 * none. Raises nothing: what is wrong is its problem.
 */
extern Channel *ChannelRead(const char *name, Oid owner);

/* The option of the server or the mapping; NULL where it is not given. */
extern char *ChannelOption(const Channel *channel, const char *name);
extern char *ChannelSecret(const Channel *channel, const char *name);
extern bool ChannelIsOfType(const Channel *channel, const char *type);

/* A number of an option that its validator has seen. */
extern int ChannelNumber(const Channel *channel, const char *name, int otherwise);

/* Secrets of a file in drift.secrets_directory; false and a problem where there are none. */
extern bool SecretsFileRead(const char *name, List **secrets, char **problem);

/* Text of others as text of this database, without what is secret. */
extern char *ChannelCleanText(const Channel *channel, const char *bytes, Size length);

#endif
