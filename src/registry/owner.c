#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/syscache.h"

#include "registry/owner.h"

/*
 * Within a function that runs as the extension's owner the session says who
 * acts. Both are asked, so that neither a user's function that a superuser
 * calls nor a superuser's function that a user calls reads more than its own.
 */
void
OwnerCheck(Oid owner)
{
	if (!SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(owner)))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role with OID %u does not exist", owner),
						errdetail("It owned what is to be read."), errhint("Give it another owner.")));
	if (!has_privs_of_role(GetUserId(), owner) ||
		(!InSecurityRestrictedOperation() && !has_privs_of_role(GetOuterUserId(), owner)))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied to read as role \"%s\"", GetUserNameFromId(owner, false)),
						errdetail("Only members of the role may do this.")));
}

void
OwnerSet(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

void
OwnerEnter(OwnerScope *scope, Oid owner, const char *path)
{
	GetUserIdAndSecContext(&scope->user, &scope->security_context);
	SetUserIdAndSecContext(owner,
						   scope->security_context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	scope->nest_level = NewGUCNestLevel();
	OwnerSet("search_path", path);
	/* All of a table in the order of its rows, so that summaries of the same rows are the same */
	OwnerSet("synchronize_seqscans", "off");
	scope->read_only = XactReadOnly;
	/* The variable, because a setting of this name cannot be given back */
	XactReadOnly = true;
}

void
OwnerLeave(const OwnerScope *scope)
{
	XactReadOnly = scope->read_only;
	AtEOXact_GUC(false, scope->nest_level);
	SetUserIdAndSecContext(scope->user, scope->security_context);
}
