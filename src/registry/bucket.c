#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "compat.h"
#include "registry/bucket.h"

static const char *
AsUtf8(const char *bytes, Size *length)
{
	char *converted = pg_server_to_any(bytes, (int) *length, PG_UTF8);

	if (converted != bytes)
		*length = strlen(converted);
	return converted;
}

/* The first 32 bits of the SHA-256 of salt and key */
static uint32
KeyHead(const char *salt, Size salt_length, const char *key, Size key_length)
{
	static const uint8 separator = 0x1F;
	uint8 digest[PG_SHA256_DIGEST_LENGTH];
	pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_SHA256);

	salt = AsUtf8(salt, &salt_length);
	key = AsUtf8(key, &key_length);
	if (hash == NULL || pg_cryptohash_init(hash) < 0 ||
		pg_cryptohash_update(hash, (const uint8 *) salt, salt_length) < 0 ||
		pg_cryptohash_update(hash, &separator, 1) < 0 ||
		pg_cryptohash_update(hash, (const uint8 *) key, key_length) < 0 ||
		pg_cryptohash_final(hash, digest, sizeof(digest)) < 0)
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("cannot take the SHA-256 of a key")));
	pg_cryptohash_free(hash);
	return (uint32) digest[0] << 24 | digest[1] << 16 | digest[2] << 8 | digest[3];
}

int32
RouteBucket(const char *salt, Size salt_length, const char *key, Size key_length)
{
	return (int32) ((uint64) KeyHead(salt, salt_length, key, key_length) * ROUTE_BUCKETS >> 32);
}

PG_FUNCTION_INFO_V1(drift_route_bucket);
Datum
drift_route_bucket(PG_FUNCTION_ARGS)
{
	const text *salt = PG_GETARG_TEXT_PP(0);
	const text *key = PG_GETARG_TEXT_PP(1);

	PG_RETURN_INT32(RouteBucket(VARDATA_ANY(salt), VARSIZE_ANY_EXHDR(salt), VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)));
}

/* A place from 0 to below 1 */
static float8
KeyPlace(const text *key, int64 seed)
{
	char digits[MAXINT8LEN + 1];

	return KeyHead(digits, pg_lltoa(seed, digits), VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)) / 4294967296.0;
}

PG_FUNCTION_INFO_V1(drift_key_place);
Datum
drift_key_place(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(KeyPlace(PG_GETARG_TEXT_PP(0), PG_GETARG_INT64(1)));
}

PG_FUNCTION_INFO_V1(drift_split);
Datum
drift_split(PG_FUNCTION_ARGS)
{
	float8 share = PG_ARGISNULL(1) ? get_float8_nan() : PG_GETARG_FLOAT8(1);

	if (PG_ARGISNULL(2) || !(share >= 0 && share <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cannot split by this share or seed"),
						errdetail("The share that is held out is from 0 to 1, and the seed is a number.")));
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(KeyPlace(PG_GETARG_TEXT_PP(0), PG_GETARG_INT64(2)) < share ? "test" : "train"));
}
