#include "stats/binary_loss.h"

uint32_t
drift_calibration_bin(double score, uint32_t bins)
{
	uint32_t bin = (uint32_t) (score * (double) bins);

	bin = bin < bins ? bin : bins - 1;
	while (bin > 0 && score <= drift_calibration_edge(bin, bins))
		bin--;
	while (bin + 1 < bins && score > drift_calibration_edge(bin + 1, bins))
		bin++;
	return bin;
}

void
drift_calibration_add(DriftCalibrationBin *bin, double score, double positives, double negatives)
{
	double rows = positives + negatives;

	bin->rows += rows;
	drift_sum_add(&bin->score, score * rows);
	drift_sum_add(&bin->positives, positives);
}

void
drift_calibration_merge(DriftCalibrationBin *into, const DriftCalibrationBin *from, uint32_t bins)
{
	for (uint32_t b = 0; b < bins; b++)
	{
		into[b].rows += from[b].rows;
		drift_sum_merge(&into[b].score, &from[b].score);
		drift_sum_merge(&into[b].positives, &from[b].positives);
	}
}

double
drift_expected_calibration_error(const DriftCalibrationBin *bin, uint32_t bins)
{
	DriftSum distance = {0};
	double rows = 0;

	for (uint32_t b = 0; b < bins; b++)
	{
		double high = bin[b].score.high - bin[b].positives.high;

		drift_sum_add(&distance, fabs(high + (bin[b].score.low - bin[b].positives.low)));
		rows += bin[b].rows;
	}
	return drift_sum_total(&distance) / rows;
}
