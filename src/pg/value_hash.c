#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "pg/value_hash.h"
#include "stats/hash.h"

static void
StartHasher(ValueHasher *hasher, Oid type, MemoryContext context)
{
	Oid output;
	bool is_varlena;

	hasher->reader = FindReader(type);
	if (hasher->reader != READ_NOTHING)
		return;
	getTypeOutputInfo(type, &output, &is_varlena);
	fmgr_info_cxt(output, &hasher->output, context);
}

ValueHasher *
ArgumentHashers(FunctionCallInfo fcinfo, int first)
{
	FmgrInfo *flinfo = fcinfo->flinfo;

	if (flinfo->fn_extra == NULL)
	{
		ValueHasher *hashers = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(ValueHasher) * PG_NARGS());

		for (int i = first; i < PG_NARGS(); i++)
			StartHasher(&hashers[i], get_fn_expr_argtype(flinfo, i), flinfo->fn_mcxt);
		flinfo->fn_extra = hashers;
	}
	return flinfo->fn_extra;
}

static uint64
HashCategory(ValueReader reader, Datum value)
{
	CategoryBytes category;

	ReadCategory(reader, value, &category);
	return drift_hash(category.bytes, category.length);
}

uint64
HashValue(ValueHasher *hasher, Datum value)
{
	switch (hasher->reader)
	{
		case READ_FLOAT8:
			return HashDouble(DatumGetFloat8(value));
		case READ_FLOAT4:
			return HashDouble((double) DatumGetFloat4(value));
		case READ_INT2:
			return drift_mix((uint64) DatumGetInt16(value));
		case READ_INT4:
			return drift_mix((uint64) DatumGetInt32(value));
		case READ_INT8:
		case READ_TIMESTAMP:
			return drift_mix((uint64) DatumGetInt64(value));
		case READ_DATE:
			return drift_mix((uint64) DatumGetDateADT(value));
		case READ_NUMERIC:
			return drift_mix(DatumGetUInt64(DirectFunctionCall2(hash_numeric_extended, value, Int64GetDatum(0))));
		case READ_NOTHING:
		{
			char *text = OutputFunctionCall(&hasher->output, value);

			return drift_hash(text, strlen(text));
		}
		default:
			return HashCategory(hasher->reader, value);
	}
}

bool
ValueIsNaN(ValueReader reader, Datum value)
{
	switch (reader)
	{
		case READ_FLOAT8:
			return isnan(DatumGetFloat8(value));
		case READ_FLOAT4:
			return isnan(DatumGetFloat4(value));
		case READ_NUMERIC:
			return numeric_is_nan(DatumGetNumeric(value));
		default:
			return false;
	}
}
