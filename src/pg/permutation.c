/*
 * permutation.c
 *		Permutation tests: of labelled rows, of two exact profiles, and the
 *		p-value of the KS test where values repeat.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "errors.h"
#include "pg/labelled.h"
#include "pg/profile.h"
#include "pg/permutation.h"
#include "pg/profile_statistics.h"
#include "stats/hypothesis.h"
#include "stats/numeric_statistics.h"
#include "stats/permutation.h"

#define DEFAULT_PERMUTATIONS 999
#define MOST_PERMUTATIONS 1000000
#define DEFAULT_SEED 42

/* The random draws count rows in doubles */
#define MOST_ROWS (INT64CONST(1) << 52)

/*
 * The KS test where values repeat: more distinct values than this are as good as none that repeat; a deal of many
 * takes longer, so there are fewer; and it ends when so many were as large.
 */
#define TIED_MAX_DISTINCT 100000
#define TIED_WORK 20000000
#define TIED_MOST_PERMUTATIONS 19999
#define TIED_ENOUGH 50

/* What the aggregate takes besides value and flag; statistic as it came, to compare with. */
typedef struct PermutationConstants
{
	text *name;
	int statistic;
	int32 permutations;
	int64 seed;
} PermutationConstants;

/* The pooled rows of two samples, and what of them is the reference's. */
typedef struct Pool
{
	DriftPooled pooled;
	int64 capacity;
	double *values; /* NULL for categories */
	int64 *upto;
	int64 *reference_upto;
} Pool;

/* ------------------------------------------------------------------------
 * Arguments
 * ------------------------------------------------------------------------ */

static void
RaiseUnknownStatistic(const char *name)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; drift_permutation_name(i); i++)
		appendStringInfo(&names, i == 0 ? "%s" : ", %s", drift_permutation_name(i));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown statistic \"%s\"", name),
					errdetail("There are: %s.", names.data)));
}

/* Read statistic [, permutations [, seed]] from the argument at `first` on */
static PermutationConstants
ReadConstants(FunctionCallInfo fcinfo, int first)
{
	PermutationConstants constants = {.permutations = DEFAULT_PERMUTATIONS, .seed = DEFAULT_SEED};
	char *name;

	for (int i = first; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("statistic, permutations and seed must not be NULL")));
	constants.name = PG_GETARG_TEXT_PP(first);
	if (PG_NARGS() > first + 1)
		constants.permutations = PG_GETARG_INT32(first + 1);
	if (PG_NARGS() > first + 2)
		constants.seed = PG_GETARG_INT64(first + 2);
	if (constants.permutations < 1 || constants.permutations > MOST_PERMUTATIONS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("permutations must be from 1 to %d", MOST_PERMUTATIONS),
				 errdetail("It is %d.", constants.permutations),
				 errhint("The smallest p-value that B permutations can give is 1 / (B + 1); 999 is the default.")));

	name = text_to_cstring(constants.name);
	constants.statistic = drift_permutation_find(name);
	if (constants.statistic < 0)
		RaiseUnknownStatistic(name);
	return constants;
}

/* Ensure that the arguments do not change from row to row */
static void
CheckSameConstants(FunctionCallInfo fcinfo, const PermutationConstants *constants)
{
	if (PG_ARGISNULL(3) || !LabelledSameText(PG_GETARG_TEXT_PP(3), constants->name) ||
		(PG_NARGS() > 4 && (PG_ARGISNULL(4) || PG_GETARG_INT32(4) != constants->permutations)) ||
		(PG_NARGS() > 5 && (PG_ARGISNULL(5) || PG_GETARG_INT64(5) != constants->seed)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("statistic, permutations and seed must be the same for all rows")));
}

/* Keep the arguments with the state */
static void
KeepConstants(FunctionCallInfo fcinfo, Labelled *state)
{
	PermutationConstants read = ReadConstants(fcinfo, 3);
	PermutationConstants *kept = MemoryContextAlloc(state->context, sizeof(PermutationConstants));
	MemoryContext old = MemoryContextSwitchTo(state->context);

	*kept = read;
	kept->name = PG_GETARG_TEXT_P_COPY(3);
	state->constants = kept;
	MemoryContextSwitchTo(old);
}

/* (state, value, is_current, statistic [, permutations [, seed]]): what comes after the flag is kept, the rest added */
PG_FUNCTION_INFO_V1(drift_permutation_accum);
Datum
drift_permutation_accum(PG_FUNCTION_ARGS)
{
	Labelled *state = PG_ARGISNULL(0) ? LabelledCreate(fcinfo) : (Labelled *) PG_GETARG_POINTER(0);

	LabelledAddRow(fcinfo, state);
	if (state->constants)
		CheckSameConstants(fcinfo, state->constants);
	else
		KeepConstants(fcinfo, state);
	PG_RETURN_POINTER(state);
}

/* ------------------------------------------------------------------------
 * Pooling
 * ------------------------------------------------------------------------ */

