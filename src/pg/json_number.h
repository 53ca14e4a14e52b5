/*
 * json_number.h
 *		Numbers in JSON.
 */
#ifndef DRIFT_PG_JSON_NUMBER_H
#define DRIFT_PG_JSON_NUMBER_H

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

/*
 * Reads a number, a boolean as 0 or 1, or the name of a number that JSON does
 * not have, as to_jsonb() writes it. False, and x as it was, if it is none.
 */
extern bool ReadJsonNumber(const JsonbValue *value, double *x);

/* Writes a number in the shortest form that reads back as the same, or the name of one that JSON does not have. */
extern void AppendJsonNumber(StringInfo out, double x);

#endif
