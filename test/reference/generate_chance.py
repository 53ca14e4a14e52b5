"""What statistics are when nothing has drifted, by simulation: writes chance.csv.

Both sides are drawn from one distribution again and again, and each statistic is computed as
docs/statistics.md defines it. A row holds mean, 95 % and 99.9 % point with their standard errors,
and, for binned statistics, some of the drawn tables, for the formulas start from such a table; rows
without tables are about those of the row before.

    python3 test/reference/generate_chance.py      takes a few minutes
"""
import numpy as np

import golden

RUNS = 100000
CHUNK = 5000
DRAWS = 8  # tables kept of each scenario
FLOOR = 1e-4
HEADER = ['statistic', 'shape', 'n_reference', 'n_current', 'bins', 'smallest_expected', 'expected', 'expected_se',
          'upper_95', 'upper_95_se', 'upper_999', 'upper_999_se', 'draws']

rng = np.random.default_rng(20240501)


# --- statistics of tables of counts, one table a row -------------------------

def raised(p, q):
    """Shares raised to the floor, but for bins that nobody has."""
    empty = (p == 0) & (q == 0)
    return np.where(empty, 1, np.maximum(p, FLOOR)), np.where(empty, 1, np.maximum(q, FLOOR))


def psi(p, q):
    a, b = raised(p, q)
    return ((a - b) * np.log(a / b)).sum(axis=1)


def kl_divergence(p, q):
    a, b = raised(p, q)
    return (a * np.log(a / b)).sum(axis=1)


def entropy(p):
    return -(p * np.log2(np.where(p > 0, p, 1))).sum(axis=1)


def js_distance(p, q):
    return np.sqrt(np.maximum(entropy((p + q) / 2) - entropy(p) / 2 - entropy(q) / 2, 0))


def hellinger_distance(p, q):
    return np.sqrt(np.maximum(1 - np.sqrt(p * q).sum(axis=1), 0))


def total_variation(p, q):
    return np.abs(p - q).sum(axis=1) / 2


BINNED = [psi, kl_divergence, js_distance, hellinger_distance, total_variation]


def pool_rare(reference, current):
    """Categories that some, but less than one percent, of the reference have become one, in a new last column."""
    rare = (reference > 0) & (reference * 100 < reference.sum(axis=1, keepdims=True))
    return tuple(np.hstack([np.where(rare, 0, side), np.where(rare, side, 0).sum(axis=1, keepdims=True)])
                 for side in (reference, current))


# --- tables ------------------------------------------------------------------

def zipf(bins):
    shares = 1 / np.arange(1, bins + 1)
    return shares / shares.sum()


SHARES = {
    'even': lambda bins: np.full(bins, 1 / bins),
    'zipf': zipf,
    'rare': lambda bins: np.array([0.9] + [0.1 / (bins - 1)] * (bins - 1)),
}


def draw_categories(shares, n, m, runs):
    return rng.multinomial(n, shares, runs), rng.multinomial(m, shares, runs)


def draw_quantiles(bins, n, m, runs):
    """Bins cut at the quantiles of the reference; any continuous distribution gives the same."""
    x = np.sort(rng.random((runs, n)), axis=1)
    y = np.sort(rng.random((runs, m)), axis=1)
    edges = np.quantile(x, np.arange(1, bins) / bins, axis=1).T
    tables = []
    for side, size in ((x, n), (y, m)):
        upto = np.stack([(side <= edges[:, [i]]).sum(axis=1) for i in range(bins - 1)], axis=1)
        tables.append(np.diff(np.hstack([np.zeros((runs, 1), int), upto, np.full((runs, 1), size)]), axis=1))
    return tables


def tables_of(shape, bins, n, m, runs):
    if shape == 'quantiles':
        return draw_quantiles(bins, n, m, runs)
    return draw_categories(SHARES[shape.replace('pooled ', '')](bins), n, m, runs)


# --- statistics of the distribution functions --------------------------------

SHAPES = {
    'uniform': lambda u: u,
    'exponential': lambda u: -np.log(1 - u),
    'logistic': lambda u: np.log(u / (1 - u)),
    'pareto': lambda u: (1 - u) ** (-1 / 6),
    'zeros': lambda u: np.where(u < 0.5, 0, -np.log(2 - 2 * np.maximum(u, 0.5))),
    'two': lambda u: np.where(u < 0.8, 0.0, 1.0),
}


