/*
 * url.c
 *		URLs, read by libcurl itself, so that what is checked is what is called.
 */
#include "postgres.h"

#include "drift_http/parts.h"

CURLU *
HttpUrlRead(const char *text)
{
	CURLU *url = curl_url();

	if (url != NULL && curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
	{
		curl_url_cleanup(url);
		url = NULL;
	}
	return url;
}

static char *
Part(CURLU *url, CURLUPart part)
{
	char *found = NULL;
	char *copy = NULL;

	if (curl_url_get(url, part, &found, CURLU_DEFAULT_PORT) == CURLUE_OK && found != NULL)
		copy = pstrdup(found);
	curl_free(found);
	return copy;
}

static char *
WithoutBrackets(char *host)
{
	size_t length = strlen(host);

	if (host[0] == '[' && host[length - 1] == ']')
	{
		host[length - 1] = '\0';
		host++;
	}
	return host;
}

bool
HttpUrlParse(const char *text, HttpUrl *url)
{
	CURLU *parts = HttpUrlRead(text);
	char *port;

	if (parts == NULL)
		return false;
	*url = (HttpUrl){.scheme = Part(parts, CURLUPART_SCHEME),
					 .host = Part(parts, CURLUPART_HOST),
					 .path = Part(parts, CURLUPART_PATH),
					 .has_user = Part(parts, CURLUPART_USER) != NULL || Part(parts, CURLUPART_PASSWORD) != NULL};
	port = Part(parts, CURLUPART_PORT);
	curl_url_cleanup(parts);
	if (url->scheme == NULL || url->host == NULL || port == NULL)
		return false;
	url->host = WithoutBrackets(url->host);
	url->port = atoi(port);
	return true;
}
