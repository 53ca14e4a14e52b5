#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "errors.h"
#include "pg/judge.h"
#include "pg/permutation.h"
#include "stats/bins.h"
#include "stats/category_statistics.h"
#include "stats/hypothesis.h"
#include "stats/numeric_rank.h"

#define KS_TEST "ks_test"
#define CHI_SQUARE_TEST "chi_square_test"

/* ------------------------------------------------------------------------
 * Rows of composite types
 * ------------------------------------------------------------------------ */

static char *
TextField(const Datum *values, const bool *nulls, int field)
{
	return nulls[field] ? NULL : TextDatumGetCString(values[field]);
}

ColumnPlan
ReadColumnPlan(Datum plan)
{
	Datum values[8];
	bool nulls[8];

	ReadFields(plan, lengthof(values), values, nulls);
	return (ColumnPlan){.column_name = TextField(values, nulls, 0),
						.type_reference = TextField(values, nulls, 1),
						.type_current = TextField(values, nulls, 2),
						.kind = TextField(values, nulls, 3),
						.value_type = TextField(values, nulls, 4),
						.method = TextField(values, nulls, 5),
						.requested = !nulls[6] && DatumGetBool(values[6]),
						.obstacle = TextField(values, nulls, 7)};
}

static double
NumberField(const Datum *values, const bool *nulls, int field)
{
	return nulls[field] ? NAN : DatumGetFloat8(values[field]);
}

static const TestedValue no_test = {.p_value = NAN, .p_value_high = NAN, .error = NAN};

/* A drift.test_result */
static TestedValue
ReadTestResult(Datum row, bool isnull)
{
	Datum values[7];
	bool nulls[7];

	if (isnull)
		return no_test;
	ReadFields(row, lengthof(values), values, nulls);
	return (TestedValue){.statistic = {.known = !nulls[0], .value = NumberField(values, nulls, 0)},
						 .p_value = NumberField(values, nulls, 1),
						 .error = NumberField(values, nulls, 4),
						 .p_value_high = NumberField(values, nulls, 6)};
}

/* A drift.chance_result; a row of NULLs is none */
static MaybeChance
ReadChance(Datum row, bool isnull)
{
	Datum values[5];
	bool nulls[5];

	if (isnull)
		return (MaybeChance){.known = false};
	ReadFields(row, lengthof(values), values, nulls);
	return (MaybeChance){.known = !nulls[0],
						 .chance = {.expected = NumberField(values, nulls, 1),
									.upper_95 = NumberField(values, nulls, 2),
									.upper_999 = NumberField(values, nulls, 3),
									.p_value = NumberField(values, nulls, 4)}};
}

char *
ReadColumnStatistics(Datum row, ColumnStatistics *statistics)
{
	Datum values[9];
	bool nulls[9];

	ReadFields(row, lengthof(values), values, nulls);
	*statistics = (ColumnStatistics){.psi = NumberField(values, nulls, 1),
									 .ks = ReadTestResult(values[2], nulls[2]),
									 .chi_square = ReadTestResult(values[3], nulls[3]),
									 .total_variation = NumberField(values, nulls, 4),
									 .requested = ReadTestResult(values[5], nulls[5]),
									 .tied_ks_p_value = {.known = !nulls[6], .value = NumberField(values, nulls, 6)},
									 .psi_chance = ReadChance(values[7], nulls[7]),
									 .total_variation_chance = ReadChance(values[8], nulls[8])};
	return TextField(values, nulls, 0);
}

/* ------------------------------------------------------------------------
 * Methods by name
 * ------------------------------------------------------------------------ */

/* Does the method yield a p-value of its own? */
static bool
IsTest(const char *method)
{
	Size length = method ? strlen(method) : 0;

	return length >= 5 && strcmp(method + length - 5, "_test") == 0;
}

/* drift.method(reference, current), which gives a test_result or a number */
static Oid
FindMethod(const char *method, Oid profile_type)
{
	Oid types[2] = {profile_type, profile_type};
	List *name = list_make2(makeString("drift"), makeString(pstrdup(method)));
	Oid function = LookupFuncName(name, 2, types, true);

	if (!OidIsValid(function) ||
		(IsTest(method) ? !type_is_rowtype(get_func_rettype(function)) : get_func_rettype(function) != FLOAT8OID))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown method \"%s\"", method)));
	return function;
}

static TestedValue
CallMethod(const char *method, const ColumnProfiles *profiles)
{
	Datum result = OidFunctionCall2(FindMethod(method, profiles->type), profiles->packed[0], profiles->packed[1]);

	if (IsTest(method))
		return ReadTestResult(result, false);
	return (TestedValue){.statistic = {.known = true, .value = DatumGetFloat8(result)},
						 .p_value = NAN,
						 .p_value_high = NAN,
						 .error = NAN};
}

