/*
 * message_result.c
 *		What an answer means, and how it is told.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "registry/jsonb_parts.h"
#include "registry/message.h"

#define LONGEST_QUOTE 200
#define LONGEST_BODY 4096

static const char *const outcome_names[] = {"retry", "sent", "retry", "dead"};

/* Of HTTP, and of SMTP, where four hundreds are what passes. A limit of requests may be told as something forbidden */
static MessageOutcome
OutcomeOfStatus(const HttpTransfer *transfer)
{
	int status = transfer->status;

	if (status >= 200 && status < 300)
		return MESSAGE_SENT;
	if (transfer->mail != NULL)
		return status < 500 ? MESSAGE_RETRY : MESSAGE_DEAD;
	if (status == 408 || status == 425 || status == 429 || status >= 500 || transfer->retry_after > 0)
		return MESSAGE_RETRY;
	return MESSAGE_DEAD;
}

/* The beginning of an answer on one line */
static char *
Quote(const MessageStep *step)
{
	char *text = ChannelCleanText(step->message->channel, step->transfer.answer, step->transfer.answer_length);
	char *quote = pnstrdup(text, pg_mbcliplen(text, strlen(text), LONGEST_QUOTE));
	char *end = quote + strlen(quote);

	for (char *p = quote; *p != '\0'; p++)
		if ((unsigned char) *p < ' ' || *p == 0x7f)
			*p = ' ';
	while (end > quote && end[-1] == ' ')
		*--end = '\0';
	return *quote == '\0' ? "" : psprintf(": %s", quote);
}

static char *
ErrorOfAnswer(const MessageStep *step)
{
	const HttpTransfer *transfer = &step->transfer;

	if (transfer->status >= 300 && transfer->status < 400 && transfer->mail == NULL)
		return psprintf("%s:%d answered %d, which sends to %s; redirects are not followed", step->host, step->port,
						transfer->status, transfer->location_host == NULL ? "nowhere" : transfer->location_host);
	return psprintf("%s:%d answered %d%s", step->host, step->port, transfer->status, Quote(step));
}

static char *
ErrorOfFailure(const MessageStep *step)
{
	static const char *const meanings[] = {
		[HTTP_BROKEN] = "broke the connection off",
		[HTTP_NOT_REACHED] = "was not reached",
		[HTTP_NOT_TRUSTED] = "is not trusted",
		[HTTP_ADDRESS_REFUSED] = "has an address that it may not have",
	};

	return psprintf("%s:%d %s: %s", step->host, step->port, meanings[step->transfer.end],
					ChannelCleanText(step->message->channel, step->transfer.error, strlen(step->transfer.error)));
}

void
MessageJudge(MessageStep *step)
{
	Message *message = step->message;
	const HttpTransfer *transfer = &step->transfer;
	MessageOutcome outcome = transfer->end == HTTP_ANSWERED ? OutcomeOfStatus(transfer) : MESSAGE_RETRY;

	message->running = false;
	message->tried = true;
	message->status = transfer->status;
	message->retry_after = transfer->retry_after;
	if (transfer->end == HTTP_ANSWERED)
		message->answers = lappend(message->answers, step);
	if (outcome == MESSAGE_SENT)
	{
		message->done++;
		if (message->done == list_length(message->steps))
			MessageEnd(message, MESSAGE_SENT, NULL);
		return;
	}
	MessageEnd(message, outcome, transfer->end == HTTP_ANSWERED ? ErrorOfAnswer(step) : ErrorOfFailure(step));
}

bool
MessageShowsChannelDown(const MessageStep *step)
{
	const HttpTransfer *transfer = &step->transfer;

	if (transfer->end == HTTP_ANSWERED)
		return OutcomeOfStatus(transfer) == MESSAGE_RETRY && (transfer->status == 429 || transfer->retry_after > 0);
	return transfer->end != HTTP_BROKEN;
}

static void
AddAnswers(JsonbParseState **state, const Message *message)
{
	ListCell *cell;

	JsonbAddKey(state, "answers", strlen("answers"));
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	foreach (cell, message->answers)
	{
		const MessageStep *step = lfirst(cell);

		pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
		JsonbAddInteger(state, "status", step->transfer.status);
		JsonbAddText(state, "body",
					 ChannelCleanText(message->channel, step->transfer.answer, step->transfer.answer_length));
		pushJsonbValue(state, WJB_END_OBJECT, NULL);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

static void
AddBody(JsonbParseState **state, const Message *message)
{
	const MessageStep *last = llast(message->answers);
	char *text = ChannelCleanText(message->channel, last->transfer.answer, last->transfer.answer_length);

	text[pg_mbcliplen(text, strlen(text), LONGEST_BODY)] = '\0';
	JsonbAddText(state, "body", text);
}

void
MessageDescribe(JsonbParseState **state, const Message *message)
{
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	if (message->delivery != NULL)
		JsonbAddScalar(state, "delivery_id", message->delivery);
	JsonbAddText(state, "outcome", outcome_names[message->outcome]);
	JsonbAddBoolean(state, "tried", message->tried);
	if (message->status > 0)
		JsonbAddInteger(state, "status", message->status);
	if (message->retry_after >= 0)
		JsonbAddInteger(state, "retry_after", message->retry_after);
	if (message->error != NULL)
		JsonbAddText(state, "error", message->error);
	if (message->answers != NIL)
	{
		AddBody(state, message);
		AddAnswers(state, message);
	}
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}
