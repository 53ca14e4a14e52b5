#include "model/form_parts.h"

#include <math.h>
#include <string.h>

/* Keys of a step. */
typedef enum Key
{
	OP,
	IN,
	OUT,
	SINGLE,
	VALUES,
	FROM,
	TO,
	LEAST,
	MOST,
	CENTER,
	SCALE,
	CATEGORIES,
	NUMBERS,
	OTHER,
	UNKNOWN,
	NORM,
	KEYS
} Key;

#define BIT(key) (1u << (key))

static const char *
key_name(Key key)
{
	static const char names[KEYS][12] = {
		[OP] = "op",           [IN] = "in",         [OUT] = "out",         [SINGLE] = "float32",
		[VALUES] = "values",   [FROM] = "from",     [TO] = "to",           [LEAST] = "least",
		[MOST] = "most",       [CENTER] = "center", [SCALE] = "scale",     [CATEGORIES] = "categories",
		[NUMBERS] = "numbers", [OTHER] = "other",   [UNKNOWN] = "unknown", [NORM] = "norm",
	};

	return names[key];
}

/* What becomes of a column. */
typedef enum Shape
{
	PLAIN,   /* a value for each, from those alone */
	VALUED,  /* with a number each */
	PAIRED,  /* with two numbers each */
	SCALED,  /* two steps with a number each */
	WHOLE,   /* a value for each, from all together */
	ONE_HOT, /* a value for each category */
	MAP      /* one of one */
} Shape;

typedef struct Operation
{
	char name[16];
	uint8_t op; /* DriftStepOp */
	uint8_t shape;
	uint8_t first;      /* Key of the numbers */
	uint8_t second;     /* of the second ones */
	bool knows_missing; /* what it writes is not missing where what it reads is */
} Operation;

static const Operation operations[] = {
	{"add", DRIFT_STEP_ADD, VALUED, VALUES, VALUES, false},
	{"subtract", DRIFT_STEP_SUBTRACT, VALUED, VALUES, VALUES, false},
	{"multiply", DRIFT_STEP_MULTIPLY, VALUED, VALUES, VALUES, false},
	{"divide", DRIFT_STEP_DIVIDE, VALUED, VALUES, VALUES, false},
	{"impute", DRIFT_STEP_IMPUTE, VALUED, VALUES, VALUES, true},
	{"binarize", DRIFT_STEP_BINARIZE, VALUED, VALUES, VALUES, false},
	{"replace", DRIFT_STEP_REPLACE, PAIRED, FROM, TO, true},
	{"clip", DRIFT_STEP_CLIP, PAIRED, LEAST, MOST, false},
	{"scale", DRIFT_STEP_SUBTRACT, SCALED, CENTER, SCALE, false},
	{"truncate", DRIFT_STEP_TRUNCATE, PLAIN, OP, OP, false},
	{"float32", DRIFT_STEP_ROUND_SINGLE, PLAIN, OP, OP, false},
	{"normalize", DRIFT_STEP_NORMALIZE_L2, WHOLE, OP, OP, false},
	{"one_hot", DRIFT_STEP_ONE_HOT_NUMBER, ONE_HOT, OP, OP, true},
	{"ordinal", DRIFT_STEP_MAP_NUMBER, MAP, OP, OP, true},
	{"map", DRIFT_STEP_MAP_NUMBER, MAP, OP, OP, true},
};

/* A step as it is written. Memory of lists is used again by the next. */
typedef struct Step
{
	const Operation *operation;
	uint64_t seen;
	DriftGrowing in;      /* DriftFormText */
	DriftGrowing out;     /* DriftFormText */
	DriftGrowing slots;   /* uint32_t: of in */
	DriftGrowing first;   /* double */
	DriftGrowing second;  /* double */
	DriftGrowing texts;   /* DriftFormText: categories */
	DriftGrowing keys;    /* double: categories */
	DriftGrowing numbers; /* double: of categories */
	DriftStepOp norm;
	double other;
	bool has_other;
	bool ignores_unknown;
	bool single;
} Step;

typedef struct Reader
{
	DriftForm *form;
	DriftJson json;
	Step step;
} Reader;

