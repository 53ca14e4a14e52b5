/*
 * table.h
 *		Rows of the extension's own tables, by their keys.
 *
 * Read by an index under a snapshot of the caller's choice, without a plan and
 * without the rights of the user, who is asked by reference.h.
 */
#ifndef DRIFT_REGISTRY_TABLE_H
#define DRIFT_REGISTRY_TABLE_H

#include "access/genam.h"
#include "access/skey.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

typedef struct TableScan
{
	Relation table;
	SysScanDesc scan;
	HeapTuple row; /* the row that the scan is at; it lives until the next */
} TableScan;

/* Starts a scan by an index of a table in schema drift; keys count columns of the table. */
extern void TableScanBegin(TableScan *scan, const char *table, const char *index, Snapshot snapshot, int n_keys,
						   ScanKey keys);

/* Goes to the next row; false if there is none. */
extern bool TableScanNext(TableScan *scan);

extern void TableScanEnd(TableScan *scan);

/* A column of the row that the scan is at. */
extern Datum TableScanGet(const TableScan *scan, AttrNumber column, bool *isnull);

/* A column that has a value. */
extern Datum TableScanValue(const TableScan *scan, AttrNumber column);

/* A key: the column has this value. */
extern ScanKeyData IntegerKey(AttrNumber column, int32 value);
extern ScanKeyData TextKey(AttrNumber column, const char *bytes, Size length);

#endif
