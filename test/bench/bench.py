"""bench.py ROWS [models|predict|performance|training]: what the extension costs beside avg(), and what it saves beside pulling the rows.

Prints one table. A figure that falls short of its gate does not fail the run: machines differ.
"""

import sys

import models
import performance
import predict
import quality
import rivals
import shelf
import tables
import training
from server import Server
from timing import Figures, interleave, total

SQL_ROUNDS = 9
PULL_ROUNDS = 5     # rounds with seconds of Python in them

COLUMNS = list(tables.FEATURES)
COLUMN_LIST = ', '.join(COLUMNS)
MILLION = 1_000_000

EDGES = [x / 4 for x in range(-9, 10, 2)]

# As users write it, in the form that PostgreSQL runs fastest: one hash aggregate, no sort. The
# bins are those of the ten edges.
WIDTH_BUCKET_PSI = f"""
    WITH counted AS (
        SELECT width_bucket({{x}}, {EDGES[0]}, {EDGES[-1]}, {len(EDGES) - 1}) AS bin,
            count(*) FILTER (WHERE NOT is_current) AS n_reference,
            count(*) FILTER (WHERE is_current) AS n_current
        FROM {{table}} GROUP BY 1),
    shares AS (
        SELECT n_reference / sum(n_reference) OVER () AS p, n_current / sum(n_current) OVER () AS q FROM counted)
    SELECT sum((q - p) * ln(q / p)) FROM shares"""


def say(text):
    print('--', text, flush=True)


def agree(what, ours, other, tolerance):
    """Times of two different answers would compare nothing."""
    if abs(ours - float(other)) > tolerance * max(abs(ours), 1e-6):
        raise SystemExit(f'bench: {what}: we say {ours}, the other says {other}')


def bench_psi(figures, server, name, table, x):
    say(f'psi, {name} table')
    given = f"SELECT drift.psi({x}, is_current, '{{{', '.join(map(str, EDGES))}}}'::float8[]) FROM {table}"
    users = WIDTH_BUCKET_PSI.format(table=table, x=x)
    agree('psi of given bins', server.value(given), server.value(users), 1e-9)
    times = interleave(SQL_ROUNDS, {
        'avg': server.timed(f'SELECT avg({x}) FILTER (WHERE is_current) FROM {table}'),
        'given': server.timed(given),
        'quantiles': server.timed(f'SELECT drift.psi({x}, is_current) FROM {table}'),
        'users': server.timed(users),
    })
    figures.at_most(f'psi, 10 given edges / avg with FILTER, {name}', times['given'], times['avg'], 1.1, 1.0)
    figures.at_most(f'psi, reference deciles / avg with FILTER, {name}', times['quantiles'], times['avg'], 1.5, 1.35)
    figures.at_least(f'psi, 10 given edges, faster than width_bucket, {name}', times['given'], times['users'], 1.8, 2.2)


def bench_profiles(figures, server, parallel):
    say('profiles of 10 columns')
    profiles = f'SELECT drift.profiles_agg({COLUMN_LIST}) FROM wide'
    times = interleave(SQL_ROUNDS, {
        'avg': server.timed('SELECT avg(f1) FROM wide'),
        'avg of ten': server.timed(f"SELECT {', '.join(f'avg({column})' for column in COLUMNS)} FROM wide"),
        # what any function of ten columns costs before it does anything with them
        'nothing': server.timed(f'SELECT max(num_nonnulls({COLUMN_LIST})) FROM wide'),
        'profiles': server.timed(profiles),
        'parallel': parallel.timed(profiles),
    })
    figures.at_most('a call that only counts its ten arguments / avg of one', times['nothing'], times['avg'])
    figures.at_most('profiles of 10 columns / avg of one', times['profiles'], times['avg'], 2.4, 1.8)
    figures.at_most('profiles of 10 columns / avg of ten', times['profiles'], times['avg of ten'])
    figures.at_least('profiles of 10 columns, 2 workers faster than serial', times['parallel'], times['profiles'], 1.6)


