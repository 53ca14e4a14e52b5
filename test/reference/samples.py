"""Samples that Python, SQL (samples.sql) and C (test/unit/samples.h) make alike.

Every value comes from a hash of the row number by + - * / on doubles, which
IEEE 754 defines to the last bit, so no sample needs to be stored.
"""
import numpy as np

SHAPES = ('normal', 'heavy', 'skewed', 'ties', 'constant', 'discrete', 'binary', 'disjoint')


def mix(i, stream):
    """A number in 0 .. 2^32 - 1 from row i of a stream."""
    h = (np.asarray(i, dtype=np.uint64) + np.uint64(stream * 1000003)) & np.uint64(0xFFFFFFFF)
    for _ in range(2):
        h = ((h ^ (h >> np.uint64(16))) * np.uint64(73244475)) & np.uint64(0xFFFFFFFF)
    return h ^ (h >> np.uint64(16))


def uniform(i, stream):
    """In (0, 1), a multiple of 2^-33."""
    return (2 * mix(i, stream).astype(np.float64) + 1) / 8589934592.0


def value(shape, current, i):
    """Row i of a shape; current is 0 for the reference and 1 for the current side."""
    base = 10 * (SHAPES.index(shape) + 1) + 100 * current
    u = uniform(i, base)
    if shape == 'normal':            # six uniforms
        return u + uniform(i, base + 1) + uniform(i, base + 2) + uniform(i, base + 3) + \
            uniform(i, base + 4) + uniform(i, base + 5) + 0.125 * current
    if shape == 'heavy':             # tails of 1 / x
        return (2 * (mix(i, base + 1) % np.uint64(2)).astype(np.float64) - 1 + 0.25 * current) / u
    if shape == 'skewed':
        return u * u * u * (1 + 0.125 * current)
    if shape == 'ties':              # 30 % zeros, the rest of 40 values
        return np.where(mix(i, base + 1) % np.uint64(10) < 3 - current, 0, np.floor(u * 40) / 8)
    if shape == 'constant':
        return np.full(len(u), 7.5)
    if shape == 'discrete':          # 0 .. 4
        return np.floor(u * 5) if current else np.floor(u * u * 5)
    if shape == 'binary':
        return np.floor(u + 0.3 + 0.05 * current)
    return u + 10 * current          # disjoint


def missing(current, i):
    """1 for NULL, 2 for NaN, 0 for a value; together one row in ten."""
    h = mix(i, 500 + current) % np.uint64(20)
    return np.where(h == 0, 1, np.where(h == 1, 2, 0))


def side(shape, with_missing, current, rows):
    """The values of one side, rows 1 .. rows, without the missing ones."""
    i = np.arange(1, rows + 1)
    x = value(shape, current, i)
    return x[missing(current, i) == 0] if with_missing else x
