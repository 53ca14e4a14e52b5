/*
 * correction.h
 *		p-values corrected for their number.
 */
#ifndef DRIFT_PG_CORRECTION_H
#define DRIFT_PG_CORRECTION_H

/* Corrects a family of p-values in its order: drift_correct_ascending(). */
extern void CorrectPValues(double *p_values, int count);

#endif