static bool
read_operation(Reader *t)
{
	if (!drift_json_expect(&t->json, DRIFT_JSON_STRING))
		return false;
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (drift_json_is(&t->json, operations[i].name))
		{
			t->step.operation = &operations[i];
			return true;
		}
	return drift_json_refuse_text(&t->json, DRIFT_UNSUPPORTED, "unknown operation of a step");
}

static bool
read_norm(Reader *t)
{
	if (!drift_json_expect(&t->json, DRIFT_JSON_STRING))
		return false;
	if (drift_json_is(&t->json, "l1"))
		t->step.norm = DRIFT_STEP_NORMALIZE_L1;
	else if (drift_json_is(&t->json, "l2"))
		t->step.norm = DRIFT_STEP_NORMALIZE_L2;
	else if (drift_json_is(&t->json, "max"))
		t->step.norm = DRIFT_STEP_NORMALIZE_MAX;
	else
		return drift_json_refuse_text(&t->json, DRIFT_UNSUPPORTED, "unknown norm");
	return true;
}

/* What a value that is no category becomes: null is missing. */
static bool
read_other(Reader *t)
{
	drift_json_next(&t->json);
	t->step.has_other = true;
	t->step.other = drift_json_double(&t->json);
	return t->json.event == DRIFT_JSON_NUMBER || t->json.event == DRIFT_JSON_NULL ||
		   (t->json.event != DRIFT_JSON_ERROR &&
			drift_json_refuse(&t->json, DRIFT_CORRUPT, "\"other\" is neither a number nor null"));
}

static bool
read_unknown(Reader *t)
{
	if (!drift_json_expect(&t->json, DRIFT_JSON_STRING))
		return false;
	t->step.ignores_unknown = drift_json_is(&t->json, "ignore");
	return t->step.ignores_unknown || drift_json_is(&t->json, "error") ||
		   drift_json_refuse_text(&t->json, DRIFT_UNSUPPORTED, "\"unknown\" is neither \"error\" nor \"ignore\"");
}

static bool
read_single(Reader *t)
{
	DriftJsonEvent event = drift_json_next(&t->json);

	t->step.single = event == DRIFT_JSON_TRUE;
	return event == DRIFT_JSON_TRUE || event == DRIFT_JSON_FALSE ||
		   (event != DRIFT_JSON_ERROR &&
			drift_json_refuse(&t->json, DRIFT_CORRUPT, "\"float32\" is neither true nor false"));
}

/* Categories are all texts or all numbers. */
static bool
read_categories(Reader *t)
{
	DriftJson *j = &t->json;
	const DriftHost *host = t->form->draft->host;

	if (!drift_json_expect(j, DRIFT_JSON_ARRAY))
		return false;
	while (drift_json_next(j) != DRIFT_JSON_ARRAY_END)
	{
		drift_growing_reserve(&t->step.texts, 1, sizeof(DriftFormText), host);
		drift_growing_reserve(&t->step.keys, 1, sizeof(double), host);
		if (j->event == DRIFT_JSON_STRING)
			((DriftFormText *) t->step.texts.elements)[t->step.texts.count++] = (DriftFormText){j->text, j->length};
		else if (j->event == DRIFT_JSON_NUMBER)
			((double *) t->step.keys.elements)[t->step.keys.count++] = drift_json_double(j);
		else
			return j->event != DRIFT_JSON_ERROR &&
				   drift_json_refuse(j, DRIFT_CORRUPT, "a category is neither a text nor a number");
		if (t->step.texts.count > 0 && t->step.keys.count > 0)
			return drift_json_refuse(j, DRIFT_CORRUPT, "categories are both texts and numbers");
	}
	return true;
}

