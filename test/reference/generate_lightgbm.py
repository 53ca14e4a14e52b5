#!/usr/bin/env python3
"""Writes lightgbm_v3.csv or lightgbm_v4.csv, and the models in lightgbm/, with the LightGBM that runs it.

    python3 test/reference/generate_lightgbm.py

Once with lightgbm 3.3.5, numpy 1.26.4 and pandas 2.2.3, once with lightgbm
4.7.0, numpy 2.4.6 and pandas 3.1.1; the first line of each file says which
version wrote it. The values are those of a Booster loaded from the model's
text, in one thread.

Inputs of a row are separated by blanks: a number in its shortest exact form,
or a text as : and the hexadecimals of its UTF-8 bytes (:- is a missing one).
raw and prediction are hexadecimal floats.
"""
import os

import lightgbm as lgb
import numpy as np
import pandas as pd

import golden

VERSION = 'v' + lgb.__version__.split('.')[0]
FOLDER = os.path.join(golden.HERE, 'lightgbm')
ROWS = 36
TRAINED = 500
ZERO = float(np.float32(1e-35))
NUMBERS = [np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, -5e-324, ZERO, -ZERO, np.nextafter(ZERO, 1), np.nextafter(ZERO, 0),
           np.nextafter(-ZERO, -1), np.nextafter(-ZERO, 0), 1e300, -1e300, 1e308]
CATEGORIES = [np.nan, np.inf, -np.inf, -0.0, -0.5, -1.0, 0.9, 5e-324, 2.999, 7.0, 31.0, 32.0, 33.5, 63.0, 64.0, 999.0,
              16777216.0, 2147483647.0, 2147483648.0, 4294967296.0, 4294967299.0, -2147483648.0, -2147483649.0, 1e20, -1e20]
TEXTS = ['red', 'green', 'blue', 'dark blue', 'caf\u00e9 "\\,', '', '\U0001f600']
NAMES = ['number', 'tiny', 'whole', 'code', 'flag', 'name=\u00e9']

COMMON = dict(num_leaves=9, min_data_in_leaf=8, learning_rate=0.3, verbose=-1, num_threads=1, seed=7, deterministic=True,
              min_data_per_group=5, cat_smooth=2, cat_l2=1, max_cat_to_onehot=2, max_cat_threshold=40)
BOOSTING = {'gbdt': {}, 'goss': {'boosting': 'goss'}, 'dart': {'boosting': 'dart', 'drop_rate': 0.5},
            'rf': {'boosting': 'rf', 'bagging_freq': 1, 'bagging_fraction': 0.6, 'feature_fraction': 0.9}}
MISSING = {'nan': {}, 'zero': {'zero_as_missing': True}, 'none': {'use_missing': False}}


def columns(seed):
    rng = np.random.default_rng(seed)
    number = rng.normal(size=TRAINED).round(3)
    number[rng.random(TRAINED) < 0.1] = np.nan
    tiny = rng.choice([-2.0, -1e-35, -1e-36, 0.0, 1e-36, 1e-35, 0.5, 3.0, np.nan], TRAINED)
    whole = rng.integers(-3, 4, TRAINED).astype(float)
    code = rng.choice(np.append(np.arange(70.0), np.nan), TRAINED)
    flag = rng.choice([0.0, 1.0, 2.0, 5.0], TRAINED)
    other = rng.exponential(size=TRAINED).round(2)
    return np.column_stack([number, tiny, whole, code, flag, other])


def signal(x):
    f = np.nan_to_num(x)
    return (f[:, 0] + (np.isnan(x[:, 0])) + (f[:, 1] > 0) - (f[:, 1] < 0) + 0.4 * f[:, 2] + np.sin(f[:, 3]) +
            0.8 * (f[:, 4] == 2) - 0.3 * f[:, 5])


def labels(kind, x, seed):
    rng = np.random.default_rng(seed)
    s = signal(x) + 0.3 * rng.normal(size=len(x))
    return {'real': s, 'positive': np.exp(0.5 * s) + 0.01, 'count': rng.poisson(np.exp(0.5 * np.clip(s, -3, 3))),
            'share': 1 / (1 + np.exp(-s)), 'class': (s > 0.3).astype(int), 'classes': np.digitize(s, [-0.5, 0.8]),
            'grade': np.digitize(s, [-1, 0, 1])}[kind]


