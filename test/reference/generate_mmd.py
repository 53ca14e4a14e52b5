#!/usr/bin/python3
"""Golden values of the maximum mean discrepancy; run in this directory.

mmd.csv   the lower median of the squared distances that are not 0, the unbiased estimator of MMD^2 for it as Alibi Detect's
          mmd2_from_kernel_matrix() and Frouros' MMD compute it from a kernel matrix, and for small samples the p-value
          of all ways to deal the labels
"""
import itertools

import numpy as np

import golden
import samples

# rows of either side, numbers of a point
CASES = [(2, 2, 1), (5, 5, 1), (4, 7, 1), (7, 3, 1), (5, 5, 3), (40, 60, 1), (100, 100, 1), (60, 30, 2), (50, 50, 4)]


def points(shape, current, rows, dimensions):
    return samples.value(shape, current, np.arange(1, rows * dimensions + 1)).reshape(rows, dimensions)


def squares(x):
    return ((x[:, None, :] - x[None, :, :]) ** 2).sum(axis=2)


def lower_median(d):
    pairs = np.sort(d[np.triu_indices(len(d), 1)])
    pairs = pairs[pairs > 0]
    return pairs[(len(pairs) - 1) // 2] if len(pairs) else 0.0


def mmd(kernel, inside):
    n, m = inside.sum(), (~inside).sum()
    kernel = kernel - np.diag(np.diag(kernel))
    return kernel[np.ix_(inside, inside)].sum() / (n * (n - 1)) + kernel[np.ix_(~inside, ~inside)].sum() / (m * (m - 1)) \
        - 2 * kernel[np.ix_(inside, ~inside)].mean()


def exact_p(kernel, n, observed):
    deals = list(itertools.combinations(range(len(kernel)), n))
    found = 0
    for chosen in deals:
        inside = np.zeros(len(kernel), dtype=bool)
        inside[list(chosen)] = True
        found += mmd(kernel, inside) >= observed - 1e-12
    return found / len(deals)


def rows():
    for shape in samples.SHAPES:
        for n, m, dimensions in CASES:
            x = np.vstack((points(shape, 0, n, dimensions), points(shape, 1, m, dimensions)))
            scale = lower_median(squares(x))
            if scale == 0:
                yield shape, n, m, dimensions, 0.0, 0.0, 1.0
                continue
            kernel = np.exp(-squares(x) / scale)
            observed = mmd(kernel, np.arange(n + m) < n)
            yield shape, n, m, dimensions, scale, observed, exact_p(kernel, n, observed) if n + m <= 11 else None


if __name__ == '__main__':
    golden.write('mmd.csv', 'generate_mmd.py, numpy %s' % np.__version__,
                 ['shape', 'n_reference', 'n_current', 'dimensions', 'scale', 'mmd', 'p'], rows())
