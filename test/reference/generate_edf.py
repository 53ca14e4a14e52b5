"""Writes the golden values of Cramer-von Mises, Anderson-Darling, Kuiper and the energy distance.

    python3 test/reference/generate_edf.py

Needs what generate_statistics.py needs, and astropy for Kuiper's V; the first
line of each file says which versions wrote it. p-values that a library does
not compute accurately come from mpmath, by a formula other than the kernel's
where there is one, and the library must agree as far as it is accurate.
"""
import math
import warnings
from fractions import Fraction

import astropy
import astropy.stats
import mpmath as mp
import numpy as np
import scipy
from scipy import stats
from scipy.stats import _hypotests

from golden import agree
import golden
import samples
from generate_statistics import SIZES

warnings.simplefilter('ignore')


def write(name, header, rows):
    golden.write(name, 'generate_edf.py, scipy %s, numpy %s, mpmath %s, astropy %s' %
                 (scipy.__version__, np.__version__, mp.__version__, astropy.__version__), header, rows)


# ---- limiting distributions ----

def cramer_von_mises_sf(x):
    """One minus the series of Csorgo and Faraway (1996), with digits enough for the difference."""
    if x > 152:      # below the smallest double
        return 0.0
    with mp.workdps(40 + int(2.3 * x)):
        x = mp.mpf(x)
        total = mp.mpf(0)
        for k in range(10 ** 6):
            y = 4 * k + 1
            q = y * y / (16 * x)
            term = mp.gamma(k + mp.mpf(1) / 2) / mp.gamma(k + 1) * mp.sqrt(y) * mp.exp(-q) * mp.besselk(mp.mpf(1) / 4, q)
            total += term
            if term < mp.mpf(10) ** -mp.mp.dps:
                break
        tail = 1 - total / (mp.pi ** 1.5 * mp.sqrt(x))
        if x <= 4:       # scipy says that it is not accurate beyond
            agree(float(tail), float(1 - _hypotests._cdf_cvm_inf(np.array([float(x)]))[0]), absolute=1e-7)
        return float(tail)


def kuiper_sf(x):
    if x < 0.05:
        return 1.0
    with mp.workdps(60):
        x = mp.mpf(x)
        terms = int(15 / x) + 3
        return float(2 * mp.fsum((4 * j * j * x * x - 1) * mp.exp(-2 * j * j * x * x) for j in range(1, terms)))


# ---- p-values ----

def cramer_von_mises_p(t, n, m):
    """scipy.stats.cramervonmises_2samp(method='auto') from T on: exact up to 20 rows, else standardised."""
    if max(n, m) <= 20:
        u = float((Fraction(t).limit_denominator(24 * n * m * (n + m)) + Fraction(4 * n * m - 1, 6 * (n + m))) * n * m * (n + m))
        return float(_hypotests._pval_cvm_2samp_exact(u, n, m))
    total = n + m
    mean = (1 + mp.mpf(1) / total) / 6
    variance = mp.mpf((total + 1) * (4 * n * m * total - 3 * (n * n + m * m) - 2 * n * m)) / (45 * total ** 2 * 4 * n * m)
    x = float(mp.mpf(1) / 6 + (mp.mpf(t) - mean) / mp.sqrt(45 * variance))
    return 1.0 if x < 0.003 else cramer_von_mises_sf(x)


def kuiper_p(v, n, m):
    root = mp.sqrt(mp.mpf(n) * m / (n + m))
    return kuiper_sf((root + mp.mpf('0.155') + mp.mpf('0.24') / root) * mp.mpf(v))


def anderson_darling_standardised(a, n, m):
    """Scholz and Stephens' variance by their own double sum."""
    total = n + m
    inverse = 1 / mp.mpf(n) + 1 / mp.mpf(m)
    if total <= 10 ** 5:
        sums = np.cumsum(1. / np.arange(total - 1, 1, -1))
        h, g = sums[-1] + 1, math.fsum(sums / np.arange(2, total))
    else:
        h = mp.harmonic(total - 1)
        g = mp.zeta(2) - mp.psi(1, total) - 2 * h / total
    a0 = (4 * g - 6) + (10 - 6 * g) * inverse
    b0 = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6
    c0 = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * inverse + 4 * h
    d0 = (2 * h + 6) * 4 - 8 * h
    variance = (a0 * total ** 3 + b0 * total ** 2 + c0 * total + d0) / ((total - 1) * (total - 2) * (total - 3))
    return float((mp.mpf(a) - 1) / mp.sqrt(variance))


def anderson_darling_p(statistic):
    """The end of scipy.stats.anderson_ksamp."""
    critical = np.array([0.325, 1.226, 1.961, 2.718, 3.752, 4.592, 6.546])
    level = np.array([0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001])
    if statistic < critical[0]:
        return 0.25
    if statistic > critical[-1]:
        return 0.001
    return math.exp(np.polyval(np.polyfit(critical, np.log(level), 2), statistic))


