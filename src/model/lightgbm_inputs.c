#include "model/lightgbm_inputs.h"

#include <math.h>
#include <string.h>

#include "model/json.h"
#include "model/names.h"

/* A list of pandas categories. */
typedef struct List
{
	uint64_t first; /* of the categories of all lists */
	uint64_t count;
	bool text;
} List;

typedef struct Category
{
	const char *text;
	size_t length;
	double number;
} Category;

typedef struct Reader
{
	DriftDraft *draft;
	const DriftLightgbmInputs *source;
	DriftRefusal *refusal;
	bool *categorical; /* of each feature */
	DriftGrowing lists;
	DriftGrowing categories;
} Reader;

static DriftStatus
refuse(const Reader *t, DriftStatus status, const char *reason, const DriftSpan *about)
{
	return drift_refuse(t->refusal, status, reason, about->start, about->length, about->line);
}

/* How many features the parameters name as categorical; 0 if they do not, or in another way than by number. */
static uint32_t
mark_named(Reader *t)
{
	DriftSpan rest = t->source->parameter;
	DriftSpan word;
	uint32_t marked = 0;
	int64_t feature;

	while (drift_next_word(&rest, ',', &word))
	{
		if (!drift_span_integer(&word, 0, (int64_t) t->source->features - 1, &feature))
			return 0;
		marked += !t->categorical[feature];
		t->categorical[feature] = true;
	}
	return marked;
}

/* The same of features that have codes instead of a range. */
static uint32_t
mark_coded(Reader *t)
{
	DriftSpan rest = t->source->infos;
	DriftSpan word;
	uint32_t marked = 0;

	memset(t->categorical, 0, t->source->features * sizeof(bool));
	for (uint32_t i = 0; i < t->source->features && drift_next_word(&rest, ' ', &word); i++)
	{
		t->categorical[i] = word.start[0] != '[' && !drift_span_is(&word, "none");
		marked += t->categorical[i];
	}
	return marked;
}

static bool
append_category(Reader *t, DriftJson *j, List *list)
{
	Category *category;
	bool text = j->event == DRIFT_JSON_STRING;

	if (j->event == DRIFT_JSON_ERROR)
		return false;
	if (!text && j->event != DRIFT_JSON_NUMBER && j->event != DRIFT_JSON_TRUE && j->event != DRIFT_JSON_FALSE)
		return drift_json_refuse(j, DRIFT_UNSUPPORTED, "a category is neither text nor number");
	if (list->count > 0 && text != list->text)
		return drift_json_refuse(j, DRIFT_UNSUPPORTED, "a column has categories that are text and others that are not");
	list->text = text;
	list->count++;
	drift_growing_reserve(&t->categories, 1, sizeof(Category), t->draft->host);
	category = (Category *) t->categories.elements + t->categories.count++;
	*category = (Category){j->text, j->length, j->event == DRIFT_JSON_TRUE};
	if (j->event == DRIFT_JSON_NUMBER)
		category->number = drift_json_double(j);
	return text || !isnan(category->number) || drift_json_refuse(j, DRIFT_UNSUPPORTED, "a category is NaN");
}

static bool
read_list(Reader *t, DriftJson *j)
{
	List list = {.first = t->categories.count};

	if (j->event != DRIFT_JSON_ARRAY)
		return drift_json_refuse(j, DRIFT_CORRUPT, "pandas_categorical is not a list of lists");
	while (drift_json_next(j) != DRIFT_JSON_ARRAY_END)
		if (!append_category(t, j, &list))
			return false;
	drift_growing_reserve(&t->lists, 1, sizeof(List), t->draft->host);
	((List *) t->lists.elements)[t->lists.count++] = list;
	return true;
}

/* The lists; null is none. */
static DriftStatus
read_lists(Reader *t)
{
	const DriftSpan *source = &t->source->categories;
	DriftRefusal refusal = {0};
	DriftJson j;

	if (source->start == NULL)
		return DRIFT_OK;
	drift_json_init(&j, source->start, source->length, false, t->draft->host, &refusal);
	if (drift_json_next(&j) == DRIFT_JSON_ARRAY)
		while (drift_json_next(&j) != DRIFT_JSON_ARRAY_END && j.event != DRIFT_JSON_ERROR && read_list(t, &j))
			;
	else if (j.event != DRIFT_JSON_NULL)
		drift_json_refuse(&j, DRIFT_CORRUPT, "pandas_categorical is not a list of lists");
	if (drift_json_next(&j) == DRIFT_JSON_END)
		return DRIFT_OK;
	return drift_refuse(t->refusal, refusal.status, refusal.reason, "pandas_categorical", strlen("pandas_categorical"),
						source->line);
}

