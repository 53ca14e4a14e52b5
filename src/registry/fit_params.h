/*
 * fit_params.h
 *		Parameters of a fit: a jsonb object, read by rules that know every name.
 */
#ifndef DRIFT_REGISTRY_FIT_PARAMS_H
#define DRIFT_REGISTRY_FIT_PARAMS_H

#include "utils/jsonb.h"

typedef enum FitParamKind
{
	FIT_PARAM_INTEGER,
	FIT_PARAM_NUMBER,
	FIT_PARAM_BOOLEAN,
	FIT_PARAM_CHOICE
} FitParamKind;

typedef struct FitParamRule
{
	const char *name;
	FitParamKind kind;
	double least; /* of numbers, both inclusive unless open */
	double most;
	bool least_open;
	bool most_open;
	double initial;      /* number, 0 or 1, or place among the choices; NaN: not set */
	const char *choices; /* words with spaces between */
} FitParamRule;

typedef struct FitParams
{
	const FitParamRule *rules;
	double *values; /* one for each rule */
} FitParams;

/* Reads an object by rules. A name that no rule has and a value that its rule does not allow are errors that name it. */
extern FitParams *FitParamsRead(const FitParamRule *rules, Jsonb *object);

/* The value by name: a number, 0 or 1, or the place of the choice; NaN where it is not set and has no initial value. */
extern double FitParam(const FitParams *params, const char *name);

/* Is there a rule of that name? */
extern bool FitParamHasRule(const FitParamRule *rules, const char *name);

/* The value of a rule as text, its word if it is a choice; NULL where it is not set. */
extern char *FitParamText(const FitParamRule *rule, double value);

/* All values that are set, as an object. */
extern Jsonb *FitParamsDescribe(const FitParams *params);

#endif
