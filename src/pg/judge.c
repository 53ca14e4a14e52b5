/*
 * judge.c
 *		The verdict on columns from their profiles.
 *
 * All tests and point findings are corrected as one family, so that the columns
 * are first measured, all of them, and then judged. In between only what the
 * sentences need is kept of the profiles.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/correction.h"
#include "pg/judge.h"
#include "pg/profile.h"
#include "stats/correction.h"
#include "stats/numeric_statistics.h"

/* An array argument, NULL being an array without elements */
typedef struct Elements
{
	Datum *values;
	bool *nulls;
	int count;
	Oid type;
} Elements;

static Elements
ReadElements(FunctionCallInfo fcinfo, int argument, bool by_value, char alignment)
{
	Elements elements = {0};
	ArrayType *array;

	if (PG_ARGISNULL(argument))
		return elements;
	array = PG_GETARG_ARRAYTYPE_P(argument);
	elements.type = ARR_ELEMTYPE(array);
	deconstruct_array(array, elements.type, by_value ? 1 : -1, by_value, alignment, &elements.values, &elements.nulls,
					  &elements.count);
	return elements;
}

static bool
IsPresent(const Elements *elements, int i)
{
	return i < elements->count && !elements->nulls[i];
}

/* ------------------------------------------------------------------------
 * Measuring
 * ------------------------------------------------------------------------ */

/* What is the same for all columns */
typedef struct Judging
{
	Elements plans;
	Elements profiles[2];
	Elements statistics;
	Elements identifiers;
	Elements limits;
	MeasureMode mode;
	int64 minimum_rows;
	char **statistics_names;
	ColumnStatistics *statistics_values;
} Judging;

static Limits
LimitsOfColumn(const Judging *judging, int i)
{
	int last = judging->limits.count - 1;

	if (last < 0 || judging->limits.nulls[Min(i, last)])
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("there are no thresholds for a column")));
	return ReadLimits(judging->limits.values[Min(i, last)]);
}

static const ColumnStatistics *
StatisticsOfColumn(const Judging *judging, const char *name)
{
	for (int i = 0; name != NULL && i < judging->statistics.count; i++)
		if (judging->statistics_names[i] != NULL && strcmp(judging->statistics_names[i], name) == 0)
			return &judging->statistics_values[i];
	return NULL;
}

static ColumnProfiles
ReadSides(const Judging *judging, int i)
{
	ColumnProfiles profiles = {.type = judging->profiles[0].type};

	for (int side = 0; side < 2; side++)
		if (IsPresent(&judging->profiles[side], i))
			profiles.packed[side] = judging->profiles[side].values[i];
	profiles.sides.reference = profiles.packed[0] ? ProfileRead(profiles.packed[0]) : NULL;
	profiles.sides.current = profiles.packed[1] ? ProfileRead(profiles.packed[1]) : NULL;
	return profiles;
}

static ColumnSide
SideOf(const DriftProfile *p)
{
	ColumnSide side = {.location = {NAN, NAN, NAN}};

	if (p == NULL)
		return side;
	side.present = true;
	side.n = drift_profile_n(p);
	side.missing = p->missing_count;
	if (p->kind == DRIFT_NUMERIC)
		side.location = LocationOf((const DriftNumeric *) p);
	return side;
}

/* Windows that were made when a column was of another kind are still there */
static bool
TypeChanged(const ColumnPlan *plan, Sides sides)
{
	const DriftProfile *present = sides.reference ? sides.reference : sides.current;

	if (present == NULL)
		return false;
	if ((present->kind == DRIFT_NUMERIC) != PlanIsNumeric(plan))
		return true;
	return sides.reference && sides.current &&
		   (sides.reference->kind != sides.current->kind || sides.reference->value_type != sides.current->value_type);
}

static ColumnState
StateOf(const JudgedColumn *column, Sides sides)
{
	const char *obstacle = column->plan.obstacle;

	if (SkipReason(&column->plan, column->identifier) != NULL)
		return STATE_SKIPPED;
	if (obstacle != NULL && strcmp(obstacle, "absent in current") == 0)
		return STATE_ABSENT_IN_CURRENT;
	if (obstacle != NULL && strcmp(obstacle, "absent in reference") == 0)
		return STATE_ABSENT_IN_REFERENCE;
	if (obstacle != NULL || TypeChanged(&column->plan, sides))
		return STATE_TYPE_CHANGED;
	if (Min(column->sides[0].n, column->sides[1].n) < 2 || column->minimum_rows > 0)
		return STATE_INSUFFICIENT_DATA;
	return STATE_TESTED;
}

