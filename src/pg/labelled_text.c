/*
 * labelled_text.c
 *		Labelled rows with bins or edges as text.
 *
 * An untyped literal or parameter could be a number of bins as well as an
 * array of edges, and the parser refuses to guess. It prefers text, though, so
 * this form takes both: what begins with a brace is an array of edges.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "pg/labelled.h"

typedef struct BinsText
{
	text *source; /* the argument as it came, to compare with */
	PGFunction accum;
	Datum bins; /* what it means: integer or array of edges */
} BinsText;

static Datum
ReadEdges(char *source)
{
	Oid input;
	Oid element;

	getTypeInputInfo(FLOAT8ARRAYOID, &input, &element);
	return OidInputFunctionCall(input, source, element, -1);
}

/* Read the argument; the result lives as long as the aggregate */
static BinsText *
ReadBinsText(FunctionCallInfo fcinfo)
{
	MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	BinsText *bins = palloc(sizeof(BinsText));
	char *source;

	if (PG_ARGISNULL(3))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bins must not be NULL")));
	bins->source = PG_GETARG_TEXT_P_COPY(3);
	source = text_to_cstring(bins->source);
	if (source[strspn(source, " \t\r\n")] == '{')
	{
		bins->accum = drift_labelled_bins_accum;
		bins->bins = ReadEdges(source);
	}
	else
	{
		bins->accum = drift_labelled_accum;
		bins->bins = Int32GetDatum(pg_strtoint32(source));
	}
	pfree(source);
	MemoryContextSwitchTo(old);
	return bins;
}

static void
CheckSameText(FunctionCallInfo fcinfo, const BinsText *bins)
{
	text *source = PG_ARGISNULL(3) ? NULL : PG_GETARG_TEXT_PP(3);

	if (source == NULL || !LabelledSameText(source, bins->source))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bins must be the same for all rows")));
}

PG_FUNCTION_INFO_V1(drift_labelled_text_accum);
Datum
drift_labelled_text_accum(PG_FUNCTION_ARGS)
{
	BinsText *bins = fcinfo->flinfo->fn_extra;

	if (bins == NULL)
		fcinfo->flinfo->fn_extra = bins = ReadBinsText(fcinfo);
	else
		CheckSameText(fcinfo, bins);
	fcinfo->args[3].value = bins->bins;
	return bins->accum(fcinfo);
}
