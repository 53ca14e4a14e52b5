#include "postgres.h"

#include <arpa/inet.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

#include "guc.h"
#include "registry/allowed_hosts.h"

typedef struct HostEntry
{
	char *host;
	int port;     /* 0: any of the standard ones */
	bool is_tail; /* the host is what follows the star */
} HostEntry;

static const int standard_ports[] = {443, 465, 587, 25};

static bool
IsMadeOfHostCharacters(const char *host, bool is_address6)
{
	for (const char *p = host; *p != '\0'; p++)
		if (!isalnum((unsigned char) *p) && strchr(is_address6 ? ":." : "-._", *p) == NULL)
			return false;
	return *host != '\0';
}

static bool
ReadPort(const char *text, int *port)
{
	char *end;
	long number = strtol(text, &end, 10);

	*port = (int) number;
	return *end == '\0' && isdigit((unsigned char) *text) && number >= 1 && number <= 65535;
}

/* Cuts the text up. False where it is no entry */
static bool
ReadEntry(char *text, HostEntry *entry)
{
	bool has_brackets = *text == '[';
	char *end = has_brackets ? strchr(text, ']') : text + strcspn(text, ":");
	char *port;
	uint8 bytes[16];

	*entry = (HostEntry){0};
	if (end == NULL)
		return false;
	port = has_brackets ? end + 1 : end;
	if (*port != '\0' && (*port != ':' || !ReadPort(port + 1, &entry->port)))
		return false;
	*end = '\0';
	entry->is_tail = text[0] == '*' && text[1] == '.';
	entry->host = text + (has_brackets || entry->is_tail ? 1 : 0);
	if (has_brackets)
		return inet_pton(AF_INET6, entry->host, bytes) == 1;
	return IsMadeOfHostCharacters(entry->host, false) && (!entry->is_tail || entry->host[1] != '\0');
}

/* Calls take() with each entry until it says true; false where it never does. NULL, or the first text that is no entry */
static const char *
FindEntry(const char *setting, bool (*take)(const HostEntry *entry, const char *host, int port), const char *host,
		  int port, bool *found)
{
	List *texts = NIL;
	ListCell *cell;

	*found = false;
	if (!SplitGUCList(pstrdup(setting), ',', &texts))
		return setting;
	foreach (cell, texts)
	{
		const char *text = lfirst(cell);
		HostEntry entry;

		if (!ReadEntry(pstrdup(text), &entry))
			return text;
		if (take != NULL && take(&entry, host, port))
		{
			*found = true;
			break;
		}
	}
	return NULL;
}

bool
AllowedHostsCheck(char **value, void **extra, GucSource source)
{
	bool found;
	const char *wrong = FindEntry(*value, NULL, NULL, 0, &found);

	if (wrong == NULL)
		return true;
	GUC_check_errdetail("\"%s\" is none of: a host, an address, [an IPv6 address], *.domain; each may be followed by a "
						"colon and a port.",
						wrong);
	return false;
}

static bool
IsSameAddress6(const char *a, const char *b)
{
	uint8 bytes[2][16];

	return inet_pton(AF_INET6, a, bytes[0]) == 1 && inet_pton(AF_INET6, b, bytes[1]) == 1 &&
		   memcmp(bytes[0], bytes[1], 16) == 0;
}

static bool
IsStandardPort(int port)
{
	for (int i = 0; i < lengthof(standard_ports); i++)
		if (port == standard_ports[i])
			return true;
	return false;
}

static bool
EntryAllows(const HostEntry *entry, const char *host, int port)
{
	size_t length = strlen(host);
	size_t tail = strlen(entry->host);

	if (entry->port != 0 ? entry->port != port : !IsStandardPort(port))
		return false;
	if (entry->is_tail)
		return length > tail && pg_strcasecmp(host + length - tail, entry->host) == 0;
	return pg_strcasecmp(host, entry->host) == 0 || IsSameAddress6(host, entry->host);
}

bool
HostIsAllowed(const char *host, int port)
{
	bool found;

	return FindEntry(drift_http_allowed_hosts, EntryAllows, host, port, &found) == NULL && found;
}

HttpReach
ReachOfHost(const char *host)
{
	uint8 bytes[16];

	if (inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1)
		return HTTP_REACH_EVERY_ADDRESS;
	return pg_strcasecmp(host, "localhost") == 0 ? HTTP_REACH_MACHINE : HTTP_REACH_NETWORK;
}

PG_FUNCTION_INFO_V1(drift_host_allowed);
Datum
drift_host_allowed(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(HostIsAllowed(text_to_cstring(PG_GETARG_TEXT_PP(0)), PG_GETARG_INT32(1)));
}
