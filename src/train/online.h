/*
 * online.h
 *		Linear and logistic models that learn one row at a time.
 *
 * Each row is predicted before it is learned from, so that every error counted
 * is one on a row not seen before (prequential evaluation). A detector may
 * watch the errors; where it finds that they have grown, the policy says what
 * becomes of what was learned. A change after which there are fewer errors, as
 * while much is learned, is none.
 *
 * A feature is a number, which has one column, or a category, which gets a
 * column for each label as labels come. Column 0 is the intercept's. Numbers
 * are standardised by the running mean and variance of the rows so far, if
 * asked for; a missing number then counts as the mean, else as 0. A missing
 * label, and one for which there is no column left, has no column at all.
 *
 * Loss: half the squared error of a number, log loss of classes, with one
 * margin for two classes and one for each of more (softmax).
 *
 * Optimisers, g being the gradient of a weight w, penalty l2 w included:
 *   sgd      w -= eta g; eta constant, or eta0 / t^power (scikit-learn's
 *            SGDClassifier and SGDRegressor without their l1 and averaging)
 *   adagrad  s += g^2; w -= eta / sqrt(s + 1e-8) g (river's AdaGrad)
 *   ftrl     McMahan et al. 2013, algorithm 1: w = 0 where |z| <= l1, else
 *            -(z - sign(z) l1) / ((beta + sqrt(n)) / eta + l2); then
 *            z += g - (sqrt(n + g^2) - sqrt(n)) / eta w; n += g^2
 * The intercept is not penalised.
 */
#ifndef DRIFT_TRAIN_ONLINE_H
#define DRIFT_TRAIN_ONLINE_H

#include "model/draft.h"
#include "stats/detector.h"
#include "train/design.h"

#define DRIFT_ONLINE_MAX_FEATURES 1600
#define DRIFT_ONLINE_MAX_CLASSES 1000
#define DRIFT_ONLINE_MAX_COLUMNS 65000
#define DRIFT_ONLINE_MAX_LABEL 1024 /* bytes; longer labels are as missing */

/* Magnitude of numbers, targets and weights of rows: their squares and sums stay finite. */
#define DRIFT_ONLINE_MAX_NUMBER 1e100

/* Places of changes that are kept of one batch. */
#define DRIFT_ONLINE_MAX_CHANGES 100

typedef enum DriftOptimiser
{
	DRIFT_OPTIMISER_SGD = 1,
	DRIFT_OPTIMISER_ADAGRAD,
	DRIFT_OPTIMISER_FTRL
} DriftOptimiser;

/* What a change does. */
typedef enum DriftOnlinePolicy
{
	DRIFT_ONLINE_KEEP = 1, /* nothing */
	DRIFT_ONLINE_RESET,    /* begins anew */
	DRIFT_ONLINE_REPLACE,  /* goes on with what was learned since the warning began; without a warning as RESET */
	DRIFT_ONLINE_RAISE     /* learns faster for a while */
} DriftOnlinePolicy;

typedef struct DriftOnlineParams
{
	uint8_t optimiser;    /* DriftOptimiser */
	uint8_t policy;       /* DriftOnlinePolicy */
	bool inverse_scaling; /* of sgd */
	bool standardise;
	bool intercept;
	uint32_t max_categories; /* labels of a feature that get a column */
	double learning_rate;    /* > 0 */
	double power;            /* of inverse scaling */
	double l1;               /* of ftrl */
	double l2;
	double beta;     /* of ftrl */
	double fading;   /* of the metrics: weight of an error, relative to that of the next; (0, 1] */
	double raise_by; /* > 1 */
} DriftOnlineParams;

typedef struct DriftOnlineFeature
{
	DriftText name;
	bool categorical;
	uint32_t column;  /* of a number */
	uint32_t columns; /* of categories: labels that have one */
} DriftOnlineFeature;

typedef struct DriftOnlineColumn
{
	uint32_t feature;
	DriftText label; /* of categories */
} DriftOnlineColumn;

