"""Counted random numbers, as src/stats/counter_random.h makes them: streams that tests in C make again."""

MASK = (1 << 64) - 1
GOLDEN_RATIO = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def uniforms(seed, stream, n):
    start = mix((mix((seed + GOLDEN_RATIO) & MASK) + stream) & MASK)
    return [((mix((start + row * GOLDEN_RATIO) & MASK) >> 11) + 0.5) * 2.0 ** -53 for row in range(n)]
