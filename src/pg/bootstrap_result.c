/*
 * bootstrap_result.c
 *		Bootstrap of a difference, from the rows that an aggregate kept to drift.bootstrap_result.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/bootstrap_result.h"
#include "pg/composite.h"
#include "pg/constant_argument.h"
#include "pg/labelled.h"

#define RESULT_COLUMNS 11

BootstrapOptions
ReadBootstrapOptions(FunctionCallInfo fcinfo, int number)
{
	return (BootstrapOptions){.replicates =
								  CountArgument(fcinfo, number, "replicates", DEFAULT_REPLICATES, 1, MAX_REPLICATES),
							  .seed = SeedArgument(fcinfo, number + 1),
							  .confidence = ConfidenceArgument(fcinfo, number + 2)};
}

void
CheckSameBootstrapOptions(FunctionCallInfo fcinfo, int number, const BootstrapOptions *options)
{
	CheckSameInt32(fcinfo, number, "replicates", options->replicates);
	CheckSameInt64(fcinfo, number + 1, "seed", options->seed);
	CheckSameFloat8(fcinfo, number + 2, "confidence", options->confidence);
}

double *
AllocateReplicates(const BootstrapOptions *options)
{
	return palloc0(sizeof(double) * options->replicates);
}

BootstrapDraws
DrawMean(ValueStore *store, const BootstrapOptions *options)
{
	BootstrapDraws draws = {.n = store->n, .values = AllocateReplicates(options)};
	SortedKeys *sorted = palloc(sizeof(SortedKeys));
	DriftJackknife jackknife = {0};
	DriftSum sum;
	DriftSum size;
	int64 room;
	double *block;
	int64 count;

	OpenValues(store, sorted);
	SumValues(sorted, &sum, &size);
	draws.estimate = drift_sum_mean(&sum, store->n);
	draws.slack = ROUNDING * drift_sum_mean(&size, store->n);
	room = ValueBlock(store);
	block = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * room);
	for (int64 first = 0; (count = ReadValues(sorted, first, block, room)) > 0; first += count)
	{
		for (int64 i = 0; i < count; i++)
			drift_jackknife_add(&jackknife, block[i] - draws.estimate, 1);
		drift_bootstrap_add(draws.values, options->replicates, (uint64) options->seed, store->n, block, first, count,
							LabelledPoll);
	}
	for (int32 b = 0; b < options->replicates; b++)
		draws.values[b] /= (double) store->n;
	draws.acceleration = drift_acceleration(&jackknife);
	pfree(block);
	pfree(sorted);
	return draws;
}

Datum
ReturnBootstrap(FunctionCallInfo fcinfo, const BootstrapDraws *draws, const BootstrapOptions *options)
{
	/* a single row is the same in every draw, and says nothing of the spread */
	int64 replicates = draws->n > 1 ? options->replicates : 0;
	uint64 *scratch = palloc(2 * sizeof(uint64) * options->replicates);
	DriftBootstrap test = drift_bootstrap(draws->estimate, draws->acceleration, draws->values, replicates, scratch,
										  draws->slack, options->confidence);
	double numbers[] = {draws->value[0], draws->value[1],     draws->estimate,      test.standard_error, test.low,
						test.high,       test.percentile_low, test.percentile_high, test.p_value};
	Datum values[RESULT_COLUMNS];
	bool nulls[RESULT_COLUMNS] = {false};

	for (int i = 0; i < lengthof(numbers); i++)
		NumberField(values, nulls, i, numbers[i]);
	values[9] = Int64GetDatum(draws->n);
	values[10] = Int64GetDatum(test.replicates);
	return RowDatum(ReturnedRowType(fcinfo, RESULT_COLUMNS), values, nulls);
}
