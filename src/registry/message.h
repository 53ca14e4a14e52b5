/*
 * message.h
 *		A message on its way: what drift_internal.channel_request() made of a
 *		delivery, as transfers, and what became of them.
 */
#ifndef DRIFT_REGISTRY_MESSAGE_H
#define DRIFT_REGISTRY_MESSAGE_H

#include "utils/jsonb.h"

#include "drift_http/http_library.h"
#include "registry/channel.h"

typedef enum MessageOutcome
{
	MESSAGE_WAITS,
	MESSAGE_SENT,
	MESSAGE_RETRY, /* later it may arrive */
	MESSAGE_DEAD   /* it will not, unless it is changed */
} MessageOutcome;

typedef struct Message Message;

/* A request or a mail; most messages have one. The transfer comes first: from it the step is found. */
typedef struct MessageStep
{
	HttpTransfer transfer;
	Message *message;
	char *host;
	int port;
} MessageStep;

struct Message
{
	Jsonb *delivery; /* its number, as it was given */
	char *key;       /* the same however often it is sent */
	Channel *channel;
	List *steps;  /* of MessageStep * */
	int done;     /* steps that arrived */
	bool running; /* the next one */
	MessageOutcome outcome;
	bool tried;
	char *error;
	int64 retry_after; /* seconds; -1: whenever */
	int status;        /* of the last answer; 0: none */
	List *answers;     /* of MessageStep *, those that were answered */
};

/* Reads a request. What is wrong with it, its channel or its role is the message's outcome; channels are read once. */
extern Message *MessageRead(Jsonb *request, List **channels);

/* Makes a transfer of a step of a request, or of a mail, unless the message has an outcome. */
extern void MessageAddRequest(Message *message, Jsonb *step);
extern void MessageAddMail(Message *message, Jsonb *mail);

/* Points a step to its URL: false and an outcome where it may not be called. */
extern bool MessageAim(MessageStep *step, char *url);
extern MessageStep *MessageAddStep(Message *message);

/* Ends it. The error has no secrets. */
extern void MessageEnd(Message *message, MessageOutcome outcome, const char *error);

/* Signs a step, right before it is sent. */
extern void MessageSign(MessageStep *step);

/* What a transfer that ended means for its message. */
extern void MessageJudge(MessageStep *step);

/* Whether that tells that the channel takes nothing at the moment. */
extern bool MessageShowsChannelDown(const MessageStep *step);

/* Adds the result to an array. */
extern void MessageDescribe(JsonbParseState **state, const Message *message);

/* Sends all that wait. */
extern void MessagesSend(List *messages);

/* Whether it may be a header of HTTP or mail: two of them cannot hide in one. */
extern bool HeaderIsSafe(const char *name, const char *value);

/* The headers that a request names, as lines; false and an outcome where one is not safe. */
extern bool MessageHeaders(Message *message, Jsonb *step, List **headers);

#endif
