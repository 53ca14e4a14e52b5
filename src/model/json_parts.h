/*
 * json_parts.h
 *		What the two front ends of json.h share.
 */
#ifndef DRIFT_MODEL_JSON_PARTS_H
#define DRIFT_MODEL_JSON_PARTS_H

#include "model/json.h"

/* The next event of either form; DRIFT_JSON_ERROR after a refusal. */
DriftJsonEvent drift_json_text_next(DriftJson *j);
DriftJsonEvent drift_ubjson_next(DriftJson *j);

/* Refuses the source at a byte; the event of an error. */
DriftJsonEvent drift_json_fail(DriftJson *j, DriftStatus status, const char *reason, size_t at);

/* Begins an object or array; ends the innermost. */
DriftJsonEvent drift_json_push(DriftJson *j, DriftJsonEvent event);
DriftJsonEvent drift_json_pop(DriftJson *j);

/* The innermost object or array; NULL outside. */
static inline DriftJsonLevel *
drift_json_top(DriftJson *j)
{
	return j->depth > 0 ? &j->level[j->depth - 1] : NULL;
}

#endif
