/*
 * sparkline.c
 *		A few numbers in the order of time, as small as a word.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "pg/markup.h"

/* From the least to the greatest number and what the caller wants to be seen, with some room above and below */
static void
SetHeight(Plot *plot, const double *numbers, int n, FunctionCallInfo fcinfo)
{
	double room;

	plot->bottom = INFINITY;
	plot->top = -INFINITY;
	for (int i = 0; i < n; i++)
	{
		plot->bottom = fmin(plot->bottom, numbers[i]);
		plot->top = fmax(plot->top, numbers[i]);
	}
	if (!PG_ARGISNULL(2))
		plot->bottom = fmin(plot->bottom, PG_GETARG_FLOAT8(2));
	if (!PG_ARGISNULL(3))
		plot->top = fmax(plot->top, PG_GETARG_FLOAT8(3));
	room = (plot->top / 2 - plot->bottom / 2) / 8;
	plot->bottom -= room;
	plot->top += room;
}

/* 0, 1, 2 and so on */
static double *
Counted(int n)
{
	double *numbers = palloc(sizeof(double) * (n + 1));

	for (int i = 0; i < n; i++)
		numbers[i] = i;
	return numbers;
}

static int
LastNumber(const double *numbers, int n)
{
	while (n > 0 && isnan(numbers[n - 1]))
		n--;
	return n - 1;
}

PG_FUNCTION_INFO_V1(drift_svg_sparkline);

Datum
drift_svg_sparkline(PG_FUNCTION_ARGS)
{
	text *title = PG_ARGISNULL(1) ? cstring_to_text("") : PG_GETARG_TEXT_PP(1);
	StringInfoData out;
	double *numbers;
	Plot plot;
	int n;
	int last;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	numbers = NumbersWithGaps(PG_GETARG_ARRAYTYPE_P(0), &n);
	last = LastNumber(numbers, n);
	if (last < 0)
		PG_RETURN_NULL();
	initStringInfo(&out);
	/* one number is a line of its own */
	plot.left = n > 1 ? 0 : -1;
	plot.right = n > 1 ? n - 1 : 1;
	SetHeight(&plot, numbers, n, fcinfo);
	BeginPlot(&plot, &out, "spark", title);
	if (!PG_ARGISNULL(4) && PG_GETARG_FLOAT8(4) >= plot.bottom && PG_GETARG_FLOAT8(4) <= plot.top)
	{
		BeginPath(&plot, "bound");
		AppendPoint(&plot, 'M', plot.left, PG_GETARG_FLOAT8(4));
		AppendPoint(&plot, 'L', plot.right, PG_GETARG_FLOAT8(4));
		EndPath(&plot);
	}
	AppendLine(&plot, "line", Counted(n), numbers, n);
	BeginPath(&plot, "dot");
	AppendDot(&plot, last, numbers[last]);
	EndPath(&plot);
	EndPlot(&plot);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
