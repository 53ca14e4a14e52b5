#!/usr/bin/env python3
"""Writes multiclass.csv, multiclass_probabilities.csv, regression.csv and ranking.csv: metrics of predictions.

    python3 test/reference/generate_metrics.py

Needs numpy, scikit-learn, river and pytrec_eval; the first line of each file
says which versions wrote it. Rows of a case are one field of the file, parted
by blanks. Each metric is scikit-learn's where that has it, SMAPE is river's.
Rankings without equal scores are trec_eval's; those with some are the mean
over all orders of the rows, one by one, in fractions.
"""
import itertools
import math
import os
import warnings
from fractions import Fraction

import numpy as np
import pytrec_eval
import river
import sklearn
from importlib.metadata import version
from river import metrics as river_metrics
from sklearn import metrics

import golden

warnings.simplefilter('ignore')
NAME = os.path.basename(__file__)
MADE_BY = '%s: numpy %s, scikit-learn %s' % (NAME, np.__version__, sklearn.__version__)


def joined(values):
    return ' '.join(golden.text(v) for v in values)


# --- classes ----------------------------------------------------------------

def class_cases():
    rng = np.random.default_rng(1)
    yield 'perfect', [0, 1, 2, 2], [0, 1, 2, 2], None
    yield 'never right', [1, 2, 0], [0, 1, 2], None
    yield 'one class', [3, 3, 3], [3, 3, 3], None
    yield 'one class predicted', [1, 1, 1, 1], [0, 1, 2, 1], None
    yield 'one class actual', [0, 1, 2, 1], [1, 1, 1, 1], None
    yield 'class never predicted', [0, 0, 1, 1], [0, 2, 1, 1], None
    yield 'class that is none', [0, 5, 1, 1], [0, 0, 1, 1], None
    yield 'single row', [7], [7], None
    for classes, rows, right in [(2, 60, 0.8), (3, 200, 0.6), (3, 150, 0.0), (10, 300, 0.3), (40, 120, 0.9)]:
        actual = rng.integers(0, classes, rows) ** 2 // max(classes - 1, 1)
        prediction = np.where(rng.random(rows) < right, actual, rng.integers(0, classes, rows))
        yield 'random %d of %d' % (rows, classes), prediction, actual, None
        yield 'weighted %d of %d' % (rows, classes), prediction, actual, np.round(rng.gamma(1, 2, rows) + 0.01, 3)


def class_row(case, prediction, actual, weight):
    arguments = {'sample_weight': weight}
    row = [case, joined(prediction), joined(actual), joined(weight) if weight is not None else '']
    row.append(metrics.accuracy_score(actual, prediction, **arguments))
    row.append(metrics.balanced_accuracy_score(actual, prediction, **arguments))
    for average in ('macro', 'micro', 'weighted'):
        for metric in (metrics.precision_score, metrics.recall_score, metrics.f1_score):
            row.append(metric(actual, prediction, average=average, zero_division=0, **arguments))
        row.append(metrics.fbeta_score(actual, prediction, beta=2, average=average, zero_division=0, **arguments))
    several = len(set(actual)) > 1 and len(set(prediction)) > 1
    row.append(metrics.matthews_corrcoef(actual, prediction, **arguments) if several else None)
    together = len(set(actual) | set(prediction)) > 1
    row.append(metrics.cohen_kappa_score(actual, prediction, **arguments) if together else None)
    return row


def write_classes():
    header = ['case', 'prediction', 'actual', 'weight', 'accuracy', 'balanced_accuracy']
    header += ['%s_%s' % (m, a) for a in ('macro', 'micro', 'weighted') for m in ('precision', 'recall', 'f1', 'f2')]
    golden.write('multiclass.csv', MADE_BY, header + ['mcc', 'cohen_kappa'], [class_row(*c) for c in class_cases()])


# --- probabilities of classes -------------------------------------------------

def probability_cases():
    rng = np.random.default_rng(2)
    for classes, rows, decimals in [(3, 40, 17), (3, 200, 1), (5, 80, 2), (2, 50, 2)]:
        actual = rng.permutation(np.concatenate([np.arange(classes), rng.integers(0, classes, rows - classes)]))
        raw = rng.gamma(0.5, 1, (rows, classes)) + np.eye(classes)[actual]
        share = raw / raw.sum(axis=1, keepdims=True)
        share[:, :-1] = np.round(share[:, :-1], decimals)
        share[:, -1] = np.maximum(1 - share[:, :-1].sum(axis=1), 0)
        share = np.minimum(share, 1)
        share[0] = np.eye(classes)[(actual[0] + 1) % classes]
        share[1] = np.eye(classes)[actual[1]]
        yield '%d rows of %d classes' % (rows, classes), share, actual, None
        yield 'weighted %d rows of %d classes' % (rows, classes), share, actual, np.round(rng.gamma(1, 2, rows) + 0.01, 3)


