#!/usr/bin/python3
"""Writes relations.csv: correlations and mutual information of two columns.

    /usr/bin/python3 test/reference/generate_relations.py

Needs scipy, numpy, scikit-learn and mpmath; the first line of the file says
which versions wrote it. x is the reference side of a shape of samples.py, y
the current side of another plus weight times x; pairs with a missing side are
left out.
"""
import warnings

import mpmath as mp
import numpy as np
import scipy
import sklearn
from scipy import stats
from scipy.stats.contingency import association
from sklearn.metrics import mutual_info_score

from generate_statistics import reference_edges
from golden import agree
import golden
import samples

warnings.simplefilter('ignore')
mp.mp.dps = 40

PAIRS = [('normal', 'normal', 0.5), ('normal', 'normal', 0), ('normal', 'skewed', -1), ('heavy', 'normal', 0.25),
         ('skewed', 'discrete', 2), ('skewed', 'heavy', 0), ('ties', 'ties', 0.5), ('ties', 'discrete', 0),
         ('discrete', 'discrete', 1), ('discrete', 'binary', 0), ('binary', 'binary', 0.5), ('binary', 'normal', 1),
         ('disjoint', 'normal', -4), ('constant', 'normal', 0), ('normal', 'constant', 0)]
SIZES = [1, 2, 3, 4, 8, 20, 33, 34, 200, 1000, 20000]

HEADER = ['shape_x', 'shape_y', 'weight', 'with_missing', 'rows', 'n', 'pearson', 'pearson_p', 'spearman', 'spearman_p',
          'kendall', 'kendall_p', 'mi_plugin', 'mi', 'cramers_v', 'cramers_v_p', 'mi_plugin_4', 'mi_4']


def columns(shape_x, shape_y, weight, with_missing, rows):
    i = np.arange(1, rows + 1)
    x = samples.value(shape_x, 0, i)
    y = samples.value(shape_y, 1, i) + weight * x
    if with_missing:
        present = (samples.missing(0, i) == 0) & (samples.missing(1, i) == 0)
        return x[present], y[present]
    return x, y


def correlations(x, y):
    """Statistic and p-value of pearsonr, spearmanr and kendalltau; a perfect correlation has p = 0 but for its size."""
    if len(x) < 2 or np.all(x == x[0]) or np.all(y == y[0]):
        return [None] * 6
    pearson, spearman, kendall = stats.pearsonr(x, y), stats.spearmanr(x, y), stats.kendalltau(x, y)
    numpy_r = np.corrcoef(x, y)[0, 1]
    agree(pearson.statistic, numpy_r, 1e-9, 1e-13)
    out = [pearson.statistic, pearson.pvalue, spearman.statistic, spearman.pvalue, kendall.statistic, kendall.pvalue]
    if len(x) > 2:
        for at in (0, 2):
            if abs(out[at]) > 1 - 1e-13:     # scipy's sums end within rounding of 1
                out[at], out[at + 1] = np.sign(out[at]), 0.0
    if len(x) == 2:
        out[2], out[3] = np.sign(out[2]), None
    return out


def codes(x, bins):
    """The bin of each value; a column of up to 20 distinct values has one for each."""
    return np.searchsorted(reference_edges(x, bins), x, side='left')


def entropy(counts):
    n = mp.mpf(int(counts.sum()))
    return -mp.fsum(mp.mpf(int(c)) / n * mp.log(mp.mpf(int(c)) / n) for c in counts)


def information(x, y):
    """Plug-in estimate by sklearn and by mpmath, and Miller's and Madow's correction of each entropy."""
    counts = [np.unique(c, return_counts=True)[1] for c in (x, y, x * (y.max() + 1) + y)]
    h = [entropy(c) for c in counts]
    plugin = h[0] + h[1] - h[2]
    agree(float(plugin), mutual_info_score(x, y), 1e-9, 1e-13)
    corrected = [e + mp.mpf(len(c) - 1) / (2 * len(x)) for e, c in zip(h, counts)]
    return [float(plugin), float(corrected[0] + corrected[1] - corrected[2])]


def cramers_v(x, y):
    table = np.zeros((x.max() + 1, y.max() + 1), dtype=int)
    np.add.at(table, (x, y), 1)
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    if min(table.shape) < 2:
        return [None, None]
    return [association(table, method='cramer'), stats.chi2_contingency(table, correction=False)[1]]


def relation_rows():
    for shape_x, shape_y, weight in PAIRS:
        for rows in SIZES:
            for with_missing in (False, True):
                x, y = columns(shape_x, shape_y, weight, with_missing, rows)
                if len(x) == 0:
                    continue
                tens = codes(x, 10), codes(y, 10)
                yield [shape_x, shape_y, weight, 't' if with_missing else 'f', rows, len(x)] + correlations(x, y) + \
                    information(*tens) + cramers_v(*tens) + information(codes(x, 4), codes(y, 4))


def main():
    golden.write('relations.csv', 'generate_relations.py, scipy %s, numpy %s, scikit-learn %s, mpmath %s' %
                 (scipy.__version__, np.__version__, sklearn.__version__, mp.__version__), HEADER, relation_rows())


if __name__ == '__main__':
    main()
