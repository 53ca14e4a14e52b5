/*
 * jsonb_parts.h
 *		Members of a jsonb object, one by one or some of them as another object.
 */
#ifndef DRIFT_REGISTRY_JSONB_PARTS_H
#define DRIFT_REGISTRY_JSONB_PARTS_H

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

/* An error that calls it by that name unless it is an object. */
extern void JsonbRequireObject(const Jsonb *object, const char *called);

/* The members that any (kept) or none of the names (left out) is of; names end with NULL. */
extern Jsonb *JsonbMembers(Jsonb *object, const char *const *names, bool kept);

/* The member as it is; NULL where it is not there or null. */
extern JsonbValue *JsonbMember(Jsonb *object, const char *name);

/* A text, a number or a boolean as text; NULL where it is not there or null. Other values are an error that names it. */
extern char *JsonbMemberText(Jsonb *object, const char *name);

/* The elements of an array of such values, a list of char *. An array may be empty, NULL elements are an error. */
extern List *JsonbMemberTexts(Jsonb *object, const char *name);

/* Adds a member to an object that is being built. */
extern void JsonbAddText(JsonbParseState **state, const char *name, const char *value);
extern void JsonbAddNumber(JsonbParseState **state, const char *name, double value);
extern void JsonbAddInteger(JsonbParseState **state, const char *name, int64 value);
extern void JsonbAddBoolean(JsonbParseState **state, const char *name, bool value);
/* A value that is an object, or one that is a number, a text, a boolean or null. */
extern void JsonbAddObject(JsonbParseState **state, const char *name, Jsonb *object);
extern void JsonbAddScalar(JsonbParseState **state, const char *name, Jsonb *scalar);
extern void JsonbAddKey(JsonbParseState **state, const char *name, int length);

#endif
