"""Predictions beside plain inserts of the same rows, and batches beside COPY.

pgbench asks, in turns of a few seconds; what is compared are transactions per second of turns that
followed each other. Commits are durable unless the name of a figure says otherwise.
"""

import io
import os
import re
import subprocess
import tempfile

from timing import interleave

ROUNDS = 5
SECONDS = 4
TREES = 100
DEPTH = 6
FEATURES = [f'f{i}' for i in range(20)]
COLUMNS = ', '.join(FEATURES)
BATCH = 100_000

VALUES = {feature: round(((i * 7919 + 13) % 9000 + 1000) / 10000, 4) for i, feature in enumerate(FEATURES)}
JSON = '{' + ', '.join(f'"{feature}": {value}' for feature, value in VALUES.items()) + '}'

KEY = '\\set key random(1, 1000000)\n'
SCRIPTS = {
    'insert': KEY + f"""INSERT INTO bench_log (model_version, arm, entity_key, score, label, probabilities, latency_ms, status, {COLUMNS})
        VALUES (1, 'champion', :key::text, 0.5, '1', '{{0.5,0.5}}', 0.01, 'ok', {', '.join(':' + feature for feature in FEATURES)});""",
    'predict': KEY + "SELECT * FROM drift.predict('bench', :features::jsonb, :key::text);",
    'unlogged': KEY + "SELECT * FROM drift.predict('bench', :features::jsonb, :key::text, log => false);",
    'score': "SELECT drift.score_json('bench', :features::jsonb);",
    'route': KEY + "SELECT drift.route('bench', :key::text);",
    'parse': 'SELECT jsonb_typeof(:features::jsonb);',
    'nothing': 'SELECT 1;',
}


class Pgbench:
    """The scripts in files, and runs of them."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        for name, script in SCRIPTS.items():
            with open(self.path(name), 'w', encoding='utf-8') as file:
                file.write(' '.join(script.split('\n ')) + '\n')

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def rate(self, name, clients, durable):
        """Transactions per second."""
        values = {'features': JSON} | VALUES
        out = subprocess.run(
            ['pgbench', '-n', '-M', 'prepared', '-c', str(clients), '-j', str(min(clients, 2)), '-T', str(SECONDS), '-f', self.path(name),
             *(f'-D{variable}={value}' for variable, value in values.items())],
            env=os.environ | {'PGOPTIONS': f"-c synchronous_commit={'on' if durable else 'off'}"}, check=True, capture_output=True, text=True)
        return float(re.search(r'^tps = ([0-9.]+)', out.stdout, re.MULTILINE).group(1))

    def latencies(self, names, clients, durable):
        """Milliseconds of a transaction of one client, round by round."""
        times = {name: [] for name in names}
        for _ in range(ROUNDS):
            for name in names:
                times[name].append(1000 * clients / self.rate(name, clients, durable))
        return times


def create_model(server):
    with open('test/reference/models.sql', encoding='utf-8') as file:
        server.run(file.read())
    server.run("SELECT drift.register_model('bench')")
    server.run(f"SELECT drift.add_version('bench', drift.import_model('xgboost', models.xgboost({TREES}, {DEPTH}, {len(FEATURES)})))")
    server.run("SELECT drift.promote('bench', 1)")
    server.run("SELECT drift.create_prediction_log('bench')")


def bench_inserts(figures, pgbench):
    for durable, gate in ((True, 0.8), (False, 0.6)):
        for clients in (1, 8):
            times = pgbench.latencies(('insert', 'predict'), clients, durable)
            how = f"{clients} client{'s' if clients > 1 else ''}, {'durable' if durable else 'synchronous_commit off'}"
            figures.at_least(f'predict, logged: tps / tps of a plain INSERT, {how}', times['predict'], times['insert'], gate)


def differences(series, *others):
    return [max(own - sum(parts), 0.0001) for own, *parts in zip(series, *others)]


def bench_parts(figures, pgbench):
    """What a prediction is made of: each part as the difference of two statements, beside a whole one."""
    times = pgbench.latencies(('nothing', 'parse', 'route', 'score', 'unlogged', 'predict'), 1, False)
    nothing = times['nothing']
    parse = differences(times['parse'], nothing)
    route = differences(times['route'], nothing)
    for name, part in {
        'statement and answer': nothing,
        'parse the JSON': parse,
        'route': route,
        'score': differences(times['score'], nothing, parse, route),
        'insert': differences(times['predict'], times['unlogged']),
    }.items():
        figures.at_most(f'of predict: {name}', part, times['predict'])


def copy_in(server, data):
    with server.connection.cursor() as cursor:
        cursor.copy_expert(f"""COPY bench_log (prediction_id, predicted_at, model_version, arm, entity_key, score, label, probabilities, latency_ms,
            status, {COLUMNS}) FROM STDIN (FORMAT binary)""", io.BytesIO(data))


def bench_batch(figures, server):
    """Both into an empty log."""
    server.run(f"CREATE TABLE batch AS SELECT i AS id, {', '.join(f'random() AS {feature}' for feature in FEATURES)} "
               f'FROM generate_series(1, {BATCH}) AS i')
    server.run('ANALYZE batch')
    server.run('TRUNCATE bench_log')
    server.run("SELECT drift.predict_batch('bench', 'batch', 'id')")
    data = bytes(server.copy(f"""COPY (SELECT prediction_id, predicted_at, model_version, arm, entity_key, score, label, probabilities,
        latency_ms, status, {COLUMNS} FROM bench_log) TO STDOUT (FORMAT binary)"""))

    times = interleave(ROUNDS, {
        'empty': server.timed('TRUNCATE bench_log'),
        'predict': server.timed("SELECT drift.predict_batch('bench', 'batch', 'id')"),
        'empty again': server.timed('TRUNCATE bench_log'),
        'copy': lambda: copy_in(server, data),
    })
    figures.at_least(f'predict_batch, {BATCH:,} rows: rows/s / rows/s of binary COPY', times['predict'], times['copy'], 0.5)


def bench_predictions(figures, server):
    create_model(server)
    pgbench = Pgbench()
    bench_inserts(figures, pgbench)
    bench_parts(figures, pgbench)
    bench_batch(figures, server)
