#!/usr/bin/python3
"""Writes the golden files of tests that compare two models or two arms.

    /usr/bin/python3 test/reference/generate_model_tests.py

Needs scipy, statsmodels, scikit-learn and mpmath; the first line of each file
says which versions wrote it.

model_tests.csv       DeLong, Wilcoxon and exact random signs of rows made by value() and truth(), which the tests repeat
bootstrap_metric.csv  bootstrap intervals of the same rows, drawn by the generator of src/stats/counter_random.h
arms.csv              two proportions, sequential and Beta-binomial tests of counts
tables.csv            chi-square and Fisher of tables, and counts of arms against weights
corrections.csv       p-values corrected by Holm and Bonferroni

DeLong's covariance is the plain sum over all pairs of a positive and a negative
row. Where the bootstrap draws other rows, scipy.stats.bootstrap must agree
within the error of so many draws.
"""
import itertools
import math
import warnings

import mpmath as mp
import numpy as np
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn import metrics
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

import golden
from golden import agree

warnings.simplefilter('ignore')
mp.mp.dps = 30
MADE_BY = 'generate_model_tests.py: scipy %s, statsmodels %s, scikit-learn %s, numpy %s, mpmath %s' % (
    scipy.__version__, statsmodels.__version__, sklearn.__version__, np.__version__, mp.__version__)


# --- rows that Python, SQL and C make alike ---------------------------------

def value(i, which, modulus):
    """Score of row i by model 1 or 2: whole sixty-fourths, with ties where the modulus is small."""
    return ((i * i * (37 if which == 1 else 53) + i * (11 if which == 1 else 29)) % modulus) / 64


def truth(i):
    return (i * i * 5 + i * 3) % 7 < 3


