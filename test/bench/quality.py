"""Data quality: drift.describe_*() beside pandas on a frame that is in its memory already."""

from timing import interleave

ROUNDS = 5


def columns_in_pandas(frame):
    """What drift.describe_relation() says, of a frame."""
    return frame.describe(include='all'), frame.isna().sum(), frame.nunique()


def bench_quality(figures, server, agree, frame, table):
    """frame holds the columns of the table."""
    source = f"'SELECT {', '.join(frame.columns)} FROM {table}'"
    agree('rows without duplicates', server.value(f'SELECT duplicate_rows FROM drift.describe_dataset({source})'),
          frame.duplicated().sum(), 0)
    times = interleave(ROUNDS, {
        'relation': server.timed(f'SELECT * FROM drift.describe_relation({source})'),
        'columns': lambda: columns_in_pandas(frame),
        'dataset': server.timed(f'SELECT * FROM drift.describe_dataset({source})'),
        'whole': lambda: (columns_in_pandas(frame), frame.duplicated().sum()),
        'missing': server.timed(f'SELECT * FROM drift.describe_missing({source})'),
        'patterns': lambda: frame.isna().value_counts(),
    })
    width = len(frame.columns)
    figures.at_least(f'describe_relation of {width} columns, faster than pandas in memory', times['relation'], times['columns'], 1)
    figures.at_least(f'describe_dataset of {width} columns, faster than pandas in memory', times['dataset'], times['whole'], 1)
    # A scan of the table alone takes as long as pandas' whole answer.
    figures.at_least(f'describe_missing of {width} columns, faster than pandas in memory', times['missing'], times['patterns'])
