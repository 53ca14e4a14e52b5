"""Golden files of the ONNX importer: models in onnx/, what ONNX Runtime answers in onnx_*.csv.

    PYTHONHASHSEED=0 generate_onnx.py new
        scikit-learn 1.9.1, skl2onnx 1.20.0, onnx 1.23.2, onnxruntime 1.31.1, numpy 2.4.6,
        onnxmltools 1.16.0, xgboost-cpu 2.1.4, lightgbm 4.6.0
    PYTHONHASHSEED=0 generate_onnx.py old
        scikit-learn 1.2.2, skl2onnx 1.14.1, onnx 1.14.1, onnxruntime 1.16.3, numpy 1.24.4, protobuf 4

One row per call and one thread. A row that scoring has to refuse, because a
missing value has no meaning there, has the label "!".
"""
import os
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import skl2onnx
import sklearn
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (ExtraTreesClassifier, ExtraTreesRegressor, GradientBoostingClassifier,
                              GradientBoostingRegressor, HistGradientBoostingClassifier,
                              HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (ElasticNet, GammaRegressor, Lasso, LinearRegression, LogisticRegression,
                                  PoissonRegressor, Ridge, RidgeClassifier, SGDClassifier)
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (Binarizer, MaxAbsScaler, MinMaxScaler, Normalizer, OneHotEncoder, OrdinalEncoder,
                                   RobustScaler, StandardScaler)
from sklearn.feature_selection import SelectKBest
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import golden

warnings.filterwarnings('ignore')
SET = sys.argv[1]
FOLDER = os.path.join(golden.HERE, 'onnx')
# Scores are the same; within 1e-6; the same once they are rounded to float32.
TREES, LINEAR, ROUNDED = 'exact', 'close', 'rounded'
N = 90
rng = np.random.RandomState(7)
X = (rng.randn(N, 4) * [1, 3, 0.1, 100]).astype(np.float32)
score = X[:, 0] + X[:, 1] / 3 + rng.randn(N) * 0.2
yb = (score > 0).astype(int)
ys = np.array(['no', 'yes'])[yb]
ym = np.digitize(score, [-0.6, 0.6])
yt = np.array(['low', 'middle', 'top end'])[ym]
yr = X[:, 0] * 2 + X[:, 1] + X[:, 3] / 50
XN = X.copy()
XN[rng.rand(*X.shape) < 0.12] = np.nan
df = pd.DataFrame({'amount': X[:, 0], 'age': X[:, 1], 'city': rng.choice(['Oslo', 'Rome', 'Wien'], N), 'kind': rng.randint(0, 4, N)})
TYPES = [('amount', FloatTensorType([None, 1])), ('age', FloatTensorType([None, 1])),
         ('city', StringTensorType([None, 1])), ('kind', Int64TensorType([None, 1]))]
rows = []
names = []


def plain_attribute(key, value, *rest, **more):
    """onnx.helper's, for lists with numpy's numbers in them, as skl2onnx 1.20.0 makes of HistGradientBoosting."""
    if isinstance(value, (list, np.ndarray)):
        value = [int(v) if isinstance(v, (bool, np.bool_, np.integer)) else v for v in value]
    return make_attribute(key, value, *rest, **more)


make_attribute = helper.make_attribute
helper.make_attribute = plain_attribute


def field(x):
    """A number so that it reads back the same, a text as it is."""
    if isinstance(x, (str, np.str_)):
        return str(x).replace(' ', '_')
    return float(x).hex()


def thresholds(model):
    """Pairs of column and threshold of the trees in a graph."""
    found = []
    for node in model.graph.node:
        a = {x.name: x for x in node.attribute}
        if 'nodes_featureids' in a and 'nodes_values' in a:
            for column, value, mode in zip(a['nodes_featureids'].ints, a['nodes_values'].floats, a['nodes_modes'].strings):
                if mode != b'LEAF':
                    found.append((column, np.float32(value)))
    return found


def numeric_rows(model, base, finite=False):
    """Rows of the training data, at thresholds and beside them, and of values that hurt."""
    out = [list(r) for r in base[:8]]
    width = base.shape[1]
    found = thresholds(model)
    for column, value in [found[i] for i in rng.permutation(len(found))[:10]]:
        for x in (value, np.nextafter(value, np.float32(-np.inf)), np.nextafter(value, np.float32(np.inf))):
            row = list(base[rng.randint(len(base))])
            row[column % width] = x
            out.append(row)
    hurt = [0.0, -0.0, 1e-45, -1e-45, 1e-38] + ([] if finite else [np.inf, -np.inf, 3e38, -3e38])
    for x in hurt:
        row = list(base[rng.randint(len(base))])
        row[rng.randint(width)] = x
        out.append(row)
    return [np.array(r, dtype=base.dtype) for r in out]


def feed_of(session, row):
    """A row of all inputs' columns as the session wants it."""
    feed = {}
    at = 0
    for i in session.get_inputs():
        n = i.shape[1]
        kinds = {'tensor(float)': np.float32, 'tensor(double)': np.float64, 'tensor(int64)': np.int64,
                 'tensor(int32)': np.int32, 'tensor(string)': object}
        feed[i.name] = np.array([list(row[at:at + n])], dtype=kinds[i.type])
        at += n
    return feed


def answer(session, row):
    """Label ('' of a regression) and scores."""
    label = ''
    scores = []
    outputs = session.run(None, feed_of(session, row))
    for out, value in zip(session.get_outputs(), outputs):
        if isinstance(value, list):
            scores += list(value[0].values())
        elif 'label' in out.name:
            label = str(np.asarray(value).ravel()[0])
        else:
            scores += list(np.asarray(value).ravel())
    return label, scores


def add(name, model, samples, how, refused=()):
    """Writes the model and what the runtime says of the samples."""
    name = '%s_%s' % (SET, name)
    data = model.SerializeToString() if hasattr(model, 'SerializeToString') else model
    with open(os.path.join(FOLDER, name + '.onnx'), 'wb') as file:
        file.write(data)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(data, options, providers=['CPUExecutionProvider'])
    names.append(name)
    for row in samples:
        label, scores = answer(session, row)
        rows.append([name, how, label, ' '.join(field(x) for x in scores), ' '.join(field(x) for x in row)])
    for row in refused:
        rows.append([name, how, '!', '', ' '.join('\\N' if x is None else field(x) for x in row)])


def fit(name, estimator, y, how=TREES, data=X, missing=False, types=None, options='plain', finite=False):
    """A model of the four numeric columns."""
    estimator.fit(data, y)
    options = {'zipmap': False} if options == 'plain' and sklearn.base.is_classifier(estimator) else options
    more = {} if options in (None, 'plain') else {'options': options}
    try:
        model = to_onnx(estimator, (np.nan_to_num(data[:1]) if types is None else types), **more)
    except RuntimeError as e:
        print('skipped', name, str(e)[:60])
        return
    samples = numeric_rows(model, np.nan_to_num(data, nan=0.5), finite)
    broken = data[3].copy()
    broken[1] = np.nan
    if missing:
        samples += [r for r in data[:25] if np.isnan(r).any()] + [np.full(4, np.nan, np.float32)]
    add(name, model, samples, how, [] if missing else [broken])


def linear():
    fit('lr', LogisticRegression(), ys, LINEAR, finite=True)
    fit('lr_zipmap', LogisticRegression(), ys, LINEAR, options=None, finite=True)
    fit('lr_many', LogisticRegression(), yt, LINEAR, finite=True)
    fit('lr_many_raw', LogisticRegression(), yt, LINEAR, options={'zipmap': False, 'raw_scores': True}, finite=True)
    fit('lr_raw', LogisticRegression(), ys, LINEAR, options={'zipmap': False, 'raw_scores': True}, finite=True)
    fit('lr_double', LogisticRegression(), ys, LINEAR, data=X.astype(np.float64), finite=True)
    fit('ridge_classifier', RidgeClassifier(), ys, LINEAR, finite=True)
    fit('sgd', SGDClassifier(loss='log_loss', random_state=0, alpha=0.1), ys, LINEAR, finite=True)
    fit('sgd_whole', SGDClassifier(loss='log_loss', random_state=0, alpha=0.1), yb * 2 - 1, LINEAR, finite=True)
    fit('lr_columns', LogisticRegression(), ys, LINEAR, options={'zipmap': 'columns'}, finite=True)
    fit('linear', LinearRegression(), yr, LINEAR, finite=True)
    fit('linear_two', LinearRegression(), np.c_[yr, -yr * 2], LINEAR, finite=True)
    fit('ridge', Ridge(), yr, LINEAR, finite=True)
    fit('lasso', Lasso(0.1), yr, LINEAR, finite=True)
    fit('elastic_double', ElasticNet(), yr, LINEAR, data=X.astype(np.float64), finite=True)
    fit('poisson', PoissonRegressor(), np.exp(yr / 9), LINEAR, finite=True)
    fit('gamma', GammaRegressor(), np.exp(yr / 9), LINEAR, finite=True)
    if SET == 'old':
        fit('lr_liblinear_many', LogisticRegression(solver='liblinear'), yt, LINEAR, finite=True)
        fit('lr_liblinear', LogisticRegression(solver='liblinear'), ys, LINEAR, finite=True)
        fit('lr_multinomial', LogisticRegression(multi_class='multinomial'), ys, LINEAR, finite=True)


def trees():
    small = {'random_state': 0, 'max_depth': 4}
    fit('tree', DecisionTreeClassifier(**small), ys)
    fit('tree_many', DecisionTreeClassifier(**small), yt)
    fit('tree_regression', DecisionTreeRegressor(**small), yr)
    fit('forest', RandomForestClassifier(5, **small), yb)
    fit('forest_zipmap', RandomForestClassifier(3, **small), ys, options=None)
    fit('forest_many', RandomForestClassifier(5, **small), yt)
    fit('forest_regression', RandomForestRegressor(5, **small), yr)
    fit('forest_two', RandomForestRegressor(3, **small), np.c_[yr, -yr])
    fit('extra', ExtraTreesClassifier(5, **small), yb)
    fit('extra_many', ExtraTreesClassifier(3, **small), ym)
    fit('extra_regression', ExtraTreesRegressor(4, **small), yr)
    boosted = {'random_state': 0, 'n_estimators': 6, 'max_depth': 3}
    fit('boosted', GradientBoostingClassifier(**boosted), ys)
    fit('boosted_many', GradientBoostingClassifier(**boosted), yt)
    fit('boosted_regression', GradientBoostingRegressor(**boosted), yr)
    hist = {'max_iter': 6, 'max_depth': 3, 'min_samples_leaf': 5}
    fit('hist', HistGradientBoostingClassifier(**hist), ys, data=XN, missing=True)
    fit('hist_many', HistGradientBoostingClassifier(**hist), yt, data=XN, missing=True)
    fit('hist_regression', HistGradientBoostingRegressor(**hist), yr, data=XN, missing=True)


def pipelines():
    boosted = {'random_state': 0, 'n_estimators': 4, 'max_depth': 3}
    fit('standard', make_pipeline(StandardScaler(), LogisticRegression()), ys, LINEAR, finite=True)
    fit('min_max', make_pipeline(MinMaxScaler(), LinearRegression()), yr, LINEAR, finite=True)
    fit('min_max_clip', make_pipeline(MinMaxScaler(clip=True), LinearRegression()), yr / 20, LINEAR)
    fit('robust', make_pipeline(RobustScaler(), GradientBoostingRegressor(**boosted)), yr)
    fit('max_abs', make_pipeline(MaxAbsScaler(), Ridge()), yr, LINEAR, finite=True)
    fit('l1', make_pipeline(Normalizer('l1'), Ridge()), yr, LINEAR, finite=True)
    fit('l2', make_pipeline(Normalizer('l2'), Ridge()), yr, LINEAR, finite=True)
    fit('binary', make_pipeline(Binarizer(threshold=0.2), RandomForestClassifier(3, max_depth=3, random_state=0)), ys)
    fit('chosen', make_pipeline(SelectKBest(k=2), GradientBoostingClassifier(**boosted)), ys)
    fit('union', make_pipeline(FeatureUnion([('a', StandardScaler()), ('b', MinMaxScaler())]), Ridge()), yr, LINEAR, finite=True)
    fit('imputed', make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()), ys, LINEAR, XN, True, finite=True)
    fit('imputed_constant', make_pipeline(SimpleImputer(strategy='constant', fill_value=-1.5),
                                          GradientBoostingRegressor(**boosted)), yr, TREES, XN, True)
    fit('scaled_boosted', make_pipeline(StandardScaler(), GradientBoostingClassifier(**boosted)), yt)


