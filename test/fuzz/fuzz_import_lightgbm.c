/*
 * fuzz_import_lightgbm.c
 *		Bytes of any kind as LightGBM's text.
 */
#include "fuzz/import_input.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_import(drift_import_lightgbm, data, size);
	return 0;
}
