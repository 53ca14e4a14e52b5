#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"

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

int32
RouteBucket(const char *salt, Size salt_length, const char *key, Size key_length)
{
	static const uint8 separator = 0x1F;
	uint8 digest[PG_SHA256_DIGEST_LENGTH];
	pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_SHA256);
	uint64 head;

	salt = AsUtf8(salt, &salt_length);
	key = AsUtf8(key, &key_length);
	if (hash == NULL || pg_cryptohash_init(hash) < 0 ||
		pg_cryptohash_update(hash, (const uint8 *) salt, salt_length) < 0 ||
		pg_cryptohash_update(hash, &separator, 1) < 0 ||
		pg_cryptohash_update(hash, (const uint8 *) key, key_length) < 0 ||
		pg_cryptohash_final(hash, digest, sizeof(digest)) < 0)
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("cannot take the SHA-256 of a key")));
	pg_cryptohash_free(hash);
	head = (uint64) digest[0] << 24 | digest[1] << 16 | digest[2] << 8 | digest[3];
	return (int32) (head * ROUTE_BUCKETS >> 32);
}

PG_FUNCTION_INFO_V1(drift_route_bucket);
Datum
drift_route_bucket(PG_FUNCTION_ARGS)
{
	const text *salt = PG_GETARG_TEXT_PP(0);
	const text *key = PG_GETARG_TEXT_PP(1);

	PG_RETURN_INT32(RouteBucket(VARDATA_ANY(salt), VARSIZE_ANY_EXHDR(salt), VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)));
}
