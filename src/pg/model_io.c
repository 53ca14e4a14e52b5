/*
 * model_io.c
 *		The forms in which a model leaves and enters: base64 as text, bytes as
 *		binary. Both are what is stored, without the length word.
 */
#include "postgres.h"

#include <limits.h>

#include "common/base64.h"
#include "libpq/pqformat.h"

#include "pg/model.h"

#define HEADER offsetof(DriftModel, order_mark)

StaticAssertDecl(HEADER == VARHDRSZ, "the host's length is the length word");

/* Convert textual representation to internal representation */
PG_FUNCTION_INFO_V1(drift_model_in);
Datum
drift_model_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	int length = strlen(text);
	int room = length <= INT_MAX / 3 ? pg_b64_dec_len(length) : 0;
	char *m = palloc(HEADER + room);
	int bytes = room > 0 ? pg_b64_decode_compat(text, length, m + HEADER, room) : -1;

	if (bytes < 0)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", "drift.model"),
				 errdetail("The text form of a model is base64 of its bytes."),
				 errhint("drift.import_model() makes a model of a file.")));
	SET_VARSIZE(m, HEADER + bytes);
	if (!ModelAccept((const DriftModel *) m, HEADER + bytes, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(m);
}

/* Convert internal representation to textual representation */
PG_FUNCTION_INFO_V1(drift_model_out);
Datum
drift_model_out(PG_FUNCTION_ARGS)
{
	const DriftModel *m = ModelDetoast(PG_GETARG_DATUM(0));
	int bytes = VARSIZE(m) - HEADER;
	int room = pg_b64_enc_len(bytes);
	char *text = palloc(room + 1);
	int length = pg_b64_encode_compat((const char *) m + HEADER, bytes, text, room);

	if (length < 0)
		elog(ERROR, "could not encode a model");
	text[length] = '\0';
	PG_RETURN_CSTRING(text);
}

/* Convert external binary representation to internal representation */
PG_FUNCTION_INFO_V1(drift_model_recv);
Datum
drift_model_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int bytes = buf->len - buf->cursor;
	char *m = palloc(HEADER + bytes);

	SET_VARSIZE(m, HEADER + bytes);
	pq_copymsgbytes(buf, m + HEADER, bytes);
	ModelAccept((const DriftModel *) m, HEADER + bytes, NULL);
	PG_RETURN_POINTER(m);
}

/* Convert internal representation to external binary representation */
PG_FUNCTION_INFO_V1(drift_model_send);
Datum
drift_model_send(PG_FUNCTION_ARGS)
{
	const DriftModel *m = ModelDetoast(PG_GETARG_DATUM(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, (const char *) m + HEADER, VARSIZE(m) - HEADER);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
