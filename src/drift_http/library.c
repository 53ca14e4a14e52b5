/*
 * library.c
 *		The symbol that drift asks for.
 */
#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "drift_http/parts.h"

PG_MODULE_MAGIC_EXT(.name = "drift_http", .version = DRIFT_VERSION);

PGDLLEXPORT extern HttpLibrary drift_http_library;
PGDLLEXPORT void _PG_init(void);

HttpLibrary drift_http_library = {
	.drift_version = DRIFT_VERSION,
	.parse_url = HttpUrlParse,
	.start = HttpStart,
	.wait = HttpWait,
	.stop = HttpStop,
	.close = HttpClose,
};

void
_PG_init(void)
{
	MaskedCall call;
	CURLcode code;

	MaskedCallEnter(&call);
	code = curl_global_init(CURL_GLOBAL_DEFAULT);
	MaskedCallLeave(&call);
	if (code != CURLE_OK)
		elog(ERROR, "libcurl does not start: %s", curl_easy_strerror(code));
	drift_http_library.version = curl_version();
}