def mixed_rows():
    out = [[r.amount, r.age, r.city, r.kind] for r in df.head(12).itertuples()]
    out += [[np.float32(0.1), np.float32(-4), 'Oslo', k] for k in range(4)]
    return out


def columns():
    """ColumnTransformer over columns of their own types."""
    boosted = {'random_state': 0, 'n_estimators': 4, 'max_depth': 3}
    numeric = make_pipeline(SimpleImputer(), StandardScaler())
    holes = [[np.nan, np.float32(2), 'Rome', 1], [np.nan, np.nan, 'Wien', 3]]
    unseen = [[np.float32(1), np.float32(2), c, k] for c in ('Paris', '', 'oslo', 'Oslo ') for k in (-1, 4, 2**31)]
    none = [[np.float32(1), np.float32(2), None, 1], [np.float32(1), np.float32(2), 'Oslo', np.nan]]

    def one(name, categories, last, how, rows_, refused):
        steps = [('numbers', numeric, ['amount', 'age']), ('categories', categories, ['city', 'kind'])]
        model = Pipeline([('columns', ColumnTransformer(steps)), ('last', last)]).fit(df, ys if sklearn.base.is_classifier(last) else yr)
        options = {'options': {'zipmap': False}} if sklearn.base.is_classifier(last) else {}
        add(name, to_onnx(model, initial_types=TYPES, **options), rows_, how, refused)

    lr = LogisticRegression()
    forest = RandomForestClassifier(4, max_depth=4, random_state=0)
    one('one_hot', OneHotEncoder(handle_unknown='ignore'), lr, LINEAR, mixed_rows() + holes + unseen, none)
    one('one_hot_known', OneHotEncoder(), lr, LINEAR, mixed_rows() + holes, none + unseen)
    one('one_hot_drop', OneHotEncoder(drop='first'), Ridge(), LINEAR, mixed_rows() + holes, none + unseen)
    one('one_hot_forest', OneHotEncoder(handle_unknown='ignore'), forest, TREES, mixed_rows() + holes + unseen, none)
    if SET == 'new':
        one('ordinal', OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1), forest, TREES,
            mixed_rows() + holes + unseen, none)
        one('ordinal_boosted', OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1),
            GradientBoostingRegressor(**boosted), TREES, mixed_rows() + holes + unseen, none)

    rest = ColumnTransformer([('n', StandardScaler(), ['amount']), ('c', OneHotEncoder(), ['city'])], remainder='passthrough')
    model = Pipeline([('columns', rest), ('last', LinearRegression())]).fit(df, yr)
    add('passthrough', to_onnx(model, initial_types=TYPES), mixed_rows(), LINEAR, none)

    matrix = np.c_[X[:, 0], df.kind, X[:, 1], df.kind].astype(np.float32)
    parts = ColumnTransformer([('n', StandardScaler(), [0, 2]), ('c', OneHotEncoder(handle_unknown='ignore'), [3]),
                               ('o', OrdinalEncoder(), [1])])
    model = Pipeline([('columns', parts), ('last', LinearRegression())]).fit(matrix, yr)
    samples = [list(r) for r in matrix[:8]] + [[0.5, 1, 2, x] for x in (-1, -0.5, 0.9, 1.9, 16777216, 2.0**31)]
    add('one_matrix', to_onnx(model, matrix[:1]), samples, LINEAR, [[1, 1, 1, np.nan]])

    cities = np.c_[df.city, rng.permutation(df.city)].astype(object)
    model = make_pipeline(OneHotEncoder(handle_unknown='ignore'), LogisticRegression()).fit(cities, ys)
    add('two_cities', to_onnx(model, initial_types=[('X', StringTensorType([None, 2]))], options={'zipmap': False}),
        [list(r) for r in cities[:6]] + [['Oslo', 'Paris'], ['', 'Rome']], LINEAR, [[None, 'Rome']])


