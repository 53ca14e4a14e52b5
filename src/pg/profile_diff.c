/*
 * profile_diff.c
 *		drift.profile_diff(): two profiles side by side as one JSON object, with
 *		what a report shows and draws of a column.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "pg/bin_pairs.h"
#include "pg/format_number.h"
#include "pg/json_number.h"
#include "pg/profile.h"
#include "stats/bins.h"
#include "stats/density.h"
#include "stats/numeric_rank.h"

#define CHART_BINS 20       /* bars of a numeric histogram */
#define CHART_CATEGORIES 12 /* bars of a categorical one, the rest among them */
#define CHART_TAIL 0.005    /* share of the values beyond either end of the axis, of the side that has fewer there */
#define REST_LABEL "(other)"

/* Two sides of which one may have no profile or no value */
typedef struct Pair
{
	const DriftProfile *sides[2];
} Pair;

static const char *const side_names[2] = {"reference", "current"};

static bool
HasValues(const DriftProfile *p)
{
	return p != NULL && drift_profile_n(p) > 0;
}

static const DriftNumeric *
Numbers(const DriftProfile *p)
{
	return (const DriftNumeric *) p;
}

/* ------------------------------------------------------------------------
 * Statistics of a side
 * ------------------------------------------------------------------------ */

static bool
IsTime(const DriftProfile *p)
{
	return p->value_type == DRIFT_VALUE_DATE || p->value_type == DRIFT_VALUE_TIMESTAMP;
}

/* A number as such, a time as text; null where it is not a number */
static void
AppendValue(StringInfo out, const DriftProfile *p, double x)
{
	if (isnan(x))
		appendStringInfoString(out, "null");
	else if (IsTime(p))
		escape_json(out, FormatNumber(p->value_type, x));
	else
		AppendJsonNumber(out, x);
}

static void
AppendQuantiles(StringInfo out, const DriftNumeric *p)
{
	static const int percents[] = {5, 25, 50, 75, 95};

	for (int i = 0; i < lengthof(percents); i++)
	{
		appendStringInfo(out, "%s\"p%02d\": ", i > 0 ? ", " : "{", percents[i]);
		AppendValue(out, &p->profile, drift_numeric_quantile(p, percents[i] / 100.0));
	}
	appendStringInfoChar(out, '}');
}

static void
AppendMoments(StringInfo out, const DriftNumeric *p)
{
	double deviation = drift_profile_n(&p->profile) > 1 ? drift_numeric_stddev(p) : NAN;

	appendStringInfoString(out, ", \"mean\": ");
	AppendValue(out, &p->profile, drift_numeric_mean(p));
	appendStringInfoString(out, ", \"stddev\": ");
	if (isnan(deviation))
		appendStringInfoString(out, "null");
	else
		AppendJsonNumber(out, deviation);
	appendStringInfoString(out, ", \"minimum\": ");
	AppendValue(out, &p->profile, drift_numeric_keys(p)[0]);
	appendStringInfoString(out, ", \"maximum\": ");
	AppendValue(out, &p->profile, drift_numeric_keys(p)[p->key_count - 1]);
	appendStringInfoString(out, ", \"quantiles\": ");
	AppendQuantiles(out, p);
}

/* Distinct values; -1 where a summary does not know */
static int64
DistinctCount(const DriftProfile *p)
{
	if (p->kind == DRIFT_CATEGORICAL)
		return drift_category_distinct((const DriftCategory *) p);
	return Numbers(p)->exact ? (int64) Numbers(p)->key_count : -1;
}

