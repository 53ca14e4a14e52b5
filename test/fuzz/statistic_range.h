/*
 * statistic_range.h
 *		The ranges that statistics keep to whatever the profiles claim.
 */
#ifndef DRIFT_TEST_STATISTIC_RANGE_H
#define DRIFT_TEST_STATISTIC_RANGE_H

#include <math.h>

#include "fuzz/fuzz.h"
#include "stats/bounded_divergence.h"
#include "stats/fisher.h"
#include "stats/profile.h"

static inline void
require_interval(DriftInterval interval, double lowest, double highest)
{
	REQUIRE(lowest <= interval.low && interval.low <= interval.value);
	REQUIRE(interval.value <= interval.high && interval.high <= highest);
}

/* Tests of the rows of both sides that hold one of two values. */
static inline void
require_two_proportions(const int64_t success[2], const DriftProfile *reference, const DriftProfile *current)
{
	int64_t n = drift_profile_n(reference);
	int64_t m = drift_profile_n(current);
	double z_p = drift_two_proportion_z(success[0], n, success[1], m).p_value;

	REQUIRE(z_p >= 0.0 && z_p <= 1.0);
	/* its time grows with the root of the rows */
	if (n < INT64_C(1) << 30 && m < INT64_C(1) << 30)
	{
		double fisher_p = drift_fisher_exact(success[0], n, success[1], m, NULL).p_value;

		REQUIRE(fisher_p >= 0.0 && fisher_p <= 1.0);
	}
}

/*
 * A divergence with floor 1e-4 over at most 2,049 bins: ln(share / floor) is at
 * most ln 10,000, and floors lift the sum of the shares to 1.2049 at most.
 */
static inline void
require_divergence(DriftDivergenceKind kind, DriftInterval d)
{
	static const double highest[] = {
		[DRIFT_PSI] = 22.3,
		[DRIFT_KL_DIVERGENCE] = 11.1,
		[DRIFT_JS_DISTANCE] = 1.0,
		[DRIFT_HELLINGER_DISTANCE] = 1.0,
		[DRIFT_TOTAL_VARIATION] = 1.0,
	};

	REQUIRE(d.low <= d.value && d.value <= d.high);
	REQUIRE(d.value >= (kind == DRIFT_KL_DIVERGENCE ? -0.2 : 0.0) && d.value <= highest[kind]);
}

#endif