static bool
read_key(Reader *t, Key key)
{
	switch (key)
	{
		case OP:
			return read_operation(t);
		case IN:
			return drift_form_texts(&t->json, &t->step.in);
		case OUT:
			return drift_form_texts(&t->json, &t->step.out);
		case SINGLE:
			return read_single(t);
		case VALUES:
		case FROM:
		case LEAST:
		case CENTER:
			return drift_json_doubles(&t->json, &t->step.first);
		case TO:
		case MOST:
		case SCALE:
			return drift_json_doubles(&t->json, &t->step.second);
		case CATEGORIES:
			return read_categories(t);
		case NUMBERS:
			return drift_json_doubles(&t->json, &t->step.numbers);
		case OTHER:
			return read_other(t);
		case UNKNOWN:
			return read_unknown(t);
		case NORM:
			return read_norm(t);
		case KEYS:
			break;
	}
	return drift_form_unknown_key(&t->json);
}

/* Refuses the step at its end, about a key. */
static bool
refuse_key(Reader *t, const char *reason, Key key)
{
	const char *name = key_name(key);

	drift_refuse(t->json.refusal, DRIFT_CORRUPT, reason, name, strlen(name), t->json.start);
	return false;
}

/* Keys that an operation needs, and those it takes besides. */
static void
keys_of(const Operation *o, uint32_t *needed, uint32_t *taken)
{
	*needed = BIT(OP) | BIT(IN);
	*taken = BIT(OUT) | BIT(SINGLE);
	switch ((Shape) o->shape)
	{
		case VALUED:
		case PAIRED:
		case SCALED:
			*needed |= BIT(o->first) | BIT(o->second);
			break;
		case WHOLE:
			*needed |= BIT(NORM);
			break;
		case ONE_HOT:
			*needed |= BIT(CATEGORIES) | BIT(OUT);
			*taken = BIT(UNKNOWN);
			break;
		case MAP:
			*needed |= BIT(CATEGORIES);
			*taken = BIT(OUT) | BIT(OTHER);
			if (strcmp(o->name, "map") == 0)
				*needed |= BIT(NUMBERS);
			break;
		case PLAIN:
			break;
	}
}

static bool
check_keys(Reader *t)
{
	uint32_t needed;
	uint32_t taken;

	if (t->step.operation == NULL)
		return refuse_key(t, "a step lacks a key", OP);
	keys_of(t->step.operation, &needed, &taken);
	for (int key = 0; key < KEYS; key++)
	{
		if ((needed & BIT(key)) && !(t->step.seen >> key & 1))
			return refuse_key(t, "a step lacks a key", (Key) key);
		if (!((needed | taken) & BIT(key)) && (t->step.seen >> key & 1))
			return refuse_key(t, "the operation of the step does not know this key", (Key) key);
	}
	return true;
}

/* Do the lists have the lengths that belong together? */
static bool
check_lengths(Reader *t)
{
	const Step *s = &t->step;
	uint64_t categories = s->texts.count + s->keys.count;
	uint64_t n = s->in.count;

	switch ((Shape) s->operation->shape)
	{
		case VALUED:
		case PAIRED:
		case SCALED:
			if (s->first.count != n)
				return refuse_key(t, "there is not a number for each column", (Key) s->operation->first);
			if (s->operation->shape != VALUED && s->second.count != n)
				return refuse_key(t, "there is not a number for each column", (Key) s->operation->second);
			break;
		case ONE_HOT:
		case MAP:
			if (n != 1)
				return refuse_key(t, "this operation takes one column", IN);
			if (categories == 0)
				return refuse_key(t, "there are no categories", CATEGORIES);
			if (s->numbers.count != categories && (s->seen >> NUMBERS & 1))
				return refuse_key(t, "there is not a number for each category", NUMBERS);
			n = s->operation->shape == ONE_HOT ? categories : 1;
			break;
		case PLAIN:
		case WHOLE:
			break;
	}
	if (s->out.count != n && (s->seen >> OUT & 1))
		return refuse_key(t, "there is not a name for each column that the step writes", OUT);
	return n > 0 || refuse_key(t, "the step reads nothing", IN);
}