static void
AppendSide(StringInfo out, const DriftProfile *p)
{
	int64 distinct;

	if (p == NULL)
	{
		appendStringInfoString(out, "null");
		return;
	}
	appendStringInfo(out, "{\"rows\": " INT64_FORMAT ", \"missing_rate\": ", p->row_count);
	if (p->row_count > 0)
		AppendJsonNumber(out, (double) p->missing_count / (double) p->row_count);
	else
		appendStringInfoString(out, "null");
	if (p->kind == DRIFT_NUMERIC && drift_profile_n(p) > 0)
		AppendMoments(out, Numbers(p));
	else
		appendStringInfoString(out, ", \"mean\": null, \"stddev\": null, \"minimum\": null, \"maximum\": null, "
									"\"quantiles\": null");
	distinct = DistinctCount(p);
	if (distinct >= 0)
		appendStringInfo(out, ", \"distinct\": " INT64_FORMAT "}", distinct);
	else
		appendStringInfoString(out, ", \"distinct\": null}");
}

/* ------------------------------------------------------------------------
 * Arrays
 * ------------------------------------------------------------------------ */

/* Digits that draw a line, and those that tell the points of an axis apart: more only make a document long */
#define LINE_DIGITS 5

static int
AxisDigits(const double *values, int count)
{
	double largest = fmax(fabs(values[0]), fabs(values[count - 1]));
	double step = (values[count - 1] - values[0]) / (count - 1);

	return LINE_DIGITS + Min(12, Max(0, (int) ceil(log10(largest / step)) - 1));
}

/* A share to five places, which printf() takes ten times as long for */
static void
AppendShare(StringInfo out, double share)
{
	uint32 places = (uint32) rint(fmin(fmax(share, 0), 1) * 100000);
	char digits[] = "0.00000";
	int length = sizeof(digits) - 1;

	if (places == 0 || places == 100000)
	{
		appendStringInfoChar(out, places == 0 ? '0' : '1');
		return;
	}
	while (places % 10 == 0)
	{
		places /= 10;
		length--;
	}
	for (int i = length - 1; places > 0; i--, places /= 10)
		digits[i] = (char) ('0' + places % 10);
	appendBinaryStringInfo(out, digits, length);
}

/* digits 0: they are shares */
static void
AppendNumbers(StringInfo out, const char *name, const double *values, int count, int digits)
{
	appendStringInfo(out, "\"%s\": ", name);
	if (values == NULL)
	{
		appendStringInfoString(out, "null");
		return;
	}
	for (int i = 0; i < count; i++)
	{
		appendStringInfoString(out, i > 0 ? ", " : "[");
		if (digits == 0)
			AppendShare(out, values[i]);
		else
			appendStringInfo(out, "%.*g", digits, values[i]);
	}
	appendStringInfoChar(out, ']');
}

/* The same of both sides, which closes an object */
static void
AppendSides(StringInfo out, double *const values[2], int count, int digits)
{
	for (int s = 0; s < 2; s++)
	{
		appendStringInfoString(out, ", ");
		AppendNumbers(out, side_names[s], values[s], count, digits);
	}
	appendStringInfoChar(out, '}');
}

/* ------------------------------------------------------------------------
 * Charts of numbers
 * ------------------------------------------------------------------------ */

typedef struct Axis
{
	double low;
	double high;
} Axis;

/* A quantile that is no infinity: the outermost finite value stands for one; NaN where there is none */
static double
FiniteQuantile(const DriftNumeric *p, double q)
{
	const double *keys = drift_numeric_keys(p);
	uint32 first = keys[0] == -INFINITY ? 1 : 0;
	uint32 end = keys[p->key_count - 1] == INFINITY ? p->key_count - 1 : p->key_count;
	double x = drift_numeric_quantile(p, q);

	if (first >= end)
		return NAN;
	return fmin(fmax(x, keys[first]), keys[end - 1]);
}

/* Where nearly all values of both sides lie */
static Axis
CommonAxis(const Pair *pair)
{
	Axis axis = {NAN, NAN};

	for (int s = 0; s < 2; s++)
		if (HasValues(pair->sides[s]))
		{
			/* fmin() and fmax() leave out what is NaN */
			axis.low = fmin(axis.low, FiniteQuantile(Numbers(pair->sides[s]), CHART_TAIL));
			axis.high = fmax(axis.high, FiniteQuantile(Numbers(pair->sides[s]), 1 - CHART_TAIL));
		}
	return axis;
}

