"""How good a model is: metrics where labels are, estimates where there are none, detectors of streams."""

import binary_metrics


def bench_performance(figures, server, parallel, agree, say):
    say(f'metrics of {binary_metrics.ROWS:,} rows')
    binary_metrics.bench_binary_metrics(figures, server, parallel, agree)
