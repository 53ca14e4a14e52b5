"""drift.train() of linear models, rows read and model made, beside scikit-learn's fit over arrays in memory, with one thread."""

import numpy
from boosting import megabytes_taken
from rivals import HEADER, TRAILER
from timing import interleave

try:
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits
except ImportError:
    LogisticRegression = None

ROWS = 1_000_000
FEATURES = [f'f{i}' for i in range(30)]
ROUNDS = 3


def create_rows(server):
    """Features of all sizes; a class that some of them tell, and a number."""
    features = ', '.join(f'random() * {i + 1} + {i * 5 % 7} AS {name}' for i, name in enumerate(FEATURES))
    level = 'f0 - f1 + 0.5 * f2 + 0.1 * f9 - 0.05 * f20 + 2.5'
    server.run('SELECT setseed(0.5)')
    server.run(f"""
        CREATE TABLE linear AS
        SELECT r.*, {level} + n.noise AS amount,
            ({level} + n.noise > 0)::int AS y
        FROM (SELECT i, {features} FROM generate_series(1, {ROWS}) AS i OFFSET 0) AS r,
            LATERAL (SELECT 4 * (random() + 0 * r.i) - 2 AS noise) AS n""")
    server.run('VACUUM (ANALYZE) linear')


def train(algorithm, label, params):
    return f"SELECT drift.train('SELECT {', '.join(FEATURES)}, {label} FROM linear', '{label}', '{algorithm}', '{params}')"


def one_thread(model, x, y):
    with threadpool_limits(1):
        return model.fit(x, y)


def logistic(tolerance=1e-4):
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, tol=tolerance))


def check(server, agree, x, y):
    """Both mean the same model, if lbfgs goes on for long enough."""
    theirs = one_thread(logistic(1e-9), x, y).predict_proba(x[:1])[0, 1]
    ours = server.value(f"SELECT drift.score_row(({train('logistic', 'y', '{}')}), f) FROM (SELECT * FROM linear ORDER BY i LIMIT 1) AS f")
    agree('logistic regression', ours, theirs, 1e-4)


def read(server, label):
    """Arrays of what COPY sends, which is the fastest way out."""
    names = FEATURES + [label]
    layout = [('fields', '>i2')] + [part for name in names for part in ((name + '_length', '>i4'), (name, '>f8'))]
    columns = ', '.join(f'{name}::float8' for name in names)
    data = server.copy(f'COPY (SELECT {columns} FROM linear) TO STDOUT (FORMAT binary)')
    rows = numpy.frombuffer(data[HEADER:-TRAILER], dtype=layout)
    return numpy.column_stack([rows[name].astype(float) for name in FEATURES]), rows[label].astype(float)


def bench_linear(figures, server, agree, say):
    create_rows(server)
    for algorithm, label in (('logistic', 'y'), ('ridge', 'amount')):
        taken = megabytes_taken(train(algorithm, label, '{}'))
        say(f'memory of {algorithm}: {taken:.0f} MB taken; the rows are {ROWS * (len(FEATURES) + 1) * 8 / 2 ** 20:.0f} MB of them')
    if LogisticRegression is None:
        figures.skipped('linear models, beside scikit-learn', 'not installed')
        return
    x, y = read(server, 'y')
    check(server, agree, x, y)
    times = interleave(ROUNDS, {
        'train': server.timed(train('logistic', 'y', '{}')),
        'pipeline': lambda: one_thread(logistic(), x, y),
        'pull': lambda: one_thread(logistic(), *read(server, 'y'))})
    figures.at_most("logistic with its rows / scikit-learn's lbfgs on standardised columns alone", times['train'], times['pipeline'], 1.0, 0.7)
    figures.at_least('logistic with its rows, times faster than pulling them and that fit', times['train'], times['pull'], 2)
    x, y = read(server, 'amount')
    times = interleave(ROUNDS, {
        'train': server.timed(train('ridge', 'amount', '{}')),
        'ridge': lambda: one_thread(make_pipeline(StandardScaler(), Ridge()), x, y),
        'pull': lambda: one_thread(make_pipeline(StandardScaler(), Ridge()), *read(server, 'amount'))})
    figures.at_most('ridge with its rows / scikit-learn on standardised columns alone', times['train'], times['ridge'], 1.5, 1.0)
    figures.at_least('ridge with its rows, times faster than pulling them and that fit', times['train'], times['pull'], 2)
    server.run('DROP TABLE linear')
