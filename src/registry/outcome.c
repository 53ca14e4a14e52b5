/*
 * outcome.c
 *		Outcomes, one at a time, found their predictions as they are recorded.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "compat.h"
#include "registry/outcome_log.h"
#include "registry/outcome_value.h"
#include "registry/prediction_id.h"

/* An outcome that is being recorded, in the order of ADD_OUTCOME's parameters */
enum
{
	PREDICTION,
	OBSERVED_AT,
	ACTUAL,
	ENTITY,
	PREDICTED_AT,
	ACTUAL_VALUE,
	SOURCE,
	OUTCOME_COLUMNS
};

typedef struct Outcome
{
	Datum values[OUTCOME_COLUMNS];
	char nulls[OUTCOME_COLUMNS]; /* ' ' or 'n', as SPI has them */
} Outcome;

static void
SetColumn(Outcome *outcome, int column, Datum value)
{
	outcome->values[column] = value;
	outcome->nulls[column] = ' ';
}

static Datum
RowValue(uint64 row, int column, bool *is_null)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, is_null);
}

/* ------------------------------------------------------------------------
 * Arguments
 * ------------------------------------------------------------------------ */

static void
RequireArgument(FunctionCallInfo fcinfo, int argument, const char *name)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s is NULL", name)));
}

/* The outcome that the arguments tell, without its prediction */
static Outcome
ReadOutcomeArguments(FunctionCallInfo fcinfo, int actual, int observed_at, int source)
{
	Outcome outcome;
	OutcomeValue value = {0};
	TimestampTz observed =
		PG_ARGISNULL(observed_at) ? GetCurrentTransactionStartTimestamp() : PG_GETARG_TIMESTAMPTZ(observed_at);

	if (TIMESTAMP_NOT_FINITE(observed))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("observed_at is infinite"),
						errhint("Give the time at which the outcome became true or was measured.")));
	memset(outcome.nulls, 'n', sizeof(outcome.nulls));
	SetColumn(&outcome, OBSERVED_AT, TimestampTzGetDatum(observed));

	if (!PG_ARGISNULL(actual))
		value = ReadOutcome(get_fn_expr_argtype(fcinfo->flinfo, actual), PG_GETARG_DATUM(actual));
	if (value.actual != NULL)
		SetColumn(&outcome, ACTUAL, CStringGetTextDatum(value.actual));
	if (value.is_number)
		SetColumn(&outcome, ACTUAL_VALUE, Float8GetDatum(value.number));
	if (!PG_ARGISNULL(source))
		SetColumn(&outcome, SOURCE, PG_GETARG_DATUM(source));
	return outcome;
}

/* ------------------------------------------------------------------------
 * Recording
 * ------------------------------------------------------------------------ */

/* Adds the outcome unless it is there, and answers a row */
static void
AddOutcome(FunctionCallInfo fcinfo, OutcomeLog *log, Outcome *outcome)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool is_repeated = RunOutcomeStatement(log, FIND_OUTCOME, outcome->values, outcome->nulls, 1) > 0;
	Datum values[4];
	bool nulls[4] = {0};

	/* A trigger or a policy may have kept it out */
	if (!is_repeated && RunOutcomeStatement(log, ADD_OUTCOME, outcome->values, outcome->nulls, 0) == 0)
		return;
	values[0] = RowValue(0, 1, &nulls[0]);
	values[1] = outcome->values[PREDICTION];
	nulls[1] = outcome->nulls[PREDICTION] == 'n';
	values[2] = BoolGetDatum(outcome->nulls[PREDICTED_AT] == ' ');
	values[3] = BoolGetDatum(is_repeated);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* ------------------------------------------------------------------------
 * By prediction
 * ------------------------------------------------------------------------ */

/* Clocks that are not drift's own may be off by this much */
#define NEAR (60 * USECS_PER_SEC)

/* Looks where the time in the id says, one partition or two, and then everywhere */
static bool
FindPrediction(OutcomeLog *log, Datum id, TimestampTz *predicted_at, Datum *shadow_of, bool *is_shadow)
{
	PredictionIdParts read = ReadPredictionId(DatumGetUUIDP(id));
	TimestampTz bounds[2][2] = {{read.time - NEAR, read.time + NEAR}, {DT_NOBEGIN, DT_NOEND}};

	for (int i = read.has_time ? 0 : 1; i < 2; i++)
	{
		Datum values[] = {id, TimestampTzGetDatum(bounds[i][0]), TimestampTzGetDatum(bounds[i][1])};
		bool is_null;

		if (RunOutcomeStatement(log, FIND_PREDICTION, values, NULL, 1) == 0)
			continue;
		*predicted_at = DatumGetTimestampTz(RowValue(0, 1, &is_null));
		*shadow_of = RowValue(0, 2, &is_null);
		*is_shadow = !is_null;
		return true;
	}
	return false;
}

/* What is known of a shadow is known of the answer that it stood behind */
static void
MatchPrediction(OutcomeLog *log, Outcome *outcome)
{
	TimestampTz predicted_at;
	Datum answer;
	bool is_shadow;

	if (!FindPrediction(log, outcome->values[PREDICTION], &predicted_at, &answer, &is_shadow))
		return;
	if (is_shadow)
	{
		SetColumn(outcome, PREDICTION, answer);
		if (!FindPrediction(log, answer, &predicted_at, &answer, &is_shadow))
			return;
	}
	SetColumn(outcome, PREDICTED_AT, TimestampTzGetDatum(predicted_at));
}

