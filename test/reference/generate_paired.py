#!/usr/bin/python3
"""Writes mcnemar.csv and paired_shares.csv: tests of two classifiers on the same rows.

    /usr/bin/python3 test/reference/generate_paired.py

Needs scipy, statsmodels and mpmath; the first line of each file says which
versions wrote it. McNemar's exact and asymptotic forms come from statsmodels,
mid-p from exact integers. The share of rows that Tango's score test needs is
found as the maximum of the likelihood, not by the formula.
"""
import itertools
from fractions import Fraction
from math import comb

import mpmath as mp
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from golden import agree
import golden

mp.mp.dps = 40

COUNTS = [0, 1, 2, 3, 5, 6, 10, 12, 15, 30, 59, 121, 500, 2000]
LARGE = [(100000, 101000), (10 ** 6, 10 ** 6 + 500), (5 * 10 ** 8, 5 * 10 ** 8 + 60000), (3, 10 ** 6)]
DIFFERENCES = [-0.5, -0.1, -0.02, -0.001, 0.0, 0.01, 0.2]


def exact(b, c):
    """The two-sided and the mid-p value, of integers as long as they must be."""
    k, n = min(b, c), b + c
    if b == c:
        return 1.0, 1.0
    total = Fraction(2 * sum(comb(n, i) for i in range(k + 1)), 2 ** n)
    return float(min(total, 1)), float(min(total, 1) - Fraction(comb(n, k), 2 ** n))


def large(b, c):
    """The same with forty digits: the terms of the binomial distribution from the largest on."""
    k, n = min(b, c), b + c
    point = mp.exp(mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1) - n * mp.log(2))
    total, term, i = mp.mpf(0), point, k
    while i >= 0 and term > total * mp.mpf(10) ** -25:
        total += term
        term *= mp.mpf(i) / (n - i + 1)
        i -= 1
    return float(min(2 * total, 1)), float(min(2 * total, 1) - point)


def mcnemar_rows():
    for b, c in itertools.chain(itertools.product(COUNTS, COUNTS), LARGE):
        table = [[0, b], [c, 0]]
        p, mid_p = exact(b, c) if b + c < 10000 else large(b, c)
        if b + c == 0:
            plain = edwards = (0.0, 1.0)
        else:
            if b + c < 10000:
                agree(mcnemar(table, exact=True).pvalue, p)
            plain, edwards = ((t.statistic, t.pvalue) for t in (mcnemar(table, exact=False, correction=False),
                                                                mcnemar(table, exact=False, correction=True)))
        if b == c:  # statsmodels takes 1 from the absolute difference 0
            edwards = (0.0, 1.0)
        yield [b, c, p, mid_p, *plain, *edwards]


def most_likely(first, second, n, difference):
    """Share that only the first has right, most probable among those that differ by so much."""
    same = n - first - second
    low, high = max(mp.mpf(0), -mp.mpf(difference)), (1 - mp.mpf(difference)) / 2

    def slope(p):
        return ((first / p if first else 0) + (second / (p + difference) if second else 0)
                - (2 * same / (1 - 2 * p - difference) if same else 0))
    tiny = mp.mpf(10) ** -30
    low, high = low + tiny, high - tiny
    for _ in range(200):
        middle = (low + high) / 2
        if slope(middle) > 0:
            low = middle
        else:
            high = middle
    return low


def shares_rows():
    for first, second, n, difference in itertools.product([0, 1, 7, 40], [0, 1, 9, 55], [100, 1000], DIFFERENCES):
        difference = mp.mpf(difference)
        share = most_likely(first, second, n, difference)
        spread = n * (2 * share + difference * (1 - difference))
        if spread < mp.mpf(10) ** -20:
            continue
        z = float((second - first - n * difference) / mp.sqrt(spread))
        if 0 < abs(z) < 1e-12:  # zero but for the rounding of the difference
            continue
        yield [first, second, n, float(difference), z, stats.norm.sf(z)]


golden.write('mcnemar.csv', 'generate_paired.py: statsmodels %s, scipy %s, mpmath %s' % (statsmodels.__version__, scipy.__version__, mp.__version__),
             ['b', 'c', 'exact', 'mid_p', 'chi2', 'chi2_p', 'edwards', 'edwards_p'], mcnemar_rows())
golden.write('paired_shares.csv', 'generate_paired.py: scipy %s, mpmath %s' % (scipy.__version__, mp.__version__),
             ['b', 'c', 'n', 'difference', 'z', 'p_value'], shares_rows())
