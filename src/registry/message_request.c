/*
 * message_request.c
 *		A request by HTTPS: where it goes, who says so, and what it says.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/json.h"

#include "registry/http_load.h"
#include "registry/jsonb_parts.h"
#include "registry/message.h"

/* Characters of a name, RFC 9110 */
static bool
IsToken(const char *name)
{
	for (const char *p = name; *p != '\0'; p++)
		if ((unsigned char) *p <= ' ' || (unsigned char) *p >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", *p) != NULL)
			return false;
	return *name != '\0';
}

bool
HeaderIsSafe(const char *name, const char *value)
{
	for (const char *p = value; *p != '\0'; p++)
		if (((unsigned char) *p < ' ' && *p != '\t') || *p == 0x7f)
			return false;
	return IsToken(name) && *value != '\0';
}

/* What the transfer itself says, and what only secrets may say */
static bool
IsOwnHeader(const char *name)
{
	static const char *const own[] = {
		"Host",    "Content-Length", "Transfer-Encoding", "Connection",  "Authorization", "From", "To", "Cc", "Bcc",
		"Subject", "Date",           "Message-ID",        "MIME-Version"};

	for (int i = 0; i < lengthof(own); i++)
		if (pg_strcasecmp(name, own[i]) == 0)
			return true;
	return false;
}

bool
MessageHeaders(Message *message, Jsonb *step, List **headers)
{
	JsonbValue *given = JsonbMember(step, "headers");
	Jsonb *object;
	JsonbIterator *it;
	JsonbValue part;
	JsonbIteratorToken token;

	if (given == NULL)
		return true;
	object = JsonbValueToJsonb(given);
	JsonbRequireObject(object, "headers of a request");
	it = JsonbIteratorInit(&object->root);
	while ((token = JsonbIteratorNext(&it, &part, true)) != WJB_DONE)
	{
		char *name;
		char *value;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(part.val.string.val, part.val.string.len);
		value = JsonbMemberText(object, name);
		if (value == NULL || *value == '\0')
			continue;
		if (!HeaderIsSafe(name, value) || IsOwnHeader(name))
		{
			MessageEnd(message, MESSAGE_DEAD, "a header of the message is none that may be sent");
			return false;
		}
		*headers = lappend(*headers, psprintf("%s: %s", name, value));
	}
	return true;
}

static char *
HostOfChannel(const Channel *channel)
{
	const char *host = ChannelOption(channel, "host");
	bool bare = host != NULL && strchr(host, ':') != NULL && *host != '[';

	return host == NULL ? NULL
						: psprintf("https://%s%s%s:%d", bare ? "[" : "", host, bare ? "]" : "",
								   ChannelNumber(channel, "port", 443));
}

/* The URL of a user mapping must be of the host that everybody can see */
static char *
UrlOfMapping(Message *message, const char *base)
{
	char *url = ChannelSecret(message->channel, "url");
	HttpUrl given;
	HttpUrl seen;

	if (HttpLibraryGet()->parse_url(url, &given) && HttpLibraryGet()->parse_url(base, &seen) &&
		strcmp(given.scheme, "https") == 0 && pg_strcasecmp(given.host, seen.host) == 0 && given.port == seen.port)
		return url;
	MessageEnd(message, MESSAGE_RETRY, "the url of the user mapping is not one of the channel's host");
	return NULL;
}

static char *
UrlOfStep(Message *message, const char *path)
{
	const Channel *channel = message->channel;
	const char *base = HostOfChannel(channel);

	if (base == NULL)
	{
		MessageEnd(message, MESSAGE_RETRY, "the channel has no host");
		return NULL;
	}
	if (path == NULL && ChannelSecret(channel, "url") != NULL)
		return UrlOfMapping(message, base);
	if (path == NULL)
		path = ChannelSecret(channel, "path");
	if (path == NULL)
		path = ChannelOption(channel, "path");
	if (path == NULL || *path != '/')
	{
		MessageEnd(message, MESSAGE_RETRY,
				   "neither the channel nor the user mapping says which path of the host is meant");
		return NULL;
	}
	return psprintf("%s%s", base, path);
}

/* A token for a repository is not one for all that its owner may do */
static bool
StaysInRepository(MessageStep *step)
{
	const Channel *channel = step->message->channel;
	const char *before = ChannelOption(channel, "path");
	const char *repository = ChannelOption(channel, "repository");
	HttpUrl url;
	char *prefix;

	if (!ChannelIsOfType(channel, "github"))
		return true;
	prefix = psprintf("%s/repos/%s/", before == NULL || strcmp(before, "/") == 0 ? "" : before,
					  repository == NULL ? "" : repository);
	/* Dots may be written otherwise, and then servers go up where libcurl does not */
	if (repository != NULL && HttpLibraryGet()->parse_url(step->transfer.url, &url) && strchr(url.path, '%') == NULL &&
		strncmp(url.path, prefix, strlen(prefix)) == 0)
		return true;
	MessageEnd(step->message, MESSAGE_DEAD, "the message is not about the channel's repository");
	return false;
}

static bool
AddCredentials(MessageStep *step)
{
	const Channel *channel = step->message->channel;
	char *token = ChannelSecret(channel, "token");

	if (token != NULL)
	{
		char *value = psprintf("Bearer %s", token);

		if (!HeaderIsSafe("Authorization", value))
		{
			MessageEnd(step->message, MESSAGE_RETRY, "the token of the user mapping is none that may be sent");
			return false;
		}
		step->transfer.headers = lappend(step->transfer.headers, psprintf("Authorization: %s", value));
	}
	else if (ChannelSecret(channel, "username") != NULL)
	{
		step->transfer.user = ChannelSecret(channel, "username");
		step->transfer.password = ChannelSecret(channel, "password");
	}
	return true;
}

/* The body with members that only the user mapping knows before the others */
static char *
WithSecrets(Message *message, char *body, Jsonb *members)
{
	JsonbIterator *it = JsonbIteratorInit(&members->root);
	char *brace = body + strspn(body, " \t\r\n");
	JsonbValue part;
	JsonbIteratorToken token;
	StringInfoData whole;

	initStringInfo(&whole);
	appendStringInfoChar(&whole, '{');
	while ((token = JsonbIteratorNext(&it, &part, true)) != WJB_DONE)
	{
		char *name;
		char *secret;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(part.val.string.val, part.val.string.len);
		secret = ChannelSecret(message->channel, JsonbMemberText(members, name));
		if (secret == NULL || *brace != '{')
		{
			MessageEnd(
				message, MESSAGE_RETRY,
				psprintf("the message needs the option \"%s\" of a user mapping", JsonbMemberText(members, name)));
			return NULL;
		}
		escape_json(&whole, name);
		appendStringInfoString(&whole, ": ");
		escape_json(&whole, secret);
		appendStringInfoString(&whole, brace[1 + strspn(brace + 1, " \t\r\n")] == '}' ? "" : ", ");
	}
	appendStringInfoString(&whole, brace + 1);
	return whole.data;
}

static bool
AddBody(MessageStep *step, Jsonb *request)
{
	char *body = JsonbMemberText(request, "body");
	JsonbValue *members = JsonbMember(request, "secret_members");

	if (body != NULL && members != NULL)
	{
		Jsonb *object = JsonbValueToJsonb(members);

		JsonbRequireObject(object, "secret_members of a request");
		if (JB_ROOT_COUNT(object) > 0)
			body = WithSecrets(step->message, body, object);
		if (body == NULL)
			return false;
	}
	if (body != NULL)
		step->transfer.body = pg_server_to_any(body, strlen(body), PG_UTF8);
	return true;
}

/* Steps of a message are requests of their own, and so are their keys */
static bool
AddHeaders(MessageStep *step, Jsonb *request)
{
	List **headers = &step->transfer.headers;
	const Message *message = step->message;
	const char *type = JsonbMemberText(request, "content_type");
	int place = list_length(message->steps);

	if (type == NULL || !HeaderIsSafe("Content-Type", type))
		type = "application/json";
	*headers = lappend(*headers, psprintf("Content-Type: %s", type));
	if (message->key != NULL && HeaderIsSafe("Idempotency-Key", message->key))
		*headers = lappend(*headers, place == 1 ? psprintf("Idempotency-Key: %s", message->key)
												: psprintf("Idempotency-Key: %s-%d", message->key, place));
	return MessageHeaders(step->message, request, headers) && AddCredentials(step);
}

void
MessageAddRequest(Message *message, Jsonb *request)
{
	MessageStep *step;
	char *method = JsonbMemberText(request, "method");
	char *url;

	if (message->outcome != MESSAGE_WAITS)
		return;
	url = UrlOfStep(message, JsonbMemberText(request, "path"));
	if (url == NULL)
		return;
	if (method == NULL)
		method = "POST";
	step = MessageAddStep(message);
	step->transfer.method = method;
	if (!IsToken(method))
		MessageEnd(message, MESSAGE_DEAD, "the method of the message is none of HTTP");
	else if (MessageAim(step, url) && StaysInRepository(step) && AddHeaders(step, request))
		(void) AddBody(step, request);
}
