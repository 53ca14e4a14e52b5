/*
 * fairness.h
 *		How differently a classifier treats groups of people, from the counts of each group.
 *
 * Definitions of fairlearn (Bird et al. 2020), with one difference: a rate that a group's rows do not
 * determine, such as the true positive rate of a group without positives, is NaN and left out, where
 * fairlearn takes it as 0.
 */
#ifndef DRIFT_STATS_FAIRNESS_H
#define DRIFT_STATS_FAIRNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/random.h"

/*
 * Rows of a group by decision and truth, or their weights. Where the truth is not known, selected rows
 * are in tp and the others in fn, and only the selection rate has a meaning.
 */
typedef struct DriftFairnessGroup
{
	double tp;
	double fp;
	double fn;
	double tn;
	double effective; /* rows that tell as much as the weighted ones (Kish): (sum w)^2 / sum w^2 */
	bool counted;     /* false: too small to be compared, and only part of the whole */
} DriftFairnessGroup;

typedef enum DriftFairnessRate
{
	DRIFT_SELECTION_RATE,      /* (tp + fp) / all */
	DRIFT_TRUE_POSITIVE_RATE,  /* tp / (tp + fn) */
	DRIFT_FALSE_POSITIVE_RATE, /* fp / (fp + tn) */
	DRIFT_PRECISION,           /* tp / (tp + fp) */
	DRIFT_ACCURACY,            /* (tp + tn) / all */
	DRIFT_FAIRNESS_RATES
} DriftFairnessRate;

/* Each is a difference and a ratio: disparity 2 i is the difference of kind i, 2 i + 1 its ratio. */
typedef enum DriftFairnessKind
{
	DRIFT_DEMOGRAPHIC_PARITY, /* of the selection rates */
	DRIFT_EQUALIZED_ODDS,     /* of the true and the false positive rates */
	DRIFT_EQUAL_OPPORTUNITY,  /* of the true positive rates */
	DRIFT_PREDICTIVE_PARITY,  /* of the precisions */
	DRIFT_EQUAL_ACCURACY,
	DRIFT_FAIRNESS_KINDS
} DriftFairnessKind;

#define DRIFT_DISPARITIES (2 * DRIFT_FAIRNESS_KINDS)

typedef struct DriftFairnessOptions
{
	bool has_truth;  /* without it only demographic parity is determined */
	bool to_overall; /* against the rate of all rows, else the largest against the smallest rate */
	bool mean;       /* equalized odds are the mean of both rates' disparities, else the worse */
} DriftFairnessOptions;

/* A disparity and the groups that make it: of the lowest and of the highest rate, -1 where it is not determined. */
typedef struct DriftDisparity
{
	double value; /* NaN where fewer than two groups have the rate, or a ratio is 0 / 0 */
	int lowest;
	int highest;
} DriftDisparity;

/* "demographic_parity_difference" and so on; NULL past the last. */
const char *drift_disparity_name(int disparity);

/* All DRIFT_DISPARITIES disparities of n groups. */
void drift_disparities(const DriftFairnessGroup *groups, int n, const DriftFairnessOptions *options,
					   DriftDisparity *disparities);

/* The disparities of one bootstrap sample: as many rows of each group as it has, drawn from its own with replacement. */
void drift_fairness_resample(const DriftFairnessGroup *groups, int n, const DriftFairnessOptions *options,
							 DriftRandom *random, double *values);

/*
 * Disparities of groups that are treated alike: each rate of each group drawn anew, over as many rows as it
 * is taken of, with the rate of all groups that are counted.
 */
void drift_fairness_alike(const DriftFairnessGroup *groups, int n, const DriftFairnessOptions *options,
						  DriftRandom *random, double *values);

/*
 * Wilson's score interval (1927) of a share of n rows at z standard deviations; NaN without rows.
 */
void drift_share_interval(double share, double n, double z, double *low, double *high);

#endif
