#include "postgres.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"

#include "compat.h"
#include "errors.h"
#include "pg/profile.h"

/* Read the new profile as any other, which checks it; labels must also be text of this database */
static void
CheckIncoming(const struct varlena *packed)
{
	const DriftProfile *p = ProfileRead(PointerGetDatum(packed));

	if (p->kind == DRIFT_CATEGORICAL)
	{
		const DriftCategory *category = (const DriftCategory *) p;

		for (uint32 i = 0; i < category->used; i++)
		{
			const DriftCategoryEntry *entry = drift_category_entry(category, i);

			pg_verifymbstr(drift_category_label(category, entry), entry->length, false);
		}
	}
}

/* Convert textual representation to internal representation */
PG_FUNCTION_INFO_V1(drift_profile_in);
Datum
drift_profile_in(PG_FUNCTION_ARGS)
{
	struct varlena *packed = ProfileFromJson(PG_GETARG_CSTRING(0), fcinfo->context);

	if (packed == NULL)
		PG_RETURN_NULL();
	CheckIncoming(packed);
	PG_RETURN_POINTER(packed);
}

/* Convert internal representation to textual representation */
PG_FUNCTION_INFO_V1(drift_profile_out);
Datum
drift_profile_out(PG_FUNCTION_ARGS)
{
	StringInfoData out;

	initStringInfo(&out);
	ProfileToJson(ProfileRead(PG_GETARG_DATUM(0)), &out);
	PG_RETURN_CSTRING(out.data);
}

/* Convert external binary representation to internal representation */
PG_FUNCTION_INFO_V1(drift_profile_recv);
Datum
drift_profile_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int length = buf->len - buf->cursor;
	struct varlena *packed = palloc(VARHDRSZ + length);

	SET_VARSIZE(packed, VARHDRSZ + length);
	pq_copymsgbytes(buf, VARDATA(packed), length);
	if (length < (int) (offsetof(DriftProfile, row_count) - VARHDRSZ) ||
		((DriftProfile *) packed)->form != DRIFT_PACKED)
		DriftRaise(DRIFT_CORRUPT);
	CheckIncoming(packed);
	PG_RETURN_POINTER(packed);
}

/* Convert internal representation to the external binary representation: the packed form behind its length word */
PG_FUNCTION_INFO_V1(drift_profile_send);
Datum
drift_profile_send(PG_FUNCTION_ARGS)
{
	struct varlena *packed = ProfilePack(ProfileRead(PG_GETARG_DATUM(0)));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, VARDATA(packed), VARSIZE(packed) - VARHDRSZ);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
