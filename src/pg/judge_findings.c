/*
 * judge_findings.c
 *		A change of the missing rate, and categories or values that only one side
 *		has.
 *
 * What chance can do is bounded for the largest category at hand, so that a
 * long tail of rare ones is no finding. Whether a category is new only a
 * profile that counts all of them can tell.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"

#include "compat.h"
#include "pg/judge.h"
#include "stats/hypothesis.h"
#include "stats/numeric_rank.h"
#include "stats/occurrence.h"

static double
ShareOf(int64 rows, int64 of)
{
	return (double) rows / (double) of;
}

static bool
FindMissing(Sides sides, Finding *finding)
{
	int64 rows[2] = {sides.reference->row_count, sides.current->row_count};
	int64 missing[2] = {sides.reference->missing_count, sides.current->missing_count};

	if (rows[0] == 0 || rows[1] == 0 || missing[0] + missing[1] == 0)
		return false;
	*finding = (Finding){.name = "missing",
						 .p_value = drift_two_proportion_z(missing[0], rows[0], missing[1], rows[1]).p_value,
						 .size = fabs(ShareOf(missing[1], rows[1]) - ShareOf(missing[0], rows[0])),
						 .note = psprintf("missing values %s to %s", PercentText(ShareOf(missing[0], rows[0])),
										  PercentText(ShareOf(missing[1], rows[1])))};
	return true;
}

/* The largest category that only one side has, the first by name of several; NULL: none. side 0: the reference */
static const BinPair *
LargestAlone(const BinPairs *bins, int side)
{
	const BinPair *largest = NULL;
	int64 most = 0;

	for (uint32 i = 0; i < bins->count; i++)
	{
		const BinPair *pair = &bins->pairs[i];
		int64 rows = side == 0 ? pair->n_reference : pair->n_current;

		if ((side == 0 ? pair->n_current : pair->n_reference) != 0)
			continue;
		if (largest == NULL || rows > most || (rows == most && strcmp(pair->label, largest->label) < 0))
		{
			largest = pair;
			most = rows;
		}
	}
	return largest;
}

static bool
FindNewCategory(Sides sides, const BinPairs *bins, Finding *finding)
{
	const BinPair *pair = ProfileIsExact(sides.reference) ? LargestAlone(bins, 1) : NULL;
	int64 n = drift_profile_n(sides.reference);
	int64 m = drift_profile_n(sides.current);

	if (pair == NULL)
		return false;
	*finding = (Finding){.name = "new_category",
						 .p_value = drift_one_sided_rows(pair->n_current, m, n, bins->count),
						 .size = ShareOf(pair->n_current, m),
						 .note = psprintf("new category %s with %s", quote_literal_cstr(pair->label),
										  PercentText(ShareOf(pair->n_current, m)))};
	return true;
}

static bool
FindVanishedCategory(Sides sides, const BinPairs *bins, Finding *finding)
{
	const BinPair *pair = ProfileIsExact(sides.current) ? LargestAlone(bins, 0) : NULL;
	int64 n = drift_profile_n(sides.reference);
	int64 m = drift_profile_n(sides.current);

	if (pair == NULL)
		return false;
	*finding = (Finding){.name = "vanished_category",
						 .p_value = drift_one_sided_rows(pair->n_reference, n, m, bins->count),
						 .size = ShareOf(pair->n_reference, n),
						 .note = psprintf("category %s vanished, it had %s", quote_literal_cstr(pair->label),
										  PercentText(ShareOf(pair->n_reference, n)))};
	return true;
}

static bool
FindOutOfRange(const ColumnPlan *plan, Sides sides, Finding *finding)
{
	const DriftNumeric *reference = REFERENCE_NUMBERS(sides);
	const DriftNumeric *current = CURRENT_NUMBERS(sides);
	int64 m = drift_profile_n(sides.current);
	double low = drift_numeric_keys(reference)[0];
	double high = drift_numeric_keys(reference)[reference->key_count - 1];
	double share = drift_numeric_share_surely_outside(current, low, high);
	int64 rows = (int64) rint(share * (double) m);

	if (!(share > 0))
		return false;
	*finding = (Finding){.name = "out_of_range",
						 .p_value = drift_one_sided_rows(rows, m, drift_profile_n(sides.reference), rows + 1),
						 .size = share,
						 .note = psprintf("%s of the values lie outside the range %s to %s of the reference",
										  PercentText(share), ShownValue(low, plan->value_type),
										  ShownValue(high, plan->value_type))};
	return true;
}

int
FindPoints(const ColumnPlan *plan, Sides sides, const BinPairs *bins, bool few, Finding *findings)
{
	int count = 0;

	if (sides.reference == NULL || sides.current == NULL)
		return 0;
	count += FindMissing(sides, &findings[count]);
	if (few || drift_profile_n(sides.reference) == 0 || drift_profile_n(sides.current) == 0)
		return count;
	if (SidesAreNumeric(sides))
		return count + FindOutOfRange(plan, sides, &findings[count]);
	count += FindNewCategory(sides, bins, &findings[count]);
	return count + FindVanishedCategory(sides, bins, &findings[count]);
}
