/*
 * category_bars.c
 *		The shares of categories on both sides, as bars beside their names.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"

#include "pg/markup.h"

/* Categories that get bars of their own, and letters of a name that are shown */
#define MOST_BARS 12
#define MOST_LETTERS 80

static void
AppendBar(StringInfo out, const char *side, double share, double widest)
{
	appendStringInfo(out, "<span class=\"bar is-%s\" style=\"width:%.1f%%\"></span>", side,
					 widest > 0 ? Min(100.0 * share / widest, 100.0) : 0.0);
}

static void
AppendRow(StringInfo out, double reference, double current, double widest)
{
	appendStringInfoString(out, "</span><span aria-hidden=\"true\">");
	AppendBar(out, "reference", reference, widest);
	AppendBar(out, "current", current, widest);
	appendStringInfoString(out, "</span><span class=\"value\">");
	AppendShortPercent(out, reference);
	appendStringInfoString(out, " &#8594; <b>");
	AppendShortPercent(out, current);
	appendStringInfoString(out, "</b></span>");
}

/* A share that a page can show: what is none is 0 */
static double
ShareAt(const double *shares, int n, int i)
{
	return i < n && shares[i] > 0 ? Min(shares[i], 1.0) : 0.0;
}

static double
SumFrom(const double *shares, int n, int first)
{
	double sum = 0;

	for (int i = first; i < n; i++)
		sum += ShareAt(shares, n, i);
	return Min(sum, 1.0);
}

PG_FUNCTION_INFO_V1(drift_html_bars);

Datum
drift_html_bars(PG_FUNCTION_ARGS)
{
	Jsonb *histogram = PG_GETARG_JSONB_P(0);
	JsonbValue labels;
	int n_reference;
	int n_current;
	double *reference = JsonNumbers(histogram, "reference", &n_reference);
	double *current = JsonNumbers(histogram, "current", &n_current);
	int n;
	int shown;
	double widest = 0;
	StringInfoData out;

	if (!JB_ROOT_IS_OBJECT(histogram) || getKeyJsonValueFromContainer(&histogram->root, "labels", 6, &labels) == NULL ||
		labels.type != jbvBinary || !JsonContainerIsArray(labels.val.binary.data) ||
		(n = JsonContainerSize(labels.val.binary.data)) == 0)
		PG_RETURN_NULL();
	shown = n > MOST_BARS ? MOST_BARS - 1 : n;
	for (int i = 0; i < n; i++)
		widest = fmax(widest, fmax(ShareAt(reference, n_reference, i), ShareAt(current, n_current, i)));
	if (shown < n)
		widest = fmax(widest, fmax(SumFrom(reference, n_reference, shown), SumFrom(current, n_current, shown)));
	initStringInfo(&out);
	appendStringInfoString(&out, "<div class=\"bars\">");
	for (int i = 0; i < shown; i++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(labels.val.binary.data, i);

		appendStringInfoString(&out, "<span class=\"name\"><bdi>");
		if (name->type == jbvString)
			AppendName(&out, name->val.string.val, name->val.string.len, MOST_LETTERS);
		appendStringInfoString(&out, "</bdi>");
		AppendRow(&out, ShareAt(reference, n_reference, i), ShareAt(current, n_current, i), widest);
	}
	if (shown < n)
	{
		appendStringInfo(&out, "<span class=\"name soft\">%d others", n - shown);
		AppendRow(&out, SumFrom(reference, n_reference, shown), SumFrom(current, n_current, shown), widest);
	}
	appendStringInfoString(&out, "</div>");
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
