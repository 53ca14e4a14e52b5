#include "postgres.h"

#include <math.h>

#include "model/model.h"
#include "registry/fit_params.h"
#include "registry/jsonb_parts.h"
#include "registry/training_options.h"

const char *const training_option_names[] = {"features",         "exclude",        "weight", "split",
											 "validation_share", "seed",           "task",   "positive",
											 "classes",          "max_categories", NULL};

static const char *const column_names[] = {"features", "exclude", "weight", "split", "positive", "classes", NULL};

static const FitParamRule rules[] = {
	{"validation_share", FIT_PARAM_NUMBER, .least = 0, .most = 1, .most_open = true, .initial = 0},
	{"seed", FIT_PARAM_INTEGER, .least = 0, .most = PG_INT32_MAX, .initial = 42},
	{"task", FIT_PARAM_CHOICE, .choices = "regression binary multiclass classes", .initial = NAN},
	{"max_categories", FIT_PARAM_INTEGER, .least = 1, .most = 10000, .initial = 100},
	{NULL}};

static void
RefuseUnknown(Jsonb *object)
{
	JsonbIterator *it;
	JsonbValue key;
	Jsonb *unknown = JsonbMembers(object, training_option_names, false);

	if (JB_ROOT_COUNT(unknown) == 0)
		return;
	it = JsonbIteratorInit(&unknown->root);
	(void) JsonbIteratorNext(&it, &key, true);
	(void) JsonbIteratorNext(&it, &key, true);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown option \"%s\" of training rows", pnstrdup(key.val.string.val, key.val.string.len))));
}

TrainingOptions *
TrainingOptionsRead(Jsonb *object)
{
	TrainingOptions *options = palloc0(sizeof(TrainingOptions));
	FitParams *numbers;

	JsonbRequireObject(object, "options of training rows");
	RefuseUnknown(object);
	numbers =
		FitParamsRead(rules, JsonbMembers(JsonbMembers(object, training_option_names, true), column_names, false));
	options->validation_share = FitParam(numbers, "validation_share");
	options->seed = (uint64) FitParam(numbers, "seed");
	options->task = isnan(FitParam(numbers, "task")) ? TRAINING_BY_LABEL : (TrainingTask) FitParam(numbers, "task");
	options->max_categories = (uint32) FitParam(numbers, "max_categories");
	options->features = JsonbMemberTexts(object, "features");
	options->exclude = JsonbMemberTexts(object, "exclude");
	options->classes = JsonbMemberTexts(object, "classes");
	options->weight = JsonbMemberText(object, "weight");
	options->split = JsonbMemberText(object, "split");
	options->positive = JsonbMemberText(object, "positive");
	return options;
}