def areas(share, actual, weight, average):
    """One against the rest, class by class: scikit-learn's own averages want rows that sum to 1 to the last digit."""
    classes = range(share.shape[1])
    area = [metrics.roc_auc_score(actual == c, share[:, c], sample_weight=weight) for c in classes]
    prevalence = [np.average(actual == c, weights=weight) for c in classes]
    return np.average(area, weights=prevalence if average == 'weighted' else None)


def probability_row(case, share, actual, weight):
    row = [case, ';'.join(joined(p) for p in share), joined(actual), joined(weight) if weight is not None else '']
    row.append(metrics.log_loss(actual, share, labels=range(share.shape[1]), sample_weight=weight))
    for average in ('macro', 'weighted'):
        area = areas(share, actual, weight, average)
        if share.shape[1] > 2 and weight is None:
            golden.agree(area, metrics.roc_auc_score(actual, share, multi_class='ovr', average=average), 1e-12)
        row.append(area)
    return row


def write_probabilities():
    header = ['case', 'probabilities', 'actual', 'weight', 'log_loss', 'roc_auc_macro', 'roc_auc_weighted']
    golden.write('multiclass_probabilities.csv', MADE_BY, header, [probability_row(*c) for c in probability_cases()])


# --- numbers ------------------------------------------------------------------

def number_cases():
    rng = np.random.default_rng(3)
    yield 'single row', [1.5], [2.0], None
    yield 'all equal', [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], None
    yield 'constant actual', [1.0, 2.0, 3.0], [2.0, 2.0, 2.0], None
    yield 'zeros', [0.0, 0.0, 1.0], [0.0, 2.0, 0.0], None
    yield 'large mean', 1e9 + rng.normal(0, 1, 50), 1e9 + rng.normal(0, 1, 50), None
    yield 'tiny', rng.normal(0, 1e-150, 20), rng.normal(0, 1e-150, 20), None
    for rows in (10, 100):
        actual = rng.gamma(2, 10, rows)
        prediction = actual * rng.normal(1, 0.2, rows) + 0.3
        yield 'positive %d' % rows, prediction, actual, None
        yield 'positive weighted %d' % rows, prediction, actual, np.round(rng.gamma(1, 2, rows) + 0.01, 3)
        yield 'signed %d' % rows, prediction - 20, actual - 20, None
        yield 'signed weighted %d' % rows, prediction - 20, actual - 20, np.round(rng.gamma(1, 2, rows) + 0.01, 3)
        yield 'ties %d' % rows, np.round(prediction, -1), np.round(actual, -1), None


def smape(actual, prediction, weight):
    """river's, which is in percent and takes the weight of a row as a count."""
    metric = river_metrics.SMAPE()
    for row in zip(actual, prediction, weight if weight is not None else [1.0] * len(actual)):
        metric.update(*map(float, row))
    return metric.get() / 100


def number_row(case, prediction, actual, weight):
    prediction, actual = np.asarray(prediction, float), np.asarray(actual, float)
    arguments = {'sample_weight': weight}
    row = [case, joined(prediction), joined(actual), joined(weight) if weight is not None else '']
    row += [m(actual, prediction, **arguments) for m in (metrics.mean_absolute_error, metrics.mean_squared_error,
                                                       metrics.root_mean_squared_error, metrics.mean_absolute_percentage_error)]
    row.append(smape(actual, prediction, weight))
    if min(prediction.min(), actual.min()) > -1:
        row += [m(actual, prediction, **arguments) for m in (metrics.mean_squared_log_error, metrics.root_mean_squared_log_error)]
    else:
        row += [None, None]
    row.append(metrics.r2_score(actual, prediction, **arguments) if len(set(actual)) > 1 else None)
    row.append(math.fsum((prediction - actual) * (weight if weight is not None else 1)) /
               math.fsum(weight if weight is not None else [1] * len(actual)))
    row.append(metrics.max_error(actual, prediction))
    row += [metrics.mean_pinball_loss(actual, prediction, alpha=a, **arguments) for a in (0.1, 0.5, 0.95)]
    return row


