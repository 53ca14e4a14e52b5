/*
 * profile_chance.c
 *		What statistics of two profiles are when nothing has drifted.
 */
#include "stats/profile_chance.h"

#include "stats/category_statistics.h"
#include "stats/numeric_rank.h"
#include "stats/numeric_statistics.h"

DriftStatus
drift_numeric_chance_cells(DriftDivergenceKind kind, const DriftNumeric *reference, const DriftNumeric *current,
						   uint32_t bins, DriftChanceCells *cells)
{
	double edges[DRIFT_MAX_EDGES];
	DriftCount counts[2][DRIFT_MAX_EDGES + 1];
	int64_t rows[2][DRIFT_MAX_EDGES + 1];
	uint32_t edge_count;
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status == DRIFT_OK)
		status = drift_numeric_common_edges(reference, current, bins, edges, &edge_count);
	if (status != DRIFT_OK)
		return status;
	drift_numeric_bin_counts(reference, edges, edge_count, counts[0]);
	drift_numeric_bin_counts(current, edges, edge_count, counts[1]);
	for (int side = 0; side < 2; side++)
		for (uint32_t i = 0; i <= edge_count; i++)
			rows[side][i] = counts[side][i].value;
	drift_chance_cells_init(cells, kind, drift_profile_n(&reference->profile), drift_profile_n(&current->profile),
							DRIFT_DEFAULT_FLOOR, 0);
	drift_chance_cells_bins(cells, rows[0], rows[1], edge_count + 1);
	return DRIFT_OK;
}

/* Has the label a cell of its own where a profile is not exact? */
static bool
has_own_cell(const DriftCategoryPairs *pairs, const DriftCategoryPair *pair, bool pools)
{
	double smallest = (double) drift_profile_n(&pairs->reference->profile) / DRIFT_POOL_DIVISOR;

	if (!pools)
		return drift_category_pair_is_shared(pairs, pair);
	return (double) pair->c_reference >= smallest || (!pair->in_reference && drift_category_is_exact(pairs->reference));
}

DriftStatus
drift_category_chance_cells(DriftDivergenceKind kind, const DriftCategory *reference, const DriftCategory *current,
							uint32_t *order, DriftChanceCells *cells)
{
	int64_t n = drift_profile_n(&reference->profile);
	int64_t m = drift_profile_n(&current->profile);
	bool pools = kind == DRIFT_PSI || kind == DRIFT_KL_DIVERGENCE;
	bool exact = drift_category_is_exact(reference) && drift_category_is_exact(current);
	int64_t others = n + m;
	DriftCategoryPairs pairs;
	DriftCategoryPair pair;
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status != DRIFT_OK)
		return status;
	drift_chance_cells_init(cells, kind, n, m, DRIFT_DEFAULT_FLOOR, pools && exact ? drift_chance_pool_below(n) : 0);
	drift_category_pairs_begin(&pairs, reference, current, order);
	while (drift_category_pairs_next(&pairs, &pair))
	{
		if (!exact && !has_own_cell(&pairs, &pair, pools))
			continue;
		drift_chance_cells_step(cells, pair.c_reference + pair.c_current);
		others -= pair.c_reference + pair.c_current;
	}
	drift_chance_cells_step(cells, others);
	return DRIFT_OK;
}

DriftStatus
drift_numeric_chance_curve(const DriftNumeric *reference, const DriftNumeric *current, DriftChanceCurve *curve)
{
	DriftNumericUnion walk = {reference, current, 0, 0};
	DriftRankCursor cursor_r;
	DriftRankCursor cursor_c;
	double value;
	int64_t points[2];
	DriftStatus status = drift_profile_check_sides(&reference->profile, &current->profile);

	if (status != DRIFT_OK)
		return status;
	drift_chance_curve_init(curve, drift_profile_n(&reference->profile), drift_profile_n(&current->profile));
	drift_rank_cursor_init(&cursor_r, reference);
	drift_rank_cursor_init(&cursor_c, current);
	while (drift_numeric_union_next(&walk, &value, &points[0], &points[1]))
	{
		DriftRanks r = drift_rank_cursor_at(&cursor_r, value);
		DriftRanks c = drift_rank_cursor_at(&cursor_c, value);

		drift_chance_curve_step(curve, value, drift_rank_middle(r.below) + drift_rank_middle(c.below),
								drift_rank_middle(r.upto) + drift_rank_middle(c.upto));
	}
	return DRIFT_OK;
}
