"""Writes reconstruction.csv: NannyML's reconstruction error of chunks, with its thresholds.

    python3 test/reference/generate_multivariate.py

Needs nannyml 0.13.1 (and statsmodels, which it imports); the first line of the
file says which versions wrote it. The rows are made of samples.py, and the same
way in test/sql/multivariate.sql.
"""
import numpy as np
import pandas as pd
import nannyml
import sklearn

import golden
import samples

HEADER = ['variance', 'how', 'side', 'chunk', 'n', 'reconstruction_error', 'standard_error', 'lower_threshold', 'upper_threshold', 'alert']
COLUMNS = ['a', 'b', 'c', 'e', 'g']


def rows(first, count, drifts_from):
    i = np.arange(first, first + count)
    a = samples.value('normal', 0, i)
    apart = np.where(i < drifts_from, a, samples.value('normal', 0, i + 50000))
    c = samples.value('skewed', 0, i)
    m = samples.mix(i, 77) % np.uint64(10)
    # 'new' is in current rows alone
    g = np.where(m == 0, 'new' if drifts_from < 1e9 else 'x', np.where(m < 4, 'x', np.where(m < 7, 'y', 'z'))).astype(object)
    g[m == 9] = None
    return pd.DataFrame({
        'a': a, 'b': apart + 0.5 * samples.value('normal', 1, i),
        'c': np.where(samples.missing(0, i) == 0, c, np.nan),
        'e': samples.value('discrete', 0, i) + a, 'g': g})


def chunks(variance, how, **chunker):
    reference, current = rows(1, 2000, 1e9), rows(5001, 1500, 5701)
    calculator = nannyml.DataReconstructionDriftCalculator(column_names=COLUMNS, n_components=variance, **chunker)
    calculator.fit(reference)
    found = calculator.calculate(current).data
    for side, of_side in (('reference', 'reference'), ('current', 'analysis')):
        part = found[found[('chunk', 'period')] == of_side]
        for number, (_, row) in enumerate(part.iterrows(), 1):
            error = row['reconstruction_error']
            n = row[('chunk', 'end_index')] - row[('chunk', 'start_index')] + 1
            yield [variance, how, side, number, int(n), error['value'], error['sampling_error'],
                   none(error['lower_threshold']), none(error['upper_threshold']), 't' if error['alert'] else 'f']


def none(value):
    return None if value is None or np.isnan(value) else float(value)


def main():
    made_by = 'generate_multivariate.py: nannyml %s, scikit-learn %s, numpy %s' % (nannyml.__version__, sklearn.__version__, np.__version__)
    out = []
    for variance in (0.65, 0.9):
        out += chunks(variance, 'number', chunk_number=10)
        out += chunks(variance, 'size', chunk_size=300)
    golden.write('reconstruction.csv', made_by, HEADER, out)


main()
