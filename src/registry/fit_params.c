#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "compat.h"
#include "registry/fit_params.h"
#include "registry/jsonb_parts.h"

static const FitParamRule *
FindRule(const FitParamRule *rules, const char *name)
{
	for (const FitParamRule *rule = rules; rule->name != NULL; rule++)
		if (strcmp(rule->name, name) == 0)
			return rule;
	return NULL;
}

/* errors that name the parameter and say what it may be */

static char *
NamesOfRules(const FitParamRule *rules)
{
	StringInfoData names;

	initStringInfo(&names);
	for (const FitParamRule *rule = rules; rule->name != NULL; rule++)
		appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", rule->name);
	return names.data;
}

static char *
BoundText(double bound, bool open)
{
	return psprintf("%.15g%s", bound, open ? " (exclusive)" : "");
}

/* What a rule allows, as the predicate of a sentence */
static char *
AllowedValues(const FitParamRule *rule)
{
	const char *what = rule->kind == FIT_PARAM_INTEGER ? "a whole number" : "a number";

	if (rule->kind == FIT_PARAM_BOOLEAN)
		return pstrdup("true or false");
	if (rule->kind == FIT_PARAM_CHOICE)
		return psprintf("one of: %s", rule->choices);
	if (isinf(rule->most))
		return psprintf("%s of %s or more", what, BoundText(rule->least, rule->least_open));
	return psprintf("%s from %s to %s", what, BoundText(rule->least, rule->least_open),
					BoundText(rule->most, rule->most_open));
}

pg_noreturn static void
RefuseValue(const FitParamRule *rule)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid value for parameter \"%s\"", rule->name),
					errdetail("It must be %s.", AllowedValues(rule))));
}

static bool
IsWithin(const FitParamRule *rule, double value)
{
	if (rule->kind == FIT_PARAM_INTEGER && value != floor(value))
		return false;
	if (rule->least_open ? !(value > rule->least) : !(value >= rule->least))
		return false;
	return rule->most_open ? value < rule->most : value <= rule->most;
}

/* The place of a word among those of the rule; -1 if it is none of them */
static int
PlaceOfChoice(const FitParamRule *rule, const char *word, int length)
{
	int place = 0;

	for (const char *from = rule->choices; *from != '\0'; place++)
	{
		int size = strcspn(from, " ");

		if (size == length && memcmp(from, word, length) == 0)
			return place;
		from += size + strspn(from + size, " ");
	}
	return -1;
}

static double
NumberOf(const FitParamRule *rule, const JsonbValue *value)
{
	double number;

	if (value->type != jbvNumeric)
		RefuseValue(rule);
	number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
	if (!isfinite(number) || !IsWithin(rule, number))
		RefuseValue(rule);
	return number;
}

static double
ReadValue(const FitParamRule *rule, const JsonbValue *value)
{
	int place;

	switch (rule->kind)
	{
		case FIT_PARAM_BOOLEAN:
			if (value->type != jbvBool)
				RefuseValue(rule);
			return value->val.boolean;
		case FIT_PARAM_CHOICE:
			place = value->type == jbvString ? PlaceOfChoice(rule, value->val.string.val, value->val.string.len) : -1;
			if (place < 0)
				RefuseValue(rule);
			return place;
		default:
			return NumberOf(rule, value);
	}
}

static FitParams *
InitialParams(const FitParamRule *rules)
{
	FitParams *params = palloc(sizeof(FitParams));
	int count = 0;

	while (rules[count].name != NULL)
		count++;
	params->rules = rules;
	params->values = palloc((count + 1) * sizeof(double));
	for (int i = 0; i < count; i++)
		params->values[i] = rules[i].initial;
	return params;
}

FitParams *
FitParamsRead(const FitParamRule *rules, Jsonb *object)
{
	FitParams *params = InitialParams(rules);
	JsonbIterator *it = JsonbIteratorInit(&object->root);
	JsonbIteratorToken token;
	JsonbValue value;

	JsonbRequireObject(object, "parameters");
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		const FitParamRule *rule;
		char *name;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(value.val.string.val, value.val.string.len);
		rule = FindRule(rules, name);
		if (rule == NULL)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown parameter \"%s\"", name),
							errdetail("Parameters of this algorithm are: %s.", NamesOfRules(rules))));
		(void) JsonbIteratorNext(&it, &value, true);
		/* null is as if it were not there */
		if (value.type != jbvNull)
			params->values[rule - rules] = ReadValue(rule, &value);
	}
	return params;
}

double
FitParam(const FitParams *params, const char *name)
{
	const FitParamRule *rule = FindRule(params->rules, name);

	if (rule == NULL)
		elog(ERROR, "there is no parameter \"%s\"", name);
	return params->values[rule - params->rules];
}

bool
FitParamHasRule(const FitParamRule *rules, const char *name)
{
	return FindRule(rules, name) != NULL;
}

static char *
ChoiceAt(const FitParamRule *rule, int place)
{
	const char *word = rule->choices;

	for (; place > 0; place--)
	{
		word += strcspn(word, " ");
		word += strspn(word, " ");
	}
	return pnstrdup(word, strcspn(word, " "));
}

char *
FitParamText(const FitParamRule *rule, double value)
{
	if (isnan(value))
		return NULL;
	if (rule->kind == FIT_PARAM_CHOICE)
		return ChoiceAt(rule, (int) value);
	if (rule->kind == FIT_PARAM_BOOLEAN)
		return pstrdup(value != 0 ? "true" : "false");
	return psprintf("%.15g", value);
}

static void
AddParam(JsonbParseState **state, const FitParamRule *rule, double value)
{
	if (isnan(value))
		return;
	if (rule->kind == FIT_PARAM_CHOICE)
		JsonbAddText(state, rule->name, ChoiceAt(rule, (int) value));
	else if (rule->kind == FIT_PARAM_BOOLEAN)
		JsonbAddBoolean(state, rule->name, value != 0);
	else
		JsonbAddNumber(state, rule->name, value);
}

Jsonb *
FitParamsDescribe(const FitParams *params)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; params->rules[i].name != NULL; i++)
		AddParam(&state, &params->rules[i], params->values[i]);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}
