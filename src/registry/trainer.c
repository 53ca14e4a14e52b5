#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "compat.h"
#include "registry/trainer.h"

pg_noreturn static void
RefuseAlgorithm(const char *algorithm)
{
	StringInfoData known;
	const FitMethod *method;

	initStringInfo(&known);
	for (int i = 0; (method = FitMethodAt(i)) != NULL; i++)
		appendStringInfo(&known, "%s%s", i > 0 ? ", " : "", method->algorithm);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown algorithm \"%s\"", algorithm),
			 errdetail("Algorithms are: %s.", known.data),
			 errhint("Your own is a function of (query text, label text, params jsonb) that returns drift.model.")));
}

const FitMethod *
TrainerMethod(const char *algorithm)
{
	const FitMethod *method = FitMethodOf(algorithm);

	if (method == NULL)
		RefuseAlgorithm(algorithm);
	return method;
}

static void
CheckReturnsModel(Oid function)
{
	Oid type = get_func_rettype(function);
	Oid model = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("model"),
								ObjectIdGetDatum(get_namespace_oid("drift", false)));

	if (type == model && !get_func_retset(function) && get_func_prokind(function) == PROKIND_FUNCTION)
		return;
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("function \"%s\" does not train models", get_func_name(function)),
					errdetail("It returns %s.", format_type_be(type)), errhint("A trainer returns one drift.model.")));
}

Oid
TrainerFunction(const char *name)
{
	const Oid types[] = {TEXTOID, TEXTOID, JSONBOID};
	List *names;
	Oid function = InvalidOid;
	AclResult permission;

	if (SplitIdentifierString(pstrdup(name), '.', &names) && names != NIL)
		function = LookupFuncName(textToQualifiedNameList(cstring_to_text(name)), lengthof(types), types, true);
	if (!OidIsValid(function))
		RefuseAlgorithm(name);
	permission = function_aclcheck_compat(function, GetUserId());
	if (permission != ACLCHECK_OK)
		aclcheck_error(permission, OBJECT_FUNCTION, name);
	CheckReturnsModel(function);
	return function;
}
