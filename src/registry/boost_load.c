/*
 * boost_load.c
 *		Loads drift_train from where this library is.
 */
#include "postgres.h"

#include <dlfcn.h>

#include "fmgr.h"

#include "compat.h"
#include "registry/boost_load.h"

#define NAME_OF_LIBRARY "drift_train"

static const BoostLibrary *loaded = NULL;

/* No setting names it: it is beside drift, or nowhere */
static char *
PathOfLibrary(void)
{
	Dl_info info;
	const char *slash;

	if (dladdr((void *) &loaded, &info) == 0 || (slash = strrchr(info.dli_fname, '/')) == NULL)
		return pstrdup("$libdir/" NAME_OF_LIBRARY);
	return psprintf("%.*s/" NAME_OF_LIBRARY, (int) (slash - info.dli_fname), info.dli_fname);
}

pg_noreturn static void
RefuseWithout(MemoryContext context)
{
	ErrorData *error;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	FlushErrorState();
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("training with XGBoost is not available here"),
					errdetail_internal("%s.", error->message),
					errhint("Install libxgboost-dev, build drift again and install it: that adds the library "
							"drift_train. Linear and logistic models need nothing more.")));
}

static const BoostLibrary *
Load(void)
{
	MemoryContext context = CurrentMemoryContext;
	const BoostLibrary *library = NULL;

	PG_TRY();
	{
		library = load_external_function(PathOfLibrary(), DRIFT_BOOST_LIBRARY, true, NULL);
	}
	PG_CATCH();
	{
		RefuseWithout(context);
	}
	PG_END_TRY();
	return library;
}

const BoostLibrary *
BoostLibraryGet(void)
{
	if (loaded == NULL)
	{
		const BoostLibrary *library = Load();

		if (strcmp(library->drift_version, DRIFT_VERSION) != 0)
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
							errmsg("the library " NAME_OF_LIBRARY " is of drift %s, and this is drift %s",
								   library->drift_version, DRIFT_VERSION)));
		if (library->version[0] < 1 || (library->version[0] == 1 && library->version[1] < 7))
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
							errmsg("libxgboost %d.%d is too old", library->version[0], library->version[1]),
							errhint("Training needs 1.7 or newer.")));
		loaded = library;
	}
	return loaded;
}
