#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "compat.h"
#include "pg/correction.h"
#include "stats/correction.h"

typedef struct Placed
{
	double p_value;
	int place;
} Placed;

/* NaN last */
static int
ComparePlaced(const void *a, const void *b)
{
	double x = ((const Placed *) a)->p_value;
	double y = ((const Placed *) b)->p_value;

	if (isnan(x) || isnan(y))
		return (int) isnan(x) - (int) isnan(y);
	return x < y ? -1 : (x > y ? 1 : 0);
}

void
CorrectPValues(double *p_values, int count)
{
	Placed *placed = palloc(sizeof(Placed) * (count + 1));
	double *ascending = palloc(sizeof(double) * (count + 1));

	for (int i = 0; i < count; i++)
		placed[i] = (Placed){p_values[i], i};
	qsort(placed, count, sizeof(Placed), ComparePlaced);
	for (int i = 0; i < count; i++)
		ascending[i] = placed[i].p_value;
	drift_correct_ascending(ascending, count);
	for (int i = 0; i < count; i++)
		p_values[placed[i].place] = ascending[i];
	pfree(placed);
	pfree(ascending);
}

/* correct_p_values(p_values, correction): NULLs stay and do not count */
PG_FUNCTION_INFO_V1(drift_correct_p_values);
Datum
drift_correct_p_values(PG_FUNCTION_ARGS)
{
	bool none = !PG_ARGISNULL(1) && strcmp(text_to_cstring(PG_GETARG_TEXT_PP(1)), "none") == 0;
	Datum *values;
	bool *nulls;
	double *p_values;
	int count;
	int family = 0;
	int lower_bound = 1;

	if (PG_ARGISNULL(0) && none)
		PG_RETURN_NULL();
	if (none)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	if (PG_ARGISNULL(0))
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(FLOAT8OID));
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values,
					  &nulls, &count);
	p_values = palloc(sizeof(double) * (count + 1));
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			p_values[family++] = DatumGetFloat8(values[i]);
	CorrectPValues(p_values, family);
	family = 0;
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			values[i] = Float8GetDatum(p_values[family++]);
	if (count == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(FLOAT8OID));
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, 1, &count, &lower_bound, FLOAT8OID, sizeof(float8),
											 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
