/*
 * plot.c
 *		The box that plots are drawn in.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "pg/format_number.h"
#include "pg/json_number.h"
#include "pg/markup.h"
#include "stats/profile.h"

#define BOX_WIDTH 400.0
#define BOX_HEIGHT 120.0

/* ------------------------------------------------------------------------
 * Numbers
 * ------------------------------------------------------------------------ */

/* With so many digits after the point, but for the zeros that end them */
static void
AppendTrimmed(StringInfo out, double value, int decimals)
{
	char *digits = psprintf("%.*f", decimals, value);

	if (strchr(digits, '.'))
	{
		char *end = digits + strlen(digits) - 1;

		while (*end == '0')
			*end-- = '\0';
		if (*end == '.')
			*end = '\0';
	}
	appendStringInfoString(out, strcmp(digits, "-0") == 0 ? "0" : digits);
	pfree(digits);
}

/* What a number of this size is counted in, and its letter */
static double
UnitOfSize(double size, const char **letter)
{
	static const struct
	{
		double from, unit;
		const char *letter;
	} units[] = {{1e12, 1e12, "T"}, {1e9, 1e9, "G"}, {1e6, 1e6, "M"}, {1e4, 1e3, "k"}};

	for (int i = 0; i < lengthof(units); i++)
		if (size >= units[i].from && size < 1e15)
		{
			*letter = units[i].letter;
			return units[i].unit;
		}
	*letter = "";
	return 1;
}

/* One of the numbers of an axis that goes from one to the other */
static double
NumberAt(double from, double to, int label, int labels)
{
	double share = (double) label / (labels - 1);

	return from * (1.0 - share) + to * share;
}

/* Has none of the numbers of an axis anything after so many digits? */
static bool
AreRound(double from, double to, int labels, int decimals)
{
	double scale = pow(10, decimals);

	for (int i = 0; i < labels; i++)
	{
		double scaled = NumberAt(from, to, i, labels) * scale;

		if (!(fabs(scaled - rint(scaled)) < 1e-6))
			return false;
	}
	return true;
}

/* As many digits as tell the numbers of an axis from each other, alike for all of them */
static void
AppendAxisNumber(StringInfo out, double from, double to, int label, int labels)
{
	double value = NumberAt(from, to, label, labels);
	const char *letter;
	double size = fmax(fabs(from), fabs(to));
	double unit = UnitOfSize(size, &letter);
	double range = (to / 2 - from / 2) * 2 / unit;
	int decimals = range > 0 && isfinite(range) ? 1 - (int) floor(log10(range)) : 2;

	if (unit > 1 && decimals > 3)
	{
		decimals -= (int) log10(unit);
		unit = 1;
		letter = "";
	}
	if (size >= 1e15 || size < 1e-4 || decimals > 9)
		appendStringInfo(out, "%.3g", value);
	else
	{
		while (decimals > 0 && AreRound(from / unit, to / unit, labels, decimals - 1))
			decimals--;
		appendStringInfo(out, "%.*f%s", Max(0, decimals), value / unit, letter);
	}
}

void
AppendShortPercent(StringInfo out, double share)
{
	double percent = 100.0 * share;

	AppendTrimmed(out, percent, percent >= 10 ? 0 : percent >= 1 ? 1 : 2);
	appendStringInfoString(out, " %");
}

/* Whole days, and minutes where the axis is short */
static void
AppendTime(StringInfo out, double seconds, double range)
{
	char *time = FormatNumber(DRIFT_VALUE_TIMESTAMP, floor(seconds));

	appendBinaryStringInfo(out, time, (int) Min(strlen(time), range > 3.0 * SECS_PER_DAY ? 10 : 16));
}

static void
AppendLabel(StringInfo out, AxisUnit unit, double from, double to, int label, int labels)
{
	double value = NumberAt(from, to, label, labels);

	switch (unit)
	{
		case AXIS_SHARE:
			AppendShortPercent(out, value);
			break;
		case AXIS_DATE:
			appendStringInfoString(out, FormatNumber(DRIFT_VALUE_DATE, floor(value)));
			break;
		case AXIS_TIME:
			AppendTime(out, value, to - from);
			break;
		default:
			AppendAxisNumber(out, from, to, label, labels);
	}
}

/* ------------------------------------------------------------------------
 * The box
 * ------------------------------------------------------------------------ */

void
BeginPlot(Plot *plot, StringInfo out, const char *class_name, const text *title)
{
	plot->out = out;
	appendStringInfo(out, "<svg class=\"%s\" viewBox=\"0 0 %g %g\" preserveAspectRatio=\"none\" ", class_name,
					 BOX_WIDTH, BOX_HEIGHT);
	if (VARSIZE_ANY_EXHDR(title) == 0)
	{
		appendStringInfoString(out, "aria-hidden=\"true\">");
		return;
	}
	appendStringInfoString(out, "role=\"img\"><title>");
	AppendMarkup(out, VARDATA_ANY(title), VARSIZE_ANY_EXHDR(title));
	appendStringInfoString(out, "</title>");
}

void
EndPlot(Plot *plot)
{
	appendStringInfoString(plot->out, "</svg>");
}

