/*
 * distribution_plots.c
 *		How the values of a column lie on both sides of a comparison.
 *
 * Documents may come from anywhere: what is no plot is none, and no error.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "pg/markup.h"

/* Numbers of both sides at places of the axis */
typedef struct Sides
{
	double *x;
	double *reference;
	double *current;
	int n;
} Sides;

/* False where there is no plot in it; histograms have one place more than numbers. A side without rows may be absent. */
static bool
ReadSides(Jsonb *object, const char *places, int more, Sides *sides)
{
	int n_x;
	int n_reference;
	int n_current;

	sides->x = JsonNumbers(object, places, &n_x);
	sides->reference = JsonNumbers(object, "reference", &n_reference);
	sides->current = JsonNumbers(object, "current", &n_current);
	sides->n = n_x - more;
	if (sides->x == NULL || sides->n < 1 || (sides->reference && n_reference != sides->n) ||
		(sides->current && n_current != sides->n))
		return false;
	for (int i = 1; i < n_x; i++)
		if (!(sides->x[i] >= sides->x[i - 1]))
			return false;
	return sides->reference != NULL || sides->current != NULL;
}

static AxisUnit
UnitOf(FunctionCallInfo fcinfo)
{
	char *type = PG_ARGISNULL(2) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(2));

	return strstr(type, "timestamp") ? AXIS_TIME : strstr(type, "date") ? AXIS_DATE : AXIS_NUMBER;
}

static double
Greatest(const double *numbers, int n)
{
	double greatest = 0;

	for (int i = 0; numbers && i < n; i++)
		if (isfinite(numbers[i]))
			greatest = fmax(greatest, numbers[i]);
	return greatest;
}

/* ------------------------------------------------------------------------
 * Histogram
 * ------------------------------------------------------------------------ */

/* Bins without an end are drawn as wide as the mean of the others. False if nothing has two ends. */
static bool
CloseBins(double *edges, int n)
{
	int first = isfinite(edges[0]) ? 0 : 1;
	int last = isfinite(edges[n]) ? n : n - 1;
	double width;

	if (last <= first || !isfinite(edges[first]) || !isfinite(edges[last]) || !(edges[last] > edges[first]))
		return false;
	width = (edges[last] / 2 - edges[first] / 2) / (last - first) * 2;
	edges[0] = first == 1 ? edges[first] - width : edges[0];
	edges[n] = last == n - 1 ? edges[last] + width : edges[n];
	return isfinite(edges[0]) && isfinite(edges[n]);
}

static bool
AreEqualBins(const Sides *sides)
{
	double width = (sides->x[sides->n] - sides->x[0]) / sides->n;

	for (int i = 0; i < sides->n; i++)
		if (fabs(sides->x[i + 1] - sides->x[i] - width) > 0.01 * width)
			return false;
	return true;
}

/* Areas are shares of rows: a bin that is twice as wide is half as high. A bin without width has none. */
static void
MakeHeights(const Sides *sides, double *heights)
{
	double width = (sides->x[sides->n] - sides->x[0]) / sides->n;

	for (int i = 0; heights && i < sides->n; i++)
	{
		double own = sides->x[i + 1] - sides->x[i];

		heights[i] = own > 1e-6 * width && isfinite(heights[i]) ? Max(heights[i], 0) * width / own : 0;
	}
}

static void
AppendSteps(Plot *plot, const char *class_name, const Sides *sides, const double *heights, bool closed)
{
	BeginPath(plot, class_name);
	AppendPoint(plot, 'M', sides->x[0], 0);
	for (int i = 0; i < sides->n; i++)
	{
		AppendPoint(plot, 'L', sides->x[i], heights[i]);
		AppendPoint(plot, 'L', sides->x[i + 1], heights[i]);
	}
	AppendPoint(plot, 'L', sides->x[sides->n], 0);
	if (closed)
		appendStringInfoChar(plot->out, 'Z');
	EndPath(plot);
}

/* Bins that have names instead of edges are taken as equally wide. False if these are no names. */
static bool
CountBins(Jsonb *histogram, Sides *sides, JsonbValue *labels)
{
	int n_reference;
	int n_current;

	if (!JB_ROOT_IS_OBJECT(histogram) || getKeyJsonValueFromContainer(&histogram->root, "labels", 6, labels) == NULL ||
		labels->type != jbvBinary || !JsonContainerIsArray(labels->val.binary.data))
		return false;
	sides->n = JsonContainerSize(labels->val.binary.data);
	sides->reference = JsonNumbers(histogram, "reference", &n_reference);
	sides->current = JsonNumbers(histogram, "current", &n_current);
	if (sides->n < 2 || (sides->reference && n_reference != sides->n) || (sides->current && n_current != sides->n))
		return false;
	sides->x = palloc(sizeof(double) * (sides->n + 1));
	for (int i = 0; i <= sides->n; i++)
		sides->x[i] = i;
	return sides->reference != NULL || sides->current != NULL;
}

/* The first, the middle and the last; the middle one only where all are short */
static void
AppendBinNames(StringInfo out, const Sides *sides, const JsonbValue *labels)
{
	int shown[] = {0, (sides->n - 1) / 2, sides->n - 1};

	appendStringInfoString(out, "<p class=\"axis\">");
	for (int i = 0; i < lengthof(shown); i++)
	{
		JsonbValue *label = getIthJsonbValueFromContainer(labels->val.binary.data, shown[i]);

		if (label->type != jbvString || (i == 1 && label->val.string.len > 10))
			continue;
		appendStringInfoString(out, "<span>");
		AppendMarkup(out, label->val.string.val, pg_mbcharcliplen(label->val.string.val, label->val.string.len, 16));
		appendStringInfoString(out, "</span>");
	}
	appendStringInfoString(out, "</p>");
}

