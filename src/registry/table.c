#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "registry/table.h"

void
TableScanBegin(TableScan *scan, const char *table, const char *index, Snapshot snapshot, int n_keys, ScanKey keys)
{
	Oid schema = get_namespace_oid("drift", false);
	Oid oid = get_relname_relid(table, schema);

	if (!OidIsValid(oid))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation \"drift.%s\" does not exist", table),
						errhint("Install the extension anew.")));
	scan->table = table_open(oid, AccessShareLock);
	scan->scan = systable_beginscan(scan->table, get_relname_relid(index, schema), true, snapshot, n_keys, keys);
	scan->row = NULL;
}

bool
TableScanNext(TableScan *scan)
{
	scan->row = systable_getnext(scan->scan);
	return HeapTupleIsValid(scan->row);
}

void
TableScanEnd(TableScan *scan)
{
	systable_endscan(scan->scan);
	table_close(scan->table, AccessShareLock);
}

Datum
TableScanGet(const TableScan *scan, AttrNumber column, bool *isnull)
{
	return heap_getattr(scan->row, column, RelationGetDescr(scan->table), isnull);
}

Datum
TableScanValue(const TableScan *scan, AttrNumber column)
{
	bool isnull;
	Datum value = TableScanGet(scan, column, &isnull);

	if (isnull)
		elog(ERROR, "column %d of \"%s\" is null", column, RelationGetRelationName(scan->table));
	return value;
}

ScanKeyData
IntegerKey(AttrNumber column, int32 value)
{
	ScanKeyData key;

	ScanKeyInit(&key, column, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(value));
	return key;
}

/* Such columns have collation "C", which is what this says */
ScanKeyData
TextKey(AttrNumber column, const char *bytes, Size length)
{
	ScanKeyData key;

	ScanKeyInit(&key, column, BTEqualStrategyNumber, F_TEXTEQ,
				PointerGetDatum(cstring_to_text_with_len(bytes, length)));
	return key;
}
