/*
 * http_library.h
 *		What drift_http, the shared object that is linked with libcurl, does for
 *		drift: messages by HTTPS and SMTP.
 *
 * drift loads it when somebody first sends, and asks for one symbol:
 * DRIFT_HTTP_LIBRARY, an HttpLibrary. Signals wait while libcurl runs, so that
 * none is handled on a thread of its resolver. It runs for a tenth of a second
 * at most, and then interrupts are asked for.
 */
#ifndef DRIFT_HTTP_HTTP_LIBRARY_H
#define DRIFT_HTTP_HTTP_LIBRARY_H

#include "nodes/pg_list.h"

#define DRIFT_HTTP_LIBRARY "drift_http_library"

/* More of an answer than this is not read. */
#define HTTP_MOST_ANSWER 65536

/* Which addresses a host may turn out to have, apart from those of the network. */
typedef enum HttpReach
{
	HTTP_REACH_NETWORK,       /* neither this machine nor addresses of the link */
	HTTP_REACH_MACHINE,       /* this machine as well */
	HTTP_REACH_ONLY_MACHINE,  /* this machine and nothing else */
	HTTP_REACH_EVERY_ADDRESS, /* whoever allowed the host named the address itself */
} HttpReach;

/* A URL in parts, as it will be called. */
typedef struct HttpUrl
{
	char *scheme;
	char *host; /* an IPv6 address has no brackets */
	int port;   /* the scheme's unless it says one */
	char *path; /* without the query, and with dots resolved */
	bool has_user;
} HttpUrl;

typedef struct HttpAttachment
{
	char *name;
	char *type;
	char *body;
} HttpAttachment;

/* Strings are UTF-8 with LF or CRLF at the end of a line. */
typedef struct HttpMail
{
	char *from;
	List *to;      /* of char * */
	List *headers; /* of char *, "Name: value" */
	char *text;
	char *html;        /* NULL: none */
	List *attachments; /* of HttpAttachment * */
} HttpMail;

typedef enum HttpEnd
{
	HTTP_ANSWERED,       /* there is a status */
	HTTP_BROKEN,         /* the connection broke before an answer */
	HTTP_NOT_REACHED,    /* no connection, or no answer in time */
	HTTP_NOT_TRUSTED,    /* no TLS, or not that of the host */
	HTTP_ADDRESS_REFUSED /* the host has an address that it may not have */
} HttpEnd;

/* A request or a mail. Strings live as long as the transfer. */
typedef struct HttpTransfer
{
	char *url; /* https, smtp or smtps */
	HttpReach reach;
	bool needs_tls; /* of smtp: by STARTTLS */
	char *user;     /* NULL: none; so is what follows */
	char *password;
	char *bearer; /* OAuth 2 token for SMTP */
	char *ca_file;
	int timeout; /* milliseconds */
	char *method;
	List *headers; /* of char *, "Name: value" */
	char *body;
	const HttpMail *mail; /* instead of method, headers and body */

	/* What became of it */
	HttpEnd end;
	int status;
	char *error;         /* unless answered */
	char *answer;        /* the body, or the last line of SMTP; HTTP_MOST_ANSWER at most, any bytes */
	Size answer_length;  /* of it */
	int64 retry_after;   /* seconds; -1: the answer does not say */
	char *location_host; /* where the answer sends to; NULL: nowhere */
} HttpTransfer;

typedef struct HttpLibrary
{
	const char *drift_version; /* of the drift that it was built with */
	const char *version;       /* of libcurl and what it uses */

	/* False where it is none. */
	bool (*parse_url)(const char *text, HttpUrl *url);
	/* Begins a transfer; at most so many connections stay open. */
	void (*start)(HttpTransfer *transfer, int connections);
	/* Waits for one to end, with interrupts; NULL where none is under way. What became of it is in the current context. */
	HttpTransfer *(*wait)(void);
	/* Ends all that are under way. */
	void (*stop)(void);
	/* Closes connections that were kept for the next transfers. */
	void (*close)(void);
} HttpLibrary;

#endif
