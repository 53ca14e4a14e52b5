"""drift.train() by XGBoost, rows read and model made, beside fit() of XGBoost for Python over arrays in memory, with one thread."""

import re

import numpy
import psycopg2
from server import Server
from timing import interleave

try:
    import xgboost
except ImportError:
    xgboost = None

ROWS = 1_000_000
COLUMNS = 30
FITS = 50
ROUNDS = 3
PARAMS = {'n_estimators': FITS, 'max_depth': 6, 'learning_rate': 0.1}
BOOSTED = f'{{"n_estimators": {FITS}, "max_depth": 6, "learning_rate": 0.1}}'
FOREST = '{"n_estimators": 10, "max_depth": 8, "colsample_bynode": 0.2}'


def create_rows(server):
    """Features of every tenth row have gaps in the table beside it."""
    features = ', '.join(f'random() AS f{i}' for i in range(COLUMNS))
    gaps = ', '.join(f'CASE WHEN i % 10 <> {i % 10} THEN f{i} END AS f{i}' for i in range(COLUMNS))
    server.run('SELECT setseed(0.5)')
    server.run(f"""
        CREATE TABLE trained AS SELECT i, {features}, random() AS noise FROM generate_series(1, {ROWS}) AS i""")
    server.run('ALTER TABLE trained ADD y boolean')
    server.run('UPDATE trained SET y = f0 + f1 * f2 + 0.3 * sin(6 * f3) + 0.5 * noise > 1')
    server.run(f'CREATE TABLE gaps AS SELECT i, {gaps}, noise, y FROM trained')
    server.run('VACUUM (ANALYZE, FULL) trained, gaps')


def query(table):
    return f"SELECT {', '.join(f'f{i}' for i in range(COLUMNS))}, y FROM {table}"


def train(algorithm, params, table='trained'):
    return f"SELECT drift.train('{query(table)}', 'y', '{algorithm}', '{params}')"


def arrays(server, table):
    rows = numpy.array(list(server.rows(query(table))), dtype=numpy.float32)
    return rows[:, :-1].copy(), rows[:, -1].copy()


def fit(x, y):
    xgboost.XGBClassifier(**PARAMS, n_jobs=1, tree_method='hist').fit(x, y)


def fit_forest(x, y):
    """The forest as XGBoost would grow it from the same gradients."""
    options = {'objective': 'reg:squarederror', 'tree_method': 'hist', 'nthread': 1, 'learning_rate': 1, 'base_score': 0,
               'reg_lambda': 0, 'max_depth': 8, 'min_child_weight': 5, 'subsample': 0.8, 'num_parallel_tree': 10,
               'colsample_bynode': 0.2}
    xgboost.train(options, xgboost.QuantileDMatrix(x, label=y, nthread=1), 1)


def status(pid, name):
    """Kilobytes that the system says of a process."""
    with open(f'/proc/{pid}/status') as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ':'))


def megabytes_said(statement):
    """What drift thinks that a training needs, as its refusal says once the limit lets it read the rows."""
    limit = 1
    while True:
        session = Server(**{'drift.training_memory_limit': f'{limit}MB'})
        try:
            session.run(statement)
        except psycopg2.Error as error:
            needed = float(re.search(r'need ([0-9]+) MB', str(error)).group(1))
            if 'this algorithm' in str(error):
                return needed
            limit = int(needed * 1.2) + 1
        else:
            raise SystemExit('bench: a training was not refused for its memory')


def megabytes_taken(statement):
    """Its peak: what a new session grew by, shared buffers aside."""
    session = Server(max_parallel_workers_per_gather=0)
    pid = session.value('SELECT pg_backend_pid()')
    before = status(pid, 'RssAnon')
    session.run(statement)
    return (status(pid, 'VmHWM') - status(pid, 'RssShmem') - status(pid, 'RssFile') - before) / 1024


def bench_memory(say):
    for what, statement in {
            'gradient boosting': train('gradient_boosting', BOOSTED),
            'gradient boosting, every tenth value missing': train('gradient_boosting', BOOSTED, 'gaps'),
            'a forest of depth 8': train('random_forest', FOREST)}.items():
        say(f'memory of {what}: {megabytes_said(statement):.0f} MB are said, {megabytes_taken(statement):.0f} MB taken')


def bench_boosting(figures, server, agree, say):
    create_rows(server)
    bench_memory(say)
    if xgboost is None:
        figures.skipped('gradient boosting, beside XGBoost for Python', 'not installed')
        return
    for table, what in (('trained', ''), ('gaps', ', every tenth value missing')):
        x, y = arrays(server, table)
        times = interleave(ROUNDS, {
            'train': server.timed(train('gradient_boosting', BOOSTED, table)),
            'python': lambda: fit(x, y)})
        figures.at_most(f'gradient boosting with its rows / fit() alone{what}', times['train'], times['python'], 1.15, 1.0)
    x, y = arrays(server, 'trained')
    times = interleave(ROUNDS, {
        'train': server.timed(train('random_forest', FOREST)), 'python': lambda: fit_forest(x, y)})
    figures.at_most('random forest with its rows / fit alone', times['train'], times['python'], 1.15, 1.0)
    server.run('DROP TABLE trained, gaps')