void
BeginFrame(Plot *plot, StringInfo out, const text *title, AxisUnit left)
{
	appendStringInfo(out, "<div class=\"frame\">");
	for (int i = 0; left != AXIS_NONE && i < 3; i++)
	{
		appendStringInfoString(out, "<span>");
		AppendLabel(out, left, plot->bottom, plot->top, 2 - i, 3);
		appendStringInfoString(out, "</span>");
	}
	BeginPlot(plot, out, "plot", title);
	appendStringInfo(out, "<path class=\"grid-line\" d=\"M0 0h%g M0 %gh%g\"/>", BOX_WIDTH, BOX_HEIGHT / 2, BOX_WIDTH);
}

void
AppendAxis(Plot *plot, AxisUnit unit)
{
	int labels = unit == AXIS_DATE || unit == AXIS_TIME ? 2 : 5;

	appendStringInfoString(plot->out, "<p class=\"axis\">");
	for (int i = 0; i < labels; i++)
	{
		appendStringInfoString(plot->out, "<span>");
		AppendLabel(plot->out, unit, plot->left, plot->right, i, labels);
		appendStringInfoString(plot->out, "</span>");
	}
	appendStringInfoString(plot->out, "</p>");
}

void
EndFrame(Plot *plot)
{
	appendStringInfoString(plot->out, "</div>");
}

void
SetRoundHeight(Plot *plot, double least, double greatest)
{
	static const double steps[] = {1, 1.5, 2, 2.5, 3, 4, 5, 10, 15, 20, 25, 50, 100};
	double size = greatest - least;

	plot->bottom = 0;
	plot->top = 1;
	if (!isfinite(size))
		return;
	if (!(size > 0))
		size = greatest != 0 ? fabs(greatest) / 10 : 1;
	for (int i = 0; i < lengthof(steps); i++)
	{
		double step = steps[i] * pow(10, floor(log10(size / 2)));

		plot->bottom = floor(least / step) * step;
		plot->top = plot->bottom + 2 * step;
		if (plot->top >= greatest)
			break;
	}
}

/* ------------------------------------------------------------------------
 * Paths
 * ------------------------------------------------------------------------ */

void
BeginPath(Plot *plot, const char *class_name)
{
	appendStringInfo(plot->out, "<path class=\"%s\" d=\"", class_name);
}

void
EndPath(Plot *plot)
{
	appendStringInfoString(plot->out, "\"/>");
}

/* A tenth of a unit is finer than any screen */
static void
AppendCoordinate(StringInfo out, double x)
{
	int tenths = (int) rint(10.0 * Min(Max(x, -BOX_WIDTH), 2.0 * BOX_WIDTH));
	const char *sign = tenths < 0 ? "-" : "";

	tenths = abs(tenths);
	if (tenths % 10 == 0)
		appendStringInfo(out, "%s%d", sign, tenths / 10);
	else
		appendStringInfo(out, "%s%d.%d", sign, tenths / 10, tenths % 10);
}

/* Where a value lies between two others, as a share; in the middle where they are one */
static double
Place(double value, double from, double to)
{
	/* halves: the difference of two large numbers must not overflow */
	double width = to / 2 - from / 2;

	return width > 0 ? (value / 2 - from / 2) / width : 0.5;
}

void
AppendPoint(Plot *plot, char command, double x, double y)
{
	appendStringInfoChar(plot->out, command);
	AppendCoordinate(plot->out, BOX_WIDTH * Place(x, plot->left, plot->right));
	appendStringInfoChar(plot->out, ' ');
	AppendCoordinate(plot->out, BOX_HEIGHT * (1.0 - Place(y, plot->bottom, plot->top)));
}

void
AppendDot(Plot *plot, double x, double y)
{
	AppendPoint(plot, 'M', x, y);
	appendStringInfoString(plot->out, "h0");
}

void
AppendLine(Plot *plot, const char *class_name, const double *x, const double *y, int n)
{
	bool joined = false;

	BeginPath(plot, class_name);
	for (int i = 0; i < n; i++)
	{
		if (!isfinite(y[i]) || !isfinite(x[i]))
		{
			joined = false;
			continue;
		}
		if (joined)
			AppendPoint(plot, 'L', x[i], y[i]);
		else
			AppendDot(plot, x[i], y[i]);
		joined = true;
	}
	EndPath(plot);
}

/* ------------------------------------------------------------------------
 * Where numbers come from
 * ------------------------------------------------------------------------ */

double *
NumbersWithGaps(ArrayType *array, int *n)
{
	Datum *values;
	bool *nulls;
	double *numbers;

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values, &nulls, n);
	numbers = palloc(sizeof(double) * (*n + 1));
	for (int i = 0; i < *n; i++)
	{
		numbers[i] = nulls[i] ? NAN : DatumGetFloat8(values[i]);
		if (!isfinite(numbers[i]))
			numbers[i] = NAN;
	}
	return numbers;
}

double *
JsonNumbers(Jsonb *object, const char *key, int *n)
{
	JsonbValue found;
	JsonbValue element;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	double *numbers;

	*n = 0;
	if (!JB_ROOT_IS_OBJECT(object) ||
		getKeyJsonValueFromContainer(&object->root, key, (int) strlen(key), &found) == NULL ||
		found.type != jbvBinary || !JsonContainerIsArray(found.val.binary.data))
		return NULL;
	numbers = palloc(sizeof(double) * (JsonContainerSize(found.val.binary.data) + 1));
	iterator = JsonbIteratorInit(found.val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &element, true)) != WJB_DONE)
		if (token == WJB_ELEM && !ReadJsonNumber(&element, &numbers[(*n)++]))
			numbers[*n - 1] = NAN;
	return numbers;
}
