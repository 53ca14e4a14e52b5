"""Detectors of change: an array in one call and the rows of a table, beside river's over lists in memory."""

import os
import subprocess
import tempfile

import numpy
from timing import interleave

ROUNDS = 5
VALUES = 100_000
SLOW_VALUES = 2_000     # of kswin
# river's release has no CUSUM.
KINDS = {'ddm': 'errors', 'eddm': 'errors', 'hddm_a': 'errors', 'hddm_w': 'errors', 'page_hinkley': 'numbers', 'adwin': 'numbers', 'kswin': 'numbers'}


class River:
    """river in an environment of its own, with the streams in its memory."""

    PYTHON = 'build/river/bin/python'

    def __init__(self, streams):
        with tempfile.NamedTemporaryFile(suffix='.npz') as file:
            numpy.savez(file, **streams)
            file.flush()
            self.process = subprocess.Popen([self.PYTHON, 'test/bench/river_detectors.py', file.name],
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            if self.process.stdout.readline() != 'done\n':
                raise RuntimeError('river failed')

    @classmethod
    def installed(cls):
        return os.access(cls.PYTHON, os.X_OK)

    def run(self, kind, stream, count):
        self.process.stdin.write(f'{kind} {stream} {count}\n')
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def bench_detectors(figures, server, agree):
    server.run(f"""
        CREATE TABLE stream AS
        SELECT i, (random() < CASE WHEN i > {VALUES // 2} THEN 0.3 ELSE 0.2 END)::int::float8 AS errors,
            random() + random() + CASE WHEN i > {VALUES // 2} THEN 0.2 ELSE 0 END AS numbers
        FROM generate_series(1, {VALUES}) AS i""")
    server.run('CREATE TABLE streams (count integer, errors float8[], numbers float8[])')
    server.run('ALTER TABLE streams ALTER errors SET STORAGE external, ALTER numbers SET STORAGE external')
    server.run(f"""
        INSERT INTO streams SELECT n, array_agg(errors ORDER BY i), array_agg(numbers ORDER BY i)
        FROM stream, unnest('{{{VALUES},{SLOW_VALUES}}}'::int[]) AS n WHERE i <= n GROUP BY n""")
    server.run('VACUUM ANALYZE stream')
    river = None
    if River.installed():
        river = River({name: numpy.array(server.value(f'SELECT {name} FROM streams WHERE count = {VALUES}')) for name in ('errors', 'numbers')})
    for kind, stream in KINDS.items():
        count = SLOW_VALUES if kind == 'kswin' else VALUES
        array = f"SELECT drift.detector_drifts(drift.detector_add_array('{kind}', {stream})) FROM streams WHERE count = {count}"
        rows = f"SELECT cardinality(drift.change_points('{kind}', {stream} ORDER BY i)) FROM stream WHERE i <= {count}"
        agree(f'changes by {kind}', server.value(array), server.value(rows), 0)
        actions = {'array': server.timed(array), 'rows': server.timed(rows), 'avg': server.timed(f'SELECT avg({stream}) FROM stream WHERE i <= {count}')}
        if river:
            agree(f'changes by {kind}', server.value(array), river.run(kind, stream, count), 0)
            actions['river'] = lambda k=kind, s=stream, c=count: river.run(k, s, c)
        times = interleave(ROUNDS, actions)
        figures.at_most(f'{kind} over rows / avg', times['rows'], times['avg'])
        if river:
            figures.at_least(f'{kind} over an array, faster than river', times['array'], times['river'], 20 if kind == 'adwin' else 50)
            figures.at_least(f'{kind} over rows, faster than river', times['rows'], times['river'])
        else:
            figures.skipped(f'{kind}, faster than river', 'not installed')
    if river:
        river.close()
