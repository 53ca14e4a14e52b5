"""How good a model is: metrics where labels are, estimates where there are none, detectors of streams."""

import binary_metrics
import detectors
import estimates


def bench_performance(figures, server, parallel, agree, say):
    say(f'metrics of {binary_metrics.ROWS:,} rows')
    binary_metrics.bench_binary_metrics(figures, server, parallel, agree)
    say(f'estimates without outcomes of {estimates.ROWS:,} rows')
    estimates.bench_estimates(figures, server, parallel, agree)
    say(f'detectors over {detectors.VALUES:,} values')
    detectors.bench_detectors(figures, server, agree)
