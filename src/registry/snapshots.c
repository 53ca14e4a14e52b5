#include "postgres.h"

#include "access/xact.h"
#include "nodes/parsenodes.h"
#include "utils/portal.h"
#include "utils/snapmgr.h"

#include "registry/snapshots.h"

bool
MayCommit(FunctionCallInfo fcinfo)
{
	return fcinfo->context != NULL && IsA(fcinfo->context, CallContext) &&
		   !castNode(CallContext, fcinfo->context)->atomic && !IsSubTransaction();
}

/*
 * A snapshot would keep dead rows of all tables for as long as the procedure
 * takes. Where it might commit it may also do this part of a commit: the
 * statement's snapshot goes, and whoever needs one next makes it again.
 */
void
LetGoOfSnapshots(FunctionCallInfo fcinfo)
{
	if (!MayCommit(fcinfo))
		return;
	ForgetPortalSnapshots();
	InvalidateCatalogSnapshot();
}
