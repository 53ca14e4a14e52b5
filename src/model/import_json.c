#include "model/import.h"

#include <string.h>

#include "model/form_parts.h"

/* Keys of the whole, in the order in which they are read. */
typedef enum Key
{
	FORMAT,
	VERSION,
	TASK,
	OBJECTIVE,
	INPUTS,
	STEPS,
	FEATURES,
	TREES,
	LINEAR,
	SINGLE,
	BASE,
	AVERAGE,
	TRANSFORM,
	DECISION,
	CLASSES,
	KEYS
} Key;

static const char *
key_name(Key key)
{
	static const char names[KEYS][12] = {
		[FORMAT] = "format",       [VERSION] = "version",   [TASK] = "task",         [OBJECTIVE] = "objective",
		[INPUTS] = "inputs",       [STEPS] = "steps",       [FEATURES] = "features", [TREES] = "trees",
		[LINEAR] = "linear",       [SINGLE] = "float32",    [BASE] = "base",         [AVERAGE] = "average",
		[TRANSFORM] = "transform", [DECISION] = "decision", [CLASSES] = "classes",
	};

	return names[key];
}

/* A word and what it stands for. */
typedef struct Word
{
	char text[16];
	uint8_t value;
} Word;

static const Word tasks[] = {{"regression", DRIFT_TASK_REGRESSION},
							 {"binary", DRIFT_TASK_BINARY},
							 {"multiclass", DRIFT_TASK_MULTICLASS},
							 {"ranking", DRIFT_TASK_RANKING}};

static const Word transforms[] = {{"identity", DRIFT_TRANSFORM_IDENTITY},
								  {"logistic", DRIFT_TRANSFORM_LOGISTIC},
								  {"exp", DRIFT_TRANSFORM_EXP},
								  {"softmax", DRIFT_TRANSFORM_SOFTMAX},
								  {"shares", DRIFT_TRANSFORM_SHARES},
								  {"log1p_exp", DRIFT_TRANSFORM_LOG1P_EXP},
								  {"signed_square", DRIFT_TRANSFORM_SIGNED_SQUARE},
								  {"probit", DRIFT_TRANSFORM_PROBIT}};

static const Word decisions[] = {{"output", DRIFT_DECISION_OUTPUT},
								 {"margin", DRIFT_DECISION_MARGIN},
								 {"largest", DRIFT_DECISION_LARGEST},
								 {"largest_margin", DRIFT_DECISION_LARGEST_MARGIN}};

static const Word kinds[] = {{"number", DRIFT_INPUT_NUMBER}, {"text", DRIFT_INPUT_TEXT}};

#define WORDS(words) (sizeof(words) / sizeof((words)[0]))

/* Whether an input needs a value; unless the source says it, that depends on what becomes of it. */
typedef enum Requirement
{
	DEPENDS,
	REQUIRED,
	OPTIONAL
} Requirement;

typedef struct Reader
{
	DriftForm form;
	DriftFormPart part[KEYS];
	DriftGrowing required; /* Requirement, uint8_t, of each input */
	bool knows_missing;    /* the predictor does */
} Reader;

static DriftStatus
refuse(const Reader *t, DriftStatus status, const char *reason, Key key)
{
	const char *name = key_name(key);

	return drift_refuse(t->form.refusal, status, reason, name, strlen(name), t->part[key].start);
}

static bool
has(const Reader *t, Key key)
{
	return t->part[key].bytes != NULL;
}

/* Finds the parts. */
static DriftStatus
find_parts(Reader *t, const char *bytes, size_t size)
{
	const char *names[KEYS];
	uint64_t seen = 0;
	DriftJson j;
	int key;

	for (int i = 0; i < KEYS; i++)
		names[i] = key_name((Key) i);
	drift_json_init(&j, bytes, size, false, t->form.draft->host, t->form.refusal);
	if (!drift_json_expect(&j, DRIFT_JSON_OBJECT))
		return t->form.refusal->status;
	while ((key = drift_json_field(&j, names, KEYS, &seen)) >= 0)
	{
		size_t before = j.at;

		if (key == KEYS)
			drift_form_unknown_key(&j);
		else if (drift_json_skip(&j))
			t->part[key] = (DriftFormPart){bytes + before, j.at - before, before};
	}
	drift_json_next(&j);
	return t->form.refusal->status;
}

