#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "registry/bucket.h"
#include "registry/route.h"
#include "registry/table.h"

/* Columns of drift.routes, drift.model_aliases, drift.model_versions and drift.model_artefacts */
#define ROUTES_MODEL 1
#define ROUTES_ARM 2
#define ROUTES_VERSION 3
#define ROUTES_FIRST_BUCKET 4
#define ROUTES_END_BUCKET 5
#define ROUTES_SALT 6
#define ROUTES_DIGEST 7
#define ALIASES_MODEL 1
#define ALIASES_ALIAS 2
#define ALIASES_VERSION 3
#define VERSIONS_MODEL 1
#define VERSIONS_VERSION 2
#define VERSIONS_STATUS 4
#define VERSIONS_FORMAT 7
#define VERSIONS_DIGEST 9
#define ARTEFACTS_MODEL 1
#define ARTEFACTS_VERSION 2
#define ARTEFACTS_ARTEFACT 3

static bool
TextIs(const TableScan *scan, AttrNumber column, const char *word)
{
	const text *value = DatumGetTextPP(TableScanValue(scan, column));

	return VARSIZE_ANY_EXHDR(value) == strlen(word) && memcmp(VARDATA_ANY(value), word, strlen(word)) == 0;
}

static void
TakeDigest(RouteArm *arm, const TableScan *scan, AttrNumber column)
{
	bool isnull;
	Datum digest = TableScanGet(scan, column, &isnull);

	arm->has_artefact = !isnull;
	if (!isnull)
		memcpy(arm->digest, VARDATA_ANY(DatumGetByteaPP(digest)), DRIFT_MODEL_DIGEST);
}

static int32
IntegerOr(const TableScan *scan, AttrNumber column, int32 otherwise)
{
	bool isnull;
	Datum value = TableScanGet(scan, column, &isnull);

	return isnull ? otherwise : DatumGetInt32(value);
}

static void
TakeArm(RouteReader *reader, const TableScan *scan)
{
	static const char *const names[ARM_PLACES] = {"champion", "challenger", "shadow"};
	Route *route = &reader->route;

	for (int i = 0; i < ARM_PLACES; i++)
		if (TextIs(scan, ROUTES_ARM, names[i]))
		{
			RouteArm *arm = &route->arms[i];

			arm->version = DatumGetInt32(TableScanValue(scan, ROUTES_VERSION));
			strlcpy(arm->name, names[i], sizeof(arm->name));
			arm->first_bucket = IntegerOr(scan, ROUTES_FIRST_BUCKET, 0);
			arm->end_bucket = IntegerOr(scan, ROUTES_END_BUCKET, 0);
			TakeDigest(arm, scan, ROUTES_DIGEST);
		}
}

/* The salt is the same in every arm */
static void
TakeSalt(RouteReader *reader, const TableScan *scan)
{
	const text *salt = DatumGetTextPP(TableScanValue(scan, ROUTES_SALT));

	reader->route.salt_length = VARSIZE_ANY_EXHDR(salt);
	reader->route.salt = MemoryContextAlloc(reader->salts, reader->route.salt_length + 1);
	memcpy(reader->route.salt, VARDATA_ANY(salt), reader->route.salt_length);
}

static void
ReadArms(RouteReader *reader, const Reference *reference, Snapshot snapshot)
{
	Route *route = &reader->route;
	ScanKeyData key = IntegerKey(ROUTES_MODEL, route->model.model_id);
	TableScan scan;

	TableScanBegin(&scan, "routes", "routes_pkey", snapshot, 1, &key);
	while (TableScanNext(&scan))
	{
		TakeArm(reader, &scan);
		if (route->salt == NULL)
			TakeSalt(reader, &scan);
	}
	TableScanEnd(&scan);
	if (route->arms[ARM_CHAMPION].version == 0)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("model \"%.*s\" has no champion", (int) reference->name_length, reference->name),
						errdetail("No version of it answers yet."),
						errhint("drift.deploy() makes a version its champion; \"%.*s/1\" is its version 1.",
								(int) reference->name_length, reference->name)));
}

static int32
ReadAlias(const Reference *reference, int32 model_id, Snapshot snapshot)
{
	ScanKeyData keys[] = {IntegerKey(ALIASES_MODEL, model_id),
						  TextKey(ALIASES_ALIAS, reference->alias, reference->alias_length)};
	TableScan scan;
	int32 version = 0;

	TableScanBegin(&scan, "model_aliases", "model_aliases_pkey", snapshot, lengthof(keys), keys);
	if (TableScanNext(&scan))
		version = DatumGetInt32(TableScanValue(&scan, ALIASES_VERSION));
	TableScanEnd(&scan);
	if (version == 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("model \"%.*s\" has no alias \"%.*s\"", (int) reference->name_length, reference->name,
							   (int) reference->alias_length, reference->alias),
						errhint("drift.model_aliases lists the aliases; drift.set_alias() sets one.")));
	return version;
}

