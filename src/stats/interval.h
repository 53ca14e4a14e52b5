/*
 * interval.h
 *		A statistic with the interval in which the statistic of the rows lies.
 */
#ifndef DRIFT_STATS_INTERVAL_H
#define DRIFT_STATS_INTERVAL_H

typedef struct DriftInterval
{
	double value;
	double low;
	double high;
} DriftInterval;

/* A test's statistic and p-value, with the interval of each. */
typedef struct DriftIntervalTest
{
	DriftInterval statistic;
	DriftInterval p_value;
} DriftIntervalTest;

static inline DriftInterval
drift_exactly(double value)
{
	DriftInterval interval = {value, value, value};

	return interval;
}

#endif
