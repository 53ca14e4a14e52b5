#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"

#include "compat.h"
#include "pg/judge.h"

/* Bins that a sentence lists, and the part of the PSI that one must add to be listed */
#define LISTED_BINS 3
#define LISTED_PART 0.05

/* Adds a part of a sentence; NULL adds none */
static void
AddPart(StringInfo sentence, const char *separator, const char *part)
{
	if (part == NULL)
		return;
	if (sentence->len > 0)
		appendStringInfoString(sentence, separator);
	appendStringInfoString(sentence, part);
}

/* ------------------------------------------------------------------------
 * Bins that carry the PSI
 * ------------------------------------------------------------------------ */

typedef struct CarryingBin
{
	const BinPair *pair;
	BinShare share;
} CarryingBin;

static int
CompareCarrying(const void *a, const void *b)
{
	const CarryingBin *x = a;
	const CarryingBin *y = b;

	if (x->share.contribution != y->share.contribution)
		return x->share.contribution > y->share.contribution ? -1 : 1;
	if (x->pair->bin != y->pair->bin)
		return x->pair->bin < y->pair->bin ? -1 : 1;
	return x->pair->label ? strcmp(x->pair->label, y->pair->label) : 0;
}

static char *
CarryingText(const CarryingBin *bin, const char *value_type)
{
	const BinPair *pair = bin->pair;

	return psprintf("%s (%s to %s)", pair->label ? pair->label : RangeText(pair->lower, pair->upper, value_type),
					PercentText(bin->share.reference), PercentText(bin->share.current));
}

/* The bins of the largest contributions, with the shares of both sides; NULL where none adds anything */
static char *
BinsText(const BinPairs *bins, const char *value_type)
{
	CarryingBin *carrying = palloc(sizeof(CarryingBin) * (bins->count + 1));
	double psi = 0;
	StringInfoData text;

	if (bins->n_reference == 0 || bins->n_current == 0)
		return NULL;
	for (uint32 i = 0; i < bins->count; i++)
	{
		carrying[i] = (CarryingBin){&bins->pairs[i], ShareOfPair(bins, i)};
		psi += carrying[i].share.contribution;
	}
	qsort(carrying, bins->count, sizeof(CarryingBin), CompareCarrying);
	initStringInfo(&text);
	for (uint32 i = 0; i < bins->count && i < LISTED_BINS; i++)
	{
		double contribution = carrying[i].share.contribution;

		if (contribution > 0 && contribution >= LISTED_PART * psi)
			AddPart(&text, ", ", CarryingText(&carrying[i], value_type));
	}
	return text.len > 0 ? text.data : NULL;
}

/* ------------------------------------------------------------------------
 * Sentences
 * ------------------------------------------------------------------------ */

static void
AddNotes(StringInfo sentence, const JudgedColumn *column)
{
	for (int i = 0; i < column->finding_count; i++)
		if (column->findings[i].holds)
			AddPart(sentence, "; ", column->findings[i].note);
}

static const char *
WhyNoDrift(const Measure *measure, const Limits *limits)
{
	if (measure->error_bound > limits->minimum_effect)
		return psprintf("inconclusive: summaries leave the effect open by %s", ShortNumber(measure->error_bound));
	if (measure->p_value < limits->alpha && measure->effect < limits->minimum_effect)
		return "significant, but too small to matter";
	return "no drift";
}

/* Below the 99.9 % point a PSI in its band is what chance may give */
static const char *
PsiChanceText(const Measure *measure, const Limits *limits)
{
	if (!(measure->psi >= limits->psi_warning && measure->psi <= measure->psi_chance.upper_999))
		return NULL;
	return psprintf("PSI %s, of so few rows chance alone gives %s on average and up to %s", ShortNumber(measure->psi),
					ShortNumber(measure->psi_chance.expected), ShortNumber(measure->psi_chance.upper_999));
}

static const char *
MostChangeText(const JudgedColumn *column)
{
	BinPairs bins = PoolRarePairs(&column->bins, column->reference_is_exact, true);
	char *text = BinsText(&bins, column->plan.value_type);

	return text ? psprintf("most change: %s", text) : NULL;
}

char *
ExplainTested(const JudgedColumn *column, bool drifted, bool shifted)
{
	StringInfoData sentence;

	initStringInfo(&sentence);
	if (!drifted)
	{
		AddPart(&sentence, "; ", WhyNoDrift(&column->measure, &column->limits));
		AddPart(&sentence, "; ", PsiChanceText(&column->measure, &column->limits));
	}
	if (PlanIsNumeric(&column->plan))
		AddPart(&sentence, "; ",
				ShiftText(column->plan.value_type, &column->sides[0].location, &column->sides[1].location));
	if (shifted)
		AddPart(&sentence, "; ", MostChangeText(column));
	AddNotes(&sentence, column);
	return sentence.data;
}

const char *
SkipReason(const ColumnPlan *plan, bool identifier)
{
	const char *type = plan->type_reference ? plan->type_reference : plan->type_current;

	if (plan->obstacle != NULL && strcmp(plan->obstacle, "unsupported") == 0)
		return psprintf("values of type %s are not compared", type ? type : "unknown");
	if (identifier && !plan->requested)
		return "nearly every value is different, so the column identifies rows; name it in columns to compare it";
	return NULL;
}

static char *
TooFewText(const JudgedColumn *column)
{
	char *text =
		psprintf("too few values to test: " INT64_FORMAT " in the reference, " INT64_FORMAT " in the current data",
				 column->sides[0].n, column->sides[1].n);

	return column->minimum_rows > 0 ? psprintf("%s, which needs " INT64_FORMAT, text, column->minimum_rows) : text;
}

/* A type of one name has changed where the profiles are of different kinds */
static char *
TypeText(const ColumnPlan *plan)
{
	const char *from = plan->type_reference ? plan->type_reference : "";
	const char *to = plan->type_current ? plan->type_current : "";

	return strcmp(from, to) == 0 ? "the type changed" : psprintf("the type changed from %s to %s", from, to);
}

char *
ExplainUntested(const JudgedColumn *column)
{
	StringInfoData sentence;

	initStringInfo(&sentence);
	switch (column->state)
	{
		case STATE_SKIPPED:
			AddPart(&sentence, "; ", SkipReason(&column->plan, column->identifier));
			break;
		case STATE_ABSENT_IN_CURRENT:
			AddPart(&sentence, "; ", "the column is absent in the current data");
			break;
		case STATE_ABSENT_IN_REFERENCE:
			AddPart(&sentence, "; ", "the column is absent in the reference");
			break;
		case STATE_TYPE_CHANGED:
			AddPart(&sentence, "; ", TypeText(&column->plan));
			break;
		case STATE_INSUFFICIENT_DATA:
		case STATE_TESTED:
			AddPart(&sentence, "; ", TooFewText(column));
			AddNotes(&sentence, column);
			break;
	}
	return sentence.data;
}
