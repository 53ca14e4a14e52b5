/*
 * message_sign.c
 *		Signatures of requests, HMAC with SHA-256: as Standard Webhooks has them,
 *		over the key of the message, the time and the body, and as GitHub does,
 *		over the body.
 */
#include "postgres.h"

#include <time.h>

#include "common/base64.h"
#include "common/hmac.h"
#include "common/sha2.h"
#include "utils/builtins.h"

#include "compat.h"
#include "registry/message.h"

#define ENCODED_KEY "whsec_"

typedef struct Signature
{
	uint8 bytes[PG_SHA256_DIGEST_LENGTH];
} Signature;

static Signature
Sign(const uint8 *key, Size key_length, const char *before, const char *body)
{
	pg_hmac_ctx *context = pg_hmac_create(PG_SHA256);
	Signature signature;

	if (context == NULL || pg_hmac_init(context, key, key_length) < 0 ||
		pg_hmac_update(context, (const uint8 *) before, strlen(before)) < 0 ||
		pg_hmac_update(context, (const uint8 *) body, strlen(body)) < 0 ||
		pg_hmac_final(context, signature.bytes, sizeof(signature.bytes)) < 0)
	{
		pg_hmac_free(context);
		elog(ERROR, "could not sign a message");
	}
	pg_hmac_free(context);
	return signature;
}

/* The bytes of a secret: those that whsec_ is followed by in base64, or its own */
static Size
ReadKey(const char *secret, uint8 **key)
{
	const char *encoded = secret + strlen(ENCODED_KEY);
	int length;

	*key = palloc(strlen(secret) + 1);
	if (strncmp(secret, ENCODED_KEY, strlen(ENCODED_KEY)) == 0)
	{
		length = pg_b64_decode_compat(encoded, strlen(encoded), (char *) *key, (int) strlen(secret));
		if (length > 0)
			return length;
	}
	memcpy(*key, secret, strlen(secret));
	return strlen(secret);
}

void
MessageSign(MessageStep *step)
{
	const Message *message = step->message;
	const char *secret = ChannelSecret(message->channel, "secret");
	const char *body = step->transfer.body == NULL ? "" : step->transfer.body;
	const char *id = message->key == NULL ? "" : message->key;
	int64 now = (int64) time(NULL);
	Signature standard;
	Signature plain;
	char encoded[64] = "";
	char hex[2 * PG_SHA256_DIGEST_LENGTH + 1] = "";
	uint8 *key;
	Size key_length;

	if (secret == NULL || step->transfer.mail != NULL)
		return;
	key_length = ReadKey(secret, &key);
	standard = Sign(key, key_length, psprintf("%s." INT64_FORMAT ".", id, now), body);
	plain = Sign(key, key_length, "", body);
	(void) pg_b64_encode_compat((const char *) standard.bytes, sizeof(standard.bytes), encoded, sizeof(encoded));
	(void) hex_encode((const char *) plain.bytes, sizeof(plain.bytes), hex);
	step->transfer.headers = lappend(step->transfer.headers, psprintf("webhook-id: %s", id));
	step->transfer.headers = lappend(step->transfer.headers, psprintf("webhook-timestamp: " INT64_FORMAT, now));
	step->transfer.headers = lappend(step->transfer.headers, psprintf("webhook-signature: v1,%s", encoded));
	step->transfer.headers = lappend(step->transfer.headers, psprintf("X-Drift-Signature-256: sha256=%s", hex));
}
