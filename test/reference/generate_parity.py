#!/usr/bin/env python3
"""Writes what Evidently and NannyML themselves say, for the tests of the threshold sets of those names.

    python3 test/reference/generate_parity.py evidently [FOLDER]
    python3 test/reference/generate_parity.py nannyml [FOLDER]

The two libraries do not install together, so each run needs an environment
with one of them: evidently 0.7 with pandas < 3, or nannyml 0.13.1. FOLDER holds
the data sets of test/realdata; without it their file stays as it is. The first
line of each file names the versions.

A frame has the columns that columns() makes of the samples' shapes, as
test/sql/parity.sql makes them again. What pandas would have read from a query
is what the library gets: integers with missing values are floats, booleans
with missing values are objects.
"""
import os
import sys
import warnings

os.environ.update(NML_DISABLE_USAGE_LOGGING='1', DO_NOT_TRACK='1')

import numpy as np
import pandas as pd

import golden
import samples

HERE = os.path.dirname(os.path.abspath(__file__))

# n + m a power of two twice: Sturges' rule then rounds up to one bin more, or does not
FRAMES = [(6, 9), (20, 15), (512, 512), (1000, 700), (1001, 700), (2500, 1596), (10000, 3000)]
EVIDENTLY_METHODS = [('', ''), ('psi', 'psi'), ('kl_div', 'kl_div'), ('jensenshannon', 'jensenshannon'),
                     ('hellinger', 'hellinger'), ('wasserstein', 'z'), ('ks', 'chisquare'), ('t_test', 'g_test'), ('mannw', 'fisher_exact'), ('cramer_von_mises', ''), ('anderson', ''), ('ed', ''), ('es', '')]
NANNYML_METHODS = [('jensen_shannon', 'jensen_shannon'), ('kolmogorov_smirnov', 'chi2'), ('wasserstein', 'l_infinity'),
                   ('hellinger', 'hellinger')]

warnings.simplefilter('ignore')


# ---- frames ----

