#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "compat.h"
#include "errors.h"
#include "pg/bin_pairs.h"
#include "pg/profile.h"
#include "stats/bins.h"
#include "stats/category_statistics.h"
#include "stats/numeric_rank.h"

#define REST_LABEL "(other)"

static void
AddPair(BinPairs *bins, BinPair pair)
{
	bins->pairs[bins->count++] = pair;
	bins->n_reference += pair.n_reference;
	bins->n_current += pair.n_current;
}

/* The rows up to a value, as drift.cdf() has them */
static double
ShareUpto(const DriftNumeric *p, double x)
{
	return drift_rank_middle(drift_numeric_rows_upto(p, x)) / (double) drift_profile_n(&p->profile);
}

/* Has the profile counted these bins? */
static bool
HasCounted(const DriftNumeric *p, const double *edges, uint32 edge_count)
{
	return edge_count > 0 && p->edge_count == edge_count &&
		   memcmp(drift_numeric_edges(p), edges, sizeof(double) * edge_count) == 0;
}

static int64
RowsBetween(const DriftNumeric *p, double lower, double upper)
{
	double share = (upper < INFINITY ? ShareUpto(p, upper) : 1) - (lower > -INFINITY ? ShareUpto(p, lower) : 0);

	return (int64) rint((double) drift_profile_n(&p->profile) * share);
}

static BinPairs
PairNumbers(const DriftNumeric *reference, const DriftNumeric *current)
{
	double edges[DRIFT_MAX_EDGES];
	uint32 edge_count;
	DriftCount *counts;
	BinPairs bins = {0};
	bool counted;

	if (drift_profile_n(&reference->profile) == 0)
		return bins;
	DriftCheck(drift_numeric_common_edges(reference, current, 0, edges, &edge_count));
	counts = palloc(sizeof(DriftCount) * (edge_count + 1));
	bins.pairs = palloc(sizeof(BinPair) * (edge_count + 1));
	drift_numeric_bin_counts(reference, edges, edge_count, counts);
	counted = HasCounted(current, edges, edge_count);
	for (uint32 i = 0; i <= edge_count; i++)
	{
		BinPair pair = {.bin = (int32) i + 1,
						.lower = i > 0 ? edges[i - 1] : -INFINITY,
						.upper = i < edge_count ? edges[i] : INFINITY,
						.n_reference = counts[i].value};

		if (counted)
			pair.n_current = drift_numeric_bins(current)[i];
		else if (drift_profile_n(&current->profile) > 0)
			pair.n_current = RowsBetween(current, pair.lower, pair.upper);
		AddPair(&bins, pair);
	}
	pfree(counts);
	return bins;
}

static void
AddCategory(BinPairs *bins, int32 bin, const DriftCategory *side, const DriftCategoryEntry *entry, int64 n_reference,
			int64 n_current)
{
	AddPair(bins, (BinPair){.bin = bin,
							.label = pnstrdup(drift_category_label(side, entry), entry->length),
							.n_reference = n_reference,
							.n_current = n_current});
}

static void
AddReferenceCategories(BinPairs *bins, const DriftCategory *reference, const DriftCategory *current, uint32 *order)
{
	drift_category_sorted_order(reference, order);
	for (uint32 i = 0; i < reference->used; i++)
	{
		const DriftCategoryEntry *entry = drift_category_entry(reference, order[i]);
		int64 n_current;

		drift_category_find(current, drift_category_label(reference, entry), entry->length, &n_current);
		AddCategory(bins, (int32) i + 1, reference, entry, entry->count, n_current);
	}
	if (drift_category_rest(reference) > 0)
		AddPair(bins, (BinPair){.bin = (int32) reference->used + 1,
								.label = REST_LABEL,
								.others = true,
								.n_reference = drift_category_rest(reference),
								.n_current = drift_category_rest(current)});
}

