/*
 * binary_auc.h
 *		Area under the ROC curve of unsorted scores, exactly and without sorting them.
 *
 * Scores are keys of sample.h. They are counted in buckets; pairs of different
 * buckets are then known, and those of one bucket are compared.
 */
#ifndef DRIFT_STATS_BINARY_AUC_H
#define DRIFT_STATS_BINARY_AUC_H

#include "stats/sample.h"

typedef struct DriftAuc
{
	const uint64_t *keys[2]; /* of the negatives, of the positives */
	int64_t n[2];
	int64_t mixed;   /* keys in buckets that have both */
	int64_t fullest; /* keys of one class in such a bucket */
	void (*poll)(void);
	DriftBuckets buckets;
	uint32_t rows[2][DRIFT_BUCKETS];
	uint32_t cursor[2][DRIFT_BUCKETS];
} DriftAuc;

/*
 * 1 to DRIFT_SAMPLE_LARGE keys of each class: start() counts, and says how many
 * keys have to be looked at closer; finish() does that in scratch with room for
 * mixed + fullest keys. The area is equal to that of binary_separation.h but for
 * its last bit.
 */
void drift_auc_start(DriftAuc *a, const uint64_t *negatives, int64_t n, const uint64_t *positives, int64_t m,
					 void (*poll)(void));
double drift_auc_finish(DriftAuc *a, uint64_t *scratch);

#endif
