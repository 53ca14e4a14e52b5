/*
 * http_load.c
 *		Loads drift_http.
 */
#include "postgres.h"

#include "registry/http_load.h"
#include "registry/library_load.h"

static const LibraryNeed need = {
	.library = "drift_http",
	.symbol = DRIFT_HTTP_LIBRARY,
	.refusal = "sending messages is not available here",
	.hint = "Install libcurl4-openssl-dev, build drift again and install it: that adds the library drift_http. Workers "
			"outside can send what drift.claim_events() gives them.",
};

static const HttpLibrary *loaded = NULL;

const HttpLibrary *
HttpLibraryGet(void)
{
	if (loaded == NULL)
		loaded = LibraryLoad(&need);
	return loaded;
}

const HttpLibrary *
HttpLibraryLoaded(void)
{
	return loaded;
}
