/*
 * fit_linear.h
 *		A linear fit that is over as a model.
 */
#ifndef DRIFT_REGISTRY_FIT_LINEAR_H
#define DRIFT_REGISTRY_FIT_LINEAR_H

#include "pg/model.h"
#include "train/encoders.h"
#include "train/linear_fit.h"

/* The model with its encoders, in the current context. */
extern DriftModel *LinearModel(const char *algorithm, const DriftDesign *design, const DriftEncoders *encoders,
							   const DriftLinearFit *fit);

#endif
