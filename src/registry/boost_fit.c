#include "postgres.h"

#include <math.h>

#include "registry/boost_fit.h"
#include "registry/boost_rows.h"

void
BoostFitInit(BoostFit *fit, const DriftDesign *train, const DriftDesign *valid, const FitParams *params)
{
	fit->library = BoostLibraryGet();
	fit->params = params;
	fit->train = train;
	fit->valid = valid;
	fit->threads = FitThreads(FitParam(params, "threads"));
	fit->rounds = (uint32) FitParam(params, "n_estimators");
}

void
BoostFitSet(BoostFit *fit, const char *name, const char *value)
{
	fit->library->set(fit->boost, name, value);
}

void
BoostFitSetNumber(BoostFit *fit, const char *name, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.9g", value);
	BoostFitSet(fit, name, text);
}

static void
SetOf(BoostFit *fit, const char *name)
{
	BoostFitSetNumber(fit, name, FitParam(fit->params, name));
}

char *
BoostFitWord(const FitParams *params, const char *name)
{
	int place = (int) FitParam(params, name);
	const FitParamRule *rule = params->rules;
	const char *word;

	while (strcmp(rule->name, name) != 0)
		rule++;
	for (word = rule->choices; place > 0; place--)
		word += strcspn(word, " ") + 1;
	return pnstrdup(word, strcspn(word, " "));
}

void
BoostFitCreate(BoostFit *fit, BoostMatrix *const *matrices, int n)
{
	static const char *const numbers[] = {"max_depth",         "max_leaves", "gamma",
										  "min_child_weight",  "subsample",  "colsample_bytree",
										  "colsample_bylevel", "max_bin",    "seed"};

	fit->boost = fit->library->create(matrices, n);
	for (int i = 0; i < lengthof(numbers); i++)
		SetOf(fit, numbers[i]);
	BoostFitSet(fit, "grow_policy", BoostFitWord(fit->params, "grow_policy"));
	BoostFitSetNumber(fit, "nthread", fit->threads);
	if (BoostRowsCategorical(fit->train))
	{
		SetOf(fit, "max_cat_to_onehot");
		SetOf(fit, "max_cat_threshold");
	}
}

static uint64
BinsOf(const DriftDesign *train, uint64 most)
{
	uint64 bins = 0;

	for (uint32 c = 0; c < train->n_columns; c++)
		bins += train->columns[c].categorical ? train->columns[c].n_labels : Min(most, train->n_rows);
	return bins;
}

uint64
BoostFitTreeMemory(const DriftDesign *train, const FitParams *params)
{
	double leaves = exp2(FitParam(params, "max_depth"));
	double weight = FitParam(params, "min_child_weight");

	if (FitParam(params, "max_leaves") > 0)
		leaves = Min(leaves, 2 * FitParam(params, "max_leaves"));
	leaves = Min(leaves, train->n_rows / Max(weight, 1) + 1);
	return (uint64) leaves * BinsOf(train, (uint64) FitParam(params, "max_bin")) * 2 * sizeof(double);
}