static void
RefuseVersion(const Reference *reference, int32 version, const char *status)
{
	ereport(ERROR, (errcode(status == NULL ? ERRCODE_UNDEFINED_OBJECT : ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					status == NULL ? errmsg("model \"%.*s\" has no version %d", (int) reference->name_length,
											reference->name, version)
								   : errmsg("version %d of model \"%.*s\" is not ready", version,
											(int) reference->name_length, reference->name),
					status == NULL ? errhint("drift.model_versions lists its versions.")
								   : errdetail("Its status is %s.", status)));
}

static void
ReadDirect(RouteReader *reader, const Reference *reference, Snapshot snapshot)
{
	int32 model_id = reader->route.model.model_id;
	RouteArm *arm = &reader->route.arms[ARM_CHAMPION];
	int32 version = reference->alias != NULL ? ReadAlias(reference, model_id, snapshot) : reference->version;
	ScanKeyData keys[] = {IntegerKey(VERSIONS_MODEL, model_id), IntegerKey(VERSIONS_VERSION, version)};
	TableScan scan;

	TableScanBegin(&scan, "model_versions", "model_versions_pkey", snapshot, lengthof(keys), keys);
	if (!TableScanNext(&scan))
		RefuseVersion(reference, version, NULL);
	if (!TextIs(&scan, VERSIONS_STATUS, "ready"))
		RefuseVersion(reference, version, TextDatumGetCString(TableScanValue(&scan, VERSIONS_STATUS)));
	arm->version = version;
	arm->end_bucket = ROUTE_BUCKETS;
	if (!TextIs(&scan, VERSIONS_FORMAT, "external"))
		TakeDigest(arm, &scan, VERSIONS_DIGEST);
	TableScanEnd(&scan);
	if (reference->alias != NULL)
		memcpy(arm->name, reference->alias, Min(reference->alias_length, NAMEDATALEN - 1));
	else
		strlcpy(arm->name, "version", sizeof(arm->name));
	reader->route.is_direct = true;
}

RouteReader *
RouteReaderCreate(MemoryContext owner, RegistryRight right)
{
	RouteReader *reader = MemoryContextAllocZero(owner, sizeof(RouteReader));

	reader->context = owner;
	reader->right = right;
	reader->salts = AllocSetContextCreate(owner, "drift route", ALLOCSET_SMALL_SIZES);
	return reader;
}

static void
KeepName(RouteReader *reader, const text *name)
{
	Size size = VARSIZE_ANY_EXHDR(name) + VARHDRSZ;

	if (size > reader->room)
	{
		reader->name = MemoryContextAlloc(reader->context, size * 2);
		reader->room = size * 2;
	}
	SET_VARSIZE(reader->name, size);
	memcpy(VARDATA(reader->name), VARDATA_ANY(name), size - VARHDRSZ);
}

const Route *
RouteReadAnew(RouteReader *reader, const text *name)
{
	Snapshot snapshot = GetActiveSnapshot();
	Reference reference;

	reader->valid = false;
	MemoryContextReset(reader->salts);
	memset(&reader->route, 0, sizeof(Route));
	KeepName(reader, name);
	reference = ParseReference(VARDATA(reader->name), VARSIZE(reader->name) - VARHDRSZ);
	reader->route.model = FindRegistered(&reference, reader->right, snapshot);
	if (reference.alias != NULL || reference.version != 0)
		ReadDirect(reader, &reference, snapshot);
	else
		ReadArms(reader, &reference, snapshot);
	MarkRead(&reader->mark, reader->context);
	reader->valid = true;
	return &reader->route;
}

ArmPlace
RouteChoose(const Route *route, const char *key, Size key_length)
{
	const RouteArm *challenger = &route->arms[ARM_CHALLENGER];
	int32 bucket;

	if (!RouteSplits(route))
		return ARM_CHAMPION;
	bucket = RouteBucket(route->salt, route->salt_length, key, key_length);
	return bucket >= challenger->first_bucket && bucket < challenger->end_bucket ? ARM_CHALLENGER : ARM_CHAMPION;
}

Datum
ReadArtefact(int32 model_id, int32 version)
{
	ScanKeyData keys[] = {IntegerKey(ARTEFACTS_MODEL, model_id), IntegerKey(ARTEFACTS_VERSION, version)};
	TableScan scan;
	Datum artefact = (Datum) 0;

	TableScanBegin(&scan, "model_artefacts", "model_artefacts_pkey", GetActiveSnapshot(), lengthof(keys), keys);
	if (TableScanNext(&scan))
		artefact = datumCopy(TableScanValue(&scan, ARTEFACTS_ARTEFACT), false, -1);
	TableScanEnd(&scan);
	return artefact;
}

void
RouteHold(const Route *route, const RouteArm *arm, ScoreCall *call)
{
	Datum artefact;

	if (call->ready && arm->has_artefact && memcmp(call->reference->held->digest, arm->digest, DRIFT_MODEL_DIGEST) == 0)
		return;
	if (arm->has_artefact && ScoreHoldDigest(call, arm->digest))
		return;
	artefact = arm->has_artefact ? ReadArtefact(route->model.model_id, arm->version) : (Datum) 0;
	if (artefact == (Datum) 0)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("version %d cannot be scored here", arm->version),
						errdetail("Its artefact is not in the database."),
						errhint("Score it where it is, and insert the predictions into the model's prediction log.")));
	ScoreHold(call, artefact);
}
