#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/syscache.h"

static Oid
function_owner(Oid function)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	Oid owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;

	ReleaseSysCache(tuple);
	return owner;
}

/*
 * Maintenance (autovacuum, ANALYZE, REINDEX, REFRESH) runs the code of a
 * table's owner as that owner, while the session is often a superuser's: there
 * the session says nothing about who acts. Who does is lost once a function
 * that runs as the extension's owner was entered.
 */
static Oid
restricted_actor(Oid function)
{
	Oid actor = GetUserId();

	if (actor == function_owner(function))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("the model registry cannot be used within a security-restricted operation"),
						errdetail("Index expressions, materialized views and the like run while a table is maintained, "
								  "and nobody acts then.")));
	return actor;
}

PG_FUNCTION_INFO_V1(drift_actor);
Datum
drift_actor(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(InSecurityRestrictedOperation() ? restricted_actor(fcinfo->flinfo->fn_oid) : GetOuterUserId());
}
