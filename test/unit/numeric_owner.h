/*
 * numeric_owner.h
 *		Who owns a numeric profile in a test: malloc'd blocks of exactly the
 *		size that was asked for, so that a step past it is seen.
 */
#ifndef DRIFT_TEST_NUMERIC_OWNER_H
#define DRIFT_TEST_NUMERIC_OWNER_H

#include <stdlib.h>

#include "stats/numeric_codec.h"

static inline DriftNumeric *
numeric_block(uint32_t key_capacity, uint32_t buffer_capacity, uint32_t edge_count)
{
	DriftNumeric *p = malloc(drift_numeric_size(key_capacity, buffer_capacity, edge_count));

	if (p == NULL)
		abort();
	p->profile.host_length = 0;
	return p;
}

static inline DriftNumeric *
numeric_new(uint32_t key_limit, const double *edges, uint32_t edge_count)
{
	uint32_t capacity = drift_numeric_full_capacity(key_limit, DRIFT_BUFFER);
	DriftNumeric *p = numeric_block(capacity, DRIFT_BUFFER, edge_count);

	drift_numeric_init(p, DRIFT_VALUE_NUMBER, key_limit, capacity, DRIFT_BUFFER, edges, edge_count);
	return p;
}

static inline void
numeric_flush(DriftNumeric *p)
{
	if (drift_numeric_flush(p) != DRIFT_OK)
		abort();
}

static inline void
numeric_add(DriftNumeric *p, double x)
{
	drift_numeric_add(p, x);
	if (drift_numeric_full(p))
		numeric_flush(p);
}

/* The flushed profile of some rows. */
static inline DriftNumeric *
numeric_of(uint32_t key_limit, const double *x, size_t n)
{
	DriftNumeric *p = numeric_new(key_limit, NULL, 0);

	for (size_t i = 0; i < n; i++)
		numeric_add(p, x[i]);
	numeric_flush(p);
	return p;
}

static inline DriftNumeric *
numeric_clone(const DriftNumeric *p)
{
	DriftNumeric *clone = numeric_block(p->key_capacity, p->buffer_capacity, p->edge_count);

	drift_numeric_copy(clone, p->key_capacity, p->buffer_capacity, p);
	return clone;
}

static inline void
numeric_merge(DriftNumeric **dst, const DriftNumeric *src)
{
	DriftStatus status = drift_numeric_merge(*dst, src);

	if (status == DRIFT_NO_SPACE)
	{
		uint32_t capacity = (*dst)->key_count + src->key_count;
		DriftNumeric *grown = numeric_block(capacity, (*dst)->buffer_capacity, (*dst)->edge_count);

		drift_numeric_copy(grown, capacity, (*dst)->buffer_capacity, *dst);
		free(*dst);
		*dst = grown;
		status = drift_numeric_merge(*dst, src);
	}
	if (status != DRIFT_OK)
		abort();
}

static inline uint8_t *
numeric_pack(const DriftNumeric *p, size_t *size)
{
	uint8_t *bytes;

	*size = drift_numeric_packed_size(p);
	bytes = calloc(*size, 1);
	if (bytes == NULL || drift_numeric_pack(p, bytes, *size) != DRIFT_OK)
		abort();
	return bytes;
}

/* The profile in the bytes, or NULL and why they were refused. */
static inline DriftNumeric *
numeric_unpack(const uint8_t *bytes, size_t length, DriftStatus *status)
{
	uint32_t key_count;
	uint32_t edge_count;
	DriftNumeric *p;

	*status = drift_numeric_peek(bytes, length, &key_count, &edge_count);
	if (*status != DRIFT_OK)
		return NULL;
	p = numeric_block(key_count, 0, edge_count);
	*status = drift_numeric_unpack(bytes, length, p, key_count, 0);
	if (*status == DRIFT_OK)
		return p;
	free(p);
	return NULL;
}

#endif
