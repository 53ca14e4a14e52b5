#!/usr/bin/python3
"""Golden values of the tests of sample_tests.csv; run in this directory.

epps_singleton   scipy.stats.epps_singleton_2samp; of two values the covariance has rank 1, but scipy's cutoff of 1e-15
                 keeps its rounding errors as well, so there the same formula with a cutoff of 1e-9
levene           scipy.stats.levene with the default center='median'
"""
import warnings

import numpy as np
import scipy
from scipy import stats

import golden
import samples

warnings.simplefilter('ignore')

SIZES = [(1, 1), (1, 20), (5, 5), (5, 20), (20, 20), (24, 24), (24, 25), (20, 1000), (1000, 20), (1000, 1000), (8000, 1000), (8000, 8000)]


def epps_singleton(r, c):
    """None where scipy has an error: too few values, or no spread."""
    if min(len(r), len(c)) < 5 or stats.iqr(np.hstack((r, c))) == 0:
        return None, None
    if len(np.unique(np.hstack((r, c)))) == 2:
        return by_formula(r, c, 1e-9)
    result = stats.epps_singleton_2samp(r, c)
    for a, b in zip(by_formula(r, c, 1e-15), result):
        golden.agree(a, b, 1e-6)
    return result.statistic, result.pvalue


def by_formula(r, c, cutoff):
    n, m = len(r), len(c)
    t = np.array([[0.4], [0.8]]) / (stats.iqr(np.hstack((r, c))) / 2)
    waves = [np.vstack((np.cos(t * x), np.sin(t * x))) for x in (r, c)]
    covariance = sum((n + m) / w.shape[1] * np.cov(w, bias=True) for w in waves)
    inverse, rank = np.linalg.pinv(covariance, rcond=cutoff), np.linalg.matrix_rank(covariance, tol=cutoff * np.linalg.norm(covariance, 2))
    difference = waves[0].mean(axis=1) - waves[1].mean(axis=1)
    w = (n + m) * difference @ inverse @ difference
    if max(n, m) < 25:
        w /= 1 + (n + m) ** -0.45 + 10.1 * (n ** -1.7 + m ** -1.7)
    return w, stats.chi2.sf(w, rank)


def levene(r, c):
    if len(r) + len(c) < 3:
        return np.nan, np.nan
    with np.errstate(all='ignore'):
        return stats.levene(r, c)


def rows():
    for shape in samples.SHAPES:
        for with_missing in (False, True):
            for rows_r, rows_c in SIZES:
                r, c = (samples.side(shape, with_missing, side, n) for side, n in ((0, rows_r), (1, rows_c)))
                if len(r) and len(c):
                    yield (shape, 't' if with_missing else 'f', rows_r, rows_c) + tuple(epps_singleton(r, c)) + tuple(levene(r, c))


if __name__ == '__main__':
    golden.write('sample_tests.csv', 'generate_sample_tests.py, scipy %s, numpy %s' % (scipy.__version__, np.__version__),
                 ['shape', 'with_missing', 'rows_reference', 'rows_current', 'epps_singleton', 'epps_singleton_p', 'levene', 'levene_p'], rows())