static bool
IsDrawable(Axis axis)
{
	return axis.high > axis.low && isfinite(axis.high - axis.low);
}

/* The distinct values of both sides if there are few enough for a bar each, and they are all known; else none */
static int
FewValues(const Pair *pair, double *values)
{
	int count = 0;

	for (int s = 0; s < 2; s++)
	{
		const DriftNumeric *p = Numbers(pair->sides[s]);

		if (!HasValues(pair->sides[s]))
			continue;
		if (!p->exact || p->key_count > DRIFT_DISCRETE_VALUES)
			return 0;
		for (uint32 i = 0; i < p->key_count; i++)
		{
			double key = drift_numeric_keys(p)[i];
			int at = count;

			while (at > 0 && values[at - 1] > key)
				at--;
			if (at > 0 && values[at - 1] == key)
				continue;
			memmove(values + at + 1, values + at, sizeof(double) * (Size) (count - at));
			values[at] = key;
			count++;
		}
	}
	return count <= DRIFT_DISCRETE_VALUES ? count : 0;
}

/* Shares of the rows up to each value, or less those up to the one before; the last takes what is beyond it */
static double *
SharesUpto(const DriftNumeric *p, const double *values, int count, bool cumulate)
{
	double n = (double) drift_profile_n(&p->profile);
	double *shares = palloc(sizeof(double) * (Size) count);
	double before = 0;
	DriftRankCursor cursor;

	drift_rank_cursor_init(&cursor, p);
	for (int i = 0; i < count; i++)
	{
		double upto = drift_rank_middle(drift_rank_cursor_at(&cursor, values[i]).upto) / n;

		if (!cumulate && i + 1 == count)
			upto = 1;
		upto = fmax(upto, before);
		shares[i] = cumulate ? upto : upto - before;
		before = upto;
	}
	return shares;
}

static void
SharesOfSides(const Pair *pair, const double *values, int count, bool cumulate, double *shares[2])
{
	for (int s = 0; s < 2; s++)
		shares[s] = HasValues(pair->sides[s]) ? SharesUpto(Numbers(pair->sides[s]), values, count, cumulate) : NULL;
}

/* Points evenly from low to high, both among them */
static void
Spread(Axis axis, double *values, int count)
{
	for (int i = 0; i < count; i++)
		values[i] = axis.low + (axis.high - axis.low) * i / (count - 1);
	values[count - 1] = axis.high;
}

static void
AppendNumberHistogram(StringInfo out, const Pair *pair, Axis axis)
{
	const DriftProfile *typical = pair->sides[0] ? pair->sides[0] : pair->sides[1];
	double values[2 * DRIFT_DISCRETE_VALUES + 1];
	double *shares[2];
	int count = FewValues(pair, values);
	bool discrete = count > 0;

	if (!discrete && !IsDrawable(axis))
	{
		appendStringInfoString(out, "null");
		return;
	}
	if (!discrete)
	{
		count = CHART_BINS;
		Spread(axis, values, count + 1);
	}
	/* a bin ends where the next one begins; a value ends with itself */
	SharesOfSides(pair, discrete ? values : values + 1, count, false, shares);
	if (discrete || IsTime(typical))
	{
		appendStringInfoString(out, "{\"labels\": ");
		for (int i = 0; i < count; i++)
		{
			appendStringInfoString(out, i > 0 ? ", " : "[");
			escape_json(out, FormatNumber(typical->value_type, values[i]));
		}
		appendStringInfoChar(out, ']');
	}
	else
	{
		appendStringInfoChar(out, '{');
		AppendNumbers(out, "edges", values, count + 1, AxisDigits(values, count + 1));
	}
	AppendSides(out, shares, count, 0);
}

