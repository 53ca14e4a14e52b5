/*
 * xgboost_inputs.c
 *		Names of features, and of categories where the file keeps them.
 *
 * Files from 3.1 on keep the categories of columns that were trained on as
 * such, in the order of their codes. XGBoost looks the value up, refuses one
 * that it was not trained on and takes a missing one for missing: so do maps.
 */
#include "model/json_parts.h"
#include "model/xgboost_parts.h"

#include <math.h>

#define MISSING_IS_KNOWN 2

static bool
read_enc(DriftXgboost *x)
{
	static const char *const names[] = {"offsets", "values", "type"};
	DriftXgboostCategories *c = drift_xgboost_add(x, &x->categories, sizeof(DriftXgboostCategories));
	DriftGrowing values = {0};
	DriftGrowing bytes = {0};
	uint64_t seen = 0;
	bool read = true;
	int field;

	while (read && (field = drift_json_field(&x->json, names, 3, &seen)) >= 0)
	{
		/* the offsets come first in a file; where they do not, values are no text yet */
		if (field == 0 && (seen & 2) != 0)
			return drift_json_refuse(&x->json, DRIFT_UNSUPPORTED, "categories have values before offsets");
		if (field == 0)
			read = drift_json_integers(&x->json, &c->offsets);
		else if (field == 1)
			read = (seen & 1) != 0 ? drift_json_integers(&x->json, &bytes) : drift_json_doubles(&x->json, &values);
		else if (field == 2)
			read = drift_json_skip(&x->json);
		else
			read = drift_json_refuse_text(&x->json, DRIFT_UNSUPPORTED, "categories have an unknown field");
	}
	c->is_text = (seen & 1) != 0;
	c->values = c->is_text ? bytes : values;
	return read && x->json.event == DRIFT_JSON_OBJECT_END;
}

bool
drift_xgboost_read_categories(DriftXgboost *x)
{
	static const char *const names[] = {"enc", "feature_segments", "sorted_idx"};
	DriftJson *j = &x->json;
	uint64_t seen = 0;
	int field;

	if (!drift_json_expect(j, DRIFT_JSON_OBJECT))
		return false;
	while ((field = drift_json_field(j, names, 3, &seen)) >= 0)
	{
		if (field == 3)
			return drift_json_refuse_text(j, DRIFT_UNSUPPORTED, "categories have an unknown field");
		if (field > 0 ? !drift_json_skip(j) : !drift_json_expect(j, DRIFT_JSON_ARRAY))
			return false;
		while (field == 0 && drift_json_next(j) != DRIFT_JSON_ARRAY_END)
			if (j->event != DRIFT_JSON_OBJECT)
				return drift_json_refuse(j, DRIFT_CORRUPT, "categories of a column are no object");
			else if (!read_enc(x))
				return false;
	}
	return j->event == DRIFT_JSON_OBJECT_END;
}

static bool
refuse(DriftXgboost *x, const char *reason)
{
	return drift_xgboost_refuse(x, DRIFT_CORRUPT, reason, (DriftText){"", 0});
}

/* Strings of the categories, which lie in one array of bytes. */
static bool
put_strings(DriftXgboost *x, const DriftXgboostCategories *c)
{
	const DriftHost *host = x->d->host;
	const int64_t *offsets = c->offsets.elements;
	const int64_t *values = c->values.elements;
	char *bytes = host->allocate(host->ctx, c->values.count);

	for (uint64_t i = 0; i < c->values.count; i++)
		bytes[i] = (char) (values[i] & 0xFF);
	for (uint64_t i = 0; i + 1 < c->offsets.count; i++)
	{
		if (offsets[i] < 0 || offsets[i + 1] < offsets[i] || (uint64_t) offsets[i + 1] > c->values.count)
			return refuse(x, "a category does not lie within the text of all");
		if (!drift_utf8_valid(bytes + offsets[i], (size_t) (offsets[i + 1] - offsets[i])))
			return refuse(x, "a category is not valid UTF-8");
		drift_draft_string(x->d, bytes + offsets[i], (size_t) (offsets[i + 1] - offsets[i]));
	}
	return true;
}