def converted():
    """XGBoost and LightGBM as onnxmltools has them."""
    import lightgbm
    import onnxmltools
    import xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType as Floats
    small = {'n_estimators': 4, 'max_depth': 3, 'random_state': 0}
    light = {**small, 'verbose': -1, 'min_child_samples': 5}
    for name, model, y, convert in (
            ('xgboost', xgboost.XGBClassifier(**small), yb, onnxmltools.convert_xgboost),
            ('xgboost_many', xgboost.XGBClassifier(**small), ym, onnxmltools.convert_xgboost),
            ('xgboost_regression', xgboost.XGBRegressor(**small), yr, onnxmltools.convert_xgboost),
            ('lightgbm', lightgbm.LGBMClassifier(**light), yb, onnxmltools.convert_lightgbm),
            ('lightgbm_many', lightgbm.LGBMClassifier(**light), ym, onnxmltools.convert_lightgbm),
            ('lightgbm_regression', lightgbm.LGBMRegressor(**light), yr, onnxmltools.convert_lightgbm)):
        onnx_model = convert(model.fit(XN, y), initial_types=[('X', Floats([None, 4]))])
        holes = [r for r in XN[:25] if np.isnan(r).any()] + [np.full(4, np.nan, np.float32)]
        add('converted_' + name, onnx_model, numeric_rows(onnx_model, np.nan_to_num(XN, nan=0.5)) + holes, TREES)


