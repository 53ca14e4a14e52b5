#!/usr/bin/env python3
"""Writes detectors.csv: where river's detectors find changes in streams, and where their warnings begin.

    python3 -m venv VENV && VENV/bin/pip install river==0.26.1
    VENV/bin/python test/reference/generate_detectors.py CUSUM

CUSUM is the file river/drift/cusum.py of river's repository at commit 291ccdd, which is later than the release.
Streams are made of counted random numbers, so that the test makes the same ones. A warning begins with a value
after which the detector warns and before which it did not, or was about to begin anew.
"""
import importlib.util
import sys

import river
from river import drift
from river.drift import binary

import golden
from counted import uniforms


def progress(shape, i, n):
    """How far the change has come: 0 before, 1 after it."""
    if shape == 'none':
        return 0.0
    if shape == 'abrupt':
        return 1.0 if i >= n // 2 else 0.0
    return min(max((i - 0.4 * n) / (0.2 * n), 0.0), 1.0)


def errors(shape, n):
    return [1 if u < 0.2 + 0.1 * progress(shape, i, n) else 0 for i, u in enumerate(uniforms(7, 0, n))]


def numbers(shape, n):
    parts = [uniforms(7, stream, n) for stream in range(1, 5)]
    return [(a + b + c + d - 2) * 1.75 + 0.5 * progress(shape, i, n) for i, (a, b, c, d) in enumerate(zip(*parts))]


def found(detector, values):
    drifts, warnings, warned = [], [], False
    for i, x in enumerate(values):
        detector.update(x)
        warns = getattr(detector, 'warning_detected', False)
        if warns and not warned:
            warnings.append(i + 1)
        warned = warns and not detector.drift_detected
        if detector.drift_detected:
            drifts.append(i + 1)
    return drifts, warnings


spec = importlib.util.spec_from_file_location('cusum', sys.argv[1])
cusum = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cusum)

UP, DOWN = 1, 2
CASES = [
    ('ddm', binary.DDM, errors, 100000, {}),
    ('ddm', binary.DDM, errors, 100000, {'warm_start': 100, 'warning_threshold': 1.5, 'drift_threshold': 2.5}),
    ('eddm', binary.EDDM, errors, 100000, {}),
    ('eddm', binary.EDDM, errors, 100000, {'warm_start': 60, 'alpha': 0.9, 'beta': 0.8}),
    ('hddm_a', binary.HDDMA, errors, 100000, {}),
    ('hddm_a', binary.HDDMA, errors, 100000, {'drift_confidence': 0.01, 'warning_confidence': 0.05, 'two_sided_test': True}),
    ('hddm_w', binary.HDDMW, errors, 100000, {}),
    ('hddm_w', binary.HDDMW, errors, 100000, {'lambda': 0.02, 'two_sided_test': True}),
    ('page_hinkley', drift.PageHinkley, numbers, 100000, {}),
    ('page_hinkley', drift.PageHinkley, numbers, 100000, {'mode': UP, 'threshold': 30, 'delta': 0.1, 'alpha': 1}),
    ('page_hinkley', drift.PageHinkley, numbers, 100000, {'mode': DOWN, 'threshold': 100, 'min_instances': 500}),
    ('page_hinkley', drift.PageHinkley, errors, 100000, {}),
    ('cusum', cusum.CUSUM, numbers, 100000, {}),
    ('cusum', cusum.CUSUM, numbers, 100000, {'mode': DOWN, 'threshold': 8, 'slack': 0.25, 'min_instances': 200}),
    ('cusum', cusum.CUSUM, numbers, 100000, {'mode': UP, 'threshold': 12}),
    ('adwin', drift.ADWIN, numbers, 100000, {}),
    ('adwin', drift.ADWIN, errors, 100000, {}),
    ('adwin', drift.ADWIN, numbers, 20000, {'delta': 0.3, 'clock': 1}),
    ('adwin', drift.ADWIN, numbers, 100000, {'delta': 0.05, 'clock': 8, 'max_buckets': 3, 'min_window_length': 2, 'grace_period': 50}),
    ('kswin', drift.KSWIN, numbers, 10000, {'seed': 1}),
    ('kswin', drift.KSWIN, errors, 3000, {'seed': 12345678901, 'alpha': 0.05, 'window_size': 60, 'stat_size': 5}),
    ('kswin', drift.KSWIN, numbers, 5000, {'seed': 2, 'alpha': 0.01, 'window_size': 600, 'stat_size': 50}),
]
NAMES = {'lambda': 'lambda_val'}
MODES = {1: 'up', 2: 'down'}


def rows():
    for kind, make, stream, n, params in CASES:
        given = {NAMES.get(k, k): MODES[v] if k == 'mode' else v for k, v in params.items()}
        for shape in ('none', 'abrupt', 'gradual'):
            drifts, warnings = found(make(**given), stream(shape, n))
            yield [kind, ' '.join('%s=%s' % (k, float(v).hex()) for k, v in params.items()), stream.__name__, shape, n,
                   ' '.join(map(str, drifts)), ' '.join(map(str, warnings))]


golden.write('detectors.csv', 'generate_detectors.py: river %s, cusum.py at 291ccdd' % river.__version__,
             ['kind', 'params', 'stream', 'shape', 'n', 'changes', 'warnings'], rows())