static void
put_number(DriftXgboost *x, double number)
{
	*(double *) drift_draft_add(x->d, DRIFT_SECTION_NUMBERS, 1) = number;
}

static uint64_t
codes_of(const DriftXgboostCategories *c)
{
	if (!c->is_text)
		return c->values.count;
	return c->offsets.count > 0 ? c->offsets.count - 1 : 0;
}

/* The step that makes a code of a value; gives its slot. */
static bool
put_map(DriftXgboost *x, const DriftXgboostCategories *c, uint32_t *slot)
{
	uint32_t first_number = (uint32_t) drift_draft_count(x->d, DRIFT_SECTION_NUMBERS);
	uint32_t first_string = (uint32_t) drift_draft_count(x->d, DRIFT_SECTION_STRINGS);
	uint64_t codes = codes_of(c);
	uint64_t number;
	DriftStep *steps;

	if (c->is_text && !put_strings(x, c))
		return false;
	put_number(x, (double) NAN);
	for (uint64_t code = 0; code < codes; code++)
	{
		if (!c->is_text)
			put_number(x, ((const double *) c->values.elements)[code]);
		put_number(x, (double) code);
	}
	number = drift_draft_count(x->d, DRIFT_SECTION_STEPS);
	*slot = drift_draft_step(x->d, c->is_text ? DRIFT_STEP_MAP_TEXT : DRIFT_STEP_MAP_NUMBER, slot, 1, 1, first_number,
							 first_string);
	steps = drift_draft_section(x->d, DRIFT_SECTION_STEPS);
	steps[number].must_know = MISSING_IS_KNOWN;
	return true;
}

/* The categories of a feature; NULL where it has none, or none are kept. */
static const DriftXgboostCategories *
categories_of(const DriftXgboost *x, uint64_t feature)
{
	const DriftXgboostCategories *c = x->categories.elements;

	return feature < x->categories.count && codes_of(&c[feature]) > 0 ? &c[feature] : NULL;
}

/* f and the number of the feature, as XGBoost calls what has no name. */
static DriftText
default_name(uint64_t feature, char *room)
{
	room[0] = 'f';
	return (DriftText){room, 1 + drift_xgboost_digits(room + 1, feature)};
}

static void
put_input(DriftXgboost *x, uint64_t feature)
{
	const DriftXgboostCategories *c = categories_of(x, feature);
	char room[1 + DRIFT_XGBOOST_DIGITS];
	DriftText name =
		x->names.count > 0 ? ((const DriftText *) x->names.elements)[feature] : default_name(feature, room);
	bool is_text = c != NULL && c->is_text;
	uint32_t slot = drift_draft_input(x->d, name.bytes, name.length, is_text ? DRIFT_INPUT_TEXT : DRIFT_INPUT_NUMBER);
	DriftInput *inputs = drift_draft_section(x->d, DRIFT_SECTION_INPUTS);

	inputs[slot].single = c == NULL;
}

bool
drift_xgboost_put_inputs(DriftXgboost *x)
{
	uint32_t *features;

	if (x->names.count > 0 && x->names.count != x->features)
		return refuse(x, "the names are not as many as the features");
	if (x->categories.count > 0 && x->categories.count != x->features)
		return refuse(x, "the categories are not of as many columns as there are features");
	for (uint64_t f = 0; f < x->features; f++)
		put_input(x, f);
	features = drift_draft_add(x->d, DRIFT_SECTION_FEATURES, x->features);
	for (uint64_t f = 0; f < x->features; f++)
	{
		const DriftXgboostCategories *c = categories_of(x, f);

		features[f] = (uint32_t) f;
		if (c != NULL && !put_map(x, c, &features[f]))
			return false;
	}
	return true;
}
