/*
 * fit_boost.c
 *		Gradient boosting by libxgboost. Parameters have its names and initial
 *		values, but for the base score, which is the mean of the labels, as it
 *		differs between versions of the library.
 */
#include "postgres.h"

#include <math.h>

#include "registry/boost_fit.h"
#include "registry/boost_model.h"
#include "registry/boost_rows.h"
#include "registry/fit_methods.h"

/* Outputs and hessians of binary:logistic are at least this, and so is a base score */
#define LEAST_SHARE 1e-6

typedef enum TreeMethod
{
	TREE_HIST,
	TREE_APPROX,
	TREE_EXACT
} TreeMethod;

static const FitParamRule boost_rules[] = {
	{"n_estimators", FIT_PARAM_INTEGER, 1, 100000, .initial = 100},
	{"learning_rate", FIT_PARAM_NUMBER, 0, 1, .least_open = true, .initial = 0.3},
	{"max_depth", FIT_PARAM_INTEGER, 1, 32, .initial = 6},
	{"min_child_weight", FIT_PARAM_NUMBER, 0, INFINITY, .initial = 1},
	{"subsample", FIT_PARAM_NUMBER, 0, 1, .least_open = true, .initial = 1},
	{"colsample_bynode", FIT_PARAM_NUMBER, 0, 1, .least_open = true, .initial = 1},
	{"reg_lambda", FIT_PARAM_NUMBER, 0, INFINITY, .initial = 1},
	{"reg_alpha", FIT_PARAM_NUMBER, 0, INFINITY, .initial = 0},
	{"max_delta_step", FIT_PARAM_NUMBER, 0, INFINITY, .initial = NAN},
	{"scale_pos_weight", FIT_PARAM_NUMBER, 0, INFINITY, .least_open = true, .initial = 1},
	{"tree_method", FIT_PARAM_CHOICE, .initial = TREE_HIST, .choices = "hist approx exact"},
	{"objective", FIT_PARAM_CHOICE, .initial = 0,
	 .choices =
		 "auto reg:squarederror reg:absoluteerror reg:pseudohubererror reg:squaredlogerror count:poisson reg:gamma "
		 "reg:tweedie"},
	{"tweedie_variance_power", FIT_PARAM_NUMBER, 1, 2, .least_open = true, .most_open = true, .initial = 1.5},
	{"base_score", FIT_PARAM_NUMBER, -INFINITY, INFINITY, .initial = NAN},
	{"early_stopping_rounds", FIT_PARAM_INTEGER, 1, 100000, .initial = NAN},
	BOOST_SHARED_RULES,
	{NULL},
};

/* What an objective is measured by, and what that is called here. */
typedef struct Measure
{
	const char *objective;
	const char *metric;
	const char *name;
	double least; /* label */
	bool least_open;
} Measure;

static const Measure measures[] = {
	{"binary:logistic", "logloss", "log_loss", -INFINITY},
	{"multi:softprob", "mlogloss", "log_loss", -INFINITY},
	{"reg:squarederror", "rmse", "rmse", -INFINITY},
	{"reg:absoluteerror", "mae", "mae", -INFINITY},
	{"reg:pseudohubererror", "mphe", "mean_pseudo_huber_error", -INFINITY},
	{"reg:squaredlogerror", "rmsle", "rmsle", -1, true},
	{"count:poisson", "poisson-nloglik", "poisson_negative_log_likelihood", 0},
	{"reg:gamma", "gamma-nloglik", "gamma_negative_log_likelihood", 0, true},
	{"reg:tweedie", "rmse", "rmse", 0},
};

typedef struct BoosterFit
{
	BoostFit shared;
	const Measure *measure;
	uint32 patience; /* rounds without a better metric on the valid rows; 0: goes on to the end */
	uint32 best;     /* round with the best so far, from 1 on */
	double best_value;
	double last_valid;
	bool stopped;
} BoosterFit;

static const Measure *
MeasureOf(const DriftDesign *train, const FitParams *params)
{
	const char *objective = BoostFitWord(params, "objective");
	bool automatic = strcmp(objective, "auto") == 0;

	if (train->n_classes > 0 && !automatic)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("objective \"%s\" is for numbers, and the label has classes", objective)));
	if (automatic)
		objective = train->n_classes == 0   ? "reg:squarederror"
					: train->n_classes == 2 ? "binary:logistic"
											: "multi:softprob";
	for (int i = 0; i < lengthof(measures); i++)
		if (strcmp(measures[i].objective, objective) == 0)
			return &measures[i];
	elog(ERROR, "objective \"%s\" has no measure", objective);
}