/* What was learned. Weights of a column are those of its groups, one after the other. */
typedef struct DriftOnlineArm
{
	int64_t rows;
	double boost;    /* of the learning rate of sgd, >= 1 */
	double *weights; /* of ftrl: z */
	double *squares; /* sums of squared gradients; NULL of sgd */
	double *counts;  /* per feature: numbers seen; NULL unless standardised, as are the next two */
	double *means;
	double *deviations; /* sums of squared deviations from the mean */
} DriftOnlineArm;

/* Errors of predictions made before learning. */
typedef struct DriftOnlineTally
{
	double n;
	double right;   /* of classes: how many were predicted */
	double loss;    /* log loss, or absolute error */
	double squares; /* of numbers: squared error */
} DriftOnlineTally;

/* Errors as the detector hears of them, since it began anew */
typedef struct DriftOnlineErrors
{
	double n;
	double sum;
	double recent_n; /* of the last hundred or so */
	double recent;
} DriftOnlineErrors;

typedef struct DriftOnline
{
	const DriftHost *host;
	DriftOnlineParams params;
	uint32_t n_features;
	uint32_t n_classes; /* 0: the target is a number */
	uint32_t n_groups;  /* margins */
	uint32_t n_columns; /* the intercept's among them */
	DriftOnlineFeature *features;
	DriftText *classes;
	DriftOnlineColumn *columns;
	DriftOnlineArm front;
	DriftOnlineArm behind; /* learns since a warning began */
	bool has_behind;
	DriftDetector *detector; /* NULL: none */
	int64_t seen;            /* rows with a target */
	int64_t changes;
	int64_t changed; /* number of the row with the last change; 0: none */
	DriftOnlineErrors errors;
	DriftOnlineTally faded;
	DriftOnlineTally total;

	/* Of the rows since it was read: not part of the packed form */
	DriftOnlineTally batch;
	int64_t batch_changes;
	int64_t change[DRIFT_ONLINE_MAX_CHANGES]; /* their rows, the first of them */

	/* Room and work */
	uint32_t column_room;
	uint32_t *places; /* hash table of columns by feature and label; 0: free */
	uint32_t place_room;
	uint32_t n_active;
	uint32_t *active; /* columns of the row at hand that are not 0 */
	double *values;
	double *margins;
} DriftOnline;

/* A row: of numbers NaN, of categories no bytes where missing. Elements of the other kind are not read. */
typedef struct DriftOnlineRow
{
	const double *numbers;
	const DriftText *labels;
} DriftOnlineRow;

/* Whether parameters are in their ranges and go together: a penalty may not overshoot, with a raised rate neither. */
bool drift_online_params_good(const DriftOnlineParams *params);

/*
 * One that has learned nothing. Parameters must be good. Names and labels are copied; the detector is
 * taken over. Counts must be within the limits above, and n_classes not 1.
 */
DriftOnline *drift_online_create(const DriftHost *host, const DriftOnlineParams *params, const DriftText *names,
								 const bool *categorical, uint32_t n_features, const DriftText *classes,
								 uint32_t n_classes, DriftDetector *detector);

/*
 * Predicts the target of a row, counts the error, and learns with a weight >= 0;
 * 0: does not learn. The target is the number of the class, or a finite
 * number. DRIFT_OVERFLOW where weights are no finite numbers any more: what
 * was learned is of no use then.
 */
DriftStatus drift_online_add(DriftOnline *o, const DriftOnlineRow *row, double target, double weight);

/* The weight of a column by what was learned so far. */
double drift_online_weight(const DriftOnline *o, const DriftOnlineArm *arm, uint32_t column, uint32_t group);

/* Fills an empty draft with the model; DRIFT_EMPTY_REFERENCE where nothing was learned. */
DriftStatus drift_online_draft(const DriftOnline *o, DriftDraft *draft);

/* The packed form: the same for equal learners, little-endian. Whatever bytes are unpacked can do no harm. */
size_t drift_online_packed_size(const DriftOnline *o);
DriftStatus drift_online_pack(const DriftOnline *o, uint8_t *bytes, size_t size);
DriftStatus drift_online_unpack(const DriftHost *host, const uint8_t *bytes, size_t length, DriftOnline **result);

#endif