static void
FindAll(JudgedColumn *column, Sides sides)
{
	if (column->state == STATE_TESTED)
		column->findings[column->finding_count++] =
			(Finding){.name = "distribution",
					  .p_value = column->measure.p_value,
					  .size = column->measure.effect - column->measure.error_bound};
	if (column->limits.point_findings && (column->state == STATE_TESTED || column->state == STATE_INSUFFICIENT_DATA))
		column->finding_count += FindPoints(&column->plan, sides, &column->bins, column->minimum_rows > 0,
											&column->findings[column->finding_count]);
}

/* Everything but the verdict; scratch is for what is not kept */
static void
StudyColumn(Judging *judging, int i, JudgedColumn *column, MemoryContext scratch)
{
	MemoryContext kept = MemoryContextSwitchTo(scratch);
	ColumnProfiles profiles = {0};

	if (column->plan.obstacle == NULL)
		profiles = ReadSides(judging, i);
	MemoryContextSwitchTo(kept);
	column->sides[0] = SideOf(profiles.sides.reference);
	column->sides[1] = SideOf(profiles.sides.current);
	if (column->plan.obstacle == NULL && column->sides[1].n < judging->minimum_rows)
		column->minimum_rows = judging->minimum_rows;
	column->state = StateOf(column, profiles.sides);
	if (column->state != STATE_TESTED && column->state != STATE_INSUFFICIENT_DATA)
		return;
	if (profiles.sides.reference && profiles.sides.current)
	{
		column->reference_is_exact = ProfileIsExact(profiles.sides.reference);
		column->bins = PairBins(profiles.sides);
	}
	if (column->state == STATE_TESTED)
		column->measure = MeasureColumn(&column->plan, &profiles, &column->bins,
										StatisticsOfColumn(judging, column->plan.column_name), &judging->mode);
	FindAll(column, profiles.sides);
}

/* ------------------------------------------------------------------------
 * Correction
 * ------------------------------------------------------------------------ */

static void
DecideFindings(JudgedColumn *columns, int count)
{
	double *p_values = palloc(sizeof(double) * MOST_FINDINGS * (count + 1));
	int family = 0;

	for (int i = 0; i < count; i++)
		for (int f = 0; f < columns[i].finding_count; f++)
			if (!isnan(columns[i].findings[f].p_value))
				p_values[family++] = columns[i].findings[f].p_value;
	CorrectPValues(p_values, family, drift_correct_ascending);
	family = 0;
	for (int i = 0; i < count; i++)
	{
		const Limits *limits = &columns[i].limits;

		for (int f = 0; f < columns[i].finding_count; f++)
		{
			Finding *finding = &columns[i].findings[f];
			bool tested = f == 0 && columns[i].state == STATE_TESTED;

			finding->corrected = isnan(finding->p_value) ? NAN : p_values[family++];
			if (!limits->corrected)
				finding->corrected = finding->p_value;
			finding->holds = finding->corrected < limits->alpha &&
							 finding->size >= (tested ? limits->minimum_effect : limits->minimum_share);
		}
	}
}

/* ------------------------------------------------------------------------
 * Verdicts
 * ------------------------------------------------------------------------ */

/* What holds of a column */
typedef struct Held
{
	bool test;
	bool point;
	Severity psi_band;
} Held;

static Held
HeldOf(const JudgedColumn *column)
{
	Held held = {.psi_band = SEVERITY_OK};

	for (int f = 0; f < column->finding_count; f++)
	{
		bool tested = f == 0 && column->state == STATE_TESTED;

		held.test = held.test || (tested && column->findings[f].holds);
		held.point = held.point || (!tested && column->findings[f].holds);
	}
	if (column->state == STATE_TESTED)
		held.psi_band = PsiSeverity(column->measure.psi, column->measure.psi_chance.p_value, &column->limits);
	return held;
}

/* A column that is gone, of another type or wholly missing now cannot feed a model: critical */
static Severity
SeverityOf(const JudgedColumn *column, const Held *held)
{
	switch (column->state)
	{
		case STATE_TESTED:
			return ColumnSeverity(held->test, held->point, held->psi_band, &column->limits);
		case STATE_SKIPPED:
			return SEVERITY_SKIPPED;
		case STATE_INSUFFICIENT_DATA:
			if (!held->point)
				return SEVERITY_INSUFFICIENT_DATA;
			return column->sides[1].n == 0 ? SEVERITY_CRITICAL : SEVERITY_WARNING;
		default:
			return SEVERITY_CRITICAL;
	}
}

