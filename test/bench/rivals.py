"""What people do without the extension: pull the rows, then ask scipy, numpy or Evidently."""

import os
import subprocess
import tempfile
import warnings

import numpy
import pandas
from scipy import stats

# read_sql would rather have SQLAlchemy, and works without.
warnings.filterwarnings('ignore', message='pandas only supports SQLAlchemy')

HEADER = 19     # bytes before the first row of a binary COPY
TRAILER = 2     # and after the last

DECILES = numpy.arange(1, 10) / 10


def read_frame(server, table, columns):
    return pandas.read_sql(f"SELECT {', '.join(columns)}, is_current FROM {table}", server.connection)


def read_binary(server, table, columns):
    """The float8 columns and the label as arrays. Without NULLs every row has the same length."""
    layout = [('fields', '>i2')]
    for column in columns:
        layout += [(column + '_length', '>i4'), (column, '>f8')]
    layout += [('label_length', '>i4'), ('is_current', '?')]
    data = server.copy(f"COPY {table} ({', '.join(columns)}, is_current) TO STDOUT (FORMAT binary)")
    rows = numpy.frombuffer(data[HEADER:-TRAILER], dtype=layout)
    return {column: rows[column].astype(float) for column in columns} | {'is_current': rows['is_current']}


def sides(data, column):
    values = numpy.asarray(data[column])
    current = numpy.asarray(data['is_current'])
    return values[~current], values[current]


def ks(data, column):
    return stats.ks_2samp(*sides(data, column))


def psi(data, column):
    """Population stability index over the deciles of the reference."""
    reference, current = sides(data, column)
    edges = numpy.unique(numpy.quantile(reference, DECILES))

    def shares(values):
        counts = numpy.bincount(numpy.searchsorted(edges, values), minlength=len(edges) + 1)
        return numpy.maximum(counts / len(values), 1e-4)

    p, q = shares(reference), shares(current)
    return float(((q - p) * numpy.log(q / p)).sum())


def ks_and_psi(data, columns):
    return {column: (ks(data, column).statistic, psi(data, column)) for column in columns}


class Evidently:
    """Evidently in an environment of its own, with the data frames in its memory."""

    PYTHON = 'build/evidently/bin/python'

    def __init__(self, frame, columns):
        with tempfile.NamedTemporaryFile(suffix='.npz') as file:
            numpy.savez(file, is_current=frame['is_current'], **{column: frame[column] for column in columns})
            file.flush()
            self.process = subprocess.Popen(
                [self.PYTHON, 'test/bench/evidently_report.py', file.name],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self._wait()

    @classmethod
    def installed(cls):
        return os.access(cls.PYTHON, os.X_OK)

    def _wait(self):
        if self.process.stdout.readline() != 'done\n':
            raise RuntimeError('Evidently failed')

    def report(self):
        self.process.stdin.write('report\n')
        self.process.stdin.flush()
        self._wait()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