def rows(n, modulus):
    i = np.arange(1, n + 1)
    x = np.array([value(int(k), 1, modulus) for k in i])
    y = np.array([value(int(k), 2, modulus) for k in i])
    t = np.array([truth(int(k)) for k in i])
    # both models know a little
    return x + t * (modulus // 4) / 64, y + t * (modulus // 8) / 64, t


# --- tests of rows -----------------------------------------------------------

def delong(x, y, t):
    place = lambda s: ((s[t][:, None] > s[~t][None, :]) + 0.5 * (s[t][:, None] == s[~t][None, :]))
    a, b = place(x), place(y)
    aucs = [a.mean(), b.mean()]
    for score, auc in ((x, aucs[0]), (y, aucs[1])):
        agree(metrics.roc_auc_score(t, score), auc)
    variance = (np.cov(a.mean(1) - b.mean(1)) / t.sum() + np.cov(a.mean(0) - b.mean(0)) / (~t).sum())
    se = math.sqrt(variance)
    z = (aucs[0] - aucs[1]) / se if aucs[0] != aucs[1] else 0.0
    return aucs + [se, z, 2 * stats.norm.sf(abs(z))]


def wilcoxon(x, y):
    d = x - y
    nonzero = d[d != 0]
    ranks = stats.rankdata(abs(nonzero))
    plus, minus = ranks[nonzero > 0].sum(), ranks[nonzero < 0].sum()
    exact = len(d) <= 50 and len(nonzero) == len(d) and len(set(abs(d))) == len(d)
    p = stats.wilcoxon(x, y, mode='exact' if exact else 'approx').pvalue
    return [min(plus, minus), p, (plus - minus) / (plus + minus), len(nonzero), len(d) - len(nonzero)]


def signs(x, y):
    """All signs of up to ten rows."""
    if len(x) > 10:
        return None
    return stats.permutation_test((x, y), lambda a, b: np.mean(a - b), permutation_type='samples', n_resamples=np.inf).pvalue


def tests():
    for n, modulus in itertools.product([8, 10, 20, 50, 51, 200, 1000], [5, 97, 100003]):
        x, y, t = rows(n, modulus)
        yield [n, modulus, *delong(x, y, t), *wilcoxon(x, y), signs(x, y)]


# --- bootstrap ---------------------------------------------------------------

MASK = (1 << 64) - 1


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def draw(seed, stream, n):
    n = int(n)
    start = mix((mix((seed + 0x9E3779B97F4A7C15) & MASK) + stream) & MASK)
    return np.array([mix((start + r * 0x9E3779B97F4A7C15) & MASK) * n >> 64 for r in range(n)])


def loss(metric, p, t):
    if metric == 'log_loss':
        clipped = np.clip(p, 2.0 ** -52, 1 - 2.0 ** -52)
        return np.where(t, -np.log(clipped), -np.log1p(-clipped))
    return {'brier': (p - t) ** 2, 'mse': (p - t) ** 2, 'rmse': (p - t) ** 2, 'mae': abs(p - t)}[metric]


SKLEARN = {
    'log_loss': lambda t, p: metrics.log_loss(t, p, labels=[False, True]),
    'brier': metrics.brier_score_loss,
    'mae': metrics.mean_absolute_error,
    'mse': metrics.mean_squared_error,
    'rmse': lambda t, p: metrics.mean_squared_error(t, p, squared=False),
    'accuracy': lambda t, p: metrics.accuracy_score(t, p >= 0.5),
    'balanced_accuracy': lambda t, p: metrics.balanced_accuracy_score(t, p >= 0.5),
    'precision': lambda t, p: metrics.precision_score(t, p >= 0.5),
    'recall': lambda t, p: metrics.recall_score(t, p >= 0.5),
    'specificity': lambda t, p: metrics.recall_score(~t, ~(p >= 0.5)),
    'f1': lambda t, p: metrics.f1_score(t, p >= 0.5),
    'mcc': lambda t, p: metrics.matthews_corrcoef(t, p >= 0.5),
    'roc_auc': metrics.roc_auc_score,
}


def ordered(metric, x, y, t):
    """The order in which rows are numbered."""
    if metric == 'roc_auc':
        return np.lexsort((y, x, ~t))
    if metric == 'rmse':
        return np.lexsort((loss(metric, y, t), loss(metric, x, t)))
    if metric in ('log_loss', 'brier', 'mae', 'mse'):
        return np.argsort(loss(metric, x, t) - loss(metric, y, t), kind='stable')
    return np.lexsort((y >= 0.5, x >= 0.5, t))


def difference(metric, x, y, t):
    return SKLEARN[metric](t, x) - SKLEARN[metric](t, y)


def jackknife(metric, x, y, t):
    strata = [t, ~t] if metric == 'roc_auc' else [np.ones(len(t), bool)]
    cubes = squares = 0
    for stratum in strata:
        n = stratum.sum()
        without = np.array([difference(metric, *(np.delete(a, i) for a in (x, y, t))) for i in np.flatnonzero(stratum)])
        u = (n - 1) * (without.mean() - without)
        cubes += (u ** 3).sum() / n ** 3
        squares += (u ** 2).sum() / n ** 2
    return cubes / 6 / squares ** 1.5


def rank(values, number):
    slack = 1e-12
    return ((values < number - slack).sum() + (values <= number + slack).sum()) / 2


def bootstrap(metric, x, y, t, replicates, seed, confidence):
    order = ordered(metric, x, y, t)
    x, y, t = x[order], y[order], t[order]
    estimate = difference(metric, x, y, t)
    values = []
    for b in range(replicates):
        if metric == 'roc_auc':
            positive = t.sum()
            chosen = np.concatenate([draw(seed, 2 * b + 1, positive), positive + draw(seed, 2 * b, len(t) - positive)])
        else:
            chosen = draw(seed, b, len(t))
        values.append(difference(metric, x[chosen], y[chosen], t[chosen]))
    values = np.sort(values)
    bias, a = stats.norm.ppf(rank(values, estimate) / replicates), jackknife(metric, x, y, t)
    tail = (1 - confidence) / 2
    ends = []
    for z in (stats.norm.ppf(tail), -stats.norm.ppf(tail)):
        ends.append(np.quantile(values, stats.norm.cdf(bias + (bias + z) / (1 - a * (bias + z)))))
    w = stats.norm.ppf((rank(values, 0) + 0.5) / (replicates + 1)) - bias
    level = stats.norm.cdf(w / (1 + a * w) - bias)
    library = [SKLEARN[metric](t, x), SKLEARN[metric](t, y)]
    compare_scipy(metric, x, y, t, confidence, ends)
    return library + [estimate, np.std(values, ddof=1), *ends, np.quantile(values, tail), np.quantile(values, 1 - tail),
                      2 * min(level, 1 - level)]


def compare_scipy(metric, x, y, t, confidence, ends):
    if metric == 'roc_auc' or len(t) > 40:  # the first is drawn within classes
        return
    other = stats.bootstrap((np.arange(len(t)),), lambda i: difference(metric, x[i], y[i], t[i]), vectorized=False,
                            n_resamples=1000, confidence_level=confidence, random_state=1).confidence_interval
    width = ends[1] - ends[0]
    assert abs(other.low - ends[0]) < 0.25 * width and abs(other.high - ends[1]) < 0.25 * width, (metric, other, ends)


def bootstraps():
    for metric, (n, modulus) in itertools.product(SKLEARN, [(40, 23), (60, 57)]):
        x, y, t = rows(n, modulus)
        scale = max(x.max(), y.max()) * 1.01
        yield [metric, n, modulus, scale, 199, 7, 0.9, *bootstrap(metric, x / scale, y / scale, t, 199, 7, 0.9)]


# --- counts ------------------------------------------------------------------

def msprt(x1, n1, x2, n2, tau):
    p1, p2 = mp.mpf(x1) / n1, mp.mpf(x2) / n2
    n = mp.mpf(2) * n1 * n2 / (n1 + n2)
    v, d, tau = p1 * (1 - p1) + p2 * (1 - p2), p1 - p2, mp.mpf(tau)
    if v == 0:
        return [0.0, 1.0]
    ratio = mp.sqrt(v / (v + n * tau ** 2)) * mp.exp(n ** 2 * tau ** 2 * d ** 2 / (2 * v * (v + n * tau ** 2)))
    return [float(ratio), float(min(1, 1 / ratio))]


def second_larger(a1, b1, a2, b2):
    """P(second > first) of whole parameters, a sum of positive terms."""
    log_beta = lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    return mp.fsum(mp.exp(log_beta(a1 + i, b1 + b2) - log_beta(1 + i, b2) - log_beta(a1, b1)) / (b2 + i) for i in range(a2))


def expected_gain(a1, b1, a2, b2):
    """E[max(second - first, 0)], with digits to spare for the subtraction."""
    return (mp.mpf(a2) / (a2 + b2) * second_larger(a1, b1, a2 + 1, b2) - mp.mpf(a1) / (a1 + b1) * second_larger(a1 + 1, b1, a2, b2))


def beta(x1, n1, x2, n2, a, b):
    first, second = (a + x1, b + n1 - x1), (a + x2, b + n2 - x2)
    return [float(v) for v in (second_larger(*first, *second), expected_gain(*first, *second), expected_gain(*second, *first))]


def arms():
    counts = [(120, 1000, 150, 1000), (100, 1000, 120, 1000), (500, 5000, 600, 5000), (2000, 20000, 2400, 20000),
              (100, 1000, 100, 1000), (3, 10, 30, 90), (0, 20, 5, 30), (20, 20, 25, 30), (1, 2, 1, 3), (450, 9000, 70, 1000),
              (0, 10, 0, 10), (10, 10, 0, 5)]
    for x1, n1, x2, n2 in counts:
        z, p = proportions_ztest([x1, x2], [n1, n2])
        if math.isnan(z):
            z, p = 0.0, 1.0
        low, high = confint_proportions_2indep(x1, n1, x2, n2, method='newcomb', compare='diff')
        yield [x1, n1, x2, n2, z, p, low, high, *msprt(x1, n1, x2, n2, 0.01), *beta(x1, n1, x2, n2, 1, 1)]


def tables():
    for table in ([[120, 880], [150, 850]], [[3, 1], [1, 3]], [[10, 0], [0, 10]], [[5, 9, 4], [7, 2, 8]], [[1, 2], [3, 4], [5, 60], [7, 8]],
                  [[1000000, 2000000], [1000500, 1999000]]):
        chi = stats.chi2_contingency(table, correction=False)
        yates = stats.chi2_contingency(table) if np.shape(table) == (2, 2) else (None, None)
        fisher = stats.fisher_exact(table) if np.shape(table) == (2, 2) else (None, None)
        yield ['{' + ';'.join('{' + ';'.join(map(str, r)) + '}' for r in table) + '}', chi[0], chi[2], chi[1], yates[0], yates[1], chi[3].min(), *fisher]


def splits():
    for counts, weights in (([5000, 5200], [1, 1]), ([9120, 880], [90, 10]), ([10, 20, 30], [0.2, 0.3, 0.5]), ([0, 7], [1, 1])):
        expected = np.array(weights) / sum(weights) * sum(counts)
        yield ['{' + ';'.join(map(str, counts)) + '}', '{' + ';'.join(map(str, weights)) + '}', *stats.chisquare(counts, expected)]


def corrections():
    for family in ([0.01, 0.04, 0.03, 0.2], [0.5], [0.001, 0.001, 0.9, 1.0, 0.03], [0.2, 0.1, 0.05, 0.025, 0.0125, 0.00625]):
        for method, name in (('holm', 'holm'), ('bonferroni', 'bonferroni'), ('fdr_bh', 'bh')):
            yield [name, '{' + ';'.join(map(repr, family)) + '}',
                   '{' + ';'.join(repr(float(p)) for p in multipletests(family, method=method)[1]) + '}']


golden.write('model_tests.csv', MADE_BY, ['n', 'modulus', 'auc_1', 'auc_2', 'standard_error', 'z', 'p_value', 'wilcoxon', 'wilcoxon_p',
                                          'rank_biserial', 'differ', 'equal', 'signs_p'], tests())
golden.write('arms.csv', MADE_BY, ['x1', 'n1', 'x2', 'n2', 'z', 'p_value', 'low', 'high', 'likelihood_ratio', 'sequential_p', 'chance_2',
                                   'loss_1', 'loss_2'], arms())
golden.write('tables.csv', MADE_BY, ['counts', 'statistic', 'df', 'p_value', 'yates', 'yates_p', 'least_expected', 'odds_ratio', 'fisher_p'], tables())
golden.write('splits.csv', MADE_BY, ['counts', 'weights', 'statistic', 'p_value'], splits())
golden.write('corrections.csv', MADE_BY, ['method', 'p_values', 'corrected'], corrections())
golden.write('bootstrap_metric.csv', MADE_BY, ['metric', 'n', 'modulus', 'scale', 'replicates', 'seed', 'confidence', 'value_1', 'value_2', 'difference',
                                               'standard_error', 'low', 'high', 'percentile_low', 'percentile_high', 'p_value'], bootstraps())
