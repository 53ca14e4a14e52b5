/*
 * simulated.c
 *		Random numbers of simulated rows.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"

#include "compat.h"
#include "stats/counter_random.h"
#include "stats/hash.h"
#include "stats/special.h"

/* The same name gives the same stream in every database */
PG_FUNCTION_INFO_V1(drift_simulation_stream);
Datum
drift_simulation_stream(PG_FUNCTION_ARGS)
{
	text *name = PG_GETARG_TEXT_PP(0);

	PG_RETURN_INT64((int64) drift_hash(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)));
}

PG_FUNCTION_INFO_V1(drift_simulated_uniform);
Datum
drift_simulated_uniform(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(
		drift_counter_uniform((uint64) PG_GETARG_INT64(0), (uint64) PG_GETARG_INT64(1), (uint64) PG_GETARG_INT64(2)));
}

PG_FUNCTION_INFO_V1(drift_simulated_normal);
Datum
drift_simulated_normal(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(drift_normal_quantile(
		drift_counter_uniform((uint64) PG_GETARG_INT64(0), (uint64) PG_GETARG_INT64(1), (uint64) PG_GETARG_INT64(2))));
}

/* One of the two whole numbers around a value, so that its expectation is the value */
PG_FUNCTION_INFO_V1(drift_simulated_integer);
Datum
drift_simulated_integer(PG_FUNCTION_ARGS)
{
	double value = PG_GETARG_FLOAT8(0);
	double below = floor(value);
	double u =
		drift_counter_uniform((uint64) PG_GETARG_INT64(1), (uint64) PG_GETARG_INT64(2), (uint64) PG_GETARG_INT64(3));

	PG_RETURN_FLOAT8(u < value - below ? below + 1 : below);
}

PG_FUNCTION_INFO_V1(drift_normal_score);
Datum
drift_normal_score(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(drift_normal_quantile(PG_GETARG_FLOAT8(0)));
}