def grow(tree, depth, modes, n_ids, leaf_weights, tracks=False, zero=False):
    """Lists of one random tree as the operators of ai.onnx.ml 1 have them."""
    nodes = []
    weights = []

    def node(level):
        me = len(nodes)
        nodes.append(None)
        if level == depth or (level > 0 and rng.rand() < 0.2):
            nodes[me] = ('LEAF', 0, 0.0, 0, 0, 0)
            for i in leaf_weights(n_ids):
                w = np.float32(rng.randn()) if not zero else np.float32(rng.rand() / 4)
                weights.append((tree, me, i, w))
            return me
        mode = modes[rng.randint(len(modes))]
        value = np.float32(rng.randint(-2, 3)) if mode.endswith('EQ') and len(mode) < 11 and mode != 'BRANCH_LEQ' else np.float32(rng.randn())
        feature = rng.randint(3)
        yes = node(level + 1)
        no = node(level + 1)
        nodes[me] = (mode, feature, value, yes, no, int(tracks and rng.rand() < 0.5))
        return me

    node(0)
    return nodes, weights


ALL = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ']


def ensemble(name, labels=None, n_targets=1, modes=ALL, n_trees=4, leaf_weights=lambda n: [rng.randint(n)], tracks=False,
             zero=False, ids=None, how=TREES, **more):
    """An operator of trees of its own making."""
    n_ids = ids if ids is not None else (len(labels) if labels else n_targets)
    kind = 'class' if labels else 'target'
    lists = {k: [] for k in ('nodes_treeids', 'nodes_nodeids', 'nodes_featureids', 'nodes_modes', 'nodes_values',
                             'nodes_truenodeids', 'nodes_falsenodeids', 'nodes_missing_value_tracks_true',
                             kind + '_treeids', kind + '_nodeids', kind + '_ids', kind + '_weights')}
    for tree in range(n_trees):
        nodes, weights = grow(tree, 4, modes, n_ids, leaf_weights, tracks, zero)
        for i, (mode, feature, value, yes, no, track) in enumerate(nodes):
            for key, x in (('treeids', tree), ('nodeids', i), ('featureids', feature), ('modes', mode), ('values', float(value)),
                           ('truenodeids', yes), ('falsenodeids', no), ('missing_value_tracks_true', track)):
                lists['nodes_' + key].append(x)
        for t, n, i, w in weights:
            for key, x in (('treeids', t), ('nodeids', n), ('ids', i), ('weights', float(w))):
                lists[kind + '_' + key].append(x)
    if not tracks:
        del lists['nodes_missing_value_tracks_true']
    attributes = {k: v for k, v in lists.items()}
    attributes.update(more)
    outputs = [helper.make_tensor_value_info('score', TensorProto.FLOAT, [None, n_ids])]
    if labels:
        attributes['classlabels_strings' if isinstance(labels[0], str) else 'classlabels_int64s'] = labels
        outputs.insert(0, helper.make_tensor_value_info('label', TensorProto.STRING if isinstance(labels[0], str) else TensorProto.INT64, [None]))
        node = helper.make_node('TreeEnsembleClassifier', ['X'], ['label', 'score'], domain='ai.onnx.ml', **attributes)
    else:
        attributes['n_targets'] = n_targets
        node = helper.make_node('TreeEnsembleRegressor', ['X'], ['score'], domain='ai.onnx.ml', **attributes)
    model = graph([node], [('X', TensorProto.FLOAT, 3)], outputs)
    base = np.round(rng.randn(30, 3) * 1.5 * 2).astype(np.float32) / 2
    samples = numeric_rows(model, base)
    holes = [[np.nan, 1, 1], [0.5, np.nan, 1], [np.nan, np.nan, np.nan]]
    add(name, model, samples + (holes if tracks else []), how, [] if tracks else holes[:1])


