/*
 * boost_load.c
 *		Loads drift_train.
 */
#include "postgres.h"

#include "registry/boost_load.h"
#include "registry/library_load.h"

static const LibraryNeed need = {
	.library = "drift_train",
	.symbol = DRIFT_BOOST_LIBRARY,
	.refusal = "training with XGBoost is not available here",
	.hint = "Install libxgboost-dev, build drift again and install it: that adds the library drift_train. Linear and "
			"logistic models need nothing more.",
};

const BoostLibrary *
BoostLibraryGet(void)
{
	static const BoostLibrary *loaded = NULL;

	if (loaded == NULL)
	{
		const BoostLibrary *library = LibraryLoad(&need);

		if (library->version[0] < 1 || (library->version[0] == 1 && library->version[1] < 7))
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
							errmsg("libxgboost %d.%d is too old", library->version[0], library->version[1]),
							errhint("Training needs 1.7 or newer.")));
		loaded = library;
	}
	return loaded;
}
