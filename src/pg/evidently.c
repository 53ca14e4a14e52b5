/*
 * evidently.c
 *		Verdict of the library Evidently on a column of labelled rows.
 *
 * Evidently reads frames of pandas: the kind of a column follows from the
 * current side as pandas holds it, where integers with a missing value are
 * floats. Infinities are dropped as missing values are.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/edf_result.h"
#include "pg/labelled.h"
#include "pg/library_verdict.h"
#include "stats/contingency.h"
#include "stats/equal_bins.h"
#include "stats/epps_singleton.h"
#include "stats/evidently.h"
#include "stats/fisher.h"
#include "stats/hypothesis.h"
#include "stats/pick.h"

typedef struct EvidentlyState
{
	Labelled *rows;
	AskedMethods asked;
} EvidentlyState;

/* What a pass over the distinct values finds */
typedef struct Survey
{
	int64 distinct[2];
	int64 together;
	double least;
	double greatest;
	int64 smallest_rows[2]; /* rows of the smallest value */
} Survey;

/* Equal-width bins and the rows in them; none where each distinct value is a bin */
typedef struct BinnedRows
{
	DriftEqualBins bins;
	int64 *rows[2];
} BinnedRows;

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_evidently_accum);
Datum
drift_evidently_accum(PG_FUNCTION_ARGS)
{
	EvidentlyState *state;

	if (PG_ARGISNULL(0))
	{
		Labelled *rows = LabelledCreate(fcinfo);

		state = MemoryContextAlloc(rows->context, sizeof(EvidentlyState));
		state->rows = rows;
		state->asked = ReadAskedMethods(fcinfo, 3, rows->context);
	}
	else
		state = (EvidentlyState *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2) && ReaderIsNumeric(state->rows->reader) &&
		isinf(ReadNumber(state->rows->reader, PG_GETARG_DATUM(1))))
		state->rows->missing[PG_GETARG_BOOL(2) ? 1 : 0]++;
	else
		LabelledAddRow(fcinfo, state->rows);
	PG_RETURN_POINTER(state);
}

/* ------------------------------------------------------------------------
 * The kind of the column
 * ------------------------------------------------------------------------ */

/* Keep the rows of the smallest category, by its label */
static void
SurveySmallest(Survey *survey, LabelledValues *scan, const int64 rows[2], text **smallest)
{
	text *label;

	if (scan->numbers)
	{
		if (survey->together > 1)
			return;
	}
	else
	{
		label = LabelledCategoryLabel(scan->state, &scan->category);
		if (*smallest && LabelledCompareLabels(label, *smallest) > 0)
		{
			pfree(label);
			return;
		}
		*smallest = label;
	}
	survey->smallest_rows[0] = rows[0];
	survey->smallest_rows[1] = rows[1];
}

static Survey
SurveyValues(Labelled *rows)
{
	Survey survey = {{0, 0}};
	LabelledValues scan;
	text *smallest = NULL;
	int64 count[2];

	LabelledValuesScan(rows, &scan);
	while (LabelledNextValue(&scan, count))
	{
		survey.distinct[0] += count[0] > 0;
		survey.distinct[1] += count[1] > 0;
		if (survey.together++ == 0)
			survey.least = scan.number;
		survey.greatest = scan.number;
		SurveySmallest(&survey, &scan, count, &smallest);
	}
	return survey;
}

static bool
IsInteger(const Labelled *rows)
{
	return rows->reader == READ_INT2 || rows->reader == READ_INT4 || rows->reader == READ_INT8;
}

/* Tell why Evidently has no verdict on the column, or NULL */
static const char *
SkipReason(const EvidentlyState *state, const Survey *survey)
{
	const Labelled *rows = state->rows;

	if (rows->reader == READ_DATE || rows->reader == READ_TIMESTAMP)
		return "Evidently compares no dates";
	if (rows->reader == READ_BOOL && rows->missing[1] > 0 && !state->asked.column)
		return "Evidently leaves out booleans with missing values, which pandas holds as objects; "
			   "name the column in methods to compare it";
	if (!ReaderIsNumeric(rows->reader) && rows->reader != READ_BOOL && 2 * survey->distinct[1] > rows->n[1] &&
		!state->asked.column)
		return "Evidently takes this column as text and trains a classifier on its words; "
			   "name the column in methods to compare its categories";
	return NULL;
}

static bool
IsNumeric(const Labelled *rows, const Survey *survey)
{
	if (!ReaderIsNumeric(rows->reader))
		return false;
	return !IsInteger(rows) || rows->missing[1] > 0 || survey->distinct[1] > DRIFT_EVIDENTLY_INTEGER_CATEGORIES;
}

