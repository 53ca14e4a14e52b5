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

/* Where messages may go, where their secrets are, and who signs for hosts; empty: nowhere, nowhere, the system's. */
extern char *drift_http_allowed_hosts;
extern char *drift_secrets_directory;
extern char *drift_http_ca_file;

/* Milliseconds that a message may take, and connections that a call may use at once. */
extern int drift_http_timeout;
extern int drift_http_connections;

extern void DriftInitSettings(void);

#endif
