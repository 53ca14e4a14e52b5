/*
 * test_libraries.c
 *		Bins as numpy cuts them, the rules of Evidently and NannyML, and the
 *		tests they take that nobody else does. Numbers are those of numpy 2.4
 *		and scipy 1.17.
 */
#include <string.h>

#include "golden.h"
#include "stats/equal_bins.h"
#include "stats/evidently.h"
#include "stats/hypothesis.h"
#include "stats/nannyml.h"

static int64_t
sturges_bins(double greatest, int64_t size, bool whole)
{
	DriftEqualBins bins;
	bool made = drift_equal_bins_of_width(&bins, 0, greatest, drift_sturges_width(0, greatest, size), whole);

	return made ? bins.count : -1;
}

static void
test_sturges(void)
{
	DriftEqualBins bins;

	ok(sturges_bins(1, 64, false) == 7, "64 rows, 7 bins");
	ok(sturges_bins(3, 4096, false) == 13, "4096 rows, 13 bins");
	ok(sturges_bins(7.3, 1000, false) == 11, "1000 rows, 11 bins");
	ok(sturges_bins(2, 64, true) == 2, "bins of integers are at least 1 wide");
	ok(sturges_bins((double) INFINITY, 64, false) == -1, "an infinite range has no bins");
	ok(sturges_bins((double) NAN, 64, false) == -1, "NaN has no bins");
	ok(sturges_bins(5e-324, 64, false) == 1, "a width that vanishes asks for one bin");
	ok(!drift_equal_bins_of_width(&bins, 1, 1 + 3 * 2.220446049250313e-16, 1e-16, false),
	   "edges that doubles cannot tell apart");
}

static void
test_doane(void)
{
	DriftEqualBins bins;

	drift_equal_bins_of_width(&bins, 1.25e-07, 1,
							  drift_doane_width(1.25e-07, 1, 200, 0.08161023646391406, 0.024597816664881606), false);
	ok(bins.count == 12, "skewed, 12 bins");
	ok(drift_doane_width(4, 4, 9, 0, 0) == 0 && drift_doane_width(0, 1, 2, 0.25, 0) == 0,
	   "constants and pairs have no width");
	ok(drift_equal_bins_of_width(&bins, 4, 4, 0, false) && bins.count == 1 && bins.first == 3.5 && bins.last == 4.5,
	   "a constant has one bin around it");
}

static void
test_find(void)
{
	DriftEqualBins bins;
	bool found = true;

	drift_equal_bins_of_count(&bins, 0.1, 7.7, 37);
	for (int64_t edge = 0; edge < bins.count; edge++)
	{
		double value = drift_equal_bins_edge(&bins, edge);

		found &= drift_equal_bins_find(&bins, value) == edge;
		found &= drift_equal_bins_find(&bins, nextafter(value, -1)) == edge - 1;
		found &= drift_equal_bins_find(&bins, nextafter(value, 9)) == edge;
	}
	ok(found, "a bin holds its lower edge, and not its upper one");
	ok(drift_equal_bins_find(&bins, 7.7) == 36, "but for the last");
	ok(drift_equal_bins_find(&bins, 7.8) == 37 && drift_equal_bins_find(&bins, 0) == -1, "values outside");
	ok(drift_equal_bins_find(&bins, (double) INFINITY) == 37 && drift_equal_bins_find(&bins, -(double) INFINITY) == -1,
	   "infinities are outside");
	drift_equal_bins_of_count(&bins, 2, 2, 5);
	ok(drift_equal_bins_find(&bins, 2) == 4, "of bins without width the last holds the value");
}

static void
test_evidently_rules(void)
{
	bool found = true;

	for (int test = 0; test < DRIFT_EVIDENTLY_TESTS; test++)
		found &= drift_evidently_find(drift_evidently_rules[test].name) == (DriftEvidentlyTest) test;
	ok(found && drift_evidently_find("") == DRIFT_EVIDENTLY_TESTS, "tests by name");
	ok(drift_evidently_default(true, 1000, 6) == DRIFT_EVIDENTLY_KS, "numbers, 1000 rows");
	ok(drift_evidently_default(true, 1001, 6) == DRIFT_EVIDENTLY_WASSERSTEIN, "numbers, 1001 rows");
	ok(drift_evidently_default(true, 1000, 5) == DRIFT_EVIDENTLY_CHISQUARE, "five numbers");
	ok(drift_evidently_default(true, 1001, 5) == DRIFT_EVIDENTLY_JENSENSHANNON, "five numbers, 1001 rows");
	ok(drift_evidently_default(false, 1000, 2) == DRIFT_EVIDENTLY_Z, "two categories");
	ok(drift_evidently_default(false, 1000, 3) == DRIFT_EVIDENTLY_CHISQUARE, "three categories");
	ok(drift_evidently_default(false, 1001, 1) == DRIFT_EVIDENTLY_JENSENSHANNON, "categories, 1001 rows");
	ok(drift_evidently_drifted(DRIFT_EVIDENTLY_KS, 0.05) && !drift_evidently_drifted(DRIFT_EVIDENTLY_Z, 0.05),
	   "p-values at the threshold");
	ok(drift_evidently_drifted(DRIFT_EVIDENTLY_PSI, 0.1) && !drift_evidently_drifted(DRIFT_EVIDENTLY_PSI, 0.0999),
	   "distances at it");
	ok(!drift_evidently_drifted(DRIFT_EVIDENTLY_KS, (double) NAN) &&
		   !drift_evidently_drifted(DRIFT_EVIDENTLY_PSI, (double) NAN),
	   "NaN is no drift");
}

