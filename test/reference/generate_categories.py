#!/usr/bin/python3
"""Writes the golden values of the statistics of categories.

    /usr/bin/python3 test/reference/generate_categories.py

Needs scipy, statsmodels, numpy and mpmath. The committed files were written
with those of Debian 12. Every value has 50 digits behind it (mpmath) and is held
against the library named at its function, as far as that keeps its digits.
"""
import math
import warnings

import mpmath as mp
import numpy as np
import scipy
import statsmodels
from scipy import stats
from scipy.stats.contingency import association
from statsmodels.stats.proportion import proportions_ztest

from generate_statistics import count_vectors, joined
from golden import agree
import golden

mp.mp.dps = 50
warnings.simplefilter('ignore')

TABLE_HEADER = ['g', 'g_p', 'goodness_of_fit', 'goodness_of_fit_p', 'cramers_v', 'cramers_v_corrected', 'l_infinity']


def write(name, header, rows):
    golden.write(name, 'generate_categories.py, scipy %s, statsmodels %s, numpy %s, mpmath %s' %
                 (scipy.__version__, statsmodels.__version__, np.__version__, mp.__version__), header, rows)


# ---- the table of both sides by category ----

def chi2_sf(x, df):
    """Of a p-value below 1e-300 nothing is asked."""
    if x == mp.inf or x > 1400 + 10 * df:
        return 0.0
    if df > 500:
        return float(stats.chi2.sf(float(x), df))
    return float(mp.gammainc(mp.mpf(df) / 2, x / 2, mp.inf, regularized=True))


def toward(observed, expected):
    """Yates' correction as scipy makes it: half a row, but not past the expectation."""
    difference = expected - observed
    return observed + mp.sign(difference) * min(mp.mpf(1) / 2, abs(difference))


def g_statistic(cells, df):
    total = mp.mpf(0)
    for observed, expected in cells:
        if df == 1:
            observed = toward(observed, expected)
        if observed > 0:
            total += observed * mp.log(observed / expected)
    return max(2 * total, mp.mpf(0))


def table_statistics(reference, current):
    pairs = [(int(r), int(c)) for r, c in zip(reference, current) if r + c > 0]
    n, m, k = sum(r for r, _ in pairs), sum(c for _, c in pairs), len(pairs)
    difference = max(abs(mp.mpf(r) / n - mp.mpf(c) / m) for r, c in pairs)
    if k < 2:
        return [0.0, 1.0, 0.0, 1.0, 0.0, 0.0, float(difference)]

    cells = [(mp.mpf(side[0]), mp.mpf(r + c) * side[1] / (n + m)) for r, c in pairs for side in ((r, n), (c, m))]
    g = g_statistic(cells, k - 1)
    fit = mp.fsum((c - mp.mpf(r) * m / n) ** 2 / (mp.mpf(r) * m / n) if r > 0 else mp.inf for r, c in pairs)
    phi2 = mp.fsum((o - e) ** 2 / e for o, e in cells) / (n + m)
    rows = mp.mpf(n + m - 1)
    corrected = max(phi2 - (k - 1) / rows, mp.mpf(0))
    smaller = min(k - (k - 1) ** 2 / rows, 2 - 1 / rows) - 1
    result = [float(g), chi2_sf(g, k - 1), float(fit), chi2_sf(fit, k - 1), float(mp.sqrt(phi2)),
              float(mp.sqrt(corrected / smaller)) if smaller > 0 else 0.0, float(difference)]
    hold_against_scipy(np.array(pairs, dtype=float).T, result)
    return result


def hold_against_scipy(table, result):
    """chi2_contingency and chisquare; association; terms of all rows times a rounding are lost there."""
    n, m = table.sum(axis=1)
    lost = 1e-14 * (n + m)
    g = stats.chi2_contingency(table, lambda_='log-likelihood')
    agree(result[0], g[0], absolute=lost)
    if lost < 1e-8 and result[1] > 1e-300:
        agree(result[1], g[1], 1e-8)
    fit = stats.chisquare(table[1], table[0] * m / n)
    agree(result[2], fit.statistic, absolute=lost)
    if lost < 1e-8 and result[3] > 1e-300:
        agree(result[3], fit.pvalue, 1e-8)
    agree(result[4], association(table.astype(np.int64), method='cramer'), 1e-7, 1e-8)
    agree(result[6], np.max(np.abs(table[0] / n - table[1] / m)), absolute=1e-15)


def table_rows(rng):
    for reference, current in count_vectors(rng):
        yield [joined(reference), joined(current)] + table_statistics(reference, current)
    for reference, current in sparse_tables(rng):
        yield [joined(reference), joined(current)] + table_statistics(reference, current)


def sparse_tables(rng):
    """Cells mostly of 0, 1 and 2 rows, and sides of very different sizes."""
    for k in (2, 2, 2, 3, 8, 40, 120):
        for mean in (0.7, 3.0):
            reference, current = rng.poisson(mean, k), rng.poisson(2 * mean, k)
            reference[0] += 1
            current[-1] += 1
            yield list(reference), list(current)
    yield [10 ** 9, 10 ** 9, 5], [3, 4, 0]
    yield [10 ** 9, 2 * 10 ** 9, 1], [10 ** 9, 2 * 10 ** 9, 40]


def many_counts(k):
    """The rows of category i of k, which C and SQL compute alike."""
    i = np.arange(k)
    return (20 + i * 7919 % 97).tolist(), (i * 7919 % 97 + i * 7907 % 41).tolist()


def many_rows():
    for k in (1000, 5000, 20000):
        yield [k] + table_statistics(*many_counts(k))


# ---- Fisher's exact test ----

