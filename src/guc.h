/*
 * guc.h
 *		Settings.
 */
#ifndef DRIFT_GUC_H
#define DRIFT_GUC_H

/* Distinct values that a new profile counts exactly, and keys it keeps beyond that. */
extern int drift_profile_keys;

/* Kilobytes of prepared models that a session keeps. */
extern int drift_model_cache_size;

extern void DriftInitSettings(void);

#endif