def graph(nodes, inputs, outputs, initializers=(), ml=3, core=15):
    inputs = [helper.make_tensor_value_info(n, t, [None, k]) for n, t, k in inputs]
    model = helper.make_model(helper.make_graph(nodes, 'g', inputs, outputs, list(initializers)),
                              opset_imports=[helper.make_opsetid('', core), helper.make_opsetid('ai.onnx.ml', ml)])
    model.ir_version = 8
    return model


def several(n):
    return sorted(rng.permutation(n)[:rng.randint(1, n + 1)])


def own_trees():
    """What the operators may say and scikit-learn does not."""
    every = list
    three = ['a', 'b', 'c']
    for mode in ALL:
        ensemble('own_' + mode[7:].lower(), modes=[mode])
        ensemble('own_%s_tracks' % mode[7:].lower(), modes=[mode], tracks=True)
    ensemble('own_mixed', tracks=True)
    ensemble('own_average', aggregate_function='AVERAGE', base_values=[0.7])
    ensemble('own_ignored_logistic', post_transform='LOGISTIC')
    ensemble('own_ignored_softmax', post_transform='SOFTMAX')
    ensemble('own_targets', n_targets=3, leaf_weights=several, base_values=[0.1, 0.2, -0.3])
    ensemble('own_targets_average', n_targets=3, leaf_weights=several, aggregate_function='AVERAGE')
    ensemble('own_targets_softmax', n_targets=3, leaf_weights=several, post_transform='SOFTMAX', how=LINEAR)
    ensemble('own_targets_logistic', n_targets=2, leaf_weights=several, post_transform='LOGISTIC', how=LINEAR)
    ensemble('own_classes', three, leaf_weights=lambda n: every(range(n)))
    ensemble('own_classes_base', [3, 5, 8], base_values=[0.3, -0.2, 0.1])
    ensemble('own_classes_softmax', three, base_values=[0.3, -0.2, 0.1], post_transform='SOFTMAX', how=LINEAR)
    ensemble('own_classes_softmax_zero', three, base_values=[0.0, 0.0, 0.1], post_transform='SOFTMAX_ZERO', how=LINEAR)
    ensemble('own_classes_logistic', three, base_values=[0.3, -0.2, 0.1], post_transform='LOGISTIC', how=LINEAR)
    ensemble('own_classes_positive', three, zero=True)
    for post in ('NONE', 'LOGISTIC'):
        ensemble('own_two_' + post.lower(), ['n', 'y'], ids=1, post_transform=post)
        ensemble('own_two_base_' + post.lower(), ['n', 'y'], ids=1, post_transform=post, base_values=[-0.4])
    ensemble('own_two_positive', ['n', 'y'], ids=1, zero=True)
    ensemble('own_two_positive_base', ['n', 'y'], ids=1, zero=True, base_values=[0.1])


def value(name, kind=TensorProto.FLOAT, n=None):
    return helper.make_tensor_value_info(name, kind, [None, n])


def constant(name, kind, dims, values, raw=False):
    dtype = {TensorProto.FLOAT: np.float32, TensorProto.DOUBLE: np.float64, TensorProto.INT64: np.int64}.get(kind)
    if raw:
        return helper.make_tensor(name, kind, dims, np.array(values, dtype).tobytes(), raw=True)
    return helper.make_tensor(name, kind, dims, values)


W = [0.5, -1.25, 0.125, 2.0, 0.75, -0.375]


