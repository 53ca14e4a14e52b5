#!/usr/bin/python3
"""Writes binary_samples.csv, binary_metrics.csv and binary_curves.csv: metrics of binary models.

    python3 test/reference/generate_binary.py

Needs scikit-learn 1.3 or newer and scipy; the first line of each file says which versions wrote it. What they do not
have is computed here from its definition: the standard error of DeLong from all pairs, the calibration error from the
bins. What one class does not determine is NaN, where scikit-learn answers 0 or warns.
"""
import math
import warnings

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics
from sklearn.calibration import calibration_curve

import golden

warnings.simplefilter('ignore')
rng = np.random.default_rng(20261121)
MADE_BY = 'generate_binary.py: scikit-learn %s, scipy %s, numpy %s' % (sklearn.__version__, scipy.__version__, np.__version__)
BINS = 10
THRESHOLD = 0.5


def probabilities(n):
    score = rng.random(n)
    return score, rng.random(n) < score


def cases():
    """name, score, actual; scores outside 0 to 1 are of the ranking metrics alone."""
    yield 'random', *probabilities(300)
    score, actual = probabilities(300)
    yield 'tied', np.round(score, 1), actual
    yield 'equal', np.full(50, 0.5), np.arange(50) % 3 == 0
    score, actual = probabilities(40)
    yield 'positives', score, np.full(40, True)
    yield 'negatives', score, np.full(40, False)
    yield 'one', np.array([0.25]), np.array([True])
    yield 'two', np.array([0.25, 0.75]), np.array([False, True])
    yield 'perfect', np.linspace(0, 1, 60), np.linspace(0, 1, 60) > 0.5
    yield 'reversed', np.linspace(0, 1, 60), np.linspace(0, 1, 60) <= 0.5
    score, _ = probabilities(400)
    yield 'rare', score ** 4, rng.random(400) < score ** 4 / 10
    ends = np.array([0, 0, 1, 1, 5e-324, 1e-300, 1e-17, 2.220446049250313e-16, 1 - 2.220446049250313e-16, 1 - 1.1102230246251565e-16,
                     0.1, 0.2, 0.30000000000000004, 0.3, 0.6000000000000001, 0.6, 0.7000000000000001, 0.7])
    yield 'ends', ends, np.arange(len(ends)) % 2 == 0
    yield 'sure', np.concatenate([1e-9 * rng.random(50), 1 - 1e-9 * rng.random(50)]), np.arange(100) >= 50
    margin = rng.normal(size=200)
    yield 'margins', margin * 1e3, rng.normal(size=200) < margin
    wild = np.concatenate([[math.inf, math.inf, -math.inf, 1e308, -1e308, 0.0, -0.0, 5e-324, -5e-324], rng.standard_cauchy(40)])
    yield 'infinite', wild, rng.random(len(wild)) < 0.5


def delong_error(score, actual):
    positive, negative = score[actual], score[~actual]
    if len(positive) < 2 or len(negative) < 2:
        return math.nan
    wins = np.sign(positive[:, None] - negative[None, :]) / 2 + 0.5
    return math.sqrt(wins.mean(axis=1).var(ddof=1) / len(positive) + wins.mean(axis=0).var(ddof=1) / len(negative))


def calibration_error(score, actual, weight):
    edges = np.linspace(0, 1, BINS + 1)
    bins = np.searchsorted(edges[1:-1], score)
    total = 0
    for b in range(BINS):
        here = bins == b
        if weight[here].sum() > 0:
            total += abs((weight[here] * (score[here] - actual[here])).sum())
    return total / weight.sum()


