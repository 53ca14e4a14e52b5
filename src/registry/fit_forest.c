/*
 * fit_forest.c
 *		Random forests, of trees that libxgboost grows.
 *
 * Every tree is grown by squared error from the same gradients, those of the
 * distance to the mean. A leaf is then the mean of its rows' labels, or the
 * share of a class (squared error splits 0 and 1 as Gini does), and the forest
 * is the mean of its trees. That is Breiman's forest, not
 * XGBoost's, whose leaves are one step of Newton's and whose probabilities
 * stay between 0.12 and 0.88. Of more than two classes each has trees of its
 * own. A tree, of each class, is a round: between them a fit may stop.
 */
#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"

#include "registry/boost_fit.h"
#include "registry/boost_model.h"
#include "registry/boost_rows.h"
#include "registry/fit_methods.h"

/* Of several classes, the weight of the shares among all rows beside those of the leaves: it decides where there are none */
#define WEIGHT_OF_ALL 1e-6

/* What the model says that it was made for */
#define OBJECTIVE "mean of trees"

static const FitParamRule forest_rules[] = {
	{"n_estimators", FIT_PARAM_INTEGER, 1, 10000, .initial = 100},
	{"max_depth", FIT_PARAM_INTEGER, 1, 32, .initial = 10},
	{"min_child_weight", FIT_PARAM_NUMBER, 0, INFINITY, .initial = 5},
	{"subsample", FIT_PARAM_NUMBER, 0, 1, .least_open = true, .initial = 0.8},
	{"colsample_bynode", FIT_PARAM_NUMBER, 0, 1, .least_open = true, .initial = NAN},
	BOOST_SHARED_RULES,
	{NULL},
};

typedef struct ForestFit
{
	BoostFit shared;
	uint32 n_margins;
	double *means; /* of each margin: of numbers, or the share of a class */
	float *gradients;
	float *hessians;
} ForestFit;

static uint32
MarginsOf(const DriftDesign *train)
{
	return train->n_classes > 2 ? train->n_classes : 1;
}

static double *
MeansOf(const DriftDesign *train, uint32 n_margins)
{
	double *means = palloc0(n_margins * sizeof(double));
	double weight = 0;

	if (n_margins == 1)
		means[0] = BoostRowsMean(train);
	for (uint64 r = 0; n_margins > 1 && r < train->n_rows; r++)
	{
		double w = train->weights != NULL ? train->weights[r] : 1;

		means[(uint32) train->target[r]] += w;
		weight += w;
	}
	for (uint32 m = 0; n_margins > 1 && weight > 0 && m < n_margins; m++)
		means[m] /= weight;
	return means;
}

/* Of margin m, the number that its trees are to say of a row */
static double
TargetOf(const ForestFit *fit, uint64 row, uint32 m)
{
	double target = fit->shared.train->target[row];

	return (fit->n_margins > 1 ? target == m : target) - fit->means[m];
}

static void
MakeGradients(ForestFit *fit)
{
	const DriftDesign *train = fit->shared.train;
	Size size = train->n_rows * fit->n_margins * sizeof(float);

	fit->gradients = MemoryContextAllocHuge(CurrentMemoryContext, size);
	fit->hessians = MemoryContextAllocHuge(CurrentMemoryContext, size);
	for (uint64 r = 0; r < train->n_rows; r++)
		for (uint32 m = 0; m < fit->n_margins; m++)
		{
			float weight = train->weights != NULL ? (float) train->weights[r] : 1;

			fit->gradients[r * fit->n_margins + m] = (float) (-weight * TargetOf(fit, r, m));
			fit->hessians[r * fit->n_margins + m] = weight;
		}
}

/* Columns that a node may split by: the root of their number for classes, a third for numbers */
static double
ColumnsOfNode(const ForestFit *fit)
{
	double given = FitParam(fit->shared.params, "colsample_bynode");
	double n = fit->shared.train->n_columns;

	if (!isnan(given))
		return given;
	return fit->shared.train->n_classes > 0 ? ceil(sqrt(n)) / n : ceil(n / 3) / n;
}

static void
SetParams(ForestFit *fit)
{
	BoostFit *shared = &fit->shared;
	bool binary = shared->train->n_classes == 2;

	BoostFitSet(shared, "tree_method", "hist");
	BoostFitSet(shared, "learning_rate", "1");
	BoostFitSet(shared, "reg_lambda", "0");
	BoostFitSetNumber(shared, "colsample_bynode", ColumnsOfNode(fit));
	/* of these only the margins that they begin with, 0, and the number of classes matter */
	BoostFitSet(shared, "objective",
				binary               ? "binary:logistic"
				: fit->n_margins > 1 ? "multi:softprob"
									 : "reg:squarederror");
	BoostFitSet(shared, "base_score", binary ? "0.5" : "0");
	if (fit->n_margins > 1)
		BoostFitSetNumber(shared, "num_class", fit->n_margins);
}

