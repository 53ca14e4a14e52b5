/*
 * predict.h
 *		What becomes of a row that is predicted.
 */
#ifndef DRIFT_REGISTRY_PREDICT_H
#define DRIFT_REGISTRY_PREDICT_H

#include "access/tupdesc.h"

#include "registry/features.h"
#include "registry/route.h"

/* How a form of a row, which is argument 1, is read: by the scorer and for the log. */
typedef struct PredictForm
{
	ScoreFill fill;
	FeatureRead read;
} PredictForm;

extern const PredictForm predict_json_form;
extern const PredictForm predict_row_form;

/* What is kept from row to row. */
typedef struct PredictCall
{
	RouteReader *reader;
	const Route *route;            /* of this row */
	ScoreCall *scores[ARM_PLACES]; /* NULL where an arm was not asked yet */
	FeatureReader *features;
	double *numbers;      /* inputs of the model that scored last, as they were given */
	uint32 room;          /* for so many */
	TupleDesc descriptor; /* of what the function returns */
} PredictCall;

typedef struct PredictArguments
{
	const text *model;
	text *entity_key;  /* or NULL */
	bool log;          /* and not only answer */
	bool keeps_errors; /* of the champion, instead of raising them */
	TimestampTz predicted_at;
} PredictArguments;

/* The answer to a row, and what else was made of it. */
typedef struct PredictAnswers
{
	ArmPlace place; /* of the arm that answered */
	LoggedAnswer answer;
	int n_beside;
	LoggedAnswer beside[2]; /* a challenger that failed, so that the champion answered; a shadow */
} PredictAnswers;

/* What is kept with a function that predicts. */
extern PredictCall *PredictCreateCall(FunctionCallInfo fcinfo);

/* Whether on_error says that errors of the champion are kept; an error if it says nothing that is known. */
extern bool PredictKeepsErrors(const text *on_error);

/* An error if an argument is NULL. */
extern void PredictRequire(FunctionCallInfo fcinfo, int argument, const char *name);

/* Reads the route for a row; an error if it cannot be logged and has to be. */
extern void PredictRoute(PredictCall *call, PredictArguments *arguments);

/* Scores the row by that route. */
extern void PredictAnswer(FunctionCallInfo fcinfo, PredictCall *call, const PredictForm *form,
						  const PredictArguments *arguments, PredictAnswers *answers);

/* Scores by the shadow as well, if there is one, and gives all that is beside the answer its id. */
extern void PredictBeside(FunctionCallInfo fcinfo, PredictCall *call, const PredictForm *form,
						  const PredictArguments *arguments, PredictAnswers *answers);

#endif
