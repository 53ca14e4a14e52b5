"""Models in SQL beside the libraries that trained them.

The library predicts rows that are in its memory before the clock starts, on one thread; ours
reads a table. Both see the same rows in the same run.
"""

import os
import subprocess
import tempfile

import numpy
import tables
from timing import interleave

ROUNDS = 5
ROWS = 200_000
EXPLAINED = 500
FEATURES = [f'f{i}' for i in range(30)]
COLUMNS = ', '.join(FEATURES)

# name, library, trees, depth, and how much of the library's time ours may take
MODELS = [
    ('100x6', 'xgboost', 100, 6, 0.7, 0.5),
    ('500x8', 'xgboost', 500, 8, 0.4, 0.3),
    ('100x6', 'lightgbm', 100, 6, 0.7, 0.5),
    ('500x8', 'lightgbm', 500, 8, 0.4, 0.3),
]
IMPORT_LIMIT = 500      # milliseconds


class Library:
    """The process of model_library.py."""

    PYTHON = 'build/models/bin/python'

    def __init__(self, rows):
        self.folder = tempfile.TemporaryDirectory()
        numpy.savez(self.path('rows.npz'), **rows)
        self.process = subprocess.Popen(
            [self.PYTHON, 'test/bench/model_library.py', self.folder.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    @classmethod
    def installed(cls):
        return os.access(cls.PYTHON, os.X_OK)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def ask(self, *words):
        self.process.stdin.write(' '.join(map(str, words)) + '\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError('the library of models failed')
        return answer.strip()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.folder.cleanup()


def create_rows(server, name, missing):
    """Thirty features as columns, and the same as an array."""
    expression = 'random()::real' if missing == 0 else f'CASE WHEN random() >= {missing} THEN random()::real END'
    tables.create(server, name, {feature: expression for feature in FEATURES}, ROWS)
    server.run(f'CREATE TABLE {name}_arrays AS SELECT ARRAY[{COLUMNS}] AS features FROM {name}')
    tables.settle(server, name + '_arrays')
    for table in (name, name + '_arrays'):
        server.run(f'ALTER TABLE {table} SET (parallel_workers = 2)')


def read_rows(server, name):
    """The columns as float32, NaN for missing; every row of the COPY has the same length."""
    columns = ', '.join(f"coalesce({feature}, 'NaN')" for feature in FEATURES)
    layout = [('fields', '>i2')] + [field for feature in FEATURES for field in ((feature + '_length', '>i4'), (feature, '>f4'))]
    data = server.copy(f'COPY (SELECT {columns} FROM {name}) TO STDOUT (FORMAT binary)')
    rows = numpy.frombuffer(data[19:-2], dtype=layout)
    return numpy.stack([rows[feature] for feature in FEATURES], axis=1).astype(numpy.float32)


def import_model(server, library, file):
    """The file as a row of models, bound to the columns."""
    with open(library.path(file), encoding='utf-8') as source, server.connection.cursor() as cursor:
        cursor.execute('INSERT INTO sources VALUES (%s, %s)', (file, source.read()))
    server.run(f"""INSERT INTO models SELECT name, drift.bind(drift.import_model(split_part(name, '-', 1), source),
            CASE WHEN name LIKE 'xgboost%' THEN '{{{COLUMNS}}}'::text[]
            ELSE ARRAY(SELECT 'Column_' || i FROM generate_series(0, {len(FEATURES) - 1}) AS i) END)
        FROM sources WHERE name = '{file}'""")


def bench_model(figures, server, parallel, agree, library, name, family, trees, depth, gate, aim, rows):
    file = f'{family}-{name}-{rows}.json'
    label = f"{family} {name}, {'5 % missing' if rows == 'holes' else 'no missing values'}"
    library.ask('train', family, rows, trees, depth, file)
    import_model(server, library, file)
    model = f"(SELECT model FROM models WHERE name = '{file}')"
    columns = f'SELECT sum(drift.score_columns({model}, {COLUMNS})) FROM {rows}'
    array = f'SELECT sum(drift.score_array({model}, features)) FROM {rows}_arrays'
    agree(label, server.value(columns), library.ask('predict', file, rows), 1e-6)
    agree(label, server.value(array), library.ask('predict', file, rows), 1e-6)
    actions = {
        'columns': server.timed(columns),
        'array': server.timed(array),
        'library': lambda: library.ask('predict', file, rows),
        'parallel': parallel.timed(columns),
    }
    if rows == 'whole':
        actions['import'] = server.timed(f"SELECT drift.import_model('{family}', source) FROM sources WHERE name = '{file}'")
    times = interleave(ROUNDS, actions)
    figures.at_most(f'{label}: columns / one thread of the library', times['columns'], times['library'], gate, aim)
    figures.at_most(f'{label}: real[] / one thread of the library', times['array'], times['library'], gate, aim)
    figures.at_least(f'{label}: 2 workers faster than serial', times['parallel'], times['columns'], 1.7)
    if rows == 'whole':
        figures.at_most(f'{family} {name}: import / {IMPORT_LIMIT} ms', times['import'], [IMPORT_LIMIT] * ROUNDS, 1)


def bench_explanations(figures, server, agree, library):
    for name in ('100x6', '500x8'):
        file = f'xgboost-{name}-whole.json'
        ours = f"""SELECT sum(contribution) FROM (SELECT features::float8[] AS features FROM whole_arrays LIMIT {EXPLAINED}) AS r,
            unnest(drift.explain_array((SELECT model FROM models WHERE name = '{file}'), features)) AS contribution"""
        agree('explanations', server.value(ours), library.ask('explain', file, 'whole', EXPLAINED), 1e-4)
        times = interleave(ROUNDS, {
            'ours': server.timed(ours),
            'library': lambda: library.ask('explain', file, 'whole', EXPLAINED),
        })
        figures.at_most(f'xgboost {name}: explanations / one thread of the library', times['ours'], times['library'], 1)


def bench_models(figures, server, parallel, agree):
    if not Library.installed():
        figures.skipped('scores of models', 'XGBoost and LightGBM are not installed')
        return
    create_rows(server, 'whole', 0)
    create_rows(server, 'holes', 0.05)
    server.run('CREATE TABLE sources (name text, source text)')
    server.run('CREATE TABLE models (name text, model drift.model)')
    library = Library({name: read_rows(server, name) for name in ('whole', 'holes')})
    for model in MODELS:
        for rows in ('whole', 'holes'):
            bench_model(figures, server, parallel, agree, library, *model, rows)
    bench_explanations(figures, server, agree, library)
    library.close()
