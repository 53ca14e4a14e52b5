"""Metrics of binary models beside avg() of the same rows, and scikit-learn on arrays in memory."""

import numpy
import tables
from sklearn import metrics
from timing import interleave

ROUNDS = 9
TABLE = 'scored'
ROWS = 1_000_000

# A model that is calibrated, as probabilities and as margins
SCORES = {'probabilities': 'score', 'margins': 'margin'}

EVERY = ', '.join(f'drift.{name}(score, actual)' for name in (
    'roc_auc', 'gini', 'average_precision', 'ks_statistic', 'log_loss', 'brier', 'ece')) + ', ' + ', '.join(
    f'drift.{name}(score >= 0.5, actual)' for name in (
        'accuracy', 'precision', 'recall', 'specificity', 'f1', 'mcc', 'balanced_accuracy', 'confusion'))


def create(server):
    server.run('SELECT setseed(0.5)')
    server.run(f"""
        CREATE TABLE {TABLE} AS
        SELECT score, ln(score / (1 - score)) AS margin, random() < score AS actual
        FROM (SELECT greatest(random(), 1e-9) AS score FROM generate_series(1, {ROWS}) OFFSET 0) AS s""")
    tables.settle(server, TABLE)


def read(server):
    data = server.copy(f'COPY {TABLE} (score, margin, actual) TO STDOUT (FORMAT binary)')
    layout = [('fields', '>i2'), ('score_length', '>i4'), ('score', '>f8'), ('margin_length', '>i4'), ('margin', '>f8'),
              ('actual_length', '>i4'), ('actual', '?')]
    rows = numpy.frombuffer(data[19:-2], dtype=layout)
    return rows['score'].astype(float), rows['margin'].astype(float), rows['actual'].copy()


def all_of_sklearn(actual, score):
    """What people compute of a model, one call each."""
    predicted = score >= 0.5
    for decision in (metrics.accuracy_score, metrics.precision_score, metrics.recall_score, metrics.f1_score,
                     metrics.matthews_corrcoef, metrics.balanced_accuracy_score, metrics.confusion_matrix):
        decision(actual, predicted)
    for probability in (metrics.roc_auc_score, metrics.average_precision_score, metrics.log_loss, metrics.brier_score_loss):
        probability(actual, score)


def bench_binary_metrics(figures, server, parallel, agree):
    small = type(server)(work_mem='4MB', max_parallel_workers_per_gather=0)
    create(server)
    score, margin, actual = read(server)
    for name, column in SCORES.items():
        query = f'SELECT drift.roc_auc({column}, actual) FROM {TABLE}'
        values = {'score': score, 'margin': margin}[column]
        agree('roc_auc', server.value(query), metrics.roc_auc_score(actual, values), 1e-12)
        times = interleave(ROUNDS, {
            'avg': server.timed(f'SELECT avg({column}) FROM {TABLE}'),
            'ours': server.timed(query),
            'parallel avg': parallel.timed(f'SELECT avg({column}) FROM {TABLE}'),
            'parallel': parallel.timed(query),
            'spilled': small.timed(query),
            'sklearn': lambda: metrics.roc_auc_score(actual, values),
        })
        figures.at_most(f'roc_auc / avg, {name}', times['ours'], times['avg'], 2, 1.5)
        figures.at_least(f'roc_auc, faster than scikit-learn in memory, {name}', times['ours'], times['sklearn'], 2.5)
        figures.at_most(f'roc_auc / avg, 2 workers, {name}', times['parallel'], times['parallel avg'])
        figures.at_most(f'roc_auc in 4 MB of work_mem / avg, {name}', times['spilled'], times['avg'])
    query = f'SELECT drift.binary_metrics(score, actual) FROM {TABLE}'
    agree('log_loss', server.value(f'SELECT (drift.binary_metrics(score, actual)).log_loss FROM {TABLE}'),
          metrics.log_loss(actual, score), 1e-12)
    times = interleave(ROUNDS, {
        'avg': server.timed(f'SELECT avg(score) FROM {TABLE}'),
        'ours': server.timed(query),
        'every': server.timed(f'SELECT {EVERY} FROM {TABLE}'),
        'sklearn': lambda: all_of_sklearn(actual, score),
    })
    figures.at_most('binary_metrics, all metrics in one pass / avg', times['ours'], times['avg'], 2.5)
    figures.at_least('binary_metrics, faster than eleven calls of scikit-learn in memory', times['ours'], times['sklearn'])
    figures.at_most('fifteen aggregates, one for each metric / avg', times['every'], times['avg'])
