/*
 * hash.h
 *		A fixed 64-bit hash of bytes.
 *
 * The same bytes give the same hash on every machine and in every version: the
 * hash is part of what a shortened label looks like (category.h), so it may
 * never change. test/unit/test_category.c holds its vectors. It is not meant
 * to withstand somebody who looks for collisions; whoever uses it compares the
 * bytes as well.
 */
#ifndef DRIFT_STATS_HASH_H
#define DRIFT_STATS_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t drift_hash(const void *bytes, size_t length);

#endif
