#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
#include "utils/uuid.h"

#include "compat.h"
#include "pg/label.h"

static void
UseOwn(Label *label, const char *text)
{
	label->length = strlcpy(label->own, text, sizeof(label->own));
	label->bytes = label->own;
}

static void
ReadEnumLabel(Oid member, Label *label)
{
	HeapTuple tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(member));

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid internal value for enum: %u", member)));
	UseOwn(label, NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel));
	ReleaseSysCache(tuple);
}

void
ReadLabel(ValueReader reader, Datum value, Label *label)
{
	CategoryBytes category;

	switch (reader)
	{
		case READ_BOOL:
			UseOwn(label, DatumGetBool(value) ? "true" : "false");
			return;
		case READ_ENUM:
			ReadEnumLabel(DatumGetObjectId(value), label);
			return;
		case READ_UUID:
			UseOwn(label, DatumGetCString(DirectFunctionCall1(uuid_out, value)));
			return;
		case READ_CHAR:
			UseOwn(label, DatumGetCString(DirectFunctionCall1(charout, value)));
			return;
		default:
			ReadCategory(reader, value, &category);
			label->bytes = category.bytes;
			label->length = category.length;
			return;
	}
}