/* ------------------------------------------------------------------------
 * Statistics
 * ------------------------------------------------------------------------ */

/* Cut numbers into bins by Sturges' rule for that many values; false where numpy cannot */
static bool
CutIntoBins(Labelled *rows, const Survey *survey, int64 size, BinnedRows *binned)
{
	bool whole = IsInteger(rows) && rows->missing[0] == 0 && rows->missing[1] == 0;
	LabelledValues scan;
	int64 count[2];

	if (!drift_equal_bins_of_width(&binned->bins, survey->least, survey->greatest,
								   drift_sturges_width(survey->least, survey->greatest, size), whole))
		return false;
	binned->rows[0] = palloc0(sizeof(int64) * binned->bins.count);
	binned->rows[1] = palloc0(sizeof(int64) * binned->bins.count);
	LabelledValuesScan(rows, &scan);
	while (LabelledNextValue(&scan, count))
	{
		int64 bin = drift_equal_bins_find(&binned->bins, scan.number);

		binned->rows[0][bin] += count[0];
		binned->rows[1][bin] += count[1];
	}
	return true;
}

typedef void (*BinStep)(void *accumulator, int64_t c_reference, int64_t c_current);

/* Step over every bin, or over every distinct value */
static void
EachBin(Labelled *rows, const BinnedRows *binned, BinStep step, void *accumulator)
{
	LabelledValues scan;
	int64 count[2];

	if (binned)
	{
		for (int64 bin = 0; bin < binned->bins.count; bin++)
			step(accumulator, binned->rows[0][bin], binned->rows[1][bin]);
		return;
	}
	LabelledValuesScan(rows, &scan);
	while (LabelledNextValue(&scan, count))
		step(accumulator, count[0], count[1]);
}

static void
SurveyShares(void *shares, int64_t c_reference, int64_t c_current)
{
	drift_filled_shares_survey(shares, c_reference, c_current);
}

static void
StepShares(void *shares, int64_t c_reference, int64_t c_current)
{
	drift_filled_shares_step(shares, c_reference, c_current);
}

static void
StepDivergence(void *divergence, int64_t c_reference, int64_t c_current)
{
	drift_divergence_step(divergence, c_reference, c_current);
}

static void
StepTable(void *table, int64_t c_reference, int64_t c_current)
{
	drift_table_step(table, c_reference, c_current);
}

/* Score a test that compares shares in bins or of values */
static double
ShareScore(DriftEvidentlyTest test, Labelled *rows, const BinnedRows *binned)
{
	DriftFilledShares filled;
	DriftDivergence divergence;

	if (test == DRIFT_EVIDENTLY_PSI || test == DRIFT_EVIDENTLY_KL_DIV)
	{
		drift_filled_shares_init(&filled, rows->n[0], rows->n[1]);
		EachBin(rows, binned, SurveyShares, &filled);
		drift_filled_shares_fill(&filled);
		EachBin(rows, binned, StepShares, &filled);
		return test == DRIFT_EVIDENTLY_PSI ? filled.psi : filled.kl;
	}
	drift_divergence_init(&divergence, rows->n[0], rows->n[1], 0);
	EachBin(rows, binned, StepDivergence, &divergence);
	if (test == DRIFT_EVIDENTLY_HELLINGER)
		return drift_hellinger_distance(&divergence);
	return drift_js_distance(&divergence) * sqrt(log(2)); /* base 2 to natural */
}

/* Get the sample variance; a single value deviates from nothing */
static double
SampleVariance(const DriftMoments *moments)
{
	return moments->n > 1 ? moments->m2 / (double) (moments->n - 1) : 0;
}

/* Chi-square goodness of fit; of a single value scipy makes no p-value */
static DriftTest
FitTest(Labelled *rows)
{
	DriftTable table;
	DriftTableResult fit;

	drift_table_init(&table, DRIFT_GOODNESS_OF_FIT, rows->n[0], rows->n[1]);
	EachBin(rows, NULL, StepTable, &table);
	fit = drift_table_finish(&table);
	return (DriftTest){fit.statistic, table.categories > 1 ? fit.p_value : NAN};
}

static void
StepG(void *g, int64_t c_reference, int64_t c_current)
{
	drift_unscaled_g_step(g, c_reference, c_current);
}

static DriftTest
UnscaledG(Labelled *rows)
{
	DriftUnscaledG g = {0};

	EachBin(rows, NULL, StepG, &g);
	return (DriftTest){g.statistic, drift_unscaled_g_p_value(&g)};
}

