/*
 * prepare.c
 *		What libcurl is told of a transfer. Nothing here may raise an error.
 */
#include "postgres.h"

#include "drift_http/parts.h"

#define MOST_HEADER_BYTES 65536
#define MOST_CONNECT_TIME 10000

void
HttpListAdd(HttpRun *run, struct curl_slist **list, const char *item)
{
	struct curl_slist *longer = curl_slist_append(*list, item);

	if (longer == NULL)
		run->code = CURLE_OUT_OF_MEMORY;
	else
		*list = longer;
}

/* Less than was given ends the transfer */
static size_t
TakeAnswer(char *bytes, size_t size, size_t n, void *arg)
{
	HttpRun *run = arg;
	size_t taken = Min(n, sizeof(run->answer) - run->answer_length);

	memcpy(run->answer + run->answer_length, bytes, taken);
	run->answer_length += taken;
	return taken;
}

static size_t
TakeHeader(char *bytes, size_t size, size_t n, void *arg)
{
	HttpRun *run = arg;

	run->header_bytes += n;
	/* What a mail server says to goodbye is no answer */
	if (n < 3 || memcmp(bytes, "221", 3) != 0)
		snprintf(run->reply, sizeof(run->reply), "%.*s", (int) n, bytes);
	return run->header_bytes > MOST_HEADER_BYTES ? 0 : n;
}

/* Nothing of the environment, of files and of other transfers has a say */
static void
SetRules(HttpRun *run)
{
	HttpTransfer *transfer = run->transfer;

	HttpSet(run, CURLOPT_NOSIGNAL, 1L);
	HttpSet(run, CURLOPT_QUICK_EXIT, 1L);
	HttpSet(run, CURLOPT_PROTOCOLS_STR, "https,smtp,smtps");
	HttpSet(run, CURLOPT_PROXY, "");
	HttpSet(run, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
	HttpSet(run, CURLOPT_FOLLOWLOCATION, 0L);
	HttpSet(run, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
	HttpSet(run, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
	HttpSet(run, CURLOPT_SSL_VERIFYPEER, 1L);
	HttpSet(run, CURLOPT_SSL_VERIFYHOST, 2L);
	if (transfer->ca_file != NULL)
	{
		HttpSet(run, CURLOPT_CAINFO, transfer->ca_file);
		HttpSet(run, CURLOPT_CAPATH, NULL);
	}
	HttpSet(run, CURLOPT_TIMEOUT_MS, (long) transfer->timeout);
	HttpSet(run, CURLOPT_CONNECTTIMEOUT_MS, (long) Min(transfer->timeout, MOST_CONNECT_TIME));
	HttpSet(run, CURLOPT_OPENSOCKETFUNCTION, HttpOpenSocket);
	HttpSet(run, CURLOPT_OPENSOCKETDATA, run);
	HttpSet(run, CURLOPT_CLOSESOCKETFUNCTION, HttpCloseSocket);
	HttpSet(run, CURLOPT_WRITEFUNCTION, TakeAnswer);
	HttpSet(run, CURLOPT_WRITEDATA, run);
	HttpSet(run, CURLOPT_HEADERFUNCTION, TakeHeader);
	HttpSet(run, CURLOPT_HEADERDATA, run);
	HttpSet(run, CURLOPT_ERRORBUFFER, run->error);
	HttpSet(run, CURLOPT_PRIVATE, run);
}

static void
SetCredentials(HttpRun *run)
{
	HttpTransfer *transfer = run->transfer;

	if (transfer->user == NULL)
		return;
	HttpSet(run, CURLOPT_HTTPAUTH, (long) CURLAUTH_BASIC);
	HttpSet(run, CURLOPT_USERNAME, transfer->user);
	if (transfer->password != NULL)
		HttpSet(run, CURLOPT_PASSWORD, transfer->password);
	if (transfer->bearer != NULL)
		HttpSet(run, CURLOPT_XOAUTH2_BEARER, transfer->bearer);
}

static void
PrepareRequest(HttpRun *run)
{
	HttpTransfer *transfer = run->transfer;
	ListCell *cell;

	foreach (cell, transfer->headers)
		HttpListAdd(run, &run->headers, lfirst(cell));
	/* A pause before the body is of no use where bodies are short */
	HttpListAdd(run, &run->headers, "Expect:");
	HttpSet(run, CURLOPT_USERAGENT, "drift/" DRIFT_VERSION);
	if (transfer->body != NULL)
	{
		HttpSet(run, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) strlen(transfer->body));
		HttpSet(run, CURLOPT_POSTFIELDS, transfer->body);
	}
	HttpSet(run, CURLOPT_CUSTOMREQUEST, transfer->method);
	HttpSet(run, CURLOPT_HTTPHEADER, run->headers);
}

void
HttpPrepare(HttpRun *run)
{
	run->easy = curl_easy_init();
	run->url = HttpUrlRead(run->transfer->url);
	if (run->easy == NULL || run->url == NULL)
	{
		run->code = run->easy == NULL ? CURLE_OUT_OF_MEMORY : CURLE_URL_MALFORMAT;
		return;
	}
	HttpSet(run, CURLOPT_CURLU, run->url);
	SetRules(run);
	SetCredentials(run);
	if (run->transfer->mail != NULL)
		HttpPrepareMail(run, run->transfer->mail);
	else
		PrepareRequest(run);
}
