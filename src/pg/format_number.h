/*
 * format_number.h
 *		Numbers of a profile as people read them.
 */
#ifndef DRIFT_PG_FORMAT_NUMBER_H
#define DRIFT_PG_FORMAT_NUMBER_H

/* A number, date or time (DriftValueType), the same in every session; in memory of its own. */
extern char *FormatNumber(uint8 value_type, double x);

#endif
