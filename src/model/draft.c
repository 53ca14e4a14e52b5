#include "model/draft.h"

#include <string.h>

#define FIRST_ROOM 16

/* Beyond this the host cannot keep the block in one value. */
#define MOST_BYTES (((size_t) 1 << 30) - ((size_t) 1 << 16))

void
drift_draft_init(DriftDraft *d, const DriftHost *host)
{
	*d = (DriftDraft){.host = host};
	d->head.order_mark = DRIFT_MODEL_ORDER_MARK;
	d->head.version = DRIFT_MODEL_VERSION;
	d->head.transform = DRIFT_TRANSFORM_IDENTITY;
	d->head.task = DRIFT_TASK_REGRESSION;
	d->head.groups = 1;
	d->head.average_over = 1;
	d->head.parameter = 1;
}

static void
grow(DriftDraft *d, DriftSectionName name, uint64_t count)
{
	DriftGrowing *g = &d->section[name];
	size_t element = drift_section_element(name);
	uint64_t room = g->room == 0 ? FIRST_ROOM : 2 * g->room;
	void *elements;

	if (room < count)
		room = count;
	elements = d->host->allocate(d->host->ctx, room * element);
	if (g->count > 0)
		memcpy(elements, g->elements, g->count * element);
	g->elements = elements;
	g->room = room;
}

void *
drift_draft_add(DriftDraft *d, DriftSectionName name, uint64_t count)
{
	DriftGrowing *g = &d->section[name];
	size_t element = drift_section_element(name);
	char *added;

	if (g->elements == NULL || g->count + count > g->room)
		grow(d, name, g->count + count);
	added = (char *) g->elements + g->count * element;
	if (count > 0)
		memset(added, 0, count * element);
	g->count += count;
	return added;
}

uint32_t
drift_draft_string(DriftDraft *d, const char *text, size_t length)
{
	uint32_t start = (uint32_t) drift_draft_count(d, DRIFT_SECTION_TEXT);
	DriftString *string = drift_draft_add(d, DRIFT_SECTION_STRINGS, 1);

	*string = (DriftString){start, (uint32_t) length};
	if (length > 0)
		memcpy(drift_draft_add(d, DRIFT_SECTION_TEXT, length), text, length);
	return (uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS) - 1;
}

uint32_t
drift_draft_input(DriftDraft *d, const char *name, size_t length, DriftInputKind kind)
{
	uint32_t string = drift_draft_string(d, name, length);
	DriftInput *input = drift_draft_add(d, DRIFT_SECTION_INPUTS, 1);

	*input = (DriftInput){.name = string, .kind = (uint8_t) kind};
	return d->head.slots++;
}

uint32_t
drift_draft_step(DriftDraft *d, DriftStepOp op, const uint32_t *in, uint32_t n_in, uint32_t n_out,
				 uint32_t first_number, uint32_t first_string)
{
	uint32_t first_in = (uint32_t) drift_draft_count(d, DRIFT_SECTION_SLOT_LISTS);
	uint32_t first_out = d->head.slots;
	DriftStep *step;

	memcpy(drift_draft_add(d, DRIFT_SECTION_SLOT_LISTS, n_in), in, n_in * sizeof(uint32_t));
	step = drift_draft_add(d, DRIFT_SECTION_STEPS, 1);
	step->op = (uint8_t) op;
	step->n_in = n_in;
	step->first_in = first_in;
	step->n_out = n_out;
	step->first_number = first_number;
	step->n_numbers = (uint32_t) drift_draft_count(d, DRIFT_SECTION_NUMBERS) - first_number;
	step->first_string = first_string;
	step->n_strings = (uint32_t) drift_draft_count(d, DRIFT_SECTION_STRINGS) - first_string;
	d->head.slots += n_out;
	return first_out;
}

/* Copies what fits and does not cut a character of UTF-8 in two. */
static void
copy_name(char *to, size_t room, const char *name, size_t length)
{
	size_t kept = length < room ? length : room - 1;

	if (kept < length)
		while (kept > 0 && ((unsigned char) name[kept] & 0xC0) == 0x80)
			kept--;
	if (kept > 0)
		memcpy(to, name, kept);
	to[kept] = '\0';
}

DriftStatus
drift_refuse(DriftRefusal *r, DriftStatus status, const char *reason, const char *name, size_t length, uint64_t at)
{
	if (r->status == DRIFT_OK)
	{
		r->status = status;
		r->reason = reason;
		r->at = at;
		copy_name(r->name, sizeof(r->name), name, length);
	}
	return r->status;
}

static size_t
aligned(size_t size)
{
	return (size + 7) & ~(size_t) 7;
}

DriftStatus
drift_draft_size(const DriftDraft *d, size_t *size)
{
	*size = aligned(sizeof(DriftModel));
	for (int name = 0; name < DRIFT_SECTIONS; name++)
	{
		uint64_t count = d->section[name].count;

		if (count > MOST_BYTES)
			return DRIFT_TOO_LARGE;
		*size += aligned(count * drift_section_element((DriftSectionName) name));
		if (*size > MOST_BYTES)
			return DRIFT_TOO_LARGE;
	}
	return DRIFT_OK;
}

DriftStatus
drift_draft_pack(const DriftDraft *d, DriftModel *m, size_t size, DriftRefusal *r)
{
	size_t offset = aligned(sizeof(DriftModel));
	const char *what = NULL;
	DriftStatus status;

	*m = d->head;
	for (int name = 0; name < DRIFT_SECTIONS; name++)
	{
		const DriftGrowing *g = &d->section[name];
		size_t bytes = g->count * drift_section_element((DriftSectionName) name);

		m->section[name] = (DriftSection){offset, g->count};
		if (bytes > 0)
			memcpy((char *) m + offset, g->elements, bytes);
		offset += aligned(bytes);
	}
	status = drift_model_check(m, size, &what);
	return status == DRIFT_OK ? DRIFT_OK : drift_refuse(r, status, what, "", 0, 0);
}