static void
AppendDistribution(StringInfo out, const Pair *pair, Axis axis)
{
	double values[DRIFT_DENSITY_POINTS];
	double *shares[2];

	Spread(axis, values, DRIFT_DENSITY_POINTS);
	SharesOfSides(pair, values, DRIFT_DENSITY_POINTS, true, shares);
	appendStringInfoChar(out, '{');
	AppendNumbers(out, "x", values, DRIFT_DENSITY_POINTS, AxisDigits(values, DRIFT_DENSITY_POINTS));
	AppendSides(out, shares, DRIFT_DENSITY_POINTS, 0);
}

/* Two bandwidths more at either end, for the curve to come down */
static void
AppendDensity(StringInfo out, const Pair *pair, Axis axis)
{
	double bandwidths[2] = {0, 0};
	double values[DRIFT_DENSITY_POINTS];
	double *densities[2] = {NULL, NULL};
	double margin;

	for (int s = 0; s < 2; s++)
		if (HasValues(pair->sides[s]))
			bandwidths[s] = drift_numeric_bandwidth(Numbers(pair->sides[s]));
	margin = 2 * fmin(fmax(bandwidths[0], bandwidths[1]), (axis.high - axis.low) / 4);
	axis.low -= margin;
	axis.high += margin;
	if (!IsDrawable(axis))
	{
		appendStringInfoString(out, "null");
		return;
	}
	Spread(axis, values, DRIFT_DENSITY_POINTS);
	for (int s = 0; s < 2; s++)
		if (bandwidths[s] > 0)
		{
			densities[s] = palloc(sizeof(double) * DRIFT_DENSITY_POINTS);
			drift_numeric_density(Numbers(pair->sides[s]), axis.low, axis.high, bandwidths[s], densities[s]);
		}
	appendStringInfoChar(out, '{');
	AppendNumbers(out, "x", values, DRIFT_DENSITY_POINTS, AxisDigits(values, DRIFT_DENSITY_POINTS));
	AppendSides(out, densities, DRIFT_DENSITY_POINTS, LINE_DIGITS);
}

static bool
IsDiscrete(const Pair *pair)
{
	double values[2 * DRIFT_DISCRETE_VALUES + 1];

	return FewValues(pair, values) > 0;
}

static void
AppendNumberCharts(StringInfo out, const Pair *pair)
{
	const DriftProfile *typical = pair->sides[0] ? pair->sides[0] : pair->sides[1];
	Axis axis = CommonAxis(pair);
	bool has_curves = IsDrawable(axis) && !IsTime(typical);

	appendStringInfoString(out, ", \"histogram\": ");
	AppendNumberHistogram(out, pair, axis);
	appendStringInfoString(out, ", \"cdf\": ");
	if (has_curves)
		AppendDistribution(out, pair, axis);
	else
		appendStringInfoString(out, "null");
	appendStringInfoString(out, ", \"density\": ");
	if (has_curves && !IsDiscrete(pair))
		AppendDensity(out, pair, axis);
	else
		appendStringInfoString(out, "null");
}

/* ------------------------------------------------------------------------
 * Charts of categories
 * ------------------------------------------------------------------------ */

typedef struct Bar
{
	const char *label;
	uint32 place;     /* in the order of the reference, then of the current side */
	double shares[2]; /* NaN: the side has no rows */
} Bar;

static int
CompareWeight(const void *a, const void *b)
{
	double x = fmax(((const Bar *) a)->shares[0], ((const Bar *) a)->shares[1]);
	double y = fmax(((const Bar *) b)->shares[0], ((const Bar *) b)->shares[1]);

	if (x != y)
		return x > y ? -1 : 1;
	return ((const Bar *) a)->place < ((const Bar *) b)->place ? -1 : 1;
}

static int
ComparePlace(const void *a, const void *b)
{
	return ((const Bar *) a)->place < ((const Bar *) b)->place ? -1 : 1;
}

