/*
 * trainer.h
 *		Algorithms and trainers that users made, by name.
 */
#ifndef DRIFT_REGISTRY_TRAINER_H
#define DRIFT_REGISTRY_TRAINER_H

#include "registry/fit.h"

/* The algorithm that is built in; an error that names all of them if there is none. */
extern const FitMethod *TrainerMethod(const char *algorithm);

/*
 * The function of that name of (text, text, jsonb) that returns a model, on the
 * search path and for whoever acts now; an error if there is none or it may not
 * be executed.
 */
extern Oid TrainerFunction(const char *name);

#endif
