"""nannyml_estimate.py FILE: an estimate of performance by NannyML for every line of input.

Runs in NannyML's own environment. FILE has scores and outcomes of the reference, and scores of the period. Answers each line
with the estimated accuracy, and the loading of FILE with "done".
"""

import os
import sys
import warnings

os.environ.update(NML_DISABLE_USAGE_LOGGING='1', DO_NOT_TRACK='1')
warnings.simplefilter('ignore')
# The library may print; the answers go where only they go.
answers, sys.stdout = sys.stdout, sys.stderr

import nannyml
import numpy
import pandas

METRICS = ['roc_auc', 'average_precision', 'accuracy', 'precision', 'recall', 'specificity', 'f1']

data = numpy.load(sys.argv[1])
reference = pandas.DataFrame({'score': data['reference'], 'label': (data['reference'] >= 0.5).astype(int), 'actual': data['actual'].astype(int)})
current = pandas.DataFrame({'score': data['current'], 'label': (data['current'] >= 0.5).astype(int)})
cbpe = nannyml.CBPE(metrics=METRICS, y_pred_proba='score', y_pred='label', y_true='actual',
                    problem_type='classification_binary', chunk_size=len(current))
cbpe.fit(reference)
print('done', file=answers, flush=True)

for line in sys.stdin:
    estimate = cbpe.estimate(current).filter(period='analysis').to_df().iloc[0]
    print(repr(float(estimate[('accuracy', 'value')])), file=answers, flush=True)