def log_probability(x, n, k, total):
    """Of the hypergeometric distribution: x of n drawn rows are among k of total."""
    def factorial(y):
        return mp.loggamma(mp.mpf(y) + 1)
    return factorial(n) + factorial(total - n) + factorial(k) + factorial(total - k) - factorial(total) - \
        factorial(x) - factorial(n - x) - factorial(k - x) - factorial(total - n - k + x)


def tail(x, step, n, k, total):
    """Probability of x and of all beyond it in one direction, in units of that of x; terms fall."""
    ahead, behind = mp.mpf(1), mp.mpf(1)
    while True:
        if step < 0:
            up, down = x * (total - n - k + x), (n - x + 1) * (k - x + 1)
        else:
            up, down = (n - x) * (k - x), (x + 1) * (total - n - k + x + 1)
        ahead *= mp.mpf(up) / down
        if ahead < behind * mp.mpf(10) ** -25:
            return behind
        behind += ahead
        x += step


def fisher_p(success_r, n, success_c, m):
    """All tables that are at most as probable, found by bisection on both sides of the mode."""
    total, k, x = n + m, success_r + success_c, success_r
    if k in (0, total):
        return 1.0
    mode = (n + 1) * (k + 1) // (total + 2)
    own = log_probability(x, n, k, total)
    equal = mp.mpf(10) ** -30
    if log_probability(mode, n, k, total) <= own + equal:
        return 1.0
    step = -1 if x < mode else 1
    end = min(n, k) if x < mode else max(0, k - m)
    p = mp.exp(own) * tail(x, step, n, k, total)
    low, high = mode, end - step        # the last on the other side that is more probable is in between
    if log_probability(end, n, k, total) > own + equal:
        return float(p)
    low, high = mode, end
    while abs(high - low) > 1:
        middle = (low + high) // 2
        if log_probability(middle, n, k, total) <= own + equal:
            high = middle
        else:
            low = middle
    return float(p + mp.exp(log_probability(high, n, k, total)) * tail(high, -step, n, k, total))


def fisher_cases(rng):
    for n in range(1, 6):
        for m in range(1, 6):
            for success_r in range(n + 1):
                for success_c in range(m + 1):
                    yield success_r, n, success_c, m
    yield from [(120, 1000, 150, 1000), (8, 10, 1, 6), (0, 50, 0, 70), (0, 50, 5, 70), (50, 50, 60, 70), (3, 7, 1, 20),
                (1, 1, 0, 10 ** 9), (0, 1, 3, 10 ** 9), (2, 3, 500, 10 ** 6)]
    for _ in range(150):
        n, m = (int(v) for v in 10 ** rng.uniform(0.5, 4, 2))
        share = rng.beta(0.7, 0.7)
        yield int(rng.binomial(n, share)), n, int(rng.binomial(m, min(1, share * rng.uniform(0.8, 1.2)))), m
    for n, m, share, z in [(10 ** 6, 10 ** 6, 0.5, 1.0), (10 ** 6, 3 * 10 ** 6, 0.01, 2.5), (10 ** 9, 10 ** 9, 0.3, 0.01),
                           (10 ** 9, 10 ** 9, 0.3, 2.0), (10 ** 9, 10 ** 9, 0.5, 6.0), (10 ** 9, 3 * 10 ** 8, 1e-4, 3.0),
                           (10 ** 9, 1000, 0.2, 1.7), (10 ** 9, 10 ** 9, 1e-8, 1.0), (10 ** 9, 10 ** 9, 0.7, 30.0)]:
        shift = z * math.sqrt(share * (1 - share) * (1 / n + 1 / m))
        yield round(n * share), n, round(m * (share + shift)), m
    yield 500000123, 10 ** 9, 500000001, 10 ** 9      # nearly the mode, with an equal table across
    yield 300000002, 10 ** 9, 300000000, 10 ** 9


def fisher_rows(rng):
    """scipy.stats.fisher_exact; it takes probabilities as equal within 1e-14 but knows those of large tables less well."""
    for success_r, n, success_c, m in fisher_cases(rng):
        p = fisher_p(success_r, n, success_c, m)
        odds, theirs = stats.fisher_exact([[success_r, n - success_r], [success_c, m - success_c]])
        if n + m < 10 ** 5:
            agree(p, theirs)
        elif p > 0 and 0 < theirs < 1:
            agree(p, theirs, 1e-3)
        if success_r * (m - success_c) < 2 ** 62:
            yield success_r, n, success_c, m, odds, p
        else:
            yield success_r, n, success_c, m, success_r / (n - success_r) * ((m - success_c) / success_c), p


# ---- two proportions: statsmodels.stats.proportion.proportions_ztest ----

def missing_rows():
    for missing_r, n, missing_c, m in [(0, 10, 3, 10), (10, 100, 30, 100), (5, 5, 0, 9), (1, 10 ** 6, 40, 10 ** 6), (17, 300, 0, 1),
                                       (10 ** 8, 10 ** 9, 10 ** 8 + 30000, 10 ** 9), (300, 1000, 2999, 10000)]:
        z, p = proportions_ztest([missing_r, missing_c], [n, m])
        yield missing_r, n, missing_c, m, z, p


def main():
    rng = np.random.default_rng(20240611)
    header = ['reference', 'current'] + TABLE_HEADER
    write('contingency.csv', header, table_rows(rng))
    write('contingency_many.csv', ['categories'] + TABLE_HEADER, many_rows())
    write('fisher.csv', ['success_reference', 'n', 'success_current', 'm', 'odds_ratio', 'p'], fisher_rows(rng))
    write('missing_rate.csv', ['missing_reference', 'n', 'missing_current', 'm', 'z', 'p'], missing_rows())


if __name__ == '__main__':
    main()
