"""Models of test/reference/explain, what their libraries say each input contributes, and how important it is.

    python3 generate_explain.py xgboost      explain/xgboost-VERSION-*.json, explain_xgboost-VERSION.csv, importance_...
    python3 generate_explain.py lightgbm     the same of LightGBM

Run with XGBoost 1.7.6 and 3.2.0, LightGBM 4.6.0.
"""
import os
import sys

import numpy as np

import golden

FEATURES = 6
NAMES = ['f%d' % i for i in range(FEATURES)]
ROWS = 8
KINDS = ('weight', 'gain', 'cover', 'total_gain', 'total_cover')


def sample(seed, missing=0.1, zeros=0.0, categories=()):
    """Training rows: numbers with missing values, and columns of categories 0 to 9."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(600, FEATURES)).astype(np.float32)
    for column in categories:
        x[:, column] = rng.integers(0, 10, 600)
    signal = x[:, 0] + x[:, 1] * x[:, 2] + np.where(x[:, 3] > 2, 2, 0) + 0.3 * rng.normal(size=600)
    x[rng.random(x.shape) < zeros] = 0
    x[rng.random(x.shape) < missing] = np.nan
    return x, signal


def contributions(model, x, values, groups):
    """Rows of the golden file: a line for each margin of a row."""
    values = np.asarray(values, dtype=np.float64).reshape(len(x), groups, FEATURES + 1)
    for row in range(len(x)):
        for group in range(groups):
            yield [model, row, group] + [float(v) for v in x[row]] + list(values[row, group])


def write(library, explained, important):
    golden.write('explain_%s.csv' % library, 'generate_explain.py, %s' % library.replace('-', ' '),
                 ['model', 'row', 'group'] + NAMES + ['c%d' % i for i in range(FEATURES)] + ['base'], explained)
    golden.write('importance_%s.csv' % library, 'generate_explain.py, %s' % library.replace('-', ' '),
                 ['model', 'input'] + list(KINDS), important)


def path(name):
    folder = os.path.join(golden.HERE, 'explain')
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name)


def xgboost_models():
    """Name, parameters, rounds, sample and target of each."""
    x, signal = sample(1)
    binary = (signal > 0).astype(int)
    classes = np.digitize(signal, [-1, 1])
    common = {'max_depth': 4, 'eta': 0.4, 'nthread': 1, 'tree_method': 'hist', 'max_bin': 32}
    with_categories = sample(2, categories=(3, 5))
    return [
        ('trees', common | {'objective': 'reg:squarederror', 'base_score': 0.25}, 5, x, signal, None),
        ('dart', common | {'objective': 'binary:logistic', 'booster': 'dart', 'rate_drop': 0.5, 'one_drop': 1}, 6,
         x, binary, None),
        ('categories', common | {'objective': 'reg:squarederror', 'max_cat_to_onehot': 4}, 5, *with_categories,
         ['c' if i in (3, 5) else 'q' for i in range(FEATURES)]),
        ('classes', common | {'objective': 'multi:softprob', 'num_class': 3, 'max_depth': 3}, 2, x, classes, None),
        ('forest', common | {'objective': 'binary:logistic', 'num_parallel_tree': 3, 'subsample': 0.6, 'eta': 1,
                             'max_depth': 9, 'min_child_weight': 0.01, 'seed': 3}, 1, x[:150], binary[:150], None),
        ('linear', {'objective': 'reg:squarederror', 'booster': 'gblinear', 'updater': 'coord_descent', 'nthread': 1},
         10, x, signal, None),
    ]


def xgboost_files():
    import xgboost
    library = 'xgboost-%s' % xgboost.__version__
    explained, important = [], []
    for name, parameters, rounds, x, y, types in xgboost_models():
        def matrix(rows, label=None):
            return xgboost.DMatrix(rows, label, feature_names=NAMES, feature_types=types,
                                   enable_categorical=types is not None)
        booster = xgboost.train(parameters, matrix(x, y), rounds)
        booster.save_model(path('%s-%s.json' % (library, name)))
        rows = x[:ROWS]
        groups = parameters.get('num_class', 1)
        explained += contributions(name, rows, booster.predict(matrix(rows), pred_contribs=True), groups)
        if name == 'linear':
            continue
        scores = {kind: booster.get_score(importance_type=kind) for kind in KINDS}
        important += [[name, n] + [float(scores[kind].get(n, 0)) for kind in KINDS] for n in NAMES]
    write(library, explained, important)


def lightgbm_models():
    """Name, parameters, rounds, sample and target of each."""
    x, signal = sample(4)
    zeros = sample(5, zeros=0.2)
    binary = (signal > 0).astype(int)
    classes = np.digitize(signal, [-1, 1])
    common = {'num_leaves': 15, 'min_data_in_leaf': 3, 'learning_rate': 0.3, 'num_threads': 1, 'verbose': -1,
              'max_bin': 32, 'deterministic': True, 'seed': 1}
    with_categories = sample(6, categories=(3, 5))
    return [
        ('trees', common | {'objective': 'regression'}, 4, x, signal, []),
        ('zeros', common | {'objective': 'binary', 'zero_as_missing': True}, 4, zeros[0],
         (zeros[1] > 0).astype(int), []),
        ('categories', common | {'objective': 'regression', 'min_data_per_group': 5, 'cat_smooth': 1,
                                 'max_cat_to_onehot': 1}, 4, *with_categories, [3, 5]),
        ('classes', common | {'objective': 'multiclass', 'num_class': 3, 'num_leaves': 7}, 2, x, classes, []),
        ('forest', common | {'objective': 'binary', 'boosting': 'rf', 'bagging_freq': 1, 'bagging_fraction': 0.6}, 4,
         x, binary, []),
    ]


def lightgbm_files():
    import lightgbm
    library = 'lightgbm-%s' % lightgbm.__version__
    explained, important = [], []
    for name, parameters, rounds, x, y, categories in lightgbm_models():
        data = lightgbm.Dataset(x.astype(np.float64), y, feature_name=NAMES, categorical_feature=categories)
        booster = lightgbm.train(parameters, data, rounds)
        booster.save_model(path('%s-%s.txt' % (library, name)))
        rows = x[:ROWS].astype(np.float64)
        groups = parameters.get('num_class', 1)
        explained += contributions(name, rows, booster.predict(rows, pred_contrib=True), groups)
        splits, gains = (booster.feature_importance(kind) for kind in ('split', 'gain'))
        important += [[name, n, float(s), None, None, float(g), None] for n, s, g in zip(NAMES, splits, gains)]
    write(library, explained, important)


{'xgboost': xgboost_files, 'lightgbm': lightgbm_files}[sys.argv[1]]()