/* The bars of the most frequent categories in their order, with the others in a last one; their number */
static uint32
PickBars(const BinPairs *pairs, Bar *bars)
{
	Bar rest = {.label = REST_LABEL, .place = PG_UINT32_MAX};
	uint32 count = 0;
	uint32 kept;

	for (uint32 i = 0; i < pairs->count; i++)
	{
		const BinPair *pair = &pairs->pairs[i];
		Bar bar = {.label = pair->label,
				   .place = pair->others ? PG_UINT32_MAX : i,
				   .shares = {(double) pair->n_reference / (double) Max(pairs->n_reference, 1),
							  (double) pair->n_current / (double) Max(pairs->n_current, 1)}};

		if (pair->others)
			rest = bar;
		else
			bars[count++] = bar;
	}
	qsort(bars, count, sizeof(Bar), CompareWeight);
	kept = Min(count, CHART_CATEGORIES - 1);
	if (count == CHART_CATEGORIES && rest.shares[0] == 0 && rest.shares[1] == 0)
		kept = count;
	for (uint32 i = kept; i < count; i++)
		for (int s = 0; s < 2; s++)
			rest.shares[s] += bars[i].shares[s];
	qsort(bars, kept, sizeof(Bar), ComparePlace);
	if (rest.shares[0] > 0 || rest.shares[1] > 0)
		bars[kept++] = rest;
	return kept;
}

static DriftProfile *
NoCategories(const DriftProfile *like)
{
	Size size = drift_category_size(DRIFT_CATEGORY_START);
	DriftCategory *empty = ProfileAllocate(size);

	DriftCheck(drift_category_init(empty, size, like->value_type, DRIFT_CATEGORY_LIMIT));
	return &empty->profile;
}

static void
AppendCategoryHistogram(StringInfo out, const Pair *pair)
{
	Sides sides = {pair->sides[0] ? pair->sides[0] : NoCategories(pair->sides[1]),
				   pair->sides[1] ? pair->sides[1] : NoCategories(pair->sides[0])};
	BinPairs pairs = PairBins(sides);
	Bar *bars = palloc(sizeof(Bar) * (pairs.count + 1));
	uint32 count = PickBars(&pairs, bars);

	appendStringInfoString(out, ", \"histogram\": ");
	if (count == 0)
		appendStringInfoString(out, "null");
	else
	{
		double *shares[2] = {NULL, NULL};

		for (int s = 0; s < 2; s++)
			if (HasValues(pair->sides[s]))
			{
				shares[s] = palloc(sizeof(double) * count);
				for (uint32 i = 0; i < count; i++)
					shares[s][i] = bars[i].shares[s];
			}
		for (uint32 i = 0; i < count; i++)
		{
			appendStringInfoString(out, i > 0 ? ", " : "{\"labels\": [");
			escape_json(out, bars[i].label);
		}
		appendStringInfoChar(out, ']');
		AppendSides(out, shares, (int) count, 0);
	}
	appendStringInfoString(out, ", \"cdf\": null, \"density\": null");
}

/* ------------------------------------------------------------------------
 * The object
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_profile_diff);
Datum
drift_profile_diff(PG_FUNCTION_ARGS)
{
	Pair pair;
	const DriftProfile *typical;
	StringInfoData out;

	for (int s = 0; s < 2; s++)
		pair.sides[s] = PG_ARGISNULL(s) ? NULL : ProfileRead(PG_GETARG_DATUM(s));
	typical = pair.sides[0] ? pair.sides[0] : pair.sides[1];
	if (typical == NULL)
		PG_RETURN_NULL();
	if (pair.sides[1] != NULL && pair.sides[1]->kind != typical->kind)
		DriftRaise(DRIFT_KIND_MISMATCH);

	initStringInfo(&out);
	appendStringInfo(&out, "{\"kind\": \"%s\"", typical->kind == DRIFT_NUMERIC ? "numeric" : "categorical");
	for (int s = 0; s < 2; s++)
	{
		appendStringInfo(&out, ", \"%s\": ", side_names[s]);
		AppendSide(&out, pair.sides[s]);
	}
	if (typical->kind == DRIFT_NUMERIC)
		AppendNumberCharts(&out, &pair);
	else
		AppendCategoryHistogram(&out, &pair);
	appendStringInfoChar(&out, '}');
	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data)));
}
