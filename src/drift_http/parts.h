/*
 * parts.h
 *		How libcurl is called.
 */
#ifndef DRIFT_HTTP_PARTS_H
#define DRIFT_HTTP_PARTS_H

#include <curl/curl.h>

#include "lib/ilist.h"

#include "drift_http/http_library.h"
#include "masked_call.h"

/* A transfer that is under way. It lives outside of all contexts, so that it can be ended at any time. */
typedef struct HttpRun
{
	dlist_node node;
	HttpTransfer *transfer;
	CURL *easy;
	CURLU *url;
	struct curl_slist *headers;
	struct curl_slist *recipients;
	curl_mime *mime;
	CURLcode code; /* the first error of setting it up */
	bool address_refused;
	size_t header_bytes;
	size_t answer_length;
	char error[CURL_ERROR_SIZE];
	char reply[512]; /* last line of SMTP */
	char answer[HTTP_MOST_ANSWER];
} HttpRun;

/* Sets an option, unless one failed before. */
#define HttpSet(run, option, value) \
	((run)->code = (run)->code == CURLE_OK ? curl_easy_setopt((run)->easy, option, value) : (run)->code)

/* Adds to a list, unless something failed before. */
extern void HttpListAdd(HttpRun *run, struct curl_slist **list, const char *item);

/* The URL in libcurl's form; NULL where it is none. */
extern CURLU *HttpUrlRead(const char *text);
extern bool HttpUrlParse(const char *text, HttpUrl *url);

/* More than are ever open: each connection may try two addresses at once. */
#define HTTP_MOST_SOCKETS 256

/* Callbacks that open a socket for a run, which is their argument, and close one. */
extern curl_socket_t HttpOpenSocket(void *arg, curlsocktype purpose, struct curl_sockaddr *address);
extern int HttpCloseSocket(void *arg, curl_socket_t closed);

/* Nothing more goes through any of them. */
extern void HttpShutSockets(void);

/* Whether a socket may be connected with an address. */
extern bool HttpMayReach(HttpReach reach, const struct sockaddr *address);

/* Everything that a run needs to be told; while signals wait. */
extern void HttpPrepare(HttpRun *run);
extern void HttpPrepareMail(HttpRun *run, const HttpMail *mail);

/* Reads what became of it. */
extern void HttpConclude(HttpRun *run, CURLcode code);

extern void HttpStart(HttpTransfer *transfer, int connections);
extern HttpTransfer *HttpWait(void);
extern void HttpStop(void);
extern void HttpClose(void);

#endif
