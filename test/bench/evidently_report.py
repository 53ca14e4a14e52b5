"""evidently_report.py FILE: a report of KS and PSI of each column for every line of input.

Runs in Evidently's own environment. Answers each line with "done", and the loading of FILE too.
"""

import sys

import numpy
import pandas
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift

# The library may print; the answers go where only they go.
answers, sys.stdout = sys.stdout, sys.stderr


def done():
    print('done', file=answers, flush=True)


data = numpy.load(sys.argv[1])
columns = [name for name in data.files if name != 'is_current']
frame = pandas.DataFrame({column: data[column] for column in columns})
reference, current = frame[~data['is_current']], frame[data['is_current']]
done()

for line in sys.stdin:
    definition = DataDefinition(numerical_columns=columns)
    report = Report([ValueDrift(column=column, method=method) for column in columns for method in ('ks', 'psi')])
    report.run(
        current_data=Dataset.from_pandas(current, data_definition=definition),
        reference_data=Dataset.from_pandas(reference, data_definition=definition)).dict()
    done()
