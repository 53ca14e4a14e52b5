/*
 * fit_linear.c
 *		Linear, ridge, elastic net and logistic models as algorithms of training.
 */
#include "postgres.h"

#include <math.h>

#include "registry/fit_linear.h"
#include "registry/fit_methods.h"

#define NEWTON_ROUNDS 100
#define LBFGS_ROUNDS 2000

/* What a linear fit reads of its rows */
typedef struct Source
{
	DriftEncoders encoders;
	const DriftDesign *design;
} Source;

typedef struct LinearFit
{
	const char *algorithm;
	DriftHost host;
	Source source;
	DriftLinearOptions options;
	DriftLinearFit *fit;
	DriftLinearStatus status;
} LinearFit;

/* clang-format off: each a rule */
#define IMPUTE \
	{ \
		"impute", FIT_PARAM_CHOICE, .initial = DRIFT_FILL_MEAN, .choices = "mean median most_frequent zero" \
	}
#define INDICATOR \
	{ \
		"missing_indicator", FIT_PARAM_BOOLEAN, .initial = 0 \
	}
#define CLIP \
	{ \
		"clip", FIT_PARAM_BOOLEAN, .initial = 0 \
	}
#define STANDARDISE \
	{ \
		"standardise", FIT_PARAM_BOOLEAN, .initial = 1 \
	}
#define L1(value) \
	{ \
		"l1", FIT_PARAM_NUMBER, 0, 1e15, .initial = value \
	}
#define L2(value) \
	{ \
		"l2", FIT_PARAM_NUMBER, 0, 1e15, .initial = value \
	}
#define ROUNDS \
	{ \
		"max_iterations", FIT_PARAM_INTEGER, 1, 1000000, .initial = NAN \
	}
#define TOLERANCE \
	{ \
		"tolerance", FIT_PARAM_NUMBER, 1e-12, 0.1, .initial = 1e-6 \
	}
#define CLASS_WEIGHT \
	{ \
		"class_weight", FIT_PARAM_CHOICE, .initial = 0, .choices = "none balanced" \
	}
#define SOLVER \
	{ \
		"solver", FIT_PARAM_CHOICE, .initial = DRIFT_SOLVER_AUTO, .choices = "auto newton lbfgs" \
	}
/* clang-format on */

static const FitParamRule linear_rules[] = {IMPUTE, INDICATOR, CLIP, {NULL}};
static const FitParamRule ridge_rules[] = {L2(1), STANDARDISE, IMPUTE, INDICATOR, CLIP, {NULL}};
static const FitParamRule elastic_rules[] = {L1(1),  L2(0),     STANDARDISE, ROUNDS, TOLERANCE,
											 IMPUTE, INDICATOR, CLIP,        {NULL}};
static const FitParamRule logistic_rules[] = {L1(0),     L2(1),  STANDARDISE, CLASS_WEIGHT, SOLVER, ROUNDS,
											  TOLERANCE, IMPUTE, INDICATOR,   CLIP,         {NULL}};

/* The value of a parameter that not every one of these algorithms has */
static double
ParamOr(const FitParams *params, const char *name, double otherwise)
{
	for (const FitParamRule *rule = params->rules; rule->name != NULL; rule++)
		if (strcmp(rule->name, name) == 0)
			return isnan(params->values[rule - params->rules]) ? otherwise : params->values[rule - params->rules];
	return otherwise;
}

static DriftLinearOptions
OptionsOf(const DriftDesign *train, const FitParams *params)
{
	DriftLinearOptions options = {.loss = train->n_classes == 0   ? DRIFT_LOSS_SQUARED
										  : train->n_classes == 2 ? DRIFT_LOSS_LOGISTIC
																  : DRIFT_LOSS_SOFTMAX,
								  .classes = train->n_classes,
								  .solver = (DriftSolver) ParamOr(params, "solver", DRIFT_SOLVER_AUTO),
								  .l1 = ParamOr(params, "l1", 0),
								  .l2 = ParamOr(params, "l2", 0),
								  .tolerance = ParamOr(params, "tolerance", 1e-6)};

	return options;
}

/* Without a penalty scales make no difference, and all labels of a category together would say what the intercept does */
static DriftEncoderOptions
EncodingOf(const DriftLinearOptions *options, const FitParams *params)
{
	bool penalised = options->l1 > 0 || options->l2 > 0;

	return (DriftEncoderOptions){.fill = (DriftFill) FitParam(params, "impute"),
								 .indicators = FitParam(params, "missing_indicator") != 0,
								 .clip = FitParam(params, "clip") != 0,
								 .standardise = penalised && ParamOr(params, "standardise", 1) != 0,
								 .drop_first = !penalised};
}

