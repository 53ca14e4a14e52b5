"""Training in the database beside libraries over arrays in memory."""

import boosting
import linear_models


def bench_training(figures, server, agree, say):
    say(f'gradient boosting and forests, {boosting.ROWS:,} rows of {boosting.COLUMNS} features')
    boosting.bench_boosting(figures, server, agree, say)
    say(f'linear models, {linear_models.ROWS:,} rows of {len(linear_models.FEATURES)} features')
    linear_models.bench_linear(figures, server, agree, say)
