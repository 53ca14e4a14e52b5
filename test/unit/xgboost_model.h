/*
 * xgboost_model.h
 *		Importing a file of XGBoost in a test.
 */
#ifndef DRIFT_TEST_XGBOOST_MODEL_H
#define DRIFT_TEST_XGBOOST_MODEL_H

#include "model_host.h"

#include "model/import.h"

typedef struct Bytes
{
	char *data;
	size_t size;
} Bytes;

/* A file of test/reference/xgboost, in an allocation of exactly its size. */
static inline Bytes
read_xgboost_model(const char *directory, const char *name)
{
	char path[4096];
	Bytes b = {NULL, 0};
	FILE *file;
	long size;

	snprintf(path, sizeof(path), "%s/xgboost/%s", directory, name);
	file = fopen(path, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) <= 0)
	{
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	rewind(file);
	b.size = (size_t) size;
	b.data = malloc(b.size);
	if (b.data == NULL || fread(b.data, 1, b.size, file) != b.size)
		abort();
	fclose(file);
	return b;
}

/* Imports and packs; NULL where that is refused. */
static inline DriftModel *
import_xgboost(TestHost *h, Bytes b, int64_t iterations, DriftRefusal *r)
{
	DriftImportOptions options = {.iterations = iterations};
	DriftDraft draft;
	DriftModel *m;
	size_t size;

	*r = (DriftRefusal){0};
	drift_draft_init(&draft, &h->host);
	if (drift_import_xgboost(&draft, b.data, b.size, &options, r) != DRIFT_OK)
		return NULL;
	r->status = drift_draft_size(&draft, &size);
	if (r->status != DRIFT_OK)
		return NULL;
	m = h->host.allocate(h->host.ctx, size);
	memset(m, 0, size);
	return drift_draft_pack(&draft, m, size, r) == DRIFT_OK ? m : NULL;
}

#endif