/* Get the range of the middle half of both sides together */
static double
QuartileRange(Labelled *rows)
{
	static const double shares[2] = {0.25, 0.75};
	DriftPick quartiles;
	LabelledValues scan;
	int64 count[2];

	drift_pick_init(&quartiles, rows->n[0] + rows->n[1], shares, 2);
	LabelledValuesScan(rows, &scan);
	while (LabelledNextValue(&scan, count))
		drift_pick_step(&quartiles, scan.number, count[0] + count[1]);
	return drift_pick_quantile(&quartiles, 1) - drift_pick_quantile(&quartiles, 0);
}

/* Tell why Evidently stops at these samples, or NULL */
static const char *
Refusal(DriftEvidentlyTest test, Labelled *rows, const Survey *survey)
{
	int64 fewer = Min(rows->n[0], rows->n[1]);

	if ((test == DRIFT_EVIDENTLY_G_TEST || test == DRIFT_EVIDENTLY_FISHER_EXACT) && rows->n[0] != rows->n[1])
		return "Evidently stops: this test of its needs as many current values as there are in the reference";
	if (test == DRIFT_EVIDENTLY_FISHER_EXACT && survey->together > 2)
		return "Evidently stops: the test needs two categories";
	if (test == DRIFT_EVIDENTLY_CRAMER_VON_MISES && fewer < 2)
		return "Evidently stops: the test needs two values on each side";
	if (test == DRIFT_EVIDENTLY_ANDERSON && survey->together < 2)
		return "Evidently stops: the test needs two different values";
	if (test == DRIFT_EVIDENTLY_ES && fewer < DRIFT_EPPS_SINGLETON_MIN)
		return "Evidently stops: the test needs five values on each side";
	if (test == DRIFT_EVIDENTLY_ES && QuartileRange(rows) == 0)
		return "Evidently stops: the middle half of the values is a single one";
	return NULL;
}

/* Do a test of the difference of two distribution functions, or of two characteristic functions */
static DriftTest
DistributionTest(DriftEvidentlyTest test, Labelled *rows)
{
	const DriftEdf *difference = LabelledNumbersDifference(rows);
	DriftTest result;

	if (test == DRIFT_EVIDENTLY_ES)
		return LabelledEppsSingleton(rows);
	if (test == DRIFT_EVIDENTLY_CRAMER_VON_MISES)
	{
		result.statistic = drift_edf_cramer_von_mises(difference);
		result.p_value = CramerVonMisesP(result.statistic, rows->n[0], rows->n[1]);
	}
	else
	{
		DriftIntervalTest standardised =
			drift_anderson_darling_test(drift_edf_anderson_darling(difference), rows->n[0], rows->n[1]);

		result.statistic = standardised.statistic.value;
		result.p_value = standardised.p_value.value;
	}
	return result;
}

/* Do a test of means, ranks or shares that has a p-value */
static DriftTest
DoTest(DriftEvidentlyTest test, Labelled *rows, const Survey *survey)
{
	const DriftMoments *moments;
	const DriftTwoSample *pair;
	double distance;

	switch (test)
	{
		case DRIFT_EVIDENTLY_KS:
			distance = drift_two_sample_ks(LabelledNumbersCompare(rows));
			return (DriftTest){distance, drift_ks_p_value(distance, rows->n[0], rows->n[1])};
		case DRIFT_EVIDENTLY_T_TEST:
			moments = LabelledNumbersMoments(rows);
			return drift_pooled_t(moments[0].mean, SampleVariance(&moments[0]), rows->n[0], moments[1].mean,
								  SampleVariance(&moments[1]), rows->n[1]);
		case DRIFT_EVIDENTLY_MANNW:
			pair = LabelledNumbersCompare(rows);
			return drift_mann_whitney_less(drift_two_sample_u(pair), rows->n[0], rows->n[1],
										   drift_two_sample_tie_term(pair));
		case DRIFT_EVIDENTLY_Z:
			return drift_two_proportion_z(rows->n[0] - survey->smallest_rows[0], rows->n[0],
										  rows->n[1] - survey->smallest_rows[1], rows->n[1]);
		case DRIFT_EVIDENTLY_CHISQUARE:
			return FitTest(rows);
		case DRIFT_EVIDENTLY_G_TEST:
			return UnscaledG(rows);
		case DRIFT_EVIDENTLY_FISHER_EXACT:
			return drift_fisher_exact(survey->smallest_rows[0], rows->n[0], survey->smallest_rows[1], rows->n[1],
									  LabelledPoll);
		default:
			return DistributionTest(test, rows);
	}
}

/* In units of the reference's population deviation, or of a thousandth where that is smaller */
static double
NormedWasserstein(Labelled *rows)
{
	const DriftMoments *reference = &LabelledNumbersMoments(rows)[0];
	double deviation = sqrt(reference->m2 / (double) reference->n);

	return drift_two_sample_wasserstein(LabelledNumbersCompare(rows)) / Max(deviation, 0.001);
}

