#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

#include "compat.h"
#include "registry/reference.h"
#include "registry/table.h"

/* Columns of drift.models, drift.model_privileges and drift.prediction_logs */
#define MODELS_ID 1
#define MODELS_NAME 2
#define MODELS_OWNER 3
#define PRIVILEGES_MODEL 1
#define PRIVILEGES_GRANTEE 2
#define PRIVILEGES_PRIVILEGE 3
#define LOGS_ID 1
#define LOGS_MODEL 2
#define LOGS_LOG 3

/* What the user may do, as far as somebody asked */
typedef struct Rights
{
	bool any; /* privilege, which lets it see the model */
	bool predict;
} Rights;

static void
RefuseReference(const char *bytes, Size length)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_NAME),
					errmsg("\"%.*s\" is not a reference to a model", (int) Min(length, NAMEDATALEN * 4), bytes),
					errhint("Write its name, name@alias or name/3 for its version 3.")));
}

static int32
ParseVersion(const char *digits, const char *end)
{
	int64 version = 0;

	if (digits == end)
		return 0;
	for (; digits < end; digits++)
	{
		if (*digits < '0' || *digits > '9')
			return 0;
		version = version * 10 + (*digits - '0');
		if (version > PG_INT32_MAX)
			return 0;
	}
	return (int32) version;
}

Reference
ParseReference(const char *bytes, Size length)
{
	Reference reference = {.name = bytes, .name_length = length};
	const char *end = bytes + length;

	for (const char *p = bytes; p < end; p++)
		if (*p == '@' || *p == '/')
		{
			reference.name_length = p - bytes;
			if (*p == '@')
			{
				reference.alias = p + 1;
				reference.alias_length = end - (p + 1);
			}
			else
				reference.version = ParseVersion(p + 1, end);
			if (*p == '@' ? reference.alias_length == 0 : reference.version == 0)
				RefuseReference(bytes, length);
			break;
		}
	if (reference.name_length == 0)
		RefuseReference(bytes, length);
	return reference;
}

static void
RefuseName(const Reference *reference)
{
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("no model is named \"%.*s\"", (int) reference->name_length, reference->name),
					errhint("drift.models lists the models that you may see; drift.register_model() makes one.")));
}

/* Its id and owner; what one may not see is not there, so that names cannot be guessed */
static int32
FindName(const Reference *reference, Snapshot snapshot, Oid *owner)
{
	ScanKeyData key = TextKey(MODELS_NAME, reference->name, reference->name_length);
	TableScan scan;
	int32 model_id = 0;

	TableScanBegin(&scan, "models", "models_name_key", snapshot, 1, &key);
	if (TableScanNext(&scan))
	{
		model_id = DatumGetInt32(TableScanValue(&scan, MODELS_ID));
		*owner = DatumGetObjectId(TableScanValue(&scan, MODELS_OWNER));
	}
	TableScanEnd(&scan);
	if (model_id == 0)
		RefuseName(reference);
	return model_id;
}

static void
FindLog(RegisteredModel *model, Snapshot snapshot)
{
	ScanKeyData key = IntegerKey(LOGS_MODEL, model->model_id);
	TableScan scan;

	TableScanBegin(&scan, "prediction_logs", "prediction_logs_model_id_key", snapshot, 1, &key);
	if (TableScanNext(&scan))
	{
		model->log_id = DatumGetInt32(TableScanValue(&scan, LOGS_ID));
		model->log = DatumGetObjectId(TableScanValue(&scan, LOGS_LOG));
	}
	TableScanEnd(&scan);
}

static Rights
FindPrivileges(int32 model_id, Snapshot snapshot)
{
	ScanKeyData key = IntegerKey(PRIVILEGES_MODEL, model_id);
	TableScan scan;
	Rights rights = {false, false};

	TableScanBegin(&scan, "model_privileges", "model_privileges_pkey", snapshot, 1, &key);
	while (!rights.predict && TableScanNext(&scan))
	{
		Oid grantee = DatumGetObjectId(TableScanValue(&scan, PRIVILEGES_GRANTEE));
		const text *privilege = DatumGetTextPP(TableScanValue(&scan, PRIVILEGES_PRIVILEGE));

		if (OidIsValid(grantee) && !has_privs_of_role(GetUserId(), grantee))
			continue;
		rights.any = true;
		rights.predict = VARSIZE_ANY_EXHDR(privilege) == strlen("predict") &&
						 memcmp(VARDATA_ANY(privilege), "predict", strlen("predict")) == 0;
	}
	TableScanEnd(&scan);
	return rights;
}

/* Who may add to the log may have predicted what it adds */
static bool
MayInsert(Oid log)
{
	bool is_missing = false;

	return OidIsValid(log) && pg_class_aclcheck_ext(log, GetUserId(), ACL_INSERT, &is_missing) == ACLCHECK_OK;
}

RegisteredModel
FindRegistered(const Reference *reference, RegistryRight right, Snapshot snapshot)
{
	RegisteredModel model = {0};
	Rights rights;
	Oid owner;

	model.model_id = FindName(reference, snapshot, &owner);
	FindLog(&model, snapshot);
	if (has_privs_of_role(GetUserId(), owner) || (right != RIGHT_READ && MayInsert(model.log)))
		return model;
	rights = FindPrivileges(model.model_id, snapshot);
	if (!rights.any && !MayInsert(model.log))
		RefuseName(reference);
	if (!rights.any || (right == RIGHT_PREDICT && !rights.predict))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied for model \"%.*s\"", (int) reference->name_length, reference->name),
						errdetail("Role %s has no privilege %s on it.",
								  quote_identifier(GetUserNameFromId(GetUserId(), false)),
								  right == RIGHT_PREDICT ? "predict" : "read"),
						errhint("The owner grants privileges with drift.grant_privilege().")));
	return model;
}
