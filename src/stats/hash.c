/*
 * hash.c
 *		A fixed 64-bit hash of bytes.
 *
 * Words of eight bytes, read as little-endian, are folded in by xor, multiply
 * and rotate; the state starts from the length. The end overlaps what was read
 * before rather than being read byte by byte, which loses nothing because the
 * length is part of the hash. The final mixing is two rounds of xor-shift and
 * multiply, after which every bit of the input has reached every bit of the hash.
 */
#include "stats/hash.h"

/* Odd, without structure: from the fractions of the square roots of 2, 3 and 5. */
#define HASH_K1 UINT64_C(0x6a09e667f3bcc909)
#define HASH_K2 UINT64_C(0xbb67ae8584caa73b)
#define HASH_K3 UINT64_C(0x3c6ef372fe94f82b)

static inline uint64_t
load32(const uint8_t *b)
{
	return (uint64_t) b[0] | (uint64_t) b[1] << 8 | (uint64_t) b[2] << 16 | (uint64_t) b[3] << 24;
}

static inline uint64_t
load64(const uint8_t *b)
{
	return load32(b) | load32(b + 4) << 32;
}

static inline uint64_t
fold(uint64_t h, uint64_t word)
{
	h = (h ^ word) * HASH_K2;
	return h << 29 | h >> 35;
}

uint64_t
drift_hash(const void *bytes, size_t length)
{
	const uint8_t *b = bytes;
	uint64_t h = (uint64_t) length * HASH_K1 + HASH_K3;

	if (length >= 8)
	{
		for (size_t i = 0; i + 8 < length; i += 8)
			h = fold(h, load64(b + i));
		h = fold(h, load64(b + length - 8));
	}
	else if (length >= 4)
		h = fold(h, load32(b) | load32(b + length - 4) << 32);
	else if (length > 0)
		h = fold(h, (uint64_t) b[0] | (uint64_t) b[length / 2] << 8 | (uint64_t) b[length - 1] << 16);

	h = (h ^ h >> 32) * HASH_K1;
	h = (h ^ h >> 29) * HASH_K3;
	return h ^ h >> 32;
}