def own_graphs():
    """Core operators and attributes that converters use now and then."""
    F, D, I, S = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.STRING
    ml = 'ai.onnx.ml'
    make = helper.make_node
    base = (rng.randn(12, 3) * 2).astype(np.float32)
    samples = [list(r) for r in base]
    hole = [[1, np.nan, 2]]
    w3 = constant('w', F, [3, 2], W, raw=True)
    # Gemm, each way round, then softmax; the matrix as raw data and as a list.
    add('own_gemm', graph([make('Gemm', ['X', 'w', 'b'], ['m']), make('Softmax', ['m'], ['score'], axis=1)], [('X', F, 3)],
                          [value('score')], [w3, constant('b', F, [2], [0.5, -0.5])]), samples, LINEAR, hole)
    add('own_gemm_turned', graph([make('Gemm', ['X', 'w'], ['score'], transB=1)], [('X', F, 3)], [value('score')],
                                 [constant('w', F, [2, 3], W)]), samples, LINEAR, hole)
    add('own_sigmoid', graph([make('MatMul', ['X', 'w'], ['m']), make('Sigmoid', ['m'], ['score'])], [('X', F, 3)],
                             [value('score')], [constant('w', F, [3, 1], W[:3], raw=True)]), samples, LINEAR, hole)
    # Preparation by arithmetic, each operator.
    row = constant('c', F, [1, 3], [2.0, 0.3, -4.0], raw=True)
    chain = [make('Sub', ['X', 'c'], ['a']), make('Div', ['a', 'c'], ['b']), make('Mul', ['c', 'b'], ['d']),
             make('Add', ['d', 'one'], ['e']), make('Clip', ['e', 'low', 'high'], ['f']),
             make('LinearRegressor', ['f'], ['score'], domain=ml, coefficients=W[:3], intercepts=[0.25])]
    add('own_chain', graph(chain, [('X', F, 3)], [value('score')],
                           [row, constant('one', F, [], [1.0]), constant('low', F, [], [-2.0]), constant('high', F, [], [2.5])]),
        samples, LINEAR, hole)
    # Columns: picked, joined, reshaped, vectors.
    chain = [make('ArrayFeatureExtractor', ['X', 'two'], ['a'], domain=ml), make('Gather', ['X', 'last'], ['b'], axis=1),
             make('Concat', ['a', 'b', 'Y'], ['d'], axis=1), make('Reshape', ['d', 'shape'], ['e']),
             make('FeatureVectorizer', ['e', 'Y'], ['f'], domain=ml, inputdimensions=[4, 1]),
             make('Scaler', ['f'], ['g'], domain=ml, offset=[0.5], scale=[2.0]),
             make('LinearRegressor', ['g'], ['score'], domain=ml, coefficients=W[:5], intercepts=[0.25])]
    add('own_columns', graph(chain, [('X', F, 3), ('Y', F, 1)], [value('score')],
                             [constant('two', I, [2], [2, 0]), constant('last', I, [1], [-2]), constant('shape', I, [2], [-1, 4])]),
        [r + [0.5] for r in samples], LINEAR, [[1, np.nan, 2, 0]])
    for norm in ('MAX', 'L1', 'L2'):
        add('own_norm_' + norm.lower(), graph([make('Normalizer', ['X'], ['a'], domain=ml, norm=norm),
                                              make('LinearRegressor', ['a'], ['score'], domain=ml, coefficients=W[:3])],
                                             [('X', F, 3)], [value('score')]), samples + [[0, 0, 0]], LINEAR, hole)
    # Axes of a single column come and go; constants are nodes; Clip as it was.
    chain = [make('Constant', [], ['one'], value=constant('one', I, [1], [1])), make('Gather', ['X', 'one'], ['a'], axis=1),
             make('Squeeze', ['a', 'one'], ['b']), make('Unsqueeze', ['b', 'one'], ['d']), make('Cast', ['d'], ['e'], to=I),
             make('OneHotEncoder', ['e'], ['f'], domain=ml, cats_int64s=[-1, 0, 1, 2]), make('Flatten', ['f'], ['g']),
             make('Concat', ['g', 'X'], ['h'], axis=1),
             make('LinearRegressor', ['h'], ['score'], domain=ml, coefficients=W + [0.5], intercepts=[0.25])]
    add('own_axes', graph(chain, [('X', F, 3)], [value('score')]), samples, LINEAR, hole)
    chain = [make('Clip', ['X'], ['a'], min=-0.5, max=1.5), make('Squeeze', ['Y'], ['b'], axes=[1]),
             make('Reshape', ['b', 'shape'], ['d']), make('Concat', ['a', 'd'], ['e'], axis=-1),
             make('LinearRegressor', ['e'], ['score'], domain=ml, coefficients=W[:4], intercepts=[0.25])]
    add('own_older', graph(chain, [('X', F, 3), ('Y', F, 1)], [value('score')], [constant('shape', I, [2], [-1, 1])], ml=1, core=10),
        [r + [0.5] for r in samples], LINEAR, [[1, np.nan, 2, 0]])
    # Imputing another value than NaN, and of whole numbers.
    last = make('LinearRegressor', ['a'], ['score'], domain=ml, coefficients=W[:3])
    add('own_imputer_value', graph([make('Imputer', ['X'], ['a'], domain=ml, replaced_value_float=-1.0,
                                         imputed_value_floats=[1.5, 2.5, 3.5]), last], [('X', F, 3)], [value('score')]),
        samples + [[-1, -1, -1], [1, -1, 0]], LINEAR, hole)
    add('own_imputer_whole', graph([make('Imputer', ['X'], ['i'], domain=ml, replaced_value_int64=7, imputed_value_int64s=[3]),
                                    make('Cast', ['i'], ['a'], to=F), last], [('X', I, 3)], [value('score')]),
        [[1, 2, 3], [7, 0, 7], [-5, 7, 16777217]], LINEAR, hole)
    # Encoders of each kind of key and value.
    known = {'keys_strings': ['a', 'b', ''], 'values_floats': [1.5, 2.5, 0.5]}
    texts = [['a'], ['b'], ['c'], ['']]
    last = make('LinearRegressor', ['a'], ['score'], domain=ml, coefficients=[2.0], intercepts=[0.5])
    add('own_label_text', graph([make('LabelEncoder', ['X'], ['a'], domain=ml, default_float=9.0, **known), last], [('X', S, 1)],
                                [value('score')]), texts, LINEAR, [[None]])
    if SET == 'new':
        add('own_label_tensor', graph([make('LabelEncoder', ['X'], ['a'], domain=ml,
                                            keys_tensor=constant('k', S, [2], [b'a', b'b']), values_tensor=constant('v', F, [2], [3.0, 4.0]),
                                            default_tensor=constant('d', F, [1], [-7.0])), last], [('X', S, 1)], [value('score')], ml=4),
            texts, LINEAR, [[None]])
    if SET == 'new':
        add('own_label_nan', graph([make('LabelEncoder', ['X'], ['a'], domain=ml, keys_floats=[1.0, float('nan'), 2.5],
                                         values_floats=[10.0, 20.0, 30.0], default_float=-1.0), last], [('X', F, 1)], [value('score')], ml=4),
            [[1], [2.5], [np.nan], [0], [np.inf]], LINEAR)
    add('own_label_whole', graph([make('LabelEncoder', ['X'], ['i'], domain=ml, keys_int64s=[1, 5], values_int64s=[10, 50]),
                                  make('Cast', ['i'], ['a'], to=F), last], [('X', I, 1)], [value('score')]),
        [[1], [5], [2], [-1]], LINEAR, [[np.nan]])
    # An encoder of numbers that cuts them, of two columns at once.
    add('own_one_hot_cut', graph([make('OneHotEncoder', ['X'], ['h'], domain=ml, cats_int64s=[-1, 0, 3], zeros=1),
                                  make('Reshape', ['h', 'shape'], ['a']),
                                  make('LinearRegressor', ['a'], ['score'], domain=ml, coefficients=W)], [('X', F, 2)],
                                 [value('score')], [constant('shape', I, [2], [-1, 6])]),
        [[a, b] for a in (-1.9, -0.5, 0.9, 3.999, 4, 16777216) for b in (-1, 3)], LINEAR, [[np.nan, 1]])
    own_thresholds(F, D)


