"""Timing by ratios: actions take turns, so that a slow moment hits all of them."""

import statistics
import time


def interleave(rounds, actions):
    """Runs the actions in turn; gives the milliseconds of each, round by round."""
    for action in actions.values():
        action()
    times = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            started = time.perf_counter()
            action()
            times[name].append((time.perf_counter() - started) * 1000)
    return times


def total(*series):
    """Milliseconds of several actions done one after another, round by round."""
    return [sum(parts) for parts in zip(*series)]


class Figures:
    """The table of results. A ratio is the median over the rounds of the ratio within one round."""

    HEADINGS = ('figure', 'ours ms', 'other ms', 'ratio', 'gate', 'aim', 'verdict')

    def __init__(self):
        self.rows = []

    def at_most(self, name, ours, other, gate=None, aim=None):
        """ours / other: what we cost, in units of the other."""
        self._add(name, ours, other, [a / b for a, b in zip(ours, other)], '<=', gate, aim)

    def at_least(self, name, ours, other, gate=None, aim=None):
        """other / ours: how many times faster we are."""
        self._add(name, ours, other, [b / a for a, b in zip(ours, other)], '>=', gate, aim)

    def skipped(self, name, reason):
        self.rows.append((name, '', '', '', '', '', 'skipped: ' + reason))

    def _add(self, name, ours, other, ratios, sign, gate, aim):
        ratio = statistics.median(ratios)
        if gate is None:
            verdict = ''
        else:
            verdict = 'met' if (ratio <= gate if sign == '<=' else ratio >= gate) else 'short'
        self.rows.append((
            name,
            milliseconds(statistics.median(ours)),
            milliseconds(statistics.median(other)),
            f'{ratio:.2f}' if ratio < 100 else f'{ratio:.0f}',
            '' if gate is None else f'{sign} {gate:g}',
            '' if aim is None else f'{aim:g}',
            verdict))

    def print(self):
        """As Markdown, which reads well enough on a terminal."""
        rows = [self.HEADINGS, *self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.HEADINGS))]
        rows.insert(1, ['-' * widths[0], *('-' * (width - 1) + ':' for width in widths[1:-1]), '-' * widths[-1]])
        for row in rows:
            print('| ' + ' | '.join(
                cell.rjust(width) if 0 < i < len(row) - 1 else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(row, widths))) + ' |')


def milliseconds(value):
    if value < 1:
        return f'{value:.4f}'
    return f'{value:.1f}' if value < 1000 else f'{value:.0f}'
