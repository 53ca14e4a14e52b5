/*
 * message_mail.c
 *		A mail: who it is from and to, its headers, and how the server is spoken to.
 */
#include "postgres.h"

#include <time.h>

#include "common/base64.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "compat.h"
#include "registry/jsonb_parts.h"
#include "registry/message.h"

#define LONGEST_PLAIN_SUBJECT 200
#define BYTES_IN_WORD 45 /* of an encoded word, which has 75 characters at most */

/* One @, and nothing that ends an address or a line */
static bool
IsAddress(const char *address)
{
	const char *at = strchr(address, '@');

	for (const char *p = address; *p != '\0'; p++)
		if ((unsigned char) *p <= ' ' || (unsigned char) *p >= 0x7f || strchr("<>()[]\\,;:\"", *p) != NULL)
			return false;
	return at != NULL && at != address && at[1] != '\0' && strchr(at + 1, '@') == NULL;
}

/* Neither a line nor a header ends within it */
static char *
OneLine(const char *text)
{
	char *line = pstrdup(text);

	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char) *p < ' ' || *p == 0x7f)
			*p = ' ';
	return line;
}

/* Bytes of whole characters that an encoded word has room for */
static int
BytesOfWord(const char *text)
{
	int length = 0;

	while (text[length] != '\0')
	{
		int n = Min(pg_utf_mblen((const unsigned char *) text + length), (int) strlen(text + length));

		if (length + n > BYTES_IN_WORD)
			break;
		length += n;
	}
	return length;
}

/* A header's text, UTF-8, by RFC 2047 where it has to be */
static char *
EncodedWords(const char *text)
{
	StringInfoData words;
	bool is_ascii = true;

	for (const char *p = text; *p != '\0'; p++)
		is_ascii = is_ascii && !IS_HIGHBIT_SET(*p);
	if (is_ascii && strlen(text) <= LONGEST_PLAIN_SUBJECT && strstr(text, "=?") == NULL)
		return pstrdup(text);
	initStringInfo(&words);
	while (*text != '\0')
	{
		int length = BytesOfWord(text);
		char encoded[4 * BYTES_IN_WORD] = "";

		(void) pg_b64_encode_compat(text, length, encoded, sizeof(encoded));
		appendStringInfo(&words, "%s=?UTF-8?B?%s?=", words.len > 0 ? "\r\n " : "", encoded);
		text += length;
	}
	return words.data;
}

/* Lines end as mails want it, in UTF-8 */
static char *
MailLines(char *text)
{
	StringInfoData lines;

	text = pg_server_to_any(text, strlen(text), PG_UTF8);
	initStringInfo(&lines);
	for (const char *p = text; *p != '\0'; p++)
	{
		if (*p == '\n')
			appendStringInfoChar(&lines, '\r');
		if (*p != '\r')
			appendStringInfoChar(&lines, *p);
	}
	return lines.data;
}

