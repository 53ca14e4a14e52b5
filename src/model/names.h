/*
 * names.h
 *		Are the names of a draft's inputs different?
 */
#ifndef DRIFT_MODEL_NAMES_H
#define DRIFT_MODEL_NAMES_H

#include "model/draft.h"

/* An input that has the name of another; DRIFT_NO_INPUT if there is none. In n log n comparisons. */
uint32_t drift_draft_repeated_input(const DriftDraft *d);

#endif