def curves(shape, n, m, runs):
    values = SHAPES[shape](rng.random((runs, n + m)))
    order = np.argsort(values, axis=1, kind='stable')
    gap = np.cumsum(np.where(order < n, 1 / n, -1 / m), axis=1)[:, :-1]
    values = np.take_along_axis(values, order, axis=1)
    width = np.diff(values, axis=1)
    return {
        'ks': np.abs(np.where(width > 0, gap, 0)).max(axis=1),
        'wasserstein_distance': (np.abs(gap) * width).sum(axis=1),
        'energy_distance': np.sqrt(2 * (gap ** 2 * width).sum(axis=1)),
    }


# --- what is kept of them ----------------------------------------------------

def point(sample, level):
    reach = np.sqrt(level * (1 - level) / len(sample))
    low, middle, high = np.quantile(sample, [level - reach, level, min(level + reach, 1)])
    return [middle, (high - low) / 2]


def summary(sample):
    return [sample.mean(), sample.std() / np.sqrt(len(sample))] + point(sample, 0.95) + point(sample, 0.999)


def in_chunks(runs, draw):
    """Statistics by name, over chunks that fit in memory."""
    parts = [draw(CHUNK) for _ in range(runs // CHUNK)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def binned_rows(shape, bins, n, m):
    kept = [table[:DRAWS] for table in tables_of(shape, bins, n, m, DRAWS)]
    draws = '/'.join(' '.join('%d %d' % cell for cell in zip(*pair) if sum(cell) > 0) for pair in zip(*kept))
    smallest = min(n, m) * (1 / bins if shape == 'quantiles' else SHARES[shape.replace('pooled ', '')](bins).min())
    chosen = BINNED[:2] if shape.startswith('pooled') else BINNED

    def draw(runs):
        reference, current = tables_of(shape, bins, n, m, runs)
        if shape.startswith('pooled'):
            reference, current = pool_rare(reference, current)
        return {f.__name__: f(reference / n, current / m) for f in chosen}

    samples = in_chunks(RUNS, draw)
    return [[f.__name__, shape, n, m, bins, smallest] + summary(samples[f.__name__]) + [draws if f == chosen[0] else '']
            for f in chosen]


def curve_rows(shape, n, m):
    samples = in_chunks(RUNS // 2, lambda runs: curves(shape, n, m, runs))
    return [[name, shape, n, m, 0, min(n, m)] + summary(sample) + [''] for name, sample in samples.items()
            if name != 'ks' or shape == 'uniform']


def main():
    rows = []
    for n, m in ((1000, 1000), (100, 100), (1000, 100), (100, 1000), (500, 200), (50, 50)):
        rows += binned_rows('quantiles', 10, n, m)
    rows += binned_rows('quantiles', 20, 200, 100)
    rows += binned_rows('quantiles', 5, 100, 60)
    for shape, bins in (('even', 2), ('even', 10), ('zipf', 5), ('zipf', 30), ('rare', 4)):
        for n, m in ((2000, 2000), (200, 200), (1000, 100), (100, 1000)):
            rows += binned_rows(shape, bins, n, m)
    for n, m in ((1000, 1000), (200, 200), (2000, 300), (300, 2000)):
        rows += binned_rows('pooled zipf', 200, n, m)
    for n, m in ((200, 200), (1000, 100), (100, 1000)):
        rows += binned_rows('pooled zipf', 30, n, m)
    for shape in SHAPES:
        for n, m in ((50, 50), (100, 400), (500, 500)):
            rows += curve_rows(shape, n, m)
    golden.write('chance.csv', 'generate_chance.py, numpy %s, %d runs (curves %d)' % (np.__version__, RUNS, RUNS // 2),
                 HEADER, ([round_sig(cell) for cell in row] for row in rows))


def round_sig(cell):
    """Six digits are more than a simulation has."""
    return float('%.6g' % cell) if isinstance(cell, float) else cell


if __name__ == '__main__':
    main()
