/*
 * named_score.c
 *		Scores of models that are named: the champion, an alias or a version.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "pg/model.h"
#include "registry/route.h"

typedef struct NamedCall
{
	RouteReader *reader;
	ScoreCall *score;
	text *literal; /* of a model as text: which is held; else NULL */
} NamedCall;

static NamedCall *
CreateCall(FmgrInfo *flinfo)
{
	NamedCall *call = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(NamedCall));

	call->reader = RouteReaderCreate(flinfo->fn_mcxt, RIGHT_SCORE);
	call->score = ScoreCreate(flinfo->fn_mcxt);
	flinfo->fn_extra = call;
	return call;
}

/* Is it too long for a reference? The parser takes a model without a type for text. */
static bool
IsLiteral(const text *name)
{
	return VARSIZE_ANY_EXHDR(name) > REFERENCE_LENGTH &&
		   pg_mbstrlen_with_len(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) > REFERENCE_LENGTH;
}

static void
DropLiteral(NamedCall *call)
{
	if (call->literal != NULL)
		pfree(call->literal);
	call->literal = NULL;
}

static void
HoldLiteral(FmgrInfo *flinfo, NamedCall *call, const text *name)
{
	Size length = VARSIZE_ANY_EXHDR(name);

	if (call->score->ready && call->literal != NULL && VARSIZE(call->literal) - VARHDRSZ == length &&
		memcmp(VARDATA(call->literal), VARDATA_ANY(name), length) == 0)
		return;
	DropLiteral(call);
	ScoreHold(call->score, DirectFunctionCall1(drift_model_in, CStringGetDatum(text_to_cstring(name))));
	call->literal = MemoryContextAllocHuge(flinfo->fn_mcxt, VARHDRSZ + length);
	SET_VARSIZE(call->literal, VARHDRSZ + length);
	memcpy(VARDATA(call->literal), VARDATA_ANY(name), length);
}

static ScoreCall *
HoldNamed(FmgrInfo *flinfo, const text *name)
{
	NamedCall *call = flinfo->fn_extra;

	if (unlikely(call == NULL))
		call = CreateCall(flinfo);
	if (unlikely(IsLiteral(name)))
		HoldLiteral(flinfo, call, name);
	else
	{
		const Route *route = RouteRead(call->reader, name);

		RouteHold(route, &route->arms[ARM_CHAMPION], call->score);
		if (unlikely(call->literal != NULL))
			DropLiteral(call);
	}
	return call->score;
}

static inline Datum
NamedRow(FunctionCallInfo fcinfo, ScoreFill fill, ScoreAnswer answer)
{
	ScoreCall *call;

	if (unlikely(PG_ARGISNULL(0)))
		PG_RETURN_NULL();
	call = HoldNamed(fcinfo->flinfo, PG_GETARG_TEXT_PP(0));
	fill(fcinfo, call);
	ScoreMargins(call);
	return ScoreAnswerRow(call, answer);
}

#define NAMED_FUNCTIONS(form, fill) SCORE_FUNCTIONS_BY(NamedRow, form##_named, fill)
#define NAMED_FUNCTION(name, fill, answer) SCORE_FUNCTION_BY(NamedRow, name##_named, fill, answer)

NAMED_FUNCTIONS(, ScoreFillDoubles)
NAMED_FUNCTIONS(_array, ScoreFillSingles)
NAMED_FUNCTIONS(_columns, ScoreFillColumns)
NAMED_FUNCTIONS(_json, ScoreFillJson)
NAMED_FUNCTIONS(_row, ScoreFillRow)
NAMED_FUNCTION(drift_explain, ScoreFillJson, ANSWER_EXPLANATION)
NAMED_FUNCTION(drift_explain_row, ScoreFillRow, ANSWER_EXPLANATION)
NAMED_FUNCTION(drift_explain_array, ScoreFillDoubles, ANSWER_CONTRIBUTIONS)

PG_FUNCTION_INFO_V1(drift_get_model);
Datum
drift_get_model(PG_FUNCTION_ARGS)
{
	RouteReader *reader = RouteReaderCreate(CurrentMemoryContext, RIGHT_READ);
	const Route *route = RouteRead(reader, PG_GETARG_TEXT_PP(0));
	const RouteArm *arm = &route->arms[ARM_CHAMPION];
	Datum artefact = arm->has_artefact ? ReadArtefact(route->model.model_id, arm->version) : (Datum) 0;

	if (artefact == (Datum) 0)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the artefact of version %d is not in the database", arm->version),
						errhint("drift.model_versions says where it is.")));
	PG_RETURN_DATUM(artefact);
}
