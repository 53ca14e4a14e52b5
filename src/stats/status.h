/*
 * status.h
 *		What a kernel function answers when it cannot give a number.
 *
 * The kernel never prints, allocates or jumps: it returns one of these, and
 * the host turns it into its own kind of error (src/errors.c in the server).
 */
#ifndef DRIFT_STATS_STATUS_H
#define DRIFT_STATS_STATUS_H

typedef enum DriftStatus
{
	DRIFT_OK = 0,
	DRIFT_EMPTY_REFERENCE,     /* the reference has no non-missing value */
	DRIFT_EMPTY_CURRENT,       /* the current side has no non-missing value */
	DRIFT_KIND_MISMATCH,       /* numeric against categorical */
	DRIFT_TYPE_MISMATCH,       /* values of different SQL types */
	DRIFT_BAD_BINS,            /* number of bins outside its range */
	DRIFT_BAD_EDGES,           /* edges NaN, unsorted or too many */
	DRIFT_BAD_FLOOR,           /* smallest share not in (0, 0.5) */
	DRIFT_TOO_MANY_CATEGORIES, /* a statistic of two categories got more */
	DRIFT_OVERFLOW,            /* a counter would pass 2^62 */
	DRIFT_NO_SPACE,            /* the caller's memory is too small */
	DRIFT_TRUNCATED,           /* the bytes end too early */
	DRIFT_TRAILING_BYTES,      /* the bytes go on after the end */
	DRIFT_BAD_VERSION,         /* written by a newer or unknown version */
	DRIFT_CORRUPT,             /* the bytes contradict themselves */
	DRIFT_TOO_LARGE,           /* more than one value of the host can hold */
	DRIFT_UNSUPPORTED          /* what a source asks for cannot be done as it means it */
} DriftStatus;

#endif
