/*
 * train.c
 *		drift.train(): from the rows of a query to a model in one call.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/namespace.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "registry/fit_run.h"
#include "registry/jsonb_parts.h"
#include "registry/owner.h"
#include "registry/trainer.h"

#define SLICE_MILLISECONDS 1000
#define NOTICE_MILLISECONDS 5000

static void
TellProgress(const FitRun *run)
{
	const FitProgress *p = &run->progress;

	if (p->metric == NULL)
		ereport(NOTICE, (errmsg("training: round %u of %u", p->done, p->total)));
	else if (isnan(p->valid))
		ereport(NOTICE, (errmsg("training: round %u of %u, %s %.6g", p->done, p->total, p->metric, p->train)));
	else
		ereport(NOTICE, (errmsg("training: round %u of %u, %s %.6g, of rows that choose %.6g", p->done, p->total,
								p->metric, p->train, p->valid)));
}

static struct varlena *
FitToEnd(const TrainingSet *set, const FitMethod *method, Jsonb *params)
{
	FitRun *run = FitRunOpen(set, method, params, CurrentMemoryContext);
	TimestampTz told = GetCurrentTimestamp();
	struct varlena *model;

	while (!FitRunAdvance(run, SLICE_MILLISECONDS))
	{
		CHECK_FOR_INTERRUPTS();
		if (!TimestampDifferenceExceeds(told, GetCurrentTimestamp(), NOTICE_MILLISECONDS))
			continue;
		TellProgress(run);
		told = GetCurrentTimestamp();
	}
	model = FitRunFinish(run);
	MemoryContextDelete(run->context);
	return model;
}

/* What the label is to the algorithm where the parameters do not say it */
static void
ChooseTask(TrainingOptions *options, const FitMethod *method)
{
	if (options->task != TRAINING_BY_LABEL)
		return;
	if (method->task == FIT_NUMBERS)
		options->task = TRAINING_REGRESSION;
	else if (method->task == FIT_CLASSES)
		options->task = TRAINING_CLASSES;
}

/* The seed is the rows' and the algorithm's */
static Jsonb *
AlgorithmParams(Jsonb *params)
{
	const char *rows_only[16];
	int n = 0;

	for (int i = 0; training_option_names[i] != NULL; i++)
		if (strcmp(training_option_names[i], "seed") != 0)
			rows_only[n++] = training_option_names[i];
	rows_only[n] = NULL;
	return JsonbMembers(params, rows_only, false);
}

static Datum
TrainMethod(const char *query, const char *label, const FitMethod *method, Jsonb *params)
{
	TrainingOptions *options = TrainingOptionsRead(JsonbMembers(params, training_option_names, true));
	Jsonb *algorithm_params = AlgorithmParams(params);
	OwnerScope scope;
	TrainingSet *set;
	struct varlena *model;

	/* before rows are read for nothing */
	(void) FitRunParams(method, algorithm_params);
	ChooseTask(options, method);
	OwnerEnter(&scope, GetUserId(), namespace_search_path);
	set = TrainingSetRead(query, label, options, CurrentMemoryContext);
	OwnerLeave(&scope);
	model = FitToEnd(set, method, algorithm_params);
	MemoryContextDelete(set->context);
	return PointerGetDatum(model);
}

/* A trainer acts as the owner, reads, and gets the query as text */
static Datum
TrainFunction(const char *name, Datum query, Datum label, Datum params, Oid owner, const char *path)
{
	LOCAL_FCINFO(call, 3);
	FmgrInfo function;
	OwnerScope scope;
	Datum model;

	OwnerEnter(&scope, owner, path);
	fmgr_info(TrainerFunction(name), &function);
	InitFunctionCallInfoData(*call, &function, 3, InvalidOid, NULL, NULL);
	call->args[0] = (NullableDatum){query, false};
	call->args[1] = (NullableDatum){label, false};
	call->args[2] = (NullableDatum){params, false};
	model = FunctionCallInvoke(call);
	OwnerLeave(&scope);
	if (call->isnull)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("trainer \"%s\" returned no model", name)));
	return model;
}

PG_FUNCTION_INFO_V1(drift_train);
Datum
drift_train(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"source", "label", "algorithm", "params"};
	const FitMethod *method;
	char *algorithm;

	for (int i = 0; i < lengthof(names); i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s cannot be NULL", names[i])));
	algorithm = text_to_cstring(PG_GETARG_TEXT_PP(2));
	JsonbRequireObject(PG_GETARG_JSONB_P(3), "params");
	method = FitMethodOf(algorithm);
	if (method == NULL)
		return TrainFunction(algorithm, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), PG_GETARG_DATUM(3), GetUserId(),
							 namespace_search_path);
	return TrainMethod(text_to_cstring(PG_GETARG_TEXT_PP(0)), text_to_cstring(PG_GETARG_TEXT_PP(1)), method,
					   PG_GETARG_JSONB_P(3));
}

PG_FUNCTION_INFO_V1(drift_fit_by_function);
Datum
drift_fit_by_function(PG_FUNCTION_ARGS)
{
	for (int i = 0; i < 6; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("no argument of a training can be NULL")));
	OwnerCheck(PG_GETARG_OID(4));
	return TrainFunction(text_to_cstring(PG_GETARG_TEXT_PP(0)), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2),
						 PG_GETARG_DATUM(3), PG_GETARG_OID(4), text_to_cstring(PG_GETARG_TEXT_PP(5)));
}

PG_FUNCTION_INFO_V1(drift_is_algorithm);
Datum
drift_is_algorithm(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(FitMethodOf(text_to_cstring(PG_GETARG_TEXT_PP(0))) != NULL);
}

static void
ListRule(ReturnSetInfo *rsinfo, const FitMethod *method, const FitParamRule *rule)
{
	static const char *const kinds[] = {"integer", "number", "boolean", "choice"};
	bool is_number = rule->kind == FIT_PARAM_INTEGER || rule->kind == FIT_PARAM_NUMBER;
	char *initial = FitParamText(rule, rule->initial);
	Datum values[7] = {CStringGetTextDatum(method->algorithm), CStringGetTextDatum(rule->name),
					   CStringGetTextDatum(kinds[rule->kind])};
	bool nulls[7] = {false, false, false, !is_number, !is_number, rule->kind != FIT_PARAM_CHOICE, initial == NULL};

	values[3] = Float8GetDatum(rule->least);
	values[4] = Float8GetDatum(rule->most);
	if (rule->kind == FIT_PARAM_CHOICE)
		values[5] = CStringGetTextDatum(rule->choices);
	if (initial != NULL)
		values[6] = CStringGetTextDatum(initial);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(drift_training_parameters);
Datum
drift_training_parameters(PG_FUNCTION_ARGS)
{
	const FitMethod *method;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; (method = FitMethodAt(i)) != NULL; i++)
		for (const FitParamRule *rule = method->params; rule->name != NULL; rule++)
			ListRule((ReturnSetInfo *) fcinfo->resultinfo, method, rule);
	return (Datum) 0;
}
