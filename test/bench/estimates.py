"""Performance without outcomes of a month of a million answers: from rows, from windows, and by NannyML on data frames in memory."""

import os
import subprocess
import tempfile

import numpy
import tables
from timing import interleave

ROUNDS = 9
ROWS = 1_000_000
REFERENCE = 50_000


class NannyML:
    """NannyML in an environment of its own, with the data frames in its memory."""

    PYTHON = 'build/nannyml/bin/python'

    def __init__(self, reference, actual, current):
        with tempfile.NamedTemporaryFile(suffix='.npz') as file:
            numpy.savez(file, reference=reference, actual=actual, current=current)
            file.flush()
            self.process = subprocess.Popen([self.PYTHON, 'test/bench/nannyml_estimate.py', file.name],
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            if self.process.stdout.readline() != 'done\n':
                raise RuntimeError('NannyML failed')

    @classmethod
    def installed(cls):
        return os.access(cls.PYTHON, os.X_OK)

    def estimate(self):
        self.process.stdin.write('estimate\n')
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def create(server):
    server.run('SELECT setseed(0.5)')
    for table, rows in ('reference', REFERENCE), ('answered', ROWS):
        server.run(f"""
            CREATE TABLE {table} AS
            SELECT timestamptz '2026-01-01' + i * interval '2.67 seconds' AS at, score, CASE WHEN score >= 0.5 THEN 'yes' ELSE 'no' END AS label,
                CASE WHEN random() < score ^ 1.3 THEN 'yes' ELSE 'no' END AS actual
            FROM (SELECT i, (random() + random()) / 2 AS score FROM generate_series(1, {rows}) AS i OFFSET 0) AS s""")
        tables.settle(server, table)
    for statement in (
            "drift.register_model('month')",
            "drift.add_external_version('month', 'file:///month', sha256('month'), '[{\"name\": \"x\", \"kind\": \"number\"}]', 'binary')",
            "drift.promote('month', 1)",
            "drift.fit_estimator('month', 'SELECT score, label, actual FROM reference')",
            "drift.create_baseline('month', 'SELECT 0 AS x, score, label FROM reference', 'month')",
            "drift.create_monitor('month', 'SELECT at, 0 AS x, score, label FROM answered', 'month', 'at', 'month', bucket => 'day', span => '1 month')",
            "drift.refresh_windows('month')"):
        server.run(f'SELECT {statement}')


def numbers(server, table, column):
    data = server.copy(f'COPY (SELECT ({column})::float8 FROM {table}) TO STDOUT (FORMAT binary)')
    layout = [('fields', '>i2'), ('length', '>i4'), ('value', '>f8')]
    return numpy.frombuffer(data[19:-2], dtype=layout)['value'].astype(float)


def bench_estimates(figures, server, parallel, agree):
    create(server)
    server.run('CREATE TABLE map AS SELECT maps[1] AS map FROM drift.estimators')
    rows = "SELECT (drift.cbpe(score, label = 'yes', (SELECT map FROM map))).accuracy FROM answered"
    windows = """
        SELECT e.value FROM drift.monitors AS m, drift.estimators AS k,
            LATERAL drift_internal.estimate_windows(m, k, '[2026-01-01,2026-02-01)') AS e WHERE e.metric = 'accuracy'"""
    actions = {
        'avg': server.timed('SELECT avg(score) FROM answered'),
        'rows': server.timed(rows),
        'parallel': parallel.timed(rows),
        'windows': server.timed(windows),
    }
    nannyml = None
    if NannyML.installed():
        nannyml = NannyML(numbers(server, 'reference', 'score'), numbers(server, 'reference', "(actual = 'yes')::int"),
                          numbers(server, 'answered', 'score'))
        agree('estimated accuracy', server.value(rows), nannyml.estimate(), 1e-9)
        agree('the same from windows', server.value(windows), nannyml.estimate(), 2e-3)
        actions['nannyml'] = nannyml.estimate
    times = interleave(ROUNDS, actions)
    figures.at_most('drift.cbpe, all metrics of a month / avg', times['rows'], times['avg'])
    for name, action, gate in (('a month from windows', 'windows', 20), ('a month from rows', 'rows', None), ('a month from rows, 2 workers', 'parallel', None)):
        if nannyml:
            figures.at_least(f'{name}, faster than NannyML in memory', times[action], times['nannyml'], gate)
        else:
            figures.skipped(f'{name}, faster than NannyML', 'not installed')
    if nannyml:
        nannyml.close()
