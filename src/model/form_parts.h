/*
 * form_parts.h
 *		The parts of the extension's own JSON form (docs/model_json.md), and
 *		what their readers share.
 *
 * The parts of an object may come in any order (jsonb has one of its own), so
 * the object is gone through once to see where each begins; then they are read
 * in the order in which they need one another.
 */
#ifndef DRIFT_MODEL_FORM_PARTS_H
#define DRIFT_MODEL_FORM_PARTS_H

#include "model/json.h"
#include "model/name_map.h"

/* The source of a part; bytes NULL: it is not there. */
typedef struct DriftFormPart
{
	const char *bytes;
	size_t size;
	size_t start; /* in the whole source */
} DriftFormPart;

typedef struct DriftForm
{
	DriftDraft *draft;
	DriftRefusal *refusal;
	DriftNameMap slots;   /* of columns by their name, the last that had it */
	DriftGrowing origins; /* uint32_t for each slot: the input that is missing where it is; DRIFT_NO_INPUT: none */
	uint64_t outputs;     /* margins, as the predictor has them */
	size_t at;            /* where the part that is read begins in the source */
} DriftForm;

/* A piece of text within the source. */
typedef struct DriftFormText
{
	const char *text;
	size_t length;
} DriftFormText;

/* Begins to read a part; it goes on with drift_form_end(). */
void drift_form_begin(DriftForm *f, DriftJson *j, const DriftFormPart *part, DriftRefusal *own);

/* Passes on what a part was refused for, with its place in the source. */
DriftStatus drift_form_end(DriftForm *f, const DriftRefusal *own);

/* Refuses the key that drift_json_field() did not know; false. */
bool drift_form_unknown_key(DriftJson *j);

/* Takes the next value, a list of texts, and puts them, DriftFormText, behind those there. */
bool drift_form_texts(DriftJson *j, DriftGrowing *texts);

/* Takes the next value, a list of numbers (*width is 0) or one of lists of *width numbers each, one after another. */
bool drift_form_matrix(DriftJson *j, DriftGrowing *numbers, uint64_t *width);

/* Takes the next value, a number or a list of numbers. */
bool drift_form_numbers(DriftJson *j, DriftGrowing *numbers);

/* The slot of a column; refuses a name that there is none of and gives DRIFT_NO_NAME. */
uint32_t drift_form_slot(const DriftForm *f, DriftJson *j, const DriftFormText *name);

/* Reads "steps". */
DriftStatus drift_form_steps(DriftForm *f, const DriftFormPart *part);

/* Reads "trees"; *knows_missing tells whether every one says where missing values go. */
DriftStatus drift_form_trees(DriftForm *f, const DriftFormPart *part, bool *knows_missing);

/* Reads "linear"; *knows_missing tells whether missing features are skipped. */
DriftStatus drift_form_linear(DriftForm *f, const DriftFormPart *part, bool *knows_missing);

#endif
