/*
 * plot.c
 *		The box that plots are drawn in.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"

#include "pg/json_number.h"
#include "pg/markup.h"

#define BOX_WIDTH 400.0
#define BOX_HEIGHT 120.0

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

/* Digits of a number that is written with so many of them after the point, without the zeros that end it */
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

void
AppendAxisNumber(StringInfo out, double value)
{
	static const struct
	{
		double size;
		const char *letter;
	} scales[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e4, "k"}};
	double size = fabs(value);

	if (!isfinite(value) || size >= 1e15 || (size > 0 && size < 1e-4))
	{
		appendStringInfo(out, "%.2g", value);
		return;
	}
	for (int i = 0; i < lengthof(scales); i++)
		if (size >= scales[i].size)
		{
			double scaled = value / (scales[i].size == 1e4 ? 1e3 : scales[i].size);

			AppendTrimmed(out, scaled, fabs(scaled) >= 100 ? 0 : fabs(scaled) >= 10 ? 1 : 2);
			appendStringInfoString(out, scales[i].letter);
			return;
		}
	AppendTrimmed(out, value, size == 0 ? 0 : Max(0, 2 - (int) floor(log10(size))));
}

void
AppendAxis(Plot *plot, int labels)
{
	appendStringInfoString(plot->out, "<p class=\"axis\">");
	for (int i = 0; i < labels; i++)
	{
		double share = (double) i / (labels - 1);

		appendStringInfoString(plot->out, "<span>");
		AppendAxisNumber(plot->out, plot->left * (1.0 - share) + plot->right * share);
		appendStringInfoString(plot->out, "</span>");
	}
	appendStringInfoString(plot->out, "</p>");
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
