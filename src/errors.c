#include "postgres.h"

#include "errors.h"

#define EMPTY_SIDE_HINT "A statistic of two samples needs a value that is not missing on each side."

typedef struct StatusError
{
	int sqlstate;
	const char *message;
	const char *detail; /* or NULL */
	const char *hint;   /* or NULL */
} StatusError;

static const StatusError errors[] = {
	[DRIFT_EMPTY_REFERENCE] = {ERRCODE_INVALID_PARAMETER_VALUE, "the reference has no values", NULL, EMPTY_SIDE_HINT},
	[DRIFT_EMPTY_CURRENT] = {ERRCODE_INVALID_PARAMETER_VALUE, "the current side has no values", NULL, EMPTY_SIDE_HINT},
	[DRIFT_KIND_MISMATCH] = {ERRCODE_DATATYPE_MISMATCH, "the statistic does not apply to profiles of this kind", NULL,
							 "Both profiles must be numeric, or both categorical where the statistic allows it; "
							 "drift.kind() tells which they are."},
	[DRIFT_TYPE_MISMATCH] = {ERRCODE_DATATYPE_MISMATCH, "the profiles are of columns of different types", NULL,
							 "drift.value_type() tells which they are."},
	[DRIFT_BAD_BINS] = {ERRCODE_INVALID_PARAMETER_VALUE, "the number of bins must be from 2 to 1024", NULL, NULL},
	[DRIFT_BAD_EDGES] = {ERRCODE_INVALID_PARAMETER_VALUE, "bin edges must be strictly ascending numbers", NULL, NULL},
	[DRIFT_BAD_FLOOR] = {ERRCODE_INVALID_PARAMETER_VALUE, "the smallest share must be greater than 0 and less than 0.5",
						 NULL, NULL},
	[DRIFT_TOO_MANY_CATEGORIES] = {ERRCODE_INVALID_PARAMETER_VALUE, "too many distinct values for this statistic",
								   "z_test and fisher_exact_test compare the shares of two values.",
								   "Use ks_test for numbers and chi_square_test for categories."},
	[DRIFT_OVERFLOW] = {ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "too many rows for one profile", NULL, NULL},
	[DRIFT_TRUNCATED] = {ERRCODE_INVALID_BINARY_REPRESENTATION, "invalid profile", "Its bytes end too early.", NULL},
	[DRIFT_TRAILING_BYTES] = {ERRCODE_INVALID_BINARY_REPRESENTATION, "invalid profile",
							  "Its bytes go on after the end.", NULL},
	[DRIFT_BAD_VERSION] = {ERRCODE_INVALID_BINARY_REPRESENTATION, "invalid profile",
						   "It was written by another version of drift.", NULL},
	[DRIFT_CORRUPT] = {ERRCODE_INVALID_BINARY_REPRESENTATION, "invalid profile", "It contradicts itself.", NULL},
	[DRIFT_TOO_LARGE] = {ERRCODE_PROGRAM_LIMIT_EXCEEDED, "too large for one value", NULL, NULL},
	[DRIFT_UNSUPPORTED] = {ERRCODE_FEATURE_NOT_SUPPORTED, "not supported", NULL, NULL}};

void
DriftRaise(DriftStatus status)
{
	const StatusError *e = &errors[status < lengthof(errors) ? status : DRIFT_OK];

	/* DRIFT_NO_SPACE is answered with more space and never gets here */
	if (e->message == NULL)
		elog(ERROR, "unexpected kernel status %d", (int) status);
	ereport(ERROR, (errcode(e->sqlstate), errmsg_internal("%s", e->message),
					e->detail ? errdetail_internal("%s", e->detail) : 0, e->hint ? errhint("%s", e->hint) : 0));
}
