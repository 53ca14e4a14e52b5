/*
 * fuzz_import_json.c
 *		Bytes of any kind as the extension's own form of models.
 */
#include "fuzz/import_input.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_import(drift_import_json, data, size);
	return 0;
}
