#!/usr/bin/env python3
"""Writes models of XGBoost and what XGBoost scores with them: xgboost/<version>-<case>.json or .ubj, xgboost-<version>.csv.

Run once for each version: xgboost 1.7.6 (numpy 1.26.4, pandas 1.5.3), xgboost-cpu 2.1.4 and 3.2.0 (numpy 2.4.6,
pandas 3.1.1), Python 3.11. A row holds the inputs as doubles (text as it is, "-" where it is missing), the margins and
the outputs of predict(DMatrix) as hexadecimal floats, for the iterations asked for (0: all, -1: the best).
"""
import json
import os

import numpy as np
import pandas as pd
import xgboost as xgb

HERE = os.path.dirname(os.path.abspath(__file__))
VERSION = xgb.__version__
MAJOR = int(VERSION.split('.')[0])
TRAINED_ON = 160
ROWS = 16
FEATURES = 5
HURTING = [np.nan, 0.0, -0.0, 1e-45, -1e-45, 1e-40, 3.4e38, -3.4e38, 0.1, 1 / 3, 16777217.0]
CATEGORIES = [-1.0, -0.5, -0.0, 0.0, 0.9, 1.0, 2.5, 5.0, 6.0, 31.0, 32.0, 33.0, 40.0, 16777215.0, 16777216.0, 2.0 ** 31, np.nan]


def numbers(rng, missing=True):
    x = rng.normal(size=(TRAINED_ON, FEATURES)).astype(np.float32)
    x[:, 2] = rng.integers(0, 4, TRAINED_ON)
    if missing:
        x[rng.random(x.shape) < 0.15] = np.nan
    return x


def labels(rng, x, kind):
    signal = np.nansum(x[:, :3], axis=1) + 0.3 * rng.normal(size=len(x))
    if kind == 'real':
        return signal
    if kind == 'positive':
        return np.exp(signal / 3)
    if kind == 'count':
        return np.floor(np.exp(signal / 3))
    if kind == 'two':
        return (signal > 0.5).astype(float)
    if kind == 'share':
        return 1 / (1 + np.exp(-signal))
    if kind == 'three':
        return np.digitize(signal, [0, 2]).astype(float)
    if kind == 'grade':
        return np.digitize(signal, [-1, 0, 1, 2]).astype(float)
    return np.column_stack([signal, -signal + np.nan_to_num(x[:, 3])] if kind == 'pair' else [signal > 0, signal < 1]).astype(float)


def thresholds(booster):
    """Of each feature, in the file."""
    found = {}
    model = json.loads(booster.save_raw('json'))['learner']['gradient_booster']
    model = model.get('gbtree', model).get('model', {})
    for tree in model.get('trees', []):
        for left, feature, at in zip(tree['left_children'], tree['split_indices'], tree['split_conditions']):
            if left != -1:
                found.setdefault(feature, []).append(np.float32(at))
    return found


def inputs(rng, booster, categorical):
    """Rows of doubles: random, thresholds, their neighbours, values that hurt."""
    at = thresholds(booster)
    rows = np.empty((ROWS, FEATURES))
    for i in range(ROWS):
        for f in range(FEATURES):
            if f in categorical:
                rows[i, f] = rng.choice(CATEGORIES) if rng.random() < 0.6 else rng.integers(0, 40)
                continue
            kind = rng.random()
            if kind < 0.55 and f in at:
                t = rng.choice(at[f])
                # the last two are other doubles than the threshold, but become it as float32
                rows[i, f] = rng.choice([t, np.nextafter(t, np.float32(-np.inf)), np.nextafter(t, np.float32(np.inf)),
                                         np.nextafter(float(t), -np.inf), np.nextafter(float(t), np.inf)])
            elif kind < 0.75:
                rows[i, f] = rng.choice(HURTING)
            else:
                rows[i, f] = rng.normal()
    rows[0, 0] = np.inf
    rows[1, 1] = np.inf
    rows[2, 0] = -np.inf
    rows[3, 3] = -np.inf
    return rows


