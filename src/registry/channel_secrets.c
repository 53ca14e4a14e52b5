/*
 * channel_secrets.c
 *		Files of secrets, and keeping secrets out of what is told.
 */
#include "postgres.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base64.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "nodes/makefuncs.h"
#include "storage/fd.h"

#include "compat.h"
#include "guc.h"
#include "registry/channel.h"

#define LONGEST_FILE 65536

/* What is shorter occurs by chance */
#define SHORTEST_SECRET 4

/* Up to as many bytes as a file of secrets may have, and a zero. NULL where there is none: a pipe is none */
static char *
ReadFile(const char *path)
{
	int file = OpenTransientFile(path, O_RDONLY | O_NONBLOCK | PG_BINARY);
	char *content = NULL;
	struct stat status;

	if (file < 0)
		return NULL;
	if (fstat(file, &status) == 0 && S_ISREG(status.st_mode))
	{
		ssize_t length;

		content = palloc(LONGEST_FILE + 1);
		length = read(file, content, LONGEST_FILE);
		content[Max(length, 0)] = '\0';
	}
	CloseTransientFile(file);
	return content;
}

static char *
Trimmed(char *text)
{
	char *end;

	text += strspn(text, " \t\r");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r", end[-1]) != NULL)
		end--;
	*end = '\0';
	return text;
}

/* Lines key=value; empty ones, and those that begin with #, say nothing */
static List *
ReadLines(char *content)
{
	List *secrets = NIL;
	char *rest = content;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL)
	{
		char *value = strchr(line, '=');

		if (value == NULL || *Trimmed(line) == '#')
			continue;
		*value++ = '\0';
		secrets = lappend(secrets, makeDefElem(Trimmed(line), (Node *) makeString(Trimmed(value)), -1));
	}
	return secrets;
}

bool
SecretsFileRead(const char *name, List **secrets, char **problem)
{
	char *content;

	if (drift_secrets_directory[0] == '\0')
		*problem = pstrdup("the user mapping has a secret_file, and drift.secrets_directory is not set");
	else if (strchr(name, '/') != NULL || name[0] == '.')
		*problem = pstrdup("the secret_file of the user mapping is not the name of a file");
	else if ((content = ReadFile(psprintf("%s/%s", drift_secrets_directory, name))) == NULL)
		*problem = psprintf("the secret_file \"%s\" cannot be read", name);
	else
		*secrets = list_concat(*secrets, ReadLines(content));
	return *problem == NULL;
}

/* What is not valid becomes question marks: nobody may be kept from saying that something failed */
static char *
ValidText(const char *bytes, Size length)
{
	bool is_utf8 = GetDatabaseEncoding() == PG_UTF8;
	char *text = palloc(length + 1);
	Size i = 0;

	while (i < length)
	{
		int n = is_utf8 ? pg_utf_mblen((const unsigned char *) bytes + i) : 1;

		if (bytes[i] == '\0' || (!is_utf8 && IS_HIGHBIT_SET(bytes[i])) || i + n > length ||
			(is_utf8 && !pg_utf8_islegal((const unsigned char *) bytes + i, n)))
		{
			text[i++] = '?';
			continue;
		}
		memcpy(text + i, bytes + i, n);
		i += n;
	}
	text[length] = '\0';
	return text;
}

static int
CompareLengths(const ListCell *a, const ListCell *b)
{
	return (int) strlen(lfirst(b)) - (int) strlen(lfirst(a));
}

static char *
Base64(const char *text)
{
	int length = (int) strlen(text);
	char *encoded = palloc0(pg_b64_enc_len(length) + 1);

	(void) pg_b64_encode_compat(text, length, encoded, pg_b64_enc_len(length));
	return encoded;
}

/* In all forms in which they travel, the longest first: one may be a part of another */
static List *
TellingTexts(const Channel *channel)
{
	List *texts = NIL;
	ListCell *cell;
	const char *url = ChannelSecret(channel, "url");
	const char *user = ChannelSecret(channel, "username");
	const char *password = ChannelSecret(channel, "password");

	foreach (cell, channel->secrets)
	{
		DefElem *secret = lfirst(cell);

		if (strcmp(secret->defname, "username") != 0 && strcmp(secret->defname, "secret_file") != 0)
			texts = lappend(texts, strVal(secret->arg));
	}
	if (url != NULL && strstr(url, "://") != NULL && strchr(strstr(url, "://") + 3, '/') != NULL)
		texts = lappend(texts, strchr(strstr(url, "://") + 3, '/'));
	if (user != NULL && password != NULL)
		texts = lappend(texts, Base64(psprintf("%s:%s", user, password)));
	list_sort(texts, CompareLengths);
	return texts;
}

static char *
Without(const char *text, const char *secret)
{
	StringInfoData kept;
	const char *found;

	if (strlen(secret) < SHORTEST_SECRET || strstr(text, secret) == NULL)
		return unconstify(char *, text);
	initStringInfo(&kept);
	for (; (found = strstr(text, secret)) != NULL; text = found + strlen(secret))
	{
		appendBinaryStringInfo(&kept, text, found - text);
		appendStringInfoString(&kept, "***");
	}
	appendStringInfoString(&kept, text);
	return kept.data;
}

char *
ChannelCleanText(const Channel *channel, const char *bytes, Size length)
{
	char *text = ValidText(bytes, length);
	ListCell *cell;

	foreach (cell, TellingTexts(channel))
		text = Without(text, lfirst(cell));
	return text;
}
