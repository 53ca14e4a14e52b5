#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"

#include "registry/fit_run.h"
#include "registry/jsonb_parts.h"
#include "registry/training_memory.h"

static const FitParamRule common_rules[] = {
	{"seed", FIT_PARAM_INTEGER, .least = 0, .most = PG_INT32_MAX, .initial = 42},
	{"threads", FIT_PARAM_INTEGER, .least = 1, .most = 1024, .initial = NAN},
	{NULL}};

FitParams *
FitRunParams(const FitMethod *method, Jsonb *object)
{
	static const char *const common[] = {"seed", "threads", NULL};
	const char *unused[lengthof(common)];
	int n = 0;

	JsonbRequireObject(object, "parameters");
	(void) FitParamsRead(common_rules, JsonbMembers(object, common, true));
	for (int i = 0; common[i] != NULL; i++)
		if (!FitParamHasRule(method->params, common[i]))
			unused[n++] = common[i];
	unused[n] = NULL;
	return FitParamsRead(method->params, JsonbMembers(object, unused, false));
}

FitRun *
FitRunOpen(const TrainingSet *set, const FitMethod *method, Jsonb *params, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "drift fit", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	FitRun *run = palloc0(sizeof(FitRun));
	const DriftDesign *train = &set->design[TRAINING_TRAIN];
	const DriftDesign *valid = TrainingSetValid(set);

	run->context = context;
	run->set = set;
	run->method = method;
	run->params = FitRunParams(method, params);
	run->progress.train = NAN;
	run->progress.valid = NAN;
	TrainingMemoryCheck(set->bytes, method->memory(train, valid, run->params), "these rows and this algorithm");
	run->state = method->start(train, valid, run->params);
	MemoryContextSwitchTo(old);
	return run;
}

bool
FitRunAdvance(FitRun *run, int milliseconds)
{
	MemoryContext old = MemoryContextSwitchTo(run->context);

	if (!run->done)
		run->done = run->method->advance(run->state, milliseconds, &run->progress);
	MemoryContextSwitchTo(old);
	return run->done;
}

struct varlena *
FitRunFinish(FitRun *run)
{
	return run->method->finish(run->state, &run->progress);
}

void
FitRunAddProgress(JsonbParseState **state, const FitRun *run)
{
	const FitProgress *progress = &run->progress;

	JsonbAddInteger(state, "round", progress->done);
	JsonbAddInteger(state, "rounds", progress->total);
	if (progress->metric == NULL)
		return;
	JsonbAddText(state, "metric", progress->metric);
	JsonbAddNumber(state, "train", progress->train);
	JsonbAddNumber(state, "valid", progress->valid);
}
