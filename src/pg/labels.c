#include "postgres.h"

#include "catalog/pg_type.h"

#include "compat.h"
#include "pg/labels.h"

static int
CompareBytes(const char *a, int a_length, const char *b, int b_length)
{
	int order = memcmp(a, b, Min(a_length, b_length));

	return order != 0 ? order : a_length - b_length;
}

SortedLabels
ReadSortedLabels(ArrayType *array)
{
	SortedLabels sorted;
	Datum *datums;
	bool *nulls;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &datums, &nulls, &sorted.count);
	sorted.labels = palloc(sizeof(char *) * Max(sorted.count, 1));
	sorted.lengths = palloc(sizeof(int) * Max(sorted.count, 1));
	for (int i = 0; i < sorted.count; i++)
	{
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a label is NULL")));
		sorted.labels[i] = VARDATA_ANY(DatumGetPointer(datums[i]));
		sorted.lengths[i] = VARSIZE_ANY_EXHDR(DatumGetPointer(datums[i]));
		if (i > 0 &&
			CompareBytes(sorted.labels[i - 1], sorted.lengths[i - 1], sorted.labels[i], sorted.lengths[i]) >= 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("labels must be ascending")));
	}
	return sorted;
}

int
PlaceOfLabel(const SortedLabels *labels, const char *bytes, int length)
{
	int low = 0;
	int high = labels->count;

	while (low < high)
	{
		int middle = (low + high) / 2;
		int order = CompareBytes(bytes, length, labels->labels[middle], labels->lengths[middle]);

		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return labels->count;
}
