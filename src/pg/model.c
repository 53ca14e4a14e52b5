#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/model.h"

/* The text form, four bytes for three, is what dumps hold: its reader counts triples of its length in an int. */
#define MOST_BYTES ((Size) 512 * 1024 * 1024)

static void *
Allocate(void *context, size_t size)
{
	return MemoryContextAllocHuge((MemoryContext) context, size);
}

static void
Poll(void)
{
	CHECK_FOR_INTERRUPTS();
}

DriftHost
ModelHost(MemoryContext context)
{
	return (DriftHost){.allocate = Allocate, .ctx = context, .poll = Poll};
}

const DriftModel *
ModelDetoast(Datum datum)
{
	const DriftModel *m = (const DriftModel *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(m) < sizeof(DriftModel) || m->order_mark != DRIFT_MODEL_ORDER_MARK || m->version != DRIFT_MODEL_VERSION)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("stored model is not of this version of drift")));
	return m;
}

static bool
AddToHash(pg_cryptohash_ctx *hash, const void *from, const void *to)
{
	return pg_cryptohash_update(hash, from, (const char *) to - (const char *) from) >= 0;
}

/* SHA-256 of everything but the length and the digest itself */
static void
ComputeDigest(const DriftModel *m, Size size, uint8 *digest)
{
	pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_SHA256);

	if (hash == NULL || pg_cryptohash_init(hash) < 0 || !AddToHash(hash, &m->order_mark, m->digest) ||
		!AddToHash(hash, m->section, (const char *) m + size) ||
		pg_cryptohash_final(hash, digest, DRIFT_MODEL_DIGEST) < 0)
	{
		pg_cryptohash_free(hash);
		elog(ERROR, "could not compute the digest of a model");
	}
	pg_cryptohash_free(hash);
}

/* Every string must be text of this database */
static void
CheckStrings(const DriftModel *m)
{
	for (uint64 i = 0; i < drift_model_count(m, DRIFT_SECTION_STRINGS); i++)
	{
		uint32 length;
		const char *bytes = drift_model_string(m, i, &length);

		pg_verifymbstr(bytes, length, false);
	}
}

bool
ModelAccept(const DriftModel *m, Size size, fmNodePtr escontext)
{
	uint8 digest[DRIFT_MODEL_DIGEST];
	const char *what;

	if (drift_model_check(m, size, &what) == DRIFT_OK)
	{
		ComputeDigest(m, size, digest);
		if (memcmp(digest, m->digest, sizeof(digest)) == 0)
		{
			CheckStrings(m);
			return true;
		}
		what = "its digest is of other bytes";
	}
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid model"), errdetail_internal("%s.", what)));
}

DriftModel *
ModelPack(const DriftDraft *draft, DriftRefusal *refusal)
{
	DriftModel *m;
	size_t size;

	if (drift_draft_size(draft, &size) != DRIFT_OK || size > MOST_BYTES)
	{
		drift_refuse(refusal, DRIFT_TOO_LARGE, "the model is too large for one value", "", 0, 0);
		return NULL;
	}
	m = palloc0(size);
	if (drift_draft_pack(draft, m, size, refusal) != DRIFT_OK)
		return NULL;
	SET_VARSIZE(m, size);
	ComputeDigest(m, size, m->digest);
	return m;
}

char *
ModelString(const DriftModel *m, uint32 number)
{
	uint32 length;
	const char *bytes = drift_model_string(m, number, &length);

	return pnstrdup(bytes, length);
}

char *
ModelInputName(const DriftModel *m, uint32 input)
{
	const DriftInput *inputs = drift_model_section(m, DRIFT_SECTION_INPUTS);

	return ModelString(m, inputs[input].name);
}
