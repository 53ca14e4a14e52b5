#include "postgres.h"

#include <float.h>
#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "registry/boost_rows.h"

/* Rows that are turned at once: their lines of the target stay in the cache while column after column is read */
#define ROWS_AT_ONCE 64

static inline float
CodeValue(uint32 code)
{
	return code == DRIFT_CODE_MISSING ? NAN : (float) code;
}

static void
ReadColumn(const DriftDesignColumn *column, uint64 first, uint64 count, float *to, uint32 step)
{
	if (column->categorical)
		for (uint64 r = 0; r < count; r++)
			to[r * step] = CodeValue(column->codes[first + r]);
	else
		for (uint64 r = 0; r < count; r++)
			to[r * step] = (float) column->values[first + r];
}

static void
ReadRows(const void *source, uint64 first, uint64 count, float *to)
{
	const DriftDesign *design = source;
	uint32 n = design->n_columns;

	for (uint64 done = 0; done < count; done += ROWS_AT_ONCE)
		for (uint32 c = 0; c < n; c++)
			ReadColumn(&design->columns[c], first + done, Min(ROWS_AT_ONCE, count - done), to + done * n + c, n);
}

static void
CheckColumn(const DriftDesign *design, const DriftDesignColumn *column)
{
	uint64 bad = 0;

	if (column->categorical)
		return;
	for (uint64 r = 0; r < design->n_rows; r++)
		bad += fabs(column->values[r]) > FLT_MAX;
	if (bad > 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("column \"%.*s\" is infinite or beyond the range of real in " UINT64_FORMAT " %s",
						(int) column->name.length, column->name.bytes, bad, bad == 1 ? "row" : "rows"),
				 errdetail("XGBoost computes in real, and takes no infinities."),
				 errhint("Make such values NULL in the query, bound them with least() and greatest(), or leave the "
						 "column out.")));
}

static float *
ToSingle(const double *from, uint64 n, double origin, const char *what)
{
	float *to = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(float));
	bool fits = true;

	for (uint64 i = 0; i < n; i++)
	{
		to[i] = (float) (from[i] - origin);
		fits = fits && isfinite(to[i]);
	}
	if (!fits)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("%s are infinite or beyond the range of real, in which XGBoost computes", what)));
	return to;
}

static bool *
CategoricalColumns(const DriftDesign *design)
{
	bool *categorical = palloc(design->n_columns * sizeof(bool));

	for (uint32 c = 0; c < design->n_columns; c++)
		categorical[c] = design->columns[c].categorical;
	return categorical;
}

BoostRows *
BoostRowsOf(const DriftDesign *design, double origin)
{
	BoostRows *rows = palloc0(sizeof(BoostRows));

	for (uint32 c = 0; c < design->n_columns; c++)
	{
		CheckColumn(design, &design->columns[c]);
		CHECK_FOR_INTERRUPTS();
	}
	rows->n_rows = design->n_rows;
	rows->n_columns = design->n_columns;
	rows->categorical = CategoricalColumns(design);
	rows->read = ReadRows;
	rows->source = design;
	rows->labels = ToSingle(design->target, design->n_rows, origin, "labels");
	if (design->weights != NULL)
		rows->weights = ToSingle(design->weights, design->n_rows, 0, "weights");
	return rows;
}

typedef struct SomeRows
{
	const DriftDesign *design;
	uint64 at[FLEXIBLE_ARRAY_MEMBER];
} SomeRows;

static void
ReadSome(const void *source, uint64 first, uint64 count, float *to)
{
	const SomeRows *some = source;

	for (uint64 i = 0; i < count; i++)
		ReadRows(some->design, some->at[first + i], 1, to + i * some->design->n_columns);
}

BoostRows *
BoostRowsSome(const DriftDesign *design, uint64 most, const uint64 **at)
{
	BoostRows *rows = palloc0(sizeof(BoostRows));
	uint64 n = Min(most, design->n_rows);
	SomeRows *some = palloc(offsetof(SomeRows, at) + n * sizeof(uint64));

	some->design = design;
	for (uint64 i = 0; i < n; i++)
		some->at[i] = (uint64) ((double) i / n * design->n_rows);
	rows->n_rows = n;
	rows->n_columns = design->n_columns;
	rows->categorical = CategoricalColumns(design);
	rows->read = ReadSome;
	rows->source = some;
	*at = some->at;
	return rows;
}

static bool
AnyMissing(const DriftDesign *design)
{
	for (uint32 c = 0; c < design->n_columns; c++)
	{
		const DriftDesignColumn *column = &design->columns[c];

		for (uint64 r = 0; r < design->n_rows; r++)
			if (column->categorical ? column->codes[r] == DRIFT_CODE_MISSING : isnan(column->values[r]))
				return true;
	}
	return false;
}

/* Measured with libxgboost 1.7.4: without missing values bins are kept by place, and else with the number of their column */
uint64
BoostRowsMemory(const DriftDesign *design, int bins)
{
	uint64 cells = design->n_rows * design->n_columns;

	return cells * (AnyMissing(design) ? 12 : bins <= 256 ? 6 : 9) + design->n_rows * 24 + (4 << 20);
}

uint64
BoostRowsMemoryWhole(const DriftDesign *design)
{
	return design->n_rows * design->n_columns * 20 + design->n_rows * 24 + (4 << 20);
}

double
BoostRowsMean(const DriftDesign *design)
{
	double sum = 0;
	double weight = 0;

	for (uint64 r = 0; r < design->n_rows; r++)
	{
		double w = design->weights != NULL ? design->weights[r] : 1;

		sum += w * design->target[r];
		weight += w;
	}
	return weight > 0 ? sum / weight : 0;
}

bool
BoostRowsCategorical(const DriftDesign *design)
{
	for (uint32 c = 0; c < design->n_columns; c++)
		if (design->columns[c].categorical)
			return true;
	return false;
}