/* The slots that are read, of the kind that is. */
static bool
find_slots(Reader *t)
{
	DriftForm *f = t->form;
	const DriftInput *inputs = drift_draft_section(f->draft, DRIFT_SECTION_INPUTS);
	bool wants_text = t->step.texts.count > 0;

	drift_growing_reserve(&t->step.slots, t->step.in.count, sizeof(uint32_t), f->draft->host);
	for (uint64_t i = 0; i < t->step.in.count; i++)
	{
		const DriftFormText *name = (const DriftFormText *) t->step.in.elements + i;
		uint32_t slot = drift_form_slot(f, &t->json, name);
		bool is_text =
			slot < drift_draft_count(f->draft, DRIFT_SECTION_INPUTS) && inputs[slot].kind == DRIFT_INPUT_TEXT;

		if (slot == DRIFT_NO_NAME)
			return false;
		if (is_text != wants_text)
		{
			drift_refuse(t->json.refusal, DRIFT_CORRUPT,
						 wants_text ? "the categories are texts, the column is not" : "the column is text, not numbers",
						 name->text, name->length, t->json.start);
			return false;
		}
		((uint32_t *) t->step.slots.elements)[t->step.slots.count++] = slot;
	}
	return true;
}

static void
append_numbers(DriftDraft *d, const double *numbers, uint64_t n)
{
	if (n > 0)
		memcpy(drift_draft_add(d, DRIFT_SECTION_NUMBERS, n), numbers, n * sizeof(double));
}

/* Constants of one-hot and map; the operation for the kind of categories. */
static DriftStepOp
append_categories(Reader *t)
{
	const Step *s = &t->step;
	DriftDraft *d = t->form->draft;
	bool text = s->texts.count > 0;
	uint64_t n = text ? s->texts.count : s->keys.count;
	const DriftFormText *texts = s->texts.elements;
	const double *keys = s->keys.elements;
	const double *numbers = s->numbers.elements;
	double other = s->has_other ? s->other : (double) NAN;

	if (s->operation->shape == MAP)
		append_numbers(d, &other, 1);
	for (uint64_t i = 0; i < n; i++)
	{
		double number = s->numbers.count > 0 ? numbers[i] : (double) i;

		if (text)
			drift_draft_string(d, texts[i].text, texts[i].length);
		else
			append_numbers(d, &keys[i], 1);
		if (s->operation->shape == MAP)
			append_numbers(d, &number, 1);
	}
	if (s->operation->shape == MAP)
		return text ? DRIFT_STEP_MAP_TEXT : DRIFT_STEP_MAP_NUMBER;
	return text ? DRIFT_STEP_ONE_HOT_TEXT : DRIFT_STEP_ONE_HOT_NUMBER;
}

/* Constants of the other operations. */
static DriftStepOp
append_constants(Reader *t)
{
	const Step *s = &t->step;
	const double *first = s->first.elements;
	const double *second = s->second.elements;

	if (s->operation->shape == WHOLE)
		return s->norm;
	if (s->operation->shape == PAIRED)
		for (uint64_t i = 0; i < s->in.count; i++)
		{
			append_numbers(t->form->draft, &first[i], 1);
			append_numbers(t->form->draft, &second[i], 1);
		}
	else
		append_numbers(t->form->draft, first, s->first.count);
	return (DriftStepOp) s->operation->op;
}

/* Notes the columns that a step wrote: names, and which input makes them missing. */
static void
note_columns(Reader *t, uint32_t first_out, uint32_t n_out)
{
	DriftForm *f = t->form;
	const Step *s = &t->step;
	const DriftFormText *names = s->out.count > 0 ? s->out.elements : s->in.elements;
	const uint32_t *slots = s->slots.elements;
	bool passes = !s->operation->knows_missing;

	drift_growing_reserve(&f->origins, n_out, sizeof(uint32_t), f->draft->host);
	for (uint32_t i = 0; i < n_out; i++)
	{
		uint32_t *origins = f->origins.elements;

		origins[f->origins.count++] = passes ? origins[slots[i]] : DRIFT_NO_INPUT;
		drift_name_map_put(&f->slots, names[i].text, names[i].length, first_out + i);
	}
}

