/*
 * session.c
 *		Transfers that are under way, and connections that the session keeps for
 *		the next ones.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "pgstat.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "storage/pmsignal.h"
#include "utils/memutils.h"

#include "drift_http/parts.h"

#define LONGEST_WAIT 100 /* milliseconds between two looks at interrupts */
#define OWN_FILES 4      /* what libcurl wakes itself with */

static CURLM *multi = NULL;
static int kept_connections = 0;
static int reserved_files = 0;
static dlist_head runs = DLIST_STATIC_INIT(runs);

/* Room among the files that the server lets the session open */
static void
ReserveFiles(int n)
{
	for (; reserved_files < n; reserved_files++)
		if (!AcquireExternalFD())
			ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_RESOURCES), errmsg("could not open connections"),
							errdetail("The session has as many files open as max_files_per_process and the operating "
									  "system let it."),
							errhint("Lower drift.http_connections.")));
}

static void
Open(int connections)
{
	MaskedCall call;

	if (multi != NULL && connections == kept_connections)
		return;
	HttpClose();
	ReserveFiles(connections + OWN_FILES);
	MaskedCallEnter(&call);
	multi = curl_multi_init();
	if (multi != NULL)
		(void) curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long) connections);
	MaskedCallLeave(&call);
	if (multi == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory in libcurl")));
	kept_connections = connections;
}

static void
Release(HttpRun *run)
{
	MaskedCall call;

	dlist_delete(&run->node);
	MaskedCallEnter(&call);
	if (run->easy != NULL)
	{
		(void) curl_multi_remove_handle(multi, run->easy);
		curl_easy_cleanup(run->easy);
	}
	curl_mime_free(run->mime);
	curl_slist_free_all(run->headers);
	curl_slist_free_all(run->recipients);
	curl_url_cleanup(run->url);
	MaskedCallLeave(&call);
	pfree(run);
}

void
HttpStop(void)
{
	while (!dlist_is_empty(&runs))
		Release(dlist_container(HttpRun, node, dlist_head_node(&runs)));
}

void
HttpClose(void)
{
	MaskedCall call;

	HttpStop();
	if (multi != NULL)
	{
		MaskedCallEnter(&call);
		HttpShutSockets();
		(void) curl_multi_cleanup(multi);
		MaskedCallLeave(&call);
	}
	multi = NULL;
	for (; reserved_files > 0; reserved_files--)
		ReleaseExternalFD();
}

void
HttpStart(HttpTransfer *transfer, int connections)
{
	HttpRun *run;
	MaskedCall call;

	Open(connections);
	run = MemoryContextAlloc(TopMemoryContext, sizeof(HttpRun));
	/* All but the answer, which is long */
	memset(run, 0, offsetof(HttpRun, answer));
	run->transfer = transfer;
	dlist_push_tail(&runs, &run->node);
	MaskedCallEnter(&call);
	HttpPrepare(run);
	if (run->code == CURLE_OK && curl_multi_add_handle(multi, run->easy) != CURLM_OK)
		run->code = CURLE_OUT_OF_MEMORY;
	MaskedCallLeave(&call);
}

/* Goes on with all of them; a run that has ended, with how it did, or NULL */
static HttpRun *
Advance(CURLcode *code)
{
	HttpRun *ended = NULL;
	int n;
	MaskedCall call;
	CURLMsg *message;

	MaskedCallEnter(&call);
	(void) curl_multi_perform(multi, &n);
	while (ended == NULL && (message = curl_multi_info_read(multi, &n)) != NULL)
		if (message->msg == CURLMSG_DONE)
		{
			*code = message->data.result;
			(void) curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **) &ended);
		}
	MaskedCallLeave(&call);
	return ended;
}

/* One that could not even begin */
static HttpRun *
Failed(CURLcode *code)
{
	dlist_iter iter;

	dlist_foreach(iter, &runs)
	{
		HttpRun *run = dlist_container(HttpRun, node, iter.cur);

		*code = run->code;
		if (run->code != CURLE_OK)
			return run;
	}
	return NULL;
}

static void
WaitForNetwork(void)
{
	MaskedCall call;

	pgstat_report_wait_start(PG_WAIT_EXTENSION);
	MaskedCallEnter(&call);
	(void) curl_multi_poll(multi, NULL, 0, LONGEST_WAIT, NULL);
	MaskedCallLeave(&call);
	pgstat_report_wait_end();
	if (!PostmasterIsAlive())
		proc_exit(1);
}

HttpTransfer *
HttpWait(void)
{
	while (!dlist_is_empty(&runs))
	{
		CURLcode code;
		HttpRun *run = Failed(&code);

		CHECK_FOR_INTERRUPTS();
		if (run == NULL)
			run = Advance(&code);
		if (run != NULL)
		{
			HttpTransfer *transfer = run->transfer;

			HttpConclude(run, code);
			Release(run);
			return transfer;
		}
		WaitForNetwork();
	}
	return NULL;
}
