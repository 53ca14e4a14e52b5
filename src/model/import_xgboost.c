/*
 * import_xgboost.c
 *		Model files of XGBoost: the learner around the booster.
 */
#include "model/xgboost_parts.h"

#include <string.h>

#define NEWEST_MAJOR 3

/* Takes the strings of an object that are asked for; skips everything else in it. */
static bool
read_texts(DriftXgboost *x, const char *const *names, DriftText *const *texts, int n)
{
	uint64_t seen = 0;
	int field;

	if (!drift_json_expect(&x->json, DRIFT_JSON_OBJECT))
		return false;
	while ((field = drift_json_field(&x->json, names, n, &seen)) >= 0)
		if (!(field < n ? drift_xgboost_text(x, texts[field]) : drift_json_skip(&x->json)))
			return false;
	return x->json.event == DRIFT_JSON_OBJECT_END;
}

static bool
read_attributes(DriftXgboost *x)
{
	static const char *const names[] = {"best_iteration", "best_ntree_limit"};
	DriftText *const texts[] = {&x->best_iteration, &x->best_ntree_limit};

	return read_texts(x, names, texts, 2);
}

static bool
read_model_parameters(DriftXgboost *x)
{
	static const char *const names[] = {"base_score", "num_class", "num_feature", "num_target"};
	DriftText *const texts[] = {&x->base_score, &x->num_class, &x->num_feature, &x->num_target};

	return read_texts(x, names, texts, 4);
}

static bool
read_objective(DriftXgboost *x)
{
	static const char *const names[] = {"name"};
	DriftText *const texts[] = {&x->objective};

	return read_texts(x, names, texts, 1);
}

static bool
read_strings(DriftXgboost *x, DriftGrowing *strings)
{
	if (!drift_json_expect(&x->json, DRIFT_JSON_ARRAY))
		return false;
	while (drift_json_next(&x->json) == DRIFT_JSON_STRING)
		*(DriftText *) drift_xgboost_add(x, strings, sizeof(DriftText)) = (DriftText){x->json.text, x->json.length};
	return x->json.event == DRIFT_JSON_ARRAY_END ||
		   drift_json_refuse(&x->json, DRIFT_CORRUPT, "a name is not a string");
}

/* {"name": "gbtree", "model": {..}}; dart has one of these inside, and the weights beside it. */
static bool
read_booster(DriftXgboost *x, DriftText *name, bool inner)
{
	static const char *const names[] = {"name", "model", "gbtree", "weight_drop"};
	DriftJson *j = &x->json;
	DriftText inner_name = {NULL, 0};
	uint64_t seen = 0;
	bool read = true;
	int field;

	if (!drift_json_expect(j, DRIFT_JSON_OBJECT))
		return false;
	while (read && (field = drift_json_field(j, names, inner ? 2 : 4, &seen)) >= 0)
	{
		if (field == 0)
			read = drift_xgboost_text(x, name);
		else if (field == 1)
			read = drift_xgboost_read_trees(x);
		else if (field == 2 && !inner)
			read = read_booster(x, &inner_name, true);
		else if (field == 3)
			read = drift_json_floats(j, &x->weight_drop);
		else
			read = drift_json_refuse_text(j, DRIFT_UNSUPPORTED, "the booster has an unknown field");
	}
	if (!read || j->event != DRIFT_JSON_OBJECT_END)
		return false;
	if (inner || ((seen >> 1 & 1) ^ (seen >> 2 & 1)))
		return true;
	return drift_json_refuse(j, DRIFT_CORRUPT, "the booster has no model, or two");
}

static bool
read_learner(DriftXgboost *x)
{
	static const char *const names[] = {"attributes",       "feature_names",       "feature_types",
										"gradient_booster", "learner_model_param", "objective",
										"generic_param",    "learner_train_param", "metrics"};
	DriftJson *j = &x->json;
	uint64_t seen = 0;
	bool read = true;
	int field;

	if (!drift_json_expect(j, DRIFT_JSON_OBJECT))
		return false;
	while (read && (field = drift_json_field(j, names, 9, &seen)) >= 0)
	{
		switch (field)
		{
			case 0:
				read = read_attributes(x);
				break;
			case 1:
				read = read_strings(x, &x->names);
				break;
			case 2:
				read = drift_json_skip(j);
				break;
			case 3:
				read = read_booster(x, &x->booster, false);
				break;
			case 4:
				read = read_model_parameters(x);
				break;
			case 5:
				read = read_objective(x);
				break;
			case 6:
			case 7:
			case 8:
				read = drift_json_skip(j);
				break;
			default:
				read = drift_json_refuse_text(j, DRIFT_UNSUPPORTED, "the learner has an unknown field");
				break;
		}
	}
	return read && j->event == DRIFT_JSON_OBJECT_END;
}

static bool
read_version(DriftXgboost *x)
{
	DriftGrowing numbers = {0};

	if (!drift_json_integers(&x->json, &numbers))
		return false;
	if (numbers.count != 3)
		return drift_json_refuse(&x->json, DRIFT_CORRUPT, "the version is not three numbers");
	memcpy(x->version, numbers.elements, sizeof(x->version));
	for (int i = 0; i < 3; i++)
		if (x->version[i] < 0 || x->version[i] > 9999)
			return drift_json_refuse(&x->json, DRIFT_CORRUPT, "the version is not three numbers");
	if (x->version[0] < 1 || x->version[0] > NEWEST_MAJOR)
		return drift_json_refuse(&x->json, DRIFT_UNSUPPORTED, "a version of XGBoost other than 1, 2 and 3");
	return true;
}

