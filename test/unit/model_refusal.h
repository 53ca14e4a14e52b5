/*
 * model_refusal.h
 *		Importing texts that are broken in one place each.
 */
#ifndef DRIFT_TEST_MODEL_REFUSAL_H
#define DRIFT_TEST_MODEL_REFUSAL_H

#include <stdlib.h>
#include <string.h>

#include "model_file.h"
#include "tap.h"

#include "model/import.h"

typedef DriftStatus (*TestImporter)(DriftDraft *d, const char *bytes, size_t size, const DriftImportOptions *options,
									DriftRefusal *r);

/* What is changed in a text that can be imported, and how that is refused. */
typedef struct Change
{
	const char *from;
	const char *to;
	DriftStatus status;
	const char *name; /* what the refusal names */
} Change;

/* Imports and packs a model; NULL if it is refused. */
static inline DriftModel *
import_model(TestHost *h, TestImporter import, const char *bytes, size_t size, int64_t iterations, DriftRefusal *r)
{
	DriftImportOptions options = {iterations};
	DriftDraft d;

	drift_draft_init(&d, &h->host);
	if (import(&d, bytes, size, &options, r) != DRIFT_OK)
		return NULL;
	return pack_draft(h, &d, r);
}

/* Imports a copy that ends where its allocation does. */
static inline DriftStatus
import_exact(TestImporter import, const char *text, size_t size, DriftRefusal *r)
{
	char *exact = malloc(size > 0 ? size : 1);
	TestHost h;

	if (exact == NULL)
		abort();
	memcpy(exact, text, size);
	test_host_init(&h);
	*r = (DriftRefusal){0};
	import_model(&h, import, exact, size, DRIFT_ITERATIONS_ALL, r);
	test_host_free(&h);
	free(exact);
	return r->status;
}

/* A test for each change: is the text with it, and it alone, refused as it should be? */
static inline void
refuse_changes(TestImporter import, const char *original, const Change *changes, size_t n_changes)
{
	for (size_t i = 0; i < n_changes; i++)
	{
		const Change *c = &changes[i];
		const char *at = strstr(original, c->from);
		const char *from = c->from + strspn(c->from, "\n");
		const char *to = c->to + strspn(c->to, "\n");
		size_t room = strlen(original) + strlen(c->to) + 1;
		char *text = malloc(room);
		DriftRefusal r;
		int size;

		if (at == NULL || text == NULL)
			abort();
		size = snprintf(text, room, "%.*s%s%s", (int) (at - original), original, c->to, at + strlen(c->from));
		import_exact(import, text, (size_t) size, &r);
		if (!ok(r.status == c->status && strcmp(r.name, c->name) == 0, "%.*s instead of %.*s is refused",
				(int) strcspn(to, "\n"), to, (int) strcspn(from, "\n"), from))
			printf("# got %d, %s: %s\n", (int) r.status, r.reason ? r.reason : "", r.name);
		free(text);
	}
}

#endif
