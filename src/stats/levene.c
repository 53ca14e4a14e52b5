#include "stats/levene.h"

#include <math.h>

#include "stats/special.h"

void
drift_levene_init(DriftLevene *l, int64_t n_reference, int64_t n_current, double median_reference,
				  double median_current)
{
	*l = (DriftLevene){.n = {n_reference, n_current}, .median = {median_reference, median_current}};
}

/* Welford's update by equal rows. */
static void
add_rows(DriftLevene *l, int side, double value, int64_t rows)
{
	double distance = fabs(value - l->median[side]);
	double delta = distance - l->mean[side];

	l->seen[side] += rows;
	l->mean[side] += delta * ((double) rows / (double) l->seen[side]);
	l->m2[side] += delta * (double) rows * (distance - l->mean[side]);
}

void
drift_levene_step(DriftLevene *l, double value, int64_t c_reference, int64_t c_current)
{
	if (c_reference > 0)
		add_rows(l, 0, value, c_reference);
	if (c_current > 0)
		add_rows(l, 1, value, c_current);
}

DriftTest
drift_levene_finish(const DriftLevene *l)
{
	DriftTest test;
	double n = (double) l->n[0];
	double m = (double) l->n[1];
	double difference = l->mean[0] - l->mean[1];
	double between = n / (n + m) * m * difference * difference;
	double within = (l->m2[0] + l->m2[1]) / (n + m - 2);

	test.statistic = l->n[0] > 0 && l->n[1] > 0 && n + m > 2 ? between / within : (double) NAN;
	/* F of 1 and df is the square of Student's t of df */
	test.p_value = 2 * drift_student_t_sf(sqrt(test.statistic), n + m - 2);
	return test;
}
