/*
 * epps_singleton.h
 *		Epps and Singleton's test of two samples by their characteristic
 *		functions.
 *
 * As scipy.stats.epps_singleton_2samp: the empirical characteristic functions
 * at t = 0.4 and 0.8, in units of the semi-interquartile range of both samples
 * together, make four means a side (cosines and sines); W is n + m times their
 * difference squared by the inverse of its covariance, in small samples
 * corrected (Epps and Singleton 1986; Goerg and Kaiser 2009). W is chi-square
 * with as many degrees of freedom as the covariance has rank.
 */
#ifndef DRIFT_STATS_EPPS_SINGLETON_H
#define DRIFT_STATS_EPPS_SINGLETON_H

#include "stats/hypothesis.h"
#include "stats/sum.h"

/* Fewest values of a side. */
#define DRIFT_EPPS_SINGLETON_MIN 5

#define DRIFT_WAVES 4
#define DRIFT_WAVE_PRODUCTS 10

#define DRIFT_WAVE_SUMS (DRIFT_WAVES + DRIFT_WAVE_PRODUCTS)

typedef struct DriftEppsSingleton
{
	int64_t n[2];
	double frequency;           /* 0.4 in units of the values */
	double centre[DRIFT_WAVES]; /* waves at the middle of the samples: sums about it lose little */
	/* of each side: sums of the waves' distances from those at the centre, then of the products of two */
	DriftSum sum[2][DRIFT_WAVE_SUMS];
} DriftEppsSingleton;

/* Begins a pass; first and third quartile of both samples together. */
void drift_epps_singleton_init(DriftEppsSingleton *e, int64_t n_reference, int64_t n_current, double quartile1,
							   double quartile3);

/* Takes a value and how many rows of each side hold it, in any order. */
void drift_epps_singleton_step(DriftEppsSingleton *e, double value, int64_t c_reference, int64_t c_current);

/*
 * W and its p-value. NaN with an infinite value, quartiles that are the same or fewer than five values on a side; p is
 * NaN where the rank is 0.
 */
DriftTest drift_epps_singleton_finish(const DriftEppsSingleton *e);

#endif
