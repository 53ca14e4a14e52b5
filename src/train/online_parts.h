/*
 * online_parts.h
 *		What the files of online learning share.
 */
#ifndef DRIFT_TRAIN_ONLINE_PARTS_H
#define DRIFT_TRAIN_ONLINE_PARTS_H

#include "train/online.h"

/* Zeroed memory for count elements. */
void *drift_online_zeroed(const DriftHost *host, size_t count, size_t size);

/* A learner without what was learned: parameters, features and classes, the intercept's column and those of numbers. */
DriftOnline *drift_online_frame(const DriftHost *host, const DriftOnlineParams *params, const DriftText *names,
								const bool *categorical, uint32_t n_features, const DriftText *classes,
								uint32_t n_classes);

/* Memory of an arm for the columns that there is room for, zeroed; boost 1. */
void drift_online_arm_init(const DriftOnline *o, DriftOnlineArm *arm);

/* Begins an arm anew. */
void drift_online_arm_clear(const DriftOnline *o, DriftOnlineArm *arm);

/* The column of a label; where there is none and add is set, a new one if it may have one, else 0. */
uint32_t drift_online_column(DriftOnline *o, uint32_t feature, DriftText label, bool add);

/* Finds the columns of a row and their values as an arm scales them; without new columns unless add is set. */
void drift_online_gather(DriftOnline *o, const DriftOnlineArm *arm, const DriftOnlineRow *row, bool add);

/* Margins of the row at hand. */
void drift_online_arm_margins(DriftOnline *o, const DriftOnlineArm *arm);

/* Lets an arm learn from a row. */
DriftStatus drift_online_arm_learn(DriftOnline *o, DriftOnlineArm *arm, const DriftOnlineRow *row, double target,
								   double weight);

/* Lets it learn faster for a while, from where it is. */
void drift_online_arm_raise(const DriftOnline *o, DriftOnlineArm *arm);

/* Population standard deviation of a number so far; 0 where it does not vary. */
double drift_online_deviation(const DriftOnlineArm *arm, uint32_t feature);

/* Probabilities of the classes in place of margins; of two classes the second's in place of the one margin. */
void drift_online_probabilities(double *margins, uint32_t groups);

#endif
