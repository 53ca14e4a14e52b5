#!/usr/bin/python3
"""Writes quality.csv: what pandas says of the quality of test/data/breast_cancer.csv, whole and worn.

    /usr/bin/python3 test/reference/generate_quality.py

Needs pandas. The committed file was written with that of Debian 12: pandas 1.5.3, numpy 1.24.2.
test/sql/quality.sql wears the data in the same way: row i (from 1) loses 'mean radius' where 5
divides i and 'mean texture' where 5 or 7 does, 'mean area' is NaN or infinite where 11 or 13
divides i, the diagnosis is text, an area is copied, and the first twenty rows come twice.
"""
import os

import numpy as np
import pandas as pd

import golden

DATA = os.path.join(golden.HERE, '..', 'data', 'breast_cancer.csv')


def worn(whole):
    frame = whole.copy()
    i = np.arange(1, len(frame) + 1)
    frame['worst area copied'] = frame['worst area']
    frame['diagnosis'] = np.where(frame['target'] == 1, 'benign', 'malignant')
    frame.loc[i % 17 == 0, 'diagnosis'] = None
    frame.loc[i % 5 == 0, 'mean radius'] = np.nan
    frame.loc[(i % 5 == 0) | (i % 7 == 0), 'mean texture'] = np.nan
    frame['mean area'] = frame['mean area'].astype(float)
    frame.loc[i % 13 == 0, 'mean area'] = np.inf
    frame.loc[i % 11 == 0, 'mean area'] = np.nan
    return pd.concat([frame, frame.head(20)], ignore_index=True)


def facts_of_column(column):
    values = column.dropna()
    repeats = values.value_counts().max()
    yield 'row_count', len(column)
    yield 'missing_count', column.isna().sum()
    yield 'missing_rate', column.isna().mean()
    yield 'distinct_count', column.nunique()
    yield 'unique_share', column.nunique() / len(values)
    yield 'most_common_share', repeats / len(values) if repeats > 1 else None
    if column.dtype == object:
        yield 'most_common', column.describe()['top']
        yield 'empty_count', (values == '').sum()
        return
    finite = np.isfinite(values).all()
    yield 'zero_count', (values == 0).sum()
    yield 'infinite_count', np.isinf(values).sum()
    yield 'mean', values.mean() if finite else float('inf')
    yield 'stddev', values.std() if finite else float('nan')
    yield 'minimum', values.min()
    yield 'maximum', values.max()
    for name, q in (('p25', 0.25), ('median', 0.5), ('p75', 0.75)):
        yield name, values.quantile(q)


def facts_of_frame(frame):
    yield 'row_count', len(frame)
    yield 'column_count', len(frame.columns)
    yield 'complete_rows', len(frame.dropna())
    yield 'missing_rate', frame.isna().mean().mean()
    yield 'duplicate_rows', frame.duplicated().sum()
    yield 'duplicate_share', frame.duplicated().mean()


def patterns(frame):
    for missing, rows in frame.isna().value_counts().items():
        yield '+'.join(frame.columns[list(missing)]), rows


def rows():
    whole = pd.read_csv(DATA)
    for name, frame in (('whole', whole), ('worn', worn(whole))):
        for column in frame:
            for fact, value in facts_of_column(frame[column]):
                yield name, 'column', column, fact, value
        for fact, value in facts_of_frame(frame):
            yield name, 'dataset', None, fact, value
        for pattern, count in patterns(frame):
            yield name, 'pattern', pattern, 'row_count', count


golden.write('quality.csv', 'generate_quality.py, pandas %s, numpy %s' % (pd.__version__, np.__version__),
             ['data', 'about', 'name', 'fact', 'value'], rows())
