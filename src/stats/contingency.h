/*
 * contingency.h
 *		Statistics of the 2 x k table of both samples by category.
 *
 * One accumulator is fed with the rows of each category and answers one of the
 * statistics below. Sizes are rows with a value; r is the reference, c the
 * current side, p and q the shares of a category. Categories that no row has do
 * not count. With fewer than two categories there is nothing to tell apart:
 * statistic 0, no degrees of freedom, p-value 1. An empty side, or counts that
 * do not fit the sizes, make everything NaN.
 */
#ifndef DRIFT_STATS_CONTINGENCY_H
#define DRIFT_STATS_CONTINGENCY_H

#include <stdbool.h>
#include <stdint.h>

typedef enum DriftTableStatistic
{
	/* Pearson's chi-square test of the table, as scipy.stats.chi2_contingency: Yates' correction when k = 2. */
	DRIFT_CHI_SQUARE,

	/* Likelihood-ratio test of the table, as scipy.stats.chi2_contingency(lambda_='log-likelihood'): Yates as there. */
	DRIFT_G,

	/*
	 * Chi-square test that the current side comes from exactly the reference's
	 * shares, as scipy.stats.chisquare(c, r m / n). Infinite where the
	 * reference lacks a category.
	 */
	DRIFT_GOODNESS_OF_FIT,

	/* sqrt(chi-square / (n + m)), uncorrected, 0..1: scipy.stats.contingency.association(method='cramer'). */
	DRIFT_CRAMERS_V,

	/* The same with the bias correction of Bergsma (2013, "A bias-correction for Cramer's V and Tschuprow's T"). */
	DRIFT_CRAMERS_V_CORRECTED,

	/* The largest |p - q|, 0..1. */
	DRIFT_L_INFINITY
} DriftTableStatistic;

typedef struct DriftTable
{
	DriftTableStatistic kind;
	bool valid;
	int64_t n_reference;
	int64_t n_current;
	int64_t categories;
	double terms;     /* sum over categories, or the largest */
	double corrected; /* sum of the terms with Yates' correction */
} DriftTable;

/* What a table says; statistics that are no tests have neither degrees of freedom nor a p-value: NaN. */
typedef struct DriftTableResult
{
	double statistic;
	double df;
	double p_value;
} DriftTableResult;

void drift_table_init(DriftTable *t, DriftTableStatistic kind, int64_t n_reference, int64_t n_current);

/* Adds a category with these rows. */
void drift_table_step(DriftTable *t, int64_t c_reference, int64_t c_current);

DriftTableResult drift_table_finish(const DriftTable *t);

/* Is Yates' correction made for this table? */
bool drift_table_is_corrected(const DriftTable *t);

/* What drift_table_finish() would say if the terms of this table's categories added up to terms, without correction. */
DriftTableResult drift_table_at(const DriftTable *t, double terms);

/*
 * Chi-square test that two samples have the same shares in k categories. Those
 * whose expected count is below five on the smaller side are pooled, and if
 * they do not reach five together the smallest other one, the first of
 * several, goes with them (Cochran's rule, as it is taught for tables of two
 * rows). As DRIFT_CHI_SQUARE of the pooled table.
 */
DriftTableResult drift_pooled_chi_square(const int64_t *reference, const int64_t *current, uint32_t k);

/*
 * observed ln(observed / expected) + expected - observed, not negative; gap is
 * expected - observed, known better than by subtracting. Half of what a cell
 * adds to G, and what its distance from the expectation takes off the
 * logarithm of a probability.
 */
double drift_deviance(double observed, double expected, double gap);

#endif
