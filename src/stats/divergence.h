/*
 * divergence.h
 *		How far two distributions over the same bins are apart.
 *
 * One accumulator is fed with the row counts of each bin and answers all of
 * them. p and q are the shares of the reference and of the current side. An
 * empty side makes every result NaN.
 */
#ifndef DRIFT_STATS_DIVERGENCE_H
#define DRIFT_STATS_DIVERGENCE_H

#include <stdint.h>

/* Smallest share of a bin in the population stability index and in the KL divergence. */
#define DRIFT_DEFAULT_FLOOR 1e-4

typedef struct DriftDivergence
{
	int64_t n_reference;
	int64_t n_current;
	double floor;
	double psi;
	double kl;
	double js;
	double hellinger;
	double tv;
} DriftDivergence;

/* floor: shares are raised to it in psi and kl, 0 for none. NaN and negative ones give NaN results. */
void drift_divergence_init(DriftDivergence *d, int64_t n_reference, int64_t n_current, double floor);
void drift_divergence_step(DriftDivergence *d, int64_t c_reference, int64_t c_current);

/* Population stability index: sum of (p - q) ln(p / q) of shares raised to the floor, not renormalised. */
double drift_psi(const DriftDivergence *d);

/* Kullback-Leibler divergence of the reference from the current side: sum of p ln(p / q), shares as for psi. */
double drift_kl_divergence(const DriftDivergence *d);

/* Jensen-Shannon distance: square root of the base-2 divergence, 0..1; raw shares. */
double drift_js_distance(const DriftDivergence *d);

/* Hellinger distance: |sqrt(p) - sqrt(q)| / sqrt(2), 0..1; raw shares. */
double drift_hellinger_distance(const DriftDivergence *d);

/* Total variation: half the sum of |p - q|, 0..1; raw shares. */
double drift_total_variation(const DriftDivergence *d);

/* What PSI averages when nothing has drifted: (bins - 1) (1/n + 1/m). */
double drift_psi_chance(int64_t bins, int64_t n, int64_t m);

/*
 * Probability of a PSI at least this large when nothing has drifted:
 * psi / (1/n + 1/m) is then chi-square with bins - 1 degrees of freedom.
 */
double drift_psi_p_value(double psi, int64_t bins, int64_t n, int64_t m);

#endif
