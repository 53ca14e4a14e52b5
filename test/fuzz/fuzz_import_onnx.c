/*
 * fuzz_import_onnx.c
 *		Bytes of any kind as an ONNX model.
 */
#include "fuzz/import_input.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_import(drift_import_onnx, data, size);
	return 0;
}
