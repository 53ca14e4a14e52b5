/*
 * origin.h
 *		Which input a slot is made of.
 */
#ifndef DRIFT_MODEL_ORIGIN_H
#define DRIFT_MODEL_ORIGIN_H

#include "model/model.h"

/*
 * Writes the input of each of the model's slots: itself for an input, of what a
 * step writes that of the slot it was made of. A column of a one-hot code
 * belongs to the input that was coded, a normalised value to its own input.
 */
void drift_model_origins(const DriftModel *m, uint32_t *origins);

#endif
