/*
 * binary_auc.h
 *		Area under the ROC curve of unsorted scores, exactly and without sorting them.
 *
 * Scores are keys of sample.h. They are counted in buckets, and the full ones
 * are divided into cells. Pairs of different cells are then known, and those of
 * one cell are compared.
 */
#ifndef DRIFT_STATS_BINARY_AUC_H
#define DRIFT_STATS_BINARY_AUC_H

#include "stats/sample.h"

#define DRIFT_AUC_BUCKET_BITS 12
#define DRIFT_AUC_BUCKETS (1 << DRIFT_AUC_BUCKET_BITS)
#define DRIFT_AUC_CELLS (1 << 17)

/* The cells of a bucket: the bits below the bucket's are their number. */
typedef struct DriftAucBucket
{
	uint32_t first; /* cell */
	uint16_t shift; /* low bits of a place that a cell ignores */
	uint16_t mask;
} DriftAucBucket;

typedef struct DriftAuc
{
	const uint64_t *keys[2]; /* of the negatives, of the positives */
	int64_t n[2];
	int64_t fullest; /* keys of one class in a cell */
	void (*poll)(void);
	DriftBuckets buckets;
	DriftAucBucket bucket[DRIFT_AUC_BUCKETS];
	uint32_t cells;
	uint32_t rows[2][DRIFT_AUC_CELLS]; /* in a cell; then, where its next key goes */
} DriftAuc;

/*
 * 1 to DRIFT_SAMPLE_LARGE keys of each class. start() counts; finish() compares
 * in scratch with room for all keys and fullest more. The area is the same as
 * that of binary_separation.h.
 */
void drift_auc_start(DriftAuc *a, const uint64_t *negatives, int64_t n, const uint64_t *positives, int64_t m,
					 void (*poll)(void));
double drift_auc_finish(DriftAuc *a, uint64_t *scratch);

#endif