/* The second half of "scale": what the first wrote is divided. */
static uint32_t
append_division(Reader *t, uint32_t first_in)
{
	DriftDraft *d = t->form->draft;
	uint32_t n = (uint32_t) t->step.in.count;
	uint32_t first_number = (uint32_t) drift_draft_count(d, DRIFT_SECTION_NUMBERS);
	uint32_t *slots = d->host->allocate(d->host->ctx, n * sizeof(uint32_t));

	for (uint32_t i = 0; i < n; i++)
		slots[i] = first_in + i;
	append_numbers(d, t->step.second.elements, n);
	return drift_draft_step(d, DRIFT_STEP_DIVIDE, slots, n, n, first_number,
							(uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS));
}

static void
set_flags(DriftDraft *d, const Step *s)
{
	DriftStep *last =
		(DriftStep *) drift_draft_section(d, DRIFT_SECTION_STEPS) + drift_draft_count(d, DRIFT_SECTION_STEPS) - 1;

	last->single = s->single;
	if (s->operation->shape == ONE_HOT)
		last->must_know = !s->ignores_unknown;
	else if (s->operation->shape == MAP)
		last->must_know = !s->has_other;
}

static bool
append_step(Reader *t)
{
	DriftDraft *d = t->form->draft;
	const Step *s = &t->step;
	bool categories = s->operation->shape == ONE_HOT || s->operation->shape == MAP;
	uint32_t first_number = (uint32_t) drift_draft_count(d, DRIFT_SECTION_NUMBERS);
	uint32_t first_string = (uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS);
	uint32_t n_in = (uint32_t) s->in.count;
	uint32_t n_out = s->operation->shape == ONE_HOT ? (uint32_t) (s->texts.count + s->keys.count) : n_in;
	DriftStepOp op = categories ? append_categories(t) : append_constants(t);
	uint32_t first_out;

	if (d->head.slots + 2 * (uint64_t) n_out > DRIFT_MODEL_MAX_SLOTS)
		return refuse_key(t, "the steps write too many columns", IN);
	first_out = drift_draft_step(d, op, s->slots.elements, n_in, n_out, first_number, first_string);
	set_flags(d, s);
	if (s->operation->shape == SCALED)
	{
		uint32_t subtracted = first_out;

		drift_growing_reserve(&t->form->origins, n_out, sizeof(uint32_t), d->host);
		for (uint32_t i = 0; i < n_out; i++)
			((uint32_t *) t->form->origins.elements)[t->form->origins.count++] = DRIFT_NO_INPUT;
		first_out = append_division(t, subtracted);
		set_flags(d, s);
	}
	note_columns(t, first_out, n_out);
	return true;
}

/* Empties the lists, keeping their memory. */
static void
forget_step(Step *s)
{
	DriftGrowing *const lists[] = {&s->in, &s->out, &s->slots, &s->first, &s->second, &s->texts, &s->keys, &s->numbers};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		lists[i]->count = 0;
	s->operation = NULL;
	s->seen = 0;
	s->has_other = false;
	s->ignores_unknown = false;
	s->single = false;
}

static bool
read_step(Reader *t)
{
	const char *names[KEYS];
	int key;

	for (int i = 0; i < KEYS; i++)
		names[i] = key_name((Key) i);
	if (t->json.event != DRIFT_JSON_OBJECT)
		return t->json.event != DRIFT_JSON_ERROR &&
			   drift_json_refuse(&t->json, DRIFT_CORRUPT, "a step is not an object");
	forget_step(&t->step);
	while ((key = drift_json_field(&t->json, names, KEYS, &t->step.seen)) >= 0)
		if (!read_key(t, (Key) key))
			return false;
	return t->json.event == DRIFT_JSON_OBJECT_END && check_keys(t) && check_lengths(t) && find_slots(t) &&
		   append_step(t);
}

DriftStatus
drift_form_steps(DriftForm *f, const DriftFormPart *part)
{
	Reader t = {.form = f};
	DriftRefusal own = {0};

	if (part->bytes == NULL)
		return DRIFT_OK;
	drift_form_begin(f, &t.json, part, &own);
	if (drift_json_expect(&t.json, DRIFT_JSON_ARRAY))
		while (drift_json_next(&t.json) != DRIFT_JSON_ARRAY_END)
			if (!read_step(&t))
				break;
	return drift_form_end(f, &own);
}
