/*
 * message_queue.c
 *		Many messages over few connections.
 *
 * A channel gets half of the connections at most, so that one that hangs does
 * not keep others waiting, and after it was found down it gets nothing more.
 */
#include "postgres.h"

#include "guc.h"
#include "registry/http_load.h"
#include "registry/message.h"

typedef struct MessageQueue
{
	const HttpLibrary *library;
	List *messages;
	int running;
} MessageQueue;

static int
RunningOf(const MessageQueue *queue, const Channel *channel)
{
	int n = 0;
	ListCell *cell;

	foreach (cell, queue->messages)
	{
		const Message *message = lfirst(cell);

		n += message->running && message->channel == channel;
	}
	return n;
}

/* The first that may be sent now */
static Message *
NextMessage(const MessageQueue *queue)
{
	int most = (drift_http_connections + 1) / 2;
	ListCell *cell;

	foreach (cell, queue->messages)
	{
		Message *message = lfirst(cell);

		if (message->outcome == MESSAGE_WAITS && !message->running && RunningOf(queue, message->channel) < most)
			return message;
	}
	return NULL;
}

static void
StartMessages(MessageQueue *queue)
{
	Message *message;

	while (queue->running < drift_http_connections && (message = NextMessage(queue)) != NULL)
	{
		MessageStep *step = list_nth(message->steps, message->done);

		MessageSign(step);
		queue->library->start(&step->transfer, drift_http_connections);
		message->running = true;
		queue->running++;
	}
}

/* What has not begun comes back as it is, to be sent when the channel works again */
static void
GiveBack(MessageQueue *queue, const Message *failed)
{
	ListCell *cell;

	foreach (cell, queue->messages)
	{
		Message *message = lfirst(cell);

		if (message->channel != failed->channel || message->outcome != MESSAGE_WAITS || message->running)
			continue;
		message->retry_after = failed->retry_after;
		MessageEnd(message, MESSAGE_RETRY, psprintf("not tried after another message: %s", failed->error));
	}
}

static void
SendAll(MessageQueue *queue)
{
	HttpTransfer *transfer;

	StartMessages(queue);
	while ((transfer = queue->library->wait()) != NULL)
	{
		MessageStep *step = (MessageStep *) transfer;

		queue->running--;
		MessageJudge(step);
		ereport(DEBUG1, (errmsg_internal("drift sent to channel \"%s\": %s", step->message->channel->name,
										 step->message->error != NULL ? step->message->error : "taken")));
		if (step->message->outcome == MESSAGE_RETRY && MessageShowsChannelDown(step))
			GiveBack(queue, step->message);
		StartMessages(queue);
	}
}

void
MessagesSend(List *messages)
{
	MessageQueue queue = {.library = HttpLibraryGet(), .messages = messages};

	PG_TRY();
	{
		SendAll(&queue);
	}
	PG_FINALLY();
	{
		queue.library->stop();
	}
	PG_END_TRY();
}