def own_thresholds(F, D):
    """Trees of doubles, and of the operator since opset 5."""
    make = helper.make_node
    lists = {'nodes_treeids': [0, 0, 0, 1, 1, 1], 'nodes_nodeids': [0, 1, 2] * 2, 'nodes_featureids': [0, 0, 0, 1, 0, 0],
             'nodes_modes': ['BRANCH_LEQ', 'LEAF', 'LEAF'] * 2, 'nodes_truenodeids': [1, 0, 0] * 2,
             'nodes_falsenodeids': [2, 0, 0] * 2, 'target_treeids': [0, 0, 1, 1], 'target_nodeids': [1, 2] * 2, 'target_ids': [0] * 4,
             'n_targets': 1}
    doubles = graph([make('TreeEnsembleRegressor', ['X'], ['score'], domain='ai.onnx.ml',
                          nodes_values_as_tensor=constant('v', D, [6], [0.1, 0, 0, 0.3, 0, 0]),
                          target_weights_as_tensor=constant('w', D, [4], [0.1, 0.2, 0.4, 0.8]), **lists)],
                    [('X', D, 2)], [value('score')])
    beside = [x for t in (0.1, 0.3) for x in (t, np.nextafter(t, 0), np.nextafter(t, 1), float(np.float32(t)))]
    add('own_doubles', doubles, [[a, b] for a in beside for b in beside], ROUNDED, [[np.nan, 1]])
    if SET == 'old':
        return
    X5 = dict(tree_roots=[0, 2], n_targets=2, nodes_featureids=[0, 1, 2], nodes_truenodeids=[0, 1, 3], nodes_falsenodeids=[1, 2, 3],
              nodes_trueleafs=[1, 1, 1], nodes_falseleafs=[0, 1, 1], leaf_targetids=[0, 1, 0, 1],
              leaf_weights=constant('w', F, [4], [0.5, -1.5, 0.25, 3.0]))
    for name, modes, more in (('leq', [0, 1, 2], {}), ('gt', [3, 4, 5], {'nodes_missing_value_tracks_true': [1, 0, 0]}),
                              ('average', [0, 3, 1], {'aggregate_function': 0})):
        node = make('TreeEnsemble', ['X'], ['score'], domain='ai.onnx.ml', nodes_modes=constant('m', TensorProto.UINT8, [3], modes),
                    nodes_splits=constant('s', F, [3], [0.5, 1.0, -0.5]), **X5, **more)
        rows_ = [[a, b, c] for a in (0.5, 0.25, 0.75) for b in (1, 0, 2) for c in (-0.5, -1, 0)]
        tracks = 'nodes_missing_value_tracks_true' in more
        holes = [[np.nan, 1, 1], [0.5, np.nan, 1], [np.nan] * 3]
        add('own_five_' + name, graph([node], [('X', F, 3)], [value('score')], ml=5, core=21), rows_ + (holes if tracks else []),
            TREES, [] if tracks else holes[:1])


def refuse(name, about, model):
    """A model that importing has to refuse; about is the name it gives."""
    with open(os.path.join(FOLDER, 'refused_%s.onnx' % name), 'wb') as file:
        file.write(model.SerializeToString())
    refused_models.append([name, about])


refused_models = []


