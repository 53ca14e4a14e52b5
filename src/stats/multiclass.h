/*
 * multiclass.h
 *		How well rows were put into classes, from what each class has.
 *
 * Precision, recall and F of a class, their averages over the classes,
 * accuracy, Matthews' correlation and Cohen's kappa, as scikit-learn 1.9
 * defines them. What the rows do not determine is NaN.
 */
#ifndef DRIFT_STATS_MULTICLASS_H
#define DRIFT_STATS_MULTICLASS_H

#include <stdint.h>

#include "stats/sum.h"

/* Rows of a class, or their weights: those that were put into it and belong there, that were put into it, that belong there. */
typedef struct DriftClass
{
	double hits;
	double predicted;
	double actual;
} DriftClass;

/* hits / predicted, hits / actual, and their harmonic mean in which recall counts beta times as much as precision. */
double drift_class_precision(const DriftClass *c);
double drift_class_recall(const DriftClass *c);
double drift_class_f(const DriftClass *c, double beta);

/*
 * DRIFT_MACRO: the mean over the classes. DRIFT_MICRO: of all rows together,
 * which is the accuracy. DRIFT_WEIGHTED: the mean in which a class counts by
 * the rows that belong to it. A class whose own value is NaN counts as 0.
 */
typedef enum DriftAverage
{
	DRIFT_MACRO,
	DRIFT_MICRO,
	DRIFT_WEIGHTED
} DriftAverage;

/* Sums over classes; the number of them that occur, and of those that rows belong to. */
typedef struct DriftMulticlass
{
	double beta;
	int64_t classes;
	int64_t actual_classes;
	DriftSum hits;
	DriftSum rows;
	DriftSum precision[3]; /* by DriftAverage; that of DRIFT_MICRO stays 0 */
	DriftSum recall[3];
	DriftSum f[3];
	DriftSum both; /* products of predicted and actual, */
	DriftSum predicted_squares;
	DriftSum actual_squares;
} DriftMulticlass;

/* beta > 0 is that of F. */
void drift_multiclass_init(DriftMulticlass *m, double beta);

/* Takes a class; one without rows is none. */
void drift_multiclass_add(DriftMulticlass *m, const DriftClass *c);

double drift_multiclass_precision(const DriftMulticlass *m, DriftAverage average);
double drift_multiclass_recall(const DriftMulticlass *m, DriftAverage average);
double drift_multiclass_f(const DriftMulticlass *m, DriftAverage average);
double drift_multiclass_accuracy(const DriftMulticlass *m);

/* The mean recall of the classes that rows belong to. */
double drift_multiclass_balanced_accuracy(const DriftMulticlass *m);

/* Matthews' correlation of several classes (Gorodkin 2004): NaN when all rows are of one class on either side. */
double drift_multiclass_mcc(const DriftMulticlass *m);

/* Cohen's kappa (1960), without weights of disagreement: NaN when all rows are of one class on both sides. */
double drift_multiclass_kappa(const DriftMulticlass *m);

#endif
