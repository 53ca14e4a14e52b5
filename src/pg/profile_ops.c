/*
 * profile_ops.c
 *		What one profile can be asked.
 */
#include "postgres.h"

#include <math.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "errors.h"
#include "pg/format_number.h"
#include "pg/profile.h"
#include "stats/bins.h"
#include "stats/category_codec.h"
#include "stats/numeric_codec.h"
#include "stats/numeric_rank.h"
#include "stats/numeric_statistics.h"

/* Every profile's row count: the one fact that needs no unpacking of the rest is not worth a path of its own */
PG_FUNCTION_INFO_V1(drift_row_count);
Datum
drift_row_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(ProfileRead(PG_GETARG_DATUM(0))->row_count);
}

PG_FUNCTION_INFO_V1(drift_missing_count);
Datum
drift_missing_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(ProfileRead(PG_GETARG_DATUM(0))->missing_count);
}

PG_FUNCTION_INFO_V1(drift_missing_rate);
Datum
drift_missing_rate(PG_FUNCTION_ARGS)
{
	const DriftProfile *p = ProfileRead(PG_GETARG_DATUM(0));

	if (p->row_count == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) p->missing_count / (double) p->row_count);
}

PG_FUNCTION_INFO_V1(drift_kind);
Datum
drift_kind(PG_FUNCTION_ARGS)
{
	const DriftProfile *p = ProfileRead(PG_GETARG_DATUM(0));

	PG_RETURN_TEXT_P(cstring_to_text(p->kind == DRIFT_NUMERIC ? "numeric" : "categorical"));
}

PG_FUNCTION_INFO_V1(drift_value_type);
Datum
drift_value_type(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {[DRIFT_VALUE_NUMBER] = "number",
										[DRIFT_VALUE_DATE] = "date",
										[DRIFT_VALUE_TIMESTAMP] = "timestamp",
										[DRIFT_VALUE_TEXT] = "text",
										[DRIFT_VALUE_BOOLEAN] = "boolean"};

	PG_RETURN_TEXT_P(cstring_to_text(names[ProfileRead(PG_GETARG_DATUM(0))->value_type]));
}

PG_FUNCTION_INFO_V1(drift_is_exact);
Datum
drift_is_exact(PG_FUNCTION_ARGS)
{
	const DriftProfile *p = ProfileRead(PG_GETARG_DATUM(0));

	PG_RETURN_BOOL(p->kind == DRIFT_NUMERIC ? ((const DriftNumeric *) p)->exact
											: drift_category_is_exact((const DriftCategory *) p));
}

