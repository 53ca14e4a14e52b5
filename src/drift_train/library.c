/*
 * library.c
 *		The symbol that drift asks for; calls, errors and threads of libxgboost.
 */
#include "postgres.h"

#include <dlfcn.h>
#include <malloc.h>
#include <xgboost/c_api.h>

#include "fmgr.h"
#include "mb/pg_wchar.h"

#include "compat.h"
#include "drift_train/parts.h"

PG_MODULE_MAGIC_EXT(.name = "drift_train", .version = DRIFT_VERSION);

PGDLLEXPORT extern BoostLibrary drift_boost_library;
PGDLLEXPORT void _PG_init(void);

/* What the library said while it was called last; cut where it is longer. */
static char said[1024];

static void RestThreads(void);

BoostLibrary drift_boost_library = {
	.drift_version = DRIFT_VERSION,
	.read_rows = BoostReadRows,
	.create = BoostCreate,
	.set = BoostSet,
	.advance = BoostAdvance,
	.advance_by = BoostAdvanceBy,
	.evaluate = BoostEvaluate,
	.margins = BoostMargins,
	.save = BoostSave,
	.rest = RestThreads,
};

/* Called within the library, and so it may only take note. */
static void
Listen(const char *text)
{
	size_t before = strlen(said);

	snprintf(said + before, sizeof(said) - before, "%s\n", text);
}

void
_PG_init(void)
{
	int *version = drift_boost_library.version;

	XGBoostVersion(&version[0], &version[1], &version[2]);
	if (XGBRegisterLogCallback(Listen) != 0)
		elog(ERROR, "libxgboost does not take a callback for its messages");
}

void
BoostEnter(MaskedCall *call)
{
	said[0] = '\0';
	MaskedCallEnter(call);
}

/* Without the time and the place in the library's source that it begins with, and the stack that follows it */
static char *
Shortened(const char *text)
{
	const char *end = strstr(text, "\nStack trace:");
	const char *from = text;
	char *sentence;

	if (*from == '[' && strstr(from, "] ") != NULL)
		from = strstr(from, "] ") + 2;
	if (*from == '/' || *from == '.')
		from = strstr(from, ": ") != NULL ? strstr(from, ": ") + 2 : from;
	if (end == NULL || end < from)
		end = from + strlen(from);
	while (end > from && isspace((unsigned char) end[-1]))
		end--;
	sentence = pnstrdup(from, end - from);
	for (char *c = sentence; *c != '\0'; c++)
		if (*c == '\n' || IS_HIGHBIT_SET(*c))
			*c = *c == '\n' ? ' ' : '?';
	return sentence;
}

void
BoostLeave(const MaskedCall *call, int answer)
{
	MaskedCallLeave(call);
	if (answer != 0)
	{
		char *reason = Shortened(XGBGetLastError());
		bool memory = strstr(reason, "bad_alloc") != NULL;

		ereport(ERROR, (errcode(memory ? ERRCODE_OUT_OF_MEMORY : ERRCODE_INVALID_PARAMETER_VALUE),
						memory ? errmsg("out of memory in libxgboost") : errmsg("libxgboost refused: %s", reason)));
	}
	/* Parameters are known to drift by name, and this is a version of the library that does not know one of them */
	if (strstr(said, "are not used") != NULL || strstr(said, "might not be used") != NULL)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("libxgboost %d.%d.%d does not know a parameter", drift_boost_library.version[0],
							   drift_boost_library.version[1], drift_boost_library.version[2]),
						errdetail_internal("%s", Shortened(said))));
}

/* libgomp of GCC 9 and newer, and LLVM's. The argument is omp_pause_hard. */
static void
RestThreads(void)
{
	int (*pause)(int) = (int (*)(int)) dlsym(RTLD_DEFAULT, "omp_pause_resource_all");

	if (pause != NULL)
		(void) pause(2);
}

/* What the C library keeps of what was freed may be hundreds of megabytes, in a session that lives for long. */
static void
Release(void *arg)
{
	BoostHandle *held = arg;
	MaskedCall call;

	if (held->handle == NULL)
		return;
	BoostEnter(&call);
	(void) held->release(held->handle);
	MaskedCallLeave(&call);
	RestThreads();
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

void
BoostHold(BoostHandle *held, int (*release)(void *handle))
{
	*held = (BoostHandle){.callback = {.func = Release, .arg = held}, .release = release};
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &held->callback);
}
