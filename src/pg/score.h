/*
 * score.h
 *		Calls of drift.score() and its relatives.
 *
 * Each form of a row has a file that fills the scorer's inputs from it and
 * defines the four functions of that form by SCORE_FUNCTIONS. What does not
 * change from row to row is bound once and kept with the call.
 */
#ifndef DRIFT_PG_SCORE_H
#define DRIFT_PG_SCORE_H

#include <math.h>

#include "fmgr.h"

#include "pg/label.h"
#include "pg/model_cache.h"

typedef struct ScoreCall
{
	ModelReference *reference;
	bool ready;            /* everything below is of the model that the reference holds */
	MemoryContext context; /* of what is of that model */
	const DriftModel *model;
	DriftScorer *scorer;
	uint32 n_inputs;
	uint32 n_outputs;
	double *numbers; /* the scorer's */
	double *margins;
	double *outputs;
	MemoryContext bound_context;
	void *bound; /* what the form of the row keeps, in that context; NULL with a model that is new */
} ScoreCall;

/* A part of a row that an input is read from. */
typedef struct ScoreColumn
{
	uint32 place; /* in the row */
	uint32 input;
	ValueReader reader;
	Label *label; /* room for the label of an input that is text; NULL where a number is read */
} ScoreColumn;

typedef enum ScoreAnswer
{
	ANSWER_SCORE,         /* the one output */
	ANSWER_RAW,           /* margins */
	ANSWER_PROBABILITIES, /* of the classes */
	ANSWER_LABEL,         /* of the class */
	ANSWER_EXPLANATION,   /* what each input contributed to the margins, by name */
	ANSWER_CONTRIBUTIONS  /* the same by place */
} ScoreAnswer;

/* All that a model says of a row. */
typedef struct ScoreWhole
{
	bool has_score; /* the output is one number */
	double score;
	Datum label;         /* the class as text, and */
	Datum probabilities; /* those of the classes as double precision[]; 0 where there are none */
} ScoreWhole;

/* Fills the inputs from the row that the call has, which is argument 1. */
typedef void (*ScoreFill)(FunctionCallInfo fcinfo, ScoreCall *call);

extern void ScoreFillDoubles(FunctionCallInfo fcinfo, ScoreCall *call);
extern void ScoreFillSingles(FunctionCallInfo fcinfo, ScoreCall *call);
extern void ScoreFillColumns(FunctionCallInfo fcinfo, ScoreCall *call);
extern void ScoreFillJson(FunctionCallInfo fcinfo, ScoreCall *call);
extern void ScoreFillRow(FunctionCallInfo fcinfo, ScoreCall *call);

/* A call that lives as long as the memory context and has no model yet. */
extern ScoreCall *ScoreCreate(MemoryContext owner);

/* Gives it a model, and forgets what is bound to another one. */
extern void ScoreHold(ScoreCall *call, Datum model);

/* The same with the model of a digest, if that is in the cache; else false, and the call has no model. */
extern bool ScoreHoldDigest(ScoreCall *call, const uint8 *digest);

/* The call of a function whose argument 0 is the model. */
extern ScoreCall *ScorePrepare(FunctionCallInfo fcinfo);

/* The answer of a row whose margins are there: all but the output where it is one. */
extern Datum ScoreAnswerOther(ScoreCall *call, ScoreAnswer answer);

/* All answers of such a row. An error if its outputs are several numbers, which are no classes. */
extern void ScoreAnswerWhole(ScoreCall *call, ScoreWhole *whole);

/* The explanation of such a row, as jsonb or as an array. */
extern Datum ScoreExplanation(ScoreCall *call);
extern Datum ScoreContributions(ScoreCall *call);

pg_noreturn extern void ScoreRefuse(const ScoreCall *call, const DriftScoreProblem *problem);

/* Forgets what is bound, or was by an attempt that failed, and gives the memory context for what will be. */
extern MemoryContext ScoreStartBinding(ScoreCall *call);

/* A column of a type for an input, or an error that the type is not for it. */
extern ScoreColumn ScoreBindColumn(ScoreCall *call, uint32 place, uint32 input, Oid type);

/* An error that the row has not as many features as the model wants. */
pg_noreturn extern void ScoreRaiseCount(const ScoreCall *call, int64 wanted, int64 given);

extern void ScorePutMissing(ScoreCall *call, uint32 input);

/* Puts what is not a number that can be read. */
extern void ScorePutOther(ScoreCall *call, const ScoreColumn *column, Datum value, bool isnull);

static inline double
ScoreNumber(ValueReader reader, Datum value)
{
	switch (reader)
	{
		case READ_FLOAT4:
			return (double) DatumGetFloat4(value);
		case READ_BOOL:
			return DatumGetBool(value) ? 1.0 : 0.0;
		default:
			return ReadNumber(reader, value);
	}
}

static inline void
ScorePut(ScoreCall *call, const ScoreColumn *column, Datum value, bool isnull)
{
	if (unlikely(column->label != NULL))
		ScorePutOther(call, column, value, isnull);
	else
		call->numbers[column->input] = isnull ? NAN : ScoreNumber(column->reader, value);
}

static inline Datum
ScoreAnswerRow(ScoreCall *call, ScoreAnswer answer)
{
	if (answer != ANSWER_SCORE || unlikely(call->n_outputs != 1))
		return ScoreAnswerOther(call, answer);
	drift_score_outputs(call->scorer, call->margins, call->outputs);
	return Float8GetDatum(call->outputs[0]);
}

/* Takes the margins of the row that the inputs were filled from; the inputs are no longer what they were. */
static inline void
ScoreMargins(ScoreCall *call)
{
	DriftScoreProblem problem;

	if (unlikely(!drift_score_margins(call->scorer, call->margins, &problem)))
		ScoreRefuse(call, &problem);
}

static inline Datum
ScoreRow(FunctionCallInfo fcinfo, ScoreFill fill, ScoreAnswer answer)
{
	ScoreCall *call = fcinfo->flinfo->fn_extra;

	if (unlikely(PG_ARGISNULL(0)))
		PG_RETURN_NULL();
	if (unlikely(call == NULL || !call->ready || !ModelIsHeld(call->reference, PG_GETARG_DATUM(0))))
		call = ScorePrepare(fcinfo);
	fill(fcinfo, call);
	ScoreMargins(call);
	return ScoreAnswerRow(call, answer);
}

/* The functions of a form: drift_score<form>, drift_score_raw<form> and so on; row is ScoreRow or one like it */
#define SCORE_FUNCTION_BY(row, name, fill, answer) \
	PG_FUNCTION_INFO_V1(name); \
	Datum name(PG_FUNCTION_ARGS) \
	{ \
		return row(fcinfo, fill, answer); \
	}

#define SCORE_FUNCTIONS_BY(row, form, fill) \
	SCORE_FUNCTION_BY(row, drift_score##form, fill, ANSWER_SCORE) \
	SCORE_FUNCTION_BY(row, drift_score_raw##form, fill, ANSWER_RAW) \
	SCORE_FUNCTION_BY(row, drift_score_proba##form, fill, ANSWER_PROBABILITIES) \
	SCORE_FUNCTION_BY(row, drift_score_label##form, fill, ANSWER_LABEL)

#define SCORE_FUNCTION(name, fill, answer) SCORE_FUNCTION_BY(ScoreRow, name, fill, answer)
#define SCORE_FUNCTIONS(form, fill) SCORE_FUNCTIONS_BY(ScoreRow, form, fill)

#endif
