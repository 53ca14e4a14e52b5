#include "model/xgboost_parts.h"

#include <string.h>

bool
drift_xgboost_refuse(DriftXgboost *x, DriftStatus status, const char *reason, DriftText name)
{
	drift_refuse(x->r, status, reason, name.bytes != NULL ? name.bytes : "", name.bytes != NULL ? name.length : 0, 0);
	return false;
}

bool
drift_xgboost_whole(DriftXgboost *x, DriftText text, const char *name, int64_t other, int64_t *number)
{
	DriftDecimal d;

	*number = other;
	if (text.bytes == NULL)
		return true;
	if (drift_decimal_scan(text.bytes, text.bytes + text.length, &d) && d.length == text.length &&
		drift_decimal_integer(&d, number))
		return true;
	return drift_xgboost_refuse(x, DRIFT_CORRUPT, "a parameter is not a whole number", (DriftText){name, strlen(name)});
}

bool
drift_xgboost_text(DriftXgboost *x, DriftText *text)
{
	if (!drift_json_expect(&x->json, DRIFT_JSON_STRING))
		return false;
	*text = (DriftText){x->json.text, x->json.length};
	return true;
}

size_t
drift_xgboost_digits(char *to, uint64_t number)
{
	size_t n = 1;

	for (uint64_t left = number; left >= 10; left /= 10)
		n++;
	for (size_t i = n; i-- > 0; number /= 10)
		to[i] = (char) ('0' + number % 10);
	return n;
}

void *
drift_xgboost_add(DriftXgboost *x, DriftGrowing *g, size_t element)
{
	char *added;

	drift_growing_reserve(g, 1, element, x->d->host);
	added = (char *) g->elements + g->count++ * element;
	memset(added, 0, element);
	return added;
}