def bench_ks(figures, server, small, table, label):
    """small: a session whose work_mem does not hold the sample."""
    say(f'ks_test, {label}')
    ks_test = f'SELECT drift.ks_test(x, is_current) FROM {table}'
    times = interleave(SQL_ROUNDS, {
        'avg': server.timed(f'SELECT avg(x) FROM {table}'),
        'ks': server.timed(ks_test),
    })
    figures.at_most(f'ks_test / avg, {label}', times['ks'], times['avg'], 1.5, 1.3)
    if not table.startswith('normal'):
        return
    spilled = interleave(PULL_ROUNDS, {'avg': server.timed(f'SELECT avg(x) FROM {table}'), 'ks': small.timed(ks_test)})
    figures.at_most(f'ks_test in 4 MB of work_mem / avg, {label}', spilled['ks'], spilled['avg'])


def bench_ks_pulled(figures, server, table, label):
    say(f'ks_test and scipy, {label}')
    ks_test = f'SELECT (drift.ks_test(x, is_current)).statistic FROM {table}'
    agree('ks_test', server.value(ks_test), rivals.ks(rivals.read_binary(server, table, ['x']), 'x').statistic, 1e-12)
    times = interleave(PULL_ROUNDS, {
        'ks': server.timed(f'SELECT drift.ks_test(x, is_current) FROM {table}'),
        'read_sql': lambda: rivals.ks(rivals.read_frame(server, table, ['x']), 'x'),
        'binary': lambda: rivals.ks(rivals.read_binary(server, table, ['x']), 'x'),
    })
    figures.at_least(f'ks_test, faster than read_sql + scipy, {label}', times['ks'], times['read_sql'], 10)
    figures.at_least(f'ks_test, faster than binary COPY + scipy, {label}', times['ks'], times['binary'], 4.5)


def bench_ten_columns(figures, server):
    say('KS and PSI of 10 columns, 1M rows')
    frame = rivals.read_frame(server, 'million', COLUMNS)
    evidently = rivals.Evidently(frame, COLUMNS) if rivals.Evidently.installed() else None
    queries = {
        'KS and PSI of 10 columns': 'SELECT {} FROM million'.format(
            ', '.join(f'drift.ks_test({c}, is_current), drift.psi({c}, is_current)' for c in COLUMNS)),
        'drift.compare(), exact': compare_query('exact'),
        'drift.compare(), summary': compare_query('summary'),
    }
    actions = {name: server.timed(query) for name, query in queries.items()}
    actions |= {
        'read_sql': lambda: rivals.read_frame(server, 'million', COLUMNS),
        'scipy': lambda: rivals.ks_and_psi(frame, COLUMNS),
        'binary': lambda: rivals.ks_and_psi(rivals.read_binary(server, 'million', COLUMNS), COLUMNS),
    }
    if evidently:
        actions['evidently'] = evidently.report
    agree('psi of f1', server.value('SELECT drift.psi(f1, is_current) FROM million'), rivals.psi(frame, 'f1'), 1e-9)
    times = interleave(PULL_ROUNDS, actions)

    for name in queries:
        gates = (10, 14) if name.startswith('KS') else (None, None)
        ours = times[name]
        figures.at_least(f'{name}, faster than read_sql + scipy', ours, total(times['read_sql'], times['scipy']), *gates)
        figures.at_least(f'{name}, faster than binary COPY + scipy', ours, times['binary'])
        if evidently:
            figures.at_least(f'{name}, faster than read_sql + Evidently',
                             ours, total(times['read_sql'], times['evidently']), *gates)
            figures.at_least(f'{name}, faster than Evidently alone', ours, times['evidently'])
        else:
            figures.skipped(f'{name}, faster than Evidently', 'not installed')
    if evidently:
        evidently.close()


def compare_query(mode):
    sides = (f"'SELECT {COLUMN_LIST} FROM million WHERE {label} is_current'" for label in ('NOT', ''))
    return f"SELECT * FROM drift.compare({', '.join(sides)}, mode => '{mode}')"


