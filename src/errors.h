/*
 * errors.h
 *		From a status of the kernel to an error of the server.
 */
#ifndef DRIFT_ERRORS_H
#define DRIFT_ERRORS_H

#include "compat.h"
#include "stats/status.h"

/* Raises the error that belongs to a status other than DRIFT_OK. */
pg_noreturn extern void DriftRaise(DriftStatus status);

static inline void
DriftCheck(DriftStatus status)
{
	if (unlikely(status != DRIFT_OK))
		DriftRaise(status);
}

#endif
