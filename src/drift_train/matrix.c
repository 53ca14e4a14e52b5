/*
 * matrix.c
 *		Rows for the library.
 *
 * For histograms it reads the rows block by block, several times over, and
 * keeps bins: one byte or a few for each value. They never lie in memory as
 * a whole beside the columns that they are read from.
 */
#include "postgres.h"

#include <math.h>
#include <xgboost/c_api.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "drift_train/parts.h"

/* Values of a block: of a size that stays in the processor's cache */
#define BLOCK_VALUES (256 * 1024)

/* What the library calls back with. */
typedef struct Reading
{
	const BoostRows *rows;
	const MaskedCall *call;
	void *proxy;
	uint64 next;
	uint64 block; /* rows */
	float *values;
	bool hurried; /* somebody wants the query to end */
	bool failed;
} Reading;

static uint64
RowsOfBlock(const BoostRows *rows)
{
	return Max(64, BLOCK_VALUES / Max(1, rows->n_columns) / 64 * 64);
}

/* How numpy describes an array of float32. */
static void
DescribeArray(char *to, size_t size, const float *values, uint64 n_rows, uint32 n_columns)
{
	snprintf(to, size, "{\"data\":[%llu,true],\"shape\":[" UINT64_FORMAT ",%u],\"typestr\":\"<f4\",\"version\":3}",
			 (unsigned long long) (uintptr_t) values, n_rows, n_columns);
}

static int
SetInfo(void *handle, const char *name, const float *values, uint64 first, uint64 count)
{
	return values == NULL ? 0 : XGDMatrixSetFloatInfo(handle, name, values + first, count);
}

static bool
AnyCategorical(const BoostRows *rows)
{
	for (uint32 c = 0; c < rows->n_columns; c++)
		if (rows->categorical[c])
			return true;
	return false;
}

static int
SetTypes(void *handle, const BoostRows *rows, const char **types)
{
	if (types == NULL)
		return 0;
	return XGDMatrixSetStrFeatureInfo(handle, "feature_type", types, rows->n_columns);
}

/* A type for each column, where one is categorical */
static const char **
TypesOf(const BoostRows *rows)
{
	const char **types = NULL;

	if (AnyCategorical(rows))
	{
		types = palloc(rows->n_columns * sizeof(char *));
		for (uint32 c = 0; c < rows->n_columns; c++)
			types[c] = rows->categorical[c] ? "c" : "float";
	}
	return types;
}

/*
 * Signals are let in for a moment. This is the backend's own thread, and what
 * handles them only takes note, as anywhere.
 */
static bool
WantsToEnd(const MaskedCall *call)
{
	pthread_sigmask(SIG_SETMASK, &call->outside, NULL);
	pthread_sigmask(SIG_SETMASK, &call->inside, NULL);
	return InterruptPending && (QueryCancelPending || ProcDiePending);
}

/*
 * The library cannot be told to stop. But where all values of a column are the
 * same it has nothing to do, and what is missing must stay so: it has counted.
 */
static void
Blank(float *values, uint64 n)
{
	for (uint64 i = 0; i < n; i++)
		values[i] = isnan(values[i]) ? values[i] : 0;
}

static void
Rewind(void *arg)
{
	((Reading *) arg)->next = 0;
}

static int
ReadBlock(void *arg)
{
	Reading *reading = arg;
	const BoostRows *rows = reading->rows;
	uint64 first = reading->next;
	uint64 count = Min(reading->block, rows->n_rows - first);
	char array[256];

	if (count == 0)
		return 0;
	rows->read(rows->source, first, count, reading->values);
	reading->hurried = reading->hurried || WantsToEnd(reading->call);
	if (reading->hurried)
		Blank(reading->values, count * rows->n_columns);
	DescribeArray(array, sizeof(array), reading->values, count, rows->n_columns);
	if (XGProxyDMatrixSetDataDense(reading->proxy, array) != 0 ||
		SetInfo(reading->proxy, "label", rows->labels, first, count) != 0 ||
		SetInfo(reading->proxy, "weight", rows->weights, first, count) != 0)
		reading->failed = true;
	reading->next += count;
	return reading->failed ? 0 : 1;
}

static int
ReadBinned(Reading *reading, const char **types, int bins, int threads, void **handle)
{
	char config[128];

	snprintf(config, sizeof(config), "{\"missing\":NaN,\"nthread\":%d,\"max_bin\":%d}", threads, bins);
	if (SetTypes(reading->proxy, reading->rows, types) != 0)
		return -1;
	return XGQuantileDMatrixCreateFromCallback(reading, reading->proxy, NULL, Rewind, ReadBlock, config, handle);
}

static int
ReadWhole(const BoostRows *rows, const float *values, const char **types, int threads, void **handle)
{
	char array[256];
	char config[64];

	DescribeArray(array, sizeof(array), values, rows->n_rows, rows->n_columns);
	snprintf(config, sizeof(config), "{\"missing\":NaN,\"nthread\":%d}", threads);
	if (XGDMatrixCreateFromDense(array, config, handle) != 0)
		return -1;
	if (SetTypes(*handle, rows, types) != 0 || SetInfo(*handle, "label", rows->labels, 0, rows->n_rows) != 0 ||
		SetInfo(*handle, "weight", rows->weights, 0, rows->n_rows) != 0)
		return -1;
	return 0;
}

static BoostMatrix *
NewMatrix(void)
{
	BoostMatrix *matrix = palloc(sizeof(BoostMatrix));

	BoostHold(&matrix->held, XGDMatrixFree);
	return matrix;
}

static BoostMatrix *
MakeBinned(const BoostRows *rows, int bins, int threads)
{
	const char **types = TypesOf(rows);
	BoostMatrix *matrix = NewMatrix();
	MaskedCall call;
	Reading reading = {.rows = rows, .call = &call, .block = RowsOfBlock(rows)};
	int answer;

	reading.values = palloc(reading.block * rows->n_columns * sizeof(float));
	BoostEnter(&call);
	answer = XGProxyDMatrixCreate(&reading.proxy);
	if (answer == 0)
		answer = ReadBinned(&reading, types, bins, threads, &matrix->held.handle);
	if (reading.proxy != NULL)
		(void) XGDMatrixFree(reading.proxy);
	BoostLeave(&call, reading.failed ? -1 : answer);
	pfree(reading.values);
	CHECK_FOR_INTERRUPTS();
	if (reading.hurried)
		ereport(ERROR, (errcode(ERRCODE_QUERY_CANCELED), errmsg("training was cancelled")));
	return matrix;
}

static BoostMatrix *
MakeWhole(const BoostRows *rows, int threads)
{
	const char **types = TypesOf(rows);
	float *values = MemoryContextAllocHuge(CurrentMemoryContext, rows->n_rows * rows->n_columns * sizeof(float));
	BoostMatrix *matrix = NewMatrix();
	MaskedCall call;
	int answer;

	rows->read(rows->source, 0, rows->n_rows, values);
	BoostEnter(&call);
	answer = ReadWhole(rows, values, types, threads, &matrix->held.handle);
	BoostLeave(&call, answer);
	pfree(values);
	return matrix;
}

BoostMatrix *
BoostReadRows(const BoostRows *rows, BoostForm form, int bins, int threads)
{
	return form == BOOST_BINNED ? MakeBinned(rows, bins, threads) : MakeWhole(rows, threads);
}
