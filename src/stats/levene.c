#include "stats/levene.h"

#include "stats/special.h"

void
drift_levene_init(DriftLevene *l, int64_t n_reference, int64_t n_current, double median_reference,
				  double median_current)
{
	*l = (DriftLevene){.n = {n_reference, n_current}, .median = {median_reference, median_current}};
}

void
drift_levene_second_pass(DriftLevene *l)
{
	for (int side = 0; side < 2; side++)
	{
		l->centre[side] = drift_sum_mean(&l->sum[side], l->n[side]);
		l->sum[side] = l->square[side] = (DriftSum){0, 0};
	}
}

/* Sum of squared deviations of the distances from their mean */
static double
deviations(const DriftLevene *l, int side)
{
	double sum = drift_sum_total(&l->sum[side]);

	return drift_sum_total(&l->square[side]) - sum * (sum / (double) l->n[side]);
}

DriftTest
drift_levene_finish(const DriftLevene *l)
{
	DriftTest test;
	double n = (double) l->n[0];
	double m = (double) l->n[1];
	double difference =
		(l->centre[0] - l->centre[1]) + (drift_sum_total(&l->sum[0]) / n - drift_sum_total(&l->sum[1]) / m);
	double between = n / (n + m) * m * difference * difference;
	double within = (deviations(l, 0) + deviations(l, 1)) / (n + m - 2);

	test.statistic = l->n[0] > 0 && l->n[1] > 0 && n + m > 2 ? between / within : (double) NAN;
	/* F of 1 and df is the square of Student's t of df */
	test.p_value = 2 * drift_student_t_sf(sqrt(test.statistic), n + m - 2);
	return test;
}
