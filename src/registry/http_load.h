/*
 * http_load.h
 *		libcurl, where it is installed.
 */
#ifndef DRIFT_REGISTRY_HTTP_LOAD_H
#define DRIFT_REGISTRY_HTTP_LOAD_H

#include "drift_http/http_library.h"

/* Loads drift_http on first use. An error, feature_not_supported, where it is not there. */
extern const HttpLibrary *HttpLibraryGet(void);

/* The same where it was loaded before, NULL otherwise. */
extern const HttpLibrary *HttpLibraryLoaded(void);

#endif