static void
test_filled_shares(void)
{
	static const int64_t rows[4][2] = {{600, 0}, {300, 30}, {100, 60}, {0, 10}};
	DriftFilledShares shares;

	drift_filled_shares_init(&shares, 1000, 100);
	for (int bin = 0; bin < 4; bin++)
		drift_filled_shares_survey(&shares, rows[bin][0], rows[bin][1]);
	drift_filled_shares_fill(&shares);
	for (int bin = 0; bin < 4; bin++)
		drift_filled_shares_step(&shares, rows[bin][0], rows[bin][1]);
	is_close(shares.psi, 6.804803384435637, 1e-14, "PSI with empty bins at 1e-4");
	is_close(shares.kl, 5.039338192656145, 1e-14, "KL of shares that are renormalised after");

	drift_filled_shares_init(&shares, 100000, 10);
	drift_filled_shares_survey(&shares, 10, 0);
	drift_filled_shares_survey(&shares, 99990, 10);
	drift_filled_shares_fill(&shares);
	is_close(shares.fill[0], 1e-10, 1e-14, "a millionth of a smallest share of 1e-4");
	is_close(shares.fill[1], 1e-4, 0, "each side has its own fill");
}

static void
test_nannyml(void)
{
	double p[4] = {0.2, 0.3, 0.5};
	double q[4] = {0.25, 0.25, 0.4};
	double chunks[5] = {0.1, 0.12, 0.09, (double) NAN, 0.11};
	double same[3] = {1, 1, 1};
	double inverse[1000];

	is_close(drift_nannyml_hellinger(p, q, 3), 0.23519848638433033, 1e-15, "Hellinger distance with a rest");
	is_close(drift_nannyml_jensen_shannon(p, q, 3), 0.2401361102646517, 1e-15, "Jensen-Shannon distance with a rest");
	is_close(drift_nannyml_threshold(chunks, 5, 1), 0.13854101966249682, 1e-15, "threshold without the empty chunk");
	is_close(drift_nannyml_threshold(same, 3, 1), 1, 0, "threshold at its limit");
	for (int i = 0; i < 1000; i++)
		inverse[i] = 1 / (i + 1.0);
	ok(drift_numpy_sum(inverse, 1000) == 7.485470860550345 && drift_numpy_sum(inverse, 100) == 5.187377517639621 &&
		   drift_numpy_sum(inverse, 7) == 2.5928571428571425 && drift_numpy_sum(inverse, 0) == 0,
	   "sums as numpy rounds them");
	ok(drift_nannyml_find("chi2") == DRIFT_NANNYML_CHI2 && drift_nannyml_find("ks") == DRIFT_NANNYML_METHODS,
	   "methods by name");
}

static void
test_binned(void)
{
	static const int64_t reference_rows[2] = {3, 1};
	static const int64_t chunk_rows[2] = {1, 2};
	DriftBinnedRows reference = {.n = 4, .rows = reference_rows};
	DriftBinnedRows chunk = {.n = 5, .rows = chunk_rows, .below = 1, .depth = 0.5, .height = 2};
	DriftEqualBins bins;

	drift_equal_bins_of_count(&bins, 0, 4, 2);
	/* 0.75 and 0.4, 1 and 0.8 */
	is_close(drift_nannyml_binned_ks(&bins, &reference, &chunk), 0.35, 1e-15, "KS distance at the edges");
	/* 0.75 and 0.6, 1 and 1: 2 * 0.15 + 0.5 / 5 + 2 / 5 */
	is_close(drift_nannyml_binned_wasserstein(&bins, &reference, &chunk), 0.8, 1e-15,
			 "Wasserstein distance at the edges and beyond");
}

static void
test_tests(void)
{
	is_close(drift_mann_whitney_less(9, 6, 5, 0).p_value, 0.16450216450216448, 1e-14, "Mann-Whitney, less, exact");
	is_close(drift_mann_whitney_less(21, 5, 6, 0).p_value, 0.8766233766233766, 1e-14,
			 "Mann-Whitney, less, exact, above the middle");
	is_close(drift_mann_whitney_less(33.5, 10, 11, 120).p_value, 0.06831317099181064, 1e-13,
			 "Mann-Whitney, less, ties");
	is_close(drift_mann_whitney_less(76.5, 11, 10, 120).p_value, 0.9405434656729251, 1e-13,
			 "Mann-Whitney, less, ties, above the middle");
	is_close(drift_mann_whitney_less(12.5, 5, 5, 990).p_value, 1, 0, "Mann-Whitney, less, of a constant");
	ok(isnan(drift_mann_whitney_less(0, 0, 5, 0).p_value), "Mann-Whitney, less, of nothing");

	is_close(drift_pooled_t(3.5833333333333335, 4.041666666666667, 6, 5.1, 5.425, 5).p_value, 0.27561901769717295,
			 1e-13, "pooled t");
	is_close(drift_pooled_t(1, 0, 1, 5.1, 5.425, 5).p_value, 0.18334939396493283, 1e-13, "pooled t of a single value");
	ok(isnan(drift_pooled_t(1, 0, 5, 1, 0, 5).p_value), "pooled t of equal constants");
	is_close(drift_pooled_t(1, 0, 5, 2, 0, 5).p_value, 0, 0, "pooled t of different constants");
	ok(isnan(drift_pooled_t(1, 0, 1, 2, 0, 1).p_value), "pooled t of two values");
}

int
main(void)
{
	test_sturges();
	test_doane();
	test_find();
	test_evidently_rules();
	test_filled_shares();
	test_nannyml();
	test_binned();
	test_tests();
	return done_testing();
}