def measure(score, actual, weight, weighted):
    """All metrics of one case, by name; scores as ranks for those that only order them."""
    finite = np.where(np.isinf(score), np.sign(score) * np.finfo(float).max, score)
    rank = stats.rankdata(finite, 'dense').astype(float)
    both = len(set(actual[weight > 0])) == 2
    predicted = score >= THRESHOLD
    some, called = actual[weight > 0].any(), predicted[weight > 0].any()
    not_all, not_all_called = not actual[weight > 0].all(), not predicted[weight > 0].all()
    given = {'sample_weight': weight} if weighted else {}
    if both:
        false_rate, true_rate, _ = metrics.roc_curve(actual, rank, **given)
        area = metrics.roc_auc_score(actual, rank, **given)
        yield 'roc_auc', area
        yield 'gini', 2 * area - 1
        ks = np.abs(true_rate - false_rate).max()
        if not weighted:
            golden.agree(ks, stats.ks_2samp(rank[actual], rank[~actual]).statistic, absolute=1e-15)
            yield 'roc_auc_error', delong_error(rank, actual)
        yield 'ks_statistic', ks
    else:
        for name in ('roc_auc', 'gini', 'ks_statistic'):
            yield name, math.nan
    yield 'average_precision', metrics.average_precision_score(actual, rank, **given) if some else math.nan
    yield 'accuracy', metrics.accuracy_score(actual, predicted, **given)
    yield 'precision', metrics.precision_score(actual, predicted, **given) if called else math.nan
    yield 'recall', metrics.recall_score(actual, predicted, **given) if some else math.nan
    yield 'specificity', metrics.recall_score(~actual, ~predicted, **given) if not_all else math.nan
    yield 'f1', metrics.f1_score(actual, predicted, **given) if some or called else math.nan
    yield 'f_beta', metrics.fbeta_score(actual, predicted, beta=2, **given) if some or called else math.nan
    yield 'balanced_accuracy', metrics.balanced_accuracy_score(actual, predicted, **given) if both else math.nan
    defined = both and called and not_all_called
    yield 'mcc', metrics.matthews_corrcoef(actual, predicted, **given) if defined else math.nan
    if score.min() >= 0 and score.max() <= 1:
        yield 'log_loss', metrics.log_loss(actual, score, labels=[False, True], **given)
        yield 'brier', metrics.brier_score_loss(actual, score, labels=[False, True], pos_label=True, **given)
        yield 'ece', calibration_error(score, actual, weight)


def curves(score, actual, weight, weighted):
    """Rows of curve, place in it, threshold, x and y."""
    if np.isinf(score).any():
        return
    given = {'sample_weight': weight} if weighted else {}
    if len(set(actual[weight > 0])) == 2:
        x, y, threshold = metrics.roc_curve(actual, score, drop_intermediate=True, **given)
        for i, row in enumerate(zip(threshold, x, y)):
            yield 'roc', i, *row
    if actual[weight > 0].any():
        precision, recall, threshold = metrics.precision_recall_curve(actual, score, drop_intermediate=True, **given)
        for i, row in enumerate(zip([math.inf, *threshold[::-1]], precision[::-1], recall[::-1])):
            yield 'precision_recall', i, *row
    if not weighted and score.min() >= 0 and score.max() <= 1:
        rate, mean = calibration_curve(actual, score, n_bins=BINS, pos_label=True)
        for i, row in enumerate(zip(mean, rate)):
            yield 'calibration', i, math.nan, *row


samples, values, points = [], [], []
for name, score, actual in cases():
    # every eighth row weighs nothing
    weight = np.where(np.arange(len(score)) % 8 == 7, 0, np.round(rng.exponential(size=len(score)) + 0.01, 2))
    samples += [[name, s, str(bool(a)).lower(), w] for s, a, w in zip(score, actual, weight)]
    for weighted in (False, True):
        w = weight if weighted else np.ones(len(score))
        values += [[name, str(weighted).lower(), metric, value] for metric, value in measure(score, actual, w, weighted)]
        points += [[name, str(weighted).lower(), *row] for row in curves(score, actual, w, weighted)]
golden.write('binary_samples.csv', MADE_BY, ['sample', 'score', 'actual', 'weight'], samples)
golden.write('binary_metrics.csv', MADE_BY, ['sample', 'weighted', 'metric', 'value'], values)
golden.write('binary_curves.csv', MADE_BY, ['sample', 'weighted', 'curve', 'i', 'threshold', 'x', 'y'], points)