def bench_stored_profiles(figures, server, rows):
    """A call is timed as a query of many calls less the same query without them."""
    say('statistics of stored profiles')
    calls = 500
    counts = [n for n in (10_000, 100_000, MILLION, 10 * MILLION) if n <= rows]
    server.run('CREATE TABLE stored (n bigint, reference drift.profile, current drift.profile)')
    for n in counts:
        tables.create_part(server, f'part_{n}', 'narrow', n)
        server.run(f"""
            INSERT INTO stored SELECT {n}, drift.profile_agg(x) FILTER (WHERE NOT is_current),
                drift.profile_agg(x) FILTER (WHERE is_current) FROM part_{n}""")
    for statistic in ('psi', 'ks_test'):
        actions = {}
        for n in counts:
            query = f'SELECT count({{}}) FROM stored AS s, generate_series(1, {calls}) WHERE s.n = {n}'
            actions[n, 'calls'] = server.timed(query.format(f'drift.{statistic}(s.reference, s.current)'))
            actions[n, 'empty'] = server.timed(query.format('s.reference'))
            actions[n, 'rows'] = server.timed(f'SELECT drift.{statistic}(x, is_current) FROM part_{n}')
        times = interleave(PULL_ROUNDS, actions)
        per_call = {n: [(whole - empty) / calls for whole, empty in zip(times[n, 'calls'], times[n, 'empty'])]
                    for n in counts}
        for n in counts:
            figures.at_least(f'{statistic} of two profiles, faster than of their {n:,} rows',
                             per_call[n], times[n, 'rows'])
        # Not against the smallest, whose p-value is the exact one of small samples.
        figures.at_most(f'{statistic} of two profiles, of {counts[-1]:,} rows / of {counts[1]:,}',
                        per_call[counts[-1]], per_call[counts[1]], 1.5)


def bench_statistics(figures, server, parallel, rows):
    small = Server(work_mem='4MB', max_parallel_workers_per_gather=0)

    say(f'{rows:,} rows; making the tables')
    tables.create_wide(server, 'wide', rows)
    tables.create_part(server, 'million', 'wide', MILLION)
    tables.create_narrow(server, 'narrow', 'normal', rows)

    bench_psi(figures, server, 'narrow', 'narrow', 'x')
    bench_psi(figures, server, 'wide', 'wide', 'f1')
    bench_profiles(figures, server, parallel)
    for sample_rows in sorted({min(2 * MILLION, rows), rows}):
        for shape in tables.SHAPES:
            label = f'{shape}, {sample_rows / 2 / MILLION:g}M + {sample_rows / 2 / MILLION:g}M'
            tables.create_narrow(server, shape, shape, sample_rows)
            bench_ks(figures, server, small, shape, label)
            if shape == 'normal':
                bench_ks_pulled(figures, server, shape, label)
            server.run(f'DROP TABLE {shape}')
    say('the shelf, 500,000 + 500,000 rows')
    tables.create_narrow(server, shelf.TABLE, 'normal', MILLION)
    shelf.bench_shelf(figures, server, agree)
    shelf.bench_categories(figures, server, agree)
    say('relations of two columns, 1M rows')
    shelf.bench_relations(figures, server, agree)
    bench_ten_columns(figures, server)
    say('data quality of 10 columns, 1M rows')
    quality.bench_quality(figures, server, agree, rivals.read_frame(server, 'million', COLUMNS)[COLUMNS], 'million')
    bench_stored_profiles(figures, server, rows)


def main():
    rows = int(sys.argv[1])
    server = Server(work_mem='1GB', max_parallel_workers_per_gather=0)
    parallel = Server(work_mem='1GB', max_parallel_workers_per_gather=2, parallel_setup_cost=0, parallel_tuple_cost=0)
    figures = Figures()

    say(server.value('SHOW server_version'))
    only = sys.argv[2] if len(sys.argv) > 2 else None
    if only == 'predict':
        say('predictions of 20 features')
        predict.bench_predictions(figures, server)
    elif only == 'training':
        training.bench_training(figures, server, agree, say)
    else:
        if only in (None, 'quick'):
            bench_statistics(figures, server, parallel, rows)
        if only != 'performance':
            say('models, 200,000 rows of 30 features')
            models.bench_models(figures, server, parallel, agree)
        if only != 'models':
            performance.bench_performance(figures, server, parallel, agree, say)
    figures.print()


main()
