#!/usr/bin/env python3
"""Writes boosting.csv: what XGBoost for Python says of held-out rows, after the fits of test/pgtap/boosting.sql.

    generate_boosting.py

Debian's python3-xgboost 1.7.4. A case has its parameters as drift.train() gets them, rounds that were kept, a metric of
the held-out rows and, but for forests, the first twenty scores, to compare bit for bit where the library is of this
version.
"""
import json

import numpy as np
import xgboost

import golden

ROWS = 4000


def number(i, k):
    """Spread over [0, 1): the same arithmetic as in the test."""
    return (i * i * (k + 2) * 17 + i * 7919 * (k + 1) + k) % 10007 / 10007


def rows():
    i = np.arange(ROWS, dtype=np.int64)
    a, b, d, noise = (number(i, k) for k in (1, 2, 3, 4))
    code = i * 31 % 23
    value = a + b * np.where(i % 11 == 0, 0.5, d) + np.where(code % 2 == 0, 0.5, 0) + noise * 0.5
    labels = sorted({'k%d' % c for c in code})
    c = np.array([labels.index('k%d' % x) for x in code], dtype=float)
    x = np.column_stack([a, b, c, np.where(i % 11 == 0, np.nan, d)])
    targets = {'yes': (value > 1.2).astype(float), 'value': value, 'count': np.floor(value * 4),
               'kind': np.digitize(value, [0.9, 1.5]).astype(float)}
    return i, x, targets


def log_loss(p, y):
    if p.ndim == 1:
        p = np.column_stack([1 - p, p])
    return -np.mean(np.log(p[np.arange(len(y)), y.astype(int)].astype(float)))


def auc(p, y):
    greater = (p[y == 1][:, None] > p[y == 0][None, :]).mean()
    return greater + 0.5 * (p[y == 1][:, None] == p[y == 0][None, :]).mean()


def rmse(p, y):
    return np.sqrt(np.mean((p.astype(float) - y) ** 2))


METRICS = {'log_loss': log_loss, 'roc_auc': auc, 'rmse': rmse}
TASKS = {'yes': 'binary:logistic', 'value': 'reg:squarederror', 'count': 'count:poisson', 'kind': 'multi:softprob'}

# name, label, parameters, metric
BOOSTED = [
    ('defaults', 'yes', {}, 'roc_auc'),
    ('regularised', 'yes', {'n_estimators': 50, 'learning_rate': 0.1, 'max_depth': 4, 'subsample': 0.7,
                            'colsample_bytree': 0.8, 'min_child_weight': 3, 'reg_lambda': 2, 'reg_alpha': 0.1,
                            'gamma': 0.05, 'scale_pos_weight': 2, 'seed': 7}, 'roc_auc'),
    ('weighted', 'yes', {'n_estimators': 30, 'weight': 'w'}, 'log_loss'),
    ('stopped', 'yes', {'early_stopping_rounds': 5, 'split': 's'}, 'log_loss'),
    ('number', 'value', {'n_estimators': 40, 'grow_policy': 'lossguide', 'max_leaves': 12, 'max_bin': 32}, 'rmse'),
    ('count', 'count', {'n_estimators': 40, 'objective': 'count:poisson'}, 'rmse'),
    ('kind', 'kind', {'n_estimators': 20, 'max_depth': 3}, 'log_loss'),
]
FORESTS = [
    ('forest', 'yes', {'n_estimators': 100, 'colsample_bynode': 0.5}, 'roc_auc'),
    ('forest of numbers', 'value', {'n_estimators': 100, 'colsample_bynode': 0.5}, 'rmse'),
]
TYPES = ['float', 'float', 'c', 'float']


def matrix(x, y, weight=None):
    return xgboost.DMatrix(x, label=y, weight=weight, feature_types=TYPES, enable_categorical=True)


def boosted(name, label, params, metric):
    i, x, targets = rows()
    y = targets[label]
    held_out = i % 4 == 3
    valid = (i % 4 == 2) & ('split' in params)
    train = ~held_out & ~valid
    weight = 1.0 + i % 3 if 'weight' in params else np.ones(ROWS)
    ours = {'n_estimators', 'weight', 'split', 'early_stopping_rounds'}
    options = {'objective': TASKS[label], 'tree_method': 'hist', 'nthread': 1, 'seed': 42, 'seed_per_iteration': True}
    options.update({key: value for key, value in params.items() if key not in ours})
    mean = np.average(y[train], weights=weight[train])
    scale = params.get('scale_pos_weight', 1)
    options['base_score'] = 0 if label == 'kind' else mean * scale / (mean * scale + 1 - mean) if label == 'yes' else mean
    if label == 'kind':
        options['num_class'] = 3
    stops = {}
    if 'split' in params:
        stops = {'evals': [(matrix(x[valid], y[valid]), 'valid')], 'verbose_eval': False,
                 'early_stopping_rounds': params['early_stopping_rounds']}
    booster = xgboost.train(options, matrix(x[train], y[train], weight[train] if 'weight' in params else None),
                            params.get('n_estimators', 100), **stops)
    kept = booster.best_iteration + 1 if stops else booster.num_boosted_rounds()
    p = booster.predict(matrix(x[held_out], y[held_out]), iteration_range=(0, kept))
    shown = p[:20] if p.ndim == 1 else p[:20, -1]
    return (name, label, json.dumps(params), kept, metric, METRICS[metric](p, y[held_out]),
            ' '.join(repr(float(score)) for score in shown))


def forest(name, label, params, metric):
    i, x, targets = rows()
    y = targets[label]
    held_out = i % 4 == 3
    origin = y[~held_out].mean() if label == 'value' else 0
    options = {'objective': 'reg:squarederror', 'tree_method': 'hist', 'nthread': 1, 'seed': 42, 'learning_rate': 1,
               'base_score': 0, 'reg_lambda': 0, 'max_depth': 10, 'min_child_weight': 5, 'subsample': 0.8,
               'num_parallel_tree': params['n_estimators'], 'colsample_bynode': params['colsample_bynode']}
    booster = xgboost.train(options, matrix(x[~held_out], y[~held_out] - origin), 1)
    p = booster.predict(matrix(x[held_out], y[held_out])) + origin
    return name, label, json.dumps(params), params['n_estimators'], metric, METRICS[metric](p, y[held_out]), None


def main():
    cases = [boosted(*case) for case in BOOSTED] + [forest(*case) for case in FORESTS]
    golden.write('boosting.csv', 'generate_boosting.py with xgboost %s' % xgboost.__version__,
                 ['name', 'label', 'params', 'rounds', 'metric', 'value', 'scores'], cases)


if __name__ == '__main__':
    main()