/* At most so many features */
static uint32
MostFeatures(const DriftDesign *design)
{
	uint64 count = 0;

	for (uint32 c = 0; c < design->n_columns; c++)
		count += design->columns[c].categorical ? design->columns[c].n_labels : 2;
	return Min(count, DRIFT_LINEAR_MAX_SIZE);
}

static uint64
LinearMemory(const DriftDesign *train, const DriftDesign *valid, const FitParams *params)
{
	DriftLinearOptions options = OptionsOf(train, params);
	DriftFill fill = (DriftFill) FitParam(params, "impute");
	uint64 memory = drift_linear_memory(MostFeatures(train), &options);

	if (fill == DRIFT_FILL_MEDIAN || fill == DRIFT_FILL_MOST_FREQUENT)
		memory += train->n_rows * 4 * sizeof(double);
	if (ParamOr(params, "class_weight", 0) != 0)
		memory += train->n_rows * sizeof(double);
	return memory;
}

static void
RefuseColumn(const DriftDesign *design, const DriftUnencodable *why)
{
	const DriftText *name = &design->columns[why->column].name;

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("column \"%.*s\" is infinite in " UINT64_FORMAT " %s", (int) name->length, name->bytes, why->rows,
					why->rows == 1 ? "row" : "rows"),
			 errdetail("A linear model multiplies its columns by numbers."),
			 errhint("Leave these rows or the column out, or use gradient_boosting, which splits infinite values "
					 "off like others.")));
}

static void
Encode(const void *opaque, uint64_t first, uint64_t count, double *out, size_t row_step, size_t feature_step)
{
	const Source *source = opaque;

	drift_encode(&source->encoders, source->design, first, count, out, row_step, feature_step);
}

/* Weights with which each class weighs the same; as long as the fit */
static double *
BalancedWeights(const DriftDesign *design)
{
	double *sums = palloc0(design->n_classes * sizeof(double));
	double *weights = MemoryContextAllocHuge(CurrentMemoryContext, design->n_rows * sizeof(double));
	double total = 0;

	for (uint64 i = 0; i < design->n_rows; i++)
	{
		weights[i] = design->weights != NULL ? design->weights[i] : 1;
		sums[(uint32) design->target[i]] += weights[i];
		total += weights[i];
	}
	for (uint64 i = 0; i < design->n_rows; i++)
		if (weights[i] > 0)
			weights[i] *= total / (design->n_classes * sums[(uint32) design->target[i]]);
	pfree(sums);
	return weights;
}

static void
CheckTask(const char *algorithm, const DriftDesign *train)
{
	bool classes = strcmp(algorithm, "logistic") == 0;

	if (classes && train->n_classes == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("algorithm \"logistic\" needs classes"),
						errdetail("The label is a number."), errhint("Use linear, ridge or elastic_net.")));
	if (!classes && train->n_classes > 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("algorithm \"%s\" needs numbers", algorithm),
						errdetail("The label has %u classes.", train->n_classes), errhint("Use logistic.")));
}

static void
RefuseStart(DriftStatus status, const LinearFit *fit)
{
	uint64 outputs = fit->options.loss == DRIFT_LOSS_SOFTMAX ? fit->options.classes : 1;
	uint64 size = outputs * ((uint64) fit->source.encoders.n_features + 1);

	if (status == DRIFT_UNSUPPORTED)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("solver \"lbfgs\" knows no l1"),
						errhint("Leave solver out, or set l1 to 0.")));
	if (status == DRIFT_TOO_LARGE)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("the model would have too many coefficients"),
						errdetail("They are " UINT64_FORMAT "; at most %d with l1 or solver newton, %d without.", size,
								  DRIFT_LINEAR_L1_SIZE, DRIFT_LINEAR_MAX_SIZE),
						errhint("Set max_categories, or leave columns with many categories out.")));
	if (status != DRIFT_OK)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("a column has numbers too large for a linear model"),
						errdetail("Their squares are not finite.")));
}

static void
StartFit(LinearFit *fit, const DriftDesign *train, const FitParams *params)
{
	DriftFeatures features = {.n_rows = train->n_rows,
							  .n_features = fit->source.encoders.n_features,
							  .target = train->target,
							  .weights = train->weights,
							  .encode = Encode,
							  .source = &fit->source};
	uint64 outputs = fit->options.loss == DRIFT_LOSS_SOFTMAX ? fit->options.classes : 1;
	bool newton = fit->options.solver == DRIFT_SOLVER_NEWTON || fit->options.l1 > 0 ||
				  outputs * (features.n_features + 1) <= DRIFT_NEWTON_SIZE;

	if (ParamOr(params, "class_weight", 0) != 0)
		features.weights = BalancedWeights(train);
	fit->options.max_rounds = ParamOr(params, "max_iterations", newton ? NEWTON_ROUNDS : LBFGS_ROUNDS);
	RefuseStart(drift_linear_start(&features, &fit->options, &fit->host, &fit->fit), fit);
}