PG_FUNCTION_INFO_V1(drift_record_outcome);
Datum
drift_record_outcome(PG_FUNCTION_ARGS)
{
	Outcome outcome;
	OutcomeLog *log;

	RequireArgument(fcinfo, 0, "prediction_id");
	InitMaterializedSRF(fcinfo, 0);
	outcome = ReadOutcomeArguments(fcinfo, 1, 2, 4);
	SetColumn(&outcome, PREDICTION, PG_GETARG_DATUM(0));

	SPI_connect();
	if (PG_ARGISNULL(3))
		log = FindLogOfId(PG_GETARG_UUID_P(0), ReadPredictionId(PG_GETARG_UUID_P(0)).log_id);
	else
		log = FindLogOfModel(text_to_cstring(PG_GETARG_TEXT_PP(3)));
	MatchPrediction(log, &outcome);
	AddOutcome(fcinfo, log, &outcome);
	SPI_finish();
	return (Datum) 0;
}

/* ------------------------------------------------------------------------
 * By entity
 * ------------------------------------------------------------------------ */

/* How far before the outcome its prediction may be; NULL and what reaches beyond the calendar: any time */
static TimestampTz
EarliestPrediction(FunctionCallInfo fcinfo, int within, TimestampTz observed_at)
{
	Interval *span;
	Interval zero = {0};

	if (PG_ARGISNULL(within))
		return DT_NOBEGIN;
	span = PG_GETARG_INTERVAL_P(within);
	if (!DatumGetBool(DirectFunctionCall2(interval_ge, IntervalPGetDatum(span), IntervalPGetDatum(&zero))))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("within is negative"),
						errhint("It is the longest time from a prediction to its outcome.")));
	return DatumGetTimestampTz(
		DirectFunctionCall2(timestamptz_mi_interval, TimestampTzGetDatum(observed_at), IntervalPGetDatum(span)));
}

/*
 * Partitions are searched one after another, from the latest, as long as the
 * default partition, whose rows may be of any time, is not among them. Looking
 * back in steps that grow leaves it out, and most partitions unplanned.
 */
static uint64
FindLatestOfEntity(OutcomeLog *log, Datum entity, TimestampTz earliest, TimestampTz latest)
{
	for (int64 days = 1;; days *= 8)
	{
		bool is_last = days > 4096 || TIMESTAMP_NOT_FINITE(latest) || latest < PG_INT64_MIN / 2 ||
					   latest - days * USECS_PER_DAY <= earliest;
		Datum values[] = {entity, TimestampTzGetDatum(is_last ? earliest : latest - days * USECS_PER_DAY),
						  TimestampTzGetDatum(latest)};
		uint64 found = RunOutcomeStatement(log, FIND_ENTITY, values, NULL, 1);

		if (found > 0 || is_last)
			return found;
	}
}

static bool
MatchesAll(FunctionCallInfo fcinfo, int argument)
{
	char *match = PG_ARGISNULL(argument) ? "NULL" : text_to_cstring(PG_GETARG_TEXT_PP(argument));

	if (strcmp(match, "all") != 0 && strcmp(match, "latest") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("outcomes cannot be matched by \"%s\"", match),
						errhint("match is latest (the last prediction before the outcome) or all.")));
	return *match == 'a';
}

/* The outcome for each prediction found, or for the entity alone */
static void
AddForEntity(FunctionCallInfo fcinfo, OutcomeLog *log, Outcome *outcome, uint64 found)
{
	SPITupleTable *predictions = SPI_tuptable;

	if (found == 0)
		AddOutcome(fcinfo, log, outcome);
	for (uint64 i = 0; i < found; i++)
	{
		bool is_null;

		SetColumn(outcome, PREDICTION, SPI_getbinval(predictions->vals[i], predictions->tupdesc, 1, &is_null));
		SetColumn(outcome, PREDICTED_AT, SPI_getbinval(predictions->vals[i], predictions->tupdesc, 2, &is_null));
		AddOutcome(fcinfo, log, outcome);
	}
}

PG_FUNCTION_INFO_V1(drift_record_entity_outcome);
Datum
drift_record_entity_outcome(PG_FUNCTION_ARGS)
{
	Outcome outcome;
	OutcomeLog *log;
	TimestampTz observed_at;
	TimestampTz earliest;
	bool all;
	uint64 found;

	RequireArgument(fcinfo, 0, "model");
	RequireArgument(fcinfo, 1, "entity_key");
	InitMaterializedSRF(fcinfo, 0);
	outcome = ReadOutcomeArguments(fcinfo, 2, 3, 6);
	SetColumn(&outcome, ENTITY, PG_GETARG_DATUM(1));
	observed_at = DatumGetTimestampTz(outcome.values[OBSERVED_AT]);
	all = MatchesAll(fcinfo, 4);
	earliest = EarliestPrediction(fcinfo, 5, observed_at);

	SPI_connect();
	log = FindLogOfModel(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	if (all)
	{
		Datum values[] = {outcome.values[ENTITY], TimestampTzGetDatum(earliest), outcome.values[OBSERVED_AT]};

		found = RunOutcomeStatement(log, FIND_ENTITY, values, NULL, 0);
	}
	else
		found = FindLatestOfEntity(log, outcome.values[ENTITY], earliest, observed_at);
	AddForEntity(fcinfo, log, &outcome, found);
	SPI_finish();
	return (Datum) 0;
}

/* ------------------------------------------------------------------------
 * By query
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_outcome_log);
Datum
drift_outcome_log(PG_FUNCTION_ARGS)
{
	TupleDesc description;
	Datum values[2];
	bool nulls[2] = {0};
	OutcomeLog *log;

	if (get_call_result_type(fcinfo, NULL, &description) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	SPI_connect();
	log = FindLogOfModel(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	SPI_finish();
	values[0] = ObjectIdGetDatum(log->log);
	values[1] = ObjectIdGetDatum(log->outcomes);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description), values, nulls)));
}
