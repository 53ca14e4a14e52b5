/*
 * series_plot.c
 *		A number over time, with how it was judged.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "pg/markup.h"

typedef struct Series
{
	double *at;
	double *values;
	int n;
} Series;

/* False where there are no numbers */
static bool
ReadSeries(FunctionCallInfo fcinfo, Series *series)
{
	int n_values;
	bool found = false;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
		return false;
	series->at = NumbersWithGaps(PG_GETARG_ARRAYTYPE_P(0), &series->n);
	series->values = NumbersWithGaps(PG_GETARG_ARRAYTYPE_P(1), &n_values);
	series->n = Min(series->n, n_values);
	for (int i = 0; i < series->n; i++)
		found |= isfinite(series->at[i]) && isfinite(series->values[i]);
	return found;
}

/* All numbers and the bound are seen, and what the caller wants to be */
static void
SetRoom(Plot *plot, const Series *series, FunctionCallInfo fcinfo)
{
	double least = INFINITY;
	double greatest = -INFINITY;

	plot->left = INFINITY;
	plot->right = -INFINITY;
	for (int i = 0; i < series->n; i++)
	{
		if (!isfinite(series->at[i]) || !isfinite(series->values[i]))
			continue;
		plot->left = fmin(plot->left, series->at[i]);
		plot->right = fmax(plot->right, series->at[i]);
		least = fmin(least, series->values[i]);
		greatest = fmax(greatest, series->values[i]);
	}
	for (int i = 4; i <= 5; i++)
		if (!PG_ARGISNULL(i) && isfinite(PG_GETARG_FLOAT8(i)))
		{
			least = fmin(least, PG_GETARG_FLOAT8(i));
			greatest = fmax(greatest, PG_GETARG_FLOAT8(i));
		}
	SetRoundHeight(plot, least, greatest);
}

/* Dots of one severity; "" for those that have none of the three */
static void
AppendDots(Plot *plot, const Series *series, ArrayType *severities, const char *severity)
{
	char class_name[32];
	Datum *words = NULL;
	bool *nulls = NULL;
	int n = 0;

	if (severities)
		deconstruct_array(severities, TEXTOID, -1, false, TYPALIGN_INT, &words, &nulls, &n);
	snprintf(class_name, sizeof(class_name), "dots %s", severity);
	BeginPath(plot, class_name);
	for (int i = 0; i < Min(n, series->n); i++)
		if (!nulls[i] && isfinite(series->at[i]) && isfinite(series->values[i]) &&
			strcmp(TextDatumGetCString(words[i]), severity) == 0)
			AppendDot(plot, series->at[i], series->values[i]);
	EndPath(plot);
}

PG_FUNCTION_INFO_V1(drift_svg_series);

Datum
drift_svg_series(PG_FUNCTION_ARGS)
{
	ArrayType *severities = PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2);
	Series series;
	Plot plot;
	StringInfoData out;

	if (!ReadSeries(fcinfo, &series))
		PG_RETURN_NULL();
	SetRoom(&plot, &series, fcinfo);
	initStringInfo(&out);
	BeginFrame(&plot, &out, PG_GETARG_TEXT_PP(3), AXIS_NUMBER);
	if (!PG_ARGISNULL(5) && isfinite(PG_GETARG_FLOAT8(5)))
	{
		BeginPath(&plot, "bound");
		AppendPoint(&plot, 'M', plot.left, PG_GETARG_FLOAT8(5));
		AppendPoint(&plot, 'L', plot.right, PG_GETARG_FLOAT8(5));
		EndPath(&plot);
	}
	AppendLine(&plot, "line", series.at, series.values, series.n);
	AppendDots(&plot, &series, severities, "ok");
	AppendDots(&plot, &series, severities, "warning");
	AppendDots(&plot, &series, severities, "critical");
	EndPlot(&plot);
	AppendAxis(&plot, AXIS_TIME);
	EndFrame(&plot);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
