#!/usr/bin/python3
"""Golden values of random draws and permutation tests; run in this directory.

hypergeometric.csv   probabilities that the sampler has to follow: scipy.stats.hypergeom
permutation.csv      p-values of permutation tests by going through all ways to deal the labels
"""
import itertools
import math

import numpy as np
import scipy
from scipy import stats
from scipy.stats._morestats import _anderson_ksamp_midrank

import golden
from generate_statistics import FLOOR, bin_counts, reference_edges

MADE_BY = 'generate_permutation.py, scipy %s, numpy %s' % (scipy.__version__, np.__version__)

# marked, total, sample: few rows, many, each half of the table turned over, and a sample of a huge total
DRAWS = [(3, 10, 4), (10, 40, 20), (11, 24, 12), (30, 60, 25), (500, 1000, 20), (500, 1000, 980), (900, 1000, 100), (60, 1000, 700),
         (1000, 100000, 5000), (5000, 10000, 5000), (40, 10 ** 6, 10 ** 5), (7, 50, 30), (10 ** 6, 3 * 10 ** 6, 40)]


def draw_rows():
    for marked, total, sample in DRAWS:
        d = stats.hypergeom(total, marked, sample)
        low, high = int(d.ppf(1e-4)), int(d.ppf(1 - 1e-4))
        yield marked, total, sample, low, ' '.join(golden.text(d.pmf(x)) for x in range(low, high + 1))


def shares(values, r, c):
    edges = reference_edges(r, 10)
    return np.array(bin_counts(edges, r)) / len(r), np.array(bin_counts(edges, c)) / len(c)


def categories(values, r, c, pool):
    """One bin per category; with pool those under one percent of the reference share one."""
    p = np.array([np.sum(r == v) for v in values])
    q = np.array([np.sum(c == v) for v in values])
    rare = (p > 0) & (p * 100 < len(r)) & pool
    return np.append(p[~rare], p[rare].sum()) / len(r), np.append(q[~rare], q[rare].sum()) / len(c)


def psi(p, q):
    a, b = np.maximum(p, FLOOR), np.maximum(q, FLOOR)
    return float(np.sum((a - b) * np.log(a / b)))


def kl_divergence(p, q):
    a, b = np.maximum(p, FLOOR), np.maximum(q, FLOOR)
    return float(np.sum(a * np.log(a / b)))


def js_distance(p, q):
    middle = (p + q) / 2
    return math.sqrt(max(0.0, float(np.sum(scipy.special.rel_entr(p, middle) + scipy.special.rel_entr(q, middle))) / 2 / math.log(2)))


def hellinger_distance(p, q):
    return float(np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / math.sqrt(2))


def total_variation(p, q):
    return float(np.sum(np.abs(p - q)) / 2)


def chi_square(values, r, c):
    table = np.array([[np.sum(s == v) for v in values] for s in (r, c)])
    return float(stats.chi2_contingency(table)[0])


def g(values, r, c):
    table = np.array([[np.sum(s == v) for v in values] for s in (r, c)])
    return float(stats.chi2_contingency(table, lambda_='log-likelihood')[0])


def l_infinity(values, r, c):
    return float(max(abs(np.mean(r == v) - np.mean(c == v)) for v in values))


def normalized(r, c):
    with np.errstate(all='ignore'):
        return float(np.float64(stats.wasserstein_distance(r, c)) / np.std(r))


def gaps(values, r, c):
    return np.array([np.mean(r <= v) - np.mean(c <= v) for v in values])


def kuiper(values, r, c):
    d = gaps(values, r, c)
    return float(max(d.max(), 0) - min(d.min(), 0))


def anderson_darling(values, r, c):
    """A^2 with midranks before it is standardised, as scipy.stats.anderson_ksamp computes it."""
    pooled = np.sort(np.hstack((r, c)))
    return float(_anderson_ksamp_midrank([np.sort(r), np.sort(c)], pooled, np.unique(pooled), 2, [len(r), len(c)], len(pooled)))


NUMBERS = {
    'ks': lambda v, r, c: stats.ks_2samp(r, c, method='asymp').statistic,
    'kuiper': kuiper,
    'cramer_von_mises': lambda v, r, c: stats.cramervonmises_2samp(r, c, method='asymptotic').statistic,
    'anderson_darling': anderson_darling,
    'energy_distance': lambda v, r, c: stats.energy_distance(r, c),
    'wasserstein_distance': lambda v, r, c: stats.wasserstein_distance(r, c),
    'normalized_wasserstein_distance': lambda v, r, c: normalized(r, c),
    'mean_difference': lambda v, r, c: abs(np.mean(r) - np.mean(c)),
    'chi_square': chi_square, 'g': g, 'l_infinity': l_infinity,
}
SHARES = [psi, kl_divergence, js_distance, hellinger_distance, total_variation]
NUMBERS.update({f.__name__: lambda v, r, c, f=f: f(*shares(v, r, c)) for f in SHARES})
CATEGORIES = {f.__name__: lambda v, r, c, f=f: f(*categories(v, r, c, f in (psi, kl_divergence))) for f in SHARES}
CATEGORIES.update({'chi_square': chi_square, 'g': g, 'l_infinity': l_infinity})


def exact_p(statistic, values, r, c):
    """The share of all ways to deal the labels whose statistic is at least the observed one."""
    pooled = np.concatenate([r, c])
    observed = statistic(values, r, c)
    found = deals = 0
    for chosen in itertools.combinations(range(len(pooled)), min(len(r), len(c))):
        inside = np.zeros(len(pooled), dtype=bool)
        inside[list(chosen)] = True
        if len(c) < len(r):
            inside = ~inside
        deals += 1
        found += not statistic(values, pooled[inside], pooled[~inside]) < observed - 1e-12 * abs(observed)
    return observed, found / deals


# numbers or categories, the reference, the current side
SAMPLES = [
    ('numbers', [1, 1, 2, 3, 5, 8], [2, 3, 3, 5, 8, 9]),
    ('numbers', [0, 0, 0, 0, 1, 2.5], [0, 1, 1, 2.5, 2.5]),
    ('numbers', [10.5, 11, 12, 14.25, 15, 16], [13, 17, 18, 19, 20]),
    ('numbers', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22.5], [21.5, 30]),
    ('numbers', [0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22], [0, 0]),
    ('categories', [1, 1, 1, 1, 2, 3], [2, 2, 3, 3, 1]),
    ('categories', [1] * 110 + [2], [2, 3]),
]


def joined(values, side):
    return ' '.join(str(int(np.sum(np.array(side, float) == v))) for v in values)


def permutation_rows():
    for kind, r, c in SAMPLES:
        values = np.unique(np.array(r + c, float))
        for name, statistic in (NUMBERS if kind == 'numbers' else CATEGORIES).items():
            observed, p = exact_p(statistic, values, np.array(r, float), np.array(c, float))
            yield name, kind, ' '.join(repr(float(v)) for v in values), joined(values, r), joined(values, c), observed, p


if __name__ == '__main__':
    golden.write('hypergeometric.csv', MADE_BY, ['marked', 'total', 'sample', 'lowest', 'probabilities'], draw_rows())
    golden.write('permutation.csv', MADE_BY, ['statistic', 'kind', 'values', 'reference', 'current', 'value', 'p'], permutation_rows())
