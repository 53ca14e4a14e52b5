"""Models of breast_cancer.csv that the manual's examples score: the probability that a tumour is benign.

    python3 test/data/train_models.py xgboost     breast_cancer.xgboost.json, with XGBoost 3.2.0
    python3 test/data/train_models.py lightgbm    breast_cancer.lightgbm.txt, with LightGBM 4.6.0
    python3 test/data/train_models.py sklearn     breast_cancer.onnx, with scikit-learn 1.9.1 and skl2onnx 1.20.0
"""
import csv
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
FEATURES = ['mean_radius', 'mean_texture', 'worst_area', 'worst_smoothness', 'worst_concave_points']


def sample():
    with open(os.path.join(HERE, 'breast_cancer.csv'), newline='') as file:
        rows = list(csv.DictReader(file))
    x = [[float(row[feature.replace('_', ' ')]) for feature in FEATURES] for row in rows]
    return np.array(x), np.array([int(row['target']) for row in rows])


def xgboost(x, y, file):
    import xgboost
    data = xgboost.DMatrix(x, y, feature_names=FEATURES)
    parameters = {'objective': 'binary:logistic', 'max_depth': 3, 'eta': 0.3, 'nthread': 1}
    xgboost.train(parameters, data, 12).save_model(file + '.xgboost.json')


def lightgbm(x, y, file):
    import lightgbm
    data = lightgbm.Dataset(x, y, feature_name=FEATURES)
    parameters = {'objective': 'binary', 'num_leaves': 7, 'learning_rate': 0.3, 'num_threads': 1, 'verbose': -1}
    lightgbm.train(parameters, data, 12).save_model(file + '.lightgbm.txt')


def sklearn(x, y, file):
    import pandas
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    frame = pandas.DataFrame(x, columns=FEATURES)
    scaled = ColumnTransformer([('scaled', StandardScaler(), FEATURES)])
    pipeline = make_pipeline(scaled, LogisticRegression()).fit(frame, y)
    onnx = to_onnx(pipeline, initial_types=[(f, FloatTensorType([None, 1])) for f in FEATURES])
    with open(file + '.onnx', 'wb') as out:
        out.write(onnx.SerializeToString())


if __name__ == '__main__':
    {'xgboost': xgboost, 'lightgbm': lightgbm, 'sklearn': sklearn}[sys.argv[1]](
        *sample(), os.path.join(HERE, 'breast_cancer'))
