/*
 * import.h
 *		Readers of the model formats that people have.
 *
 * Each fills an initialised draft from the bytes of a file, or refuses: bytes
 * that are not the format, contradictions, and everything that changes results
 * and is not known here (DRIFT_UNSUPPORTED). Sources are hostile: they never
 * make a reader read outside, loop or nest without limit.
 */
#ifndef DRIFT_MODEL_IMPORT_H
#define DRIFT_MODEL_IMPORT_H

#include "model/draft.h"

#define DRIFT_ITERATIONS_ALL 0
#define DRIFT_ITERATIONS_BEST (-1) /* as early stopping found them; all where it did not run */

typedef struct DriftImportOptions
{
	int64_t iterations; /* of boosting to keep, or one of the above */
} DriftImportOptions;

/* XGBoost 1.0 to 3.x: JSON, or UBJSON where the bytes begin as that does. */
DriftStatus drift_import_xgboost(DriftDraft *d, const char *bytes, size_t size, const DriftImportOptions *options,
								 DriftRefusal *r);

/* LightGBM's text, version=v2 to v4. */
DriftStatus drift_import_lightgbm(DriftDraft *d, const char *bytes, size_t size, const DriftImportOptions *options,
								  DriftRefusal *r);

/* ONNX with operators of ai.onnx.ml, as skl2onnx and onnxmltools write it. */
DriftStatus drift_import_onnx(DriftDraft *d, const char *bytes, size_t size, const DriftImportOptions *options,
							  DriftRefusal *r);

/* The extension's own JSON: coefficients, trees and preparation steps (docs/models.md). */
DriftStatus drift_import_json(DriftDraft *d, const char *bytes, size_t size, const DriftImportOptions *options,
							  DriftRefusal *r);

#endif
