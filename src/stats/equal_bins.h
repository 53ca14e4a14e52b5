/*
 * equal_bins.h
 *		Bins of equal width, counted and cut as numpy.histogram_bin_edges() does.
 *
 * The number of bins is a rule's width evaluated literally in double, since
 * rounding can add a bin (Sturges' rule where the rows are a power of two). A
 * bin holds its lower edge, the last one its upper edge too.
 */
#ifndef DRIFT_STATS_EQUAL_BINS_H
#define DRIFT_STATS_EQUAL_BINS_H

#include <stdbool.h>
#include <stdint.h>

/* Most bins that a rule can ask for; both rules stay far below it. */
#define DRIFT_EQUAL_BINS_MAX 10000

typedef struct DriftEqualBins
{
	double first; /* lower edge of the first bin */
	double last;  /* upper edge of the last bin */
	double step;
	int64_t count;
} DriftEqualBins;

/* Width by Sturges' rule for a sample of size values from least to greatest; numpy's 'sturges'. */
double drift_sturges_width(double least, double greatest, int64_t size);

/*
 * Width by Doane's rule, which adds bins for skewness; numpy's 'doane'. m2 and
 * m3 are the mean squared and cubed deviations of the sample.
 */
double drift_doane_width(double least, double greatest, int64_t size, double m2, double m3);

/*
 * Bins of about that width from least to greatest; 0 asks for a single one. Of
 * integers (whole) no bin is narrower than 1, as in numpy 2. A constant sample
 * gets half a unit on either side. False where no such bins exist: an infinite
 * range, or edges that doubles cannot tell apart.
 */
bool drift_equal_bins_of_width(DriftEqualBins *bins, double least, double greatest, double width, bool whole);

/* A given number of bins, 1 to DRIFT_EQUAL_BINS_MAX, whatever the edges become. */
void drift_equal_bins_of_count(DriftEqualBins *bins, double first, double last, int64_t count);

/* Edge 0 .. count. */
double drift_equal_bins_edge(const DriftEqualBins *bins, int64_t edge);

/* Bin of a value: 0 .. count - 1; -1 below the first edge, count above the last one. */
int64_t drift_equal_bins_find(const DriftEqualBins *bins, double value);

#endif
