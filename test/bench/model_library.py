"""model_library.py DIR: XGBoost and LightGBM, in an environment of their own, with the rows in their memory.

DIR/rows.npz has float32 arrays of rows, one per name. A line of input is a command of words:
    train LIBRARY ROWS TREES DEPTH NAME     trains on the first rows, saves the model to DIR/NAME
    predict NAME ROWS                       answers the sum of the predictions, on one thread
    explain NAME ROWS COUNT                 contributions of the first rows, on one thread
Every command is answered by a line.
"""

import os
import sys

import lightgbm
import numpy
import xgboost

TRAINED_ON = 10_000

# The libraries may print; the answers go where only they go.
answers, sys.stdout = sys.stdout, sys.stderr
folder = sys.argv[1]
data = numpy.load(os.path.join(folder, 'rows.npz'))
rows = {name: data[name] for name in data.files}
boosters = {}


def label(x):
    """Something to learn: a few features, their interactions and noise."""
    x = numpy.nan_to_num(x.astype(float), nan=0.3)
    noise = numpy.random.default_rng(1).normal(size=len(x))
    return (numpy.sin(4 * x[:, 0]) + x[:, 1] * x[:, 2] - (x[:, 3] > 0.5) + x[:, 4:].sum(axis=1) / 9 + noise > 2.0).astype(int)


def train_xgboost(x, trees, depth, path):
    parameters = {'objective': 'binary:logistic', 'max_depth': depth, 'eta': 0.1, 'min_child_weight': 0, 'nthread': 1, 'tree_method': 'hist'}
    booster = xgboost.train(parameters, xgboost.DMatrix(x, label(x)), trees)
    booster.save_model(path)
    booster = xgboost.Booster(model_file=path)
    booster.set_param({'nthread': 1})
    return booster


def train_lightgbm(x, trees, depth, path):
    parameters = {'objective': 'binary', 'num_leaves': 2 ** depth, 'max_depth': depth, 'min_data_in_leaf': 2, 'learning_rate': 0.1,
                  'num_threads': 1, 'verbose': -1}
    lightgbm.train(parameters, lightgbm.Dataset(x, label(x)), trees).save_model(path)
    return lightgbm.Booster(model_file=path)


def train(library, name, trees, depth, file):
    x = rows[name][:TRAINED_ON]
    maker = {'xgboost': train_xgboost, 'lightgbm': train_lightgbm}[library]
    boosters[file] = maker(x, int(trees), int(depth), os.path.join(folder, file))
    return 'done'


def predict(file, name):
    booster = boosters[file]
    if isinstance(booster, xgboost.Booster):
        return booster.inplace_predict(rows[name]).sum(dtype=float)
    return booster.predict(rows[name], num_threads=1).sum()


def explain(file, name, count):
    return boosters[file].predict(xgboost.DMatrix(rows[name][:int(count)], nthread=1), pred_contribs=True).sum(dtype=float)


commands = {'train': train, 'predict': predict, 'explain': explain}
for line in sys.stdin:
    command, *arguments = line.split()
    print(commands[command](*arguments), file=answers, flush=True)
