#!/usr/bin/env python3
"""Models of early XGBoost as a later one scores them: xgboost/<version>-old-<case>.json, xgboost-old.csv.

First `train`, once with xgboost 1.0.2 and once with 1.3.3 (numpy 1.23.5); then `score` with xgboost-cpu 3.2.0 (numpy
2.4.6). Versions before 1.3 (of dart: before 1.4) added the base score last; all later ones begin with it, with models of the
early ones too. Rows are as generate_xgboost.py writes them.
"""
import glob
import os
import sys

import numpy as np
import xgboost as xgb

HERE = os.path.dirname(os.path.abspath(__file__))
FEATURES = 4
CASES = {
    'squared': {'objective': 'reg:squarederror', 'base_score': 0.7},
    'logistic': {'objective': 'binary:logistic', 'base_score': 0.3},
    'poisson': {'objective': 'count:poisson'},
    'softprob': {'objective': 'multi:softprob', 'num_class': 3},
    'dart': {'objective': 'reg:squarederror', 'booster': 'dart', 'rate_drop': 0.5},
    'linear': {'objective': 'reg:squarederror', 'booster': 'gblinear'},
    'forest': {'objective': 'reg:squarederror', 'num_parallel_tree': 2, 'subsample': 0.6},
}


def train():
    rng = np.random.RandomState(1)
    x = rng.normal(size=(150, FEATURES)).astype(np.float32)
    x[rng.rand(*x.shape) < 0.15] = np.nan
    signal = np.nansum(x[:, :3], axis=1) + 0.3 * rng.normal(size=len(x))
    for name, params in CASES.items():
        objective = params['objective']
        y = (signal > 0 if objective.startswith('binary') else np.digitize(signal, [0, 1]) if 'num_class' in params
             else np.floor(np.exp(signal / 3)) if objective.startswith('count') else signal)
        booster = xgb.train({'max_depth': 2, 'seed': 1, 'nthread': 1, **params}, xgb.DMatrix(x, label=y.astype(float)), 3)
        booster.save_model(os.path.join(HERE, 'xgboost', '%s-old-%s.json' % (xgb.__version__, name)))


def hexes(values):
    return ' '.join('NaN' if np.isnan(v) else float(v).hex() for v in values.reshape(-1))


def score():
    rng = np.random.RandomState(2)
    rows = rng.normal(size=(20, FEATURES))
    rows[rng.rand(*rows.shape) < 0.2] = np.nan
    data = xgb.DMatrix(rows.astype(np.float32))
    with open(os.path.join(HERE, 'xgboost-old.csv'), 'w') as file:
        file.write('# generate_xgboost_old.py, scored by xgboost %s\nmodel,iterations,inputs,margins,outputs\n' % xgb.__version__)
        for path in sorted(glob.glob(os.path.join(HERE, 'xgboost', '*-old-*.json'))):
            booster = xgb.Booster(model_file=path)
            margins, outputs = booster.predict(data, output_margin=True), booster.predict(data)
            for row, margin, output in zip(rows, margins, outputs):
                file.write(','.join([os.path.basename(path), '0', hexes(row), hexes(margin), hexes(output)]) + '\n')


if __name__ == '__main__':
    {'train': train, 'score': score}[sys.argv[1]]()