static Size
PoolSize(int64 distinct, bool numbers)
{
	return (distinct + 1) * (2 * sizeof(int64) + (numbers ? sizeof(double) : 0));
}

/* Make room for that many distinct values, as far as work_mem goes */
static void
PoolCreate(Pool *pool, int64 n_reference, int64 n_current, int64 distinct, bool numbers)
{
	Size size = PoolSize(distinct, numbers);

	if (n_reference > MOST_ROWS - n_current)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("too many rows for a permutation test")));
	if (size > (Size) work_mem * 1024)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("permutation_test of " INT64_FORMAT " distinct values does not fit in work_mem", distinct),
				 errhint("Set work_mem to at least %d kB, or test a sample of the rows.", (int) (size / 1024 + 1))));
	*pool = (Pool){.pooled = {.n_reference = n_reference, .n_current = n_current}, .capacity = distinct};
	pool->upto = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * (distinct + 1));
	pool->reference_upto = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * (distinct + 1));
	if (numbers)
		pool->values = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * (distinct + 1));
	pool->upto[0] = 0;
	pool->reference_upto[0] = 0;
	pool->pooled.values = pool->values;
	pool->pooled.upto = pool->upto;
}

/* Add the next value and its rows on both sides; value counts for numbers only */
static void
PoolAdd(Pool *pool, double value, const int64 rows[2])
{
	int64 i = pool->pooled.distinct++;

	Assert(i < pool->capacity);
	if (pool->values)
		pool->values[i] = value;
	pool->reference_upto[i + 1] = pool->reference_upto[i] + rows[0];
	pool->upto[i + 1] = pool->upto[i] + rows[0] + rows[1];
}

/* Pool the numbers of both sides, of which there are that many distinct ones */
static void
PoolNumbers(Labelled *state, int64 distinct, Pool *pool)
{
	NumberScan *scan = palloc(sizeof(NumberScan));
	double value;
	int64 rows[2];

	PoolCreate(pool, state->n[0], state->n[1], distinct, true);
	LabelledNumbersScan(state, scan);
	while (LabelledNextNumber(scan, &value, rows))
	{
		CHECK_FOR_INTERRUPTS();
		PoolAdd(pool, value, rows);
	}
	pfree(scan);
}

static void
PoolCategories(Labelled *state, Pool *pool)
{
	CategoryScan scan;
	CategoryBytes category;
	int64 rows[2];
	int64 distinct = 0;

	LabelledCategoriesScan(state, &scan);
	while (LabelledNextCategory(&scan, &category, rows))
	{
		CHECK_FOR_INTERRUPTS();
		distinct++;
	}
	PoolCreate(pool, state->n[0], state->n[1], distinct, false);
	LabelledCategoriesScan(state, &scan);
	while (LabelledNextCategory(&scan, &category, rows))
	{
		CHECK_FOR_INTERRUPTS();
		PoolAdd(pool, 0, rows);
	}
}

/* Count the distinct numbers of both sides together, and of the reference */
static int64
CountDistinct(Labelled *state, int64 *reference)
{
	NumberScan *scan = palloc(sizeof(NumberScan));
	double value;
	int64 rows[2];
	int64 distinct = 0;

	*reference = 0;
	LabelledNumbersScan(state, scan);
	while (LabelledNextNumber(scan, &value, rows))
	{
		CHECK_FOR_INTERRUPTS();
		distinct++;
		*reference += rows[0] > 0;
	}
	pfree(scan);
	return distinct;
}

static void
PoolFree(Pool *pool)
{
	pfree(pool->upto);
	pfree(pool->reference_upto);
	if (pool->values)
		pfree(pool->values);
}

/* ------------------------------------------------------------------------
 * permutation_test
 * ------------------------------------------------------------------------ */

static DriftPermutationResult
TestPool(Pool *pool, const PermutationConstants *constants)
{
	DriftPermutationResult result = drift_permutation_test(constants->statistic, &pool->pooled, pool->reference_upto,
														   constants->permutations, 0, constants->seed, LabelledPoll);

	PoolFree(pool);
	return result;
}

PG_FUNCTION_INFO_V1(drift_labelled_permutation_test);
Datum
drift_labelled_permutation_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinished(fcinfo);
	const PermutationConstants *constants = state->constants;
	DriftPermutationResult result;
	int64 in_reference;
	Pool pool;

	if (drift_permutation_needs_numbers(constants->statistic))
		LabelledFinishedNumbers(fcinfo, drift_permutation_name(constants->statistic));
	if (state->kind == LABELLED_NUMBERS)
		PoolNumbers(state, CountDistinct(state, &in_reference), &pool);
	else
		PoolCategories(state, &pool);
	result = TestPool(&pool, constants);
	PG_RETURN_DATUM(LabelledResult(fcinfo, state, result.statistic, result.p_value));
}