static void
AppendHistogram(Plot *plot, const Sides *sides)
{
	if (sides->reference)
		AppendSteps(plot, "reference-area", sides, sides->reference, true);
	if (sides->current)
	{
		AppendSteps(plot, "current-area", sides, sides->current, true);
		AppendSteps(plot, "current-line", sides, sides->current, false);
	}
	if (sides->reference)
		AppendSteps(plot, "reference-line", sides, sides->reference, false);
}

PG_FUNCTION_INFO_V1(drift_svg_histogram);

Datum
drift_svg_histogram(PG_FUNCTION_ARGS)
{
	Sides sides;
	Plot plot;
	JsonbValue labels;
	StringInfoData out;
	bool named = false;
	bool equal;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (!ReadSides(PG_GETARG_JSONB_P(0), "edges", 1, &sides) || !CloseBins(sides.x, sides.n))
	{
		named = CountBins(PG_GETARG_JSONB_P(0), &sides, &labels);
		if (!named)
			PG_RETURN_NULL();
	}
	equal = AreEqualBins(&sides);
	MakeHeights(&sides, sides.reference);
	MakeHeights(&sides, sides.current);
	plot.left = sides.x[0];
	plot.right = sides.x[sides.n];
	SetRoundHeight(&plot, 0, fmax(Greatest(sides.reference, sides.n), Greatest(sides.current, sides.n)));
	initStringInfo(&out);
	BeginFrame(&plot, &out, PG_GETARG_TEXT_PP(1), equal ? AXIS_SHARE : AXIS_NONE);
	AppendHistogram(&plot, &sides);
	EndPlot(&plot);
	if (named)
		AppendBinNames(&out, &sides, &labels);
	else
		AppendAxis(&plot, UnitOf(fcinfo));
	EndFrame(&plot);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* ------------------------------------------------------------------------
 * Curves
 * ------------------------------------------------------------------------ */

/* A line down to the axis at both ends */
static void
AppendArea(Plot *plot, const char *class_name, const Sides *sides, const double *heights)
{
	BeginPath(plot, class_name);
	AppendPoint(plot, 'M', sides->x[0], 0);
	for (int i = 0; i < sides->n; i++)
		AppendPoint(plot, 'L', sides->x[i], isfinite(heights[i]) ? heights[i] : 0);
	AppendPoint(plot, 'L', sides->x[sides->n - 1], 0);
	appendStringInfoChar(plot->out, 'Z');
	EndPath(plot);
}

static void
AppendBothLines(Plot *plot, const Sides *sides)
{
	if (sides->current)
		AppendLine(plot, "current-line", sides->x, sides->current, sides->n);
	if (sides->reference)
		AppendLine(plot, "reference-line", sides->x, sides->reference, sides->n);
}

/* Where two cumulative curves are furthest from each other */
static void
AppendLargestGap(Plot *plot, const Sides *sides)
{
	double largest = 0;
	int place = -1;

	for (int i = 0; sides->reference && sides->current && i < sides->n; i++)
		if (fabs(sides->reference[i] - sides->current[i]) > largest)
		{
			largest = fabs(sides->reference[i] - sides->current[i]);
			place = i;
		}
	if (place < 0)
		return;
	BeginPath(plot, "gap");
	AppendPoint(plot, 'M', sides->x[place], sides->reference[place]);
	AppendPoint(plot, 'L', sides->x[place], sides->current[place]);
	EndPath(plot);
}

static bool
SetWidth(Plot *plot, const Sides *sides)
{
	plot->left = sides->x[0];
	plot->right = sides->x[sides->n - 1];
	return isfinite(plot->left) && isfinite(plot->right);
}

PG_FUNCTION_INFO_V1(drift_svg_cumulative);

Datum
drift_svg_cumulative(PG_FUNCTION_ARGS)
{
	Sides sides;
	Plot plot = {.bottom = 0, .top = 1};
	StringInfoData out;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || !ReadSides(PG_GETARG_JSONB_P(0), "x", 0, &sides) ||
		!SetWidth(&plot, &sides))
		PG_RETURN_NULL();
	initStringInfo(&out);
	BeginFrame(&plot, &out, PG_GETARG_TEXT_PP(1), AXIS_SHARE);
	AppendBothLines(&plot, &sides);
	AppendLargestGap(&plot, &sides);
	EndPlot(&plot);
	AppendAxis(&plot, UnitOf(fcinfo));
	EndFrame(&plot);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

PG_FUNCTION_INFO_V1(drift_svg_density);

Datum
drift_svg_density(PG_FUNCTION_ARGS)
{
	Sides sides;
	Plot plot;
	StringInfoData out;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || !ReadSides(PG_GETARG_JSONB_P(0), "x", 0, &sides) ||
		!SetWidth(&plot, &sides))
		PG_RETURN_NULL();
	plot.bottom = 0;
	plot.top = 1.05 * fmax(Greatest(sides.reference, sides.n), Greatest(sides.current, sides.n));
	initStringInfo(&out);
	BeginFrame(&plot, &out, PG_GETARG_TEXT_PP(1), AXIS_NONE);
	if (sides.reference)
		AppendArea(&plot, "reference-area", &sides, sides.reference);
	if (sides.current)
		AppendArea(&plot, "current-area", &sides, sides.current);
	AppendBothLines(&plot, &sides);
	EndPlot(&plot);
	AppendAxis(&plot, UnitOf(fcinfo));
	EndFrame(&plot);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
