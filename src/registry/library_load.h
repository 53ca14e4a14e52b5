/*
 * library_load.h
 *		Libraries of drift that are loaded when somebody first needs them.
 */
#ifndef DRIFT_REGISTRY_LIBRARY_LOAD_H
#define DRIFT_REGISTRY_LIBRARY_LOAD_H

/* What is said where a library is not there. */
typedef struct LibraryNeed
{
	const char *library;
	const char *symbol;
	const char *refusal;
	const char *hint;
} LibraryNeed;

/*
 * The symbol of a library that is beside drift. The symbol is a struct, and
 * the first of its members is the version of the drift that it was built with:
 * it must be this one. An error, feature_not_supported, where that fails.
 */
extern const void *LibraryLoad(const LibraryNeed *need);

#endif