def scored(booster, rows, types, **how):
    """Row by row, as DMatrix takes infinities only where another one stands for missing."""
    out = []
    for row in rows:
        missing = np.inf if (row == -np.inf).any() else -np.inf if (row == np.inf).any() else np.nan
        data = xgb.DMatrix(np.float32(row).reshape(1, -1), missing=missing, feature_names=booster.feature_names,
                           feature_types=types, enable_categorical=types is not None)
        out.append(booster.predict(data, **how).reshape(-1))
    return out


def hexes(values):
    return ' '.join('NaN' if np.isnan(v) else float(v).hex() for v in values)


class Writer:
    def __init__(self):
        os.makedirs(os.path.join(HERE, 'xgboost'), exist_ok=True)
        self.lines = []

    def save(self, name, booster, form):
        booster.save_model(os.path.join(HERE, 'xgboost', '%s-%s.%s' % (VERSION, name, form)))

    def rows(self, name, form, iterations, rows, margins, outputs):
        for i in range(len(rows)):
            self.lines.append(','.join(['%s-%s.%s' % (VERSION, name, form), str(iterations), rows[i], hexes(margins[i]),
                                        hexes(outputs[i])]))

    def close(self):
        with open(os.path.join(HERE, 'xgboost-%s.csv' % VERSION), 'w') as file:
            file.write('# generate_xgboost.py, xgboost %s, numpy %s\nmodel,iterations,inputs,margins,outputs\n' %
                       (VERSION, np.__version__))
            file.write('\n'.join(self.lines) + '\n')