/* A row of drift.comparison being made, field by field */
typedef struct Row
{
	Datum values[33];
	bool nulls[33];
	int fields;
} Row;

static void
PutDatum(Row *row, bool known, Datum value)
{
	row->nulls[row->fields] = !known;
	row->values[row->fields++] = value;
}

static void
PutText(Row *row, const char *value)
{
	PutDatum(row, value != NULL, value ? CStringGetTextDatum(value) : (Datum) 0);
}

static void
PutNumber(Row *row, bool known, double value)
{
	PutDatum(row, known, Float8GetDatum(value));
}

static void
PutCount(Row *row, bool known, int64 value)
{
	PutDatum(row, known, Int64GetDatum(value));
}

static const char *
TypesText(const ColumnPlan *plan)
{
	if (plan->type_reference == NULL || plan->type_current == NULL)
		return plan->type_reference ? plan->type_reference : plan->type_current;
	if (strcmp(plan->type_reference, plan->type_current) == 0)
		return plan->type_reference;
	return psprintf("%s / %s", plan->type_reference, plan->type_current);
}

static void
PutMeasure(Row *row, const JudgedColumn *column)
{
	const Measure *m = &column->measure;
	bool tested = column->state == STATE_TESTED;

	PutText(row, m->method);
	PutText(row, column->state == STATE_SKIPPED ? SkipReason(&column->plan, column->identifier) : m->method_reason);
	PutNumber(row, m->statistic.known, m->statistic.value);
	PutNumber(row, m->statistic_chance.known, m->statistic_chance.chance.expected);
	PutNumber(row, m->statistic_chance.known, m->statistic_chance.chance.upper_95);
	PutNumber(row, tested && !isnan(m->p_value), m->p_value);
	PutNumber(row, tested && !isnan(column->findings[0].corrected), column->findings[0].corrected);
	PutNumber(row, false, 0); /* the bound that a library would hold against */
	PutNumber(row, tested, m->psi);
	PutNumber(row, tested, m->psi_chance.expected);
	PutNumber(row, tested, m->psi_chance.upper_95);
	PutNumber(row, tested, m->effect);
	PutNumber(row, tested, m->effect_low);
	PutNumber(row, tested, m->effect_chance.expected);
	PutNumber(row, tested, m->effect_chance.upper_95);
}

static void
PutSides(Row *row, const JudgedColumn *column)
{
	bool read = column->plan.obstacle == NULL;
	const ColumnSide *sides = column->sides;

	PutCount(row, read, sides[0].n);
	PutCount(row, read, sides[1].n);
	PutCount(row, read, sides[0].missing);
	PutCount(row, read, sides[1].missing);
	for (int side = 0; side < 2; side++)
		PutNumber(row, PlanIsNumeric(&column->plan) && sides[side].n > 0, sides[side].location.mean);
	for (int side = 0; side < 2; side++)
		PutNumber(row, PlanIsNumeric(&column->plan) && sides[side].n > 1, sides[side].location.stddev);
}

static Datum
FindingNames(const JudgedColumn *column, const Held *held)
{
	Datum names[MOST_FINDINGS + 1];
	int count = 0;

	for (int f = 0; f < column->finding_count; f++)
		if (column->findings[f].holds)
			names[count++] = CStringGetTextDatum(column->findings[f].name);
	if (column->state == STATE_ABSENT_IN_CURRENT || column->state == STATE_ABSENT_IN_REFERENCE)
		names[count++] = CStringGetTextDatum("absent");
	else if (column->state == STATE_TYPE_CHANGED)
		names[count++] = CStringGetTextDatum("type");
	else if (held->psi_band != SEVERITY_OK)
		names[count++] = CStringGetTextDatum("psi");
	return PointerGetDatum(construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT));
}

static void
PutWords(Row *row, const JudgedColumn *column, const Held *held, Severity severity)
{
	bool unusable = column->state > STATE_INSUFFICIENT_DATA && severity == SEVERITY_CRITICAL;

	PutDatum(row, true, FindingNames(column, held));
	if (column->state == STATE_TESTED)
		PutText(row, ExplainTested(column, severity != SEVERITY_OK, held->test || held->psi_band != SEVERITY_OK));
	else
		PutText(row, ExplainUntested(column));
	PutText(row, SeverityText(SeverityName(severity)));
	PutText(row,
			ActionText(unusable ? "unusable" : SeverityName(severity), held->test && held->psi_band != SEVERITY_OK));
}