/* Is the number of lists that of the categorical features, as either source counts them? */
static DriftStatus
match_lists(Reader *t)
{
	if (t->lists.count == 0 || mark_named(t) == t->lists.count || mark_coded(t) == t->lists.count)
		return DRIFT_OK;
	return refuse(t, DRIFT_UNSUPPORTED,
				  "which columns the pandas categories belong to is not to be told: ordered ones, or features named as "
				  "categorical that are none of pandas",
				  &(DriftSpan){"pandas_categorical", strlen("pandas_categorical"), t->source->categories.line});
}

/* Every code that was met in training has a category; -1 is the missing. */
static DriftStatus
check_codes(Reader *t, const DriftSpan *info, uint64_t count)
{
	DriftSpan rest = *info;
	DriftSpan word;
	int64_t code;

	if (drift_span_begins(info, "[") || drift_span_is(info, "none"))
		return DRIFT_OK;
	while (drift_next_word(&rest, ':', &word))
		if (!drift_span_integer(&word, -1, (int64_t) count - 1, &code))
			return refuse(t, DRIFT_UNSUPPORTED, "a code is not of the pandas categories of its feature", &word);
	return DRIFT_OK;
}

/* The list of each feature, NULL where it has none, by order. */
static const List **
lists_of_features(Reader *t)
{
	const DriftHost *host = t->draft->host;
	const List **of = host->allocate(host->ctx, t->source->features * sizeof(List *));
	const List *next = t->lists.elements;

	for (uint32_t i = 0; i < t->source->features; i++)
		of[i] = t->lists.count > 0 && t->categorical[i] ? next++ : NULL;
	return of;
}

static DriftStatus
append_inputs(Reader *t, const List *const *of)
{
	DriftSpan names = t->source->names;
	DriftSpan infos = t->source->infos;
	DriftSpan name;
	DriftSpan info;
	uint32_t repeated;

	for (uint32_t i = 0; i < t->source->features; i++)
	{
		if (!drift_next_word(&names, ' ', &name) || !drift_next_word(&infos, ' ', &info))
			return refuse(t, DRIFT_CORRUPT, "not every feature has a name and an info", &t->source->names);
		if (!drift_utf8_valid(name.start, name.length))
			return refuse(t, DRIFT_CORRUPT, "the name of a feature is not valid UTF-8",
						  &(DriftSpan){NULL, 0, name.line});
		if (of[i] && check_codes(t, &info, of[i]->count) != DRIFT_OK)
			return t->refusal->status;
		drift_draft_input(t->draft, name.start, name.length,
						  of[i] && of[i]->text ? DRIFT_INPUT_TEXT : DRIFT_INPUT_NUMBER);
	}
	if (drift_next_word(&names, ' ', &name) || drift_next_word(&infos, ' ', &info))
		return refuse(t, DRIFT_CORRUPT, "there are more names or infos than features", &t->source->names);
	repeated = drift_draft_repeated_input(t->draft);
	if (repeated != DRIFT_NO_INPUT)
		return refuse(t, DRIFT_CORRUPT, "two features have the same name", &t->source->names);
	return DRIFT_OK;
}

/* A step from category to code; every other value is missing. Gives its slot. */
static uint32_t
append_map(Reader *t, uint32_t input, const List *list)
{
	DriftDraft *d = t->draft;
	const Category *categories = (const Category *) t->categories.elements + list->first;
	uint32_t first_string = (uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS);
	uint32_t first_number = (uint32_t) drift_draft_count(d, DRIFT_SECTION_NUMBERS);
	uint64_t each = list->text ? 1 : 2;
	double *numbers = drift_draft_add(d, DRIFT_SECTION_NUMBERS, 1 + each * list->count);

	numbers[0] = (double) NAN;
	for (uint64_t i = 0; i < list->count; i++)
	{
		if (list->text)
			drift_draft_string(d, categories[i].text, categories[i].length);
		else
			numbers[1 + 2 * i] = categories[i].number;
		numbers[each * (i + 1)] = (double) i;
	}
	return drift_draft_step(d, list->text ? DRIFT_STEP_MAP_TEXT : DRIFT_STEP_MAP_NUMBER, &input, 1, 1, first_number,
							first_string);
}

DriftStatus
drift_lightgbm_inputs(DriftDraft *d, const DriftLightgbmInputs *inputs, DriftRefusal *r)
{
	Reader t = {.draft = d, .source = inputs, .refusal = r};
	const List **of;

	t.categorical = d->host->allocate(d->host->ctx, inputs->features * sizeof(bool));
	memset(t.categorical, 0, inputs->features * sizeof(bool));
	if (read_lists(&t) != DRIFT_OK || match_lists(&t) != DRIFT_OK)
		return r->status;
	of = lists_of_features(&t);
	if (append_inputs(&t, of) != DRIFT_OK)
		return r->status;
	for (uint32_t i = 0; i < inputs->features; i++)
	{
		uint32_t slot = of[i] ? append_map(&t, i, of[i]) : i;

		*(uint32_t *) drift_draft_add(d, DRIFT_SECTION_FEATURES, 1) = slot;
	}
	return DRIFT_OK;
}
