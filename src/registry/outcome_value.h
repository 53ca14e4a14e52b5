/*
 * outcome_value.h
 *		What became true, as outcomes keep it.
 */
#ifndef DRIFT_REGISTRY_OUTCOME_VALUE_H
#define DRIFT_REGISTRY_OUTCOME_VALUE_H

/*
 * The class as models write it, or the number as text; and the number where it
 * is one. Equal numbers have equal texts, whatever their types: 1, 1.0 and
 * 1.00::numeric are '1'. NaN is no value.
 */
typedef struct OutcomeValue
{
	char *actual; /* NULL where there is none */
	bool is_number;
	double number;
} OutcomeValue;

/* Reads a value of any type; an error for types that are neither numbers nor categories. */
extern OutcomeValue ReadOutcome(Oid type, Datum value);

#endif