/* Reads a part that is one text, into *text. */
static DriftStatus
read_text(Reader *t, Key key, DriftFormText *text)
{
	DriftRefusal own;
	DriftJson j;

	drift_form_begin(&t->form, &j, &t->part[key], &own);
	if (drift_json_expect(&j, DRIFT_JSON_STRING))
		*text = (DriftFormText){j.text, j.length};
	return drift_form_end(&t->form, &own);
}

static bool
find_word(const Word *words, size_t n, const DriftFormText *text, uint8_t *value)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i].text) == text->length && memcmp(words[i].text, text->text, text->length) == 0)
		{
			*value = words[i].value;
			return true;
		}
	return false;
}

/* Reads a part that is one of some words; where it is not there *value stays. */
static DriftStatus
read_word(Reader *t, Key key, const Word *words, size_t n, uint8_t *value)
{
	DriftFormText text;

	if (!has(t, key))
		return DRIFT_OK;
	if (read_text(t, key, &text) != DRIFT_OK)
		return t->form.refusal->status;
	if (find_word(words, n, &text, value))
		return DRIFT_OK;
	return drift_refuse(t->form.refusal, DRIFT_UNSUPPORTED, "unknown task, transform or decision", text.text,
						text.length, t->part[key].start);
}

/* Reads a part that is true or false. */
static DriftStatus
read_bool(Reader *t, Key key, bool *value)
{
	DriftRefusal own;
	DriftJson j;

	if (!has(t, key))
		return DRIFT_OK;
	drift_form_begin(&t->form, &j, &t->part[key], &own);
	*value = drift_json_next(&j) == DRIFT_JSON_TRUE;
	if (j.event != DRIFT_JSON_TRUE && j.event != DRIFT_JSON_FALSE && j.event != DRIFT_JSON_ERROR)
		drift_json_refuse(&j, DRIFT_CORRUPT, "neither true nor false");
	return drift_form_end(&t->form, &own);
}

/* Format and version; then what a model needs at least. */
static DriftStatus
read_format(Reader *t)
{
	static const Key needed[] = {FORMAT, VERSION, TASK, INPUTS, FEATURES};
	DriftFormText format = {0};
	DriftRefusal own;
	DriftJson j;
	int64_t version;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!has(t, needed[i]))
			return refuse(t, DRIFT_CORRUPT, "the model lacks a key", needed[i]);
	if (has(t, TREES) == has(t, LINEAR))
		return refuse(t, DRIFT_CORRUPT, "a model has either trees or a linear predictor", TREES);
	if (read_text(t, FORMAT, &format) != DRIFT_OK)
		return t->form.refusal->status;
	if (format.length != strlen("drift") || memcmp(format.text, "drift", format.length) != 0)
		return refuse(t, DRIFT_CORRUPT, "the format is not \"drift\"", FORMAT);
	drift_form_begin(&t->form, &j, &t->part[VERSION], &own);
	drift_json_next(&j);
	if (j.event != DRIFT_JSON_ERROR && (!drift_json_integer(&j, &version) || version != 1))
		drift_json_refuse(&j, DRIFT_BAD_VERSION, "a version of the form that is not known here");
	return drift_form_end(&t->form, &own);
}

static DriftStatus
read_head(Reader *t)
{
	DriftModel *head = &t->form.draft->head;
	DriftFormText objective = {"", 0};

	if (read_format(t) != DRIFT_OK || read_word(t, TASK, tasks, WORDS(tasks), &head->task) != DRIFT_OK ||
		read_word(t, TRANSFORM, transforms, WORDS(transforms), &head->transform) != DRIFT_OK ||
		(has(t, OBJECTIVE) && read_text(t, OBJECTIVE, &objective) != DRIFT_OK))
		return t->form.refusal->status;
	head->source = DRIFT_SOURCE_JSON;
	head->source_version = drift_draft_string(t->form.draft, "1", 1);
	head->objective = drift_draft_string(t->form.draft, objective.text, objective.length);
	return DRIFT_OK;
}

/* The keys of an input that is an object. */
static bool
read_input_keys(DriftJson *j, DriftFormText *name, uint8_t *kind, Requirement *required)
{
	static const char *const names[] = {"name", "kind", "required"};
	uint64_t seen = 0;
	DriftFormText word;
	int key;

	while ((key = drift_json_field(j, names, 3, &seen)) >= 0)
	{
		if (key == 3)
			return drift_form_unknown_key(j);
		drift_json_next(j);
		word = (DriftFormText){j->text, j->length};
		if (key == 0 && j->event == DRIFT_JSON_STRING)
			*name = word;
		else if (key == 1 && j->event == DRIFT_JSON_STRING && find_word(kinds, WORDS(kinds), &word, kind))
			continue;
		else if (key == 2 && (j->event == DRIFT_JSON_TRUE || j->event == DRIFT_JSON_FALSE))
			*required = j->event == DRIFT_JSON_TRUE ? REQUIRED : OPTIONAL;
		else
			return j->event != DRIFT_JSON_ERROR &&
				   drift_json_refuse(j, DRIFT_CORRUPT,
									 "an input has a name, a kind of \"number\" or \"text\", and is required or not");
	}
	return j->event == DRIFT_JSON_OBJECT_END &&
		   (name->text != NULL || drift_json_refuse(j, DRIFT_CORRUPT, "an input has no name"));
}