static void
AddNewCategories(BinPairs *bins, const DriftCategory *reference, const DriftCategory *current, uint32 *order)
{
	drift_category_sorted_order(current, order);
	for (uint32 i = 0; i < current->used; i++)
	{
		const DriftCategoryEntry *entry = drift_category_entry(current, order[i]);
		int64 n_reference;

		if (!drift_category_find(reference, drift_category_label(current, entry), entry->length, &n_reference))
			AddCategory(bins, (int32) i + 1, current, entry, 0, entry->count);
	}
	if (drift_category_rest(current) > 0 && drift_category_rest(reference) == 0)
		AddPair(bins, (BinPair){.bin = (int32) current->used + 1,
								.label = REST_LABEL,
								.others = true,
								.n_current = drift_category_rest(current)});
}

static BinPairs
PairCategories(const DriftCategory *reference, const DriftCategory *current)
{
	BinPairs bins = {.pairs = palloc(sizeof(BinPair) * ((Size) reference->used + current->used + 2))};
	uint32 *order = palloc(sizeof(uint32) * (Max(reference->used, current->used) + 1));

	AddReferenceCategories(&bins, reference, current, order);
	AddNewCategories(&bins, reference, current, order);
	pfree(order);
	return bins;
}

BinPairs
PairBins(Sides sides)
{
	return SidesAreNumeric(sides) ? PairNumbers(REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides))
								  : PairCategories(REFERENCE_CATEGORIES(sides), CURRENT_CATEGORIES(sides));
}

static int
ComparePlaces(const void *a, const void *b)
{
	const BinPair *x = a;
	const BinPair *y = b;

	if (x->bin != y->bin)
		return x->bin < y->bin ? -1 : 1;
	return x->label ? strcmp(x->label, y->label) : 0;
}

/* Does a bin of its own take so few rows of the reference that it has none? */
static bool
IsRare(const BinPairs *all, const BinPair *pair, bool reference_is_exact, bool rest_apart)
{
	if (pair->label == NULL || (pair->others && !rest_apart))
		return pair->others;
	return pair->n_reference * DRIFT_POOL_DIVISOR < all->n_reference && !(reference_is_exact && pair->n_reference == 0);
}

BinPairs
PoolRarePairs(const BinPairs *all, bool reference_is_exact, bool rest_apart)
{
	BinPairs kept = {.pairs = palloc(sizeof(BinPair) * (all->count + 1))};
	BinPair rare = {.bin = INT32_MAX, .label = REST_LABEL, .others = true};

	for (uint32 i = 0; i < all->count; i++)
	{
		const BinPair *pair = &all->pairs[i];

		if (!IsRare(all, pair, reference_is_exact, rest_apart))
		{
			AddPair(&kept, *pair);
			continue;
		}
		rare.bin = Min(rare.bin, pair->bin);
		rare.n_reference += pair->n_reference;
		rare.n_current += pair->n_current;
	}
	if (rare.bin < INT32_MAX)
		AddPair(&kept, rare);
	qsort(kept.pairs, kept.count, sizeof(BinPair), ComparePlaces);
	return kept;
}

static void
NumbersInPairs(const BinPairs *bins, const DriftNumeric *profile, int64 *rows)
{
	double *edges = palloc(sizeof(double) * (bins->count + 1));
	DriftCount *counts = palloc(sizeof(DriftCount) * (bins->count + 1));

	for (uint32 i = 0; i + 1 < bins->count; i++)
		edges[i] = bins->pairs[i].upper;
	drift_numeric_bin_counts(profile, edges, bins->count - 1, counts);
	for (uint32 i = 0; i < bins->count; i++)
		rows[i] = counts[i].value;
}

static void
CategoriesInPairs(const BinPairs *bins, const DriftCategory *profile, int64 *rows)
{
	int64 left = drift_profile_n(&profile->profile);
	uint32 others = bins->count;

	for (uint32 i = 0; i < bins->count; i++)
	{
		const BinPair *pair = &bins->pairs[i];

		if (pair->others)
		{
			others = i;
			continue;
		}
		drift_category_find(profile, pair->label, strlen(pair->label), &rows[i]);
		left -= rows[i];
	}
	if (others < bins->count)
		rows[others] = left;
}

