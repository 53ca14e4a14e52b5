/*
 * channel_options.c
 *		Options of channels: the validator of the wrapper drift_channel, and the list of what it takes.
 */
#include "postgres.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "access/reloptions.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_type.h"
#include "catalog/pg_user_mapping.h"
#include "commands/defrem.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "compat.h"

#define LONGEST_VALUE 4096

enum
{
	SLACK = 1,
	WEBHOOK = 2,
	GITHUB = 4,
	EMAIL = 8,
	ALL = SLACK | WEBHOOK | GITHUB | EMAIL
};

static const struct
{
	const char *name;
	int type;
} types[] = {{"slack", SLACK}, {"webhook", WEBHOOK}, {"github", GITHUB}, {"email", EMAIL}};

/* What is wrong with a value, as the end of "it ..."; NULL: nothing */
typedef const char *(*CheckOfValue)(const char *value);

static bool
IsMadeOf(const char *value, const char *others)
{
	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char) *p > 127 || (!isalnum((unsigned char) *p) && strchr(others, *p) == NULL))
			return false;
	return *value != '\0';
}

/* Lines of a header end where a line ends, so that no value may have two */
static const char *
CheckLine(const char *value)
{
	if (*value == '\0')
		return "must not be empty";
	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char) *p < ' ' || *p == 0x7f)
			return "must not have control characters";
	return NULL;
}

static const char *
CheckType(const char *value)
{
	for (int i = 0; i < lengthof(types); i++)
		if (strcmp(value, types[i].name) == 0)
			return NULL;
	return "must be slack, webhook, github or email";
}

static bool
IsAddress6(const char *value)
{
	struct in6_addr address;
	size_t length = strlen(value);
	char *bare = value[0] == '[' && value[length - 1] == ']' ? pnstrdup(value + 1, length - 2) : pstrdup(value);

	return inet_pton(AF_INET6, bare, &address) == 1;
}

static const char *
CheckHost(const char *value)
{
	if (!IsMadeOf(value, "-.") && !IsAddress6(value))
		return "must be a name or an address, without scheme, port and path";
	return strlen(value) > 253 ? "must have 253 characters at most" : NULL;
}

static bool
IsNumber(const char *value, int least, int most)
{
	return strlen(value) <= 6 && strspn(value, "0123456789") == strlen(value) && atoi(value) >= least &&
		   atoi(value) <= most;
}

static const char *
CheckPort(const char *value)
{
	return IsNumber(value, 1, 65535) ? NULL : "must be a number from 1 to 65535";
}

static const char *
CheckTimeout(const char *value)
{
	return IsNumber(value, 100, 600000) ? NULL : "must be a number of milliseconds from 100 to 600000";
}

static const char *
CheckTls(const char *value)
{
	return strcmp(value, "implicit") == 0 || strcmp(value, "starttls") == 0 || strcmp(value, "none") == 0
			   ? NULL
			   : "must be implicit, starttls or none";
}

static const char *
CheckPath(const char *value)
{
	for (const char *p = value; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '#')
			return "must not have blanks, number signs or characters outside ASCII";
	return *value == '/' ? NULL : "must begin with a slash";
}

static const char *
CheckUrl(const char *value)
{
	const char *host = value + strlen("https://");
	size_t length;

	if (strncmp(value, "https://", strlen("https://")) != 0)
		return "must begin with https://";
	length = strcspn(host, "/?#");
	if (length == 0 || memchr(host, '@', length) != NULL)
		return "must have a host, and no user or password";
	return host[length] == '\0' ? NULL : CheckPath(host[length] == '/' ? host + length : "");
}

static const char *
CheckRepository(const char *value)
{
	const char *slash = strchr(value, '/');

	return slash != NULL && slash != value && slash[1] != '\0' && strchr(slash + 1, '/') == NULL &&
				   IsMadeOf(value, "-_./") && strstr(value, "..") == NULL
			   ? NULL
			   : "must be owner/name";
}

static const char *
CheckAddress(const char *address, size_t length)
{
	const char *at = memchr(address, '@', length);

	if (at == NULL || at == address || at == address + length - 1 ||
		memchr(at + 1, '@', address + length - at - 1) != NULL)
		return "must be an address such as ml@example.org, or several with commas";
	for (size_t i = 0; i < length; i++)
		if ((unsigned char) address[i] <= ' ' || address[i] == 0x7f || strchr("<>()\"\\;:", address[i]) != NULL)
			return "must have addresses without names, blanks, quotes and brackets";
	return NULL;
}

static const char *
CheckAddresses(const char *value)
{
	for (const char *p = value;; p++)
	{
		const char *wrong;
		size_t length;

		p += strspn(p, " ");
		length = strcspn(p, ", ");
		wrong = CheckAddress(p, length);
		if (wrong != NULL)
			return wrong;
		p += length;
		p += strspn(p, " ");
		if (*p != ',')
			return *p == '\0' ? NULL : "must have commas between addresses";
	}
}

