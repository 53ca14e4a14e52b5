/*
 * draft.h
 *		A model while an importer puts it together.
 *
 * A draft is a growing array for each section of model.h. Its memory comes
 * from an allocator of the host that does not give up by returning NULL (the
 * server's jumps, a test's aborts) and is freed by the host, all at once.
 * Appending functions give the number of the element. Packing is the end.
 */
#ifndef DRIFT_MODEL_DRAFT_H
#define DRIFT_MODEL_DRAFT_H

#include "model/model.h"

/* Memory and patience of the host. */
typedef struct DriftHost
{
	void *(*allocate)(void *ctx, size_t size); /* aligned to 8; never NULL */
	void *ctx;
	void (*poll)(void); /* may be NULL; called now and then, may leave by a jump */
} DriftHost;

/* Why a source was refused. */
typedef struct DriftRefusal
{
	DriftStatus status;
	const char *reason; /* a static text for people, such as "unknown objective" */
	char name[80];      /* what it is about, as the source spells it, cut at a character; "" if nothing */
	uint64_t at;        /* byte of the source, or line where that is known instead */
} DriftRefusal;

typedef struct DriftGrowing
{
	void *elements;
	uint64_t count;
	uint64_t room;
} DriftGrowing;

typedef struct DriftDraft
{
	DriftModel head; /* all but lengths, digest and sections */
	const DriftHost *host;
	DriftGrowing section[DRIFT_SECTIONS];
} DriftDraft;

/* Starts an empty draft: one group, identity, everything else zero. */
void drift_draft_init(DriftDraft *d, const DriftHost *host);

/* Appends count zeroed elements to a section and gives the first; the pointer holds until the next append to it. */
void *drift_draft_add(DriftDraft *d, DriftSectionName name, uint64_t count);

/* Elements so far. */
static inline void *
drift_draft_section(const DriftDraft *d, DriftSectionName name)
{
	return d->section[name].elements;
}

static inline uint64_t
drift_draft_count(const DriftDraft *d, DriftSectionName name)
{
	return d->section[name].count;
}

/* Appends a copy of a string; gives its number. */
uint32_t drift_draft_string(DriftDraft *d, const char *text, size_t length);

/* Appends an input by name; gives its slot. Inputs come before any step. */
uint32_t drift_draft_input(DriftDraft *d, const char *name, size_t length, DriftInputKind kind);

/*
 * Appends a step that reads n_in slots; gives the first of the n_out slots it
 * writes. Its numbers and strings are appended by the caller right before, and
 * begin at first_number and first_string.
 */
uint32_t drift_draft_step(DriftDraft *d, DriftStepOp op, const uint32_t *in, uint32_t n_in, uint32_t n_out,
						  uint32_t first_number, uint32_t first_string);

/* Notes a refusal in *r, unless there is one; gives its status. */
DriftStatus drift_refuse(DriftRefusal *r, DriftStatus status, const char *reason, const char *name, size_t length,
						 uint64_t at);

/* Bytes of the packed draft. DRIFT_OVERFLOW beyond 1 GB less what the host needs. */
DriftStatus drift_draft_size(const DriftDraft *d, size_t *size);

/* Packs the draft into that many zeroed bytes at m, aligned to 8; then drift_model_check(). */
DriftStatus drift_draft_pack(const DriftDraft *d, DriftModel *m, size_t size, DriftRefusal *r);

#endif