/* Pool two numeric profiles that count every value */
static void
PoolNumericProfiles(const DriftNumeric *reference, const DriftNumeric *current, Pool *pool)
{
	DriftNumericUnion walk = {reference, current, 0, 0};
	double value;
	int64_t rows[2];

	PoolCreate(pool, drift_profile_n(&reference->profile), drift_profile_n(&current->profile),
			   (int64) reference->key_count + current->key_count, true);
	while (drift_numeric_union_next(&walk, &value, &rows[0], &rows[1]))
		PoolAdd(pool, value, rows);
}

static void
PoolCategoryProfiles(Sides sides, Pool *pool)
{
	const DriftCategory *reference = REFERENCE_CATEGORIES(sides);
	const DriftCategory *current = CURRENT_CATEGORIES(sides);
	uint32 *order = PairScratch(sides);
	DriftCategoryPairs pairs;
	DriftCategoryPair pair;

	PoolCreate(pool, drift_profile_n(&reference->profile), drift_profile_n(&current->profile),
			   (int64) reference->used + current->used, false);
	drift_category_pairs_begin(&pairs, reference, current, order);
	while (drift_category_pairs_next(&pairs, &pair))
	{
		int64 rows[2] = {pair.c_reference, pair.c_current};

		PoolAdd(pool, 0, rows);
	}
	pfree(order);
}

/* permutation_test(reference, current, statistic [, permutations [, seed]]) */
PG_FUNCTION_INFO_V1(drift_permutation_test_profiles);
Datum
drift_permutation_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	PermutationConstants constants = ReadConstants(fcinfo, 2);
	DriftPermutationResult result;
	Pool pool;

	RequireExactProfiles(sides, "permutation_test");
	if (drift_permutation_needs_numbers(constants.statistic))
		RequireNumbers(sides);
	if (sides.reference->kind == DRIFT_NUMERIC)
		PoolNumericProfiles(REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), &pool);
	else
		PoolCategoryProfiles(sides, &pool);
	result = TestPool(&pool, &constants);
	return ExactResult(fcinfo, sides, result.statistic, result.p_value);
}

/* ------------------------------------------------------------------------
 * KS where values repeat
 * ------------------------------------------------------------------------ */

/* Decide whether a permutation p-value is wanted: over a fifth of the reference repeats, and values are not too many */
static bool
ManyTies(int64 n_reference, int64 distinct_reference, int64 distinct)
{
	return (n_reference - distinct_reference) * 5 > n_reference && distinct <= TIED_MAX_DISTINCT &&
		   PoolSize(distinct, true) <= (Size) work_mem * 1024;
}

static int64
TiedPermutations(int64 distinct)
{
	return Min(Max(TIED_WORK / distinct, DEFAULT_PERMUTATIONS), TIED_MOST_PERMUTATIONS);
}

/*
 * The p-value of KS distance `ks` by permutation; false where the usual one, an
 * upper bound, is below what the permutations could give, and stands.
 */
static bool
TiedKsPValue(Pool *pool, double ks, double *p_value)
{
	int64 permutations = TiedPermutations(pool->pooled.distinct);
	double bound = drift_ks_p_value(ks, pool->pooled.n_reference, pool->pooled.n_current);

	if (bound * (double) (permutations + 1) < 1)
		return false;
	*p_value = drift_permutation_test(drift_permutation_find("ks"), &pool->pooled, pool->reference_upto, permutations,
									  TIED_ENOUGH, DEFAULT_SEED, LabelledPoll)
				   .p_value;
	return true;
}

PG_FUNCTION_INFO_V1(drift_labelled_tied_ks_p_value);
Datum
drift_labelled_tied_ks_p_value(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "ks_test");
	int64 in_reference;
	int64 distinct;
	double p_value;
	bool found;
	Pool pool;

	if (!LabelledNumbersMayRepeat(state, Min(state->n[0] / 5 * 4, TIED_MAX_DISTINCT)))
		PG_RETURN_NULL();
	distinct = CountDistinct(state, &in_reference);
	if (!ManyTies(state->n[0], in_reference, distinct))
		PG_RETURN_NULL();
	PoolNumbers(state, distinct, &pool);
	found = TiedKsPValue(&pool, LabelledNumbersKs(state), &p_value);
	PoolFree(&pool);
	if (!found)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(p_value);
}

bool
TiedKsOfProfiles(const DriftNumeric *reference, const DriftNumeric *current, double *p_value)
{
	DriftNumericDistance distance;
	bool found;
	Pool pool;

	DriftCheck(drift_profile_check_sides(&reference->profile, &current->profile));
	if (!reference->exact || !current->exact ||
		!ManyTies(drift_profile_n(&reference->profile), reference->key_count,
				  (int64) reference->key_count + current->key_count))
		return false;
	DriftCheck(drift_numeric_distance(reference, current, &distance));
	PoolNumericProfiles(reference, current, &pool);
	found = TiedKsPValue(&pool, distance.ks.value, p_value);
	PoolFree(&pool);
	return found;
}