def p_rows(rng):
    for x in [0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.16, 0.3, 0.4614, 0.7435, 1.0, 1.7, 3.0, 5.0, 9.0, 16.0, 30.0, 60.0]:
        yield 'cramer_von_mises_sf', None, None, x, cramer_von_mises_sf(x)
    for x in [0.1, 0.2, 0.4, 0.7, 0.99, 1.0, 1.01, 1.3, 1.62, 1.747, 2.0, 3.0, 6.0, 12.0, 18.0]:
        yield 'kuiper_sf', None, None, x, kuiper_sf(x)
    for n, m in [(1, 1), (1, 2), (2, 2), (1, 20), (3, 5), (6, 4), (8, 8), (10, 15), (13, 17), (20, 20), (20, 16), (19, 20)]:
        for shift in (0.0, 0.5, 3.0):
            x, y = rng.normal(0, 1, n), rng.normal(shift, 1, m)
            t = cramer_von_mises(x, y)
            yield 'cramer_von_mises', n, m, t, cramer_von_mises_p(t, n, m)
    for n, m in [(1, 21), (21, 1), (21, 2), (25, 20), (100, 1000), (10 ** 6, 10 ** 6), (10 ** 9, 10 ** 9), (10 ** 9, 50)]:
        for t in (0.05, 0.16, 0.5, 1.0, 4.0, 20.0):
            yield 'cramer_von_mises', n, m, t, cramer_von_mises_p(t, n, m)
    for n, m in [(1, 1), (5, 3), (100, 70), (10 ** 4, 10 ** 4), (10 ** 9, 10 ** 8)]:
        for z in (0.5, 1.0, 1.7, 3.0):
            v = min(1.0, z / math.sqrt(n * m / (n + m)))
            yield 'kuiper', n, m, v, kuiper_p(v, n, m)
    for n, m in [(1, 3), (2, 2), (3, 4), (16, 17), (17, 17), (30, 2000), (10 ** 4, 10 ** 4), (10 ** 6, 10 ** 6), (10 ** 9, 10 ** 8)]:
        for a in (0.3, 1.4, 2.5, 5.0, 9.0):
            statistic = anderson_darling_standardised(a, n, m)
            yield 'anderson_darling', n, m, a, statistic
            yield 'anderson_darling_p', n, m, a, anderson_darling_p(statistic)


# ---- whole samples ----

def cramer_von_mises(x, y):
    """scipy's T, whose subtraction loses digits in large samples, by whole numbers."""
    n, m = len(x), len(y)
    ranks = np.rint(2 * stats.rankdata(np.concatenate([x, y]))).astype(int)
    squares = [sum((int(r) - 2 * (i + 1)) ** 2 for i, r in enumerate(np.sort(side))) for side in (ranks[:n], ranks[n:])]
    t = Fraction(n * squares[0] + m * squares[1], 4 * n * m * (n + m)) - Fraction(4 * n * m - 1, 6 * (n + m))
    if min(n, m) > 1:
        agree(float(t), stats.cramervonmises_2samp(x, y, method='asymptotic').statistic, 1e-7, 1e-9)
    return float(t)


def kuiper(x, y):
    """astropy.stats.kuiper_two, whose sums lose digits in large samples, by whole numbers."""
    n, m = len(x), len(y)
    values = np.unique(np.concatenate([x, y]))
    gaps = np.searchsorted(np.sort(x), values, 'right') * m - np.searchsorted(np.sort(y), values, 'right') * n
    v = float(Fraction(int(max(gaps.max(), 0)) - int(min(gaps.min(), 0)), n * m))
    agree(v, float(astropy.stats.kuiper_two(x, y)[0]), 1e-9, 1e-9)
    return v


def anderson_darling(x, y):
    """scipy.stats.anderson_ksamp; without drift where all values are equal, without a variance below four rows."""
    if len(np.unique(np.concatenate([x, y]))) == 1:
        return [0.0, 1.0]
    if len(x) + len(y) < 4:
        return [math.nan, math.nan]
    result = stats.anderson_ksamp([x, y])
    return [result.statistic, result.significance_level]


def edf_row(shape, with_missing, rows_r, rows_c):
    r = samples.side(shape, with_missing, 0, rows_r)
    c = samples.side(shape, with_missing, 1, rows_c)
    if len(r) == 0 or len(c) == 0:
        return None
    n, m = len(r), len(c)
    t = cramer_von_mises(r, c)
    p = cramer_von_mises_p(t, n, m)
    if min(n, m) > 1 and p > 1e-9:
        agree(p, stats.cramervonmises_2samp(r, c).pvalue, absolute=1e-7)
    v = kuiper(r, c)
    return [shape, 't' if with_missing else 'f', rows_r, rows_c, n, m, t, p] + anderson_darling(r, c) + \
        [v, kuiper_p(v, n, m), stats.energy_distance(r, c)]


def edf_rows():
    for shape in samples.SHAPES:
        for with_missing in (False, True):
            for rows_r, rows_c in SIZES:
                row = edf_row(shape, with_missing, rows_r, rows_c)
                if row is not None:
                    yield row


def main():
    write('edf_p.csv', ['function', 'n', 'm', 'statistic', 'value'], p_rows(np.random.default_rng(1)))
    write('edf.csv', ['shape', 'with_missing', 'rows_reference', 'rows_current', 'n_reference', 'n_current',
                      'cramer_von_mises', 'cramer_von_mises_p', 'anderson_darling', 'anderson_darling_p',
                      'kuiper', 'kuiper_p', 'energy_distance'], edf_rows())


if __name__ == '__main__':
    main()
