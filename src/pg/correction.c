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
CorrectPValues(double *p_values, int count, Correction correct)
{
	Placed *placed = palloc(sizeof(Placed) * (count + 1));
	double *ascending = palloc(sizeof(double) * (count + 1));

	for (int i = 0; i < count; i++)
		placed[i] = (Placed){p_values[i], i};
	qsort(placed, count, sizeof(Placed), ComparePlaced);
	for (int i = 0; i < count; i++)
		ascending[i] = placed[i].p_value;
	correct(ascending, count);
	for (int i = 0; i < count; i++)
		p_values[placed[i].place] = ascending[i];
	pfree(placed);
	pfree(ascending);
}

/* NULL for none */
static Correction
CorrectionOfName(const char *name)
{
	if (strcmp(name, "bh") == 0)
		return drift_correct_ascending;
	if (strcmp(name, "holm") == 0)
		return drift_correct_holm;
	if (strcmp(name, "bonferroni") == 0)
		return drift_correct_bonferroni;
	if (strcmp(name, "none") == 0)
		return NULL;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no correction named \"%s\"", name),
					errhint("Use bh, holm, bonferroni or none.")));
}

/* correct_p_values(p_values, correction): NULLs stay and do not count */
PG_FUNCTION_INFO_V1(drift_correct_p_values);
Datum
drift_correct_p_values(PG_FUNCTION_ARGS)
{
	Correction correct =
		PG_ARGISNULL(1) ? drift_correct_ascending : CorrectionOfName(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	Datum *values;
	bool *nulls;
	double *p_values;
	int count;
	int family = 0;
	int lower_bound = 1;

	if (PG_ARGISNULL(0) && !correct)
		PG_RETURN_NULL();
	if (!correct)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	if (PG_ARGISNULL(0))
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(FLOAT8OID));
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values,
					  &nulls, &count);
	p_values = palloc(sizeof(double) * (count + 1));
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			p_values[family++] = DatumGetFloat8(values[i]);
	CorrectPValues(p_values, family, correct);
	family = 0;
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			values[i] = Float8GetDatum(p_values[family++]);
	if (count == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(FLOAT8OID));
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, 1, &count, &lower_bound, FLOAT8OID, sizeof(float8),
											 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
