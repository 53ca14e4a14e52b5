/*
 * score_columns.c
 *		Scores of columns as arguments, in the order that the model is bound to.
 */
#include "postgres.h"

#include "fmgr.h"

#include "pg/score.h"

typedef struct BoundColumns
{
	uint32 n;
	ScoreColumn columns[FLEXIBLE_ARRAY_MEMBER]; /* that are read; places count arguments */
} BoundColumns;

static void
RequireBound(FunctionCallInfo fcinfo, const ScoreCall *call)
{
	uint32 n_columns = drift_model_count(call->model, DRIFT_SECTION_COLUMNS);

	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("drift.score_columns() takes no array of features"),
				 errhint("Use drift.score() for double precision[] and drift.score_array() for real[].")));
	if (n_columns == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the model is not bound to columns"),
						errdetail("Columns have no names here, and their order is never guessed."),
						errhint("drift.bind(model, '{first, second, ...}') is the model that takes them in that "
								"order.")));
	if (PG_NARGS() - 1 != n_columns)
		ScoreRaiseCount(call, n_columns, PG_NARGS() - 1);
}

static BoundColumns *
BindColumns(FunctionCallInfo fcinfo, ScoreCall *call)
{
	const DriftColumn *columns = drift_model_section(call->model, DRIFT_SECTION_COLUMNS);
	BoundColumns *bound;

	RequireBound(fcinfo, call);
	bound = MemoryContextAlloc(ScoreStartBinding(call),
							   offsetof(BoundColumns, columns) + sizeof(ScoreColumn) * call->n_inputs);
	bound->n = 0;
	for (int i = 1; i < PG_NARGS(); i++)
		if (columns[i - 1].input != DRIFT_NO_INPUT)
			bound->columns[bound->n++] =
				ScoreBindColumn(call, i, columns[i - 1].input, get_fn_expr_argtype(fcinfo->flinfo, i));
	call->bound = bound;
	return bound;
}

void
ScoreFillColumns(FunctionCallInfo fcinfo, ScoreCall *call)
{
	const BoundColumns *bound = call->bound;

	if (unlikely(bound == NULL))
		bound = BindColumns(fcinfo, call);
	for (uint32 i = 0; i < bound->n; i++)
	{
		const ScoreColumn *column = &bound->columns[i];
		const NullableDatum *argument = &fcinfo->args[column->place];

		ScorePut(call, column, argument->value, argument->isnull);
	}
}

SCORE_FUNCTIONS(_columns, ScoreFillColumns)
