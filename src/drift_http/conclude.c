/*
 * conclude.c
 *		What became of a transfer.
 */
#include "postgres.h"

#include "drift_http/parts.h"

static long
StatusOf(HttpRun *run, CURLcode code)
{
	long status = 0;

	(void) curl_easy_getinfo(run->easy, CURLINFO_RESPONSE_CODE, &status);
	if (run->transfer->mail == NULL)
		return status >= 200 ? status : 0;
	/* Of a mail only the last reply counts, and a refusal on the way there */
	return code == CURLE_OK || status >= 400 ? status : 0;
}

static HttpEnd
EndOf(const HttpRun *run, CURLcode code)
{
	if (run->address_refused && code == CURLE_COULDNT_CONNECT)
		return HTTP_ADDRESS_REFUSED;
	switch (code)
	{
		case CURLE_PEER_FAILED_VERIFICATION:
		case CURLE_SSL_CONNECT_ERROR:
		case CURLE_SSL_CACERT_BADFILE:
		case CURLE_SSL_ISSUER_ERROR:
		case CURLE_SSL_INVALIDCERTSTATUS:
		case CURLE_USE_SSL_FAILED:
			return HTTP_NOT_TRUSTED;
		case CURLE_COULDNT_RESOLVE_HOST:
		case CURLE_COULDNT_CONNECT:
		case CURLE_OPERATION_TIMEDOUT:
			return HTTP_NOT_REACHED;
		default:
			return HTTP_BROKEN;
	}
}

static int64
RetryAfter(HttpRun *run)
{
	curl_off_t seconds = 0;

	(void) curl_easy_getinfo(run->easy, CURLINFO_RETRY_AFTER, &seconds);
	return seconds > 0 ? seconds : -1;
}

/* What stands before the host's end may be no secret, what follows it may */
static char *
LocationHost(HttpRun *run)
{
	char *location = NULL;
	HttpUrl url;

	(void) curl_easy_getinfo(run->easy, CURLINFO_REDIRECT_URL, &location);
	return location != NULL && HttpUrlParse(location, &url) ? url.host : NULL;
}

void
HttpConclude(HttpRun *run, CURLcode code)
{
	HttpTransfer *transfer = run->transfer;
	const char *reply = transfer->mail != NULL ? run->reply : run->answer;
	Size length = transfer->mail != NULL ? strcspn(run->reply, "\r\n") : run->answer_length;

	transfer->status = run->easy == NULL ? 0 : (int) StatusOf(run, code);
	transfer->end = transfer->status > 0 ? HTTP_ANSWERED : EndOf(run, code);
	if (transfer->end != HTTP_ANSWERED)
	{
		transfer->error = pstrdup(run->error[0] != '\0' ? run->error : curl_easy_strerror(code));
		return;
	}
	transfer->answer = palloc(length + 1);
	memcpy(transfer->answer, reply, length);
	transfer->answer[length] = '\0';
	transfer->answer_length = length;
	transfer->retry_after = RetryAfter(run);
	transfer->location_host = LocationHost(run);
}