/* How many values Sturges' rule is applied to; 0 where each distinct value is a bin */
static int64
BinnedValues(DriftEvidentlyTest test, bool numeric, const Labelled *rows, const Survey *survey)
{
	if (!numeric)
		return 0;
	if (test == DRIFT_EVIDENTLY_HELLINGER)
		return survey->together;
	return survey->distinct[0] > DRIFT_EVIDENTLY_DISCRETE ? rows->n[0] + rows->n[1] : 0;
}

/* Fill in statistic, p-value and verdict; false where numpy cannot cut the bins */
static bool
Judge(LibraryVerdict *verdict, DriftEvidentlyTest test, bool numeric, Labelled *rows, const Survey *survey)
{
	const DriftEvidentlyRule *rule = &drift_evidently_rules[test];

	verdict->p_value = NAN;
	if (rule->p_value)
	{
		DriftTest result = DoTest(test, rows, survey);

		verdict->statistic = result.statistic;
		verdict->p_value = result.p_value;
	}
	else if (test == DRIFT_EVIDENTLY_WASSERSTEIN)
		verdict->statistic = NormedWasserstein(rows);
	else if (test == DRIFT_EVIDENTLY_ED)
		verdict->statistic = drift_edf_energy_distance(LabelledNumbersDifference(rows));
	else
	{
		int64 size = BinnedValues(test, numeric, rows, survey);
		BinnedRows binned;

		if (size > 0 && !CutIntoBins(rows, survey, size, &binned))
			return false;
		verdict->statistic = ShareScore(test, rows, size > 0 ? &binned : NULL);
	}
	verdict->method = rule->method;
	verdict->threshold = rule->threshold;
	verdict->drifted = drift_evidently_drifted(test, rule->p_value ? verdict->p_value : verdict->statistic);
	return true;
}

/* ------------------------------------------------------------------------
 * Final function
 * ------------------------------------------------------------------------ */

static const char *
TestReason(const char *name, bool asked, bool numeric, const Labelled *rows, const Survey *survey)
{
	if (asked)
		return psprintf("Evidently's %s, as requested", name);
	return psprintf("Evidently's %s: %s, " INT64_FORMAT " values in the reference, " INT64_FORMAT
					" different ones together",
					name, numeric ? "numbers" : "categories", rows->n[0], survey->together);
}

static void
JudgeColumn(LibraryVerdict *verdict, const EvidentlyState *state, const Survey *survey)
{
	Labelled *rows = state->rows;
	bool numeric = IsNumeric(rows, survey);
	const char *asked = AskedMethod(&state->asked, numeric);
	DriftEvidentlyTest test =
		asked ? drift_evidently_find(asked) : drift_evidently_default(numeric, rows->n[0], survey->together);
	const DriftEvidentlyRule *rule = &drift_evidently_rules[test];
	const char *refusal;

	if (test == DRIFT_EVIDENTLY_TESTS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown test \"%s\"", asked)));
	verdict->kind = numeric ? "numeric" : "categorical";
	if (asked && !(numeric ? rule->numeric : rule->categorical))
	{
		verdict->state = "misapplied";
		verdict->reason = asked;
		return;
	}
	verdict->reason = TestReason(rule->name, asked != NULL, numeric, rows, survey);
	refusal = Refusal(test, rows, survey);
	if (!refusal && !Judge(verdict, test, numeric, rows, survey))
		refusal = "Evidently stops: numpy cannot cut this range into bins";
	if (refusal)
	{
		verdict->state = "insufficient_data";
		verdict->reason = refusal;
	}
}

PG_FUNCTION_INFO_V1(drift_evidently_verdict);
Datum
drift_evidently_verdict(PG_FUNCTION_ARGS)
{
	LibraryVerdict verdict = {.state = "insufficient_data", .reason = "Evidently stops at a column without values"};
	EvidentlyState *state;
	Survey survey;

	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(ReturnLibraryVerdict(fcinfo, &verdict));
	state = (EvidentlyState *) PG_GETARG_POINTER(0);
	verdict.n[0] = state->rows->n[0];
	verdict.n[1] = state->rows->n[1];
	if (verdict.n[0] == 0 || verdict.n[1] == 0)
		PG_RETURN_DATUM(ReturnLibraryVerdict(fcinfo, &verdict));

	survey = SurveyValues(state->rows);
	verdict.reason = SkipReason(state, &survey);
	verdict.state = verdict.reason ? "skipped" : "tested";
	if (!verdict.reason)
		JudgeColumn(&verdict, state, &survey);
	PG_RETURN_DATUM(ReturnLibraryVerdict(fcinfo, &verdict));
}
