/*
 * catalog.h
 *		Rows of the extension's tables, found by index.
 *
 * Rows are those that the active snapshot sees. Row level security is not
 * asked: what a user may know of them is for the caller to check.
 */
#ifndef DRIFT_REGISTRY_CATALOG_H
#define DRIFT_REGISTRY_CATALOG_H

#include "access/genam.h"
#include "access/skey.h"
#include "utils/relcache.h"

/* Numbers of columns, in the order of sql/install */
enum ModelsColumn
{
	MODELS_MODEL_ID = 1,
	MODELS_NAME,
	MODELS_OWNER
};

enum PredictionLogsColumn
{
	PREDICTION_LOGS_LOG_ID = 1,
	PREDICTION_LOGS_MODEL_ID,
	PREDICTION_LOGS_LOG,
	PREDICTION_LOGS_OUTCOMES
};

typedef struct CatalogScan
{
	Relation table;
	SysScanDesc scan;
} CatalogScan;

/*
 * Finds rows of drift.<table> by its index of that name; the keys number the
 * columns as the table does.
 */
extern CatalogScan CatalogBegin(const char *table, const char *index, int key_count, ScanKey keys);
/* The next row, which lives until the scan ends, or NULL. */
extern HeapTuple CatalogNext(CatalogScan *scan);
/* A column of the row. */
extern Datum CatalogValue(CatalogScan *scan, HeapTuple row, int column, bool *is_null);
extern void CatalogEnd(CatalogScan *scan);

/* The model that has the name now, or 0. */
extern int32 CatalogModel(const char *name);

#endif
