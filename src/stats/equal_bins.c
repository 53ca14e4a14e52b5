/*
 * equal_bins.c
 *		Bins of equal width, counted and cut as numpy.histogram_bin_edges() does.
 */
#include "stats/equal_bins.h"

#include <math.h>

double
drift_sturges_width(double least, double greatest, int64_t size)
{
	return (greatest - least) / (log2((double) size) + 1.0);
}

double
drift_doane_width(double least, double greatest, int64_t size, double m2, double m3)
{
	double n = (double) size;
	double spread = sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3)));
	double skewness = m3 / (m2 * sqrt(m2));

	if (size <= 2 || !(m2 > 0))
		return 0;
	return (greatest - least) / (1.0 + log2(n) + log2(1.0 + fabs(skewness) / spread));
}

void
drift_equal_bins_of_count(DriftEqualBins *bins, double first, double last, int64_t count)
{
	*bins = (DriftEqualBins){.first = first, .last = last, .step = (last - first) / (double) count, .count = count};
}

bool
drift_equal_bins_of_width(DriftEqualBins *bins, double least, double greatest, double width, bool whole)
{
	double count = 1;

	if (least == greatest)
	{
		least -= 0.5;
		greatest += 0.5;
	}
	if (whole && width > 0 && width < 1)
		width = 1;
	if (width > 0)
		count = ceil((greatest - least) / width);
	if (!(count >= 1 && count <= DRIFT_EQUAL_BINS_MAX) || !isfinite(greatest - least))
		return false;

	drift_equal_bins_of_count(bins, least, greatest, (int64_t) count);
	for (int64_t edge = 0; edge < bins->count; edge++)
		if (!(drift_equal_bins_edge(bins, edge) < drift_equal_bins_edge(bins, edge + 1)))
			return false;
	return true;
}

double
drift_equal_bins_edge(const DriftEqualBins *bins, int64_t edge)
{
	return edge >= bins->count ? bins->last : (double) edge * bins->step + bins->first;
}

int64_t
drift_equal_bins_find(const DriftEqualBins *bins, double value)
{
	double place;
	int64_t bin;

	if (value < bins->first)
		return -1;
	if (value > bins->last)
		return bins->count;
	if (!(bins->step > 0))
		return bins->count - 1;

	/* the division may miss by a bin, the edges decide */
	place = fmin((value - bins->first) / bins->step, (double) (bins->count - 1));
	bin = (int64_t) place;
	while (bin > 0 && value < drift_equal_bins_edge(bins, bin))
		bin--;
	while (bin < bins->count - 1 && value >= drift_equal_bins_edge(bins, bin + 1))
		bin++;
	return bin;
}