/* An input: an object, or the name of a number. */
static bool
read_input(Reader *t, DriftJson *j)
{
	DriftForm *f = &t->form;
	DriftFormText name = {0};
	uint8_t kind = DRIFT_INPUT_NUMBER;
	Requirement required = DEPENDS;
	uint32_t slot;

	if (j->event == DRIFT_JSON_STRING)
		name = (DriftFormText){j->text, j->length};
	else if (j->event != DRIFT_JSON_OBJECT)
		return j->event != DRIFT_JSON_ERROR && drift_json_refuse(j, DRIFT_CORRUPT, "an input is a name or an object");
	else if (!read_input_keys(j, &name, &kind, &required))
		return false;
	if (drift_name_map_find(&f->slots, name.text, name.length) != DRIFT_NO_NAME)
	{
		drift_refuse(j->refusal, DRIFT_CORRUPT, "two inputs have the same name", name.text, name.length, j->start);
		return false;
	}
	if (drift_draft_count(f->draft, DRIFT_SECTION_INPUTS) == DRIFT_MODEL_MAX_INPUTS)
		return drift_json_refuse(j, DRIFT_TOO_LARGE, "too many inputs");
	slot = drift_draft_input(f->draft, name.text, name.length, (DriftInputKind) kind);
	drift_name_map_put(&f->slots, name.text, name.length, slot);
	drift_growing_reserve(&f->origins, 1, sizeof(uint32_t), f->draft->host);
	((uint32_t *) f->origins.elements)[f->origins.count++] = slot;
	drift_growing_reserve(&t->required, 1, sizeof(uint8_t), f->draft->host);
	((uint8_t *) t->required.elements)[t->required.count++] = (uint8_t) required;
	return true;
}

static DriftStatus
read_inputs(Reader *t)
{
	DriftRefusal own;
	DriftJson j;

	drift_form_begin(&t->form, &j, &t->part[INPUTS], &own);
	if (drift_json_expect(&j, DRIFT_JSON_ARRAY))
		while (drift_json_next(&j) != DRIFT_JSON_ARRAY_END)
			if (!read_input(t, &j))
				break;
	return drift_form_end(&t->form, &own);
}

/* The slots of the predictor's features. */
static DriftStatus
read_features(Reader *t)
{
	DriftDraft *d = t->form.draft;
	const DriftInput *inputs = drift_draft_section(d, DRIFT_SECTION_INPUTS);
	DriftGrowing names = {0};
	DriftRefusal own;
	DriftJson j;

	drift_form_begin(&t->form, &j, &t->part[FEATURES], &own);
	if (drift_form_texts(&j, &names) && names.count > DRIFT_MODEL_MAX_SLOTS)
		drift_json_refuse(&j, DRIFT_TOO_LARGE, "too many features");
	for (uint64_t i = 0; own.status == DRIFT_OK && i < names.count; i++)
	{
		const DriftFormText *name = (const DriftFormText *) names.elements + i;
		uint32_t slot = drift_form_slot(&t->form, &j, name);

		if (slot == DRIFT_NO_NAME)
			break;
		if (slot < drift_draft_count(d, DRIFT_SECTION_INPUTS) && inputs[slot].kind == DRIFT_INPUT_TEXT)
			drift_refuse(&own, DRIFT_CORRUPT, "a feature is text", name->text, name->length, j.start);
		*(uint32_t *) drift_draft_add(d, DRIFT_SECTION_FEATURES, 1) = slot;
	}
	return drift_form_end(&t->form, &own);
}

static DriftStatus
read_predictor(Reader *t)
{
	DriftModel *head = &t->form.draft->head;
	bool trees = has(t, TREES);

	head->predictor = trees ? DRIFT_PREDICTOR_TREES : DRIFT_PREDICTOR_LINEAR;
	if ((trees ? drift_form_trees(&t->form, &t->part[TREES], &t->knows_missing)
			   : drift_form_linear(&t->form, &t->part[LINEAR], &t->knows_missing)) != DRIFT_OK)
		return t->form.refusal->status;
	head->groups = (uint32_t) t->form.outputs;
	return DRIFT_OK;
}