def numbers_of(model, feature):
    """Thresholds of a feature, and their neighbours."""
    found = []

    def walk(node):
        if 'split_feature' in node:
            if node['split_feature'] == feature and node['decision_type'] == '<=':
                t = float(node['threshold'])
                found.extend([t, np.nextafter(t, -np.inf), np.nextafter(t, np.inf)])
            walk(node['left_child'])
            walk(node['right_child'])
    for tree in model.dump_model()['tree_info']:
        walk(tree['tree_structure'])
    return found


def rows(model, x, categorical, seed, features=range(len(NAMES))):
    """Rows of the training data, with one to three values replaced by those that hurt; x holds these features."""
    rng = np.random.default_rng(seed)
    out = x[rng.integers(0, len(x), ROWS)].copy()
    near = [numbers_of(model, f) for f in features]
    for row in out:
        for f in rng.choice(x.shape[1], rng.integers(1, min(4, x.shape[1])), replace=False):
            if f in categorical:
                row[f] = rng.choice(CATEGORIES)
            elif near[f] and rng.random() < 0.6:
                row[f] = rng.choice(near[f])
            else:
                row[f] = rng.choice(NUMBERS)
    return out


def cell(value):
    if value is None:
        return ':-'
    if isinstance(value, str):
        return ':' + value.encode().hex()
    return repr(float(value)).lower()


def hexes(values):
    return ' '.join(float(v).hex() for v in np.atleast_1d(values))


def save(name, text):
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, '%s_%s.txt' % (VERSION, name)), 'w', newline='') as file:
        file.write(text)


def golden_rows(name, model, frame, cells, iterations=0):
    raw = model.predict(frame, raw_score=True, num_iteration=iterations or -1, num_threads=1)
    prediction = model.predict(frame, num_iteration=iterations or -1, num_threads=1)
    return [['%s_%s' % (VERSION, name), str(iterations), ' '.join(cell(v) for v in row), hexes(r), hexes(p)]
            for row, r, p in zip(cells, raw, prediction)]


def train(x, y, parameters, rounds, categorical, names, **dataset):
    both = dict(COMMON, **parameters)
    function = both.pop('function', None)
    data = lgb.Dataset(x, y, categorical_feature=categorical, feature_name=names, params=both, **dataset)
    if function is None:
        return lgb.train(both, data, rounds)
    if VERSION == 'v3':
        return lgb.train(both, data, rounds, fobj=function)
    return lgb.train(dict(both, objective=function), data, rounds)


def squared(score, data):
    return score - data.get_label(), np.ones(len(score))


def case(name, kind, parameters, rounds=4, seed=1, iterations=(0,), **dataset):
    x = columns(seed)
    categorical = [3, 4]
    model = train(x, labels(kind, x, seed), parameters, rounds, categorical, NAMES, **dataset)
    text = model.model_to_string()
    save(name, text)
    model = lgb.Booster(model_str=text)
    sample = rows(model, x, categorical, seed)
    return [line for n in iterations for line in golden_rows(name, model, sample, sample, n)]


