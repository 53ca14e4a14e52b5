#!/usr/bin/env python3
"""Writes the golden files of linear, ridge, elastic net, logistic and multinomial models.

    pip install scikit-learn==1.9.1 statsmodels==0.15.0
    python test/reference/generate_training.py

The first line of the file says which versions wrote it. Rows are made by features() and latent(), which the test
repeats, or those of test/data/breast_cancer.csv, standardised. Every fit runs until its library can go no further;
what two libraries know, they must agree on.

linear_models.csv: coefficients. A line is a model: name, which rows ("made" or "cancer"), rows, features, classes (0: numbers), l1, l2, whether rows
weigh differently, how far apart the features' scales are (powers of ten), and the coefficients, for each output those
of the features and then the intercept.

linear_rows.csv, linear_pipelines.csv: rows with gaps and categories, and what pipelines of scikit-learn that fill,
standardise and encode them predict of the first ten. A row of weight w stands for 2w rows, so that all steps see it.
"""
import json
import os
import warnings

import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.exceptions import ConvergenceWarning
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

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


# --- pipelines -------------------------------------------------------------------

N = 240


def made_rows():
    i = np.arange(1, N + 1)
    a = np.round(uniform(i, 600) * 100) / 10
    b = np.round(uniform(i, 601) * 1000) + 5000
    g = np.array(['red', 'green', 'blue'])[np.floor(uniform(i, 602) * 3).astype(int)]
    noise = uniform(i, 603)
    level = a / 10 + b / 1000 + (g == 'red') * 0.5 + noise
    return {'a': np.where(i % 7 == 0, np.nan, a), 'b': np.where(i % 5 == 0, np.nan, b),
            'g': np.where(i % 11 == 0, '', g), 'w': np.floor(uniform(i, 700) * 4) / 2,
            'y': np.where(level > 6.7, 'yes', 'no'), 'size': np.array(['s', 'm', 'l'])[np.digitize(level, [6.4, 7])],
            'amount': np.round(level * 1000) / 100}


def encoders(strategy, indicator, standardise):
    labels = OneHotEncoder(categories=[['blue', 'green', 'red']], handle_unknown='ignore')
    numbers = [SimpleImputer(strategy=strategy)] + ([StandardScaler()] if standardise else [])
    parts = [('numbers', make_pipeline(*numbers), [0, 1]), ('categories', labels, [2])]
    if indicator:
        parts.append(('gaps', SimpleImputer(strategy='constant', fill_value=0, add_indicator=True), [0, 1]))
    return ColumnTransformer(parts, sparse_threshold=0)


def predictions(rows, label, model, strategy='mean', indicator=False, standardise=True, weighted=False):
    x = np.empty((N, 3), dtype=object)
    x[:, 0], x[:, 1], x[:, 2] = rows['a'], rows['b'], rows['g']
    times = (2 * rows['w']).astype(int) if weighted else np.ones(N, dtype=int)
    encode = encoders(strategy, indicator, standardise).fit(np.repeat(x, times, axis=0))

    def matrix(part):
        numbers = encode.transform(part)
        # of the last transformer only the two indicators
        return np.delete(numbers, [5, 6], axis=1) if indicator else numbers
    model.fit(matrix(np.repeat(x, times, axis=0)), np.repeat(rows[label], times))
    first = matrix(x[:10])
    if not hasattr(model, 'predict_proba'):
        return model.predict(first)
    return model.predict_proba(first)[:, 1] if len(model.classes_) == 2 else model.predict_proba(first).ravel()


def newton(l2, **options):
    return LogisticRegression(C=1 / l2, solver='newton-cholesky', tol=1e-12, max_iter=1000, **options)


def pipelines(rows):
    for algorithm, label, params, model, options in (
            ('logistic', 'y', {}, newton(1), {}),
            ('logistic', 'y', {'l2': 0.25, 'standardise': False}, newton(0.25), {'standardise': False}),
            ('logistic', 'y', {'impute': 'median', 'missing_indicator': True}, newton(1), {'strategy': 'median', 'indicator': True}),
            ('logistic', 'y', {'weight': 'w'}, newton(2), {'weighted': True}),
            ('logistic', 'y', {'class_weight': 'balanced'}, newton(1, class_weight='balanced'), {}),
            ('logistic', 'y', {'l1': 2, 'l2': 0}, LogisticRegression(
                C=0.5, l1_ratio=1, solver='saga', tol=1e-12, max_iter=10 ** 6, random_state=1), {}),
            ('logistic', 'y', {'solver': 'lbfgs', 'tolerance': 1e-10}, newton(1), {}),
            ('logistic', 'size', {}, newton(1), {}),
            ('linear', 'amount', {}, LinearRegression(), {}),
            ('ridge', 'amount', {'impute': 'most_frequent', 'l2': 3}, Ridge(alpha=3, solver='cholesky'), {'strategy': 'most_frequent'}),
            ('elastic_net', 'amount', {'l1': 12, 'l2': 12}, ElasticNet(alpha=24 / N, l1_ratio=0.5, tol=1e-13, max_iter=10 ** 6), {})):
        values = predictions(rows, label, model, **options)
        yield [algorithm, label, json.dumps(params), ' '.join(golden.text(v) for v in values)]


ROWS = made_rows()
golden.write('linear_rows.csv', MADE_BY, list(ROWS), [
    [None if isinstance(v, float) and np.isnan(v) or v == '' else v for v in row] for row in zip(*ROWS.values())])
golden.write('linear_pipelines.csv', MADE_BY, ['algorithm', 'label', 'params', 'predictions'], pipelines(ROWS))
