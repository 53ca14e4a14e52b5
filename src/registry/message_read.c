/*
 * message_read.c
 *		From a request in JSON to a message, or to why there is none.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"

#include "guc.h"
#include "registry/allowed_hosts.h"
#include "registry/http_load.h"
#include "registry/jsonb_parts.h"
#include "registry/message.h"

void
MessageEnd(Message *message, MessageOutcome outcome, const char *error)
{
	message->outcome = outcome;
	message->error = error == NULL ? NULL : pstrdup(error);
}

static Channel *
FindChannel(List **channels, const char *name, Oid owner)
{
	ListCell *cell;
	Channel *channel;

	foreach (cell, *channels)
	{
		channel = lfirst(cell);
		if (channel->owner == owner && strcmp(channel->name, name) == 0)
			return channel;
	}
	channel = ChannelRead(name, owner);
	*channels = lappend(*channels, channel);
	return channel;
}

/* Whose secrets are used must be who acts, or a role that who acts is a member of */
static bool
MayActAs(Oid owner)
{
	return has_privs_of_role(GetUserId(), owner) && has_privs_of_role(GetOuterUserId(), owner);
}

static void
ReadChannel(Message *message, Jsonb *request, List **channels)
{
	char *role = JsonbMemberText(request, "owner");
	char *name = JsonbMemberText(request, "channel");
	Oid owner = role == NULL ? InvalidOid : get_role_oid(role, true);

	if (!OidIsValid(owner) || name == NULL)
		MessageEnd(message, MESSAGE_RETRY, "the role or the channel of the message is gone");
	else if (!MayActAs(owner))
		MessageEnd(message, MESSAGE_RETRY, psprintf("permission denied to send messages of role \"%s\"", role));
	else
	{
		message->channel = FindChannel(channels, name, owner);
		if (message->channel->problem != NULL)
			MessageEnd(message, MESSAGE_RETRY, message->channel->problem);
	}
}

static void
ReadSteps(Message *message, Jsonb *request)
{
	const JsonbValue *steps = JsonbMember(request, "steps");

	if (ChannelIsOfType(message->channel, "email"))
		MessageAddMail(message, request);
	else if (steps == NULL)
		MessageAddRequest(message, request);
	else if (steps->type != jbvBinary || !JsonContainerIsArray(steps->val.binary.data))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("steps of a request must be an array")));
	else
		for (uint32 i = 0; i < JsonContainerSize(steps->val.binary.data); i++)
		{
			Jsonb *step = JsonbValueToJsonb(getIthJsonbValueFromContainer(steps->val.binary.data, i));

			JsonbRequireObject(step, "a step of a request");
			MessageAddRequest(message, step);
		}
	if (message->outcome == MESSAGE_WAITS && message->steps == NIL)
		MessageEnd(message, MESSAGE_DEAD, "there is nothing to send");
}

Message *
MessageRead(Jsonb *request, List **channels)
{
	Message *message = palloc0(sizeof(Message));
	const char *error;
	JsonbValue *delivery;

	JsonbRequireObject(request, "a request");
	delivery = JsonbMember(request, "delivery_id");
	message->delivery = delivery == NULL || delivery->type == jbvBinary ? NULL : JsonbValueToJsonb(delivery);
	message->key = JsonbMemberText(request, "key");
	message->retry_after = -1;
	error = JsonbMemberText(request, "error");
	if (error != NULL)
		MessageEnd(message, MESSAGE_RETRY, error);
	else
		ReadChannel(message, request, channels);
	if (message->outcome == MESSAGE_WAITS)
		ReadSteps(message, request);
	return message;
}

MessageStep *
MessageAddStep(Message *message)
{
	MessageStep *step = palloc0(sizeof(MessageStep));
	int timeout = ChannelNumber(message->channel, "timeout_ms", drift_http_timeout);

	step->message = message;
	step->transfer.timeout = Min(timeout, drift_http_timeout);
	step->transfer.ca_file = drift_http_ca_file[0] == '\0' ? NULL : drift_http_ca_file;
	step->transfer.retry_after = -1;
	message->steps = lappend(message->steps, step);
	return step;
}

bool
MessageAim(MessageStep *step, char *url)
{
	Message *message = step->message;
	HttpUrl parts;

	if (!HttpLibraryGet()->parse_url(url, &parts) || parts.has_user)
		MessageEnd(message, MESSAGE_RETRY, "the channel and the user mapping do not make a URL");
	else if (!HostIsAllowed(parts.host, parts.port))
		MessageEnd(message, MESSAGE_RETRY,
				   psprintf("drift.http_allowed_hosts does not have %s:%d", parts.host, parts.port));
	else
	{
		step->host = parts.host;
		step->port = parts.port;
		step->transfer.url = url;
		step->transfer.reach = ReachOfHost(parts.host);
		return true;
	}
	return false;
}
