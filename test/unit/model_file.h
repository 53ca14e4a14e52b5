/*
 * model_file.h
 *		Files of golden models, and a model made of a draft.
 */
#ifndef DRIFT_TEST_MODEL_FILE_H
#define DRIFT_TEST_MODEL_FILE_H

#include "model_host.h"

/* The bytes of a file of the golden directory, exactly as many as are allocated. */
static inline char *
read_model_file(int argc, char **argv, const char *name, size_t *size)
{
	char path[4096];
	FILE *file;
	long end;
	char *bytes;

	snprintf(path, sizeof(path), "%s/%s", argc > 1 ? argv[1] : "test/reference", name);
	file = fopen(path, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (end = ftell(file)) < 0)
	{
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	rewind(file);
	*size = (size_t) end;
	bytes = malloc(*size > 0 ? *size : 1);
	if (bytes == NULL || fread(bytes, 1, *size, file) != *size)
		abort();
	fclose(file);
	return bytes;
}

/* Packs a draft; NULL if it is refused. */
static inline DriftModel *
pack_draft(TestHost *h, const DriftDraft *d, DriftRefusal *r)
{
	size_t size;
	DriftModel *m;
	DriftStatus status = drift_draft_size(d, &size);

	if (status != DRIFT_OK)
	{
		drift_refuse(r, status, "too large", "", 0, 0);
		return NULL;
	}
	m = test_host_allocate(h, size);
	memset(m, 0, size);
	return drift_draft_pack(d, m, size, r) == DRIFT_OK ? m : NULL;
}

#endif
