/*
 * snapshots.h
 *		Procedures that take long and read nothing meanwhile.
 */
#ifndef DRIFT_REGISTRY_SNAPSHOTS_H
#define DRIFT_REGISTRY_SNAPSHOTS_H

#include "fmgr.h"

/* Whether the procedure might commit: it was called at top level, or by one that might. */
extern bool MayCommit(FunctionCallInfo fcinfo);

/* Lets go of the statement's snapshot, where the procedure might commit. */
extern void LetGoOfSnapshots(FunctionCallInfo fcinfo);

#endif
