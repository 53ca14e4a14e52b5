#include "model/form_parts.h"

#include <string.h>

typedef enum Key
{
	COEFFICIENTS,
	INTERCEPT,
	MISSING,
	KEYS
} Key;

typedef struct Reader
{
	DriftForm *form;
	DriftJson json;
	DriftGrowing coefficients;
	DriftGrowing intercept;
	uint64_t width; /* of rows of coefficients; 0: one row */
	bool skips_missing;
} Reader;

static bool
read_missing(Reader *t)
{
	if (!drift_json_expect(&t->json, DRIFT_JSON_STRING))
		return false;
	t->skips_missing = drift_json_is(&t->json, "skip");
	return t->skips_missing || drift_json_is(&t->json, "error") ||
		   drift_json_refuse_text(&t->json, DRIFT_UNSUPPORTED, "\"missing\" is neither \"error\" nor \"skip\"");
}

static bool
read_key(Reader *t, Key key)
{
	switch (key)
	{
		case COEFFICIENTS:
			return drift_form_matrix(&t->json, &t->coefficients, &t->width);
		case INTERCEPT:
			return drift_form_numbers(&t->json, &t->intercept);
		case MISSING:
			return read_missing(t);
		case KEYS:
			break;
	}
	return drift_form_unknown_key(&t->json);
}

static bool
append(Reader *t)
{
	DriftDraft *d = t->form->draft;
	uint64_t features = drift_draft_count(d, DRIFT_SECTION_FEATURES);
	uint64_t outputs = t->width > 0 ? t->coefficients.count / t->width : 1;
	uint64_t width = t->width > 0 ? t->width : t->coefficients.count;

	if (t->coefficients.count == 0 || width != features)
		return drift_json_refuse(&t->json, DRIFT_CORRUPT, "there is not a coefficient for each feature");
	if (t->intercept.count != outputs && t->intercept.count != 0)
		return drift_json_refuse(&t->json, DRIFT_CORRUPT, "there is not an intercept for each row of coefficients");
	if (outputs > DRIFT_MODEL_MAX_GROUPS)
		return drift_json_refuse(&t->json, DRIFT_TOO_LARGE, "too many rows of coefficients");
	memcpy(drift_draft_add(d, DRIFT_SECTION_COEFFICIENTS, t->coefficients.count), t->coefficients.elements,
		   t->coefficients.count * sizeof(double));
	if (t->intercept.count > 0)
		memcpy(drift_draft_add(d, DRIFT_SECTION_BASE, outputs), t->intercept.elements, outputs * sizeof(double));
	t->form->outputs = outputs;
	d->head.skip_missing = t->skips_missing;
	return true;
}

DriftStatus
drift_form_linear(DriftForm *f, const DriftFormPart *part, bool *knows_missing)
{
	static const char *const names[KEYS] = {"coefficients", "intercept", "missing"};
	Reader t = {.form = f};
	DriftRefusal own = {0};
	uint64_t seen = 0;
	int key = -1;

	drift_form_begin(f, &t.json, part, &own);
	if (drift_json_expect(&t.json, DRIFT_JSON_OBJECT))
		while ((key = drift_json_field(&t.json, names, KEYS, &seen)) >= 0)
			if (!read_key(&t, (Key) key))
				break;
	if (own.status == DRIFT_OK && key < 0)
		append(&t);
	*knows_missing = t.skips_missing;
	return drift_form_end(f, &own);
}
