#include "model/form_parts.h"

#include <string.h>

void
drift_form_begin(DriftForm *f, DriftJson *j, const DriftFormPart *part, DriftRefusal *own)
{
	*own = (DriftRefusal){0};
	f->at = part->start;
	drift_json_init(j, part->bytes, part->size, false, f->draft->host, own);
}

DriftStatus
drift_form_end(DriftForm *f, const DriftRefusal *own)
{
	if (own->status == DRIFT_OK)
		return DRIFT_OK;
	return drift_refuse(f->refusal, own->status, own->reason, own->name, strlen(own->name), own->at + f->at);
}

bool
drift_form_unknown_key(DriftJson *j)
{
	return drift_json_refuse_text(j, DRIFT_UNSUPPORTED, "unknown key");
}

bool
drift_form_texts(DriftJson *j, DriftGrowing *texts)
{
	if (!drift_json_expect(j, DRIFT_JSON_ARRAY))
		return false;
	while (drift_json_next(j) != DRIFT_JSON_ARRAY_END)
	{
		if (j->event != DRIFT_JSON_STRING)
			return j->event != DRIFT_JSON_ERROR && drift_json_refuse(j, DRIFT_CORRUPT, "a name belongs here");
		drift_growing_reserve(texts, 1, sizeof(DriftFormText), j->host);
		((DriftFormText *) texts->elements)[texts->count++] = (DriftFormText){j->text, j->length};
	}
	return true;
}

/* Puts the number of the last event behind the others. */
static bool
append_number(DriftJson *j, DriftGrowing *numbers)
{
	if (j->event != DRIFT_JSON_NUMBER)
		return j->event != DRIFT_JSON_ERROR && drift_json_refuse(j, DRIFT_CORRUPT, "a number belongs here");
	drift_growing_reserve(numbers, 1, sizeof(double), j->host);
	((double *) numbers->elements)[numbers->count++] = drift_json_double(j);
	return true;
}

/* The rest of a list, whose beginning was read. */
static bool
read_row(DriftJson *j, DriftGrowing *numbers)
{
	while (drift_json_next(j) != DRIFT_JSON_ARRAY_END)
		if (!append_number(j, numbers))
			return false;
	return true;
}

bool
drift_form_numbers(DriftJson *j, DriftGrowing *numbers)
{
	return drift_json_next(j) == DRIFT_JSON_ARRAY ? read_row(j, numbers) : append_number(j, numbers);
}

bool
drift_form_matrix(DriftJson *j, DriftGrowing *numbers, uint64_t *width)
{
	uint64_t first;

	*width = 0;
	if (!drift_json_expect(j, DRIFT_JSON_ARRAY))
		return false;
	if (drift_json_next(j) != DRIFT_JSON_ARRAY)
		return j->event == DRIFT_JSON_ARRAY_END || (append_number(j, numbers) && read_row(j, numbers));
	do
	{
		first = numbers->count;
		if (j->event != DRIFT_JSON_ARRAY)
			return j->event != DRIFT_JSON_ERROR && drift_json_refuse(j, DRIFT_CORRUPT, "a list belongs here");
		if (!read_row(j, numbers))
			return false;
		if (numbers->count == first || (first > 0 && numbers->count - first != *width))
			return drift_json_refuse(j, DRIFT_CORRUPT, "the lists of a list are empty, or not of one length");
		*width = numbers->count - first;
	} while (drift_json_next(j) != DRIFT_JSON_ARRAY_END);
	return true;
}

uint32_t
drift_form_slot(const DriftForm *f, DriftJson *j, const DriftFormText *name)
{
	uint32_t slot = drift_name_map_find(&f->slots, name->text, name->length);

	if (slot == DRIFT_NO_NAME)
		drift_refuse(j->refusal, DRIFT_CORRUPT, "there is no column of this name", name->text, name->length, j->start);
	return slot;
}
