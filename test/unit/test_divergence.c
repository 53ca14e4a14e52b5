/*
 * test_divergence.c
 *		Divergences of count vectors against golden values, and their laws.
 */
#include "stats/divergence.h"

#include "golden.h"

static DriftDivergence
divergence(const int64_t *reference, const int64_t *current, int k, double floor)
{
	DriftDivergence d;
	int64_t n = 0;
	int64_t m = 0;

	for (int i = 0; i < k; i++)
		n += reference[i], m += current[i];
	drift_divergence_init(&d, n, m, floor);
	for (int i = 0; i < k; i++)
		drift_divergence_step(&d, reference[i], current[i]);
	return d;
}

static void
test_golden(int argc, char **argv)
{
	static const char *const names[] = {"psi", "js_distance", "hellinger_distance", "total_variation"};
	Golden g;
	Worst worst[4] = {{0}};
	double kl_error = 0;
	int64_t reference[128];
	int64_t current[128];

	golden_open(&g, argc, argv, "divergence.csv");
	while (golden_next(&g))
	{
		int k = golden_counts(&g, 0, reference, 128);
		double kl = golden_double(&g, 4);
		DriftDivergence d;

		golden_counts(&g, 1, current, 128);
		d = divergence(reference, current, k, golden_double(&g, 2));
		worst_add(&worst[0], drift_psi(&d), golden_double(&g, 3), &g);
		worst_add(&worst[1], drift_js_distance(&d), golden_double(&g, 5), &g);
		worst_add(&worst[2], drift_hellinger_distance(&d), golden_double(&g, 6), &g);
		worst_add(&worst[3], drift_total_variation(&d), golden_double(&g, 7), &g);

		/* the terms of kl have both signs: what they leave has the error of the terms */
		if (drift_kl_divergence(&d) != kl)
			kl_error = fmax(kl_error, fabs(drift_kl_divergence(&d) - kl) / fmax(fabs(kl), 0.01));
	}
	golden_close(&g, "divergence.csv", 90);
	for (int i = 0; i < 4; i++)
		worst_report(&worst[i], 1e-9, names[i]);
	ok(kl_error <= 1e-12, "kl_divergence within 1e-12 of the larger of its value and 0.01");
	printf("# largest error %.3g\n", kl_error);
}

static void
test_documented(void)
{
	static const int64_t reference[] = {40, 35, 15, 10};
	static const int64_t current[] = {10, 15, 25, 50};
	DriftDivergence d = divergence(reference, current, 4, DRIFT_DEFAULT_FLOOR);

	is_close(drift_psi(&d), 1.280205607763647, 1e-15, "the documented age bins");
}

static void
test_laws(void)
{
	static const int64_t one[] = {3, 0, 7, 10};
	static const int64_t twice[] = {6, 0, 14, 20};
	static const int64_t other[] = {0, 5, 0, 0};
	DriftDivergence same = divergence(one, twice, 4, DRIFT_DEFAULT_FLOOR);
	DriftDivergence apart = divergence(one, other, 4, DRIFT_DEFAULT_FLOOR);
	DriftDivergence raw = divergence(one, other, 4, 0);
	DriftDivergence swapped = divergence(other, one, 4, DRIFT_DEFAULT_FLOOR);

	ok(drift_psi(&same) == 0 && drift_kl_divergence(&same) == 0 && drift_js_distance(&same) == 0 &&
		   drift_hellinger_distance(&same) == 0 && drift_total_variation(&same) == 0,
	   "equal shares are at distance zero");
	is_close(drift_js_distance(&apart), 1, 1e-15, "js_distance of disjoint shares is one");
	is_close(drift_hellinger_distance(&apart), 1, 1e-15, "hellinger_distance of disjoint shares is one");
	is_close(drift_total_variation(&apart), 1, 1e-15, "total_variation of disjoint shares is one");
	is_close(drift_psi(&swapped), drift_psi(&apart), 1e-15, "psi is symmetric");
	ok(drift_psi(&raw) == (double) INFINITY && drift_kl_divergence(&raw) == (double) INFINITY,
	   "without a floor psi and kl of an empty bin are infinite");
}

static void
test_chance(void)
{
	is_close(drift_psi_chance(10, 1000, 500), 9 * 0.003, 1e-15, "expected psi without drift");
	is_close(drift_psi_p_value(0.003 * 27.877164871256568, 10, 1000, 500), 0.001, 1e-12, "psi at its 99.9 % point");
	is_close(drift_psi_p_value(0.5, 1, 10, 10), 1, 0, "one bin cannot differ");
	ok(isnan(drift_psi_p_value(0.1, 10, 0, 10)) && isnan(drift_psi_p_value((double) NAN, 10, 10, 10)) &&
		   isnan(drift_psi_chance(0, 10, 10)) && isnan(drift_psi_p_value(0.1, INT64_MIN, 10, 10)),
	   "undefined input gives NaN");
}

static void
test_hostile(void)
{
	static const int64_t counts[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
	static const double floors[] = {(double) NAN, -1, 0, 1e-300, 1e-4, 0.5, 2, (double) INFINITY};
	int wrong = 0;

	for (int i = 0; i < 5 * 5 * 5 * 5 * 8; i++)
	{
		DriftDivergence d;

		drift_divergence_init(&d, counts[i % 5], counts[i / 5 % 5], floors[i / 625]);
		drift_divergence_step(&d, counts[i / 25 % 5], counts[i / 125 % 5]);
		wrong += drift_js_distance(&d) < 0 || drift_js_distance(&d) > 1;
		wrong += drift_hellinger_distance(&d) < 0 || drift_hellinger_distance(&d) > 1;
		wrong += drift_total_variation(&d) < 0 || drift_total_variation(&d) > 1;
		wrong += drift_psi(&d) < 0;
		if (counts[i % 5] <= 0)
			wrong += !isnan(drift_psi(&d)) || !isnan(drift_js_distance(&d)) || !isnan(drift_total_variation(&d));
	}
	ok(wrong == 0, "distances stay in their range for any counts");
}

int
main(int argc, char **argv)
{
	test_golden(argc, argv);
	test_documented();
	test_laws();
	test_chance();
	test_hostile();
	return done_testing();
}
