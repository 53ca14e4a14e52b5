#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "registry/catalog.h"

static Oid
FindRelation(const char *name)
{
	Oid relation = get_relname_relid(name, get_namespace_oid("drift", false));

	if (!OidIsValid(relation))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation drift.%s is missing", name),
						errhint("ALTER EXTENSION drift UPDATE may not have been run.")));
	return relation;
}

CatalogScan
CatalogBegin(const char *table, const char *index, int key_count, ScanKey keys)
{
	CatalogScan scan;

	scan.table = table_open(FindRelation(table), AccessShareLock);
	scan.scan = systable_beginscan(scan.table, FindRelation(index), true, GetActiveSnapshot(), key_count, keys);
	return scan;
}

HeapTuple
CatalogNext(CatalogScan *scan)
{
	return systable_getnext(scan->scan);
}

Datum
CatalogValue(CatalogScan *scan, HeapTuple row, int column, bool *is_null)
{
	return heap_getattr(row, column, RelationGetDescr(scan->table), is_null);
}

void
CatalogEnd(CatalogScan *scan)
{
	systable_endscan(scan->scan);
	table_close(scan->table, AccessShareLock);
}

int32
CatalogModel(const char *name)
{
	ScanKeyData key;
	CatalogScan scan;
	HeapTuple row;
	bool is_null;
	int32 model_id = 0;

	ScanKeyEntryInitialize(&key, 0, MODELS_NAME, BTEqualStrategyNumber, InvalidOid, C_COLLATION_OID, F_TEXTEQ,
						   CStringGetTextDatum(name));
	scan = CatalogBegin("models", "models_name_key", 1, &key);
	row = CatalogNext(&scan);
	if (row != NULL)
		model_id = DatumGetInt32(CatalogValue(&scan, row, MODELS_MODEL_ID, &is_null));
	CatalogEnd(&scan);
	return model_id;
}
