/*
 * calibration.h
 *		Values of drift.calibration_map.
 */
#ifndef DRIFT_PG_CALIBRATION_H
#define DRIFT_PG_CALIBRATION_H

#include "access/tupdesc.h"

#include "stats/calibration.h"

/* Fit a map, or find that there is no need for one: a value of the type that the descriptor is of. */
extern Datum FitCalibration(const DriftScored *scored, TupleDesc descriptor);

#endif
