/*
 * model_names.h
 *		Finding the inputs of a model among names that are offered.
 */
#ifndef DRIFT_PG_MODEL_NAMES_H
#define DRIFT_PG_MODEL_NAMES_H

#include "model/score.h"

/*
 * Finds for each input which of the offered names it has: places[input]. Names
 * are equal where their bytes are. Others are ignored. It is an error, which
 * calls what offers them so, if an input is missing or offered more than once.
 */
extern void ModelFindInputs(const DriftModel *m, const char *offer, const DriftLabel *offered, uint32 n_offered,
							uint32 *places);

/* An error if two inputs of the model have one name, so that only places tell them apart. */
extern void ModelRequireNames(const DriftModel *m);

/* The name of an input as it lies in the model. */
extern DriftLabel ModelInputLabel(const DriftModel *m, uint32 input);

#endif
