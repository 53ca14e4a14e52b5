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

/* Megabytes that a training may need. */
extern int drift_training_memory_limit;

/* Threads of a training that does not say how many, and the most that any gets. */
extern int drift_training_threads;
extern int drift_max_training_threads;

extern void DriftInitSettings(void);

#endif
