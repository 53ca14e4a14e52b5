"""Training in the database beside libraries over arrays in memory."""

import boosting


def bench_training(figures, server, agree, say):
    say(f'gradient boosting and forests, {boosting.ROWS:,} rows of {boosting.COLUMNS} features')
    boosting.bench_boosting(figures, server, agree, say)