def refusals():
    """Operators and attributes that change results and are not known."""
    F = TensorProto.FLOAT
    ml = 'ai.onnx.ml'
    make = helper.make_node
    last = make('LinearRegressor', ['a'], ['score'], domain=ml, coefficients=W[:3])

    def one(name, about, node, x=F, initializers=(), nodes=(last,)):
        refuse(name, about, graph([node] + list(nodes), [('X', x, 3)], [value('score')], initializers))

    one('operator', 'Tanh', make('Tanh', ['X'], ['a']))
    one('domain', 'LinearRegressor', make('LinearRegressor', ['X'], ['a'], domain='com.example'))
    one('attribute', 'future', make('Scaler', ['X'], ['a'], domain=ml, offset=[0.0], scale=[1.0], future=3))
    one('columns', 'Add', make('Add', ['X', 'X'], ['a']))
    one('bool', 'Cast', make('Cast', ['X'], ['a'], to=TensorProto.BOOL))
    one('text', 'LinearRegressor', make('Identity', ['X'], ['a']), TensorProto.STRING)
    one('norm', 'L3', make('Normalizer', ['X'], ['a'], domain=ml, norm='L3'))
    refuse('opset', 'ai.onnx.ml', graph([make('Identity', ['X'], ['a']), last], [('X', F, 3)], [value('score')], ml=6))
    twice = make('Normalizer', ['X'], ['a'], domain=ml, norm='L1')
    twice.attribute.append(helper.make_attribute('norm', 'L2'))
    one('twice', 'norm', twice)
    one('softmax', 'SOFTMAX', make('Identity', ['X'], ['a']),
        nodes=[make('LinearRegressor', ['a'], ['score'], domain=ml, coefficients=W[:3], post_transform='SOFTMAX')])
    one('second', 'LinearRegressor', make('LinearRegressor', ['X'], ['a'], domain=ml, coefficients=W[:3]))
    one('order', 'a', make('Identity', ['a'], ['b']), nodes=[make('Identity', ['b'], ['a']), last])
    one('reshape', 'Reshape', make('Reshape', ['X', 's'], ['a']), initializers=[constant('s', TensorProto.INT64, [2], [-1, 1])])
    boosted = GradientBoostingClassifier(random_state=0, n_estimators=2, max_depth=2).fit(X, ys)

    def tree(name, about, **changes):
        model = to_onnx(boosted, X[:1], options={'zipmap': False})
        for node in model.graph.node:
            for a in list(node.attribute):
                if a.name in changes:
                    node.attribute.remove(a)
                    node.attribute.append(helper.make_attribute(a.name, changes.pop(a.name)))
            if node.op_type == 'TreeEnsembleClassifier':
                node.attribute.extend(helper.make_attribute(k, v) for k, v in changes.items())
        refuse('tree_' + name, about, model)

    tree('probit', 'PROBIT', post_transform='PROBIT')
    tree('mode', 'BRANCH_MEMBER', nodes_modes=['BRANCH_MEMBER'] + ['LEAF'] * 13)
    tree('second_class', 'class_ids', class_ids=[1] * 8)
    tree('bases', 'base_values', base_values=[0.1, 0.2])
    tree('positive', 'TreeEnsembleClassifier', class_weights=[0.5] * 8)
    tree('self', 'TreeEnsembleClassifier', nodes_truenodeids=[0] * 14)
    tree('away', 'TreeEnsembleClassifier', nodes_truenodeids=[999] * 14)
    tree('column', 'TreeEnsembleClassifier', nodes_featureids=[4] * 14)
    tree('short', 'TreeEnsembleClassifier', nodes_featureids=[1])
    one('nan_key', 'LabelEncoder', make('LabelEncoder', ['X'], ['a'], domain=ml, keys_floats=[1.0, float('nan')], values_floats=[1.0, 2.0]))
    five = graph([make('TreeEnsemble', ['X'], ['score'], domain=ml, n_targets=2, post_transform=1, tree_roots=[0],
                       nodes_featureids=[0], nodes_truenodeids=[0], nodes_falsenodeids=[1], nodes_trueleafs=[1], nodes_falseleafs=[1],
                       nodes_modes=constant('m', TensorProto.UINT8, [1], [0]), nodes_splits=constant('s', F, [1], [0.5]),
                       leaf_targetids=[0, 1], leaf_weights=constant('w', F, [2], [0.5, -1.5]))], [('X', F, 3)], [value('score')], ml=5)
    refuse('five_softmax', 'post_transform', five)
    huge = constant('s', TensorProto.INT64, [2], [-1, 3])
    huge.dims[0] = 2**62
    one('dims', 's', make('Reshape', ['X', 's'], ['a']), initializers=[huge])
    doubling = [make('Concat', ['v%d' % i] * 2, ['v%d' % (i + 1)], axis=1) for i in range(40)]
    one('doubling', 'Concat', make('Identity', ['X'], ['v0']), nodes=doubling + [
        make('LinearRegressor', ['v40'], ['score'], domain=ml, coefficients=W[:3])])
    refuse('wide', 'X', graph([make('Identity', ['X'], ['a']), last], [('X', F, 2**40)], [value('score')]))
    refuse('input', 'X', to_onnx(LinearRegression().fit(X, yr), initial_types=[('X', FloatTensorType([None, None]))]))
    from sklearn.ensemble import AdaBoostClassifier
    refuse('ada', 'TreeEnsembleClassifier', to_onnx(AdaBoostClassifier(n_estimators=2).fit(X, ys), X[:1], options={'zipmap': False}))
    golden.write('onnx_refused.csv', 'generate_onnx.py new: models that importing refuses, and what the refusal is about',
                 ['model', 'about'], refused_models)


def main():
    linear()
    trees()
    pipelines()
    columns()
    own_trees()
    own_graphs()
    if SET == 'new':
        converted()
        refusals()
    made_by = 'generate_onnx.py %s: scikit-learn %s skl2onnx %s onnx %s onnxruntime %s numpy %s' % (
        SET, sklearn.__version__, skl2onnx.__version__, onnx.__version__, onnxruntime.__version__, np.__version__)
    golden.write('onnx_%s.csv' % SET, made_by, ['model', 'how', 'label', 'scores', 'inputs'], rows)
    print(len(names), 'models', len(rows), 'rows')


main()
