/*
 * edf_result.h
 *		Results that rows and profiles share: src/pg/profile_edf.c.
 */
#ifndef DRIFT_PG_EDF_RESULT_H
#define DRIFT_PG_EDF_RESULT_H

#include "fmgr.h"

#include "stats/edf_test.h"

/* The p-value of Cramer-von Mises' T, with memory for the exact one. */
extern double CramerVonMisesP(double t, int64 n, int64 m);

/*
 * The test_result of Anderson-Darling's A^2. Where all rows hold one value,
 * which has no drift to see and no A^2, the statistic is 0 and p is 1.
 */
extern Datum AndersonDarlingResult(FunctionCallInfo fcinfo, DriftInterval a_squared, bool constant, int64 n, int64 m);

#endif
