"""river_detectors.py FILE: river's detectors over streams in memory, one run for every line of input.

Runs in river's own environment. FILE has a stream of errors and one of numbers. Each line is KIND STREAM VALUES: the answer is how
many changes were found in that many values of the stream. The loading of FILE is answered with "done".
"""

import sys

import numpy
from river import drift
from river.drift import binary

MAKE = {'ddm': binary.DDM, 'eddm': binary.EDDM, 'hddm_a': binary.HDDMA, 'hddm_w': binary.HDDMW,
        'page_hinkley': drift.PageHinkley, 'adwin': drift.ADWIN, 'kswin': lambda: drift.KSWIN(seed=1)}

streams = {name: values.tolist() for name, values in numpy.load(sys.argv[1]).items()}
print('done', flush=True)
for line in sys.stdin:
    kind, stream, count = line.split()
    detector = MAKE[kind]()
    found = 0
    for x in streams[stream][:int(count)]:
        detector.update(x)
        found += detector.drift_detected
    print(found, flush=True)