static void
CheckLabels(const DriftDesign *design, const Measure *measure)
{
	uint64 bad = 0;

	for (uint64 r = 0; r < design->n_rows; r++)
		bad += measure->least_open ? !(design->target[r] > measure->least) : !(design->target[r] >= measure->least);
	if (bad > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("objective \"%s\" needs labels %s %g, and " UINT64_FORMAT " %s not", measure->objective,
						measure->least_open ? "above" : "of at least", measure->least, bad, bad == 1 ? "is" : "are")));
}

static void
CheckParams(const BoosterFit *fit)
{
	const BoostFit *shared = &fit->shared;

	if (shared->train->n_classes != 2 && FitParam(shared->params, "scale_pos_weight") != 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("parameter \"scale_pos_weight\" is for labels of two classes")));
	if (fit->patience > 0 && shared->valid == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("parameter \"early_stopping_rounds\" needs rows that are not trained on"),
						errhint("Set validation_share, or a column with split, beside it.")));
	if (FitParam(shared->params, "tree_method") == TREE_EXACT && BoostRowsCategorical(shared->train))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("tree_method \"exact\" takes no categories"),
						errhint("Use hist, or leave text columns out.")));
}

/* What all rows are predicted before the first tree, as an output */
static double
BaseScore(const BoosterFit *fit)
{
	const BoostFit *shared = &fit->shared;
	double given = FitParam(shared->params, "base_score");
	double scale = FitParam(shared->params, "scale_pos_weight");
	double mean;

	if (!isnan(given))
	{
		if (shared->train->n_classes == 2 && !(given > 0 && given < 1))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid value for parameter \"base_score\""),
					 errdetail("Of two classes it is the probability of the second one.")));
		return given;
	}
	if (shared->train->n_classes > 2)
		return 0;
	mean = BoostRowsMean(shared->train);
	if (shared->train->n_classes == 0)
		return mean;
	mean = mean * scale / (mean * scale + 1 - mean);
	return Min(Max(mean, LEAST_SHARE), 1 - LEAST_SHARE);
}

/* Rows that are only predicted are read faster as they are than in bins */
static BoostForm
FormOf(const BoosterFit *fit, const DriftDesign *design)
{
	bool binned = FitParam(fit->shared.params, "tree_method") == TREE_HIST && design == fit->shared.train;

	return binned ? BOOST_BINNED : BOOST_WHOLE;
}

static BoostMatrix *
ReadRows(BoosterFit *fit, const DriftDesign *design)
{
	const BoostFit *shared = &fit->shared;

	CheckLabels(design, fit->measure);
	return shared->library->read_rows(BoostRowsOf(design, 0), FormOf(fit, design),
									  (int) FitParam(shared->params, "max_bin"), shared->threads);
}

static void
SetParams(BoosterFit *fit)
{
	static const char *const numbers[] = {"learning_rate", "colsample_bynode", "reg_lambda", "reg_alpha"};
	BoostFit *shared = &fit->shared;

	for (int i = 0; i < lengthof(numbers); i++)
		BoostFitSetNumber(shared, numbers[i], FitParam(shared->params, numbers[i]));
	/* count:poisson has another initial value than the rest */
	if (!isnan(FitParam(shared->params, "max_delta_step")))
		BoostFitSetNumber(shared, "max_delta_step", FitParam(shared->params, "max_delta_step"));
	BoostFitSet(shared, "tree_method", BoostFitWord(shared->params, "tree_method"));
	/* fits that take turns in a session do not share the library's one generator */
	BoostFitSet(shared, "seed_per_iteration", "1");
	BoostFitSet(shared, "objective", fit->measure->objective);
	BoostFitSet(shared, "eval_metric", fit->measure->metric);
	BoostFitSetNumber(shared, "base_score", BaseScore(fit));
	if (shared->train->n_classes == 2)
		BoostFitSetNumber(shared, "scale_pos_weight", FitParam(shared->params, "scale_pos_weight"));
	if (shared->train->n_classes > 2)
		BoostFitSetNumber(shared, "num_class", shared->train->n_classes);
	if (strcmp(fit->measure->objective, "reg:tweedie") == 0)
		BoostFitSetNumber(shared, "tweedie_variance_power", FitParam(shared->params, "tweedie_variance_power"));
}

