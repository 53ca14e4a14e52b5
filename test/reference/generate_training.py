#!/usr/bin/env python3
"""Writes linear_models.csv: coefficients of linear, ridge, elastic net, logistic and multinomial models.

    pip install scikit-learn==1.9.1 statsmodels==0.15.0
    python test/reference/generate_training.py

The first line of the file says which versions wrote it. Rows are made by features() and latent(), which the test
repeats, or those of test/data/breast_cancer.csv, standardised. Every fit runs until its library can go no further;
what two libraries know, they must agree on.

A line is a model: name, which rows ("made" or "cancer"), rows, features, classes (0: numbers), l1, l2, whether rows
weigh differently, how far apart the features' scales are (powers of ten), and the coefficients, for each output those
of the features and then the intercept.
"""
import os
import warnings

import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

import golden
from golden import agree
from samples import uniform

warnings.simplefilter('ignore', FutureWarning)
warnings.simplefilter('error', ConvergenceWarning)
MADE_BY = 'generate_training.py: scikit-learn %s, statsmodels %s, numpy %s' % (
    sklearn.__version__, statsmodels.__version__, np.__version__)


# --- rows that Python and C make alike ---------------------------------------

def factor(j, scales):
    """Scale of a feature: powers of two near those of ten, so that products are exact."""
    return 2.0 ** round(np.log2(10.0) * (j * 5 % (2 * scales + 1) - scales))


def features(n, p, scales):
    i = np.arange(1, n + 1)
    columns = []
    for j in range(p):
        x = uniform(i, 900 + 2 * j) + uniform(i, 901 + 2 * j) - 1
        columns.append((x + (3.0 if j % 3 == 0 else 0.0)) * factor(j, scales))
    return np.column_stack(columns)


def latent(n, p, output):
    """What a row's target is made of: its features, each by 1, -1/2, 1/4 or 0, and noise."""
    i = np.arange(1, n + 1)
    sum = uniform(i, 800 + output) - 0.5
    for j in range(p):
        x = uniform(i, 900 + 2 * j) + uniform(i, 901 + 2 * j) - 1
        sum = sum + x * (1.0, -0.5, 0.25, 0.0)[(j + output) % 4]
    return sum


def weights(n):
    return np.floor(uniform(np.arange(1, n + 1), 700) * 4) / 2


def target(n, p, classes):
    if classes == 0:
        return latent(n, p, 0) * 8 + 100
    if classes == 2:
        return (latent(n, p, 0) > 0.125).astype(float)
    return np.argmax(np.column_stack([latent(n, p, k) for k in range(classes)]), axis=1).astype(float)


def cancer():
    path = os.path.join(golden.HERE, '..', 'data', 'breast_cancer.csv')
    header = open(path).readline().strip().split(',')
    rows = np.genfromtxt(path, delimiter=',', skip_header=1)
    label = header.index('target')
    return StandardScaler().fit_transform(np.delete(rows, label, axis=1)), rows[:, label]


# --- fits ----------------------------------------------------------------------

def linear(x, y, w, l1, l2):
    if l1 > 0:
        total = len(y) if w is None else w.sum()
        fit = ElasticNet(alpha=(l1 + l2) / total, l1_ratio=l1 / (l1 + l2), tol=1e-15, max_iter=10 ** 6)
        try:
            fit.fit(x, y, w)
        except ConvergenceWarning:
            warnings.warn('the gap is as small as it gets')
        return fit
    if l2 > 0:
        return Ridge(alpha=l2, solver='cholesky').fit(x, y, w)
    fit = LinearRegression().fit(x, y, w)
    check = sm.WLS(y, sm.add_constant(x), np.ones(len(y)) if w is None else w).fit().params
    for a, b in zip(np.append(fit.coef_, fit.intercept_), np.append(check[1:], check[0])):
        agree(a, b, 1e-8)
    return fit


def logistic(x, y, w, l1, l2):
    if l1 > 0:
        return LogisticRegression(C=1 / (l1 + l2), l1_ratio=l1 / (l1 + l2), solver='saga', tol=1e-13,
                                  max_iter=10 ** 6, random_state=1).fit(x, y, w)
    fit = LogisticRegression(C=1 / l2 if l2 > 0 else np.inf, solver='newton-cholesky', tol=1e-11,
                             max_iter=1000).fit(x, y, w)
    if l2 == 0 and w is None and len(fit.classes_) == 2:
        check = sm.Logit(y, sm.add_constant(x)).fit(disp=0, method='newton', tol=1e-12).params
        for a, b in zip(np.append(fit.coef_, fit.intercept_), np.append(check[1:], check[0])):
            agree(a, b, 1e-7)
    return fit


def line(name, rows, n, p, classes, l1, l2, weighted, scales):
    x, y = cancer() if rows == 'cancer' else (features(n, p, scales), target(n, p, classes))
    n, p = x.shape
    w = weights(n) if weighted else None
    # without penalty scales only divide coefficients, and the libraries give up at large ones
    free = rows == 'made' and l1 == 0 and l2 == 0
    by = np.array([factor(j, scales) if free else 1.0 for j in range(p)])
    fit = (logistic if classes else linear)(x / by, y, w, l1, l2)
    coefficients = np.column_stack([np.atleast_2d(fit.coef_) / by, np.atleast_1d(fit.intercept_)])
    return [name, rows, n, p, classes, l1, l2, int(weighted), scales, ' '.join(golden.text(v) for v in coefficients.ravel())]


golden.write('linear_models.csv', MADE_BY,
             ['name', 'rows', 'n', 'p', 'classes', 'l1', 'l2', 'weighted', 'scales', 'coefficients'], [
    line('linear', 'made', 300, 8, 0, 0.0, 0.0, False, 0),
    line('linear of all scales', 'made', 300, 8, 0, 0.0, 0.0, False, 6),
    line('linear with weights', 'made', 300, 8, 0, 0.0, 0.0, True, 1),
    line('ridge', 'made', 300, 8, 0, 0.0, 2.5, False, 1),
    line('ridge with weights', 'made', 301, 8, 0, 0.0, 10.0, True, 1),
    line('ridge of more features than rows', 'made', 20, 40, 0, 0.0, 1.0, False, 0),
    line('lasso', 'made', 300, 8, 0, 30.0, 0.0, False, 0),
    line('elastic net with weights', 'made', 300, 8, 0, 20.0, 5.0, True, 0),
    line('logistic', 'made', 400, 6, 2, 0.0, 0.0, False, 0),
    line('logistic of all scales', 'made', 400, 6, 2, 0.0, 0.0, False, 3),
    line('logistic with weights', 'made', 400, 6, 2, 0.0, 1.0, True, 0),
    line('logistic with l2', 'made', 50000, 5, 2, 0.0, 1.0, False, 1),
    line('logistic with l1', 'made', 400, 6, 2, 3.0, 0.0, False, 0),
    line('logistic with both', 'made', 400, 6, 2, 2.0, 1.0, True, 0),
    line('multinomial', 'made', 600, 5, 4, 0.0, 0.0, False, 0),
    line('multinomial with l2', 'made', 600, 5, 3, 0.0, 1.0, False, 1),
    line('multinomial with weights', 'made', 20000, 5, 3, 0.0, 2.0, True, 0),
    line('multinomial with l1', 'made', 400, 5, 3, 2.0, 0.0, False, 0),
    line('breast cancer', 'cancer', 0, 0, 2, 0.0, 1.0, False, 0),
    line('breast cancer with l1', 'cancer', 0, 0, 2, 1.0, 0.0, False, 0),
])