static const char *
CheckSender(const char *value)
{
	return strchr(value, ',') == NULL ? CheckAddresses(value) : "must be one address";
}

static const char *
CheckFile(const char *value)
{
	return IsMadeOf(value, "-_.") && *value != '.' ? NULL : "must be the name of a file, without a path";
}

typedef struct ChannelOption
{
	const char *name;
	bool is_secret;
	int types;
	CheckOfValue check;
	const char *description;
} ChannelOption;

static const ChannelOption server_options[] = {
	{"type", false, ALL, CheckType, "slack, webhook, github or email"},
	{"host", false, ALL, CheckHost, "name or address; it must be in drift.http_allowed_hosts"},
	{"port", false, ALL, CheckPort, "443 unless said; of email 465 with implicit TLS, or else 587"},
	{"timeout_ms", false, ALL, CheckTimeout, "time that a message may take; drift.http_timeout is the most"},
	{"path", false, WEBHOOK | GITHUB, CheckPath,
	 "path of the webhook where it is no secret; of github what comes before /repos"},
	{"template", false, WEBHOOK, CheckLine, "name in drift.message_templates; generic unless said"},
	{"project", false, WEBHOOK, CheckLine, "for templates: key of the project in Jira"},
	{"repository", false, WEBHOOK | GITHUB, CheckRepository, "owner/name of a repository on GitHub"},
	{"labels", false, GITHUB, CheckLine, "labels of new issues, with commas between them; drift unless said"},
	{"from", false, EMAIL, CheckSender, "address that mails are from"},
	{"to", false, EMAIL, CheckAddresses, "addresses that mails go to, with commas between them"},
	{"tls", false, EMAIL, CheckTls,
	 "implicit, starttls, or none, which is for this machine only and without a password"},
};

static const ChannelOption mapping_options[] = {
	{"url", true, SLACK | WEBHOOK, CheckUrl, "address of a webhook, of which the path is the secret"},
	{"path", true, SLACK | WEBHOOK, CheckPath, "path of a webhook that is a secret"},
	{"token", true, WEBHOOK | GITHUB | EMAIL, CheckLine, "bearer token; of email one of OAuth 2"},
	{"username", false, WEBHOOK | EMAIL, CheckLine, "name for a password"},
	{"password", true, WEBHOOK | EMAIL, CheckLine, "password, for basic authentication or SMTP"},
	{"secret", true, WEBHOOK, CheckLine, "key that requests are signed with (HMAC-SHA256)"},
	{"key", true, WEBHOOK, CheckLine, "key that a template puts into the body, as PagerDuty wants it"},
	{"secret_file", false, ALL, CheckFile, "file in drift.secrets_directory that has the secrets instead"},
};

typedef struct ChannelOptions
{
	const ChannelOption *options;
	int n_options;
	const char *catalog;
} ChannelOptions;

static const ChannelOptions of_server = {server_options, lengthof(server_options), "server"};
static const ChannelOptions of_mapping = {mapping_options, lengthof(mapping_options), "user mapping"};
static const ChannelOptions of_wrapper = {NULL, 0, "foreign-data wrapper"};

static const ChannelOption *
FindOption(const ChannelOptions *among, const char *name)
{
	for (int i = 0; i < among->n_options; i++)
		if (strcmp(among->options[i].name, name) == 0)
			return &among->options[i];
	return NULL;
}

static char *
NamesOf(const ChannelOptions *among, int type)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < among->n_options; i++)
		if ((among->options[i].types & type) != 0)
			appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", among->options[i].name);
	return names.data;
}

pg_noreturn static void
RefuseOption(const ChannelOptions *among, const char *name)
{
	if (among != &of_mapping && FindOption(&of_mapping, name) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_INVALID_OPTION_NAME), errmsg("option \"%s\" belongs to a user mapping", name),
				 errdetail("Everybody can read the options of a server."),
				 errhint("CREATE USER MAPPING FOR role SERVER channel OPTIONS (%s '...')", name)));
	if (among != &of_server && FindOption(&of_server, name) != NULL)
		ereport(ERROR, (errcode(ERRCODE_FDW_INVALID_OPTION_NAME), errmsg("option \"%s\" belongs to a server", name),
						errhint("CREATE SERVER channel FOREIGN DATA WRAPPER drift_channel OPTIONS (%s '...')", name)));
	ereport(ERROR,
			(errcode(ERRCODE_FDW_INVALID_OPTION_NAME), errmsg("invalid option \"%s\"", name),
			 among->n_options > 0 ? errhint("A %s of a channel can have %s.", among->catalog, NamesOf(among, ALL))
								  : errhint("The wrapper has no options; its servers and user mappings have.")));
}

