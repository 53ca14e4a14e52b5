/*
 * boost_rows.h
 *		Training rows as libxgboost takes them: in float32, row by row.
 */
#ifndef DRIFT_REGISTRY_BOOST_ROWS_H
#define DRIFT_REGISTRY_BOOST_ROWS_H

#include "drift_train/boost_library.h"
#include "train/design.h"

/*
 * The rows of a design, which has to stay. What float32 cannot hold is an error
 * that names the column. Labels are the target less `origin`.
 */
extern BoostRows *BoostRowsOf(const DriftDesign *design, double origin);

/* Some rows of it, evenly spread, without labels; *at gets the number of each. */
extern BoostRows *BoostRowsSome(const DriftDesign *design, uint64 most, const uint64 **at);

/* Bytes that reading them and keeping them in bins takes at most. */
extern uint64 BoostRowsMemory(const DriftDesign *design, int bins);

/* The same where values are kept. */
extern uint64 BoostRowsMemoryWhole(const DriftDesign *design);

/* The mean of the target, by weight; of classes, the share of the second one. */
extern double BoostRowsMean(const DriftDesign *design);

extern bool BoostRowsCategorical(const DriftDesign *design);

#endif
