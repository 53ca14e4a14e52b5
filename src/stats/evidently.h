/*
 * evidently.h
 *		Rules of the Python library Evidently (0.7): which test a column gets,
 *		its threshold, its verdict, and the shares it compares.
 *
 * Written down from the behaviour of Evidently 0.7.23 with numpy 2.4 and scipy
 * 1.17; test/reference/generate_parity.py compares the results with its own.
 */
#ifndef DRIFT_STATS_EVIDENTLY_H
#define DRIFT_STATS_EVIDENTLY_H

#include <stdbool.h>
#include <stdint.h>

typedef enum DriftEvidentlyTest
{
	DRIFT_EVIDENTLY_PSI,
	DRIFT_EVIDENTLY_KL_DIV,
	DRIFT_EVIDENTLY_JENSENSHANNON,
	DRIFT_EVIDENTLY_HELLINGER,
	DRIFT_EVIDENTLY_WASSERSTEIN,
	DRIFT_EVIDENTLY_KS,
	DRIFT_EVIDENTLY_Z,
	DRIFT_EVIDENTLY_CHISQUARE,
	DRIFT_EVIDENTLY_T_TEST,
	DRIFT_EVIDENTLY_MANNW,
	DRIFT_EVIDENTLY_G_TEST,
	DRIFT_EVIDENTLY_FISHER_EXACT,
	DRIFT_EVIDENTLY_CRAMER_VON_MISES,
	DRIFT_EVIDENTLY_ANDERSON,
	DRIFT_EVIDENTLY_ED,
	DRIFT_EVIDENTLY_ES,
	DRIFT_EVIDENTLY_TESTS /* how many */
} DriftEvidentlyTest;

typedef struct DriftEvidentlyRule
{
	const char *name;   /* Evidently's own, "stattest" */
	const char *method; /* what drift calls the statistic */
	double threshold;
	bool p_value;     /* the score is a p-value: small ones drift */
	bool inclusive;   /* a score equal to the threshold drifts */
	bool numeric;     /* may be asked for numbers */
	bool categorical; /* may be asked for categories */
} DriftEvidentlyRule;

/* Integers of at most so many distinct current values are categories. */
#define DRIFT_EVIDENTLY_INTEGER_CATEGORIES 10

/* Numbers of at most so many distinct reference values get a bin for each of them. */
#define DRIFT_EVIDENTLY_DISCRETE 20

extern const DriftEvidentlyRule drift_evidently_rules[DRIFT_EVIDENTLY_TESTS];

/* The test of that name; DRIFT_EVIDENTLY_TESTS when there is none. */
DriftEvidentlyTest drift_evidently_find(const char *name);

/* The test Evidently chooses; distinct counts the different values of both sides together. */
DriftEvidentlyTest drift_evidently_default(bool numeric, int64_t n_reference, int64_t distinct);

/* Whether a score counts as drift; NaN never does. */
bool drift_evidently_drifted(DriftEvidentlyTest test, double score);

/*
 * Shares of both sides in the same bins, where a side's empty bins get a small
 * share: 1e-4, or a millionth of the side's smallest share where that is 1e-4
 * or less. Survey every bin, fill, then step over every bin again.
 */
typedef struct DriftFilledShares
{
	int64_t n[2]; /* rows of the reference and of the current side */
	int64_t bins;
	int64_t empty[2];
	int64_t least[2]; /* rows of the smallest bin that is not empty */
	double fill[2];   /* share of an empty bin */
	double sum[2];    /* of the shares with fills */
	double psi;       /* sum of (p - q) ln(p / q), not renormalised */
	double kl;        /* sum of p ln(p / q) of the renormalised shares */
} DriftFilledShares;

void drift_filled_shares_init(DriftFilledShares *s, int64_t n_reference, int64_t n_current);
void drift_filled_shares_survey(DriftFilledShares *s, int64_t c_reference, int64_t c_current);
void drift_filled_shares_fill(DriftFilledShares *s);
void drift_filled_shares_step(DriftFilledShares *s, int64_t c_reference, int64_t c_current);

/*
 * G of the current counts against the reference's, which are taken as they are
 * and not scaled: 2 times the sum of c ln(c / r), for sides of one size. As
 * scipy.stats.power_divergence(c, r, lambda_='log-likelihood'). Infinite where
 * the reference lacks a category, whose p-value is 0; of a single category NaN.
 */
typedef struct DriftUnscaledG
{
	double statistic;
	int64_t categories;
} DriftUnscaledG;

void drift_unscaled_g_step(DriftUnscaledG *g, int64_t c_reference, int64_t c_current);
double drift_unscaled_g_p_value(const DriftUnscaledG *g);

#endif
