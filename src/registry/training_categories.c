/*
 * training_categories.c
 *		Which labels of a category a model knows.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "pg/label.h"
#include "registry/training_set.h"

typedef struct CountedLabel
{
	DriftText label;
	uint64 rows; /* for training */
	uint32 code; /* as it was read */
} CountedLabel;

static int
CompareTexts(DriftText a, DriftText b)
{
	int order = memcmp(a.bytes, b.bytes, Min(a.length, b.length));

	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

int
TrainingCompareLabels(const void *a, const void *b)
{
	return CompareTexts(*(const DriftText *) a, *(const DriftText *) b);
}

static int
CompareFrequency(const void *a, const void *b)
{
	const CountedLabel *x = a;
	const CountedLabel *y = b;

	if (x->rows != y->rows)
		return x->rows > y->rows ? -1 : 1;
	return CompareTexts(x->label, y->label);
}

static int
CompareCounted(const void *a, const void *b)
{
	return CompareTexts(((const CountedLabel *) a)->label, ((const CountedLabel *) b)->label);
}

static Datum
CategoryDatum(ValueReader reader, const CategoryBytes *category)
{
	Oid member;

	if (reader == READ_BOOL)
		return BoolGetDatum(category->bytes[0]);
	memcpy(&member, category->bytes, sizeof(member));
	return ObjectIdGetDatum(member);
}

DriftText
TrainingLabel(const TrainingRows *rows, ValueReader reader, const CategoryBytes *category)
{
	DriftText text = {category->bytes, category->length};

	if (reader == READ_BOOL || reader == READ_ENUM)
	{
		Label label;

		ReadLabel(reader, CategoryDatum(reader, category), &label);
		text.length = label.length;
		text.bytes = MemoryContextStrdup(rows->context, label.own);
	}
	return text;
}

static CountedLabel *
CountLabels(const TrainingRows *rows, int feature, uint32 n)
{
	const TrainingColumn *column = &rows->features[feature];
	const TrainingSide *train = &rows->side[TRAINING_TRAIN];
	CountedLabel *counted = palloc0_array(CountedLabel, n + 1);
	CategoryBytes *categories = palloc_array(CategoryBytes, n + 1);

	CategoryCodesLabels(column->codes, categories);
	for (uint32 i = 0; i < n; i++)
		counted[i] = (CountedLabel){.label = TrainingLabel(rows, column->hasher.reader, &categories[i]), .code = i};
	for (uint64 row = 0; row < train->n; row++)
	{
		uint32 code = ((const uint32 *) train->columns[feature])[row];

		if (code != DRIFT_CODE_MISSING)
			counted[code].rows++;
	}
	pfree(categories);
	return counted;
}

static void
Recode(const TrainingSide *side, int feature, const uint32 *code_of)
{
	uint32 *codes = side->columns == NULL ? NULL : side->columns[feature];

	for (uint64 row = 0; row < side->n; row++)
		if (codes[row] != DRIFT_CODE_MISSING)
			codes[row] = code_of[codes[row]];
}

/* Those that only rows that choose have are as unknown as those of rows to come */
uint32
TrainingCategoriesMake(TrainingRows *rows, int feature, DriftDesignColumn *column)
{
	uint32 n = (uint32) CategoryCodesCount(rows->features[feature].codes);
	CountedLabel *counted = CountLabels(rows, feature, n);
	uint32 *code_of = palloc_array(uint32, n + 1);
	DriftText *labels;
	uint32 kept = 0;

	qsort(counted, n, sizeof(CountedLabel), CompareFrequency);
	while (kept < n && kept < rows->options->max_categories && counted[kept].rows > 0)
		kept++;
	qsort(counted, kept, sizeof(CountedLabel), CompareCounted);
	labels = MemoryContextAlloc(rows->context, sizeof(DriftText) * Max(kept, 1));
	for (uint32 i = 0; i < n; i++)
	{
		code_of[counted[i].code] = i < kept ? i : DRIFT_CODE_MISSING;
		if (i < kept)
			labels[i] = counted[i].label;
	}
	Recode(&rows->side[TRAINING_TRAIN], feature, code_of);
	Recode(&rows->side[TRAINING_VALID], feature, code_of);
	pfree(code_of);
	pfree(counted);
	column->labels = labels;
	column->n_labels = kept;
	return n - kept;
}
