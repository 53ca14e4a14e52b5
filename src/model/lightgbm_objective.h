/*
 * lightgbm_objective.h
 *		What a LightGBM objective makes of margins.
 */
#ifndef DRIFT_MODEL_LIGHTGBM_OBJECTIVE_H
#define DRIFT_MODEL_LIGHTGBM_OBJECTIVE_H

#include "model/lightgbm_text.h"

/*
 * Sets task, transform, decision, parameter and labels of the draft, whose
 * groups are known. Without an objective, as of custom ones, margins are the
 * output. Source: ConvertOutput() of LightGBM's src/objective.
 */
DriftStatus drift_lightgbm_objective(DriftDraft *d, const DriftSpan *objective, DriftRefusal *r);

#endif
