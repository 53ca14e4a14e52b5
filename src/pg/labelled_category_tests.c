/*
 * labelled_category_tests.c
 *		Statistics over labelled rows that take each value as a category, be it
 *		a label or a number.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "compat.h"
#include "pg/labelled.h"
#include "stats/contingency.h"
#include "stats/fisher.h"
#include "stats/hypothesis.h"

/* A pass over the distinct values of both sides, numbers ascending */
typedef struct ValueScan
{
	Labelled *state;
	NumberScan *numbers; /* or NULL */
	CategoryScan categories;
	CategoryBytes category; /* the last one, of categories */
} ValueScan;

static void
BeginValues(ValueScan *scan, Labelled *state)
{
	*scan = (ValueScan){.state = state};
	if (state->kind == LABELLED_NUMBERS)
	{
		scan->numbers = palloc(sizeof(NumberScan));
		LabelledNumbersScan(state, scan->numbers);
	}
	else
		LabelledCategoriesScan(state, &scan->categories);
}

/* Get the rows of each side that hold the next value */
static bool
NextValue(ValueScan *scan, int64 rows[2])
{
	double value;

	CHECK_FOR_INTERRUPTS();
	if (scan->numbers)
		return LabelledNextNumber(scan->numbers, &value, rows);
	return LabelledNextCategory(&scan->categories, &scan->category, rows);
}

/* ------------------------------------------------------------------------
 * The table of both sides by category
 * ------------------------------------------------------------------------ */

static DriftTableResult
TableOf(Labelled *state, DriftTableStatistic kind)
{
	DriftTable table;
	ValueScan scan;
	int64 rows[2];

	drift_table_init(&table, kind, state->n[0], state->n[1]);
	BeginValues(&scan, state);
	while (NextValue(&scan, rows))
		drift_table_step(&table, rows[0], rows[1]);
	return drift_table_finish(&table);
}

static Datum
TableTest(FunctionCallInfo fcinfo, DriftTableStatistic kind)
{
	Labelled *state = LabelledFinished(fcinfo);
	DriftTableResult test = TableOf(state, kind);

	return LabelledResult(fcinfo, state, test.statistic, test.p_value);
}

PG_FUNCTION_INFO_V1(drift_labelled_chi_square_test);
Datum
drift_labelled_chi_square_test(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(TableTest(fcinfo, DRIFT_CHI_SQUARE));
}

PG_FUNCTION_INFO_V1(drift_labelled_g_test);
Datum
drift_labelled_g_test(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(TableTest(fcinfo, DRIFT_G));
}

PG_FUNCTION_INFO_V1(drift_labelled_chi_square_goodness_of_fit_test);
Datum
drift_labelled_chi_square_goodness_of_fit_test(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(TableTest(fcinfo, DRIFT_GOODNESS_OF_FIT));
}

PG_FUNCTION_INFO_V1(drift_labelled_cramers_v);
Datum
drift_labelled_cramers_v(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(TableOf(LabelledFinished(fcinfo), DRIFT_CRAMERS_V).statistic);
}

PG_FUNCTION_INFO_V1(drift_labelled_cramers_v_corrected);
Datum
drift_labelled_cramers_v_corrected(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(TableOf(LabelledFinished(fcinfo), DRIFT_CRAMERS_V_CORRECTED).statistic);
}

PG_FUNCTION_INFO_V1(drift_labelled_l_infinity);
Datum
drift_labelled_l_infinity(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(TableOf(LabelledFinished(fcinfo), DRIFT_L_INFINITY).statistic);
}

/* ------------------------------------------------------------------------
 * Two proportions
 * ------------------------------------------------------------------------ */

static void
RefuseThirdValue(const Labelled *state, const char *test)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s needs two distinct values", test),
		 errdetail("The values of type %s have more.", format_type_be(state->type)),
		 errhint("Use chi_square_test, or test whether a value is the one of interest: %s(value = ..., is_current).",
				 test)));
}

/* Get what a category is compared by: its label for an enum, else its bytes */
static text *
CategoryLabel(const Labelled *state, const CategoryBytes *category)
{
	text *label;
	Oid member;
	HeapTuple tuple;

	if (state->reader != READ_ENUM)
		return cstring_to_text_with_len(category->bytes, category->length);

	memcpy(&member, category->bytes, sizeof(member));
	tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(member));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for enum value %u", member);
	label = cstring_to_text(NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel));
	ReleaseSysCache(tuple);
	return label;
}

/* Compare labels bytewise, whatever the collation */
static int
CompareLabels(const text *a, const text *b)
{
	Size x = VARSIZE_ANY_EXHDR(a);
	Size y = VARSIZE_ANY_EXHDR(b);
	int order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(x, y));

	if (order != 0)
		return order;
	return x < y ? -1 : x > y;
}

/* Decide whether the last value of a scan is the largest so far, which is remembered */
static bool
IsLargest(const ValueScan *scan, text **largest)
{
	text *label;

	if (scan->numbers)
		return true;
	label = CategoryLabel(scan->state, &scan->category);
	if (*largest && CompareLabels(label, *largest) < 0)
		return false;
	*largest = label;
	return true;
}

/* Count the rows of the larger of at most two values */
static void
CountLargerOfTwo(Labelled *state, const char *test, int64 success[2])
{
	ValueScan scan;
	int64 rows[2];
	text *largest = NULL;

	BeginValues(&scan, state);
	for (int distinct = 1; NextValue(&scan, rows); distinct++)
	{
		if (distinct > 2)
			RefuseThirdValue(state, test);
		if (IsLargest(&scan, &largest))
			memcpy(success, rows, sizeof(rows));
	}
}

PG_FUNCTION_INFO_V1(drift_labelled_z_test);
Datum
drift_labelled_z_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinished(fcinfo);
	int64 success[2];
	DriftTest test;

	CountLargerOfTwo(state, "z_test", success);
	test = drift_two_proportion_z(success[0], state->n[0], success[1], state->n[1]);
	PG_RETURN_DATUM(LabelledResult(fcinfo, state, test.statistic, test.p_value));
}

PG_FUNCTION_INFO_V1(drift_labelled_fisher_exact_test);
Datum
drift_labelled_fisher_exact_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinished(fcinfo);
	int64 success[2];
	DriftTest test;

	CountLargerOfTwo(state, "fisher_exact_test", success);
	test = drift_fisher_exact(success[0], state->n[0], success[1], state->n[1], LabelledPoll);
	PG_RETURN_DATUM(LabelledResult(fcinfo, state, test.statistic, test.p_value));
}