static void
ReturnColumn(ReturnSetInfo *rsinfo, const JudgedColumn *column)
{
	Row row = {.fields = 0};
	Held held = HeldOf(column);
	Severity severity = SeverityOf(column, &held);

	PutText(&row, column->plan.column_name);
	PutText(&row, TypesText(&column->plan));
	PutText(&row, column->plan.kind);
	PutMeasure(&row, column);
	PutText(&row, SeverityName(severity));
	PutDatum(&row, severity <= SEVERITY_CRITICAL, BoolGetDatum(severity != SEVERITY_OK));
	PutSides(&row, column);
	PutNumber(&row, column->state == STATE_TESTED, column->measure.error_bound);
	PutWords(&row, column, &held, severity);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, row.values, row.nulls);
}

/* ------------------------------------------------------------------------
 * In SQL
 * ------------------------------------------------------------------------ */

static void
ReadStatistics(Judging *judging)
{
	int count = judging->statistics.count;

	judging->statistics_names = palloc(sizeof(char *) * (count + 1));
	judging->statistics_values = palloc(sizeof(ColumnStatistics) * (count + 1));
	for (int i = 0; i < count; i++)
		judging->statistics_names[i] =
			judging->statistics.nulls[i]
				? NULL
				: ReadColumnStatistics(judging->statistics.values[i], &judging->statistics_values[i]);
}

static Judging
ReadArguments(FunctionCallInfo fcinfo)
{
	Judging judging = {
		.plans = ReadElements(fcinfo, 0, false, TYPALIGN_DOUBLE),
		.profiles = {ReadElements(fcinfo, 1, false, TYPALIGN_DOUBLE), ReadElements(fcinfo, 2, false, TYPALIGN_DOUBLE)},
		.statistics = ReadElements(fcinfo, 3, false, TYPALIGN_DOUBLE),
		.identifiers = ReadElements(fcinfo, 4, true, TYPALIGN_CHAR),
		.mode = {.exact = !PG_ARGISNULL(5) && PG_GETARG_BOOL(5), .quick = !PG_ARGISNULL(8) && PG_GETARG_BOOL(8)},
		.limits = ReadElements(fcinfo, 6, false, TYPALIGN_DOUBLE),
		.minimum_rows = PG_ARGISNULL(7) ? 0 : PG_GETARG_INT64(7)};

	ReadStatistics(&judging);
	return judging;
}

/* judge_columns(plans, reference, current, statistics, identifiers, exact, limits, minimum_rows, quick) */
PG_FUNCTION_INFO_V1(drift_judge_columns);
Datum
drift_judge_columns(PG_FUNCTION_ARGS)
{
	Judging judging = ReadArguments(fcinfo);
	int count = judging.plans.count;
	JudgedColumn *columns = palloc0(sizeof(JudgedColumn) * (count + 1));
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "profiles of a column", ALLOCSET_DEFAULT_SIZES);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (judging.plans.nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a column has no plan")));
		columns[i].plan = ReadColumnPlan(judging.plans.values[i]);
		columns[i].limits = LimitsOfColumn(&judging, i);
		columns[i].identifier = IsPresent(&judging.identifiers, i) && DatumGetBool(judging.identifiers.values[i]);
		StudyColumn(&judging, i, &columns[i], scratch);
		MemoryContextReset(scratch);
	}
	DecideFindings(columns, count);
	for (int i = 0; i < count; i++)
		ReturnColumn((ReturnSetInfo *) fcinfo->resultinfo, &columns[i]);
	return (Datum) 0;
}

/* obstacle_text(plan): why a column with an obstacle is not compared */
PG_FUNCTION_INFO_V1(drift_obstacle_text);
Datum
drift_obstacle_text(PG_FUNCTION_ARGS)
{
	JudgedColumn column = {.plan = ReadColumnPlan(PG_GETARG_DATUM(0))};
	Sides none = {NULL, NULL};

	if (column.plan.obstacle == NULL)
		PG_RETURN_NULL();
	column.state = StateOf(&column, none);
	PG_RETURN_TEXT_P(cstring_to_text(ExplainUntested(&column)));
}
