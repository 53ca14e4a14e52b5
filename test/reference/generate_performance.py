"""Metrics of scores and of pairs of classes: scikit-learn, DeLong's variance by its definition, the jackknife row by row."""
import numpy as np
import sklearn
from sklearn import metrics

import golden

MADE_BY = 'generate_performance.py: scikit-learn %s, numpy %s' % (sklearn.__version__, np.__version__)
rng = np.random.default_rng(7)


def delong(positive, negative):
    """Standard error of the area under the curve from the placements of each row."""
    wins = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
    return np.sqrt(wins.mean(1).var(ddof=1) / len(positive) + wins.mean(0).var(ddof=1) / len(negative))


def calibration_error(score, actual):
    """Ten bins (a, b], the first with its lower end."""
    bins = np.clip(np.ceil(score * 10) - 1, 0, 9).astype(int)
    return sum(abs(actual[bins == b].sum() - score[bins == b].sum()) for b in range(10)) / len(score)


def scores():
    for case in range(60):
        n = int(rng.integers(6, 120))
        score = rng.random(n)
        if case % 3 == 1:
            score = np.round(score, 1)
        if case % 10 == 9:
            score[:] = 0.5
        actual = rng.random(n) < np.clip(score + rng.normal(0, 0.2, n), 0.05, 0.95)
        actual[:2], actual[2:4] = True, False
        fpr, tpr, _ = metrics.roc_curve(actual, score)
        yield [' '.join(repr(float(s)) for s in score), ''.join('01'[int(a)] for a in actual), metrics.roc_auc_score(actual, score),
               delong(score[actual], score[~actual]), float(np.max(np.abs(tpr - fpr))),
               metrics.average_precision_score(actual, score), calibration_error(score, actual)]


def measured(predicted, actual):
    """In the order of class_pairs.h; classes are numbers, 0 the positive one. Undetermined is NaN."""
    def share(part, whole):
        return part / whole if whole else float('nan')
    right = (predicted == actual) & (actual == 0)
    present = np.unique(actual)
    recalls = [share(((predicted == c) & (actual == c)).sum(), (actual == c).sum()) for c in present]
    averages = [metrics.precision_recall_fscore_support(actual, predicted, average='macro', zero_division=0)[i] for i in range(3)]
    constant = len(present) < 2 or len(np.unique(predicted)) < 2
    return np.array([metrics.accuracy_score(actual, predicted), np.mean(recalls)] + averages + [
        float('nan') if constant else metrics.matthews_corrcoef(actual, predicted),
        share(right.sum(), (predicted == 0).sum()), share(right.sum(), (actual == 0).sum()),
        share(((predicted != 0) & (actual != 0)).sum(), (actual != 0).sum()),
        share(2 * right.sum(), (predicted == 0).sum() + (actual == 0).sum())])


def pairs():
    for case in range(40):
        classes = 2 + case % 4
        n = int(rng.integers(2, 70))
        actual = rng.integers(0, classes, n)
        predicted = np.where(rng.random(n) < 0.6, actual, rng.integers(0, classes, n))
        if case % 8 == 7:
            predicted[:] = 1
        value = measured(predicted, actual)
        without = np.array([measured(np.delete(predicted, i), np.delete(actual, i)) for i in range(n)])
        error = np.sqrt((n - 1) / n * ((without - without.mean(0)) ** 2).sum(0))
        counts = np.zeros((classes, classes), int)
        np.add.at(counts, (predicted, actual), 1)
        yield [classes, ' '.join(str(c) for c in counts.ravel())] + list(value) + list(error)


if __name__ == '__main__':
    golden.write('profile_auc.csv', MADE_BY, ['scores', 'actual', 'roc_auc', 'standard_error', 'ks', 'average_precision', 'ece'], scores())
    names = ['accuracy', 'balanced_accuracy', 'macro_precision', 'macro_recall', 'macro_f1', 'mcc', 'precision', 'recall', 'specificity', 'f1']
    golden.write('class_pairs.csv', MADE_BY, ['classes', 'counts'] + names + ['se_' + name for name in names], pairs())
