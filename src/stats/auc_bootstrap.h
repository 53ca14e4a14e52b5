/*
 * auc_bootstrap.h
 *		Two areas under the ROC curve of rows that are drawn again.
 *
 * Rows are drawn within their class, so that both classes stay as large as they
 * are. Rows with the same score are a group; a replicate counts the rows drawn
 * from each group and walks the groups in their order.
 */
#ifndef DRIFT_STATS_AUC_BOOTSTRAP_H
#define DRIFT_STATS_AUC_BOOTSTRAP_H

#include <stdint.h>

#include "stats/bootstrap.h"

/* Rows with two scores: the positive ones first, then the negative ones. */
typedef struct DriftAucRows
{
	int64_t n[2];       /* negative, positive */
	int64_t groups[2];  /* of each score */
	uint32_t *group[2]; /* of each row, 0 for the lowest score */
	uint32_t *count[2]; /* room: positive and then negative rows of each group */
} DriftAucRows;

/* Numbers the groups of rows with equal keys (sample.h) in ascending order; returns their number. Room as drift_sort_rows(). */
int64_t drift_auc_groups(const uint64_t *keys, int64_t rows, uint64_t *order, uint64_t *scratch, uint32_t *group,
						 void (*poll)(void));

/* The area of a score over all rows; leaves their counts in the room. NaN without rows of a class. */
double drift_auc_of_rows(const DriftAucRows *rows, int score);

/* The first area less the second in a replicate. */
double drift_auc_replicate(const DriftAucRows *rows, uint64_t seed, int64_t replicate);

/* Jackknife of the difference: placement of each row as in DeLong's test, after drift_auc_of_rows() of both scores. place: room for the groups of both scores, of both classes. */
DriftJackknife drift_auc_jackknife(const DriftAucRows *rows, double *const place[2]);

#endif
