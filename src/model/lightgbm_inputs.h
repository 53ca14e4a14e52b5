/*
 * lightgbm_inputs.h
 *		The inputs of a LightGBM model, and the codes of pandas categories.
 *
 * LightGBM's Python package replaces categories of a pandas column by their
 * places in the column's list of categories and keeps the lists, though not
 * whose they are: list by list they belong to the categorical features. Where
 * there are more or fewer lists (as with ordered categories, that are trained
 * on as numbers) nobody can tell.
 */
#ifndef DRIFT_MODEL_LIGHTGBM_INPUTS_H
#define DRIFT_MODEL_LIGHTGBM_INPUTS_H

#include "model/lightgbm_text.h"

typedef struct DriftLightgbmInputs
{
	uint32_t features;
	DriftSpan names;      /* feature_names */
	DriftSpan infos;      /* feature_infos: of a categorical feature its codes, as 0:2:1 */
	DriftSpan parameter;  /* [categorical_feature: 1,2] of the parameters, up to the ']'; may be missing */
	DriftSpan categories; /* pandas_categorical; may be missing */
} DriftLightgbmInputs;

/* Appends inputs, steps and features to the draft. */
DriftStatus drift_lightgbm_inputs(DriftDraft *d, const DriftLightgbmInputs *inputs, DriftRefusal *r);

#endif