static bool
read_file(DriftXgboost *x)
{
	static const char *const names[] = {"learner", "version", "Model", "Config"};
	uint64_t seen = 0;
	int field;

	if (!drift_json_expect(&x->json, DRIFT_JSON_OBJECT))
		return false;
	while ((field = drift_json_field(&x->json, names, 4, &seen)) >= 0)
	{
		if (field == 2 || field == 3)
			return drift_json_refuse_text(&x->json, DRIFT_UNSUPPORTED,
										  "a memory snapshot of XGBoost instead of a saved model");
		if (!(field == 0 ? read_learner(x) : field == 1 ? read_version(x) : drift_json_skip(&x->json)))
			return false;
	}
	if (x->json.event != DRIFT_JSON_OBJECT_END || drift_json_next(&x->json) != DRIFT_JSON_END)
		return false;
	return (seen & 3) == 3 ||
		   drift_json_refuse(&x->json, DRIFT_CORRUPT, "not a model of XGBoost, which has a learner and a version");
}

/* Features and margins, from the parameters that count them. */
static bool
count_parts(DriftXgboost *x)
{
	int64_t features;
	int64_t classes;
	int64_t targets;
	int64_t groups;

	if (!drift_xgboost_whole(x, x->num_feature, "num_feature", 0, &features) ||
		!drift_xgboost_whole(x, x->num_class, "num_class", 0, &classes) ||
		!drift_xgboost_whole(x, x->num_target, "num_target", 1, &targets))
		return false;
	if (features < 1 || features > DRIFT_MODEL_MAX_INPUTS)
		return drift_xgboost_refuse(x, DRIFT_TOO_LARGE, "a model has from 1 to 65535 features", x->num_feature);
	if (classes > 1 && targets > 1)
		return drift_xgboost_refuse(x, DRIFT_UNSUPPORTED, "several targets of several classes", x->num_target);
	groups = classes > targets ? classes : targets;
	if (groups > DRIFT_MODEL_MAX_GROUPS)
		return drift_xgboost_refuse(x, DRIFT_TOO_LARGE, "a model has at most 10000 classes or targets",
									classes > targets ? x->num_class : x->num_target);
	x->features = (uint64_t) features;
	x->groups = groups > 1 ? (uint32_t) groups : 1;
	return true;
}

static void
put_source(DriftXgboost *x)
{
	char version[3 * DRIFT_XGBOOST_DIGITS];
	size_t at = 0;

	for (int i = 0; i < 3; i++)
	{
		if (i > 0)
			version[at++] = '.';
		at += drift_xgboost_digits(version + at, (uint64_t) x->version[i]);
	}
	x->d->head.source = DRIFT_SOURCE_XGBOOST;
	x->d->head.source_version = drift_draft_string(x->d, version, at);
	x->d->head.objective = drift_draft_string(x->d, x->objective.bytes, x->objective.length);
}

static bool
is_booster(const DriftXgboost *x, const char *name)
{
	return x->booster.length == strlen(name) && memcmp(x->booster.bytes, name, x->booster.length) == 0;
}

static bool
put_model(DriftXgboost *x)
{
	if (!count_parts(x) || !drift_xgboost_put_objective(x) || !drift_xgboost_put_inputs(x))
		return false;
	put_source(x);
	if (x->booster.bytes != NULL && is_booster(x, "gblinear"))
		return drift_xgboost_put_linear(x);
	if (x->booster.bytes != NULL && (is_booster(x, "gbtree") || is_booster(x, "dart")))
		return drift_xgboost_put_trees(x);
	return drift_xgboost_refuse(x, DRIFT_UNSUPPORTED, "unknown booster", x->booster);
}

/* What is not an object is XGBoost's old binary form, if it is a model at all. */
static bool
begins_with_brace(const char *bytes, size_t size)
{
	size_t at = 0;

	while (at < size && memchr(" \t\r\n", bytes[at], 4) != NULL)
		at++;
	return at == size || bytes[at] == '{';
}

DriftStatus
drift_import_xgboost(DriftDraft *d, const char *bytes, size_t size, const DriftImportOptions *options, DriftRefusal *r)
{
	DriftXgboost *x = d->host->allocate(d->host->ctx, sizeof(DriftXgboost));

	*x = (DriftXgboost){.d = d, .r = r, .options = options};
	if (!begins_with_brace(bytes, size))
		return drift_refuse(
			r, DRIFT_UNSUPPORTED,
			"neither JSON nor UBJSON; XGBoost before 3.1 writes JSON where the file's name ends in .json", "", 0, 0);
	drift_json_init(&x->json, bytes, size, drift_json_is_binary(bytes, size), d->host, r);
	if (read_file(x) && put_model(x))
		return DRIFT_OK;
	return drift_refuse(r, DRIFT_CORRUPT, "not a model of XGBoost", "", 0, x->json.at);
}