/* Inputs whose missing values would reach a predictor that does not know them need values. */
static void
require_values(Reader *t)
{
	DriftDraft *d = t->form.draft;
	DriftInput *inputs = drift_draft_section(d, DRIFT_SECTION_INPUTS);
	const uint32_t *features = drift_draft_section(d, DRIFT_SECTION_FEATURES);
	const uint32_t *origins = t->form.origins.elements;
	const uint8_t *required = t->required.elements;

	for (uint64_t i = 0; !t->knows_missing && i < drift_draft_count(d, DRIFT_SECTION_FEATURES); i++)
		if (origins[features[i]] != DRIFT_NO_INPUT)
			inputs[origins[features[i]]].needs_value = 1;
	for (uint64_t i = 0; i < drift_draft_count(d, DRIFT_SECTION_INPUTS); i++)
		if (required[i] != DEPENDS)
			inputs[i].needs_value = required[i] == REQUIRED;
}

/* scikit-learn's trees see float32. Without steps that is a matter of the inputs. */
static DriftStatus
round_features(Reader *t)
{
	DriftDraft *d = t->form.draft;
	uint64_t n = drift_draft_count(d, DRIFT_SECTION_FEATURES);
	uint32_t *features = drift_draft_section(d, DRIFT_SECTION_FEATURES);
	DriftInput *inputs = drift_draft_section(d, DRIFT_SECTION_INPUTS);
	bool single = has(t, TREES);
	uint32_t first;

	if (has(t, SINGLE) && !single)
		return refuse(t, DRIFT_CORRUPT, "only trees round what they read", SINGLE);
	if (read_bool(t, SINGLE, &single) != DRIFT_OK || !single || n == 0)
		return t->form.refusal->status;
	if (drift_draft_count(d, DRIFT_SECTION_STEPS) == 0)
	{
		for (uint64_t i = 0; i < n; i++)
			inputs[features[i]].single = 1;
		return DRIFT_OK;
	}
	if (d->head.slots + n > DRIFT_MODEL_MAX_SLOTS)
		return refuse(t, DRIFT_TOO_LARGE, "too many columns", FEATURES);
	first = drift_draft_step(d, DRIFT_STEP_ROUND_SINGLE, features, (uint32_t) n, (uint32_t) n,
							 (uint32_t) drift_draft_count(d, DRIFT_SECTION_NUMBERS),
							 (uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS));
	for (uint64_t i = 0; i < n; i++)
		features[i] = first + (uint32_t) i;
	return DRIFT_OK;
}

/* What margins begin with, where the linear predictor has not said it. */
static DriftStatus
read_base(Reader *t)
{
	DriftDraft *d = t->form.draft;
	uint64_t missing = d->head.groups - drift_draft_count(d, DRIFT_SECTION_BASE);
	DriftGrowing numbers = {0};
	DriftRefusal own;
	DriftJson j;
	double *base;

	if (has(t, BASE) && has(t, LINEAR))
		return refuse(t, DRIFT_CORRUPT, "the base of a linear predictor is its intercept", BASE);
	base = drift_draft_add(d, DRIFT_SECTION_BASE, missing);
	if (!has(t, BASE))
		return DRIFT_OK;
	drift_form_begin(&t->form, &j, &t->part[BASE], &own);
	if (drift_form_numbers(&j, &numbers) && numbers.count != missing)
		drift_json_refuse(&j, DRIFT_CORRUPT, "there is not a base for each output");
	if (own.status == DRIFT_OK)
		memcpy(base, numbers.elements, missing * sizeof(double));
	return drift_form_end(&t->form, &own);
}