def write_numbers():
    header = ['case', 'prediction', 'actual', 'weight', 'mae', 'mse', 'rmse', 'mape', 'smape', 'msle', 'rmsle', 'r2', 'bias', 'max_error']
    made_by = '%s, river %s' % (MADE_BY, river.__version__)
    golden.write('regression.csv', made_by, header + ['pinball_0.1', 'pinball_0.5', 'pinball_0.95'], [number_row(*c) for c in number_cases()])


# --- rankings -----------------------------------------------------------------

def ranking_cases():
    rng = np.random.default_rng(4)
    for rows in (1, 2, 5, 12, 40):
        for share in (0.2, 0.6):
            relevance = (rng.random(rows) < share) * rng.integers(1, 5, rows)
            score = rng.permutation(rows) + rng.random(rows)
            for k in sorted({1, 3, 10, rows}):
                yield 'no ties', score, relevance, k
    for rows, distinct in [(2, 1), (3, 2), (4, 1), (5, 2), (6, 3), (7, 2), (7, 1)]:
        relevance = rng.integers(0, 3, rows)
        score = rng.integers(0, distinct, rows)
        for k in sorted({1, 2, 4, rows, 10}):
            yield 'ties', score, relevance, k
    yield 'nothing relevant', [3, 2, 1], [0, 0, 0], 2
    yield 'everything relevant', [3, 2, 1, 1], [1, 1, 1, 1], 2


def orders(score):
    """All orders of the rows in which scores do not ascend."""
    groups = [[i for i, s in enumerate(score) if s == value] for value in sorted(set(score), reverse=True)]
    for parts in itertools.product(*(itertools.permutations(g) for g in groups)):
        yield list(itertools.chain(*parts))


def of_order(relevance, k):
    """AP, precision, recall, hit rate and reciprocal rank of the first k places of one order."""
    top = [r > 0 for r in relevance[:k]]
    total = sum(r > 0 for r in relevance)
    hits = [i for i, hit in enumerate(top) if hit]
    precision_at = [Fraction(n + 1, place + 1) for n, place in enumerate(hits)]
    return [Fraction(sum(precision_at), min(total, k)), Fraction(len(hits), k), Fraction(len(hits), total), Fraction(len(hits) > 0),
            Fraction(1, hits[0] + 1) if hits else Fraction(0)]


def mean_of_orders(score, relevance, k):
    several = [of_order([relevance[i] for i in order], k) for order in orders(score)]
    return [float(sum(column) / len(several)) for column in zip(*several)]


def trec(score, relevance, k):
    names = {'map_cut_%d', 'P_%d', 'recall_%d', 'success_%d', 'recip_rank'}
    judged = {'q': {'d%d' % i: int(r) for i, r in enumerate(relevance)}}
    run = {'q': {'d%d' % i: float(s) for i, s in enumerate(score)}}
    got = pytrec_eval.RelevanceEvaluator(judged, {n.replace('_%d', '.%d' % k) for n in names}).evaluate(run)['q']
    total = sum(r > 0 for r in relevance)
    rank = got['recip_rank'] if got['recip_rank'] * k > 1 - 1e-9 else 0.0
    return [got['map_cut_%d' % k] * total / min(total, k), got['P_%d' % k], got['recall_%d' % k], got['success_%d' % k], rank]


def gain(score, relevance, k, exponential):
    gains = 2.0 ** np.asarray(relevance) - 1 if exponential else np.asarray(relevance, float)
    if len(gains) == 1:
        return 1.0
    return metrics.ndcg_score([gains], [np.asarray(score, float)], k=k)


def ranking_row(case, score, relevance, k):
    row = [case, joined(score), joined(relevance), k]
    if sum(relevance) == 0:
        return row + [None] * 3 + [0.0] + [None] * 3
    rest = trec(score, relevance, k) if case == 'no ties' else mean_of_orders(score, relevance, k)
    return row + [gain(score, relevance, k, False), gain(score, relevance, k, True)] + rest


def write_rankings():
    header = ['case', 'score', 'relevance', 'k', 'ndcg', 'ndcg_exponential', 'average_precision', 'precision', 'recall', 'hit_rate', 'reciprocal_rank']
    made_by = '%s, pytrec_eval %s' % (MADE_BY, version('pytrec_eval-terrier'))
    golden.write('ranking.csv', made_by, header, [ranking_row(*c) for c in ranking_cases()])


write_classes()
write_probabilities()
write_numbers()
write_rankings()