static void *
LinearStart(const char *algorithm, const DriftDesign *train, const FitParams *params)
{
	LinearFit *fit = palloc0(sizeof(LinearFit));
	DriftUnencodable why = {0};
	DriftEncoderOptions encoding;
	DriftStatus status;

	CheckTask(algorithm, train);
	fit->algorithm = algorithm;
	fit->host = ModelHost(CurrentMemoryContext);
	fit->source.design = train;
	fit->options = OptionsOf(train, params);
	encoding = EncodingOf(&fit->options, params);
	status = drift_encoders_learn(&fit->source.encoders, train, &encoding, &fit->host, &why);
	if (status == DRIFT_UNSUPPORTED)
		RefuseColumn(train, &why);
	RefuseStart(status == DRIFT_OK ? DRIFT_OK : DRIFT_TOO_LARGE, fit);
	StartFit(fit, train, params);
	return fit;
}

static void
RefuseResult(const LinearFit *fit)
{
	if (fit->status == DRIFT_LINEAR_SEPARATED)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("classes are told apart for certain, and there is no penalty"),
						errdetail("Some combination of the columns tells a class in all rows, or in some, so that "
								  "coefficients would grow without end."),
						errhint("Set l2 above 0, or leave out what gives the label away.")));
	if (fit->status == DRIFT_LINEAR_OVERFLOW)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("numbers are too large for a linear model"),
						errdetail("The sum of their squares is not finite.")));
	if (fit->status == DRIFT_LINEAR_EXHAUSTED)
		ereport(WARNING,
				(errmsg("the fit has not converged after %u of %u rounds", drift_linear_rounds(fit->fit),
						fit->options.max_rounds),
				 errhint("Set max_iterations higher, or standardise to true; or a penalty, if there is none.")));
}

static void
Report(const LinearFit *fit, FitProgress *progress)
{
	double loss = drift_linear_loss(fit->fit);

	progress->done = drift_linear_rounds(fit->fit);
	progress->total = fit->options.max_rounds;
	progress->metric = fit->options.loss == DRIFT_LOSS_SQUARED ? "rmse" : "log_loss";
	progress->train = fit->options.loss == DRIFT_LOSS_SQUARED ? sqrt(2 * Max(loss, 0)) : loss;
	progress->valid = NAN;
}

static bool
SolveRound(void *opaque)
{
	LinearFit *fit = opaque;

	fit->status = drift_linear_advance(fit->fit);
	return fit->status != DRIFT_LINEAR_RUNNING;
}

static bool
LinearAdvance(void *opaque, int milliseconds, FitProgress *progress)
{
	LinearFit *fit = opaque;
	bool done = FitAdvance(SolveRound, fit, milliseconds);

	RefuseResult(fit);
	Report(fit, progress);
	return done;
}

static struct varlena *
LinearFinish(void *opaque, FitProgress *progress)
{
	LinearFit *fit = opaque;

	Report(fit, progress);
	return (struct varlena *) LinearModel(fit->algorithm, fit->source.design, &fit->source.encoders, fit->fit);
}

static void *
StartLinear(const DriftDesign *train, const DriftDesign *valid, const FitParams *params)
{
	return LinearStart("linear", train, params);
}

static void *
StartRidge(const DriftDesign *train, const DriftDesign *valid, const FitParams *params)
{
	return LinearStart("ridge", train, params);
}

static void *
StartElasticNet(const DriftDesign *train, const DriftDesign *valid, const FitParams *params)
{
	return LinearStart("elastic_net", train, params);
}

static void *
StartLogistic(const DriftDesign *train, const DriftDesign *valid, const FitParams *params)
{
	return LinearStart("logistic", train, params);
}

const FitMethod linear_methods[] = {
	{"linear", linear_rules, LinearMemory, StartLinear, LinearAdvance, LinearFinish, FIT_NUMBERS},
	{"ridge", ridge_rules, LinearMemory, StartRidge, LinearAdvance, LinearFinish, FIT_NUMBERS},
	{"elastic_net", elastic_rules, LinearMemory, StartElasticNet, LinearAdvance, LinearFinish, FIT_NUMBERS},
	{"logistic", logistic_rules, LinearMemory, StartLogistic, LinearAdvance, LinearFinish, FIT_CLASSES},
	{NULL},
};
