#include "postgres.h"

#include <limits.h>

#include "utils/guc.h"

#include "guc.h"
#include "registry/allowed_hosts.h"
#include "stats/numeric.h"

int drift_profile_keys = DRIFT_DEFAULT_KEYS;
int drift_model_cache_size = 256 * 1024;
int drift_training_memory_limit = 4096;
int drift_training_threads = 1;
int drift_max_training_threads = 1;
char *drift_http_allowed_hosts = NULL;
char *drift_secrets_directory = NULL;
char *drift_http_ca_file = NULL;
int drift_http_timeout = 15000;
int drift_http_connections = 8;

static void
InitSettingsOfMessages(void)
{
	DefineCustomStringVariable(
		"drift.http_allowed_hosts", "Hosts that messages may be sent to.",
		"A list of hosts, addresses and *.domain, each with a port or without one, which means 443 "
		"and the ports of mail. Nothing is sent where it is empty.",
		&drift_http_allowed_hosts, "", PGC_SUSET, GUC_LIST_INPUT, AllowedHostsCheck, NULL, NULL);
	DefineCustomStringVariable("drift.secrets_directory", "Directory of files with secrets of channels.",
							   "The option secret_file of a user mapping names one of them.", &drift_secrets_directory,
							   "", PGC_SUSET, GUC_SUPERUSER_ONLY, NULL, NULL, NULL);
	DefineCustomStringVariable("drift.http_ca_file", "File of certificates that hosts are trusted by.",
							   "Where it is empty they are the system's.", &drift_http_ca_file, "", PGC_SUSET, 0, NULL,
							   NULL, NULL);
	DefineCustomIntVariable("drift.http_timeout", "Most time that sending a message takes.",
							"The option timeout_ms of a channel can make it shorter.", &drift_http_timeout, 15000, 100,
							600000, PGC_SUSET, GUC_UNIT_MS, NULL, NULL, NULL);
	DefineCustomIntVariable("drift.http_connections", "Connections that a session sends messages over at once.",
							"One channel uses half of them at most.", &drift_http_connections, 8, 1, 64, PGC_SUSET, 0,
							NULL, NULL, NULL);
}

void
DriftInitSettings(void)
{
	DefineCustomIntVariable(
		"drift.profile_keys", "Distinct values that a new profile counts exactly before it becomes a summary.",
		"The rank error of a summary is about 1.2 divided by this number; its size grows with it.", &drift_profile_keys,
		DRIFT_DEFAULT_KEYS, DRIFT_MIN_KEYS, DRIFT_MAX_KEYS, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("drift.model_cache_size", "Memory that a session keeps prepared models in.",
							"Beyond it the least recently used go; those of running queries stay in any case.",
							&drift_model_cache_size, 256 * 1024, 0, MAX_KILOBYTES, PGC_USERSET, GUC_UNIT_KB, NULL, NULL,
							NULL);
	DefineCustomIntVariable("drift.training_memory_limit", "Most memory that a training may need.",
							"A training that is estimated to need more is refused before it starts.",
							&drift_training_memory_limit, 4096, 1, INT_MAX, PGC_SUSET, GUC_UNIT_MB, NULL, NULL, NULL);
	DefineCustomIntVariable("drift.training_threads", "Threads of a training that does not say how many it wants.",
							"drift.max_training_threads limits them.", &drift_training_threads, 1, 1, 1024, PGC_USERSET,
							0, NULL, NULL, NULL);
	DefineCustomIntVariable("drift.max_training_threads", "Most threads that a training gets.",
							"A training that wants more gets so many.", &drift_max_training_threads, 1, 1, 1024,
							PGC_SUSET, 0, NULL, NULL, NULL);
	InitSettingsOfMessages();
	MarkGUCPrefixReserved("drift");
}