PG_FUNCTION_INFO_V1(drift_mean);
Datum
drift_mean(PG_FUNCTION_ARGS)
{
	const DriftNumeric *p = ProfileReadNumeric(PG_GETARG_DATUM(0));

	if (drift_profile_n(&p->profile) == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(drift_numeric_mean(p));
}

PG_FUNCTION_INFO_V1(drift_stddev);
Datum
drift_stddev(PG_FUNCTION_ARGS)
{
	const DriftNumeric *p = ProfileReadNumeric(PG_GETARG_DATUM(0));

	if (drift_profile_n(&p->profile) < 2)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(drift_numeric_stddev(p));
}

PG_FUNCTION_INFO_V1(drift_minimum);
Datum
drift_minimum(PG_FUNCTION_ARGS)
{
	const DriftNumeric *p = ProfileReadNumeric(PG_GETARG_DATUM(0));

	if (p->key_count == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(drift_numeric_keys(p)[0]);
}

PG_FUNCTION_INFO_V1(drift_maximum);
Datum
drift_maximum(PG_FUNCTION_ARGS)
{
	const DriftNumeric *p = ProfileReadNumeric(PG_GETARG_DATUM(0));

	if (p->key_count == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(drift_numeric_keys(p)[p->key_count - 1]);
}

PG_FUNCTION_INFO_V1(drift_quantile);
Datum
drift_quantile(PG_FUNCTION_ARGS)
{
	const DriftNumeric *p = ProfileReadNumeric(PG_GETARG_DATUM(0));
	double q = PG_GETARG_FLOAT8(1);

	if (!(q >= 0.0 && q <= 1.0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("quantile must be from 0 to 1, not %g", q)));
	if (drift_profile_n(&p->profile) == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(drift_numeric_quantile(p, q));
}

PG_FUNCTION_INFO_V1(drift_cdf);
Datum
drift_cdf(PG_FUNCTION_ARGS)
{
	const DriftNumeric *p = ProfileReadNumeric(PG_GETARG_DATUM(0));
	double x = PG_GETARG_FLOAT8(1);
	int64 n = drift_profile_n(&p->profile);

	if (isnan(x))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a distribution function has no value at NaN")));
	if (n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(drift_rank_middle(drift_numeric_rows_upto(p, x)) / (double) n);
}

/* share_outside(profile, low, high) */
PG_FUNCTION_INFO_V1(drift_share_outside);
Datum
drift_share_outside(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(
		drift_numeric_share_outside(ProfileReadNumeric(PG_GETARG_DATUM(0)), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2)));
}

/* Largest error of a rank, as a share of the rows; for categories, of a count */
PG_FUNCTION_INFO_V1(drift_rank_error);
Datum
drift_rank_error(PG_FUNCTION_ARGS)
{
	const DriftProfile *p = ProfileRead(PG_GETARG_DATUM(0));
	int64 n = drift_profile_n(p);

	if (p->kind == DRIFT_NUMERIC)
		PG_RETURN_FLOAT8(drift_numeric_rank_error((const DriftNumeric *) p));
	PG_RETURN_FLOAT8(n == 0 ? 0.0 : (double) ((const DriftCategory *) p)->absent_error / (double) n);
}

PG_FUNCTION_INFO_V1(drift_distinct_count);
Datum
drift_distinct_count(PG_FUNCTION_ARGS)
{
	const DriftProfile *p = ProfileRead(PG_GETARG_DATUM(0));
	int64 count;

	if (p->kind == DRIFT_NUMERIC)
		count = ((const DriftNumeric *) p)->exact ? (int64) ((const DriftNumeric *) p)->key_count : -1;
	else
		count = drift_category_distinct((const DriftCategory *) p);
	if (count < 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(count);
}

PG_FUNCTION_INFO_V1(drift_compact);
Datum
drift_compact(PG_FUNCTION_ARGS)
{
	DriftProfile *p = ProfileCopy(PG_GETARG_DATUM(0));

	if (p->kind == DRIFT_NUMERIC)
		drift_numeric_compact((DriftNumeric *) p, DRIFT_COMPACT_BYTES);
	else
	{
		DriftCategory *category = (DriftCategory *) p;

		drift_category_compact(category, DRIFT_COMPACT_BYTES, palloc(sizeof(uint32) * (category->used + 1)));
	}
	PG_RETURN_POINTER(ProfilePack(p));
}

/* bins: a row per bin */

/* (a, b], with the value itself for a bin that holds one value only */
static char *
NumericBinLabel(uint8 value_type, const double *edges, uint32 edge_count, uint32 bin)
{
	bool first = bin == 0;
	bool last = bin == edge_count;

	if (first && last)
		return pstrdup("(-Infinity, Infinity)");
	if (last)
		return psprintf("> %s", FormatNumber(value_type, edges[bin - 1]));
	if (!first && edges[bin - 1] == nextafter(edges[bin], -INFINITY))
		return FormatNumber(value_type, edges[bin]);
	if (first)
	{
		/* below a value that is cut out on both sides */
		if (edge_count > 1 && edges[0] == nextafter(edges[1], -INFINITY))
			return psprintf("< %s", FormatNumber(value_type, edges[1]));
		return psprintf("<= %s", FormatNumber(value_type, edges[0]));
	}
	if (bin + 1 < edge_count && edges[bin] == nextafter(edges[bin + 1], -INFINITY))
		return psprintf("(%s, %s)", FormatNumber(value_type, edges[bin - 1]), FormatNumber(value_type, edges[bin + 1]));
	return psprintf("(%s, %s]", FormatNumber(value_type, edges[bin - 1]), FormatNumber(value_type, edges[bin]));
}

static void
PutBin(ReturnSetInfo *rsinfo, int bin, const double *lower, const double *upper, Datum category, const char *label,
	   int64 rows, int64 n)
{
	Datum values[7];
	bool nulls[7] = {false};

	values[0] = Int32GetDatum(bin);
	values[1] = lower ? Float8GetDatum(*lower) : (Datum) 0;
	nulls[1] = lower == NULL;
	values[2] = upper ? Float8GetDatum(*upper) : (Datum) 0;
	nulls[2] = upper == NULL;
	values[3] = category;
	nulls[3] = category == (Datum) 0;
	values[4] = CStringGetTextDatum(label);
	values[5] = Int64GetDatum(rows);
	values[6] = Float8GetDatum(n > 0 ? (double) rows / (double) n : 0.0);
	nulls[6] = n == 0;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static void
PutNumericBins(ReturnSetInfo *rsinfo, const DriftNumeric *p, uint32 bins)
{
	double edges[DRIFT_MAX_EDGES];
	uint32 edge_count;
	DriftCount *counts;
	const double low = -INFINITY;
	const double high = INFINITY;

	DriftCheck(drift_numeric_common_edges(p, p, bins, edges, &edge_count));
	counts = palloc(sizeof(DriftCount) * (edge_count + 1));
	drift_numeric_bin_counts(p, edges, edge_count, counts);
	for (uint32 i = 0; i <= edge_count; i++)
		PutBin(rsinfo, i + 1, i > 0 ? &edges[i - 1] : &low, i < edge_count ? &edges[i] : &high, (Datum) 0,
			   NumericBinLabel(p->profile.value_type, edges, edge_count, i), counts[i].value,
			   drift_profile_n(&p->profile));
}

static void
PutCategories(ReturnSetInfo *rsinfo, const DriftCategory *p)
{
	uint32 *order = palloc(sizeof(uint32) * (p->used + 1));
	int64 n = drift_profile_n(&p->profile);

	drift_category_sorted_order(p, order);
	for (uint32 i = 0; i < p->used; i++)
	{
		const DriftCategoryEntry *entry = drift_category_entry(p, order[i]);
		char *label = pnstrdup(drift_category_label(p, entry), entry->length);

		PutBin(rsinfo, i + 1, NULL, NULL, CStringGetTextDatum(label), label, entry->count, n);
	}
	if (drift_category_rest(p) > 0)
		PutBin(rsinfo, p->used + 1, NULL, NULL, (Datum) 0, "(other)", drift_category_rest(p), n);
}

/* The bins a profile has counted, or those it would be cut into; for categories the categories */
PG_FUNCTION_INFO_V1(drift_bins);
Datum
drift_bins(PG_FUNCTION_ARGS)
{
	const DriftProfile *p = ProfileRead(PG_GETARG_DATUM(0));
	int32 bins = PG_NARGS() > 1 ? PG_GETARG_INT32(1) : 0;

	if (PG_NARGS() > 1 && (bins < DRIFT_MIN_BINS || bins > DRIFT_MAX_BINS))
		DriftRaise(DRIFT_BAD_BINS);
	InitMaterializedSRF(fcinfo, 0);
	if (p->kind == DRIFT_CATEGORICAL)
		PutCategories((ReturnSetInfo *) fcinfo->resultinfo, (const DriftCategory *) p);
	else if (drift_profile_n(p) > 0)
		PutNumericBins((ReturnSetInfo *) fcinfo->resultinfo, (const DriftNumeric *) p, bins);
	return (Datum) 0;
}