def train(rng, params, kind, rounds, missing, categorical, x=None):
    x = numbers(rng, missing) if x is None else x
    types = None
    for f in categorical:
        x[:, f] = rng.integers(0, 40, len(x))
        x[rng.random(len(x)) < 0.1, f] = np.nan
    if categorical:
        types = ['c' if f in categorical else 'float' for f in range(FEATURES)]
    y = labels(rng, x, kind)
    if categorical:
        y = y + 3 * (np.nan_to_num(x[:, categorical[0]], nan=1) % 3 == 1)
    names = ['a', 'b b', 'c"\\', 'd\u00e9', 'e'] if params.get('objective') == 'reg:squarederror' else None
    data = xgb.DMatrix(x, label=None if kind == 'survival' else y, feature_names=names, feature_types=types,
                       enable_categorical=bool(categorical))
    if params['objective'].startswith('rank:'):
        data.set_group([40] * (TRAINED_ON // 40))
    if params['objective'] == 'survival:aft':
        data.set_float_info('label_lower_bound', y)
        data.set_float_info('label_upper_bound', y * 1.5)
    return xgb.train({'max_depth': 2, 'seed': 1, 'nthread': 1, **params}, data, rounds), types


def case(out, name, objective, kind, form='json', rounds=3, missing=True, categorical=(), **params):
    rng = np.random.default_rng(sum(map(ord, name)))
    booster, types = train(rng, {'objective': objective, **params}, kind, rounds, missing, list(categorical))
    rows = inputs(rng, booster, categorical)
    if params.get('booster') == 'gblinear':
        rows[~np.isfinite(rows)] = np.nan
        rows[np.abs(rows) > 1e30] = 1e6
    out.save(name, booster, form)
    margins = scored(booster, rows, types, output_margin=True)
    out.rows(name, form, 0, [hexes(row) for row in rows], margins, scored(booster, rows, types))
    return booster, rows, types


def objectives(out):
    case(out, 'squared', 'reg:squarederror', 'real', rounds=6, max_depth=4, eta=0.7)
    case(out, 'squared-ubj', 'reg:squarederror', 'real', form='ubj', rounds=6, max_depth=4, base_score=7.25)
    case(out, 'no-missing', 'reg:squarederror', 'real', missing=False, max_depth=3)
    case(out, 'pruned', 'reg:squarederror', 'real', tree_method='exact', gamma=6, max_depth=4)
    case(out, 'lossguide', 'reg:squarederror', 'real', tree_method='hist', grow_policy='lossguide', max_depth=0, max_leaves=9)
    case(out, 'squaredlog', 'reg:squaredlogerror', 'positive')
    case(out, 'absolute', 'reg:absoluteerror', 'real')
    case(out, 'pseudohuber', 'reg:pseudohubererror', 'real', base_score=0.25)
    case(out, 'reglogistic', 'reg:logistic', 'share')
    case(out, 'gamma', 'reg:gamma', 'positive', base_score=0.7)
    case(out, 'gamma-estimated', 'reg:gamma', 'positive')
    case(out, 'tweedie', 'reg:tweedie', 'count')
    case(out, 'poisson', 'count:poisson', 'count', base_score=2.5)
    case(out, 'poisson-estimated', 'count:poisson', 'count', form='ubj')
    case(out, 'cox', 'survival:cox', 'positive', base_score=0.8)
    case(out, 'aft', 'survival:aft', 'positive', base_score=0.8)
    case(out, 'aft-default', 'survival:aft', 'positive')
    case(out, 'logistic', 'binary:logistic', 'two', max_depth=4, rounds=5)
    case(out, 'logistic-base', 'binary:logistic', 'two', form='ubj', base_score=0.3)
    case(out, 'logitraw', 'binary:logitraw', 'two', base_score=0.3)
    case(out, 'hinge', 'binary:hinge', 'two', base_score=0.3)
    case(out, 'softprob', 'multi:softprob', 'three', num_class=3)
    case(out, 'softprob-base', 'multi:softprob', 'three', form='ubj', num_class=3, base_score=0.25)
    case(out, 'softmax', 'multi:softmax', 'three', num_class=3)
    case(out, 'pairwise', 'rank:pairwise', 'grade')
    case(out, 'ndcg', 'rank:ndcg', 'grade')
    case(out, 'map', 'rank:map', 'two')
    case(out, 'two-targets', 'reg:squarederror', 'pair')
    case(out, 'multilabel', 'binary:logistic', 'labels')
    if MAJOR >= 2:
        case(out, 'quantiles', 'reg:quantileerror', 'real', quantile_alpha=[0.1, 0.5, 0.9])
    if MAJOR >= 3:
        case(out, 'base-vector', 'multi:softprob', 'three', num_class=3, base_score=[0.1, 0.2, 0.7])


def boosters(out):
    case(out, 'dart', 'reg:squarederror', 'real', booster='dart', rate_drop=0.5, rounds=6)
    case(out, 'dart-ubj', 'binary:logistic', 'two', form='ubj', booster='dart', rate_drop=0.5, rounds=6)
    case(out, 'dart-softprob', 'multi:softprob', 'three', booster='dart', rate_drop=0.5, num_class=3)
    case(out, 'linear', 'reg:squarederror', 'real', booster='gblinear', rounds=8)
    case(out, 'linear-ubj', 'binary:logistic', 'two', form='ubj', booster='gblinear', rounds=8, base_score=0.3)
    case(out, 'linear-softprob', 'multi:softprob', 'three', booster='gblinear', rounds=8, num_class=3)
    case(out, 'forest', 'reg:squarederror', 'real', num_parallel_tree=3, subsample=0.6, rounds=2)
    case(out, 'forest-softprob', 'multi:softprob', 'three', num_parallel_tree=2, subsample=0.6, rounds=2, num_class=3)


def categories(out):
    case(out, 'sets', 'reg:squarederror', 'real', categorical=(1, 2), tree_method='hist', max_cat_to_onehot=1, max_depth=4)
    case(out, 'sets-ubj', 'binary:logistic' if MAJOR == 0 else 'reg:pseudohubererror', 'real', form='ubj', categorical=(1, 2),
         tree_method='hist', max_cat_to_onehot=1, max_depth=3)
    case(out, 'onehot', 'reg:squarederror', 'real', categorical=(2,), tree_method='hist', max_cat_to_onehot=100)


def iterations(out):
    """Early stopping, and a forest that is cut."""
    for name, parallel, kind, params in [('early', 1, 'real', {'objective': 'reg:squarederror'}),
                                         ('early-forest', 2, 'three', {'objective': 'multi:softprob', 'num_class': 3})]:
        rng = np.random.default_rng(7)
        x, held = numbers(rng), numbers(rng)
        sides = [xgb.DMatrix(x, label=labels(rng, x, kind)), xgb.DMatrix(held, label=rng.permutation(labels(rng, held, kind)))]
        booster = xgb.train({'max_depth': 2, 'eta': 1.2, 'seed': 1, 'num_parallel_tree': parallel, 'subsample': 0.7, **params}, sides[0],
                            8, evals=[(sides[1], 'held')], early_stopping_rounds=3, verbose_eval=False)
        assert booster.best_iteration + 1 < booster.num_boosted_rounds()
        out.save(name, booster, 'json')
        rows = inputs(rng, booster, ())[:8]
        for asked, kept in [(0, 0), (-1, booster.best_iteration + 1), (2, 2)]:
            margins = scored(booster, rows, None, output_margin=True, iteration_range=(0, kept))
            out.rows(name, 'json', asked, [hexes(row) for row in rows], margins,
                     scored(booster, rows, None, iteration_range=(0, kept)))


def frames(out, form):
    """Columns of categories in a data frame: files from 3.1 on keep their values."""
    rng = np.random.default_rng(3)
    words = ['red', 'green', 'x"y\\', 'with;blank']
    frame = pd.DataFrame({'real': rng.normal(size=TRAINED_ON),
                          'word': pd.Categorical.from_codes(rng.integers(0, 4, TRAINED_ON), categories=words),
                          'number': pd.Categorical.from_codes(rng.integers(0, 3, TRAINED_ON), categories=[7, 3, 123456789])})
    frame.loc[::9, 'word'] = np.nan
    y = (frame['word'] == 'red') * 2.0 + (frame['number'] == 3) * 1.5 + frame['real']
    booster = xgb.train({'max_depth': 3, 'max_cat_to_onehot': 1, 'tree_method': 'hist', 'seed': 1},
                        xgb.DMatrix(frame, label=y, enable_categorical=True), 4)
    name = 'frame'
    out.save(name, booster, form)
    some = frame.iloc[:24].copy()
    for column in ('word', 'number'):  # other codes than in training: XGBoost looks the values up
        some[column] = some[column].cat.reorder_categories(list(some[column].cat.categories[::-1]))
    data = xgb.DMatrix(some, enable_categorical=True)
    rows = [' '.join([float(r).hex(), '-' if pd.isna(w) else w, str(n)])
            for r, w, n in zip(some['real'], some['word'], some['number'])]
    assert not (some['number'].cat.codes == frame['number'].cat.codes[:24]).all()
    margins = booster.predict(data, output_margin=True).reshape(-1, 1)
    out.rows(name, form, 0, rows, margins, margins)


def refused(out):
    """What importers refuse: leaves of vectors."""
    rng = np.random.default_rng(5)
    x = numbers(rng)
    booster = xgb.train({'max_depth': 2, 'multi_strategy': 'multi_output_tree', 'tree_method': 'hist'},
                        xgb.DMatrix(x, label=labels(rng, x, 'pair')), 2)
    out.save('vector-leaves', booster, 'json')


def main():
    out = Writer()
    objectives(out)
    boosters(out)
    categories(out)
    iterations(out)
    if MAJOR >= 3:
        frames(out, 'json')
        frames(out, 'ubj')
    if MAJOR >= 2:
        refused(out)
    out.close()


if __name__ == '__main__':
    main()
