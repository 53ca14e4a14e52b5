"""Writes fairness.csv: disparities of groups of people.

    python3 -m venv --system-site-packages v && v/bin/pip install fairlearn
    v/bin/python test/reference/generate_fairness.py

Needs fairlearn and scikit-learn; the first line of the file says which versions
wrote it. A case is the counts of one group after another, tp fp fn tn.
fairlearn takes a rate without rows as 0; such cases are left out.
"""
import itertools
import warnings

import fairlearn
import fairlearn.metrics as fm
import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, precision_score

import golden

warnings.filterwarnings('ignore')

CASES = [
    [(40, 10, 10, 40), (30, 20, 20, 30)],
    [(40, 10, 10, 40), (40, 10, 10, 40)],
    [(1, 0, 0, 1), (1, 1, 1, 1)],
    [(12, 3, 9, 30), (5, 9, 3, 20), (7, 7, 2, 70)],
    [(120, 30, 90, 300), (5, 9, 3, 20), (700, 70, 20, 7000), (1, 2, 3, 4)],
    [(10, 0, 0, 10), (9, 1, 1, 9)],
    [(10, 5, 0, 10), (9, 5, 0, 9), (3, 1, 0, 5)],
    [(5, 0, 5, 10), (7, 0, 3, 9)],
    [(3, 4, 5, 6)] * 5,
    [(997, 3, 2, 1000), (900, 100, 150, 850), (1, 1, 1, 997)],
]
RATES = np.random.default_rng(7)
CASES += [[tuple(int(x) for x in RATES.integers(1, 60, 4)) for _ in range(groups)] for groups in (2, 2, 3, 4, 6, 10)]


def rows(counts):
    actual, predicted, group = [], [], []
    for g, (tp, fp, fn, tn) in enumerate(counts):
        for a, p, n in ((1, 1, tp), (0, 1, fp), (1, 0, fn), (0, 0, tn)):
            actual += [a] * n
            predicted += [p] * n
            group += ['g%d' % g] * n
    return np.array(actual), np.array(predicted), np.array(group)


def number(x):
    return None if x is None or np.isnan(x) else float(x)


def disparities(counts, method, aggregate):
    actual, predicted, group = rows(counts)
    parity = dict(sensitive_features=group, method=method)
    odds = dict(parity, agg=aggregate)
    yield fm.demographic_parity_difference(actual, predicted, **parity)
    yield fm.demographic_parity_ratio(actual, predicted, **parity)
    yield fm.equalized_odds_difference(actual, predicted, **odds)
    yield fm.equalized_odds_ratio(actual, predicted, **odds)
    yield fm.equal_opportunity_difference(actual, predicted, **parity)
    yield fm.equal_opportunity_ratio(actual, predicted, **parity)
    for metric in (precision_score, accuracy_score):
        frame = fm.MetricFrame(metrics=metric, y_true=actual, y_pred=predicted, sensitive_features=group)
        yield frame.difference(method=method)
        yield frame.ratio(method=method)


def table():
    for counts, method, aggregate in itertools.product(CASES, ('between_groups', 'to_overall'), ('worst_case', 'mean')):
        yield [' '.join(' '.join(map(str, c)) for c in counts), method, aggregate,
               *[number(x) for x in disparities(counts, method, aggregate)]]


golden.write('fairness.csv', 'generate_fairness.py: fairlearn %s, scikit-learn %s' % (fairlearn.__version__, sklearn.__version__),
             ['counts', 'method', 'aggregate', 'demographic_parity_difference', 'demographic_parity_ratio', 'equalized_odds_difference',
              'equalized_odds_ratio', 'equal_opportunity_difference', 'equal_opportunity_ratio', 'predictive_parity_difference',
              'predictive_parity_ratio', 'accuracy_difference', 'accuracy_ratio'], table())