static void *
BoostStart(const DriftDesign *train, const DriftDesign *valid, const FitParams *params)
{
	BoosterFit *fit = palloc0(sizeof(BoosterFit));
	double patience = FitParam(params, "early_stopping_rounds");
	BoostMatrix *matrices[2];

	BoostFitInit(&fit->shared, train, valid, params);
	fit->measure = MeasureOf(train, params);
	fit->patience = isnan(patience) ? 0 : (uint32) patience;
	fit->last_valid = NAN;
	CheckParams(fit);
	matrices[0] = ReadRows(fit, train);
	if (valid != NULL)
		matrices[1] = ReadRows(fit, valid);
	BoostFitCreate(&fit->shared, matrices, valid != NULL ? 2 : 1);
	SetParams(fit);
	return fit;
}

static double
Evaluate(BoosterFit *fit, int matrix)
{
	return fit->shared.library->evaluate(fit->shared.boost, (int) fit->shared.done - 1, matrix);
}

static void
NoteValid(BoosterFit *fit)
{
	uint32 done = fit->shared.done;

	fit->last_valid = Evaluate(fit, 1);
	if (fit->best == 0 || fit->last_valid < fit->best_value)
	{
		fit->best = done;
		fit->best_value = fit->last_valid;
	}
	fit->stopped = done - fit->best >= fit->patience;
}

static uint32
RoundsKept(const BoosterFit *fit)
{
	return fit->patience > 0 && fit->best > 0 ? fit->best : fit->shared.done;
}

static void
Report(BoosterFit *fit, FitProgress *progress)
{
	bool any = fit->shared.done > 0;

	progress->done = fit->shared.done;
	progress->total = fit->shared.rounds;
	progress->metric = any ? fit->measure->name : NULL;
	progress->train = any ? Evaluate(fit, 0) : NAN;
	progress->valid = NAN;
	if (any && fit->shared.valid != NULL)
		progress->valid = fit->patience > 0 ? fit->last_valid : Evaluate(fit, 1);
}

static bool
GrowRound(void *arg)
{
	BoosterFit *fit = arg;
	BoostFit *shared = &fit->shared;

	shared->library->advance(shared->boost, (int) shared->done);
	shared->done++;
	if (fit->patience > 0)
		NoteValid(fit);
	return fit->stopped || shared->done >= shared->rounds;
}

static bool
BoostAdvance(void *arg, int milliseconds, FitProgress *progress)
{
	BoosterFit *fit = arg;
	bool done = FitAdvance(GrowRound, fit, milliseconds);

	Report(fit, progress);
	if (fit->shared.threads > 1)
		fit->shared.library->rest();
	return done;
}

static struct varlena *
BoostFinish(void *arg, FitProgress *progress)
{
	BoosterFit *fit = arg;
	const BoostFit *shared = &fit->shared;
	uint32 kept = RoundsKept(fit);
	DriftDraft *draft =
		BoostDraft(shared->library, shared->boost, kept == shared->done ? 0 : (int) kept, shared->train);

	Report(fit, progress);
	progress->done = kept;
	if (fit->patience > 0 && fit->best > 0)
		progress->valid = fit->best_value;
	return BoostPack(draft);
}

static uint64
BoostMemory(const DriftDesign *train, const DriftDesign *valid, const FitParams *params)
{
	bool binned = FitParam(params, "tree_method") == TREE_HIST;
	uint64 margins = train->n_classes > 2 ? train->n_classes : 1;
	uint64 bytes = train->n_rows * margins * 20 + BoostFitTreeMemory(train, params);

	bytes += binned ? BoostRowsMemory(train, (int) FitParam(params, "max_bin")) : BoostRowsMemoryWhole(train);
	if (valid != NULL)
		bytes += valid->n_rows * margins * 8 + BoostRowsMemoryWhole(valid);
	return bytes;
}

const FitMethod boost_method = {
	.algorithm = "gradient_boosting",
	.params = boost_rules,
	.memory = BoostMemory,
	.start = BoostStart,
	.advance = BoostAdvance,
	.finish = BoostFinish,
};
