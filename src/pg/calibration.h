/*
 * calibration.h
 *		Values of drift.calibration_map, and the scores that they are made of and applied to.
 *
 * States are those of the metrics of scores (binary.h), whose flag is the
 * outcome where a map is fitted, and the prediction where it is applied.
 */
#ifndef DRIFT_PG_CALIBRATION_H
#define DRIFT_PG_CALIBRATION_H

#include "access/tupdesc.h"
#include "fmgr.h"

#include "pg/binary.h"
#include "stats/calibration.h"

/* Read and check a map. Its arrays are those of the value, or in the current memory context. */
extern DriftCalibration ReadCalibrationMap(Datum value);

/* Scores as the kernel takes them, sorted; valid as long as the state. */
extern DriftScored ScoredForKernel(BinaryScores *scores);

/* Fit a map, or find that there is no need for one: a value of the type that the descriptor is of. */
extern Datum FitCalibration(const DriftScored *scored, TupleDesc descriptor);

#endif
