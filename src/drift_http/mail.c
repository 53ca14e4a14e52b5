/*
 * mail.c
 *		A mail in MIME: text, the same as HTML, attachments. Nothing here may
 *		raise an error.
 */
#include "postgres.h"

#include "drift_http/parts.h"

static void
Note(HttpRun *run, CURLcode code)
{
	if (run->code == CURLE_OK)
		run->code = code;
}

/* A part that has this body; lines end as mails want it already */
static curl_mimepart *
AddPart(HttpRun *run, curl_mime *to, const char *body, const char *type, const char *encoder)
{
	curl_mimepart *part = curl_mime_addpart(to);

	if (part == NULL)
	{
		Note(run, CURLE_OUT_OF_MEMORY);
		return NULL;
	}
	Note(run, curl_mime_data(part, body, CURL_ZERO_TERMINATED));
	Note(run, curl_mime_type(part, type));
	Note(run, curl_mime_encoder(part, encoder));
	return part;
}

/* Readers show the last of the alternatives that they can */
static void
AddBody(HttpRun *run, const HttpMail *mail)
{
	curl_mime *both;
	curl_mimepart *part;

	if (mail->html == NULL)
	{
		(void) AddPart(run, run->mime, mail->text, "text/plain; charset=utf-8", "quoted-printable");
		return;
	}
	both = curl_mime_init(run->easy);
	part = curl_mime_addpart(run->mime);
	if (both == NULL || part == NULL)
	{
		Note(run, CURLE_OUT_OF_MEMORY);
		curl_mime_free(both);
		return;
	}
	(void) AddPart(run, both, mail->text, "text/plain; charset=utf-8", "quoted-printable");
	(void) AddPart(run, both, mail->html, "text/html; charset=utf-8", "quoted-printable");
	Note(run, curl_mime_type(part, "multipart/alternative"));
	Note(run, curl_mime_subparts(part, both));
}

static void
AddAttachment(HttpRun *run, const HttpAttachment *attachment)
{
	curl_mimepart *part = AddPart(run, run->mime, attachment->body, attachment->type, "base64");

	if (part != NULL)
		Note(run, curl_mime_filename(part, attachment->name));
}

void
HttpPrepareMail(HttpRun *run, const HttpMail *mail)
{
	ListCell *cell;

	run->mime = curl_mime_init(run->easy);
	if (run->mime == NULL)
	{
		Note(run, CURLE_OUT_OF_MEMORY);
		return;
	}
	AddBody(run, mail);
	foreach (cell, mail->attachments)
		AddAttachment(run, lfirst(cell));
	foreach (cell, mail->headers)
		HttpListAdd(run, &run->headers, lfirst(cell));
	foreach (cell, mail->to)
		HttpListAdd(run, &run->recipients, lfirst(cell));
	HttpSet(run, CURLOPT_USE_SSL, (long) (run->transfer->needs_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	HttpSet(run, CURLOPT_MAIL_FROM, mail->from);
	HttpSet(run, CURLOPT_MAIL_RCPT, run->recipients);
	HttpSet(run, CURLOPT_HTTPHEADER, run->headers);
	HttpSet(run, CURLOPT_MIMEPOST, run->mime);
}
