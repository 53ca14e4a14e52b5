/*
 * transform.h
 *		From margins to outputs, probabilities and the class.
 *
 * Each as the library computes it that the model comes from: in float32 where
 * the model is `single`, with the C library's expf and exp.
 */
#ifndef DRIFT_MODEL_TRANSFORM_H
#define DRIFT_MODEL_TRANSFORM_H

#include "model/model.h"

/* drift_model_outputs() numbers. */
void drift_transform(const DriftModel *m, const double *margins, double *outputs);

/* A probability for each label, and their number; 0 where the outputs are none of classes. */
uint32_t drift_transform_probabilities(const DriftModel *m, const double *margins, const double *outputs,
									   double *probabilities);

/* The class decided for, a place in section LABELS. */
uint32_t drift_transform_class(const DriftModel *m, const double *margins, const double *outputs);

#endif