void
RowsInPairs(const BinPairs *bins, const DriftProfile *profile, int64 *rows)
{
	if (bins->count == 0)
		return;
	if ((bins->pairs[0].label == NULL) != (profile->kind == DRIFT_NUMERIC))
		DriftRaise(DRIFT_KIND_MISMATCH);
	if (profile->kind == DRIFT_NUMERIC)
		NumbersInPairs(bins, (const DriftNumeric *) profile, rows);
	else
		CategoriesInPairs(bins, (const DriftCategory *) profile, rows);
}

BinShare
ShareOfPair(const BinPairs *bins, uint32 i)
{
	BinShare share = {.reference = (double) bins->pairs[i].n_reference / (double) bins->n_reference,
					  .current = (double) bins->pairs[i].n_current / (double) bins->n_current};
	double r = fmax(share.reference, DRIFT_DEFAULT_FLOOR);
	double c = fmax(share.current, DRIFT_DEFAULT_FLOOR);

	share.contribution = (c - r) * log(c / r);
	return share;
}

double
TotalVariationOfPairs(const BinPairs *bins)
{
	double sum = 0;

	for (uint32 i = 0; i < bins->count; i++)
	{
		BinShare share = ShareOfPair(bins, i);

		sum += fabs(share.reference - share.current);
	}
	/* rounding */
	return fmin(sum / 2, 1);
}

DriftTableResult
PooledChiSquareOfPairs(const BinPairs *bins)
{
	BinPair *sorted = palloc(sizeof(BinPair) * (bins->count + 1));
	int64 *rows[2] = {palloc(sizeof(int64) * (bins->count + 1)), palloc(sizeof(int64) * (bins->count + 1))};

	memcpy(sorted, bins->pairs, sizeof(BinPair) * bins->count);
	qsort(sorted, bins->count, sizeof(BinPair), ComparePlaces);
	for (uint32 i = 0; i < bins->count; i++)
	{
		rows[0][i] = sorted[i].n_reference;
		rows[1][i] = sorted[i].n_current;
	}
	return drift_pooled_chi_square(rows[0], rows[1], bins->count);
}

/* psi_bins(reference, current): a row per bin over which drift.psi() is taken */
PG_FUNCTION_INFO_V1(drift_psi_bins);
Datum
drift_psi_bins(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	BinPairs all = PairBins(sides);
	BinPairs bins = PoolRarePairs(&all, ProfileIsExact(sides.reference), false);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (uint32 i = 0; i < bins.count; i++)
	{
		const BinPair *pair = &bins.pairs[i];
		bool numeric = pair->label == NULL;
		Datum values[6] = {Int32GetDatum(pair->bin),         Float8GetDatum(pair->lower),
						   Float8GetDatum(pair->upper),      numeric ? (Datum) 0 : CStringGetTextDatum(pair->label),
						   Int64GetDatum(pair->n_reference), Int64GetDatum(pair->n_current)};
		bool nulls[6] = {false, !numeric, !numeric, numeric, false, false};

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* psi_bin_rows(reference, current, profile): rows of a third profile in each of these bins */
PG_FUNCTION_INFO_V1(drift_psi_bin_rows);
Datum
drift_psi_bin_rows(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	BinPairs all = PairBins(sides);
	BinPairs bins = PoolRarePairs(&all, ProfileIsExact(sides.reference), false);
	int64 *rows = palloc0(sizeof(int64) * (bins.count + 1));
	Datum *elements = palloc(sizeof(Datum) * (bins.count + 1));

	RowsInPairs(&bins, ProfileRead(PG_GETARG_DATUM(2)), rows);
	for (uint32 i = 0; i < bins.count; i++)
		elements[i] = Int64GetDatum(rows[i]);
	PG_RETURN_ARRAYTYPE_P(
		construct_array(elements, (int) bins.count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
