#include "postgres.h"

#include "access/reloptions.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_user_mapping.h"
#include "foreign/foreign.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/syscache.h"

#include "compat.h"
#include "registry/channel.h"

static char *
ValueOf(List *options, const char *name)
{
	ListCell *cell;

	foreach (cell, options)
	{
		DefElem *option = lfirst(cell);

		if (strcmp(option->defname, name) == 0)
			return strVal(option->arg);
	}
	return NULL;
}

char *
ChannelOption(const Channel *channel, const char *name)
{
	return ValueOf(channel->options, name);
}

char *
ChannelSecret(const Channel *channel, const char *name)
{
	return ValueOf(channel->secrets, name);
}

bool
ChannelIsOfType(const Channel *channel, const char *type)
{
	const char *given = ChannelOption(channel, "type");

	return given != NULL && strcmp(given, type) == 0;
}

int
ChannelNumber(const Channel *channel, const char *name, int otherwise)
{
	const char *given = ChannelOption(channel, name);

	return given == NULL ? otherwise : atoi(given);
}

/* Those of the role, or else of everybody; none are no error here */
static List *
MappingOptions(Oid owner, Oid server)
{
	HeapTuple tuple = SearchSysCache2(USERMAPPINGUSERSERVER, ObjectIdGetDatum(owner), ObjectIdGetDatum(server));
	List *options = NIL;
	Datum array;
	bool isnull;

	if (!HeapTupleIsValid(tuple))
		tuple = SearchSysCache2(USERMAPPINGUSERSERVER, ObjectIdGetDatum(InvalidOid), ObjectIdGetDatum(server));
	if (!HeapTupleIsValid(tuple))
		return NIL;
	array = SysCacheGetAttr(USERMAPPINGUSERSERVER, tuple, Anum_pg_user_mapping_umoptions, &isnull);
	if (!isnull)
		options = untransformRelOptions(array);
	ReleaseSysCache(tuple);
	return options;
}

static void
ReadSecrets(Channel *channel, Oid server)
{
	const char *file;

	channel->secrets = MappingOptions(channel->owner, server);
	file = ChannelSecret(channel, "secret_file");
	if (file != NULL)
		(void) SecretsFileRead(file, &channel->secrets, &channel->problem);
}

Channel *
ChannelRead(const char *name, Oid owner)
{
	Channel *channel = palloc0(sizeof(Channel));
	ForeignServer *server = GetForeignServerByName(name, true);

	channel->name = pstrdup(name);
	channel->owner = owner;
	if (server == NULL || strcmp(GetForeignDataWrapper(server->fdwid)->fdwname, "drift_channel") != 0)
		channel->problem = psprintf("no channel is named \"%s\"", name);
	else if (foreign_server_aclcheck_compat(server->serverid, owner) != ACLCHECK_OK)
		channel->problem =
			psprintf("role \"%s\" has no right to use channel \"%s\"", GetUserNameFromId(owner, false), name);
	else
	{
		channel->options = server->options;
		ReadSecrets(channel, server->serverid);
	}
	return channel;
}
