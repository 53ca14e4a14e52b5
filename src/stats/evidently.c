/*
 * evidently.c
 *		Rules of the Python library Evidently (0.7).
 */
#include "stats/evidently.h"

#include <math.h>
#include <string.h>

#include "stats/special.h"

/* The default test depends on whether the reference has more values than this. */
#define LARGE_REFERENCE 1000

const DriftEvidentlyRule drift_evidently_rules[DRIFT_EVIDENTLY_TESTS] = {
	[DRIFT_EVIDENTLY_PSI] = {"psi", "psi", 0.1, false, true, true, true},
	[DRIFT_EVIDENTLY_KL_DIV] = {"kl_div", "kl_divergence", 0.1, false, true, true, true},
	[DRIFT_EVIDENTLY_JENSENSHANNON] = {"jensenshannon", "js_distance (natural log)", 0.1, false, true, true, true},
	[DRIFT_EVIDENTLY_HELLINGER] = {"hellinger", "hellinger_distance", 0.1, false, true, true, true},
	[DRIFT_EVIDENTLY_WASSERSTEIN] = {"wasserstein", "normalized_wasserstein_distance", 0.1, false, true, true, false},
	[DRIFT_EVIDENTLY_KS] = {"ks", "ks_test", 0.05, true, true, true, false},
	[DRIFT_EVIDENTLY_Z] = {"z", "z_test", 0.05, true, false, false, true},
	[DRIFT_EVIDENTLY_CHISQUARE] = {"chisquare", "chi_square_goodness_of_fit_test", 0.05, true, false, false, true},
	[DRIFT_EVIDENTLY_T_TEST] = {"t_test", "t_test (pooled variance)", 0.05, true, false, true, false},
	[DRIFT_EVIDENTLY_MANNW] = {"mannw", "mann_whitney_test (less)", 0.05, true, false, true, false},
	[DRIFT_EVIDENTLY_G_TEST] = {"g_test", "g_test (reference not scaled)", 0.1, true, false, false, true},
	[DRIFT_EVIDENTLY_FISHER_EXACT] = {"fisher_exact", "fisher_exact_test", 0.1, true, false, false, true},
	[DRIFT_EVIDENTLY_CRAMER_VON_MISES] = {"cramer_von_mises", "cramer_von_mises_test", 0.1, true, true, true, false},
	[DRIFT_EVIDENTLY_ANDERSON] = {"anderson", "anderson_darling_test", 0.1, true, false, true, false},
	[DRIFT_EVIDENTLY_ED] = {"ed", "energy_distance", 0.1, false, false, true, false},
	[DRIFT_EVIDENTLY_ES] = {"es", "epps_singleton_test", 0.05, true, false, true, false}};

DriftEvidentlyTest
drift_evidently_find(const char *name)
{
	int test = 0;

	while (test < DRIFT_EVIDENTLY_TESTS && strcmp(drift_evidently_rules[test].name, name) != 0)
		test++;
	return (DriftEvidentlyTest) test;
}

DriftEvidentlyTest
drift_evidently_default(bool numeric, int64_t n_reference, int64_t distinct)
{
	bool continuous = numeric && distinct > 5;

	if (n_reference > LARGE_REFERENCE)
		return continuous ? DRIFT_EVIDENTLY_WASSERSTEIN : DRIFT_EVIDENTLY_JENSENSHANNON;
	if (continuous)
		return DRIFT_EVIDENTLY_KS;
	return distinct > 2 ? DRIFT_EVIDENTLY_CHISQUARE : DRIFT_EVIDENTLY_Z;
}

bool
drift_evidently_drifted(DriftEvidentlyTest test, double score)
{
	const DriftEvidentlyRule *rule = &drift_evidently_rules[test];

	if (score == rule->threshold)
		return rule->inclusive;
	return rule->p_value ? score < rule->threshold : score > rule->threshold;
}

void
drift_filled_shares_init(DriftFilledShares *s, int64_t n_reference, int64_t n_current)
{
	*s = (DriftFilledShares){.n = {n_reference, n_current}, .least = {n_reference, n_current}};
}

void
drift_filled_shares_survey(DriftFilledShares *s, int64_t c_reference, int64_t c_current)
{
	int64_t rows[2] = {c_reference, c_current};

	s->bins++;
	for (int side = 0; side < 2; side++)
	{
		if (rows[side] == 0)
			s->empty[side]++;
		else if (rows[side] < s->least[side])
			s->least[side] = rows[side];
	}
}

void
drift_filled_shares_fill(DriftFilledShares *s)
{
	for (int side = 0; side < 2; side++)
	{
		double least = (double) s->least[side] / (double) s->n[side];

		s->fill[side] = least <= 0.0001 ? least / 1e6 : 0.0001;
		s->sum[side] = 1 + (double) s->empty[side] * s->fill[side];
	}
}

void
drift_filled_shares_step(DriftFilledShares *s, int64_t c_reference, int64_t c_current)
{
	double p = c_reference == 0 ? s->fill[0] : (double) c_reference / (double) s->n[0];
	double q = c_current == 0 ? s->fill[1] : (double) c_current / (double) s->n[1];

	s->psi += (p - q) * log(p / q);
	p /= s->sum[0];
	q /= s->sum[1];
	s->kl += p * log(p / q);
}

void
drift_unscaled_g_step(DriftUnscaledG *g, int64_t c_reference, int64_t c_current)
{
	g->categories++;
	if (c_current > 0)
		g->statistic += 2 * (double) c_current * log((double) c_current / (double) c_reference);
}

double
drift_unscaled_g_p_value(const DriftUnscaledG *g)
{
	return g->categories < 2 ? (double) NAN : drift_chi2_sf(g->statistic, (double) (g->categories - 1));
}