def columns(current, rows):
    """One side of a frame."""
    i = np.arange(1, rows + 1)
    missing = samples.missing(current, i) > 0
    frame = {}
    for shape in samples.SHAPES:
        x = samples.value(shape, current, i)
        whole = np.floor(3 * x).astype(np.int64)
        frame['number_' + shape] = x
        frame['missing_' + shape] = np.where(missing, np.nan, x)
        frame['whole_' + shape] = whole
        frame['text_' + shape] = strings('c%d' % n for n in whole // 2)
    whole = np.floor(3 * samples.value('discrete', current, i))
    infinite = samples.mix(i, 600 + current) % np.uint64(40)
    x = samples.value('normal', current, i)
    frame['whole_missing'] = np.where(missing, np.nan, whole) if missing.any() else whole.astype(np.int64)
    frame['wide_missing'] = np.where(missing, np.nan, np.floor(100 * x))
    frame['infinite'] = np.where(infinite == 0, np.inf, np.where(infinite == 1, -np.inf, x))
    frame['text_missing'] = strings(None if m else 'c%d' % n for m, n in zip(missing, whole))
    frame['unseen'] = strings('new' if current and n == 3 else 'c%d' % n for n in whole)
    flag = samples.value('binary', current, i) > 0
    frame['flag'] = flag
    frame['flag_missing'] = pd.Series([None if m else bool(f) for m, f in zip(missing, flag)], dtype=object) if missing.any() else flag
    frame['identifier'] = strings('id%d' % n for n in i)
    frame['empty'] = np.full(rows, np.nan)
    frame['emptied'] = np.full(rows, np.nan) if current else x
    return pd.DataFrame(frame)


def strings(values):
    return pd.Series(list(values), dtype=object)


def read(path):
    return pd.read_csv(path, keep_default_na=False, na_values=[''])


def data_sets(folder):
    """Name, reference and current rows of the shipped data sets, cut in the order of the file."""
    if folder:
        for name in ('bank_marketing', 'diabetes', 'employee_attrition'):
            data = read(os.path.join(folder, name + '.csv'))
            cut = len(data) // 2
            yield name, data.iloc[:cut].reset_index(drop=True), data.iloc[cut:].reset_index(drop=True)


def breast_cancer():
    data = read(os.path.join(HERE, '..', 'data', 'breast_cancer.csv'))
    return data.iloc[:300].reset_index(drop=True), data.iloc[300:].reset_index(drop=True)


# ---- Evidently ----

def evidently_column(reference, current, methods):
    """State, kind, test, score, threshold and verdict as Evidently's ValueDrift metric finds them."""
    from evidently.core.datasets import infer_column_type
    from evidently.legacy.calculations.stattests import get_stattest
    column_type = infer_column_type(current)
    kind = column_type.value
    if reference.replace([-np.inf, np.inf], np.nan).dropna().empty or current.replace([-np.inf, np.inf], np.nan).dropna().empty:
        return 'insufficient_data', None, None, None, None, None
    if kind not in ('num', 'cat'):
        return 'skipped', None, None, None, None, None
    method = dict(zip(('num', 'cat'), methods))[kind] or None
    r = reference.replace([-np.inf, np.inf], np.nan).dropna()
    c = current.replace([-np.inf, np.inf], np.nan).dropna()
    test = get_stattest(r, c, column_type, method)
    try:
        result = test(r, c, column_type, None)
    except TypeError:                    # its exact Cramer-von Mises does not run with numpy 2
        return None
    except ValueError:
        return 'insufficient_data', None, None, None, None, None
    return ('tested', {'num': 'numeric', 'cat': 'categorical'}[kind], test.name, float(result.drift_score), result.actual_threshold,
            't' if result.drifted else 'f')


def evidently_rows(source, reference, current, methods):
    for name in reference.columns:
        answer = evidently_column(reference[name], current[name], methods)
        if answer is not None:
            yield source, len(reference), len(current), methods[0], methods[1], name, *answer


def check_report(reference, current):
    """The same through Evidently's front door, for the columns a report takes."""
    from evidently import Report
    from evidently.presets import DataDriftPreset
    rows = {r[5]: r for r in evidently_rows('', reference, current, ('', ''))}
    names = [name for name in reference.columns if rows[name][6] == 'tested']
    snapshot = Report([DataDriftPreset()], include_tests=True).run(current[names], reference[names]).dict()
    scores = {m['config']['column']: m['value'] for m in snapshot['metrics'] if 'column' in m['config']}
    drifted = {t['name'].replace('Value Drift for column ', ''): t['status'].value == 'FAIL' for t in snapshot['tests'][1:]}
    assert sorted(scores) == sorted(names) == sorted(drifted)
    for name in names:
        golden.agree(scores[name], rows[name][9], 1e-12)
        assert drifted[name] == (rows[name][11] == 't'), name


def evidently(folder):
    import evidently
    import scipy
    made_by = 'generate_parity.py evidently, evidently %s, numpy %s, scipy %s, pandas %s' % (
        evidently.__version__, np.__version__, scipy.__version__, pd.__version__)
    header = ['source', 'rows_reference', 'rows_current', 'numeric_method', 'categorical_method', 'column_name',
              'state', 'kind', 'test', 'score', 'threshold', 'drifted']
    rows = []
    for n, m in FRAMES:
        reference, current = columns(0, n), columns(1, m)
        if n in (20, 1000, 1001):
            check_report(reference, current)
        for methods in EVIDENTLY_METHODS:
            rows += evidently_rows('samples', reference, current, methods)
    for methods in EVIDENTLY_METHODS:
        rows += evidently_rows('breast_cancer', *breast_cancer(), methods)
    check_report(*breast_cancer())
    golden.write('parity_evidently.csv', made_by, header, rows)
    if folder:
        golden.write('parity_evidently_realdata.csv', made_by, header, [
            row for name, reference, current in data_sets(folder) for methods in EVIDENTLY_METHODS
            for row in evidently_rows(name, reference, current, methods)])


# ---- NannyML ----

def nannyml_rows(source, reference, current, methods):
    from nannyml.drift.univariate import UnivariateDriftCalculator
    for name in reference.columns:
        yield (source, len(reference), len(current), methods[0], methods[1], name,
               *nannyml_column(UnivariateDriftCalculator, reference, current, name, methods))


def nannyml_column(calculator, reference, current, name, methods):
    """State, kind, method, value, threshold and alert; the current side is one chunk."""
    try:
        made = calculator(column_names=[name], continuous_methods=[methods[0]], categorical_methods=[methods[1]])
        made.fit(reference[[name]])
    except Exception:
        return 'insufficient_data', None, None, None, None, None
    if not made.continuous_column_names + made.categorical_column_names:
        return 'skipped', None, None, None, None, None
    method = made._column_to_models_mapping[name][0]
    try:
        value = float(method.calculate(current[name]))
    except Exception:
        value = np.nan
    if np.isnan(value):
        return 'insufficient_data', None, None, None, None, None
    kind = 'numeric' if made.continuous_column_names else 'categorical'
    threshold = 0.05 if method.column_name == 'chi2' else float(method.upper_threshold_value)
    return 'tested', kind, method.column_name, value, threshold, 't' if method.alert(value) else 'f'


def nannyml(folder):
    import nannyml
    import scipy
    made_by = 'generate_parity.py nannyml, nannyml %s, numpy %s, scipy %s, pandas %s' % (
        nannyml.__version__, np.__version__, scipy.__version__, pd.__version__)
    header = ['source', 'rows_reference', 'rows_current', 'numeric_method', 'categorical_method', 'column_name',
              'state', 'kind', 'test', 'score', 'threshold', 'drifted']
    rows = [row for n, m in FRAMES for methods in NANNYML_METHODS
            for row in nannyml_rows('samples', columns(0, n), columns(1, m), methods)]
    rows += [row for methods in NANNYML_METHODS for row in nannyml_rows('breast_cancer', *breast_cancer(), methods)]
    golden.write('parity_nannyml.csv', made_by, header, rows)
    if folder:
        golden.write('parity_nannyml_realdata.csv', made_by, header, [
            row for name, reference, current in data_sets(folder) for methods in NANNYML_METHODS
            for row in nannyml_rows(name, reference, current, methods)])


if __name__ == '__main__':
    {'evidently': evidently, 'nannyml': nannyml}[sys.argv[1]](sys.argv[2] if len(sys.argv) > 2 else None)
