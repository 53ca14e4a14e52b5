"""The shelf: each statistic over labelled rows beside the library function that computes it.

The library works on two numpy arrays that are in its memory before the clock starts; ours reads
the table. Sort-based statistics should win by two, the others must not lose.
"""

import rivals
from scipy import stats
from timing import interleave

ROUNDS = 5
TABLE = 'shelf'
COLUMN = 'x'

# name, our expression, the library's call of (reference, current), what both answer as one number
# of it, and the gate: how many times faster ours has to be
SHELF = [
    ('mann_whitney_test', '(drift.mann_whitney_test(x, is_current)).statistic',
     lambda r, c: stats.mannwhitneyu(r, c).statistic, 2),
    ('wasserstein_distance', 'drift.wasserstein_distance(x, is_current)',
     lambda r, c: stats.wasserstein_distance(r, c), 2),
    ('t_test', '(drift.t_test(x, is_current)).statistic',
     lambda r, c: stats.ttest_ind(r, c, equal_var=False).statistic, 1),
]


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
