/*
 * concept_drift.h
 *		Whether the relation of a feature to the target changed, apart from
 *		what a change of the rows alone does to it.
 *
 * Both sides are counted in a table of feature (bins or categories) by stratum
 * (bins of the reference model's score; one stratum without a score) by class
 * of the target. From the reference
 *
 *		P(class | feature, stratum) = a(stratum, class) b(feature, class) / sum over classes
 *
 * is fitted by iterative proportional fitting (Deming and Stephan 1940): the
 * model without an interaction of three, whose margins are those of the
 * reference. Applied to the rows of the current side, with weights of the
 * classes such that their totals are those of the current side, it says which
 * table the current side would have if only its rows and its prior had
 * changed. What the current side's association is beyond that is the change.
 *
 * p-values are of a parametric bootstrap: targets of both sides are drawn from
 * the fitted model, the model is fitted again to the drawn reference, and the
 * same difference taken. The mean of the draws is the bias, which is taken off.
 */
#ifndef DRIFT_STATS_CONCEPT_DRIFT_H
#define DRIFT_STATS_CONCEPT_DRIFT_H

#include <stdint.h>

#include "stats/status.h"

/* Largest number of values of a side of the table, and of its cells. */
#define DRIFT_CONCEPT_VALUES 1024
#define DRIFT_CONCEPT_CELLS 262144

typedef struct DriftConceptTable
{
	int32_t features; /* values of the feature, >= 1 */
	int32_t strata;   /* >= 1 */
	int32_t classes;  /* >= 1 */
	/* rows: [feature][stratum][class] */
	const int64_t *reference;
	const int64_t *current;
	/* mean of the feature in [feature][stratum]; both NULL where it is not a number */
	const double *mean_reference;
	const double *mean_current;
	/* number of each class; NULL where it has none */
	const double *class_number;
} DriftConceptTable;

/* One measure of association. */
typedef struct DriftConceptChange
{
	double reference;
	double current;
	double expected; /* of the current side, had only its rows and its prior changed: current - change */
	double change;
	double p_value; /* two-sided */
} DriftConceptChange;

typedef struct DriftConcept
{
	double entropy_reference; /* of the target, nats */
	double entropy_current;
	/*
	 * Mutual information as a share of the entropy of the target; both sides by
	 * Miller and Madow (mutual_information.h), so that it may be below 0.
	 */
	DriftConceptChange information;
	/* Pearson's correlation of the means of cells and the numbers of classes, with its sign. */
	DriftConceptChange correlation;
	int64_t draws;
} DriftConcept;

/* Fewest and most draws. */
#define DRIFT_CONCEPT_MIN_DRAWS 19
#define DRIFT_CONCEPT_MAX_DRAWS 100000

/* Number of doubles that either function needs as room; 0 for a shape or a number of draws that is not allowed. */
int64_t drift_concept_room(int32_t features, int32_t strata, int32_t classes, int64_t draws);

/*
 * The change of both measures. Draws end early when both observed changes were
 * reached `enough` times (0: never) after at least 199. What the table does not
 * determine is NaN: everything without rows on a side, information where the
 * target or the feature is constant on either side, correlation where numbers
 * are missing or constant. poll (may be NULL) is called once a draw.
 */
void drift_concept_change(const DriftConceptTable *table, int64_t draws, int64_t enough, uint64_t seed, double *room,
						  void (*poll)(void), DriftConcept *result);

/*
 * The change of the shares of the classes: total variation between the current
 * side and what the reference's model says about its rows, weights of the
 * classes left out. reference is 0, current the total variation between both
 * sides, expected that between the reference and what the model says.
 */
void drift_concept_prior(const DriftConceptTable *table, int64_t draws, int64_t enough, uint64_t seed, double *room,
						 void (*poll)(void), DriftConceptChange *result);

#endif