/* ------------------------------------------------------------------------
 * Statistics of two profiles
 * ------------------------------------------------------------------------ */

/* Distinct values of a side, or -1 where it does not know */
static int64
DistinctCount(const DriftProfile *p)
{
	if (p->kind == DRIFT_CATEGORICAL)
		return drift_category_distinct((const DriftCategory *) p);
	return ((const DriftNumeric *) p)->exact ? (int64) ((const DriftNumeric *) p)->key_count : -1;
}

/* Who asks for ks_test by name gets scipy's p-value */
static bool
TakesTiedKs(const ColumnPlan *plan, Sides sides)
{
	return SidesAreNumeric(sides) && !IsTest(plan->method) && DistinctCount(sides.reference) > DRIFT_DISCRETE_VALUES;
}

/* Of the p-values that summaries leave open the largest counts, which the smallest distance has */
static TestedValue
KsOfProfiles(Sides sides, bool quick)
{
	DriftInterval ks = Distance(sides).ks;
	int64 n = drift_profile_n(sides.reference);
	int64 m = drift_profile_n(sides.current);
	double p_value = quick ? drift_ks_p_value_quick(ks.low, n, m) : drift_ks_p_value(ks.low, n, m);

	return (TestedValue){.statistic = {.known = true, .value = ks.value},
						 .p_value = p_value,
						 .p_value_high = p_value,
						 .error = Max(ks.high - ks.value, ks.value - ks.low)};
}

static TestedValue
ChiSquareOfProfiles(Sides sides)
{
	DriftIntervalTest test = ProfilesTable(sides, DRIFT_CHI_SQUARE);

	return (TestedValue){.statistic = {.known = true, .value = test.statistic.value},
						 .p_value = test.p_value.value,
						 .p_value_high = Max(test.p_value.value, Max(test.p_value.low, test.p_value.high)),
						 .error = NAN};
}

/* What the rows would tell, of profiles; only what the verdict needs: discrete as DefaultMethod has it */
static ColumnStatistics
StatisticsOfProfiles(const ColumnPlan *plan, const ColumnProfiles *profiles, bool discrete, bool counted,
					 const MeasureMode *mode)
{
	Sides sides = profiles->sides;
	ColumnStatistics s = {.psi = DivergenceOf(sides, DRIFT_PSI, 0, DRIFT_DEFAULT_FLOOR).value,
						  .ks = no_test,
						  .chi_square = no_test,
						  .total_variation = NAN,
						  .requested = no_test};

	if (!discrete)
		s.ks = KsOfProfiles(sides, mode->quick);
	else if (!counted)
	{
		s.chi_square = ChiSquareOfProfiles(sides);
		s.total_variation = DivergenceOf(sides, DRIFT_TOTAL_VARIATION, 0, DRIFT_DEFAULT_FLOOR).value;
	}
	if (plan->method != NULL)
		s.requested = CallMethod(plan->method, profiles);
	if (mode->exact && TakesTiedKs(plan, sides))
		s.tied_ks_p_value.known =
			TiedKsOfProfiles(REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), &s.tied_ks_p_value.value);
	return s;
}

/* ------------------------------------------------------------------------
 * One column
 * ------------------------------------------------------------------------ */

/*
 * Each empirical distribution is within sqrt(ln(2/a) / 2n) of the true one with
 * probability 1 - a (Dvoretzky, Kiefer, Wolfowitz; constant by Massart 1990); a
 * = 0.025 for each side.
 */
static double
KsLowerBound(double d, int64 n, int64 m)
{
	return Max(0, d - sqrt(log(80) / (2.0 * (double) n)) - sqrt(log(80) / (2.0 * (double) m)));
}

/*
 * The mean of the sample's total variation exceeds the true one by at most the
 * mean deviation of the shares, sqrt((k - 1)/n)/2 on each side, and stays near
 * its mean by McDiarmid's inequality.
 */
static double
TotalVariationLowerBound(double tv, int64 categories, int64 n, int64 m)
{
	double spread = sqrt((double) Max(categories - 1, 0)) / 2 * (1 / sqrt((double) n) + 1 / sqrt((double) m));

	return Max(0, tv - spread - sqrt(log(20) / 2 * (1.0 / (double) n + 1.0 / (double) m)));
}

static int64
FilledBins(const BinPairs *bins)
{
	int64 filled = 0;

	for (uint32 i = 0; i < bins->count; i++)
		filled += bins->pairs[i].n_reference + bins->pairs[i].n_current > 0;
	return filled;
}

