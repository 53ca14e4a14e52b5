#!/usr/bin/env python3
"""Writes online.csv: weights and predictions of linear models that learned row by row in other libraries.

    python3 -m venv VENV && VENV/bin/pip install river==0.26.1 scikit-learn==1.9.1
    VENV/bin/python test/reference/generate_online.py

SGD with l2 and inverse scaling is scikit-learn's partial_fit; AdaGrad, the running scaler and softmax are river's.
River's FTRL computes a weight one step later than the paper; so FTRL is the paper's algorithm 1, written down here.
Rows are made of counted random numbers, so that the test makes the same ones.
"""
import math

import numpy as np
import river
import sklearn
from river import linear_model, optim, preprocessing
from sklearn.linear_model import SGDClassifier, SGDRegressor

import golden
from counted import uniforms

ROWS = 500
FEATURES = 3


def rows():
    columns = [uniforms(11, f, ROWS) for f in range(FEATURES)]
    return np.array([[10 * u - 3 if f == 0 else (u - 0.5) * (f + 1) for f, u in enumerate(row)]
                     for row in zip(*columns)])


def targets(x):
    noise = uniforms(11, 9, ROWS)
    number = np.array([1.5 * r[0] - 2 * r[1] + 0.5 * r[2] + (u - 0.5) for r, u in zip(x, noise)])
    binary = np.array([1 if n > 3 else 0 for n in number])
    three = np.array([0 if n < 1 else 1 if n < 6 else 2 for n in number])
    return number, binary, three


def scikit(x, y, model, **classes):
    for row, target in zip(x, y):
        model.partial_fit(row[None, :], [target], **classes)
    return [float(np.ravel(model.intercept_)[0])] + [float(w) for w in np.ravel(model.coef_)]


def as_dicts(x):
    return [{f'x{f}': float(v) for f, v in enumerate(row)} for row in x]


def river_fit(x, y, model, scaler=None):
    for row, target in zip(as_dicts(x), y):
        if scaler is not None:
            scaler.learn_one(row)
            row = scaler.transform_one(row)
        model.learn_one(row, target)
    return model


def ftrl(x, y, rate, beta, l1, l2):
    """Algorithm 1 of McMahan et al. 2013; the intercept without penalties."""
    size = FEATURES + 1
    z, n = np.zeros(size), np.zeros(size)
    p1, p2 = np.full(size, l1), np.full(size, l2)
    p1[0] = p2[0] = 0

    def weights():
        w = -(z - np.sign(z) * p1) / ((beta + np.sqrt(n)) / rate + p2)
        return np.where(np.abs(z) <= p1, 0, w)

    for row, target in zip(x, y):
        row = np.concatenate([[1], row])
        w = weights()
        g = (1 / (1 + math.exp(-w @ row)) - target) * row
        sigma = (np.sqrt(n + g * g) - np.sqrt(n)) / rate
        z += g - sigma * w
        n += g * g
    return [float(w) for w in weights()]


def cases():
    x = rows()
    number, binary, three = targets(x)
    plain = dict(shuffle=False, average=False, random_state=0)
    yield 'sgd_constant', scikit(x, binary, SGDClassifier(loss='log_loss', penalty=None, learning_rate='constant',
                                                          eta0=0.05, **plain), classes=[0, 1])
    yield 'sgd_l2', scikit(x, binary, SGDClassifier(loss='log_loss', penalty='l2', alpha=0.01, learning_rate='invscaling',
                                                    eta0=0.1, power_t=0.25, **plain), classes=[0, 1])
    yield 'sgd_linear', scikit(x, number, SGDRegressor(penalty='l2', alpha=0.001, learning_rate='invscaling', eta0=0.01,
                                                       power_t=0.25, **plain))
    model = river_fit(x, binary.astype(bool), linear_model.LogisticRegression(optim.AdaGrad(0.1), intercept_lr=0.0))
    yield 'adagrad', [0.0] + [model.weights[f'x{f}'] for f in range(FEATURES)]
    model = river_fit(x, binary.astype(bool), linear_model.LogisticRegression(optim.SGD(0.05), intercept_lr=0.05),
                      preprocessing.StandardScaler())
    yield 'sgd_scaled', [model.intercept] + [model.weights[f'x{f}'] for f in range(FEATURES)]
    model = linear_model.SoftmaxRegression(optim.SGD(0.05))
    for c in range(3):
        model.weights[c]  # known from the start, as they are to a learner
    river_fit(x, [int(c) for c in three], model, preprocessing.StandardScaler())
    for c in range(3):
        yield f'softmax_{c}', [0.0] + [model.weights[c][f'x{f}'] for f in range(FEATURES)]
    yield 'ftrl', ftrl(x, binary, 0.1, 1.0, 0.0, 0.0)
    yield 'ftrl_l1', ftrl(x, binary, 0.1, 1.0, 4.0, 0.5)


if __name__ == '__main__':
    golden.write('online.csv', 'generate_online.py: river %s, scikit-learn %s' % (river.__version__, sklearn.__version__),
                 ['case', 'weight', 'value'], [[name, i, v] for name, values in cases() for i, v in enumerate(values)])
