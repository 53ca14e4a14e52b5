"""The shelf: each statistic over labelled rows beside the library function that computes it.

The library works on two numpy arrays that are in its memory before the clock starts; ours reads
the table. Sort-based statistics should win by two, the others must not lose. Three are a few
sums over an array, which no reading of a table is as fast as: they have no gate. Counting twenty
integers in memory takes a third of what reading the rows does, so that there the library is
charged with a count() of the table. Relations of two columns are on it as well.
"""

import numpy
import rivals
import tables
from scipy import stats
from scipy.stats.contingency import association
from sklearn.metrics import mutual_info_score
from timing import interleave, total

ROUNDS = 5
TABLE = 'shelf'
COLUMN = 'x'


def kuiper(reference, current):
    """scipy has no Kuiper test: its V is the sum of the two one-sided KS distances."""
    return sum(stats.ks_2samp(reference, current, alternative=side, method='asymp').statistic for side in ('less', 'greater'))


# name, our expression, the library's call of (reference, current), what both answer as one number
# of it, and the gate: how many times faster ours has to be
SHELF = [
    ('mann_whitney_test', '(drift.mann_whitney_test(x, is_current)).statistic',
     lambda r, c: stats.mannwhitneyu(r, c).statistic, 2),
    ('wasserstein_distance', 'drift.wasserstein_distance(x, is_current)',
     lambda r, c: stats.wasserstein_distance(r, c), 2),
    ('epps_singleton_test', '(drift.epps_singleton_test(x, is_current)).statistic',
     lambda r, c: stats.epps_singleton_2samp(r, c).statistic, None),
    ('levene_test', '(drift.levene_test(x, is_current)).statistic',
     lambda r, c: stats.levene(r, c).statistic, None),
    ('wasserstein_distance with its chance', "(drift.chance(x, is_current, 'wasserstein_distance')).statistic",
     lambda r, c: stats.wasserstein_distance(r, c), 2),
    ('cramer_von_mises_test', '(drift.cramer_von_mises_test(x, is_current)).statistic',
     lambda r, c: stats.cramervonmises_2samp(r, c).statistic, 1),
    ('anderson_darling_test', '(drift.anderson_darling_test(x, is_current)).statistic',
     lambda r, c: stats.anderson_ksamp([r, c]).statistic, 2),
    ('kuiper_test', '(drift.kuiper_test(x, is_current)).statistic', kuiper, 2),
    ('energy_distance', 'drift.energy_distance(x, is_current)',
     lambda r, c: stats.energy_distance(r, c), 2),
    ('t_test', '(drift.t_test(x, is_current)).statistic',
     lambda r, c: stats.ttest_ind(r, c, equal_var=False).statistic, None),
]

# The same for two columns, f1 and f2 of RELATIONS; the library's call is of both as arrays
RELATIONS = 'million'
RELATION_SHELF = [
    ('correlation, spearman', "drift.correlation(f1, f2, 'spearman')", lambda x, y: stats.spearmanr(x, y).statistic, 2),
    ('correlation, kendall', "drift.correlation(f1, f2, 'kendall')", lambda x, y: stats.kendalltau(x, y).statistic, 2),
    ('mutual_information_test, 1 permutation', '(drift.mutual_information_test(f1, f2, 10, 1)).statistic',
     lambda x, y: mutual_info_score(deciles(x), deciles(y)), 1),
]


def deciles(x):
    return numpy.digitize(x, numpy.quantile(x, rivals.DECILES))


def bench_relations(figures, server, agree):
    data = rivals.read_binary(server, RELATIONS, ['f1', 'f2'])
    x, y = data['f1'], data['f2']
    for name, expression, library, gate in RELATION_SHELF:
        query = f'SELECT {expression} FROM {RELATIONS}'
        agree(name, server.value(query), library(x, y), 1e-9)
        times = interleave(ROUNDS, {'ours': server.timed(query), 'library': lambda: library(x, y)})
        figures.at_least(f'{name}, faster than the library in memory', times['ours'], times['library'], gate)
    times = interleave(ROUNDS, {
        'ours': server.timed(f'SELECT drift.correlation(f1, f2) FROM {RELATIONS}'),
        'corr': server.timed(f'SELECT corr(f1, f2) FROM {RELATIONS}'),
        'library': lambda: stats.pearsonr(x, y),
    })
    figures.at_most('correlation, pearson / corr()', times['ours'], times['corr'], 1.1)
    figures.at_most('correlation, pearson / scipy in memory', times['ours'], times['library'])


def bench_shelf(figures, server, agree):
    """TABLE holds the labelled numbers of both sides."""
    reference, current = rivals.sides(rivals.read_binary(server, TABLE, [COLUMN]), COLUMN)
    for name, expression, library, gate in SHELF:
        query = f'SELECT {expression} FROM {TABLE}'
        agree(name, server.value(query), library(reference, current), 1e-9)
        times = interleave(ROUNDS, {
            'ours': server.timed(query),
            'library': lambda: library(reference, current),
        })
        figures.at_least(f'{name}, faster than scipy in memory', times['ours'], times['library'], gate)


CATEGORIES = 'shelf_categories'


def contingency(reference, current):
    """The table of both sides by category."""
    values, index = zip(*(numpy.unique(side, return_counts=True) for side in (reference, current)))
    every = numpy.union1d(*values)
    counts = numpy.zeros((2, len(every)), dtype=int)
    for row, side, rows in zip(counts, values, index):
        row[numpy.searchsorted(every, side)] = rows
    return counts


# name, our expression of {x}, and the library's statistic of the table
CATEGORY_SHELF = [
    ('g_test', '(drift.g_test({x}, is_current)).statistic',
     lambda table: stats.chi2_contingency(table, lambda_='log-likelihood')[0]),
    ('cramers_v', 'drift.cramers_v({x}, is_current)', lambda table: association(table, method='cramer')),
    ('l_infinity', 'drift.l_infinity({x}, is_current)',
     lambda table: numpy.max(numpy.abs(table[0] / table[0].sum() - table[1] / table[1].sum()))),
]


def bench_categories(figures, server, agree):
    """Twenty integers, and the same as labels, of the rows of TABLE."""
    server.run(f"""CREATE TABLE {CATEGORIES} AS
        SELECT digit, 'label ' || digit AS label, is_current
        FROM (SELECT (abs({COLUMN}) * 1000)::int % 20 + is_current::int AS digit, is_current FROM {TABLE}) AS d""")
    tables.settle(server, CATEGORIES)
    frame = rivals.read_frame(server, CATEGORIES, ['digit', 'label'])
    for column in ('digit', 'label'):
        sides = rivals.sides(frame, column)
        for name, expression, library in CATEGORY_SHELF:
            query = f'SELECT {expression.format(x=column)} FROM {CATEGORIES}'
            agree(name, server.value(query), library(contingency(*sides)), 1e-9)
            times = interleave(ROUNDS, {
                'ours': server.timed(query),
                'count': server.timed(f'SELECT count({column}) FILTER (WHERE is_current) FROM {CATEGORIES}'),
                'library': lambda: library(contingency(*sides)),
            })
            if column == 'label':
                figures.at_least(f'{name} of labels, faster than numpy and scipy in memory', times['ours'], times['library'], 1)
            else:
                figures.at_least(f'{name} of integers, faster than count() with numpy and scipy in memory',
                                 times['ours'], total(times['count'], times['library']), 1)