/* No error says what the value is: it may be a secret */
static void
CheckOption(const ChannelOptions *among, const char *name, const char *value)
{
	const ChannelOption *option = FindOption(among, name);
	const char *wrong;

	if (option == NULL)
		RefuseOption(among, name);
	wrong = strlen(value) > LONGEST_VALUE ? "is too long" : option->check(value);
	if (wrong != NULL)
		ereport(ERROR, (errcode(ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE), errmsg("option \"%s\" %s", name, wrong),
						errdetail("It is %s.", option->description)));
}

static char *
ValueOf(List *options, const char *name)
{
	ListCell *cell;

	foreach (cell, options)
	{
		DefElem *given = lfirst(cell);

		if (strcmp(given->defname, name) == 0)
			return defGetString(given);
	}
	return NULL;
}

static void
RequireOption(List *options, const char *type, const char *name)
{
	if (ValueOf(options, name) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_OPTION_NAME_NOT_FOUND), errmsg("option \"%s\" is missing", name),
				 errdetail("%s needs it.", type == NULL ? "Every channel" : psprintf("A channel of the type %s", type)),
				 errhint("SELECT * FROM drift.channel_options(); lists options.")));
}

/* That options of a server go with its type */
static void
CheckServer(List *options)
{
	const char *name;
	int type = 0;
	ListCell *cell;

	RequireOption(options, NULL, "type");
	RequireOption(options, NULL, "host");
	name = ValueOf(options, "type");
	for (int i = 0; i < lengthof(types); i++)
		if (strcmp(name, types[i].name) == 0)
			type = types[i].type;
	foreach (cell, options)
	{
		DefElem *given = lfirst(cell);

		if ((FindOption(&of_server, given->defname)->types & type) == 0)
			ereport(ERROR, (errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
							errmsg("option \"%s\" is not for channels of the type %s", given->defname, name),
							errhint("Those can have %s.", NamesOf(&of_server, type))));
	}
	if (type == GITHUB)
		RequireOption(options, name, "repository");
	if (type == EMAIL)
	{
		RequireOption(options, name, "from");
		RequireOption(options, name, "to");
	}
}

/* Whose files they are is not known, so that who names one must be somebody who may read them all */
static void
CheckFileReader(void)
{
	if (!has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied for option \"secret_file\""),
				 errdetail("Only roles with the privileges of pg_read_server_files may name a file of the server."),
				 errhint("Have one of them make the user mapping for you.")));
}

/* drift_internal.channel_options(options text[], catalog oid) */
PGDLLEXPORT PG_FUNCTION_INFO_V1(drift_channel_options);
Datum
drift_channel_options(PG_FUNCTION_ARGS)
{
	List *options = untransformRelOptions(PG_GETARG_DATUM(0));
	Oid catalog = PG_GETARG_OID(1);
	const ChannelOptions *among = catalog == ForeignServerRelationId ? &of_server
								  : catalog == UserMappingRelationId ? &of_mapping
																	 : &of_wrapper;
	ListCell *cell;

	foreach (cell, options)
	{
		DefElem *given = lfirst(cell);

		CheckOption(among, given->defname, given->arg == NULL ? "" : defGetString(given));
	}
	if (among == &of_server)
		CheckServer(options);
	if (ValueOf(options, "secret_file") != NULL)
		CheckFileReader();
	PG_RETURN_BOOL(true);
}

static ArrayType *
TypesOf(const ChannelOption *option)
{
	Datum names[lengthof(types)];
	int n = 0;

	for (int i = 0; i < lengthof(types); i++)
		if ((option->types & types[i].type) != 0)
			names[n++] = CStringGetTextDatum(types[i].name);
	return construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT);
}

static void
PutOptions(ReturnSetInfo *rows, const ChannelOptions *among)
{
	for (int i = 0; i < among->n_options; i++)
	{
		const ChannelOption *option = &among->options[i];
		Datum values[] = {CStringGetTextDatum(option->name), CStringGetTextDatum(among->catalog),
						  PointerGetDatum(TypesOf(option)), BoolGetDatum(option->is_secret),
						  CStringGetTextDatum(option->description)};
		bool nulls[lengthof(values)] = {false};

		tuplestore_putvalues(rows->setResult, rows->setDesc, values, nulls);
	}
}

/* drift.channel_options() */
PGDLLEXPORT PG_FUNCTION_INFO_V1(drift_channel_option_list);
Datum
drift_channel_option_list(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	PutOptions((ReturnSetInfo *) fcinfo->resultinfo, &of_server);
	PutOptions((ReturnSetInfo *) fcinfo->resultinfo, &of_mapping);
	return (Datum) 0;
}