/* By tables: names of days and months are English whatever the server speaks */
static char *
MailDate(void)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm t;

	gmtime_r(&now, &t);
	return psprintf("Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000", days + 3 * t.tm_wday, t.tm_mday,
					months + 3 * t.tm_mon, t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static char *
Recipients(List *to)
{
	StringInfoData line;
	ListCell *cell;

	initStringInfo(&line);
	foreach (cell, to)
		appendStringInfo(&line, "%s%s", line.len > 0 ? ",\r\n " : "", (char *) lfirst(cell));
	return line.data;
}

static void
AddHeaders(Message *message, HttpMail *mail, Jsonb *request)
{
	const char *subject = JsonbMemberText(request, "subject");
	char *line = OneLine(subject == NULL ? "drift" : subject);
	char *utf8 = pg_server_to_any(line, strlen(line), PG_UTF8);

	mail->headers = list_make4(MailDate(), psprintf("From: %s", mail->from), psprintf("To: %s", Recipients(mail->to)),
							   psprintf("Subject: %s", EncodedWords(utf8)));
	if (message->key != NULL && HeaderIsSafe("Message-ID", message->key))
		mail->headers =
			lappend(mail->headers, psprintf("Message-ID: <%s@%s>", OneLine(message->key), strchr(mail->from, '@') + 1));
	mail->headers = lappend(mail->headers, "Auto-Submitted: auto-generated");
	(void) MessageHeaders(message, request, &mail->headers);
}

static char *
PlainName(const char *name)
{
	char *plain = OneLine(name);

	for (char *p = plain; *p != '\0'; p++)
		if (IS_HIGHBIT_SET(*p) || strchr("\"\\/;", *p) != NULL)
			*p = '_';
	return plain;
}

/* Text is UTF-8, as all that is sent */
static char *
TypeOfAttachment(const char *type)
{
	if (type == NULL || !HeaderIsSafe("Content-Type", type))
		return "application/octet-stream";
	return strncmp(type, "text/", 5) == 0 && strchr(type, ';') == NULL ? psprintf("%s; charset=utf-8", type)
																	   : pstrdup(type);
}

static void
AddAttachments(HttpMail *mail, Jsonb *request)
{
	const JsonbValue *array = JsonbMember(request, "attachments");

	if (array == NULL || array->type != jbvBinary || !JsonContainerIsArray(array->val.binary.data))
		return;
	for (uint32 i = 0; i < JsonContainerSize(array->val.binary.data); i++)
	{
		Jsonb *given = JsonbValueToJsonb(getIthJsonbValueFromContainer(array->val.binary.data, i));
		HttpAttachment *attachment = palloc(sizeof(HttpAttachment));
		char *name;
		char *body;

		JsonbRequireObject(given, "an attachment");
		name = JsonbMemberText(given, "name");
		body = JsonbMemberText(given, "body");
		attachment->name = PlainName(name == NULL ? "attachment" : name);
		attachment->type = TypeOfAttachment(JsonbMemberText(given, "type"));
		attachment->body = body == NULL ? "" : pg_server_to_any(body, strlen(body), PG_UTF8);
		mail->attachments = lappend(mail->attachments, attachment);
	}
}

static bool
ReadAddresses(Message *message, HttpMail *mail, Jsonb *request)
{
	ListCell *cell;

	mail->from = JsonbMemberText(request, "from");
	mail->to = JsonbMemberTexts(request, "to");
	if (mail->from == NULL || !IsAddress(mail->from) || mail->to == NIL)
	{
		MessageEnd(message, MESSAGE_DEAD, "the mail has no sender or no recipient");
		return false;
	}
	foreach (cell, mail->to)
		if (!IsAddress(lfirst(cell)))
		{
			MessageEnd(message, MESSAGE_DEAD, "a recipient of the mail is no address");
			return false;
		}
	return true;
}

/* TLS from the first byte, from a command on, or none, which never leaves the machine */
static void
SetServer(MessageStep *step)
{
	Message *message = step->message;
	const Channel *channel = message->channel;
	const char *tls = ChannelOption(channel, "tls");
	const char *host = ChannelOption(channel, "host");
	bool bare = host != NULL && strchr(host, ':') != NULL && *host != '[';
	bool implicit = tls == NULL ? ChannelNumber(channel, "port", 0) == 465 : strcmp(tls, "implicit") == 0;
	bool none = tls != NULL && strcmp(tls, "none") == 0;
	HttpTransfer *transfer = &step->transfer;

	transfer->user = ChannelSecret(channel, "username");
	transfer->password = ChannelSecret(channel, "password");
	transfer->bearer = ChannelSecret(channel, "token");
	transfer->needs_tls = !none;
	if (host == NULL)
		MessageEnd(message, MESSAGE_RETRY, "the channel has no host");
	else if (none && (transfer->user != NULL || transfer->password != NULL || transfer->bearer != NULL))
		MessageEnd(message, MESSAGE_RETRY, "a mail server without TLS gets no password");
	else if (MessageAim(step,
						psprintf("%s://%s%s%s:%d", implicit ? "smtps" : "smtp", bare ? "[" : "", host, bare ? "]" : "",
								 ChannelNumber(channel, "port",
											   implicit ? 465
											   : none   ? 25
														: 587))) &&
			 none)
		transfer->reach = HTTP_REACH_ONLY_MACHINE;
}

void
MessageAddMail(Message *message, Jsonb *request)
{
	HttpMail *mail = palloc0(sizeof(HttpMail));
	char *text = JsonbMemberText(request, "text");
	char *html = JsonbMemberText(request, "html");
	MessageStep *step;

	if (!ReadAddresses(message, mail, request))
		return;
	AddHeaders(message, mail, request);
	mail->text = MailLines(text == NULL ? "" : text);
	mail->html = html == NULL ? NULL : MailLines(html);
	AddAttachments(mail, request);
	if (message->outcome != MESSAGE_WAITS)
		return;
	step = MessageAddStep(message);
	step->transfer.mail = mail;
	SetServer(step);
}
