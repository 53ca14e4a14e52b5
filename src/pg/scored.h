/*
 * scored.h
 *		Scores of rows and a flag of each: what calibration and estimates of performance are made of.
 *
 * Scores are kept as keys (stats/sample.h), those with the flag apart from
 * those without, in arrays or past the memory budget in sorts on disk. A row
 * may have a second flag, its prediction where the first one is its outcome;
 * those are only counted. Rows in which something is NULL or NaN are left out.
 */
#ifndef DRIFT_PG_SCORED_H
#define DRIFT_PG_SCORED_H

#include "fmgr.h"

#include "pg/sorted_keys.h"
#include "stats/calibration.h"
#include "stats/isotonic.h"

struct BufFile;
struct Tuplesortstate;

/* A value of drift.calibration_map, read; its arrays are in the current memory context. */
typedef struct CalibrationMap
{
	DriftCalibration map;
	Datum datum; /* the value */
} CalibrationMap;

typedef struct ScoredRows
{
	MemoryContext context; /* lives as long as the state */
	int64 n[2];            /* rows without the flag, and with it */
	int64 predicted[2];    /* those of them whose second flag is set */
	uint64 *keys[2];
	int64 capacity[2]; /* 0 once spilled */
	bool spilled;
	bool sorted; /* the arrays are, or the files exist */
	struct Tuplesortstate *sort[2];
	struct BufFile *file[2];
	bool has_map;
	CalibrationMap calibration; /* where has_map */
} ScoredRows;

/* Sort both sides, and open them: side[0] and side[1] stay valid as long as the state. */
extern void OpenScoredRows(ScoredRows *rows, SortedKeys side[2]);

/* The same for the kernel; sorted has room for two. */
extern DriftScored ScoredForKernel(ScoredRows *rows, SortedKeys *sorted);

/* Read and check a map. */
extern CalibrationMap ReadCalibrationMap(Datum value);

#endif
