/*
 * correction.h
 *		p-values corrected for their number.
 */
#ifndef DRIFT_PG_CORRECTION_H
#define DRIFT_PG_CORRECTION_H

/* What corrects ascending p-values, such as drift_correct_ascending() */
typedef void (*Correction)(double *p_values, uint32_t k);

/* Corrects a family of p-values in its order. */
extern void CorrectPValues(double *p_values, int count, Correction correct);

#endif
