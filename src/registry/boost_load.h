/*
 * boost_load.h
 *		libxgboost, where it is installed.
 */
#ifndef DRIFT_REGISTRY_BOOST_LOAD_H
#define DRIFT_REGISTRY_BOOST_LOAD_H

#include "drift_train/boost_library.h"

/* Loads drift_train on first use. An error, feature_not_supported, where it is not there. */
extern const BoostLibrary *BoostLibraryGet(void);

#endif
