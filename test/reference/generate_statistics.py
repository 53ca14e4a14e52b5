#!/usr/bin/python3
"""Writes the golden values of the unit tests and of the SQL tests.

    /usr/bin/python3 test/reference/generate_statistics.py

Needs scipy, numpy and mpmath. The committed files were written with those of
Debian 12: scipy 1.10.1, numpy 1.24.2, mpmath 1.2.1; the first line of each
file says which. Values come from the library named at each function; where
two can answer, both are asked and must agree.
"""
import math
import warnings

import mpmath as mp
import numpy as np
import scipy
from scipy import special, stats
from scipy.spatial.distance import jensenshannon

from golden import agree
import golden
import samples

FLOOR = 1e-4
mp.mp.dps = 50
warnings.simplefilter('ignore')


def write(name, header, rows):
    golden.write(name, 'generate_statistics.py, scipy %s, numpy %s, mpmath %s' %
                 (scipy.__version__, np.__version__, mp.__version__), header, rows)


# ---- special functions: mpmath with 50 digits ----

def student_t_sf(t, df):
    """By the hypergeometric form of the incomplete beta function, in arguments without rounding."""
    t, df = mp.mpf(t), mp.mpf(df)
    tail = mp.betainc(df / 2, mp.mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2
    return tail if t > 0 else 1 - tail


def special_rows(rng):
    for x in [1e-300, 1e-10, 0.1, 0.4999, 0.5, 1 - 1e-9, 1.0, 1 + 1e-9, 1.4616321449683622, 2 - 1e-9,
              2.0, 2 + 1e-9, 2.5, 3.0, 11.99, 12.0, 100.5, 1e6, 1e15, 1e300] + list(10 ** rng.uniform(-3, 3, 40)):
        yield 'log_gamma', x, None, None, mp.loggamma(mp.mpf(float(x)))
    for z in [-40.0, -5.0, -1.0, 0.0, 1e-10, 0.5, 1.959963984540054, 5.0, 10.0, 20.0, 37.0]:
        yield 'normal_sf', z, None, None, mp.erfc(mp.mpf(z) / mp.sqrt(2)) / 2
    for p in [5e-324, 1e-300, 1e-100, 1e-20, 1.3e-11, 1.4e-11, 1e-5, 0.01, 0.0749, 0.0751, 0.2, 0.4999, 0.75, 0.9249, 0.9251, 1 - 1e-9]:
        yield 'normal_quantile', p, None, None, mp.findroot(lambda z: mp.log(mp.ncdf(z)) - mp.log(mp.mpf(p)), special.ndtri(p))
    for x in [0.05, 0.1, 0.3, 0.5, 0.8, 0.999, 1.0, 1.001, 1.3580986393225507, 2.0, 5.0, 10.0, 18.0]:
        yield 'kolmogorov_sf', x, None, None, kolmogorov_sf(x)
    shapes = [0.001, 0.3, 0.5, 0.999, 1.0, 1.5, 2.0, 5.0, 11.9, 12.0, 50.0, 499.5, 4999.0]
    for a in shapes:
        for x in sorted({a * f for f in (0.01, 0.5, 0.95, 1.0, 1.05, 2.0)} | {a + 8 * math.sqrt(a), 1.4, 1.6}):
            yield 'gamma_p', a, x, None, mp.gammainc(mp.mpf(a), 0, mp.mpf(x), regularized=True)
            yield 'gamma_q', a, x, None, mp.gammainc(mp.mpf(a), mp.mpf(x), mp.inf, regularized=True)
    for a in [1e6, 9.9e6, 1.01e7, 1e9]:      # scipy's Temme expansion; mpmath does not end
        for z in [-30.0, -3.0, -0.1, 0.0, 0.1, 3.0, 30.0]:
            x = a + z * math.sqrt(a)
            yield 'gamma_q', a, x, None, special.gammaincc(a, x)
    for df in [1, 2, 5, 50, 999]:
        for x in [0.01, 1.0, df, 3.0 * df, df + 30 * math.sqrt(df)]:
            yield 'chi2_sf', float(x), float(df), None, mp.gammainc(mp.mpf(df) / 2, mp.mpf(x) / 2, mp.inf, regularized=True)
    for a in [0.05, 0.5, 1.0, 3.5, 40.0, 300.0]:
        for b in [0.05, 0.5, 1.0, 3.5, 40.0, 300.0]:
            for x in [1e-6, 0.1, 0.5, a / (a + b), 0.9]:
                yield 'beta_inc', a, b, x, mp.betainc(mp.mpf(a), mp.mpf(b), 0, mp.mpf(x), regularized=True)
    for df in [1.0, 1.7, 4.0, 30.0, 998.5, 19998.0]:
        for t in [-3.0, 0.0, 1e-6, 0.5, 1.5, 1.8, 4.0, 12.0]:
            yield 'student_t_sf', t, df, None, student_t_sf(t, df)


def kolmogorov_sf(x):
    """Both forms of the theta function, whichever converges."""
    x = mp.mpf(x)
    if x < 1:
        return 1 - mp.sqrt(2 * mp.pi) / x * mp.nsum(
            lambda k: mp.exp(-(2 * k - 1) ** 2 * mp.pi ** 2 / (8 * x * x)), [1, 40])
    return 2 * mp.nsum(lambda k: (-1) ** (int(k) - 1) * mp.exp(-2 * k * k * x * x), [1, 40])


# ---- tests ----

def kstwo_rows(rng):
    """scipy.stats.kstwo.sf, in all its regions and on both sides of their limits."""
    for n in [1, 2, 3, 10, 50, 139, 140, 141, 142, 500, 5000, 19999, 20001, 50000, 10 ** 6, 10 ** 6 + 1, 5 * 10 ** 6]:
        z = [0.2, 0.3, 0.5, 0.8687, 0.8688, 1.0, 1.3, 1.4832, 1.4833, 1.9999, 2.0001, 3.0, 6.0, 12.0, 18.0]
        for d in [x / math.sqrt(n) for x in z] + [(1.4 / n) ** (2 / 3) * f for f in (0.9, 1.1)] + [0.51 / n, 1.0 / n, 0.7]:
            p = stats.kstwo.sf(d, n)
            if 0 < d < 1 and (p == 0 or p > 1e-300):
                yield n, d, p


def ks_rows(rng):
    """scipy.stats.ks_2samp by its own path from D to p."""
    sizes = [1, 2, 3, 5, 8, 20, 21, 97, 100, 1000, 1001, 9973, 10000]
    pairs = [(n, m) for n in sizes for m in sizes if max(n, m) < 1100 or min(n, m) in (1, 20, 1000, 9973, 10000)]
    for n, m in pairs:
        g = math.gcd(n, m)
        lcm = n * m // g
        effective = n * m / (n + m)
        for z in (0.3, 0.9, 1.6, 4.0):
            h = min(lcm, max(1, round(z / math.sqrt(effective) * lcm)))
            _, d, p = stats._stats_py._attempt_exact_2kssamp(n, m, g, h / lcm, 'two-sided')
            yield n, m, d, min(p, 1.0)
    for n, m in [(10001, 5), (10001, 10001), (10 ** 5, 10 ** 3), (10 ** 6, 10 ** 6), (5 * 10 ** 6, 10 ** 7)]:
        effective = n * m / (n + m)
        for z in (0.4, 1.0, 1.4, 2.0, 6.0):
            d = z / math.sqrt(effective)
            if d < 1:
                yield n, m, d, stats.kstwo.sf(d, np.round(effective))


def mann_whitney_rows(rng):
    """scipy.stats.mannwhitneyu on samples; the statistic and the tie term are its input here."""
    for n, m in [(1, 1), (1, 2), (2, 1), (3, 3), (5, 8), (8, 8), (8, 30), (7, 200), (9, 9), (20, 30), (300, 200)]:
        for shift in (0.0, 0.7, 3.0):
            for digits in (None, 1, 0):
                x, y = rng.normal(0, 1, n), rng.normal(shift, 1, m)
                if digits is not None:
                    x, y = np.round(x, digits), np.round(y, digits)
                result = stats.mannwhitneyu(x, y, alternative='two-sided')
                yield n, m, result.statistic, tie_term(x, y), result.pvalue
    yield 4, 5, 10.0, float(9 ** 3 - 9), stats.mannwhitneyu([1] * 4, [1] * 5).pvalue


def mann_whitney(x, y):
    """scipy.stats.mannwhitneyu; its exact count takes gigabytes for 2 rows against 100000, so two rows are counted here."""
    few, many = sorted([len(x), len(y)])
    if few != 2 or many <= 1000 or tie_term(x, y) > 0:
        result = stats.mannwhitneyu(x, y, alternative='two-sided')
        return [result.statistic, result.pvalue]
    u = stats.mannwhitneyu(x, y, method='asymptotic').statistic
    low = int(min(u, few * many - u))
    i = np.arange(0, min(many, low // 2) + 1)
    count = int(np.sum(np.minimum(many, low - i) - i + 1))
    return [u, min(1.0, 2 * count / math.comb(many + 2, 2))]


def tie_term(x, y):
    counts = np.unique(np.concatenate([x, y]), return_counts=True)[1].astype(float)
    return float(np.sum(counts ** 3 - counts))


def welch_rows(rng):
    """scipy.stats.ttest_ind_from_stats(equal_var=False)."""
    grid = [(0.0, 1.0, 2, 0.5, 1.0, 2), (1.0, 0.0, 5, 1.0, 2.0, 9), (115.0, 600.0, 8, 142.5, 800.0, 8),
            (1.0, 0.0, 5, 1.0, 0.0, 5), (1.0, 0.0, 5, 2.0, 0.0, 5), (0.0, 1e300, 5, 1e150, 1e300, 7),
            (0.01, 1.0, 10 ** 7, 0.0, 1.1, 10 ** 6), (0.1, 1.0, 10 ** 5, 0.0, 1.0, 10 ** 5), (-3.0, 1e-12, 30, 3.0, 4.0, 40)]
    for _ in range(40):
        n, m = (int(k) for k in 10 ** rng.uniform(0.4, 6, 2))
        grid.append((rng.normal() * 3 / math.sqrt(min(n, m)), rng.chisquare(3), n, 0.0, rng.chisquare(3), m))
    for mean_r, var_r, n, mean_c, var_c, m in grid:
        result = stats.ttest_ind_from_stats(mean_r, math.sqrt(var_r), n, mean_c, math.sqrt(var_c), m, equal_var=False)
        yield float(mean_r), float(var_r), n, float(mean_c), float(var_c), m, welch_t(mean_r, var_r, n, mean_c, var_c, m), \
            None if var_r >= 1e300 else result.pvalue


def welch_t(mean_r, var_r, n, mean_c, var_c, m):
    with np.errstate(all='ignore'):
        return float(np.float64(mean_r - mean_c) / np.sqrt(np.float64(var_r) / n + np.float64(var_c) / m))


def chi_square(reference, current):
    """scipy.stats.chi2_contingency of the categories that have rows."""
    table = np.array([reference, current])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return 0.0, 0, 1.0
    return stats.chi2_contingency(table)[:3][0], stats.chi2_contingency(table)[2], stats.chi2_contingency(table)[1]


def proportion_z(success_r, n, success_c, m):
    """Pooled two-proportion z and its two-sided p."""
    pooled = (success_r + success_c) / (n + m)
    if pooled in (0, 1):
        return 0.0, 1.0
    z = (success_r / n - success_c / m) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return z, 2 * stats.norm.sf(abs(z))


COUNTS = [
    ([40, 35, 15, 10], [10, 15, 25, 50]),               # the documented example: PSI 1.280205607763647
    ([5, 5], [5, 5]), ([1, 0], [0, 1]), ([7], [3]), ([10, 20], [20, 10]), ([3, 1], [1, 0]), ([8, 2], [5, 6]),
    ([100, 0, 50], [0, 100, 50]), ([0, 0, 10], [10, 0, 0]), ([0, 4, 6], [0, 3, 9]),
    ([1000, 1000, 1000], [1001, 1000, 999]), ([10 ** 9, 10 ** 9 + 1], [10 ** 9 + 1, 10 ** 9]),
    ([10 ** 6, 1], [10 ** 6, 2]), ([99999, 1], [50, 50]), ([4 * 10 ** 12, 6 * 10 ** 12], [5 * 10 ** 12, 5 * 10 ** 12]),
]


def count_vectors(rng):
    yield from COUNTS
    for k in (2, 3, 10, 10, 25, 100):
        for n, m in ((50, 20), (1000, 1000), (10 ** 6, 5000)):
            share = rng.dirichlet(np.ones(k))
            yield list(rng.multinomial(n, share)), list(rng.multinomial(m, 0.9 * share + 0.1 / k))


def joined(counts):
    return ' '.join(str(c) for c in counts)


def chi2_rows(rng):
    for reference, current in count_vectors(rng):
        yield (joined(reference), joined(current)) + chi_square(reference, current)


def proportion_rows(rng):
    for success_r, n, success_c, m in [(0, 5, 0, 9), (5, 5, 9, 9), (0, 1, 1, 1), (30, 100, 45, 100), (3, 7, 1, 20),
                                       (10, 10 ** 6, 60, 10 ** 6), (999, 1000, 9800, 10000)]:
        yield (success_r, n, success_c, m) + proportion_z(success_r, n, success_c, m)


# ---- divergences ----

def divergences(reference, current, floor):
    """psi, kl, js, hellinger, tv with 50 digits, held against scipy and numpy."""
    n, m = sum(reference), sum(current)
    p = [mp.mpf(int(c)) / int(n) for c in reference]
    q = [mp.mpf(int(c)) / int(m) for c in current]
    pairs = [(max(a, mp.mpf(floor)), max(b, mp.mpf(floor))) for a, b in zip(p, q)]
    middle = [(a + b) / 2 for a, b in zip(p, q)]

    def relative_entropy(a, b):
        return mp.mpf(0) if a == 0 else mp.inf if b == 0 else a * mp.log(a / b)

    kl = mp.fsum(relative_entropy(a, b) for a, b in pairs)
    psi = kl + mp.fsum(relative_entropy(b, a) for a, b in pairs)
    js = mp.sqrt((mp.fsum(relative_entropy(a, c) for a, c in zip(p, middle)) +
                  mp.fsum(relative_entropy(b, c) for b, c in zip(q, middle))) / 2 / mp.log(2))
    hellinger = mp.sqrt(mp.fsum((mp.sqrt(a) - mp.sqrt(b)) ** 2 for a, b in zip(p, q)) / 2)
    tv = mp.fsum(abs(a - b) for a, b in zip(p, q)) / 2

    P, Q = np.array(reference) / n, np.array(current) / m
    A, B = np.maximum(P, floor), np.maximum(Q, floor)
    with np.errstate(all='ignore'):
        if floor > 0:
            agree(float(psi), float(np.sum((A - B) * np.log(A / B))), absolute=1e-15)
        agree(float(kl), float(np.sum(special.rel_entr(A, B))), absolute=1e-15)
    agree(float(js), float(jensenshannon(P, Q, 2)), absolute=1e-7)
    agree(float(hellinger), float(np.linalg.norm(np.sqrt(P) - np.sqrt(Q)) / math.sqrt(2)), absolute=1e-15)
    return float(psi), float(kl), float(js), float(hellinger), float(tv)


def divergence_rows(rng):
    for reference, current in count_vectors(rng):
        for floor in (FLOOR, 0.01, 0.0):
            yield (joined(reference), joined(current), floor) + divergences(reference, current, floor)


# ---- whole samples ----

def reference_edges(reference, bins):
    """Bins of the reference: DESIGN, "PSI". Bin i is (edge[i-1], edge[i]], open at both ends."""
    values, counts = np.unique(reference, return_counts=True)
    if len(values) <= 20:
        return np.unique(np.concatenate([np.nextafter(values, -np.inf), values]))
    heavy = values[counts * bins >= len(reference)]
    rest = reference[~np.isin(reference, heavy)]
    edges = [np.nextafter(heavy, -np.inf), heavy]
    if len(rest) > 0:
        rest_bins = max(1, math.floor(bins * (len(rest) / len(reference)) + 0.5))
        edges.append(np.quantile(rest, np.arange(1, rest_bins) / rest_bins))
    return np.unique(np.concatenate(edges))


def bin_counts(edges, x):
    return np.bincount(np.searchsorted(edges, x, side='left'), minlength=len(edges) + 1).tolist()


def statistics_row(shape, with_missing, rows_r, rows_c):
    r = samples.side(shape, with_missing, 0, rows_r)
    c = samples.side(shape, with_missing, 1, rows_c)
    if len(r) == 0 or len(c) == 0:
        return None
    row = [shape, 't' if with_missing else 'f', rows_r, rows_c, len(r), len(c)]
    for x in (r, c):
        row += [math.fsum(x) / len(x), float(np.std(x, ddof=1)) if len(x) > 1 else None]
    for bins in (10, 4):
        edges = reference_edges(r, bins)
        row += divergences(bin_counts(edges, r), bin_counts(edges, c), FLOOR)
    w1 = stats.wasserstein_distance(r, c)
    deviation = np.std(r)
    row += [w1, w1 / deviation if deviation > 0 else None]
    ks = stats.ks_2samp(r, c)
    row += [ks.statistic, ks.pvalue]
    row += mann_whitney(r, c)
    t = stats.ttest_ind(r, c, equal_var=False)
    row += [t.statistic, t.pvalue]
    if shape in ('ties', 'constant', 'discrete', 'binary'):
        values = np.unique(np.concatenate([r, c]))
        row += chi_square([int(np.sum(r == v)) for v in values], [int(np.sum(c == v)) for v in values])
    else:
        row += [None] * 3
    if shape == 'binary':
        row += proportion_z(int(np.sum(r == 1)), len(r), int(np.sum(c == 1)), len(c))
    else:
        row += [None] * 2
    return row


STATISTICS_HEADER = [
    'shape', 'with_missing', 'rows_reference', 'rows_current', 'n_reference', 'n_current',
    'mean_reference', 'stddev_reference', 'mean_current', 'stddev_current',
    'psi', 'kl_divergence', 'js_distance', 'hellinger_distance', 'total_variation',
    'psi_4', 'kl_divergence_4', 'js_distance_4', 'hellinger_distance_4', 'total_variation_4',
    'wasserstein_distance', 'normalized_wasserstein_distance', 'ks_d', 'ks_p', 'mann_whitney_u', 'mann_whitney_p',
    't', 't_p', 'chi2', 'chi2_df', 'chi2_p', 'z', 'z_p']

SIZES = [(1, 1), (1, 2), (2, 1), (1, 20), (20, 1), (2, 2), (2, 20), (20, 2), (20, 20), (1, 1000), (20, 1000), (1000, 20),
         (1000, 1000), (100000, 2), (1000, 100000), (100000, 1000), (100000, 100000)]


def statistics_rows():
    for shape in samples.SHAPES:
        for with_missing in (False, True):
            for rows_r, rows_c in SIZES:
                row = statistics_row(shape, with_missing, rows_r, rows_c)
                if row is not None:
                    yield row


def sum_rows():
    """Checks that samples.sql makes the same values: sums of rows 1 .. 1000 rounded to whole numbers of 2^-20."""
    i = np.arange(1, 1001)
    for shape in samples.SHAPES:
        for current in (0, 1):
            x = samples.value(shape, current, i)
            yield shape, current, float(x[0]), float(x[999]), int(sum(int(v) for v in np.floor(x * 1048576)))


def documented_figures():
    """The two figures that a published tutorial's examples really give."""
    psi = divergences([40, 35, 15, 10], [10, 15, 25, 50], FLOOR)[0]
    agree(psi, 1.280205607763647, 1e-15)
    glucose = stats.ks_2samp([80, 90, 100, 110, 120, 130, 140, 150], [100, 110, 130, 140, 150, 160, 170, 180])
    agree(glucose.statistic, 0.375, 1e-15)
    agree(glucose.pvalue, 0.6601398601398599, 1e-15)


def main():
    documented_figures()
    write('special.csv', ['function', 'a', 'b', 'c', 'value'], special_rows(np.random.default_rng(1)))
    write('kstwo.csv', ['n', 'd', 'p'], kstwo_rows(np.random.default_rng(2)))
    write('ks_p.csv', ['n', 'm', 'd', 'p'], ks_rows(np.random.default_rng(3)))
    write('mannwhitney.csv', ['n', 'm', 'u', 'tie_term', 'p'], mann_whitney_rows(np.random.default_rng(4)))
    write('welch.csv', ['mean_r', 'var_r', 'n', 'mean_c', 'var_c', 'm', 't', 'p'], welch_rows(np.random.default_rng(5)))
    write('chi2.csv', ['reference', 'current', 'chi2', 'df', 'p'], chi2_rows(np.random.default_rng(6)))
    write('proportion.csv', ['success_r', 'n', 'success_c', 'm', 'z', 'p'], proportion_rows(np.random.default_rng(7)))
    write('divergence.csv', ['reference', 'current', 'floor', 'psi', 'kl', 'js', 'hellinger', 'tv'],
          divergence_rows(np.random.default_rng(6)))
    write('statistics.csv', STATISTICS_HEADER, statistics_rows())
    write('samples.csv', ['shape', 'is_current', 'first', 'thousandth', 'sum'], sum_rows())


if __name__ == '__main__':
    main()