/* Averages divide by the trees of each output, which have to be as many. */
static DriftStatus
read_average(Reader *t)
{
	DriftDraft *d = t->form.draft;
	const DriftTree *trees = drift_draft_section(d, DRIFT_SECTION_TREES);
	uint64_t n = drift_draft_count(d, DRIFT_SECTION_TREES);
	bool vectors = drift_draft_count(d, DRIFT_SECTION_LEAF_WEIGHTS) > 0;
	uint64_t each = vectors ? n : n / d->head.groups;
	uint32_t *trees_of = d->host->allocate(d->host->ctx, d->head.groups * sizeof(uint32_t));
	bool average = false;

	if (read_bool(t, AVERAGE, &average) != DRIFT_OK)
		return t->form.refusal->status;
	d->head.base_first = !average && has(t, TREES);
	if (!average)
		return DRIFT_OK;
	if (!has(t, TREES) || n > UINT32_MAX)
		return refuse(t, DRIFT_CORRUPT, "only trees are averaged", AVERAGE);
	memset(trees_of, 0, d->head.groups * sizeof(uint32_t));
	for (uint64_t i = 0; i < n; i++)
		trees_of[trees[i].group]++;
	for (uint32_t i = 0; !vectors && i < d->head.groups; i++)
		if (trees_of[i] != each)
			return refuse(t, DRIFT_CORRUPT, "the outputs do not have the same number of trees", AVERAGE);
	d->head.average = DRIFT_AVERAGE_MARGIN;
	d->head.average_over = (uint32_t) each;
	return DRIFT_OK;
}

/* Labels of classes: texts; numbers and truth values as they are written. */
static DriftStatus
read_classes(Reader *t)
{
	DriftDraft *d = t->form.draft;
	DriftRefusal own;
	DriftJson j;

	drift_form_begin(&t->form, &j, &t->part[CLASSES], &own);
	if (drift_json_expect(&j, DRIFT_JSON_ARRAY))
		while (drift_json_next(&j) != DRIFT_JSON_ARRAY_END)
		{
			DriftFormText label = {j.bytes + j.start, j.at - j.start};
			uint32_t string;

			if (j.event == DRIFT_JSON_STRING)
				label = (DriftFormText){j.text, j.length};
			else if (j.event != DRIFT_JSON_NUMBER && j.event != DRIFT_JSON_TRUE && j.event != DRIFT_JSON_FALSE)
			{
				drift_json_refuse(&j, DRIFT_CORRUPT, "a class is a text or a number");
				break;
			}
			string = drift_draft_string(d, label.text, label.length);
			*(uint32_t *) drift_draft_add(d, DRIFT_SECTION_LABELS, 1) = string;
		}
	return drift_form_end(&t->form, &own);
}

static DriftStatus
read_decision(Reader *t)
{
	DriftModel *head = &t->form.draft->head;
	bool classifies = head->task == DRIFT_TASK_BINARY || head->task == DRIFT_TASK_MULTICLASS;
	uint64_t classes = head->task == DRIFT_TASK_BINARY ? 2 : head->groups;

	if (classifies != has(t, CLASSES) || (has(t, DECISION) && !classifies))
		return refuse(t, DRIFT_CORRUPT, "binary and multiclass models have classes, others do not", CLASSES);
	if (!classifies)
		return DRIFT_OK;
	if (read_classes(t) != DRIFT_OK)
		return t->form.refusal->status;
	if (drift_draft_count(t->form.draft, DRIFT_SECTION_LABELS) != classes)
		return refuse(t, DRIFT_CORRUPT, "there are not as many classes as the task and the outputs ask for", CLASSES);
	head->decision = head->groups == 1 ? DRIFT_DECISION_OUTPUT : DRIFT_DECISION_LARGEST;
	if (read_word(t, DECISION, decisions, WORDS(decisions), &head->decision) != DRIFT_OK)
		return t->form.refusal->status;
	if (head->groups > 1 && head->decision < DRIFT_DECISION_LARGEST)
		return refuse(t, DRIFT_CORRUPT, "of several outputs the largest decides", DECISION);
	return DRIFT_OK;
}

DriftStatus
drift_import_json(DriftDraft *d, const char *bytes, size_t size, const DriftImportOptions *options, DriftRefusal *r)
{
	Reader t = {.form = {.draft = d, .refusal = r, .outputs = 1}};

	if (options->iterations > 0)
		return drift_refuse(r, DRIFT_UNSUPPORTED, "this format does not know iterations", "iterations",
							strlen("iterations"), 0);
	drift_name_map_init(&t.form.slots, d->host);
	if (find_parts(&t, bytes, size) != DRIFT_OK || read_head(&t) != DRIFT_OK || read_inputs(&t) != DRIFT_OK ||
		drift_form_steps(&t.form, &t.part[STEPS]) != DRIFT_OK || read_features(&t) != DRIFT_OK ||
		read_predictor(&t) != DRIFT_OK)
		return r->status;
	require_values(&t);
	if (round_features(&t) != DRIFT_OK || read_base(&t) != DRIFT_OK || read_average(&t) != DRIFT_OK)
		return r->status;
	return read_decision(&t);
}
