#!/usr/bin/env python3
"""Writes estimates of performance without outcomes as NannyML gives them: test/reference/cbpe*.csv.

    python3 test/reference/generate_cbpe.py

needs an environment with nannyml 0.13.1. Each case is a reference and a
period to estimate, both made by rows(), as test/unit/test_cbpe.c and
test/pgtap/estimates.sql make them again:

    cbpe.csv         estimate, sampling error and thresholds of each metric
    cbpe_knots.csv   the isotonic map of the reference, as scikit-learn has it
    cbpe_folds.csv   rows that scikit-learn's shuffle tests, and both calibration errors

NannyML orders rows of one score at random; in the calibration errors such
rows are shared among the bins they lie in here, as drift does it.
"""
import os
import warnings

os.environ.update(NML_DISABLE_USAGE_LOGGING='1', DO_NOT_TRACK='1')

import nannyml
import numpy as np
import pandas as pd
import sklearn
from nannyml.calibration import IsotonicCalibrator, needs_calibration
from sklearn.isotonic import IsotonicRegression
from sklearn.model_selection import StratifiedShuffleSplit

import golden
import samples

warnings.simplefilter('ignore')

METRICS = ['roc_auc', 'average_precision', 'accuracy', 'precision', 'recall', 'specificity', 'f1']
# name, reference rows, rows, distinct scores (0: all), true probability of a score, threshold in percent
CASES = [('plain', 1000, 1000, 0, 'same', 50), ('miscalibrated', 1200, 1500, 0, 'square', 50), ('rare', 4000, 1000, 0, 'fourth', 30),
         ('common', 2500, 700, 0, 'mirrored', 50), ('ties', 1000, 1000, 50, 'square', 50), ('low_threshold', 1500, 900, 0, 'square', 10)]
TRUTH = {'same': lambda s: s, 'square': lambda s: s * s, 'fourth': lambda s: s * s * (s * s), 'mirrored': lambda s: 1 - (1 - s) * (1 - s)}
WITH_FOLDS = ('plain', 'miscalibrated', 'ties')


def rows(n, stream, distinct, truth, threshold):
    """Scores, outcomes and predictions."""
    i = np.arange(1, n + 1)
    score = samples.uniform(i, stream)
    if distinct:
        score = np.floor(score * distinct) / distinct
    return pd.DataFrame({'score': score, 'actual': (samples.uniform(i, stream + 1) < TRUTH[truth](score)).astype(int),
                         'prediction': (score >= threshold / 100).astype(int)})


def error(probability, actual, bins=10):
    """Expected calibration error in bins of equally many rows; those of one probability are shared."""
    frame = pd.DataFrame({'p': probability, 'y': actual})
    frame['y'] = frame.groupby('p')['y'].transform('mean')
    frame = frame.sort_values('p')
    n = len(frame)
    width = n // bins
    edges = np.arange(0, n + 1, width)
    edges[-1] = n
    return sum(abs(frame['p'][a:b].sum() - frame['y'][a:b].sum()) for a, b in zip(edges[:-1], edges[1:])) / n


def folds(reference):
    """What NannyML tests: rows of each fold, and both errors."""
    x, y = reference['score'].to_numpy(), reference['actual'].to_numpy()
    before, after, outcomes, tested = [], [], [], []
    for train, test in StratifiedShuffleSplit(n_splits=10, test_size=0.1, random_state=42).split(x, y):
        fit = IsotonicRegression(out_of_bounds='clip').fit(x[train], y[train])
        tested.append(sorted(test))
        before.append(x[test])
        after.append(fit.predict(x[test]))
        outcomes.append(y[test])
    y = np.concatenate(outcomes)
    return tested, error(np.concatenate(before), y), error(np.concatenate(after), y)


def main():
    made_by = 'generate_cbpe.py: nannyml %s, scikit-learn %s, numpy %s' % (nannyml.__version__, sklearn.__version__, np.__version__)
    estimates, knots, fold_rows = [], [], []
    for place, (name, n, m, distinct, truth, threshold) in enumerate(CASES):
        reference = rows(n, 900 + 10 * place, distinct, truth, threshold)
        current = rows(m, 905 + 10 * place, distinct, truth, threshold)
        case = [name, n, m, 900 + 10 * place, distinct, truth, threshold]
        np.random.seed(1)
        cbpe = nannyml.CBPE(metrics=METRICS, y_pred_proba='score', y_pred='prediction', y_true='actual',
                            problem_type='classification_binary', chunk_number=10)
        cbpe.fit(reference.copy())
        one = nannyml.CBPE(metrics=METRICS, y_pred_proba='score', y_pred='prediction', y_true='actual',
                           problem_type='classification_binary', chunk_size=m)
        np.random.seed(1)
        one.fit(reference.copy())
        answer = one.estimate(current.drop(columns='actual')).filter(period='analysis').to_df().iloc[0]
        for metric in METRICS:
            of = {m.components[0][1]: m for m in cbpe.metrics}[metric]
            estimates.append(case + [metric, answer[(metric, 'value')], answer[(metric, 'sampling_error')],
                                     of.lower_threshold_value, of.upper_threshold_value])
        tested, before, after = folds(reference)
        needed = needs_calibration(reference['actual'], reference['score'], IsotonicCalibrator())
        assert needed == (before > after) == one.needs_calibration, name
        fold_rows.append(case + [int(needed), before, after])
        if name in WITH_FOLDS:
            fold_rows += [case + [fold, ' '.join(str(t) for t in test), ''] for fold, test in enumerate(tested)]
        fit = IsotonicRegression(out_of_bounds='clip').fit(reference['score'], reference['actual'])
        knots += [case[:1] + [x, y] for x, y in zip(fit.X_thresholds_, fit.y_thresholds_)]
    head = ['case', 'n', 'm', 'stream', 'distinct', 'truth', 'threshold']
    golden.write('cbpe.csv', made_by, head + ['metric', 'estimate', 'sampling_error', 'lower', 'upper'], estimates)
    golden.write('cbpe_folds.csv', made_by, head + ['needed_or_fold', 'before_or_rows', 'after'], fold_rows)
    golden.write('cbpe_knots.csv', made_by, ['case', 'score', 'probability'], knots)


if __name__ == '__main__':
    main()
