/*
 * fit_methods.h
 *		The algorithms that are built in.
 */
#ifndef DRIFT_REGISTRY_FIT_METHODS_H
#define DRIFT_REGISTRY_FIT_METHODS_H

#include "registry/fit.h"

/* Ends with one without a name */
extern const FitMethod linear_methods[];

/* Of XGBoost; without it they refuse to start. */
extern const FitMethod boost_method;
extern const FitMethod forest_method;

#endif
