#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "compat.h"
#include "registry/jsonb_parts.h"

void
JsonbRequireObject(const Jsonb *object, const char *called)
{
	if (!JB_ROOT_IS_OBJECT(object))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must be a JSON object", called)));
}

static bool
IsAmong(const JsonbValue *key, const char *const *names)
{
	for (; *names != NULL; names++)
		if (key->val.string.len == strlen(*names) && memcmp(key->val.string.val, *names, key->val.string.len) == 0)
			return true;
	return false;
}

Jsonb *
JsonbMembers(Jsonb *object, const char *const *names, bool kept)
{
	JsonbIterator *it = JsonbIteratorInit(&object->root);
	JsonbParseState *state = NULL;
	JsonbIteratorToken token;
	JsonbValue value;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		bool wanted;

		if (token != WJB_KEY)
			continue;
		wanted = IsAmong(&value, names) == kept;
		if (wanted)
			pushJsonbValue(&state, WJB_KEY, &value);
		(void) JsonbIteratorNext(&it, &value, true);
		if (wanted)
			pushJsonbValue(&state, WJB_VALUE, &value);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

JsonbValue *
JsonbMember(Jsonb *object, const char *name)
{
	JsonbValue *value = getKeyJsonValueFromContainer(&object->root, name, strlen(name), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

static char *
ScalarText(const JsonbValue *value, const char *name)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		default:
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("invalid value for parameter \"%s\"", name), errdetail("It must be text.")));
	}
	return NULL;
}

char *
JsonbMemberText(Jsonb *object, const char *name)
{
	const JsonbValue *value = JsonbMember(object, name);

	return value == NULL ? NULL : ScalarText(value, name);
}

List *
JsonbMemberTexts(Jsonb *object, const char *name)
{
	const JsonbValue *array = JsonbMember(object, name);
	List *texts = NIL;

	if (array == NULL)
		return NIL;
	if (array->type != jbvBinary || !JsonContainerIsArray(array->val.binary.data) ||
		JsonContainerIsScalar(array->val.binary.data))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid value for parameter \"%s\"", name),
						errdetail("It must be an array of texts.")));
	for (uint32 i = 0; i < JsonContainerSize(array->val.binary.data); i++)
		texts = lappend(texts, ScalarText(getIthJsonbValueFromContainer(array->val.binary.data, i), name));
	return texts;
}

void
JsonbAddKey(JsonbParseState **state, const char *name, int length)
{
	JsonbValue key = {.type = jbvString, .val.string = {.len = length, .val = (char *) name}};

	pushJsonbValue(state, WJB_KEY, &key);
}

void
JsonbAddText(JsonbParseState **state, const char *name, const char *value)
{
	JsonbValue text = {.type = jbvString, .val.string = {.len = strlen(value), .val = (char *) value}};

	JsonbAddKey(state, name, strlen(name));
	pushJsonbValue(state, WJB_VALUE, &text);
}

/* JSON has no infinities and no NaN: those are null */
void
JsonbAddNumber(JsonbParseState **state, const char *name, double value)
{
	JsonbValue number = {.type = jbvNull};

	if (isfinite(value))
	{
		number.type = jbvNumeric;
		number.val.numeric = DatumGetNumeric(DirectFunctionCall1(float8_numeric, Float8GetDatum(value)));
	}
	JsonbAddKey(state, name, strlen(name));
	pushJsonbValue(state, WJB_VALUE, &number);
}

void
JsonbAddInteger(JsonbParseState **state, const char *name, int64 value)
{
	JsonbValue number = {.type = jbvNumeric, .val.numeric = int64_to_numeric(value)};

	JsonbAddKey(state, name, strlen(name));
	pushJsonbValue(state, WJB_VALUE, &number);
}

void
JsonbAddBoolean(JsonbParseState **state, const char *name, bool value)
{
	JsonbAddKey(state, name, strlen(name));
	pushJsonbValue(state, WJB_VALUE, &(JsonbValue){.type = jbvBool, .val.boolean = value});
}

void
JsonbAddObject(JsonbParseState **state, const char *name, Jsonb *object)
{
	JsonbAddKey(state, name, strlen(name));
	pushJsonbValue(
		state, WJB_VALUE,
		&(JsonbValue){.type = jbvBinary, .val.binary = {.len = VARSIZE(object) - VARHDRSZ, .data = &object->root}});
}

void
JsonbAddScalar(JsonbParseState **state, const char *name, Jsonb *scalar)
{
	JsonbValue value;

	(void) JsonbExtractScalar(&scalar->root, &value);
	JsonbAddKey(state, name, strlen(name));
	pushJsonbValue(state, WJB_VALUE, &value);
}
