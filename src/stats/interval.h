/*
 * interval.h
 *		A statistic with the interval in which the statistic of the rows lies.
 */
#ifndef DRIFT_STATS_INTERVAL_H
#define DRIFT_STATS_INTERVAL_H

typedef struct DriftInterval
{
	double		value;
	double		low;
	double		high;
}			DriftInterval;

static inline DriftInterval
drift_exactly(double value)
{
	DriftInterval interval = {value, value, value};

	return interval;
}

#endif
