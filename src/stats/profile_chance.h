/*
 * profile_chance.h
 *		What statistics of two profiles are when nothing has drifted: feeds the
 *		rows of both profiles to chance_cells.h and chance_curve.h.
 *
 * On profiles that are summaries the rows are where they are estimated to be.
 * What chance does hardly depends on that: it needs the shape of the pooled
 * distribution only. DRIFT_TYPE_MISMATCH, DRIFT_EMPTY_REFERENCE and
 * DRIFT_EMPTY_CURRENT as for the statistics.
 */
#ifndef DRIFT_STATS_PROFILE_CHANCE_H
#define DRIFT_STATS_PROFILE_CHANCE_H

#include "stats/category.h"
#include "stats/chance_cells.h"
#include "stats/chance_curve.h"
#include "stats/numeric.h"

/* Over the bins of drift_numeric_divergence(). */
DriftStatus drift_numeric_chance_cells(DriftDivergenceKind kind, const DriftNumeric *reference,
									   const DriftNumeric *current, uint32_t bins, DriftChanceCells *cells);

/* Over the categories of drift_category_divergence(); order is scratch for the entries of both. */
DriftStatus drift_category_chance_cells(DriftDivergenceKind kind, const DriftCategory *reference,
										const DriftCategory *current, uint32_t *order, DriftChanceCells *cells);

/* Over the values of both. */
DriftStatus drift_numeric_chance_curve(const DriftNumeric *reference, const DriftNumeric *current,
									   DriftChanceCurve *curve);

#endif