/* Share of the reference's values that repeat another; NaN where it does not count them */
static double
RepeatedShare(const DriftProfile *reference)
{
	int64 distinct = DistinctCount(reference);

	return distinct < 0 ? NAN : 1 - (double) distinct / (double) drift_profile_n(reference);
}

static const char *
MethodReason(const ColumnPlan *plan, Sides sides, bool discrete, bool permuted)
{
	double repeated = RepeatedShare(sides.reference);
	int64 distinct = DistinctCount(sides.reference);

	if (plan->method != NULL && strcmp(plan->method, "psi") == 0)
		return "requested; p-value of the PSI under no drift";
	if (plan->method != NULL && !IsTest(plan->method))
		return psprintf("requested; p-value of %s%s", discrete ? CHI_SQUARE_TEST : KS_TEST,
						permuted ? " by permutation" : "");
	if (plan->method != NULL)
		return "requested";
	if (!SidesAreNumeric(sides))
		return "categories";
	if (discrete)
		return "at most 20 different reference values";
	if (permuted)
		return "numbers; over a fifth of the reference values are repeats, so the p-value is by permutation";
	if (repeated > 0.2)
		return psprintf("numbers; %s of the reference values are repeats, so the p-value is an upper bound",
						PercentText(repeated));
	if (distinct >= 0 && distinct <= DRIFT_DISCRETE_VALUES)
		return "few reference values, but very many current ones";
	return "numbers with more than 20 different reference values";
}

/*
 * The default test: KS for numbers, chi-square for what has few values.
 * Categories that are too many to be counted in a profile are tested unpooled,
 * by the statistics read from the rows.
 */
static TestedValue
DefaultTest(const ColumnStatistics *s, const BinPairs *bins, bool discrete, bool counted)
{
	TestedValue test = s->ks;
	DriftTableResult pooled;

	if (!discrete)
	{
		if (s->tied_ks_p_value.known)
			test.p_value = s->tied_ks_p_value.value;
		return test;
	}
	if (s->chi_square.statistic.known && !counted)
		return s->chi_square;
	pooled = PooledChiSquareOfPairs(bins);
	return (TestedValue){.statistic = {.known = true, .value = pooled.statistic},
						 .p_value = pooled.p_value,
						 .p_value_high = pooled.p_value,
						 .error = NAN};
}

/* What a requested distance would be if nothing had drifted: not known of tests, and of categories that no profile counts */
static MaybeChance
RequestedChance(const ColumnPlan *plan, Sides sides, const Measure *measure, bool counted)
{
	static const char *const distances[] = {"kl_divergence",        "js_distance",
											"hellinger_distance",   "total_variation",
											"wasserstein_distance", "normalized_wasserstein_distance",
											"energy_distance"};

	if (plan->method == NULL)
		return (MaybeChance){.known = false};
	if (strcmp(plan->method, "psi") == 0)
		return (MaybeChance){.known = true, .chance = measure->psi_chance};
	for (int i = 0; i < (int) lengthof(distances); i++)
		if (strcmp(plan->method, distances[i]) == 0 && (SidesAreNumeric(sides) || counted) && measure->statistic.known)
			return (MaybeChance){.known = true,
								 .chance = ChanceOf(sides, ChanceStatisticOf(cstring_to_text(plan->method)), 0,
													measure->statistic.value)};
	return (MaybeChance){.known = false};
}

static double
RankErrorOf(const DriftProfile *p)
{
	if (p->kind == DRIFT_NUMERIC)
		return drift_numeric_rank_error((const DriftNumeric *) p);
	return (double) ((const DriftCategory *) p)->absent_error / (double) drift_profile_n(p);
}

/* The chance of some KS distance: nobody asks for the p-value of this one */
static DriftChance
ChanceOfKs(int64 n, int64 m, KsChance *known)
{
	if (known->n != n || known->m != m)
		*known = (KsChance){.n = n, .m = m, .chance = drift_chance_ks(0, n, m)};
	return known->chance;
}

/* The size of the difference, its lower bound, what it is by chance, and how wrong summaries make it */
static void
MeasureEffect(Measure *measure, const ColumnStatistics *s, Sides sides, const BinPairs *bins, bool discrete,
			  bool counted, KsChance *ks_chance)
{
	int64 n = drift_profile_n(sides.reference);
	int64 m = drift_profile_n(sides.current);

	if (!discrete)
	{
		measure->effect = s->ks.statistic.value;
		measure->effect_low = KsLowerBound(measure->effect, n, m);
		measure->effect_chance = ChanceOfKs(n, m, ks_chance);
		measure->error_bound = s->ks.error;
		return;
	}
	measure->effect = counted ? TotalVariationOfPairs(bins) : s->total_variation;
	measure->effect_low = TotalVariationLowerBound(measure->effect, FilledBins(bins), n, m);
	measure->effect_chance = s->total_variation_chance.known
								 ? s->total_variation_chance.chance
								 : ChanceOf(sides, (ChanceStatistic) DRIFT_TOTAL_VARIATION, 0, measure->effect);
	measure->error_bound = RankErrorOf(sides.reference) + RankErrorOf(sides.current);
}