def pandas_case(name, parameters, seed=3, booleans=False):
    x = columns(seed)
    rng = np.random.default_rng(seed)
    text = rng.choice(TEXTS, TRAINED)
    number = rng.choice([3, 7, 9, 40], TRAINED)
    real = rng.choice([0.5, -1.5, 2.25], TRAINED)
    boolean = rng.choice([True, False], TRAINED)
    kinds = {'text': text, 'int': number, 'real': boolean if booleans else real}
    frame = pd.DataFrame({'number': x[:, 0], 'text': pd.Categorical(text), 'tiny': x[:, 1], 'int': pd.Categorical(number),
                          'real': pd.Categorical(kinds['real'])})
    y = signal(x) + (text == 'blue') - (text == '') + (number == 7) + 1.5 * (kinds['real'] == kinds['real'][0])
    model = train(frame, (y > 0.5).astype(int), parameters, 4, 'auto', 'auto')
    text_of_model = model.model_to_string()
    save(name, text_of_model)
    model = lgb.Booster(model_str=text_of_model)
    numbers = rows(model, np.column_stack([x[:, 0], x[:, 1]]), [], seed, [0, 2])
    cells = [[a, rng.choice(TEXTS + ['unseen', None]) if i % 2 else TEXTS[i // 2 % len(TEXTS)], b,
              rng.choice([3.0, 7.0, 9.0, 40.0, 8.0, 7.5, np.nan, -np.inf]),
              rng.choice([1.0, 0.0] if booleans else [0.5, -1.5, 2.25, 0.0, np.nan])] for i, (a, b) in enumerate(numbers)]
    category = [list(c) for c in model.pandas_categorical]
    asked = pd.DataFrame({'number': numbers[:, 0], 'tiny': numbers[:, 1]})
    for at, (column, place) in enumerate([('text', 1), ('int', 3), ('real', 4)]):
        same = [[c for c in category[at] if c == row[place]] for row in cells]
        asked[column] = pd.Categorical([c[0] if c else None for c in same], categories=category[at])
    return golden_rows(name, model, asked[list(frame.columns)], cells)


def cases():
    sizes = {'group': [25] * (TRAINED // 25)}
    out = []
    for boosting, extra in BOOSTING.items():
        for missing, more in MISSING.items():
            out += case('binary_%s_%s' % (boosting, missing), 'class', dict(extra, **more, objective='binary'), seed=11)
    for name, kind, parameters in [
            ('regression', 'real', {}), ('regression_sqrt', 'real', {'objective': 'regression', 'reg_sqrt': True}),
            ('l1_sqrt', 'real', {'objective': 'regression_l1', 'reg_sqrt': True}),
            ('regression_l1', 'real', {}), ('huber', 'real', {}), ('fair', 'real', {}), ('quantile', 'real', {'alpha': 0.8}),
            ('mape', 'positive', {}), ('poisson', 'count', {}), ('gamma', 'positive', {}), ('tweedie', 'count', {}),
            ('cross_entropy', 'share', {}), ('cross_entropy_lambda', 'share', {}),
            ('binary_sigmoid', 'class', {'objective': 'binary', 'sigmoid': 0.73}),
            ('multiclass', 'classes', {'num_class': 3}), ('multiclassova', 'classes', {'num_class': 3, 'sigmoid': 1.3}),
            ('monotone', 'real', {'objective': 'regression', 'monotone_constraints': [1, 0, -1, 0, 0, 0]}),
            ('extra_trees', 'real', {'objective': 'regression', 'extra_trees': True})]:
        out += case(name, kind, dict({'objective': name}, **parameters), seed=12)
    for name in ['lambdarank', 'rank_xendcg']:
        out += case(name, 'grade', {'objective': name}, seed=13, **sizes)
    out += case('custom', 'real', {'objective': 'none', 'function': squared}, seed=14)
    out += case('poisson_rf', 'count', dict(BOOSTING['rf'], objective='poisson'), seed=15)
    out += case('multiclass_rf', 'classes', dict(BOOSTING['rf'], objective='multiclass', num_class=3), seed=16,
                iterations=(0, 3))
    out += case('multiclass_dart_zero', 'classes', dict(BOOSTING['dart'], **MISSING['zero'], objective='multiclass',
                                                        num_class=3), seed=17, iterations=(0, 1))
    out += case('constant', 'real', {'objective': 'regression', 'min_data_in_leaf': TRAINED}, seed=18)
    out += pandas_case('pandas', {'objective': 'binary'})
    out += pandas_case('pandas_rf_booleans', dict(BOOSTING['rf'], objective='binary'), seed=4, booleans=True)
    return out


if __name__ == '__main__':
    golden.write('lightgbm_%s.csv' % VERSION, 'generate_lightgbm.py, lightgbm %s' % lgb.__version__,
                 ['model', 'iterations', 'inputs', 'raw', 'prediction'], cases())
