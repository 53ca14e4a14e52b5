/*
 * labelled_values.c
 *		One way to go through the distinct values of labelled rows, be they
 *		numbers or categories.
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

/* Begin a pass over the distinct values of both sides */
void
LabelledValuesScan(Labelled *state, LabelledValues *scan)
{
	*scan = (LabelledValues){.state = state};
	if (state->kind == LABELLED_NUMBERS)
	{
		scan->numbers = palloc(sizeof(NumberScan));
		LabelledNumbersScan(state, scan->numbers);
	}
	else
		LabelledCategoriesScan(state, &scan->categories);
}

/* Get the next value and the rows of each side that hold it */
bool
LabelledNextValue(LabelledValues *scan, int64 rows[2])
{
	CHECK_FOR_INTERRUPTS();
	if (scan->numbers)
		return LabelledNextNumber(scan->numbers, &scan->number, rows);
	return LabelledNextCategory(&scan->categories, &scan->category, rows);
}

/* Get what a category is compared by: its label for an enum, else its bytes */
text *
LabelledCategoryLabel(const Labelled *state, const CategoryBytes *category)
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
int
LabelledCompareLabels(const text *a, const text *b)
{
	Size x = VARSIZE_ANY_EXHDR(a);
	Size y = VARSIZE_ANY_EXHDR(b);
	int order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(x, y));

	if (order != 0)
		return order;
	return x < y ? -1 : x > y;
}