static double
ChosenPValue(const ColumnPlan *plan, const Measure *measure, const TestedValue *test, bool exact)
{
	if (plan->method != NULL && strcmp(plan->method, "psi") == 0)
		return measure->psi_chance.p_value;
	return exact || isnan(test->p_value_high) ? test->p_value : test->p_value_high;
}

static Measure
MeasureBy(const ColumnPlan *plan, const ColumnProfiles *profiles, const BinPairs *bins,
		  const ColumnStatistics *statistics, MeasureMode *mode)
{
	Sides sides = profiles->sides;
	bool counted = ProfileIsExact(sides.reference) && ProfileIsExact(sides.current);
	int64 distinct = DistinctCount(sides.reference);
	/* a side with more values than a profile counts is not discrete, whatever the reference was */
	bool discrete = !SidesAreNumeric(sides) ||
					(distinct >= 0 && distinct <= DRIFT_DISCRETE_VALUES && ProfileIsExact(sides.current));
	const char *default_method = discrete ? CHI_SQUARE_TEST : KS_TEST;
	ColumnStatistics s = statistics ? *statistics : StatisticsOfProfiles(plan, profiles, discrete, counted, mode);
	TestedValue test = DefaultTest(&s, bins, discrete, counted);
	Measure measure = {.method = plan->method ? plan->method : default_method,
					   .method_reason = MethodReason(plan, sides, discrete, !discrete && s.tied_ks_p_value.known),
					   .psi = s.psi};

	measure.psi_chance =
		s.psi_chance.known ? s.psi_chance.chance : ChanceOf(sides, (ChanceStatistic) DRIFT_PSI, 0, s.psi);
	MeasureEffect(&measure, &s, sides, bins, discrete, counted, &mode->ks_chance);
	if (mode->exact)
		measure.error_bound = 0;
	if (IsTest(plan->method) && strcmp(plan->method, default_method) != 0)
		test = s.requested;
	measure.statistic = IsTest(measure.method) ? test.statistic : s.requested.statistic;
	measure.statistic_chance = RequestedChance(plan, sides, &measure, counted);
	measure.p_value = ChosenPValue(plan, &measure, &test, mode->exact);
	return measure;
}

/* Are there more than the two values that z and Fisher's test compare? */
static bool
HasManyValues(Sides sides)
{
	int64 rows[2];

	if (SidesAreNumeric(sides))
		return drift_numeric_larger_of_two(REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), rows) != DRIFT_OK;
	return drift_category_larger_of_two(REFERENCE_CATEGORIES(sides), CURRENT_CATEGORIES(sides), PairScratch(sides),
										rows) != DRIFT_OK;
}

/* Can the profiles answer a method that is asked for? */
static bool
CanAnswer(const char *method, Sides sides)
{
	static const char *const need_every_number[] = {"chi_square_test", "chi_square_goodness_of_fit_test",
													"g_test",          "cramers_v",
													"l_infinity",      "cramers_v_corrected",
													"levene_test",     "epps_singleton_test"};
	bool counted = ProfileIsExact(sides.reference) && ProfileIsExact(sides.current);

	if (method == NULL)
		return true;
	if (strcmp(method, "z_test") == 0 || strcmp(method, "fisher_exact_test") == 0)
		return !HasManyValues(sides);
	for (int i = 0; i < (int) lengthof(need_every_number); i++)
		if (strcmp(method, need_every_number[i]) == 0)
			return counted || !SidesAreNumeric(sides);
	return true;
}

/*
 * A monitor goes on where new values take a method away from a column: that is
 * when its verdict counts most.
 */
Measure
MeasureColumn(const ColumnPlan *plan, const ColumnProfiles *profiles, const BinPairs *bins,
			  const ColumnStatistics *statistics, MeasureMode *mode)
{
	ColumnPlan without = *plan;
	Measure measure;

	if (!mode->quick || CanAnswer(plan->method, profiles->sides))
		return MeasureBy(plan, profiles, bins, statistics, mode);
	without.method = NULL;
	measure = MeasureBy(&without, profiles, bins, statistics, mode);
	measure.method_reason =
		psprintf("%s; too many different values for %s, which was requested", measure.method_reason, plan->method);
	return measure;
}
