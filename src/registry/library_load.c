#include "postgres.h"

#include <dlfcn.h>

#include "fmgr.h"

#include "compat.h"
#include "registry/library_load.h"

/* No setting names it: it is beside drift, or nowhere */
static char *
PathOfLibrary(const char *name)
{
	Dl_info info;
	const char *slash;

	if (dladdr((void *) LibraryLoad, &info) == 0 || (slash = strrchr(info.dli_fname, '/')) == NULL)
		return psprintf("$libdir/%s", name);
	return psprintf("%.*s/%s", (int) (slash - info.dli_fname), info.dli_fname, name);
}

pg_noreturn static void
RefuseWithout(const LibraryNeed *need, MemoryContext context)
{
	ErrorData *error;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	FlushErrorState();
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg_internal("%s", need->refusal),
					errdetail_internal("%s.", error->message), errhint("%s", need->hint)));
}

const void *
LibraryLoad(const LibraryNeed *need)
{
	MemoryContext context = CurrentMemoryContext;
	void *loaded = NULL;
	const char *version;

	PG_TRY();
	{
		loaded = load_external_function(PathOfLibrary(need->library), need->symbol, true, NULL);
	}
	PG_CATCH();
	{
		RefuseWithout(need, context);
	}
	PG_END_TRY();
	version = *(const char *const *) loaded;
	if (strcmp(version, DRIFT_VERSION) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the library %s is of drift %s, and this is drift %s", need->library, version, DRIFT_VERSION)));
	return loaded;
}
