#!/usr/bin/python3
"""Writes model_json.csv and the models in model_json/: scikit-learn's, by the export of docs/model_json.md.

    /usr/bin/python3 test/reference/generate_model_json.py

Needs scikit-learn, pandas and numpy; the first line of the file says which
versions wrote it. The functions are taken from the page.

Inputs are written as in lightgbm_v4.csv. The label is the class that the
model decides for, empty where there are none.
"""
import json
import os
import re

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import golden

PAGE = os.path.join(golden.HERE, '..', '..', 'docs', 'model_json.md')
exec(re.search(r'```python\n(.*?)```', open(PAGE).read(), re.S).group(1))

FOLDER = os.path.join(golden.HERE, 'model_json')
TRAINED, ROWS = 300, 40
CITIES = ['Bonn', 'Graz', 'L\u00fctzen', 'a "b"']
NUMBERS = [0.0, -0.0, 5e-324, -5e-324, 1e-40, 1e30, -1e30, 16777217.0]


def data(seed=1):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({'age': rng.normal(40, 12, TRAINED).round(2), 'income': rng.exponential(3, TRAINED),
                          'city': rng.choice(CITIES, TRAINED), 'plan': rng.choice([1.0, 2.0, 5.0], TRAINED)})
    score = frame.age / 12 - frame.income / 3 + (frame.city == 'Graz') + 0.5 * (frame.plan == 2) - 2.5
    score = score + rng.normal(size=TRAINED) * 0.3
    frame.loc[rng.random(TRAINED) < 0.1, 'age'] = np.nan
    return frame, score


def asked(frame, thresholds, seed=2):
    """Rows with missing ages, unknown categories, thresholds and their neighbours, in double and in float32."""
    rng = np.random.default_rng(seed)
    rows = frame.sample(ROWS, random_state=seed).reset_index(drop=True)
    for i in range(ROWS):
        for column, near in thresholds.items():
            if column in rows and rng.random() < 0.4:
                t = rng.choice(near + NUMBERS)
                rows.loc[i, column] = rng.choice([t, np.nextafter(t, np.inf), np.nextafter(t, -np.inf),
                                                  np.nextafter(np.float32(t), np.float32(np.inf)), np.float32(t)])
        if 'city' in rows and rng.random() < 0.2:
            rows.loc[i, 'city'] = 'unseen'
    return rows


def cell(value):
    return ':' + value.encode().hex() if isinstance(value, str) else repr(float(value)).lower()


def hexes(values):
    return ' '.join(float(v).hex() for v in np.atleast_1d(values))


def case(name, form, rows, margins, outputs, labels):
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, name + '.json'), 'w') as file:
        file.write(json.dumps(form) + '\n')
    return [[name, ' '.join(cell(v) for v in row), hexes(m), hexes(o), '' if label is None else str(label)]
            for row, m, o, label in zip(rows.itertuples(index=False), margins, outputs, labels)]


def prepare():
    numbers = Pipeline([('impute', SimpleImputer(strategy='median')), ('scale', StandardScaler())])
    return ColumnTransformer([('numbers', numbers, ['age', 'income']),
                              ('texts', OneHotEncoder(handle_unknown='ignore'), ['city', 'plan'])], sparse_threshold=0)


INPUTS = ['age', 'income', {'name': 'city', 'kind': 'text'}, 'plan']


def logistic(name, classes):
    frame, score = data()
    y = np.digitize(score, classes)
    labels = np.array(['low', 'middle', 'high'])[y] if len(classes) > 1 else y == 1
    model = Pipeline([('prepare', prepare()), ('classify', LogisticRegression(C=3, max_iter=500))]).fit(frame, labels)
    steps, features = steps_of(model['prepare'].transformers_)
    rows = asked(frame, {'age': [np.nan, 33.0], 'income': [1.5]})
    proba = model.predict_proba(rows)
    return case(name, export_logistic(model['classify'], INPUTS, steps, features), rows, model.decision_function(rows),
                proba if len(classes) > 1 else proba[:, 1], [str(c).lower() if c in (True, False) else c
                                                           for c in model.predict(rows)])


def thresholds(model, features):
    near = {f: [] for f in features}
    for tree in np.ravel(model.estimators_):
        for f, t in zip(tree.tree_.feature, tree.tree_.threshold):
            if f >= 0:
                near[features[f]].append(float(t))
    return near


def forest(name, model, bins, seed):
    frame, score = data(seed)
    frame = frame[['age', 'income', 'plan']].fillna(-1.0)
    model.fit(frame, np.digitize(score, bins) if bins else score)
    rows = asked(frame, thresholds(model, list(frame)), seed)
    form = export_forest(model, list(frame), [], list(frame))
    if not bins:
        values = model.predict(rows)
        return case(name, form, rows, values, values, [None] * ROWS)
    values = model.predict_proba(rows)
    return case(name, form, rows, values, values, model.predict(rows))


def scaled_forest():
    """Trees behind steps round what the steps made."""
    frame, score = data(5)
    pipe = Pipeline([('prepare', prepare()), ('classify', RandomForestClassifier(4, max_depth=4, random_state=5))])
    pipe.fit(frame, (score > 0).astype(int))
    steps, features = steps_of(pipe['prepare'].transformers_)
    rows = asked(frame, {'age': [np.nan, 38.25], 'income': [2.0]}, 5)
    values = pipe.predict_proba(rows)
    return case('forest_pipeline', export_forest(pipe['classify'], INPUTS, steps, features), rows, values, values,
                pipe.predict(rows))


def boosting():
    """Weights, a base, and an output for each tree: written without the export."""
    frame, score = data(6)
    frame = frame[['age', 'income', 'plan']].fillna(-1.0)
    y = np.digitize(score, [-0.6, 0.6])
    model = GradientBoostingClassifier(n_estimators=3, max_depth=3, learning_rate=0.3, random_state=6).fit(frame, y)
    rows = asked(frame, thresholds(model, list(frame)), 6)
    base = model._raw_predict_init(frame.to_numpy(dtype=np.float32)[:1])[0]
    trees = [dict(arrays(model.estimators_[i, k].tree_, model.estimators_[i, k].tree_.value[:, 0, 0]), output=k,
                  weight=model.learning_rate) for i in range(3) for k in range(3)]
    form = head('multiclass', list(frame), features=list(frame), trees=trees, base=base.tolist(), transform='softmax',
                classes=[0, 1, 2])
    return case('boosting', form, rows, model.decision_function(rows), model.predict_proba(rows), model.predict(rows))


if __name__ == '__main__':
    golden.write('model_json.csv', 'generate_model_json.py, scikit-learn %s' % sklearn.__version__,
                 ['model', 'inputs', 'margins', 'outputs', 'label'],
                 logistic('logistic', [0]) + logistic('logistic_multinomial', [-0.7, 0.7]) +
                 forest('forest_binary', RandomForestClassifier(5, max_depth=4, random_state=1), [0], 3) +
                 forest('forest_multiclass', ExtraTreesClassifier(5, max_depth=4, random_state=1), [-0.7, 0.7], 4) +
                 forest('forest_regression', RandomForestRegressor(5, max_depth=4, random_state=1), None, 7) +
                 scaled_forest() + boosting())