static void *
ForestStart(const DriftDesign *train, const DriftDesign *valid, const FitParams *params)
{
	ForestFit *fit = palloc0(sizeof(ForestFit));
	BoostMatrix *matrix;

	BoostFitInit(&fit->shared, train, valid, params);
	fit->n_margins = MarginsOf(train);
	fit->means = MeansOf(train, fit->n_margins);
	matrix = fit->shared.library->read_rows(BoostRowsOf(train, train->n_classes == 0 ? fit->means[0] : 0), BOOST_BINNED,
											(int) FitParam(params, "max_bin"), fit->shared.threads);
	MakeGradients(fit);
	BoostFitCreate(&fit->shared, &matrix, 1);
	SetParams(fit);
	return fit;
}

/* The library has one generator for all boosters, and begins it anew where the seed changes */
static bool
GrowTrees(void *arg)
{
	ForestFit *fit = arg;
	BoostFit *shared = &fit->shared;
	uint32 seed = (uint32) FitParam(shared->params, "seed") + shared->done;

	BoostFitSetNumber(shared, "seed", seed & PG_INT32_MAX);
	shared->library->advance_by(shared->boost, (int) shared->done, fit->gradients, fit->hessians, shared->train->n_rows,
								fit->n_margins);
	shared->done++;
	return shared->done >= shared->rounds;
}

static void
Report(const ForestFit *fit, FitProgress *progress)
{
	*progress = (FitProgress){.done = fit->shared.done, .total = fit->shared.rounds, .train = NAN, .valid = NAN};
}

static bool
ForestAdvance(void *arg, int milliseconds, FitProgress *progress)
{
	ForestFit *fit = arg;
	bool done = FitAdvance(GrowTrees, fit, milliseconds);

	Report(fit, progress);
	if (fit->shared.threads > 1)
		fit->shared.library->rest();
	return done;
}

/* Shares from their distance to that of all rows; within 0 and 1, whatever float32 has made of them */
static void
PutShares(const ForestFit *fit, DriftDraft *draft)
{
	const DriftTree *trees = drift_draft_section(draft, DRIFT_SECTION_TREES);
	DriftNode *nodes = drift_draft_section(draft, DRIFT_SECTION_NODES);
	double *base = drift_draft_section(draft, DRIFT_SECTION_BASE);

	for (uint64 t = 0; t < drift_draft_count(draft, DRIFT_SECTION_TREES); t++)
		for (DriftNode *node = nodes + trees[t].root; node < nodes + trees[t].root + trees[t].n_nodes; node++)
			if (node->kind == DRIFT_NODE_LEAF)
				node->value = Min(Max(node->value + fit->means[trees[t].group], 0), 1);
	for (uint32 m = 0; m < fit->n_margins; m++)
		base[m] = fit->n_margins > 1 ? WEIGHT_OF_ALL * fit->means[m] : 0;
}

/* From the sum of trees, as the library has it, to their mean */
static void
AverageTrees(const ForestFit *fit, DriftDraft *draft)
{
	draft->head.objective = drift_draft_string(draft, OBJECTIVE, strlen(OBJECTIVE));
	draft->head.single = 0;
	draft->head.base_first = 0;
	draft->head.average = DRIFT_AVERAGE_MARGIN;
	draft->head.average_over = fit->shared.done;
	draft->head.transform = fit->n_margins > 1 ? DRIFT_TRANSFORM_SHARES : DRIFT_TRANSFORM_IDENTITY;
	if (fit->shared.train->n_classes > 0)
		PutShares(fit, draft);
	else
		*(double *) drift_draft_section(draft, DRIFT_SECTION_BASE) = fit->means[0];
}

static struct varlena *
ForestFinish(void *arg, FitProgress *progress)
{
	ForestFit *fit = arg;
	DriftDraft *draft = BoostDraft(fit->shared.library, fit->shared.boost, 0, fit->shared.train);

	AverageTrees(fit, draft);
	Report(fit, progress);
	return BoostPack(draft);
}

static uint64
ForestMemory(const DriftDesign *train, const DriftDesign *valid, const FitParams *params)
{
	return BoostRowsMemory(train, (int) FitParam(params, "max_bin")) + train->n_rows * MarginsOf(train) * 32 +
		   BoostFitTreeMemory(train, params);
}

const FitMethod forest_method = {
	.algorithm = "random_forest",
	.params = forest_rules,
	.memory = ForestMemory,
	.start = ForestStart,
	.advance = ForestAdvance,
	.finish = ForestFinish,
};
